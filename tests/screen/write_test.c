/* write_test.c: what is typed at the keyboard ends in the server: an account is changed, created
 * and deleted, and the sandbox is asked behind the console's back whether it is so. Mistakes are
 * shown where they were made: by the form, and by the server. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 120};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 120};

/* The row below the one that begins with this label, among its messages. */
static void see_below(struct console *c, const char *label, const char *message)
{
    int row, found, col;
    console_see(c, message);
    assert_true(term_find(c->term, label, &row, &col));
    assert_true(term_find(c->term, message, &found, &col));
    assert_int_equal(found, row + 1);
}

static void test_edit_ends_in_the_server(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    assert_true(console_quota(&c) != 123e6);
    console_type_quota(&c, "12x");
    console_keys(&c, "Tab");
    see_below(&c, "Max tokens/month", "not a number");
    console_keys(&c, "C-s"); /* refused, and back to the field that is wrong */
    console_see(&c, "Cannot review yet");
    console_keys(&c, "C-u");
    console_type(&c, "123M");
    console_gone(&c, "x not a number");
    console_gone(&c, "Cannot review yet"); /* what it named is right now */
    console_keys(&c, "C-s");
    console_see(&c, "123,000,000");
    console_see(&c, "nothing was sent yet");
    assert_true(console_quota(&c) != 123e6);
    console_save(&c);
    console_see(&c, "complete");
    assert_true(console_quota(&c) == 123e6);
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    console_close(&c);
}

/* The form knows no longest name, the server does: F10. */
static void test_f10_a_refusal_is_shown_under_its_field(void **state)
{
    struct console c;
    char name[601];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    console_open_ready(&c, *state);
    console_keys(&c, "/");
    console_type(&c, RIG_FIRST);
    console_see(&c, "1 of 120");
    console_keys(&c, "Enter e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "S-Tab S-Tab S-Tab S-Tab S-Tab S-Tab S-Tab S-Tab S-Tab S-Tab S-Tab");
    console_see(&c, ">  Name");
    console_keys(&c, "C-u");
    assert_true(term_paste(c.term, name));
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_row(&c, 0, RIG_ORG); /* a long title leaves what is written to in sight */
    console_row(&c, 0, "read-write");

    console_keys(&c, "A");
    console_see(&c, ">* Name");
    see_below(&c, ">* Name", "  x ");
    cJSON *account = console_account(&c, RIG_FIRST);
    assert_non_null(account);
    cJSON_Delete(account);
    console_close(&c);
}

/* Somebody else changes the same field while the form is open: nothing is sent over it, F16. */
static void test_f16_a_change_by_somebody_else_is_not_overwritten(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_type_quota(&c, "123M");
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000}}");
    console_keys(&c, "C-s");
    console_see(&c, "The same fields were changed");
    console_see(&c, "77,000,000");
    console_see(&c, "123,000,000");
    assert_true(console_quota(&c) == 77e6);
    console_keys(&c, "s Enter"); /* the server's stays */
    console_gone(&c, "123,000,000");
    assert_true(console_quota(&c) == 77e6);
    console_close(&c);
}

/* A secret that was given in the environment is neither shown nor kept anywhere. */
static void test_the_token_is_not_left_behind(void **state)
{
    struct console c;
    size_t len;
    console_open_ready(&c, *state);
    console_review_quota(&c, "123M");
    console_save(&c);
    console_keys(&c, "@");
    console_see(&c, "PATCH");
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    const char *bytes = term_transcript(c.term, &len);
    assert_null(memmem(bytes, len, SANDBOX_TOKEN, strlen(SANDBOX_TOKEN)));
    assert_int_equal(tmpdir_find_bytes(c.home, SANDBOX_TOKEN), 0);
    assert_true(tmpdir_find_bytes(c.home, RIG_FIRST) > 0); /* the search does see what is written */
    console_close(&c);
}

static void test_create(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_review_new(&c, "brand-new");
    console_keys(&c, "A");
    console_see(&c, "121 accounts");
    cJSON *account = console_account(&c, "brand-new");
    assert_non_null(account);
    assert_string_equal(box_text(account, "provider_type"), "openai");
    cJSON_Delete(account);
    console_close(&c);
}

static void test_delete_needs_the_name(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "x");
    console_see(&c, "Type " RIG_FIRST ", or its id ");
    console_type(&c, "an-claude");
    console_keys(&c, "Enter");
    console_see(&c, "That is not it: type " RIG_FIRST);
    cJSON *account = console_account(&c, RIG_FIRST);
    assert_non_null(account);
    cJSON_Delete(account);
    console_keys(&c, "C-u");
    console_type(&c, RIG_FIRST);
    console_keys(&c, "Enter");
    console_see(&c, "119 accounts");
    assert_null(console_account(&c, RIG_FIRST));
    console_close(&c);
}

/* A name that most keyboards do not have is confirmed by the id: a change of ten times, and a
 * delete. */
static void test_the_id_confirms_what_cannot_be_typed(void **state)
{
    struct console c;
    char id[80], words[100];
    console_open_ready(&c, *state);
    cJSON *account = console_account(&c, RIG_FIRST);
    snprintf(id, sizeof id, "%s", box_text(account, "provider_account_id"));
    cJSON_Delete(account);
    console_patch_behind(&c, "{\"name\":\"an-\u0441\u0447\u0451\u0442\"}");
    console_keys(&c, "g r"); /* the cursor is on it, and follows it to where its name belongs */
    console_see(&c, "an-\u0441\u0447\u0451\u0442");
    console_keys(&c, "/");
    console_type(&c, "id=");
    console_type(&c, id);
    console_keys(&c, "Enter");
    console_see(&c, "1 of 120");
    console_type_quota(&c, "5G");
    console_keys(&c, "C-s");
    snprintf(words, sizeof words, "or its id %s", id);
    console_see(&c, words);
    console_type(&c, id);
    console_keys(&c, "Enter");
    console_see(&c, "saved and read back: Max tokens/month");
    console_see(&c, "/ id=");
    console_keys(&c, "x");
    console_see(&c, "DELETE");
    console_see(&c, words);
    console_type(&c, id);
    console_keys(&c, "Enter");
    console_see(&c, "119 accounts");
    console_close(&c);
}

/* Who is left is as the accounts are now, however long the review has been open. */
static void test_who_is_left_follows_the_accounts(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "t");
    console_see(&c, "left with provider anthropic: an-claude-eu-prod-25");
    cJSON *other = console_account(&c, "an-claude-eu-prod-25");
    assert_non_null(other);
    cJSON_Delete(box_json(&c.box, "PATCH", box_path(other), "{\"enabled\":false}", 200));
    cJSON_Delete(other);
    console_command(&c, "refresh", false);
    console_see(&c, "left with provider anthropic: an-claude-eu-prod-56");
    console_gone(&c, "an-claude-eu-prod-25");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_edit_ends_in_the_server, &small, &wide),
        CONSOLE_TWO_SIZES(test_f10_a_refusal_is_shown_under_its_field, &small, &wide),
        CONSOLE_TWO_SIZES(test_f16_a_change_by_somebody_else_is_not_overwritten, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_token_is_not_left_behind, &small, &wide),
        CONSOLE_TWO_SIZES(test_create, &small, &wide),
        CONSOLE_TWO_SIZES(test_delete_needs_the_name, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_id_confirms_what_cannot_be_typed, &small, &wide),
        CONSOLE_TWO_SIZES(test_who_is_left_follows_the_accounts, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
