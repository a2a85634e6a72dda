/* csv_guard_test.c: the guard is put and taken off by one rule, so that every text comes back. */
#include "base/text.h"
#include "model/csv_guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_both_ways(void **state)
{
    static const struct {
        const char *text;
        bool guarded;
    } rows[] = {
        {"=1", true},  {"+1", true},   {"-1", true},  {"@x", true},  {"|x", true}, {"\tx", true},
        {"\rx", true}, {"'=1", true},  {"''-", true}, {"", false},   {"'", false}, {"''", false},
        {"'y", false}, {"a=1", false}, {" =", false}, {"\n", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str cell = STR_INIT;
        struct span text = span_of(rows[i].text);
        assert_int_equal(csv_needs_guard(text), rows[i].guarded);
        if (rows[i].guarded)
            str_add_char(&cell, '\'');
        str_add_span(&cell, text);
        assert_true(span_is(csv_unguarded(span_from(&cell)), rows[i].text));
        str_finish(&cell);
    }
}

/* In a file ends of lines, tabs and letters are as they are, whatever the locale is; what acts on a
 * terminal is shown both ways. */
static void test_show(void **state)
{
    static const struct {
        bool data;
        unsigned flags;
        const char *shown;
    } ways[] = {
        {true, 0, "\u00e9\r\n\t^[[2J\\u{202e}"},
        {true, TEXT_ASCII, "\u00e9\r\n\t^[[2J\\u{202e}"},
        {false, 0, "\u00e9^M\n^I^[[2J\\u{202e}"},
        {false, TEXT_ASCII, "\\u{e9}^M\n^I^[[2J\\u{202e}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct str out = STR_INIT;
        csv_show(&out, span_of("\u00e9\r\n\t\033[2J\u202e"), ways[i].data, ways[i].flags);
        assert_string_equal(str_text(&out), ways[i].shown);
        str_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_both_ways),
                                       cmocka_unit_test(test_show)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
