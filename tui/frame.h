/* frame.h: what the terminal shows, and the bytes that make it show what curses holds.
 *
 * It stands in the place of curses' doupdate(), after wnoutrefresh(). That asks for the cheapest of
 * all ways to move the cursor at every move and writes at each: half of what a key took, and more
 * of a page. Here a frame is one run through the rows that changed: what differs is written, with
 * few ways to move that are quick to find, and nothing but bytes is made. Blanks that look the same
 * in two looks are the same; the end of a row is erased where that is less; rows that moved are
 * scrolled when the window allows it (idlok).
 *
 * The window's leaveok() means that no cursor is shown. */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include "base/str.h"

#include <stddef.h>

struct frame; /* opaque */

/* For the current screen of curses (newterm), of its size. It believes in a terminal that shows
 * anything: the first frame clears it. */
struct frame *frame_create(void);
void frame_destroy(struct frame *f); /* NULL allowed */

/* The terminal may show anything, in another size too: the next frame clears it and paints
 * everything, whether or not the cursor is visible there. */
void frame_lost(struct frame *f);
/* Appends what takes the terminal from the last frame to what was refreshed into newscr since. */
void frame_make(struct frame *f, struct str *out);

#endif
