/* frame_scroll.h: finds rows that moved up or down from one frame to the next. */
#ifndef TUI_FRAME_SCROLL_H
#define TUI_FRAME_SCROLL_H

#include <stdbool.h>
#include <stddef.h>

/* Rows top..bottom (both within) scroll up by `by`; down by -by. */
struct frame_scroll {
    int top, bottom, by;
};

/* The longest run of rows, of `size` bytes each, that stand in `now` as in `was`, but elsewhere, at
 * most half of the rows away. False when they are too few to be worth it. */
bool frame_scroll_find(const void *was, const void *now, int rows, size_t size,
                       struct frame_scroll *out);

#endif
