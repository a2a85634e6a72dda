/* bars.h: the lines at the edges of the screen: header, tabs, key bar, message. */
#ifndef TUI_WIDGETS_BARS_H
#define TUI_WIDGETS_BARS_H

#include "tui/draw.h"
#include "keys/keymap.h"

#include <stddef.h>

/* A piece of a line. */
struct bar_piece {
    enum role role;
    struct span text; /* from outside */
    int drop;         /* 0: never dropped (cut at the edge); else the highest is dropped first */
    bool right;       /* stands at the right end, in the order given */
    int gap;          /* spaces before it */
};

/* One line of pieces at row y, padded in ROLE `ground`. What does not fit is dropped by `drop`;
 * then the last left piece is cut. */
void bar_line(const struct canvas *c, int y, enum role ground, const struct bar_piece *pieces,
              size_t count);

/* Tabs: "1 Accounts   2 Monitor", the active one in ROLE_TAB_ACTIVE. key may be NULL. */
struct bar_tab {
    const char *key;  /* own text */
    const char *name; /* own text */
};
/* Returns the cells used. */
int bar_tabs(const struct canvas *c, int y, int x, const struct bar_tab *tabs, size_t count,
             size_t active);

/* What stands on the key bar beside the names of action/action.h. */
struct bar_words {
    const char *lead; /* before the keys, from outside ("3 marked"); NULL for none */
    /* A name (own text) that is truer at this moment, or NULL for the table's; may be NULL. */
    const char *(*label)(const void *ctx, enum action_id action);
    const void *ctx; /* (borrowed) */
};
/* The key bar: for each action that has a key in this context, its first key (typing: that is no
 * text) and its short name, as many as fit. */
void bar_keys(const struct canvas *c, int y, const struct keymap *map, int context, bool typing,
              const int *actions, size_t count, const struct bar_words *words);

/* The message line: text (from outside), and at the right a hint (own text, e.g. "z undo") or NULL.
 */
void bar_message(const struct canvas *c, int y, enum role role, struct span text, const char *hint);

#endif
