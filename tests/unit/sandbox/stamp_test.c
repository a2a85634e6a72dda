/* stamp_test.c: the sandbox's times against the C library's calendar, which it does not use. */
#include "sandbox/stamp.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void same_as_library(int64_t seconds)
{
    struct str s = STR_INIT;
    time_t at = (time_t)seconds;
    struct tm tm;
    char want[40], month[STAMP_MONTH_BYTES];
    assert_non_null(gmtime_r(&at, &tm));
    stamp_add(&s, seconds * 1000);
    strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%SZ", &tm);
    assert_string_equal(str_text(&s), want);
    stamp_month(month, seconds * 1000 + 999);
    strftime(want, sizeof want, "%Y-%m", &tm);
    assert_string_equal(month, want);
    str_clear(&s);
    stamp_http(&s, seconds * 1000 + 999);
    strftime(want, sizeof want, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    assert_string_equal(str_text(&s), want);
    tm.tm_mday = 1;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    assert_int_equal(stamp_month_start(seconds * 1000 + 999), (int64_t)timegm(&tm) * 1000);
    str_finish(&s);
}

/* 1900 to 2200 by a step that meets every hour, both kinds of century and every leap day; then the
 * seconds on both sides of each month's begin. */
static void test_calendar(void **state)
{
    (void)state;
    for (int64_t t = INT64_C(-2208988800); t < INT64_C(7258118400); t += 80021)
        same_as_library(t);
    for (int year = 1999; year <= 2101; year++)
        for (int month = 0; month < 12; month++) {
            struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 1};
            int64_t t = (int64_t)timegm(&tm);
            same_as_library(t - 1);
            same_as_library(t);
        }
}

static void test_fractions(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {1, "1970-01-01T00:00:00.001000Z"},
        {-1, "1969-12-31T23:59:59.999000Z"},
        {INT64_C(951782400000) - 500, "2000-02-28T23:59:59.500000Z"},
        {INT64_C(951782400000), "2000-02-29T00:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str s = STR_INIT;
        stamp_add(&s, rows[i].ms);
        assert_string_equal(str_text(&s), rows[i].text);
        str_finish(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_fractions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
