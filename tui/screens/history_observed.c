/* history_observed.c: what complete syncs saw change, the newest first. The file is read in slices
 * between other things, up to ROWS_MAX changes; after each complete sync what is new is read. */
#include "tui/app_global.h"
#include "tui/screens/history.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/filter.h"
#include "store/change_rows.h"
#include "tui/screens/changed.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/table.h"

#include <string.h>

#define ROWS_MAX 5000 /* older ones: paddock changes */
#define SLICE    200

/* A change with texts of its own, in one piece. */
struct seen {
    struct change change;
    char *texts; /* owned */
};

struct observed {
    struct app *app;
    struct seen *rows; /* owned; by falling number */
    size_t count, room;
    size_t *shown; /* owned; indexes of rows that match */
    size_t shown_count, shown_room;
    struct seen *fresh; /* owned; read, and newer than rows */
    size_t fresh_count, fresh_room;
    struct table table;
    int64_t cursor; /* number under it, 0: none */
    struct column_set *columns;
    struct filter *filter; /* NULL: all */
    struct error filter_err;
    struct line_editor editor;
    bool typing, done; /* done: all that is to be shown has been read */
    unsigned syncs;    /* that the rows know of */
    loop_timer timer;
    struct error error; /* the file could not be read */
};

enum { COL_SEEN, COL_ACCOUNT, COL_CHANGE, COL_FIELD, COL_BEFORE, COL_AFTER };

static const struct table_column columns[] = {
    {"SEEN", 14, 20, 0, TEXT_LEFT, COL_SEEN},     {"ACCOUNT", 18, 40, 0, TEXT_LEFT, COL_ACCOUNT},
    {"CHANGE", 8, 8, 2, TEXT_LEFT, COL_CHANGE},   {"FIELD", 12, 24, 0, TEXT_LEFT, COL_FIELD},
    {"BEFORE", 12, 40, 1, TEXT_LEFT, COL_BEFORE}, {"AFTER", 12, 40, 0, TEXT_LEFT, COL_AFTER},
};

/* ---- rows --------------------------------------------------------------------------------- */

static const struct seen *shown_row(const struct observed *o, size_t at)
{
    return at < o->shown_count ? &o->rows[o->shown[at]] : NULL;
}

static void remember_cursor(struct observed *o)
{
    size_t at;
    const struct seen *row = table_cursor(&o->table, &at) ? shown_row(o, at) : NULL;
    if (row)
        o->cursor = row->change.number;
}

static bool matches(const struct observed *o, const struct seen *row)
{
    if (!o->filter)
        return true;
    const struct fleet *fleet = app_session(o->app)->fleet;
    row_id now = fleet_find(fleet, row->change.account);
    struct row_source account = {0};
    struct change_row shown;
    if (now != ROW_NONE)
        account = fleet_row_source(fleet, now);
    change_row_init(&shown);
    change_row_set(&shown, &row->change, &account);
    struct row_source source = change_row_source(&shown);
    bool match = filter_match(o->filter, &source);
    change_row_finish(&shown);
    return match;
}

/* Filters anew, and puts the cursor on its change again. */
static void update(struct observed *o)
{
    size_t cursor = 0;
    o->shown_count = 0;
    for (size_t i = 0; i < o->count; i++) {
        if (!matches(o, &o->rows[i]))
            continue;
        VEC_ROOM(o->shown, o->shown_count, o->shown_room);
        if (o->rows[i].change.number == o->cursor)
            cursor = o->shown_count;
        o->shown[o->shown_count++] = i;
    }
    table_set_rows(&o->table, o->shown_count, cursor);
    app_dirty(o->app);
}

static struct span keep_text(char **at, struct span text)
{
    struct span copy = {*at, text.len};
    if (text.len)
        memcpy(*at, text.p, text.len);
    *at += text.len;
    return copy;
}

static struct seen copy_of(const struct change *c)
{
    struct seen row = {*c, mem_alloc(c->account.len + c->name.len + c->before.len + c->after.len)};
    char *at = row.texts;
    row.change.account = keep_text(&at, c->account);
    row.change.name = keep_text(&at, c->name);
    row.change.before = keep_text(&at, c->before);
    row.change.after = keep_text(&at, c->after);
    return row;
}

static void on_older(void *ctx, const struct change *c)
{
    struct observed *o = ctx;
    VEC_ROOM(o->rows, o->count, o->room);
    o->rows[o->count++] = copy_of(c);
}

static void on_newer(void *ctx, const struct change *c)
{
    struct observed *o = ctx;
    if (o->count && c->number <= o->rows[0].change.number)
        return;
    VEC_ROOM(o->fresh, o->fresh_count, o->fresh_room);
    o->fresh[o->fresh_count++] = copy_of(c);
}

/* More than ROWS_MAX at once: the oldest of them wait for the command line. */
static void read_newer(struct observed *o, struct changes *changes)
{
    const struct changes_query query = {
        .since_wall_ms = o->count ? o->rows[0].change.seen_wall_ms : WHEN_NONE, .limit = ROWS_MAX};
    o->fresh_count = 0;
    changes_list(changes, &query, on_newer, o, &o->error);
    if (!o->fresh_count)
        return;
    size_t before = o->count, fresh = o->fresh_count;
    for (size_t i = 0; i < fresh; i++) {
        VEC_ROOM(o->rows, o->count, o->room);
        o->count++;
    }
    memmove(o->rows + fresh, o->rows, before * sizeof *o->rows);
    memcpy(o->rows, o->fresh, fresh * sizeof *o->rows);
}

static void on_read(void *ctx)
{
    struct observed *o = ctx;
    struct session *s = app_session(o->app);
    struct changes *changes = keep_changes(s->keep);
    o->timer = 0;
    o->syncs = keep_state(s->keep)->observed;
    remember_cursor(o);
    if (!changes) {
        o->error = keep_state(s->keep)->changes_error;
        o->done = true;
    } else if (o->done) {
        read_newer(o, changes);
    } else {
        size_t before = o->count;
        const struct changes_query query = {.since_wall_ms = WHEN_NONE,
                                            .below = before ? o->rows[before - 1].change.number : 0,
                                            .limit = SLICE};
        enum status st = changes_list(changes, &query, on_older, o, &o->error);
        o->done = st != ST_OK || o->count - before < SLICE || o->count >= ROWS_MAX;
        if (!o->done)
            o->timer = loop_timer_start(app_loop(o->app), 0, on_read, o);
    }
    update(o);
}

static void read_soon(struct observed *o)
{
    if (!o->timer)
        o->timer = loop_timer_start(app_loop(o->app), 0, on_read, o);
}

/* ---- cells -------------------------------------------------------------------------------- */

static void cell(void *ctx, size_t at, size_t column, struct table_cell *out)
{
    static const enum role roles[] = {
        [CHANGE_NEW] = ROLE_DIFF_NEW, [CHANGE_FIELD] = ROLE_TEXT, [CHANGE_GONE] = ROLE_DIFF_OLD};
    struct observed *o = ctx;
    const struct seen *row = shown_row(o, at);
    if (!row)
        return;
    const struct change *c = &row->change;
    bool field = c->kind == CHANGE_FIELD;
    switch (columns[column].id) {
    case COL_SEEN:
        when_clock(out->text, c->seen_wall_ms, app_now_server(o->app));
        break;
    case COL_ACCOUNT:
        str_add_span(out->text, c->name.len ? c->name : c->account);
        break;
    case COL_CHANGE:
        out->role = roles[c->kind];
        str_add(out->text, change_kind_name(c->kind));
        break;
    case COL_FIELD:
        if (field)
            str_add(out->text, field_info(c->field)->key);
        break;
    default:
        if (field)
            change_show(c, columns[column].id == COL_AFTER, false, out->text);
    }
}

/* ---- the filter ---------------------------------------------------------------------------- */

/* What cannot be read leaves the last good result on the screen. */
static void filter_try(struct observed *o, struct span text)
{
    struct filter *filter = NULL;
    size_t at;
    error_clear(&o->filter_err);
    if (text.len &&
        filter_parse(o->columns, text, app_now_server(o->app), &filter, &at, &o->filter_err))
        return;
    filter_destroy(o->filter);
    o->filter = filter;
    remember_cursor(o);
    update(o);
}

static unsigned do_filter(void *self, enum action_id action)
{
    struct observed *o = self;
    (void)action;
    o->typing = true;
    return EFFECT_REDRAW;
}

static unsigned do_back(void *self, enum action_id action)
{
    struct observed *o = self;
    (void)action;
    if (!o->typing && !o->filter)
        return EFFECT_NONE;
    o->typing = false;
    line_editor_start(&o->editor, span_of(""));
    filter_try(o, span_of(""));
    return EFFECT_REDRAW;
}

static unsigned observed_key(void *self, const struct key *key)
{
    struct observed *o = self;
    if (!o->typing)
        return EFFECT_NONE;
    if (key_is(key, KEYSYM_ENTER)) {
        o->typing = false;
        if (o->filter_err.status)
            app_error(o->app, &o->filter_err);
        error_clear(&o->filter_err);
        return EFFECT_REDRAW;
    }
    enum line_result result = line_editor_key(&o->editor, key);
    if (result == LINE_CHANGED)
        filter_try(o, line_editor_text(&o->editor));
    return result == LINE_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
}

/* ---- actions ------------------------------------------------------------------------------ */

static unsigned do_open(void *self, enum action_id action)
{
    struct observed *o = self;
    size_t at;
    const struct seen *row = table_cursor(&o->table, &at) ? shown_row(o, at) : NULL;
    (void)action;
    if (row) {
        const struct changed_arg arg = {row->change.account, row->change.name};
        app_push(o->app, &changed_screen, &arg);
    }
    return EFFECT_REDRAW;
}

/* The server is asked, too, as by this key everywhere: what is said of it names the key. */
static unsigned do_refresh(void *self, enum action_id action)
{
    struct observed *o = self;
    read_soon(o);
    return app_global_action(o->app, action, false) | EFFECT_REDRAW;
}

static const struct screen_handler handlers[] = {
    {ACTION_FILTER, do_filter},   {ACTION_BACK, do_back}, {ACTION_OPEN, do_open},
    {ACTION_REFRESH, do_refresh}, {ACTION_NONE, NULL},
};

static unsigned observed_action(void *self, enum action_id action)
{
    struct observed *o = self;
    enum move move;
    unsigned effect = screen_dispatch(handlers, self, action);
    if (effect == EFFECT_NONE && keymap_move(action, &move)) {
        table_move(&o->table, move);
        remember_cursor(o);
        return EFFECT_REDRAW;
    }
    return effect;
}

/* ---- the part ----------------------------------------------------------------------------- */

static void *observed_open(struct app *app, const void *arg)
{
    struct observed *o = mem_calloc(1, sizeof *o);
    const struct table_source source = {cell, NULL, NULL, o};
    (void)arg;
    o->app = app;
    o->columns = change_columns_create();
    line_editor_init(&o->editor);
    line_editor_start(&o->editor, span_of(""));
    table_init(&o->table, &source);
    table_set_columns(&o->table, columns, ARRAY_LEN(columns));
    read_soon(o);
    return o;
}

static void observed_close(void *self)
{
    struct observed *o = self;
    loop_timer_stop(app_loop(o->app), o->timer);
    for (size_t i = 0; i < o->count; i++)
        mem_free(o->rows[i].texts);
    filter_destroy(o->filter);
    column_set_destroy(o->columns);
    line_editor_finish(&o->editor);
    table_finish(&o->table);
    mem_free(o->rows);
    mem_free(o->fresh);
    mem_free(o->shown);
    mem_free(o);
}

static void observed_draw(void *self, const struct canvas *c)
{
    struct observed *o = self;
    bool filtered = o->typing || o->filter;
    draw_own(c, 0, 1, filtered ? ROLE_BAR_KEY : ROLE_DIM, "/", 2, TEXT_LEFT);
    if (o->typing)
        line_editor_draw(&o->editor, c, 0, 3, c->cols - 4, true,
                         "field=status after=down seen<7d provider=openai");
    else if (o->filter)
        draw_text(c, 0, 3, ROLE_MATCH, line_editor_text(&o->editor), c->cols - 4, TEXT_LEFT);
    else
        draw_own(c, 0, 3, ROLE_DIM, "filter", c->cols - 4, TEXT_LEFT);
    int top = 1;
    const struct error *err = o->filter_err.status ? &o->filter_err : &o->error;
    if (err->status)
        draw_text(c, top++, 3, ROLE_ERROR, span_of(err->what), c->cols - 4, TEXT_LEFT);
    struct canvas body = canvas_part(c, top, 0, c->rows - top, c->cols);
    table_draw(&o->table, &body, !o->typing,
               !o->done    ? "reading what was seen ..."
               : o->filter ? "no change matches the filter"
                           : "nothing was seen to change from one complete sync to the next");
}

static const char *observed_context(const void *self)
{
    return ((const struct observed *)self)->typing ? "line" : "history";
}

static bool observed_typing(const void *self)
{
    return ((const struct observed *)self)->typing;
}

static unsigned observed_news(void *self, enum news news)
{
    struct observed *o = self;
    if (news == NEWS_SYNC && o->syncs != keep_state(app_session(o->app)->keep)->observed)
        read_soon(o);
    return EFFECT_HANDLED;
}

static void observed_heading(const void *self, struct str *out)
{
    const struct observed *o = self;
    str_printf(out, "%s of %s%s", QUANTITY(o->shown_count), QUANTITY(o->count),
               o->count >= ROWS_MAX ? " newest changes" : " changes");
}

static const int *observed_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_OPEN, ACTION_FILTER, ACTION_NEXT_TAB, ACTION_BACK,
                              ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops history_observed = {
    .name = "Observed",
    .tab = "History",
    .open = observed_open,
    .close = observed_close,
    .draw = observed_draw,
    .context = observed_context,
    .action = observed_action,
    .key = observed_key,
    .typing = observed_typing,
    .news = observed_news,
    .heading = observed_heading,
    .bar = observed_bar,
};
