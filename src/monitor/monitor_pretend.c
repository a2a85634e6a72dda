/* monitor_pretend.c: a past for a demonstration, whose accounts have none: six weeks of use with
 * weekends and some noise, that add up to each counter as it is. Never called for a real server. */
#include "monitor/monitor_private.h"

#include "base/mem.h"
#include "base/when.h"

#include <math.h>

#define PARTS 4 /* of a day */

/* The same for an account, a counter and a part of a day, whenever it is asked: 0 to 1. */
static double noise(const struct track *t, int counter, int64_t part)
{
    uint64_t x = ((uint64_t)t->row << 32) ^ ((uint64_t)counter << 24) ^ (uint64_t)part;
    x = hash_bytes((const char *)&x, sizeof x);
    return (double)(x >> 11) / 9007199254740992.0;
}

/* What is used in a part of a day, to the others: less at night and on weekends. */
static double weight(const struct track *t, int counter, int64_t at_ms)
{
    static const double hours[PARTS] = {0.5, 1.1, 1.5, 0.9};
    int64_t part = at_ms / (DAY_MS / PARTS), day = at_ms / DAY_MS;
    bool weekend = (day + 4) % 7 == 0 || (day + 4) % 7 == 6;
    double strength = noise(t, counter, -1);
    return hours[part % PARTS] * (weekend ? 1 - 0.7 * strength : 1) *
           (0.75 + 0.5 * noise(t, counter, part));
}

static double weights(const struct track *t, int counter, int64_t from, int64_t to)
{
    double sum = 0;
    for (int64_t at = from; at < to; at += DAY_MS / PARTS) {
        int64_t end = at + DAY_MS / PARTS < to ? at + DAY_MS / PARTS : to;
        sum += weight(t, counter, at) * (double)(end - at) / (DAY_MS / PARTS);
    }
    return sum;
}

/* What the counter gained between two times, of all that it has since the period began. */
static int64_t gained(const struct track *t, int counter, double all, int64_t now, int64_t from,
                      int64_t to)
{
    double part = weights(t, counter, from, to < now ? to : now);
    return all > 0 ? (int64_t)((double)t->level[counter] * part / all) : 0;
}

static bool take_counters(struct monitor *m, struct track *t)
{
    struct value v;
    fleet_get(m->env.fleet, t->row, monitor_used_field[SERIES_TOKENS], &v);
    if (!value_known(&v) || v.i < 0)
        return false;
    t->level[SERIES_TOKENS] = v.i;
    fleet_get(m->env.fleet, t->row, monitor_used_field[SERIES_REQUESTS], &v);
    t->level[SERIES_REQUESTS] = value_known(&v) && v.i > 0 ? v.i : 0;
    t->known = true;
    return true;
}

/* The parts of one time of all accounts, as one sample. */
static void pretend_part(struct monitor *m, int64_t at, int64_t start, const double *all)
{
    struct series_entry *list = mem_calloc(m->track_count + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < m->track_count; i++) {
        struct track *t = &m->tracks[i];
        struct series_entry e = {.account = t->number, .absolute = at == start};
        int day = day_of(at) - t->day + TODAY;
        if (t->row == ROW_NONE || !t->known)
            continue;
        for (int c = 0; c < SERIES_COUNTERS; c++) {
            e.gain[c] = gained(t, c, all[i * SERIES_COUNTERS + (size_t)c], m->now_ms, at,
                               at + DAY_MS / PARTS);
            e.level[c] = e.gain[c];
            if (day >= 0 && day < FORECAST_DAYS)
                track_add_to_day(t, (enum series_counter)c, day, (float)e.gain[c]);
        }
        if (t->number != SERIES_NONE)
            list[n++] = e;
    }
    int64_t end = at + DAY_MS / PARTS - 1;
    if (m->series && n)
        series_add(m->series, end < m->now_ms ? end : m->now_ms - 1, list, n);
    mem_free(list);
}

void monitor_pretend(struct monitor *m)
{
    struct period month;
    while (load_begin(m)) {
    }
    if (m->looked_ms != WHEN_NONE)
        return;
    m->now_ms = monitor_now(m);
    month = period_of(span_of(""), WHEN_NONE, WHEN_NONE, m->now_ms);
    double *all = mem_calloc(m->track_count * SERIES_COUNTERS + 1, sizeof *all);
    for (size_t i = 0; i < m->track_count; i++) {
        struct track *t = &m->tracks[i];
        if (t->row == ROW_NONE || t->known || !take_counters(m, t))
            continue;
        if (m->series && series_writes(m->series)) {
            struct value id;
            fleet_get(m->env.fleet, t->row, FIELD_ID, &id);
            track_number(m, t, id.text);
        }
        t->day = INT32_MIN;
        track_advance(t, m->now_ms); /* all days 0 */
        t->first_ms = m->now_ms - FORECAST_DAYS * DAY_MS;
        for (int c = 0; c < SERIES_COUNTERS; c++)
            all[i * SERIES_COUNTERS + (size_t)c] = weights(t, c, month.start_ms, m->now_ms);
    }
    /* The days before the month are as those in it; they belong to another period. */
    int64_t from = period_day(m->now_ms) - (FORECAST_DAYS - 1) * DAY_MS;
    for (int64_t at = from; at < m->now_ms; at += DAY_MS / PARTS)
        pretend_part(m, at, month.start_ms, all);
    mem_free(all);
    m->looked_ms = m->now_ms;
    m->writing = m->series != NULL;
}
