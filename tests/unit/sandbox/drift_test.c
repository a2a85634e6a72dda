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

struct world {
    struct clock_manual manual;
    struct drift d;
    struct account a;
};

/* Has used 1000 tokens and 10 requests and uses 2 tokens a second on average. */
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

/* The 10th of November, a clock that runs as fast as that, and an account. */
static void begin(struct world *w, double scale)
{
    w->manual = (struct clock_manual){0, NOV_10};
    drift_init(&w->d, clock_from_manual(&w->manual), scale, 0);
    make(&w->a);
}

static void apply_at(struct world *w, int64_t wall)
{
    w->manual.wall_ms = wall;
    drift_apply(&w->d, &w->a);
}

static int64_t tokens_at(struct world *w, int64_t wall)
{
    make(&w->a);
    apply_at(w, wall);
    return w->a.cells[BOX_USED_TOKENS].n;
}

static void test_time(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 60);
    assert_int_equal(drift_now(&w.d), NOV_10);
    w.manual.wall_ms += 1000;
    assert_int_equal(drift_now(&w.d), NOV_10 + 60000);
    begin(&w, 0);
    w.manual.wall_ms += DAY;
    assert_int_equal(drift_now(&w.d), NOV_10);
    /* It goes on from where it was, and never goes back behind the world's. */
    drift_init(&w.d, clock_from_manual(&w.manual), 1, w.manual.wall_ms + DAY);
    assert_int_equal(drift_now(&w.d), w.manual.wall_ms + DAY);
    drift_init(&w.d, clock_from_manual(&w.manual), 1, w.manual.wall_ms - DAY);
    assert_int_equal(drift_now(&w.d), w.manual.wall_ms);
}

/* The sway of day and week is whole after a week: exactly the average. */
static void test_a_week_is_the_average(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    apply_at(&w, w.manual.wall_ms + WEEK);
    assert_in_range(w.a.cells[BOX_USED_TOKENS].n, 1000 + 2 * 604800 - 1, 1000 + 2 * 604800);
    assert_in_range(w.a.cells[BOX_USED_REQUESTS].n, 10 + 2 * 6048 - 1, 10 + 2 * 6048);
    assert_true(span_is(w.a.cells[BOX_PERIOD].text, "2026-11"));
}

/* Never less than a minute before, more in the afternoon than at night. */
static void test_it_only_grows(void **state)
{
    struct world w;
    int64_t before = 1000;
    (void)state;
    begin(&w, 1);
    for (int64_t t = NOV_10; t < NOV_10 + WEEK; t += 60000) {
        int64_t now = tokens_at(&w, t);
        assert_true(now >= before);
        before = now;
    }
    int64_t night = tokens_at(&w, NOV_10 + DAY / 24 * 4) - tokens_at(&w, NOV_10 + DAY / 24 * 2);
    int64_t afternoon =
        tokens_at(&w, NOV_10 + DAY / 24 * 16) - tokens_at(&w, NOV_10 + DAY / 24 * 14);
    assert_true(afternoon > 2 * night);
}

/* In the next month the old counts are gone, and what counts begins with its first moment. */
static void test_a_new_month(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    apply_at(&w, DEC_1 - 1);
    assert_true(w.a.cells[BOX_USED_TOKENS].n > 1000 + 2 * 86400 * 20);
    assert_true(span_is(w.a.cells[BOX_PERIOD].text, "2026-11"));
    make(&w.a);
    apply_at(&w, DEC_1);
    assert_int_equal(w.a.cells[BOX_USED_TOKENS].n, 0);
    assert_int_equal(w.a.cells[BOX_USED_REQUESTS].n, 0);
    assert_true(span_is(w.a.cells[BOX_PERIOD].text, "2026-12"));
    make(&w.a);
    apply_at(&w, DEC_1 + WEEK);
    assert_in_range(w.a.cells[BOX_USED_TOKENS].n, 2 * 604800 - 1, 2 * 604800);
}

/* A paused account (rate below zero) stays, and goes on from there when it is anchored anew. */
static void test_paused_and_anchored(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    w.a.use_rate = -2;
    apply_at(&w, w.manual.wall_ms + WEEK);
    assert_int_equal(w.a.cells[BOX_USED_TOKENS].n, 1000);
    drift_anchor(&w.d, &w.a, 1);
    apply_at(&w, w.manual.wall_ms + WEEK);
    assert_in_range(w.a.cells[BOX_USED_TOKENS].n, 1000 + 604799, 1000 + 604800);
}

static int64_t checked_now(struct world *w)
{
    struct account *a = &w->a;
    a->cells[BOX_CHECKED] = cell_null();
    drift_apply(&w->d, a);
    return a->cells[BOX_CHECKED].type == CELL_NULL ? -1 : a->cells[BOX_CHECKED].n;
}

static void test_health_checks(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 1);
    w.a.check_period = 20000;
    w.a.check_phase = NOV_10 - DAY + 5000;
    w.manual.wall_ms = NOV_10 + 5000;
    assert_int_equal(checked_now(&w), NOV_10 + 5000);
    w.manual.wall_ms = NOV_10 + 24999;
    assert_int_equal(checked_now(&w), NOV_10 + 5000);
    assert_int_equal(drift_next_check(&w.d, &w.a), NOV_10 + 25000);
    w.manual.wall_ms = NOV_10 + 25000;
    assert_int_equal(checked_now(&w), NOV_10 + 25000);
    /* None happened before it was made, and one that is later stays. */
    w.a.cells[BOX_CREATED_AT] = cell_int(NOV_10 + 25000);
    assert_int_equal(checked_now(&w), -1);
    w.a.cells[BOX_CREATED_AT] = cell_int(NOV_10);
    w.a.cells[BOX_CHECKED] = cell_int(NOV_10 + 25001);
    drift_apply(&w.d, &w.a);
    assert_int_equal(w.a.cells[BOX_CHECKED].n, NOV_10 + 25001);
    w.a.check_period = -20000; /* paused */
    assert_int_equal(checked_now(&w), -1);
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
        struct world w;
        begin(&w, rows[i].scale);
        w.a.check_period = 20000;
        w.a.check_phase = NOV_10;
        w.manual.wall_ms += 7000;
        assert_int_equal(drift_clock(&w.d), NOV_10 + rows[i].clock);
        assert_int_equal(drift_next_check(&w.d, &w.a), NOV_10 + rows[i].next);
        assert_int_equal(checked_now(&w), NOV_10 + rows[i].clock / 20000 * 20000);
        w.manual.wall_ms += 60000;
        if (rows[i].scale > 0) {
            assert_true(checked_now(&w) > NOV_10);
            continue;
        }
        /* Nobody falls ill, or gets well, by himself; not one that was switched on since, either.
         */
        assert_int_equal(checked_now(&w), NOV_10);
        w.a.check_phase = drift_clock(&w.d);
        assert_true(checked_now(&w) <= NOV_10);
        assert_true(drift_next_check(&w.d, &w.a) > drift_now(&w.d));
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
