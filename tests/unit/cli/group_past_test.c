/* group_past_test.c: the days of groups from Prometheus: what is asked, what stands where, and
 * whose days they are said to be when it does not help. */
#include "cli/group_past.h"

#include "base/mem.h"
#include "tests/support/prom_rig.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SUMS PROM_RIG_QUERY "sum%20by%20%28"

struct rig {
    struct prom_rig *prom;
    struct column_set *columns;
    struct group_past *past;
    int changed;
};

static void on_changed(void *ctx)
{
    ((struct rig *)ctx)->changed++;
}

static void open_with(struct rig *r)
{
    group_past_destroy(r->past);
    r->past = group_past_create(&r->prom->env, r->columns, on_changed, r);
}

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    void *prom;
    prom_rig_setup(&prom);
    r->prom = prom;
    r->columns = column_set_create();
    open_with(r);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    void *prom = r->prom;
    group_past_destroy(r->past);
    column_set_destroy(r->columns);
    prom_rig_teardown(&prom);
    mem_free(r);
    return 0;
}

static void want(struct rig *r, const char *by)
{
    int before = r->changed;
    group_past_want(r->past, by);
    while (r->changed == before)
        loop_step(r->prom->loop, 1000);
}

/* Whose the days are said to be; `should`: whether they ought to come from elsewhere. */
static void says(const struct rig *r, const char *by, const char *words, bool should)
{
    struct str out = STR_INIT;
    assert_int_equal(group_past_words(r->past, by, &out), should);
    if (strcmp(words, "") == 0 ? out.len : !strstr(str_text(&out), words))
        fail_msg("\"%s\", wanted \"%s\"", str_text(&out), words);
    str_finish(&out);
}

static void test_days_and_today(void **state)
{
    struct rig *r = *state;
    struct str series = STR_INIT;
    double days[MONITOR_SPARK];
    const char *host = strstr(fault_url(r->prom->server), "127");
    /* Three days of 50, then, to the second question, 20 so far today. */
    prom_rig_days(r->prom, "provider_type", "openai", 3, 50, &series);
    prom_rig_answer(r->prom, SUMS, 1, &series);
    fault_json(r->prom->server, "GET", SUMS, 1, 200,
               "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
               "{\"metric\":{\"provider_type\":\"openai\"},\"values\":[[1792584000,\"20\"]]}]}}");
    says(r, "provider", "days: this machine's", false);
    want(r, "provider");
    says(r, "provider", host, false);
    assert_true(group_past_days(r->past, "provider", "openai", days));
    assert_true(days[MONITOR_SPARK - 1] == 20);
    for (int i = 2; i <= 4; i++)
        assert_true(days[MONITOR_SPARK - i] == 50);
    assert_true(isnan(days[MONITOR_SPARK - 5]));
    assert_true(group_past_days(r->past, "provider", "nobody", days));
    assert_true(isnan(days[MONITOR_SPARK - 1])); /* it knows nothing, which is not zero */
    assert_false(group_past_days(r->past, "region", "openai", days));
    assert_int_equal(fault_count(r->prom->server, NULL, NULL), 2);
    const char *first = fault_request_at(r->prom->server, 0)->target;
    const char *second = fault_request_at(r->prom->server, 1)->target;
    assert_non_null(strstr(first, "sum%20by%20%28provider_type%29"));
    assert_null(strstr(first, "paddock_account_info")); /* every metric has this label */
    assert_non_null(strstr(first, "&end=1792540799.000&step=86400"));
    assert_non_null(strstr(second, "offset%2043200s")); /* since midnight */
    assert_non_null(strstr(second, "&end=1792584000.000"));
    str_finish(&series);
}

/* It is a heavy query: asked again after five minutes, or by another column at once. */
static void test_asked_seldom(void **state)
{
    struct rig *r = *state;
    struct str series = STR_INIT;
    prom_rig_days(r->prom, "region", "eu", 3, 50, &series);
    prom_rig_answer(r->prom, SUMS, 0, &series);
    want(r, "region");
    size_t asked = fault_count(r->prom->server, NULL, NULL);
    assert_non_null(
        strstr(fault_request_at(r->prom->server, 0)->target, "group_left%20%28region%29"));
    group_past_want(r->past, "region");
    r->prom->manual.mono_ms += GROUP_PAST_EVERY_MS - 1;
    group_past_want(r->past, "region");
    loop_step(r->prom->loop, 0);
    assert_int_equal(fault_count(r->prom->server, NULL, NULL), asked);
    r->prom->manual.mono_ms += 1;
    want(r, "region");
    assert_int_equal(fault_count(r->prom->server, NULL, NULL), 2 * asked);
    want(r, "tag:team-a");
    assert_non_null(strstr(fault_request_at(r->prom->server, 2 * asked)->target,
                           "sum%20by%20%28tag_team_a%29"));
    str_finish(&series);
}

static void test_it_does_not_help(void **state)
{
    struct rig *r = *state;
    double days[MONITOR_SPARK];
    want(r, "tokens.pct"); /* it is in no label: nothing is sent */
    says(r, "tokens.pct", "has no label for tokens.pct", true);
    assert_int_equal(fault_connections(r->prom->server), 0);
    fault_json(r->prom->server, "GET", SUMS, 1, 503, "{}");
    want(r, "provider");
    says(r, "provider", "answers with 503", true);
    assert_false(group_past_days(r->past, "provider", "openai", days));
    fault_json(r->prom->server, "GET", SUMS, 1, 200, PROM_RIG_NOTHING);
    r->prom->manual.mono_ms += GROUP_PAST_EVERY_MS;
    want(r, "provider");
    says(r, "provider", "knows nothing of these days", true);
    /* The days came, today did not: none of the two is shown. */
    struct str series = STR_INIT;
    prom_rig_days(r->prom, "provider_type", "openai", 3, 50, &series);
    prom_rig_answer(r->prom, SUMS, 1, &series);
    fault_json(r->prom->server, "GET", SUMS, 1, 500, "{}");
    r->prom->manual.mono_ms += GROUP_PAST_EVERY_MS;
    want(r, "provider");
    says(r, "provider", "answers with 500", true);
    assert_false(group_past_days(r->past, "provider", "openai", days));
    str_finish(&series);
}

static void test_none_is_named(void **state)
{
    struct rig *r = *state;
    r->prom->profile.prometheus_url = "";
    open_with(r);
    group_past_want(r->past, "provider");
    says(r, "provider", "", false);
    assert_int_equal(r->changed, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {T(test_days_and_today), T(test_asked_seldom),
                                       T(test_it_does_not_help), T(test_none_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
