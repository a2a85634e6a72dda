/* names_test.c: names counted once: who has one, which is free, and what a plan that creates
 * deleted accounts again is given where a name is taken. */
#include "plan/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct fleet *fleet;
    struct plan *plan;
    struct plan_names *names;
};

static row_id put(struct fleet *fleet, const char *id, const char *name)
{
    char json[200];
    row_id row;
    snprintf(json, sizeof json, "{\"provider_account_id\":\"%s\",\"name\":\"%s\"}", id, name);
    fleet_put(fleet, span_of(json), 1, &row);
    return row;
}

static int setup(void **state)
{
    static struct fixture f;
    const struct plan_head head = {.org = "o"};
    f.fleet = fleet_create();
    f.plan = plan_create(&head);
    f.names = plan_names_create();
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    plan_names_destroy(f->names);
    plan_names_destroy(NULL);
    plan_destroy(f->plan);
    fleet_destroy(f->fleet);
    return 0;
}

static uint32_t count(const struct fixture *f, const char *name)
{
    return plan_names_count(f->names, span_of(name));
}

static void free_is(const struct fixture *f, const char *name, const char *want)
{
    struct str out = STR_INIT;
    plan_names_free(f->names, span_of(name), &out);
    assert_string_equal(out.data, want);
    str_finish(&out);
}

static void test_who_has_a_name(void **state)
{
    struct fixture *f = *state;
    row_id a = put(f->fleet, "1", "one"), b = put(f->fleet, "2", "two");
    row_id c = put(f->fleet, "3", "one"), gone = put(f->fleet, "4", "three");
    put(f->fleet, "5", "");
    fleet_remove(f->fleet, gone, 9);
    assert_true(plan_names_read(f->names, f->fleet, 2));
    assert_int_equal(count(f, "one"), 1);
    assert_false(plan_names_read(f->names, f->fleet, 100));
    assert_false(plan_names_read(f->names, f->fleet, 100)); /* once */
    assert_int_equal(count(f, "one"), 2);
    assert_int_equal(count(f, "two"), 1);
    assert_int_equal(count(f, "three"), 0);
    assert_int_equal(count(f, ""), 0);
    assert_int_equal(plan_names_row(f->names, span_of("one"), a), c);
    assert_int_equal(plan_names_row(f->names, span_of("one"), c), a);
    assert_int_equal(plan_names_row(f->names, span_of("two"), b), ROW_NONE);
    assert_int_equal(plan_names_row(f->names, span_of("none"), b), ROW_NONE);
    plan_names_add(f->names, span_of("two-2"));
    free_is(f, "two", "two-3");
    free_is(f, "one", "one-2");
}

/* The fleet moves on between two slices: what was read stays. */
static void test_names_are_copied(void **state)
{
    struct fixture *f = *state;
    put(f->fleet, "1", "a-name-that-is-long-enough-to-be-kept-apart");
    plan_names_read(f->names, f->fleet, 1);
    fleet_clear(f->fleet);
    assert_int_equal(count(f, "a-name-that-is-long-enough-to-be-kept-apart"), 1);
}

/* A create in the plan; undoes: of a delete that it takes back. */
static uint32_t create(struct fixture *f, const char *name, int64_t undoes)
{
    struct account a;
    struct error err;
    char json[200];
    snprintf(json, sizeof json, "{\"name\":\"%s\",\"provider_type\":\"p\"}", name);
    account_init(&a);
    assert_int_equal(account_decode(&a, span_of(json), &err), ST_OK);
    uint32_t n = plan_add(f->plan, NULL, &a, NULL);
    f->plan->items[n].undoes = undoes;
    account_finish(&a);
    return n;
}

static void name_is(const struct fixture *f, uint32_t i, const char *want)
{
    const struct plan_item *item = &f->plan->items[i];
    assert_string_equal(item->name.p, want);
    char member[100];
    snprintf(member, sizeof member, "\"name\":\"%s\"", want);
    if (!strstr(item->target.p, member))
        fail_msg("%s does not have %s", item->target.p, member);
}

static void test_taken_names_are_replaced(void **state)
{
    struct fixture *f = *state;
    put(f->fleet, "pa_9", "one");
    put(f->fleet, "pa_8", "one-2");
    create(f, "one", 11);
    create(f, "two", 12); /* two of one name were deleted: the second is in the way of the first */
    create(f, "two", 13);
    create(f, "one", 0); /* of a file: the operator's own word */
    plan_names_settle(f->plan, f->fleet);
    name_is(f, 0, "one-3");
    name_is(f, 1, "two");
    name_is(f, 2, "two-2");
    name_is(f, 3, "one");
    assert_string_equal(f->plan->items[0].warnings[0].text,
                        "one is taken by pa_9: created as this");
    assert_string_equal(f->plan->items[2].warnings[0].text, "two is taken: created as this");
    assert_int_equal(f->plan->items[0].warnings[0].field, FIELD_NAME);
    assert_int_equal(f->plan->warned, 2);
}

/* What was agreed to and begun is not another thing after. */
static void test_one_that_was_begun_stays(void **state)
{
    struct fixture *f = *state;
    put(f->fleet, "pa_9", "one");
    create(f, "one", 11);
    create(f, "two", 12);
    plan_mark(f->plan, 1, PLAN_APPLIED, 5, NULL);
    plan_names_settle(f->plan, f->fleet);
    name_is(f, 0, "one");
    plan_mark(f->plan, 1, PLAN_WAITING, 0, NULL);
    f->plan->stored = true;
    plan_names_settle(f->plan, f->fleet);
    name_is(f, 0, "one");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_who_has_a_name),
        T(test_names_are_copied),
        T(test_taken_names_are_replaced),
        T(test_one_that_was_begun_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
