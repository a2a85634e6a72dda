/* accounts.h: the list of accounts with the detail pane: the console's first screen. */
#ifndef TUI_SCREENS_ACCOUNTS_H
#define TUI_SCREENS_ACCOUNTS_H

#include "tui/app.h"

struct accounts_arg {
    const char *view;   /* the view to begin with; NULL: as the list was left */
    const char *filter; /* instead of the view's; NULL: the view's */
};

/* arg: NULL or a struct accounts_arg. */
extern const struct screen_ops accounts_screen;

/* self is the screen's state. Sets the filter as if it had been typed and accepted. */
void accounts_filter(void *self, struct span text);
/* Sorts by this column, the lowest first, and puts the cursor on the first account. False: there is
 * no such column. */
bool accounts_order(void *self, const char *column);
/* The filter as it stands; (borrowed) until it changes. */
struct span accounts_filter_text(const void *self);
/* Puts the cursor on this account, where the list shows it. */
void accounts_go(void *self, row_id row);

#endif
