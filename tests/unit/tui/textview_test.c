/* textview_test.c: lines, wrapping, scrolling and searching of text to read. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/widgets/textview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_lines(void **state)
{
    (void)state;
    struct screen s;
    struct textview v;
    screen_open(&s, 4, 20, true);
    textview_init(&v, false);
    textview_add(&v, ROLE_JSON_KEY, span_of("\"name\""));
    textview_add(&v, ROLE_TEXT, span_of(": "));
    textview_lines(&v, ROLE_JSON_STRING, span_of("\"a\033[31m\"\n\ntwo\tx\n"));
    textview_printf(&v, ROLE_TEXT, "%d", 3);
    textview_draw(&v, &s.canvas, true);
    assert_string_equal(screen_row(0), "\"name\": \"a^[[31m\"");
    assert_string_equal(screen_row(1), "");
    assert_string_equal(screen_row(2), "two     x");
    assert_string_equal(screen_row(3), "3");
    const struct grid_cell *row = grid_row(s.draw.grid, 0);
    assert_int_not_equal(row[1].look, row[6].look); /* a key is not a text */
    textview_move(&v, MOVE_RIGHT);
    s.canvas = draw_begin(&s.draw, 4, 20);
    textview_draw(&v, &s.canvas, true);
    assert_string_equal(screen_row(0), "\"a^[[31m\"");
    textview_finish(&v);
    screen_close(&s);
}

static void test_wrap_and_move(void **state)
{
    (void)state;
    struct screen s;
    struct textview v;
    screen_open(&s, 3, 12, true);
    textview_init(&v, true);
    textview_lines(&v, ROLE_TEXT, span_of("one two three four five six seven\nend"));
    textview_draw(&v, &s.canvas, true);
    assert_int_equal(v.line_count, 5);
    assert_string_equal(screen_row(0), "one two");
    assert_string_equal(screen_row(1), "three four");
    textview_move(&v, MOVE_DOWN);
    s.canvas = draw_begin(&s.draw, 3, 12);
    textview_draw(&v, &s.canvas, true);
    assert_true(strncmp(screen_row(0), "three four", 10) == 0);
    textview_move(&v, MOVE_BOTTOM);
    assert_int_equal(v.top, 2);
    textview_move(&v, MOVE_PAGE_DOWN);
    assert_int_equal(v.top, 2);
    textview_move(&v, MOVE_TOP);
    assert_int_equal(v.top, 0);
    /* More of it came since the last draw. */
    assert_int_equal(textview_ended(&v), 1);
    textview_lines(&v, ROLE_TEXT, span_of("\nof it\nall"));
    textview_move(&v, MOVE_BOTTOM);
    assert_int_equal(v.top, 4);
    assert_int_equal(textview_ended(&v), 3);
    textview_finish(&v);
    screen_close(&s);
}

/* What follows a break stands under the text that it breaks, not under the label or the sign. */
static void test_hangs(void **state)
{
    static const struct {
        const char *text, *rows[3];
    } cases[] = {
        {"  ! too much of it is asked for", {"  ! too much of it is", "    asked for", ""}},
        {" Region    eu and us and also ap",
         {" Region    eu and us", "           and also ap", ""}},
        {"   three spaces and then some text", {"   three spaces and", "   then some text", ""}},
        {"plain words that need two lines", {"plain words that need", "two lines", ""}},
        /* A label of more than half the line hangs nothing. */
        {"a long label here  value is long", {"a long label here", "value is long", ""}},
        {"              deep text that wraps", {"              deep text", "that wraps", ""}},
    };
    (void)state;
    struct screen s;
    screen_open(&s, 3, 24, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct textview v;
        textview_init(&v, true);
        textview_lines(&v, ROLE_TEXT, span_of(cases[i].text));
        s.canvas = draw_begin(&s.draw, 3, 24);
        textview_draw(&v, &s.canvas, true);
        for (int y = 0; y < 3; y++)
            assert_string_equal(screen_row(y), cases[i].rows[y]);
        textview_finish(&v);
    }
    screen_close(&s);
}

/* Text from outside that tries to begin lines of its own: by what ends a line, and by being as long
 * as its first one, so that the break puts the rest where our lines begin. */
static void test_outside_begins_no_line(void **state)
{
    static const struct {
        const char *text, *rows[3];
    } cases[] = {
        {"a\n Status     ok", {" x=a^J Status     ok", "", ""}},
        {"a\r\n\tb\vc\fd", {" x=a^M^J^Ib^Kc^Ld", "", ""}},
        {"\xc2\x85\xe2\x80\xa8\xe2\x80\xa9 b", {" x=\\u{85}\\u{2028}\\u{2029}", "   b", ""}},
        {"\xe2\x80\x8b\xe2\x80\xae b", {" x=\\u{200b}\\u{202e} b", "", ""}},
        {"aaaaaaaaaaaaaaaaaaaaa Status     ok",
         {" x=aaaaaaaaaaaaaaaaaaaaa", "   Status     ok", ""}},
    };
    (void)state;
    struct screen s;
    screen_open(&s, 3, 26, true);
    for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
        const char *text = cases[i / 2].text;
        struct textview v;
        textview_init(&v, true);
        textview_add(&v, ROLE_TEXT, span_of(" x="));
        if (i % 2)
            textview_add(&v, ROLE_STRONG, span_of(text));
        else
            textview_printf(&v, ROLE_STRONG, "%s\n", text);
        s.canvas = draw_begin(&s.draw, 3, 26);
        textview_draw(&v, &s.canvas, true);
        for (int y = 0; y < 3; y++)
            assert_string_equal(screen_row(y), cases[i / 2].rows[y]);
        textview_finish(&v);
    }
    struct textview v;
    textview_init(&v, true);
    textview_printf(&v, ROLE_TEXT, "\n%s\n\n", "\nb\n");
    assert_string_equal(str_text(&v.text), "\n^Jb^J\n\n");
    textview_finish(&v);
    screen_close(&s);
}

/* On a terminal that is not UTF-8 a character is what stands for it, and that is as wide: it is
 * broken into lines and never runs off the edge. */
static void test_ascii_is_whole(void **state)
{
    (void)state;
    struct screen s;
    struct textview v;
    screen_open(&s, 3, 26, true);
    textview_init(&v, true);
    textview_add(&v, ROLE_FORM_LABEL, span_of(" Name  "));
    textview_add(&v, ROLE_TEXT, span_of("\xe6\x9d\xb1\xe4\xba\xac x\xc3\xa9 y"));
    for (int i = 0; i < 2; i++) {
        s.canvas = draw_begin(&s.draw, 3, 26);
        textview_draw(&v, &s.canvas, true);
        assert_string_equal(screen_row(0), " Name  \\u{6771}\\u{4eac}");
        assert_string_equal(screen_row(1), "       x\\u{e9} y");
    }
    assert_true(textview_search(&v, span_of("\xc3\xa9")));
    textview_add(&v, ROLE_TEXT, span_of("\xc3\xa9"));
    s.canvas = draw_begin(&s.draw, 3, 26);
    textview_draw(&v, &s.canvas, true);
    assert_string_equal(screen_row(1), "       x\\u{e9} y\\u{e9}");
    textview_finish(&v);
    screen_close(&s);
}

static void test_search(void **state)
{
    (void)state;
    struct screen s;
    struct textview v;
    screen_open(&s, 3, 30, false);
    textview_init(&v, false);
    for (int i = 0; i < 20; i++)
        textview_printf(&v, ROLE_TEXT, "line %d%s\n", i, i % 9 == 5 ? " Caf\xc3\xa9 x" : "");
    textview_draw(&v, &s.canvas, true);
    assert_false(textview_search(&v, span_of("nowhere")));
    assert_true(textview_search(&v, span_of("CAFE"))); /* neither case nor accents */
    assert_true(strncmp(v.text.data + v.match, "Caf", 3) == 0);
    assert_int_equal(v.match_len, 5);
    assert_true(v.top <= 5 && v.top + 3 > 5);
    size_t first = v.match;
    assert_true(textview_search_next(&v, true));
    size_t second = v.match;
    assert_true(second > first);
    assert_true(textview_search_next(&v, true)); /* round the end */
    assert_int_equal(v.match, first);
    assert_true(textview_search_next(&v, false));
    assert_int_equal(v.match, second);
    assert_true(textview_search_next(&v, false));
    assert_int_equal(v.match, first);
    s.canvas = draw_begin(&s.draw, 3, 30);
    textview_draw(&v, &s.canvas, true);
    assert_int_equal(s.draw.cursor_x, 7); /* the cursor rests on what was found */
    textview_clear(&v);
    textview_draw(&v, &s.canvas, true);
    assert_false(textview_search_next(&v, true));
    textview_finish(&v);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),          cmocka_unit_test(test_outside_begins_no_line),
        cmocka_unit_test(test_ascii_is_whole), cmocka_unit_test(test_wrap_and_move),
        cmocka_unit_test(test_hangs),          cmocka_unit_test(test_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
