/* welcome_test.c: the first start: paddock knows no server, says how it is told one, and offers the
 * sandbox. Nothing of it needs a screen of its own, and no line is cut at 80 columns. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const nothing[] = {"PADDOCK_URL", "PADDOCK_ORG", "PADDOCK_TOKEN", NULL};
static const struct console_options first = {.rows = 24, .cols = 80, .accounts = 1, .env = nothing};

static void test_no_is_taken(void **state)
{
    struct console c;
    (void)state;
    console_open(&c, &first);
    console_see(&c, "It does not know a server yet.");
    console_see(&c, "paddock config init");
    console_see(&c, "/paddock.cfg");
    console_see(&c, "paddock doctor");
    int row = 0, col = 0, question = 0;
    console_see(&c, "[y/N]");
    assert_true(term_find(c.term, "Look around", &question, &col));
    assert_true(term_find(c.term, "[y/N]", &row, &col));
    assert_int_equal(row, question);
    console_keys(&c, "Enter");
    assert_int_equal(console_end(&c), 64);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

static void test_yes_opens_the_sandbox(void **state)
{
    struct console c;
    (void)state;
    console_open(&c, &first);
    console_see(&c, "[y/N]");
    console_type(&c, "y");
    console_keys(&c, "Enter");
    console_see(&c, "1,200 accounts, complete");
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

/* What came from outside is made safe here, too. */
static void test_a_hostile_name(void **state)
{
    static const char *const env[] = {"PADDOCK_URL", "PADDOCK_ORG", "PADDOCK_TOKEN",
                                      "XDG_CONFIG_HOME=/tmp/a\033[31mb", NULL};
    static const struct console_options o = {.rows = 24, .cols = 80, .accounts = 1, .env = env};
    struct console c;
    (void)state;
    console_open(&c, &o);
    console_see(&c, "/tmp/a^[[31mb/paddock");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_is_taken),
        cmocka_unit_test(test_yes_opens_the_sandbox),
        cmocka_unit_test(test_a_hostile_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
