/* app_alert.h: how the console tells an alert: a line, the bell, the terminal's notification. Hooks
 * of the session: ctx is the app. */
#ifndef TUI_APP_ALERT_H
#define TUI_APP_ALERT_H

#include "monitor/alert.h"

struct app;

/* What was told since somebody pressed a key: one line stands for all of it. */
struct alert_news {
    unsigned begun, ended;
    const struct alert_rule *rule; /* of all that began; NULL: of several. (borrowed) */
    char provider[64];             /* of all that began, as the server has it; "": of several */
    int64_t rung_mono_ms, notified_mono_ms; /* 0: never */
    unsigned unnotified;                    /* of those that ask for it, since the last time */
    int notify;                             /* how they ask for it */
};

void app_on_monitor(void *ctx);
void app_on_alert(void *ctx, const struct alert *alert, enum alert_event event);
void app_on_alert_failed(void *ctx, const struct alert_rule *rule, const struct error *err);
/* The line was read: the next alert begins another. */
void app_alert_read(struct app *app);
/* Once a second: notifies by their number of those that came too soon after one another. */
void app_alert_tick(struct app *app);

#endif
