/* client_h2_test.c: a gateway that speaks HTTP/2 and HTTP/1.1 over TLS: reads take HTTP/2, writes
 * never do (RELIABILITY, finding 1), and both get through the tunnel of a proxy, which learns the
 * server's name and nothing else. What came how is told by the server behind the gateway. */
#include "tests/support/api_rig.h"
#include "tests/support/h2_gateway.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ACCOUNT "{\"provider_account_id\":\"a1\",\"name\":\"n\"}"

struct gateway {
    struct api_rig rig;
    struct tmpdir *dir;
    struct fault_server *behind; /* the API, in plain HTTP/1.1 */
    struct str ca;
};

static int setup(void **state)
{
    struct gateway *g = mem_calloc(1, sizeof *g);
    g->dir = tmpdir_create();
    tmpdir_path(g->dir, "tls-ca.pem", &g->ca);
    g->behind = fault_server_create();
    fault_json(g->behind, NULL, NULL, 0, 200, ACCOUNT);
    rig_open(&g->rig, NULL, NULL);
    *state = g;
    return 0;
}

static int teardown(void **state)
{
    struct gateway *g = *state;
    rig_close(&g->rig);
    fault_server_destroy(g->behind);
    tmpdir_destroy(g->dir);
    str_finish(&g->ca);
    mem_free(g);
    return 0;
}

/* One call; how it came to the server behind, and what our own log says. */
static void came(struct gateway *g, const char *method, const char *version)
{
    char via[64], want[64];
    size_t before = fault_count(g->behind, NULL, NULL);
    rig_call(&g->rig, method);
    if (g->rig.result.status != ST_OK)
        fail_msg("%s: %s", method, g->rig.result.error.what);
    assert_int_equal(fault_count(g->behind, NULL, NULL), before + 1); /* once */
    const struct fault_request *r = fault_request_at(g->behind, before);
    assert_string_equal(r->method, method);
    fault_request_header(r, "via", via, sizeof via);
    snprintf(want, sizeof want, "%s gateway", version);
    assert_string_equal(via, want);
    assert_string_equal(reqlog_at(api_reqlog(g->rig.api), 0)->http_version, version);
}

static void open_client(struct gateway *g, const char *host, int port, const char *proxy)
{
    char url[100];
    snprintf(url, sizeof url, "https://%s:%d", host, port);
    const struct api_settings s = {
        .url = url, .ca_file = str_text(&g->ca), .proxy = proxy, .total_timeout_ms = 20000};
    rig_again(&g->rig, &s);
}

static void test_reads_by_http2_and_writes_by_1_1(void **state)
{
    struct gateway *g = *state;
    struct h2_gateway *front = h2_gateway_create(g->dir, TLS_GOOD, fault_port(g->behind));
    assert_non_null(front);
    open_client(g, "localhost", h2_gateway_port(front), NULL);
    came(g, "GET", "2");
    came(g, "PATCH", "1.1");
    came(g, "GET", "2");
    came(g, "POST", "1.1");
    came(g, "DELETE", "1.1");
    came(g, "GET", "2");
    rig_again(&g->rig, NULL);
    h2_gateway_destroy(front);
}

/* F13: a real tunnel. The proxy sees CONNECT with the server's name; TLS is ours, end to end. */
static void test_f13_through_a_connect_proxy(void **state)
{
    struct gateway *g = *state;
    struct h2_gateway *front = h2_gateway_create(g->dir, TLS_WRONG_HOST, fault_port(g->behind));
    struct fault_server *proxy = fault_server_create();
    assert_non_null(front);
    struct fault_rule tunnel = {.method = "CONNECT",
                                .reply = {.tunnel_port = h2_gateway_port(front)}};
    fault_rule_add(proxy, &tunnel);
    /* A name that no resolver knows: only the proxy does. */
    open_client(g, "other.example", 443, fault_url(proxy));
    came(g, "GET", "2");
    size_t tunnels = fault_count(proxy, "CONNECT", "other.example:443");
    assert_int_equal(tunnels, 1);
    came(g, "PATCH", "1.1"); /* a write has a fresh connection, so a tunnel of its own */
    came(g, "PATCH", "1.1");
    assert_int_equal(fault_count(proxy, "CONNECT", "other.example:443"), tunnels + 2);
    came(g, "GET", "2"); /* a read goes on where the last one was */
    assert_int_equal(fault_count(proxy, "CONNECT", "other.example:443"), tunnels + 2);
    assert_int_equal(fault_count(proxy, "!CONNECT", NULL), 0);
    assert_false(fault_saw(proxy, RIG_TOKEN));
    assert_false(fault_saw(proxy, "uthorization"));
    assert_true(fault_saw(g->behind, RIG_TOKEN));
    /* Through the tunnel the certificate is judged as ever. */
    open_client(g, "wrong.example", 443, fault_url(proxy));
    rig_call(&g->rig, "GET");
    assert_int_equal(g->rig.result.status, ST_NETWORK);
    assert_non_null(strstr(g->rig.result.error.what, "certificate is not trusted"));
    rig_call(&g->rig, "PATCH");
    assert_false(g->rig.result.may_have_left);
    rig_again(&g->rig, NULL);
    fault_server_destroy(proxy);
    h2_gateway_destroy(front);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_by_http2_and_writes_by_1_1, setup, teardown),
        cmocka_unit_test_setup_teardown(test_f13_through_a_connect_proxy, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
