/* form_test.c: focus, kinds of rows, errors that lose nothing, and what it looks like. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/widgets/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { NAME, ENABLED, USED, POLICY, REGION };

static const char *const policies[] = {"wait", "reject", "spill", NULL};
static const char *const regions[] = {"eu", "us", NULL};

static void make(struct form *f)
{
    form_init(f);
    form_add(f, FORM_SECTION, -1, "IDENTITY", "", NULL, span_of(""));
    form_add(f, FORM_TEXT, NAME, "Name", "what it is called", NULL, span_of("old"));
    form_add(f, FORM_BOOL, ENABLED, "Enabled", "", NULL, span_of("yes"));
    form_add(f, FORM_FIXED, USED, "Used", "", NULL, span_of("412M"));
    form_add(f, FORM_CHOICE, POLICY, "Policy", "", policies, span_of("wait"));
    form_add(f, FORM_OPEN, REGION, "Region", "", regions, span_of(""));
}

static enum form_result press(struct form *f, const char *name)
{
    struct key key;
    assert_true(key_parse(span_of(name), &key));
    return form_key(f, &key);
}

static void test_focus(void **state)
{
    (void)state;
    static const int order[] = {ENABLED, POLICY, REGION, NAME, ENABLED};
    struct form f;
    make(&f);
    assert_int_equal(form_focused(&f)->id, NAME); /* over the heading */
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        assert_int_equal(press(&f, i % 2 ? "Enter" : "Tab"), FORM_MOVED);
        assert_int_equal(form_focused(&f)->id, order[i]);
    }
    press(&f, "S-Tab");
    press(&f, "Up");
    assert_int_equal(form_focused(&f)->id, REGION); /* round the end */
    press(&f, "PageUp");
    assert_int_equal(form_focused(&f)->id, NAME); /* and no page goes round it */
    assert_false(form_focus(&f, USED));
    assert_true(form_focus(&f, POLICY));
    form_finish(&f);
    form_init(&f);
    assert_null(form_focused(&f));
    assert_int_equal(press(&f, "Tab"), FORM_MOVED);
    assert_false(form_next_error(&f));
    form_finish(&f);
}

static void test_kinds(void **state)
{
    (void)state;
    struct form f;
    make(&f);
    assert_int_equal(press(&f, "!"), FORM_CHANGED);
    assert_true(span_is(form_value(form_row(&f, NAME)), "old!"));
    assert_int_equal(press(&f, "Left"), FORM_MOVED);
    assert_int_equal(press(&f, "^S"), FORM_IGNORED); /* the screen's */
    form_focus(&f, ENABLED);
    assert_int_equal(press(&f, "Space"), FORM_CHANGED);
    assert_true(span_is(form_value(form_row(&f, ENABLED)), "no"));
    assert_int_equal(press(&f, "n"), FORM_MOVED);
    assert_int_equal(press(&f, "y"), FORM_CHANGED);
    assert_int_equal(press(&f, "x"), FORM_IGNORED);
    form_focus(&f, POLICY);
    press(&f, "Space");
    assert_true(span_is(form_value(form_row(&f, POLICY)), "reject"));
    press(&f, "Left");
    press(&f, "Left");
    assert_true(span_is(form_value(form_row(&f, POLICY)), "spill"));
    press(&f, "w");
    assert_true(span_is(form_value(form_row(&f, POLICY)), "wait"));
    form_focus(&f, REGION);
    press(&f, "Space");
    assert_true(span_is(form_value(form_row(&f, REGION)), "eu"));
    press(&f, "Space");
    assert_true(span_is(form_value(form_row(&f, REGION)), "us"));
    press(&f, "2"); /* an open set takes what is typed, in the place of what was chosen */
    assert_true(span_is(form_value(form_row(&f, REGION)), "2"));
    press(&f, "3");
    assert_true(span_is(form_value(form_row(&f, REGION)), "23"));
    press(&f, "Tab");
    press(&f, "S-Tab");
    press(&f, "a"); /* and of what stood there when it was reached */
    assert_true(span_is(form_value(form_row(&f, REGION)), "a"));
    press(&f, "Space");
    press(&f, "Backspace"); /* which edits it */
    press(&f, "x");
    assert_true(span_is(form_value(form_row(&f, REGION)), "ex"));
    form_finish(&f);
}

/* "none" is a word for the whole value: the first character typed takes its place, and only then.
 */
static void test_none_gives_way(void **state)
{
    (void)state;
    struct form f;
    form_init(&f);
    form_add(&f, FORM_TEXT, 0, "Requests/second", "", NULL, span_of("none"));
    form_add(&f, FORM_TEXT, 1, "Name", "", NULL, span_of("one"));
    assert_int_equal(press(&f, "6"), FORM_CHANGED);
    press(&f, "0");
    assert_true(span_is(form_value(form_row(&f, 0)), "60"));
    press(&f, "^U");
    for (const char *p = "none"; *p; p++)
        press(&f, (char[2]){*p, 0});
    press(&f, "x"); /* typed by hand: it goes on */
    assert_true(span_is(form_value(form_row(&f, 0)), "nonex"));
    press(&f, "Backspace");
    press(&f, "Tab");
    press(&f, "2");
    assert_true(span_is(form_value(form_row(&f, 1)), "one2"));
    press(&f, "S-Tab"); /* come back to, it is whole again */
    press(&f, "7");
    assert_true(span_is(form_value(form_row(&f, 0)), "7"));
    form_set_value(form_row(&f, 0), span_of("none"));
    press(&f, "Tab");
    press(&f, "S-Tab");
    press(&f, "8");
    assert_true(span_is(form_value(form_row(&f, 0)), "8"));
    form_set_value(form_row(&f, 0), span_of("none"));
    press(&f, "Tab");
    press(&f, "S-Tab");
    press(&f, "Backspace"); /* an eraser erases one */
    assert_true(span_is(form_value(form_row(&f, 0)), "non"));
    form_finish(&f);
}

static void test_errors(void **state)
{
    (void)state;
    struct form f;
    make(&f);
    press(&f, "x");
    form_set_error(form_row(&f, NAME), "taken");
    form_set_error(form_row(&f, REGION), "unknown");
    form_set_warning(form_row(&f, POLICY), "odd");
    assert_true(span_is(form_value(form_row(&f, NAME)), "oldx")); /* nothing is lost */
    assert_int_equal(form_error_count(&f), 2);
    assert_int_equal(form_warning_count(&f), 1);
    assert_true(form_next_error(&f));
    assert_int_equal(form_focused(&f)->id, REGION);
    assert_true(form_next_error(&f));
    assert_int_equal(form_focused(&f)->id, NAME);
    form_set_error(form_row(&f, REGION), NULL);
    form_set_error(form_row(&f, NAME), "");
    assert_false(form_next_error(&f));
    form_finish(&f);
}

static void test_draw(void **state)
{
    (void)state;
    struct screen s;
    struct form f;
    screen_open(&s, 12, 60, true);
    make(&f);
    form_row(&f, NAME)->changed = true;
    form_set_was(form_row(&f, NAME), "was older");
    form_set_error(form_row(&f, NAME), "bad\033[31m");
    form_draw(&f, &s.canvas, true);
    assert_string_equal(screen_row(0), " IDENTITY");
    assert_string_equal(screen_row(1),
                        ">* Name    [old                                ] was older");
    assert_string_equal(screen_row(2), "   x bad^[[31m");
    assert_string_equal(screen_row(3), "   Enabled (x) yes  ( ) no");
    assert_string_equal(screen_row(4), "   Used    412M");
    assert_string_equal(screen_row(5), "   Policy  [wait                              v]");
    assert_string_equal(screen_row(11), "   what it is called");
    assert_int_equal(s.draw.cursor_y, 1);
    assert_int_equal(s.draw.cursor_x, 15);
    form_row(&f, NAME)->masked = true;
    form_focus(&f, REGION);
    s.canvas = draw_begin(&s.draw, 12, 60);
    form_draw(&f, &s.canvas, true);
    assert_string_equal(screen_row(1),
                        " * Name    [********                           ] was older");
    form_finish(&f);
    screen_close(&s);
}

/* A field that is needed says so while it is empty, whole or not at all. */
static void test_needed(void **state)
{
    (void)state;
    struct screen s;
    struct form f;
    screen_open(&s, 12, 60, true);
    make(&f);
    form_row(&f, NAME)->needed = true;
    form_set_value(form_row(&f, NAME), span_of(""));
    assert_int_equal(form_needed_count(&f), 1);
    form_draw(&f, &s.canvas, true);
    assert_string_equal(screen_row(1), ">  Name    [                                   ] needed");
    form_set_value(form_row(&f, NAME), span_of("x"));
    assert_int_equal(form_needed_count(&f), 0);
    s.canvas = draw_begin(&s.draw, 12, 60);
    form_draw(&f, &s.canvas, true);
    assert_null(strstr(screen_row(1), "needed"));
    form_finish(&f);
    screen_close(&s);
}

/* However low the window: the focused row and its error are in it. */
static void test_scrolls(void **state)
{
    (void)state;
    struct screen s;
    struct form f;
    screen_open(&s, 24, 40, true);
    form_init(&f);
    for (int i = 0; i < 30; i++) {
        char label[32];
        snprintf(label, sizeof label, "Row %d", i);
        if (i % 7 == 0)
            form_add(&f, FORM_SECTION, -1, "SECTION", "", NULL, span_of(""));
        form_add(&f, FORM_TEXT, i, label, "", NULL, span_of(""));
        if (i % 3 == 0)
            form_set_error(form_row(&f, i), "an error long enough to need more than one line here");
    }
    for (int rows = 1; rows < 24; rows += 3)
        for (int step = 0; step < 60; step++) {
            s.canvas = draw_begin(&s.draw, 24, 40);
            struct canvas part = canvas_part(&s.canvas, 0, 0, rows, 40);
            form_draw(&f, &part, true);
            assert_true(s.draw.cursor_shown);
            assert_int_equal(grid_row(s.draw.grid, s.draw.cursor_y)->what, '>');
            if (step < 40)
                form_next(&f);
            else
                form_prev(&f);
        }
    form_finish(&f);
    screen_close(&s);
}

/* A hint that needs two lines has them where there is height, whichever row has the focus. */
static void test_long_hints(void **state)
{
    (void)state;
    struct screen s;
    struct form f;
    screen_open(&s, 16, 40, true);
    form_init(&f);
    form_add(&f, FORM_TEXT, 0, "Name", "short", NULL, span_of(""));
    form_add(&f, FORM_TEXT, 1, "Limit", "tokens/month; 0 or more; none is no limit", NULL,
             span_of(""));
    form_draw(&f, &s.canvas, true);
    assert_string_equal(screen_row(14), "   short");
    form_next(&f);
    s.canvas = draw_begin(&s.draw, 16, 40);
    form_draw(&f, &s.canvas, true);
    assert_string_equal(screen_row(14), "   tokens/month; 0 or more; none is");
    assert_string_equal(screen_row(15), "   no limit");
    struct canvas low = canvas_part(&s.canvas, 0, 0, 8, 40);
    s.canvas = draw_begin(&s.draw, 16, 40);
    form_draw(&f, &low, true);
    assert_string_equal(screen_row(7), "   tokens/month; 0 or more; none is~");
    form_finish(&f);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_focus),      cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_errors),     cmocka_unit_test(test_draw),
        cmocka_unit_test(test_scrolls),    cmocka_unit_test(test_none_gives_way),
        cmocka_unit_test(test_long_hints), cmocka_unit_test(test_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
