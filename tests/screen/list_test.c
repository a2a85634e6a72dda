/* list_test.c: the list of accounts as somebody at the keyboard has it: the start, paging, the
 * filter, sorting, the detail, the way out. Each story is told in the smallest usual terminal and
 * in a wide one. */
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

/* The text of the row that the mark of the selection stands in, "" without one. */
static const char *selected(struct term *t)
{
    for (int row = 4; row < term_rows(t) - 1; row++) {
        const char *text = term_row_text(t, row);
        if (text[0] == '>' || strncmp(text, "▶", 3) == 0 || strncmp(text, "❯", 3) == 0)
            return text;
    }
    return "";
}

static bool selection_holds(struct term *t, void *ctx)
{
    return strstr(selected(t), ctx);
}

static void see_selected(struct console *c, const char *name)
{
    char text[64];
    snprintf(text, sizeof text, "%s", name);
    assert_true(term_wait(c->term, selection_holds, text, name, 0));
}

static void start_and_page(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_row(&c, 0, "org_demo");
    console_row(&c, 0, "read-write");
    see_selected(&c, "an-claude-eu-batch-19");
    console_keys(&c, "G");
    see_selected(&c, "launch-week-16");
    console_keys(&c, "g");
    see_selected(&c, "an-claude-eu-batch-19");
    console_keys(&c, "j j k");
    see_selected(&c, "an-claude-eu-prod-25");
    console_keys(&c, "PageDown");
    console_gone(&c, "an-claude-eu-batch-19 ");
    console_keys(&c, "PageUp PageUp");
    see_selected(&c, "an-claude-eu-batch-19");
    console_close(&c);
}

static void test_start_and_paging(void **state)
{
    (void)state;
    start_and_page(&small);
    start_and_page(&wide);
}

static void filter(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "/");
    console_type(&c, "az-gpt-us-prod");
    console_see(&c, "2 of 120");
    console_row(&c, o->rows - 2, "Enter accept  Esc back"); /* the keys of what is typed */
    see_selected(&c, "az-gpt-us-prod");
    console_keys(&c, "Esc");
    console_gone(&c, "of 120");
    see_selected(&c, "an-claude-eu-batch-19"); /* where it was before */
    console_keys(&c, "/");
    console_type(&c, "tokens:>many");
    console_see(&c, "not a number");
    console_keys(&c, "Enter"); /* stays as typed */
    console_type(&c, "x");
    console_see(&c, "tokens:>manyx");
    console_keys(&c, "C-u");
    console_type(&c, "tokns>400M");
    console_see(&c, "mean tokens?"); /* whole, on as many lines as it takes */
    console_keys(&c, "C-u");
    console_type(&c, "no such account anywhere");
    console_see(&c, "no account matches the filter");
    console_keys(&c, "Esc");
    console_gone(&c, "no account matches");
    console_close(&c);
}

static void test_filter(void **state)
{
    (void)state;
    filter(&small);
    filter(&wide);
}

static void sort_by(struct console *c, const char *column)
{
    console_keys(c, "o");
    console_see(c, "Sort by");
    console_type(c, column);
    console_keys(c, "Enter");
    console_gone(c, "Sort by");
}

/* Sorted by a column, and the other way round when it is chosen again. */
static void sort(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_row(&c, 4, "NAME▲");
    sort_by(&c, "name");
    console_row(&c, 4, "NAME▼");
    console_keys(&c, "g");
    see_selected(&c, "launch-week-16");
    sort_by(&c, "status");
    console_row(&c, 4, "STATUS▲");
    console_row(&c, 4, "NAME ");
    console_close(&c);
}

static void test_sort(void **state)
{
    (void)state;
    sort(&small);
    sort(&wide);
}

/* One account in full, then as the server sent it, then back to the list. */
static void detail(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "Enter");
    console_see(&c, "Max tokens/month");
    console_keys(&c, "]");
    console_see(&c, "\"provider_account_id\"");
    console_see(&c, "\"an-claude-eu-batch-19\"");
    console_keys(&c, "[");
    console_gone(&c, "\"provider_account_id\"");
    console_see(&c, "Max tokens/month");
    console_keys(&c, "Esc");
    console_see(&c, "an-claude-eu-prod-25");
    see_selected(&c, "an-claude-eu-batch-19");
    console_close(&c);
}

static void test_detail(void **state)
{
    (void)state;
    detail(&small);
    detail(&wide);
}

static void quit(const char *keys)
{
    struct console c;
    console_open_ready(&c, &small);
    assert_true(term_alternate(c.term));
    console_keys(&c, keys);
    assert_int_equal(console_end(&c), 0);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

/* The detail that follows the cursor is made as far as it is seen; what is searched and moved in is
 * all of it, however soon the keys come. */
static void test_the_detail_is_whole_at_once(void **state)
{
    (void)state;
    static const struct console_options o = {.rows = 24, .cols = 100, .accounts = 120};
    struct console c;
    console_open_ready(&c, &o);
    assert_false(term_find(c.term, "Updated", NULL, NULL));
    console_keys(&c, "j");
    see_selected(&c, "an-claude-eu-prod-25");
    term_wait_quiet(c.term, 50, 500);
    term_type(c.term, "\t/updated\r");
    console_see(&c, "Updated");
    assert_false(term_find(c.term, "not found", NULL, NULL));
    term_type(c.term, "\tk");
    console_gone(&c, "Updated");
    see_selected(&c, "an-claude-eu-batch-19");
    term_wait_quiet(c.term, 50, 500);
    term_type(c.term, "\tG");
    console_see(&c, "Updated");
    console_close(&c);
}

/* What is searched is the account that the cursor came to, in the same breath. */
static void test_a_search_sees_the_move_before_it(void **state)
{
    static const struct console_options o = {.rows = 40, .cols = 120, .accounts = 120};
    struct console c;
    (void)state;
    console_open_ready(&c, &o);
    see_selected(&c, "an-claude-eu-batch-19");
    term_type(c.term, "\t]/an-claude\r"); /* only the JSON has the name */
    console_see(&c, "\"name\": \"an-claude-eu-batch-19\"");
    term_type(c.term, "\tj\t/prod-25\r");
    console_see(&c, "\"name\": \"an-claude-eu-prod-25\"");
    assert_false(term_find(c.term, "not found", NULL, NULL));
    term_type(c.term, "\tk\tn"); /* what is not in the first */
    console_see(&c, "not found");
    term_type(c.term, "\tj\tn");
    console_gone(&c, "not found");
    see_selected(&c, "an-claude-eu-prod-25");
    console_close(&c);
}

static void test_quit_leaves_the_terminal_as_found(void **state)
{
    (void)state;
    quit("q");
    quit("Q");
}

/* Keys that write a filter: it stands in the line as if it had been typed. */
static void written_filters(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "s");
    console_row(&c, 3, "/ provider=anthropic region=eu");
    console_see(&c, "5 of 120");
    console_keys(&c, "s"); /* again: the wider circle */
    console_row(&c, 3, "/ provider=anthropic residency=EU");
    console_keys(&c, "!");
    console_row(&c, 3, "/ !problem:none");
    console_keys(&c, "/ C-u");
    console_type(&c, "problem:over");
    console_see(&c, "of 120");
    console_keys(&c, "Enter Esc");
    console_row(&c, 3, "/ filter");
    console_close(&c);
}

static void test_written_filters(void **state)
{
    (void)state;
    written_filters(&small);
    written_filters(&wide);
}

/* Marks: one, a range, by an expression, all, none; they stay with their accounts. */
static void marks(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "Space");
    console_see(&c, "1 marked");
    console_row(&c, 5, "*  an-claude-eu-batch-19");
    console_keys(&c, "v j j v");
    console_see(&c, "4 marked");
    console_gone(&c, "range begun"); /* what was said on the way does not stay */
    console_keys(&c, "|");
    console_see(&c, "a filter: those shown that it matches are marked");
    console_see(&c, "provider=openai, tokens>90%"); /* what may be typed */
    console_type(&c, "nosuchfield:x");
    console_keys(&c, "Enter");
    console_see(&c, "there is no field"); /* and the line stays open */
    console_keys(&c, "C-u");
    console_type(&c, "provider=azure_openai region=uksouth");
    console_keys(&c, "Enter");
    console_see(&c, "more of those shown");
    console_keys(&c, "o");
    console_see(&c, "Sort by");
    console_type(&c, "region");
    console_keys(&c, "Enter");
    console_see(&c, "*  an-claude-eu-prod-25"); /* the order is another, the mark is not */
    console_keys(&c, "U");
    console_gone(&c, "marked  ");
    console_gone(&c, "more of those shown");
    console_keys(&c, "*");
    console_see(&c, "120 marked");
    console_keys(&c, "/"); /* what a filter hides stays marked, and is told */
    console_type(&c, "provider=cohere");
    console_keys(&c, "Enter");
    console_see(&c, "120 marked, 111 hidden");
    console_keys(&c, "Space");
    console_see(&c, "119 marked, 111 hidden");
    console_keys(&c, "*");
    console_see(&c, "120 accounts are marked, 111 of them hidden by the filter");
    console_keys(&c, "Esc");
    console_gone(&c, " hidden");
    console_close(&c);
}

static void test_marks(void **state)
{
    (void)state;
    marks(&small);
    marks(&wide);
}

/* `f`: one value by one key, several by Space, of one field any of them; what the filter has is
 * marked, and taken away again. */
static void values(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "f");
    console_see(&c, "Narrow to");
    console_row(&c, o->rows - 2, "Space mark  Tab next field");
    console_type(&c, "cohere");
    console_see(&c, ">  cohere");
    console_keys(&c, "Enter");
    console_row(&c, 3, "/ provider=cohere ");
    console_keys(&c, "f");
    console_see(&c, "(those shown, of all)");
    console_see(&c, "* cohere");
    console_see(&c, "9 of 9"); /* the others are hidden, and that is said */
    console_see(&c, " 0 of ");
    console_type(&c, "openai");
    console_keys(&c, "Space");
    console_see(&c, ">* openai");
    console_keys(&c, "C-u Tab Space");
    console_see(&c, "Region");
    console_keys(&c, "Enter");
    console_row(&c, 3, "/ provider=cohere,openai region=");
    console_keys(&c, "f");
    console_see(&c, "* cohere");
    console_type(&c, "cohere");
    console_see(&c, ">* cohere");
    console_keys(&c, "Space C-u");
    console_type(&c, "openai");
    console_keys(&c, "Space Enter");
    console_gone(&c, "provider=");
    console_row(&c, 3, "/ region=");
    console_close(&c);
}

static void test_values(void **state)
{
    (void)state;
    values(&small);
    values(&wide);
}

/* The row of those shown; what tokens>50 counts. */
static void place_and_hint(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_row(&c, 3, "  1/120");
    console_keys(&c, "j j");
    console_row(&c, 3, "  3/120");
    console_keys(&c, "G");
    console_row(&c, 3, "120/120");
    console_keys(&c, "g /");
    console_type(&c, "tokens>50");
    console_row(&c, 4, "50 is 50 tokens; 50% is percent of the quota");
    console_type(&c, "%");
    console_gone(&c, "50 is 50 tokens");
    console_keys(&c, "Enter");
    console_row(&c, 3, "of 120");
    console_close(&c);
}

static void test_place_and_hint(void **state)
{
    (void)state;
    place_and_hint(&small);
    place_and_hint(&wide);
}

/* A range that is not closed yet is what b is about, not the account under the cursor alone. */
static void open_range(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "v j j b");
    console_see(&c, "3 accounts");
    console_keys(&c, "Esc");
    console_see(&c, "3 marked");
    console_gone(&c, "range");
    console_close(&c);
}

static void test_open_range(void **state)
{
    (void)state;
    open_range(&small);
    open_range(&wide);
}

/* What `|` did, in words that are true of it. */
static void marks_by(const struct console_options *o)
{
    static const struct {
        const char *text, *said;
    } rows[] = {{"provider=nobody", "none of those shown matches"},
                {"provider=anthropic region=eu", " of those shown are marked"},
                {"provider=anthropic region=eu", "no more of those shown match; "},
                {"provider=anthropic", " more of those shown are marked, "}};
    struct console c;
    console_open_ready(&c, o);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        console_keys(&c, "|");
        console_see(&c, "a filter: those shown");
        console_type(&c, rows[i].text);
        console_keys(&c, "Enter");
        console_see(&c, rows[i].said);
        assert_false(i < 3 && term_find(c.term, " more of those shown are", NULL, NULL));
    }
    console_close(&c);
}

static void test_marks_by_an_expression(void **state)
{
    (void)state;
    marks_by(&small);
    marks_by(&wide);
}

/* `|` says while it is typed what `/` says: how a number is read, and what is wrong and where. */
static void mark_line_hints(const struct console_options *o)
{
    struct console c;
    console_open_ready(&c, o);
    console_keys(&c, "|");
    console_see(&c, "a filter: those shown");
    console_type(&c, "tokens>90");
    console_row(&c, 4, "90 is 90 tokens; 90% is percent of the quota");
    console_type(&c, "%");
    console_gone(&c, "90 is 90 tokens");
    console_keys(&c, "C-u");
    console_type(&c, "region:eu nosuchfield:x");
    console_row(&c, 4, "             ^"); /* before Enter; at its place, however long the words */
    console_row(&c, 5, "there is no field");
    console_keys(&c, "C-u");
    console_gone(&c, "there is no field");
    console_type(&c, "tokens>90");
    console_row(&c, 4, "90 is 90 tokens");
    console_keys(&c, "Esc");
    console_gone(&c, "90 is 90 tokens");
    console_keys(&c, "/"); /* the filter is another text: nothing is said of it */
    console_row(&c, 3, "of 120");
    console_gone(&c, "90 is 90 tokens");
    console_close(&c);
}

static void test_the_mark_line_hints(void **state)
{
    (void)state;
    mark_line_hints(&small);
    mark_line_hints(&wide);
}

/* What one start was asked for is no habit. */
static void test_a_filter_of_the_command_line_is_not_kept(void **state)
{
    struct console c;
    const struct console_options *plain = *state;
    struct console_options filtered = *plain;
    filtered.flag = "--filter=az-gpt-us-prod";
    console_open_ready(&c, &filtered);
    console_see(&c, "2 of 120");
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    console_restart(&c, plain);
    console_row(&c, 3, "/ filter");
    console_keys(&c, "/");
    console_type(&c, "az-gpt-us-prod"); /* typed, it is one */
    console_see(&c, "2 of 120");
    console_keys(&c, "Enter q");
    assert_int_equal(console_end(&c), 0);
    console_restart(&c, plain);
    console_see(&c, "2 of 120");
    console_close(&c);
}

/* Two accounts of one name: each row has the end of its id beside it. */
static void test_accounts_of_one_name_are_told_apart(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_patch_behind(&c, "{\"name\": \"an-claude-eu-prod-25\"}"); /* as the second one */
    console_keys(&c, "r");
    console_gone(&c, RIG_FIRST);
    console_keys(&c, "g");
    /* Where it has room, the end of its id. */
    const char *sign = term_cols(c.term) > 80 ? "an-claude-eu-prod-25 #" : "an-claude-eu-prod-25#";
    see_selected(&c, sign);
    console_keys(&c, "j");
    see_selected(&c, sign);
    console_keys(&c, "d");
    console_row(&c, 0, "Changes of an-claude-eu-prod-25 #");
    console_keys(&c, "Esc");
    console_gone(&c, "Changes of");
    console_keys(&c, "e");
    console_row(&c, 0, "Edit an-claude-eu-prod-25 #");
    console_keys(&c, "Esc");
    console_gone(&c, "Edit an-claude");
    console_keys(&c, "x");
    console_row(&c, 0, "Delete an-claude-eu-prod-25 #");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_and_paging),
        CONSOLE_TWO_SIZES(test_a_filter_of_the_command_line_is_not_kept, &small, &wide),
        cmocka_unit_test(test_filter),
        CONSOLE_TWO_SIZES(test_accounts_of_one_name_are_told_apart, &small, &wide),
        cmocka_unit_test(test_written_filters),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_open_range),
        cmocka_unit_test(test_marks_by_an_expression),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_place_and_hint),
        cmocka_unit_test(test_the_mark_line_hints),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_detail),
        cmocka_unit_test(test_the_detail_is_whole_at_once),
        cmocka_unit_test(test_a_search_sees_the_move_before_it),
        cmocka_unit_test(test_quit_leaves_the_terminal_as_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
