/* copied.h: what was yanked, without borders, for terminals that take no OSC 52: there it is marked
 * with the mouse. */
#ifndef TUI_SCREENS_COPIED_H
#define TUI_SCREENS_COPIED_H

#include "base/str.h"
#include "tui/app.h"

struct copied_arg {
    const char *what; /* "JSON" (borrowed, static) */
    struct span text; /* copied; its lines are the lines shown */
};

/* arg is a const struct copied_arg *. */
extern const struct screen_ops copied_screen;

#endif
