/* curses_memory.h: curses, kept away from the terminal.
 *
 * curses knows the terminal by its description and what colours it has. Its terminal is /dev/null;
 * what it would send by itself at the start and the end (alternate screen, keypad, scroll region)
 * is term.c's to send, what is drawn stands in a grid (grid.h), and the difference from frame to
 * frame is frame.c's to find. */
#ifndef TUI_CURSES_MEMORY_H
#define TUI_CURSES_MEMORY_H

#include "base/error.h"
#include "base/str.h"
#include "tui/grid.h"
#include "tui/term.h"

struct curses_memory;

/* A screen of rows x cols (>= 1) for $TERM, or for a description with 24-bit colours where
 * COLORTERM says so. NULL with *err filled. */
struct curses_memory *curses_memory_create(int rows, int cols, enum term_color color,
                                           struct error *err);
void curses_memory_destroy(struct curses_memory *m); /* NULL allowed */
void curses_memory_resize(struct curses_memory *m, int rows, int cols);
/* The next collect clears and paints everything. */
void curses_memory_repaint(struct curses_memory *m);
/* What is drawn on. */
struct grid *curses_memory_grid(struct curses_memory *m);
/* Appends the bytes that show what was drawn since the last call; returns how many. */
size_t curses_memory_collect(struct curses_memory *m, struct str *out);
enum theme_depth curses_memory_depth(const struct curses_memory *m);

#endif
