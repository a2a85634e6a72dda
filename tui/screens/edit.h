/* edit.h: the form of one account, in the list's place, with the exact request in the detail's. */
#ifndef TUI_SCREENS_EDIT_H
#define TUI_SCREENS_EDIT_H

#include "tui/app.h"

enum edit_mode { EDIT_CHANGE, EDIT_CREATE, EDIT_CLONE };

struct edit_arg {
    enum edit_mode mode;
    row_id row;  /* CHANGE, CLONE: the account; CREATE: ROW_NONE */
    bool editor; /* at once in $EDITOR, and from there to the review */
};

/* arg is a struct edit_arg. */
extern const struct screen_ops edit_screen;

#endif
