/* bars_test.c: the lines at the edges: what is dropped first when there is no room, what is never
 * cut into, and that text from outside stays text. */
#include "tui/widgets/bars.h"

#include "base/vec.h"
#include "screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void line(int cols, const struct bar_piece *pieces, size_t count, const char *expected)
{
    struct screen s;
    screen_open(&s, 2, cols, false);
    bar_line(&s.canvas, 0, ROLE_HEADER, pieces, count);
    if (strcmp(screen_row(0), expected) != 0)
        fail_msg("%d: \"%s\", not \"%s\"", cols, screen_row(0), expected);
    assert_string_equal(screen_row(1), "");
    screen_close(&s);
}

static void test_what_is_dropped(void **state)
{
    (void)state;
    const struct bar_piece p[] = {
        {.text = span_of("left")},
        {.text = span_of("second"), .gap = 2, .drop = 2},
        {.text = span_of("third"), .gap = 1, .drop = 1},
        {.text = span_of("right"), .gap = 1, .right = true},
    };
    line(30, p, 4, "left  second third       right");
    line(24, p, 4, "left  second third right");
    line(23, p, 4, "left third        right"); /* the highest goes first */
    line(16, p, 4, "left third right");
    line(15, p, 4, "left      right");
    line(8, p, 4,
         "l\xe2\x80\xa6 right"); /* what is never dropped is cut, and not over the right end */
}

static void test_empty_and_hostile(void **state)
{
    (void)state;
    const struct bar_piece p[] = {
        {.text = span_of(""), .gap = 3}, /* nothing, and no gap of it either */
        {.text = span_of("a\x1b[31mb")},
        {.text = span_of("x\ty"), .gap = 1, .right = true},
    };
    struct screen s;
    screen_open(&s, 1, 30, false);
    bar_line(&s.canvas, 0, ROLE_HEADER, p, 3);
    assert_int_equal(strncmp(screen_row(0), "a^[[31mb", 8), 0);
    screen_close(&s);
}

static void test_tabs(void **state)
{
    (void)state;
    struct screen s;
    const struct bar_tab tabs[] = {{"1", "Accounts"}, {NULL, "Limits"}, {"3", "Log"}};
    screen_open(&s, 1, 40, false);
    assert_int_equal(bar_tabs(&s.canvas, 0, 2, tabs, 3, 1), 10 + 3 + 6 + 3 + 5);
    assert_string_equal(screen_row(0), "  1 Accounts   Limits   3 Log");
    screen_close(&s);
}

static const char *renamed(const void *ctx, enum action_id action)
{
    return action == ACTION_EDIT ? ctx : NULL;
}

static void test_keys(void **state)
{
    (void)state;
    static const int actions[] = {ACTION_EDIT, ACTION_DOCTOR, ACTION_REFRESH};
    struct screen s;
    struct error err;
    struct keymap *map = keymap_create();
    assert_int_equal(keymap_load_default(map, &err), ST_OK);
    int list = keymap_context(map, "list");
    struct bar_words words = {.lead = "3 marked"};
    screen_open(&s, 1, 60, false);
    bar_keys(&s.canvas, 0, map, list, false, actions, 3, &words);
    struct str want = STR_INIT;
    str_printf(&want, " 3 marked  e %s  r %s", action_info(ACTION_EDIT)->label,
               action_info(ACTION_REFRESH)->label); /* doctor has no key */
    assert_string_equal(screen_row(0), str_text(&want));
    /* A truer name; one that does not fit makes room for a shorter one. */
    words =
        (struct bar_words){.label = renamed, .ctx = "a name that is far too long for this line"};
    struct canvas narrow = canvas_part(&s.canvas, 0, 0, 1, 20);
    bar_keys(&narrow, 0, map, list, false, actions, 3, &words);
    str_clear(&want);
    str_printf(&want, " r %s", action_info(ACTION_REFRESH)->label);
    assert_memory_equal(screen_row(0), str_text(&want), want.len);
    /* While text is typed, no letter is a key. */
    bar_keys(&s.canvas, 0, map, list, true, actions, 3, &(struct bar_words){.lead = NULL});
    assert_null(strstr(screen_row(0), "e "));
    str_finish(&want);
    screen_close(&s);
    keymap_destroy(map);
}

static void test_message(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, 1, 30, false);
    bar_message(&s.canvas, 0, ROLE_OK, span_of("saved and read back"), "z undo");
    assert_string_equal(screen_row(0), " saved and read back    z undo");
    bar_message(&s.canvas, 0, ROLE_OK, span_of("saved and read back, whole"), "z undo");
    assert_string_equal(screen_row(0), " saved and read back, whole"); /* the hint gives way */
    bar_message(&s.canvas, 0, ROLE_OK, span_of("x"), NULL);
    assert_string_equal(screen_row(0), " x");
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_dropped),
        cmocka_unit_test(test_empty_and_hostile),
        cmocka_unit_test(test_tabs),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
