/* history.h: `3`: what was written from this machine (Mine), and what changed by itself. A tab is a
 * row of a table: a part with the shape of a screen, whose state the history keeps. */
#ifndef TUI_SCREENS_HISTORY_H
#define TUI_SCREENS_HISTORY_H

#include "tui/app.h"

extern const struct screen_ops history_screen;

/* Parts for the table of tabs. Their draw gets the canvas below the line of tabs. */
extern const struct screen_ops history_mine;     /* the journal */
extern const struct screen_ops history_observed; /* what complete syncs saw change */

/* One entry of the journal, whole; arg is its number (const int64_t *). */
extern const struct screen_ops history_entry_screen;

#endif
