/* accounts.h: the list of accounts with the detail pane: the console's first screen. */
#ifndef TUI_SCREENS_ACCOUNTS_H
#define TUI_SCREENS_ACCOUNTS_H

#include "tui/app.h"

/* arg: NULL or the filter to begin with (const char *). */
extern const struct screen_ops accounts_screen;

/* self is the screen's state. Sets the filter as if it had been typed and accepted. */
void accounts_filter(void *self, struct span text);
/* The filter as it stands; (borrowed) until it changes. */
struct span accounts_filter_text(const void *self);
/* The account under the cursor, or ROW_NONE. */
row_id accounts_cursor(const void *self);

#endif
