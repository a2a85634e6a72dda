/* options.h: how a plan is applied: how many at a time, how fast, when it stops, the canary. One
 * table for the flags of the command line, the settings of the plan screen, and what is kept beside
 * a plan so that going on with it is as careful as its beginning. */
#ifndef PLAN_OPTIONS_H
#define PLAN_OPTIONS_H

#include "base/error.h"
#include "base/str.h"
#include "plan/run.h"

#include <stdbool.h>
#include <stdint.h>

enum plan_option {
#define PLAN_OPTION(id, ...) PLAN_OPT_##id,
#define PLAN_OPTION_OF_ALL   PLAN_OPTION
#include "plan/options.def"
#undef PLAN_OPTION_OF_ALL
#undef PLAN_OPTION
    PLAN_OPT_COUNT
};

struct plan_option_info {
    enum plan_option id;
    const char *flag, *arg;
    bool seconds;              /* a duration; else a count */
    int64_t min, max, initial; /* min is at least 1; initial may be 0: none */
    const char *none;          /* the word for 0; "": there is no none */
    const char *label, *help;
};
/* The row; static. */
const struct plan_option_info *plan_option_info(enum plan_option id);

struct plan_options {
    int64_t v[PLAN_OPT_COUNT]; /* 0: none */
};

void plan_options_init(struct plan_options *options);
/* Takes a number, 0 for none. ST_USAGE with the flag and its range; nothing changes then. */
enum status plan_option_put(struct plan_options *options, enum plan_option id, int64_t n,
                            struct error *err);
/* Whether they fit together: ST_USAGE for a wait for the health of none. */
enum status plan_options_check(const struct plan_options *options, struct error *err);
/* Takes it as typed in the settings: "4", "10m", "none", the row's own word for none, or nothing.
 * ST_USAGE with what would be accepted. */
enum status plan_option_read(struct plan_options *options, enum plan_option id, struct span text,
                             struct error *err);
/* Appends it as plan_option_read takes it. */
void plan_option_show(const struct plan_options *options, enum plan_option id, struct str *out);
/* Appends "first 2, good health within 10m, then 4 at a time, at most 10 requests/s". */
void plan_options_words(const struct plan_options *options, struct str *out);

/* What the engine takes: the rest of *out stays as it is. */
void plan_options_run(const struct plan_options *options, struct plan_run_options *out);

/* Appends what is not as initially, for the store: "parallel=2 first=1". */
void plan_options_text(const struct plan_options *options, struct str *out);
/* Reads such a text over the initial values; what it does not know or cannot take is left out. */
void plan_options_parse(struct plan_options *options, struct span text);

#endif
