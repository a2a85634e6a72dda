/* demo_test.c: the demo is broken on purpose, and the console says what a real fault would make it
 * say: a lost server, a change by somebody else, an outcome that is not known. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 1, .flag = "--demo"};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 1, .flag = "--demo"};
static const struct console_options real = {.rows = 24, .cols = 80, .accounts = 30};

static void break_it(struct console *c, const char *fault, const char *said)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, "demo");
    console_keys(c, "Enter");
    console_see(c, "Break the demo");
    console_type(c, fault);
    console_keys(c, "Enter");
    console_see(c, said);
}

static void test_outage(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    break_it(&c, "outage", "demo outage: 503 for 20 s");
    console_keys(&c, "r");
    console_see(&c, "(503)");
    console_row(&c, 0, "1,200"); /* the accounts stay, and how old they are is said */
    break_it(&c, "none", "demo none: all is well again");
    console_keys(&c, "r");
    console_gone(&c, "(503)");
    console_close(&c);
}

static void test_cut_is_unknown_and_settled(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    break_it(&c, "cut", "demo cut: the next write");
    console_keys(&c, "t");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "disabled and read back"); /* looked at, and seen to be there */
    console_close(&c);
}

static void test_a_real_server_is_left_alone(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, ":");
    console_see(&c, "Command");
    console_type(&c, "demo");
    console_keys(&c, "Enter");
    console_see(&c, "only a demo can be broken");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_outage, &small, &wide),
        CONSOLE_TWO_SIZES(test_cut_is_unknown_and_settled, &small, &wide),
        {"a real server", test_a_real_server_is_left_alone, NULL, NULL, (void *)(uintptr_t)&real},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
