/* demo_menu.h: `:demo`: what to break in the demo. */
#ifndef TUI_SCREENS_DEMO_MENU_H
#define TUI_SCREENS_DEMO_MENU_H

#include "tui/app.h"

/* Says so where the server is a real one. */
void demo_menu_open(struct app *app);

#endif
