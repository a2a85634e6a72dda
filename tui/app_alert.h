/* app_alert.h: how the console tells an alert: a line, the bell, the terminal's notification. Hooks
 * of the session: ctx is the app. */
#ifndef TUI_APP_ALERT_H
#define TUI_APP_ALERT_H

#include "monitor/alert.h"

void app_on_monitor(void *ctx);
void app_on_alert(void *ctx, const struct alert *alert, enum alert_event event);
void app_on_alert_failed(void *ctx, const struct alert_rule *rule, const struct error *err);

#endif
