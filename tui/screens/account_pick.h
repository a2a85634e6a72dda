/* account_pick.h: an overlay to choose one account from: the whole list, by name, narrowed by the
 * list's own filter grammar while it is typed, with the fields that the choice is about. */
#ifndef TUI_SCREENS_ACCOUNT_PICK_H
#define TUI_SCREENS_ACCOUNT_PICK_H

#include "fleet/fleet.h"
#include "tui/app.h"

#define ACCOUNT_PICK_FIELDS 8

struct account_pick_arg {
    const char *title; /* own text; copied */
    /* Columns beside the name; the first ones stay longest. */
    enum field fields[ACCOUNT_PICK_FIELDS];
    size_t field_count;
    /* Enter on an account; true closes the overlay, false shows *err. */
    bool (*chosen)(void *ctx, row_id row, struct error *err);
    void (*close)(void *ctx); /* frees ctx when it is gone; may be NULL */
    void *ctx;
};

/* arg is a struct account_pick_arg, copied. */
extern const struct screen_ops account_pick_screen;

#endif
