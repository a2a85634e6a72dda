/* http_test.c: the sandbox's server on a real socket: on this machine alone, what it refuses before
 * any endpoint is asked, and that it ends with a request in the middle of its wait. */
#include "sandbox/http.h"

#include <arpa/inet.h>
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

struct rig {
    struct box box;
    struct faults faults;
    struct http *http;
    struct str answer;
};

static int set_up(void **state)
{
    static struct rig r;
    struct error err;
    memset(&r, 0, sizeof r);
    const struct store_options o = {NULL, clock_system(), 1, true};
    if (store_open(&o, &r.box.store, &err) != ST_OK)
        return -1;
    faults_init(&r.faults, o.clock);
    r.box.faults = &r.faults;
    r.box.clock = o.clock;
    r.box.token = "secret";
    r.box.orgs[0] = "org_demo";
    r.box.org_count = 1;
    *state = &r;
    return http_start(&r.box, 0, &r.http, &err) == ST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    http_stop(r->http);
    store_close(r->box.store);
    faults_finish(&r->faults);
    str_finish(&r->answer);
    return 0;
}

static int dial(const struct rig *r)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(r->http))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void put(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* it has heard enough */
        bytes += n;
        len -= (size_t)n;
    }
}

/* Sends these lines, HOST being host:port, and reads to the end; the status. */
static int ask(struct rig *r, const char *format, const char *host)
{
    struct str text = STR_INIT;
    char bytes[4096];
    ssize_t n;
    int fd = dial(r), status = 0;
    const char *at = strstr(format, "HOST");
    if (at)
        str_append(&text, format, (size_t)(at - format));
    str_printf(&text, "%s%s", at ? host : format, at ? at + 4 : "");
    put(fd, str_text(&text), text.len);
    str_clear(&r->answer);
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        str_append(&r->answer, bytes, (size_t)n);
    close(fd);
    sscanf(str_text(&r->answer), "HTTP/1.1 %d", &status);
    str_finish(&text);
    return status;
}

#define LIST "GET /v1/orgs/org_demo/provider-accounts HTTP/1.1\r\n"
#define REST "Authorization: Bearer secret\r\nConnection: close\r\n\r\n"

/* A page in a browser can reach a loopback port under a name of its own. */
static void test_hosts(void **state)
{
    struct rig *r = *state;
    char host[64];
    snprintf(host, sizeof host, "127.0.0.1:%d", http_port(r->http));
    assert_int_equal(ask(r, LIST "Host: HOST\r\n" REST, host), 200);
    assert_non_null(strstr(str_text(&r->answer), "\"total\":0"));
    assert_non_null(strstr(str_text(&r->answer), "Content-Type: application/json"));
    snprintf(host, sizeof host, "localhost:%d", http_port(r->http));
    assert_int_equal(ask(r, LIST "Host: HOST\r\n" REST, host), 200);
    static const char *const others[] = {"evil.example", "127.0.0.1.evil.example", "127.0.0.2", ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        int status = ask(r, LIST "Host: HOST\r\n" REST, others[i]);
        if (status < 400 || status >= 500 || strstr(str_text(&r->answer), "\"accounts\""))
            fail_msg("%s: %d", others[i], status);
    }
    assert_int_not_equal(ask(r, LIST REST, ""), 200); /* none at all */
}

static void test_lengths_that_contradict(void **state)
{
    struct rig *r = *state;
    char host[64];
    snprintf(host, sizeof host, "127.0.0.1:%d", http_port(r->http));
    int status = ask(r,
                     "POST /v1/orgs/org_demo/provider-accounts HTTP/1.1\r\nHost: HOST\r\n"
                     "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" REST "0\r\n\r\n",
                     host);
    assert_int_equal(status, 400);
}

static void test_a_body_that_is_too_large(void **state)
{
    struct rig *r = *state;
    struct str text = STR_INIT;
    char host[64];
    snprintf(host, sizeof host, "127.0.0.1:%d", http_port(r->http));
    str_printf(&text,
               "POST /v1/orgs/org_demo/provider-accounts HTTP/1.1\r\nHost: HOST\r\n"
               "Content-Type: application/json\r\nContent-Length: %d\r\n" REST,
               BODY_MAX + 1);
    str_fill(&text, ' ', BODY_MAX + 1);
    assert_int_equal(ask(r, str_text(&text), host), 413);
    str_finish(&text);
}

/* The port is taken: said, and nothing is left behind. */
static void test_a_port_that_is_taken(void **state)
{
    struct rig *r = *state;
    struct http *second;
    struct error err;
    assert_int_equal(http_start(&r->box, http_port(r->http), &second, &err), ST_IO);
    assert_true(err.what[0] != 0);
    http_stop(NULL);
}

static void *ask_and_wait(void *ctx)
{
    struct rig *r = ctx;
    char host[64];
    snprintf(host, sizeof host, "127.0.0.1:%d", http_port(r->http));
    ask(r, LIST "Host: HOST\r\n" REST, host);
    return NULL;
}

/* An hour's latency does not hold up the end. */
static void test_it_ends_in_the_middle_of_a_wait(void **state)
{
    struct rig *r = *state;
    struct error err;
    pthread_t thread;
    r->box.latency_ms = 3600000;
    assert_int_equal(pthread_create(&thread, NULL, ask_and_wait, r), 0);
    while (atomic_load(&r->box.traffic[TRAFFIC_GET]) == 0)
        usleep(1000);
    struct http *http = r->http;
    r->http = NULL;
    http_stop(http);
    pthread_join(thread, NULL);
    r->box.latency_ms = 0;
    assert_int_equal(http_start(&r->box, 0, &r->http, &err), ST_OK);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_hosts),
        T(test_lengths_that_contradict),
        T(test_a_body_that_is_too_large),
        T(test_a_port_that_is_taken),
        T(test_it_ends_in_the_middle_of_a_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
