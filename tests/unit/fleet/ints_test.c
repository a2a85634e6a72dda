/* ints_test.c: numbers of every size come back from a column that was widened on the way. */
#include "fleet/ints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_every_width(void **state)
{
    static const int64_t values[] = {
        0,         1,        -1,     127,    128,       -128,      -129,
        32767,     32768,    -32768, -32769, INT32_MAX, INT32_MIN, (int64_t)INT32_MAX + 1,
        INT64_MAX, INT64_MIN};
    enum { COUNT = sizeof values / sizeof *values };
    (void)state;
    struct ints c = {0};
    assert_int_equal(ints_get(&c, 3), 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        ints_set(&c, COUNT, i, values[i]);
        for (uint32_t k = 0; k < COUNT; k++)
            assert_true(ints_get(&c, k) == (k <= i ? values[k] : 0));
        if (i == 3)
            assert_int_equal(c.width, 1);
        if (i == 8)
            assert_int_equal(c.width, 4);
    }
    ints_reserve(&c, COUNT, COUNT + 5);
    assert_true(ints_get(&c, COUNT - 1) == INT64_MIN);
    assert_int_equal(ints_get(&c, COUNT + 4), 0);
    ints_finish(&c);
}

/* Whole thousands are kept as such until the first that is none; all come back. */
static void test_thousands(void **state)
{
    static const int64_t values[] = {0, 1792504927000, -62167219200000, 1000, INT64_MIN, 250000000};
    enum { COUNT = sizeof values / sizeof *values };
    (void)state;
    for (uint32_t odd = 0; odd <= COUNT; odd++) {
        struct ints c = {0};
        int64_t want[COUNT];
        for (uint32_t i = 0; i < COUNT; i++) {
            want[i] = values[i] == INT64_MIN && odd != i ? -1000 : values[i] + (i == odd);
            ints_set(&c, COUNT, i, want[i]);
            for (uint32_t k = 0; k <= i; k++)
                assert_true(ints_get(&c, k) == want[k]);
        }
        assert_int_equal(c.unit, odd == COUNT ? 1000 : 1);
        ints_finish(&c);
    }
    struct ints seconds = {0};
    ints_set(&seconds, 2, 0, 1792504927000);
    assert_int_equal(seconds.width, 4);
    ints_set(&seconds, 2, 1, 4102444800000); /* 2100 */
    assert_true(ints_get(&seconds, 0) == 1792504927000);
    assert_int_equal(seconds.width, 8);
    ints_finish(&seconds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_width),
        cmocka_unit_test(test_thousands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
