/* access_test.c: a console that may not write has no write actions: not on the key bar, not in the
 * palette, not in the help; their keys say why. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 5, .flag = "--readonly"};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 5, .flag = "--readonly"};

static bool shown(struct console *c, const char *text)
{
    int row, col;
    return term_find(c->term, text, &row, &col);
}

static void test_readonly_has_no_write_actions(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_row(&c, 0, "read-only");
    console_see(&c, "/ filter"); /* the key bar */
    assert_false(shown(&c, "e edit"));
    assert_false(shown(&c, "b bulk"));
    assert_false(shown(&c, "t on/off"));
    console_keys(&c, "e");
    console_see(&c, "this connection is read-only; nothing was sent");
    console_keys(&c, "?");
    console_see(&c, "Move one line down");
    console_keys(&c, "/");
    console_type(&c, "the account in");
    console_keys(&c, "Enter");
    console_see(&c, "not found");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, ":");
    console_see(&c, "Command");
    console_type(&c, "clone");
    console_see(&c, "nothing fits what is typed");
    console_close(&c);
}

/* The same keys and words are there when writing is allowed: the test above looks for the right
 * ones. */
static void test_a_writer_has_them(void **state)
{
    struct console c;
    struct console_options o = *(const struct console_options *)*state;
    o.flag = NULL;
    console_open_ready(&c, &o);
    console_see(&c, "e edit");
    console_see(&c, "b bulk");
    console_see(&c, "t on/off");
    console_keys(&c, "?");
    console_see(&c, "Move one line down");
    console_keys(&c, "/");
    console_type(&c, "the account in");
    console_keys(&c, "Enter");
    console_see(&c, "Change the account in a form");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, ":");
    console_see(&c, "Command");
    console_type(&c, "clone");
    console_see(&c, "Create an account like this one");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_readonly_has_no_write_actions, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_writer_has_them, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
