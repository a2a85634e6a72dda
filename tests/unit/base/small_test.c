/* small_test.c: what comes back of an amount that was packed. */
#include "base/small.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static double back(double amount)
{
    return small_unpack(small_pack(amount));
}

static void test_exact(void **state)
{
    (void)state;
    for (int i = 0; i <= 2048; i++)
        assert_true(back(i) == i);
    assert_true(back(0.5) == 0.5);
    assert_true(back(0x1p62) == 0x1p62);
    assert_true(isnan(back(NAN)));
    assert_true(back(-3) == 0);
}

static void test_near(void **state)
{
    (void)state;
    for (double v = 1; v < 9e18; v *= 1.0137)
        assert_true(back(v) >= v && back(v) - v <= v / 1024);
    for (double v = 0.001; v < 1; v += 0.00137)
        assert_true(back(v) >= v && back(v) - v <= 1.0 / 1024);
}

/* What is too large is the largest, never "not known". */
static void test_the_largest(void **state)
{
    (void)state;
    assert_true(back(0x1p63) > 9e18);
    assert_true(back(9223372036854775807.0 * 0.99999) > 9e18);
    assert_true(back(INFINITY) > 9e18);
}

/* Every packed number is the packing of what it stands for, and they ascend. */
static void test_every_number(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < UINT16_MAX; i++) {
        assert_int_equal(small_pack(small_unpack((uint16_t)i)), i);
        if (i)
            assert_true(small_unpack((uint16_t)i) > small_unpack((uint16_t)(i - 1)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_near),
        cmocka_unit_test(test_the_largest),
        cmocka_unit_test(test_every_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
