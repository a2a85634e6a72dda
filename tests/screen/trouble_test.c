/* trouble_test.c: a write that the server or the line spoils, seen from the keyboard: what the
 * screen claims has to be what the sandbox then holds. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};

/* To the review of a new quota, with the fault waiting for the write. */
static void review_with(struct console *c, const struct console_options *size, const char *fault)
{
    console_open_ready(c, size);
    console_review_quota(c, "123M");
    box_fault(&c->box, fault);
    console_keys(c, "A");
}

/* F14: the answer is lost after the server kept the change: it is found by looking. */
static void test_f14_an_answer_lost_after_the_change(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    review_with(&c, size, "{\"fault\":\"cut\",\"when\":\"after\"}");
    console_see(&c, RIG_FIRST " saved and read back");
    assert_true(console_quota(&c) == 123e6);
    console_close(&c);
}

/* F14: the line is cut before the server kept anything: never said to be saved. */
static void test_f14_a_request_lost_before_the_change(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    size_t len;
    review_with(&c, size, "{\"fault\":\"cut\",\"when\":\"before\"}");
    console_see(&c, "OUTCOME UNKNOWN");
    console_see(&c, "not seen as of");
    console_see(&c, "is not sent again by itself");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter"); /* and the list can be used meanwhile */
    const char *bytes = term_transcript(c.term, &len);
    assert_null(memmem(bytes, len, "saved", 5));
    assert_true(console_quota(&c) != 123e6);
    console_close(&c);
}

/* What was typed outlives a review that was left before the outcome was known; when the change
 * turns out to be there, it goes. */
static void test_f15_a_draft_stays_until_the_write_is_settled(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    review_with(&c, size, "{\"fault\":\"cut\",\"when\":\"before\"}");
    console_see(&c, "not seen as of");
    console_to_the_list(&c);
    console_keys(&c, "Q"); /* asked, since a write is open */
    console_see(&c, "1 write is not settled yet");
    console_keys(&c, "Tab Enter");
    assert_int_equal(console_end(&c), 0);
    assert_int_equal(console_drafts(&c), 1);
    /* Somebody sends the same: the next start finds it there, and the draft is done. */
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":123000000}}");
    console_restart(&c, size);
    console_see(&c, RIG_FIRST ": applied");
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_int_equal(console_drafts(&c), 0);
    console_close(&c);
}

/* A write that is not settled is not left by switching unasked. */
static void test_switching_asks(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    struct str config = STR_INIT, token = STR_INIT;
    review_with(&c, size, "{\"fault\":\"cut\",\"when\":\"before\"}");
    console_see(&c, "not seen as of");
    console_to_the_list(&c);
    console_keys(&c, "Q");
    console_see(&c, "1 write is not settled yet");
    console_keys(&c, "Tab Enter");
    assert_int_equal(console_end(&c), 0);
    assert_true(tmpdir_write(c.home, "token", SANDBOX_TOKEN "\n", 0600));
    str_printf(&config,
               "profiles: { second: { url = \"%s\"; org = \"" RIG_ORG "\"; "
               "token_file = \"%s\"; }; };\n",
               sandbox_url(c.sandbox), tmpdir_path(c.home, "token", &token));
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg", str_text(&config), 0600));
    console_restart(&c, size);
    console_see(&c, RIG_FIRST ": not seen on the server so far");
    console_keys(&c, "P");
    console_see(&c, "from the command line"); /* where we are, though no profile says so */
    console_type(&c, "second");
    console_keys(&c, "Enter");
    console_see(&c, "Switch the profile?");
    console_see(&c, "is not settled yet");
    console_keys(&c, "Esc");
    console_gone(&c, "Switch the profile?");
    console_keys(&c, "P");
    console_type(&c, "second");
    console_keys(&c, "Enter");
    console_see(&c, "Switch the profile?");
    console_keys(&c, "Tab Enter");
    console_row(&c, 0, "second  " RIG_ORG);
    /* It is the same server and organisation: the write is found again there. */
    console_see(&c, RIG_FIRST ": not seen on the server so far");
    str_finish(&config);
    str_finish(&token);
    console_close(&c);
}

/* How the palette shows the action that was refused; `add` is another matter. */
static void see_forbidden(struct console *c, bool forbidden)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, "edit");
    console_see(c,
                forbidden ? "FORBIDDEN, needs provider_accounts:write" : "Change the account in");
    if (!forbidden)
        console_gone(c, "FORBIDDEN");
    console_keys(c, "C-u");
    console_type(c, "clone");
    console_see(c, "Create an account like this one");
    console_keys(c, "Esc");
    console_gone(c, "Command");
}

/* F06: refused for want of a right: the review says so, and nothing has changed. */
static void test_f06_a_refused_write_says_so(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    review_with(&c, size, "{\"fault\":\"forbidden\"}");
    console_see(&c, "NOT APPLIED");
    console_see(&c, "(403)");
    console_gone(&c, "u undo"); /* it would take back an older write */
    assert_true(console_quota(&c) != 123e6);
    console_keys(&c, "e");
    console_see(&c, "[123M"); /* nothing typed is lost */
    /* It is marked where it is chosen, until the server takes one. */
    console_keys(&c, "Esc");
    console_see(&c, "Leave the form?");
    console_keys(&c, "Tab Enter");
    console_see(&c, "/ filter");
    see_forbidden(&c, true);
    console_keys(&c, "e");
    console_see(&c, "[123M");
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_save(&c);
    see_forbidden(&c, false);
    console_close(&c);
}

/* F11: the server asks for less: nothing is lost, and one key tries it again, with its review. */
static void test_f11_refused_for_now_is_tried_again(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    review_with(&c, size, "{\"fault\":\"429\",\"on\":\"writes\",\"count\":1}");
    console_see(&c, "NOT APPLIED");
    console_see(&c, "(429)");
    console_keys(&c, "Down"); /* the message was long, and has been read */
    console_see(&c, "A try again");
    console_row(&c, 0, "Change " RIG_FIRST); /* of what, also before it is read again */
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"reads\",\"ms\":1500,\"count\":1}");
    console_keys(&c, "A"); /* shows it; does not send it */
    console_see(&c, "Reading the account as it is now");
    console_row(&c, 0, "Change " RIG_FIRST);
    console_see(&c, "nothing was sent yet");
    assert_true(console_quota(&c) != 123e6);
    console_save(&c);
    assert_true(console_quota(&c) == 123e6);
    console_close(&c);
}

/* F07: deleted by somebody else while it was edited: it can be created again, as it was wanted. */
static void test_f07_what_is_gone_is_created_again(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    char id[80];
    console_open_ready(&c, size);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "C-u");
    console_type(&c, "123M");
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    cJSON *account = console_account(&c, RIG_FIRST);
    snprintf(id, sizeof id, "%s", box_text(account, "provider_account_id"));
    struct box_answer gone = box_call(&c.box, "DELETE", box_path(account), NULL);
    box_answer_finish(&gone);
    cJSON_Delete(account);
    console_keys(&c, "A");
    console_see(&c, "NOT APPLIED");
    console_see(&c, "A shows how it would be created again");
    console_keys(&c, "Down");
    console_see(&c, "A create again");
    console_row(&c, 0, "Change " RIG_FIRST);
    console_keys(&c, "A");
    console_see(&c, "NEW ACCOUNT");
    assert_null(console_account(&c, RIG_FIRST));
    console_keys(&c, "A");
    console_see(&c, RIG_FIRST " created and read back");
    console_see(&c, "/ filter");
    assert_true(console_quota(&c) == 123e6);
    account = console_account(&c, RIG_FIRST);
    assert_string_not_equal(box_text(account, "provider_account_id"), id);
    cJSON_Delete(account);
    console_close(&c);
}

/* Ends the console, and leaves `text` (NULL: a folder) where its journal is to be. */
static void spoil_journal(struct console *c, const char *text)
{
    struct str path = STR_INIT;
    console_keys(c, "Q");
    assert_int_equal(console_end(c), 0);
    tmpdir_path(c->home, "home/state/paddock/journal.db", &path);
    assert_int_equal(remove(str_text(&path)), 0);
    if (text)
        assert_true(tmpdir_write(c->home, "home/state/paddock/journal.db", text, 0600));
    else
        assert_int_equal(mkdir(str_text(&path), 0700), 0);
    str_finish(&path);
}

/* F21: no journal, no write: said at the start, in the header, and by each key that would write;
 * reading goes on. */
static void test_f21_no_journal_no_write(void **state)
{
    static const char *const keys[] = {"e", "a", "t", "x", "b", "u", "c", "E"};
    const struct console_options *size = *state;
    struct console c;
    console_open_ready(&c, size);
    spoil_journal(&c, NULL);
    console_restart(&c, size);
    console_see(&c, "no write without a journal");
    console_row(&c, 0, "no journal");
    assert_false(term_find(c.term, "read-write", NULL, NULL));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        console_keys(&c, "U");
        console_see(&c, "no marks are left");
        console_keys(&c, keys[i]);
        console_see(&c, "no write without a journal");
        console_see(&c, "/ filter");
    }
    console_keys(&c, "r"); /* reading goes on */
    console_see(&c, "60 accounts, complete");
    console_close(&c);
}

/* F22: a file that is no journal is kept beside, and that is said; a new one is begun. */
static void test_f22_a_spoiled_journal_is_told(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    console_open_ready(&c, size);
    spoil_journal(&c, "this is not a database, and is long enough to be looked at as one, really");
    console_restart(&c, size);
    console_see(&c, "journal.db");
    console_see(&c, "kept as");
    console_row(&c, 0, "read-write");
    assert_true(tmpdir_find_bytes(c.home, "this is not a database") > 0);
    console_close(&c);
}

/* The reading before the review failed: the key that the screen names reads again, up to it. */
static void test_a_review_that_could_not_be_read(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    console_open_ready(&c, size);
    console_keys(&c, "Z");
    console_see(&c, "paused");
    term_wait_quiet(c.term, 300, 3000);
    box_fault(&c.box, "{\"fault\":\"html\"}");
    console_keys(&c, "t");
    console_see(&c, "NOT APPLIED");
    console_see(&c, "r or A reads the account again");
    console_keys(&c, "r");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f14_an_answer_lost_after_the_change, &small, &wide),
        CONSOLE_TWO_SIZES(test_f14_a_request_lost_before_the_change, &small, &wide),
        CONSOLE_TWO_SIZES(test_f15_a_draft_stays_until_the_write_is_settled, &small, &wide),
        CONSOLE_TWO_SIZES(test_switching_asks, &small, &wide),
        CONSOLE_TWO_SIZES(test_f06_a_refused_write_says_so, &small, &wide),
        CONSOLE_TWO_SIZES(test_f11_refused_for_now_is_tried_again, &small, &wide),
        CONSOLE_TWO_SIZES(test_f21_no_journal_no_write, &small, &wide),
        CONSOLE_TWO_SIZES(test_f22_a_spoiled_journal_is_told, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_review_that_could_not_be_read, &small, &wide),
        CONSOLE_TWO_SIZES(test_f07_what_is_gone_is_created_again, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
