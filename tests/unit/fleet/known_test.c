/* known_test.c: rows are found by the hash of their record, all of them and no more than match,
 * also when many share a place in the table. */
#include "fleet/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_empty_has_nothing(void **state)
{
    (void)state;
    struct known k = {0};
    size_t at = 0;
    assert_int_equal(known_next(&k, 7, &at), UINT32_MAX);
    assert_true(known_full(&k));
    known_finish(&k);
}

static void test_every_candidate_is_told_once(void **state)
{
    (void)state;
    struct known k = {0};
    uint64_t tag = UINT64_C(5) << 32;
    known_clear(&k, 10);
    known_add(&k, tag | 3, 30);
    known_add(&k, tag | 3, 31);
    known_add(&k, (tag + tag) | 3, 32); /* the same place, another hash */
    size_t at = 0;
    assert_int_equal(known_next(&k, tag | 3, &at), 30);
    assert_int_equal(known_next(&k, tag | 3, &at), 31);
    assert_int_equal(known_next(&k, tag | 3, &at), UINT32_MAX);
    at = 0;
    assert_int_equal(known_next(&k, (tag + tag) | 3, &at), 32);
    at = 0;
    assert_int_equal(known_next(&k, (tag * 3) | 4, &at), UINT32_MAX);
    known_finish(&k);
}

static void test_it_is_full_before_it_is_slow(void **state)
{
    (void)state;
    struct known k = {0};
    known_clear(&k, 100);
    for (uint32_t i = 0; i < 200; i++) {
        assert_false(known_full(&k));
        known_add(&k, (uint64_t)i << 32 | i * 7, i);
    }
    for (uint32_t i = 0; i < 200; i++) {
        size_t at = 0;
        assert_int_equal(known_next(&k, (uint64_t)i << 32 | i * 7, &at), i);
    }
    while (!known_full(&k))
        known_add(&k, 1, 1);
    known_clear(&k, 0);
    size_t at = 0;
    assert_int_equal(known_next(&k, 1, &at), UINT32_MAX);
    known_finish(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_has_nothing),
        cmocka_unit_test(test_every_candidate_is_told_once),
        cmocka_unit_test(test_it_is_full_before_it_is_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
