/* congestion_test.c: the window falls on trouble and on rising latency, once for what happens at
 * once, and climbs back; on a clock that the test moves. */
#include "sync/congestion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* n answers of took_ms each, one after the other; returns the time after them. */
static int64_t answers(struct congestion *c, unsigned n, int64_t took_ms, int64_t now)
{
    for (unsigned i = 0; i < n; i++) {
        now += took_ms;
        congestion_answer(c, took_ms, now);
    }
    return now;
}

static void test_begins_at_most_and_never_leaves_its_range(void **state)
{
    (void)state;
    struct congestion c;
    congestion_init(&c, 0);
    assert_int_equal(congestion_window(&c), 1);
    congestion_init(&c, 4);
    assert_int_equal(congestion_window(&c), 4);
    answers(&c, 1000, 10, 0);
    assert_int_equal(congestion_window(&c), 4);
    for (int64_t now = 0; now < 100000; now += 5000)
        congestion_trouble(&c, now);
    assert_int_equal(congestion_window(&c), 1);
}

static void test_trouble_halves_once_a_second(void **state)
{
    (void)state;
    struct congestion c;
    congestion_init(&c, 8);
    congestion_trouble(&c, 1000);
    congestion_trouble(&c, 1001); /* the other requests that were under way */
    congestion_trouble(&c, 1999);
    assert_int_equal(congestion_window(&c), 4);
    congestion_trouble(&c, 2000);
    assert_int_equal(congestion_window(&c), 2);
}

static void test_climbs_back_by_one(void **state)
{
    (void)state;
    struct congestion c;
    congestion_init(&c, 4);
    int64_t now = answers(&c, 10, 20, 0);
    congestion_trouble(&c, now);
    assert_int_equal(congestion_window(&c), 2);
    now = answers(&c, 40, 20, now); /* within the second nothing is learnt */
    assert_int_equal(congestion_window(&c), 2);
    now += 300;
    now = answers(&c, 7, 20, now);
    assert_int_equal(congestion_window(&c), 2);
    now = answers(&c, 1, 20, now);
    assert_int_equal(congestion_window(&c), 3);
    now = answers(&c, 12, 20, now);
    assert_int_equal(congestion_window(&c), 4);
}

static void test_rising_latency_cuts_a_quarter(void **state)
{
    (void)state;
    struct congestion c;
    congestion_init(&c, 8);
    int64_t now = answers(&c, 50, 20, 0);
    now = answers(&c, 5, 40, now); /* twice as long is no trouble */
    assert_int_equal(congestion_window(&c), 8);
    now = answers(&c, 4, 200, now);
    assert_int_equal(congestion_window(&c), 6);
    now = answers(&c, 30, 200, now);
    assert_true(congestion_window(&c) < 6);
    assert_true(congestion_window(&c) >= 1);
    /* A server that is slow for good becomes the usual. */
    now = answers(&c, 2000, 200, now);
    assert_int_equal(congestion_window(&c), 8);
}

/* A page of 2 ms that once takes 40: no server is spared by waiting then. */
static void test_a_fast_server_may_hesitate(void **state)
{
    (void)state;
    struct congestion c;
    congestion_init(&c, 8);
    int64_t now = answers(&c, 50, 2, 0);
    answers(&c, 20, 40, now);
    assert_int_equal(congestion_window(&c), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begins_at_most_and_never_leaves_its_range),
        cmocka_unit_test(test_trouble_halves_once_a_second),
        cmocka_unit_test(test_climbs_back_by_one),
        cmocka_unit_test(test_rising_latency_cuts_a_quarter),
        cmocka_unit_test(test_a_fast_server_may_hesitate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
