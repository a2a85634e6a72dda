/* csv_guard_test.c: the guard is put and taken off by one rule, so that every text comes back. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_both_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
