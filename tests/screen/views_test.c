/* views_test.c: how the list is looked at: order, columns and named views by their keys, and that
 * the next start looks at it the same way. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 30};
static const struct console_options wide = {.rows = 40, .cols = 160, .accounts = 30};

/* The name of the view stands in the tabs where there is room for it. */
static void see_view(struct console *c, const struct console_options *o, const char *words)
{
    if (o->cols >= 100)
        console_see(c, words);
}

/* < and > take the order from column to column, I turns it round; it is there at the next start. */
static void test_order_by_keys(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    see_view(&c, *state, "view: All");
    console_keys(&c, ">");
    console_gone(&c, "NAME\u25b2");
    see_view(&c, *state, "view: All, changed");
    console_keys(&c, "<");
    console_see(&c, "NAME\u25b2");
    console_gone(&c, "changed");
    console_keys(&c, "I");
    console_see(&c, "NAME\u25bc");
    see_view(&c, *state, "view: All, changed");
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    console_restart(&c, *state);
    console_see(&c, "NAME\u25bc");
    see_view(&c, *state, "view: All, changed");
    console_close(&c);
}

/* o sorts by any column; one that was not shown is shown for as long as it sorts. */
static void test_sorting_shows_its_key(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "o");
    console_see(&c, "Sort by");
    console_type(&c, "quota.requests");
    console_see(&c, ">  REQ QUOTA");
    console_keys(&c, "Enter");
    console_see(&c, "REQ QUOTA\u25b2");
    console_keys(&c, "o");
    console_type(&c, "rate.timeout");
    console_keys(&c, "Enter");
    console_see(&c, "TIMEOUT\u25b2");
    console_gone(&c, "REQ QUOTA");
    console_keys(&c, "o");
    console_type(&c, "name");
    console_keys(&c, "Enter");
    console_see(&c, "NAME\u25b2");
    console_gone(&c, "TIMEOUT");
    see_view(&c, *state, "view: All");
    console_gone(&c, "changed");
    console_close(&c);
}

/* A view that has the column as its own keeps it, whatever sorts then. */
static void test_a_view_keeps_its_column(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "o");
    console_type(&c, "reason");
    console_keys(&c, "Enter");
    console_see(&c, "REASON\u25b2");
    console_keys(&c, "V");
    console_see(&c, "Health");
    console_type(&c, "Health");
    console_keys(&c, "Enter");
    see_view(&c, *state, "view: Health");
    console_see(&c, "STATUS\u25b2");
    console_see(&c, "REASON ");
    console_keys(&c, "o");
    console_type(&c, "name");
    console_keys(&c, "Enter");
    console_see(&c, "NAME\u25b2");
    console_see(&c, "REASON ");
    console_close(&c);
}

/* C takes a column away and brings another in; the next start has the same ones. */
static void test_columns_by_keys(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_see(&c, "STATUS");
    console_keys(&c, "C");
    console_see(&c, "Columns:");
    console_keys(&c, "j j j Space Enter");
    console_gone(&c, "Columns:");
    console_gone(&c, "STATUS ");
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    console_restart(&c, *state);
    console_see(&c, "NAME");
    console_gone(&c, "STATUS ");
    console_close(&c);
}

/* V goes to a named view, with its columns, order and filter; so does the next start. */
static void test_a_named_view(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "V");
    console_see(&c, "At risk");
    console_type(&c, "risk");
    console_gone(&c, "Lately changed");
    console_keys(&c, "Enter");
    see_view(&c, *state, "view: At risk");
    console_see(&c, "tokens.pct>=80");
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    console_restart(&c, *state);
    see_view(&c, *state, "view: At risk");
    console_see(&c, "tokens.pct>=80");
    console_see(&c, "the filter of last time was set again; Esc clears it");
    console_keys(&c, "V");
    console_type(&c, "all");
    console_keys(&c, "Enter");
    see_view(&c, *state, "view: All");
    console_gone(&c, "tokens.pct>=80");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_order_by_keys, &small, &wide),
        CONSOLE_TWO_SIZES(test_sorting_shows_its_key, &small, &wide),
        {"a view keeps its column", test_a_view_keeps_its_column, NULL, NULL, (void *)&wide},
        CONSOLE_TWO_SIZES(test_columns_by_keys, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_named_view, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
