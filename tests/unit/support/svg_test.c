/* svg_test.c: pictures of a screen: text, colours, shapes that join, escaping. */
#include "../../support/svg.h"

#include "../../support/files.h"
#include "../../support/svg_shapes.h"
#include "../../support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void draw(const char *printf_text, bool light, struct str *out)
{
    char line[512];
    snprintf(line, sizeof line, "printf '%s'; printf '\\033[3;1Hend'; read x", printf_text);
    const char *argv[] = {"sh", "-c", line, NULL};
    struct pty_options o = {.argv = argv, .rows = 3, .cols = 20};
    struct term *t = term_create(&o);
    assert_non_null(t);
    assert_true(term_wait_text(t, "end", 0));
    struct svg_options s = {.light = light, .cursor = true, .title = "a < b"};
    svg_write(t, &s, out);
    term_destroy(t);
}

static int count(const struct str *s, const char *what)
{
    int n = 0;
    for (const char *p = str_text(s); (p = strstr(p, what)) != NULL; p += strlen(what))
        n++;
    return n;
}

static void test_words(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    draw("a<b&c  \\033[1;31mred\\033[0m\\033[7mrev\\033[0m", false, &s);
    assert_int_equal(count(&s, "<title>a &lt; b</title>"), 1);
    assert_int_equal(count(&s, ">a&lt;b&amp;c</text>"), 1);
    assert_int_equal(count(&s, "textLength=\"45\""), 1);
    assert_int_equal(count(&s, "fill=\"#f0716b\" font-weight=\"bold\">red</text>"), 1);
    assert_int_equal(count(&s, "fill=\"#14181f\">rev</text>"), 1);
    assert_int_equal(count(&s, "width=\"27\" height=\"18\" fill=\"#d5dae3\"/>"), 1);
    assert_int_equal(count(&s, "<text"), 4);
    assert_int_equal(count(&s, "fill=\"none\" stroke="), 1);
    str_finish(&s);
    draw("x", true, &s);
    assert_int_equal(count(&s, "fill=\"#fcfcfa\"/>"), 1);
    str_finish(&s);
}

static void test_shapes_join(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    /* A corner, three horizontals, a vertical: none of them text, the horizontals one piece. */
    draw("\\342\\224\\214\\342\\224\\200\\342\\224\\200\\342\\224\\200\\r\\n\\342\\224\\202", false,
         &s);
    assert_int_equal(count(&s, "<text"), 1);
    assert_int_equal(count(&s, "<rect x=\"21\" y=\"20.4\" width=\"27\" height=\"1.2\""), 1);
    assert_int_equal(count(&s, "<rect x=\"15.9\" y=\"30\" width=\"1.2\" height=\"18\""), 1);
    str_finish(&s);
    for (uint32_t c = 0x2500; c <= 0x259f; c++) {
        svg_shape_draw(&s, c, 0, 0, 1, "#000000");
        assert_true(s.len > 0);
        str_finish(&s);
    }
    assert_false(svg_shape_is(0x24ff));
    assert_false(svg_shape_is(0x25a0));
}

static void test_picture_program(void **state)
{
    (void)state;
    struct tmpdir *d = tmpdir_create();
    struct str svg = STR_INIT, text = STR_INIT, tool = STR_INIT, s = STR_INIT;
    build_dir(&tool);
    str_add(&tool, "/tests/support/bin/picture");
    if (!file_exists(str_text(&tool))) {
        tmpdir_destroy(d);
        str_finish(&tool);
        fail_msg("it needs the programs: make SAN=1 tests-build");
    }
    tmpdir_path(d, "x.svg", &svg);
    tmpdir_path(d, "x.txt", &text);
    const char *argv[] = {str_text(&tool),
                          "--size",
                          "30x4",
                          "--out",
                          str_text(&svg),
                          "--text",
                          str_text(&text),
                          "--env",
                          "WHO=you",
                          "--keys",
                          "wait:'who are' text:'it is I' Enter wait:'you: it is I' quiet exit",
                          "--",
                          "sh",
                          "-c",
                          "echo who are you; read x; echo $WHO: $x",
                          NULL};
    struct term *t = term_run(argv);
    assert_true(term_wait_exit(t, 30000));
    assert_int_equal(term_exit_code(t), 0);
    term_destroy(t);
    assert_true(tmpdir_read(d, "x.txt", &s));
    assert_string_equal(str_text(&s), "who are you\nit is I\nyou: it is I\n\n");
    str_finish(&s);
    assert_true(tmpdir_read(d, "x.svg", &s));
    assert_int_equal(count(&s, "</svg>"), 1);
    str_finish(&s);
    str_finish(&svg);
    str_finish(&text);
    str_finish(&tool);
    tmpdir_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_shapes_join),
        cmocka_unit_test(test_picture_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
