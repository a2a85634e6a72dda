/* plan_unknown_test.c: items of a plan whose outcome is not known, in the console that applied it:
 * Enter reaches the write, which is looked at again, sent again, given up; and the plan's counts
 * move on with it. */
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};

enum { LOOKS_MS = 40000 }; /* an unknown outcome is looked at at 0, 2 and 10 s */

/* Five accounts are planned; the answers of the first three are lost, which stops it. */
static void lose_three(struct console *c, struct five *f, const struct console_options *size)
{
    plan_five(c, f, size);
    box_fault(&c->box, "{\"fault\":\"cut\",\"when\":\"before\",\"count\":3}");
    plan_apply(c, MARKED);
    console_see(c, "0 of 5  ended");
    console_see(c, "3 unknown, 2 not sent");
    console_see(c, "Enter unknown ones");
    assert_int_equal(how_many_have(c, f, NEW), 0);
}

/* F15: each of the three is settled from the plan, in its own way. */
static void test_f15_settled_from_the_plan(void **state)
{
    struct console c;
    struct five f;
    lose_three(&c, &f, *state);
    console_keys(&c, "g Enter");
    console_see(&c, "OUTCOME UNKNOWN");
    console_see(&c, "It is of plan");
    assert_true(term_wait_text(c.term, ":send-again sends it once more, after its name", LOOKS_MS));
    console_command(&c, "send-again", true);
    console_see(&c, "Send again?");
    console_type(&c, f.name[0]);
    console_keys(&c, "Enter");
    console_see(&c, "1 of 5  ended"); /* read back, and the plan is there again */
    console_see(&c, "1 applied, 2 unknown, 2 not sent");
    assert_true(description_is(&c, &f, 0, NEW));

    console_keys(&c, "j");
    console_command(&c, "release", true); /* on the row itself */
    console_see(&c, "Whether it was applied stays unknown");
    console_keys(&c, "Tab Enter");
    console_see(&c, "RELEASED");
    console_keys(&c, "Esc");
    console_see(&c, "1 applied, 1 unknown, 1 released, 2 not sent");

    cJSON_Delete(box_json(&c.box, "PATCH", f.path[2], "{\"description\":\"" NEW "\"}", 200));
    console_keys(&c, "j r"); /* it has arrived by now */
    console_see(&c, "2 applied, 1 released, 2 not sent");

    console_keys(&c, "r");
    console_see(&c, "is stale");
    plan_apply(&c, 2);
    console_see(&c, "4 of 5  ended");
    console_see(&c, "4 applied, 1 released");
    assert_int_equal(how_many_have(&c, &f, NEW), 4);
    console_close(&c);
}

/* Looked at from the list, too, and not twice at once; left, the plan still hears of it. */
static void test_f15_looked_at_from_elsewhere(void **state)
{
    struct console c;
    struct five f;
    lose_three(&c, &f, *state);
    console_keys(&c, "g Enter");
    console_see(&c, "OUTCOME UNKNOWN");
    console_keys(&c, "Esc");
    console_see(&c, "3 unknown, 2 not sent");
    console_to_the_list(&c);
    console_keys(&c, "U g e");
    console_see(&c, "OUTCOME UNKNOWN");
    cJSON_Delete(box_json(&c.box, "PATCH", f.path[0], "{\"description\":\"" NEW "\"}", 200));
    console_keys(&c, "r");
    console_see(&c, "saved and read back");
    console_see(&c, "/ filter");
    console_command(&c, "resume", false);
    console_see(&c, "1 applied, 2 unknown, 2 not sent");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f15_settled_from_the_plan, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_looked_at_from_elsewhere, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
