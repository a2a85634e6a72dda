/* hint.h: commands that are named in what is said: "paddock apply 7F3A21C9 goes on".
 *
 * Whoever copies one comes to the same profile, server and organisation with it: where a bare
 * paddock would go elsewhere, -p and its company are put in, at the sinks, whoever wrote the words.
 */
#ifndef CLI_HINT_H
#define CLI_HINT_H

#include "cli/cli.h"
#include "base/str.h"

/* Appends the flags by which another paddock comes to where `profile` is, each after a blank:
 * nothing for the profile that the configuration begins with, for one without a name, or of the
 * demo, whose commands end with it. */
void hint_flags(const struct cli_console *console, const struct profile *profile, struct str *out);
/* Appends the text with `flags` behind each "paddock" that a verb follows. */
void hint_add(struct str *out, const char *text, const char *flags);
/* Both at once. */
void hint_text(const struct cli_console *console, const struct profile *profile, const char *text,
               struct str *out);

#endif
