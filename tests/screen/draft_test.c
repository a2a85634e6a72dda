/* draft_test.c: what was typed is not lost: by a kill, by an outcome that is not known. A draft is
 * on disk from the first key and comes back with the check of what others changed. */
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
static const struct console_options *size; /* of the test that runs */

#define DRAFTED "\u00b6 " RIG_FIRST /* the row of an account with a draft */

static void begin_edit(struct console *c)
{
    console_open_ready(c, size);
    console_type_quota(c, "123M");
    console_see(c, "[123M");
}

/* F29: killed with a form open; meanwhile somebody else changes the same field and another. */
static void test_f29_a_draft_comes_back_after_a_kill(void **state)
{
    struct console c;
    size = *state;
    begin_edit(&c);
    console_patch_behind(&c, "{\"quota_policy\":{\"max_tokens_per_month\":77000000}}");
    console_kill_restart(&c, size);
    console_see(&c, "a draft of " RIG_FIRST " waits; e on it goes on");
    console_see(&c, DRAFTED); /* and its row says so */
    console_keys(&c, "e");
    console_see(&c, "[123M");
    console_see(&c, "1 field from the draft of");
    console_keys(&c, "C-s");
    console_see(&c, "The same fields were changed");
    console_see(&c, "77,000,000");
    console_keys(&c, "m Enter");
    console_see(&c, "nothing was sent yet");
    console_save(&c);
    assert_true(console_quota(&c) == 123e6);
    console_keys(&c, "e");                          /* and the draft is gone with it */
    console_see(&c, ">  Max tokens/month   [123M"); /* not marked as changed */
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_gone(&c, DRAFTED);
    console_close(&c);
}

/* What leaving says of the draft. */
static void leaving_says(struct console *c, const char *words)
{
    console_keys(c, "e");
    console_see(c, "Max tokens/month   [");
    console_keys(c, "C-u");
    console_type(c, "123M");
    console_keys(c, "Esc");
    console_see(c, "Leave the form?");
    console_see(c, words);
    console_keys(c, "Tab Enter");
    console_see(c, "/ filter");
}

/* F21: where no draft can be kept, none is promised. */
static void test_f21_no_draft_is_promised_without_a_file(void **state)
{
    struct console c;
    struct str path = STR_INIT;
    size = *state;
    console_open_ready(&c, size);
    leaving_says(&c, "A draft is on disk");
    console_see(&c, DRAFTED);
    console_keys(&c, "e Esc Tab Tab Enter"); /* discarded */
    console_see(&c, "/ filter");
    console_gone(&c, DRAFTED);
    leaving_says(&c, "A draft is on disk");
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    tmpdir_path(c.home, "home/state/paddock/drafts.db", &path);
    assert_int_equal(remove(str_text(&path)), 0);
    assert_int_equal(mkdir(str_text(&path), 0700), 0); /* nothing can be opened there */
    str_finish(&path);
    console_restart(&c, size);
    leaving_says(&c, "No draft of it is kept");
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [50M"); /* and it is gone, as said */
    console_close(&c);
}

/* Another console in the same home, beside the first: what is typed in one is not the other's, and
 * the other neither takes nor drops the draft; once the first is gone it is given back. */
static void test_a_form_open_in_another_console(void **state)
{
    struct console a, b;
    size = *state;
    begin_edit(&a);
    b = a;
    b.term = NULL;
    console_again(&b, size);
    console_see(&b, "60 accounts, complete");
    console_keys(&b, "e");
    console_see(&b, "a form of another paddock is open on this account");
    console_see(&b, "Max tokens/month   [50M");
    console_keys(&b, "C-u");
    console_type(&b, "9M");
    console_keys(&b, "Esc");
    console_see(&b, "No draft of it is kept");
    console_keys(&b, "Tab Tab Enter"); /* discarded */
    console_see(&b, "/ filter");
    console_keys(&b, "e C-u");
    console_type(&b, "8M");
    console_keys(&b, "C-s");
    console_see(&b, "A apply");
    console_save(&b);
    assert_true(console_quota(&b) == 8e6);
    term_destroy(a.term);
    a.term = NULL;
    console_keys(&b, "e");
    console_see(&b, "[123M");
    console_see(&b, "1 field from the draft of");
    console_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f29_a_draft_comes_back_after_a_kill, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_form_open_in_another_console, &small, &wide),
        CONSOLE_TWO_SIZES(test_f21_no_draft_is_promised_without_a_file, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
