/* refresh_test.c: when the next read comes, on a clock that stands until it is moved. */
#include "sync/refresh.h"

#include "base/vec.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WALL INT64_C(1767225600000)

struct rig {
    struct clock_manual time;
    struct loop *loop;
    struct sync_state state;
    struct refresh r;
    int due;
};

static void on_due(void *ctx)
{
    struct rig *rig = ctx;
    rig->due++;
}

static int set_up(void **state)
{
    static struct rig rig;
    memset(&rig, 0, sizeof rig);
    rig.time = (struct clock_manual){5000, WALL};
    rig.loop = loop_create(clock_from_manual(&rig.time));
    rig.state.stale_since_wall_ms = rig.state.last_reply_wall_ms = WHEN_NONE;
    rig.r = (struct refresh){.loop = rig.loop,
                             .state = &rig.state,
                             .refresh_ms = 30000,
                             .budget_rps = 2,
                             .idle_ms = 600000,
                             .due = on_due,
                             .ctx = &rig,
                             .touched_mono_ms = 5000};
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    loop_destroy(rig->loop);
    return 0;
}

static void pass(struct rig *rig, int64_t ms)
{
    rig->time.mono_ms += ms;
    rig->time.wall_ms += ms;
    loop_step(rig->loop, 0);
}

/* It comes after exactly so long, once. */
static void expect_after(struct rig *rig, int64_t ms, enum sync_phase phase)
{
    assert_int_equal(rig->state.phase, phase);
    assert_int_equal(rig->state.next_try_mono_ms, rig->time.mono_ms + ms);
    rig->due = 0;
    pass(rig, ms - 1);
    assert_int_equal(rig->due, 0);
    pass(rig, 1);
    assert_int_equal(rig->due, 1);
}

static void expect_never(struct rig *rig, enum sync_phase phase)
{
    assert_int_equal(rig->state.phase, phase);
    assert_int_equal(rig->state.next_try_mono_ms, -1);
    rig->due = 0;
    pass(rig, 100000000);
    assert_int_equal(rig->due, 0);
}

static void failed(struct rig *rig, enum status status, int64_t retry_after_ms)
{
    struct error err;
    error_set(&err, status, "no");
    refresh_failed(&rig->r, &err, retry_after_ms);
}

static void test_interval_and_budget(void **state)
{
    struct rig *rig = *state;
    refresh_plan(&rig->r, 1);
    expect_after(rig, 30000, SYNC_IDLE);
    refresh_plan(&rig->r, 60); /* as much as the interval allows */
    expect_after(rig, 30000, SYNC_IDLE);
    refresh_plan(&rig->r, 1000); /* at two a second */
    expect_after(rig, 500000, SYNC_IDLE);
    rig->r.budget_rps = 0; /* no budget */
    refresh_touch(&rig->r);
    rig->r.touched_mono_ms = rig->time.mono_ms;
    refresh_plan(&rig->r, 1000);
    expect_after(rig, 30000, SYNC_IDLE);
    refresh_plan(&rig->r, 1); /* planned twice, comes once */
    refresh_plan(&rig->r, 1);
    expect_after(rig, 30000, SYNC_IDLE);
    rig->r.refresh_ms = 0;
    refresh_plan(&rig->r, 1);
    expect_never(rig, SYNC_IDLE);
}

static void test_nobody_there(void **state)
{
    struct rig *rig = *state;
    pass(rig, 599999);
    refresh_plan(&rig->r, 1);
    assert_int_equal(rig->state.next_try_mono_ms, rig->time.mono_ms + 30000);
    pass(rig, 1);
    refresh_plan(&rig->r, 1);
    expect_after(rig, 120000, SYNC_IDLE);
    /* Somebody comes before the usual time: it comes at that time. */
    refresh_plan(&rig->r, 1);
    pass(rig, 10000);
    refresh_touch(&rig->r);
    expect_after(rig, 20000, SYNC_IDLE);
    /* After it: at once. */
    pass(rig, 600000);
    refresh_plan(&rig->r, 1);
    pass(rig, 50000);
    rig->due = 0;
    refresh_touch(&rig->r);
    loop_step(rig->loop, 0);
    assert_int_equal(rig->due, 1);
    /* One who was there all the time changes nothing. */
    refresh_plan(&rig->r, 1);
    pass(rig, 10000);
    refresh_touch(&rig->r);
    expect_after(rig, 20000, SYNC_IDLE);
    rig->r.idle_ms = 0; /* nobody is ever away */
    pass(rig, 100000000);
    refresh_plan(&rig->r, 1);
    expect_after(rig, 30000, SYNC_IDLE);
}

static void test_failures(void **state)
{
    static const int64_t waits[] = {2000,  4000,  5000,  5000,  5000,
                                    10000, 20000, 40000, 60000, 60000};
    struct rig *rig = *state;
    int64_t since = rig->time.wall_ms;
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        failed(rig, ST_NETWORK, -1);
        assert_int_equal(rig->state.error.status, ST_NETWORK);
        assert_int_equal(rig->state.stale_since_wall_ms, since);
        expect_after(rig, waits[i], SYNC_WAITING);
    }
    failed(rig, ST_RATE, 90000); /* the server says when */
    expect_after(rig, 90000, SYNC_WAITING);
    failed(rig, ST_RATE, 1000); /* but no sooner than we would */
    expect_after(rig, 60000, SYNC_WAITING);
    refresh_succeeded(&rig->r);
    assert_int_equal(rig->state.error.status, ST_OK);
    assert_int_equal(rig->state.stale_since_wall_ms, WHEN_NONE);
    assert_int_equal(rig->state.last_reply_wall_ms, rig->time.wall_ms);
    failed(rig, ST_SERVER, -1);
    expect_after(rig, 2000, SYNC_WAITING); /* counted from the start again */
}

/* As r does: what waits is stopped, and a request is on its way. */
static void ask(struct rig *rig)
{
    refresh_asked(&rig->r);
    refresh_stop(&rig->r, SYNC_LOADING);
}

/* r in an outage, once or often, makes no wait longer: what would have come comes at its time. */
static void test_asking_makes_no_wait_longer(void **state)
{
    struct rig *rig = *state;
    failed(rig, ST_NETWORK, -1);
    pass(rig, 2000);
    failed(rig, ST_NETWORK, -1); /* the next in 4 s */
    pass(rig, 1000);
    ask(rig);
    pass(rig, 500);
    failed(rig, ST_NETWORK, -1);
    ask(rig);
    failed(rig, ST_NETWORK, -1);
    expect_after(rig, 2500, SYNC_WAITING);
    failed(rig, ST_NETWORK, -1); /* by itself: only now it doubles */
    assert_int_equal(rig->state.next_try_mono_ms, rig->time.mono_ms + 5000);
    ask(rig);
    pass(rig, 6000); /* so slow that the other would have been by now: it was that one */
    failed(rig, ST_NETWORK, -1);
    expect_after(rig, 5000, SYNC_WAITING);
    failed(rig, ST_NETWORK, -1);
    failed(rig, ST_NETWORK, -1);
    failed(rig, ST_NETWORK, -1);
    ask(rig);
    refresh_cancelled(&rig->r, 1);
    expect_after(rig, 20000, SYNC_WAITING);
    failed(rig, ST_NETWORK, -1);
    ask(rig);
    failed(rig, ST_RATE, 90000); /* the server says when */
    expect_after(rig, 90000, SYNC_WAITING);
}

static void test_after_a_refusal_each_minute(void **state)
{
    struct rig *rig = *state;
    refresh_plan(&rig->r, 1);
    failed(rig, ST_AUTH, 1000);
    expect_after(rig, 60000, SYNC_WAITING);
    failed(rig, ST_AUTH, -1);
    expect_after(rig, 60000, SYNC_WAITING);
    refresh_pause(&rig->r, true, false, 1);
    expect_never(rig, SYNC_STOPPED);
    refresh_pause(&rig->r, false, false, 1);
    expect_after(rig, 60000, SYNC_WAITING);
    refresh_succeeded(&rig->r);
    failed(rig, ST_FORBIDDEN, -1);
    expect_after(rig, 60000, SYNC_WAITING);
}

/* F05: where somebody is there to ask, nothing is asked by itself after a 401. */
static void test_after_a_401_nothing_where_it_is_asked_for(void **state)
{
    struct rig *rig = *state;
    rig->r.refused_stops = true;
    failed(rig, ST_AUTH, -1);
    expect_never(rig, SYNC_STOPPED);
    refresh_pause(&rig->r, true, false, 1);
    refresh_pause(&rig->r, false, false, 1);
    expect_never(rig, SYNC_STOPPED);
    refresh_cancelled(&rig->r, 1);
    expect_never(rig, SYNC_STOPPED);
    failed(rig, ST_FORBIDDEN, -1); /* a right may come back by itself */
    expect_after(rig, 60000, SYNC_WAITING);
    failed(rig, ST_AUTH, -1);
    expect_never(rig, SYNC_STOPPED);
    refresh_succeeded(&rig->r);
    refresh_touch(&rig->r);
    refresh_plan(&rig->r, 1);
    expect_after(rig, 30000, SYNC_IDLE);
}

static void test_cancelled(void **state)
{
    struct rig *rig = *state;
    refresh_cancelled(&rig->r, 1);
    expect_after(rig, 30000, SYNC_IDLE);
    failed(rig, ST_NETWORK, -1);
    refresh_cancelled(&rig->r, 1);
    expect_after(rig, 60000, SYNC_WAITING);
    rig->state.paused = true;
    refresh_cancelled(&rig->r, 1);
    expect_never(rig, SYNC_STOPPED);
}

static void test_pause(void **state)
{
    struct rig *rig = *state;
    refresh_plan(&rig->r, 1);
    refresh_pause(&rig->r, true, false, 1);
    assert_true(rig->state.paused);
    expect_never(rig, SYNC_STOPPED);
    failed(rig, ST_NETWORK, -1); /* of a read that the operator asked for */
    expect_never(rig, SYNC_STOPPED);
    refresh_pause(&rig->r, false, false, 1);
    expect_after(rig, 2000, SYNC_WAITING);
    refresh_succeeded(&rig->r);
    refresh_plan(&rig->r, 1);
    refresh_pause(&rig->r, true, true, 1); /* what runs ends first */
    assert_int_equal(rig->state.phase, SYNC_IDLE);
    refresh_plan(&rig->r, 1);
    expect_never(rig, SYNC_STOPPED);
    refresh_pause(&rig->r, false, false, 1);
    expect_after(rig, 30000, SYNC_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_interval_and_budget, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_asking_makes_no_wait_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_after_a_refusal_each_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_after_a_401_nothing_where_it_is_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pause, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
