/* changes_test.c: what somebody else changes is seen at the next complete sync: in the list, under
 * d, in the history and on the command line. */
#include "tests/support/console_rig.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIRST "an-claude-eu-batch-19" /* of the sample accounts, by name */

static const struct console_options small = {.rows = 24, .cols = 100, .accounts = 60};

static void change_first(struct console *c, const char *body)
{
    char path[256];
    cJSON *account = console_account(c, FIRST);
    assert_non_null(account);
    snprintf(path, sizeof path, "%s/%s", RIG_ACCOUNTS, box_text(account, "provider_account_id"));
    cJSON_Delete(account);
    cJSON_Delete(box_json(&c->box, "PATCH", path, body, 200));
}

static void test_a_change_by_somebody_else(void **state)
{
    struct console c;
    (void)state;
    console_open_ready(&c, &small);
    console_kept(&c);
    console_keys(&c, "d");
    console_see(&c, "nothing was seen to change");
    console_see(&c, "Changes of " FIRST);
    change_first(&c, "{\"region\":\"mars-1\",\"quota_policy\":{\"max_tokens_per_month\":null}}");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "r");
    console_see(&c, "\xc2\xbb" FIRST); /* for a moment */
    console_see(&c, " of none");
    console_gone(&c, "\xc2\xbb" FIRST);
    console_keys(&c, "d");
    console_see(&c, " SEEN ");
    console_see(&c, "mars-1");
    console_see(&c, "Max tokens/month");
    console_see(&c, "none");
    console_keys(&c, "d"); /* a second one does nothing */
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "3");
    console_see(&c, "nothing was written yet");
    console_keys(&c, "]");
    console_see(&c, "2 of 2 changes");
    console_see(&c, "quota.tokens");
    console_keys(&c, "/");
    console_type(&c, "field=region");
    console_see(&c, "1 of 2 changes");
    console_keys(&c, "Enter");
    console_keys(&c, "Enter");
    console_see(&c, "Changes of " FIRST);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_by_somebody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
