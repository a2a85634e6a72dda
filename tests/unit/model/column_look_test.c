/* column_look_test.c: how columns look: each row of the table is of a column that there is, and a
 * column without a row looks as its type says. */
#include "model/column_look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_a_row_of_the_table(void **state)
{
    struct column_set *set = column_set_create();
    struct column_look look = column_look(column_find(set, span_of("name")));
    (void)state;
    assert_string_equal(look.title, "NAME");
    assert_int_equal(look.width, 24);
    assert_int_equal(look.width_max, 40);
    assert_int_equal(look.drop, 0); /* never left out */
    assert_false(look.right);
    look = column_look(column_find(set, span_of("rate.rps")));
    assert_string_equal(look.title, "RPS");
    assert_true(look.right);
    column_set_destroy(set);
}

static void test_every_column_can_be_shown(void **state)
{
    struct column_set *set = column_set_create();
    (void)state;
    for (size_t i = 0; i < column_count(set); i++) {
        const struct column *column = column_at(set, i);
        struct column_look look = column_look(column);
        if (!look.title[0] || look.width < 1 || (int)strlen(look.title) > look.width ||
            (look.width_max && look.width_max < look.width) || look.drop < 0)
            fail_msg("%s: \"%s\" %d..%d", column->name, look.title, look.width, look.width_max);
    }
    column_set_destroy(set);
}

static void test_without_a_row_by_its_type(void **state)
{
    static const struct {
        const char *name;
        enum field like;
        const char *title;
        int width;
        bool right;
    } cases[] = {
        {"x", FIELD_RPS, "X", 8, true},
        {"x", FIELD_NAME, "X", 12, false},
        {"x", FIELD_ENABLED, "X", 5, false},
        {"x", FIELD_QUEUE_TIMEOUT, "X", 7, true},
        {"a.longer_name", FIELD_ENABLED, "A.LONGER_NAME", 13, false}, /* as wide as its title */
        {"a-name-of-more-than-23-bytes", FIELD_RPS, "A-NAME-OF-MORE-THAN-23-", 23, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct column column = {.name = cases[i].name, .like = cases[i].like};
        struct column_look look = column_look(&column);
        assert_string_equal(look.title, cases[i].title);
        assert_int_equal(look.width, cases[i].width);
        assert_int_equal(look.right, cases[i].right);
        assert_int_equal(look.drop, 13); /* what nobody thought of goes first */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_of_the_table),
        cmocka_unit_test(test_every_column_can_be_shown),
        cmocka_unit_test(test_without_a_row_by_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
