/* bulk_test.c: many accounts at once from the keyboard: marked, planned, agreed to, applied, and
 * what failed, was stale or was left by a kill gone on with; then taken back. The sandbox is asked
 * behind the console's back. */
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};
static const struct console_options *size; /* of the test that runs */

static void apply(struct console *c, int changes)
{
    console_keys(c, "A");
    console_see(c,
                " to organisation org_demo, host 127.0.0.1"); /* of no profile there is no name */
    plan_agree(c, changes);
}

static void test_five_at_once_and_back(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    plan_five(&c, &f, size);
    console_keys(&c, "A");
    console_see(&c, "Type 5 to confirm");
    console_keys(&c, "4 Enter"); /* not the word */
    console_see(&c, "That is not it: type 5; nothing was done");
    assert_int_equal(how_many_have(&c, &f, NEW), 0);
    console_keys(&c, "Esc");
    console_gone(&c, "Type 5 to confirm");
    console_keys(&c, "Enter"); /* one of them, whole; Enter applies nothing */
    console_see(&c, "An account of the plan");
    console_see(&c, f.path[0] + sizeof RIG_ACCOUNTS);
    console_keys(&c, "Esc");
    console_see(&c, "5 change");
    console_keys(&c, "A");
    console_see(&c, "Type 5 to confirm");
    console_keys(&c, "5 Enter");
    console_see(&c, "5 of 5  ended");
    console_see(&c, "5 applied");
    console_gone(&c, "A go on"); /* nothing is left to apply, nor to pause */
    console_keys(&c, "Z");
    console_see(&c, "there is nothing to pause");
    assert_int_equal(how_many_have(&c, &f, NEW), 5);
    console_to_the_list(&c);
    console_keys(&c, "u"); /* one key for all of them */
    console_see(&c, "takes back plan");
    console_see(&c, "5 change");
    assert_int_equal(how_many_have(&c, &f, NEW), 5);
    apply(&c, 5);
    console_see(&c, "5 of 5  ended");
    for (int i = 0; i < MARKED; i++)
        assert_true(description_is(&c, &f, i, f.description[i]));
    console_close(&c);
}

/* Three are refused, which stops it; what was not done is listed with its reason, and goes on. */
static void test_three_failures_are_gone_on_with(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    plan_five(&c, &f, size);
    box_fault(&c.box, "{\"fault\":\"forbidden\",\"count\":3}");
    apply(&c, 5);
    console_see(&c, "3 failed");
    console_see(&c, "failed: the token"); /* the reason, also where there is little room */
    if (size == &wide)
        console_see(&c, "(403)");
    int done = how_many_have(&c, &f, NEW);
    assert_true(done <= 2);
    console_keys(&c, "! Enter");
    console_see(&c, "An account of the plan");
    console_see(&c, "(403)");
    console_keys(&c, "Esc");
    console_see(&c, "5 change");
    console_keys(&c, "!");
    apply(&c, MARKED - done);
    console_see(&c, "5 of 5  ended");
    console_see(&c, "5 applied");
    assert_int_equal(how_many_have(&c, &f, NEW), 5);
    console_close(&c);
}

/* Somebody changes one of five after the plan was made; the others are applied. */
static void apply_with_one_stale(struct console *c, struct five *f)
{
    plan_five(c, f, size);
    cJSON_Delete(box_json(&c->box, "PATCH", f->path[2], "{\"description\":\"theirs\"}", 200));
    apply(c, 5);
    console_see(c, "4 applied, 1 stale");
}

/* F16: it is left as it is. */
static void test_f16_a_stale_account_is_skipped(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    apply_with_one_stale(&c, &f);
    assert_true(description_is(&c, &f, 2, "theirs"));
    assert_int_equal(how_many_have(&c, &f, NEW), 4);
    console_close(&c);
}

/* `r`: the stale one is read again and planned as it is now: shown, and applied by the word. */
static void test_f16_the_stale_one_is_planned_again(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    apply_with_one_stale(&c, &f);
    console_see(&c, "r plans the stale ones again");
    console_see(&c, "r stale again");
    console_keys(&c, "r");
    console_see(&c, "DO   desc=" NEW " (as in plan ");
    console_see(&c, "1 change, 0 unchanged");
    console_see(&c, "theirs → " NEW);
    console_see(&c, "1 with a warning"); /* what this takes from somebody else */
    console_keys(&c, "Enter");
    console_see(&c, "An account of the plan");
    console_see(&c, "changed by others meanwhile, ");
    console_see(&c, " → theirs: this overwrites");
    console_keys(&c, "Esc");
    console_gone(&c, "An account of the plan");
    console_gone(&c, f.name[1]);
    assert_true(description_is(&c, &f, 2, "theirs"));
    console_keys(&c, "Esc"); /* thought better of it: nothing is lost, nothing is sent */
    console_see(&c, "/ filter");
    assert_true(description_is(&c, &f, 2, "theirs"));
    console_keys(&c, ":");
    console_type(&c, "resume");
    console_keys(&c, "Enter");
    console_see(&c, "Which plan?"); /* the one that was left is kept, too */
    console_see(&c, "not applied: apply 1 change");
    console_keys(&c, "Down Enter");
    console_see(&c, "4 applied, 1 stale");
    console_keys(&c, "r");
    console_see(&c, "theirs → " NEW);
    apply(&c, 1);
    console_see(&c, "1 of 1  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), 5);
    console_close(&c);
}

/* F29: killed in the middle: the next start asks, and sends nothing twice. The server does the
 * first write at once, and those that come before the kill never. */
static void test_f29_a_killed_plan_is_resumed(void **state)
{
    struct console c;
    struct five f;
    char words[40];
    size = *state;
    plan_five(&c, &f, size);
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":0,\"count\":1}");
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":3600000,\"seconds\":3600}");
    apply(&c, 5);
    console_see(&c, "1 of 5  applying");
    console_kill_restart(&c, size);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_see(&c, "Resume the plan?");
    console_see(&c, "1 applied");
    assert_int_equal(how_many_have(&c, &f, NEW), 1);
    console_keys(&c, "Tab Enter");
    console_see(&c, "of 5  ended");
    /* Those that were on their way are looked at, never sent again by themselves. */
    int after = how_many_have(&c, &f, NEW);
    snprintf(words, sizeof words, "%d applied", after);
    console_see(&c, words);
    if (after < 5) {
        snprintf(words, sizeof words, "%d unknown", 5 - after);
        console_see(&c, words);
    }
    console_close(&c);
}

static void test_paused_stopped_and_left_alone(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    plan_five(&c, &f, size);
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1500,\"seconds\":3600}");
    apply(&c, 5);
    console_see(&c, "of 5  applying");
    console_keys(&c, "Z");
    console_see(&c, "PAUSED");
    console_gone(&c, "Z pause");
    console_keys(&c, "Esc"); /* the screen goes, the plan stays */
    console_see(&c, "the plan stays paused; b shows it");
    console_see(&c, "/ filter");
    console_row(&c, 1, ": 1 of 5");
    console_row(&c, 1, "4 Alerts  "); /* what the banner says does not touch the tabs */
    console_keys(&c, "b");
    console_see(&c, "PAUSED");
    console_see(&c, "1 of 5");
    console_keys(&c, "C-c");
    console_see(&c, "1 of 5  ended");
    console_see(&c, "1 applied, 4 not sent");
    console_keys(&c, ":"); /* no other plan is looked for over this one */
    console_type(&c, "resume");
    console_keys(&c, "Enter");
    console_see(&c, "a plan is open already; leave it first");
    console_keys(&c, "Esc");
    console_see(&c, "4 changes of the plan left; :resume shows it again");
    assert_int_equal(how_many_have(&c, &f, NEW), 1);
    console_close(&c);
}

static void plan_quota(struct console *c, const char *factor)
{
    console_keys(c, "b");
    console_see(c, "5 accounts");
    console_type(c, "multiply");
    console_keys(c, "Enter");
    console_type(c, "quota.tokens");
    console_keys(c, "Enter");
    console_see(c, ": quota.tokens");
    console_type(c, factor);
    console_keys(c, "Enter");
    console_see(c, "5 change");
}

/* At every moment the keys that are offered do something, the words are of what was done and not of
 * what was planned, and `!` finds what was not done. */
static void test_words_are_of_this_moment(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    plan_five(&c, &f, size);
    console_see(&c, "! problems");
    console_keys(&c, "!");
    console_see(&c, "no account is skipped, none has a warning");
    console_keys(&c, "! Esc");
    console_see(&c, "/ filter");
    plan_quota(&c, "12");
    console_see(&c, "! quota.tokens");
    console_keys(&c, "!");
    console_see(&c, "! quota.tokens");
    console_keys(&c, "!");
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1500,\"seconds\":3600}");
    plan_apply_word(&c, "10x 5"); /* 5 is what any plan of five asks for */
    console_see(&c, "of 5  applying");
    console_see(&c, "not sent");
    console_gone(&c, "! quota.tokens");
    console_keys(&c, "!");
    console_see(&c, "nothing went wrong so far");
    console_keys(&c, "!");
    console_see(&c, "Z pause  ^C stop");
    console_keys(&c, "Z");
    console_see(&c, "Z go on  ^C stop");
    console_see(&c, "1 of 5  PAUSED");
    box_fault(&c.box, "{\"fault\":\"slow\",\"ms\":3000,\"seconds\":3600}"); /* reads, too */
    console_keys(&c, "Z");
    console_see(&c, "Z pause");
    console_see(&c, "in flight");
    console_keys(&c, "C-c");
    console_see(&c, "of 5  stopping");
    console_gone(&c, "^C stop");
    console_gone(&c, "Z pause");
    console_keys(&c, "Q");
    console_see(&c, "A plan stops after those in flight.");
    console_keys(&c, "Enter");
    console_gone(&c, "Quit paddock?");
    console_keys(&c, "q");
    console_see(&c, "the plan stops after those in flight; b shows it");
    console_keys(&c, "b");
    console_see(&c, "of 5  ended");
    console_see(&c, "A go on");
    console_keys(&c, "!");
    console_see(&c, "not sent");
    console_gone(&c, f.name[0]);
    console_close(&c);
}

static double quota_of(struct console *c, const struct five *f, int i)
{
    cJSON *account = box_json(&c->box, "GET", f->path[i], NULL, 200);
    double n = box_number(cJSON_GetObjectItem(account, "quota_policy"), "max_tokens_per_month");
    cJSON_Delete(account);
    return n;
}

/* A plan whose end nobody saw is shown before another is made of the same marks, and the same once
 * more is said to be that. */
static void test_the_same_is_not_done_twice_unseen(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    console_open_ready(&c, size);
    first_five(&c, &f);
    double was = quota_of(&c, &f, 0);
    console_keys(&c, "Space Space Space Space Space");
    console_see(&c, "5 marked");
    plan_quota(&c, "1.2");
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1000,\"seconds\":3600}");
    apply(&c, 5);
    console_see(&c, "of 5  applying");
    console_keys(&c, "Esc");
    console_see(&c, ": 5 applied; :resume shows it");
    console_keys(&c, "b");
    console_see(&c, "5 of 5  ended");
    console_see(&c, "this plan has ended; Esc and b plan anew");
    console_to_the_list(&c);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_keys(&c, "b");
    console_see(&c, "has changed 5 of them: quota.tokens x1.2");
    console_keys(&c, "Esc");
    console_gone(&c, "has changed 5 of them");
    plan_quota(&c, "1.2");
    console_see(&c, "has just done the same to 5 of these accounts");
    console_keys(&c, "A");
    console_see(&c, "of these accounts. Again?");
    console_keys(&c, "Esc");
    console_gone(&c, "Again?");
    console_to_the_list(&c);
    plan_quota(&c, "1.5"); /* another thing: nobody asks */
    console_gone(&c, "has just done");
    console_to_the_list(&c);
    console_keys(&c, "b");
    console_see(&c, "has changed 5 of them");
    console_type(&c, "unmark");
    console_keys(&c, "Enter");
    console_see(&c, "the marks of those that are done are taken away; 0 left");
    assert_true(quota_of(&c, &f, 0) == was / 10 * 12);
    console_close(&c);
}

/* `t` and `x` on several marks go through a plan, too; a delete comes back under new ids. */
static void test_marks_disabled_deleted_and_back(void **state)
{
    struct console c;
    struct five f;
    size = *state;
    console_open_ready(&c, size);
    first_five(&c, &f);
    console_keys(&c, "Space Space");
    console_see(&c, "2 marked");
    console_keys(&c, "t");
    console_see(&c, "2 change");
    console_to_the_list(&c);
    console_keys(&c, "x");
    console_see(&c, "2 deletions");
    console_see(&c, "again, with NEW ids");
    console_see(&c, "A and the typed words delete 2 delete 2 accounts");
    console_keys(&c, "A");
    console_see(&c, "2 accounts are deleted");
    console_see(&c, "Type delete 2 to confirm");
    console_type(&c, "2");
    console_keys(&c, "Enter");
    console_see(&c, "That is not it: type delete 2");
    console_keys(&c, "C-u");
    console_type(&c, "delete 2");
    console_keys(&c, "Enter");
    console_see(&c, "2 of 2  ended");
    for (int i = 0; i < 2; i++)
        assert_null(console_account(&c, f.name[i]));
    console_keys(&c, "u");
    console_see(&c, "2 creations");
    apply(&c, 2);
    console_see(&c, "2 of 2  ended");
    for (int i = 0; i < 2; i++) {
        cJSON *account = console_account(&c, f.name[i]);
        assert_non_null(account);
        cJSON_Delete(account);
    }
    console_close(&c);
}

static void test_a_plan_is_saved_as_a_file(void **state)
{
    struct console c;
    struct five f;
    struct str path = STR_INIT, text = STR_INIT;
    size = *state;
    plan_five(&c, &f, size);
    console_keys(&c, "w");
    console_see(&c, "Save the plan as"); /* what is typed takes the place of the name offered */
    console_type(&c, tmpdir_path(c.home, "p.json", &path));
    console_keys(&c, "Enter");
    console_see(&c, "saved as");
    assert_true(tmpdir_read(c.home, "p.json", &text));
    assert_non_null(strstr(str_text(&text), f.name[4]));
    assert_int_equal(how_many_have(&c, &f, NEW), 0);
    str_finish(&path);
    str_finish(&text);
    console_close(&c);
}

/* A profile's label is the word that is typed; the number is not, and a paste never is. */
static void test_the_label_is_the_word(void **state)
{
    static const char config[] = "profile = \"gw\";\nprofiles: { gw: { label = \"PROD\"; }; };\n";
    struct console c;
    struct five f;
    size = *state;
    console_open_ready(&c, size);
    first_five(&c, &f);
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg", config, 0600));
    console_restart(&c, size);
    console_row(&c, 0, " PROD ");
    console_keys(&c, "Space Space");
    console_see(&c, "2 marked");
    console_keys(&c, "t");
    console_see(&c, "2 change");
    console_keys(&c, "A");
    console_see(&c, "Type PROD to confirm");
    console_see(&c, "2 changes to gw, organisation " RIG_ORG ", host 127.0.0.1");
    console_keys(&c, "2 Enter");
    console_see(&c, "That is not it: type PROD");
    console_keys(&c, "C-u");
    assert_true(term_paste(c.term, "PROD"));
    console_keys(&c, "Enter");
    console_see(&c, "Type PROD to confirm");
    console_keys(&c, "C-u");
    for (int i = 0; i < 2; i++) {
        cJSON *account = console_account(&c, f.name[i]);
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(account, "enabled")));
        cJSON_Delete(account);
    }
    console_type(&c, "PROD");
    console_keys(&c, "Enter");
    console_see(&c, "2 of 2  ended");
    for (int i = 0; i < 2; i++) {
        cJSON *account = console_account(&c, f.name[i]);
        assert_true(cJSON_IsFalse(cJSON_GetObjectItem(account, "enabled")));
        cJSON_Delete(account);
    }
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_five_at_once_and_back, &small, &wide),
        CONSOLE_TWO_SIZES(test_three_failures_are_gone_on_with, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_a_stale_account_is_skipped, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_the_stale_one_is_planned_again, &small, &wide),
        CONSOLE_TWO_SIZES(test_f29_a_killed_plan_is_resumed, &small, &wide),
        CONSOLE_TWO_SIZES(test_paused_stopped_and_left_alone, &small, &wide),
        CONSOLE_TWO_SIZES(test_words_are_of_this_moment, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_same_is_not_done_twice_unseen, &small, &wide),
        CONSOLE_TWO_SIZES(test_marks_disabled_deleted_and_back, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_plan_is_saved_as_a_file, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_label_is_the_word, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
