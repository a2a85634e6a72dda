/* account_choice.h: which accounts the next action is about: those that are marked, and a range
 * that is being marked (v ... v). A part of the accounts screen; what a key marks by an expression
 * is account_mark.
 */
#ifndef TUI_SCREENS_ACCOUNT_CHOICE_H
#define TUI_SCREENS_ACCOUNT_CHOICE_H

#include "tui/screens/account_find.h"
#include "tui/screens/account_list.h"

struct account_choice {
    struct app *app;             /* (borrowed), as the list */
    struct account_list *list;   /* its cursor is one end of a range, and is what Space marks */
    row_id range_from;           /* v was pressed here, or ROW_NONE */
    struct hidden_marks *hidden; /* owned */
};

void account_choice_init(struct account_choice *c, struct app *app, struct account_list *list);
void account_choice_finish(struct account_choice *c);
/* Space v a A; EFFECT_NONE for others. What the marks come to is told in the message line. */
unsigned account_choice_action(struct account_choice *c, enum action_id action);
/* Marks the range from v to the cursor and closes it. False: no range is open, or its beginning is
 * not shown any more. */
bool account_choice_end(struct account_choice *c);
/* Closes the range and marks nothing. False: none is open. */
bool account_choice_forget(struct account_choice *c);
/* What may have changed how many marks are hidden. */
void account_choice_news(struct account_choice *c, enum news news);
/* Appends "3 marked, 1 hidden  range", or nothing. */
void account_choice_lead(const struct account_choice *c, struct str *out);

#endif
