/* plan_others_test.c: a plan and what is not of it: one that was made with another profile is shown
 * and asked about by its word, never begun by a key; an account with an earlier write that is not
 * settled is left, the others are written, and the plan goes on with it once that is given up. */
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

static void set_profile(struct console *c, const char *name, const char *label)
{
    struct str text = STR_INIT;
    str_printf(&text, "profile = \"%s\";\nprofiles: { %s: { label = \"%s\"; }; };\n", name, name,
               label);
    assert_true(tmpdir_write(c->home, "home/config/paddock/paddock.cfg", str_text(&text), 0600));
    str_finish(&text);
}

static void test_of_another_profile(void **state)
{
    struct console c;
    struct five f;
    console_open_ready(&c, *state);
    set_profile(&c, "alpha", "");
    console_restart(&c, *state);
    first_five(&c, &f);
    plan_marked(&c, &f);
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1500,\"seconds\":3600}");
    plan_apply(&c, MARKED);
    console_see(&c, "0 of 5  applying");
    console_see(&c, "in flight");
    console_keys(&c, "Z"); /* before the others go beside the first */
    console_see(&c, "PAUSED");
    console_gone(&c, "in flight");
    int done = how_many_have(&c, &f, NEW);
    assert_true(done <= 1);
    set_profile(&c, "beta", "LIVE");
    console_kill_restart(&c, *state);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_see(&c, "Resume the plan?");
    console_see(&c, "It was made with profile alpha.");
    console_keys(&c, "Tab Enter"); /* the key that goes on with one of this profile */
    console_see(&c, "A and the typed word LIVE");
    assert_int_equal(how_many_have(&c, &f, NEW), done);
    console_keys(&c, "A");
    console_see(&c, "It was made with profile alpha.");
    console_type(&c, "4");
    console_keys(&c, "Enter"); /* what alpha, which has no label, asked for */
    console_see(&c, "That is not it: type LIVE");
    console_keys(&c, "C-u");
    assert_int_equal(how_many_have(&c, &f, NEW), done);
    console_type(&c, "LIVE");
    console_keys(&c, "Enter");
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

/* A command of the same machine writes into the dark, beside the console. */
static void set_into_the_dark(struct console *c)
{
    static const char *const args[] = {"set", RIG_FIRST, "quota.tokens=123M", "--yes", "--timeout",
                                       "2s",  NULL};
    box_fault(&c->box, "{\"fault\":\"cut\",\"when\":\"before\",\"count\":1}");
    assert_int_equal(console_beside(c, args, LOOKS_MS), 9);
}

/* A plan that waits here for its word and was applied by a command meanwhile: this console sends
 * nothing, says so, and whose writes they were. */
static void test_applied_by_a_command(void **state)
{
    struct console c;
    struct five f;
    struct str path = STR_INIT;
    console_open_ready(&c, *state);
    first_five(&c, &f);
    plan_marked(&c, &f);
    tmpdir_path(c.home, "home/five.plan", &path);
    console_keys(&c, "w");
    console_see(&c, "Save the plan as");
    console_keys(&c, "C-u");
    console_type(&c, str_text(&path));
    console_keys(&c, "Enter");
    console_see(&c, "saved as ");
    const char *const args[] = {"apply", str_text(&path), "--yes", NULL};
    assert_int_equal(console_beside(&c, args, LOOKS_MS), 0);
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    plan_apply(&c, MARKED);
    console_see(&c, "5 of 5  ended");
    console_see(&c, "5 applied; nothing was sent now, it was applied before");
    console_see(&c, "before by ");
    str_finish(&path);
    console_close(&c);
}

static void test_f15_one_behind_an_open_write(void **state)
{
    struct console c;
    struct five f;
    console_open_ready(&c, *state);
    first_five(&c, &f);
    plan_marked(&c, &f);
    set_into_the_dark(&c);
    plan_apply(&c, MARKED);
    console_see(&c, *state == &wide ? "behind an open write: looking at write 1"
                                    : "behind an open write: look");
    assert_true(term_wait_text(c.term, "4 of 5  ended", LOOKS_MS));
    console_see(&c, "4 applied, 1 behind an open write");
    console_see(&c, "3 History (r, or :release)");
    console_keys(&c, "!");
    console_see(&c, "behind an open write: writ");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED - 1);
    assert_false(description_is(&c, &f, 0, NEW));
    console_to_the_list(&c);
    console_keys(&c, "U");
    console_see(&c, "/ filter");
    console_keys(&c, "g e"); /* the account of that write */
    console_see(&c, "OUTCOME UNKNOWN");
    console_command(&c, "release", true);
    console_see(&c, "Whether it was applied stays unknown");
    console_keys(&c, "Tab Enter");
    console_see(&c, "RELEASED");
    console_to_the_list(&c);
    console_command(&c, "resume", false);
    console_see(&c, "1 behind an open write");
    plan_apply(&c, 1);
    console_see(&c, "5 of 5  ended");
    console_see(&c, "5 applied");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    assert_true(console_quota(&c) != 123e6); /* the write that was given up is not sent by it */
    console_close(&c);
}

/* F15: what a command left unsettled is taken up by the console that runs: at its next refresh, or
 * by r. */
static void test_f15_what_a_command_left_is_taken_up(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    set_into_the_dark(&c);
    console_keys(&c, "r");
    console_see(&c, "unknown: ");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_of_another_profile, &small, &wide),
        CONSOLE_TWO_SIZES(test_applied_by_a_command, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_one_behind_an_open_write, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_what_a_command_left_is_taken_up, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
