/* app_alert.c: see app_alert.h. */
#include "tui/app_alert.h"

#include "base/quantity.h"
#include "tui/app_private.h"

void app_on_monitor(void *ctx)
{
    app_news(ctx, NEWS_MONITOR);
}

/* OSC 9 (iTerm2, Windows Terminal, kitty) or OSC 777 (rxvt, foot): the text passes text_safe, and
 * has none of the separators. */
static void notify(struct app *app, int how, struct span words)
{
    struct str safe = STR_INIT, osc = STR_INIT;
    text_safe(&safe, words.p, words.len, 0);
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.data[i] == ';')
            safe.data[i] = ',';
    }
    str_printf(&osc, how == 1 ? "\033]9;paddock: %s\a" : "\033]777;notify;paddock;%s\a",
               str_text(&safe));
    term_send(app->term, str_text(&osc), osc.len);
    str_finish(&safe);
    str_finish(&osc);
}

void app_on_alert(void *ctx, const struct alert *alert, bool again)
{
    struct app *app = ctx;
    struct str words = STR_INIT;
    alert_words(app->session->watching.alerts, alert, &words);
    /* The first of many is told aloud, the others by their number. */
    if (++app->alerts_told == 1 && app->term) {
        if (alert->rule->bell)
            term_bell(app->term);
        if (alert->rule->notify)
            notify(app, alert->rule->notify, span_from(&words));
        app_message(app, MESSAGE_WARNING, "%s %s", again ? "still:" : "alert:", str_text(&words));
    } else {
        app_message(app, MESSAGE_WARNING, "%s alerts (4 shows them), the last: %s",
                    QUANTITY(app->alerts_told), str_text(&words));
    }
    str_finish(&words);
    app_news(app, NEWS_MONITOR);
}

void app_on_alert_failed(void *ctx, const struct alert_rule *rule, const struct error *err)
{
    app_message(ctx, MESSAGE_ERROR, "alert %s: its command: %s", rule->name, err->what);
}
