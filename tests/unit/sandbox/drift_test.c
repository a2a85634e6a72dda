/* drift_test.c: usage and health checks as functions of time, on a clock that stands until it is
 * moved. */
#include "sandbox/drift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOV_10 INT64_C(1794268800000) /* 2026-11-10T00:00:00Z */
#define DEC_1  INT64_C(1796083200000) /* 2026-12-01T00:00:00Z */
#define DAY    STAMP_MS_PER_DAY
#define WEEK   (7 * DAY)

static void begin(struct drift *d, struct clock_manual *manual, double scale)
{
    *manual = (struct clock_manual){0, NOV_10};
    drift_init(d, clock_from_manual(manual), scale, 0);
}

/* An account that has used 1000 tokens and 10 requests and uses 2 tokens a second on average. */
static void make(struct account *a)
{
    account_init(a);
    a->cells[BOX_USED_TOKENS] = cell_int(1000);
    a->cells[BOX_USED_REQUESTS] = cell_int(10);
    a->use_anchor = NOV_10;
    a->use_rate = 2;
    a->use_ratio = 100;
    a->cells[BOX_CREATED_AT] = cell_int(NOV_10 - DAY);
}

static int64_t tokens_at(struct drift *d, struct clock_manual *manual, int64_t wall)
{
    struct account a;
    make(&a);
    manual->wall_ms = wall;
    drift_apply(d, &a);
    return a.cells[BOX_USED_TOKENS].n;
}

static void test_time(void **state)
{
    struct clock_manual manual;
    struct drift d;
    (void)state;
    begin(&d, &manual, 60);
    assert_int_equal(drift_now(&d), NOV_10);
    manual.wall_ms += 1000;
    assert_int_equal(drift_now(&d), NOV_10 + 60000);
    begin(&d, &manual, 0);
    manual.wall_ms += DAY;
    assert_int_equal(drift_now(&d), NOV_10);
    /* It goes on from where it was, and never goes back behind the world's. */
    drift_init(&d, clock_from_manual(&manual), 1, manual.wall_ms + DAY);
    assert_int_equal(drift_now(&d), manual.wall_ms + DAY);
    drift_init(&d, clock_from_manual(&manual), 1, manual.wall_ms - DAY);
    assert_int_equal(drift_now(&d), manual.wall_ms);
}

/* The sway of day and week is whole after a week: exactly the average. */
static void test_a_week_is_the_average(void **state)
{
    struct clock_manual manual;
    struct drift d;
    struct account a;
    (void)state;
    begin(&d, &manual, 1);
    make(&a);
    manual.wall_ms += WEEK;
    drift_apply(&d, &a);
    assert_in_range(a.cells[BOX_USED_TOKENS].n, 1000 + 2 * 604800 - 1, 1000 + 2 * 604800);
    assert_in_range(a.cells[BOX_USED_REQUESTS].n, 10 + 2 * 6048 - 1, 10 + 2 * 6048);
    assert_true(span_is(a.cells[BOX_PERIOD].text, "2026-11"));
}

/* Never less than a minute before, more in the afternoon than at night. */
static void test_it_only_grows(void **state)
{
    struct clock_manual manual;
    struct drift d;
    int64_t before = 1000;
    (void)state;
    begin(&d, &manual, 1);
    for (int64_t t = NOV_10; t < NOV_10 + WEEK; t += 60000) {
        int64_t now = tokens_at(&d, &manual, t);
        assert_true(now >= before);
        before = now;
    }
    int64_t night = tokens_at(&d, &manual, NOV_10 + DAY / 24 * 4) -
                    tokens_at(&d, &manual, NOV_10 + DAY / 24 * 2);
    int64_t afternoon = tokens_at(&d, &manual, NOV_10 + DAY / 24 * 16) -
                        tokens_at(&d, &manual, NOV_10 + DAY / 24 * 14);
    assert_true(afternoon > 2 * night);
}

/* In the next month the old counts are gone, and what counts begins with its first moment. */
static void test_a_new_month(void **state)
{
    struct clock_manual manual;
    struct drift d;
    struct account a;
    (void)state;
    begin(&d, &manual, 1);
    make(&a);
    manual.wall_ms = DEC_1 - 1;
    drift_apply(&d, &a);
    assert_true(a.cells[BOX_USED_TOKENS].n > 1000 + 2 * 86400 * 20);
    assert_true(span_is(a.cells[BOX_PERIOD].text, "2026-11"));
    make(&a);
    manual.wall_ms = DEC_1;
    drift_apply(&d, &a);
    assert_int_equal(a.cells[BOX_USED_TOKENS].n, 0);
    assert_int_equal(a.cells[BOX_USED_REQUESTS].n, 0);
    assert_true(span_is(a.cells[BOX_PERIOD].text, "2026-12"));
    make(&a);
    manual.wall_ms = DEC_1 + WEEK;
    drift_apply(&d, &a);
    assert_in_range(a.cells[BOX_USED_TOKENS].n, 2 * 604800 - 1, 2 * 604800);
}

/* A paused account (rate below zero) stays, and goes on from there when it is anchored anew. */
static void test_paused_and_anchored(void **state)
{
    struct clock_manual manual;
    struct drift d;
    struct account a;
    (void)state;
    begin(&d, &manual, 1);
    make(&a);
    a.use_rate = -2;
    manual.wall_ms += WEEK;
    drift_apply(&d, &a);
    assert_int_equal(a.cells[BOX_USED_TOKENS].n, 1000);
    drift_anchor(&d, &a, 1);
    manual.wall_ms += WEEK;
    drift_apply(&d, &a);
    assert_in_range(a.cells[BOX_USED_TOKENS].n, 1000 + 604799, 1000 + 604800);
}

static int64_t checked_at(struct drift *d, struct account *a)
{
    a->cells[BOX_CHECKED] = cell_null();
    drift_apply(d, a);
    return a->cells[BOX_CHECKED].type == CELL_NULL ? -1 : a->cells[BOX_CHECKED].n;
}

static void test_health_checks(void **state)
{
    struct clock_manual manual;
    struct drift d;
    struct account a;
    (void)state;
    begin(&d, &manual, 1);
    make(&a);
    a.check_period = 20000;
    a.check_phase = NOV_10 - DAY + 5000;
    manual.wall_ms = NOV_10 + 5000;
    assert_int_equal(checked_at(&d, &a), NOV_10 + 5000);
    manual.wall_ms = NOV_10 + 24999;
    assert_int_equal(checked_at(&d, &a), NOV_10 + 5000);
    assert_int_equal(drift_next_check(&d, &a), NOV_10 + 25000);
    manual.wall_ms = NOV_10 + 25000;
    assert_int_equal(checked_at(&d, &a), NOV_10 + 25000);
    /* None happened before it was made, and one that is later stays. */
    a.cells[BOX_CREATED_AT] = cell_int(NOV_10 + 25000);
    assert_int_equal(checked_at(&d, &a), -1);
    a.cells[BOX_CREATED_AT] = cell_int(NOV_10);
    a.cells[BOX_CHECKED] = cell_int(NOV_10 + 25001);
    drift_apply(&d, &a);
    assert_int_equal(a.cells[BOX_CHECKED].n, NOV_10 + 25001);
    a.check_period = -20000; /* paused */
    assert_int_equal(checked_at(&d, &a), -1);
}

/* The server's clock runs fast with the scale and never slow, and checks are made by it: however
 * fast it runs, none is older by it than their distance. */
static void test_checks_and_the_scale(void **state)
{
    static const struct {
        double scale;
        int64_t clock, next; /* ms after 7 s: of the server's clock, and the check in drift time */
    } rows[] = {{1, 7000, 20000},
                {10, 70000, 80000},
                {1000, 7000000, 7000000 + 20000},
                {0.5, 7000, 10000},
                {0, 7000, 20000}}; /* drift time stands: it never comes */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clock_manual manual;
        struct drift d;
        struct account a;
        begin(&d, &manual, rows[i].scale);
        make(&a);
        a.check_period = 20000;
        a.check_phase = NOV_10;
        manual.wall_ms += 7000;
        assert_int_equal(drift_clock(&d), NOV_10 + rows[i].clock);
        assert_int_equal(drift_next_check(&d, &a), NOV_10 + rows[i].next);
        assert_int_equal(checked_at(&d, &a), NOV_10 + rows[i].clock / 20000 * 20000);
        manual.wall_ms += 60000;
        if (rows[i].scale > 0) {
            assert_true(checked_at(&d, &a) > NOV_10);
            continue;
        }
        /* Nobody falls ill, or gets well, by himself; not one that was switched on since, either.
         */
        assert_int_equal(checked_at(&d, &a), NOV_10);
        a.check_phase = drift_clock(&d);
        assert_true(checked_at(&d, &a) <= NOV_10);
        assert_true(drift_next_check(&d, &a) > drift_now(&d));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_a_week_is_the_average),
        cmocka_unit_test(test_it_only_grows),
        cmocka_unit_test(test_a_new_month),
        cmocka_unit_test(test_paused_and_anchored),
        cmocka_unit_test(test_health_checks),
        cmocka_unit_test(test_checks_and_the_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
