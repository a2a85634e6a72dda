/* line_editor_test.c: editing by grapheme, words, paste, history, scrolling. */
#include "tests/unit/tui/screen.h"

#include "tui/widgets/line_editor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum line_result press(struct line_editor *ed, const char *name)
{
    struct key key;
    assert_true(key_parse(span_of(name), &key));
    return line_editor_key(ed, &key);
}

static void type(struct line_editor *ed, const char *text)
{
    for (size_t at = 0; at < strlen(text);) {
        uint32_t code;
        size_t took = text_decode(text + at, strlen(text) - at, &code);
        struct key key = {.sym = KEYSYM_TEXT};
        memcpy(key.text, text + at, took);
        assert_int_equal(line_editor_key(ed, &key), LINE_CHANGED);
        at += took;
    }
}

static void test_editing(void **state)
{
    (void)state;
    struct line_editor ed;
    line_editor_init(&ed);
    line_editor_start(&ed, span_of("hello"));
    type(&ed, "!");
    assert_int_equal(press(&ed, "Home"), LINE_MOVED);
    type(&ed, "oh ");
    assert_string_equal(str_text(&ed.text), "oh hello!");
    press(&ed, "End");
    assert_int_equal(press(&ed, "Backspace"), LINE_CHANGED);
    press(&ed, "C-Left");
    assert_int_equal(ed.at, 3);
    assert_int_equal(press(&ed, "Delete"), LINE_CHANGED);
    assert_string_equal(str_text(&ed.text), "oh ello");
    press(&ed, "C-Right");
    assert_int_equal(ed.at, 7);
    assert_int_equal(press(&ed, "^W"), LINE_CHANGED);
    assert_string_equal(str_text(&ed.text), "oh ");
    assert_int_equal(press(&ed, "^U"), LINE_CHANGED);
    assert_string_equal(str_text(&ed.text), "");
    assert_int_equal(press(&ed, "^U"), LINE_MOVED);
    assert_int_equal(press(&ed, "Backspace"), LINE_MOVED);
    line_editor_finish(&ed);
}

static void test_keys_of_others(void **state)
{
    (void)state;
    static const char *const theirs[] = {"^A",  "^K", "^X", "Enter", "Esc",
                                         "Tab", "F2", "Up", "M-x"};
    struct line_editor ed;
    line_editor_init(&ed);
    line_editor_start(&ed, span_of("text"));
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        assert_int_equal(press(&ed, theirs[i]), LINE_IGNORED);
    assert_string_equal(str_text(&ed.text), "text");
    line_editor_finish(&ed);
}

static void test_graphemes(void **state)
{
    (void)state;
    struct line_editor ed;
    line_editor_init(&ed);
    type(&ed, "ae\xcc\x81\xe6\x97\xa5"); /* a, e with an accent of its own, a wide one */
    press(&ed, "Left");
    press(&ed, "Left");
    assert_int_equal(ed.at, 1);
    press(&ed, "Delete");
    assert_string_equal(str_text(&ed.text), "a\xe6\x97\xa5");
    press(&ed, "End");
    press(&ed, "Backspace");
    assert_string_equal(str_text(&ed.text), "a");
    line_editor_finish(&ed);
}

static void test_paste(void **state)
{
    (void)state;
    struct line_editor ed;
    line_editor_init(&ed);
    struct key paste = {.sym = KEYSYM_PASTE, .paste = span_of("a\r\nb\tc\033[A\xff\xc2\x9bz\n\n")};
    assert_int_equal(line_editor_key(&ed, &paste), LINE_CHANGED);
    assert_string_equal(str_text(&ed.text), "a b c [A? z");
    ed.max = 14;
    paste.paste = span_of("12\xe6\x97\xa5");
    line_editor_key(&ed, &paste); /* three bytes of room: whole characters only */
    assert_string_equal(str_text(&ed.text), "a b c [A? z12");
    line_editor_finish(&ed);
}

static void test_history(void **state)
{
    (void)state;
    struct line_editor ed;
    line_editor_init(&ed);
    line_editor_remember(&ed, span_of("one"));
    line_editor_remember(&ed, span_of("two"));
    line_editor_remember(&ed, span_of("two"));
    line_editor_remember(&ed, span_of(""));
    type(&ed, "thr");
    assert_int_equal(press(&ed, "Up"), LINE_CHANGED);
    assert_string_equal(str_text(&ed.text), "two");
    press(&ed, "Up");
    assert_string_equal(str_text(&ed.text), "one");
    assert_int_equal(press(&ed, "Up"), LINE_MOVED);
    press(&ed, "Down");
    press(&ed, "Down");
    assert_string_equal(str_text(&ed.text), "thr"); /* what was being typed */
    assert_int_equal(press(&ed, "Down"), LINE_MOVED);
    for (int i = 0; i < 150; i++) {
        char line[32];
        snprintf(line, sizeof line, "line %d", i);
        line_editor_remember(&ed, span_of(line));
    }
    assert_int_equal(ed.history_count, 100);
    assert_string_equal(ed.history[0], "line 50");
    line_editor_finish(&ed);
}

static void test_drawing(void **state)
{
    (void)state;
    struct screen s;
    struct line_editor ed;
    screen_open(&s, 3, 20, false);
    line_editor_init(&ed);
    line_editor_draw(&ed, &s.canvas, 0, 2, 10, true, "a hint");
    assert_string_equal(screen_row(0), "  a hint");
    assert_int_equal(s.draw.cursor_x, 2);
    type(&ed, "0123456789abc");
    line_editor_draw(&ed, &s.canvas, 0, 2, 10, true, NULL);
    assert_string_equal(screen_row(0), "  <56789abc"); /* the caret after the last one */
    assert_int_equal(s.draw.cursor_x, 11);
    line_editor_draw(&ed, &s.canvas, 1, 2, 10, false, NULL); /* read from its start */
    assert_string_equal(screen_row(1), "  012345678\xe2\x80\xa6");
    press(&ed, "Home");
    line_editor_draw(&ed, &s.canvas, 0, 2, 10, true, NULL);
    assert_string_equal(screen_row(0), "  0123456789");
    assert_int_equal(s.draw.cursor_x, 2);
    line_editor_draw(&ed, &s.canvas, 1, 2, 10, false, NULL);
    assert_string_equal(screen_row(1), "  012345678\xe2\x80\xa6");
    /* In a field that was too narrow for a moment: back to where all of it is seen. */
    press(&ed, "End");
    line_editor_draw(&ed, &s.canvas, 2, 2, 4, true, NULL);
    assert_string_equal(screen_row(2), "  <bc");
    line_editor_draw(&ed, &s.canvas, 2, 2, 14, true, NULL);
    assert_string_equal(screen_row(2), "  0123456789abc");
    assert_int_equal(s.draw.cursor_x, 15);
    draw_fill(&s.canvas, 2, 0, 1, 20, ROLE_TEXT);
    line_editor_start(&ed, span_of("a\033b"));
    line_editor_draw(&ed, &s.canvas, 2, 0, 10, true, NULL);
    assert_string_equal(screen_row(2), "a^[b");
    assert_int_equal(s.draw.cursor_x, 4);
    line_editor_finish(&ed);
    screen_close(&s);
}

/* The sign under the place, whatever the length of the words, also where the text is scrolled. */
static void test_an_error_is_marked_where_it_stands(void **state)
{
    static const char shorts[] = "no such", longs[] = "there is no such field here at all";
    struct screen s;
    struct line_editor ed;
    struct error err;
    (void)state;
    screen_open(&s, 6, 20, false);
    line_editor_init(&ed);
    line_editor_start(&ed, span_of("ab zork:4"));
    line_editor_draw(&ed, &s.canvas, 0, 3, 16, true, NULL);
    error_set(&err, ST_USAGE, "%s", shorts);
    assert_int_equal(line_editor_draw_error(&ed, &s.canvas, 1, 3, 3, &err), 1);
    assert_string_equal(screen_row(1), "      ^ no such");
    error_set(&err, ST_USAGE, "%s", longs);
    assert_int_equal(line_editor_draw_error(&ed, &s.canvas, 2, 3, 3, &err), 3);
    assert_string_equal(screen_row(2), "      ^");
    assert_string_equal(screen_row(3), "   there is no such");
    assert_string_equal(screen_row(4), "   field here at all");
    line_editor_draw(&ed, &s.canvas, 0, 3, 6, true, NULL); /* scrolled by four */
    draw_fill(&s.canvas, 1, 0, 1, 20, ROLE_TEXT);
    error_set(&err, ST_USAGE, "%s", "no");
    line_editor_draw_error(&ed, &s.canvas, 1, 3, 7, &err);
    assert_string_equal(screen_row(1), "      ^ no");
    line_editor_finish(&ed);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editing),
        cmocka_unit_test(test_keys_of_others),
        cmocka_unit_test(test_graphemes),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_an_error_is_marked_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
