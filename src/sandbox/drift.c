/* drift.c: see drift.h. */
#include "sandbox/drift.h"

#include <math.h>

#define CHECK_MIN_MS 1000
#define DAY_S        86400.0
#define TAU          6.283185307179586
#define DAY_SWAY     0.6  /* the busiest hour has 1.6 of the average, the quietest 0.4 */
#define WEEK_SWAY    0.25 /* together below 1, so that a counter never falls */

void drift_init(struct drift *d, struct clock clock, double scale, int64_t drift_start)
{
    d->clock = clock;
    d->wall_start = clock_wall(&clock);
    d->drift_start = drift_start > d->wall_start ? drift_start : d->wall_start;
    d->scale = scale;
}

int64_t drift_now(const struct drift *d)
{
    int64_t gone = clock_wall(&d->clock) - d->wall_start;
    return d->drift_start + (int64_t)((double)gone * d->scale);
}

static double clock_scale(const struct drift *d)
{
    return d->scale > 1 ? d->scale : 1;
}

int64_t drift_clock(const struct drift *d)
{
    int64_t gone = clock_wall(&d->clock) - d->wall_start;
    return d->drift_start + (int64_t)((double)gone * clock_scale(d));
}

/* The integral of 1 + sway * sin(2 pi (t - shift) / period) from a to b, in seconds. */
static double swayed(double a, double b, double sway, double period, double shift)
{
    double w = TAU / period;
    return sway / w * (cos(w * (a - shift)) - cos(w * (b - shift)));
}

/* Seconds of average use between two moments (ms): the peak is at 15:00 UTC of a day, and midweek.
 */
static double use_seconds(int64_t from, int64_t to)
{
    double a = (double)from / 1000, b = (double)to / 1000;
    return b - a + swayed(a, b, DAY_SWAY, DAY_S, 9 * 3600) +
           swayed(a, b, WEEK_SWAY, 7 * DAY_S, 4.75 * DAY_S);
}

static void apply_usage(const struct drift *d, struct account *a)
{
    struct cell *tokens = &a->cells[BOX_USED_TOKENS], *requests = &a->cells[BOX_USED_REQUESTS];
    int64_t now = drift_now(d), from = a->use_anchor, month = stamp_month_start(now);
    stamp_month(a->month, now);
    a->cells[BOX_PERIOD] = cell_word(a->month);
    if (from < month) {
        from = month;
        *tokens = *requests = cell_int(0);
    }
    if (a->use_rate <= 0 || now <= from)
        return;
    double used = a->use_rate * use_seconds(from, now);
    tokens->n += (int64_t)used;
    requests->n += (int64_t)(used / a->use_ratio);
}

/* The clock that checks are made by: the server's, but where usage stands still they do, too. */
static int64_t check_clock(const struct drift *d)
{
    return d->scale > 0 ? drift_clock(d) : d->drift_start;
}

static int64_t check_every(const struct account *a)
{
    return a->check_period > CHECK_MIN_MS ? a->check_period : CHECK_MIN_MS;
}

/* Of one check to the next, how much is over. An account that was switched on while the checks
 * stand still has its grid begin later than they stand. */
static int64_t check_gone(const struct drift *d, const struct account *a)
{
    int64_t every = check_every(a), gone = (check_clock(d) - a->check_phase) % every;
    return gone < 0 ? gone + every : gone;
}

/* Checks stand on a grid of their own for each account; none happened before it was made. */
static void apply_check(const struct drift *d, struct account *a)
{
    struct cell *checked = &a->cells[BOX_CHECKED];
    if (a->check_period <= 0)
        return;
    int64_t last = check_clock(d) - check_gone(d, a);
    if (last > a->cells[BOX_CREATED_AT].n && (checked->type == CELL_NULL || checked->n < last))
        *checked = cell_int(last);
}

void drift_apply(const struct drift *d, struct account *a)
{
    apply_usage(d, a);
    apply_check(d, a);
}

void drift_anchor(const struct drift *d, struct account *a, double rate)
{
    a->use_anchor = drift_now(d);
    a->use_rate = rate;
}

int64_t drift_next_check(const struct drift *d, const struct account *a)
{
    int64_t left = check_every(a) - check_gone(d, a);
    return drift_now(d) +
           (d->scale > 0 ? (int64_t)((double)left * d->scale / clock_scale(d)) : left);
}
