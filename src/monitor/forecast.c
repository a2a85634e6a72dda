/* forecast.c: see forecast.h. */
#include "monitor/forecast.h"

#include "base/vec.h"
#include "base/when.h"

#include <math.h>

#define LAST         (FORECAST_DAYS - 1) /* today */
#define LEVEL_DAYS   9                   /* the level is the median of that many last days */
#define AROUND       3                   /* days on each side of a week's mean */
#define FULL_MIN     3                   /* whole days before daily use is believed */
#define Z80          1.2816              /* of a normal distribution: 80 % lie within */
#define PRIOR_DAY    0.35 /* what a day and a week vary by, before there is enough to tell */
#define PRIOR_WEEK   0.12
#define PRIOR_WEIGHT 4.0
#define HOURS_MIN    6 /* of a period, before its average means anything */

/* Few numbers at a time: an insertion sort is quicker than a call for each comparison. */
static double median(double *v, int n)
{
    if (!n)
        return NAN;
    for (int i = 1; i < n; i++) {
        double x = v[i];
        int k = i;
        for (; k > 0 && v[k - 1] > x; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int weekday(int64_t day_ms)
{
    int64_t d = day_ms / DAY_MS % 7;
    return (int)(d < 0 ? d + 7 : d);
}

/* The weekday of entry i of the days. */
static int weekday_at(int64_t now_ms, int i)
{
    return weekday(period_day(now_ms) + (i - LAST) * DAY_MS);
}

/* The mean of the week around day i; NAN when a day of it is not known. */
static double week_mean(const float *days, int i)
{
    double sum = 0;
    if (i < AROUND || i + AROUND >= LAST)
        return NAN;
    for (int k = i - AROUND; k <= i + AROUND; k++)
        sum += (double)days[k];
    return sum / (2 * AROUND + 1);
}

/* Medians of ratios, drawn to 1 where there are few, with a mean of 1. */
static void find_week(const float *days, int64_t now_ms, struct forecast_model *m)
{
    double sum = 0, week[7];
    for (int d = 0; d < 7; d++) {
        double ratios[FORECAST_DAYS];
        int n = 0;
        for (int i = 0; i < LAST; i++) {
            double mean = weekday_at(now_ms, i) == d ? week_mean(days, i) : NAN;
            if (mean > 0)
                ratios[n++] = (double)days[i] / mean;
        }
        week[d] = n ? (n * median(ratios, n) + 1) / (n + 1) : 1;
        sum += week[d];
    }
    for (int d = 0; d < 7; d++)
        m->week[d] = (float)(sum > 0 ? week[d] * 7 / sum : 1);
}

/* The median of the known days in [from, to), without their weekday. */
static double level_of(const double *plain, int from, int to)
{
    double v[FORECAST_DAYS];
    int n = 0;
    for (int i = from < 0 ? 0 : from; i < to; i++) {
        if (!isnan(plain[i]))
            v[n++] = plain[i];
    }
    return median(v, n);
}

/* Days to their level: its mean is what bursts add, its variance that of a day. */
static void find_days(const double *plain, struct forecast_model *m)
{
    double sum = 0, squares = 0;
    int n = 0;
    for (int i = 0; i < LAST; i++) {
        int to = i + AROUND + 1 < LAST ? i + AROUND + 1 : LAST;
        double level = isnan(plain[i]) ? NAN : level_of(plain, to - 2 * AROUND - 1, to);
        if (!(level > 0))
            continue;
        sum += plain[i] / level;
        squares += plain[i] / level * plain[i] / level;
        n++;
    }
    double mean = n ? sum / n : 1;
    double var = n > 1 ? (squares - n * mean * mean) / (n - 1) : 0;
    m->lift = (float)((n * mean + PRIOR_WEIGHT) / (n + PRIOR_WEIGHT));
    m->var_day = (float)((n * var + PRIOR_WEIGHT * PRIOR_DAY * PRIOR_DAY) / (n + PRIOR_WEIGHT));
}

/* How the level went from week to week: what it may do in the days that are left. */
static void find_drift(const double *plain, struct forecast_model *m)
{
    double squares = 0;
    int n = 0;
    for (int to = LAST; to >= 14; to -= 7) {
        double now = level_of(plain, to - 7, to), before = level_of(plain, to - 14, to - 7);
        if (!(now > 0) || !(before > 0))
            continue;
        double step = log(now / before);
        squares += step * step;
        n++;
    }
    m->var_week = (float)((squares + PRIOR_WEIGHT * PRIOR_WEEK * PRIOR_WEEK) / (n + PRIOR_WEIGHT));
}

void forecast_learn(const float *days, int64_t now_ms, struct forecast_model *m)
{
    double plain[FORECAST_DAYS], level = NAN;
    *m = (struct forecast_model){.level = NAN, .lift = 1};
    for (int i = 0; i < LAST; i++)
        m->known += !isnan(days[i]);
    for (int d = 0; d < 7; d++)
        m->week[d] = 1;
    if (m->known < FULL_MIN)
        return;
    if (m->known >= FORECAST_WEEKS)
        find_week(days, now_ms, m);
    for (int i = 0; i < FORECAST_DAYS; i++) {
        double f = (double)m->week[weekday_at(now_ms, i)];
        plain[i] = i < LAST ? (double)days[i] / (f > 0.05 ? f : 0.05) : NAN;
    }
    /* When nothing is known of late: the last that is. */
    for (int from = LAST - LEVEL_DAYS; isnan(level) && from >= 0; from--)
        level = level_of(plain, from, LAST);
    find_days(plain, m);
    find_drift(plain, m);
    double n = m->known < LEVEL_DAYS ? m->known : LEVEL_DAYS;
    m->level = (float)level;
    m->var_level = (float)(M_PI / 2 * (double)m->var_day / n); /* of a median */
}

/* Without whole days: the average of the period so far, which says little about the days. */
static bool learn_average(const struct forecast_input *in, struct forecast_model *m)
{
    int64_t start = in->period.start_ms, gone;
    gone = in->now_ms - (in->made_ms > start ? in->made_ms : start);
    if (gone < HOURS_MIN * HOUR_MS)
        return false;
    double days = (double)gone / DAY_MS, var = 2 * PRIOR_DAY * PRIOR_DAY;
    m->level = (float)((double)in->used / days);
    m->lift = 1;
    for (int d = 0; d < 7; d++)
        m->week[d] = 1;
    m->var_day = (float)var;
    m->var_week = (float)(2 * PRIOR_WEEK * PRIOR_WEEK);
    m->var_level = (float)(var / days) + m->var_week;
    return true;
}

static double expected(const struct forecast_model *m, int64_t day_ms)
{
    return (double)m->level * (double)m->lift * (double)m->week[weekday(day_ms)];
}

/* Walks the days that are left, today's rest first: what will be used, and when the limit is met.
 */
static double walk(const struct forecast_input *in, const struct forecast_model *m,
                   int64_t *runs_out)
{
    double sum = 0, left = in->limited ? (double)(in->limit - in->used) : INFINITY;
    for (int64_t at = in->now_ms; at < in->period.end_ms;) {
        int64_t next = period_day(at) + DAY_MS;
        if (next > in->period.end_ms)
            next = in->period.end_ms;
        double use = expected(m, period_day(at)) * (double)(next - at) / DAY_MS;
        if (*runs_out == WHEN_NONE && use > 0 && sum + use >= left)
            *runs_out = at + (int64_t)((double)(next - at) * fmax(0, left - sum) / use);
        sum += use;
        at = next;
    }
    return sum;
}

static void set_range(const struct forecast_input *in, const struct forecast_model *m, double more,
                      struct forecast *out)
{
    double left = (double)(in->period.end_ms - in->now_ms) / DAY_MS;
    double var = (double)m->var_day / fmax(left, 0.25) + (double)m->var_level +
                 (double)m->var_week * left / 7 / 3;
    double s = sqrt(log1p(var));
    out->end = (double)in->used + more;
    out->low = (double)in->used + more * exp(-Z80 * s - s * s / 2);
    out->high = (double)in->used + more * exp(Z80 * s - s * s / 2);
    if (out->high < out->end)
        out->high = out->end;
}

void forecast_from(const struct forecast_model *model, const struct forecast_input *in,
                   struct forecast *out)
{
    struct forecast_model m = *model;
    double used = (double)in->used;
    *out = forecast_none();
    if (in->limited && in->used >= in->limit && in->used > 0)
        out->runs_out_ms = in->now_ms;
    if (in->now_ms >= in->period.end_ms) {
        *out = (struct forecast){FORECAST_OVER, used, used, used, 0, out->runs_out_ms};
        return;
    }
    if (in->now_ms < in->period.start_ms)
        return;
    if (!isnan(m.level))
        out->basis = m.known >= FORECAST_WEEKS ? FORECAST_WEEKLY : FORECAST_DAILY;
    else if (learn_average(in, &m))
        out->basis = FORECAST_AVERAGE;
    else
        return;
    double more = walk(in, &m, &out->runs_out_ms);
    out->per_day = (double)m.level * (double)m.lift;
    set_range(in, &m, more, out);
}

const char *forecast_basis_words(enum forecast_basis basis)
{
    static const char *const words[] = {
        [FORECAST_NONE] = "too early to tell",
        [FORECAST_AVERAGE] = "from the average of the period so far",
        [FORECAST_DAILY] = "from daily use",
        [FORECAST_WEEKLY] = "from daily use and days of the week",
        [FORECAST_OVER] = "the period is over",
    };
    return words[basis];
}

int64_t forecast_percent(double n, int64_t limit)
{
    if (limit <= 0)
        return 100;
    double percent = n / (double)limit * 100;
    return percent >= 1e15 ? INT64_C(1000000000000000) : (int64_t)(percent + 1e-9);
}
