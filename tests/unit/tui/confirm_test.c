/* confirm_test.c: which words confirm, and what is said of those that do not. */
#include "tests/unit/tui/screen.h"

#include "tui/widgets/confirm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum confirm_result press(struct confirm *c, const char *name)
{
    struct key key;
    assert_true(key_parse(span_of(name), &key));
    return confirm_key(c, &key);
}

static void type(struct confirm *c, const char *text)
{
    for (; *text; text++) {
        struct key key = {.sym = KEYSYM_TEXT, .text = {*text}};
        assert_int_equal(confirm_key(c, &key), CONFIRM_OPEN);
    }
}

static void test_either_word(void **state)
{
    (void)state;
    struct confirm c;
    confirm_init(&c);
    assert_false(confirm_asks(&c));
    confirm_ask(&c, span_of("az-gpt"), span_of("pa_7"), "to confirm");
    assert_true(confirm_asks(&c));
    assert_int_equal(press(&c, "Enter"), CONFIRM_OPEN);
    assert_int_equal(c.said, CONFIRM_WRONG);
    type(&c, "az-gpt");
    assert_int_equal(c.said, CONFIRM_QUIET);
    assert_int_equal(press(&c, "Enter"), CONFIRM_YES);
    /* Asked anew, what was typed for the last question does not answer. */
    confirm_ask(&c, span_of("az-gpt"), span_of("pa_7"), "to confirm");
    assert_int_equal(press(&c, "Enter"), CONFIRM_OPEN);
    type(&c, "pa_7");
    assert_int_equal(press(&c, "Enter"), CONFIRM_YES);
    type(&c, "7");
    assert_int_equal(press(&c, "Enter"), CONFIRM_OPEN);
    assert_int_equal(press(&c, "Tab"), CONFIRM_IGNORED);
    confirm_finish(&c);
}

static void test_nothing_confirms_by_itself(void **state)
{
    (void)state;
    struct confirm c;
    struct key paste = {.sym = KEYSYM_PASTE, .paste = span_of("pa_7")};
    confirm_init(&c);
    confirm_ask(&c, span_of(""), span_of(""), "to confirm"); /* an account of neither */
    assert_int_equal(press(&c, "Enter"), CONFIRM_OPEN);
    confirm_ask(&c, span_of("pa_7"), span_of("pa_7"), "to confirm");
    assert_null(c.words[1]);
    assert_int_equal(confirm_key(&c, &paste), CONFIRM_OPEN);
    assert_int_equal(c.said, CONFIRM_PASTED);
    assert_false(confirm_typed(&c));
    confirm_finish(&c);
}

/* A long question takes the lines it needs; what is not plain is shown so that it can be told. */
static void test_draw(void **state)
{
    (void)state;
    struct screen s;
    struct confirm c;
    screen_open(&s, 6, 40, true);
    confirm_init(&c);
    confirm_ask(&c, span_of("az-gpt-eu\033"), span_of("pa_0123456789abcdef"), "and Enter to apply");
    assert_int_equal(confirm_rows(&c, &s.draw, 40), 4);
    assert_int_equal(confirm_rows(&c, &s.draw, 80), 3);
    press(&c, "x");
    press(&c, "Enter");
    confirm_draw(&c, &s.canvas, true);
    assert_string_equal(screen_row(0), "Type az-gpt-eu^[, or its id");
    assert_string_equal(screen_row(1), "pa_0123456789abcdef, and Enter to apply");
    assert_string_equal(screen_row(2), "[x                                     ]");
    assert_non_null(strstr(screen_row(3), "That is not it: type az-gpt-eu^[, or"));
    confirm_finish(&c);
    screen_close(&s);
}

/* A name that is not ASCII takes more cells where the terminal has nothing else: the field is there
 * all the same. */
static void test_draw_ascii(void **state)
{
    (void)state;
    struct screen s;
    struct confirm c;
    screen_open(&s, 6, 24, true);
    confirm_init(&c);
    confirm_ask(&c, span_of("\u00e9\u00e9\u00e9"), span_of(""), "to confirm");
    assert_int_equal(confirm_rows(&c, &s.draw, 24), 4);
    confirm_draw(&c, &s.canvas, true);
    assert_string_equal(screen_row(0), "Type \\u{e9}\\u{e9}\\u{e9}");
    assert_string_equal(screen_row(1), "to confirm");
    assert_string_equal(screen_row(2), "[                      ]");
    confirm_finish(&c);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_word),
        cmocka_unit_test(test_nothing_confirms_by_itself),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_draw_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
