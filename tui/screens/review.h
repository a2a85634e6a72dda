/* review.h: what would be sent, the question whether to send it, and what became of it: one screen
 * over one write/ machine, whoever began it. */
#ifndef TUI_SCREENS_REVIEW_H
#define TUI_SCREENS_REVIEW_H

#include "tui/app.h"

/* What the review tells who opened it. */
enum review_end {
    REVIEW_APPLIED,   /* done, read back; the form closes */
    REVIEW_EDIT,      /* back to the form: `e`, Esc, a 422, a conflict to be edited */
    REVIEW_UNSETTLED, /* sent, outcome unknown; the machine goes on, the form closes */
};
struct review_arg {
    struct write_spec spec; /* what is to be written */
    struct write *write;    /* or one that is open and that nobody looks on at: when somebody has
                               it (a plan), beside him; else NULL */
    const char *note;       /* what to know before, shown above the preview; copied; may be NULL */
    const char *more;       /* a line below it; copied; may be NULL */
    /* Called once, before the review closes; write is valid for the call (its error, details and
       merge too). May be NULL. */
    void (*ended)(void *ctx, enum review_end end, struct write *write);
    /* Called each time it has left, its intent being durable. May be NULL. */
    void (*sent)(void *ctx, struct write *write);
    void *ctx; /* (borrowed) */
};

/* arg is a struct review_arg; the accounts in spec are copied. */
extern const struct screen_ops review_screen;

/* `t` and `x`: a review of the one change, with who is left enabled beside it. */
void review_toggle(struct app *app, row_id row);
void review_delete(struct app *app, row_id row);
/* The open write of a locked account, or of the journal's entry `op`: looked at, released, sent
 * again; `then` is done at once (ACTION_LOOK_AGAIN, ACTION_RELEASE, ACTION_SEND_AGAIN,
 * ACTION_ADOPT; or ACTION_NONE). False with a message when there is none to be looked at here. */
bool review_open_row(struct app *app, row_id row, enum action_id then);
bool review_is_open(struct app *app, int64_t op); /* whether there is one of the entry */
bool review_open_op(struct app *app, int64_t op, enum action_id then);

#endif
