/* curses_memory.h: curses, kept away from the terminal.
 *
 * curses runs on a memory file (memfd): it believes in a terminal of the size we tell it, and what
 * it writes is taken from there by term.c. What it would send by itself at the start and the end
 * (alternate screen, keypad, scroll region) is thrown away: term.c does that. */
#ifndef TUI_CURSES_MEMORY_H
#define TUI_CURSES_MEMORY_H

#include "base/error.h"
#include "base/str.h"
#include "tui/term.h"

struct curses_memory;

/* A screen of rows x cols (>= 1) for $TERM, or for a description with 24-bit colours where
 * COLORTERM says so. NULL with *err filled. */
struct curses_memory *curses_memory_create(int rows, int cols, enum term_color color,
                                           struct error *err);
void curses_memory_destroy(struct curses_memory *m); /* NULL allowed */
void curses_memory_resize(struct curses_memory *m, int rows, int cols);
/* The next collect clears and paints everything. What was written and not yet collected may be
 * thrown away after this. */
void curses_memory_repaint(struct curses_memory *m);
/* Updates, and appends what curses wrote to *out; returns its bytes. out NULL: throws away what
 * was written so far, without updating. */
size_t curses_memory_collect(struct curses_memory *m, struct str *out);
enum theme_depth curses_memory_depth(const struct curses_memory *m);

#endif
