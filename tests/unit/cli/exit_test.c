/* exit_test.c: every status has its exit code, and only success is 0 (UX.md, Exit codes). */
#include "cli/exit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_codes(void **state)
{
    static const struct {
        enum status status;
        int code;
    } said[] = {{ST_OK, 0},        {ST_FAIL, 1},      {ST_PARTIAL, 3},  {ST_AUTH, 4},
                {ST_FORBIDDEN, 4}, {ST_NOT_FOUND, 5}, {ST_CONFLICT, 6}, {ST_NETWORK, 8},
                {ST_UNKNOWN, 9},   {ST_USAGE, 64},    {ST_CONFIG, 64},  {ST_CANCELLED, 130}};
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_int_equal(exit_of(said[i].status), said[i].code);
    for (int st = ST_OK + 1; st < ST_COUNT; st++)
        assert_int_not_equal(exit_of((enum status)st), 0);
    assert_int_equal(exit_of(ST_COUNT), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
