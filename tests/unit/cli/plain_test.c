/* plain_test.c: a command says what a command can: there is no key, and nothing was typed. */
#include "cli/plain.h"

#include "tests/support/cli_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_words(void **state)
{
    static const struct {
        enum status status;
        const char *what, *next, *plain_what, *plain_next;
    } cases[] = {
        {ST_SERVER, "could not list: the server failed (503)", "",
         "could not list: the server failed (503)",
         "try again; paddock doctor looks at the way there"},
        {ST_RATE, "too many", "try again after 14:02:07Z", "too many", "try again after 14:02:07Z"},
        {ST_NOT_FOUND, "no such account", "", "no such account", ""},
        {ST_INVALID, "refused (422); not applied", "correct it and try again",
         "refused (422); not applied", "correct it and try again"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        error_set(&err, cases[i].status, "%s", cases[i].what);
        error_next(&err, "%s", cases[i].next);
        plain_words(&err);
        assert_string_equal(err.what, cases[i].plain_what);
        assert_string_equal(err.next, cases[i].plain_next);
    }
}

/* As commands print it. */
static void test_commands(void **state)
{
    struct cli_inside *c = *state;
    snprintf(c->url, sizeof c->url, "http://127.0.0.1:1");
    static const char *const commands[] = {"list", "get\tpa_1", "export\tdir", "forecast",
                                           "set\tpa_1\tquota.tokens=1M\t--yes"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        cli_inside_expect(c, commands[i], 8, "", "nothing answers there");
        if (strstr(str_text(&c->err), "stays") || strstr(str_text(&c->err), "typed"))
            fail_msg("%s: %s", commands[i], str_text(&c->err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test_setup_teardown(test_commands, cli_inside_setup, cli_inside_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
