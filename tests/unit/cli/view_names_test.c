/* view_names_test.c: the names in a view stand for columns, an order and a filter, or it is told
 * which does not; every view that is compiled in holds. */
#include "cli/view_names.h"

#include "base/vec.h"
#include "config/embedded.h"
#include "model/health.h"
#include "monitor/monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct monitor *none_yet; /* its columns are there before it is */

static struct column_set *columns_of_a_session(struct health_classes *classes)
{
    static const char *const ok[] = {"active", NULL}, *const none[] = {NULL};
    struct column_set *set = column_set_create();
    struct column health;
    *classes = (struct health_classes){{ok, none, none}};
    health_column(classes, &health);
    column_set_add(set, &health);
    monitor_add_columns(set, &none_yet);
    return set;
}

static void test_compiled_in_views_hold(void **state)
{
    (void)state;
    struct health_classes classes;
    struct column_set *set = columns_of_a_session(&classes);
    struct view_defs defs;
    struct error err;
    view_defs_init(&defs);
    for (const struct embedded *e = embedded_files; e->path; e++) {
        if (strcmp(e->path, "config/views.cfg") == 0)
            assert_int_equal(view_defs_parse(&defs, e->path, e->text, e->len, NULL, &err), ST_OK);
    }
    assert_true(defs.count > 3);
    for (size_t i = 0; i < defs.count; i++) {
        const struct column *columns[VIEW_COLUMNS_MAX];
        struct sort sort;
        if (view_def_resolve(&defs.items[i], "views.cfg", set, columns, &sort, NULL, &err))
            fail_msg("%s", err.what);
        assert_string_equal(columns[0]->name, "name");
        assert_true(sort.count > 0);
    }
    view_defs_finish(&defs);
    column_set_destroy(set);
}

static void test_names_that_stand_for_nothing(void **state)
{
    (void)state;
    struct health_classes classes;
    struct column_set *set = columns_of_a_session(&classes);
    static const struct {
        struct view_def def;
        const char *told;
    } cases[] = {
        {{.columns = {"name", "colour"}, .column_count = 2, .filter = "", .line = 7},
         "mine.cfg:7: there is no column \"colour\""},
        {{.columns = {"name"},
          .column_count = 1,
          .sort = {"-weight"},
          .sort_count = 1,
          .filter = "",
          .line = 8},
         "mine.cfg:8: there is no column to sort by \"weight\""},
        {{.columns = {"name"}, .column_count = 1, .filter = "tokens>many", .line = 9},
         "mine.cfg:9: the filter: "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct column *columns[VIEW_COLUMNS_MAX];
        struct sort sort;
        struct error err;
        assert_int_equal(
            view_def_resolve(&cases[i].def, "mine.cfg", set, columns, &sort, NULL, &err),
            ST_CONFIG);
        assert_memory_equal(err.what, cases[i].told, strlen(cases[i].told));
    }
    column_set_destroy(set);
}

static void test_order(void **state)
{
    (void)state;
    struct health_classes classes;
    struct column_set *set = columns_of_a_session(&classes);
    const struct view_def def = {.columns = {"name", "tokens"},
                                 .column_count = 2,
                                 .sort = {"-tokens.pct", "name"},
                                 .sort_count = 2,
                                 .filter = "health:ok"};
    const struct column *columns[VIEW_COLUMNS_MAX];
    struct sort sort;
    struct error err;
    assert_int_equal(view_def_resolve(&def, "mine.cfg", set, columns, &sort, NULL, &err), ST_OK);
    assert_int_equal(sort.count, 2);
    assert_string_equal(sort.keys[0].column->name, "tokens.pct");
    assert_true(sort.keys[0].descending);
    assert_false(sort.keys[1].descending);
    assert_string_equal(columns[1]->name, "used.tokens");
    column_set_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compiled_in_views_hold),
        cmocka_unit_test(test_names_that_stand_for_nothing),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
