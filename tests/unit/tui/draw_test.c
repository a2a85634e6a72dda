/* draw_test.c: what reaches the screen: widths, cutting, hostile text, ASCII twins, boxes. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_text(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 6, 20, false);
    const struct canvas *c = &s.canvas;
    assert_int_equal(draw_own(c, 0, 0, ROLE_TEXT, "plain", -1, TEXT_LEFT), 5);
    assert_int_equal(draw_text(c, 1, 2, ROLE_TEXT, span_of("right"), 8, TEXT_RIGHT), 8);
    draw_text(c, 2, 0, ROLE_TEXT, span_of("a long text that is cut"), 10, TEXT_LEFT);
    draw_text(c, 3, 15, ROLE_TEXT, span_of("over the edge"), -1, TEXT_LEFT);
    draw_text(c, 4, -3, ROLE_TEXT, span_of("abcdef"), -1, TEXT_LEFT);
    draw_text(c, 9, 0, ROLE_TEXT, span_of("outside"), -1, TEXT_LEFT);
    assert_string_equal(screen_row(0), "plain");
    assert_string_equal(screen_row(1), "     right");
    assert_string_equal(screen_row(2), "a long te\xe2\x80\xa6");
    assert_string_equal(screen_row(3), "               over");
    assert_string_equal(screen_row(4), "def");
    screen_close(&s);
}

static void test_paragraph(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 4, 20, false);
    const struct canvas *c = &s.canvas;
    assert_int_equal(draw_paragraph(c, 0, 2, ROLE_TEXT, span_of("of two a\033b"), 4), 3);
    assert_int_equal(draw_paragraph(c, 3, 0, ROLE_TEXT, span_of("the rest is cut"), 8), 2);
    assert_string_equal(screen_row(0), "  of");
    assert_string_equal(screen_row(1), "  two");
    assert_string_equal(screen_row(2), "  a^[b");
    assert_string_equal(screen_row(3), "the rest");
    screen_close(&s);
}

static void test_wide(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 6, 20, false);
    const struct canvas *c = &s.canvas;
    draw_text(c, 0, 0, ROLE_TEXT, span_of("\xe6\x97\xa5\xe6\x9c\xac|"), -1, TEXT_LEFT);
    draw_own(c, 0, 5, ROLE_TEXT, "x", 1, TEXT_LEFT);
    draw_text(c, 1, 0, ROLE_TEXT, span_of("e\xcc\x81t\xc3\xa9"), -1, TEXT_LEFT); /* a mark */
    /* half of a wide character at either edge is a space */
    struct canvas part = canvas_part(c, 2, 4, 1, 3);
    draw_text(&part, 0, -1, ROLE_TEXT, span_of("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), -1,
              TEXT_LEFT);
    draw_own(c, 2, 7, ROLE_TEXT, "|", 1, TEXT_LEFT);
    assert_string_equal(screen_row(0), "\xe6\x97\xa5\xe6\x9c\xac|x");
    assert_string_equal(screen_row(1), "e\xcc\x81t\xc3\xa9");
    assert_string_equal(screen_row(2), "     \xe6\x9c\xac|");
    screen_close(&s);
}

static void test_hostile(void **state)
{
    (void)state;
    static const char *const texts[] = {"a\033[31mb",
                                        "a\rb",
                                        "a\nb",
                                        "a\007b",
                                        "a\xc2\x9b"
                                        "31mb",
                                        "a\xe2\x80\xae"
                                        "b",
                                        "a\xff"
                                        "b",
                                        "a\xe2\x80\x8d"
                                        "b",
                                        "a\xf3\xa0\x81\x81"
                                        "b",
                                        "\xcc\x81x",
                                        "a\xee\x80\x80"
                                        "b"};
    struct screen s;
    screen_open(&s, (int)ARRAY_LEN(texts), 40, false);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        int used = draw_text(&s.canvas, (int)i, 0, ROLE_TEXT, span_of(texts[i]), -1, TEXT_LEFT);
        draw_own(&s.canvas, (int)i, used, ROLE_TEXT, "|", 1, TEXT_LEFT);
    }
    assert_string_equal(screen_row(0), "a^[[31mb|");
    assert_string_equal(screen_row(1), "a^Mb|");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const char *row = screen_row((int)i);
        for (const char *p = row; *p; p++)
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
        assert_int_equal(row[strlen(row) - 1], '|'); /* nothing moved the column */
    }
    screen_close(&s);
}

/* Runs of ASCII and of one grapheme take a way of their own: what combines stays with its letter,
 * and the edges hold. */
static void test_runs(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 4, 12, false);
    draw_text(&s.canvas, 0, 0, ROLE_TEXT, span_of("abe\xcc\x81gh"), -1, TEXT_LEFT);
    assert_string_equal(screen_row(0), "abe\xcc\x81gh");
    draw_own(&s.canvas, 1, 8, ROLE_TEXT,
             "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88", -1,
             TEXT_LEFT);
    assert_string_equal(screen_row(1), "        \xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88");
    assert_string_equal(screen_row(2), "");
    assert_int_equal(draw_glyphs(&s.canvas, 2, 1, ROLE_TEXT, GLYPH_GAUGE_FULL, 3), 3);
    assert_string_equal(screen_row(2), " \xe2\x96\x88\xe2\x96\x88\xe2\x96\x88");
    draw_text(&s.canvas, 3, -2, ROLE_TEXT, span_of("0123456789abcdefgh"), -1, TEXT_LEFT);
    assert_string_equal(screen_row(3), "23456789abcd");
    screen_close(&s);
}

/* The width the C library, and so curses, gives a row. */
static int cells_of(const char *row)
{
    int sum = 0;
    for (uint32_t code; *row; sum += wcwidth((wchar_t)code))
        row += text_decode(row, strlen(row), &code);
    return sum;
}

/* Whatever grapheme: the column after it is where its width says, or '?' stands for it. */
static void test_columns_never_shift(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",     /* a flag */
        "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", /* jamo of one syllable */
        "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",     /* an emoji with a skin tone */
        "\xe2\x9d\xa4\xef\xb8\x8f",             /* a heart with a variation selector */
        "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7", /* devanagari */
        "\xf0\x91\x88\xbf",                     /* younger than some C libraries */
        "\xc2\xad",                             /* a soft hyphen */
    };
    struct screen s;
    screen_open(&s, (int)ARRAY_LEN(odd), 30, false);
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        int used = draw_text(&s.canvas, (int)i, 0, ROLE_TEXT, span_of(odd[i]), -1, TEXT_LEFT);
        assert_true(cells_of(screen_row((int)i)) <= used); /* nothing reaches beyond it */
        draw_own(&s.canvas, (int)i, used, ROLE_TEXT, "|", 1, TEXT_LEFT);
        assert_int_equal(cells_of(screen_row((int)i)), used + 1);
    }
    screen_close(&s);
}

static void test_unknown_to_the_c_library(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 1, 10, false);
    draw_own(&s.canvas, 0, 0, ROLE_TEXT,
             "a\xf0\x91\x88\xbf"
             "b",
             -1, TEXT_LEFT); /* U+1123F */
    assert_string_equal(screen_row(0), wcwidth(0x1123f) == 1 ? "a\xf0\x91\x88\xbf"
                                                               "b"
                                                             : "a?b");
    screen_close(&s);
}

static void test_ascii(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 5, 20, true);
    struct canvas inside = draw_box(&s.canvas, ROLE_BORDER, "T\xc3\xa9");
    draw_glyph(&inside, 0, 0, ROLE_TEXT, GLYPH_GAUGE_FULL);
    draw_text(&inside, 1, 0, ROLE_TEXT, span_of("caf\xc3\xa9"), -1, TEXT_LEFT);
    draw_own(&inside, 2, 0, ROLE_TEXT, "caf\xc3\xa9", -1, TEXT_LEFT);
    assert_string_equal(screen_row(0), "+- T\\u{e9} --------+");
    assert_string_equal(screen_row(1), "|#                 |");
    assert_string_equal(screen_row(2), "|caf\\u{e9}         |");
    assert_string_equal(screen_row(3), "|caf?              |");
    assert_string_equal(screen_row(4), "+------------------+");
    screen_close(&s);
}

static void test_box_and_cursor(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 4, 10, false);
    struct canvas inside = draw_box(&s.canvas, ROLE_BORDER, NULL);
    assert_int_equal(inside.rows, 2);
    assert_int_equal(inside.cols, 8);
    draw_cursor(&inside, 1, 3);
    draw_end(&s.draw);
    assert_true(s.draw.cursor_shown);
    assert_int_equal(s.draw.cursor_y, 2);
    assert_int_equal(s.draw.cursor_x, 4);
    assert_string_equal(screen_row(0),
                        "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80"
                        "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x90");
    /* too small for a box: nothing, and nothing breaks */
    struct canvas tiny = canvas_part(&s.canvas, 0, 0, 1, 1);
    assert_int_equal(draw_box(&tiny, ROLE_BORDER, "x").rows, 0);
    screen_close(&s);
}

static void collect(void *ctx, struct span line)
{
    struct str *out = ctx;
    str_add_span(out, line);
    str_add_char(out, '|');
}

static void test_wrap(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int cells;
        const char *lines;
    } cases[] = {{"one two three", 8, "one two|three|"},
                 {"one two three", 7, "one two|three|"},
                 {"one two three", 6, "one|two|three|"},
                 {"abcdefghij", 4, "abcd|efgh|ij|"},
                 {"", 4, "|"},
                 {"a \xe6\x97\xa5\xe6\x9c\xac", 3, "a|\xe6\x97\xa5|\xe6\x9c\xac|"},
                 {"\xe6\x97\xa5", 1, "\xe6\x97\xa5|"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT;
        draw_wrap(span_of(cases[i].text), cases[i].cells, collect, &out);
        assert_string_equal(str_text(&out), cases[i].lines);
        str_finish(&out);
    }
}

/* One row of a list changes: the bytes of the next frame are few (at most 300 for one row down). */
static void test_few_bytes(void **state)
{
    (void)state;
    struct screen s;
    struct str bytes = STR_INIT;
    screen_open(&s, 24, 80, false);
    for (int frame = 0; frame < 2; frame++) {
        struct canvas c = draw_begin(&s.draw, 24, 80);
        for (int y = 0; y < 24; y++) {
            struct canvas row = y == 5 + frame ? canvas_over(&c, ROLE_CURSOR) : c;
            draw_fill(&row, y, 0, 1, 80, ROLE_TEXT);
            draw_printf(&row, y, 1, ROLE_TEXT, "account %d of many, with some text behind it", y);
        }
        draw_cursor(&c, 5 + frame, 0);
        draw_end(&s.draw);
        str_clear(&bytes);
        curses_memory_collect(s.memory, &bytes);
    }
    assert_true(bytes.len > 0 && bytes.len <= 300);
    str_finish(&bytes);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_paragraph),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_columns_never_shift),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_unknown_to_the_c_library),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_box_and_cursor),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
