/* changed.c: see changed.h. The file is read from the loop, not by the key. */
#include "tui/screens/changed.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/change_rows.h"
#include "tui/screens/reader.h"

#define SHOWN_MAX 500 /* older ones: paddock changes */

struct changed {
    struct app *app;
    struct reader reader;
    char *id, *name; /* owned */
    loop_timer timer;
    unsigned observed; /* syncs that the text knows of */
    int64_t seen;      /* of the change before, while the text is made */
    size_t count;
    bool reveal;
};

static void add_when(struct changed *s, const struct change *c)
{
    struct str when = STR_INIT;
    int64_t now = app_now_server(s->app);
    when_clock(&when, c->seen_wall_ms, now);
    textview_printf(&s->reader.view, ROLE_TITLE, "%s SEEN %s", s->count ? "\n" : "",
                    str_text(&when));
    str_clear(&when);
    when_clock(&when, c->since_wall_ms, now);
    textview_printf(&s->reader.view, ROLE_DIM, "  after %s\n", str_text(&when));
    str_finish(&when);
}

static void add_value(struct changed *s, enum role role, const struct change *c, bool after)
{
    struct str text = STR_INIT;
    change_show(c, after, s->reveal, &text);
    textview_add(&s->reader.view, role, text.len ? span_from(&text) : span_of("(empty)"));
    str_finish(&text);
}

static void on_change(void *ctx, const struct change *c)
{
    struct changed *s = ctx;
    struct textview *v = &s->reader.view;
    if (s->count == 0 || c->seen_wall_ms != s->seen)
        add_when(s, c);
    s->seen = c->seen_wall_ms;
    s->count++;
    if (c->kind != CHANGE_FIELD) {
        textview_printf(v, ROLE_TEXT, "   %s\n",
                        c->kind == CHANGE_NEW ? "the account is new" : "the account is gone");
        return;
    }
    textview_printf(v, ROLE_FORM_LABEL, "   %-22s ", field_info(c->field)->label);
    add_value(s, ROLE_DIFF_OLD, c, false);
    textview_printf(v, ROLE_DIM, " %s ", draw_glyph_text(app_draw(s->app), GLYPH_ARROW));
    add_value(s, ROLE_DIFF_NEW, c, true);
    textview_printf(v, ROLE_TEXT, "\n");
}

static void on_read(void *ctx)
{
    struct changed *s = ctx;
    struct session *session = app_session(s->app);
    struct textview *v = &s->reader.view;
    struct changes *changes = keep_changes(session->keep);
    struct error err = keep_state(session->keep)->changes_error;
    const struct changes_query query = {
        .since_wall_ms = WHEN_NONE, .account = span_of(s->id), .limit = SHOWN_MAX};
    s->timer = 0;
    s->count = 0;
    s->observed = keep_state(session->keep)->observed;
    textview_clear(v);
    if (!changes || changes_list(changes, &query, on_change, s, &err))
        textview_printf(v, ROLE_ERROR, " %s\n", err.what);
    else if (s->count == 0)
        textview_lines(v, ROLE_DIM,
                       span_of(" nothing was seen to change from one complete sync to the next\n"
                               " (counters and health checks, which move all the time, are left "
                               "out)\n"));
    app_dirty(s->app);
}

static void read_soon(struct changed *s)
{
    if (!s->timer)
        s->timer = loop_timer_start(app_loop(s->app), 0, on_read, s);
}

static void *changed_open(struct app *app, const void *arg)
{
    const struct changed_arg *a = arg;
    struct changed *s = mem_calloc(1, sizeof *s);
    s->app = app;
    s->id = span_dup(a->id);
    s->name = span_dup(a->name);
    reader_init(&s->reader, app, true);
    textview_printf(&s->reader.view, ROLE_DIM, " reading what was seen ...\n");
    read_soon(s);
    return s;
}

static void changed_close(void *self)
{
    struct changed *s = self;
    loop_timer_stop(app_loop(s->app), s->timer);
    reader_finish(&s->reader);
    mem_free(s->id);
    mem_free(s->name);
    mem_free(s);
}

static void changed_draw(void *self, const struct canvas *c)
{
    reader_draw(&((struct changed *)self)->reader, c);
}

static const char *changed_context(const void *self)
{
    return ((const struct changed *)self)->reader.searching ? "line" : "entry";
}

static bool changed_typing(const void *self)
{
    return ((const struct changed *)self)->reader.searching;
}

static unsigned changed_action(void *self, enum action_id action)
{
    struct changed *s = self;
    if (action != ACTION_REVEAL)
        return reader_action(&s->reader, action);
    s->reveal = !s->reveal;
    read_soon(s);
    return EFFECT_REDRAW;
}

static unsigned changed_key(void *self, const struct key *key)
{
    return reader_key(&((struct changed *)self)->reader, key);
}

static unsigned changed_news(void *self, enum news news)
{
    struct changed *s = self;
    if (news == NEWS_SYNC && s->observed != keep_state(app_session(s->app)->keep)->observed)
        read_soon(s);
    return EFFECT_HANDLED;
}

static void changed_heading(const void *self, struct str *out)
{
    const struct changed *s = self;
    str_printf(out, "Changes of %s", s->name[0] ? s->name : s->id);
}

static const int *changed_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_SEARCH, ACTION_BACK, ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops changed_screen = {
    .name = "changed",
    .tab = "Accounts",
    .open = changed_open,
    .close = changed_close,
    .draw = changed_draw,
    .context = changed_context,
    .action = changed_action,
    .key = changed_key,
    .typing = changed_typing,
    .news = changed_news,
    .heading = changed_heading,
    .bar = changed_bar,
};
