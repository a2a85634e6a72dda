/* cancel_test.c: ^C on every screen that a write goes through: it ends reads, and never a write.
 * The screen stays, nothing is sent by it, what has left goes on, and no word is given of what was
 * not done. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIRST "an-claude-eu-batch-19" /* of the sample accounts, by name; its quota is 50M */

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};

static double quota_of(struct console *c)
{
    cJSON *account = console_account(c, FIRST);
    assert_non_null(account);
    double quota = box_number(cJSON_GetObjectItem(account, "quota_policy"), "max_tokens_per_month");
    cJSON_Delete(account);
    return quota;
}

/* ^C where `text` is seen: it is seen still, once the key has been read (the console answers
 * another one after it: F1, and Esc). */
static void cancel_here(struct console *c, const char *text, double quota)
{
    console_see(c, text);
    console_keys(c, "C-c F1");
    console_see(c, "PageDown page down");
    console_keys(c, "Esc");
    console_see(c, text);
    assert_true(quota_of(c) == quota);
}

static void new_quota(struct console *c, const char *quota)
{
    console_keys(c, "e");
    console_see(c, "Max tokens/month   [");
    console_keys(c, "C-u");
    console_type(c, quota);
}

static void test_one_write(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    new_quota(&c, "70M");
    cancel_here(&c, "[70M", 50e6);
    console_keys(&c, "C-s");
    cancel_here(&c, "nothing was sent yet", 50e6);
    /* On its way: it goes on to its end. */
    box_fault(&c.box, "{\"fault\":\"slow\",\"on\":\"writes\",\"ms\":1500,\"count\":1}");
    console_keys(&c, "A");
    console_see(&c, "waiting for the answer");
    console_keys(&c, "C-c");
    console_see(&c, "what is written goes on");
    console_see(&c, FIRST " saved and read back");
    assert_true(quota_of(&c) == 70e6);
    /* A conflict. */
    new_quota(&c, "71M");
    cJSON *account = console_account(&c, FIRST);
    cJSON_Delete(box_json(&c.box, "PATCH", box_path(account),
                          "{\"quota_policy\":{\"max_tokens_per_month\":77000000}}", 200));
    cJSON_Delete(account);
    console_keys(&c, "C-s");
    cancel_here(&c, "The same fields were changed", 77e6);
    console_keys(&c, "m Enter");
    console_see(&c, "nothing was sent yet");
    /* Of unknown outcome: it is looked after still. */
    box_fault(&c.box, "{\"fault\":\"cut\",\"when\":\"before\"}");
    console_keys(&c, "A");
    console_see(&c, "not seen as of");
    cancel_here(&c, "OUTCOME UNKNOWN", 77e6);
    console_see(&c, "looked at again in");
    console_close(&c);
}

static void test_a_delete_and_a_plan(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "x");
    console_see(&c, "Type " FIRST ", or its id ");
    console_keys(&c, "C-c");
    console_see(&c, "no read is running: there is nothing to cancel");
    console_see(&c, "Type " FIRST ", or its id ");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "Space Space b");
    console_see(&c, "2 accounts ");
    console_keys(&c, "C-c");
    console_type(&c, "add to a number");
    console_keys(&c, "Enter C-c");
    console_type(&c, "quota.tokens");
    console_keys(&c, "Enter");
    console_see(&c, ": quota.tokens");
    console_type(&c, "+1M");
    console_keys(&c, "C-c Enter");
    console_see(&c, "2 change");
    console_keys(&c, "C-c");
    console_keys(&c, "A");
    console_see(&c, "Type 2 to confirm");
    console_keys(&c, "C-c");
    console_see(&c, "Type 2 to confirm");
    assert_true(quota_of(&c) == 50e6);
    console_keys(&c, "2 Enter");
    console_see(&c, "2 of 2  ended");
    assert_true(quota_of(&c) == 51e6);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_one_write, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_delete_and_a_plan, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
