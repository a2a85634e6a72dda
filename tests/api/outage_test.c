/* outage_test.c: a server that is down for longer than the breaker needs, and then back: the list
 * has to come whole with the first try that the server answers, however many pages and chains it
 * has, by itself and when the operator asks. Real HTTP to the sandbox; waiting is skipped. */
#include "sync/sync.h"

#include "base/when.h"
#include "tests/support/api_rig.h"
#include "tests/support/sandbox_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TURNS_MAX = 20000, TURN_MS = 2, SKIP_MS = 2000, PATIENCE_MS = 300000 };

struct outage {
    const char *fault; /* of the sandbox */
    const char *accounts;
    unsigned parallel;
    bool visible; /* rows are on a screen: they are read first */
    int status;   /* of the fault; 0: its own */
};

static const struct outage rows[] = {
    {"outage", "250", 1, false, 0},       {"outage", "1200", 1, false, 0},
    {"outage", "2950", 8, false, 0},      {"outage", "2950", 4, true, 0},
    {"drop", "1200", 4, true, 0},         {"drop", "2950", 8, false, 0},
    {"html", "1200", 4, true, 0},         {"outage", "1200", 4, true, 404},
    {"unauthorized", "1200", 4, true, 0},
};

struct life {
    struct box box;
    struct api_rig rig;
    struct fleet *fleet;
    struct sync *sync;
};

static void life_open(struct life *l, const struct outage *o)
{
    const char *args[] = {"--accounts", o->accounts, "--time-scale", "0", NULL};
    const struct sync_options options = {
        .refresh_ms = 30000, .page_limit = 100, .budget_rps = 2.0, .parallel = o->parallel};
    struct error err;
    box_start(&l->box, args);
    const struct api_settings settings = {.url = l->box.url, .org = "org_demo"};
    rig_open(&l->rig, &settings, NULL);
    api_set_token(l->rig.api, secret_create(SANDBOX_TOKEN, strlen(SANDBOX_TOKEN)), &err);
    l->fleet = fleet_create();
    l->sync = sync_create(l->rig.loop, l->rig.api, l->fleet, &options, NULL, NULL);
}

static void life_close(struct life *l)
{
    sync_destroy(l->sync);
    rig_close(&l->rig);
    fleet_destroy(l->fleet);
    assert_int_equal(box_stop(&l->box), 0);
}

static bool is_fresh(const struct life *l)
{
    const struct sync_state *st = sync_state(l->sync);
    return st->phase == SYNC_IDLE && st->proof == SYNC_COMPLETE && !sync_reading(l->sync) &&
           st->stale_since_wall_ms == WHEN_NONE;
}

/* Turns the loop until the list is fresh; what is waited for is skipped when `skip` is set. False:
 * it does not become fresh, or a try on the way (one, when there is nothing to wait for) failed. */
static bool until_fresh(struct life *l, bool skip)
{
    int64_t until = l->rig.skipped_ms + PATIENCE_MS;
    bool tried = false;
    for (unsigned turns = 0; turns < TURNS_MAX && l->rig.skipped_ms < until; turns++) {
        if (is_fresh(l))
            return true;
        enum sync_phase phase = sync_state(l->sync)->phase;
        if ((tried || !skip) && phase == SYNC_WAITING)
            return false;
        tried |= phase == SYNC_LOADING;
        loop_step(l->rig.loop, TURN_MS);
        if (skip && phase != SYNC_LOADING)
            rig_skip(&l->rig, SKIP_MS);
    }
    return false;
}

static int64_t sent(const struct life *l)
{
    struct api_stats stats;
    api_stats(l->rig.api, &stats);
    return stats.requests;
}

/* Down until the breaker has opened and the sync has failed a few times more. */
static void go_down(struct life *l, const struct outage *o)
{
    char fault[80];
    unsigned fails = 0;
    int n = snprintf(fault, sizeof fault, "{\"fault\":\"%s\",\"seconds\":3600", o->fault);
    if (o->status)
        n += snprintf(fault + n, sizeof fault - (size_t)n, ",\"status\":%d", o->status);
    snprintf(fault + n, sizeof fault - (size_t)n, "}");
    box_fault(&l->box, fault);
    for (unsigned turns = 0; fails < 6; turns++) {
        assert_true(turns < TURNS_MAX);
        enum sync_phase before = sync_state(l->sync)->phase;
        loop_step(l->rig.loop, TURN_MS);
        enum sync_phase phase = sync_state(l->sync)->phase;
        fails += phase == SYNC_WAITING && before == SYNC_LOADING;
        if (phase != SYNC_LOADING)
            rig_skip(&l->rig, SKIP_MS);
    }
    /* What was still under way for single accounts ends too. */
    for (unsigned turns = 0; sync_reading(l->sync); turns++) {
        assert_true(turns < TURNS_MAX);
        loop_step(l->rig.loop, TURN_MS);
    }
    assert_true(sync_state(l->sync)->stale_since_wall_ms != WHEN_NONE);
    /* Whatever a failing server says, all accounts as last seen stay. */
    assert_int_equal(fleet_count(l->fleet), atoi(o->accounts));
}

static void show_rows(struct life *l)
{
    row_id visible[20];
    for (row_id row = 0; row < 20; row++)
        visible[row] = row;
    sync_visible(l->sync, visible, 20);
}

static void back(const struct outage *o, bool operator_asks)
{
    struct life l = {.fleet = NULL};
    life_open(&l, o);
    sync_start(l.sync);
    assert_true(until_fresh(&l, true));
    if (o->visible)
        show_rows(&l);
    go_down(&l, o);
    box_fault(&l.box, "{\"fault\":\"none\"}");
    int64_t before = sent(&l);
    if (operator_asks) {
        api_try_now(l.rig.api);
        sync_now(l.sync);
    }
    /* By itself: the waits in between are skipped. Asked for: there is nothing to wait for. */
    if (!until_fresh(&l, !operator_asks))
        fail_msg("%s, %s accounts, %u at once, %s: it does not come back: \"%s\", %lld ms, sent "
                 "%lld",
                 o->fault, o->accounts, o->parallel, operator_asks ? "asked" : "by itself",
                 sync_state(l.sync)->error.what, (long long)api_wait_ms(l.rig.api),
                 (long long)(sent(&l) - before));
    life_close(&l);
}

static void test_f12_it_comes_back_by_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        back(&rows[i], false);
}

static void test_f12_it_comes_back_when_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        back(&rows[i], true);
}

/* A server that comes and goes, at any moment of what is under way, and then stays. */
static const char *const moods[] = {
    "{\"fault\":\"none\"}",
    "{\"fault\":\"outage\",\"seconds\":3600}",
    "{\"fault\":\"drop\",\"seconds\":3600}",
    "{\"fault\":\"429\",\"seconds\":3600,\"retry_after\":2}",
};

static unsigned any(uint64_t *dice, unsigned below)
{
    *dice = *dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*dice >> 33) % below;
}

static void another_mood(struct life *l, uint64_t *dice)
{
    box_fault(&l->box, moods[0]);
    box_fault(&l->box, moods[any(dice, 4)]);
    for (unsigned turns = any(dice, 24); turns; turns--) {
        loop_step(l->rig.loop, TURN_MS);
        rig_skip(&l->rig, any(dice, 4) ? 20 : 4000);
    }
    if (any(dice, 4) == 0) {
        api_try_now(l->rig.api);
        sync_now(l->sync);
    }
    if (any(dice, 8) == 0)
        sync_cancel(l->sync);
}

static void test_f12_a_server_that_flaps(void **state)
{
    static const struct outage o = {"outage", "1200", 4, true, 0};
    struct life l = {.fleet = NULL};
    uint64_t dice = 7;
    (void)state;
    life_open(&l, &o);
    sync_start(l.sync);
    assert_true(until_fresh(&l, true));
    show_rows(&l);
    for (int mood = 0; mood < 60; mood++)
        another_mood(&l, &dice);
    box_fault(&l.box, moods[0]);
    /* What is under way may still bring a failure of before; then the list comes. */
    if (!until_fresh(&l, true) && !until_fresh(&l, true))
        fail_msg("it does not come back: \"%s\", phase %d, %u of %lld",
                 sync_state(l.sync)->error.what, (int)sync_state(l.sync)->phase,
                 sync_state(l.sync)->loaded, (long long)sync_state(l.sync)->total);
    life_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f12_it_comes_back_by_itself),
        cmocka_unit_test(test_f12_it_comes_back_when_asked),
        cmocka_unit_test(test_f12_a_server_that_flaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
