/* codes_test.c: a column of text numbers against a plain array, through codes that are given anew
 * and the widening. */
#include "fleet/codes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 600 };

static void assert_same(const struct codes *c, const uint32_t *want, uint32_t rows)
{
    for (uint32_t row = 0; row < rows; row++)
        assert_int_equal(codes_get(c, row), want[row]);
}

static void test_zeros(void **state)
{
    struct codes c = {0};
    (void)state;
    assert_int_equal(codes_get(&c, 5), 0);
    codes_set(&c, ROWS, 5, 0);
    assert_null(c.narrow);
    codes_set(&c, ROWS, 5, 77);
    assert_int_equal(codes_get(&c, 4), 0);
    assert_int_equal(codes_get(&c, 5), 77);
    codes_set(&c, ROWS, 5, 0);
    assert_int_equal(codes_get(&c, 5), 0);
    codes_reserve(&c, ROWS, ROWS + 9);
    assert_int_equal(codes_get(&c, ROWS + 8), 0);
    codes_finish(&c);
}

/* Few at a time, but ever others: the column stays narrow for weeks. */
static void test_words_that_go_make_room(void **state)
{
    struct codes c = {0};
    uint32_t want[ROWS] = {0};
    (void)state;
    srand(3);
    for (uint32_t n = 0; n < 20000; n++) {
        uint32_t row = (uint32_t)rand() % 100, text = 1 + n / 50 + (uint32_t)rand() % 20;
        want[row] = text;
        codes_set(&c, ROWS, row, text);
        if (n % 97 == 0)
            assert_same(&c, want, ROWS);
    }
    assert_same(&c, want, ROWS);
    assert_non_null(c.narrow);
    codes_finish(&c);
}

/* Each row another: wide, once, with all that was there. */
static void test_many_words_widen(void **state)
{
    struct codes c = {0};
    uint32_t want[ROWS + 50] = {0};
    (void)state;
    for (uint32_t row = 0; row < ROWS; row++) {
        want[row] = row * 7;
        codes_set(&c, ROWS, row, row * 7);
        assert_same(&c, want, ROWS);
        if (row == 200)
            assert_non_null(c.narrow);
    }
    assert_non_null(c.wide);
    codes_reserve(&c, ROWS, ROWS + 50);
    codes_set(&c, ROWS + 50, 3, 0);
    want[3] = 0;
    assert_same(&c, want, ROWS + 50);
    codes_finish(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_words_that_go_make_room),
        cmocka_unit_test(test_many_words_widen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
