/* monitor_sample.c: what each counter gained since the sample before. */
#include "monitor/monitor_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <math.h>

#define TRACKS_A_SLICE 1024
#define RPM_MINUTES    15.0

/* The time since the last sample, cut at the midnights when it is more than an hour. */
void sample_begin(struct monitor *m)
{
    int64_t from = m->looked_ms;
    if (from == WHEN_NONE || from > m->now_ms)
        from = m->now_ms; /* the clock went back: no time went by */
    m->looked_ms = from;
    m->batch_count = 0;
    int64_t day = period_day(from) + DAY_MS;
    if (m->now_ms - from > HOUR_MS && m->now_ms - from > (BATCHES_MAX - 2) * DAY_MS)
        day = period_day(m->now_ms) - (BATCHES_MAX - 3) * DAY_MS;
    if (day - HOUR_MS <= from) /* an hour that has samples is summed up, and stays as it is */
        day += DAY_MS;
    for (; m->now_ms - from > HOUR_MS && day <= m->now_ms; day += DAY_MS)
        m->batches[m->batch_count++] = (struct batch){.t_ms = day - 1};
    m->batches[m->batch_count++] = (struct batch){.t_ms = m->now_ms};
}

static void put(struct batch *b, const struct series_entry *e)
{
    VEC_ROOM(b->entries, b->count, b->room);
    b->entries[b->count++] = *e;
}

/* Parts of the gain by the time that each batch covers; the last has the rest, so that none is lost
 * to rounding. */
static void put_gain(struct monitor *m, const struct track *t, bool absolute, int64_t from,
                     const int64_t *gain)
{
    int64_t left[SERIES_COUNTERS], begin = from;
    bool first = true;
    if (t->number == SERIES_NONE)
        return;
    for (int c = 0; c < SERIES_COUNTERS; c++)
        left[c] = gain[c];
    for (size_t i = 0; i < m->batch_count; i++) {
        struct batch *b = &m->batches[i];
        struct series_entry e = {.account = t->number, .absolute = absolute && first};
        bool last = i + 1 == m->batch_count;
        if (b->t_ms <= begin && !last)
            continue;
        double part = last ? 1 : (double)(b->t_ms - begin) / (double)(m->now_ms - from);
        for (int c = 0; c < SERIES_COUNTERS; c++) {
            e.gain[c] = last ? left[c] : (int64_t)((double)gain[c] * part);
            e.gain[c] = e.gain[c] < left[c] ? e.gain[c] : left[c];
            left[c] -= e.gain[c];
            e.level[c] = e.gain[c];
        }
        put(b, &e);
        begin = b->t_ms;
        first = false;
    }
}

/* The counters themselves instead of what they gained: after a correction, and the first time. */
static void put_level(struct monitor *m, const struct track *t, const int64_t gain[SERIES_COUNTERS],
                      const int64_t now[SERIES_COUNTERS])
{
    struct series_entry e = {.account = t->number, .absolute = true};
    if (t->number == SERIES_NONE)
        return;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        e.gain[c] = gain[c];
        e.level[c] = now[c];
    }
    put(&m->batches[m->batch_count - 1], &e);
}

static void first_sight(struct monitor *m, struct track *t, const int64_t *now)
{
    static const int64_t nothing[SERIES_COUNTERS] = {0};
    t->known = true;
    if (t->first_ms == WHEN_NONE)
        t->first_ms = m->now_ms;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        t->level[c] = now[c];
        t->today[c] = NAN; /* what the day had before is not known */
    }
    put_level(m, t, nothing, now);
}

/* A new period: the name says that it began since, or a counter fell. A fall by less than half
 * within a period that goes on by its name is a correction of the server's: nothing was gained. */
static bool is_new_period(const struct monitor *m, const struct track *t, const struct period *p,
                          const int64_t *now, bool *corrected)
{
    bool named = p->kind == PERIOD_NAMED;
    int64_t known = t->period_ms != WHEN_NONE ? t->period_ms : m->looked_ms;
    *corrected = false;
    if (named && p->start_ms > known && p->start_ms <= m->now_ms)
        return true;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        if (now[c] >= t->level[c])
            continue;
        if (!named || now[c] < t->level[c] / 2)
            return true;
        *corrected = true;
    }
    return false;
}

/* Days of which nobody knows what the old period still used. */
static void forget_days(struct track *t, int64_t from, int64_t to)
{
    for (int day = day_of(from); to - from > HOUR_MS && day <= day_of(to); day++) {
        int i = day - t->day + TODAY;
        for (int c = 0; c < SERIES_COUNTERS && i >= 0 && i < FORECAST_DAYS; c++) {
            if ((int64_t)day * DAY_MS < to)
                track_set_day(t, (enum series_counter)c, i, NAN);
        }
    }
}

static void set_rpm(struct monitor *m, struct track *t, int64_t requests)
{
    double minutes = (double)(m->now_ms - m->looked_ms) / 60000;
    if (minutes <= 0)
        return;
    double rate = (double)requests / minutes, weight = 1 - exp(-minutes / RPM_MINUTES);
    t->rpm = (float)(isnan(t->rpm) ? rate : (double)t->rpm + weight * (rate - (double)t->rpm));
}

/* The counters as they are now; one that is not told stays where it was. False: none is told. */
static bool read_counters(const struct monitor *m, const struct track *t,
                          int64_t now[SERIES_COUNTERS])
{
    bool any = false;
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        struct value v;
        fleet_get(m->env.fleet, t->row, monitor_used_field[c], &v);
        bool usable = value_known(&v) && v.i >= 0;
        now[c] = usable ? v.i : t->known ? t->level[c] : 0;
        any = any || usable;
    }
    return any;
}

/* From when on what is counted now has been used: a period that began since the last look forgets
 * what was used between. */
static int64_t gained_since(struct monitor *m, struct track *t, const struct period *period,
                            bool fresh)
{
    int64_t from = m->looked_ms, start = period->start_ms;
    if (!fresh || period->kind != PERIOD_NAMED || start <= from || start > m->now_ms)
        return from;
    forget_days(t, from, start);
    return start;
}

static void take(struct monitor *m, struct track *t)
{
    int64_t now[SERIES_COUNTERS], gain[SERIES_COUNTERS];
    bool corrected;
    if (!read_counters(m, t, now))
        return;
    struct period period = track_period(m, t, m->now_ms);
    if (!t->known) {
        first_sight(m, t, now);
        t->period_ms = period.kind == PERIOD_NAMED ? period.start_ms : WHEN_NONE;
        return;
    }
    bool fresh = is_new_period(m, t, &period, now, &corrected);
    t->period_ms = period.kind == PERIOD_NAMED ? period.start_ms : WHEN_NONE;
    int64_t from = gained_since(m, t, &period, fresh);
    for (int c = 0; c < SERIES_COUNTERS; c++) {
        gain[c] = fresh ? now[c] : now[c] > t->level[c] ? now[c] - t->level[c] : 0;
        t->level[c] = now[c];
        track_spread(t, (enum series_counter)c, from, m->now_ms, gain[c]);
    }
    set_rpm(m, t, gain[SERIES_REQUESTS]);
    if (corrected || t->unwritten)
        put_level(m, t, gain, now);
    else if (fresh || gain[SERIES_TOKENS] || gain[SERIES_REQUESTS])
        put_gain(m, t, fresh, from, gain);
}

static void number_it(struct monitor *m, struct track *t)
{
    struct value id;
    if (t->number != SERIES_NONE || !m->series || !series_writes(m->series))
        return;
    fleet_get(m->env.fleet, t->row, FIELD_ID, &id);
    if (value_known(&id))
        track_number(m, t, id.text);
    t->unwritten = t->known && t->number != SERIES_NONE;
}

bool sample_slice(struct monitor *m)
{
    size_t end = m->at + TRACKS_A_SLICE;
    for (; m->at < m->track_count && m->at < end; m->at++) {
        struct track *t = &m->tracks[m->at];
        if (t->row == ROW_NONE)
            continue;
        track_advance(t, m->now_ms);
        number_it(m, t);
        if (t->dirty || !t->known || t->unwritten)
            take(m, t);
        else
            set_rpm(m, t, 0);
        t->dirty = t->unwritten = false;
    }
    for (size_t i = 0; i < m->batch_count; i++) {
        if (m->series)
            series_add(m->series, m->batches[i].t_ms, m->batches[i].entries, m->batches[i].count);
        m->batches[i].count = 0;
    }
    if (m->at < m->track_count)
        return true;
    for (size_t i = 0; i < BATCHES_MAX; i++) {
        mem_free(m->batches[i].entries);
        m->batches[i] = (struct batch){0};
    }
    m->looked_ms = m->now_ms;
    return false;
}
