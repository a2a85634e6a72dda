/* fields_test.c: what an item changes as it is shown: of tags the pairs that change alone. The rest
 * of fields.c is in plan_test.c. */
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void tags_are(const char *before, const char *after, const char *want)
{
    const struct plan_head head = {.org = "o"};
    const char *tags[] = {before, after};
    struct plan *plan = plan_create(&head);
    struct plan_field fields[FIELD_COUNT];
    struct account a[2];
    struct error err;
    struct arena mem;
    for (int i = 0; i < 2; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"provider_account_id\":\"p\",\"name\":\"n\",\"tags\":%s}",
                 tags[i]);
        account_init(&a[i]);
        assert_int_equal(account_decode(&a[i], span_of(json), &err), ST_OK);
    }
    plan_add(plan, &a[0], &a[1], NULL);
    arena_init(&mem);
    assert_int_equal(plan_item_fields(plan, 0, SHOW_CELL, false, &mem, fields, FIELD_COUNT), 1);
    assert_int_equal(fields[0].field, FIELD_TAGS);
    assert_string_equal(fields[0].pairs, want);
    arena_finish(&mem);
    account_finish(&a[0]);
    account_finish(&a[1]);
    plan_destroy(plan);
}

static void test_pairs(void **state)
{
    (void)state;
    tags_are("{\"a\":\"1\",\"env\":\"prod\"}", "{\"a\":\"1\",\"env\":\"test\"}", "env=prod → test");
    tags_are("{\"a\":\"1\"}", "{\"a\":\"1\",\"b\":\"2\"}", "+b=2");
    tags_are("{\"a\":\"1\",\"b\":\"2\"}", "{\"b\":\"2\"}", "-a");
    tags_are("{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}", "{\"a\":\"9\",\"c\":\"3\",\"d\":\"4\"}",
             "a=1 → 9, +d=4, -b");
    tags_are("{\"a\":\"1\"}", "{}", "-a");
    tags_are("null", "{\"a\":\"1\"}", "+a=1");
}

static void test_other_fields_have_none(void **state)
{
    const struct plan_head head = {.org = "o"};
    struct plan *plan = plan_create(&head);
    struct plan_field fields[2];
    struct account a[2];
    struct error err;
    struct arena mem;
    (void)state;
    for (int i = 0; i < 2; i++) {
        account_init(&a[i]);
        account_decode(&a[i],
                       span_of(i ? "{\"provider_account_id\":\"p\",\"name\":\"n\",\"region\":\"r\"}"
                                 : "{\"provider_account_id\":\"p\",\"name\":\"n\"}"),
                       &err);
    }
    plan_add(plan, &a[0], &a[1], NULL);
    arena_init(&mem);
    assert_int_equal(plan_item_fields(plan, 0, SHOW_CELL, false, &mem, fields, 2), 1);
    assert_null(fields[0].pairs);
    arena_finish(&mem);
    account_finish(&a[0]);
    account_finish(&a[1]);
    plan_destroy(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_other_fields_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
