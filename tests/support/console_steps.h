/* console_steps.h: what the screen tests do again and again at the console: the quota of an account
 * typed, reviewed and saved; an account made; what the server has asked or changed behind the
 * console's back. Each step waits until the screen shows that it was taken, and fails the cmocka
 * test when it does not. */
#ifndef SUPPORT_CONSOLE_STEPS_H
#define SUPPORT_CONSOLE_STEPS_H

#include "console_rig.h"

/* Of the sample accounts the first by name: under the cursor at the start. Its quota is 50M. */
#define RIG_FIRST "an-claude-eu-batch-19"

/* From the list: the form of the account under the cursor, with `quota` typed as its first field.
 */
void console_type_quota(struct console *c, const char *quota);
/* The same, and to the review; nothing is sent. */
void console_review_quota(struct console *c, const char *quota);
/* From a review of RIG_FIRST: sent, and seen to be saved and read back. */
void console_save(struct console *c);
/* From the list to the review of a new account with this name, of openai. */
void console_review_new(struct console *c, const char *name);
/* A command of the palette, by its name; a dangerous one has to be moved onto. */
void console_command(struct console *c, const char *name, bool dangerous);
/* Leaves what is shown with Esc, back to the list. */
void console_to_the_list(struct console *c);

/* A number of RIG_FIRST as the sandbox has it; policy NULL: of the account itself. */
double console_number(struct console *c, const char *policy, const char *name);
/* Its tokens a month. */
double console_quota(struct console *c);
/* Somebody else changes RIG_FIRST. */
void console_patch_behind(struct console *c, const char *body);

#endif
