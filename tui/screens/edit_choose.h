/* edit_choose.h: Space on a field with known values: all of them in a list, for typing to narrow.
 */
#ifndef TUI_SCREENS_EDIT_CHOOSE_H
#define TUI_SCREENS_EDIT_CHOOSE_H

#include "tui/app.h"
#include "tui/widgets/form.h"

/* Whether the key asks for the list of this row. */
bool edit_choose_asked(const struct form_row *row, const struct key *key);
/* Opens it; chosen is called when the row has another value, which is not said of one that is left.
 * row and ctx are (borrowed) while it is open. */
void edit_choose(struct app *app, struct form_row *row, void (*chosen)(void *ctx), void *ctx);

#endif
