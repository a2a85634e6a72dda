/* near_test.c: distances between words, and which one is meant. */
#include "base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static unsigned distance(const char *a, const char *b)
{
    return near_distance(span_of(a), span_of(b));
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("", "abc"), 3);
    assert_int_equal(distance("abc", "abc"), 0);
    assert_int_equal(distance("them", "theme"), 1);
    assert_int_equal(distance("theem", "theme"), 1); /* two neighbours swapped */
    assert_int_equal(distance("kitten", "sitting"), 3);
    assert_int_equal(distance("sitting", "kitten"), 3);
}

static void test_offer(void **state)
{
    (void)state;
    struct near near = {span_of("therme"), NULL, 0};
    near_offer(&near, "refresh");
    assert_null(near.best);
    near_offer(&near, "thermal");
    near_offer(&near, "theme");
    assert_string_equal(near.best, "theme");
    struct near begins = {span_of("conn"), NULL, 0};
    near_offer(&begins, "connect_timeout");
    assert_string_equal(begins.best, "connect_timeout");
    struct near nothing = {span_of("x"), NULL, 0};
    near_offer(&nothing, "y"); /* nothing of it is left */
    assert_null(nothing.best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_offer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
