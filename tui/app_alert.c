/* app_alert.c: see app_alert.h. */
#include "tui/app_alert.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "tui/app_private.h"

#include <stdio.h>
#include <string.h>

#define RING_GAP_MS   2000
#define NOTIFY_GAP_MS 5000

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

/* ---- aloud --------------------------------------------------------------------------------- */

static bool gap_over(const struct app *app, int64_t last, int64_t gap)
{
    return !last || app_now_mono(app) - last >= gap;
}

/* Of many that come at once the first rings. */
static void ring(struct app *app)
{
    if (app->term && gap_over(app, app->alert_news.rung_mono_ms, RING_GAP_MS)) {
        term_bell(app->term);
        app->alert_news.rung_mono_ms = app_now_mono(app);
    }
}

/* The first is notified of by its words, those that follow too soon by their number. */
static void notify_or_count(struct app *app, int how, struct span words)
{
    struct alert_news *n = &app->alert_news;
    if (!app->term || !how)
        return;
    if (n->unnotified || !gap_over(app, n->notified_mono_ms, NOTIFY_GAP_MS)) {
        n->unnotified++;
        n->notify = how;
        return;
    }
    n->notified_mono_ms = app_now_mono(app);
    notify(app, how, words);
}

void app_alert_tick(struct app *app)
{
    struct alert_news *n = &app->alert_news;
    struct str words = STR_INIT;
    if (!n->unnotified || !gap_over(app, n->notified_mono_ms, NOTIFY_GAP_MS))
        return;
    str_printf(&words, "%s more alert%s", QUANTITY(n->unnotified), PLURAL(n->unnotified));
    n->unnotified = 0;
    n->notified_mono_ms = app_now_mono(app);
    notify(app, n->notify, span_from(&words));
    str_finish(&words);
}

/* ---- in the message line ------------------------------------------------------------------- */

void app_alert_read(struct app *app)
{
    struct alert_news *n = &app->alert_news;
    n->begun = n->ended = 0;
}

static void provider_of(const struct app *app, const struct alert *alert, char *out, size_t room)
{
    struct value v = value_absent();
    if (alert->row != ROW_NONE)
        fleet_get(app->session->fleet, alert->row, FIELD_PROVIDER_TYPE, &v);
    snprintf(out, room, "%.*s", value_known(&v) ? (int)v.text.len : 0,
             value_known(&v) ? v.text.p : "");
}

/* One cause shows as one rule and one provider. */
static void note_cause(struct app *app, const struct alert *alert)
{
    struct alert_news *n = &app->alert_news;
    char provider[sizeof n->provider];
    provider_of(app, alert, provider, sizeof provider);
    if (n->begun + n->ended == 1) {
        n->rule = alert->rule;
        memcpy(n->provider, provider, sizeof provider);
        return;
    }
    if (n->rule != alert->rule)
        n->rule = NULL;
    if (strcmp(n->provider, provider) != 0)
        n->provider[0] = '\0';
}

/* "down: 40 accounts of azure_openai: health:down" */
static void add_group(const struct alert_news *n, unsigned count, bool ended, struct str *out)
{
    str_printf(out, "%s: %s accounts of %s: %s%s", n->rule->name, QUANTITY(count), n->provider,
               ended ? "no longer " : "", n->rule->when);
}

static void tell_begin(struct app *app, const struct alert *alert, bool again, struct span words)
{
    struct alert_news *n = &app->alert_news;
    struct str line = STR_INIT;
    n->begun++;
    note_cause(app, alert);
    if (alert->rule->bell)
        ring(app);
    notify_or_count(app, alert->rule->notify, words);
    if (n->begun == 1)
        str_printf(&line, "%s %.*s", again ? "still:" : "alert:", (int)words.len, words.p);
    else if (n->rule && n->provider[0]) {
        str_add(&line, "alert: ");
        add_group(n, n->begun, false, &line);
        str_add(&line, " (4 shows them)");
    } else
        str_printf(&line, "%s alerts (4 shows them), the last: %.*s", QUANTITY(n->begun),
                   (int)words.len, words.p);
    if (n->ended)
        str_printf(&line, "; %s resolved", QUANTITY(n->ended));
    app_tell(app, TELL_ALERTS, MESSAGE_WARNING, "%s", str_text(&line));
    str_finish(&line);
}

/* An end is no reason to ring, and never stands where a beginning has just been told. */
static void tell_end(struct app *app, const struct alert *alert, struct span words)
{
    struct alert_news *n = &app->alert_news;
    struct str line = STR_INIT;
    n->ended++;
    note_cause(app, alert);
    str_printf(&line, "resolved: %.*s", (int)words.len, words.p);
    notify_or_count(app, alert->rule->notify, span_from(&line));
    if (n->ended > 1) {
        str_clear(&line);
        if (n->rule && n->provider[0]) {
            str_add(&line, "resolved: ");
            add_group(n, n->ended, true, &line);
        } else
            str_printf(&line, "%s alerts resolved, the last: %.*s", QUANTITY(n->ended),
                       (int)words.len, words.p);
    }
    if (!n->begun)
        app_tell(app, TELL_ALERTS, MESSAGE_NOTE, "%s", str_text(&line));
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
    app_tell(ctx, TELL_COMMAND, MESSAGE_ERROR, "alert %s: its command: %s", rule->name, err->what);
}
