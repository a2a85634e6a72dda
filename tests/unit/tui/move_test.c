/* move_test.c: a window of rows: never beyond the ends, the cursor always in it. */
#include "tui/widgets/move.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void check(const struct scroll *s, size_t count, size_t page)
{
    if (count == 0) {
        assert_int_equal(s->cursor, 0);
        assert_int_equal(s->top, 0);
        return;
    }
    assert_true(s->cursor < count);
    assert_true(s->top <= s->cursor && s->cursor < s->top + page);
    assert_true(count <= page ? s->top == 0 : s->top + page <= count);
}

/* Any moves on any size: what must hold holds. */
static void test_anything(void **state)
{
    uint32_t seed = 7;
    (void)state;
    for (size_t count = 0; count < 40; count += 3)
        for (size_t page = 1; page < 15; page += 2) {
            struct scroll s = {0, 0};
            for (int i = 0; i < 300; i++) {
                seed = seed * 1664525 + 1013904223;
                scroll_move(&s, (enum move)((seed >> 16) % 10), count, page);
                check(&s, count, page);
            }
            s = (struct scroll){seed % 100, seed % 77};
            scroll_fix(&s, count, page);
            check(&s, count, page);
        }
}

static void test_steps(void **state)
{
    struct scroll s = {0, 0};
    (void)state;
    scroll_move(&s, MOVE_UP, 100, 10);
    assert_int_equal(s.cursor, 0);
    scroll_move(&s, MOVE_DOWN, 100, 10);
    assert_int_equal(s.cursor, 1);
    scroll_move(&s, MOVE_BOTTOM, 100, 10);
    assert_int_equal(s.cursor, 99);
    assert_int_equal(s.top, 90);
    scroll_move(&s, MOVE_TOP, 100, 10);
    assert_int_equal(s.cursor, 0);
    scroll_move(&s, MOVE_HALF_DOWN, 100, 10);
    assert_int_equal(s.cursor, 5);
}

static void test_keys(void **state)
{
    static const struct {
        const char *key;
        enum move move;
    } cases[] = {{"Up", MOVE_UP},     {"Down", MOVE_DOWN},          {"PageUp", MOVE_PAGE_UP},
                 {"Home", MOVE_TOP},  {"PageDown", MOVE_PAGE_DOWN}, {"End", MOVE_BOTTOM},
                 {"Left", MOVE_LEFT}, {"Right", MOVE_RIGHT}};
    struct key key;
    enum move move;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(key_parse(span_of(cases[i].key), &key));
        assert_true(move_of_key(&key, &move));
        assert_int_equal(move, cases[i].move);
    }
    assert_true(key_parse(span_of("j"), &key));
    assert_false(move_of_key(&key, &move)); /* letters are the keymap's */
    assert_true(key_parse(span_of("S-Tab"), &key));
    assert_false(move_of_key(&key, &move));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anything),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
