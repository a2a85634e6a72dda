/* undo_test.c: what was written is taken back from the keyboard, and the server is asked whether it
 * is so: an edit, a create, a delete, what the server changed unasked; the history tells of all. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};
static const struct console_options *size; /* of the test that runs */

/* A new quota, with a reason. */
static void write_quota(struct console *c, const char *quota)
{
    console_review_quota(c, quota);
    console_command(c, "reason", false);
    console_see(c, "Why is it done?");
    for (int i = 0; i < 17; i++)
        console_type(c, "too long: ");
    console_keys(c, "Enter");
    console_see(c, "too long for the journal by 11 bytes");
    console_keys(c, "C-u");
    console_type(c, "INC-42");
    console_keys(c, "Enter");
    console_see(c, "REASON  INC-42");
    console_save(c);
}

static void test_undo_of_an_edit(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    console_keys(&c, "u");
    console_see(&c, "no write of yours to undo here");
    double before = console_quota(&c);
    write_quota(&c, "123M");
    assert_true(console_quota(&c) == 123e6);
    console_patch_behind(&c, "{\"description\":\"theirs\"}"); /* quietly left as it is */
    console_keys(&c, "u");
    console_see(&c, "UNDO  takes back write 1: update of " RIG_FIRST);
    console_see(&c, "changed by others meanwhile, kept as it is: desc");
    console_see(&c, "nothing was sent yet");
    assert_true(console_quota(&c) == 123e6);
    console_keys(&c, "A");
    console_see(&c, RIG_FIRST " undone (write 1) and read back");
    assert_true(console_quota(&c) == before);
    console_keys(&c, "u"); /* an undo is not undone by the next one */
    console_see(&c, "no write of yours to undo here");
    console_close(&c);
}

/* An undo is taken back from its entry of the history; then `u` takes that back, as the last write.
 */
static void test_undo_of_an_undo(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    double before = console_quota(&c);
    write_quota(&c, "123M");
    console_keys(&c, "u");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "undone (write 1) and read back");
    console_see(&c, "/ filter");
    assert_true(console_quota(&c) == before);
    console_keys(&c, "3");
    console_see(&c, "OUTCOME  ");
    console_row(&c, 5, "undo of 1");
    console_keys(&c, "u");
    console_see(&c, "UNDO  takes back write 2: ");
    console_see(&c, "took back write 1");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "undone (write 2) and read back");
    assert_true(console_quota(&c) == 123e6);
    console_keys(&c, "1"); /* in the history it is the row's, here the last */
    console_see(&c, "REGION");
    console_keys(&c, "u");
    console_see(&c, "UNDO  takes back write 3: ");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "undone (write 3) and read back");
    assert_true(console_quota(&c) == before);
    console_close(&c);
}

/* F16: somebody set the same field since: their value is not overwritten unasked. */
static void test_f16_undo_meets_a_change(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    write_quota(&c, "123M");
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000}}");
    console_keys(&c, "u");
    console_see(&c, "The same fields were changed");
    console_see(&c, "77,000,000");
    console_keys(&c, "s Enter");
    console_see(&c, "nothing to change");
    assert_true(console_quota(&c) == 77e6);
    console_close(&c);
}

static void open_with_new(struct console *c)
{
    console_open_ready(c, size);
    console_review_new(c, "brand-new");
    console_keys(c, "A");
    console_see(c, "61 accounts");
}

static void test_undo_of_a_create(void **state)
{
    struct console c;
    size = *state;
    open_with_new(&c);
    console_keys(&c, "u");
    console_see(&c, "takes back write 1: create of brand-new");
    console_see(&c, "Type brand-new, or its id ");
    console_type(&c, "brand-new");
    console_keys(&c, "Enter");
    console_see(&c, "brand-new undone (write 1): deleted and read back");
    console_see(&c, "60 accounts");
    assert_null(console_account(&c, "brand-new"));
    console_close(&c);
}

static void test_undo_of_a_delete(void **state)
{
    struct console c;
    char id[80], credentials[200];
    size = *state;
    console_open_ready(&c, size);
    cJSON *account = console_account(&c, RIG_FIRST);
    snprintf(id, sizeof id, "%s", box_text(account, "provider_account_id"));
    snprintf(credentials, sizeof credentials, "%s", box_text(account, "credentials_ref"));
    cJSON_Delete(account);
    console_keys(&c, "x");
    console_see(&c, "Type " RIG_FIRST ", or its id ");
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, "59 accounts");
    console_keys(&c, "u");
    console_see(&c, "gets a new id");
    console_see(&c, "does not");
    console_see(&c, "********"); /* the reference is masked on the screen, and whole below */
    console_keys(&c, "A");
    console_see(&c, size == &small ? "undone (write 1): created again and read"
                                   : "undone (write 1): created again and read back, new id pa_");
    console_see(&c, "60 accounts");
    account = console_account(&c, RIG_FIRST);
    assert_non_null(account);
    assert_string_not_equal(box_text(account, "provider_account_id"), id);
    assert_string_equal(box_text(account, "credentials_ref"), credentials);
    cJSON_Delete(account);
    console_close(&c);
}

/* The name is another's too: said before the delete, and the undo takes another name, or, when it
 * is typed again, the old one. */
static void undo_under(const char *name)
{
    struct console c;
    open_with_new(&c);
    console_patch_behind(&c, "{\"name\":\"brand-new\"}");
    console_keys(&c, "r");
    console_gone(&c, RIG_FIRST);
    console_keys(&c, "x");
    console_see(&c, "another account has this name (pa_");
    console_see(&c, "an undo needs a name");
    console_type(&c, "brand-new");
    console_keys(&c, "Enter");
    console_see(&c, "60 accounts");
    console_keys(&c, "u");
    console_see(&c, "NOT APPLIED");
    console_see(&c, "e asks for a name, the old one or another");
    console_keys(&c, "e");
    console_see(&c, "Under which name?");
    console_keys(&c, "Enter"); /* nothing stands there: a slip makes no twin */
    console_see(&c, "needed: it cannot be empty");
    console_type(&c, name);
    console_keys(&c, "Enter");
    console_see(&c, "NEW ACCOUNT");
    console_see(&c, "UNDO  takes back write 2");
    console_keys(&c, "A");
    console_see(&c, "undone (write 2): created again and read");
    console_see(&c, "61 accounts");
    if (strcmp(name, "brand-new") != 0) {
        cJSON *account = console_account(&c, name);
        assert_non_null(account);
        assert_string_equal(box_text(account, "credentials_ref"), "vault:kv/x");
        cJSON_Delete(account);
    }
    console_close(&c);
}

static void test_undo_of_a_delete_whose_name_is_anothers(void **state)
{
    size = *state;
    undo_under("brand-new-2");
    undo_under("brand-new");
}

/* F01: the server replaces a policy of which one member was sent: an alarm, and everything back. */
static void test_f01_collateral_is_an_alarm_and_is_put_back(void **state)
{
    static const char *const replace[] = {"--behaviour", "policies=replace", NULL};
    struct console c;
    size = *state;
    struct console_options o = *size;
    o.sandbox = replace;
    console_open_ready(&c, &o);
    double before = console_quota(&c),
           requests = console_number(&c, "quota_policy", "max_requests_per_month");
    console_review_quota(&c, "123M");
    console_keys(&c, "A");
    console_see(&c, "ALARM: THE SERVER CHANGED WHAT WAS NOT SENT");
    console_see(&c, "CHANGED THOUGH NOT ASKED FOR");
    console_keys(&c, "u");
    console_see(&c, "UNDO  takes back write 1");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "/ filter");
    assert_true(console_quota(&c) == before);
    assert_true(console_number(&c, "quota_policy", "max_requests_per_month") == requests);
    console_close(&c);
}

static void test_the_history(void **state)
{
    struct console c;
    size = *state;
    console_open_ready(&c, size);
    write_quota(&c, "123M");
    console_keys(&c, "t");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "/ filter");
    console_keys(&c, "3");
    console_see(&c, "2 writes");
    console_keys(&c, "l l l"); /* to the columns that a narrow terminal has no room for */
    console_see(&c, "INC-42");
    console_keys(&c, "/");
    console_type(&c, "reason:inc-42");
    console_see(&c, "1 of 2 writes");
    console_keys(&c, "Enter Enter");
    console_see(&c, "WRITE 1  update of " RIG_FIRST);
    console_see(&c, "BEFORE AND AFTER");
    console_see(&c, "BODY AS IT WAS SENT");
    console_see(&c, "\"max_tokens_per_month\": 123000000");
    console_keys(&c, "u");
    console_see(&c, "UNDO  takes back write 1");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "BODY AS IT WAS SENT");
    assert_true(console_quota(&c) != 123e6);
    console_keys(&c, "Esc"); /* to the list of writes, and its filter away */
    console_see(&c, "1 of 3 writes");
    console_keys(&c, "Esc");
    console_gone(&c, "1 of 3 writes");
    console_keys(&c, "h h h");
    console_see(&c, "undo of 1");
    console_keys(&c, "/");
    console_type(&c, "provider=x");
    console_see(&c, "provider");
    console_see(&c, "3 writes"); /* the last good result stays */
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_undo_of_an_edit, &small, &wide),
        CONSOLE_TWO_SIZES(test_undo_of_an_undo, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_undo_meets_a_change, &small, &wide),
        CONSOLE_TWO_SIZES(test_undo_of_a_create, &small, &wide),
        CONSOLE_TWO_SIZES(test_undo_of_a_delete, &small, &wide),
        CONSOLE_TWO_SIZES(test_undo_of_a_delete_whose_name_is_anothers, &small, &wide),
        CONSOLE_TWO_SIZES(test_f01_collateral_is_an_alarm_and_is_put_back, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_history, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
