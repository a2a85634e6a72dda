/* plan_rig.h: five accounts of the console, marked and planned: what tests of plans on the screen
 * begin with. The sandbox is asked behind the console's back. */
#ifndef SUPPORT_PLAN_RIG_H
#define SUPPORT_PLAN_RIG_H

#include "console_rig.h"

#define NEW    "bulk-77" /* the description that is planned */
#define MARKED 5         /* accounts that are marked: the first by name */

struct five {
    char name[MARKED][80], path[MARKED][200];
    char description[MARKED][200]; /* before; "" for none */
};

/* The first accounts by name, as the list shows them. */
void first_five(struct console *c, struct five *f);
/* Starts the console, marks them, and plans NEW as their description; nothing is applied. */
void plan_five(struct console *c, struct five *f, const struct console_options *options);
/* The same in a console that is open, with the cursor on the first account. */
void plan_marked(struct console *c, const struct five *f);
/* After `A`: the word, which is the number of changes, is asked for and typed. */
void plan_agree(struct console *c, int changes);
/* With the `A`. */
void plan_apply(struct console *c, int changes);
/* The same of one that asks for this word. */
void plan_apply_word(struct console *c, const char *word);
/* The same of a plan that deletes so many accounts and does nothing else. */
void plan_apply_deletes(struct console *c, int deletes);

bool description_is(struct console *c, const struct five *f, int i, const char *want);
int how_many_have(struct console *c, const struct five *f, const char *description);

#endif
