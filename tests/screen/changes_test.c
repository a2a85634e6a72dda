/* changes_test.c: what somebody else changes is seen at the next complete sync: in the list, under
 * d, in the history and on the command line. */
#include "tests/support/console_steps.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Nothing moves by itself: what was seen to change is what the test changed. */
static const char *const still[] = {"--time-scale", "0", NULL};
static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 60, .sandbox = still};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 60, .sandbox = still};

static void test_a_change_by_somebody_else(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_kept(&c);
    console_keys(&c, "d");
    console_row(&c, 3, "nothing was seen to change");
    console_row(&c, 4, " (counters and health checks");
    console_see(&c, "Changes of " RIG_FIRST);
    console_patch_behind(
        &c, "{\"region\":\"mars-1\",\"quota_policy\":{\"max_tokens_per_month\":null}}");
    console_to_the_list(&c);
    console_keys(&c, "r");
    console_see(&c, "\xc2\xbb " RIG_FIRST); /* for a moment */
    console_see(&c, "mars-1");
    console_gone(&c, "\xc2\xbb " RIG_FIRST);
    console_keys(&c, "d");
    console_see(&c, " SEEN ");
    console_see(&c, "mars-1");
    console_see(&c, "Max tokens/month");
    console_see(&c, "none");
    console_keys(&c, "d"); /* a second one does nothing */
    console_keys(&c, "r"); /* and the next sync, in which nothing did */
    console_see(&c, " nothing changed in the last complete sync, ");
    console_see(&c, " earlier");
    console_see(&c, "mars-1");
    console_to_the_list(&c);
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
    console_see(&c, "Changes of " RIG_FIRST);
    console_close(&c);
}

/* What was written here is told from what somebody else did, by the journal. */
static void test_ones_own_write_is_marked(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_kept(&c);
    console_review_quota(&c, "123M");
    console_save(&c);
    console_patch_behind(&c, "{\"region\":\"mars-1\"}");
    console_keys(&c, "r");
    console_see(&c, "mars-1");
    console_keys(&c, "3 ]");
    console_see(&c, "2 of 2 changes");
    console_see(&c, " me 1");
    int row;
    assert_true(term_find(c.term, " me 1", &row, NULL));
    assert_non_null(strstr(term_row_text(c.term, row), "quota.tokens"));
    assert_true(term_find(c.term, "mars-1", &row, NULL));
    assert_null(strstr(term_row_text(c.term, row), " me "));
    console_close(&c);
}

/* Two consoles in one home: one of them writes the file, the other hears of it by itself, without a
 * list of its own; the same of the journal. */
static void test_another_console_hears_of_it(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_kept(&c);
    struct term *first = c.term;
    c.term = NULL;
    console_restart(&c, *state);
    struct term *second = c.term;
    console_keys(&c, "Z 3");
    console_see(&c, "nothing was written yet");
    c.term = first;
    console_patch_behind(&c, "{\"region\":\"mars-1\"}");
    console_keys(&c, "r");
    console_see(&c, "mars-1");
    console_review_quota(&c, "123M");
    console_save(&c);
    c.term = second;
    console_see(&c, "1 write");
    console_see(&c, RIG_FIRST);
    console_keys(&c, "]");
    console_see(&c, "mars-1");
    console_see(&c, "1 of 1 change");
    c.term = first;
    console_patch_behind(&c, "{\"region\":\"venus-2\"}");
    console_to_the_list(&c);
    console_keys(&c, "r");
    console_see(&c, "venus-2");
    c.term = second;
    console_see(&c, "venus-2");
    term_destroy(first);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_a_change_by_somebody_else, &small, &wide),
        CONSOLE_TWO_SIZES(test_another_console_hears_of_it, &small, &wide),
        CONSOLE_TWO_SIZES(test_ones_own_write_is_marked, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
