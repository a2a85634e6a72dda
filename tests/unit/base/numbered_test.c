/* numbered_test.c: numbers stay, texts come back as they were, through growth and emptying. */
#include "base/numbered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { TEXTS = 5000 };

static struct span text_of(char buf[32], uint32_t i)
{
    snprintf(buf, 32, "pa_%u", i * 2654435761u);
    return span_of(buf);
}

static void test_numbers_stay(void **state)
{
    struct numbered n;
    char buf[32];
    (void)state;
    numbered_init(&n);
    assert_int_equal(numbered_find(&n, span_of("pa_0")), NUMBERED_NONE);
    for (uint32_t i = 0; i < TEXTS; i++) {
        assert_int_equal(numbered_take(&n, text_of(buf, i)), i);
        assert_int_equal(numbered_take(&n, text_of(buf, i / 2)), i / 2);
    }
    for (uint32_t i = 0; i < TEXTS; i++) {
        struct span text = text_of(buf, i);
        assert_int_equal(numbered_find(&n, text), i);
        assert_true(span_eq(numbered_text(&n, i), text));
        assert_int_equal(numbered_text(&n, i).p[text.len], '\0');
    }
    assert_int_equal(n.count, TEXTS);
    assert_int_equal(numbered_find(&n, span_of("pa_")), NUMBERED_NONE);
    assert_int_equal(numbered_text(&n, TEXTS).len, 0);
    numbered_finish(&n);
}

static void test_empty_and_nul(void **state)
{
    struct numbered n;
    (void)state;
    numbered_init(&n);
    assert_int_equal(numbered_take(&n, (struct span){NULL, 0}), 0);
    assert_int_equal(numbered_take(&n, span_of("")), 0);
    assert_int_equal(numbered_take(&n, (struct span){"a\0b", 3}), 1);
    assert_int_equal(numbered_take(&n, (struct span){"a\0c", 3}), 2);
    assert_int_equal(numbered_take(&n, span_of("a")), 3);
    assert_int_equal(numbered_text(&n, 1).len, 3);
    numbered_finish(&n);
}

static void test_clear_forgets(void **state)
{
    struct numbered n;
    char buf[32];
    (void)state;
    numbered_init(&n);
    numbered_clear(&n);
    for (uint32_t i = 0; i < 100; i++)
        numbered_take(&n, text_of(buf, i));
    numbered_clear(&n);
    assert_int_equal(n.count, 0);
    assert_int_equal(numbered_find(&n, text_of(buf, 7)), NUMBERED_NONE);
    assert_int_equal(numbered_take(&n, text_of(buf, 99)), 0);
    assert_true(span_eq(numbered_text(&n, 0), text_of(buf, 99)));
    numbered_finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_stay),
        cmocka_unit_test(test_empty_and_nul),
        cmocka_unit_test(test_clear_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
