/* plain_test.c: a command says what a command can: with the client's own words for everything that
 * it says to a console. */
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
        {ST_INVALID, "refused (422); not applied; nothing typed is lost",
         "correct it and review again", "refused (422); not applied",
         "correct it, and run the command again"},
        {ST_CONFLICT, "", "look at the server's copy, then choose", "",
         "look at it, and run the command again"},
        {ST_FAIL, "correct it and review again, all", "", "correct it and review again, all", ""},
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

/* What does not fit stays as it is: half a sentence would be worse. */
static void test_no_room(void **state)
{
    struct error err = {0};
    (void)state;
    memset(err.next, 'x', sizeof err.next - 1);
    static const char form[] = "correct it and review again"; /* a command's words are longer */
    memcpy(err.next + sizeof err.next - sizeof form, form, sizeof form);
    plain_words(&err);
    assert_int_equal(strlen(err.next), sizeof err.next - 1);
    assert_non_null(strstr(err.next, "xcorrect it and review again"));
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
        cmocka_unit_test(test_no_room),
        cmocka_unit_test_setup_teardown(test_commands, cli_inside_setup, cli_inside_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
