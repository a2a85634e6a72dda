/* many_test.c: a hundred thousand accounts, as somebody at the keyboard has them: moving, the ends,
 * the filter, the order, marks, and a selection that stays with its account. How fast is the
 * bench's; here it is that it works. */
#include "tests/support/console_rig.h"
#include "tests/support/stretch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LOADED_MS 200000

static bool selection_holds(struct term *t, void *ctx)
{
    for (int row = 4; row < term_rows(t) - 1; row++) {
        const char *text = term_row_text(t, row);
        if (text[0] == '>')
            return strstr(text, ctx);
    }
    return false;
}

static void see_selected(struct console *c, const char *name)
{
    char text[64];
    snprintf(text, sizeof text, "%s", name);
    assert_true(term_wait(c->term, selection_holds, text, name, 0));
}

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 100000};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 100000};

/* The console of the test that is running. */
static struct console many;

static void open_many(void **state)
{
    console_open(&many, *state);
    assert_true(term_wait_text(many.term, "100,000 accounts, complete", LOADED_MS));
    console_row(&many, term_rows(many.term) - 2, "/ filter");
}

static int close_many(void **state)
{
    (void)state;
    console_close(&many);
    return 0;
}

static void test_ends_and_moves(void **state)
{
    struct console *c = &many;
    open_many(state);
    console_keys(c, "g");
    see_selected(c, "an-claude-eu-batch-01");
    console_keys(c, "G");
    see_selected(c, "launch-week-60");
    console_keys(c, "k Home");
    see_selected(c, "an-claude-eu-batch-01");
    console_keys(c, "PageDown PageDown PageUp PageUp");
    see_selected(c, "an-claude-eu-batch-01");
}

/* Letter by letter, a letter back, and gone again. */
static void test_filter(void **state)
{
    struct console *c = &many;
    open_many(state);
    console_keys(c, "g /");
    console_type(c, "az-gpt-eu-prod");
    console_see(c, "1,297 of 100,000");
    see_selected(c, "az-gpt-eu-prod-");
    console_keys(c, "Backspace Backspace Backspace Backspace Backspace");
    console_see(c, "3,570 of 100,000");
    console_type(c, " provider=openai");
    console_see(c, "no account matches the filter");
    console_keys(c, "Esc");
    console_gone(c, "of 100,000");
    see_selected(c, "an-claude-eu-batch-01");
    console_keys(c, "/");
    console_type(c, "~gpteuprod");
    console_see(c, " of 100,000");
    see_selected(c, "gpt-eu-prod"); /* the best fit is first */
    console_keys(c, "Esc");
    console_gone(c, "of 100,000");
}

static void sort_by(struct console *c, const char *column)
{
    console_keys(c, "o");
    console_see(c, "Sort by");
    console_type(c, column);
    console_keys(c, "Enter");
    console_gone(c, "Sort by");
}

static void test_order(void **state)
{
    struct console *c = &many;
    open_many(state);
    console_keys(c, "g j j j");
    sort_by(c, "tokens");
    console_row(c, 4, "TOKENS\xe2\x96\xb2");
    console_gone(c, "sorting");
    console_keys(c, "I");
    console_row(c, 4, "TOKENS\xe2\x96\xbc");
    console_gone(c, "sorting");
    console_keys(c, "g");
    see_selected(c, "134%");
    console_keys(c, "G");
    see_selected(c, "none");
    sort_by(c, "name");
    console_row(c, 4, "NAME\xe2\x96\xb2");
    console_gone(c, "sorting");
    console_keys(c, "g");
    see_selected(c, "an-claude-eu-batch-01");
}

static void test_marks(void **state)
{
    struct console *c = &many;
    open_many(state);
    console_keys(c, "g Space Space Space");
    console_see(c, "3 marked");
    console_keys(c, "U /");
    console_type(c, "az-gpt-eu-prod");
    console_see(c, "1,297 of 100,000");
    console_keys(c, "Enter *");
    console_see(c, "1,297 marked");
    console_keys(c, "U");
    console_gone(c, "marked");
    console_keys(c, "Esc");
    console_gone(c, "of 100,000");
    /* Marked in slices: what comes right behind it acts on all of them. */
    console_keys(c, "|");
    console_type(c, "name:az-gpt-eu-prod");
    term_type(c->term, "\rb");
    console_see(c, "1,297 accounts");
    console_keys(c, "Esc");
    console_see(c, "1,297 marked");
    console_keys(c, "U");
    console_gone(c, "marked");
}

/* The account under the cursor is renamed to the end of the list by somebody else: after a refresh
 * the cursor is on it still, wherever it is now. */
static void test_selection_follows(void **state)
{
    struct console *c = &many;
    open_many(state);
    char path[256], id[64];
    console_keys(c, "g / ");
    console_type(c, "an-claude-eu-batch-01");
    console_see(c, " of 100,000");
    console_keys(c, "Enter Enter");
    console_keys(c, "]");
    console_see(c, "\"provider_account_id\"");
    const char *screen = term_screen_text(c->term), *at = strstr(screen, "\"pa_");
    assert_non_null(at);
    snprintf(id, sizeof id, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    console_keys(c, "[ Esc");
    console_keys(c, "Esc");
    console_gone(c, " of 100,000");
    see_selected(c, "an-claude-eu-batch-01");
    snprintf(path, sizeof path, RIG_ACCOUNTS "/%s", id);
    cJSON_Delete(box_json(&c->box, "PATCH", path, "{\"name\":\"zz-moved-to-the-end\"}", 200));
    console_keys(c, "r");
    see_selected(c, "zz-moved-to-the-end");
    console_keys(c, "j k");
    see_selected(c, "zz-moved-to-the-end");
}

/* At each of the two sizes, with a console and a sandbox of its own. */
/* clang-format off */
#define EACH(test)                                                                                 \
    {#test " at 80x24", test, NULL, close_many, (void *)(uintptr_t)&small},                        \
    {#test " at 120x40", test, NULL, close_many, (void *)(uintptr_t)&wide}
/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {EACH(test_ends_and_moves), EACH(test_filter),
                                       EACH(test_order), EACH(test_marks),
                                       EACH(test_selection_follows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
