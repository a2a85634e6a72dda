/* unknown_test.c: a write whose outcome is not known, from the keyboard: looked after until it is
 * settled, each of the three ways; over a quit and a kill; released, sent again, never by itself.
 */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};
static const struct console_options *size; /* of the test that runs */

static void let_reads_through(struct console *c)
{
    box_fault(&c->box, "{\"fault\":\"none\"}");
}

/* It is sent, its answer never comes ("before" the server kept it, or "after"), and nothing can be
 * read for a while. */
static void send_into_the_dark(struct console *c, const char *when)
{
    char fault[80];
    console_open_ready(c, size);
    console_review_quota(c, "123M");
    snprintf(fault, sizeof fault, "{\"fault\":\"cut\",\"when\":\"%s\"}", when);
    box_fault(&c->box, fault);
    box_fault(&c->box, "{\"fault\":\"html\",\"seconds\":3600}");
    console_keys(c, "A");
    console_see(c, "OUTCOME UNKNOWN");
    console_see(c, "could not be looked");
}

/* F15: settled as applied, by looking again. */
static void test_f15_settled_as_applied(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "after");
    let_reads_through(&c);
    assert_true(console_quota(&c) == 123e6);
    console_keys(&c, "r");
    console_see(&c, RIG_FIRST " saved and read back");
    console_see(&c, "/ filter");
    console_close(&c);
}

/* F15: settled as a conflict: somebody else wrote the field, so neither value is there. */
static void test_f15_settled_as_a_conflict(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "before");
    let_reads_through(&c);
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000},"
                             "\"description\":\"theirs\"}");
    console_keys(&c, "r");
    console_see(&c, "neither as it was nor as asked");
    console_see(&c, "asked  123,000,000");
    console_see(&c, "is     77,000,000");
    console_see(&c, "Description, which was not sent");
    console_see(&c, "is     theirs");
    console_command(&c, "send-again", true); /* never over somebody's change */
    console_see(&c, "Send again?");
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, "not before three looks");
    assert_true(console_quota(&c) == 77e6);
    console_close(&c);
}

/* F15: not seen; the account is locked until it is released, and then the draft comes back. */
static void test_f15_not_seen_then_released(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "before");
    let_reads_through(&c);
    console_keys(&c, "r");
    console_see(&c, "not seen as of");
    console_to_the_list(&c);
    console_see(&c, "> \xe2\x80\xa2 " RIG_FIRST); /* its sign stands apart */
    console_keys(&c, "e");                        /* locked: its write is shown instead of a form */
    console_see(&c, "OUTCOME UNKNOWN");
    console_command(&c, "release", true);
    console_see(&c, "Whether it was applied stays unknown");
    console_keys(&c, "Enter"); /* the safe button */
    console_gone(&c, "Whether it was applied stays unknown");
    console_see(&c, "OUTCOME UNKNOWN");
    console_command(&c, "release", true);
    console_see(&c, "Whether it was applied stays unknown");
    console_keys(&c, "Tab Enter");
    console_see(&c, "RELEASED");
    console_to_the_list(&c);
    console_keys(&c, "e");
    console_see(&c, "1 field from the draft of");
    console_see(&c, "[123M");
    assert_true(console_quota(&c) != 123e6);
    console_close(&c);
}

/* After three looks, and by the typed name, a change is sent once more. */
static void test_f15_sent_again(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "before");
    console_command(&c, "send-again", true); /* looks that got no answer do not count */
    console_see(&c, "The first sending may still arrive");
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, "not before three looks");
    let_reads_through(&c);
    assert_true(console_quota(&c) != 123e6);
    /* A look that is on its way takes no second one along, so the key is pressed until it is so. */
    for (int i = 0; i < 600 && !term_find(c.term, "after its name is typed", NULL, NULL); i++) {
        console_keys(&c, "r");
        term_pump(c.term, 100);
    }
    console_see(&c, "after its name is typed");
    console_command(&c, "send-again", true);
    console_see(&c, "The first sending may still arrive");
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, RIG_FIRST " saved and read back");
    assert_true(console_quota(&c) == 123e6);
    console_close(&c);
}

/* F29: left open by a quit, taken up by the next start; then left by a kill, and settled. */
static void test_f29_an_open_write_survives_the_console(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    console_review_quota(&c, "123M");
    box_fault(&c.box, "{\"fault\":\"cut\",\"when\":\"before\"}");
    console_keys(&c, "A");
    console_see(&c, "not seen as of");
    console_to_the_list(&c);
    console_row(
        &c, 1, size == &small ? "  ! unknown: an-claude-eu-batch-" : "outcome unknown: " RIG_FIRST);
    console_keys(&c, "Q");
    console_see(&c, "1 write is not settled yet");
    console_keys(&c, "Tab Enter");
    assert_int_equal(console_end(&c), 0);

    console_restart(&c, size);
    console_see(&c, "not seen on the server so far");
    console_keys(&c, "3");
    console_see(&c, "OUTCOME  ");
    console_row(&c, 5, " unknown "); /* the entry, not the banner */
    console_kill_restart(&c, size);
    console_see(&c, "not seen on the server so far");
    assert_true(console_quota(&c) != 123e6); /* nobody sent it again */
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":123000000}}");
    console_keys(&c, "3");
    console_see(&c, "OUTCOME  ");
    console_row(&c, 5, " unknown "); /* the entry, not the banner */
    console_keys(&c, "Enter");
    console_see(&c, "WRITE 1");
    console_keys(&c, "r");
    console_see(&c, "OUTCOME UNKNOWN");
    console_keys(&c, "r");
    console_see(&c, RIG_FIRST " saved and read back");
    console_keys(&c, "Esc");
    console_see(&c, "applied");
    console_close(&c);
}

/* The delete of an account is sent, its answer never comes, and nothing can be read for a while. */
static void delete_into_the_dark(struct console *c, const char *when)
{
    char fault[80];
    console_open_ready(c, size);
    console_keys(c, "x");
    console_see(c, "Type " RIG_FIRST);
    console_type(c, RIG_FIRST);
    snprintf(fault, sizeof fault, "{\"fault\":\"cut\",\"when\":\"%s\"}", when);
    box_fault(&c->box, fault);
    box_fault(&c->box, "{\"fault\":\"html\",\"seconds\":3600}");
    console_keys(c, "Enter");
    console_see(c, "OUTCOME UNKNOWN");
    console_see(c, "could not be looked");
}

/* F15, a delete: the account is gone, so it is applied. */
static void test_f15_a_delete_settled_as_applied(void **state)
{
    struct console c;
    size = *state;
    delete_into_the_dark(&c, "after");
    let_reads_through(&c);
    console_keys(&c, "r");
    console_see(&c, RIG_FIRST " deleted and read back");
    console_see(&c, "/ filter");
    console_gone(&c, "> \xe2\x80\xa2");
    assert_null(console_account(&c, RIG_FIRST));
    console_close(&c);
}

/* F15, a delete: it is there as it was, so it is watched. From its entry of the history it is sent
 * once more, after three looks and the typed name. */
static void test_f15_a_delete_sent_again(void **state)
{
    struct console c;
    size = *state;
    delete_into_the_dark(&c, "before");
    let_reads_through(&c);
    console_keys(&c, "r");
    console_see(&c, "still there as of");
    console_to_the_list(&c);
    console_keys(&c, "3");
    console_see(&c, "OUTCOME  ");
    console_row(&c, 5, " delete ");
    console_keys(&c, "Enter");
    console_see(&c, "WRITE 1");
    console_command(&c, "release", true); /* of the entry, too */
    console_see(&c, "Whether it was applied stays unknown");
    console_keys(&c, "Enter"); /* the safe button */
    console_gone(&c, "Whether it was applied stays unknown");
    console_see(&c, "OUTCOME UNKNOWN");
    for (int i = 0; i < 600 && !term_find(c.term, "after its name is typed", NULL, NULL); i++) {
        console_keys(&c, "r");
        term_pump(c.term, 100);
    }
    console_keys(&c, "Esc");
    console_see(&c, "WRITE 1");
    console_command(&c, "send-again", true);
    console_see(&c, "sends the same delete once more");
    cJSON *there = console_account(&c, RIG_FIRST);
    assert_non_null(there);
    cJSON_Delete(there);
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, RIG_FIRST " deleted and read back");
    assert_null(console_account(&c, RIG_FIRST));
    console_close(&c);
}

#define TWIN                                                                                       \
    "{\"name\":\"brand-new\",\"provider_type\":\"openai\",\"credentials_ref\":\"vault:kv/x\","     \
    "\"enabled\":true}"

/* Two accounts could be the one that was created: the operator says which. */
static void test_f15_one_of_several_is_adopted(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    console_review_new(&c, "brand-new");
    box_fault(&c.box, "{\"fault\":\"cut\",\"when\":\"before\"}");
    box_fault(&c.box, "{\"fault\":\"html\",\"seconds\":3600}");
    console_keys(&c, "A");
    console_see(&c, "OUTCOME UNKNOWN");
    console_see(&c, "could not be searched");
    console_command(&c, "send-again", true);
    console_see(&c, "a create is never sent again");
    let_reads_through(&c);
    for (int i = 0; i < 2; i++)
        cJSON_Delete(box_json(&c.box, "POST", RIG_ACCOUNTS, TWIN, 201));
    console_keys(&c, "r");
    console_see(&c, "2 accounts could be the new one");
    console_keys(&c, "Enter");
    console_see(&c, "Which one is the new account?");
    console_keys(&c, "Down Enter");
    console_see(&c, "brand-new created and read back");
    console_close(&c);
}

/* The detail of RIG_FIRST, whole, with the word about the write that another console has. */
static void see_lock(struct console *c)
{
    console_keys(c, "Enter");
    console_see(c, " write 1 by ");
    console_see(c, "another paddock");
}

/* Two consoles of one machine: what the one looks after, the other does not write over. */
static void test_f15_another_console_looks_after_it(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "before");
    let_reads_through(&c);
    struct term *first = c.term;
    c.term = NULL;
    console_again(&c, size);
    console_see(&c, "60 accounts, complete");
    see_lock(&c);
    console_keys(&c, "e"); /* nothing is begun that cannot be done */
    console_see(&c, "Z  write 1 by ");
    console_keys(&c, "t");
    console_keys(&c, "x");
    term_wait_quiet(c.term, 300, 3000);
    console_row(&c, 2, RIG_FIRST); /* the account still, and neither form nor review */
    assert_true(console_quota(&c) == 50e6);
    struct term *second = c.term;
    c.term = first;
    console_command(&c, "release", true);
    console_see(&c, "Whether it was applied stays unknown");
    console_keys(&c, "Tab Enter");
    console_see(&c, "RELEASED");
    c.term = second;
    console_row(&c, 5, "HEALTH"); /* settled there: free here, by itself */
    console_to_the_list(&c);
    console_review_quota(&c, "77M");
    console_save(&c);
    assert_true(console_quota(&c) == 77e6);
    term_destroy(first);
    console_close(&c);
}

/* What was typed for a write that is open in the one is no draft that waits in the other. */
static void test_f15_its_draft_is_not_given_elsewhere(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "before");
    let_reads_through(&c);
    console_kill_restart(&c, size);
    console_see(&c, "unknown: ");
    struct term *first = c.term;
    c.term = NULL;
    console_again(&c, size);
    console_see(&c, "60 accounts, complete");
    see_lock(&c);
    assert_null(strstr(term_screen_text(c.term), "a draft waits"));
    term_destroy(first);
    console_close(&c);
}

/* F29: the one that looked after it is killed: the other, which has been there all along, takes it
 * up by itself, and it is its own then. */
static void test_f29_the_other_console_takes_it_up(void **state)
{
    struct console c;
    size = *state;
    send_into_the_dark(&c, "before");
    struct term *first = c.term;
    c.term = NULL;
    let_reads_through(&c);
    console_again(&c, size);
    console_see(&c, "60 accounts, complete");
    see_lock(&c);
    term_signal(first, SIGKILL);
    console_gone(&c, " write 1 by ");
    console_see(&c, "outcome unknown since ");
    console_to_the_list(&c);
    console_keys(&c, "e");
    console_see(&c, "OUTCOME UNKNOWN");
    term_destroy(first);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f15_settled_as_applied, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_settled_as_a_conflict, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_not_seen_then_released, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_sent_again, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_a_delete_settled_as_applied, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_a_delete_sent_again, &small, &wide),
        CONSOLE_TWO_SIZES(test_f29_an_open_write_survives_the_console, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_one_of_several_is_adopted, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_another_console_looks_after_it, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_its_draft_is_not_given_elsewhere, &small, &wide),
        CONSOLE_TWO_SIZES(test_f29_the_other_console_takes_it_up, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
