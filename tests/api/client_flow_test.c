/* client_flow_test.c: calls over time: retries, the new token, pauses, the breaker, cancelling,
 * streaming, the rate limit. Time is skipped, never waited for. */
#include "tests/support/api_rig.h"

#include "base/mem.h"
#include "base/when.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNT "{\"provider_account_id\":\"a1\",\"name\":\"n\"}"

static int rig_setup(void **state)
{
    struct api_rig *rig = mem_calloc(1, sizeof *rig);
    rig_open(rig, NULL, NULL);
    *state = rig;
    return 0;
}

static int rig_teardown(void **state)
{
    rig_close(*state);
    mem_free(*state);
    return 0;
}

static void serve_once(struct api_rig *rig, int status, const char *headers)
{
    struct fault_rule rule = {.times = 1, .reply = {.status = status, .headers = headers}};
    fault_rule_add(rig->server, &rule);
}

static void serve_always(struct api_rig *rig, int status, const char *json)
{
    fault_json(rig->server, NULL, NULL, 0, status, json);
}

static size_t sent(struct api_rig *rig)
{
    return fault_count(rig->server, NULL, NULL);
}

static void test_f12_a_read_comes_through(void **state)
{
    struct api_rig *rig = *state;
    rig_skip(rig, 10000); /* the rate is that of ten seconds, once there were so many */
    serve_once(rig, 503, NULL);
    serve_once(rig, 500, NULL);
    serve_once(rig, 408, NULL);
    serve_always(rig, 200, ACCOUNT);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);
    assert_int_equal(rig->result.tries, 4);
    struct api_stats stats;
    api_stats(rig->api, &stats);
    assert_int_equal(stats.requests, 4);
    assert_int_equal(stats.errors, 3);
    assert_int_equal(stats.in_flight, 0);
    assert_true(stats.per_second > 0.39 && stats.per_second < 0.41);
}

/* The as-of of a reply is the start of the try that brought it, not of the call. */
static void test_as_of_is_the_try(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    serve_once(rig, 503, "Retry-After: 100\r\n");
    serve_always(rig, 200, ACCOUNT);
    int64_t before = clock_mono(loop_clock(rig->loop));
    api_read(rig->api, span_of("a1"), rig_told, &r);
    rig_until_answered(rig, 1);
    rig_skip(rig, 100000);
    rig_until(rig, &r.told, 1);
    assert_true(r.started_mono_ms >= before + 100000);
    rig_result_finish(&r);
}

static void count(void *ctx)
{
    ++*(unsigned *)ctx;
}

/* That the server is ill is known from the first failed try on, while the call still tries. */
static void test_f12_ill_from_the_first_try(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    struct api_illness illness;
    unsigned changes = 0;
    api_on_illness(rig->api, count, &changes);
    api_illness(rig->api, &illness);
    assert_true(illness.since_wall_ms == WHEN_NONE);
    serve_once(rig, 503, "Retry-After: 100\r\n");
    serve_once(rig, 500, "Retry-After: 100\r\n");
    serve_always(rig, 200, ACCOUNT);
    int64_t before = clock_wall(loop_clock(rig->loop));
    api_read(rig->api, span_of("a1"), rig_told, &r);
    rig_until(rig, &changes, 1);
    assert_int_equal(r.told, 0);
    api_illness(rig->api, &illness);
    assert_true(illness.since_wall_ms >= before);
    assert_int_equal(illness.http, 503);
    int64_t since = illness.since_wall_ms;
    rig_skip(rig, 100000);
    rig_until_answered(rig, 2);
    rig_skip(rig, 100000);
    rig_until(rig, &r.told, 1);
    assert_int_equal(r.status, ST_OK);
    assert_int_equal(changes, 2); /* its begin and its end, not each try */
    api_illness(rig->api, &illness);
    assert_true(illness.since_wall_ms == WHEN_NONE);
    assert_true(since != WHEN_NONE);
    rig_result_finish(&r);
}

/* ---- F05 ------------------------------------------------------------------------------------- */

struct token_owner {
    struct api_rig *rig;
    const char *token; /* NULL: there is none to be had */
    bool at_once;
    unsigned asked;
};

static void token_answer(struct token_owner *owner)
{
    if (owner->token)
        assert_int_equal(
            api_set_token(owner->rig->api, secret_create(owner->token, strlen(owner->token)), NULL),
            ST_OK);
    api_token_ready(owner->rig->api, owner->token != NULL);
}

static void token_ask(void *ctx)
{
    struct token_owner *owner = ctx;
    owner->asked++;
    if (owner->at_once)
        token_answer(owner);
}

static void good_for(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    char header[100];
    fault_request_header(request, "authorization", header, sizeof header);
    reply->status = strcmp(header, ctx) == 0 ? 200 : 401;
    reply->body = ACCOUNT;
}

static void test_f05_new_token_once(void **state)
{
    struct api_rig *rig = *state;
    struct token_owner owner = {.rig = rig, .token = "new-one", .at_once = true};
    fault_handler(rig->server, good_for, "Bearer new-one");
    api_on_unauthorized(rig->api, token_ask, &owner);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);
    assert_int_equal(owner.asked, 1);
    assert_int_equal(sent(rig), 2);
    rig_read(rig, "a1");
    assert_int_equal(owner.asked, 1);
    assert_int_equal(sent(rig), 3);
}

static void test_f05_new_token_no_good(void **state)
{
    struct api_rig *rig = *state;
    struct token_owner owner = {.rig = rig, .token = "also-bad", .at_once = true};
    fault_handler(rig->server, good_for, "Bearer another");
    api_on_unauthorized(rig->api, token_ask, &owner);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_AUTH);
    assert_int_equal(owner.asked, 1);
    assert_int_equal(sent(rig), 2);
    assert_string_equal(rig->result.error.next, "check the token: paddock doctor");
    owner.token = NULL;
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_AUTH);
    assert_int_equal(sent(rig), 3); /* without a new token nothing is tried again */
}

static void test_f05_reads_wait_together(void **state)
{
    struct api_rig *rig = *state;
    struct token_owner owner = {.rig = rig, .token = "new-one"};
    struct rig_result r[3] = {0};
    fault_handler(rig->server, good_for, "Bearer new-one");
    api_on_unauthorized(rig->api, token_ask, &owner);
    struct api_call *calls[3];
    for (int i = 0; i < 3; i++)
        calls[i] = api_read(rig->api, span_of("a1"), rig_told, &r[i]);
    rig_until_answered(rig, 3);
    rig_turns(rig);
    assert_int_equal(owner.asked, 1);
    assert_int_equal(r[0].told + r[1].told + r[2].told, 0);
    api_cancel(calls[1]);
    token_answer(&owner);
    assert_int_equal(r[0].told + r[2].told, 0); /* only from the loop */
    rig_until(rig, &r[0].told, 1);
    rig_until(rig, &r[2].told, 1);
    assert_int_equal(r[0].status, ST_OK);
    assert_int_equal(r[2].status, ST_OK);
    assert_int_equal(r[1].told, 0);
    assert_int_equal(owner.asked, 1);
    for (int i = 0; i < 3; i++)
        rig_result_finish(&r[i]);
}

static void test_f05_a_write_is_told_at_once(void **state)
{
    struct api_rig *rig = *state;
    struct token_owner owner = {.rig = rig, .token = "new-one", .at_once = true};
    fault_handler(rig->server, good_for, "Bearer new-one");
    api_on_unauthorized(rig->api, token_ask, &owner);
    rig_update(rig, "a1", "{}");
    assert_int_equal(rig->result.status, ST_AUTH);
    assert_int_equal(owner.asked, 0);
    assert_int_equal(sent(rig), 1);
    assert_non_null(strstr(rig->result.error.what, "not applied"));
}

static void test_a_token_that_is_no_line_is_refused(void **state)
{
    struct api_rig *rig = *state;
    static const struct span bad[] = {{"a\r\nX: 1", 7}, {"a\nb", 3}, {"a\0b", 3}, {"a\x7f", 2}};
    for (size_t i = 0; i < 4; i++) {
        struct error err;
        assert_int_equal(api_set_token(rig->api, secret_create(bad[i].p, bad[i].len), &err),
                         ST_CONFIG);
    }
    serve_always(rig, 200, ACCOUNT);
    rig_read(rig, "a1"); /* the token before stands */
    assert_true(fault_saw(rig->server, "Bearer " RIG_TOKEN));
    assert_int_equal(api_set_token(rig->api, NULL, NULL), ST_OK);
    rig_read(rig, "a1");
    char header[100];
    fault_request_header(fault_request_at(rig->server, 1), "authorization", header, 100);
    assert_string_equal(header, "");
}

/* ---- F11 ------------------------------------------------------------------------------------- */

static void test_f11_retry_after_seconds(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    serve_once(rig, 429, "Retry-After: 60\r\n");
    serve_always(rig, 200, ACCOUNT);
    api_read(rig->api, span_of("a1"), rig_told, &r);
    rig_until_answered(rig, 1);
    rig_turns(rig);
    assert_int_equal(sent(rig), 1);
    assert_in_range((uint64_t)api_wait_ms(rig->api), 1, 60000);

    /* The host rests: other reads wait with it, a write says so and was not sent. */
    struct rig_result other = {0};
    api_read(rig->api, span_of("a2"), rig_told, &other);
    rig_update(rig, "a1", "{}");
    assert_int_equal(rig->result.status, ST_RATE);
    assert_false(rig->result.may_have_left);
    assert_in_range((uint64_t)rig->result.retry_after_ms, 1, 60000);
    assert_int_equal(sent(rig), 1);
    assert_int_equal(other.told, 0);

    rig_skip(rig, 60000);
    rig_until(rig, &r.told, 1);
    rig_until(rig, &other.told, 1);
    assert_int_equal(r.status, ST_OK);
    assert_int_equal(r.tries, 2);
    assert_int_equal(other.status, ST_OK);
    assert_int_equal(api_wait_ms(rig->api), 0);
    rig_result_finish(&r);
    rig_result_finish(&other);
}

static void test_f11_retry_after_date(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    serve_once(rig, 429, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n");
    serve_once(rig, 429, "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n");
    api_read(rig->api, span_of("a1"), rig_told, &r);
    rig_until(rig, &r.told, 1); /* a date that has passed: at once; one far away: not waited for */
    assert_int_equal(sent(rig), 2);
    assert_int_equal(r.status, ST_RATE);
    assert_true(r.retry_after_ms > 120000);
    assert_non_null(strstr(r.error.next, "try again after "));
    /* No Retry-After stops a console for longer than an hour. */
    assert_in_range((uint64_t)api_wait_ms(rig->api), 3590000, 3600000);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_RATE);
    assert_int_equal(sent(rig), 2);
    api_try_now(rig->api);
    serve_always(rig, 200, ACCOUNT);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);
    rig_result_finish(&r);
}

/* ---- F12: the breaker ------------------------------------------------------------------------ */

static void test_f12_breaker_spares_the_server(void **state)
{
    struct api_rig *rig = *state;
    serve_always(rig, 503, "{}");
    rig_read(rig, "a1");
    assert_int_equal(sent(rig), 4);
    rig_read(rig, "a1"); /* the fifth failure opens it */
    assert_int_equal(sent(rig), 5);
    assert_non_null(strstr(rig->result.error.what, "(503)"));
    assert_in_range((uint64_t)rig->result.retry_after_ms, 1, 5000);
    rig_read(rig, "a1");
    assert_int_equal(sent(rig), 5);
    assert_int_equal(rig->result.status, ST_SERVER);
    assert_int_equal(rig->result.http, 0);
    assert_int_equal(rig->result.tries, 0);
    assert_in_range((uint64_t)rig->result.retry_after_ms, 1, 5000);
    assert_non_null(strstr(rig->result.error.what, "several times in a row"));
    rig_update(rig, "a1", "{}"); /* a write is the operator's own word */
    assert_int_equal(sent(rig), 6);
    rig_skip(rig, 5000);
    rig_read(rig, "a1"); /* the probe, one try */
    assert_int_equal(sent(rig), 7);
    assert_in_range((uint64_t)api_wait_ms(rig->api), 1, 5000);
    fault_rules_clear(rig->server);
    serve_always(rig, 200, ACCOUNT);
    rig_skip(rig, 5000);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);
    assert_int_equal(api_wait_ms(rig->api), 0);
}

static void test_f12_operator_tries_now(void **state)
{
    struct api_rig *rig = *state;
    serve_always(rig, 500, "{}");
    rig_read(rig, "a1");
    rig_read(rig, "a1");
    assert_true(api_wait_ms(rig->api) > 0);
    fault_rules_clear(rig->server);
    serve_always(rig, 200, ACCOUNT);
    api_try_now(rig->api);
    rig_read(rig, "a1");
    assert_int_equal(rig->result.status, ST_OK);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

static void test_cancelled_before_it_starts(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    api_cancel(api_read(rig->api, span_of("a1"), rig_told, &r));
    api_cancel(api_update(rig->api, span_of("a1"), span_of("{}"), rig_told, &r));
    api_cancel(NULL);
    rig_turns(rig);
    assert_int_equal(r.told, 0);
    assert_int_equal(fault_connections(rig->server), 0);
}

static void test_cancelled_under_way(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    struct fault_rule never = {.reply = {.never = true}};
    fault_rule_add(rig->server, &never);
    struct api_call *call = api_read(rig->api, span_of("a1"), rig_told, &r);
    while (sent(rig) < 1)
        loop_step(rig->loop, 5);
    api_cancel(call);
    rig_turns(rig);
    assert_int_equal(r.told, 0);
    struct api_stats stats;
    api_stats(rig->api, &stats);
    assert_int_equal(stats.in_flight, 0);
    assert_string_equal(reqlog_at(api_reqlog(rig->api), 0)->note, "cancelled");
    assert_true(reqlog_at(api_reqlog(rig->api), 0)->duration_ms >= 0);
}

static void test_cancelled_while_it_waits(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    serve_once(rig, 503, "Retry-After: 30\r\n");
    struct api_call *call = api_read(rig->api, span_of("a1"), rig_told, &r);
    rig_until_answered(rig, 1);
    api_cancel(call);
    rig_skip(rig, 60000);
    rig_turns(rig);
    assert_int_equal(r.told, 0);
    assert_int_equal(sent(rig), 1);
}

/* A write that has left goes on without a listener. */
static void test_cancelled_write_goes_on(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result r = {0};
    struct fault_rule slow = {.reply = {.delay_ms = 50, .body = ACCOUNT}};
    fault_rule_add(rig->server, &slow);
    struct api_call *call = api_update(rig->api, span_of("a1"), span_of("{}"), rig_told, &r);
    while (sent(rig) < 1)
        loop_step(rig->loop, 5);
    api_cancel(call);
    rig_until_answered(rig, 1);
    assert_int_equal(r.told, 0);
    assert_int_equal(reqlog_at(api_reqlog(rig->api), 0)->http, 200);
    assert_true(fault_request_at(rig->server, 0)->complete);
}

struct canceller {
    struct api_call *own, *other;
    unsigned records, done, after;
};

static void cancel_on_record(void *ctx, struct span raw, const struct error *bad, int64_t started)
{
    struct canceller *c = ctx;
    (void)raw;
    (void)bad;
    (void)started;
    c->after += c->own == NULL;
    c->records++;
    api_cancel(c->other);
    api_cancel(c->own);
    c->own = c->other = NULL;
}

static void count_done(void *ctx, const struct api_result *result)
{
    struct canceller *c = ctx;
    (void)result;
    c->done++;
}

/* From inside libcurl's own callback: itself, and another that is on its way. */
static void test_cancelled_from_inside(void **state)
{
    struct api_rig *rig = *state;
    struct canceller c = {0};
    struct rig_result other = {0};
    static const struct api_list_events events = {.record = cancel_on_record, .done = count_done};
    struct api_list_query query = {.limit = 100};
    struct fault_rule never = {.method = "GET", .prefix = RIG_READ, .reply = {.never = true}};
    fault_rule_add(rig->server, &never);
    serve_always(rig, 200, "{\"accounts\":[" ACCOUNT "," ACCOUNT "," ACCOUNT "]}");
    c.other = api_read(rig->api, span_of("a1"), rig_told, &other);
    while (sent(rig) < 1)
        loop_step(rig->loop, 5);
    c.own = api_list(rig->api, &query, &events, &c);
    while (c.records < 1)
        loop_step(rig->loop, 5);
    rig_turns(rig);
    assert_int_equal(c.records, 1);
    assert_int_equal(c.after, 0);
    assert_int_equal(c.done, 0);
    assert_int_equal(other.told, 0);
    struct api_stats stats;
    api_stats(rig->api, &stats);
    assert_int_equal(stats.in_flight, 0);
    rig_read(rig, "a9"); /* and the client still works */
}

static void cancel_on_restart(void *ctx)
{
    struct canceller *c = ctx;
    c->after++;
    api_cancel(c->own);
}

static void test_cancelled_on_restart(void **state)
{
    struct api_rig *rig = *state;
    struct canceller c = {0};
    static const struct api_list_events events = {.restart = cancel_on_restart, .done = count_done};
    struct api_list_query query = {.limit = 100};
    serve_once(rig, 503, NULL);
    c.own = api_list(rig->api, &query, &events, &c);
    while (c.after < 1)
        loop_step(rig->loop, 5);
    rig_turns(rig);
    assert_int_equal(c.done, 0);
    assert_int_equal(sent(rig), 1);
}

/* ---- streaming ------------------------------------------------------------------------------- */

struct chain {
    struct api_rig *rig;
    unsigned done, second_done;
    int64_t requests_at_done;
};

static void second_done(void *ctx, const struct api_result *result)
{
    struct chain *c = ctx;
    assert_int_equal(result->status, ST_OK);
    c->second_done++;
}

/* Runs inside libcurl's write callback, where no transfer can be added. */
static void chain_cursor(void *ctx, struct span cursor)
{
    struct chain *c = ctx;
    static const struct api_list_events events = {.done = second_done};
    struct api_list_query query = {.limit = 100, .cursor = cursor};
    api_list(c->rig->api, &query, &events, c);
}

static void first_done(void *ctx, const struct api_result *result)
{
    struct chain *c = ctx;
    struct api_stats stats;
    assert_int_equal(result->status, ST_OK);
    api_stats(c->rig->api, &stats);
    c->requests_at_done = stats.requests;
    c->done++;
}

/* The next page is asked for while the first still comes in. */
static void test_next_page_before_this_one_ends(void **state)
{
    struct api_rig *rig = *state;
    struct chain c = {.rig = rig};
    static const struct api_list_events events = {.cursor = chain_cursor, .done = first_done};
    struct api_list_query query = {.limit = 100};
    struct fault_rule second = {.prefix = RIG_LIST "?limit=100&cursor=abc%2F",
                                .reply = {.body = "{\"accounts\":[]}"}};
    struct fault_rule first = {.reply = {.body = "{\"next_cursor\":\"abc/\",\"accounts\":[" ACCOUNT
                                                 "," ACCOUNT "," ACCOUNT "," ACCOUNT "]}",
                                         .drip_ms = 20,
                                         .drip_bytes = 30}};
    fault_rule_add(rig->server, &second);
    fault_rule_add(rig->server, &first);
    api_list(rig->api, &query, &events, &c);
    rig_until(rig, &c.done, 1);
    rig_until(rig, &c.second_done, 1);
    assert_int_equal(c.requests_at_done, 2);
}

static void test_max_rps_spaces_requests(void **state)
{
    struct api_rig *rig = *state;
    struct api_settings s = {.max_rps = 0.01};
    struct rig_result r[2] = {0};
    serve_always(rig, 200, ACCOUNT);
    rig_again(rig, &s);
    api_read(rig->api, span_of("a1"), rig_told, &r[0]);
    api_read(rig->api, span_of("a1"), rig_told, &r[1]);
    rig_until_answered(rig, 1);
    rig_turns(rig);
    assert_int_equal(sent(rig), 1);
    rig_skip(rig, 100000);
    rig_until(rig, &r[0].told, 1);
    rig_until(rig, &r[1].told, 1);
    assert_int_equal(sent(rig), 2);
    rig_result_finish(&r[0]);
    rig_result_finish(&r[1]);
}

static void test_the_request_log(void **state)
{
    struct api_rig *rig = *state;
    serve_once(rig, 503, NULL);
    serve_always(rig, 200, ACCOUNT);
    rig_read(rig, "a1");
    struct reqlog *log = api_reqlog(rig->api);
    assert_int_equal(reqlog_count(log), 2);
    const struct reqlog_entry *e = reqlog_at(log, 0);
    assert_string_equal(e->method, "GET");
    assert_string_equal(e->path, RIG_READ);
    assert_string_equal(e->http_version, "1.1");
    assert_int_equal(e->http, 200);
    assert_int_equal(e->attempt, 2);
    assert_true(e->duration_ms >= 0);
    assert_true(e->bytes_in > (int64_t)strlen(ACCOUNT));
    assert_true(e->bytes_out > (int64_t)strlen(RIG_READ));
    assert_string_equal(e->note, "");
    e = reqlog_at(log, 1);
    assert_int_equal(e->http, 503);
    assert_non_null(strstr(e->note, "the server failed (503)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
        TEST(test_f12_a_read_comes_through),
        TEST(test_as_of_is_the_try),
        TEST(test_f05_new_token_once),
        TEST(test_f05_new_token_no_good),
        TEST(test_f05_reads_wait_together),
        TEST(test_f05_a_write_is_told_at_once),
        TEST(test_a_token_that_is_no_line_is_refused),
        TEST(test_f11_retry_after_seconds),
        TEST(test_f11_retry_after_date),
        TEST(test_f12_ill_from_the_first_try),
        TEST(test_f12_breaker_spares_the_server),
        TEST(test_f12_operator_tries_now),
        TEST(test_cancelled_before_it_starts),
        TEST(test_cancelled_under_way),
        TEST(test_cancelled_while_it_waits),
        TEST(test_cancelled_write_goes_on),
        TEST(test_cancelled_from_inside),
        TEST(test_cancelled_on_restart),
        TEST(test_next_page_before_this_one_ends),
        TEST(test_max_rps_spaces_requests),
        TEST(test_the_request_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
