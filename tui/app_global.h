/* app_global.h: the actions that every screen has: switching screens, palette, refresh, leaving. */
#ifndef TUI_APP_GLOBAL_H
#define TUI_APP_GLOBAL_H

#include "tui/app.h"

struct dialog;

/* Effects for the top screen, EFFECT_NONE when the action is no global one. over: a menu or a
 * question stands in front, and only what does not open another one is done. */
unsigned app_global_action(struct app *app, enum action_id action, bool over);
/* Whether the action is one of them. */
bool app_global_has(enum action_id action);
/* Asks whether to leave while writes are not settled. */
void app_ask_quit(struct app *app);
/* Adds to a question what would be gone with the session: session_plans_unapplied. */
void app_warn_unapplied(const struct session *s, struct dialog *d);

#endif
