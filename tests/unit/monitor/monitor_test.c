/* monitor_test.c: samples of a fleet on a clock of our own: what counters gained, by day; new
 * periods, gaps, restarts and clocks that are set; sums, groups and findings; computed columns. It
 * covers monitor.c, monitor_columns.c, monitor_load.c, monitor_pretend.c, monitor_sample.c,
 * monitor_sums.c and monitor_track.c. */
#include "monitor/monitor.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/filter.h"
#include "tests/support/tmpdir.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static const char *const ok_words[] = {"active", NULL},
                         *const degraded_words[] = {"degraded", NULL},
                         *const down_words[] = {"down", NULL};
static const struct health_classes classes = {{ok_words, degraded_words, down_words}};
static const struct monitor_settings settings = {.health = &classes, .stale_ms = 15 * 60000};

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct loop *loop;
    struct fleet *fleet;
    struct column_set *columns;
    struct monitor *m;
    int64_t as_of;
    int published;
    const char *asks; /* a filter, of each account as the walk looks at it; NULL: none */
    int answers;      /* how many accounts it held for */
};

static int64_t at(const char *text)
{
    return when_parse_rfc3339(text, strlen(text));
}

static void published(void *ctx)
{
    ((struct fixture *)ctx)->published++;
}

static bool matches(struct fixture *fx, const char *text, const char *id);

static void looked(void *ctx, row_id row, int64_t now_ms)
{
    struct fixture *fx = ctx;
    struct value id;
    (void)now_ms;
    if (!fx->asks)
        return;
    fleet_get(fx->fleet, row, FIELD_ID, &id);
    char *text = span_dup(id.text);
    fx->answers += matches(fx, fx->asks, text);
    mem_free(text);
}

static void begin(struct fixture *fx)
{
    const struct monitor_env env = {.loop = fx->loop,
                                    .fleet = fx->fleet,
                                    .columns = fx->columns,
                                    .settings = &settings,
                                    .history = str_text(&fx->path),
                                    .origin = "https://gw",
                                    .org = "org_1",
                                    .published = published,
                                    .looked = looked,
                                    .ctx = fx};
    fx->m = monitor_create(&env);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "data/history.db", &fx.path);
    fx.manual.wall_ms = at("2026-10-05T12:00:00Z");
    fx.loop = loop_create(clock_from_manual(&fx.manual));
    fx.fleet = fleet_create();
    fx.columns = column_set_create();
    monitor_add_columns(fx.columns, &fx.m);
    begin(&fx);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    monitor_destroy(fx->m);
    fleet_destroy(fx->fleet);
    column_set_destroy(fx->columns);
    loop_destroy(fx->loop);
    str_finish(&fx->path);
    tmpdir_destroy(fx->dir);
    return 0;
}

/* `more` is JSON members that begin with a comma, or "". */
static void put(struct fixture *fx, const char *id, int64_t tokens, int64_t requests,
                const char *period, const char *more)
{
    struct str raw = STR_INIT;
    str_printf(&raw,
               "{\"provider_account_id\":\"%s\",\"name\":\"n-%s\",\"provider_type\":\"openai\","
               "\"quota_policy\":{\"max_tokens_per_month\":3100,\"max_requests_per_month\":null,"
               "\"current_month_tokens\":%lld,\"current_month_requests\":%lld,"
               "\"usage_period\":\"%s\"}%s}",
               id, id, (long long)tokens, (long long)requests, period, more);
    assert_int_not_equal(fleet_put(fx->fleet, span_from(&raw), ++fx->as_of, NULL), FLEET_BAD);
    str_finish(&raw);
}

static void settle(struct fixture *fx)
{
    while (monitor_busy(fx->m))
        loop_step(fx->loop, 0);
    assert_int_equal(monitor_error(fx->m)->status, ST_OK);
}

static void move(struct fixture *fx, int64_t ms)
{
    fx->manual.wall_ms += ms;
    fx->manual.mono_ms += ms;
}

static void sample(struct fixture *fx)
{
    monitor_sample(fx->m);
    settle(fx);
}

static row_id row(struct fixture *fx, const char *id)
{
    return fleet_find(fx->fleet, span_of(id));
}

static struct monitor_account account(struct fixture *fx, const char *id)
{
    struct monitor_account a;
    assert_true(monitor_account(fx->m, row(fx, id), &a));
    return a;
}

/* What was used so many days ago; 0 is today. */
static double used(struct fixture *fx, const char *id, int days_ago)
{
    return (double)account(fx, id).days[SERIES_TOKENS][FORECAST_DAYS - 1 - days_ago];
}

static void test_days_are_counted(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    sample(fx);
    assert_true(isnan(used(fx, "a", 0))); /* what the day had before is not known */
    move(fx, 18 * HOUR);
    put(fx, "a", 1180, 12, "2026-10", "");
    sample(fx);
    /* Eighteen hours, twelve of them yesterday, which nobody saw as a whole. */
    assert_true(isnan(used(fx, "a", 1)));
    assert_true(fabs(used(fx, "a", 0) - 60) < 1);
    move(fx, HOUR / 2);
    put(fx, "a", 1190, 13, "2026-10", "");
    sample(fx);
    assert_true(fabs(used(fx, "a", 0) - 70) < 1);
    move(fx, 2 * DAY); /* nothing was used: days of nothing, not days of which nothing is known */
    sample(fx);
    assert_true(used(fx, "a", 0) <= 0 && used(fx, "a", 1) <= 0);
}

/* F33: a counter that falls, and a period that began since, are a new period: what is gained is
 * never negative, and what the new one has is all of it. */
static void test_f33_month_rollover(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    put(fx, "b", 1000, 10, "", "");
    put(fx, "c", 10, 1, "2026-10", "");
    put(fx, "d", 1000, 10, "2026-10", "");
    sample(fx);
    fx->manual.wall_ms = at("2026-10-31T23:40:00Z");
    put(fx, "a", 2000, 20, "2026-10", "");
    put(fx, "d", 900, 9, "2026-10", ""); /* the server took something back */
    sample(fx);
    assert_true(used(fx, "a", 0) > 0 && used(fx, "d", 0) <= 0);
    double before = used(fx, "a", 0);
    move(fx, HOUR / 2); /* ten minutes into November */
    put(fx, "a", 40, 1, "2026-11", "");
    put(fx, "b", 50, 1, "", "");        /* known by its fall alone */
    put(fx, "c", 60, 1, "2026-11", ""); /* known by its name alone */
    sample(fx);
    assert_true(fabs(used(fx, "a", 0) - 40) < 0.01);
    assert_true(fabs(used(fx, "b", 0) - 50) < 0.01);
    assert_true(fabs(used(fx, "c", 0) - 60) < 0.01);
    assert_true(used(fx, "a", 1) >= before);
    for (int i = 0; i < FORECAST_DAYS; i++)
        assert_false(used(fx, "a", i) < 0 || used(fx, "b", i) < 0 || used(fx, "d", i) < 0);
    struct monitor_account a = account(fx, "a");
    assert_int_equal(a.period.end_ms, at("2026-12-01T00:00:00Z"));
    assert_int_equal(account(fx, "b").period.kind, PERIOD_MONTH);
}

static void lend(struct fixture *fx, enum series_counter counter, int known, float used)
{
    float days[FORECAST_DAYS];
    for (int i = 0; i < FORECAST_DAYS; i++)
        days[i] = i >= FORECAST_DAYS - 1 - known ? used : NAN; /* so many days, and today */
    monitor_lend_days(fx->m, row(fx, "a"), counter, days);
    monitor_ask(fx->m);
    settle(fx);
}

/* Days that somebody lends make the forecast where this machine knows fewer; they grow old, and its
 * own take their place; fewer than it knows change nothing. */
static void test_days_that_are_lent(void **state)
{
    struct fixture *fx = *state;
    int64_t tokens = 1000;
    settle(fx);
    put(fx, "a", tokens, 10, "2026-10", "");
    sample(fx);
    assert_true(monitor_wants_days(fx->m, row(fx, "a")));
    lend(fx, SERIES_TOKENS, 9, 50);
    struct monitor_account a = account(fx, "a");
    assert_true(a.lent[SERIES_TOKENS]);
    assert_false(a.lent[SERIES_REQUESTS]);
    assert_int_equal(a.forecast[SERIES_TOKENS].basis, FORECAST_DAILY);
    assert_true(fabs(a.forecast[SERIES_TOKENS].per_day - 50) < 1);
    assert_int_equal(monitor_all(fx->m)->use[SERIES_TOKENS].lent, 1);
    for (int day = 1; day <= 8; day++) { /* its own: 80 a day */
        for (int half = 0; half < 2; half++) {
            move(fx, DAY / 2);
            put(fx, "a", tokens += 40, 10, "2026-10", "");
            sample(fx);
        }
        /* Of nine, `day` have gone by; of its own the first was not seen as a whole. */
        assert_int_equal(account(fx, "a").lent[SERIES_TOKENS], 9 - day > day - 1);
    }
    assert_true(fabs(account(fx, "a").forecast[SERIES_TOKENS].per_day - 80) < 2);
    lend(fx, SERIES_TOKENS, 5, 500);
    assert_false(account(fx, "a").lent[SERIES_TOKENS]);
    for (int day = 0; day < FORECAST_WEEKS; day++) {
        move(fx, DAY);
        tokens += 80;
        put(fx, "a", tokens, tokens, "2026-10", "");
        sample(fx);
    }
    assert_false(monitor_wants_days(fx->m, row(fx, "a")));
}

/* Days of one counter that are lent later make those of the other no younger. */
static void test_lent_days_of_each_counter_grow_old(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    sample(fx);
    lend(fx, SERIES_TOKENS, 9, 50);
    for (int day = 1; day <= 8; day++) {
        for (int half = 0; half < 2; half++) {
            move(fx, DAY / 2);
            put(fx, "a", 1000 + day * 80 + half * 40, 10 + day, "2026-10", "");
            sample(fx);
        }
        if (day == 3)
            lend(fx, SERIES_REQUESTS, 9, 5);
        struct monitor_account a = account(fx, "a");
        assert_int_equal(a.lent[SERIES_TOKENS], 9 - day > day - 1);
        assert_int_equal(a.lent[SERIES_REQUESTS], day >= 3 && 9 - (day - 3) > day - 1);
    }
}

/* The console was closed for days: what was used is spread over them, in memory and on disk. */
static void test_gap_and_restart(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    sample(fx);
    monitor_destroy(fx->m);
    fx->m = NULL;
    move(fx, 4 * DAY);
    put(fx, "a", 1400, 50, "2026-10", "");
    begin(fx);
    settle(fx);
    sample(fx);
    assert_true(fabs(used(fx, "a", 1) - 100) < 1);
    assert_true(fabs(used(fx, "a", 2) - 100) < 1);
    assert_true(fabs(used(fx, "a", 0) - 50) < 1);
    monitor_destroy(fx->m);
    fx->m = NULL;
    begin(fx); /* and the same from the file */
    settle(fx);
    assert_true(fabs(used(fx, "a", 1) - 100) < 1.5);
    assert_true(fabs(used(fx, "a", 2) - 100) < 1.5);
    assert_true(fabs(used(fx, "a", 0) - 50) < 1.5);
    move(fx, HOUR / 4);
    put(fx, "a", 1410, 51, "2026-10", "");
    sample(fx);
    assert_true(fabs(used(fx, "a", 0) - 60) < 1.5);
}

/* A month began while nobody looked: what the old one still used is not known, and not guessed. */
static void test_gap_over_a_new_period(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    sample(fx);
    fx->manual.wall_ms = at("2026-11-03T00:00:00Z");
    put(fx, "a", 2000, 20, "2026-11", "");
    sample(fx);
    assert_true(fabs(used(fx, "a", 1) - 1000) < 1);
    assert_true(fabs(used(fx, "a", 2) - 1000) < 1);
    assert_true(isnan(used(fx, "a", 3)));
}

/* F30: the clock is set back by a year and forward again. */
static void test_clock_is_set(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    sample(fx);
    int64_t now = fx->manual.wall_ms;
    fx->manual.wall_ms -= 365 * DAY;
    put(fx, "a", 1100, 10, "2026-10", "");
    sample(fx);
    fx->manual.wall_ms = now + 60000;
    put(fx, "a", 1200, 10, "2026-10", "");
    sample(fx);
    for (int i = 0; i < FORECAST_DAYS; i++)
        assert_false(used(fx, "a", i) < 0 || used(fx, "a", i) > 200);
    assert_true(account(fx, "a").forecast[SERIES_TOKENS].end >= 1200);
}

static void grow(struct fixture *fx, int days)
{
    settle(fx);
    fx->manual.wall_ms = at("2026-10-01T00:00:00Z");
    for (int i = 0; i <= days * 4; i++) {
        put(fx, "a", 50 * i, i, "2026-10", ",\"status\":\"active\",\"enabled\":true");
        put(fx, "b", 10 * i, i, "2026-10",
            ",\"status\":\"down\",\"enabled\":true,\"region\":\"eu\","
            "\"rate_limit_policy\":{\"requests_per_second\":10,\"requests_per_minute\":60}");
        put(fx, "c", 100 * i, i, "2026-10", ",\"status\":\"active\",\"enabled\":false");
        sample(fx);
        move(fx, 6 * HOUR);
    }
}

static void test_sums_and_what_runs_out(void **state)
{
    struct fixture *fx = *state;
    grow(fx, 10);
    const struct monitor_sum *all = monitor_all(fx->m), *groups;
    assert_int_equal(all->accounts, 3);
    assert_int_equal(all->disabled, 1);
    assert_int_equal(all->health[HEALTH_DOWN], 1);
    assert_int_equal(all->health[HEALTH_OK], 1);
    assert_int_equal(all->use[SERIES_TOKENS].used, 40 * 160);
    assert_int_equal(all->use[SERIES_TOKENS].limit, 9300);
    assert_int_equal(all->use[SERIES_REQUESTS].no_quota, 3);
    assert_int_equal(account(fx, "a").forecast[SERIES_TOKENS].basis, FORECAST_DAILY);
    assert_true(fabs(account(fx, "a").forecast[SERIES_TOKENS].end - 200 * 31) < 310);
    const struct monitor_runout *runs;
    assert_int_equal(monitor_runouts(fx->m, &runs), 2);
    assert_int_equal(runs[0].row, row(fx, "c")); /* over already: first */
    assert_true(runs[0].disabled || runs[0].down);
    assert_int_equal(runs[1].row, row(fx, "a"));
    assert_false(runs[1].disabled || runs[1].down);
    /* 3,100 at 200 a day: in the middle of the 16th day. */
    assert_true(llabs(runs[1].when_ms - at("2026-10-16T12:00:00Z")) < 18 * HOUR);
    const struct monitor_finding *found;
    assert_int_equal(monitor_findings(fx->m, &found), 1);
    assert_int_equal(found[0].rule, LINT_RPS_ABOVE_RPM);
    struct str text = STR_INIT;
    monitor_finding_text(fx->m, &found[0], &text);
    assert_non_null(strstr(str_text(&text), "600"));
    str_finish(&text);
    assert_int_equal(monitor_group_by(fx->m, span_of("region"), NULL), ST_OK);
    monitor_tick(fx->m);
    settle(fx);
    assert_int_equal(monitor_groups(fx->m, &groups), 2);
    assert_string_equal(groups[0].name, "");
    assert_int_equal(groups[0].accounts, 2);
    assert_string_equal(groups[1].name, "eu");
    assert_int_equal(monitor_group_by(fx->m, span_of("nonsense"), NULL), ST_USAGE);
    assert_int_equal(monitor_group_by(fx->m, span_of("credentials_ref"), NULL), ST_USAGE);
    assert_string_equal(monitor_group_asked(fx->m), "region");
}

/* What is enabled is counted once, at the highest threshold that its fuller quota reached. */
/* Pages come in while a walk goes on: each account is in its sums once, wherever it was. */
static void test_accounts_that_come_during_the_walk(void **state)
{
    struct fixture *fx = *state;
    uint32_t count = 0;
    char id[16];
    for (int steps = 1; steps < 8; steps++) {
        for (int i = 0; i < 600; i++) {
            snprintf(id, sizeof id, "p%u", count++);
            put(fx, id, 1, 1, "2026-10", "");
        }
        sample(fx);
        uint32_t before = count;
        monitor_ask(fx->m);
        for (int i = 0; i < steps; i++)
            loop_step(fx->loop, 0);
        for (int i = 0; i < 100; i++) {
            snprintf(id, sizeof id, "p%u", count++);
            put(fx, id, 1, 1, "2026-10", "");
        }
        settle(fx);
        assert_in_range(monitor_all(fx->m)->accounts, before, count);
    }
}

static void test_near_counts_as_the_filters_do(void **state)
{
    struct fixture *fx = *state;
    static const struct monitor_settings near = {
        .health = &classes, .stale_ms = 15 * 60000, .near = {75, 90, 100}};
    const struct monitor_env env = {.loop = fx->loop,
                                    .fleet = fx->fleet,
                                    .columns = fx->columns,
                                    .settings = &near,
                                    .origin = "https://gw",
                                    .org = "org_1"};
    static const int64_t used[] = {2324, 2325, 2790, 3099, 3100};
    monitor_destroy(fx->m);
    fx->m = monitor_create(&env);
    for (size_t i = 0; i < ARRAY_LEN(used); i++) {
        char on[] = "a0", off[] = "b0";
        on[1] = off[1] = (char)('0' + i);
        put(fx, on, used[i], 1, "2026-10", ",\"status\":\"active\",\"enabled\":true");
        put(fx, off, used[i], 1, "2026-10", ",\"status\":\"active\",\"enabled\":false");
    }
    static const char zero[] =
        "{\"provider_account_id\":\"z\",\"status\":\"active\",\"quota_policy\":{"
        "\"max_requests_per_month\":0,\"current_month_requests\":0}}";
    fleet_put(fx->fleet, span_of(zero), ++fx->as_of, NULL);
    sample(fx);
    const struct monitor_sum *all = monitor_all(fx->m);
    assert_int_equal(all->near[0], 1);
    assert_int_equal(all->near[1], 2);
    assert_int_equal(all->near[2], 2); /* the one at its limit, and a limit of zero */
    assert_int_equal(all->zero, 1);
}

static bool matches(struct fixture *fx, const char *text, const char *id)
{
    struct filter *filter = NULL;
    struct row_source source = fleet_row_source(fx->fleet, row(fx, id));
    assert_int_equal(
        filter_parse(fx->columns, span_of(text), fx->manual.wall_ms, &filter, NULL, NULL), ST_OK);
    bool match = filter_match(filter, &source);
    filter_destroy(filter);
    return match;
}

/* What is over has nothing left, in the walk that finds it too, which is later than the outcome
 * before: a hundred alerts came of it at each refresh, and went with the next. */
static void test_nothing_is_left_of_what_is_over(void **state)
{
    struct fixture *fx = *state;
    put(fx, "over", 3200, 10, "2026-10", "");
    put(fx, "soon", 3099, 10, "2026-10", "");
    sample(fx);
    assert_true(matches(fx, "left=0s", "over"));
    assert_true(matches(fx, "left>0s left<6h", "soon"));
    fx->asks = "left>0s left<6h";
    for (int i = 0; i < 3; i++) {
        move(fx, 30000);
        fx->answers = 0;
        sample(fx);
        assert_int_equal(fx->answers, 1);
    }
}

static void test_columns_in_filters(void **state)
{
    struct fixture *fx = *state;
    grow(fx, 10);
    assert_true(matches(fx, "eom>190%", "a"));
    assert_false(matches(fx, "eom>210", "a"));
    assert_false(matches(fx, "eom>80", "b"));
    assert_true(matches(fx, "left<8d", "a"));
    assert_true(matches(fx, "left:none", "b"));
    assert_true(matches(fx, "eom.requests:none", "a"));
    assert_true(matches(fx, "spare>90", "b"));
    assert_true(monitor_names_column(span_of("provider=x eom>80")));
    assert_false(monitor_names_column(span_of("provider=x")));
    struct fleet *other = fleet_create();
    struct row_source source = fleet_row_source(other, 0);
    struct value v;
    column_get(column_find(fx->columns, span_of("eom")), &source, &v);
    assert_int_equal(v.presence, PRESENCE_NULL);
    fleet_destroy(other);
}

static void test_changes_of_status(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1, 1, "2026-10", ",\"status\":\"active\"");
    move(fx, 1000);
    put(fx, "a", 1, 1, "2026-10", ",\"status\":\"down\",\"status_reason\":\"timeout\"");
    assert_int_equal(monitor_change_count(fx->m), 1);
    const struct monitor_change *c = monitor_change_at(fx->m, 0);
    assert_string_equal(c->name, "n-a");
    assert_string_equal(c->from, "active");
    assert_string_equal(c->to, "down");
    assert_string_equal(c->reason, "timeout");
    assert_int_equal(c->to_class, HEALTH_DOWN);
    assert_int_equal(account(fx, "a").status_since_ms, fx->manual.wall_ms);
    settle(fx);
    monitor_destroy(fx->m); /* those of the last day are there after a start */
    fx->m = NULL;
    move(fx, HOUR);
    begin(fx);
    settle(fx);
    assert_int_equal(monitor_change_count(fx->m), 1);
    assert_string_equal(monitor_change_at(fx->m, 0)->reason, "timeout");
    assert_string_equal(monitor_change_at(fx->m, 0)->id, "a");
    assert_int_equal(monitor_change_at(fx->m, 0)->wall_ms, fx->manual.wall_ms - HOUR);
    monitor_destroy(fx->m);
    fx->m = NULL;
    move(fx, 2 * DAY);
    begin(fx);
    settle(fx);
    assert_int_equal(monitor_change_count(fx->m), 0);
    put(fx, "a", 2, 1, "2026-10", ",\"status\":\"active\"");
    put(fx, "a", 2, 1, "2026-10", ",\"status\":\"down\",\"status_reason\":\"refused\"");
    assert_int_equal(monitor_change_count(fx->m), 2);
    for (int i = 0; i < 1200; i++)
        put(fx, "a", 1, 1, "2026-10", i % 2 ? ",\"status\":\"down\"" : ",\"status\":\"active\"");
    assert_int_equal(monitor_change_count(fx->m), 1000);
    assert_string_equal(monitor_change_at(fx->m, 0)->to, "down");
}

/* The past of a demonstration adds up to the counter, and is given only where there is none. */
static void test_a_past_is_pretended(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 100000, 1000, "2026-10", "");
    monitor_pretend(fx->m);
    sample(fx);
    double sum = 0;
    for (int i = 0; i < 5; i++) /* of the month, on the 5th */
        sum += used(fx, "a", i);
    assert_true(fabs(sum - 100000) < 50);
    assert_int_equal(account(fx, "a").forecast[SERIES_TOKENS].basis, FORECAST_WEEKLY);
    put(fx, "b", 100000, 1000, "2026-10", "");
    monitor_pretend(fx->m);
    sample(fx);
    assert_true(isnan(used(fx, "b", 1)));
}

struct points {
    int64_t t, counter;
    size_t count;
    bool rising;
};

static void on_point(void *ctx, int64_t t_ms, int64_t counter)
{
    struct points *p = ctx;
    p->rising = p->rising && t_ms >= p->t && counter >= p->counter;
    p->t = t_ms;
    p->counter = counter;
    p->count++;
}

static void test_points_of_a_chart(void **state)
{
    struct fixture *fx = *state;
    struct points p = {.rising = true};
    struct error err;
    grow(fx, 10);
    assert_int_equal(monitor_points(fx->m, row(fx, "a"), SERIES_TOKENS, on_point, &p, &err), ST_OK);
    assert_true(p.rising);
    assert_int_equal(p.counter, 2000);
    assert_true(p.count >= 40);
}

/* Another process writes the same accounts: this one goes on from what it sees. */
static void test_only_one_writes(void **state)
{
    struct fixture *fx = *state;
    settle(fx);
    put(fx, "a", 1000, 10, "2026-10", "");
    sample(fx);
    struct monitor *first = fx->m;
    begin(fx);
    settle(fx);
    assert_true(monitor_only_reads(fx->m));
    move(fx, 60000);
    put(fx, "a", 1010, 10, "2026-10", "");
    put(fx, "b", 5, 10, "2026-10", "");
    sample(fx);
    move(fx, 60000);
    put(fx, "b", 8, 10, "2026-10", "");
    sample(fx);
    assert_int_equal(account(fx, "b").used[SERIES_TOKENS], 8);
    while (monitor_busy(first))
        loop_step(fx->loop, 0);
    monitor_destroy(first);
    sample(fx); /* it takes over */
    assert_false(monitor_only_reads(fx->m));
    move(fx, 60000);
    put(fx, "b", 12, 10, "2026-10", "");
    sample(fx);
    settle(fx);
    assert_true(fx->published > 0);
}

/* A history of a hundred thousand accounts takes a while to open: whoever makes a monitor does not
 * wait for it, and what is asked meanwhile is done afterwards. */
static void test_creation_does_not_open_the_history(void **state)
{
    struct fixture *fx = *state;
    assert_int_not_equal(access(str_text(&fx->path), F_OK), 0);
    assert_true(monitor_busy(fx->m));
    put(fx, "a", 1000, 10, "2026-10", "");
    monitor_sample(fx->m);
    settle(fx);
    assert_int_equal(access(str_text(&fx->path), F_OK), 0);
    monitor_destroy(fx->m);
    begin(fx);
    settle(fx);
    assert_true(account(fx, "a").first_seen_ms == fx->manual.wall_ms);
}

/* One that is read in several turns and turns out to be bad in the second is given up, and with it
 * the change of status that was noted for it meanwhile. */
static void test_a_history_that_is_bad_half_way(void **state)
{
    static const char rows[] =
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<4500)"
        " INSERT INTO account(scope, num, id, first_ms)"
        " SELECT scope.id, i, CASE i WHEN 4500 THEN 'x0' ELSE 'x' || i END, 1 FROM n, scope";
    struct fixture *fx = *state;
    sqlite3 *db;
    settle(fx);
    monitor_destroy(fx->m);
    assert_int_equal(sqlite3_open(str_text(&fx->path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    begin(fx);
    put(fx, "a", 1, 1, "2026-10", ",\"status\":\"active\"");
    loop_step(fx->loop, 0);
    assert_int_equal(monitor_error(fx->m)->status, ST_OK);
    put(fx, "a", 1, 1, "2026-10", ",\"status\":\"down\"");
    while (monitor_busy(fx->m))
        loop_step(fx->loop, 0);
    assert_string_equal(monitor_error(fx->m)->what, "an account stands in the history twice");
    assert_int_equal(monitor_change_count(fx->m), 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_days_are_counted),
        EACH(test_f33_month_rollover),
        EACH(test_days_that_are_lent),
        EACH(test_lent_days_of_each_counter_grow_old),
        EACH(test_gap_and_restart),
        EACH(test_gap_over_a_new_period),
        EACH(test_clock_is_set),
        EACH(test_sums_and_what_runs_out),
        EACH(test_accounts_that_come_during_the_walk),
        EACH(test_near_counts_as_the_filters_do),
        EACH(test_nothing_is_left_of_what_is_over),
        EACH(test_columns_in_filters),
        EACH(test_changes_of_status),
        EACH(test_points_of_a_chart),
        EACH(test_a_past_is_pretended),
        EACH(test_only_one_writes),
        EACH(test_creation_does_not_open_the_history),
        EACH(test_a_history_that_is_bad_half_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
