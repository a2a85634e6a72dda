/* when_test.c: the four formats that are read, and what is shown of times and ages. */
#include "base/when.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct reading {
    const char *text;
    int64_t ms;
};

typedef int64_t parse_fn(const char *text, size_t len);

static void check_all(parse_fn *parse, const struct reading *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t got = parse(cases[i].text, strlen(cases[i].text));
        if (got != cases[i].ms)
            print_error("%s: %lld\n", cases[i].text, (long long)got);
        assert_true(got == cases[i].ms);
    }
}

static void test_rfc3339(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00", 0},
        {"1970-01-01 00:00:00", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2026-10-20T14:02:07Z", 1792504927000},
        {"2026-10-20T14:02:07.5Z", 1792504927500},
        {"2026-10-20T14:02:07.123456", 1792504927123},
        {"2026-10-20T14:02:07.99999999999999999999Z", 1792504927999},
        {"2026-10-20T16:02:07+02:00", 1792504927000},
        {"2026-10-20T08:32:07-05:30", 1792504927000},
        {"2026-10-20T14:02:07-00:00", 1792504927000},
        {"2026-10-21T13:01:07.000001+22:59", 1792504927000},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"0000-01-01T00:00:00Z", -62167219200000},
        {"9999-12-31T23:59:59Z", 253402300799000},
    };
    check_all(when_parse_rfc3339, cases, ARRAY_LEN(cases));
}

/* The usual shape has a reader of its own: with any character in any place it says what the general
 * one says of the same time with +00:00. */
static void test_rfc3339_both_readers(void **state)
{
    (void)state;
    static const char *const times[] = {"2024-02-29T23:59:60Z", "1900-01-31T00:00:00Z",
                                        "9999-12-01T19:09:59Z"};
    static const char characters[] = "0123456789-:TtZz +./:\0";
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        for (size_t at = 0; at < 19; at++) {
            for (size_t c = 0; c < sizeof characters; c++) {
                char usual[21], other[26];
                memcpy(usual, times[i], 21);
                usual[at] = characters[c];
                memcpy(other, usual, 19);
                memcpy(other + 19, "+00:00", 7);
                if (when_parse_rfc3339(usual, 20) != when_parse_rfc3339(other, 25))
                    fail_msg("%s", usual);
            }
        }
    }
}

static void test_rfc3339_refused(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"", WHEN_NONE},
        {"2026", WHEN_NONE},
        {"2026-10-20", WHEN_NONE},
        {"2026-10-20T", WHEN_NONE},
        {"2026-10-20T14:02", WHEN_NONE},
        {"2026-10-20T14:02:07.", WHEN_NONE},
        {"2026-10-20T14:02:07.Z", WHEN_NONE},
        {"2026-10-20T14:02:07X", WHEN_NONE},
        {"2026-10-20T14:02:07ZZ", WHEN_NONE},
        {"2026-10-20T14:02:07Z ", WHEN_NONE},
        {" 2026-10-20T14:02:07Z", WHEN_NONE},
        {"2026-10-20T14:02:07+", WHEN_NONE},
        {"2026-10-20T14:02:07+02", WHEN_NONE},
        {"2026-10-20T14:02:07+0200", WHEN_NONE},
        {"2026-10-20T14:02:07+24:00", WHEN_NONE},
        {"2026-10-20T14:02:07+00:60", WHEN_NONE},
        {"2026-10-20x14:02:07Z", WHEN_NONE},
        {"2026/10/20T14:02:07Z", WHEN_NONE},
        {"2026-1-20T14:02:07Z", WHEN_NONE},
        {"2026-13-20T14:02:07Z", WHEN_NONE},
        {"2026-00-20T14:02:07Z", WHEN_NONE},
        {"2026-10-00T14:02:07Z", WHEN_NONE},
        {"2026-10-32T14:02:07Z", WHEN_NONE},
        {"2026-04-31T14:02:07Z", WHEN_NONE},
        {"2026-02-29T14:02:07Z", WHEN_NONE},
        {"2100-02-29T14:02:07Z", WHEN_NONE},
        {"2026-10-20T24:00:00Z", WHEN_NONE},
        {"2026-10-20T14:60:00Z", WHEN_NONE},
        {"2026-10-20T14:02:61Z", WHEN_NONE},
        {"+026-10-20T14:02:07Z", WHEN_NONE},
        {"yesterday at noon", WHEN_NONE},
    };
    check_all(when_parse_rfc3339, cases, ARRAY_LEN(cases));
    assert_true(when_parse_rfc3339("2026-10-20T14:02:07Z", 16) == WHEN_NONE);
    assert_true(when_parse_rfc3339("2026-10-20T14:02:0\0Z", 20) == WHEN_NONE);
}

static void test_http_dates(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777000},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777000},
        {"Sun Nov  6 08:49:37 1994", 784111777000},
        {"Sun Nov 16 08:49:37 1994", 784975777000},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800000},
        {"Friday, 01-Jan-70 00:00:00 GMT", 0},
        {"Friday, 01-Jan-69 00:00:00 GMT", 3124224000000},
        {"Mon, 31 Dec 1999 23:59:60 GMT", 946684800000}, /* the weekday is not the date's */
        {"", WHEN_NONE},
        {"Sun, 06 Nov 1994 08:49:37", WHEN_NONE},
        {"Sun, 06 Nov 1994 08:49:37 UTC", WHEN_NONE},
        {"Sun, 06 Nov 1994 08:49:37 GMT ", WHEN_NONE},
        {"Sun, 6 Nov 1994 08:49:37 GMT", WHEN_NONE},
        {"Sun, 31 Nov 1994 08:49:37 GMT", WHEN_NONE},
        {"Sun, 06 Nox 1994 08:49:37 GMT", WHEN_NONE},
        {"Xxx, 06 Nov 1994 08:49:37 GMT", WHEN_NONE},
        {"Sun, 06 Nov 1994 24:49:37 GMT", WHEN_NONE},
        {"Sunday, 06-Nov-1994 08:49:37 GMT", WHEN_NONE},
        {"Sun Nov 6 08:49:37 1994", WHEN_NONE},
        {"Sun, 29 Feb 2023 00:00:00 GMT", WHEN_NONE},
    };
    check_all(when_parse_http, cases, ARRAY_LEN(cases));
}

static void test_retry_after(void **state)
{
    (void)state;
    static const int64_t now = 784111777000;
    static const struct reading cases[] = {
        {"0", 0},
        {"120", 120000},
        {" 7\t", 7000},
        {"Sun, 06 Nov 1994 08:49:47 GMT", 10000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:00:00 GMT", 0},
        {"99999999999999999999999999", INT64_MAX / 1000 * 1000},
        {"9223372036854775", 9223372036854775000},
        {"9223372036854776", INT64_MAX / 1000 * 1000},
        {"", -1},
        {"   ", -1},
        {"-1", -1},
        {"+1", -1},
        {"1.5", -1},
        {"1 2", -1},
        {"soon", -1},
        {"12s", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_true(when_parse_retry_after(cases[i].text, strlen(cases[i].text), now) ==
                    cases[i].ms);
}

static void expect_rfc3339(int64_t ms, const char *want)
{
    struct str out = STR_INIT;
    when_rfc3339(&out, ms);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_shown_as_rfc3339(void **state)
{
    (void)state;
    expect_rfc3339(0, "1970-01-01T00:00:00Z");
    expect_rfc3339(1792504927999, "2026-10-20T14:02:07Z");
    expect_rfc3339(-1, "1969-12-31T23:59:59Z");
    expect_rfc3339(-62167219200000, "0000-01-01T00:00:00Z");
    expect_rfc3339(253402300800000, "10000-01-01T00:00:00Z");
    expect_rfc3339(INT64_MAX, "292278994-08-17T07:12:55Z");
    expect_rfc3339(WHEN_NONE, "-");
}

/* A text that need not be kept is exactly what is made of its time, and no other is. */
static void test_texts_that_need_not_be_kept(void **state)
{
    static const char *const texts[] = {
        "2026-10-20T14:02:07Z",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2024-02-29T00:00:00Z",
        "2026-10-20t14:02:07Z",
        "2026-10-20T14:02:07z",
        "2026-10-20 14:02:07Z",
        "2026-10-20T14:02:07",
        "2026-10-20T14:02:07.0Z",
        "2026-10-20T14:02:07+00:00",
        "2026-10-20T14:02:07.123456Z",
        "2016-12-31T23:59:60Z",
        "2026-10-20T16:02:07+02:00",
        "soon",
        "",
        "2026-10-20T14:02:06.999Z",
        "2026-13-20T14:02:07Z",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str made = STR_INIT;
        size_t len = strlen(texts[i]);
        int64_t ms = when_parse_rfc3339(texts[i], len);
        when_rfc3339(&made, ms);
        if (when_is_rfc3339(texts[i], len, ms) != (strcmp(str_text(&made), texts[i]) == 0))
            fail_msg("%s", texts[i]);
        str_finish(&made);
    }
}

/* Every day of 1600 to 2400, written and read back; months ends and leap years lie among them. */
static void test_days_read_back(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    for (int64_t day = -135140; day < 157054; day++) {
        int64_t ms = day * 86400000 + (day % 2 ? 86399000 : 0);
        time_t t = (time_t)(ms / 1000);
        struct tm tm;
        char want[40];
        str_clear(&out);
        when_rfc3339(&out, ms);
        assert_true(when_parse_rfc3339(out.data, out.len) == ms);
        gmtime_r(&t, &tm);
        snprintf(want, sizeof want, "%04d-%02d-%02dT", tm.tm_year + 1900, tm.tm_mon + 1,
                 tm.tm_mday);
        assert_memory_equal(out.data, want, 11);
    }
    str_finish(&out);
}

static void expect_clock(const char *zone, int64_t ms, int64_t now, const char *want)
{
    struct str out = STR_INIT;
    setenv("TZ", zone, 1);
    tzset();
    when_clock(&out, ms, now);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_clock_in_the_zone(void **state)
{
    (void)state;
    const int64_t t = 1792504927000, hour = 3600000;
    expect_clock("UTC0", t, t, "14:02:07Z");
    expect_clock("UTC0", t, t + 9 * hour, "14:02:07Z");
    expect_clock("UTC0", t, t + 10 * hour, "20 Oct 14:02:07Z");
    expect_clock("UTC0", t, t + 10000 * hour, "20 Oct 2026 14:02:07Z");
    expect_clock("UTC0", t, t - 15 * hour, "20 Oct 14:02:07Z");
    expect_clock("CET-1CEST,M3.5.0,M10.5.0/3", t, t, "16:02:07 CEST");
    expect_clock("CET-1CEST,M3.5.0,M10.5.0/3", t + 24 * 30 * hour, t, "19 Nov 15:02:07 CET");
    expect_clock("GMT0BST,M3.5.0/1,M10.5.0", t + 24 * 30 * hour, t + 24 * 30 * hour,
                 "14:02:07 GMT");
    expect_clock("<-03>3", t, t, "11:02:07 -03");
    expect_clock("UTC0", -500, -500, "23:59:59Z");
    expect_clock("UTC0", WHEN_NONE, t, "-");
}

/* Among them the ages of a clock that jumped back (F30): never negative. */
static void test_ages(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *want;
    } cases[] = {
        {0, "0s"},
        {999, "0s"},
        {9999, "9s"},
        {59999, "59s"},
        {60000, "1m"},
        {22 * 60000 + 59999, "22m"},
        {3599999, "59m"},
        {3600000, "1h"},
        {5400000, "1.5h"},
        {36000000 - 1, "9.9h"},
        {86399999, "23h"},
        {86400000, "1d"},
        {328320000, "3.8d"},
        {14 * 86400000LL, "14d"},
        {999 * 86400000LL, "999d"},
        {1000 * 86400000LL, "2.7y"},
        {3650 * 86400000LL, "9.9y"},
        {31556952000 * 50, "50y"},
        {INT64_MAX, "9999y"},
        {-1, "0s"},
        {INT64_MIN, "0s"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT;
        when_age(&out, cases[i].ms);
        assert_string_equal(str_text(&out), cases[i].want);
        str_finish(&out);
    }
}

static void test_ages_fit_five_cells(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    for (int64_t ms = 1; ms > 0 && ms < INT64_MAX / 3; ms += ms / 8 + 1) {
        str_clear(&out);
        when_age(&out, ms);
        assert_in_range(out.len, 2, 5);
    }
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_rfc3339_both_readers),
        cmocka_unit_test(test_rfc3339_refused),
        cmocka_unit_test(test_http_dates),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_shown_as_rfc3339),
        cmocka_unit_test(test_texts_that_need_not_be_kept),
        cmocka_unit_test(test_days_read_back),
        cmocka_unit_test(test_clock_in_the_zone),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_ages_fit_five_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
