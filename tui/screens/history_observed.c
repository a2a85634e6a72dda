/* history_observed.c: what complete syncs saw change, the newest first. The file is read in slices
 * between other things, up to ROWS_MAX changes; after each complete sync, of this process or of
 * another one that writes the file, what is new is read. */
#include "tui/app_global.h"
#include "tui/screens/history.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/change_rows.h"
#include "tui/screens/changed.h"
#include "tui/screens/history_list.h"
#include "tui/screens/own_writes.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX 5000 /* older ones: paddock changes */
#define PAGE     25   /* changes between two looks at the clock */
#define SLICE_MS 4    /* a quarter of a frame */
#define OWN_ROWS 500  /* held against this machine's writes in one turn */

/* A change with texts of its own, in one piece. */
struct seen {
    struct change change;
    int64_t op; /* this machine's write that it was; 0: none that the journal knows */
    char by[48];
    char *texts; /* owned */
};

struct observed {
    struct app *app;
    struct seen *rows; /* owned; by falling number */
    size_t count, room;
    struct seen *fresh; /* owned; read, and newer than rows */
    size_t fresh_count, fresh_room;
    bool again;    /* something was added since the newest of them were read */
    int64_t stamp; /* of the file, as it was read */
    struct history_list list;
    struct own_writes own;
    loop_timer own_timer;
    bool own_read;  /* all writes that are looked at */
    size_t own_at;  /* the next row to be held against them */
    bool done;      /* all that is to be shown has been read */
    unsigned syncs; /* that the rows know of */
    loop_timer timer;
    struct error error; /* the file could not be read */
};

enum { COL_SEEN, COL_ACCOUNT, COL_CHANGE, COL_FIELD, COL_BEFORE, COL_AFTER, COL_BY };

static const struct table_column columns[] = {
    {"SEEN", 14, 20, 0, TEXT_LEFT, COL_SEEN},     {"ACCOUNT", 16, 40, 0, TEXT_LEFT, COL_ACCOUNT},
    {"CHANGE", 8, 8, 2, TEXT_LEFT, COL_CHANGE},   {"FIELD", 12, 24, 0, TEXT_LEFT, COL_FIELD},
    {"BEFORE", 10, 40, 1, TEXT_LEFT, COL_BEFORE}, {"AFTER", 10, 40, 0, TEXT_LEFT, COL_AFTER},
    {"BY", 6, 24, 0, TEXT_LEFT, COL_BY},
};

/* ---- rows --------------------------------------------------------------------------------- */

static int64_t number(const void *tab, size_t row)
{
    return ((const struct observed *)tab)->rows[row].change.number;
}

static bool matches(const void *tab, size_t row, const struct filter *filter)
{
    const struct observed *o = tab;
    const struct fleet *fleet = app_session(o->app)->fleet;
    const struct change *c = &o->rows[row].change;
    row_id now = fleet_find(fleet, c->account);
    struct row_source account = {0};
    struct change_row shown;
    if (now != ROW_NONE)
        account = fleet_row_source(fleet, now);
    change_row_init(&shown);
    change_row_set(&shown, c, &account);
    struct row_source source = change_row_source(&shown);
    bool match = filter_match(filter, &source);
    change_row_finish(&shown);
    return match;
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
    struct seen row = {.change = *c,
                       .texts =
                           mem_alloc(c->account.len + c->name.len + c->before.len + c->after.len)};
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
    VEC_ROOM(o->fresh, o->fresh_count, o->fresh_room);
    o->fresh[o->fresh_count++] = copy_of(c);
}

/* So many between two numbers, 0 being none; false when these were the last, or could not be read.
 */
static bool read_page(struct observed *o, struct changes *changes, int64_t above, int64_t below,
                      changes_fn *fn)
{
    const struct changes_query query = {
        .since_wall_ms = WHEN_NONE, .above = above, .below = below, .limit = PAGE};
    size_t before = o->count + o->fresh_count;
    error_clear(&o->error);
    return changes_list(changes, &query, fn, o, &o->error) == ST_OK &&
           o->count + o->fresh_count > before;
}

static bool slice_over(const struct observed *o, int64_t begun)
{
    return clock_mono(loop_clock(app_loop(o->app))) - begun >= SLICE_MS;
}

/* More of them than there is room for: the older ones have no place in the list any more. */
static void put_fresh(struct observed *o)
{
    size_t fresh = o->fresh_count, kept = ROWS_MAX - fresh;
    kept = o->count < kept ? o->count : kept;
    for (size_t i = kept; i < o->count; i++)
        mem_free(o->rows[i].texts);
    while (o->room < fresh + kept)
        o->rows = vec_grow(o->rows, &o->room, sizeof *o->rows);
    if (fresh) {
        memmove(o->rows + fresh, o->rows, kept * sizeof *o->rows);
        memcpy(o->rows, o->fresh, fresh * sizeof *o->rows);
    }
    o->count = fresh + kept;
    o->fresh_count = 0;
    history_list_set(&o->list, o->count, fresh);
}

static void begin_reading(struct observed *o, struct changes *changes)
{
    o->again = false;
    o->stamp = changes_stamp(changes);
}

/* True when there is more to read. */
static bool read_newer(struct observed *o, struct changes *changes, int64_t begun)
{
    int64_t above = o->count ? o->rows[0].change.number : 0;
    bool more = true;
    if (!o->fresh_count)
        begin_reading(o, changes);
    while (more && !slice_over(o, begun)) {
        int64_t below = o->fresh_count ? o->fresh[o->fresh_count - 1].change.number : 0;
        more = read_page(o, changes, above, below, on_newer) && o->fresh_count + PAGE <= ROWS_MAX;
    }
    if (!more)
        put_fresh(o);
    return more || o->again;
}

static bool read_older(struct observed *o, struct changes *changes, int64_t begun)
{
    bool more = true;
    if (!o->count)
        begin_reading(o, changes);
    while (more && !slice_over(o, begun)) {
        int64_t below = o->count ? o->rows[o->count - 1].change.number : 0;
        more = read_page(o, changes, 0, below, on_older) && o->count < ROWS_MAX;
    }
    o->done = !more;
    history_list_grown(&o->list, o->count);
    return more || o->again;
}

/* Who, as far as this machine's journal knows: "me 12". In slices: it follows each complete sync.
 */
static void on_own(void *ctx)
{
    struct observed *o = ctx;
    const struct session *s = app_session(o->app);
    const char *by, *me = s->operator_name;
    size_t end = o->count - o->own_at < OWN_ROWS ? o->count : o->own_at + OWN_ROWS;
    o->own_timer = 0;
    if (!o->own_read)
        o->own_read = !own_writes_some(&o->own, s->journal, s->profile.origin, s->profile.org);
    else
        for (; o->own_at < end; o->own_at++) {
            struct seen *row = &o->rows[o->own_at];
            row->op = own_writes_find(&o->own, &row->change, &by);
            if (row->op)
                snprintf(row->by, sizeof row->by, "%s", strcmp(by, me) == 0 ? "me" : by);
        }
    if (!o->own_read || o->own_at < o->count)
        o->own_timer = loop_timer_start(app_loop(o->app), 0, on_own, o);
    else
        app_dirty(o->app);
}

static void find_own(struct observed *o)
{
    own_writes_begin(&o->own);
    o->own_read = false;
    o->own_at = 0;
    if (!o->own_timer)
        o->own_timer = loop_timer_start(app_loop(o->app), 0, on_own, o);
}

static void on_read(void *ctx)
{
    struct observed *o = ctx;
    struct session *s = app_session(o->app);
    struct changes *changes = keep_changes(s->keep);
    int64_t begun = clock_mono(loop_clock(app_loop(o->app)));
    o->timer = 0;
    o->syncs = keep_state(s->keep)->observed;
    if (!changes) {
        o->error = keep_state(s->keep)->changes_error;
        o->done = true;
        app_dirty(o->app);
        return;
    }
    if (o->done ? read_newer(o, changes, begun) : read_older(o, changes, begun))
        o->timer = loop_timer_start(app_loop(o->app), 0, on_read, o);
    else
        find_own(o);
}

static void read_soon(struct observed *o)
{
    o->again = true;
    if (!o->timer)
        o->timer = loop_timer_start(app_loop(o->app), 0, on_read, o);
}

/* ---- cells -------------------------------------------------------------------------------- */

static void cell(void *tab, size_t row, int column, struct table_cell *out)
{
    static const enum role roles[] = {
        [CHANGE_NEW] = ROLE_DIFF_NEW, [CHANGE_FIELD] = ROLE_TEXT, [CHANGE_GONE] = ROLE_DIFF_OLD};
    const struct observed *o = tab;
    const struct change *c = &o->rows[row].change;
    bool field = c->kind == CHANGE_FIELD;
    switch (column) {
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
    case COL_BY:
        if (o->rows[row].op)
            str_printf(out->text, "%s %lld", o->rows[row].by, (long long)o->rows[row].op);
        break;
    default:
        if (field)
            change_show(c, column == COL_AFTER, false, out->text);
    }
}

static const struct history_kind kind = {
    .columns = columns,
    .column_count = ARRAY_LEN(columns),
    .cell = cell,
    .number = number,
    .matches = matches,
    .now_wall_ms = app_now_server,
    .example = "field=status after=down seen<7d provider=openai",
    .reading = "reading what was seen ...",
    .no_match = "no change matches the filter",
    .nothing = "nothing was seen to change from one complete sync to the next",
};

/* ---- actions ------------------------------------------------------------------------------ */

static unsigned do_open(void *self, enum action_id action)
{
    struct observed *o = self;
    size_t row;
    (void)action;
    if (history_list_current(&o->list, &row)) {
        const struct change *c = &o->rows[row].change;
        const struct changed_arg arg = {c->account, c->name};
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
    {ACTION_OPEN, do_open}, {ACTION_REFRESH, do_refresh}, {ACTION_NONE, NULL}};

static unsigned observed_action(void *self, enum action_id action)
{
    struct observed *o = self;
    unsigned effect = screen_dispatch(handlers, self, action);
    return effect == EFFECT_NONE ? history_list_action(&o->list, action) : effect;
}

static unsigned observed_key(void *self, const struct key *key)
{
    return history_list_key(&((struct observed *)self)->list, key);
}

/* ---- the part ----------------------------------------------------------------------------- */

static void *observed_open(struct app *app, const void *arg)
{
    struct observed *o = mem_calloc(1, sizeof *o);
    (void)arg;
    o->app = app;
    history_list_init(&o->list, app, &kind, o, change_columns_create());
    read_soon(o);
    return o;
}

static void observed_close(void *self)
{
    struct observed *o = self;
    loop_timer_stop(app_loop(o->app), o->timer);
    loop_timer_stop(app_loop(o->app), o->own_timer);
    for (size_t i = 0; i < o->count; i++)
        mem_free(o->rows[i].texts);
    for (size_t i = 0; i < o->fresh_count; i++)
        mem_free(o->fresh[i].texts);
    history_list_finish(&o->list);
    own_writes_finish(&o->own);
    mem_free(o->rows);
    mem_free(o->fresh);
    mem_free(o);
}

static void observed_draw(void *self, const struct canvas *c)
{
    struct observed *o = self;
    history_list_draw(&o->list, c, &o->error, o->done);
}

static const char *observed_context(const void *self)
{
    return history_list_context(&((const struct observed *)self)->list);
}

static bool observed_typing(const void *self)
{
    return ((const struct observed *)self)->list.typing;
}

/* The process that writes the file has added something. */
static bool is_moved(const struct observed *o)
{
    struct changes *changes = keep_changes(app_session(o->app)->keep);
    return changes && o->done && changes_stamp(changes) != o->stamp;
}

static unsigned observed_news(void *self, enum news news)
{
    struct observed *o = self;
    if ((news == NEWS_SYNC && o->syncs != keep_state(app_session(o->app)->keep)->observed) ||
        (news == NEWS_TICK && is_moved(o)))
        read_soon(o);
    return EFFECT_HANDLED;
}

static void observed_heading(const void *self, struct str *out)
{
    const struct observed *o = self;
    str_printf(out, "%s of %s%s", QUANTITY(o->list.shown_count), QUANTITY(o->count),
               o->count >= ROWS_MAX ? " newest changes"
               : o->count == 1      ? " change"
                                    : " changes");
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
