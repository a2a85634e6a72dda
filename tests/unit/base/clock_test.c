/* clock_test.c: the machine's clocks go forward and agree with the system; a manual one stands. */
#include "base/clock.h"

#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_system(void **state)
{
    struct clock c = clock_system();
    (void)state;
    int64_t before = clock_mono(&c), wall = clock_wall(&c);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono(&c);
        assert_true(now >= before);
        before = now;
    }
    int64_t seconds = (int64_t)time(NULL);
    assert_true(seconds * 1000 - wall < 60000 && wall - seconds * 1000 < 60000);
}

static void test_manual(void **state)
{
    struct clock_manual manual = {.mono_ms = 5, .wall_ms = 1792504927000};
    struct clock c = clock_from_manual(&manual);
    (void)state;
    assert_int_equal(clock_mono(&c), 5);
    assert_true(clock_wall(&c) == 1792504927000);
    manual.mono_ms += 3600000; /* an hour of back-off in no time */
    manual.wall_ms -= 86400000;
    assert_int_equal(clock_mono(&c), 3600005);
    assert_true(clock_wall(&c) == 1792504927000 - 86400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_system),
                                       cmocka_unit_test(test_manual)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
