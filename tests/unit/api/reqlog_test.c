/* reqlog_test.c: the ring: order, what is pushed out, and the version that tells of a change. */
#include "api/reqlog.h"

#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t start(struct reqlog *log, int attempt)
{
    struct reqlog_entry e = {.method = "GET", .duration_ms = -1, .attempt = attempt};
    snprintf(e.path, sizeof e.path, "/p%d", attempt);
    return reqlog_start(log, &e);
}

static void test_newest_first(void **state)
{
    (void)state;
    struct reqlog *log = reqlog_create();
    assert_int_equal(reqlog_count(log), 0);
    assert_null(reqlog_at(log, 0));
    assert_int_equal(start(log, 1), 1);
    assert_int_equal(start(log, 2), 2);
    assert_int_equal(reqlog_count(log), 2);
    assert_string_equal(reqlog_at(log, 0)->path, "/p2");
    assert_string_equal(reqlog_at(log, 1)->path, "/p1");
    assert_null(reqlog_at(log, 2));
    reqlog_destroy(log);
}

static void test_completed_in_place(void **state)
{
    (void)state;
    struct reqlog *log = reqlog_create();
    uint64_t n = start(log, 1);
    start(log, 2);
    reqlog_find(log, n)->http = 204;
    assert_int_equal(reqlog_at(log, 1)->http, 204);
    assert_int_equal(reqlog_at(log, 0)->http, 0);
    assert_null(reqlog_find(log, 0));
    assert_null(reqlog_find(log, 3));
    reqlog_destroy(log);
}

static void test_pushed_out(void **state)
{
    (void)state;
    struct reqlog *log = reqlog_create();
    for (int i = 1; i <= REQLOG_ENTRIES + 3; i++)
        start(log, i);
    assert_int_equal(reqlog_count(log), REQLOG_ENTRIES);
    assert_null(reqlog_find(log, 3));
    assert_non_null(reqlog_find(log, 4));
    assert_int_equal(reqlog_at(log, 0)->number, REQLOG_ENTRIES + 3);
    assert_int_equal(reqlog_at(log, REQLOG_ENTRIES - 1)->number, 4);
    assert_null(reqlog_at(log, REQLOG_ENTRIES));
    reqlog_destroy(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_first),
        cmocka_unit_test(test_completed_in_place),
        cmocka_unit_test(test_pushed_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
