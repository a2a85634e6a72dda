/* frame.h: what the terminal shows, and the bytes that make it show what stands in the
 * grid.
 *
 * It stands in the place of curses' doupdate(). That asks for the cheapest of
 * all ways to move the cursor at every move and writes at each: half of what a key took, and more
 * of a page. Here a frame is one run through the rows that changed: what differs is written, with
 * few ways to move that are quick to find, and nothing but bytes is made. Blanks that look the same
 * in two looks are the same; the end of a row is erased where that is less; rows that moved are
 * scrolled when the grid says that some did. */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include "base/str.h"
#include "tui/grid.h"

#include <stddef.h>

struct frame; /* opaque */

/* For what is drawn on this grid (borrowed). It believes in a terminal that shows anything: the
 * first frame clears it. */
struct frame *frame_create(struct grid *grid);
void frame_destroy(struct frame *f); /* NULL allowed */

/* The terminal may show anything, in another size too: the next frame clears it and paints
 * everything, whether or not the cursor is visible there. */
void frame_lost(struct frame *f);
/* Appends what takes the terminal from the last frame to what stands in the grid now. */
void frame_make(struct frame *f, struct str *out);

#endif
