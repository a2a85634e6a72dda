/* siblings_test.c: who is left, by what is shared, and by name. */
#include "write/siblings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static row_id put(struct fleet *f, const char *id, const char *name, const char *rest)
{
    char text[512];
    row_id row;
    snprintf(text, sizeof text, "{\"provider_account_id\":\"%s\",\"name\":\"%s\",%s}", id, name,
             rest);
    fleet_put(f, span_of(text), 1, &row);
    return row;
}

#define AZURE_EU "\"provider_type\":\"azure_openai\",\"region\":\"westeurope\",\"enabled\":true"

static void test_who_is_left(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id me = put(f, "a", "a", AZURE_EU ",\"bridge_id\":\"br\",\"data_residency\":\"EU\"");
    row_id c = put(f, "c", "c", AZURE_EU ",\"data_residency\":\"EU\"");
    put(f, "b", "b\\u001b",
        "\"provider_type\":\"azure_openai\",\"region\":\"uk\",\"enabled\":true");
    put(f, "d", "d", "\"provider_type\":\"azure_openai\",\"region\":\"uk\",\"enabled\":false");
    put(f, "e", "e", "\"provider_type\":\"openai\",\"enabled\":true,\"data_residency\":\"EU\"");
    struct siblings s;
    siblings_of(f, me, &me, 1, &s);
    assert_int_equal(s.count, 4);
    assert_int_equal(s.groups[0].enabled, 2);
    assert_int_equal(s.groups[0].disabled, 1);
    assert_int_equal(s.groups[1].enabled, 1);
    assert_int_equal(s.groups[2].enabled, 2);
    assert_int_equal(s.groups[3].enabled, 0);
    assert_true(s.last);
    assert_string_equal(s.groups[0].words, "provider");
    assert_true(span_is(s.groups[1].value, "westeurope"));
    assert_true(s.groups[2].rows[0] == c && s.groups[2].row_count == 2);
    assert_true(s.twin == ROW_NONE);
    /* Two leave together. */
    row_id both[] = {me, c};
    siblings_of(f, me, both, 2, &s);
    assert_int_equal(s.groups[0].enabled, 1);
    assert_int_equal(s.groups[1].enabled, 0);
    fleet_destroy(f);
}

static void test_the_first_few_by_name(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id me = put(f, "me", "me", AZURE_EU);
    for (int i = 20; i > 0; i--) {
        char id[8];
        snprintf(id, sizeof id, "n%02d", (i * 7) % 20);
        put(f, id, id, AZURE_EU);
    }
    struct siblings s;
    siblings_of(f, me, NULL, 0, &s);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.groups[0].enabled, 20);
    assert_int_equal(s.groups[0].row_count, SIBLINGS_NAMES_MAX);
    for (uint32_t i = 0; i < SIBLINGS_NAMES_MAX; i++) {
        struct value v;
        char want[8];
        snprintf(want, sizeof want, "n%02u", i);
        fleet_get(f, s.groups[0].rows[i], FIELD_NAME, &v);
        assert_true(span_is(v.text, want));
    }
    assert_false(s.last);
    fleet_destroy(f);
}

/* Also of nothing else shared; not one that leaves with it, nor one without a name. */
static void test_another_of_its_name(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id me = put(f, "a", "one", AZURE_EU), unnamed = put(f, "d", "", AZURE_EU);
    put(f, "c", "", AZURE_EU);
    row_id twin = put(f, "b", "one", "\"provider_type\":\"openai\",\"enabled\":false");
    struct siblings s;
    siblings_of(f, me, NULL, 0, &s);
    assert_true(s.twin == twin);
    siblings_of(f, me, &twin, 1, &s);
    assert_true(s.twin == ROW_NONE);
    siblings_of(f, unnamed, NULL, 0, &s);
    assert_true(s.twin == ROW_NONE);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_left),
        cmocka_unit_test(test_the_first_few_by_name),
        cmocka_unit_test(test_another_of_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
