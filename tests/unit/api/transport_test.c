/* transport_test.c: one exchange over a real socket: what stands in a request, that a write has a
 * connection of its own, what is kept of a reply, and what is stopped; a redirect and a cut are
 * told, and nothing is sent again. It covers transport.c and transport_options.c. */
#include "api/transport.h"

#include "api/api.h"
#include "tests/support/fault_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    struct loop *loop;
    struct fault_server *server;
    struct transport *transport;
    struct secret *token;
    struct str body;
    unsigned told;
    struct transfer_reply reply; /* its texts are gone */
    char location[120], request_id[40];
    size_t stop_at; /* bytes after which the body says stop; 0: never */
    int keys[2];    /* a pipe that goes before all else on the loop; -1: none */
    size_t pressed; /* times, and bytes of the body that were told since without a look at it */
    size_t since, since_first;
};

static int set_up(void **state)
{
    static struct rig r;
    struct error err;
    memset(&r, 0, sizeof r);
    const struct transport_options options = {.scheme = "http",
                                              .connect_timeout_ms = 5000,
                                              .total_timeout_ms = 20000,
                                              .low_speed_seconds = 15,
                                              .user_agent = "paddock/test"};
    *state = &r;
    if (api_global_init(&err) != ST_OK)
        return -1;
    r.keys[0] = r.keys[1] = -1;
    r.loop = loop_create(clock_system());
    r.server = fault_server_create();
    r.transport = transport_create(r.loop, &options, &err);
    r.token = secret_create("canary-9", 8);
    return r.server && r.transport ? 0 : -1;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    transport_destroy(r->transport);
    fault_server_destroy(r->server);
    loop_destroy(r->loop);
    secret_destroy(r->token);
    str_finish(&r->body);
    return 0;
}

/* Somebody types while these bytes come in. */
static void press(struct rig *r, size_t len)
{
    if (!r->since && write(r->keys[1], "j", 1) != 1)
        abort();
    r->since += len;
}

static void on_key(void *ctx, int fd, unsigned events)
{
    struct rig *r = ctx;
    char key;
    (void)events;
    assert_int_equal(read(fd, &key, 1), 1);
    if (r->pressed++ == 0)
        r->since_first = r->since;
    r->since = 0;
}

static enum transfer_body on_body(void *ctx, int http, const char *bytes, size_t len)
{
    struct rig *r = ctx;
    (void)http;
    str_append(&r->body, bytes, len);
    if (r->keys[1] >= 0)
        press(r, len);
    return r->stop_at && r->body.len >= r->stop_at ? BODY_STOP : BODY_MORE;
}

static void on_done(void *ctx, const struct transfer_reply *reply)
{
    struct rig *r = ctx;
    r->told++;
    r->reply = *reply;
    snprintf(r->location, sizeof r->location, "%.*s", (int)reply->location.len,
             reply->location.len ? reply->location.p : "");
    snprintf(r->request_id, sizeof r->request_id, "%.*s", (int)reply->request_id.len,
             reply->request_id.len ? reply->request_id.p : "");
}

static struct transfer *begin(struct rig *r, const char *method, const char *path, const char *body)
{
    static const struct transfer_events events = {on_body, on_done};
    char url[200];
    snprintf(url, sizeof url, "%s%s", fault_url(r->server), path);
    const struct transfer_request request = {.method = method,
                                             .url = url,
                                             .body = span_of(body),
                                             .write = strcmp(method, "GET") != 0,
                                             .token = r->token};
    str_clear(&r->body);
    return transfer_start(r->transport, &request, &events, r);
}

static void exchange(struct rig *r, const char *method, const char *path, const char *body)
{
    unsigned told = r->told;
    begin(r, method, path, body);
    assert_int_equal(r->told, told); /* in a turn of its own */
    while (r->told == told)
        loop_step(r->loop, -1);
    assert_int_equal(r->told, told + 1);
}

static void assert_header(struct rig *r, size_t i, const char *name, const char *want)
{
    char got[200];
    fault_request_header(fault_request_at(r->server, i), name, got, sizeof got);
    assert_string_equal(got, want);
}

static void test_what_stands_in_a_request(void **state)
{
    struct rig *r = *state;
    const struct fault_rule rule = {
        .reply = {.headers = "X-Request-Id: req-7\r\nRetry-After: 3\r\n", .body = "{\"a\":1}"}};
    fault_rule_add(r->server, &rule);
    exchange(r, "GET", "/x?y=1", "");
    assert_int_equal(r->reply.curl, 0);
    assert_int_equal(r->reply.http, 200);
    assert_true(r->reply.began && r->reply.left);
    assert_string_equal(str_text(&r->body), "{\"a\":1}");
    assert_string_equal(r->request_id, "req-7");
    assert_string_equal(r->reply.http_version, "1.1");
    assert_header(r, 0, "Authorization", "Bearer canary-9");
    assert_header(r, 0, "User-Agent", "paddock/test");
    assert_header(r, 0, "Content-Type", "");
    exchange(r, "PATCH", "/x", "{\"b\":2}");
    assert_string_equal(fault_request_at(r->server, 1)->body, "{\"b\":2}");
    assert_string_equal(fault_request_at(r->server, 1)->method, "PATCH");
    assert_header(r, 1, "Content-Type", "application/json");
    assert_header(r, 1, "Expect", "");
    secret_destroy(r->token);
    r->token = NULL;
    exchange(r, "GET", "/x", "");
    assert_header(r, 2, "Authorization", "");
}

/* RELIABILITY, finding 1: reads share a connection, a write has one of its own. */
static void test_a_write_has_a_connection_of_its_own(void **state)
{
    struct rig *r = *state;
    fault_json(r->server, NULL, NULL, 0, 200, "{}");
    static const char *const methods[] = {"GET", "GET", "PATCH", "DELETE", "POST", "GET"};
    static const unsigned connections[] = {1, 1, 2, 3, 4, 1};
    for (size_t i = 0; i < 6; i++) {
        exchange(r, methods[i], "/x", "");
        assert_int_equal(fault_request_at(r->server, i)->connection, connections[i]);
    }
}

/* The connection ends after the request: it is told, and sent once. */
static void test_a_cut_write_is_sent_once(void **state)
{
    struct rig *r = *state;
    const struct fault_rule rule = {.reply = {.end = FAULT_FIN, .cut_after = 0}};
    fault_rule_add(r->server, &rule);
    exchange(r, "POST", "/x", "{}");
    assert_int_not_equal(r->reply.curl, 0);
    assert_int_equal(r->reply.http, 0);
    assert_true(r->reply.left);
    assert_int_equal(fault_count(r->server, "POST", NULL), 1);
}

static void test_a_redirect_is_not_followed(void **state)
{
    struct rig *r = *state;
    const struct fault_rule rule = {
        .prefix = "/x", .reply = {.status = 302, .headers = "Location: /elsewhere\r\n"}};
    fault_rule_add(r->server, &rule);
    exchange(r, "GET", "/x", "");
    assert_int_equal(r->reply.http, 302);
    assert_string_equal(r->location, "/elsewhere");
    assert_int_equal(fault_count(r->server, NULL, NULL), 1);
}

static void test_what_never_left(void **state)
{
    struct rig *r = *state;
    static const struct transfer_events events = {on_body, on_done};
    char url[80];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/x", fault_port_nobody());
    const char *const urls[] = {url, "https://127.0.0.1/x", "file:///etc/hostname"};
    for (size_t i = 0; i < 3; i++) { /* nobody there; another scheme than the one that is spoken */
        const struct transfer_request request = {
            .method = "POST", .url = urls[i], .body = span_of("{}"), .write = true};
        r->told = 0;
        transfer_start(r->transport, &request, &events, r);
        while (!r->told)
            loop_step(r->loop, -1);
        assert_int_not_equal(r->reply.curl, 0);
        assert_false(r->reply.began);
        assert_false(r->reply.left);
        assert_int_equal(r->body.len, 0);
    }
}

static void test_caps(void **state)
{
    struct rig *r = *state;
    const struct fault_rule large = {
        .prefix = "/body",
        .reply = {.fill = TRANSPORT_BODY_MAX + 1, .end = FAULT_FIN, .cut_after = FAULT_WHOLE}};
    const struct fault_rule headers = {.prefix = "/head",
                                       .reply = {.header_fill = TRANSPORT_HEADERS_MAX + 1000}};
    fault_rule_add(r->server, &large);
    fault_rule_add(r->server, &headers);
    exchange(r, "GET", "/body", "");
    assert_true(r->reply.oversize);
    assert_true(r->body.len <= TRANSPORT_BODY_MAX);
    exchange(r, "GET", "/head", "");
    assert_true(r->reply.oversize || r->reply.curl != 0);
    assert_int_equal(r->body.len, 0);
}

static void test_stopped_by_the_reader(void **state)
{
    struct rig *r = *state;
    const struct fault_rule rule = {.reply = {.fill = 1000000}};
    fault_rule_add(r->server, &rule);
    r->stop_at = 1;
    exchange(r, "GET", "/x", "");
    assert_true(r->reply.stopped);
    assert_false(r->reply.oversize);
    assert_true(r->body.len < 1000000);
}

/* A key waits for a piece of a page, not for the page; and the page is whole in the end. */
static void test_a_body_waits_for_who_types(void **state)
{
    struct rig *r = *state;
    struct str page = STR_INIT;
    while (page.len < 300000)
        str_printf(&page, "%zu ", page.len);
    const struct fault_rule rule = {.reply = {.body = str_text(&page)}};
    fault_rule_add(r->server, &rule);
    assert_int_equal(pipe(r->keys), 0);
    loop_watch(r->loop, r->keys[0], LOOP_READ, on_key, r);
    loop_first(r->loop, r->keys[0]);
    exchange(r, "GET", "/x", "");
    assert_int_equal(r->reply.curl, 0);
    assert_string_equal(str_text(&r->body), str_text(&page));
    assert_true(r->since_first <= 8192);
    assert_true(r->pressed > 10);
    loop_first(r->loop, -1);
    loop_unwatch(r->loop, r->keys[0]);
    close(r->keys[0]);
    close(r->keys[1]);
    str_finish(&page);
}

/* Cancelled: no word comes, whether it was on its way or had no turn yet. */
static void test_cancelled(void **state)
{
    struct rig *r = *state;
    const struct fault_rule rule = {.reply = {.never = true}};
    fault_rule_add(r->server, &rule);
    transfer_cancel(begin(r, "GET", "/x", ""));
    struct transfer *x = begin(r, "GET", "/x", "");
    assert_false(transfer_began(x));
    while (fault_count(r->server, NULL, NULL) == 0)
        loop_step(r->loop, 10);
    assert_true(transfer_began(x));
    transfer_cancel(x);
    for (int i = 0; i < 5; i++)
        loop_step(r->loop, 0);
    assert_int_equal(r->told, 0);
    assert_int_equal(fault_count(r->server, NULL, NULL), 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_what_stands_in_a_request),
        T(test_a_write_has_a_connection_of_its_own),
        T(test_a_cut_write_is_sent_once),
        T(test_a_redirect_is_not_followed),
        T(test_what_never_left),
        T(test_caps),
        T(test_stopped_by_the_reader),
        T(test_a_body_waits_for_who_types),
        T(test_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
