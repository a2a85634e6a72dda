/* str_test.c: growth, splicing and comparison of strings. */
#include "base/str.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_append_and_cut(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    assert_string_equal(str_text(&s), "");
    for (int i = 0; i < 1000; i++)
        str_printf(&s, "%d,", i);
    assert_int_equal(s.len, 10 * 2 + 90 * 3 + 900 * 4);
    str_truncate(&s, 4);
    assert_string_equal(str_text(&s), "0,1,");
    str_truncate(&s, 400);
    assert_int_equal(s.len, 4);
    str_finish(&s);
}

/* Whatever is printed, and however long, stands behind what was there. */
static void test_print(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 9, 10, 1234567890, UINT64_MAX};
    for (int len = 0; len < 200; len++) {
        struct str s = STR_INIT, want = STR_INIT;
        str_add(&s, "before ");
        str_printf(&s, "%*s|", len, "x");
        str_add(&want, "before ");
        str_fill(&want, ' ', len > 1 ? (size_t)len - 1 : 0);
        str_add(&want, "x|");
        assert_string_equal(str_text(&s), str_text(&want));
        assert_int_equal(s.len, strlen(s.data));
        str_finish(&s);
        str_finish(&want);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct str s = STR_INIT;
        char want[24];
        snprintf(want, sizeof want, "%llu", (unsigned long long)numbers[i]);
        str_add_number(&s, numbers[i]);
        assert_string_equal(str_text(&s), want);
        str_finish(&s);
    }
    struct str empty = STR_INIT;
    str_printf(&empty, "%s", "");
    assert_string_equal(str_text(&empty), "");
    assert_int_equal(empty.len, 0);
    str_finish(&empty);
}

static void test_splice(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    str_add(&s, "hello world");
    str_splice(&s, 0, 5, "goodbye", 7);
    assert_string_equal(str_text(&s), "goodbye world");
    str_splice(&s, 7, 6, NULL, 0);
    assert_string_equal(str_text(&s), "goodbye");
    str_splice(&s, s.len, 0, "!", 1);
    assert_string_equal(str_text(&s), "goodbye!");
    str_finish(&s);
}

static void test_holds_nul_and_hands_over(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    str_append(&s, "a\0b", 3);
    assert_int_equal(s.len, 3);
    char *p = str_steal(&s);
    assert_memory_equal(p, "a\0b\0", 4);
    mem_free(p);
    assert_int_equal(s.len, 0);
    str_finish(&s);
}

static void test_span_order(void **state)
{
    (void)state;
    assert_true(span_cmp(span_of("ab"), span_of("abc")) < 0);
    assert_true(span_cmp(span_of("b"), span_of("abc")) > 0);
    assert_int_equal(span_cmp(span_of(""), span_of(NULL)), 0);
    assert_true(span_is((struct span){"abcd", 2}, "ab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append_and_cut), cmocka_unit_test(test_print),
        cmocka_unit_test(test_splice),         cmocka_unit_test(test_holds_nul_and_hands_over),
        cmocka_unit_test(test_span_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
