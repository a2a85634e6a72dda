/* undo.h: `u`: the review of what takes a write of the journal back. */
#ifndef TUI_SCREENS_UNDO_H
#define TUI_SCREENS_UNDO_H

#include "tui/app.h"

/* The last write of this operator to this origin and organisation that nothing took back yet. */
void undo_last(struct app *app);
/* The write with this number. */
void undo_entry(struct app *app, int64_t op);

#endif
