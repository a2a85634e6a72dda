/* keep_test.c: what a run knew the next one shows, as of then; a list that was not proven is not
 * shown; keys are answered meanwhile. It covers keep.c, load.c and write.c. */
#include "keep/keep.h"

#include "base/when.h"
#include "keep/parts.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ACCOUNTS = 730 };

/* A clock that moves on by itself when it is read, so that slices end. */
struct ticking {
    int64_t mono_ms, wall_ms, step_ms;
};

static int64_t tick_mono(void *ctx)
{
    struct ticking *t = ctx;
    t->wall_ms += t->step_ms;
    return t->mono_ms += t->step_ms;
}

static int64_t tick_wall(void *ctx)
{
    return ((struct ticking *)ctx)->wall_ms;
}

struct fixture {
    struct tmpdir *dir;
    struct str cache;
    struct ticking time;
    struct clock clock;
    struct loop *loop;
    struct fleet *fleet;
    struct keep *keep;
    int loads, others;
};

/* One process: its own fleet on the same files. */
static void begin(struct fixture *fx, bool write)
{
    fx->loop = loop_create(fx->clock);
    fx->fleet = fleet_create();
    const struct keep_env env = {.loop = fx->loop,
                                 .fleet = fx->fleet,
                                 .cache_dir = str_text(&fx->cache),
                                 .origin = "https://gw",
                                 .org = "org_1",
                                 .write = write};
    fx->keep = keep_create(&env);
}

static void end(struct fixture *fx)
{
    keep_destroy(fx->keep);
    fleet_destroy(fx->fleet);
    loop_destroy(fx->loop);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "cache", &fx.cache);
    fx.time = (struct ticking){.mono_ms = 50000, .wall_ms = 1700000000000};
    fx.clock = (struct clock){tick_mono, tick_wall, &fx.time};
    begin(&fx, true);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    end(fx);
    str_finish(&fx->cache);
    tmpdir_destroy(fx->dir);
    return 0;
}

static void restart(struct fixture *fx, bool write)
{
    end(fx);
    /* Another boot: the monotonic clock begins anew. */
    fx->time.mono_ms = 1000;
    fx->time.wall_ms += 3600000;
    begin(fx, write);
}

static void write_raw(char out[160], int account, int version)
{
    snprintf(out, 160, "{\"provider_account_id\":\"pa_%d\",\"name\":\"n%d\",\"later\":[%d]}",
             account, version, account * 7);
}

static void put(struct fixture *fx, int account, int version)
{
    char raw[160];
    write_raw(raw, account, version);
    fleet_put(fx->fleet, span_of(raw), fx->time.mono_ms, NULL);
    const struct sync_event event = {.type = SYNC_EV_RECORD};
    keep_hear(fx->keep, &event);
}

static void sweep_begins(struct fixture *fx)
{
    const struct sync_event event = {.type = SYNC_EV_BEGAN};
    keep_hear(fx->keep, &event);
}

static void sweep_ends(struct fixture *fx, enum sync_event_type type)
{
    const struct sync_event event = {
        .type = type, .proof = SYNC_COMPLETE, .t0_wall_ms = fx->time.wall_ms};
    keep_hear(fx->keep, &event);
}

static void turns(struct fixture *fx)
{
    for (int i = 0; i < 3000; i++)
        loop_step(fx->loop, 0);
}

static void sync_all(struct fixture *fx, int version)
{
    sweep_begins(fx);
    for (int i = 0; i < ACCOUNTS; i++)
        put(fx, i, version);
    sweep_ends(fx, SYNC_EV_COMPLETE);
    turns(fx);
}

static void assert_account(struct fixture *fx, int account, int version)
{
    char id[40], raw[160];
    snprintf(id, sizeof id, "pa_%d", account);
    write_raw(raw, account, version);
    row_id row = fleet_find(fx->fleet, span_of(id));
    assert_int_not_equal(row, ROW_NONE);
    assert_true(span_is(fleet_raw(fx->fleet, row), raw));
}

static void on_loaded(void *ctx)
{
    ((struct fixture *)ctx)->loads++;
}

static void load(struct fixture *fx)
{
    fx->loads = 0;
    keep_load(fx->keep, on_loaded, fx);
    assert_int_equal(fx->loads, 0); /* never from inside the call */
    turns(fx);
    assert_int_equal(fx->loads, 1);
}

static void test_the_next_run_shows_it(void **state)
{
    struct fixture *fx = *state;
    load(fx);
    assert_int_equal(fleet_count(fx->fleet), 0);
    assert_int_equal(keep_state(fx->keep)->complete_wall_ms, WHEN_NONE);
    sync_all(fx, 1);
    int64_t as_of = fx->time.wall_ms;
    restart(fx, true);
    load(fx);
    assert_int_equal(fleet_count(fx->fleet), ACCOUNTS);
    for (int i = 0; i < ACCOUNTS; i++)
        assert_account(fx, i, 1);
    const struct keep_state *st = keep_state(fx->keep);
    assert_int_equal(st->complete_wall_ms, as_of);
    assert_int_equal(st->total, ACCOUNTS);
    assert_int_equal(st->loaded, ACCOUNTS);
    assert_int_equal(st->error.status, ST_OK);
    row_id row = fleet_find(fx->fleet, span_of("pa_5"));
    assert_true(keep_is_old(fx->keep, row));
    assert_int_equal(fleet_news(fx->fleet, row), FLEET_NEWS_NONE);
    put(fx, 5, 1);
    assert_false(keep_is_old(fx->keep, row));
}

/* The session ends in the moment in which its list was proven. */
static void test_the_last_list_is_kept(void **state)
{
    struct fixture *fx = *state;
    sync_all(fx, 1);
    sweep_begins(fx);
    for (int i = 0; i < ACCOUNTS; i++)
        put(fx, i, 2);
    sweep_ends(fx, SYNC_EV_COMPLETE);
    assert_false(keep_end(fx->keep, 0)); /* no time: the one before stays */
    assert_true(keep_end(fx->keep, 1000));
    assert_true(keep_end(fx->keep, 0)); /* nothing waits */
    restart(fx, true);
    load(fx);
    for (int i = 0; i < ACCOUNTS; i++)
        assert_account(fx, i, 2);
}

static void test_unproven_is_not_shown(void **state)
{
    struct fixture *fx = *state;
    sync_all(fx, 1);
    sweep_begins(fx);
    for (int i = 0; i < ACCOUNTS - 1; i++)
        put(fx, i, 2);
    sweep_ends(fx, SYNC_EV_ABANDONED);
    turns(fx);
    restart(fx, true);
    load(fx);
    for (int i = 0; i < ACCOUNTS; i++)
        assert_account(fx, i, 1);
    /* What was written in vain is no obstacle: a little changes, then something goes. */
    sweep_begins(fx);
    put(fx, 3, 4);
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of("pa_9")), fx->time.mono_ms);
    sweep_ends(fx, SYNC_EV_COMPLETE);
    turns(fx);
    restart(fx, true);
    load(fx);
    assert_int_equal(fleet_count(fx->fleet), ACCOUNTS - 1);
    assert_account(fx, 3, 4);
    assert_account(fx, 4, 1);
    assert_int_equal(fleet_find(fx->fleet, span_of("pa_9")), ROW_NONE);
}

/* Over and over, with changes in between sweeps: what is shown next is always the last. */
static void test_many_generations(void **state)
{
    struct fixture *fx = *state;
    int versions[ACCOUNTS] = {0};
    unsigned seed = 3;
    sync_all(fx, 0);
    for (int round = 1; round < 40; round++) {
        sweep_begins(fx);
        for (int i = 0; i < round * 9 % 250; i++) {
            seed = seed * 1664525u + 1013904223u;
            int account = (int)(seed >> 8) % ACCOUNTS;
            account = account < 0 ? -account : account;
            versions[account] = round;
            put(fx, account, round);
        }
        sweep_ends(fx, SYNC_EV_COMPLETE);
        turns(fx);
        if (round % 8 != 0)
            continue;
        restart(fx, true);
        load(fx);
        assert_int_equal(fleet_count(fx->fleet), ACCOUNTS);
        for (int i = 0; i < ACCOUNTS; i++)
            assert_account(fx, i, versions[i]);
    }
}

static void test_a_save_is_there_at_once(void **state)
{
    struct fixture *fx = *state;
    sync_all(fx, 1);
    fx->time.wall_ms += 5;
    fx->time.mono_ms += 5;
    put(fx, 7, 9);
    keep_saved(fx->keep, span_of("pa_7"));
    put(fx, ACCOUNTS, 1);
    keep_saved(fx->keep, span_of("pa_730"));
    fleet_remove(fx->fleet, fleet_find(fx->fleet, span_of("pa_8")), fx->time.mono_ms);
    keep_saved(fx->keep, span_of("pa_8"));
    restart(fx, true);
    load(fx);
    assert_account(fx, 7, 9);
    assert_account(fx, ACCOUNTS, 1);
    assert_int_equal(fleet_find(fx->fleet, span_of("pa_8")), ROW_NONE);
    /* The next complete sync has the last word. */
    sync_all(fx, 10);
    restart(fx, true);
    load(fx);
    assert_account(fx, 7, 10);
    assert_account(fx, 8, 10);
}

static void on_other(void *ctx)
{
    ((struct fixture *)ctx)->others++;
}

/* A list that takes many slices: what else waits on the loop has its turn between them. */
static void test_keys_are_answered_meanwhile(void **state)
{
    struct fixture *fx = *state;
    sync_all(fx, 1);
    restart(fx, true);
    fx->time.step_ms = 1;
    fx->loads = 0;
    keep_load(fx->keep, on_loaded, fx);
    while (!fx->loads) {
        loop_timer_start(fx->loop, 0, on_other, fx);
        loop_step(fx->loop, 0);
    }
    assert_true(fx->others > 5);
    assert_int_equal(fleet_count(fx->fleet), ACCOUNTS);
    fx->others = 0;
    fx->time.step_ms = 0;
    sweep_begins(fx);
    for (int i = 0; i < ACCOUNTS; i++)
        put(fx, i, 2);
    fx->time.step_ms = 4;
    sweep_ends(fx, SYNC_EV_COMPLETE);
    while (keep_state(fx->keep)->flipped_wall_ms == WHEN_NONE) {
        loop_timer_start(fx->loop, 0, on_other, fx);
        loop_step(fx->loop, 0);
    }
    assert_true(fx->others > 5);
    fx->time.step_ms = 0;
}

/* F23: two at once: the first writes, the second only looks, and takes over when the first ends. */
static void test_f23_two_at_once(void **state)
{
    struct fixture *first = *state;
    static struct fixture second;
    sync_all(first, 1);
    second = *first;
    begin(&second, true);
    load(&second);
    assert_int_equal(fleet_count(second.fleet), ACCOUNTS);
    sync_all(&second, 2);
    assert_int_equal(keep_state(second.keep)->flipped_wall_ms, WHEN_NONE);
    sync_all(first, 3);
    end(first);
    begin(first, false);
    load(first);
    assert_account(first, 1, 3);
    sync_all(&second, 4);
    assert_int_not_equal(keep_state(second.keep)->flipped_wall_ms, WHEN_NONE);
    end(&second);
    end(first);
    begin(first, true);
    load(first);
    for (int i = 0; i < ACCOUNTS; i++)
        assert_account(first, i, 4);
}

/* F22: sound for SQLite, and still not what was written: nothing of it is shown. */
static void test_f22_a_spoiled_block(void **state)
{
    struct fixture *fx = *state;
    sync_all(fx, 1);
    struct error err;
    struct snapshot *s = fx->keep->snapshot;
    int64_t number;
    const struct snapshot_list list = {.complete_wall_ms = 1, .accounts = 5};
    assert_int_equal(snapshot_write_begin(s, &err), ST_OK);
    assert_int_equal(snapshot_write_block(s, span_of("no block"), 0, &number, &err), ST_OK);
    assert_int_equal(snapshot_write_end(s, &err), ST_OK);
    const struct snapshot_block blocks[] = {{.number = 1, .bits = {255}},
                                            {.number = number, .bits = {1}}};
    assert_int_equal(snapshot_flip(s, &list, blocks, 2, 0, &err), ST_OK);
    restart(fx, true);
    load(fx);
    assert_int_equal(fleet_count(fx->fleet), 0);
    assert_int_equal(keep_state(fx->keep)->complete_wall_ms, WHEN_NONE);
    assert_non_null(strstr(keep_state(fx->keep)->note, "corrupt"));
    sync_all(fx, 2);
    restart(fx, true);
    load(fx);
    assert_account(fx, 1, 2);
}

/* F21: no file can be made: everything goes on, and the state says why. */
static void test_f21_no_room_for_a_file(void **state)
{
    struct fixture *fx = *state;
    struct str path = STR_INIT;
    end(fx);
    assert_true(tmpdir_write(fx->dir, "file", "", 0600));
    str_clear(&fx->cache);
    str_add(&fx->cache, tmpdir_path(fx->dir, "file", &path));
    begin(fx, true);
    load(fx);
    assert_int_equal(keep_state(fx->keep)->error.status, ST_IO);
    sync_all(fx, 1);
    keep_saved(fx->keep, span_of("pa_1"));
    assert_account(fx, 1, 1);
    str_finish(&path);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_next_run_shows_it),   TEST(test_the_last_list_is_kept),
        TEST(test_unproven_is_not_shown),   TEST(test_many_generations),
        TEST(test_a_save_is_there_at_once), TEST(test_keys_are_answered_meanwhile),
        TEST(test_f23_two_at_once),         TEST(test_f22_a_spoiled_block),
        TEST(test_f21_no_room_for_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
