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

/* Appends the word ("active", "down ?22m", "active, disabled") and returns how it looks. now_wall
 * in ms, for the age of the last check. */
struct status_look status_show(const struct config *config, const struct fleet *fleet, row_id row,
                               int64_t now_wall, struct str *word);

#endif
