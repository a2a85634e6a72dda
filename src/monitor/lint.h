/* lint.h: what is allowed and still looks wrong, found in the accounts as they stand: one row of
 * lint.def a rule. Rules about one account alone are model/warn's; those here know the settings and
 * the other accounts. A rule that needs something configured is silent without it. */
#ifndef MONITOR_LINT_H
#define MONITOR_LINT_H

#include "base/map.h"
#include "fleet/fleet.h"

enum lint_rule {
#define LINT(id, ...) LINT_##id,
#include "monitor/lint.def"
#undef LINT
    LINT_COUNT
};

struct lint_settings {
    int64_t client_wait_s;        /* how long clients wait for an answer; 0: not known */
    const char *const *residency; /* "EU=westeurope,eu-*" and so on; NULL-terminated, or NULL */
    int64_t check_age_ms;         /* an enabled account unchecked for longer is found */
    int64_t tokens_last_ms;       /* a month's tokens that may go in less are found; 0: none are */
};

const char *lint_id(enum lint_rule rule);   /* "rps-above-rpm" */
const char *lint_help(enum lint_rule rule); /* one sentence */

/* What all accounts say: who is enabled where. */
struct lint {
    const struct lint_settings *settings; /* (borrowed) */
    const struct fleet *fleet;            /* (borrowed) */
    struct map enabled;                   /* "residency\0EU", "bridge\0b1" → how many are */
    struct arena mem;
};
void lint_init(struct lint *lint, const struct lint_settings *settings, const struct fleet *fleet);
void lint_finish(struct lint *lint);
/* Forgets the counts; then each row is counted, then each is checked. */
void lint_begin(struct lint *lint);
void lint_count_row(struct lint *lint, row_id row);
/* Whether the rule finds something; *text (may be NULL) gets one line appended then, which may hold
 * text from outside. */
bool lint_check(const struct lint *lint, row_id row, enum lint_rule rule, int64_t now_ms,
                struct str *text);
/* The same of all rules, without words: an account is looked at once and not once a rule. */
void lint_row(const struct lint *lint, row_id row, int64_t now_ms, bool found[LINT_COUNT]);

#endif
