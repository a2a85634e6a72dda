/* doctor_test.c: what is said of a configuration and of the way to the server, step by step. It
 * covers doctor.c, config_cmd.c and api/trust.c. */
#include "tests/support/cli_inside.h"
#include "tests/support/tls_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_all_is_well(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "doctor", 0, "ok    token    12 characters from PADDOCK_TOKEN", "");
    assert_non_null(strstr(str_text(&c->out), "ok    config"));
    assert_non_null(strstr(str_text(&c->out), "ok    request  5 accounts in org_demo"));
    assert_int_equal(c->book->writes, 0);
}

static void test_nobody_answers(void **state)
{
    struct cli_inside *c = *state;
    snprintf(c->url, sizeof c->url, "http://127.0.0.1:1");
    cli_inside_expect(c, "doctor", 8, "127.0.0.1 port 1", NULL);
    assert_null(strstr(str_text(&c->out), "ok    request"));
    assert_non_null(strstr(str_text(&c->out), "ok    token")); /* the steps before it */
}

static void test_a_url_that_is_none(void **state)
{
    struct cli_inside *c = *state;
    snprintf(c->url, sizeof c->url, "gw.example.net");
    int code = cli_inside_run(c, "doctor");
    assert_int_equal(code, 64);
    assert_null(strstr(str_text(&c->out), "ok    request"));
}

/* What is wrong with a server's certificate, and only that, is what it says to do something about.
 */
static void test_tls(void **state)
{
    static const struct {
        enum tls_kind kind;
        bool ca;
        const char *says, *next;
    } cases[] = {
        {TLS_EXPIRED, true, "FAIL  TLS", "-> the certificate is no longer valid: the server needs"},
        {TLS_WRONG_HOST, true, "FAIL  TLS", "-> the certificate is another host's: "},
        {TLS_GOOD, false, "FAIL  TLS", "-> the certificate is not trusted: set ca_file"},
        {TLS_SELF_SIGNED, true, "FAIL  TLS", "-> the certificate is not trusted: set ca_file"},
        {TLS_OLD, true, "FAIL  TLS", "-> the server has to speak TLS 1.2"},
    };
    struct cli_inside *c = *state;
    struct str text = STR_INIT, ca = STR_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tls_server *server = tls_server_create(c->dir, cases[i].kind);
        assert_non_null(server);
        tmpdir_path(c->dir, "tls-ca.pem", &ca);
        str_clear(&text);
        snprintf(c->url, sizeof c->url, "https://localhost:%d", tls_port(server));
        str_printf(&text, "profiles: { a: { url = \"%s\"; org = \"o\"; %s%s%s }; };", c->url,
                   cases[i].ca ? "ca_file = \"" : "", cases[i].ca ? str_text(&ca) : "",
                   cases[i].ca ? "\";" : "");
        cli_inside_file(c, "home/config/paddock/paddock.cfg", str_text(&text));
        cli_inside_expect(c, "doctor\t-p\ta", 8, cases[i].says, "");
        if (!strstr(str_text(&c->out), cases[i].next))
            fail_msg("%zu: %s", i, str_text(&c->out));
        /* A list says the very same of a certificate. */
        if (cases[i].kind != TLS_OLD)
            cli_inside_expect(c, "list\t-p\ta", 8, "", cases[i].next + 3);
        tls_server_destroy(server);
        str_clear(&ca);
    }
    str_finish(&text);
    str_finish(&ca);
}

/* A port that waits for something else than TLS, files that are not there, a proxy that is not
 * there or refuses. */
static void test_what_stands_between(void **state)
{
    struct cli_inside *c = *state;
    struct str text = STR_INIT;
    char port[64], proxy[64];
    snprintf(proxy, sizeof proxy, "%s", c->url);
    snprintf(port, sizeof port, "%s", strrchr(c->url, ':') + 1);
    const struct {
        const char *host, *port, *option, *value;
        int code;
        const char *says, *next;
    } cases[] = {
        {"127.0.0.1", port, "connect_timeout", "1s", 8, "FAIL  TLS",
         "-> it takes connections and says nothing of TLS: is the port right?"},
        {"127.0.0.1", port, "ca_file", "/nowhere/ca.pem", 64, "FAIL  TLS",
         "-> ca_file cannot be read"},
        {"gw.example.net", "443", "proxy", "http://127.0.0.1:1", 8, "FAIL  proxy",
         "-> is the proxy up, and is its port right?"},
        {"gw.example.net", "443", "proxy", "http://no-such-host.invalid:3128", 8, "FAIL  proxy",
         "-> check proxy in the profile, or HTTPS_PROXY"},
        {"gw.example.net", "443", "proxy", proxy, 8, "FAIL  proxy",
         "-> the proxy answered CONNECT with 422: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str_clear(&text);
        snprintf(c->url, sizeof c->url, "https://%s:%.10s", cases[i].host, cases[i].port);
        str_printf(&text, "profiles: { a: { url = \"%s\"; org = \"o\"; %s = \"%s\"; }; };", c->url,
                   cases[i].option, cases[i].value);
        cli_inside_file(c, "home/config/paddock/paddock.cfg", str_text(&text));
        cli_inside_expect(c, "doctor\t-p\ta", cases[i].code, cases[i].says, "");
        if (!strstr(str_text(&c->out), cases[i].next))
            fail_msg("%zu: %s", i, str_text(&c->out));
    }
    str_finish(&text);
}

/* Whoever asks for the list hears that it is the proxy, and which; never its password. */
static void test_a_proxy_that_is_down(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_file(c, "home/config/paddock/paddock.cfg",
                    "profiles: { a: { url = \"https://gw.example.net\"; org = \"o\"; "
                    "proxy = \"http://me:s3cret@127.0.0.1:1\"; }; };");
    snprintf(c->url, sizeof c->url, "https://gw.example.net");
    cli_inside_expect(c, "list\t-p\ta", 8, "", "the proxy does not answer (127.0.0.1:1)");
    assert_non_null(strstr(str_text(&c->err), "check proxy in the profile"));
    assert_null(strstr(str_text(&c->err), "s3cret"));
    assert_null(strstr(str_text(&c->err), "gw.example.net"));
}

static void test_the_configuration(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "config\tpath", 0, "/config/paddock/paddock.cfg\n",
                      "it is not there yet: paddock config init writes a first one");
    cli_inside_expect(c, "config\tcheck", 0, "", "there is no ");
    cli_inside_expect(c, "config\tinit", 0, "", "paddock.cfg (0600)");
    cli_inside_expect(c, "config\tcheck", 0, NULL, NULL);
    cli_inside_expect(c, "config\tinit", 6, "",
                      "is already there and was left as it is"); /* never over yours */
    cli_inside_expect(c, "config\tdefaults", 0, "# paddock.cfg: every option with its default.",
                      "");
    cli_inside_expect(
        c, "config\tbogus", 64, "",
        "paddock config takes one of init|path|check|defaults|profiles, not \"bogus\"");
    /* For completion: the names that there are, whatever else is wrong. */
    cli_inside_file(c, "home/config/paddock/paddock.cfg",
                    "profiles: { prod: { url = \"https://a\"; }; lab: { x = 1; }; };\n");
    cli_inside_expect(c, "config\tprofiles", 0, "prod\nlab\n", "");
    assert_int_equal(c->err.len, 0);
    cli_inside_file(c, "home/config/paddock/paddock.cfg", "profile = \"x\";\nnosuch = 1;\n");
    cli_inside_expect(c, "config\tcheck", 64, NULL, "paddock.cfg:2");
    cli_inside_expect(c, "config\tprofiles", 64, "", "paddock.cfg:2");
    cli_inside_expect(c, "list", 64, "", "paddock.cfg:2");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_all_is_well),         T(test_nobody_answers),
        T(test_a_url_that_is_none),  T(test_tls),
        T(test_what_stands_between), T(test_a_proxy_that_is_down),
        T(test_the_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
