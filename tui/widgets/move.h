/* move.h: ways to move through anything that scrolls. Screens map actions of the keymap to them;
 * widgets that stand alone (menu, text view in a dialog) map raw keys. */
#ifndef TUI_WIDGETS_MOVE_H
#define TUI_WIDGETS_MOVE_H

#include "tui/input.h"

#include <stdbool.h>
#include <stddef.h>

enum move {
    MOVE_UP,
    MOVE_DOWN,
    MOVE_PAGE_UP,
    MOVE_PAGE_DOWN,
    MOVE_HALF_UP,
    MOVE_HALF_DOWN,
    MOVE_TOP,
    MOVE_BOTTOM,
    MOVE_LEFT,
    MOVE_RIGHT,
};

/* Arrows, PageUp, PageDown, Home, End to moves; false for any other key. */
bool move_of_key(const struct key *key, enum move *move);

/* A window of `page` rows on `count` rows. cursor < count unless count is 0. */
struct scroll {
    size_t cursor, top;
};
/* Moves the cursor, not beyond the ends, and keeps it in the window. page >= 1. */
void scroll_move(struct scroll *s, enum move move, size_t count, size_t page);
/* Puts the cursor into range and the window around it. */
void scroll_fix(struct scroll *s, size_t count, size_t page);

#endif
