/* server_time_test.c: a Date moves the server's clock by no more than it proves. */
#include "api/server_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW  INT64_C(1790000000000)
#define HOUR 3600000

struct fixture {
    struct clock_manual manual;
    struct server_time time;
};

static void begin(struct fixture *fx)
{
    *fx = (struct fixture){.manual = {.mono_ms = 5000, .wall_ms = NOW}};
    server_time_init(&fx->time, clock_from_manual(&fx->manual));
}

static void pass(struct fixture *fx, int64_t ms)
{
    fx->manual.mono_ms += ms;
    fx->manual.wall_ms += ms;
}

static int64_t ahead(struct fixture *fx)
{
    struct clock c = server_time_clock(&fx->time);
    return clock_wall(&c) - fx->manual.wall_ms;
}

/* A Date has whole seconds and is older than its reply: none of that is a difference. */
static void test_clocks_that_agree(void **state)
{
    struct fixture fx;
    (void)state;
    begin(&fx);
    assert_int_equal(ahead(&fx), 0);
    for (int i = 0; i < 200; i++) {
        int64_t took = i * 37 % 900;
        int64_t written = fx.manual.wall_ms - took / 2;
        server_time_heard(&fx.time, written - written % 1000, took);
        assert_int_equal(ahead(&fx), 0);
        pass(&fx, 1337);
    }
    server_time_heard(&fx.time, fx.manual.wall_ms + 1900, 100); /* another of its servers */
    server_time_heard(&fx.time, fx.manual.wall_ms - 2900, 100);
    assert_int_equal(ahead(&fx), 0);
}

static void test_ahead_and_behind(void **state)
{
    struct fixture fx;
    (void)state;
    begin(&fx);
    server_time_heard(&fx.time, NOW + HOUR, 400);
    assert_int_equal(ahead(&fx), HOUR); /* at least */
    struct clock c = server_time_clock(&fx.time);
    assert_int_equal(clock_mono(&c), 5000);
    pass(&fx, 60000);
    assert_int_equal(ahead(&fx), HOUR); /* it runs as ours does */
    server_time_heard(&fx.time, fx.manual.wall_ms - HOUR, 400);
    assert_int_equal(ahead(&fx), -HOUR + 999 + 400); /* at most */
    pass(&fx, 60000);
    server_time_heard(&fx.time, fx.manual.wall_ms, 0);
    assert_in_range(ahead(&fx) + 5000, 3000, 5000); /* both agree again */
}

/* A clock that runs fast is as of the last reply; one that was asked before, and answers late, does
 * not take it back. */
static void test_a_fast_clock(void **state)
{
    struct fixture fx;
    (void)state;
    begin(&fx);
    for (int64_t i = 1; i < 50; i++) {
        pass(&fx, 500);
        server_time_heard(&fx.time, NOW + i * 12 * HOUR, 20);
        assert_int_equal(fx.manual.wall_ms + ahead(&fx), NOW + i * 12 * HOUR);
        pass(&fx, 5);
        server_time_heard(&fx.time, NOW + i * 12 * HOUR - HOUR, 15);
        assert_int_equal(fx.manual.wall_ms + ahead(&fx), NOW + i * 12 * HOUR + 5);
    }
    pass(&fx, 500);
    server_time_heard(&fx.time, fx.manual.wall_ms, 15); /* the server was set back */
    assert_in_range(ahead(&fx), 0, 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clocks_that_agree),
        cmocka_unit_test(test_ahead_and_behind),
        cmocka_unit_test(test_a_fast_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
