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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
