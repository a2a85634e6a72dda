/* plan_leave_test.c: leaving while a plan is being applied: asked, those in flight come to their
 * end, and what is left is asked about at the next start; staying goes on. What was never saved
 * stays on its screen. */
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

static const char *const two_orgs[] = {"--org", "org_demo,org_b", NULL};
static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 60, .sandbox = two_orgs};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 60, .sandbox = two_orgs};

/* Five are planned, and the first is on its way, slowly. */
static void apply_slowly(struct console *c, struct five *f, const struct console_options *o)
{
    static const char config[] = "profile = \"t\";\nprofiles: { t: { orgs = [ \"org_b\" ]; }; };\n";
    console_open_ready(c, o);
    assert_true(tmpdir_write(c->home, "home/config/paddock/paddock.cfg", config, 0600));
    console_restart(c, o);
    first_five(c, f);
    plan_marked(c, f);
    box_fault(&c->box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1500,\"seconds\":3600}");
    plan_apply(c, MARKED);
    console_see(c, "0 of 5  applying");
}

/* After those in flight. */
static void quit(struct console *c)
{
    console_keys(c, "Q");
    console_see(c, "A plan is being applied.");
    console_keys(c, "Tab Enter");
}

/* What was on its way is known, the rest is not sent, and the next start asks. */
static void left_whole(struct console *c, const struct five *f, const struct console_options *o)
{
    char words[60];
    box_fault(&c->box, "{\"fault\":\"none\"}");
    int have = how_many_have(c, f, NEW);
    assert_true(have >= 1 && have < MARKED);
    console_restart(c, o);
    console_see(c, "Resume the plan?");
    snprintf(words, sizeof words, ": %d applied, %d not sent", have, MARKED - have);
    console_see(c, words);
    assert_int_equal(how_many_have(c, f, NEW), have);
    console_keys(c, "Tab Enter");
    console_see(c, "5 of 5  ended");
    assert_int_equal(how_many_have(c, f, NEW), MARKED);
}

/* What is asked about is as it is now: the question goes when somebody else went on with the plan.
 */
static void test_the_question_goes_with_the_plan(void **state)
{
    struct console c;
    struct five f;
    char id[16] = "";
    int row, col;
    apply_slowly(&c, &f, *state);
    quit(&c);
    assert_int_equal(console_end(&c), 0);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_restart(&c, *state);
    console_see(&c, "Resume the plan?");
    assert_true(term_find(c.term, "Plan ", &row, &col));
    assert_int_equal(sscanf(strstr(term_row_text(c.term, row), "Plan "), "Plan %8[0-9A-F]", id), 1);
    assert_int_equal(console_beside(&c, (const char *const[]){"apply", id, "--yes", NULL}, 0), 0);
    console_gone(&c, "Resume the plan?");
    console_see(&c, "elsewhere");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

static void test_quit_after_those_in_flight(void **state)
{
    struct console c;
    struct five f;
    apply_slowly(&c, &f, *state);
    quit(&c);
    assert_int_equal(console_end(&c), 0);
    left_whole(&c, &f, *state);
    console_close(&c);
}

/* After the screen is gone one line says how far it came and what goes on with it. */
static void test_last_words(void **state)
{
    struct console c;
    struct five f;
    apply_slowly(&c, &f, *state);
    quit(&c);
    console_see(&c, " not sent; paddock -p t apply ");
    assert_int_equal(console_end(&c), 0);
    console_close(&c);
}

/* Esc loses no plan: it is shown again, of two it is asked which, and the end asks before. */
static void test_a_plan_that_was_not_applied_is_kept(void **state)
{
    struct console c;
    struct five f;
    plan_five(&c, &f, *state);
    console_keys(&c, "Esc");
    console_see(&c, "is kept, not applied; :resume shows it again");
    console_command(&c, "resume", false);
    console_see(&c, "5 changes, 0 unchanged");
    console_keys(&c, "e"); /* what it came from is there as well */
    console_see(&c, "So far: desc=" NEW);
    console_keys(&c, "Esc");
    console_gone(&c, "So far");
    console_command(&c, "resume", false);
    console_see(&c, "5 changes, 0 unchanged");
    console_keys(&c, "Q");
    console_see(&c, "Not applied, and gone after: plan ");
    console_see(&c, ", to apply 5 changes");
    console_keys(&c, "Enter"); /* stays */
    console_gone(&c, "Quit paddock?");
    console_see(&c, "5 changes, 0 unchanged");
    console_keys(&c, "1");
    console_see(&c, "is kept, not applied");
    console_keys(&c, "x"); /* the marks stay */
    console_see(&c, "5 deletions");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_command(&c, "resume", false);
    console_see(&c, "Which plan?");
    console_see(&c, "not applied: delete 5 accounts");
    console_keys(&c, "Down Enter");
    console_see(&c, "5 changes, 0 unchanged");
    plan_apply(&c, MARKED);
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "Q");
    console_see(&c, "to delete 5 accounts");
    console_keys(&c, "Tab Enter");
    assert_int_equal(console_end(&c), 0);
    console_close(&c);
}

static sqlite3 *plans_file(struct console *c, const char *sql)
{
    struct str path = STR_INIT;
    sqlite3 *db = NULL;
    tmpdir_path(c->home, "home/state/paddock/plans.db", &path);
    assert_int_equal(sqlite3_open_v2(path.data, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    str_finish(&path);
    return db;
}

/* Refused after its word was typed, the plan stays on its screen as it was reviewed; a file that is
 * busy is waited for. */
static void test_a_plan_that_cannot_be_saved_stays(void **state)
{
    struct console c;
    struct five f;
    plan_five(&c, &f, *state);
    sqlite3 *db = plans_file(
        &c, "CREATE TRIGGER no BEFORE INSERT ON plan BEGIN SELECT RAISE(ABORT, 'no room'); END");
    plan_apply(&c, MARKED);
    console_see(&c, "no room");
    console_see(&c, "5 changes, 0 unchanged");
    console_keys(&c, "Esc");
    console_see(&c, "is kept, not applied; :resume shows it again");
    console_command(&c, "resume", false);
    console_see(&c, "5 changes, 0 unchanged");
    assert_int_equal(sqlite3_exec(db, "DROP TRIGGER no; BEGIN IMMEDIATE", NULL, NULL, NULL),
                     SQLITE_OK);
    plan_apply(&c, MARKED);
    console_see(&c, "0 of 5");
    console_keys(&c, "C-c");
    console_see(&c, "0 of 5  ended");
    console_keys(&c, "Q");
    console_see(&c, "Not applied, and gone after: plan ");
    console_keys(&c, "Enter"); /* stays */
    console_gone(&c, "Quit paddock?");
    plan_apply(&c, MARKED);
    console_see(&c, "0 of 5");
    assert_int_equal(how_many_have(&c, &f, NEW), 0);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

/* A pipe has no reader, and the console would wait for it for ever. */
static void test_no_plan_is_saved_into_a_pipe(void **state)
{
    struct console c;
    struct five f;
    struct str path = STR_INIT;
    plan_five(&c, &f, *state);
    tmpdir_path(c.home, "p", &path);
    assert_int_equal(mkfifo(path.data, 0600), 0);
    console_keys(&c, "w");
    console_see(&c, "Save the plan as");
    console_keys(&c, "C-u");
    console_type(&c, path.data);
    console_keys(&c, "Enter");
    console_see(&c, "is no regular file");
    console_keys(&c, "Esc");
    console_gone(&c, "Save the plan as");
    str_finish(&path);
    console_close(&c);
}

static void test_staying_goes_on(void **state)
{
    struct console c;
    struct five f;
    apply_slowly(&c, &f, *state);
    console_keys(&c, "Q");
    console_see(&c, "A plan is being applied.");
    console_keys(&c, "Enter"); /* the safe button */
    console_gone(&c, "Quit paddock?");
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

static void test_another_organisation_after_those_in_flight(void **state)
{
    struct console c;
    struct five f;
    apply_slowly(&c, &f, *state);
    console_keys(&c, "Esc"); /* the plan goes on without its screen */
    console_see(&c, "/ filter");
    console_keys(&c, "P");
    console_see(&c, "another organisation");
    console_keys(&c, "Down Enter");
    console_see(&c, "Switch the profile?");
    console_see(&c, "A plan is being applied.");
    console_keys(&c, "Tab Enter");
    console_see(&c, "6 accounts, complete"); /* of the other one */
    console_gone(&c, "Resume the plan?");    /* which is not of this organisation */
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    left_whole(&c, &f, *state);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"test_the_question_goes_with_the_plan", test_the_question_goes_with_the_plan, NULL, NULL,
         (void *)&small},
        CONSOLE_TWO_SIZES(test_quit_after_those_in_flight, &small, &wide),
        CONSOLE_TWO_SIZES(test_last_words, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_plan_that_was_not_applied_is_kept, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_plan_that_cannot_be_saved_stays, &small, &wide),
        CONSOLE_TWO_SIZES(test_no_plan_is_saved_into_a_pipe, &small, &wide),
        CONSOLE_TWO_SIZES(test_staying_goes_on, &small, &wide),
        CONSOLE_TWO_SIZES(test_another_organisation_after_those_in_flight, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
