/* client_tls_test.c: whom the client trusts over TLS, and that no session key is written (F13;
 * RELIABILITY, finding 3). openssl's server answers a GET with a web page, so that "connected"
 * shows as an unreadable reply and "refused" as a network error. */
#include "tests/support/api_rig.h"

#include "base/mem.h"
#include "tests/support/child_proc.h"
#include "tests/support/files.h"
#include "tests/support/tls_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct tls_rig {
    struct api_rig rig;
    struct tmpdir *dir;
    struct str ca, cert, key, keylog;
};

static int tls_setup(void **state)
{
    struct tls_rig *t = mem_calloc(1, sizeof *t);
    t->dir = tmpdir_create();
    tmpdir_path(t->dir, "tls-ca.pem", &t->ca);
    tmpdir_path(t->dir, "tls-client.pem", &t->cert);
    tmpdir_path(t->dir, "tls-client.key", &t->key);
    tmpdir_path(t->dir, "keys.log", &t->keylog);
    setenv("SSLKEYLOGFILE", str_text(&t->keylog), 1);
    rig_open(&t->rig, NULL, NULL);
    *state = t;
    return 0;
}

static int tls_teardown(void **state)
{
    struct tls_rig *t = *state;
    rig_close(&t->rig);
    tmpdir_destroy(t->dir);
    str_finish(&t->ca);
    str_finish(&t->cert);
    str_finish(&t->key);
    str_finish(&t->keylog);
    mem_free(t);
    return 0;
}

enum trust { TRUST_SYSTEM, TRUST_CA, TRUST_CA_AND_CERTIFICATE };

/* One read and one write; connected tells what is expected. */
static void check(struct tls_rig *t, enum tls_kind kind, const char *host, enum trust trust,
                  bool connected, const char *words)
{
    struct tls_server *server = tls_server_create(t->dir, kind);
    assert_non_null(server);
    char url[100];
    snprintf(url, sizeof url, "https://%s:%d", host, tls_port(server));
    struct api_settings s = {.url = url,
                             .ca_file = trust == TRUST_SYSTEM ? NULL : str_text(&t->ca),
                             .total_timeout_ms = 5000};
    if (trust == TRUST_CA_AND_CERTIFICATE) {
        s.client_cert = str_text(&t->cert);
        s.client_key = str_text(&t->key);
    }
    rig_again(&t->rig, &s);
    rig_call(&t->rig, "GET");
    const struct rig_result *r = &t->rig.result;
    if (r->status != (connected ? ST_UNREADABLE : ST_NETWORK) || r->http != (connected ? 200 : 0))
        fail_msg("%s, trust %d: %s", url, trust, r->error.what);
    if (!strstr(r->error.what, words))
        fail_msg("%s: no \"%s\" in: %s", url, words, r->error.what);
    if (!connected && kind != TLS_CLIENT) {
        assert_int_equal(r->tries, 1); /* TLS is not tried again */
        rig_call(&t->rig, "PATCH");
        assert_int_equal(r->status, ST_NETWORK);
        assert_false(r->may_have_left);
    }
    rig_again(&t->rig, NULL);
    tls_server_destroy(server);
}

static void test_f13_trusted(void **state)
{
    check(*state, TLS_GOOD, "localhost", TRUST_CA, true, "a web page");
    check(*state, TLS_GOOD, "127.0.0.1", TRUST_CA, true, "a web page");
}

static void test_f13_unknown_authority(void **state)
{
    check(*state, TLS_GOOD, "localhost", TRUST_SYSTEM, false, "certificate is not trusted");
}

static void test_f13_expired(void **state)
{
    check(*state, TLS_EXPIRED, "localhost", TRUST_CA, false, "certificate has expired");
}

static void test_f13_wrong_host(void **state)
{
    check(*state, TLS_WRONG_HOST, "localhost", TRUST_CA, false, "certificate is not trusted");
}

static void test_f13_self_signed(void **state)
{
    check(*state, TLS_SELF_SIGNED, "localhost", TRUST_CA, false, "certificate is not trusted");
}

/* The server does speak TLS 1.1, with whoever will: what refuses it below is the client. */
static void check_speaks_1_1(const struct tmpdir *dir)
{
    struct tls_server *server = tls_server_create(dir, TLS_OLD);
    struct str line = STR_INIT, said = STR_INIT;
    assert_non_null(server);
    str_printf(&line,
               "openssl s_client -connect 127.0.0.1:%d -tls1_1 -cipher ALL:@SECLEVEL=0 "
               "</dev/null 2>&1",
               tls_port(server));
    const char *argv[] = {"sh", "-c", str_text(&line), NULL};
    child_run(argv, &said);
    assert_non_null(strstr(str_text(&said), "New, TLSv1"));
    assert_non_null(strstr(str_text(&said), "Protocol  : TLSv1.1"));
    str_finish(&line);
    str_finish(&said);
    tls_server_destroy(server);
}

static void test_f13_tls_1_1(void **state)
{
    check_speaks_1_1(((struct tls_rig *)*state)->dir);
    check(*state, TLS_OLD, "localhost", TRUST_CA, false, "no TLS connection could be agreed");
}

static void test_client_certificate(void **state)
{
    check(*state, TLS_CLIENT, "localhost", TRUST_CA_AND_CERTIFICATE, true, "a web page");
    check(*state, TLS_CLIENT, "localhost", TRUST_CA, false, "");
}

/* The server takes HTTP/2 or nobody: a read gets past the handshake (what it then meets is no
 * HTTP/2), a write does not, because it never offers it. */
static void test_reads_offer_http2_and_writes_do_not(void **state)
{
    struct tls_rig *t = *state;
    struct tls_server *server = tls_server_create(t->dir, TLS_H2_ONLY);
    assert_non_null(server);
    char url[100];
    snprintf(url, sizeof url, "https://localhost:%d", tls_port(server));
    struct api_settings s = {
        .url = url, .ca_file = str_text(&t->ca), .total_timeout_ms = 500, .low_speed_seconds = 1};
    rig_again(&t->rig, &s);
    rig_call(&t->rig, "PATCH");
    assert_int_equal(t->rig.result.status, ST_NETWORK);
    assert_false(t->rig.result.may_have_left);
    if (!strstr(t->rig.result.error.what, "no TLS connection could be agreed"))
        fail_msg("%s", t->rig.result.error.what);
    rig_call(&t->rig, "GET");
    assert_int_not_equal(t->rig.result.status, ST_OK);
    assert_null(strstr(t->rig.result.error.what, "TLS"));
    rig_again(&t->rig, NULL);
    tls_server_destroy(server);
}

static void test_session_keys_are_not_written(void **state)
{
    struct tls_rig *t = *state;
    check(t, TLS_GOOD, "localhost", TRUST_CA, true, "a web page");
    assert_null(getenv("SSLKEYLOGFILE"));
    assert_false(file_exists(str_text(&t->keylog)));
}

static void test_files_that_cannot_be_read(void **state)
{
    struct tls_rig *t = *state;
    struct error err;
    struct api_settings s = {
        .url = "https://gw.example.net", .org = "o", .ca_file = "/no/such/file.pem"};
    assert_null(api_create(t->rig.loop, &s, NULL, &err));
    assert_int_equal(err.status, ST_CONFIG);
    assert_non_null(strstr(err.what, "ca_file"));
    s = (struct api_settings){.url = "https://gw.example.net", .org = ".."};
    assert_null(api_create(t->rig.loop, &s, NULL, &err));
    assert_int_equal(err.status, ST_CONFIG);
    s = (struct api_settings){.url = "https://gw.example.net", .org = "o", .user_agent = "a\r\nb"};
    assert_null(api_create(t->rig.loop, &s, NULL, &err));
    s = (struct api_settings){.url = "https://gw.example.net", .org = "o", .proxy = "socks5://p:1"};
    assert_null(api_create(t->rig.loop, &s, NULL, &err));
    s = (struct api_settings){.url = "https://gw.example.net"};
    assert_null(api_create(t->rig.loop, &s, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, tls_setup, tls_teardown)
        TEST(test_f13_trusted),
        TEST(test_f13_unknown_authority),
        TEST(test_f13_expired),
        TEST(test_f13_wrong_host),
        TEST(test_f13_self_signed),
        TEST(test_f13_tls_1_1),
        TEST(test_client_certificate),
        TEST(test_reads_offer_http2_and_writes_do_not),
        TEST(test_session_keys_are_not_written),
        TEST(test_files_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
