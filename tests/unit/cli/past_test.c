/* past_test.c: how a counter came to be: from Prometheus as a whole, or from this machine's samples
 * with the reason, once it does not answer, knows nothing, or keeps us waiting. */
#include "cli/past.h"

#include "base/mem.h"
#include "base/vec.h"
#include "cli/past_prom.h"
#include "tests/support/prom_rig.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TOKENS PROM_RIG_QUERY "paddock_account_used_tokens%7Bprovider_account_id%3D%22pa_1%22%7D"

struct told {
    int times;
    size_t count, offered;
    int64_t first, last; /* of the points */
    int64_t lasts_ms;
    struct str host;
    struct error why;
};

static void on_answer(void *ctx, const struct past_answer *a)
{
    struct told *t = ctx;
    t->times++;
    t->count = a->count;
    t->offered = a->offered;
    t->first = a->count ? a->points[0].counter : -1;
    t->last = a->count ? a->points[a->count - 1].counter : -1;
    t->lasts_ms = a->lasts_ms;
    t->why = *a->why;
    str_clear(&t->host);
    str_add(&t->host, a->host ? a->host : "");
}

/* Asks for pa_1's tokens and waits for one answer more. */
static void ask(struct prom_rig *r, struct past *p, struct told *t)
{
    int before = t->times;
    past_read(p, fleet_find(r->fleet, span_of("pa_1")), SERIES_TOKENS, on_answer, t);
    assert_int_equal(t->times, before); /* never from within */
    while (t->times == before)
        loop_step(r->loop, 1000);
}

static void is_local(const struct told *t, enum status why, const char *words)
{
    assert_int_equal(t->why.status, why);
    assert_string_equal(str_text(&t->host), "");
    assert_int_equal(t->count, 1); /* the present */
    assert_int_equal(t->last, 2100);
    if (words && !strstr(t->why.what, words))
        fail_msg("\"%s\" is not in \"%s\"", words, t->why.what);
}

static void begin(struct prom_rig *r)
{
    prom_rig_put(r, "pa_1", "current_month_tokens");
    prom_rig_sample(r);
}

static void test_none_is_named(void **state)
{
    struct prom_rig *r = *state;
    struct told t = {0};
    r->profile.prometheus_url = "";
    begin(r);
    struct past *p = past_create(&r->env);
    ask(r, p, &t);
    is_local(&t, ST_OK, NULL);
    assert_true(t.lasts_ms == INT64_MAX);
    past_destroy(p);
    str_finish(&t.host);
}

/* What came before a fall is another period's. The values stand for as long as the step and what
 * Prometheus itself looks back. */
static void test_prometheus(void **state)
{
    struct prom_rig *r = *state;
    struct told t = {0};
    begin(r);
    fault_json(r->server, "GET", TOKENS, 0, 200,
               "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
               "{\"metric\":{\"instance\":\"a\"},\"values\":[[1790000000,\"7\"]]},"
               "{\"metric\":{\"instance\":\"b\"},\"values\":[[1791000000,\"900\"],"
               "[1792000000,\"5\"],[1792100000,\"40\"],[1792200000,\"2100\"]]}]}}");
    struct past *p = past_create(&r->env);
    ask(r, p, &t);
    assert_int_equal(t.why.status, ST_OK);
    assert_non_null(strstr(str_text(&t.host), "127.0.0.1"));
    assert_int_equal(t.count, 3);
    assert_int_equal(t.first, 5);
    assert_int_equal(t.last, 2100);
    assert_int_equal(t.offered, 2);
    int64_t step = prom_step_ms(0, (20 * 24 + 12) * INT64_C(3600000)); /* since the 1st */
    assert_int_equal(t.lasts_ms, step + 300000);
    const char *target = fault_request_at(r->server, 0)->target;
    assert_non_null(strstr(target, "&end=1792584000.000"));
    past_destroy(p);
    str_finish(&t.host);
}

static void test_it_does_not_help(void **state)
{
    static const struct {
        int http;
        const char *body;
        enum status why;
        const char *words;
    } cases[] = {
        {503, "{}", ST_SERVER, "answers with 503"},
        {401, "{}", ST_AUTH, "401"},
        {200, "<html>", ST_UNREADABLE, "cannot be used"},
        {200, PROM_RIG_NOTHING, ST_NOT_FOUND, "knows nothing of this account"},
    };
    struct prom_rig *r = *state;
    struct told t = {0};
    begin(r);
    struct past *p = past_create(&r->env);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fault_rules_clear(r->server);
        fault_json(r->server, "GET", TOKENS, 0, cases[i].http, cases[i].body);
        ask(r, p, &t);
        is_local(&t, cases[i].why, cases[i].words);
    }
    assert_int_equal(t.times, ARRAY_LEN(cases));
    past_destroy(p);
    str_finish(&t.host);
}

/* The server answers when the test lets it. */
static void wait_for_leave(void *ctx, const struct fault_request *request, struct fault_reply *out)
{
    (void)request;
    sem_wait(ctx);
    out->body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                "{\"metric\":{},\"values\":[[1792000000,\"5\"],[1792100000,\"40\"]]}]}}";
}

/* After three seconds this machine's samples are shown, and Prometheus' when they come. */
static void test_slow(void **state)
{
    struct prom_rig *r = *state;
    struct told t = {0};
    sem_t leave;
    sem_init(&leave, 0, 0);
    begin(r);
    fault_handler(r->server, wait_for_leave, &leave);
    struct past *p = past_create(&r->env);
    past_read(p, fleet_find(r->fleet, span_of("pa_1")), SERIES_TOKENS, on_answer, &t);
    while (fault_count(r->server, NULL, NULL) < 1)
        loop_step(r->loop, 10);
    assert_int_equal(t.times, 0);
    r->manual.mono_ms += PAST_PATIENCE_MS - 1;
    loop_step(r->loop, 0);
    assert_int_equal(t.times, 0);
    r->manual.mono_ms += 1;
    while (t.times == 0)
        loop_step(r->loop, 0);
    is_local(&t, ST_NETWORK, "has not answered yet");
    sem_post(&leave);
    while (t.times == 1)
        loop_step(r->loop, 1000);
    assert_int_equal(t.why.status, ST_OK);
    assert_int_equal(t.count, 2);
    assert_int_equal(t.last, 40);
    past_destroy(p);
    str_finish(&t.host);
    sem_destroy(&leave);
}

/* What was asked for before is forgotten, and nothing is told after the end. */
static void test_asked_again_and_ended(void **state)
{
    const struct fault_rule never = {
        .prefix = PROM_RIG_QUERY, .times = 1, .reply = {.never = true}};
    struct prom_rig *r = *state;
    struct told first = {0}, second = {0};
    begin(r);
    fault_rule_add(r->server, &never);
    fault_json(r->server, "GET", TOKENS, 0, 503, "{}");
    struct past *p = past_create(&r->env);
    row_id row = fleet_find(r->fleet, span_of("pa_1"));
    past_read(p, row, SERIES_TOKENS, on_answer, &first);
    while (fault_count(r->server, NULL, NULL) < 1)
        loop_step(r->loop, 10);
    ask(r, p, &second);
    assert_int_equal(first.times, 0);
    is_local(&second, ST_SERVER, NULL);
    past_read(p, row, SERIES_TOKENS, on_answer, &first);
    past_destroy(p);
    r->manual.mono_ms += 2 * PAST_PATIENCE_MS;
    loop_step(r->loop, 0);
    assert_int_equal(first.times, 0);
    str_finish(&second.host);
}

/* Nothing is sent offline, without the token that is configured, and to what is no URL. */
static void test_nothing_is_sent(void **state)
{
    struct prom_rig *r = *state;
    struct told t = {0};
    const char *url = r->profile.prometheus_url;
    begin(r);
    fault_json(r->server, "GET", NULL, 0, 200, PROM_RIG_NOTHING);
    r->env.offline = true;
    struct past *p = past_create(&r->env);
    ask(r, p, &t);
    is_local(&t, ST_CANCELLED, "offline");
    past_destroy(p);
    r->env.offline = false;
    r->profile.prometheus_url = "ftp://x";
    p = past_create(&r->env);
    ask(r, p, &t);
    is_local(&t, ST_CONFIG, "prometheus_url");
    past_destroy(p);
    r->profile.prometheus_url = url;
    r->profile.prometheus_token =
        (struct token_source){.kind = TOKEN_FILE, .file = "/nowhere/token"};
    p = past_create(&r->env);
    ask(r, p, &t);
    assert_int_not_equal(t.why.status, ST_OK);
    is_local(&t, t.why.status, "/nowhere/token");
    past_destroy(p);
    assert_int_equal(fault_connections(r->server), 0);
    str_finish(&t.host);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, prom_rig_setup, prom_rig_teardown)
    const struct CMUnitTest tests[] = {T(test_none_is_named),         T(test_prometheus),
                                       T(test_it_does_not_help),      T(test_slow),
                                       T(test_asked_again_and_ended), T(test_nothing_is_sent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
