/* plan_small_test.c: a plan on a small terminal: an account with what changes, how many, and the
 * word that is asked for are all to be seen, or the word could be typed for what nobody saw. */
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct console_options usual = {.rows = 24, .cols = 80, .accounts = 60};

/* On the plan and in its question. */
static void see_all(struct console *c, int rows, int cols)
{
    term_resize(c->term, rows, cols);
    console_see(c, cols < 60 ? "A, then type 5" : "A and the typed word 5 apply 5 changes");
    console_see(c, "5 changes, 0 unchanged");
    console_see(c, "an-claude-eu"); /* as much as there is room for */
    console_see(c, "+night=yes");
    console_keys(c, "A");
    console_see(c, "Type 5 to confirm");
    console_see(c, "5 changes to ");
    console_keys(c, "Esc");
    console_gone(c, "Type 5 to confirm");
}

static void test_small_terminals(void **state)
{
    struct console c;
    (void)state;
    console_open_ready(&c, &usual);
    console_keys(&c, "Space Space Space Space Space");
    console_see(&c, "5 marked");
    console_keys(&c, "b");
    console_see(&c, "5 accounts");
    console_type(&c, "set a tag");
    console_keys(&c, "Enter");
    console_see(&c, "its key, such as team, or team=search");
    console_type(&c, "night=yes"); /* the key and the value at once */
    console_keys(&c, "Enter");
    console_see(&c, "DO   tags.night=yes");
    see_all(&c, 15, 60);
    see_all(&c, 12, 40);
    term_resize(c.term, 24, 80);
    console_see(&c, "UNDO  the inverse is saved first");
    plan_apply(&c, 5);
    console_see(&c, "5 of 5  ended");
    term_resize(c.term, 12, 40);
    console_gone(&c, "HOW  ");
    console_see(&c, "5 of 5  ended");
    console_see(&c, "5 applied");
    console_see(&c, "an-claude-eu");
    console_close(&c);
}

/* The key alone where no value belongs. */
static void test_a_tag_without_a_value(void **state)
{
    struct console c;
    (void)state;
    console_open_ready(&c, &usual);
    console_keys(&c, "b");
    console_see(&c, "1 account");
    console_type(&c, "remove a tag");
    console_keys(&c, "Enter");
    console_see(&c, "the key of the tag, such as team");
    console_type(&c, "night=yes");
    console_keys(&c, "Enter");
    console_see(&c, "the key alone: night");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_terminals),
        cmocka_unit_test(test_a_tag_without_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
