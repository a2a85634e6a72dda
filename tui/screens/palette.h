/* palette.h: commands by name, and the menus of profiles and themes. */
#ifndef TUI_SCREENS_PALETTE_H
#define TUI_SCREENS_PALETTE_H

#include "tui/app.h"

/* `:` every action of the table that is listed, with its keys; dangerous ones are never
 * preselected. */
void palette_open(struct app *app);
/* `P` profiles of the config, and other organisations of this one. */
void palette_profiles(struct app *app);
/* Themes, each shown while the cursor is on it; Esc gives the old one back. */
void palette_themes(struct app *app);

#endif
