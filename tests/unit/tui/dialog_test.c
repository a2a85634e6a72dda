/* dialog_test.c: nothing but Cancel comes by accident. */
#include "tests/unit/tui/screen.h"

#include "tui/widgets/dialog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int press(struct dialog *d, const char *name)
{
    struct key key;
    assert_true(key_parse(span_of(name), &key));
    return dialog_key(d, &key);
}

static int type(struct dialog *d, const char *text)
{
    int result = DIALOG_NONE;
    for (; *text && result == DIALOG_NONE; text++) {
        struct key key = {.sym = *text == ' ' ? KEYSYM_SPACE : KEYSYM_TEXT, .text = {*text}};
        result = dialog_key(d, &key);
    }
    return result;
}

static void test_plain(void **state)
{
    (void)state;
    struct dialog d;
    dialog_init(&d, "Leave?");
    assert_int_equal(dialog_button(&d, "Leave"), 1);
    assert_int_equal(press(&d, "Enter"), DIALOG_CANCEL);
    assert_int_equal(press(&d, "x"), DIALOG_NONE);
    assert_int_equal(press(&d, "l"), 1);
    press(&d, "Tab");
    assert_int_equal(press(&d, "Enter"), 1);
    press(&d, "Left");
    assert_int_equal(press(&d, "Enter"), DIALOG_CANCEL);
    assert_int_equal(press(&d, "Esc"), DIALOG_CANCEL);
    dialog_finish(&d);
}

/* What loses something takes two keys, and its letter is only the first. */
static void test_lossy(void **state)
{
    (void)state;
    struct dialog d;
    dialog_init(&d, "Leave?");
    dialog_button(&d, "Leave");
    assert_int_equal(dialog_lossy_button(&d, "Discard"), 2);
    assert_int_equal(press(&d, "x"), DIALOG_NONE);
    assert_int_equal(d.said, DIALOG_KEYS);
    press(&d, "Tab");
    assert_int_equal(press(&d, "F1"), DIALOG_NONE);
    assert_int_equal(d.said, DIALOG_KEYS);
    assert_int_equal(press(&d, "d"), DIALOG_NONE);
    assert_int_equal(d.said, DIALOG_PRESSES);
    assert_int_equal(press(&d, "d"), DIALOG_NONE);
    assert_int_equal(press(&d, "Tab"), DIALOG_NONE);
    assert_int_equal(d.said, DIALOG_QUIET);
    assert_int_equal(press(&d, "Enter"), DIALOG_CANCEL);
    press(&d, "d");
    assert_int_equal(press(&d, "Enter"), 2);
    assert_int_equal(press(&d, "l"), 1);
    dialog_finish(&d);
}

static void test_word(void **state)
{
    (void)state;
    struct dialog d;
    dialog_init(&d, "Delete");
    dialog_button(&d, "Delete");
    dialog_ask_word(&d, "my account");
    assert_int_equal(press(&d, "Enter"), DIALOG_NONE);
    assert_int_equal(type(&d, "my accoun"), DIALOG_NONE);
    assert_int_equal(press(&d, "Enter"), DIALOG_NONE);
    press(&d, "Tab");
    press(&d, "Tab");
    assert_int_equal(d.focus, 1);
    assert_int_equal(press(&d, "Enter"), DIALOG_NONE); /* the button, but not the word */
    assert_int_equal(press(&d, "d"), DIALOG_NONE);     /* no letter presses a dangerous one */
    press(&d, "Tab");
    assert_int_equal(type(&d, "t"), DIALOG_NONE);
    assert_true(dialog_word_typed(&d));
    assert_int_equal(press(&d, "Enter"), 1);
    press(&d, "Tab");
    assert_int_equal(press(&d, "Enter"), DIALOG_CANCEL); /* Cancel stays Cancel */
    dialog_finish(&d);
}

static void test_paste_never_confirms(void **state)
{
    (void)state;
    struct dialog d;
    struct key paste = {.sym = KEYSYM_PASTE, .paste = span_of("prod\r")};
    dialog_init(&d, "Delete");
    dialog_button(&d, "Delete");
    assert_int_equal(dialog_key(&d, &paste), DIALOG_NONE);
    dialog_ask_word(&d, "prod");
    assert_int_equal(dialog_key(&d, &paste), DIALOG_NONE);
    assert_false(dialog_word_typed(&d));
    assert_int_equal(d.confirm.said, CONFIRM_PASTED);
    dialog_finish(&d);
}

/* Enter on what is not the word says what is asked for, in the field and on the button. */
static void test_a_wrong_word_says_so(void **state)
{
    (void)state;
    struct screen s;
    struct dialog d;
    screen_open(&s, 12, 72, true);
    dialog_init(&d, "Apply");
    dialog_button(&d, "Apply");
    dialog_ask_word(&d, "5");
    type(&d, "4");
    assert_int_equal(press(&d, "Enter"), DIALOG_NONE);
    dialog_draw(&d, &s.canvas);
    assert_non_null(strstr(screen_row(6), "That is not it: type 5; nothing was done"));
    press(&d, "Backspace");
    assert_int_equal(d.confirm.said, CONFIRM_QUIET);
    press(&d, "Tab");
    press(&d, "Tab");
    assert_int_equal(press(&d, "Enter"), DIALOG_NONE);
    s.canvas = draw_begin(&s.draw, 12, 72);
    dialog_draw(&d, &s.canvas);
    assert_non_null(strstr(screen_row(6), "Nothing is typed: type 5; nothing was done"));
    dialog_finish(&d);
    screen_close(&s);
}

static void test_an_account_has_two_words(void **state)
{
    (void)state;
    static const char *const words[] = {"pa_7", "az-gpt"};
    for (size_t i = 0; i < 2; i++) {
        struct dialog d;
        dialog_init(&d, "Delete");
        dialog_button(&d, "Delete");
        dialog_ask_account(&d, span_of("az-gpt"), span_of("pa_7"));
        type(&d, "pa_");
        assert_int_equal(press(&d, "Enter"), DIALOG_NONE);
        press(&d, "C-u");
        type(&d, words[i]);
        assert_int_equal(press(&d, "Enter"), 1);
        dialog_finish(&d);
    }
}

static void test_draw(void **state)
{
    (void)state;
    struct screen s;
    struct dialog d;
    screen_open(&s, 12, 60, true);
    dialog_init(&d, "Delete\033");
    dialog_button(&d, "Delete");
    dialog_line(&d, ROLE_TEXT, "%s is deleted\033[2J", "az-gpt");
    dialog_ask_word(&d, "az-gpt");
    dialog_draw(&d, &s.canvas);
    static const char *const rows[] = {"     +- Delete^[ -------------------------------------+",
                                       "     |  az-gpt is deleted^[[2J                        |",
                                       "     |                                                |",
                                       "     |  Type az-gpt to confirm                        |",
                                       "     |  [                                          ]  |",
                                       "     |                                                |",
                                       "     |                        ( Cancel )  ( Delete )  |",
                                       "     +------------------------------------------------+"};
    for (int y = 0; y < 8; y++)
        assert_string_equal(screen_row(y + 2), rows[y]);
    dialog_finish(&d);
    screen_close(&s);
}

/* Buttons that do not fit beside each other stand one below the other, whole. */
static void test_narrow(void **state)
{
    (void)state;
    struct screen s;
    struct dialog d;
    screen_open(&s, 10, 40, true);
    dialog_init(&d, "Leave the form?");
    dialog_safe_button(&d, "Keep editing");
    dialog_button(&d, "Leave, keep the draft");
    dialog_button(&d, "Discard it");
    dialog_line(&d, ROLE_TEXT, "It has changes.");
    dialog_draw(&d, &s.canvas);
    static const char *const rows[] = {
        "+- Leave the form? --------------------+", "|  It has changes.                     |",
        "|                                      |", "|                    ( Keep editing )  |",
        "|           ( Leave, keep the draft )  |", "|                      ( Discard it )  |",
        "+--------------------------------------+"};
    int y = 0;
    while (!screen_row(y)[0])
        y++;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_non_null(strstr(screen_row(y + (int)i), rows[i]));
    dialog_finish(&d);
    screen_close(&s);
}

static void test_tiny(void **state)
{
    (void)state;
    struct screen s;
    struct dialog d;
    screen_open(&s, 12, 60, false);
    dialog_init(&d, "T");
    for (int i = 0; i < 40; i++)
        dialog_line(&d, ROLE_TEXT, "line %d", i);
    dialog_ask_word(&d, "w");
    for (int r = 0; r < 12; r++)
        for (int c = 0; c < 60; c += 3) {
            struct canvas part = canvas_part(&s.canvas, 0, 0, r, c);
            dialog_draw(&d, &part);
        }
    press(&d, "PageDown");
    s.canvas = draw_begin(&s.draw, 12, 60);
    dialog_draw(&d, &s.canvas);
    assert_int_equal(d.top, 5);
    assert_non_null(strstr(screen_row(1), "line 5"));
    dialog_finish(&d);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_lossy),
        cmocka_unit_test(test_word),
        cmocka_unit_test(test_paste_never_confirms),
        cmocka_unit_test(test_a_wrong_word_says_so),
        cmocka_unit_test(test_an_account_has_two_words),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_tiny),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
