/* prompt.h: an overlay that asks for one line of text: a reason, a value, a file's name. What is
 * offered stands there dim: Enter takes it, typing takes its place, and a key that moves or erases
 * begins to edit it. */
#ifndef TUI_SCREENS_PROMPT_H
#define TUI_SCREENS_PROMPT_H

#include "tui/app.h"

struct prompt_arg {
    const char *title; /* own text */
    const char *hint;  /* own text, under the line; may be NULL */
    struct span text;  /* what is offered; (borrowed) for the call */
    /* Enter: true closes it; false leaves it open, with *err shown. text is (borrowed). */
    bool (*accept)(void *ctx, struct span text, struct error *err);
    void (*close)(void *ctx); /* frees ctx when it is gone; may be NULL */
    void *ctx;
};

/* arg is a struct prompt_arg, copied. */
extern const struct screen_ops prompt_screen;

#endif
