/* client_once_test.c: a write goes once, whatever happens to it, and its result says truly whether
 * it may have reached the server (F08, F12-F15; RELIABILITY, finding 1). The server counts. */
#include "tests/support/api_rig.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNT "{\"provider_account_id\":\"a1\",\"name\":\"n\"}"

static const char *const writes[] = {"POST", "PATCH", "DELETE"};

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

static void serve_writes(struct api_rig *rig, const struct fault_reply *reply)
{
    struct fault_rule rule = {.method = "!GET", .reply = *reply};
    fault_rules_clear(rig->server);
    fault_json(rig->server, "GET", NULL, 0, 200, ACCOUNT);
    fault_rule_add(rig->server, &rule);
}

/* Finding 1: a read leaves an open connection behind; the server resets what comes second on it. A
 * write on that connection would be sent again by libcurl, unseen. */
static void test_f14_reused_connection_is_reset(void **state)
{
    struct api_rig *rig = *state;
    static const enum fault_end ends[] = {FAULT_FIN, FAULT_RST};
    for (size_t i = 0; i < ARRAY_LEN(writes) * ARRAY_LEN(ends); i++) {
        struct fault_rule rule = {
            .method = "!GET", .reused = true, .reply = {.end = ends[i % 2], .cut_after = 0}};
        fault_rules_clear(rig->server);
        fault_json(rig->server, "GET", NULL, 0, 200, ACCOUNT);
        fault_rule_add(rig->server, &rule);
        fault_json(rig->server, "!GET", NULL, 0, 200, ACCOUNT);
        rig_call(rig, "GET");
        size_t before = fault_count(rig->server, "!GET", NULL);
        rig_call(rig, writes[i / 2]);
        assert_int_equal(fault_count(rig->server, "!GET", NULL) - before, 1);
        assert_int_equal(rig->result.status, ST_OK); /* it did not meet the old connection */
        size_t all = fault_count(rig->server, NULL, NULL);
        assert_int_equal(fault_request_at(rig->server, all - 1)->turn, 1);
    }
}

/* Every write has a connection of its own; reads share one. */
static void test_connections(void **state)
{
    struct api_rig *rig = *state;
    serve_writes(rig, &(struct fault_reply){.body = ACCOUNT});
    for (int i = 0; i < 3; i++)
        rig_call(rig, "GET");
    assert_int_equal(fault_connections(rig->server), 1);
    for (int i = 0; i < 3; i++)
        rig_call(rig, "PATCH");
    assert_int_equal(fault_connections(rig->server), 4);
    rig_call(rig, "GET"); /* the reads' connection was kept all the while */
    assert_int_equal(fault_connections(rig->server), 4);
}

/* F14: read whole, then cut anywhere in the reply. Nothing but a whole reply is called done. */
static void test_f14_cut_after_the_commit(void **state)
{
    struct api_rig *rig = *state;
    for (size_t i = 0; i < ARRAY_LEN(writes); i++) {
        unsigned known = 0;
        for (size_t cut = 0; cut < 150; cut += 7) {
            serve_writes(rig, &(struct fault_reply){.body = ACCOUNT,
                                                    .end = cut % 2 ? FAULT_RST : FAULT_FIN,
                                                    .cut_after = cut});
            size_t before = fault_count(rig->server, "!GET", NULL);
            rig_again(rig, NULL);
            rig_call(rig, writes[i]);
            assert_int_equal(fault_count(rig->server, "!GET", NULL) - before, 1);
            if (rig->result.status == ST_OK) {
                known++;
                continue;
            }
            if (rig->result.status != ST_UNKNOWN || !rig->result.may_have_left)
                fail_msg("%s cut after %zu: %s", writes[i], cut, rig->result.error.what);
            assert_non_null(strstr(rig->result.error.what, "not known whether"));
            assert_non_null(strstr(rig->result.error.what, "it may have been applied"));
            assert_null(strstr(rig->result.error.what, "could not"));
        }
        /* The whole reply is some 130 bytes; most cuts are within it. */
        assert_in_range(known, 0, 8);
    }
}

/* F08, F12: a status that does not say whether the write was done. */
static void test_f08_f12_unknown(void **state)
{
    struct api_rig *rig = *state;
    static const int statuses[] = {408, 500, 502, 503, 504};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        for (size_t k = 0; k < ARRAY_LEN(writes); k++) {
            serve_writes(
                rig, &(struct fault_reply){.status = statuses[i], .headers = "Retry-After: 0\r\n"});
            size_t before = fault_count(rig->server, "!GET", NULL);
            rig_call(rig, writes[k]);
            assert_int_equal(rig->result.status, ST_UNKNOWN);
            assert_string_equal(rig->result.error.next, "it is looked at again");
            assert_int_equal(fault_count(rig->server, "!GET", NULL) - before, 1);
        }
}

/* F14, F34: the server took it and says nothing, or not enough. */
static void test_f14_f34_no_answer_in_time(void **state)
{
    struct api_rig *rig = *state;
    struct api_settings total = {.total_timeout_ms = 200}, slow = {.low_speed_seconds = 1};
    serve_writes(rig, &(struct fault_reply){.never = true});
    rig_again(rig, &total);
    rig_call(rig, "PATCH");
    assert_int_equal(rig->result.status, ST_UNKNOWN);
    assert_non_null(strstr(rig->result.error.what, "no answer came in time"));
    rig_again(rig, &slow);
    rig_call(rig, "DELETE");
    assert_int_equal(rig->result.status, ST_UNKNOWN);
    serve_writes(rig, &(struct fault_reply){.body = ACCOUNT, .drip_ms = 20});
    rig_again(rig, &total);
    rig_call(rig, "POST");
    assert_int_equal(rig->result.status, ST_UNKNOWN);
    assert_int_equal(fault_count(rig->server, "!GET", NULL), 3);
}

/* F13: never sent, and provably so. */
static void test_f13_never_sent(void **state)
{
    struct api_rig *rig = *state;
    char refused[64];
    snprintf(refused, sizeof refused, "http://127.0.0.1:%d", fault_port_nobody());
    const char *const urls[] = {refused, "https://no-such-name.invalid"};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        for (size_t k = 0; k < ARRAY_LEN(writes); k++) {
            struct api_settings s = {.url = urls[i], .connect_timeout_ms = 3000};
            rig_again(rig, &s);
            rig_call(rig, writes[k]);
            assert_int_equal(rig->result.status, ST_NETWORK);
            assert_false(rig->result.may_have_left);
            assert_int_equal(rig->result.tries, 1);
            assert_non_null(strstr(rig->result.error.what, "not applied"));
            assert_non_null(strstr(rig->result.error.next, "paddock doctor"));
        }
    struct api_settings s = {.url = refused};
    rig_again(rig, &s);
    rig_call(rig, "GET");
    assert_int_equal(rig->result.status, ST_NETWORK);
    assert_int_equal(rig->result.tries, 4);
}

/* A body that the server does not take whole is no request: it provably did not leave whole. */
static void test_f14_body_not_taken(void **state)
{
    struct api_rig *rig = *state;
    struct str body = STR_INIT;
    str_add(&body, "{\"name\":\"");
    str_fill(&body, 'x', 30 * 1024 * 1024);
    str_add(&body, "\"}");
    serve_writes(rig, &(struct fault_reply){.early = true, .end = FAULT_RST, .cut_after = 0});
    rig_update(rig, "a1", str_text(&body));
    assert_int_equal(rig->result.status, ST_NETWORK);
    assert_false(rig->result.may_have_left);
    assert_non_null(strstr(rig->result.error.what, "not applied"));
    str_finish(&body);
}

/* A connection that is reset as soon as it stands: a second one would be served, and counted. */
static void test_f14_reset_at_accept(void **state)
{
    struct api_rig *rig = *state;
    for (int i = 0; i < 10; i++) {
        fault_drop(rig->server, 1);
        rig_call(rig, "PATCH");
        assert_true(rig->result.status == ST_UNKNOWN || rig->result.status == ST_NETWORK);
        assert_true(rig->result.may_have_left == (rig->result.status == ST_UNKNOWN));
        assert_int_equal(fault_count(rig->server, NULL, NULL), 0);
    }
}

static void test_readonly_sends_nothing(void **state)
{
    struct api_rig *rig = *state;
    struct api_settings s = {.readonly = true};
    rig_again(rig, &s);
    for (size_t i = 0; i < ARRAY_LEN(writes); i++) {
        rig_call(rig, writes[i]);
        assert_int_equal(rig->result.status, ST_FORBIDDEN);
        assert_false(rig->result.may_have_left);
        assert_non_null(strstr(rig->result.error.what, "read-only"));
    }
    assert_int_equal(fault_connections(rig->server), 0);
    api_set_readonly(rig->api, false);
    rig_call(rig, "PATCH");
    assert_int_equal(rig->result.status, ST_NOT_FOUND);
}

static void test_ids_that_are_no_segment_send_nothing(void **state)
{
    struct api_rig *rig = *state;
    static const char *const ids[] = {"", ".", "..", "a\nb"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        rig_delete(rig, ids[i]);
        assert_int_equal(rig->result.status, ST_USAGE);
        assert_false(rig->result.may_have_left);
        rig_read(rig, ids[i]);
        assert_int_equal(rig->result.status, ST_USAGE);
    }
    assert_int_equal(fault_connections(rig->server), 0);
}

/* Destroyed while a write is on its way: told before, as what it is. */
static void test_f15_destroyed_under_way(void **state)
{
    struct api_rig *rig = *state;
    struct rig_result write = {0}, read = {0};
    struct fault_rule rule = {.reply = {.never = true}};
    fault_rule_add(rig->server, &rule);
    api_update(rig->api, span_of("a1"), span_of("{}"), rig_told, &write);
    api_read(rig->api, span_of("a1"), rig_told, &read);
    while (fault_count(rig->server, NULL, NULL) < 2)
        loop_step(rig->loop, 5);
    rig_again(rig, NULL);
    assert_int_equal(write.told, 1);
    assert_int_equal(write.status, ST_UNKNOWN);
    assert_true(write.may_have_left);
    assert_int_equal(read.told, 0);
    rig_turns(rig);
    rig_result_finish(&write);
    rig_result_finish(&read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
        TEST(test_f14_reused_connection_is_reset),
        TEST(test_connections),
        TEST(test_f14_cut_after_the_commit),
        TEST(test_f08_f12_unknown),
        TEST(test_f14_f34_no_answer_in_time),
        TEST(test_f13_never_sent),
        TEST(test_f14_body_not_taken),
        TEST(test_f14_reset_at_accept),
        TEST(test_readonly_sends_nothing),
        TEST(test_ids_that_are_no_segment_send_nothing),
        TEST(test_f15_destroyed_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
