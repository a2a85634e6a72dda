/* account_find.h: filters that a key writes for the operator, and marks of what is shown. What is
 * written stands in the filter line, as if it had been typed, so that it can be seen, changed and
 * learnt.
 */
#ifndef TUI_SCREENS_ACCOUNT_FIND_H
#define TUI_SCREENS_ACCOUNT_FIND_H

#include "tui/app.h"

/* `s`: appends the filter of the account's siblings: the same provider and the same region; when
 * `now` is that filter already, or no region is known, the same data residency. False when neither
 * is known: then the provider alone. */
bool find_siblings(struct session *s, row_id row, struct span now, struct str *out);
/* `!`: the filter for everything that is not as it should be (the column "problem"). */
extern const char find_problems[];
/* How many marked accounts the filter hides, as it was counted last. */
struct hidden_marks {
    uint32_t count;
    uint64_t view, marks; /* their versions, when it is known */
    bool known;           /* false: counted anew at the next question */
};
/* Walks over what is shown when any can be hidden, and the view or the marks are others than they
 * were. */
uint32_t find_hidden_marks(struct hidden_marks *h, struct session *s);
/* Marks or unmarks a row that is shown, at no cost: what is hidden stays what it was. */
void find_mark_shown(struct hidden_marks *h, struct session *s, row_id row, bool marked);
/* Marks those that are shown from one place to another, both with it. */
void find_mark_range(struct hidden_marks *h, struct session *s, uint32_t from, uint32_t to);

#endif
