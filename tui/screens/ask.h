/* ask.h: an overlay that asks a question in a dialog; who opens it fills the dialog and is told the
 * answer. The safe button has the focus first, and a dangerous question asks for a typed word. */
#ifndef TUI_SCREENS_ASK_H
#define TUI_SCREENS_ASK_H

#include "tui/screen.h"
#include "tui/widgets/dialog.h"

struct ask_arg {
    const char *title; /* own text */
    void (*fill)(void *ctx, struct dialog *dialog);
    /* The button's number (0: the safe one, or Esc); the overlay is closed after. */
    void (*answer)(void *ctx, int button);
    /* Asked once a second: false when the question does not hold any more; then it goes, without an
     * answer. May be NULL. */
    bool (*holds)(void *ctx);
    void (*close)(void *ctx); /* frees ctx when the question is gone; may be NULL */
    void *ctx;                /* (borrowed) unless close frees it */
};

/* arg is a struct ask_arg, copied. */
extern const struct screen_ops ask_screen;

#endif
