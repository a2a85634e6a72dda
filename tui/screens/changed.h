/* changed.h: `d`: what complete syncs saw change in one account, the newest first. */
#ifndef TUI_SCREENS_CHANGED_H
#define TUI_SCREENS_CHANGED_H

#include "tui/app.h"

/* Texts are copied. */
struct changed_arg {
    struct span id, name;
};

extern const struct screen_ops changed_screen; /* arg: struct changed_arg */

#endif
