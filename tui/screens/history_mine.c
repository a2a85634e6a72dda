/* history_mine.c: the journal, the newest first. It is read in slices between other things, up to
 * ROWS_MAX entries; after each write the newest are read again, and those that were not settled. */
#include "tui/app_global.h"
#include "tui/screens/history.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/filter.h"
#include "store/log_rows.h"
#include "tui/screens/review.h"
#include "tui/screens/undo.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/table.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX 5000 /* older ones: paddock log */
#define SLICE    200
#define NEWEST   100
#define OPEN_MAX 50 /* unsettled ones among the older that are looked at again */

struct mine {
    struct app *app;
    struct log_row *rows; /* owned; by falling op */
    size_t count, room;
    size_t *shown; /* owned; indexes of rows that match */
    size_t shown_count, shown_room;
    struct table table;
    int64_t cursor; /* op under it, 0: none */
    struct column_set *columns;
    struct filter *filter; /* NULL: all */
    struct error filter_err;
    struct line_editor editor;
    bool typing, done; /* done: all that is to be shown has been read */
    loop_timer timer;
    struct error error; /* the journal could not be read */
};

enum { COL_WHEN, COL_KIND, COL_ACCOUNT, COL_OUTCOME, COL_REASON, COL_PLAN, COL_OPERATOR, COL_OP };

static const struct table_column columns[] = {
    {"WHEN", 16, 20, 0, TEXT_LEFT, COL_WHEN},         {"KIND", 8, 10, 0, TEXT_LEFT, COL_KIND},
    {"ACCOUNT", 18, 40, 0, TEXT_LEFT, COL_ACCOUNT},   {"OUTCOME", 11, 0, 0, TEXT_LEFT, COL_OUTCOME},
    {"REASON", 14, 60, 2, TEXT_LEFT, COL_REASON},     {"PLAN", 10, 16, 3, TEXT_LEFT, COL_PLAN},
    {"OPERATOR", 14, 24, 4, TEXT_LEFT, COL_OPERATOR}, {"OP", 5, 8, 1, TEXT_RIGHT, COL_OP},
};

/* ---- rows --------------------------------------------------------------------------------- */

static const struct log_row *shown_row(const struct mine *m, size_t at)
{
    return at < m->shown_count ? &m->rows[m->shown[at]] : NULL;
}

static void remember_cursor(struct mine *m)
{
    size_t at;
    const struct log_row *row = table_cursor(&m->table, &at) ? shown_row(m, at) : NULL;
    if (row)
        m->cursor = row->entry.op;
}

/* Filters anew, and puts the cursor on its entry again. */
static void update(struct mine *m)
{
    size_t cursor = 0;
    m->shown_count = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct row_source source = log_row_source(&m->rows[i]);
        if (m->filter && !filter_match(m->filter, &source))
            continue;
        VEC_ROOM(m->shown, m->shown_count, m->shown_room);
        if (m->rows[i].entry.op == m->cursor)
            cursor = m->shown_count;
        m->shown[m->shown_count++] = i;
    }
    table_set_rows(&m->table, m->shown_count, cursor);
    app_dirty(m->app);
}

static struct log_row *find(struct mine *m, int64_t op)
{
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (m->rows[mid].entry.op > op)
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->count && m->rows[low].entry.op == op ? &m->rows[low] : NULL;
}

static void on_older(void *ctx, const struct journal_entry *entry)
{
    struct mine *m = ctx;
    VEC_ROOM(m->rows, m->count, m->room);
    log_row_set(&m->rows[m->count++], entry);
}

/* They come by falling op: new ones gather at the end of `fresh`. */
struct fresh {
    struct mine *mine;
    struct log_row *rows;
    size_t count, room;
};

static void on_newest(void *ctx, const struct journal_entry *entry)
{
    struct fresh *f = ctx;
    struct log_row *known = find(f->mine, entry->op);
    if (known) {
        log_row_set(known, entry);
        return;
    }
    if (f->mine->count && entry->op < f->mine->rows[0].entry.op)
        return;
    VEC_ROOM(f->rows, f->count, f->room);
    log_row_set(&f->rows[f->count++], entry);
}

static void read_again(struct mine *m, struct journal *journal)
{
    size_t left = OPEN_MAX;
    for (size_t i = NEWEST; i < m->count && left; i++) {
        struct journal_entry e;
        if (journal_settled(m->rows[i].entry.outcome))
            continue;
        left--;
        if (journal_get(journal, m->rows[i].entry.op, &e, NULL) == ST_OK)
            log_row_set(&m->rows[i], &e);
        journal_entry_finish(&e);
    }
}

static void read_newest(struct mine *m)
{
    struct session *s = app_session(m->app);
    struct fresh fresh = {.mine = m};
    journal_page(s->journal, s->profile.origin, s->profile.org, 0, NEWEST, on_newest, &fresh,
                 &m->error);
    read_again(m, s->journal);
    if (fresh.count) {
        size_t before = m->count;
        for (size_t i = 0; i < fresh.count; i++) {
            VEC_ROOM(m->rows, m->count, m->room);
            m->count++;
        }
        memmove(m->rows + fresh.count, m->rows, before * sizeof *m->rows);
        memcpy(m->rows, fresh.rows, fresh.count * sizeof *m->rows);
    }
    mem_free(fresh.rows);
}

static void on_read(void *ctx)
{
    struct mine *m = ctx;
    struct session *s = app_session(m->app);
    m->timer = 0;
    remember_cursor(m);
    if (!s->journal) {
        m->error = s->journal_error;
        m->done = true;
    } else if (m->done) {
        read_newest(m);
    } else {
        size_t before = m->count;
        int64_t below = before ? m->rows[before - 1].entry.op : 0;
        enum status st = journal_page(s->journal, s->profile.origin, s->profile.org, below, SLICE,
                                      on_older, m, &m->error);
        m->done = st != ST_OK || m->count - before < SLICE || m->count >= ROWS_MAX;
        if (!m->done)
            m->timer = loop_timer_start(app_loop(m->app), 0, on_read, m);
    }
    update(m);
}

static void read_soon(struct mine *m)
{
    if (!m->timer)
        m->timer = loop_timer_start(app_loop(m->app), 0, on_read, m);
}

/* ---- cells -------------------------------------------------------------------------------- */

static enum role outcome_role(enum journal_outcome outcome)
{
    static const enum role roles[] = {
        [JOURNAL_OPEN] = ROLE_BUSY,         [JOURNAL_APPLIED] = ROLE_OK,
        [JOURNAL_DIFFERENT] = ROLE_WARNING, [JOURNAL_NOT_APPLIED] = ROLE_DIM,
        [JOURNAL_UNKNOWN] = ROLE_WARNING,   [JOURNAL_NOT_SEEN] = ROLE_WARNING,
        [JOURNAL_CONFLICT] = ROLE_WARNING,  [JOURNAL_RELEASED] = ROLE_DIM,
    };
    return roles[outcome];
}

static void cell(void *ctx, size_t at, size_t column, struct table_cell *out)
{
    struct mine *m = ctx;
    const struct log_row *row = shown_row(m, at);
    if (!row)
        return;
    const struct journal_entry *e = &row->entry;
    switch (columns[column].id) {
    case COL_WHEN:
        when_clock(out->text, e->intent_wall_ms, app_now_wall(m->app));
        break;
    case COL_KIND:
        if (e->undoes)
            str_printf(out->text, "undo %" PRId64, e->undoes);
        else
            str_add(out->text, journal_kind_name(e->kind));
        break;
    case COL_ACCOUNT:
        str_add(out->text, e->account_name[0] ? e->account_name : e->account_id);
        break;
    case COL_OUTCOME:
        out->role = outcome_role(e->outcome);
        str_add(out->text, journal_outcome_name(e->outcome));
        break;
    case COL_REASON:
        str_add(out->text, e->reason);
        break;
    case COL_PLAN:
        str_add(out->text, e->plan);
        break;
    case COL_OPERATOR:
        str_add(out->text, e->operator_name);
        break;
    default:
        str_printf(out->text, "%" PRId64, e->op);
    }
}

/* ---- the filter ---------------------------------------------------------------------------- */

/* What cannot be read leaves the last good result on the screen. */
static void filter_try(struct mine *m, struct span text)
{
    struct filter *filter = NULL;
    size_t at;
    error_clear(&m->filter_err);
    if (text.len &&
        filter_parse(m->columns, text, app_now_wall(m->app), &filter, &at, &m->filter_err))
        return;
    filter_destroy(m->filter);
    m->filter = filter;
    remember_cursor(m);
    update(m);
}

static unsigned do_filter(void *self, enum action_id action)
{
    struct mine *m = self;
    (void)action;
    m->typing = true;
    return EFFECT_REDRAW;
}

static unsigned do_back(void *self, enum action_id action)
{
    struct mine *m = self;
    (void)action;
    if (!m->typing && !m->filter)
        return EFFECT_NONE;
    m->typing = false;
    line_editor_start(&m->editor, span_of(""));
    filter_try(m, span_of(""));
    return EFFECT_REDRAW;
}

static unsigned mine_key(void *self, const struct key *key)
{
    struct mine *m = self;
    if (!m->typing)
        return EFFECT_NONE;
    if (key_is(key, KEYSYM_ENTER)) {
        m->typing = false;
        if (m->filter_err.status)
            app_error(m->app, &m->filter_err);
        error_clear(&m->filter_err);
        return EFFECT_REDRAW;
    }
    enum line_result result = line_editor_key(&m->editor, key);
    if (result == LINE_CHANGED)
        filter_try(m, line_editor_text(&m->editor));
    return result == LINE_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
}

/* ---- actions ------------------------------------------------------------------------------ */

static const struct log_row *current(const struct mine *m)
{
    size_t at;
    return table_cursor(&m->table, &at) ? shown_row(m, at) : NULL;
}

static unsigned do_open(void *self, enum action_id action)
{
    struct mine *m = self;
    const struct log_row *row = current(m);
    (void)action;
    if (row)
        app_push(m->app, &history_entry_screen, &row->entry.op);
    return EFFECT_REDRAW;
}

static unsigned do_undo(void *self, enum action_id action)
{
    struct mine *m = self;
    const struct log_row *row = current(m);
    (void)action;
    if (row)
        undo_entry(m->app, row->entry.op);
    return EFFECT_REDRAW;
}

/* The server is asked, too, as by this key everywhere: what is said of it names the key. */
static unsigned do_refresh(void *self, enum action_id action)
{
    struct mine *m = self;
    read_soon(m);
    return app_global_action(m->app, action, false) | EFFECT_REDRAW;
}

static const struct screen_handler handlers[] = {
    {ACTION_FILTER, do_filter}, {ACTION_BACK, do_back},       {ACTION_OPEN, do_open},
    {ACTION_UNDO, do_undo},     {ACTION_REFRESH, do_refresh}, {ACTION_NONE, NULL},
};

static unsigned mine_action(void *self, enum action_id action)
{
    struct mine *m = self;
    enum move move;
    unsigned effect = screen_dispatch(handlers, self, action);
    if (effect == EFFECT_NONE && keymap_move(action, &move)) {
        table_move(&m->table, move);
        remember_cursor(m);
        return EFFECT_REDRAW;
    }
    return effect;
}

/* ---- the part ----------------------------------------------------------------------------- */

static void *mine_open(struct app *app, const void *arg)
{
    struct mine *m = mem_calloc(1, sizeof *m);
    const struct table_source source = {cell, NULL, NULL, m};
    (void)arg;
    m->app = app;
    m->columns = log_columns_create();
    line_editor_init(&m->editor);
    line_editor_start(&m->editor, span_of(""));
    table_init(&m->table, &source);
    table_set_columns(&m->table, columns, ARRAY_LEN(columns));
    read_soon(m);
    return m;
}

static void mine_close(void *self)
{
    struct mine *m = self;
    loop_timer_stop(app_loop(m->app), m->timer);
    filter_destroy(m->filter);
    column_set_destroy(m->columns);
    line_editor_finish(&m->editor);
    table_finish(&m->table);
    mem_free(m->rows);
    mem_free(m->shown);
    mem_free(m);
}

static void mine_draw(void *self, const struct canvas *c)
{
    struct mine *m = self;
    bool filtered = m->typing || m->filter;
    draw_own(c, 0, 1, filtered ? ROLE_BAR_KEY : ROLE_DIM, "/", 2, TEXT_LEFT);
    if (m->typing)
        line_editor_draw(&m->editor, c, 0, 3, c->cols - 4, true,
                         "kind=delete when<7d outcome=unknown reason:INC-42");
    else if (m->filter)
        draw_text(c, 0, 3, ROLE_MATCH, line_editor_text(&m->editor), c->cols - 4, TEXT_LEFT);
    else
        draw_own(c, 0, 3, ROLE_DIM, "filter", c->cols - 4, TEXT_LEFT);
    int top = 1;
    const struct error *err = m->filter_err.status ? &m->filter_err : &m->error;
    if (err->status)
        draw_text(c, top++, 3, ROLE_ERROR, span_of(err->what), c->cols - 4, TEXT_LEFT);
    struct canvas body = canvas_part(c, top, 0, c->rows - top, c->cols);
    table_draw(&m->table, &body, !m->typing,
               !m->done    ? "reading the journal ..."
               : m->filter ? "no write matches the filter"
                           : "nothing was written yet");
}

static const char *mine_context(const void *self)
{
    return ((const struct mine *)self)->typing ? "line" : "history";
}

static bool mine_typing(const void *self)
{
    return ((const struct mine *)self)->typing;
}

static bool some_open(const struct mine *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (!journal_settled(m->rows[i].entry.outcome))
            return true;
    return false;
}

static unsigned mine_news(void *self, enum news news)
{
    struct mine *m = self;
    if (news == NEWS_WRITE || (news == NEWS_TICK && some_open(m)))
        read_soon(m);
    return news == NEWS_TICK ? EFFECT_REDRAW : EFFECT_NONE;
}

static void mine_heading(const void *self, struct str *out)
{
    const struct mine *m = self;
    if (m->filter) {
        quantity_full(out, (int64_t)m->shown_count);
        str_add(out, " of ");
    }
    quantity_full(out, (int64_t)m->count);
    str_printf(out, " write%s%s", m->count == 1 ? "" : "s",
               m->count >= ROWS_MAX ? ", the newest; paddock log has all" : "");
}

static const int *mine_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_OPEN,     ACTION_UNDO, ACTION_FILTER,
                              ACTION_NEXT_TAB, ACTION_BACK, ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops history_mine = {
    .name = "Mine",
    .open = mine_open,
    .close = mine_close,
    .draw = mine_draw,
    .context = mine_context,
    .action = mine_action,
    .key = mine_key,
    .typing = mine_typing,
    .news = mine_news,
    .heading = mine_heading,
    .bar = mine_bar,
};
