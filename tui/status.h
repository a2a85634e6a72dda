/* status.h: an account's health in glyph, word and colour; never by colour alone. The API's status
 * is shown as it came; the config maps it to a class; `enabled` and a stale check are told apart.
 */
#ifndef TUI_STATUS_H
#define TUI_STATUS_H

#include "config/config.h"
#include "fleet/fleet.h"
#include "tui/draw.h"

struct status_look {
    enum glyph glyph;
    enum role role;
};

/* Appends the word ("active", "down ?22m", "active, off") and returns how it looks. now_wall in ms,
 * for the age of the last check. cells: what there is for it, 0: no end of it (see status_join).
 * ascii: as of the canvas. */
struct status_look status_show(const struct config *config, const struct fleet *fleet, row_id row,
                               int64_t now_wall, int cells, bool ascii, struct str *word);

/* Appends the word (as it came) and, when stale_ms >= 0, the age of a check that is too old:
 * "down ?1.3h". Where that is more than `cells` (> 0; 0: no end of it) the age loses its fraction,
 * then the word gives way: a cut age would say less than none. Where not even the age fits it is
 * the word alone, which whoever draws it cuts. */
void status_join(struct span word, int64_t stale_ms, int cells, bool ascii, struct str *out);

#endif
