/* api_test.c: the connection that calls share: what it is made of and what it refuses, its end with
 * calls on their way, its figures, and a request as a command. */
#include "fake_wire.h"

static void assert_refused(const struct line *l, const struct api_settings *s, const char *words,
                           const char *next)
{
    struct error err;
    assert_null(api_create(l->loop, s, NULL, &err));
    assert_int_equal(err.status, ST_CONFIG);
    if (!strstr(err.what, words) || !strstr(err.next, next))
        fail_msg("\"%s\" \"%s\", wanted \"%s\"", err.what, err.next, words);
}

static void test_settings_that_are_refused(void **state)
{
    struct line *l = *state;
    struct api_settings s = {.url = "http://gw.example.net", .org = "o"};
    assert_refused(l, &s, "http", "");
    s.url = "https://gw.example.net";
    s.org = "";
    assert_refused(l, &s, "org", "set org in the profile, or PADDOCK_ORG");
    s.org = "..";
    assert_refused(l, &s, "org", "PADDOCK_ORG");
    s.org = "o";
    s.user_agent = "a\r\nX: y";
    assert_refused(l, &s, "user_agent holds a control character", "");
    s.user_agent = NULL;
    const char **const files[] = {&s.ca_file, &s.client_cert, &s.client_key, &s.proxy_ca_file};
    static const char *const names[] = {"ca_file", "client_cert", "client_key", "proxy_ca_file"};
    for (size_t i = 0; i < 4; i++) {
        char words[80];
        *files[i] = "/nowhere/x.pem";
        snprintf(words, sizeof words, "%s = \"/nowhere/x.pem\" cannot be read", names[i]);
        assert_refused(l, &s, words, "paddock config check");
        *files[i] = NULL;
    }
}

static void test_what_is_not_said_has_a_default(void **state)
{
    struct line *l = *state;
    assert_true(wire.options.connect_timeout_ms == 10000);
    assert_true(wire.options.total_timeout_ms == 60000);
    assert_true(wire.options.low_speed_seconds == 15);
    assert_memory_equal(wire.options.user_agent, "paddock/", 8);
    assert_string_equal(wire.options.scheme, "https");
    const struct api_settings s = {.url = "http://127.0.0.1:8080/x/",
                                   .org = "o",
                                   .connect_timeout_ms = 1,
                                   .total_timeout_ms = 2,
                                   .low_speed_seconds = 3,
                                   .user_agent = "mine"};
    api_destroy(l->api);
    line_open(l, &s);
    assert_true(wire.options.connect_timeout_ms == 1 && wire.options.total_timeout_ms == 2 &&
                wire.options.low_speed_seconds == 3);
    assert_string_equal(wire.options.scheme, "http");
    assert_string_equal(wire.options.user_agent, "mine");
    assert_string_equal(api_host(l->api), "127.0.0.1:8080");
    assert_string_equal(api_org(l->api), "o");
}

/* A line end in a token would be a header of its own. */
static void test_a_token_that_is_refused(void **state)
{
    struct line *l = *state;
    static const char *const tokens[] = {"a\nb", "a\r", "\x7f", "a\tb"};
    struct error err;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        assert_int_equal(api_set_token(l->api, secret_create(tokens[i], strlen(tokens[i])), &err),
                         ST_CONFIG);
        assert_null(strstr(err.what, tokens[i])); /* what is wrong with it, and not it */
    }
    assert_int_equal(api_set_token(l->api, secret_create("a\0b", 3), &err), ST_CONFIG);
    read_one(l);
    assert_string_equal(newest(l)->token, "token-1"); /* the last good one */
    assert_int_equal(api_set_token(l->api, NULL, &err), ST_OK);
    read_one(l);
    assert_null(newest(l)->token);
}

/* F25: a write that has left is told as unknown; whoever waits for a read hears nothing. */
static void test_the_end_with_calls_on_their_way(void **state)
{
    struct line *l = *state;
    read_one(l);
    update_one(l);
    api_delete(l->api, span_of("pa_2"), on_result, l);
    turn(l);
    newest(l)->began = false;                                /* not yet connected */
    api_create_account(l->api, span_of("{}"), on_result, l); /* had no turn */
    api_destroy(l->api);
    l->api = NULL;
    assert_int_equal(l->reports, 1);
    assert_int_equal(l->last.endpoint, ENDPOINT_UPDATE);
    assert_int_equal(l->last.status, ST_UNKNOWN);
    assert_true(l->last.may_have_left);
    assert_non_null(strstr(l->what, "stopped listening before the answer came"));
    api_destroy(NULL);
}

static void test_figures(void **state)
{
    struct line *l = *state;
    struct api_stats s;
    l->manual.mono_ms += 2000;
    read_one(l);
    api_stats(l->api, &s);
    assert_int_equal(s.in_flight, 1);
    assert_int_equal(s.requests, 1);
    assert_true(s.per_second > 0.49 && s.per_second < 0.51); /* of two seconds, not of ten */
    l->manual.mono_ms += 30;
    answer(l, 200, "{\"provider_account_id\":\"pa_1\"}");
    read_one(l);
    l->manual.mono_ms += 40000;
    answer(l, 404, "{}");
    api_cancel(read_one(l));
    api_stats(l->api, &s);
    assert_int_equal(s.in_flight, 0);
    assert_int_equal(s.requests, 3);
    assert_int_equal(s.errors, 1);
    assert_true(s.per_second > 0.09 && s.per_second < 0.11); /* the last ten seconds */
    const struct api_tally *t = api_tally(l->api, ENDPOINT_READ);
    assert_int_equal(t->replies[2], 1);
    assert_int_equal(t->replies[4], 1);
    assert_int_equal(t->replies[0], 0); /* the cancelled one is not counted */
    assert_int_equal(t->errors, 1);
    assert_int_equal(t->took[3], 1); /* 30 ms: up to 50 ms */
    assert_int_equal(t->took[API_TOOK_BOUNDS], 1);
    assert_true(t->seconds > 40.02 && t->seconds < 40.04);
    for (int i = 1; i < API_TOOK_BOUNDS; i++)
        assert_true(api_took_bounds()[i] > api_took_bounds()[i - 1]);
    assert_string_equal(api_operation(ENDPOINT_READ), "read");
}

static void test_the_request_log(void **state)
{
    struct line *l = *state;
    read_one(l);
    assert_int_equal(reqlog_at(api_reqlog(l->api), 0)->duration_ms, -1); /* it runs */
    l->manual.mono_ms += 12;
    answer_with(l, newest(l),
                (struct transfer_reply){
                    .http = 404, .bytes_in = 5, .bytes_out = 6, .request_id = span_of("req-1")},
                "{}");
    const struct reqlog_entry *e = reqlog_at(api_reqlog(l->api), 0);
    assert_string_equal(e->path, &"/p/v1/orgs/org%201/provider-accounts/pa_1"[2]);
    assert_int_equal(e->http, 404);
    assert_int_equal(e->duration_ms, 12);
    assert_int_equal(e->bytes_in, 5);
    assert_string_equal(e->request_id, "req-1");
    assert_true(e->note[0] != 0);
    api_cancel(read_one(l));
    assert_string_equal(reqlog_at(api_reqlog(l->api), 0)->note, "cancelled");
}

static void test_as_a_command(void **state)
{
    struct line *l = *state;
    struct str out = STR_INIT;
    struct error err;
    api_curl_command(l->api, ENDPOINT_UPDATE, span_of("p'a"), span_of("{\"name\":\"it's\"}"), &out);
    assert_string_equal(str_text(&out),
                        "curl -X PATCH 'https://gw.example.net/p/v1/orgs/org%201/provider-accounts/"
                        "p%27a' -H \"Authorization: Bearer $PADDOCK_TOKEN\" -H 'Content-Type: "
                        "application/json' -d '{\"name\":\"it'\\''s\"}'");
    assert_null(strstr(str_text(&out), "token-1"));
    str_clear(&out);
    api_set_token(l->api, NULL, &err);
    api_curl_command(l->api, ENDPOINT_LIST, span_of("ignored"), span_of("ignored"), &out);
    assert_string_equal(str_text(&out), "curl -X GET 'https://gw.example.net/p/v1/orgs/org%201/"
                                        "provider-accounts'");
    str_finish(&out);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, line_set_up, line_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_settings_that_are_refused),
        T(test_what_is_not_said_has_a_default),
        T(test_a_token_that_is_refused),
        T(test_the_end_with_calls_on_their_way),
        T(test_figures),
        T(test_the_request_log),
        T(test_as_a_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
