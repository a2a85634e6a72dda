/* plan_cmd_test.c: many accounts at once: shown as a plan, kept in a file, agreed to, applied,
 * taken back; files compared with the server. It covers plan_cmd.c and bulk.c, bulk_ask.c. */
#include "tests/support/cli_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Words with a path of the home in the place of %s. */
static const char *with(struct cli_inside *c, const char *format, const char *name)
{
    static char words[600];
    struct str path = STR_INIT;
    tmpdir_path(c->dir, name, &path);
    const char *at = strstr(format, "%s");
    snprintf(words, sizeof words, "%.*s%s%s", (int)(at - format), format, str_text(&path), at + 2);
    str_finish(&path);
    return words;
}

static void test_shown_kept_applied(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, with(c, "plan\tpa_0\tpa_1\trate.rps=x1.5\t--out\t%s", "p.plan"), 2,
                      "2 changes, 0 unchanged, 0 skipped\n"
                      "requests/s  160 → 240 (+80)",
                      "p.plan");
    assert_int_equal(c->book->writes, 0);
    cli_inside_expect(c, with(c, "apply\t%s\t--dry-run", "p.plan"), 2, "~ acct-0 (pa_0)", "");
    cli_inside_expect(c, with(c, "apply\t%s", "p.plan"), 64, NULL, "nothing was sent");
    assert_int_equal(c->book->writes, 0);
    cli_inside_expect(c, with(c, "apply\t%s\t-y", "p.plan"), 0, NULL, "2 applied");
    assert_int_equal(book_rps(c->book, "pa_0"), 120);
    assert_int_equal(c->book->writes, 2);
    cli_inside_expect(c, with(c, "apply\t%s\t-y", "p.plan"), 0, NULL, NULL); /* again: nothing */
    assert_int_equal(c->book->writes, 2);
    cli_inside_expect(c, "undo\t-y", 0, NULL, "2 applied"); /* the last write was of a plan */
    assert_int_equal(book_rps(c->book, "pa_0"), 80);
    assert_int_equal(book_rps(c->book, "pa_1"), 80);
}

static void test_chosen_by_a_filter(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\t--where\tname=acct-3\trate.rps=91\t--dry-run", 2, "1 change, ", "");
    cli_inside_expect(c, "set\t--where\tacct\trate.rps=91\t-y", 64, "",
                      "what chooses accounts for a write is exact");
    cli_inside_expect(c, "set\t--where\tname=nobody\trate.rps=91\t-y", 0, NULL, NULL);
    cli_inside_expect(c, "disable\t--where\tprovider=openai\t-y", 64, NULL,
                      "no enabled account is left at all"); /* yes is no word for that */
    cli_inside_expect(c, "disable\t--where\tprovider=openai\t--confirm=last 1", 0, NULL,
                      "5 applied");
    cli_inside_expect(c, "delete\t--where\tenabled=no\t-y", 64, NULL, NULL); /* yes is no word */
    cli_inside_expect(c, "delete\t--where\tenabled=no\t--confirm=delete 4", 64, NULL,
                      "is not the word of this plan, to delete 5 accounts");
    cli_inside_expect(c, "delete\t--where\tenabled=no\t--confirm=5", 64, NULL,
                      "--confirm='delete 5'");
    assert_int_equal(c->book->committed, 5);
    cli_inside_expect(c, "delete\t--where\tenabled=no\t--confirm=delete 5", 0, NULL, "5 applied");
    assert_null(book_account(c->book, "pa_0"));
}

/* Ten times as much asks for a word; --yes does not say it. */
static void test_a_digit_too_many(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\tpa_0\tpa_1\tquota.tokens=100\t-y", 0, NULL, "2 applied");
    cli_inside_expect(c, "set\tpa_0\tpa_1\tquota.tokens=1000\t-y", 64, NULL, "--confirm");
    assert_int_equal(c->book->writes, 2);
    cli_inside_expect(c, "set\tpa_0\tpa_1\tquota.tokens=1000\t--confirm=2", 64, NULL,
                      "--confirm='10x 2'");
    assert_int_equal(c->book->writes, 2);
    cli_inside_expect(c, "set\tpa_0\tpa_1\tquota.tokens=1000\t--confirm=10x 2", 0, NULL,
                      "2 applied");
}

static void test_plans_that_are_no_plan(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "apply\tNOSUCH1", 5, "", "there is no plan \"NOSUCH1\" here");
    cli_inside_file(c, "bad.plan", "not a plan\n");
    cli_inside_expect(c, with(c, "apply\t%s\t-y", "bad.plan"), 64, "", "bad.plan");
    cli_inside_expect(c, with(c, "plan\tpa_0\trate.rps=70\t--out\t%s", "p.plan"), 2, NULL, NULL);
    struct str text = STR_INIT;
    assert_true(tmpdir_read(c->dir, "p.plan", &text));
    char *at = strstr(text.data, "70");
    assert_non_null(at);
    *at = '9';
    cli_inside_file(c, "edited.plan", text.data);
    str_finish(&text);
    cli_inside_expect(c, with(c, "apply\t%s\t-y", "edited.plan"), 64, "", "edited.plan:");
    assert_int_equal(c->book->writes, 0);
}

/* A plan is for the server that it was made for, and for no other. */
static void test_a_plan_of_another_organisation(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, with(c, "plan\tpa_0\trate.rps=70\t--out\t%s", "p.plan"), 2, NULL, NULL);
    cli_inside_expect(c, with(c, "apply\t%s\t-y\t--org\torg_other", "p.plan"), 6, NULL,
                      "is for org_demo at ");
    assert_int_equal(c->book->writes, 0);
}

static void test_a_part_that_is_missing(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\tpa_0\tnobody\trate.rps=70\t-y", 3, NULL, "or the name \"nobody\"");
    assert_int_equal(book_rps(c->book, "pa_0"), 70);
    cli_inside_expect(c, "set\tnobody\tnor-he\trate.rps=70\t-y", 5, NULL, "nor-he");
    assert_int_equal(c->book->writes, 1);
}

static void test_files_against_the_server(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, with(c, "export\t%s", "out"), 0, "", "5 files written, 0 already so");
    cli_inside_expect(c, with(c, "export\t%s", "out"), 0, "", "0 files written, 5 already so");
    cli_inside_expect(c, with(c, "diff\t-f\t%s", "out"), 0, NULL, NULL);
    cli_inside_expect(c, "set\tpa_1\trate.rps=99\t-y", 0, NULL, NULL);
    cli_inside_expect(c, with(c, "diff\t-f\t%s", "out"), 2, "acct-1", NULL);
    cli_inside_expect(c, "diff\t-f\t/nowhere", 64, "", "/nowhere: No such file or directory");
    cli_inside_expect(c, with(c, "plan\t-f\t%s", "out"), 2, "99 requests/s → 80 requests/s", NULL);
    assert_int_equal(c->book->writes, 1);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_shown_kept_applied),
        T(test_chosen_by_a_filter),
        T(test_a_digit_too_many),
        T(test_plans_that_are_no_plan),
        T(test_a_plan_of_another_organisation),
        T(test_a_part_that_is_missing),
        T(test_files_against_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
