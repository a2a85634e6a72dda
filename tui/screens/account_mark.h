/* account_mark.h: `|`: what is shown and an expression matches is marked. A hundred thousand
 * accounts are held against it in slices of the loop's turns; whoever acts on marks asks for the
 * end of it first. A part of the line above the list. */
#ifndef TUI_SCREENS_ACCOUNT_MARK_H
#define TUI_SCREENS_ACCOUNT_MARK_H

#include "model/filter.h"
#include "tui/app.h"

struct account_mark {
    struct app *app;       /* (borrowed) */
    struct filter *filter; /* owned; NULL: nothing is being marked */
    row_id *rows;          /* owned; those that were shown */
    uint32_t count, at;    /* of them; those that were looked at */
    uint32_t marked;       /* that were not before */
    loop_timer timer;
};

void account_mark_init(struct account_mark *m, struct app *app);
void account_mark_finish(struct account_mark *m);

/* Takes the filter over and begins; what is little is done at once. What comes of it is told in the
 * message line at the end. */
void account_mark_begin(struct account_mark *m, struct filter *filter);
/* Whether it is at work, and how far, 0 to 99. */
bool account_mark_busy(const struct account_mark *m, int *percent);
/* To its end, now. */
void account_mark_end(struct account_mark *m);

#endif
