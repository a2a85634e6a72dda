/* kinds_test.c: what a list can be divided by is learnt from what was seen. */
#include "sync/kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static row_id put(struct fleet *f, unsigned i, const char *type)
{
    char json[160];
    row_id row;
    snprintf(json, sizeof json, "{\"provider_account_id\":\"a%u\",\"provider_type\":%s}", i, type);
    fleet_put(f, span_of(json), 1, &row);
    return row;
}

static void test_values_are_counted(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct kinds k;
    bool fresh;
    kinds_init(&k, FIELD_PROVIDER_TYPE);
    kinds_add(&k, "openai");
    kinds_add(&k, "openai");
    assert_int_equal(k.count, 1);
    assert_int_equal(kinds_see(&k, f, put(f, 1, "\"openai\""), &fresh), 0);
    assert_false(fresh);
    assert_int_equal(kinds_see(&k, f, put(f, 2, "\"zeta\""), &fresh), 1);
    assert_true(fresh);
    assert_int_equal(kinds_see(&k, f, put(f, 3, "\"zeta\""), &fresh), 1);
    assert_false(fresh);
    /* Without a value that could be asked for. */
    assert_int_equal(kinds_see(&k, f, put(f, 4, "null"), &fresh), KINDS_MAX);
    assert_int_equal(kinds_see(&k, f, put(f, 5, "\"\""), &fresh), KINDS_MAX);
    assert_false(fresh);
    assert_int_equal(k.now, 5);
    assert_int_equal(kinds_guess(&k, 1, 1000), 400);
    kinds_turn(&k);
    kinds_see(&k, f, put(f, 6, "\"openai\""), &fresh);
    assert_int_equal(kinds_guess(&k, 1, 1000), 400); /* as it was before */
    assert_int_equal(kinds_guess(&k, 0, 1000), 1000);
    kinds_finish(&k);
    fleet_destroy(f);
}

static void test_no_more_than_divides_well(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct kinds k;
    char type[32];
    bool fresh;
    kinds_init(&k, FIELD_PROVIDER_TYPE);
    for (unsigned i = 0; i < KINDS_MAX + 5; i++) {
        snprintf(type, sizeof type, "\"type-%u\"", i);
        size_t at = kinds_see(&k, f, put(f, i, type), &fresh);
        assert_int_equal(at, i < KINDS_MAX ? i : KINDS_MAX);
        assert_int_equal(fresh, i < KINDS_MAX);
    }
    kinds_finish(&k);
    fleet_destroy(f);
}

/* A fleet from the snapshot: some thousand of its accounts say enough. */
static void test_a_fleet_that_is_there_teaches(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct kinds k;
    kinds_init(&k, FIELD_PROVIDER_TYPE);
    for (unsigned i = 0; i < 10000; i++)
        put(f, i, i % 4 ? "\"openai\"" : "\"google\"");
    kinds_learn(&k, f);
    assert_int_equal(k.count, 2);
    assert_int_equal(k.now, 0);
    assert_true(k.before <= 5000);
    int64_t first = kinds_guess(&k, 0, 10000), second = kinds_guess(&k, 1, 10000);
    assert_in_range(first + second, 9998, 10000);
    assert_in_range(first, 2300, 2700);
    kinds_finish(&k);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_counted),
        cmocka_unit_test(test_no_more_than_divides_well),
        cmocka_unit_test(test_a_fleet_that_is_there_teaches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
