/* message_test.c: the message line: what is said there is whole, hides no keys, and goes when it is
 * over. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 30};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 30};

/* An answer goes with the next key that does something, and not with one that does nothing. */
static void test_an_answer_goes_with_the_next_key(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "v");
    console_see(&c, "range begun");
    console_keys(&c, "0");
    console_keys(&c, "j");
    console_gone(&c, "v again marks");
    console_see(&c, "range"); /* it still is: said before the keys */
    console_keys(&c, "Esc");
    console_gone(&c, "range");
    console_keys(&c, "Space");
    console_see(&c, "1 marked");
    console_keys(&c, "U");
    console_see(&c, "no marks are left");
    console_keys(&c, "0"); /* bound to nothing */
    console_see(&c, "no marks are left");
    console_keys(&c, "j");
    console_gone(&c, "no marks are left");
    console_close(&c);
}

/* A key that means something elsewhere, and a paste, are answered; a slip hides nothing. */
static void test_what_does_nothing_says_so(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "@");
    console_see(&c, "METHOD");
    console_keys(&c, "e");
    console_see(&c, "edit does nothing here; 1 shows the accounts");
    console_keys(&c, "0"); /* bound nowhere */
    console_see(&c, "edit does nothing here");
    console_keys(&c, "1");
    console_gone(&c, "edit does nothing here");
    term_paste(c.term, "dq+20%");
    console_see(&c, "the paste was ignored");
    console_close(&c);
}

/* Longer than a line: on more lines, from the screen and not from the keys; then in one. */
static void test_a_long_one_hides_no_keys(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    int rows = term_rows(c.term);
    console_keys(&c, "y Enter");
    console_see(&c, "/paddock/yank");
    console_row(&c, rows - 3, "Space mark");
    console_row(&c, rows - 2, "kept in");
    console_keys(&c, "0"); /* any key: it was seen */
    console_row(&c, rows - 2, "Space mark");
    console_row(&c, rows - 1, "id sent to");
    console_keys(&c, "j");
    console_gone(&c, "id sent to");
    console_close(&c);
}

/* A refusal is told once, where it is reviewed. */
static void test_a_refusal_is_told_once(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    int rows = term_rows(c.term);
    console_review_quota(&c, "123M");
    box_fault(&c.box, "{\"fault\":\"conflict\"}");
    console_keys(&c, "A");
    console_see(&c, "REFUSED");
    console_row(&c, rows - 1, RIG_FIRST ": refused, not applied");
    console_row(&c, rows - 2, "Esc back");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_an_answer_goes_with_the_next_key, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_long_one_hides_no_keys, &small, &wide),
        CONSOLE_TWO_SIZES(test_what_does_nothing_says_so, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_refusal_is_told_once, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
