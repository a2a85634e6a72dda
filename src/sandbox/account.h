/* account.h: one account in memory, and how it is written as JSON.
 *
 * A cell a field, as SQLite has them: null, a number or a text. Cells of a row that is being read
 * borrow its bytes; account_own() makes them last. */
#ifndef SANDBOX_ACCOUNT_H
#define SANDBOX_ACCOUNT_H

#include "sandbox/fields.h"
#include "sandbox/stamp.h"

enum cell_type { CELL_NULL, CELL_INT, CELL_TEXT };

struct cell {
    enum cell_type type;
    int64_t n;        /* CELL_INT */
    struct span text; /* CELL_TEXT (borrowed) */
};

struct account {
    int64_t seq; /* the order of creation, which is the order of the list */
    struct cell cells[BOX_COUNT];
    /* How it moves (drift.h). The used cells hold what was used at use_anchor. */
    int64_t use_anchor;                   /* drift time, ms */
    double use_rate;                      /* tokens a second, on average */
    double use_ratio;                     /* tokens a request */
    int64_t check_period;                 /* ms between health checks; 0: never checked */
    int64_t check_phase;                  /* ms */
    struct cell home_status, home_reason; /* where a spell of bad health ends */
    int64_t recover_at;                   /* drift time of that end, 0 when healthy */
    /* storage of computed texts and of account_own() */
    char month[STAMP_MONTH_BYTES];
    char *owned;
};

static inline struct cell cell_null(void)
{
    return (struct cell){CELL_NULL, 0, {NULL, 0}};
}
static inline struct cell cell_int(int64_t n)
{
    return (struct cell){CELL_INT, n, {NULL, 0}};
}
static inline struct cell cell_text(struct span s)
{
    return (struct cell){CELL_TEXT, 0, s};
}
/* (borrowed) */
static inline struct cell cell_word(const char *text)
{
    return cell_text(span_of(text));
}

/* An account as a create without any field would store it: every cell its default. */
void account_init(struct account *a);
/* Copies the texts that the cells borrow; call once, account_finish() frees. */
void account_own(struct account *a);
void account_finish(struct account *a);

enum account_flags {
    ACCOUNT_NO_CREATED = 1, /* leave created_at out */
    ACCOUNT_EXTRA = 2,      /* add a field that the reference does not have */
};
/* Appends the account as one JSON object, fields in the reference's order. */
void account_render(struct str *out, const struct account *a, unsigned flags);

#endif
