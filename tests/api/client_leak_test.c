/* client_leak_test.c: where the token must not go: to whoever a redirect names, to proxies of the
 * environment, through a proxy in clear, beside what .netrc says; and not into words or logs, even
 * when the server repeats it. */
#include "tests/support/api_rig.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "tests/support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNT "{\"provider_account_id\":\"a1\",\"name\":\"n\"}"

static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};
static const char *const proxy_names[] = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                          "HTTPS_PROXY", "all_proxy",  "ALL_PROXY"};

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

/* F03: the target is named and not asked. */
static void test_f03_redirect_sees_no_second_connection(void **state)
{
    struct api_rig *rig = *state;
    struct fault_server *spy = fault_server_create();
    static const int statuses[] = {301, 302, 303, 307, 308};
    char header[200], target[120];
    snprintf(target, sizeof target, "%s/else", fault_url(spy));
    snprintf(header, sizeof header, "Location: %s\r\n", target);
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct fault_rule rule = {.reply = {.status = statuses[i], .headers = header}};
        fault_rules_clear(rig->server);
        fault_rule_add(rig->server, &rule);
        for (size_t k = 0; k < ARRAY_LEN(methods); k++) {
            rig_call(rig, methods[k]);
            assert_int_equal(rig->result.status, ST_REJECTED);
            assert_non_null(strstr(rig->result.error.what, target));
        }
    }
    assert_int_equal(fault_connections(spy), 0);
    assert_int_equal(fault_count(rig->server, NULL, NULL), 20);
    fault_server_destroy(spy);
}

/* Finding 2: libcurl by itself would send all of this through the proxy. */
static void test_proxies_of_the_environment_see_nothing(void **state)
{
    struct api_rig *rig = *state;
    struct fault_server *spy = fault_server_create();
    for (size_t i = 0; i < ARRAY_LEN(proxy_names); i++)
        setenv(proxy_names[i], fault_url(spy), 1);
    struct api_settings named = {.proxy = fault_url(spy)};
    fault_json(rig->server, NULL, NULL, 0, 200, ACCOUNT);
    for (size_t i = 0; i < 2; i++) {
        rig_again(rig, i ? &named : NULL);
        for (size_t k = 0; k < ARRAY_LEN(methods); k++) {
            rig_call(rig, methods[k]);
            assert_int_equal(rig->result.status, ST_OK);
        }
    }
    assert_int_equal(fault_connections(spy), 0);
    struct api_settings beyond = {.url = "http://no-such-name.invalid", .allow_http = true};
    rig_again(rig, &beyond);
    rig_call(rig, "PATCH");
    assert_int_equal(rig->result.status, ST_NETWORK);
    assert_int_equal(fault_connections(spy), 0);
    for (size_t i = 0; i < ARRAY_LEN(proxy_names); i++)
        unsetenv(proxy_names[i]);
    fault_server_destroy(spy);
}

static void check_connect_only(struct api_rig *rig, struct fault_server *proxy)
{
    assert_true(fault_count(proxy, "CONNECT", "no-such-name.invalid:443") > 0);
    assert_int_equal(fault_count(proxy, "!CONNECT", NULL), 0);
    assert_false(fault_saw(proxy, RIG_TOKEN));
    assert_false(fault_saw(proxy, "uthorization: Bearer"));
    (void)rig;
}

/* https goes through a proxy as a tunnel: it learns the server's name and nothing else. */
static void test_f13_proxy_learns_the_name_only(void **state)
{
    struct api_rig *rig = *state;
    static const int refusals[] = {403, 407, 502};
    for (size_t from_env = 0; from_env < 2; from_env++)
        for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
            struct fault_server *proxy = fault_server_create();
            struct fault_rule rule = {.reply = {.status = refusals[i], .body = "no"}};
            fault_rule_add(proxy, &rule);
            struct api_settings s = {.url = "https://no-such-name.invalid",
                                     .proxy = from_env ? NULL : fault_url(proxy)};
            if (from_env)
                setenv("HTTPS_PROXY", fault_url(proxy), 1);
            rig_again(rig, &s);
            rig_call(rig, "PATCH");
            assert_int_equal(rig->result.status, ST_NETWORK);
            assert_false(rig->result.may_have_left);
            char number[8];
            snprintf(number, sizeof number, "(%d)", refusals[i]);
            assert_non_null(strstr(rig->result.error.what, "the proxy refuses"));
            assert_non_null(strstr(rig->result.error.what, number));
            rig_call(rig, "GET");
            assert_int_equal(rig->result.status, ST_NETWORK);
            check_connect_only(rig, proxy);
            unsetenv("HTTPS_PROXY");
            fault_server_destroy(proxy);
        }
}

static void test_no_proxy_is_honoured(void **state)
{
    struct api_rig *rig = *state;
    struct fault_server *spy = fault_server_create();
    setenv("HTTPS_PROXY", fault_url(spy), 1);
    setenv("NO_PROXY", "example.org,.invalid", 1);
    struct api_settings s = {.url = "https://no-such-name.invalid"};
    rig_again(rig, &s);
    rig_call(rig, "GET");
    assert_int_equal(rig->result.status, ST_NETWORK);
    assert_int_equal(fault_connections(spy), 0);
    unsetenv("HTTPS_PROXY");
    unsetenv("NO_PROXY");
    fault_server_destroy(spy);
}

/* A password for this host in .netrc is nobody's business. */
static void test_netrc_is_not_read(void **state)
{
    struct api_rig *rig = *state;
    struct tmpdir *d = tmpdir_create();
    struct str home = STR_INIT;
    char *before = getenv("HOME") ? mem_strdup(getenv("HOME")) : NULL;
    assert_true(
        tmpdir_write(d, ".netrc", "machine 127.0.0.1 login op password netrc-pass\n", 0600));
    setenv("HOME", tmpdir_path(d, "", &home), 1);
    fault_json(rig->server, NULL, NULL, 0, 200, ACCOUNT);
    assert_int_equal(api_set_token(rig->api, NULL, NULL), ST_OK);
    for (size_t k = 0; k < ARRAY_LEN(methods); k++)
        rig_call(rig, methods[k]);
    assert_false(fault_saw(rig->server, "uthorization:"));
    if (before)
        setenv("HOME", before, 1);
    mem_free(before);
    str_finish(&home);
    tmpdir_destroy(d);
}

/* ---- the canary ------------------------------------------------------------------------------ */

static void check_nowhere(struct api_rig *rig, const char *what)
{
    const struct rig_result *r = &rig->result;
    if (strstr(r->error.what, RIG_TOKEN) || strstr(r->error.next, RIG_TOKEN) ||
        strstr(r->error.what, "canary") || strstr(str_text(&r->first_msg), RIG_TOKEN) ||
        strstr(str_text(&r->permission), RIG_TOKEN) ||
        strstr(str_text(&r->request_id), RIG_TOKEN) || rig_log_has(rig, "canary"))
        fail_msg("%s: the token is in: %s", what, r->error.what);
}

/* A server, or a debug page before it, that repeats the Authorization header in every way. */
static void test_token_is_in_no_words(void **state)
{
    struct api_rig *rig = *state;
    struct tmpdir *d = tmpdir_create();
    struct str path = STR_INIT, far = STR_INIT;
    struct log *log;
    struct clock clock = clock_system();
    assert_int_equal(log_open(&log, tmpdir_path(d, "debug.log", &path), clock, NULL), ST_OK);
    /* Where a cut of long words would leave the first half of it. */
    str_add(&far, "{\"detail\":\"");
    str_fill(&far, 'x', 225);
    str_add(&far, " " RIG_TOKEN "\"}");
    const struct fault_reply replies[] = {
        {.status = 400, .body = "{\"detail\":\"bad Bearer " RIG_TOKEN "\"}"},
        {.status = 400, .body = str_text(&far)},
        {.status = 400, .body = "{\"detail\":\"bad \\u0063anary-token-7d1f\"}"},
        {.status = 401, .body = "{\"error\":\"X\",\"message\":\"" RIG_TOKEN "\"}"},
        {.status = 403,
         .body =
             "{\"error\":\"F\",\"message\":\"m\",\"details\":{\"required_permission\":\"" RIG_TOKEN
             "\"}}"},
        {.status = 422, .body = "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"" RIG_TOKEN "\"}]}"},
        {.status = 422,
         .body = "{\"detail\":[{\"loc\":[\"\\u0063anary-token-7d1f\"],\"msg\":\"m\"}]}"},
        {.status = 500, .body = "<html><title>" RIG_TOKEN "</title></html>"},
        {.status = 502, .body = "trace: authorization: Bearer " RIG_TOKEN},
        {.status = 302, .headers = "Location: https://x.example/?t=" RIG_TOKEN "\r\n"},
        {.status = 404, .headers = "X-Request-Id: " RIG_TOKEN "\r\n", .body = "{}"},
        {.status = 200, .body = "<html><title>" RIG_TOKEN "</title></html>"},
    };
    api_destroy(rig->api);
    rig->api = NULL;
    struct fault_server *server = rig->server;
    struct api_settings s = {.url = fault_url(server), .max_rps = 0};
    struct api_rig logged;
    rig_open(&logged, &s, log);
    for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
        struct fault_rule rule = {.reply = replies[i]};
        fault_rules_clear(server);
        fault_rule_add(server, &rule);
        for (size_t k = 0; k < 2; k++) {
            rig_call(&logged, k ? "PATCH" : "GET");
            assert_int_not_equal(logged.result.status, ST_OK);
            check_nowhere(&logged, replies[i].body ? replies[i].body : replies[i].headers);
        }
        api_try_now(logged.api);
    }
    rig_close(&logged);
    log_close(log);
    assert_int_equal(tmpdir_find_bytes(d, "canary"), 0);
    assert_true(tmpdir_find_bytes(d, "PATCH " RIG_READ) > 0); /* it did write something */
    assert_true(fault_saw(server, RIG_TOKEN));
    str_finish(&path);
    str_finish(&far);
    tmpdir_destroy(d);
}

static void test_curl_command(void **state)
{
    struct api_rig *rig = *state;
    struct str out = STR_INIT, want = STR_INIT;
    api_curl_command(rig->api, ENDPOINT_UPDATE, span_of("a'1"), span_of("{\"name\":\"it's\"}"),
                     &out);
    str_printf(&want,
               "curl -X PATCH '%s" RIG_LIST "/a%%271' -H \"Authorization: Bearer $PADDOCK_TOKEN\" "
               "-H 'Content-Type: application/json' -d '{\"name\":\"it'\\''s\"}'",
               fault_url(rig->server));
    assert_string_equal(str_text(&out), str_text(&want));
    str_clear(&out);
    api_curl_command(rig->api, ENDPOINT_LIST, span_of("ignored"), span_of(""), &out);
    assert_null(strstr(str_text(&out), "ignored"));
    assert_null(strstr(str_text(&out), "canary"));
    str_finish(&out);
    str_finish(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
        TEST(test_f03_redirect_sees_no_second_connection),
        TEST(test_proxies_of_the_environment_see_nothing),
        TEST(test_f13_proxy_learns_the_name_only),
        TEST(test_no_proxy_is_honoured),
        TEST(test_netrc_is_not_read),
        TEST(test_token_is_in_no_words),
        TEST(test_curl_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
