/* lend_test.c: days of accounts that this machine does not know are read from Prometheus over real
 * HTTP, for forecasts: which accounts are asked for, what is believed, and what becomes of errors.
 */
#include "cli/lend.h"

#include "base/mem.h"
#include "base/when.h"
#include "tests/support/prom_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define QUERY    PROM_RIG_QUERY "max%20by%20%28provider_account_id%29%20%28%28%28"
#define TOKENS   QUERY "paddock_account_used_tokens"
#define REQUESTS QUERY "paddock_account_used_requests"

struct rig {
    struct prom_rig *prom;
    struct lend *lend;
    int changed;
};

static void on_changed(void *ctx)
{
    ((struct rig *)ctx)->changed++;
}

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    void *prom;
    prom_rig_setup(&prom);
    r->prom = prom;
    r->lend = lend_create(&r->prom->env, 0, on_changed, r);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    void *prom = r->prom;
    lend_destroy(r->lend);
    prom_rig_teardown(&prom);
    mem_free(r);
    return 0;
}

static void add_series(const struct rig *r, const char *id, int days, double each, struct str *out)
{
    prom_rig_days(r->prom, "provider_account_id", id, days, each, out);
}

static struct monitor_account account(const struct rig *r, const char *id)
{
    struct monitor_account a;
    assert_true(monitor_account(r->prom->monitor, fleet_find(r->prom->fleet, span_of(id)), &a));
    return a;
}

/* Forty days of 100 on: 1,050 more by the end of the month. An id is no pattern, and an account
 * without counters is not asked for. */
static void test_days_are_lent(void **state)
{
    struct rig *r = *state;
    struct str series = STR_INIT;
    prom_rig_put(r->prom, "pa_1", "current_month_tokens");
    prom_rig_put(r->prom, "a.b|c\\\"", "current_month_tokens");
    prom_rig_put(r->prom, "pa_none", "x");
    prom_rig_sample(r->prom);
    assert_false(account(r, "pa_1").lent[SERIES_TOKENS]);
    assert_int_equal(account(r, "pa_1").forecast[SERIES_TOKENS].basis, FORECAST_AVERAGE);
    add_series(r, "pa_1", 40, 100, &series);
    add_series(r, "a.b|c\\\"", 40, 20, &series);
    add_series(r, "pa_stranger", 40, 20, &series);
    prom_rig_answer(r->prom, TOKENS, 0, &series);
    fault_json(r->prom->server, "GET", REQUESTS, 0, 200, PROM_RIG_NOTHING);
    assert_int_equal(lend_all(r->lend)->status, ST_OK);
    assert_int_equal(r->changed, 1);
    monitor_ask(r->prom->monitor);
    prom_rig_settle(r->prom);
    struct monitor_account a = account(r, "pa_1"), b = account(r, "a.b|c\"");
    assert_true(a.lent[SERIES_TOKENS] && b.lent[SERIES_TOKENS]);
    assert_false(a.lent[SERIES_REQUESTS]);
    assert_int_equal(a.forecast[SERIES_TOKENS].basis, FORECAST_WEEKLY);
    assert_true(fabs(a.forecast[SERIES_TOKENS].end - 3150) < 15);
    assert_true(fabs(b.forecast[SERIES_TOKENS].end - 2310) < 5);
    assert_int_equal(monitor_all(r->prom->monitor)->use[SERIES_TOKENS].lent, 2);
    const char *target = fault_request_at(r->prom->server, 0)->target;
    assert_non_null(
        strstr(target, "%7Bprovider_account_id%3D~%22pa_1%7Ca%5C%5C.b%5C%5C%7Cc%5C%22%22%7D"));
    assert_null(strstr(target, "pa_none"));
    /* Yesterday's last second, 41 days back, a day at a time. */
    assert_non_null(strstr(target, "&end=1792540799.000&step=86400"));
    size_t asked = fault_count(r->prom->server, NULL, NULL);
    r->prom->manual.mono_ms += 2 * LEND_AGAIN_MS;
    lend_tick(r->lend); /* once a day is enough */
    assert_false(lend_busy(r->lend));
    r->prom->manual.wall_ms += DAY_MS;
    lend_tick(r->lend);
    assert_true(lend_busy(r->lend));
    lend_all(r->lend);
    assert_true(fault_count(r->prom->server, NULL, NULL) > asked);
    str_finish(&series);
}

/* Two days are too few to foretell from; a server that is down is asked again after a while. */
static void test_little_and_nothing(void **state)
{
    struct rig *r = *state;
    struct str series = STR_INIT;
    prom_rig_put(r->prom, "pa_1", "current_month_tokens");
    prom_rig_sample(r->prom);
    add_series(r, "pa_1", 2, 100, &series);
    prom_rig_answer(r->prom, TOKENS, 0, &series);
    fault_json(r->prom->server, "GET", REQUESTS, 0, 503, "{}");
    const struct error *why = lend_all(r->lend);
    assert_int_equal(why->status, ST_SERVER);
    assert_non_null(strstr(why->what, "answers with 503"));
    assert_false(account(r, "pa_1").lent[SERIES_TOKENS]);
    lend_tick(r->lend);
    assert_false(lend_busy(r->lend));
    r->prom->manual.mono_ms += LEND_AGAIN_MS;
    fault_rules_clear(r->prom->server);
    fault_json(r->prom->server, "GET", TOKENS, 0, 200, "<html>");
    why = lend_all(r->lend);
    assert_int_equal(why->status, ST_UNREADABLE);
    assert_false(account(r, "pa_1").lent[SERIES_TOKENS]);
    str_finish(&series);
}

/* Many accounts are many questions, one after the other; the first that fails ends it. */
static void test_many(void **state)
{
    struct rig *r = *state;
    char id[40];
    for (int i = 0; i < 2 * LEND_ROWS + 50; i++) {
        snprintf(id, sizeof id, "provider-account-number-%08d", i);
        prom_rig_put(r->prom, id, "current_month_tokens");
    }
    char long_id[3000];
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    prom_rig_put(r->prom, long_id, "current_month_tokens");
    prom_rig_sample(r->prom);
    fault_json(r->prom->server, "GET", QUERY, 0, 200, PROM_RIG_NOTHING);
    assert_int_equal(lend_all(r->lend)->status, ST_OK);
    size_t asked = fault_count(r->prom->server, NULL, NULL);
    assert_true(asked >= 6 && asked <= 12);
    for (size_t i = 0; i < asked; i++)
        assert_true(strlen(fault_request_at(r->prom->server, i)->target) < 8000);
}

/* The console may end, and go to another profile, while it is asked. */
static void test_ended_meanwhile(void **state)
{
    struct rig *r = *state;
    const struct fault_rule never = {.prefix = QUERY, .reply = {.never = true}};
    prom_rig_put(r->prom, "pa_1", "current_month_tokens");
    prom_rig_sample(r->prom);
    fault_rule_add(r->prom->server, &never);
    lend_tick(r->lend);
    while (fault_count(r->prom->server, NULL, NULL) < 1)
        loop_step(r->prom->loop, 10);
    assert_true(lend_busy(r->lend));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_days_are_lent),
        EACH(test_little_and_nothing),
        EACH(test_many),
        EACH(test_ended_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
