/* history_entry.c: one write of the journal, whole: what was there, what was sent, what was kept,
 * what became of it; from here it is undone, or looked after while it is not settled. */
#include "tui/screens/history.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json.h"
#include "model/patch.h"
#include "tui/mask.h"
#include "tui/screens/reader.h"
#include "tui/screens/review.h"
#include "tui/screens/undo.h"

#include <inttypes.h>

struct entry_view {
    struct app *app;
    struct reader reader;
    int64_t op;
    bool settled, reveal;
};

static void fact(struct textview *v, const char *label, const char *text)
{
    if (text[0])
        textview_printf(v, ROLE_FORM_LABEL, "   %-10s ", label);
    if (text[0])
        textview_printf(v, ROLE_TEXT, "%s\n", text);
}

static void add_time(struct entry_view *view, const char *label, int64_t ms)
{
    struct str when = STR_INIT;
    if (ms != WHEN_NONE)
        when_clock(&when, ms, app_now_wall(view->app));
    fact(&view->reader.view, label, str_text(&when));
    str_finish(&when);
}

static void add_facts(struct entry_view *view, const struct journal_entry *e)
{
    struct textview *v = &view->reader.view;
    textview_printf(v, ROLE_TITLE, " WRITE %" PRId64 "  %s of %s\n", e->op,
                    journal_kind_name(e->kind), e->account_name);
    fact(v, "id", e->account_id);
    fact(v, "operator", e->operator_name);
    add_time(view, "when", e->intent_wall_ms);
    fact(v, "outcome", journal_outcome_word(e->outcome));
    add_time(view, journal_settled(e->outcome) ? "settled" : "since", e->outcome_wall_ms);
    fact(v, "note", e->note);
    fact(v, "reason", e->reason);
    fact(v, "plan", e->plan);
    fact(v, "profile", e->profile);
    if (e->undoes)
        textview_printf(v, ROLE_NOTE, "   takes back write %" PRId64 "\n", e->undoes);
}

static void add_value(struct entry_view *view, enum role role, enum field f,
                      const struct value *value)
{
    struct str s = STR_INIT;
    const char *mask = mask_value(f, value, view->reveal);
    if (mask)
        str_add(&s, mask);
    else
        value_words(f, value, &s);
    textview_add(&view->reader.view, role, span_from(&s));
    str_finish(&s);
}

/* The settable fields that are others after than before. */
static void add_changes(struct entry_view *view, const struct journal_entry *e)
{
    struct textview *v = &view->reader.view;
    struct account before, after;
    struct field_set which;
    const char *then = e->after ? e->after : e->target;
    account_init(&before);
    account_init(&after);
    bool two = e->base && then && account_decode(&before, span_of(e->base), NULL) == ST_OK &&
               account_decode(&after, span_of(then), NULL) == ST_OK;
    if (two) {
        size_t n = diff_settable(&before, &after, &which);
        textview_printf(v, ROLE_TITLE, "\n %s\n",
                        e->after ? "BEFORE AND AFTER" : "BEFORE, AND AS IT WAS ASKED FOR");
        for (int f = 0; f < FIELD_COUNT; f++) {
            if (!which.has[f])
                continue;
            textview_printf(v, ROLE_FORM_LABEL, "   %-22s ", field_info((enum field)f)->label);
            add_value(view, ROLE_DIFF_OLD, (enum field)f, &before.v[f]);
            textview_printf(v, ROLE_DIM, " %s ", draw_glyph_text(app_draw(view->app), GLYPH_ARROW));
            add_value(view, ROLE_DIFF_NEW, (enum field)f, &after.v[f]);
            textview_printf(v, ROLE_TEXT, "\n");
        }
        if (!n)
            textview_printf(v, ROLE_DIM, "   no difference\n");
    }
    account_finish(&before);
    account_finish(&after);
}

static void add_json(struct entry_view *view, const char *title, const char *json)
{
    struct str masked = STR_INIT, pretty = STR_INIT;
    if (!json || !json[0])
        return;
    mask_json(&masked, span_of(json), view->reveal);
    json_pretty(&pretty, span_from(&masked));
    textview_printf(&view->reader.view, ROLE_TITLE, "\n %s\n", title);
    textview_indented(&view->reader.view, ROLE_TEXT, span_from(&pretty));
    textview_printf(&view->reader.view, ROLE_TEXT, "\n");
    str_finish(&masked);
    str_finish(&pretty);
}

static void make_text(struct entry_view *view)
{
    struct session *s = app_session(view->app);
    struct textview *v = &view->reader.view;
    struct journal_entry e;
    struct error err;
    textview_clear(v);
    if (!s->journal || journal_get(s->journal, view->op, &e, &err)) {
        textview_printf(v, ROLE_ERROR, " %s\n", s->journal ? err.what : s->journal_error.what);
        return;
    }
    view->settled = journal_settled(e.outcome);
    add_facts(view, &e);
    add_changes(view, &e);
    add_json(view, "BODY AS IT WAS SENT", e.body);
    add_json(view, "BEFORE", e.base);
    add_json(view, "AFTER", e.after);
    textview_printf(v, ROLE_STRONG, "\n %s\n",
                    view->settled ? "u takes it back, after a preview."
                                  : "r looks after it: look again, release, send again.");
    journal_entry_finish(&e);
}

/* ---- the screen --------------------------------------------------------------------------- */

static void *entry_open(struct app *app, const void *arg)
{
    struct entry_view *view = mem_calloc(1, sizeof *view);
    view->app = app;
    view->op = *(const int64_t *)arg;
    reader_init(&view->reader, app, true);
    make_text(view);
    return view;
}

static void entry_close(void *self)
{
    struct entry_view *view = self;
    reader_finish(&view->reader);
    mem_free(view);
}

static void entry_draw(void *self, const struct canvas *c)
{
    reader_draw(&((struct entry_view *)self)->reader, c);
}

static const char *entry_context(const void *self)
{
    return ((const struct entry_view *)self)->reader.searching ? "line" : "entry";
}

static bool entry_typing(const void *self)
{
    return ((const struct entry_view *)self)->reader.searching;
}

static unsigned entry_action(void *self, enum action_id action)
{
    struct entry_view *view = self;
    switch (action) {
    case ACTION_UNDO:
        undo_entry(view->app, view->op);
        return EFFECT_REDRAW;
    case ACTION_LOOK_AGAIN:
    case ACTION_RELEASE:
    case ACTION_SEND_AGAIN:
    case ACTION_ADOPT:
        if (view->settled)
            app_message(view->app, MESSAGE_NOTE, "it is settled: there is nothing to look for");
        else
            review_open_op(view->app, view->op, action == ACTION_LOOK_AGAIN ? ACTION_NONE : action);
        return EFFECT_REDRAW;
    case ACTION_REVEAL:
        view->reveal = !view->reveal;
        make_text(view);
        return EFFECT_REDRAW;
    default:
        return reader_action(&view->reader, action);
    }
}

static unsigned entry_key(void *self, const struct key *key)
{
    return reader_key(&((struct entry_view *)self)->reader, key);
}

/* A tick, and not the news itself: the journal is written after it. */
static unsigned entry_news(void *self, enum news news)
{
    struct entry_view *view = self;
    if (news == NEWS_TICK && !view->settled)
        make_text(view);
    return EFFECT_REDRAW;
}

static void entry_heading(const void *self, struct str *out)
{
    str_printf(out, "Write %" PRId64, ((const struct entry_view *)self)->op);
}

static const int *entry_bar(const void *self, size_t *count)
{
    static const int settled[] = {ACTION_UNDO, ACTION_SEARCH, ACTION_BACK, ACTION_HELP};
    static const int open[] = {ACTION_LOOK_AGAIN, ACTION_SEARCH, ACTION_BACK, ACTION_HELP};
    const struct entry_view *view = self;
    *count = ARRAY_LEN(settled);
    return view->settled ? settled : open;
}

const struct screen_ops history_entry_screen = {
    .name = "entry",
    .tab = "History",
    .open = entry_open,
    .close = entry_close,
    .draw = entry_draw,
    .context = entry_context,
    .action = entry_action,
    .key = entry_key,
    .typing = entry_typing,
    .news = entry_news,
    .heading = entry_heading,
    .bar = entry_bar,
};
