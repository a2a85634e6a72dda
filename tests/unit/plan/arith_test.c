/* arith_test.c: exact products, sums and shares: every edge of an int64, and rounding. */
#include "plan/arith.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_ratios(void **state)
{
    static const struct {
        const char *text;
        int64_t num, den;
    } good[] = {
        {"1.2", 12, 10},
        {"0", 0, 1},
        {"110", 110, 1},
        {"0.05", 5, 100},
        {"1.000000001", 1000000001, 1000000000},
        {"9223372036854775807", INT64_MAX, 1},
    };
    static const char *const bad[] = {"",
                                      ".",
                                      "1.",
                                      ".5",
                                      "-1",
                                      "+1",
                                      "1e3",
                                      "1.2.3",
                                      "1,2",
                                      " 1",
                                      "x1",
                                      "1.0000000001",
                                      "9223372036854775808",
                                      "922337203685477580.71"};
    int64_t num = 7, den = 7;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(ratio_parse(span_of(good[i].text), &num, &den));
        assert_int_equal(num, good[i].num);
        assert_int_equal(den, good[i].den);
    }
    num = den = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ratio_parse(span_of(bad[i]), &num, &den))
            fail_msg("\"%s\" was read", bad[i]);
    assert_int_equal(num + den, 14);
}

static void test_scaling(void **state)
{
    static const struct {
        int64_t n, num, den, out;
    } good[] = {
        {500000000, 12, 10, 600000000},
        {5, 1, 10, 1}, /* 0.5 away from zero */
        {4, 1, 10, 0},
        {15, 1, 10, 2},
        {25, 1, 10, 3},
        {-5, 1, 10, -1},
        {-4, 1, 10, 0},
        {3, 1, 2, 2},
        {7, 1, 3, 2},
        {8, 1, 3, 3},
        {0, 12, 10, 0},
        {1, 0, 1, 0},
        /* Doubles lose these. */
        {9007199254740993, 1, 1, 9007199254740993},
        {9007199254740993, 11, 10, 9907919180215092},
        {INT64_MAX, 1, 1, INT64_MAX},
        {INT64_MAX, 10, 10, INT64_MAX},
        {INT64_MIN, 1, 1, INT64_MIN},
        {INT64_MAX / 12 * 10, 12, 10, INT64_MAX / 12 * 12},
    };
    int64_t out = 7;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(arith_scale(good[i].n, good[i].num, good[i].den, &out));
        if (out != good[i].out)
            fail_msg("%lld x %lld/%lld gave %lld", (long long)good[i].n, (long long)good[i].num,
                     (long long)good[i].den, (long long)out);
    }
    out = 7;
    assert_false(arith_scale(INT64_MAX, 12, 10, &out));
    assert_false(arith_scale(INT64_MIN, 12, 10, &out));
    assert_false(arith_scale(INT64_MAX, INT64_MAX, 1, &out));
    assert_false(arith_scale(INT64_MAX, 10000000001, 10000000000, &out));
    assert_int_equal(out, 7);
}

static void test_adding(void **state)
{
    int64_t out = 7;
    (void)state;
    assert_true(arith_add(INT64_MAX - 1, 1, &out));
    assert_int_equal(out, INT64_MAX);
    assert_true(arith_add(0, INT64_MIN, &out));
    out = 7;
    assert_false(arith_add(INT64_MAX, 1, &out));
    assert_false(arith_add(INT64_MIN, -1, &out));
    assert_int_equal(out, 7);
}

static void test_shares(void **state)
{
    static const int64_t amounts[] = {0, 1, 2, 7, 100, 100000001, INT64_MAX};
    (void)state;
    for (size_t a = 0; a < sizeof amounts / sizeof *amounts; a++) {
        for (uint32_t parts = 1; parts < 12; parts++) {
            int64_t sum = 0, first = arith_share(amounts[a], parts, 0), before = first;
            for (uint32_t i = 0; i < parts; i++) {
                int64_t share = arith_share(amounts[a], parts, i);
                assert_true(share <= before && share >= first - 1);
                before = share;
                sum += share;
            }
            assert_int_equal(sum, amounts[a]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ratios),
        cmocka_unit_test(test_scaling),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
