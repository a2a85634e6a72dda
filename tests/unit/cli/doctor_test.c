/* doctor_test.c: what is said of a configuration and of the way to the server, step by step. It
 * covers doctor.c and config_cmd.c. */
#include "tests/support/cli_inside.h"

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
    cli_inside_expect(c, "config\tbogus", 64, "",
                      "paddock config takes one of init|path|check|defaults, not \"bogus\"");
    cli_inside_file(c, "home/config/paddock/paddock.cfg", "profile = \"x\";\nnosuch = 1;\n");
    cli_inside_expect(c, "config\tcheck", 64, NULL, "paddock.cfg:2");
    cli_inside_expect(c, "list", 64, "", "paddock.cfg:2");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_all_is_well),
        T(test_nobody_answers),
        T(test_a_url_that_is_none),
        T(test_the_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
