/* app_message.c: the message line: what is said there, and when it goes.
 *
 * What answers a key is over with the next key that does something, as in a pager or an editor.
 * What came by itself (a save, an alert) goes the same way, but not before somebody could have read
 * it; so do warnings and errors, which a key held down would else wipe away. The first key after
 * one only folds it into one line. */
#include "tui/app_private.h"

#include "base/vec.h"
#include "base/when.h"

static void message_vset(struct app *app, enum message_kind kind, const char *fmt, va_list ap)
{
    struct chrome_message *m = &app->message;
    app->message_number++;
    m->kind = kind;
    m->read = false;
    m->answer = app->in_key;
    m->wall_ms = app_now_wall(app);
    m->mono_ms = app_now_mono(app);
    str_clear(&m->text);
    str_vprintf(&m->text, fmt, ap);
    app->dirty = true;
}

void app_message(struct app *app, enum message_kind kind, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    message_vset(app, kind, fmt, ap);
    va_end(ap);
}

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
    app->dirty = true;
}

unsigned app_message_begin_key(struct app *app)
{
    bool unread = app->message.wall_ms != WHEN_NONE && !app->message.read;
    app->in_key = true;
    if (!unread)
        return app->message_number;
    app->message.read = true;
    app->dirty = true;
    /* An error is folded first; it goes with another key. */
    return app->message.kind < MESSAGE_WARNING ? app->message_number : 0;
}

/* How long it stays, whatever is pressed. */
static int64_t stays_ms(const struct chrome_message *m)
{
    static const int64_t stays[][2] = {[MESSAGE_NOTE] = {3000, 0},
                                       [MESSAGE_GOOD] = {3000, 0},
                                       [MESSAGE_WARNING] = {5000, 2000},
                                       [MESSAGE_ERROR] = {5000, 2000}};
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
