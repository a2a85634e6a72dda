/* view_test.c: the window follows the fleet row by row; the cursor has somewhere to go; time moves
 * filters by age and nothing else. */
#include "fleet/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void put(struct fleet *f, const char *id, const char *name, int64_t as_of)
{
    char json[200];
    snprintf(json, sizeof json,
             "{\"provider_account_id\":\"%s\",\"name\":\"%s\","
             "\"last_health_check\":\"2026-10-20T14:00:00Z\"}",
             id, name);
    fleet_put(f, span_of(json), as_of, NULL);
}

/* The names in the view's order. */
static const char *names(const struct fleet *f, const struct view *v)
{
    static char out[200];
    size_t at = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < view_count(v); i++) {
        struct value name;
        fleet_get(f, view_at(v, i), FIELD_NAME, &name);
        at += (size_t)snprintf(out + at, sizeof out - at, "%.*s ", (int)name.text.len, name.text.p);
    }
    return out;
}

static struct filter *filter_of(const struct column_set *set, const char *text, int64_t now)
{
    struct filter *filter = NULL;
    struct error err;
    if (filter_parse(set, span_of(text), now, &filter, NULL, &err))
        fail_msg("%s: %s", text, err.what);
    return filter;
}

static void test_follows(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *set = column_set_create();
    struct view *v = view_create(f, set);
    put(f, "1", "delta", 1);
    put(f, "2", "alpha", 1);
    assert_string_equal(names(f, v), "alpha delta ");
    uint64_t version = view_version(v);
    fleet_mark(f, 0, true); /* a mark, a lock: nothing moves */
    fleet_lock(f, 0, "why");
    assert_int_equal(view_version(v), version);
    put(f, "3", "charlie", 1);
    assert_true(view_version(v) > version);
    assert_string_equal(names(f, v), "alpha charlie delta ");
    put(f, "2", "zulu", 2); /* another name, another place */
    assert_string_equal(names(f, v), "charlie delta zulu ");
    view_set_filter(v, filter_of(set, "name:l", 0));
    assert_string_equal(names(f, v), "charlie delta zulu ");
    put(f, "1", "bravo", 2); /* out of the filter */
    assert_string_equal(names(f, v), "charlie zulu ");
    put(f, "4", "lima", 1);
    fleet_remove(f, fleet_find(f, span_of("3")), 5);
    assert_string_equal(names(f, v), "lima zulu ");
    view_set_filter(v, NULL);
    assert_string_equal(names(f, v), "bravo lima zulu ");
    struct sort down = sort_default(set);
    down.keys[0].descending = true;
    view_set_sort(v, &down);
    assert_string_equal(names(f, v), "zulu lima bravo ");
    fleet_clear(f);
    assert_string_equal(names(f, v), "");
    assert_int_equal(view_at(v, 0), ROW_NONE);
    view_destroy(v);
    view_destroy(NULL);
    column_set_destroy(set);
    fleet_destroy(f);
}

/* A page of new accounts takes more than one slice; in the end they stand as if there were none. */
static void test_sliced_new_ones_in_slices(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *set = column_set_create();
    struct view *v = view_create(f, set), *whole = view_create(f, set);
    view_set_sliced(v, true);
    view_set_filter(v, filter_of(set, "name:3", 0));
    view_set_filter(whole, filter_of(set, "name:3", 0));
    put(f, "first", "3", 1);
    while (view_work(v, 100)) {
    }
    assert_int_equal(view_count(v), 1);
    for (int page = 0; page < 3; page++) {
        for (int i = 0; i < 100; i++) {
            char id[20], name[20];
            snprintf(id, sizeof id, "%d", page * 100 + i);
            snprintf(name, sizeof name, "n%d", (page * 100 + i) * 7919 % 1000);
            put(f, id, name, 1);
        }
        int slices = 1;
        while (view_work(v, 1000))
            slices++;
        assert_true(slices > 1);
        assert_int_equal(view_count(v), view_count(whole));
        for (uint32_t i = 0; i < view_count(whole); i++)
            assert_int_equal(view_at(v, i), view_at(whole, i));
    }
    view_destroy(whole);
    view_destroy(v);
    column_set_destroy(set);
    fleet_destroy(f);
}

/* New accounts come by view_work, so that a question in between costs nothing; what moves or goes
 * is never answered as it was. */
static void test_sliced_waits_for_the_new(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *set = column_set_create();
    struct view *v = view_create(f, set);
    view_set_sliced(v, true);
    while (view_work(v, 100)) {
    }
    put(f, "1", "delta", 1);
    assert_string_equal(names(f, v), "delta "); /* the first of all, at once */
    uint64_t version = view_version(v);
    put(f, "2", "alpha", 1);
    assert_string_equal(names(f, v), "delta ");
    assert_int_equal(view_version(v), version);
    assert_int_equal(view_find(v, fleet_find(f, span_of("2"))), 1); /* not in it yet */
    assert_false(view_work(v, 100));
    assert_true(view_version(v) > version);
    assert_string_equal(names(f, v), "alpha delta ");
    /* What moves nothing settles nothing, either. */
    fleet_put(f, span_of("{\"provider_account_id\":\"2\",\"name\":\"alpha\",\"region\":\"r\"}"), 2,
              NULL);
    put(f, "0", "able", 1);
    assert_string_equal(names(f, v), "alpha delta ");
    assert_false(view_work(v, 100));
    assert_string_equal(names(f, v), "able alpha delta ");
    fleet_remove(f, fleet_find(f, span_of("0")), 2);
    put(f, "3", "bravo", 1);
    put(f, "1", "aaron", 2);
    assert_string_equal(names(f, v), "aaron alpha bravo ");
    put(f, "4", "kilo", 1);
    fleet_remove(f, fleet_find(f, span_of("2")), 5);
    assert_string_equal(names(f, v), "aaron bravo kilo ");
    view_set_filter(v, filter_of(set, "name:r", 0));
    while (view_work(v, 1)) {
    }
    put(f, "5", "zorro", 1);
    assert_string_equal(names(f, v), "aaron bravo ");
    put(f, "5", "zero", 2); /* new and changed before it was seen */
    assert_string_equal(names(f, v), "aaron bravo zero ");
    put(f, "6", "romeo", 1);
    view_set_filter(v, NULL);
    put(f, "7", "mike", 1);
    while (view_work(v, 1)) {
    }
    assert_string_equal(names(f, v), "aaron bravo kilo mike romeo zero ");
    view_destroy(v);
    column_set_destroy(set);
    fleet_destroy(f);
}

static void test_nearest(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *set = column_set_create();
    struct view *v = view_create(f, set);
    assert_int_equal(view_nearest(v, ROW_NONE, 7), 0);
    put(f, "1", "a", 1);
    put(f, "2", "b", 1);
    put(f, "3", "c", 1);
    row_id b = fleet_find(f, span_of("2"));
    assert_int_equal(view_find(v, b), 1);
    assert_int_equal(view_nearest(v, b, 0), 1); /* it is there: its own place */
    fleet_remove(f, b, 5);
    assert_int_equal(view_find(v, b), view_count(v));
    assert_int_equal(view_nearest(v, b, 1), 1); /* where it was */
    assert_int_equal(view_nearest(v, b, 9), 1); /* the last */
    assert_int_equal(view_find(v, 4000), view_count(v));
    put(f, "2", "b", 9);
    put(f, "4", "d", 9);
    view_set_filter(v, filter_of(set, "!name=b", 0));
    assert_int_equal(view_nearest(v, b, 9), 1); /* filtered out: the next in the order */
    view_destroy(v);
    column_set_destroy(set);
    fleet_destroy(f);
}

#define CHECKED INT64_C(1792504800000) /* 2026-10-20T14:00:00Z */

/* A plain time is kept as its number: terms over its text find it all the same. */
static void test_text_of_a_time(void **state)
{
    static const char *const good[] = {"checked:2026-10-20", "checked=2026-10-20T14:00:00Z",
                                       "checked:/^2026-1/"};
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *set = column_set_create();
    struct view *v = view_create(f, set);
    put(f, "1", "a", 1);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        view_set_filter(v, filter_of(set, good[i], 0));
        assert_int_equal(view_count(v), 1);
    }
    view_set_filter(v, filter_of(set, "checked:2026-11", 0));
    assert_int_equal(view_count(v), 0);
    view_destroy(v);
    column_set_destroy(set);
    fleet_destroy(f);
}

static void test_time(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *set = column_set_create();
    struct view *v = view_create(f, set);
    put(f, "1", "a", 1);
    view_set_filter(v, filter_of(set, "checked>10m", CHECKED + 60000));
    view_set_now(v, CHECKED + 60000);
    assert_int_equal(view_count(v), 0);
    uint64_t version = view_version(v);
    view_set_now(v, CHECKED + 61000); /* not worth a walk */
    assert_int_equal(view_version(v), version);
    view_set_now(v, CHECKED + 11 * 60000);
    assert_int_equal(view_count(v), 1);
    view_set_now(v, CHECKED); /* a clock that goes back */
    assert_int_equal(view_count(v), 0);
    view_set_filter(v, filter_of(set, "name:a", 0));
    version = view_version(v);
    view_set_now(v, CHECKED + 3600000);
    assert_int_equal(view_version(v), version); /* time changes nothing of it */
    view_destroy(v);
    column_set_destroy(set);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follows),
        cmocka_unit_test(test_sliced_waits_for_the_new),
        cmocka_unit_test(test_sliced_new_ones_in_slices),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_text_of_a_time),
        cmocka_unit_test(test_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
