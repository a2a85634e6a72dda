/* cursor_test.c: the cursor of the list is an account, and only the operator moves it: the next key
 * acts on what it stands on. After a save it goes to what was saved, at once, and is left alone. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 120};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 120};

/* The name on the row of the cursor. */
static void cursor_name(struct console *c, char name[64])
{
    name[0] = '\0';
    for (int row = 0; row < term_rows(c->term) && !name[0]; row++)
        sscanf(term_row_text(c->term, row), "> %63s", name);
    assert_true(name[0]);
}

static void see_cursor_on(struct console *c, const char *name)
{
    char line[80];
    snprintf(line, sizeof line, ">   %s", name);
    console_see(c, line);
}

/* Down once; the name that the cursor comes to. */
static void down(struct console *c, char name[64])
{
    char before[64], line[80];
    cursor_name(c, before);
    snprintf(line, sizeof line, ">   %s", before);
    console_keys(c, "j");
    console_gone(c, line);
    cursor_name(c, name);
}

/* Turns the account under the cursor on or off. */
static void toggle(struct console *c, const char *name)
{
    char enabled[160], disabled[160];
    snprintf(enabled, sizeof enabled, "%s enabled and read back", name);
    snprintf(disabled, sizeof disabled, "%s disabled and read back", name);
    console_keys(c, "t");
    console_see(c, "nothing was sent yet");
    console_keys(c, "A");
    console_see(c, "and read back");
    assert_true(term_wait_text(c->term, disabled, 100) || term_wait_text(c->term, enabled, 0));
    see_cursor_on(c, name);
}

static void test_a_save_does_not_move_the_cursor_later(void **state)
{
    struct console c;
    char saved[64], other[64];
    console_open_ready(&c, *state);
    down(&c, saved);
    toggle(&c, saved);
    down(&c, other);
    down(&c, other);
    console_keys(&c, "t");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "Esc");
    see_cursor_on(&c, other);
    /* Nor does the account that was written before come back when another write is closed. */
    toggle(&c, other);
    console_keys(&c, "k e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "Esc");
    console_gone(&c, "Max tokens/month   [");
    cursor_name(&c, saved);
    assert_string_not_equal(saved, other);
    console_close(&c);
}

static void test_the_cursor_goes_to_what_was_created(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "a");
    console_see(&c, ">  Name");
    console_type(&c, "zz-new");
    console_keys(&c, "Tab Tab");
    console_type(&c, "openai");
    console_keys(&c, "Tab");
    console_type(&c, "vault:kv/zz-new");
    console_keys(&c, "C-s");
    console_see(&c, "NEW ACCOUNT");
    console_keys(&c, "A");
    console_see(&c, "121 accounts");
    see_cursor_on(&c, "zz-new");
    console_close(&c);
}

/* Undo is of what was written, wherever the cursor stands; and what a filter hides is said. */
static void test_undo_leaves_the_cursor_and_a_hidden_save_is_told(void **state)
{
    struct console c;
    char saved[64], other[64];
    console_open_ready(&c, *state);
    cursor_name(&c, saved);
    toggle(&c, saved);
    down(&c, other);
    console_keys(&c, "u");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "undone");
    see_cursor_on(&c, other);
    console_keys(&c, "/");
    console_type(&c, "enabled=yes");
    console_keys(&c, "Enter");
    console_see(&c, " of 120");
    cursor_name(&c, saved);
    console_keys(&c, "t");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "; the filter hides it");
    console_close(&c);
}

/* The account under the cursor is filtered out: the next one by the order takes its place. */
static void test_a_filter_moves_the_cursor_to_the_next(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "/");
    console_type(&c, "oa-gpt-jp-dev");
    console_see(&c, "1 of 120");
    console_keys(&c, "Enter Esc");
    console_gone(&c, "1 of 120");
    see_cursor_on(&c, "oa-gpt-jp-dev-50");
    console_keys(&c, "/");
    console_type(&c, "name:-us-");
    see_cursor_on(&c, "oa-gpt-us-batch-57");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_a_save_does_not_move_the_cursor_later, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_cursor_goes_to_what_was_created, &small, &wide),
        CONSOLE_TWO_SIZES(test_undo_leaves_the_cursor_and_a_hidden_save_is_told, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_filter_moves_the_cursor_to_the_next, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
