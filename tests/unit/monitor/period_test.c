/* period_test.c: the names that a server may give its period, and what is taken for the rest. */
#include "monitor/period.h"

#include "base/vec.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *text)
{
    return when_parse_rfc3339(text, strlen(text));
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *start, *end, *words;
    } rows[] = {
        {"2026-10", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-10"},
        {" 2026-12 ", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-12"},
        {"2028-02", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", "2028-02"},
        {"2026-10-01/2026-10-31", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-10"},
        {"2026-10-15/2026-11-15", "2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z",
         "2026-10-15 to 2026-11-14"},
        {"2026-10-15 to 2026-11-14", "2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z",
         "2026-10-15 to 2026-11-14"},
        {"2026-10-15..2026-10-21", "2026-10-15T00:00:00Z", "2026-10-22T00:00:00Z",
         "2026-10-15 to 2026-10-21"},
        {"2026-10-15 - 2026-10-15", "2026-10-15T00:00:00Z", "2026-10-16T00:00:00Z",
         "2026-10-15 to 2026-10-15"},
        {"2026-10-01T06:00:00Z/2026-11-01T06:00:00+00:00", "2026-10-01T06:00:00Z",
         "2026-11-01T06:00:00Z", "2026-10-01 to 2026-11-01"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct period p;
        struct str words = STR_INIT;
        assert_true(period_parse(span_of(rows[i].text), &p));
        assert_int_equal(p.kind, PERIOD_NAMED);
        assert_int_equal(p.start_ms, at(rows[i].start));
        assert_int_equal(p.end_ms, at(rows[i].end));
        period_words(&p, &words);
        assert_string_equal(str_text(&words), rows[i].words);
        str_finish(&words);
    }
}

static void test_not_a_period(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        "string",  "2026-13",    "2026-00",
        "2026",    "current", "2026-10-01", "2026-10-05/2026-10-01",
        "2026-1x", "a/b",     "2026-10/",   "2026-02-30/2026-03-01"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct period p;
        assert_false(period_parse(span_of(texts[i]), &p));
    }
}

static void test_not_named(void **state)
{
    (void)state;
    int64_t now = at("2026-02-20T10:00:00Z");
    struct str words = STR_INIT;
    struct period p = period_of(span_of("now"), WHEN_NONE, WHEN_NONE, now);
    assert_int_equal(p.kind, PERIOD_MONTH);
    assert_int_equal(p.start_ms, at("2026-02-01T00:00:00Z"));
    assert_int_equal(p.end_ms, at("2026-03-01T00:00:00Z"));
    p = period_of(span_of(""), at("2026-02-03T00:00:00Z"), at("2026-02-05T00:00:00Z"), now);
    assert_int_equal(p.kind, PERIOD_CREATED);
    assert_int_equal(p.start_ms, at("2026-02-03T00:00:00Z"));
    p = period_of(span_of(""), at("2025-02-03T00:00:00Z"), at("2026-02-05T00:00:00Z"), now);
    assert_int_equal(p.kind, PERIOD_SEEN);
    period_words(&p, &words);
    assert_string_equal(str_text(&words),
                        "the period is not named; month assumed, since first seen 2026-02-05");
    assert_int_equal(p.end_ms, at("2026-03-01T00:00:00Z"));
    p = period_of(span_of(""), at("2026-02-21T00:00:00Z"), WHEN_NONE, now); /* F30: of tomorrow */
    assert_int_equal(p.kind, PERIOD_MONTH);
    p = period_of(span_of("2026-01"), WHEN_NONE, WHEN_NONE, now);
    assert_int_equal(p.kind, PERIOD_NAMED);
    str_finish(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_not_a_period),
        cmocka_unit_test(test_not_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
