/* action.h: what can be done, as a table: names, help and flags, no code.
 *
 * Keys (config/keys.cfg), the palette, the help and the command line all speak of actions by name.
 * Handlers are bound by id where the work is done: screens bind the rows with AF_CONSOLE, the verbs
 * of cli/ those with AF_CLI; a check proves that no row is without its handler. */
#ifndef ACTION_ACTION_H
#define ACTION_ACTION_H

#include "base/str.h"

#include <stdbool.h>

enum action_id {
#define ACTION(id, ...) ACTION_##id,
#include "action/actions.def"
#undef ACTION
    ACTION_COUNT,
    ACTION_NONE = ACTION_COUNT
};

enum action_flags {
    AF_CONSOLE = 1 << 0,   /* has a handler in the console */
    AF_CLI = 1 << 1,       /* is a verb of the command line, under the same name */
    AF_PALETTE = 1 << 2,   /* listed in the palette */
    AF_DANGEROUS = 1 << 3, /* never preselected in the palette; asks before it acts */
    AF_ROW = 1 << 4,       /* needs an account under the cursor; ignores marks */
    AF_MARKS = 1 << 5,     /* acts on the marked accounts, else on the cursor's row */
    AF_WRITES = 1 << 6,    /* does not exist while the profile is read-only */
    AF_ARG = 1 << 7,       /* takes a word in the palette: "theme light" */
};

struct action_info {
    enum action_id id;
    const char *name;  /* kebab-case, as in keys.cfg and the palette */
    const char *label; /* one or two words for the key bar */
    const char *help;  /* one line, begins with a capital, ends without a full stop */
    unsigned flags;    /* enum action_flags */
};

/* The row of an action; static. id < ACTION_COUNT. */
const struct action_info *action_info(enum action_id id);
/* By name, exact; ACTION_NONE when unknown. */
enum action_id action_find(struct span name);
/* The action whose name is nearest to a misspelt one (base of "did you mean"); ACTION_NONE when
 * none is near. flags: only rows that have all of these. */
enum action_id action_nearest(struct span name, unsigned flags);

#endif
