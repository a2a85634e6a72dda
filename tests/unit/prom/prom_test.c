/* prom_test.c: a history asked for over real HTTP: what is sent, to whom the token goes, and what
 * becomes of errors, slow servers, garbage and a call that is taken back. */
#include "prom/prom.h"

#include "api/api.h"
#include "base/mem.h"
#include "tests/support/fault_server.h"
#include "tests/support/tls_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN "canary-prometheus-3b"
#define PATH  "/prom/api/v1/query_range"
#define GOOD                                                                                       \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},"      \
    "\"values\":[[1700000000,\"5\"],[1700000060,\"9\"]]}]}}"

struct rig {
    struct loop *loop;
    struct fault_server *server;
    struct prom *prom;
    struct prom_call *call;
    unsigned told;
    size_t count;
    int64_t last;
    struct error error;
};

static void on_series(void *ctx, const struct prom_series *series, const struct error *err)
{
    struct rig *r = ctx;
    r->call = NULL;
    r->told++;
    r->error = *err;
    r->count = series->count;
    r->last = series->count ? series->points[series->count - 1].value : -1;
}

static void open_with(struct rig *r, const struct prom_settings *s)
{
    struct error err;
    prom_destroy(r->prom);
    r->prom = prom_create(r->loop, s, &err);
    if (!r->prom)
        fail_msg("%s", err.what);
    prom_set_token(r->prom, secret_create(TOKEN, strlen(TOKEN)));
}

static void open_prom(struct rig *r, const char *url, const char *ca, int64_t timeout_ms)
{
    const struct prom_settings s = {
        .url = url, .ca_file = ca, .connect_timeout_ms = 5000, .total_timeout_ms = timeout_ms};
    open_with(r, &s);
}

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    char url[100];
    assert_int_equal(api_global_init(NULL), ST_OK);
    r->loop = loop_create(clock_system());
    r->server = fault_server_create();
    assert_non_null(r->server);
    snprintf(url, sizeof url, "%s/prom/", fault_url(r->server));
    open_prom(r, url, NULL, 20000);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    prom_destroy(r->prom);
    fault_server_destroy(r->server);
    loop_destroy(r->loop);
    mem_free(r);
    return 0;
}

static void ask(struct rig *r, const char *id)
{
    r->call =
        prom_range(r->prom, "used", "id", span_of(id), 1699999990000, 1700000110500, on_series, r);
}

static void ask_and_wait(struct rig *r)
{
    unsigned told = r->told;
    ask(r, "pa_1");
    while (r->told == told)
        loop_step(r->loop, 1000);
    assert_int_equal(r->told, told + 1);
}

static void answer(struct rig *r, const struct fault_reply *reply)
{
    const struct fault_rule rule = {.prefix = PATH, .reply = *reply};
    fault_rules_clear(r->server);
    fault_rule_add(r->server, &rule);
}

static void refused(struct rig *r, enum status status, const char *words)
{
    ask_and_wait(r);
    if (r->error.status != status || !strstr(r->error.what, words) || r->count)
        fail_msg("%s, %zu values: %s", status_name(r->error.status), r->count, r->error.what);
    assert_null(strstr(r->error.what, TOKEN));
}

static void open_as(struct rig *r, const char *user, const char *tenant)
{
    char url[100];
    snprintf(url, sizeof url, "%s/prom/", fault_url(r->server));
    const struct prom_settings s = {.url = url,
                                    .user = user,
                                    .tenant = tenant,
                                    .connect_timeout_ms = 5000,
                                    .total_timeout_ms = 20000};
    open_with(r, &s);
}

/* RFC 7617; and a server that repeats what it was given is not repeated. */
static void test_user_and_tenant(void **state)
{
    static const char coded[] = "am9lOmNhbmFyeS1wcm9tZXRoZXVzLTNi"; /* joe:TOKEN */
    static const char echo[] = "{\"status\":\"error\",\"errorType\":\"x\",\"error\":\"Basic "
                               "am9lOmNhbmFyeS1wcm9tZXRoZXVzLTNi\"}";
    struct rig *r = *state;
    char text[200];
    open_as(r, "joe", "team-7|eu");
    answer(r, &(struct fault_reply){.body = GOOD});
    ask_and_wait(r);
    assert_int_equal(r->error.status, ST_OK);
    const struct fault_request *first = fault_request_at(r->server, 0);
    fault_request_header(first, "authorization", text, sizeof text);
    assert_memory_equal(text, "Basic ", 6);
    assert_string_equal(text + 6, coded);
    fault_request_header(first, "x-scope-orgid", text, sizeof text);
    assert_string_equal(text, "team-7|eu");
    answer(r, &(struct fault_reply){.status = 401, .body = echo});
    ask_and_wait(r);
    assert_int_equal(r->error.status, ST_AUTH);
    assert_null(strstr(r->error.what, coded));
    open_as(r, "", NULL);
    ask_and_wait(r);
    fault_request_header(fault_request_at(r->server, 2), "authorization", text, sizeof text);
    assert_string_equal(text, "Bearer " TOKEN);
    fault_request_header(fault_request_at(r->server, 2), "x-scope-orgid", text, sizeof text);
    assert_string_equal(text, "");
}

static void test_settings_are_checked(void **state)
{
    static const struct {
        const char *user, *tenant, *cert, *words;
    } rows[] = {{"a:b", "", "", "prometheus_user"},
                {"a\r\nX: y", "", "", "prometheus_user"},
                {"", "a\nb", "", "prometheus_tenant"},
                {"", "a b", "", "prometheus_tenant"},
                {"", "", "/nowhere.pem", "prometheus_client_cert"}};
    struct rig *r = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        const struct prom_settings s = {.url = fault_url(r->server),
                                        .user = rows[i].user,
                                        .tenant = rows[i].tenant,
                                        .client_cert = rows[i].cert,
                                        .connect_timeout_ms = 5000,
                                        .total_timeout_ms = 20000};
        assert_null(prom_create(r->loop, &s, &err));
        assert_int_equal(err.status, ST_CONFIG);
        assert_non_null(strstr(err.what, rows[i].words));
    }
}

static void test_good(void **state)
{
    struct rig *r = *state;
    char auth[100];
    answer(r, &(struct fault_reply){.body = GOOD});
    ask_and_wait(r);
    assert_int_equal(r->error.status, ST_OK);
    assert_int_equal(r->count, 2);
    assert_true(r->last == 9);
    const struct fault_request *q = fault_request_at(r->server, 0);
    assert_string_equal(q->method, "GET");
    /* 120.5 s in steps of 60: counted back from the end. */
    assert_string_equal(q->target, PATH "?query=used%7Bid%3D%22pa_1%22%7D&start=1699999990.500"
                                        "&end=1700000110.500&step=60");
    fault_request_header(q, "authorization", auth, sizeof auth);
    assert_string_equal(auth, "Bearer " TOKEN);
}

static void test_hostile_id(void **state)
{
    struct rig *r = *state;
    answer(r, &(struct fault_reply){.body = GOOD});
    ask(r, "a\"} or up{x=\"\\\n&end=0#");
    while (!r->told)
        loop_step(r->loop, 1000);
    const char *target = fault_request_at(r->server, 0)->target;
    assert_non_null(strstr(target, "?query=used%7Bid%3D%22a%5C%22%7D%20or%20up%7Bx%3D%5C%22%5C%5C"
                                   "%5Cx0a%26end%3D0%23%22%7D&start="));
}

static void test_errors(void **state)
{
    struct rig *r = *state;
    const char *said = "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"too slow\"}";
    answer(r, &(struct fault_reply){.status = 503, .body = said});
    refused(r, ST_SERVER, "answers with 503: timeout: too slow");
    answer(r, &(struct fault_reply){.status = 200, .body = said});
    refused(r, ST_REJECTED, "timeout: too slow");
    answer(r, &(struct fault_reply){.status = 401, .body = "who are you"});
    refused(r, ST_AUTH, "answers with 401");
    answer(r, &(struct fault_reply){.status = 403});
    refused(r, ST_FORBIDDEN, "answers with 403");
    answer(r, &(struct fault_reply){.status = 400, .body = GOOD});
    refused(r, ST_REJECTED, "answers with 400");
    answer(r, &(struct fault_reply){.status = 404,
                                    .body = "{\"status\":\"error\",\"error\":"
                                            "\"for " TOKEN "\"}"});
    refused(r, ST_REJECTED, "repeats the token");
}

static void test_garbage(void **state)
{
    struct rig *r = *state;
    answer(r, &(struct fault_reply){.body = "<html>sign in</html>"});
    refused(r, ST_UNREADABLE, "cannot be used: it is no JSON");
    answer(r, &(struct fault_reply){
                  .raw = true, .body = "220 ftp\r\n", .end = FAULT_FIN, .cut_after = FAULT_WHOLE});
    refused(r, ST_UNREADABLE, "does not speak HTTP");
    answer(r, &(struct fault_reply){.body = GOOD, .fill = PROM_BODY_MAX});
    refused(r, ST_UNREADABLE, "too large");
    answer(r, &(struct fault_reply){.gzip_mb = 64});
    refused(r, ST_UNREADABLE, "too large");
    answer(r, &(struct fault_reply){.body = GOOD, .end = FAULT_RST, .cut_after = 200});
    ask_and_wait(r);
    assert_int_not_equal(r->error.status, ST_OK);
    assert_int_equal(r->count, 0);
}

/* The token follows no redirect. */
static void test_redirect(void **state)
{
    struct rig *r = *state;
    struct fault_server *other = fault_server_create();
    char header[100];
    snprintf(header, sizeof header, "Location: %s/x\r\n", fault_url(other));
    answer(r, &(struct fault_reply){.status = 302, .headers = header});
    refused(r, ST_REJECTED, "answers with 302");
    assert_int_equal(fault_connections(other), 0);
    fault_server_destroy(other);
}

static void test_slow_and_nobody(void **state)
{
    struct rig *r = *state;
    char url[100];
    snprintf(url, sizeof url, "%s/prom", fault_url(r->server));
    open_prom(r, url, NULL, 300);
    answer(r, &(struct fault_reply){.never = true});
    refused(r, ST_NETWORK, "no answer came in time");
    snprintf(url, sizeof url, "http://127.0.0.1:%d", fault_port_nobody());
    open_prom(r, url, NULL, 20000);
    refused(r, ST_NETWORK, "nothing answers there");
}

static void test_cancel(void **state)
{
    struct rig *r = *state;
    answer(r, &(struct fault_reply){.never = true});
    ask(r, "a");
    ask(r, "b");
    while (fault_count(r->server, "GET", PATH) < 1)
        loop_step(r->loop, 10);
    prom_cancel(r->call);
    for (int i = 0; i < 5; i++)
        loop_step(r->loop, 10);
    assert_int_equal(r->told, 0); /* the other one is dropped by the teardown */
}

static void test_tls(void **state)
{
    struct rig *r = *state;
    struct tmpdir *dir = tmpdir_create();
    struct tls_server *server = tls_server_create(dir, TLS_GOOD);
    struct str ca = STR_INIT;
    char url[100];
    assert_non_null(server);
    snprintf(url, sizeof url, "https://localhost:%d", tls_port(server));
    open_prom(r, url, NULL, 20000);
    refused(r, ST_NETWORK, "certificate is not trusted");
    open_prom(r, url, tmpdir_path(dir, "tls-ca.pem", &ca), 20000);
    refused(r, ST_UNREADABLE, "cannot be used"); /* connected: its web page is no reply */
    tls_server_destroy(server);
    tmpdir_destroy(dir);
    str_finish(&ca);
}

/* A server that wants to know who asks by certificate. */
static void test_client_certificate(void **state)
{
    struct rig *r = *state;
    struct tmpdir *dir = tmpdir_create();
    struct tls_server *server = tls_server_create(dir, TLS_CLIENT);
    struct str ca = STR_INIT, cert = STR_INIT, key = STR_INIT;
    char url[100];
    assert_non_null(server);
    snprintf(url, sizeof url, "https://localhost:%d", tls_port(server));
    struct prom_settings s = {.url = url,
                              .ca_file = tmpdir_path(dir, "tls-ca.pem", &ca),
                              .connect_timeout_ms = 5000,
                              .total_timeout_ms = 20000};
    struct error err;
    open_prom(r, url, s.ca_file, 20000);
    ask_and_wait(r);
    assert_int_equal(r->error.status, ST_NETWORK);
    s.client_cert = tmpdir_path(dir, "tls-client.pem", &cert);
    s.client_key = tmpdir_path(dir, "tls-client.key", &key);
    prom_destroy(r->prom);
    r->prom = prom_create(r->loop, &s, &err);
    assert_non_null(r->prom);
    refused(r, ST_UNREADABLE, "cannot be used"); /* connected: its web page is no reply */
    tls_server_destroy(server);
    tmpdir_destroy(dir);
    str_finish(&ca);
    str_finish(&cert);
    str_finish(&key);
}

static void test_refused_settings(void **state)
{
    struct rig *r = *state;
    struct prom_settings s = {.connect_timeout_ms = 1000, .total_timeout_ms = 1000};
    static const char *const urls[] = {"http://prom.example.net", "https://u:p@prom.example.net",
                                       "ftp://prom.example.net", "nonsense at all"};
    struct error err;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        s.url = urls[i];
        assert_null(prom_create(r->loop, &s, &err));
        assert_int_equal(err.status, ST_CONFIG);
        assert_non_null(strstr(err.what, "prometheus_url"));
    }
    s.url = "https://prom.example.net";
    s.ca_file = "/no/such/file.pem";
    assert_null(prom_create(r->loop, &s, &err));
    assert_non_null(strstr(err.what, "prometheus_ca_file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(test_good),
        TEST(test_hostile_id),
        TEST(test_errors),
        TEST(test_garbage),
        TEST(test_redirect),
        TEST(test_slow_and_nobody),
        TEST(test_cancel),
        TEST(test_tls),
        TEST(test_refused_settings),
        TEST(test_user_and_tenant),
        TEST(test_settings_are_checked),
        TEST(test_client_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
