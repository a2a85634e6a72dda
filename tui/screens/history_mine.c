/* history_mine.c: the journal, the newest first. It is read in slices between other things, up to
 * ROWS_MAX entries; after each write, of this process or of another one, what is new is read, the
 * newest again, and those that were not settled. */
#include "tui/app_global.h"
#include "tui/screens/history.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/log_rows.h"
#include "tui/screens/history_list.h"
#include "tui/screens/undo.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX 5000 /* older ones: paddock log */
#define PAGE     25   /* entries between two looks at the clock */
#define SLICE_MS 4    /* a quarter of a frame */
#define NEWEST   100
#define OPEN_MAX 50 /* unsettled ones among the older that are looked at again */

struct mine {
    struct app *app;
    struct log_row *rows; /* owned; by falling op */
    size_t count, room;
    struct log_row *fresh; /* owned; read, and newer than rows */
    size_t fresh_count, fresh_room;
    int64_t below; /* the next page of the newest is below it; 0: none was read */
    size_t newest; /* that were read */
    bool reached;  /* ... down to one that is known */
    bool again;    /* something was written since the newest of them were read */
    int64_t stamp; /* of the journal, as it was read */
    struct history_list list;
    bool done; /* all that is to be shown has been read */
    loop_timer timer;
    struct error error; /* the journal could not be read */
};

enum { COL_WHEN, COL_KIND, COL_ACCOUNT, COL_OUTCOME, COL_REASON, COL_PLAN, COL_OPERATOR, COL_OP };

static const struct table_column columns[] = {
    {"WHEN", 16, 20, 0, TEXT_LEFT, COL_WHEN},         {"KIND", 11, 14, 0, TEXT_LEFT, COL_KIND},
    {"ACCOUNT", 18, 40, 0, TEXT_LEFT, COL_ACCOUNT},   {"OUTCOME", 11, 0, 0, TEXT_LEFT, COL_OUTCOME},
    {"REASON", 14, 60, 2, TEXT_LEFT, COL_REASON},     {"PLAN", 10, 16, 3, TEXT_LEFT, COL_PLAN},
    {"OPERATOR", 14, 24, 4, TEXT_LEFT, COL_OPERATOR}, {"OP", 5, 8, 1, TEXT_RIGHT, COL_OP},
};

/* ---- rows --------------------------------------------------------------------------------- */

static int64_t number(const void *tab, size_t row)
{
    return ((const struct mine *)tab)->rows[row].entry.op;
}

static bool matches(const void *tab, size_t row, const struct filter *filter)
{
    struct row_source source = log_row_source(&((const struct mine *)tab)->rows[row]);
    return filter_match(filter, &source);
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
static void on_newest(void *ctx, const struct journal_entry *entry)
{
    struct mine *m = ctx;
    struct log_row *known = find(m, entry->op);
    m->below = entry->op;
    m->newest++;
    m->reached = m->reached || (m->count && entry->op <= m->rows[0].entry.op);
    if (known) {
        log_row_set(known, entry);
    } else if (!m->reached) {
        VEC_ROOM(m->fresh, m->fresh_count, m->fresh_room);
        log_row_set(&m->fresh[m->fresh_count++], entry);
    }
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

/* So many entries from `below` on; false when these were the last, or could not be read. */
static bool read_page(struct mine *m, int64_t below, journal_fn *fn)
{
    const struct session *s = app_session(m->app);
    size_t before = m->count + m->newest;
    error_clear(&m->error);
    return journal_page(s->journal, s->profile.origin, s->profile.org, below, PAGE, fn, m,
                        &m->error) == ST_OK &&
           m->count + m->newest - before == PAGE;
}

static bool slice_over(const struct mine *m, int64_t begun)
{
    return clock_mono(loop_clock(app_loop(m->app))) - begun >= SLICE_MS;
}

/* More of them than there is room for: the older ones have no place in the list any more. */
static void put_fresh(struct mine *m)
{
    size_t fresh = m->fresh_count, kept = ROWS_MAX - fresh;
    kept = m->count < kept ? m->count : kept;
    while (m->room < fresh + kept)
        m->rows = vec_grow(m->rows, &m->room, sizeof *m->rows);
    if (fresh) {
        memmove(m->rows + fresh, m->rows, kept * sizeof *m->rows);
        memcpy(m->rows, m->fresh, fresh * sizeof *m->rows);
        m->count = fresh + kept;
    }
    m->fresh_count = 0;
    history_list_set(&m->list, m->count, fresh);
}

/* True when there is more to read. */
static bool read_newer(struct mine *m, int64_t begun)
{
    struct journal *journal = app_session(m->app)->journal;
    if (!m->newest) {
        m->again = false;
        m->stamp = journal_stamp(journal);
    }
    bool more = true;
    while (more && !slice_over(m, begun))
        more = read_page(m, m->below, on_newest) && (!m->reached || m->newest < NEWEST) &&
               m->fresh_count + PAGE <= ROWS_MAX;
    if (more)
        return true;
    read_again(m, journal);
    put_fresh(m);
    m->below = 0;
    m->newest = 0;
    m->reached = false;
    return m->again;
}

static bool read_older(struct mine *m, int64_t begun)
{
    bool more = true;
    if (!m->count) {
        m->again = false;
        m->stamp = journal_stamp(app_session(m->app)->journal);
    }
    while (more && !slice_over(m, begun))
        more = read_page(m, m->count ? m->rows[m->count - 1].entry.op : 0, on_older) &&
               m->count < ROWS_MAX;
    m->done = !more;
    history_list_grown(&m->list, m->count);
    return more || m->again;
}

static void on_read(void *ctx)
{
    struct mine *m = ctx;
    struct session *s = app_session(m->app);
    int64_t begun = clock_mono(loop_clock(app_loop(m->app)));
    m->timer = 0;
    if (!s->journal) {
        m->error = s->journal_error;
        m->done = true;
        app_dirty(m->app);
    } else if (m->done ? read_newer(m, begun) : read_older(m, begun)) {
        m->timer = loop_timer_start(app_loop(m->app), 0, on_read, m);
    }
}

static void read_soon(struct mine *m)
{
    m->again = true;
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

static void cell(void *tab, size_t row, int column, struct table_cell *out)
{
    const struct mine *m = tab;
    const struct journal_entry *e = &m->rows[row].entry;
    switch (column) {
    case COL_WHEN:
        when_clock(out->text, e->intent_wall_ms, app_now_wall(m->app));
        break;
    case COL_KIND:
        if (e->undoes)
            str_printf(out->text, "undo of %" PRId64, e->undoes);
        else
            str_add(out->text, journal_kind_name(e->kind));
        break;
    case COL_ACCOUNT:
        str_add(out->text, e->account_name[0] ? e->account_name : e->account_id);
        break;
    case COL_OUTCOME:
        out->role = outcome_role(e->outcome);
        str_add(out->text, journal_outcome_word(e->outcome));
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

static const struct history_kind kind = {
    .columns = columns,
    .column_count = ARRAY_LEN(columns),
    .cell = cell,
    .number = number,
    .matches = matches,
    .now_wall_ms = app_now_wall,
    .example = "kind=delete when<7d outcome=unknown reason:INC-42",
    .reading = "reading the journal ...",
    .no_match = "no write matches the filter",
    .nothing = "nothing was written yet",
};

/* ---- actions ------------------------------------------------------------------------------ */

static const struct log_row *current(const struct mine *m)
{
    size_t row;
    return history_list_current(&m->list, &row) ? &m->rows[row] : NULL;
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
    {ACTION_OPEN, do_open},
    {ACTION_UNDO, do_undo},
    {ACTION_REFRESH, do_refresh},
    {ACTION_NONE, NULL},
};

static unsigned mine_action(void *self, enum action_id action)
{
    struct mine *m = self;
    unsigned effect = screen_dispatch(handlers, self, action);
    return effect == EFFECT_NONE ? history_list_action(&m->list, action) : effect;
}

static unsigned mine_key(void *self, const struct key *key)
{
    return history_list_key(&((struct mine *)self)->list, key);
}

/* ---- the part ----------------------------------------------------------------------------- */

static void *mine_open(struct app *app, const void *arg)
{
    struct mine *m = mem_calloc(1, sizeof *m);
    (void)arg;
    m->app = app;
    history_list_init(&m->list, app, &kind, m, log_columns_create());
    read_soon(m);
    return m;
}

static void mine_close(void *self)
{
    struct mine *m = self;
    loop_timer_stop(app_loop(m->app), m->timer);
    history_list_finish(&m->list);
    mem_free(m->rows);
    mem_free(m->fresh);
    mem_free(m);
}

static void mine_draw(void *self, const struct canvas *c)
{
    struct mine *m = self;
    history_list_draw(&m->list, c, &m->error, m->done);
}

static const char *mine_context(const void *self)
{
    return history_list_context(&((const struct mine *)self)->list);
}

static bool mine_typing(const void *self)
{
    return ((const struct mine *)self)->list.typing;
}

static bool some_open(const struct mine *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (!journal_settled(m->rows[i].entry.outcome))
            return true;
    return false;
}

/* Another process has written something. */
static bool is_moved(const struct mine *m)
{
    struct journal *journal = app_session(m->app)->journal;
    return journal && m->done && journal_stamp(journal) != m->stamp;
}

static unsigned mine_news(void *self, enum news news)
{
    struct mine *m = self;
    if (news == NEWS_WRITE || (news == NEWS_TICK && (some_open(m) || is_moved(m))))
        read_soon(m);
    return news == NEWS_TICK ? EFFECT_REDRAW : EFFECT_NONE;
}

static void mine_heading(const void *self, struct str *out)
{
    const struct mine *m = self;
    if (m->list.filter) {
        quantity_full(out, (int64_t)m->list.shown_count);
        str_add(out, " of ");
    }
    quantity_full(out, (int64_t)m->count);
    str_printf(out, " write%s%s", PLURAL(m->count),
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
