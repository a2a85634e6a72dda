/* forecast_test.c: forecasts of series that are held back: months of use with days of the week,
 * bursts, steps and growth are made, cut in the middle of a month, and the rest is what the
 * forecast is judged by. Both figures are printed. */
#include "monitor/forecast.h"

#include "base/vec.h"
#include "base/when.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SERIES 2000
#define MADE   100 /* days of each: the cut lies in the last month of them */

/* A generator of our own: the same series on every machine. */
struct dice {
    uint64_t state;
};

static double unit(struct dice *d)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (double)(d->state >> 11) / 9007199254740992.0;
}

static double normal(struct dice *d)
{
    double u = unit(d), v = unit(d);
    return sqrt(-2 * log(u > 0 ? u : 1e-300)) * cos(6.283185307179586 * v);
}

static int64_t at(const char *text)
{
    return when_parse_rfc3339(text, strlen(text));
}

static void forecast_of(const float *days, const struct forecast_input *in, struct forecast *out)
{
    struct forecast_model model;
    forecast_learn(days, in->now_ms, &model);
    forecast_from(&model, in, out);
}

/* What was used on each day: a level that drifts, may step once or twice, weekends, bursts. */
static void make_days(struct dice *d, double *days, bool weekly)
{
    double level = exp(10 + 4 * unit(d)), growth = (unit(d) - 0.45) * 0.012;
    double weekend = weekly ? 0.1 + 0.9 * unit(d) : 1, noise = 0.05 + 0.25 * unit(d);
    double burst = unit(d) < 0.5 ? 0.06 : 0, step = unit(d) < 0.6 ? 0.012 : 0;
    int64_t first = at("2026-07-24T00:00:00Z") / DAY_MS;
    for (int i = 0; i < MADE; i++) {
        int64_t weekday = (first + i + 4) % 7; /* 0: Sunday */
        level *= 1 + growth;
        if (unit(d) < step)
            level *= unit(d) < 0.5 ? 0.5 + 0.3 * unit(d) : 1.3 + 0.7 * unit(d);
        double x = level * (weekday == 0 || weekday == 6 ? weekend : 1);
        x *= exp(noise * normal(d));
        if (unit(d) < burst)
            x *= 2 + 3 * unit(d);
        days[i] = floor(x);
    }
}

struct score {
    int inside, count, below;
    double error, line_error;
};

/* October 2026 is the last month made; the cut is a time of day in it. */
static void judge(struct dice *d, struct score *score, bool weekly)
{
    double made[MADE], used = 0, rest = 0;
    float days[FORECAST_DAYS];
    int64_t start = at("2026-10-01T00:00:00Z");
    int first = (int)((start - at("2026-07-24T00:00:00Z")) / DAY_MS); /* day 0 of October */
    int cut = 4 + (int)(unit(d) * 23);
    double hour = floor(unit(d) * 24);
    make_days(d, made, weekly);
    for (int i = 0; i < 31; i++)
        *(i < cut ? &used : &rest) += made[first + i];
    double today = floor(made[first + cut] * hour / 24);
    used += today;
    rest -= today;
    for (int i = 0; i < FORECAST_DAYS; i++)
        days[i] = (float)made[first + cut - (FORECAST_DAYS - 1) + i];
    days[FORECAST_DAYS - 1] = (float)today;
    const struct forecast_input in = {.now_ms = start + cut * DAY_MS + (int64_t)hour * HOUR_MS,
                                      .period = {PERIOD_NAMED, start, at("2026-11-01T00:00:00Z")},
                                      .used = (int64_t)used};
    struct forecast f;
    forecast_of(days, &in, &f);
    assert_int_equal(f.basis, FORECAST_WEEKLY);
    double end = used + rest, line = used * 31 / (cut + hour / 24);
    score->count++;
    score->inside += end >= f.low && end <= f.high;
    score->below += end < f.low;
    score->error += fabs(f.end - end) / end;
    score->line_error += fabs(line - end) / end;
}

static void check(const char *name, bool weekly, uint64_t seed)
{
    struct dice d = {seed};
    struct score s = {0};
    for (int i = 0; i < SERIES; i++)
        judge(&d, &s, weekly);
    double inside = 100.0 * s.inside / s.count;
    print_message("%s: %.1f %% of %d month ends in the 80 %% range (%.1f %% below it); mean error "
                  "%.2f %%, of a straight line through the month %.2f %%\n",
                  name, inside, s.count, 100.0 * s.below / s.count, 100 * s.error / s.count,
                  100 * s.line_error / s.count);
    assert_true(inside >= 80);
    assert_true(inside <= 92); /* a range that holds everything says nothing */
    assert_true(s.error < s.line_error);
}

static void test_held_back(void **state)
{
    (void)state;
    check("with weekends", true, 1);
    check("without weekends", false, 7);
}

/* ---- the corners ---- */

static void even_days(float *days, int known, float each)
{
    for (int i = 0; i < FORECAST_DAYS; i++)
        days[i] = i >= FORECAST_DAYS - 1 - known ? each : NAN;
    days[FORECAST_DAYS - 1] = 0;
}

static struct forecast_input input(const char *now, int64_t used)
{
    struct forecast_input in = {.now_ms = at(now), .used = used};
    assert_true(period_parse(span_of("2026-10"), &in.period));
    return in;
}

/* Even use is carried on to the end of a month as long as it is. */
static void test_even_use_and_month_lengths(void **state)
{
    (void)state;
    static const struct {
        const char *period, *now;
        int days;
    } months[] = {{"2026-02", "2026-02-11T00:00:00Z", 28},
                  {"2028-02", "2028-02-11T00:00:00Z", 29},
                  {"2026-04", "2026-04-11T00:00:00Z", 30},
                  {"2026-10", "2026-10-11T00:00:00Z", 31}};
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        float days[FORECAST_DAYS];
        struct forecast f;
        even_days(days, 30, 100);
        struct forecast_input in = input(months[i].now, 1000);
        assert_true(period_parse(span_of(months[i].period), &in.period));
        forecast_of(days, &in, &f);
        assert_int_equal(f.basis, FORECAST_WEEKLY);
        assert_true(fabs(f.end - 100.0 * months[i].days) < 1);
        assert_true(f.low < f.end && f.high > f.end);
    }
}

static void test_the_day_it_runs_out(void **state)
{
    (void)state;
    float days[FORECAST_DAYS];
    struct forecast f;
    even_days(days, 30, 100);
    struct forecast_input in = input("2026-10-11T00:00:00Z", 1000);
    in.limited = true;
    in.limit = 1550;
    forecast_of(days, &in, &f);
    assert_true(llabs(f.runs_out_ms - at("2026-10-16T12:00:00Z")) < 60000);
    in.limit = 1000; /* met already */
    forecast_of(days, &in, &f);
    assert_int_equal(f.runs_out_ms, in.now_ms);
    in.limit = 3200; /* not in this month */
    forecast_of(days, &in, &f);
    assert_true(f.runs_out_ms == WHEN_NONE);
    in.limited = false;
    forecast_of(days, &in, &f);
    assert_true(f.runs_out_ms == WHEN_NONE);
}

/* A console that sees an account for the first time knows the period's average and no more. */
static void test_first_sight(void **state)
{
    (void)state;
    float days[FORECAST_DAYS];
    struct forecast f, narrow;
    even_days(days, 0, 0);
    struct forecast_input in = input("2026-10-11T00:00:00Z", 1000);
    forecast_of(days, &in, &f);
    assert_int_equal(f.basis, FORECAST_AVERAGE);
    assert_true(fabs(f.end - 3100) < 1);
    even_days(days, 30, 100);
    forecast_of(days, &in, &narrow);
    assert_true(f.high - f.low > narrow.high - narrow.low);
    in = input("2026-10-01T03:00:00Z", 5);
    even_days(days, 2, 100);
    forecast_of(days, &in, &f); /* three hours say nothing */
    assert_int_equal(f.basis, FORECAST_NONE);
    assert_true(isnan(f.end));
}

/* F30: a clock that stands outside the period gives no forecast of what cannot be. */
static void test_outside_the_period(void **state)
{
    (void)state;
    float days[FORECAST_DAYS];
    struct forecast f;
    even_days(days, 30, 100);
    struct forecast_input in = input("2026-11-01T00:00:00Z", 3100);
    forecast_of(days, &in, &f);
    assert_int_equal(f.basis, FORECAST_OVER);
    assert_true(f.end >= 3100 && f.end <= 3100 && f.low <= f.high);
    in.now_ms = at("2026-09-30T00:00:00Z");
    forecast_of(days, &in, &f);
    assert_int_equal(f.basis, FORECAST_NONE);
}

/* Days that nobody saw are left out, not taken for zero. */
static void test_gaps(void **state)
{
    (void)state;
    float days[FORECAST_DAYS];
    struct forecast f;
    even_days(days, 41, 100);
    for (int i = 20; i < 38; i++)
        days[i] = NAN;
    struct forecast_input in = input("2026-10-11T00:00:00Z", 1000);
    forecast_of(days, &in, &f);
    assert_true(fabs(f.end - 3100) < 1);
    for (int i = 30; i < FORECAST_DAYS - 1; i++)
        days[i] = NAN; /* nothing of the last days at all */
    forecast_of(days, &in, &f);
    assert_true(fabs(f.end - 3100) < 1);
}

/* An account that was made a moment ago has no average, however old the period is; an hour of one
 * that is a day old is an hour of a day, not of the period. */
static void test_a_new_account_is_too_early(void **state)
{
    (void)state;
    float days[FORECAST_DAYS];
    struct forecast f;
    for (int i = 0; i < FORECAST_DAYS; i++)
        days[i] = NAN;
    struct forecast_input in = input("2026-10-11T00:00:00Z", 0);
    in.limited = true;
    in.limit = 1000;
    in.made_ms = in.now_ms - 1000;
    forecast_of(days, &in, &f);
    assert_int_equal(f.basis, FORECAST_NONE);
    assert_true(isnan(f.end));
    assert_string_equal(forecast_basis_words(f.basis), "too early to tell");
    in.made_ms = in.now_ms - 24 * 3600000LL;
    in.used = 10;
    forecast_of(days, &in, &f);
    assert_int_equal(f.basis, FORECAST_AVERAGE);
    assert_true(f.per_day > 9.9 && f.per_day < 10.1);
    in.made_ms = 0; /* before the period: its own average */
    forecast_of(days, &in, &f);
    assert_true(f.per_day > 0.9 && f.per_day < 1.1);
}

static void test_idle_stays_idle(void **state)
{
    (void)state;
    float days[FORECAST_DAYS];
    struct forecast f;
    even_days(days, 41, 0);
    struct forecast_input in = input("2026-10-11T00:00:00Z", 500);
    in.limited = true;
    in.limit = 1000;
    forecast_of(days, &in, &f);
    assert_true(f.end >= 500 && f.end <= 500 && f.high <= 500);
    assert_true(f.runs_out_ms == WHEN_NONE);
    assert_int_equal(forecast_percent(f.end, in.limit), 50);
    assert_int_equal(forecast_percent(0, 0), 100); /* nothing is left of it */
    assert_int_equal(forecast_percent(1, 0), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_back),
        cmocka_unit_test(test_even_use_and_month_lengths),
        cmocka_unit_test(test_the_day_it_runs_out),
        cmocka_unit_test(test_first_sight),
        cmocka_unit_test(test_outside_the_period),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_idle_stays_idle),
        cmocka_unit_test(test_a_new_account_is_too_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
