/* monitor_scale_test.c: two months of a sandbox whose clock runs three days a second, watched over
 * HTTP on the machine's own clock: the server's is followed by its Date headers alone. Usage has
 * days and weeks in it and begins anew with each month. What was forecast in the middle of the
 * second month is held against its end. */
#include "api/api.h"
#include "base/mem.h"
#include "base/when.h"
#include "monitor/monitor.h"
#include "sync/sync.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ACCOUNTS 60

struct world {
    struct tmpdir *dir;
    struct sandbox_proc *sandbox;
    int64_t started_ms;
    struct loop *loop;
    struct api *api;
    struct fleet *fleet;
    struct sync *sync;
    struct monitor *m;
    int64_t sampled_ms;
};

static int64_t server_now(struct world *w)
{
    const struct clock c = api_clock(w->api);
    return clock_wall(&c);
}

static void on_sync(void *ctx)
{
    struct world *w = ctx;
    if (!w->sync || !w->m)
        return;
    const struct sync_state *s = sync_state(w->sync);
    if (s->phase != SYNC_IDLE || s->proof == SYNC_NONE || monitor_busy(w->m))
        return;
    monitor_sample(w->m);
}

static void open_world(struct world *w)
{
    static const char *const extra[] = {"--time-scale", "259200", NULL};
    static const struct sandbox_options options = {.accounts = ACCOUNTS, .extra = extra};
    static const char *const ok[] = {"active", NULL}, *const none[] = {NULL};
    static const struct health_classes classes = {{ok, none, none}};
    static const struct monitor_settings settings = {.health = &classes, .stale_ms = 900000};
    struct error err;
    struct str path = STR_INIT;
    struct clock real = clock_system();
    memset(w, 0, sizeof *w);
    w->dir = tmpdir_create();
    w->sandbox = sandbox_create(&options);
    assert_non_null(w->sandbox);
    w->started_ms = clock_wall(&real);
    w->loop = loop_create(real);
    const struct api_settings as = {.url = sandbox_url(w->sandbox),
                                    .org = sandbox_org(w->sandbox),
                                    .connect_timeout_ms = 10000,
                                    .total_timeout_ms = 60000};
    w->api = api_create(w->loop, &as, NULL, &err);
    assert_non_null(w->api);
    const char *token = sandbox_token(w->sandbox);
    assert_int_equal(api_set_token(w->api, secret_create(token, strlen(token)), &err), ST_OK);
    w->fleet = fleet_create();
    const struct monitor_env env = {.loop = w->loop,
                                    .clock = api_clock(w->api),
                                    .fleet = w->fleet,
                                    .settings = &settings,
                                    .history = tmpdir_path(w->dir, "history.db", &path),
                                    .origin = "http://x",
                                    .org = "o"};
    w->m = monitor_create(&env);
    const struct sync_options so = {.refresh_ms = 40, .page_limit = 100, .budget_rps = 100};
    w->sync = sync_create(w->loop, w->api, w->fleet, &so, on_sync, w);
    sync_start(w->sync);
    str_finish(&path);
}

static void close_world(struct world *w)
{
    sync_destroy(w->sync);
    monitor_destroy(w->m);
    api_destroy(w->api);
    fleet_destroy(w->fleet);
    loop_destroy(w->loop);
    sandbox_destroy(w->sandbox);
    tmpdir_destroy(w->dir);
}

/* Turns the loop until the server says that it is so late. */
static void run_to(struct world *w, int64_t wall_ms)
{
    while (server_now(w) < wall_ms)
        loop_step(w->loop, 5);
}

static bool account(struct world *w, row_id row, struct monitor_account *a)
{
    return fleet_alive(w->fleet, row) && monitor_account(w->m, row, a) &&
           a->counted[SERIES_TOKENS] && a->used[SERIES_TOKENS] > 100000;
}

static void test_a_fast_sandbox(void **state)
{
    struct world w;
    struct period first, second;
    struct forecast forecast[ACCOUNTS + 1] = {{0}};
    int64_t last[ACCOUNTS + 1] = {0};
    (void)state;
    assert_int_equal(api_global_init(NULL), ST_OK);
    open_world(&w);
    first = period_of(span_of(""), WHEN_NONE, WHEN_NONE, w.started_ms);
    first = period_of(span_of(""), WHEN_NONE, WHEN_NONE, first.end_ms);
    second = period_of(span_of(""), WHEN_NONE, WHEN_NONE, first.end_ms);
    run_to(&w, second.start_ms + 15 * DAY_MS);
    for (row_id row = 0; row < fleet_rows(w.fleet) && row <= ACCOUNTS; row++) {
        struct monitor_account a;
        if (account(&w, row, &a))
            forecast[row] = a.forecast[SERIES_TOKENS];
    }
    /* The last that is seen of the month: its counter falls when it ends. */
    while (server_now(&w) < second.end_ms + DAY_MS) {
        loop_step(w.loop, 5);
        for (row_id row = 0; row < fleet_rows(w.fleet) && row <= ACCOUNTS; row++) {
            struct monitor_account a;
            if (account(&w, row, &a) && a.period.start_ms == second.start_ms)
                last[row] = a.used[SERIES_TOKENS];
        }
    }
    int inside = 0, count = 0, weekly = 0;
    double error = 0;
    for (row_id row = 0; row <= ACCOUNTS; row++) {
        struct monitor_account a;
        if (!last[row] || !monitor_account(w.m, row, &a) || !(forecast[row].end > 0))
            continue;
        count++;
        weekly += forecast[row].basis == FORECAST_WEEKLY;
        inside += (double)last[row] >= forecast[row].low && (double)last[row] <= forecast[row].high;
        error += fabs(forecast[row].end - (double)last[row]) / (double)last[row];
        for (int i = 0; i < FORECAST_DAYS; i++)
            assert_false(a.days[SERIES_TOKENS][i] < 0); /* F33 */
    }
    print_message("%d accounts: %d of their month ends in the range, mean error %.1f %%\n", count,
                  inside, 100 * error / count);
    assert_true(count > ACCOUNTS / 2);
    assert_int_equal(weekly, count);
    assert_true(inside * 10 >= count * 8);
    assert_true(error / count < 0.1);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_fast_sandbox)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
