/* load_test.c: what a command says of a list: complete, a part, or nothing at all. */
#include "cli/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void put(struct fleet *fleet)
{
    fleet_put(fleet, span_of("{\"provider_account_id\":\"pa_1\",\"name\":\"n\"}"), 0, NULL);
}

static void test_complete(void **state)
{
    struct fleet *fleet = fleet_create();
    struct sync_state s = {.proof = SYNC_WALKED};
    struct error err;
    (void)state;
    assert_int_equal(load_verdict(&s, fleet, &err), ST_OK); /* none at all is complete, too */
    put(fleet);
    assert_int_equal(load_verdict(&s, fleet, &err), ST_OK);
    fleet_destroy(fleet);
}

static void test_a_part(void **state)
{
    struct fleet *fleet = fleet_create();
    struct sync_state s = {.proof = SYNC_NONE};
    struct error err;
    (void)state;
    put(fleet);
    assert_int_equal(load_verdict(&s, fleet, &err), ST_PARTIAL);
    assert_string_equal(err.what, "the list is not complete: at least 1 account");
    strcpy(s.note, "the server loops");
    assert_int_equal(load_verdict(&s, fleet, &err), ST_PARTIAL);
    assert_string_equal(err.what, "the list is not complete: at least 1 account; the server loops");
    /* Something failed: that is what is said, whatever was proven before. */
    s.proof = SYNC_WALKED;
    error_set(&s.error, ST_SERVER, "503");
    assert_int_equal(load_verdict(&s, fleet, &err), ST_PARTIAL);
    assert_string_equal(err.what, "the list is not complete: at least 1 account; 503");
    assert_true(*err.next);
    fleet_destroy(fleet);
}

static void test_nothing(void **state)
{
    struct fleet *fleet = fleet_create();
    struct sync_state s = {.proof = SYNC_NONE};
    struct error err;
    (void)state;
    error_set(&s.error, ST_AUTH, "401");
    assert_int_equal(load_verdict(&s, fleet, &err), ST_AUTH); /* the reason itself, not a part */
    assert_string_equal(err.what, "401");
    fleet_destroy(fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_a_part),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
