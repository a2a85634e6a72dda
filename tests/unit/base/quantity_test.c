/* quantity_test.c: what people type is read exactly or refused; what is shown does not lie. */
#include "base/quantity.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { REFUSED = -7 };

struct reading {
    const char *text;
    int64_t value; /* REFUSED: an error */
};

typedef enum status parse_fn(const char *text, size_t len, int64_t *out, struct error *err);

static void check_all(parse_fn *parse, const struct reading *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t got = REFUSED;
        struct error err = {0};
        enum status st = parse(cases[i].text, strlen(cases[i].text), &got, &err);
        if (got != cases[i].value)
            print_error("'%s': %lld\n", cases[i].text, (long long)got);
        assert_true(got == cases[i].value);
        assert_int_equal(st, cases[i].value == REFUSED ? ST_USAGE : ST_OK);
        assert_int_equal(err.what[0] != '\0', cases[i].value == REFUSED);
    }
}

static void test_counts(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"0", 0},
        {"7", 7},
        {"400M", 400000000},
        {"400m", 400000000},
        {"900k", 900000},
        {"900K", 900000},
        {"1.2G", 1200000000},
        {"3T", 3000000000000},
        {"6_000", 6000},
        {"6,000", 6000},
        {"1,234,567", 1234567},
        {"1_0_0", 100},
        {"12,345.5k", 12345500},
        {" \t400M\n", 400000000},
        {"1.5k", 1500},
        {"1.000", 1},
        {"1.50000000000000000000000k", 1500},
        {"0.000000000001T", 1},
        {"007", 7},
        {"9223372036854775807", INT64_MAX},
        {"9,223,372,036,854,775,807", INT64_MAX},
        {"9223372.036854775807T", INT64_MAX},
    };
    check_all(quantity_parse_count, cases, ARRAY_LEN(cases));
}

static void test_counts_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        " ",
        "-",
        "-1",
        "+1",
        "x",
        "k",
        "1,2,3",
        "1,23",
        "1234,567",
        ",123",
        "123,",
        "1,,234",
        "1,234,56",
        "1,2345",
        "_1",
        "1_",
        "1__0",
        "1_000,000",
        "1,000_000",
        "1.5",
        "1.0005k",
        "0.0000000000001T",
        "0.1111111111111111T",
        "1.",
        ".5k",
        "1..5k",
        "1.5.5k",
        "1k5",
        "1 k",
        "1kk",
        "1kB",
        "1P",
        "0x10",
        "1e3",
        "none",
        "9223372036854775808",
        "9223372036854775808T",
        "9223372.036854775808T",
        "99999999999999999999",
        "9223373T",
        "1\xc2\xa0",
        "\xff",
        "1-",
        "١",
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct reading r = {cases[i], REFUSED};
        check_all(quantity_parse_count, &r, 1);
    }
    int64_t n;
    assert_int_equal(quantity_parse_count("1\0", 2, &n, NULL), ST_USAGE);
}

static void test_errors_say_what_would_do(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"x", "not a number: try 400M, 6_000 or none"},
        {"-1", "below zero: try 400M, 6_000 or none"},
        {"1.5", "not a whole number: try 400M, 6_000 or none"},
        {"1.0005k", "not a whole number: try 400M, 6_000 or none"},
        {"9223373T", "too large: at most 9,223,372,036,854,775,807"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t n = 5;
        struct error err;
        quantity_parse_count(cases[i].text, strlen(cases[i].text), &n, &err);
        assert_string_equal(err.what, cases[i].want);
        assert_int_equal(n, 5);
    }
    int64_t n;
    struct error err;
    quantity_parse_seconds("M", 1, &n, &err);
    assert_string_equal(err.what, "not a number: try 20, 20s, 2m or 1h");
}

static void test_seconds(void **state)
{
    (void)state;
    static const struct reading cases[] = {
        {"20", 20},
        {"20s", 20},
        {"2m", 120},
        {"2M", 120},
        {"1h", 3600},
        {"1d", 86400},
        {"1.5m", 90},
        {"0.0625h", 225},
        {"0.125d", 10800},
        {"1_000s", 1000},
        {"0", 0},
        {"0.01h", 36},
        {"1.7m", 102},
        {"1.01m", REFUSED},
        {"0.001h", REFUSED},
        {"1.5", REFUSED},
        {"1.5s", REFUSED},
        {"2k", REFUSED},
        {"1h30m", REFUSED},
        {"-5s", REFUSED},
        {"s", REFUSED},
        {"106751991167301d", REFUSED},
    };
    check_all(quantity_parse_seconds, cases, ARRAY_LEN(cases));
}

typedef void show_fn(struct str *out, int64_t n);

static void expect_shown(show_fn *show, int64_t n, const char *want)
{
    struct str out = STR_INIT;
    show(&out, n);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_full(void **state)
{
    (void)state;
    expect_shown(quantity_full, 0, "0");
    expect_shown(quantity_full, 999, "999");
    expect_shown(quantity_full, 1000, "1,000");
    expect_shown(quantity_full, 1234567, "1,234,567");
    expect_shown(quantity_full, -123456, "-123,456");
    expect_shown(quantity_full, INT64_MAX, "9,223,372,036,854,775,807");
    expect_shown(quantity_full, INT64_MIN, "-9,223,372,036,854,775,808");
    char words[80];
    snprintf(words, sizeof words, "%s of %s", QUANTITY(1200u), QUANTITY(INT64_MIN));
    assert_string_equal(words, "1,200 of -9,223,372,036,854,775,808");
}

static void test_short(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *want;
    } cases[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1k"},
        {1001, "1.00k"},
        {1284, "1.28k"},
        {1285, "1.29k"},
        {1500, "1.5k"},
        {9994, "9.99k"},
        {9995, "10.0k"},
        {10000, "10k"},
        {12840, "12.8k"},
        {99949, "99.9k"},
        {99950, "100k"},
        {412000000, "412M"},
        {412345678, "412M"},
        {999499, "999k"},
        {999500, "1.00M"},
        {4000000, "4M"},
        {5520000000, "5.52G"},
        {31000001, "31.0M"},
        {1000000000000000, "1P"},
        {INT64_MAX, "9.22E"},
        {-1, "-1"},
        {-999, "-999"},
        {-1284, "-1.3k"},
        {-12840, "-13k"},
        {-412000000, "-412M"},
        {INT64_MIN, "-9.2E"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_shown(quantity_short, cases[i].n, cases[i].want);
}

static void test_exact(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *want;
    } cases[] = {
        {0, "0"},
        {999, "999"},
        {6000, "6,000"},
        {10000, "10k"},
        {12500, "12.5k"},
        {12345, "12,345"},
        {900000, "900k"},
        {240000, "240k"},
        {400000000, "400M"},
        {1250000, "1.25M"},
        {1200000000, "1.2G"},
        {1234567, "1,234,567"},
        {1234560, "1,234,560"},
        {1234500, "1,234,500"},
        {9000000000000000, "9000T"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_shown(quantity_exact, cases[i].n, cases[i].want);
}

static void check_reads_back(int64_t n)
{
    struct str out = STR_INIT;
    int64_t back = -1;
    quantity_exact(&out, n);
    assert_int_equal(quantity_parse_count(out.data, out.len, &back, NULL), ST_OK);
    assert_true(back == n);
    str_clear(&out);
    quantity_full(&out, n);
    assert_int_equal(quantity_parse_count(out.data, out.len, &back, NULL), ST_OK);
    assert_true(back == n);
    str_clear(&out);
    quantity_seconds(&out, n);
    assert_int_equal(quantity_parse_seconds(out.data, out.len, &back, NULL), ST_OK);
    assert_true(back == n);
    str_clear(&out);
    quantity_short(&out, n);
    assert_in_range(out.len, 1, 5);
    str_clear(&out);
    quantity_short(&out, -n);
    assert_in_range(out.len, 1, 5);
    str_finish(&out);
}

static void test_shown_reads_back(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int64_t n = 0; n < 20000; n++)
        check_reads_back(n);
    for (int i = 0; i < 60000; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        int64_t n = (int64_t)(seed >> 1) >> (i % 63);
        int64_t round = 1;
        for (int k = i % 13; k > 0; k--)
            round *= 10;
        check_reads_back(n);
        check_reads_back(n / round * round);
    }
    check_reads_back(INT64_MAX);
}

static void test_seconds_shown(void **state)
{
    (void)state;
    expect_shown(quantity_seconds, 0, "0s");
    expect_shown(quantity_seconds, 20, "20s");
    expect_shown(quantity_seconds, 90, "90s");
    expect_shown(quantity_seconds, 120, "2m");
    expect_shown(quantity_seconds, 3600, "1h");
    expect_shown(quantity_seconds, 5400, "90m");
    expect_shown(quantity_seconds, 172800, "2d");
    expect_shown(quantity_seconds, -120, "-2m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_counts_refused),
        cmocka_unit_test(test_errors_say_what_would_do),
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_shown_reads_back),
        cmocka_unit_test(test_seconds_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
