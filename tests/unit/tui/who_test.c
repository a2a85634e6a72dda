/* who_test.c: a name that is not unique is never enough. */
#include "tui/who.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int64_t as_of;

static row_id put(struct fleet *f, const char *id, const char *name)
{
    struct str raw = STR_INIT;
    row_id row;
    str_printf(&raw, "{\"provider_account_id\":\"%s\",\"name\":\"%s\"}", id, name);
    fleet_put(f, span_from(&raw), ++as_of, &row);
    str_finish(&raw);
    return row;
}

static void whole(const struct fleet *f, row_id row, const char *want)
{
    struct str out = STR_INIT;
    who_add(f, row, &out);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void cell(const struct fleet *f, row_id row, int cells, bool ascii, const char *want)
{
    struct str out = STR_INIT;
    who_cell(f, row, cells, ascii, &out);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_the_id_stands_beside_a_name_of_two(void **state)
{
    struct fleet *f = fleet_create();
    (void)state;
    row_id one = put(f, "pa_0000000001", "prod"), two = put(f, "pa_0000000002", "prod");
    row_id other = put(f, "pa_0000000003", "test"), none = put(f, "pa_4", "");
    whole(f, one, "prod (pa_0000000001)");
    whole(f, other, "test");
    whole(f, none, "pa_4");
    cell(f, two, 30, false, "prod #000002");
    cell(f, two, 30, true, "prod #000002");
    cell(f, other, 30, false, "test");
    cell(f, none, 30, false, "pa_4");
    put(f, "pa_0000000002", "prod-2"); /* renamed */
    whole(f, one, "prod");
    put(f, "pa_0000000002", "prod");
    whole(f, one, "prod (pa_0000000001)");
    assert_true(fleet_remove(f, two, ++as_of));
    whole(f, one, "prod");
    fleet_destroy(f);
}

/* A name is not cut for the id: names differ at their ends. That it is not the only one is said. */
static void test_the_id_gives_way(void **state)
{
    struct fleet *f = fleet_create();
    (void)state;
    row_id one = put(f, "pa_0000000001", "a-long-name-of-an-account");
    put(f, "pa_0000000002", "a-long-name-of-an-account");
    cell(f, one, 33, false, "a-long-name-of-an-account #000001");
    cell(f, one, 32, false, "a-long-name-of-an-account#");
    cell(f, one, 26, false, "a-long-name-of-an-account#");
    cell(f, one, 25, false, "a-long-name-of-an-accou\u2026#");
    cell(f, one, 6, true, "a-lo~#");
    row_id brief = put(f, "x1", "pair");
    put(f, "x2", "pair");
    cell(f, brief, 20, false, "pair x1");
    fleet_destroy(f);
}

/* Two that cannot be read have no name in common, nor have those without one. */
static void test_no_name_is_shared_by_none(void **state)
{
    struct fleet *f = fleet_create();
    (void)state;
    row_id one = put(f, "pa_1", ""), two = put(f, "pa_2", "");
    whole(f, one, "pa_1");
    whole(f, two, "pa_2");
    row_id bad, worse;
    fleet_put(f, span_of("{\"name\":"), ++as_of, &bad);
    fleet_put(f, span_of("{\"name\":1"), ++as_of, &worse);
    assert_false(fleet_name_shared(f, bad) || fleet_name_shared(f, worse));
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_id_stands_beside_a_name_of_two),
        cmocka_unit_test(test_the_id_gives_way),
        cmocka_unit_test(test_no_name_is_shared_by_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
