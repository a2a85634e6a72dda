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

/* The first of many is told aloud, the others by their number. */
static void tell_begin(struct app *app, const struct alert *alert, bool again, struct span words)
{
    if (++app->alerts_told == 1 && app->term) {
        if (alert->rule->bell)
            term_bell(app->term);
        if (alert->rule->notify)
            notify(app, alert->rule->notify, words);
        app_message(app, MESSAGE_WARNING, "%s %.*s", again ? "still:" : "alert:", (int)words.len,
                    words.p);
    } else {
        app_message(app, MESSAGE_WARNING, "%s alerts (4 shows them), the last: %.*s",
                    QUANTITY(app->alerts_told), (int)words.len, words.p);
    }
}

/* An end is no reason to ring, and never stands where a beginning has just been told. */
static void tell_end(struct app *app, const struct alert *alert, struct span words)
{
    struct str line = STR_INIT;
    if (++app->alerts_ended == 1 && alert->rule->notify && app->term) {
        str_printf(&line, "resolved: %.*s", (int)words.len, words.p);
        notify(app, alert->rule->notify, span_from(&line));
        str_clear(&line);
    }
    if (app->alerts_ended > 1)
        str_printf(&line, "%s alerts resolved, the last", QUANTITY(app->alerts_ended));
    else
        str_add(&line, "resolved");
    if (!app->alerts_told)
        app_message(app, MESSAGE_NOTE, "%s: %.*s", str_text(&line), (int)words.len, words.p);
    str_finish(&line);
}

void app_on_alert(void *ctx, const struct alert *alert, enum alert_event event)
{
    struct app *app = ctx;
    struct str words = STR_INIT;
    alert_words(app->session->watching.alerts, alert, event, &words);
    if (event == ALERT_RESOLVED)
        tell_end(app, alert, span_from(&words));
    else
        tell_begin(app, alert, event == ALERT_AGAIN, span_from(&words));
    str_finish(&words);
    app_news(app, NEWS_MONITOR);
}

void app_on_alert_failed(void *ctx, const struct alert_rule *rule, const struct error *err)
{
    app_message(ctx, MESSAGE_ERROR, "alert %s: its command: %s", rule->name, err->what);
}
