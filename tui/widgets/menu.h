/* menu.h: a list to choose from, narrowed by typing.
 *
 * The palette, the values of `f`, views, profiles, themes and the yank menu are all this. An item
 * that destroys is never chosen by being the only or the first match (UX: dangerous actions never
 * preselected): the cursor has to be moved onto it, or its whole name typed; it asks then. */
#ifndef TUI_WIDGETS_MENU_H
#define TUI_WIDGETS_MENU_H

#include "base/str.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/move.h"

#include <stdbool.h>
#include <stddef.h>

struct menu_item {
    char *text;    /* owned; safe */
    char *detail;  /* owned; safe: help, dim, beside it; or NULL */
    char *right;   /* owned; safe: its keys or a count, at the right; or NULL */
    char *folded;  /* owned; what the filter looks at */
    int value;     /* the owner's */
    bool danger;   /* never preselected */
    bool disabled; /* shown dim, cannot be chosen */
    bool checked;  /* a mark before it */
    bool heading;  /* a heading of those below */
};

enum menu_result {
    MENU_OPEN,      /* nothing for the owner */
    MENU_MOVED,     /* the cursor is on another item: a preview may follow */
    MENU_TOGGLED,   /* Space on an item, when multi: checked was flipped */
    MENU_CHOSEN,    /* Enter: menu_current() */
    MENU_REFUSED,   /* Enter, and menu_current() is none: menu_refusal() says why */
    MENU_CANCELLED, /* Esc */
    MENU_IGNORED,   /* not its key */
};

struct menu {
    char *title;             /* owned */
    struct menu_item *items; /* owned */
    size_t count, room;
    size_t *shown; /* owned; indexes of the items that match */
    size_t shown_count;
    struct scroll scroll; /* over shown */
    size_t page;
    bool none_chosen; /* the cursor is on nothing (a dangerous first match) */
    bool filter;      /* typing narrows; otherwise a letter jumps */
    bool multi;       /* Space checks, and is no text */
    bool by_name;     /* what fits by its words alone, and not by its name, is not preselected */
    struct line_editor editor;
};

/* filter: has a line to type into. */
void menu_init(struct menu *m, const char *title, bool filter);
void menu_finish(struct menu *m);
void menu_clear(struct menu *m);
/* Texts are copied and pass text_safe; detail and right may be NULL. The returned item is borrowed
 * until the next menu_add: set danger, checked and so on. */
struct menu_item *menu_add(struct menu *m, const char *text, const char *detail, const char *right,
                           int value);
/* After the last menu_add: applies the filter and puts the cursor on the item with `value`, else on
 * the first; on none when that destroys. */
void menu_ready(struct menu *m, int value);
/* To the first item under the next heading, or under the one before; round at the ends. MENU_MOVED
 * or MENU_OPEN. */
enum menu_result menu_section(struct menu *m, bool next);
enum menu_result menu_key(struct menu *m, const struct key *key);
/* The chosen item, or NULL when there is none (empty list, dangerous first match). */
const struct menu_item *menu_current(const struct menu *m);
/* What is typed behind the item's whole name: "light" in "theme light"; empty when that is not how
 * the text begins. (borrowed) until the next key. */
struct span menu_argument(const struct menu *m, const struct menu_item *item);
/* Puts the cursor on the item with that whole name, as if it had been typed. False, and on none,
 * when there is none or it cannot be chosen. */
bool menu_choose(struct menu *m, struct span name);
/* Why Enter chose nothing: of what cannot be chosen now its help, which says so. (borrowed) until
 * the menu changes. */
const char *menu_refusal(const struct menu *m);
/* In a box in the upper middle of the canvas. */
void menu_draw(struct menu *m, const struct canvas *c);

#endif
