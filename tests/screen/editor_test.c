/* editor_test.c: an account in the operator's own editor, from the list, from the form and from the
 * command line. The editor is sed: what it does is written in its words. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define QUOTA "max_tokens_per_month"

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};

static void open_with(struct console *c, const struct console_options *size, const char *editor)
{
    const char *const env[] = {editor, NULL};
    struct console_options o = *size;
    o.env = env;
    console_open_ready(c, &o);
    assert_true(console_quota(c) == 50e6);
}

static void test_from_the_list_to_the_review(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=sed -i s/" QUOTA "\".*,/" QUOTA "\":123000000,/");
    console_keys(&c, "E");
    console_see(&c, "nothing was sent yet");
    console_see(&c, "123,000,000");
    assert_true(console_quota(&c) == 50e6);
    assert_int_equal(tmpdir_find_bytes(c.home, "Lines that begin with"), 0); /* the file is gone */
    console_save(&c);
    assert_true(console_quota(&c) == 123e6);
    console_close(&c);
}

static void test_unchanged_changes_nothing(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=true");
    console_keys(&c, "E");
    console_see(&c, "nothing was changed in the editor");
    console_see(&c, "/ filter");
    assert_int_equal(tmpdir_find_bytes(c.home, "Lines that begin with"), 0);
    console_close(&c);
}

/* Out of range: the file comes back with the error at its line; the second time it is right. */
static void test_errors_come_back_as_comments(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=sed -i /" QUOTA "/{s/.50000000/-5/;t;s/-5/123000000/}");
    console_keys(&c, "E");
    console_see(&c, "nothing was sent yet");
    console_see(&c, "123,000,000");
    console_close(&c);
}

/* Left wrong: nothing is taken over, and what was typed is kept and named. */
static void test_errors_left_are_kept(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=sed -i s/.50000000/-5/");
    console_keys(&c, "E");
    console_see(&c, "the errors were left as they are");
    console_see(&c, ".jsonc"); /* in full: over the key bar, which comes back with a key */
    console_keys(&c, "j");
    console_row(&c, term_rows(c.term) - 2, "Space mark");
    assert_true(tmpdir_find_bytes(c.home, "// ERROR: " QUOTA) > 0);
    assert_true(console_quota(&c) == 50e6);
    console_close(&c);
}

static void test_from_the_form_and_back(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=sed -i s/99000000/123000000/");
    console_type_quota(&c, "99M");
    console_keys(&c, "C-o");
    console_see(&c, "[123M");
    console_keys(&c, "C-s");
    console_see(&c, "123,000,000");
    console_close(&c);
}

/* Keys typed right behind E, for an editor that does not read them, are none of the form's. */
static void test_keys_behind_the_editor_are_dropped(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=sed -i s/99000000/123000000/");
    console_type_quota(&c, "99M");
    term_send(c.term, "\017777", 4); /* ^O and more at once */
    console_see(&c, "[123M");
    console_keys(&c, "Tab");
    assert_false(term_find(c.term, "777", NULL, NULL));
    console_see(&c, "[123M");
    console_close(&c);
}

static void test_an_editor_that_is_not_there(void **state)
{
    struct console c;
    open_with(&c, *state, "VISUAL=no-such-editor");
    console_keys(&c, "E");
    console_see(&c, "no-such-editor ended with 127");
    console_see(&c, "/ filter");
    console_close(&c);
}

static void test_from_the_command_line(void **state)
{
    static const char *const args[] = {"edit", RIG_FIRST, "--yes", NULL};
    static const char *const env[] = {"EDITOR=sed -i s/" QUOTA "\".*,/" QUOTA "\":123000000,/",
                                      NULL};
    const struct console_options *size = *state;
    struct console_options o = *size;
    struct console c;
    o.args = args;
    o.env = env;
    console_open(&c, &o);
    console_see(&c, "saved and read back");
    assert_int_equal(console_end(&c), 0);
    assert_true(console_quota(&c) == 123e6);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_from_the_list_to_the_review, &small, &wide),
        CONSOLE_TWO_SIZES(test_unchanged_changes_nothing, &small, &wide),
        CONSOLE_TWO_SIZES(test_errors_come_back_as_comments, &small, &wide),
        CONSOLE_TWO_SIZES(test_errors_left_are_kept, &small, &wide),
        CONSOLE_TWO_SIZES(test_from_the_form_and_back, &small, &wide),
        CONSOLE_TWO_SIZES(test_keys_behind_the_editor_are_dropped, &small, &wide),
        CONSOLE_TWO_SIZES(test_an_editor_that_is_not_there, &small, &wide),
        CONSOLE_TWO_SIZES(test_from_the_command_line, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
