/* help.h: the keys of the screen that was on top, from the live keymap. */
#ifndef TUI_SCREENS_HELP_H
#define TUI_SCREENS_HELP_H

#include "tui/app.h"

/* No arg. */
extern const struct screen_ops help_screen;

#endif
