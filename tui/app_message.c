/* app_message.c: the message line: what is said there, and when it goes.
 *
 * What answers a key is over with the next key that does something, as in a pager or an editor.
 * What came by itself (a save, an alert) goes the same way, but not before somebody could have read
 * it; so do warnings and errors, which a key held down would else wipe away. The first key after
 * one only folds it into one line.
 *
 * News that nobody asked for waits (app_tell): what became of a write is said in the same line, and
 * was lost behind an alert that came in the same second. */
#include "tui/app_private.h"

#include "base/when.h"
#include "cli/hint.h"

#include <string.h>

#define NOTE_MS    3000
#define WARNING_MS 5000
#define UNREAD_MS  10000 /* a note that nobody pressed a key after gives way to news */

/* Its text is made by the caller. */
static struct chrome_message *begin_message(struct app *app, enum tell tell, enum message_kind kind)
{
    struct chrome_message *m = &app->message;
    app->message_number++;
    m->kind = kind;
    m->read = false;
    m->answer = app->in_key;
    m->tell = tell;
    m->wall_ms = app_now_wall(app);
    m->mono_ms = app_now_mono(app);
    str_clear(&m->text);
    app->dirty = true;
    return m;
}

void app_hint(const struct app *app, const char *text, struct str *out)
{
    if (app->session)
        hint_text(app->console, &app->session->profile, text, out);
    else
        str_add(out, text);
}

void app_message(struct app *app, enum message_kind kind, const char *fmt, ...)
{
    struct str raw = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&raw, fmt, ap);
    va_end(ap);
    app_hint(app, str_text(&raw), &begin_message(app, TELL_NONE, kind)->text);
    str_finish(&raw);
}

/* ---- news ---------------------------------------------------------------------------------- */

/* Whether what stands there may give way to news. */
static bool may_cover(const struct app *app, enum tell what)
{
    const struct chrome_message *m = &app->message;
    int64_t age = app_now_mono(app) - m->mono_ms;
    if (m->wall_ms == WHEN_NONE || (what == TELL_ALERTS && m->tell == TELL_ALERTS))
        return true;
    if (m->kind >= MESSAGE_WARNING)
        return m->read && age >= WARNING_MS;
    return age >= (m->read ? NOTE_MS : UNREAD_MS);
}

static void say(struct app *app, struct waiting_news *news)
{
    struct chrome_message *m = begin_message(app, news->tell, news->kind);
    m->answer = false;
    m->wall_ms = news->wall_ms;
    str_add_span(&m->text, span_from(&news->text));
    str_finish(&news->text);
}

static void drop_wait(struct app *app, size_t at)
{
    app->wait_count--;
    memmove(&app->waits[at], &app->waits[at + 1], (app->wait_count - at) * sizeof *app->waits);
}

void app_tell(struct app *app, enum tell what, enum message_kind kind, const char *fmt, ...)
{
    struct waiting_news news = {what, kind, app_now_wall(app), STR_INIT};
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&news.text, fmt, ap);
    va_end(ap);
    for (size_t i = 0; what == TELL_ALERTS && i < app->wait_count; i++)
        if (app->waits[i].tell == what) {
            str_finish(&app->waits[i].text);
            app->waits[i] = news;
            return;
        }
    if (app->wait_count == WAITS_MAX) {
        str_finish(&app->waits[0].text);
        drop_wait(app, 0);
    }
    app->waits[app->wait_count++] = news;
    app_message_next(app);
}

void app_message_next(struct app *app)
{
    struct chrome_message *m = &app->message;
    if (m->wall_ms != WHEN_NONE && m->kind < MESSAGE_WARNING && app->session &&
        chrome_trouble_covers(app, m)) {
        m->wall_ms = WHEN_NONE;
        m->tell = TELL_NONE;
        app->dirty = true;
    }
    if (!app->wait_count || !may_cover(app, app->waits[0].tell))
        return;
    struct waiting_news news = app->waits[0];
    drop_wait(app, 0);
    say(app, &news);
}

void app_message_forget(struct app *app)
{
    for (size_t i = 0; i < app->wait_count; i++)
        str_finish(&app->waits[i].text);
    app->wait_count = 0;
}

/* ---- what a key does to it ----------------------------------------------------------------- */

void app_error(struct app *app, const struct error *err)
{
    app_message(app, MESSAGE_ERROR, "%s%s%s", err->what, err->next[0] ? "; " : "", err->next);
}

void app_tell_reveal(struct app *app, bool reveal)
{
    app_message(app, reveal ? MESSAGE_WARNING : MESSAGE_NOTE,
                reveal ? "credentials references are shown on this screen; :reveal masks them again"
                       : "credentials references are masked again");
}

unsigned app_message_number(const struct app *app)
{
    return app->message_number;
}

void app_message_withdraw(struct app *app, unsigned number)
{
    if (number == 0 || number != app->message_number)
        return;
    str_clear(&app->message.text);
    app->message.wall_ms = WHEN_NONE;
    app->message.tell = TELL_NONE;
    app->dirty = true;
    app_message_next(app);
}

unsigned app_message_begin_key(struct app *app)
{
    bool unread = app->message.wall_ms != WHEN_NONE && !app->message.read;
    app->in_key = true;
    if (!unread)
        return app->message_number;
    app->message.read = true;
    if (app->message.tell == TELL_ALERTS)
        app_alert_read(app);
    app->dirty = true;
    /* An error is folded first; it goes with another key. */
    return app->message.kind < MESSAGE_WARNING ? app->message_number : 0;
}

/* How long it stays, whatever is pressed. */
static int64_t stays_ms(const struct chrome_message *m)
{
    static const int64_t stays[][2] = {[MESSAGE_NOTE] = {NOTE_MS, 0},
                                       [MESSAGE_GOOD] = {NOTE_MS, 0},
                                       [MESSAGE_WARNING] = {WARNING_MS, 2000},
                                       [MESSAGE_ERROR] = {WARNING_MS, 2000}};
    return stays[m->kind][m->answer];
}

bool app_message_may_answer(const struct app *app, unsigned said)
{
    const struct chrome_message *m = &app->message;
    if (m->wall_ms == WHEN_NONE || (m->answer && m->kind < MESSAGE_WARNING))
        return true;
    return said && app_now_mono(app) - m->mono_ms >= stays_ms(m);
}

void app_message_end_key(struct app *app, unsigned number, bool acted)
{
    app->in_key = false;
    if (acted && app->message.wall_ms != WHEN_NONE &&
        app_now_mono(app) - app->message.mono_ms >= stays_ms(&app->message))
        app_message_withdraw(app, number);
}
