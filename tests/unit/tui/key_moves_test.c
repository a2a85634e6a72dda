/* key_moves_test.c: a key as the one that widgets know, and actions as ways to move. */
#include "tui/key_moves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_translate(void **state)
{
    (void)state;
    static const char own[] = "menu = ( ( \"J\", \"next-row\" ), ( \"k\", \"none\" ) );";
    struct keymap *map = keymap_create();
    struct error err;
    assert_int_equal(keymap_load_default(map, &err), ST_OK);
    assert_int_equal(keymap_load(map, own, sizeof own - 1, "keys.cfg", NULL, &err), ST_OK);
    int menu = keymap_context(map, "menu"), line = keymap_context(map, "line");
    struct key key, out;
    key_parse(span_of("J"), &key);
    assert_true(keymap_translate(map, menu, false, &key, &out));
    assert_true(key_is(&out, KEYSYM_DOWN));
    assert_false(keymap_translate(map, menu, true, &key, &out)); /* being typed: text */
    assert_string_equal(out.text, "J");
    key_parse(span_of("k"), &key);
    assert_true(keymap_translate(map, menu, false, &key, &out));
    assert_int_equal(out.sym, KEYSYM_COUNT);
    key_parse(span_of("^W"), &key);
    assert_true(keymap_translate(map, line, true, &key, &out));
    assert_true(key_is_ctrl(&out, 'W'));
    enum move move;
    assert_true(keymap_move(ACTION_HALF_DOWN, &move));
    assert_int_equal(move, MOVE_HALF_DOWN);
    assert_false(keymap_move(ACTION_EDIT, &move));
    keymap_destroy(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_translate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
