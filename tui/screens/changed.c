/* changed.c: see changed.h. First what the last complete sync showed, and above it what is known
 * since (an account is read alone, too); then all that earlier ones showed, as far as it is kept.
 * The file is read from the loop, not by the key. */
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
    int64_t settled; /* the sync that the text knows of */
    int64_t stamp;   /* of the file, as it was read */
    int64_t as_of;   /* of the account */
    bool reveal;
    /* While the text is made. */
    int64_t seen;  /* of the change before */
    size_t count;  /* changes of the file */
    bool earlier;  /* those of the last sync are behind us */
    bool unproven; /* the change is of no complete sync yet */
};

static void add_time(struct changed *s, enum role role, const char *words, int64_t wall_ms)
{
    struct str when = STR_INIT;
    when_clock(&when, wall_ms, app_now_server(s->app));
    textview_printf(&s->reader.view, role, words, str_text(&when));
    str_finish(&when);
}

static int64_t settled(const struct changed *s)
{
    return keep_state(app_session(s->app)->keep)->settled_wall_ms;
}

static int64_t as_of(const struct changed *s)
{
    const struct fleet *fleet = app_session(s->app)->fleet;
    row_id row = fleet_find(fleet, span_of(s->id));
    return row != ROW_NONE ? fleet_as_of(fleet, row) : 0;
}

/* Before the first that is older than the last complete sync. */
static void add_earlier(struct changed *s)
{
    struct textview *v = &s->reader.view;
    s->earlier = true;
    if (settled(s) == WHEN_NONE)
        return;
    if (!s->count)
        add_time(s, ROLE_DIM, " nothing changed in the last complete sync, %s\n", settled(s));
    textview_printf(v, ROLE_DIM, "\n earlier\n");
}

static void add_when(struct changed *s, const struct change *c)
{
    if (c->seen_wall_ms < settled(s) && !s->earlier)
        add_earlier(s);
    else if (s->count)
        textview_printf(&s->reader.view, ROLE_TEXT, "\n");
    add_time(s, ROLE_TITLE, " SEEN %s", c->seen_wall_ms);
    add_time(s, ROLE_DIM, "  after %s\n", c->since_wall_ms);
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
    if (!s->unproven) {
        if (s->count == 0 || c->seen_wall_ms != s->seen)
            add_when(s, c);
        s->seen = c->seen_wall_ms;
        s->count++;
    }
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

/* What is known since the last complete sync is no history yet: the next one may undo it. */
static void on_since(void *ctx, const struct change *c)
{
    struct changed *s = ctx;
    if (!s->unproven)
        add_time(s, ROLE_TITLE, " SINCE THE COMPLETE SYNC OF %s\n", settled(s));
    s->unproven = true;
    on_change(s, c);
}

static void add_since(struct changed *s, struct keep *keep)
{
    s->unproven = false;
    keep_since_settled(keep, span_of(s->id), on_since, s);
    if (s->unproven)
        textview_printf(&s->reader.view, ROLE_TEXT, "\n");
    s->unproven = false;
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
    s->earlier = false;
    s->settled = settled(s);
    s->as_of = as_of(s);
    s->stamp = changes ? changes_stamp(changes) : 0;
    textview_clear(v);
    add_since(s, session->keep);
    if (!changes || changes_list(changes, &query, on_change, s, &err))
        textview_printf(v, ROLE_ERROR, " %s\n", err.what);
    else if (s->count == 0)
        textview_lines(v, ROLE_DIM,
                       span_of(" nothing was seen to change from one complete sync to the next\n"
                               " (counters and health checks, which move all the time, are left "
                               "out)\n"));
    else if (s->count == SHOWN_MAX)
        textview_printf(v, ROLE_DIM, "\n older ones: paddock changes id=%s\n", s->id);
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
    return ((const struct changed *)self)->reader.searching ? "line" : "text";
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
    struct changes *changes = keep_changes(app_session(s->app)->keep);
    if ((news == NEWS_SYNC && s->settled != settled(s)) ||
        (news == NEWS_FLEET && s->as_of != as_of(s)) ||
        (news == NEWS_TICK && changes && s->stamp != changes_stamp(changes)))
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
