/* fault_server_test.c: the server of faults does what it is told, byte by byte, and remembers. */
#include "../../support/fault_server.h"

#include "base/mem.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>

/* ---- a client that does nothing by itself -------------------------------------------------- */

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval limit = {.tv_sec = 20};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Reads until `end` is at the end of what came, or the connection ends. Returns 0 at its orderly
 * end, an errno when it broke, -1 when `end` was seen. */
static int hear(int fd, const char *end, struct str *out)
{
    char buf[4096];
    for (;;) {
        size_t len = end ? strlen(end) : 0;
        if (len && out->len >= len && memcmp(out->data + out->len - len, end, len) == 0)
            return -1;
        ssize_t n = recv(fd, buf, sizeof buf, 0);
        if (n == 0)
            return 0;
        if (n < 0)
            return errno;
        str_append(out, buf, (size_t)n);
    }
}

static int server_make(void **state)
{
    *state = fault_server_create();
    return *state ? 0 : -1;
}

static int server_end(void **state)
{
    fault_server_destroy(*state);
    return 0;
}

/* One request on a connection of its own; how it ended, as hear(). */
static int ask(struct fault_server *s, const char *request, const char *end, struct str *out)
{
    int fd = dial(fault_port(s));
    assert_true(fd >= 0);
    say(fd, request);
    int how = hear(fd, end, out);
    close(fd);
    return how;
}

static void test_rules_and_records(void **state)
{
    struct fault_server *s = *state;
    struct str out = STR_INIT;
    char value[64];
    fault_json(s, "GET", "/v1/a", 1, 200, "{\"n\":1}");
    fault_json(s, "GET", "/v1/a", 0, 503, "{\"n\":2}");
    fault_json(s, "!GET", NULL, 0, 201, "{\"n\":3}");
    int fd = dial(fault_port(s));
    say(fd, "GET /v1/a?x=1 HTTP/1.1\r\nHost: h\r\nAuthorization:  Bearer t0k \r\n\r\n");
    assert_int_equal(hear(fd, "{\"n\":1}", &out), -1);
    assert_non_null(strstr(str_text(&out), "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(str_text(&out), "Content-Length: 7\r\n"));
    say(fd, "GET /v1/a HTTP/1.1\r\n\r\nPATCH /v1/b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
    assert_int_equal(hear(fd, "{\"n\":3}", &out), -1);
    assert_non_null(strstr(str_text(&out), "503"));
    close(fd);
    str_clear(&out);
    assert_int_equal(ask(s, "GET /other HTTP/1.1\r\n\r\n", "}", &out), -1);
    assert_non_null(strstr(str_text(&out), "404"));

    assert_true(fault_wait(s, NULL, NULL, 4, 0));
    assert_int_equal(fault_count(s, "GET", NULL), 3);
    assert_int_equal(fault_count(s, "!GET", NULL), 1);
    assert_int_equal(fault_count(s, NULL, "/v1/a"), 2);
    assert_int_equal(fault_connections(s), 2);
    const struct fault_request *r = fault_request_at(s, 2);
    assert_string_equal(r->method, "PATCH");
    assert_string_equal(r->target, "/v1/b");
    assert_string_equal(r->body, "hello");
    assert_int_equal(r->connection, 1);
    assert_int_equal(r->turn, 3);
    assert_true(r->complete);
    fault_request_header(fault_request_at(s, 0), "authorization", value, sizeof value);
    assert_string_equal(value, "Bearer t0k");
    assert_int_equal(fault_request_at(s, 3)->connection, 2);
    assert_null(fault_request_at(s, 4));
    assert_true(fault_saw(s, "t0k"));
    assert_false(fault_saw(s, "t1k"));
    fprintf(stderr, "(the next five lines are meant to be there)\n");
    assert_false(fault_wait(s, "DELETE", NULL, 1, 30));
    str_finish(&out);
}

static void test_request_bodies(void **state)
{
    struct fault_server *s = *state;
    struct str out = STR_INIT;
    fault_json(s, NULL, NULL, 0, 200, "done");
    int fd = dial(fault_port(s));
    say(fd, "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    say(fd, "4;x=y\r\ndefg\r\n0\r\n\r\n");
    assert_int_equal(hear(fd, "done", &out), -1);
    str_clear(&out);
    say(fd, "POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(hear(fd, "\r\n\r\n", &out), -1);
    assert_string_equal(str_text(&out), "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "ok");
    assert_int_equal(hear(fd, "done", &out), -1);
    close(fd);
    /* Gone in the middle of its body. */
    fd = dial(fault_port(s));
    say(fd, "POST /half HTTP/1.1\r\nContent-Length: 9\r\n\r\nhal");
    close(fd);
    assert_true(fault_wait(s, "POST", "/half", 1, 0));
    assert_string_equal(fault_request_at(s, 0)->body, "abcdefg");
    assert_string_equal(fault_request_at(s, 1)->body, "ok");
    assert_false(fault_request_at(s, 2)->complete);
    str_finish(&out);
}

static void reply_is(struct fault_server *s, const struct fault_reply *reply, int how,
                     const char *whole)
{
    struct str out = STR_INIT;
    struct fault_rule rule = {.times = 1, .reply = *reply};
    fault_rule_add(s, &rule);
    assert_int_equal(ask(s, "GET / HTTP/1.1\r\n\r\n", NULL, &out), how);
    assert_string_equal(str_text(&out), whole);
    str_finish(&out);
}

static void test_cuts(void **state)
{
    struct fault_server *s = *state;
    struct fault_reply r = {.body = "abc", .headers = "Content-Type: text/html\r\n"};
    const char *whole = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 3\r\n"
                        "Connection: close\r\n\r\nabc";
    r.end = FAULT_FIN;
    reply_is(s, &r, 0, "");
    r.cut_after = 17;
    reply_is(s, &r, 0, "HTTP/1.1 200 OK\r\n");
    r.cut_after = FAULT_WHOLE;
    reply_is(s, &r, 0, whole);
    r.cut_after = strlen(whole) - 1;
    char *short_one = mem_strndup(whole, strlen(whole) - 1);
    reply_is(s, &r, 0, short_one);
    mem_free(short_one);
    r.end = FAULT_RST;
    r.cut_after = 0;
    reply_is(s, &r, ECONNRESET, "");
    r.end = FAULT_KEEP;
    r.raw = true;
    r.body = "\377\376 not HTTP";
    reply_is(s, &r, 0, "\377\376 not HTTP");
}

static void test_shapes(void **state)
{
    struct fault_server *s = *state;
    struct str out = STR_INIT;
    struct fault_rule chunked = {.times = 1,
                                 .reply = {.body = "ab", .fill = 4000, .chunked = true}};
    fault_rule_add(s, &chunked);
    assert_int_equal(ask(s, "GET / HTTP/1.1\r\n\r\n", "0\r\n\r\n", &out), -1);
    assert_non_null(strstr(str_text(&out), "\r\n\r\nfa0\r\nabxx"));
    assert_non_null(strstr(str_text(&out), "\r\n2\r\nxx\r\n0\r\n\r\n"));
    str_clear(&out);
    struct fault_rule open_end = {.times = 1,
                                  .reply = {.status = 302,
                                            .body = "z",
                                            .no_length = true,
                                            .header_fill = 9000,
                                            .headers = "Location: http://x/\r\n"}};
    fault_rule_add(s, &open_end);
    assert_int_equal(ask(s, "GET / HTTP/1.1\r\n\r\n", NULL, &out), 0);
    assert_null(strstr(str_text(&out), "Content-Length"));
    assert_non_null(strstr(str_text(&out), "HTTP/1.1 302 Found\r\n"));
    assert_true(out.len > 9000);
    str_clear(&out);
    struct fault_rule drip = {.times = 1,
                              .reply = {.body = "12345678", .drip_ms = 1, .drip_bytes = 7}};
    fault_rule_add(s, &drip);
    assert_int_equal(ask(s, "GET / HTTP/1.1\r\n\r\n", "12345678", &out), -1);
    str_finish(&out);
}

static void test_early_reused_and_drop(void **state)
{
    struct fault_server *s = *state;
    struct str out = STR_INIT;
    struct fault_rule early = {.method = "POST", .reply = {.status = 413, .early = true}};
    struct fault_rule reused = {.method = "GET", .reused = true, .reply = {.end = FAULT_RST}};
    fault_rule_add(s, &early);
    fault_rule_add(s, &reused);
    fault_json(s, "GET", NULL, 0, 200, "fine");
    int fd = dial(fault_port(s));
    say(fd, "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
    assert_int_equal(hear(fd, "\r\n\r\n", &out), -1);
    assert_non_null(strstr(str_text(&out), "413"));
    close(fd);
    fd = dial(fault_port(s));
    say(fd, "GET / HTTP/1.1\r\n\r\n");
    assert_int_equal(hear(fd, "fine", &out), -1);
    say(fd, "GET / HTTP/1.1\r\n\r\n");
    assert_int_equal(hear(fd, "fine!", &out), ECONNRESET);
    close(fd);
    fault_drop(s, 1);
    fd = dial(fault_port(s));
    if (fd >= 0) /* the reset may come before connect() returns */
        assert_true(hear(fd, NULL, &out) == ECONNRESET);
    close(fd);
    str_clear(&out);
    assert_int_equal(ask(s, "GET / HTTP/1.1\r\n\r\n", "fine", &out), -1);
    assert_int_equal(dial(fault_port_nobody()), -1);
    str_finish(&out);
}

static void counting(void *ctx, const struct fault_request *request, struct fault_reply *reply)
{
    struct str s = STR_INIT;
    int *n = ctx;
    ++*n;
    str_printf(&s, "%s number %d.", request->method, *n);
    reply->body_made = str_steal(&s);
}

static void test_handler_and_end(void **state)
{
    struct fault_server *s = *state;
    struct str out = STR_INIT;
    int n = 0;
    fault_handler(s, counting, &n);
    assert_int_equal(ask(s, "PUT / HTTP/1.1\r\n\r\n", "PUT number 1.", &out), -1);
    assert_int_equal(ask(s, "GET / HTTP/1.1\r\n\r\n", "GET number 2.", &out), -1);
    /* Destroying does not wait for these. */
    struct fault_rule never = {.prefix = "/never", .reply = {.never = true}};
    struct fault_rule late = {.prefix = "/late", .reply = {.delay_ms = 3600000}};
    fault_rule_add(s, &never);
    fault_rule_add(s, &late);
    int a = dial(fault_port(s)), b = dial(fault_port(s));
    say(a, "GET /never HTTP/1.1\r\n\r\n");
    say(b, "GET /late HTTP/1.1\r\n\r\n");
    assert_true(fault_wait(s, "GET", "/never", 1, 0));
    assert_true(fault_wait(s, "GET", "/late", 1, 0));
    fault_server_destroy(s);
    *state = NULL;
    close(a);
    close(b);
    str_finish(&out);
}

static size_t gather(char *p, size_t size, size_t n, void *ctx)
{
    str_append(ctx, p, size * n);
    return size * n;
}

static CURLcode fetch(const char *url, const char *proxy, bool tunnel, struct str *out)
{
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROXY, proxy);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "");
    curl_easy_setopt(c, CURLOPT_HTTPPROXYTUNNEL, tunnel ? 1L : 0L);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, gather);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 60L);
    CURLcode rc = curl_easy_perform(c);
    curl_easy_cleanup(c);
    return rc;
}

static void test_proxy(void **state)
{
    struct fault_server *proxy = *state, *origin = fault_server_create();
    struct str out = STR_INIT, url = STR_INIT;
    struct fault_rule join = {.method = "CONNECT", .reply.tunnel_port = fault_port(origin)};
    fault_json(origin, "GET", "/x", 0, 200, "from the origin");
    fault_rule_add(proxy, &join);
    fault_json(proxy, "GET", "http://", 0, 200, "from the proxy");
    str_printf(&url, "%s/x", fault_url(origin));
    assert_int_equal(fetch(str_text(&url), fault_url(proxy), true, &out), CURLE_OK);
    assert_string_equal(str_text(&out), "from the origin");
    assert_string_equal(fault_request_at(proxy, 0)->method, "CONNECT");
    str_clear(&out);
    assert_int_equal(fetch(str_text(&url), fault_url(proxy), false, &out), CURLE_OK);
    assert_string_equal(str_text(&out), "from the proxy");
    assert_string_equal(fault_request_at(proxy, 1)->target, str_text(&url));
    assert_int_equal(fault_count(origin, NULL, NULL), 1);
    str_finish(&out);
    str_finish(&url);
    fault_server_destroy(origin);
}

static void test_gzip(void **state)
{
    struct fault_server *s = *state;
    struct str out = STR_INIT;
    struct fault_rule bomb = {.reply.gzip_mb = 2};
    fault_rule_add(s, &bomb);
    assert_int_equal(fetch(fault_url(s), "", false, &out), CURLE_OK);
    assert_int_equal(out.len, 2 << 20);
    assert_int_equal(out.data[12345], 0);
    str_finish(&out);
}

static void *hammer(void *ctx)
{
    struct str out = STR_INIT;
    for (int i = 0; i < 20; i++) {
        ask(ctx, "GET /many HTTP/1.1\r\n\r\n", "fine", &out);
        str_clear(&out);
    }
    str_finish(&out);
    return NULL;
}

static void test_many_at_once(void **state)
{
    struct fault_server *s = *state;
    pthread_t threads[8];
    fault_json(s, NULL, NULL, 0, 200, "fine");
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, hammer, s);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(fault_count(s, "GET", "/many"), 160);
    assert_int_equal(fault_connections(s), 160);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rules_and_records, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_request_bodies, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_cuts, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_shapes, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_early_reused_and_drop, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_handler_and_end, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_proxy, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_gzip, server_make, server_end),
        cmocka_unit_test_setup_teardown(test_many_at_once, server_make, server_end),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
