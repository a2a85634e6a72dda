/* outcome_test.c: what a reply or its absence is called, by operation: the status, the words, and
 * whether the write may have happened. No network: replies are made up. */
#include "api/client.h"

#include "base/vec.h"
#include "base/when.h"

#include <curl/curl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct clock_manual manual;
    struct loop *loop;
    struct api *api;
};

static int open_fixture(void **state)
{
    static struct fixture fx;
    static const struct api_settings settings = {.url = "https://gw.example.net", .org = "o"};
    fx.manual = (struct clock_manual){1000000, INT64_C(1760968927000)};
    fx.loop = loop_create(clock_from_manual(&fx.manual));
    fx.api = api_create(fx.loop, &settings, NULL, NULL);
    *state = &fx;
    if (!fx.api)
        return -1;
    return (int)api_set_token(fx.api, secret_create("t0ken-canary", 12), NULL);
}

static int close_fixture(void **state)
{
    struct fixture *fx = *state;
    api_destroy(fx->api);
    loop_destroy(fx->loop);
    return 0;
}

static struct api_call *call_of(struct fixture *fx, enum endpoint endpoint, const char *body)
{
    struct api_call *call =
        call_create(fx->api, endpoint, span_of(endpoint == ENDPOINT_CREATE ? "" : "a1"), NULL,
                    span_of(endpoint == ENDPOINT_READ ? "" : "{}"));
    str_add(&call->reply, body);
    return call;
}

static const char server_error[] =
    "{\"error\":\"X\",\"message\":\"the server's own words\",\"status_code\":500}";
static const char not_found[] = "{\"error\":\"RESOURCE_NOT_FOUND\",\"message\":\"gone for good\","
                                "\"status_code\":404}";
static const char account[] = "{\"provider_account_id\":\"a1\",\"name\":\"n\"}";

#define READ   ENDPOINT_READ
#define UPDATE ENDPOINT_UPDATE
#define CREATE ENDPOINT_CREATE
#define DELETE ENDPOINT_DELETE

static const struct {
    enum endpoint endpoint;
    int http, curl;
    bool began, left;
    const char *body, *location, *words; /* of the reply */
    enum status status;
    const char *says[2]; /* in the words */
} cases[] = {
    {READ, 200, 0, true, true, account, "", "", ST_OK, {"", ""}},
    {UPDATE, 204, 0, true, true, "", "", "", ST_OK, {"", ""}},
    {DELETE, 200, 0, true, true, "anything", "", "", ST_OK, {"", ""}},
    {CREATE, 201, 0, true, true, account, "", "", ST_OK, {"", ""}},
    {READ, 200, 0, true, true, "<html>", "", "", ST_UNREADABLE, {"unreadable reply (200)", ": "}},
    {READ,
     200,
     0,
     true,
     true,
     "",
     "",
     "",
     ST_UNREADABLE,
     {"could not read the account: ", "it is empty"}},
    {READ, 200, 0, true, true, "[1]", "", "", ST_UNREADABLE, {"it is JSON, but no account", ""}},
    {READ, 204, 0, true, true, "", "", "", ST_UNREADABLE, {"no such answer here", ""}},
    /* F07: gone is what the service says to be gone, not what a proxy has no way to. */
    {READ, 404, 0, true, true, not_found, "", "", ST_NOT_FOUND, {"(404): gone for good", ""}},
    {READ,
     410,
     0,
     true,
     true,
     "{\"detail\":\"It was deleted\"}",
     "",
     "",
     ST_NOT_FOUND,
     {"(410)", ""}},
    {READ,
     404,
     0,
     true,
     true,
     "<html><title>404</title>",
     "",
     "",
     ST_REJECTED,
     {"the path (404)", ""}},
    {READ, 404, 0, true, true, "no route", "", "", ST_REJECTED, {"the path (404): no route", ""}},
    {READ, 410, 0, true, true, "", "", "", ST_REJECTED, {"the path (410)", ""}},
    {READ, 404, 0, true, true, "{\"detail\":\"Not Found\"}", "", "", ST_REJECTED, {"(404)", ""}},
    {UPDATE, 404, 0, true, true, "<html>", "", "", ST_REJECTED, {"not applied", ""}},
    {DELETE, 404, 0, true, true, "<html>", "", "", ST_REJECTED, {"not applied", ""}},
    {DELETE, 404, 0, true, true, not_found, "", "", ST_NOT_FOUND, {"(404)", ""}},
    /* A write whose 2xx cannot be read may have happened. */
    {UPDATE, 200, 0, true, true, "<html>", "", "", ST_UNKNOWN, {"not known whether", "(200)"}},
    {CREATE,
     500,
     0,
     true,
     true,
     server_error,
     "",
     "",
     ST_UNKNOWN,
     {"it may have been applied", "(500): the server's own words"}},
    {UPDATE,
     403,
     0,
     true,
     true,
     server_error,
     "",
     "",
     ST_FORBIDDEN,
     {"could not change the account", "; not applied"}},
    {READ,
     302,
     0,
     true,
     true,
     "",
     "https://evil.example/x",
     "",
     ST_REJECTED,
     {"(302)", ": to \"https://evil.example/x\""}},
    {READ,
     302,
     0,
     true,
     true,
     "",
     "https://evil.example/?t0ken-canary",
     "",
     ST_REJECTED,
     {"(302)", ""}},
    {READ,
     0,
     CURLE_COULDNT_CONNECT,
     false,
     false,
     "",
     "",
     "libcurl says",
     ST_NETWORK,
     {"nothing answers there (gw.example.net)", ""}},
    {UPDATE,
     0,
     CURLE_COULDNT_CONNECT,
     false,
     false,
     "",
     "",
     "",
     ST_NETWORK,
     {"could not change", "not applied"}},
    {UPDATE,
     0,
     CURLE_OPERATION_TIMEDOUT,
     true,
     true,
     "",
     "",
     "",
     ST_UNKNOWN,
     {"sent, but not known", ""}},
    {READ,
     0,
     CURLE_OPERATION_TIMEDOUT,
     false,
     false,
     "",
     "",
     "",
     ST_NETWORK,
     {"no connection could be made in time (gw.example.net)", ""}},
    /* TLS failures say why, in libcurl's words. */
    {READ,
     0,
     CURLE_PEER_FAILED_VERIFICATION,
     false,
     false,
     "",
     "",
     "expired on Tuesday",
     ST_NETWORK,
     {": expired on Tuesday", ""}},
    {READ,
     0,
     CURLE_PEER_FAILED_VERIFICATION,
     false,
     false,
     "",
     "",
     "it was t0ken-canary",
     ST_NETWORK,
     {"(gw.example.net)", ""}},
    {READ,
     503,
     CURLE_PARTIAL_FILE,
     true,
     true,
     "<html>cut",
     "",
     "",
     ST_SERVER,
     {"(503)", "its explanation did not come whole"}},
    {READ,
     500,
     0,
     true,
     true,
     "{\"detail\":\"t0ken-canary was sent\"}",
     "",
     "",
     ST_SERVER,
     {"repeat the token and are left out", ""}},
    /* Also where only its decoded form is the token. */
    {READ,
     500,
     0,
     true,
     true,
     "{\"detail\":\"t0ken-\\u0063anary was sent\"}",
     "",
     "",
     ST_SERVER,
     {"repeat the token and are left out", ""}},
};

static void test_words(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct api_call *call = call_of(*state, cases[i].endpoint, cases[i].body);
        const struct transfer_reply reply = {.http = cases[i].http,
                                             .curl = cases[i].curl,
                                             .began = cases[i].began,
                                             .left = cases[i].left,
                                             .location = span_of(cases[i].location),
                                             .words = cases[i].words,
                                             .http_version = "1.1"};
        const struct retry_rule *rule = outcome_read(call, &reply);
        const char *what = call->result.error.what;
        if (call->result.status != cases[i].status || (cases[i].status == ST_OK) != !rule)
            fail_msg("case %zu: %s: %s", i, status_name(call->result.status), what);
        for (size_t k = 0; k < 2; k++)
            if (!strstr(what, cases[i].says[k]))
                fail_msg("case %zu: \"%s\" lacks \"%s\"", i, what, cases[i].says[k]);
        assert_null(strstr(what, "t0ken-canary"));
        assert_null(strstr(what, "typed")); /* whether somebody did is the caller's to know, */
        assert_null(strstr(call->result.error.next, "review")); /* and where to do it again */
        bool write = endpoint_info(cases[i].endpoint)->is_write;
        assert_int_equal(call->result.may_have_left, write && cases[i].left);
        if (write && cases[i].status == ST_UNKNOWN)
            assert_null(strstr(what, "not applied")); /* never said of what may be there */
        call_drop(call);
    }
}

/* Two replies of one connection: what stopped it, and who refused the way. */
static void test_stopped_by_us(void **state)
{
    struct api_call *call = call_of(*state, READ, "");
    struct transfer_reply reply = {.http = 200, .oversize = true, .words = "", .http_version = ""};
    outcome_read(call, &reply);
    assert_non_null(strstr(call->result.error.what, "it is too large (200)"));
    call_drop(call);
    call = call_of(*state, READ, "");
    reply = (struct transfer_reply){.curl = CURLE_RECV_ERROR,
                                    .proxy_http = 407,
                                    .words = "CONNECT refused",
                                    .http_version = ""};
    assert_non_null(outcome_read(call, &reply));
    assert_int_equal(call->result.status, ST_NETWORK);
    assert_non_null(strstr(call->result.error.what,
                           "the proxy refuses the way to the server (407) (gw.example.net)"));
    assert_non_null(strstr(call->result.error.what, "CONNECT refused"));
    call_drop(call);
}

static void test_head(void **state)
{
    struct fixture *fx = *state;
    struct api_call *call = call_of(fx, READ, server_error);
    struct str next = STR_INIT;
    struct transfer_reply reply = {.http = 429,
                                   .retry_after = span_of("7"),
                                   .request_id = span_of("req-1"),
                                   .date = span_of("Tue, 20 Oct 2026 14:02:07 GMT"),
                                   .words = "",
                                   .http_version = ""};
    outcome_read(call, &reply);
    assert_int_equal(call->result.retry_after_ms, 7000);
    assert_true(span_is(call->result.request_id, "req-1"));
    assert_true(call->result.date_ms == INT64_C(1792504927000));
    str_add(&next, "try again after "); /* a count of seconds would not stay true */
    when_clock(&next, fx->manual.wall_ms + 7000, fx->manual.wall_ms);
    assert_string_equal(call->result.error.next, str_text(&next));
    str_finish(&next);
    reply.http = 200; /* Retry-After says something of failures alone */
    reply.request_id = span_of("t0ken-canary");
    outcome_read(call, &reply);
    assert_int_equal(call->result.retry_after_ms, -1);
    assert_int_equal(call->result.request_id.len, 0);
    call_drop(call);
}

/* F11: a Retry-After that is a date is the server's, and so is the clock that it is held against:
 * the Date of the same reply, else what replies before it told of that clock. */
static void test_f11_a_date_is_by_the_servers_clock(void **state)
{
    struct fixture *fx = *state;
    struct api_call *call = call_of(fx, READ, server_error);
    struct transfer_reply reply = {.http = 503,
                                   .retry_after = span_of("Tue, 20 Oct 2026 14:02:37 GMT"),
                                   .date = span_of("Tue, 20 Oct 2026 14:02:07 GMT"),
                                   .words = "",
                                   .http_version = ""};
    static const int64_t ours[] = {0, -3600000, 3600000, INT64_C(-31536000000), 31000};
    for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
        fx->manual.wall_ms = INT64_C(1792504927000) + ours[i];
        outcome_read(call, &reply);
        assert_int_equal(call->result.retry_after_ms, 30000);
    }
    reply.retry_after = span_of("Tue, 20 Oct 2026 14:02:06 GMT");
    outcome_read(call, &reply);
    assert_int_equal(call->result.retry_after_ms, 0); /* it has passed, there */
    static const char *const none[] = {"", "yesterday"};
    reply.retry_after = span_of("Tue, 20 Oct 2026 14:02:37 GMT");
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        reply.date = span_of(none[i]);
        fx->manual.wall_ms = INT64_C(1792504927000) - 3600000;
        fx->api->server_time.ahead_ms = 0;
        outcome_read(call, &reply);
        assert_int_equal(call->result.retry_after_ms, 3630000); /* nothing better is known */
        server_time_heard(&fx->api->server_time, INT64_C(1792504927000), 0);
        fx->manual.wall_ms += 10000;
        outcome_read(call, &reply);
        assert_in_range((uint64_t)call->result.retry_after_ms, 20000, 21000);
    }
    reply.retry_after = span_of("7"); /* seconds need no clock */
    outcome_read(call, &reply);
    assert_int_equal(call->result.retry_after_ms, 7000);
    call_drop(call);
}

int main(void)
{
    struct error err;
    if (api_global_init(&err))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_stopped_by_us),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_f11_a_date_is_by_the_servers_clock),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
