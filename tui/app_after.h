/* app_after.h: what the operator wants next while a plan is being applied: to quit, or another
 * profile. The plan stops first, those in flight come to their end, and then it is done; what is
 * left of the plan is kept and asked about when its organisation is opened next. */
#ifndef TUI_APP_AFTER_H
#define TUI_APP_AFTER_H

#include "tui/app.h"

/* next NULL: quits; otherwise switches to it (copied). At once when no plan is being applied. */
void app_after_plan(struct app *app, const struct profile *next);
/* Once the plan is over; by an event of the session. */
void app_after_news(struct app *app);
void app_after_finish(struct app *app);

#endif
