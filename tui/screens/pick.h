/* pick.h: an overlay that offers a menu: sort, yank, theme, profile, palette, values of `f`. Who
 * opens it fills the menu and is told what was chosen. */
#ifndef TUI_SCREENS_PICK_H
#define TUI_SCREENS_PICK_H

#include "tui/screen.h"
#include "tui/widgets/menu.h"

struct pick_arg {
    const char *title;   /* own text */
    const char *context; /* of its keys, as in keys.cfg; NULL: "palette" with filter, else "menu" */
    bool filter;         /* typing narrows */
    bool multi;          /* Space checks */
    int start;           /* value of the item that has the cursor first, when none is checked */
    void (*fill)(void *ctx, struct menu *menu);
    /* Enter on an item (never NULL); the overlay is closed before. menu is (borrowed). */
    void (*chosen)(void *ctx, struct menu *menu, const struct menu_item *item);
    void (*moved)(void *ctx, const struct menu_item *item); /* a preview; may be NULL */
    void (*cancelled)(void *ctx);                           /* may be NULL */
    /* A key that the menu does not know (tabs of `f`): true when the menu was filled anew. */
    bool (*key)(void *ctx, struct menu *menu, const struct key *key); /* may be NULL */
    void (*close)(void *ctx);                                         /* frees ctx; may be NULL */
    void *ctx;
};

/* arg is a struct pick_arg, copied. */
extern const struct screen_ops pick_screen;

/* Chooses the item of that name in the menu on top (self), as moving there and Enter would. When it
 * has none that is said, and the menu stays open to show which there are, with none chosen. what:
 * the command that opened it. */
void pick_word(struct app *app, void *self, const char *what, struct span word);

#endif
