/* lend_test.c: days of accounts that this machine does not know are read from Prometheus over real
 * HTTP, for forecasts: which accounts are asked for, what is believed, and what becomes of errors.
 * It covers lend.c. */
#include "cli/lend.h"

#include "api/api.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "tests/support/fault_server.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define QUERY    "/api/v1/query_range?query=max%20by%20%28provider_account_id%29%20%28%28%28"
#define TOKENS   QUERY "paddock_account_used_tokens"
#define REQUESTS QUERY "paddock_account_used_requests"
#define NOTHING  "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"

static const char *const ok_words[] = {"active", NULL}, *const no_words[] = {NULL};
static const struct health_classes classes = {{ok_words, no_words, no_words}};
static const struct monitor_settings settings = {.health = &classes, .stale_ms = 15 * 60000};

struct rig {
    struct clock_manual manual;
    struct loop *loop;
    struct fleet *fleet;
    struct monitor *monitor;
    struct tokens *tokens;
    struct profile profile;
    struct fault_server *server;
    struct str body; /* of the answer that is set; (borrowed) by the server */
    struct lend *lend;
    int64_t as_of;
    int changed;
};

static void on_changed(void *ctx)
{
    ((struct rig *)ctx)->changed++;
}

static void settle(struct rig *r)
{
    while (monitor_busy(r->monitor))
        loop_step(r->loop, 0);
}

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    static const char now[] = "2026-10-21T12:00:00Z";
    assert_int_equal(api_global_init(NULL), ST_OK);
    r->manual.wall_ms = when_parse_rfc3339(now, strlen(now));
    r->loop = loop_create(clock_from_manual(&r->manual));
    r->fleet = fleet_create();
    r->tokens = tokens_create(NULL);
    r->server = fault_server_create();
    assert_non_null(r->server);
    r->profile = (struct profile){
        .prometheus_url = fault_url(r->server), .connect_timeout_ms = 20000, .timeout_ms = 20000};
    const struct monitor_env menv = {.loop = r->loop,
                                     .fleet = r->fleet,
                                     .settings = &settings,
                                     .origin = "https://gw",
                                     .org = "org_1"};
    r->monitor = monitor_create(&menv);
    const struct past_env env = {.loop = r->loop,
                                 .profile = &r->profile,
                                 .tokens = r->tokens,
                                 .monitor = r->monitor,
                                 .fleet = r->fleet};
    r->lend = lend_create(&env, 0, on_changed, r);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    lend_destroy(r->lend);
    monitor_destroy(r->monitor);
    fault_server_destroy(r->server);
    str_finish(&r->body);
    tokens_destroy(r->tokens);
    fleet_destroy(r->fleet);
    loop_destroy(r->loop);
    mem_free(r);
    return 0;
}

/* 2,100 tokens so far; a month of 31 days, of which 10.5 are left. */
static void put(struct rig *r, const char *id, const char *counter)
{
    struct str raw = STR_INIT;
    str_printf(&raw,
               "{\"provider_account_id\":\"%s\",\"status\":\"active\",\"quota_policy\":{"
               "\"max_tokens_per_month\":3000,\"%s\":2100,\"usage_period\":\"2026-10\"}}",
               id, counter);
    assert_int_not_equal(fleet_put(r->fleet, span_from(&raw), ++r->as_of, NULL), FLEET_BAD);
    str_finish(&raw);
}

/* As many days up to yesterday, each with so much. */
static void add_series(const struct rig *r, const char *id, int days, double each, struct str *out)
{
    int64_t last = period_day(r->manual.wall_ms) / 1000 - 1;
    str_printf(out, "%s{\"metric\":{\"provider_account_id\":\"%s\"},\"values\":[",
               out->len ? "," : "", id);
    for (int i = days; i-- > 0;)
        str_printf(out, "[%lld,\"%g\"]%s", (long long)(last - i * 86400), each, i ? "," : "");
    str_add(out, "]}");
}

static void answer(struct rig *r, const char *prefix, const struct str *series)
{
    str_printf(&r->body,
               "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[%s]}}",
               str_text(series));
    fault_json(r->server, "GET", prefix, 0, 200, str_text(&r->body));
}

static void begin(struct rig *r)
{
    monitor_sample(r->monitor);
    settle(r);
}

static struct monitor_account account(const struct rig *r, const char *id)
{
    struct monitor_account a;
    assert_true(monitor_account(r->monitor, fleet_find(r->fleet, span_of(id)), &a));
    return a;
}

/* Forty days of 100 on: 1,050 more by the end of the month. An id is no pattern, and an account
 * without counters is not asked for. */
static void test_days_are_lent(void **state)
{
    struct rig *r = *state;
    struct str series = STR_INIT;
    put(r, "pa_1", "current_month_tokens");
    put(r, "a.b|c\\\"", "current_month_tokens");
    put(r, "pa_none", "x");
    begin(r);
    assert_false(account(r, "pa_1").lent[SERIES_TOKENS]);
    assert_int_equal(account(r, "pa_1").forecast[SERIES_TOKENS].basis, FORECAST_AVERAGE);
    add_series(r, "pa_1", 40, 100, &series);
    add_series(r, "a.b|c\\\"", 40, 20, &series);
    add_series(r, "pa_stranger", 40, 20, &series);
    answer(r, TOKENS, &series);
    fault_json(r->server, "GET", REQUESTS, 0, 200, NOTHING);
    assert_int_equal(lend_all(r->lend)->status, ST_OK);
    assert_int_equal(r->changed, 1);
    monitor_ask(r->monitor);
    settle(r);
    struct monitor_account a = account(r, "pa_1"), b = account(r, "a.b|c\"");
    assert_true(a.lent[SERIES_TOKENS] && b.lent[SERIES_TOKENS]);
    assert_false(a.lent[SERIES_REQUESTS]);
    assert_int_equal(a.forecast[SERIES_TOKENS].basis, FORECAST_WEEKLY);
    assert_true(fabs(a.forecast[SERIES_TOKENS].end - 3150) < 15);
    assert_true(fabs(b.forecast[SERIES_TOKENS].end - 2310) < 5);
    assert_int_equal(monitor_all(r->monitor)->use[SERIES_TOKENS].lent, 2);
    const char *target = fault_request_at(r->server, 0)->target;
    assert_non_null(
        strstr(target, "%7Bprovider_account_id%3D~%22pa_1%7Ca%5C%5C.b%5C%5C%7Cc%5C%22%22%7D"));
    assert_null(strstr(target, "pa_none"));
    /* Yesterday's last second, 41 days back, a day at a time. */
    assert_non_null(strstr(target, "&end=1792540799.000&step=86400"));
    size_t asked = fault_count(r->server, NULL, NULL);
    r->manual.mono_ms += 2 * LEND_AGAIN_MS;
    lend_tick(r->lend); /* once a day is enough */
    assert_false(lend_busy(r->lend));
    r->manual.wall_ms += DAY_MS;
    lend_tick(r->lend);
    assert_true(lend_busy(r->lend));
    lend_all(r->lend);
    assert_true(fault_count(r->server, NULL, NULL) > asked);
    str_finish(&series);
}

/* Two days are too few to foretell from; a server that is down is asked again after a while. */
static void test_little_and_nothing(void **state)
{
    struct rig *r = *state;
    struct str series = STR_INIT;
    put(r, "pa_1", "current_month_tokens");
    begin(r);
    add_series(r, "pa_1", 2, 100, &series);
    answer(r, TOKENS, &series);
    fault_json(r->server, "GET", REQUESTS, 0, 503, "{}");
    const struct error *why = lend_all(r->lend);
    assert_int_equal(why->status, ST_SERVER);
    assert_non_null(strstr(why->what, "answers with 503"));
    assert_false(account(r, "pa_1").lent[SERIES_TOKENS]);
    lend_tick(r->lend);
    assert_false(lend_busy(r->lend));
    r->manual.mono_ms += LEND_AGAIN_MS;
    fault_rules_clear(r->server);
    fault_json(r->server, "GET", TOKENS, 0, 200, "<html>");
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
        put(r, id, "current_month_tokens");
    }
    char long_id[3000];
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    put(r, long_id, "current_month_tokens");
    begin(r);
    fault_json(r->server, "GET", QUERY, 0, 200, NOTHING);
    assert_int_equal(lend_all(r->lend)->status, ST_OK);
    size_t asked = fault_count(r->server, NULL, NULL);
    assert_true(asked >= 6 && asked <= 12);
    for (size_t i = 0; i < asked; i++)
        assert_true(strlen(fault_request_at(r->server, i)->target) < 8000);
}

/* The console may end, and go to another profile, while it is asked. */
static void test_ended_meanwhile(void **state)
{
    struct rig *r = *state;
    const struct fault_rule never = {.prefix = QUERY, .reply = {.never = true}};
    put(r, "pa_1", "current_month_tokens");
    begin(r);
    fault_rule_add(r->server, &never);
    lend_tick(r->lend);
    while (fault_count(r->server, NULL, NULL) < 1)
        loop_step(r->loop, 10);
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
