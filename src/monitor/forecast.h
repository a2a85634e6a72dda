/* forecast.h: where a counter will stand when its period ends, with a range.
 *
 * Input is what was used on each UTC day, oldest first, and the counter as it is. The method is a
 * local level with multiplicative errors (Hyndman, Koehler, Ord, Snyder: Forecasting with
 * Exponential Smoothing, 2008, ch. 4: ETS(M,N,M)), made robust: the level is a median of daily
 * increments, which is Theil and Sen's slope of the counter taken over neighbouring days; factors
 * for the day of the week are medians of ratios to a week's mean (classical decomposition), used
 * when there are three weeks; what bursts add is the mean ratio of days to their level. The range
 * is where the end should lie four times of five: the variance of the days and that of the level,
 * which grows with the days that are left. Pure: no clock, no disk, no memory of its own. */
#ifndef MONITOR_FORECAST_H
#define MONITOR_FORECAST_H

#include "base/when.h"
#include "monitor/period.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define FORECAST_DAYS  42 /* six weeks */
#define FORECAST_WEEKS 21 /* whole days before days of the week are believed */

struct forecast_input {
    int64_t now_ms; /* wall clock, of the counter */
    struct period period;
    int64_t used; /* the counter; >= 0 */
    bool limited;
    int64_t limit;   /* of the quota; >= 0 */
    int64_t made_ms; /* when the account was made; at or before the period's start: no matter */
};

/* What it rests on. */
enum forecast_basis {
    FORECAST_NONE,    /* nothing to go by: the period lies ahead, or it or the account has hardly
                         begun */
    FORECAST_AVERAGE, /* the average of the period so far: less than three whole days are known */
    FORECAST_DAILY,   /* whole days, without a day of the week */
    FORECAST_WEEKLY,  /* three weeks or more: with days of the week */
    FORECAST_OVER,    /* the period has ended: the counter as it is */
};

struct forecast {
    enum forecast_basis basis;
    double end, low, high; /* the counter at the period's end; low to high: 80 % */
    double per_day;        /* used on an average day from now on */
    int64_t runs_out_ms;   /* when the limit is reached; WHEN_NONE: not in this period. A limit
                              passed already: now */
};

/* Nothing to go by. */
static inline struct forecast forecast_none(void)
{
    return (struct forecast){FORECAST_NONE, NAN, NAN, NAN, NAN, WHEN_NONE};
}

/* What the whole days say; the same all day long, so that it is made once a day. */
struct forecast_model {
    float level;              /* of an average day; NAN: not enough days */
    float lift;               /* mean of a day to its level: what bursts add */
    float week[7];            /* factor of a weekday; 0 is Thursday, 1970-01-01 */
    float var_day, var_level; /* relative variances: of a day, of the level as it is known now */
    float var_week;           /* of the level over a week */
    int known;                /* whole days that are known */
};

/* days: what was used on each: [FORECAST_DAYS - 1] is today so far, before it yesterday; NAN: not
 * known. Only whole days are looked at. */
void forecast_learn(const float *days, int64_t now_ms, struct forecast_model *out);
void forecast_from(const struct forecast_model *model, const struct forecast_input *in,
                   struct forecast *out);
/* "average so far", "daily use", ... ; static. */
const char *forecast_basis_words(enum forecast_basis basis);
/* n in percent of the limit, rounded down; a limit of zero is 100: nothing is left. */
int64_t forecast_percent(double n, int64_t limit);

#endif
