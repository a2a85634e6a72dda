/* menu_test.c: narrowing, ranking, and that nothing dangerous is ever preselected. */
#include "tests/unit/tui/screen.h"

#include "tui/widgets/menu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { EDIT, DELETE, THEME, DETAIL };

static void make(struct menu *m, bool filter)
{
    menu_init(m, "Commands", filter);
    menu_add(m, "edit", "Change the account in a form", "e", EDIT);
    menu_add(m, "delete", "Delete the account", "x", DELETE)->danger = true;
    menu_add(m, "theme", "Choose the colours", NULL, THEME);
    menu_add(m, "show-details", "Open the detail", NULL, DETAIL);
    menu_ready(m, -1);
}

static enum menu_result press(struct menu *m, const char *name)
{
    struct key key;
    assert_true(key_parse(span_of(name), &key));
    return menu_key(m, &key);
}

static void type(struct menu *m, const char *text)
{
    for (; *text; text++) {
        char name[2] = {*text, 0};
        press(m, name);
    }
}

static void test_narrows(void **state)
{
    (void)state;
    struct menu m;
    make(&m, true);
    assert_int_equal(menu_current(&m)->value, EDIT);
    type(&m, "col");
    assert_int_equal(m.shown_count, 1);
    assert_int_equal(menu_current(&m)->value, THEME);
    press(&m, "^U");
    assert_int_equal(m.shown_count, 4);
    type(&m, "account form"); /* all words, anywhere */
    assert_int_equal(m.shown_count, 1);
    assert_int_equal(press(&m, "Enter"), MENU_CHOSEN);
    press(&m, "^U");
    type(&m, "THEME light"); /* a name and its argument */
    assert_int_equal(menu_current(&m)->value, THEME);
    press(&m, "^U");
    type(&m, "zzz");
    assert_null(menu_current(&m));
    assert_int_equal(press(&m, "Enter"), MENU_REFUSED);
    assert_string_equal(menu_refusal(&m), "nothing here has such a name");
    assert_int_equal(press(&m, "Esc"), MENU_CANCELLED);
    menu_finish(&m);
}

/* A word of another command's help is no command: it is shown, and Enter does not take it. */
static void test_by_name(void **state)
{
    (void)state;
    struct menu m;
    make(&m, true);
    m.by_name = true;
    type(&m, "form"); /* in the help of edit */
    assert_int_equal(m.shown_count, 1);
    assert_null(menu_current(&m));
    assert_int_equal(press(&m, "Enter"), MENU_REFUSED);
    assert_non_null(strstr(menu_refusal(&m), "not chosen by itself"));
    press(&m, "Down");
    assert_int_equal(menu_current(&m)->value, EDIT);
    press(&m, "^U");
    type(&m, "details"); /* a part of a name */
    assert_int_equal(menu_current(&m)->value, DETAIL);
    press(&m, "^U");
    type(&m, "theme light");
    assert_int_equal(menu_current(&m)->value, THEME);
    menu_finish(&m);
}

static void test_danger(void **state)
{
    (void)state;
    struct menu m;
    make(&m, true);
    type(&m, "del");
    assert_int_equal(m.items[m.shown[0]].value, DELETE);
    assert_null(menu_current(&m));
    assert_int_equal(press(&m, "Enter"), MENU_REFUSED); /* and says why */
    assert_non_null(strstr(menu_refusal(&m), "type its whole name"));
    assert_int_equal(press(&m, "Down"), MENU_MOVED);
    assert_int_equal(menu_current(&m)->value, DELETE);
    assert_int_equal(press(&m, "Enter"), MENU_CHOSEN);
    menu_ready(&m, DELETE); /* not even when it is asked for */
    assert_null(menu_current(&m));
    type(&m, "ete"); /* its whole name is no slip, and what it begins asks */
    assert_null(menu_current(&m));
    assert_int_equal(press(&m, "Enter"), MENU_CHOSEN);
    assert_int_equal(menu_current(&m)->value, DELETE);
    menu_finish(&m);
}

static void test_ranks(void **state)
{
    (void)state;
    struct menu m;
    make(&m, true);
    type(&m, "de"); /* delete begins so; show-details and the others hold it */
    assert_int_equal(m.items[m.shown[0]].value, DELETE);
    assert_true(m.shown_count >= 2);
    menu_finish(&m);
}

static void test_headings_and_jumps(void **state)
{
    (void)state;
    struct menu m;
    menu_init(&m, "Values", false);
    m.multi = true;
    menu_add(&m, "status", NULL, NULL, -1)->heading = true;
    menu_add(&m, "active", NULL, "1,231", 1);
    menu_add(&m, "down", NULL, "4", 2)->disabled = true;
    menu_add(&m, "region", NULL, NULL, -1)->heading = true;
    menu_add(&m, "eu", NULL, "12", 3);
    menu_ready(&m, -1);
    assert_int_equal(menu_current(&m)->value, 1);
    assert_int_equal(press(&m, "Down"), MENU_MOVED);
    assert_int_equal(menu_current(&m)->value, 3);
    assert_int_equal(press(&m, "Down"), MENU_OPEN);
    assert_int_equal(press(&m, "Home"), MENU_MOVED); /* not onto the heading */
    assert_int_equal(menu_current(&m)->value, 1);
    press(&m, "e");
    assert_int_equal(menu_current(&m)->value, 3);
    assert_int_equal(press(&m, "Space"), MENU_TOGGLED);
    assert_true(menu_current(&m)->checked);
    assert_int_equal(press(&m, "z"), MENU_IGNORED);
    struct screen s;
    screen_open(&s, 14, 60, true);
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(2), "Values"));
    assert_non_null(strstr(screen_row(3), "status"));
    assert_non_null(strstr(screen_row(4), "active"));
    assert_non_null(strstr(screen_row(4), "1,231 |"));
    assert_non_null(strstr(screen_row(7), "|>* eu"));
    for (int r = 0; r < 14; r++)
        for (int c = 0; c < 60; c += 3) {
            struct canvas part = canvas_part(&s.canvas, 0, 0, r, c);
            menu_draw(&m, &part);
        }
    screen_close(&s);
    menu_finish(&m);
    menu_init(&m, "Empty", true);
    menu_ready(&m, 0);
    assert_null(menu_current(&m));
    assert_int_equal(press(&m, "Down"), MENU_OPEN);
    assert_int_equal(press(&m, "PageUp"), MENU_OPEN);
    menu_finish(&m);
}

/* The heading above the first item is seen, however low the window was before it was drawn. */
static void test_headings_stay_in_sight(void **state)
{
    (void)state;
    struct menu m;
    struct screen s;
    char name[32];
    screen_open(&s, 14, 60, true);
    menu_init(&m, "Values", true);
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "heading-%d", i / 10);
        if (i % 10 == 0)
            menu_add(&m, name, NULL, NULL, -1)->heading = true;
        snprintf(name, sizeof name, "value-%d", i);
        menu_add(&m, name, NULL, NULL, i);
    }
    menu_ready(&m, -1);
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(5), "heading-0"));
    assert_non_null(strstr(screen_row(6), ">  value-0"));
    for (int i = 0; i < 25; i++)
        press(&m, "Down");
    for (int i = 0; i < 15; i++)
        press(&m, "Up");
    assert_int_equal(menu_current(&m)->value, 10);
    s.canvas = draw_begin(&s.draw, 14, 60);
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(5), "heading-1"));
    assert_non_null(strstr(screen_row(6), ">  value-10"));
    screen_close(&s);
    menu_finish(&m);
}

/* Where a row has no room for help that says something, that of the current row stands below. */
static void test_help_stands_below_where_there_is_no_room(void **state)
{
    struct screen s;
    struct menu m;
    (void)state;
    menu_init(&m, "Command", true);
    menu_add(&m, "duplicate-as", "Open a form with what this account has, for a new one", "c", 1);
    menu_add(&m, "edit", "Change the account", "e", 2);
    for (int i = 3; i < 20; i++)
        menu_add(&m, "other", "Something else", NULL, i);
    menu_ready(&m, -1);
    screen_open(&s, 12, 40, true);
    menu_draw(&m, &s.canvas);
    assert_null(strstr(screen_row(3), "Open"));
    assert_non_null(strstr(screen_row(3), ">  duplicate-as"));
    assert_non_null(strstr(screen_row(3), " c |"));
    assert_non_null(strstr(screen_row(8), "other"));
    assert_non_null(strstr(screen_row(8), "v")); /* there is more below */
    assert_non_null(strstr(screen_row(9), "| Open a form with what this account"));
    assert_non_null(strstr(screen_row(10), "| has, for a new one"));
    press(&m, "Down");
    s.canvas = draw_begin(&s.draw, 12, 40);
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(9), "| Change the account"));
    assert_non_null(strstr(screen_row(10), "|      ")); /* nothing of the one before */
    screen_close(&s);
    screen_open(&s, 24, 80, true);
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(5), "Open a form with what this account has"));
    screen_close(&s);
    menu_finish(&m);
}

/* What is cut beside the names, too: as of each row it can be read by moving there. */
static void test_help_that_is_cut_stands_below_as_well(void **state)
{
    struct screen s;
    struct menu m;
    (void)state;
    menu_init(&m, "Command", false);
    menu_add(&m, "set", "The same value for every account; none is no limit, 0 is a limit of zero",
             NULL, 1);
    menu_add(&m, "enable", "Requests may be routed", NULL, 2);
    menu_ready(&m, -1);
    screen_open(&s, 24, 60, true);
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(3), "set     The same value for every account"));
    assert_null(strstr(screen_row(3), "limit of zero"));
    assert_non_null(strstr(screen_row(4), "enable  Requests may be routed"));
    assert_non_null(strstr(screen_row(5), "| The same value for every account; none is"));
    assert_non_null(strstr(screen_row(6), "limit of zero"));
    assert_non_null(strstr(screen_row(7), "+---"));
    screen_close(&s);
    screen_open(&s, 24, 100, true); /* there is room: nothing is said twice */
    menu_draw(&m, &s.canvas);
    assert_non_null(strstr(screen_row(5), "+---"));
    screen_close(&s);
    menu_finish(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_narrows),
        cmocka_unit_test(test_danger),
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_headings_and_jumps),
        cmocka_unit_test(test_headings_stay_in_sight),
        cmocka_unit_test(test_help_that_is_cut_stands_below_as_well),
        cmocka_unit_test(test_help_stands_below_where_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
