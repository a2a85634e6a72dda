/* serve_test.c: the HTTP server of the metrics, asked over loopback from within its own loop: what
 * is answered to whom, in which format, and which addresses are none. */
#include "metrics/serve.h"

#include "base/mem.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const ok_words[] = {"active", NULL}, *const no_words[] = {NULL};
static const struct health_classes classes = {{ok_words, no_words, no_words}};

struct rig {
    struct loop *loop;
    struct fleet *fleet;
    struct metrics_server *server;
    int port;
    int pages; /* begun */
    struct str got;
};

static struct metrics_page *make_page(void *ctx, enum metrics_format format)
{
    struct rig *r = ctx;
    uint32_t count = (uint32_t)fleet_rows(r->fleet);
    row_id *rows = mem_calloc(count + 1, sizeof *rows);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = i;
    const struct metrics_spec spec = {
        .format = format, .fleet = r->fleet, .rows = rows, .row_count = count, .health = &classes};
    struct metrics_page *page = metrics_page_create(&spec);
    mem_free(rows);
    r->pages++;
    return page;
}

static void put(struct rig *r, int count)
{
    char raw[160];
    for (int i = 0; i < count; i++) {
        int n = snprintf(raw, sizeof raw,
                         "{\"provider_account_id\":\"pa_%d\",\"name\":\"account %d\","
                         "\"provider_type\":\"openai\",\"status\":\"active\"}",
                         i, i);
        assert_int_not_equal(fleet_put(r->fleet, (struct span){raw, (size_t)n}, 1, NULL),
                             FLEET_BAD);
    }
}

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    struct error err;
    r->loop = loop_create(clock_system());
    r->fleet = fleet_create();
    if (metrics_serve(&r->server, r->loop, "127.0.0.1:0", make_page, r, &err))
        fail_msg("%s", err.what);
    assert_int_equal(sscanf(metrics_server_url(r->server), "http://127.0.0.1:%d/metrics", &r->port),
                     1);
    put(r, 3);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    metrics_server_stop(r->server);
    fleet_destroy(r->fleet);
    loop_destroy(r->loop);
    str_finish(&r->got);
    mem_free(r);
    return 0;
}

static int join_server(const struct rig *r, const char *request)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)r->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(write(fd, request, strlen(request)), (ssize_t)strlen(request));
    return fd;
}

/* Takes what is there; false once the server has closed. */
static bool take(int fd, struct str *out)
{
    char bytes[65536];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0)
        str_append(out, bytes, (size_t)n);
    return n != 0;
}

/* Asks and has the whole answer in r->got. */
static void ask(struct rig *r, const char *line, const char *headers)
{
    struct str request = STR_INIT;
    str_printf(&request, "%s HTTP/1.1\r\nConnection: close\r\n%s\r\n", line, headers);
    int fd = join_server(r, str_text(&request));
    str_clear(&r->got);
    while (take(fd, &r->got))
        loop_step(r->loop, 10);
    close(fd);
    str_finish(&request);
}

static void has(const struct rig *r, const char *text)
{
    if (!strstr(str_text(&r->got), text))
        fail_msg("\"%s\" is not in:\n%s", text, str_text(&r->got));
}

#define HOST "Host: 127.0.0.1\r\n"

static void test_formats(void **state)
{
    struct rig *r = *state;
    ask(r, "GET /metrics", HOST);
    has(r, "HTTP/1.1 200 ");
    has(r, metrics_content_type(METRICS_TEXT));
    has(r, "provider_account_id=\"pa_2\"");
    ask(r, "GET /metrics", HOST "Accept: application/openmetrics-text;version=1.0.0,*/*\r\n");
    has(r, metrics_content_type(METRICS_OPENMETRICS));
    has(r, "# EOF");
    assert_int_equal(r->pages, 2);
    ask(r, "HEAD /metrics", HOST);
    has(r, "HTTP/1.1 200 ");
    assert_null(strstr(str_text(&r->got), "pa_2"));
}

static void test_what_is_refused(void **state)
{
    static const struct {
        const char *line, *headers, *says;
    } cases[] = {
        {"GET /", HOST, "the metrics are at /metrics\n"},
        {"GET /metrics/", HOST, "HTTP/1.1 404 "},
        {"GET /etc/passwd", HOST, "HTTP/1.1 404 "},
        {"POST /metrics", HOST "Content-Length: 3\r\n\r\nabc", "HTTP/1.1 405 "},
        {"DELETE /metrics", HOST, "Allow: GET, HEAD"},
        /* A page in a browser, through a name that somebody points here. */
        {"GET /metrics", "Host: evil.example\r\n", "HTTP/1.1 400 "},
        {"GET /metrics", "Host: 127.0.0.1:1\r\n", "Invalid host header"},
        {"GET /metrics", "Host: 127.0.0.1.evil.example\r\n", "HTTP/1.1 400 "},
        {"GET /metrics", "", "HTTP/1.1 400 "},
    };
    struct rig *r = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ask(r, cases[i].line, cases[i].headers);
        has(r, cases[i].says);
        assert_null(strstr(str_text(&r->got), "pa_2"));
    }
    assert_int_equal(r->pages, 0);
}

static void test_hosts_of_this_machine(void **state)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "LOCALHOST", "[::1]"};
    struct rig *r = *state;
    char host[64];
    for (size_t i = 0; i < 2 * ARRAY_LEN(names); i++) {
        snprintf(host, sizeof host, i % 2 ? "Host: %s:%d\r\n" : "Host: %s\r\n", names[i / 2],
                 r->port);
        ask(r, "GET /metrics", host);
        has(r, "HTTP/1.1 200 ");
    }
}

/* Many pieces, and a reader that takes nothing for a while holds up nobody. */
static void test_large_and_slow(void **state)
{
    struct rig *r = *state;
    put(r, 20000);
    int slow = join_server(r, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
    while (r->pages == 0)
        loop_step(r->loop, 10);
    ask(r, "GET /metrics", HOST);
    has(r, "provider_account_id=\"pa_19999\"");
    assert_true(r->got.len > 1000000);
    assert_int_equal(r->pages, 2);
    close(slow); /* in the middle: its page goes with it */
    ask(r, "GET /", HOST);
    has(r, "HTTP/1.1 200 ");
    /* And one that is still open when the server stops. */
    slow = join_server(r, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
    while (r->pages == 2)
        loop_step(r->loop, 10);
    metrics_server_stop(r->server);
    r->server = NULL;
    close(slow);
}

static void test_addresses(void **state)
{
    static const char *const bad[] = {
        "",         "127.0.0.1",     "127.0.0.1:", ":9477",     "localhost:9477", "127.0.0.1:99999",
        "::1:9477", "127.0.0.1:80x", "[::1]",      "1.2.3:x:4", "127.0.0.1:-1",   "256.0.0.1:80",
        "[]:80",    "127.0.0.1:+80"};
    struct rig *r = *state;
    struct metrics_server *s;
    struct error err;
    char taken[32];
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (metrics_serve(&s, r->loop, bad[i], make_page, r, &err) != ST_USAGE)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_null(s);
        assert_non_null(strstr(err.next, "127.0.0.1:9477"));
    }
    snprintf(taken, sizeof taken, "127.0.0.1:%d", r->port);
    assert_int_equal(metrics_serve(&s, r->loop, taken, make_page, r, &err), ST_IO);
    assert_non_null(strstr(err.what, taken));
    metrics_server_stop(s); /* NULL is allowed */
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {T(test_formats), T(test_what_is_refused),
                                       T(test_hosts_of_this_machine), T(test_large_and_slow),
                                       T(test_addresses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
