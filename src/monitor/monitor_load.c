/* monitor_load.c: the history as it stands when the console starts: counters of the last sample,
 * and what was used on each of the last days; and of one account by the hour, for its chart. */
#include "monitor/monitor_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <math.h>

#define NUMBERS_SOME 4000 /* of accounts in a turn: 2 ms */

static void on_change(void *ctx, const struct series_change *change)
{
    monitor_keep_change(ctx, change);
}

static void give_up(struct monitor *m)
{
    series_close(m->series);
    m->series = NULL;
    m->writing = false; /* changes of status that were noted meanwhile */
    m->phase = PHASE_IDLE;
}

/* False: there is none. */
static bool open_series(struct monitor *m)
{
    struct clock clock = m->env.clock;
    error_clear(&m->error);
    if (!m->env.history) {
        m->phase = PHASE_IDLE;
        return false;
    }
    enum status st = series_open(&m->series, m->env.history, clock, &m->note, &m->error);
    if (st == ST_OK)
        st = series_begin_slow(m->series, m->env.origin, m->env.org, &m->error);
    if (st != ST_OK)
        give_up(m);
    return st == ST_OK;
}

static void begun(struct monitor *m)
{
    struct error ignored;
    m->wrote = series_writes(m->series);
    (void)series_changes(m->series, clock_wall(&m->env.clock) - DAY_MS, on_change, m, &ignored);
    m->phase = PHASE_LOAD;
    m->writing = true; /* hours and days that ended meanwhile */
}

bool load_begin(struct monitor *m)
{
    struct error err;
    bool more = false;
    if (m->phase != PHASE_OPEN || (!m->series && !open_series(m)))
        return false;
    if (series_begin_some(m->series, NUMBERS_SOME, &more, &err) != ST_OK) {
        m->error = err;
        give_up(m);
    } else if (!more) {
        begun(m);
    }
    return more;
}

/* ---- a block ------------------------------------------------------------------------------- */

static void on_level(void *ctx, int64_t t_ms, const struct series_entry *e)
{
    struct track *t = track_for_number(ctx, e->account);
    (void)t_ms;
    if (!t)
        return;
    t->known = true;
    for (int c = 0; c < SERIES_COUNTERS; c++)
        t->level[c] = e->level[c];
}

static void on_gain(void *ctx, int64_t t_ms, const struct series_entry *e)
{
    struct track *t = track_for_number(ctx, e->account);
    (void)t_ms;
    if (!t)
        return;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        if (e->absolute)
            t->level[c] = e->level[c];
        else if (t->known)
            t->level[c] += e->gain[c];
    }
    t->known = t->known || e->absolute;
}

static void on_day(void *ctx, int64_t t_ms, const struct series_entry *e)
{
    struct track *t = track_for_number(ctx, e->account);
    int i = t ? day_of(t_ms) - t->day + TODAY : -1;
    if (i < 0 || i >= FORECAST_DAYS)
        return;
    for (int c = 0; c < SERIES_COUNTERS; c++)
        track_add_to_day(t, (enum series_counter)c, i, (float)e->gain[c]);
}

/* Days before the first sight, and that day itself, are not known; the others begin at 0. */
static void clear_days(struct track *t, int64_t now_ms)
{
    t->day = day_of(now_ms);
    t->learnt = false;
    int first = t->first_ms == WHEN_NONE ? t->day : day_of(t->first_ms);
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        for (int i = 0; i < FORECAST_DAYS; i++)
            track_set_day(t, (enum series_counter)c, i, t->day - TODAY + i > first ? 0 : NAN);
    }
}

/* Whole days from the days, today's hours from the hours, this hour from the samples. */
static enum status load_days(struct monitor *m, uint32_t block, int64_t now_ms)
{
    int64_t today = period_day(now_ms), hour = now_ms - now_ms % HOUR_MS;
    struct series *s = m->series;
    struct error *err = &m->error;
    enum status st = series_read(s, SERIES_DAY, block, SERIES_NONE, today - TODAY * DAY_MS,
                                 today - 1, on_day, m, err);
    if (st == ST_OK)
        st = series_read(s, SERIES_HOUR, block, SERIES_NONE, today, hour - 1, on_day, m, err);
    if (st == ST_OK)
        st = series_read(s, SERIES_RAW, block, SERIES_NONE, hour, INT64_MAX, on_day, m, err);
    return st;
}

static enum status load_block(struct monitor *m, uint32_t block, int64_t now_ms)
{
    int64_t t;
    for (uint32_t i = block * SERIES_BLOCK;
         i < (block + 1) * SERIES_BLOCK && i < series_accounts(m->series); i++) {
        struct track *track = track_for_number(m, i);
        track->first_ms = series_first_seen(m->series, i);
        clear_days(track, now_ms);
    }
    enum status st = series_levels(m->series, block, &t, on_level, m, &m->error);
    if (st == ST_OK)
        st = series_read(m->series, SERIES_RAW, block, SERIES_NONE, t == WHEN_NONE ? 0 : t,
                         INT64_MAX, on_gain, m, &m->error);
    if (st == ST_OK)
        st = load_days(m, block, now_ms);
    return st;
}

/* The sums that are due come first, so that the days are whole; then block by block. */
bool load_slice(struct monitor *m)
{
    struct error err = {0};
    int64_t now = monitor_now(m);
    bool more = false;
    if (m->at == 0)
        m->loaded_day = day_of(now);
    if (m->at == 0 && m->writing) {
        m->writing = series_work(m->series, &more, &err) == ST_OK && more;
        return true;
    }
    if (m->at < series_blocks(m->series) && load_block(m, (uint32_t)m->at, now) == ST_OK) {
        m->at++;
        return true;
    }
    m->looked_ms = series_newest(m->series);
    return false;
}

/* ---- one account --------------------------------------------------------------------------- */

struct point {
    int64_t t_ms, gain, level;
    bool absolute;
};

struct points {
    enum series_counter counter;
    struct point *list;
    size_t count, room;
};

static void on_point(void *ctx, int64_t t_ms, const struct series_entry *e)
{
    struct points *p = ctx;
    VEC_ROOM(p->list, p->count, p->room);
    p->list[p->count++] =
        (struct point){t_ms, e->gain[p->counter], e->level[p->counter], e->absolute};
}

static enum status read_points(struct monitor *m, const struct track *t, int64_t from, int64_t now,
                               struct points *points, struct error *err)
{
    int64_t hour = now - now % HOUR_MS;
    uint32_t block = t->number / SERIES_BLOCK;
    enum status st = series_read(m->series, SERIES_HOUR, block, t->number, from - from % HOUR_MS,
                                 hour - 1, on_point, points, err);
    for (size_t i = 0; i < points->count; i++) /* an hour's gain is there when it has ended */
        points->list[i].t_ms += HOUR_MS;
    if (st == ST_OK)
        st = series_read(m->series, SERIES_RAW, block, t->number, hour, INT64_MAX, on_point, points,
                         err);
    return st;
}

/* Backwards from the present counter: before a new period, or the first sight, nothing is known. */
enum status monitor_points(struct monitor *m, row_id row, enum series_counter counter,
                           monitor_point_fn *fn, void *ctx, struct error *err)
{
    struct points points = {.counter = counter};
    struct monitor_account a;
    const struct track *t = track_of(m, row);
    int64_t now = monitor_now(m);
    if (!t || !monitor_account(m, row, &a) || !a.counted[counter] || !t->known)
        return error_set(err, ST_NOT_FOUND, "nothing is known of it but the present");
    enum status st = ST_OK;
    if (m->series && t->number != SERIES_NONE)
        st = read_points(m, t, a.period.start_ms, now, &points, err);
    int64_t level = t->level[counter];
    size_t first = points.count;
    struct point *p = points.list;
    while (first > 0) {
        struct point *at = &p[--first];
        int64_t gain = at->gain;
        at->gain = level; /* the counter at that time */
        level = level > gain ? level - gain : 0;
        if (at->absolute || at->t_ms < a.period.start_ms)
            break;
    }
    for (size_t i = first; i < points.count; i++)
        fn(ctx, p[i].t_ms, p[i].gain);
    fn(ctx, now, a.used[counter]);
    mem_free(points.list);
    return st;
}
