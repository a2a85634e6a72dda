/* retry_test.c: what each status and failure decides, the jitter's bounds. */
#include "api/retry.h"

#include "base/vec.h"

#include <curl/curl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t fixed(void *ctx)
{
    return *(const uint64_t *)ctx;
}

struct row {
    const char *fault;
    int http;
    enum retry_action action;
    enum status read, write;
    bool failure;
};

static const struct row http_rows[] = {
    {"F03", 301, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F03", 308, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F04", 400, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F04", 405, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F04", 413, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F04", 431, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F04", 499, RETRY_STOP, ST_REJECTED, ST_REJECTED, false},
    {"F05", 401, RETRY_TOKEN, ST_AUTH, ST_AUTH, false},
    {"F06", 403, RETRY_STOP, ST_FORBIDDEN, ST_FORBIDDEN, false},
    {"F07", 404, RETRY_STOP, ST_NOT_FOUND, ST_NOT_FOUND, false},
    {"F07", 410, RETRY_STOP, ST_NOT_FOUND, ST_NOT_FOUND, false},
    {"F08", 408, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true},
    {"F09", 409, RETRY_STOP, ST_CONFLICT, ST_CONFLICT, false},
    {"F09", 412, RETRY_STOP, ST_CONFLICT, ST_CONFLICT, false},
    {"F10", 422, RETRY_STOP, ST_INVALID, ST_INVALID, false},
    {"F11", 429, RETRY_WAIT, ST_RATE, ST_RATE, false},
    {"F12", 500, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true},
    {"F12", 502, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true},
    {"F12", 503, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true},
    {"F12", 504, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true},
    {"F12", 599, RETRY_WAIT, ST_SERVER, ST_UNKNOWN, true},
    {"F02", 101, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false},
    {"F02", 999, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false},
};

static const struct row curl_rows[] = {
    {"F13", CURLE_COULDNT_RESOLVE_HOST, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
    {"F13", CURLE_COULDNT_CONNECT, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
    {"F13", CURLE_SSL_CONNECT_ERROR, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, true},
    {"F13", CURLE_PEER_FAILED_VERIFICATION, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, true},
    {"F13", CURLE_SSL_CACERT_BADFILE, RETRY_STOP, ST_NETWORK, ST_UNKNOWN, false},
    {"F14", CURLE_RECV_ERROR, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
    {"F14", CURLE_SEND_ERROR, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
    {"F14", CURLE_GOT_NOTHING, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
    {"F34", CURLE_OPERATION_TIMEDOUT, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
    {"F02", CURLE_PARTIAL_FILE, RETRY_WAIT, ST_UNREADABLE, ST_UNKNOWN, true},
    {"F02", CURLE_UNSUPPORTED_PROTOCOL, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false},
    {"F02", CURLE_BAD_CONTENT_ENCODING, RETRY_STOP, ST_UNREADABLE, ST_UNKNOWN, false},
    {"F14", CURLE_HTTP2_STREAM, RETRY_WAIT, ST_NETWORK, ST_UNKNOWN, true},
};

static void check_row(const struct row *row, const struct retry_rule *rule)
{
    if (rule->action != row->action || rule->read != row->read || rule->write != row->write ||
        rule->failure != row->failure)
        fail_msg("%s: %d is decided otherwise", row->fault, row->http);
    assert_true(rule->words[0] != '\0');
}

static void test_f02_to_f14_decision_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(http_rows); i++)
        check_row(&http_rows[i], retry_rule_http(http_rows[i].http));
    for (size_t i = 0; i < ARRAY_LEN(curl_rows); i++)
        check_row(&curl_rows[i], retry_rule_curl(curl_rows[i].http));
}

/* No status and no failure of any kind makes a write go twice. */
static void test_a_write_is_never_tried_again(void **state)
{
    (void)state;
    uint64_t n = 0;
    struct retry_random random = {fixed, &n};
    for (int code = 0; code < 1000; code++) {
        struct retry_ask ask = {.write = true, .tries = 1, .retry_after_ms = 1000};
        ask.rule = retry_rule_http(code);
        assert_int_equal(retry_decide(&ask, &random).action, RETRY_STOP);
        ask.rule = retry_rule_curl(code);
        assert_int_equal(retry_decide(&ask, &random).action, RETRY_STOP);
    }
}

static void test_a_read_has_four_tries(void **state)
{
    (void)state;
    uint64_t n = 0;
    struct retry_random random = {fixed, &n};
    struct retry_ask ask = {.rule = retry_rule_http(503), .retry_after_ms = -1};
    for (ask.tries = 1; ask.tries <= 3; ask.tries++)
        assert_int_equal(retry_decide(&ask, &random).action, RETRY_WAIT);
    assert_int_equal(ask.tries, 4);
    assert_int_equal(retry_decide(&ask, &random).action, RETRY_STOP);
}

static void test_f05_one_new_token(void **state)
{
    (void)state;
    uint64_t n = 0;
    struct retry_random random = {fixed, &n};
    struct retry_ask ask = {.rule = retry_rule_http(401), .tries = 1, .retry_after_ms = -1};
    assert_int_equal(retry_decide(&ask, &random).action, RETRY_TOKEN);
    ask.token_used = true;
    assert_int_equal(retry_decide(&ask, &random).action, RETRY_STOP);
}

static void test_f11_retry_after(void **state)
{
    (void)state;
    uint64_t n = 7;
    struct retry_random random = {fixed, &n};
    struct retry_ask ask = {.rule = retry_rule_http(429), .tries = 1, .retry_after_ms = 3000};
    struct retry_answer answer = retry_decide(&ask, &random);
    assert_int_equal(answer.action, RETRY_WAIT);
    assert_int_equal(answer.delay_ms, 3007); /* never sooner than the server says */
    ask.retry_after_ms = 120000;
    assert_int_equal(retry_decide(&ask, &random).action, RETRY_WAIT);
    ask.retry_after_ms = 120001;
    assert_int_equal(retry_decide(&ask, &random).action, RETRY_STOP);
}

static void test_full_jitter(void **state)
{
    (void)state;
    static const int64_t windows[] = {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
    for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
        uint64_t n = (uint64_t)windows[i];
        struct retry_random random = {fixed, &n};
        assert_int_equal(retry_jitter((int)i + 1, &random), windows[i]); /* the widest */
        n++;
        assert_int_equal(retry_jitter((int)i + 1, &random), 0); /* the least */
        n = UINT64_MAX;
        assert_in_range((uint64_t)retry_jitter((int)i + 1, &random), 0, (uint64_t)windows[i]);
    }
    assert_true(retry_jitter(INT_MAX, &(struct retry_random){fixed, &(uint64_t){0}}) == 0);
}

static void test_the_random_source_spreads(void **state)
{
    (void)state;
    uint64_t seed;
    struct retry_random random = retry_random_system(&seed);
    int low = 0;
    for (int i = 0; i < 1000; i++)
        low += retry_jitter(1, &random) < 250;
    assert_in_range((uint64_t)low, 350, 650);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f02_to_f14_decision_table),
        cmocka_unit_test(test_a_write_is_never_tried_again),
        cmocka_unit_test(test_a_read_has_four_tries),
        cmocka_unit_test(test_f05_one_new_token),
        cmocka_unit_test(test_f11_retry_after),
        cmocka_unit_test(test_full_jitter),
        cmocka_unit_test(test_the_random_source_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
