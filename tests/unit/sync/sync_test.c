/* sync_test.c: one chain, its failures, the refresh, and what the operator says. Several chains
 * are in branches_test.c. It covers sync.c, chain.c and sweep.c. */
#include "tests/unit/sync/fake_api.h"

static int setup(void **state)
{
    static struct world w;
    static const struct sync_options options = {
        .refresh_ms = 30000, .page_limit = 100, .budget_rps = 2.0, .idle_ms = 300000};
    *state = world_open(&w, &options);
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

/* ---- the chain ---- */

static void test_next_page_is_asked_as_its_cursor_streams_in(void **state)
{
    struct world *w = *state;
    assert_quiet(w, 100000);
    sync_start(w->sync);
    assert_int_equal(w->api.lists, 1);
    assert_int_equal(asked(w, true, "")->limit, 100);
    stream_cursor(w, "", "c2");
    assert_non_null(open_call(w, true, "c2"));
    stream_cursor(w, "c2", "c3");
    assert_int_equal(w->api.lists, 2);
    end_page(w, "", (struct ending){0, T0, 1, true, 1});
    end_page(w, "c2", (struct ending){0, T0, 1, true, 1});
    assert_non_null(open_call(w, true, "c3"));
    assert_int_equal(w->api.open_most, 2);
}

static void test_complete_is_said_when_proven(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    assert_int_equal(now(w)->phase, SYNC_LOADING);
    page(w, "", "ab", "c2", 3);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_int_equal(now(w)->total, 3);
    page(w, "c2", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    assert_int_equal(now(w)->complete_wall_ms, T0);
    assert_int_equal(now(w)->loaded, 3);
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(fleet_count(w->fleet), 3);
    assert_quiet(w, 29999);
    pass(w, 1);
    assert_non_null(open_call(w, true, ""));
}

static void test_without_a_date_it_is_only_walked(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page_of(w, "", "ab", "c2", 3, WHEN_NONE);
    page_of(w, "c2", "c", NULL, 3, WHEN_NONE);
    assert_int_equal(now(w)->proof, SYNC_WALKED);
    assert_non_null(strstr(now(w)->note, "moved"));
}

/* The second page overtakes the first: T0 and t0 are the first page's all the same. */
static void test_t0_is_the_first_pages_whichever_ends_first(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    stream_cursor(w, "", "c2");
    stream_record(w, "", "a", OLD);
    stream_record(w, "c2", "b", OLD);
    end_page(w, "c2", (struct ending){2, T0, 0, false, 1});
    end_page(w, "", (struct ending){3, T0, 1, true, 1});
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(now(w)->proof, SYNC_NONE);
}

/* A cursor beside has_more false: the server's word is that this was the last page. */
static void test_a_last_page_with_a_cursor_is_the_last(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "ab", "c2", 3);
    stream_cursor(w, "c2", "c3");
    stream_record(w, "c2", "c", OLD);
    end_page(w, "c2", (struct ending){3, T0, 0, true, 1});
    assert_int_equal(open_count(&w->api, true), 0);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

/* One page with as many accounts as its total says, and there are more all the same: the total is
 * that of the page. */
static void test_one_page_that_leaves_open_whether_more_follows(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    stream_record(w, "", "a", OLD);
    end_page(w, "", (struct ending){1, T0, 1, false, 1});
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_non_null(strstr(now(w)->note, "leaves open"));
}

/* Without a total nobody counts: then an account that could not be read is missed by nobody. */
static void test_one_page_with_an_unreadable_account_and_no_total(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    stream_record(w, "", "a", OLD);
    struct api_call *c = asked(w, true, "");
    c->events.record(c->ctx, span_of("{\"name\":\"no id\"}"), NULL, c->started);
    end_page(w, "", (struct ending){-1, T0, 0, false, 2});
    assert_int_equal(now(w)->bad, 1);
    assert_int_equal(now(w)->proof, SYNC_NONE);
}

static void test_what_is_not_proven_is_said(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 3);
    page(w, "c2", "b", NULL, 1234);
    assert_string_equal(now(w)->note,
                        "not proven complete: the server's total went from 3 to 1,234");
    pass(w, 30000);
    page(w, "", "a", "c2", -1);
    page(w, "c2", "b", NULL, -1);
    assert_string_equal(now(w)->note, "not proven complete: the server says no total");
}

/* ---- F17, F18: servers that do not end ---- */

static void test_f17_a_repeated_cursor_ends_the_walk(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 9);
    page(w, "c2", "b", "c3", 9);
    page(w, "c3", "c", "c2", 9);
    assert_string_equal(now(w)->note, "the server loops at page 3");
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_int_equal(now(w)->error.status, ST_UNREADABLE);
    assert_int_equal(fleet_count(w->fleet), 3);
    assert_int_equal(open_count(&w->api, true), 0);
    assert_int_equal(w->api.lists, 3);
}

/* The cursor came while two pages were open, so it was asked for when its page had ended. */
static void test_f17_a_page_that_points_at_itself(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    stream_cursor(w, "", "c2");
    end_page(w, "", (struct ending){9, T0, 1, true, 1});
    stream_cursor(w, "c2", "c3");
    stream_cursor(w, "c3", "c4");
    end_page(w, "c2", (struct ending){9, T0, 1, true, 1});
    end_page(w, "c3", (struct ending){9, T0, 1, true, 1});
    page(w, "c4", "d", "c4", 9);
    assert_string_equal(now(w)->note, "the server loops at page 4");
}

/* The page before it is still coming in: what it brings is not thrown away. */
static void test_f17_a_loop_waits_for_the_page_before(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 9);
    stream_cursor(w, "c2", "c3");
    page(w, "c3", "c", "c2", 9);
    assert_int_equal(now(w)->phase, SYNC_LOADING);
    stream_record(w, "c2", "b", OLD);
    end_page(w, "c2", (struct ending){9, T0, 1, true, 1});
    assert_string_equal(now(w)->note, "the server loops at page 3");
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(fleet_count(w->fleet), 3);
    assert_int_equal(w->api.lists, 3);
}

static void test_f17_an_empty_cursor_is_the_first_page_again(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "", 9);
    assert_string_equal(now(w)->note, "the server loops at page 1");
    assert_int_equal(w->api.lists, 1);
}

static void test_f18_empty_pages_without_end(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 9);
    page(w, "c2", "", "c3", 9);
    page(w, "c3", "", "c4", 9);
    assert_int_equal(now(w)->phase, SYNC_LOADING);
    page(w, "c4", "", "c5", 9);
    assert_non_null(strstr(now(w)->note, "empty pages"));
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_int_equal(open_count(&w->api, true), 0);
    assert_int_equal(fleet_count(w->fleet), 1);
}

static void test_f18_pages_without_end(void **state)
{
    struct world *w = *state;
    char cursor[16] = "", next[16];
    sync_start(w->sync);
    for (int i = 1; i <= 10000; i++) {
        snprintf(next, sizeof next, "c%d", i + 1);
        page(w, cursor, "a", next, -1);
        memcpy(cursor, next, sizeof next);
    }
    assert_non_null(strstr(now(w)->note, "without end"));
    assert_int_equal(w->api.lists, 10000);
    assert_int_equal(open_count(&w->api, true), 0);
}

/* ---- F19: a cursor that the server forgot ---- */

static void test_f19_an_expired_cursor_begins_again_once(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 2);
    answer(w, true, "c2", ST_INVALID, -1);
    assert_non_null(strstr(now(w)->note, "begun again"));
    page(w, "", "a", "c2", 2);
    answer(w, true, "c2", ST_REJECTED, -1);
    assert_int_equal(now(w)->phase, SYNC_WAITING);
    /* The dead cursor is not asked for again. */
    pass(w, 2000);
    page(w, "", "a", "c9", 2);
    page(w, "c9", "b", NULL, 2);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

/* One that forgets every cursor: each try brings page 1 again, which is no sign that the list can
 * be read. It stays stale, and the tries become rarer. */
static void test_f19_a_server_that_forgets_every_cursor(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    int64_t since = WHEN_NONE;
    static const int64_t waits[] = {2000, 4000, 5000, 5000, 5000, 10000};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        int64_t wait = waits[i];
        for (int times = 0; times < 2; times++) {
            page(w, "", "a", "c2", 2);
            if (since != WHEN_NONE) {
                assert_true(now(w)->stale_since_wall_ms == since);
                assert_int_equal(now(w)->error.status, ST_INVALID);
            }
            answer(w, true, "c2", ST_INVALID, -1);
        }
        assert_int_equal(now(w)->phase, SYNC_WAITING);
        if (since == WHEN_NONE)
            since = now(w)->stale_since_wall_ms;
        assert_true(since != WHEN_NONE);
        assert_quiet(w, wait - 1);
        pass(w, 1);
    }
    page(w, "", "a", "c2", 2);
    page(w, "c2", "b", NULL, 2);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    assert_true(now(w)->stale_since_wall_ms == WHEN_NONE);
    assert_int_equal(now(w)->error.status, ST_OK);
    /* The next failure begins with the shortest wait. */
    pass(w, 30000);
    answer(w, true, "", ST_SERVER, -1);
    assert_quiet(w, 1999);
    pass(w, 1);
    assert_non_null(open_call(w, true, ""));
}

/* ---- F20: drift ---- */

static void load_three(struct world *w)
{
    sync_start(w->sync);
    page(w, "", "ab", "c2", 3);
    page(w, "c2", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

static void test_f20_a_partial_walk_removes_nothing(void **state)
{
    struct world *w = *state;
    load_three(w);
    pass(w, 30000);
    page(w, "", "a", "c2", 3);
    page(w, "c2", "b", NULL, 3); /* three, the server says; two came */
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_string_equal(now(w)->note, "not proven complete: the server's total is 3, and 2 came");
    assert_int_equal(fleet_count(w->fleet), 3);
    assert_int_equal(w->api.reads, 0);
    pass(w, 30000);
    page(w, "", "a", "c2", 1);
    answer(w, true, "c2", ST_NETWORK, -1);
    sync_cancel(w->sync);
    assert_int_equal(fleet_count(w->fleet), 3);
}

static void test_f20_a_proven_walk_removes_what_is_gone(void **state)
{
    struct world *w = *state;
    load_three(w);
    fleet_lock(w->fleet, row_of(w, "b"), "a write is open");
    pass(w, 30000);
    page(w, "", "a", NULL, 1);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    assert_int_equal(now(w)->removed, 1);
    assert_int_equal(row_of(w, "c"), ROW_NONE);
    assert_int_not_equal(row_of(w, "b"), ROW_NONE);
}

/* An account created after t0 takes no part in the proof: the count before t0 is one short. */
static void test_f20_a_new_account_does_not_stand_for_a_missed_one(void **state)
{
    struct world *w = *state;
    load_three(w);
    pass(w, 30000);
    stream_cursor(w, "", "c2");
    stream_record(w, "", "a", OLD);
    end_page(w, "", (struct ending){3, T0, 1, true, 1});
    stream_record(w, "c2", "b", OLD);
    stream_record(w, "c2", "d", LATE);
    end_page(w, "c2", (struct ending){4, T0, 0, false, 2});
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_int_equal(fleet_count(w->fleet), 4);
}

/* b is gone and c was skipped; d is new, though it says that it is old: the count before t0 fits by
 * chance. A server whose created_at was seen to say such a thing is never believed again. */
static void test_f20_a_created_at_that_cannot_be_is_not_believed(void **state)
{
    struct world *w = *state;
    load_three(w);
    pass(w, 30000);
    page(w, "", "ab", "c2", 3);
    page(w, "c2", "d", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_WALKED);
    assert_int_not_equal(row_of(w, "c"), ROW_NONE); /* asked for, not removed */
    assert_non_null(open_call(w, false, "c"));
    answer(w, false, "c", ST_OK, -1);
    pass(w, 30000);
    page(w, "", "ab", "c2", 4);
    page(w, "c2", "cd", NULL, 4);
    assert_int_equal(now(w)->proof, SYNC_WALKED);
}

/* It was there before and is there again: whatever its created_at says, it was there at t0. */
static void test_f20_what_is_known_needs_no_created_at(void **state)
{
    struct world *w = *state;
    for (int sweeps = 0; sweeps < 2; sweeps++) {
        sync_start(w->sync);
        stream_cursor(w, "", "c2");
        stream_record(w, "", "a", "yesterday");
        end_page(w, "", (struct ending){2, T0, 1, true, 1});
        stream_record(w, "c2", "b", LATE);
        end_page(w, "c2", (struct ending){2, T0, 0, false, 1});
        assert_int_equal(now(w)->proof, sweeps ? SYNC_COMPLETE : SYNC_WALKED);
    }
}

/* More accounts from before t0 than there were at t0. */
static void test_f20_more_than_there_can_be_is_not_believed(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "ab", "c2", 2);
    page(w, "c2", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    pass(w, 30000);
    page(w, "", "ab", "c2", 3);
    page(w, "c2", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_WALKED);
}

static void test_f20_after_a_mere_walk_the_missing_are_asked_about(void **state)
{
    struct world *w = *state;
    load_three(w);
    pass(w, 30000);
    page_of(w, "", "a", "c2", 1, WHEN_NONE);
    page_of(w, "c2", "", NULL, 1, WHEN_NONE);
    assert_int_equal(now(w)->proof, SYNC_WALKED);
    assert_int_equal(fleet_count(w->fleet), 3);
    answer(w, false, "b", ST_NOT_FOUND, -1);
    answer(w, false, "c", ST_OK, -1);
    assert_int_equal(row_of(w, "b"), ROW_NONE);
    assert_int_not_equal(row_of(w, "c"), ROW_NONE);
    assert_int_equal(now(w)->removed, 1);
}

/* ---- failures ---- */

static void test_a_failed_page_is_asked_again_from_its_cursor(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 3);
    stream_cursor(w, "c2", "c3"); /* the next is under way when this one fails */
    stream_record(w, "c2", "b", OLD);
    answer(w, true, "c2", ST_NETWORK, -1);
    assert_int_equal(now(w)->phase, SYNC_WAITING);
    assert_int_equal(now(w)->error.status, ST_NETWORK);
    assert_int_equal(now(w)->stale_since_wall_ms, w->api.time.wall_ms);
    assert_int_equal(now(w)->next_try_mono_ms, w->api.time.mono_ms + 2000);
    assert_int_equal(open_count(&w->api, true), 0);
    assert_int_equal(fleet_count(w->fleet), 2);
    assert_quiet(w, 1999);
    pass(w, 1);
    page(w, "c2", "b", "c3", 3);
    assert_int_equal(now(w)->stale_since_wall_ms, WHEN_NONE);
    page(w, "c3", "c", NULL, 3);
    assert_string_equal(now(w)->note, "");
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

/* Page 3 fails while page 2 is still coming in: what page 2 would have brought is not skipped. */
static void test_a_failure_takes_up_the_earliest_open_page(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 3);
    stream_cursor(w, "c2", "c3");
    answer(w, true, "c3", ST_SERVER, -1);
    pass(w, 2000);
    page(w, "c2", "b", "c3", 3);
    page(w, "c3", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

static void test_back_off_doubles_to_a_minute_and_heeds_the_server(void **state)
{
    struct world *w = *state;
    static const int64_t waits[] = {2000, 4000, 5000, 5000, 5000, 10000, 20000, 40000, 60000};
    sync_start(w->sync);
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        answer(w, true, "", ST_SERVER, -1);
        assert_int_equal(now(w)->next_try_mono_ms - w->api.time.mono_ms, waits[i]);
        assert_quiet(w, waits[i] - 1);
        pass(w, 1);
    }
    answer(w, true, "", ST_RATE, 90000);
    assert_int_equal(now(w)->next_try_mono_ms - w->api.time.mono_ms, 90000);
    pass(w, 90000);
    page(w, "", "a", NULL, 1);
    assert_int_equal(now(w)->error.status, ST_OK);
    pass(w, 30000);
    answer(w, true, "", ST_SERVER, -1);
    assert_int_equal(now(w)->next_try_mono_ms - w->api.time.mono_ms, 2000);
}

/* That one account can be read says nothing about the list. */
static void test_a_single_read_does_not_end_the_back_off(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    answer(w, true, "", ST_SERVER, -1);
    sync_read(w->sync, span_of("a"));
    answer(w, false, "a", ST_OK, -1);
    assert_int_equal(now(w)->error.status, ST_SERVER);
    assert_int_not_equal(now(w)->stale_since_wall_ms, WHEN_NONE);
    pass(w, 2000);
    answer(w, true, "", ST_SERVER, -1);
    assert_int_equal(now(w)->next_try_mono_ms - w->api.time.mono_ms, 4000);
}

/* Slowly: somebody's hand gives the token or the right back, maybe while nobody is at the keys. */
static void test_f05_after_a_refusal_it_is_tried_each_minute(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    answer(w, true, "", ST_AUTH, -1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(now(w)->phase, SYNC_WAITING);
        assert_quiet(w, 59999);
        pass(w, 1);
        answer(w, true, "", i ? ST_FORBIDDEN : ST_AUTH, -1);
    }
    sync_pause(w->sync, true);
    assert_quiet(w, 3600000);
    sync_pause(w->sync, false);
    assert_quiet(w, 59999);
    sync_now(w->sync);
    sync_pause(w->sync, true); /* says nothing of what is under way */
    assert_int_equal(now(w)->phase, SYNC_LOADING);
    sync_pause(w->sync, false);
    page(w, "", "a", NULL, 1);
    assert_int_equal(now(w)->phase, SYNC_IDLE);
}

/* ---- what the operator says ---- */

static void test_without_the_operator_refreshes_are_rarer(void **state)
{
    struct world *w = *state;
    load_three(w);
    /* The interval passes at its pace for ten minutes. */
    for (int i = 0; i < 10; i++) {
        pass(w, 30000);
        page(w, "", "abc", NULL, 3);
    }
    assert_quiet(w, 119999); /* four times as long after five minutes without a key */
    pass(w, 1);
    page(w, "", "abc", NULL, 3);
    pass(w, 40000);
    assert_null(open_call(w, true, ""));
    sync_touch(w->sync); /* somebody is there again: it was due ten seconds ago */
    pass(w, 0);
    page(w, "", "abc", NULL, 3);
    assert_quiet(w, 29999);
    sync_touch(w->sync);
    pass(w, 1);
    page(w, "", "abc", NULL, 3);
    sync_pause(w->sync, true);
    sync_touch(w->sync);
    assert_quiet(w, 3600000);
}

/* 2 requests a second: a list of 200 pages is read again after 100 s. */
static void test_refreshes_keep_to_their_budget(void **state)
{
    struct world *w = *state;
    char cursor[16] = "", next[16];
    sync_start(w->sync);
    for (int i = 1; i <= 200; i++) {
        snprintf(next, sizeof next, "c%d", i + 1);
        page(w, cursor, "a", i < 200 ? next : NULL, -1);
        memcpy(cursor, next, sizeof next);
    }
    assert_int_equal(now(w)->requests, 200);
    assert_quiet(w, 99999);
    pass(w, 1);
    assert_non_null(open_call(w, true, ""));
}

static void test_paused_nothing_is_sent(void **state)
{
    struct world *w = *state;
    load_three(w);
    sync_pause(w->sync, true);
    assert_int_equal(now(w)->phase, SYNC_STOPPED);
    assert_quiet(w, 3600000);
    sync_pause(w->sync, false);
    assert_quiet(w, 29999);
    pass(w, 1);
    assert_non_null(open_call(w, true, ""));
}

static void test_paused_while_loading_a_failure_is_not_tried_again(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "ab", "c2", 3);
    sync_pause(w->sync, true);
    answer(w, true, "c2", ST_SERVER, -1);
    assert_int_equal(now(w)->phase, SYNC_STOPPED);
    assert_quiet(w, 3600000);
    sync_pause(w->sync, false); /* goes on where it failed */
    assert_int_equal(now(w)->phase, SYNC_WAITING);
    pass(w, 2000);
    page(w, "c2", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

static void test_cancel_keeps_what_came(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "ab", "c2", 3);
    sync_read(w->sync, span_of("a"));
    assert_true(sync_cancel(w->sync));
    assert_int_equal(open_count(&w->api, true) + open_count(&w->api, false), 0);
    assert_non_null(strstr(now(w)->note, "cancelled"));
    assert_int_equal(fleet_count(w->fleet), 2);
    /* That read is cancelled, not those to come. */
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_quiet(w, 29999);
    pass(w, 1);
    assert_non_null(open_call(w, true, ""));
    assert_true(sync_cancel(w->sync));
    sync_now(w->sync);
    assert_non_null(open_call(w, true, ""));
    /* With a pause there are none. */
    sync_pause(w->sync, true);
    assert_true(sync_cancel(w->sync));
    assert_int_equal(now(w)->phase, SYNC_STOPPED);
    assert_quiet(w, 3600000);
}

/* With nothing running there is nothing to cancel, and the refresh comes as if nobody had asked. */
static void test_cancel_of_nothing_changes_nothing(void **state)
{
    struct world *w = *state;
    load_three(w);
    pass(w, 20000);
    int64_t next = now(w)->next_try_mono_ms;
    assert_false(sync_cancel(w->sync));
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(now(w)->next_try_mono_ms, next);
    assert_string_equal(now(w)->note, "");
    assert_quiet(w, 9999);
    pass(w, 1);
    answer(w, true, "", ST_NETWORK, -1);
    assert_int_equal(now(w)->phase, SYNC_WAITING);
    assert_false(sync_cancel(w->sync)); /* the wait for the next try is none */
    assert_int_equal(now(w)->phase, SYNC_WAITING);
    pass(w, 2000);
    assert_non_null(open_call(w, true, ""));
    /* A read of one account is one, and the plan for the list stays. */
    page(w, "", "abc", NULL, 3);
    next = now(w)->next_try_mono_ms;
    sync_read(w->sync, span_of("a"));
    assert_true(sync_cancel(w->sync));
    assert_int_equal(open_count(&w->api, false), 0);
    assert_int_equal(now(w)->next_try_mono_ms, next);
    assert_int_equal(now(w)->phase, SYNC_IDLE);
}

static void test_narrowed_first_then_the_rest(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 3);
    sync_narrow(w->sync, "acme", NULL, false);
    assert_int_equal(open_count(&w->api, true), 1);
    assert_string_equal(asked(w, true, "acme|")->type, "acme");
    assert_true(now(w)->narrowed);
    page(w, "acme|", "b", NULL, 1);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_int_equal(now(w)->total, 3); /* the filter's total is not the fleet's */
    assert_false(now(w)->narrowed);
    assert_string_equal(asked(w, true, "")->type, "");
    page(w, "", "ab", "c2", 3);
    page(w, "c2", "c", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    sync_narrow(w->sync, "acme", NULL, false); /* everything is here */
    assert_int_equal(open_count(&w->api, true), 0);
}

/* An account comes into a filter, or leaves it, by a change: then one that is older than t0 was not
 * among those that were counted. */
static void test_f20_a_narrowed_list_is_walked_and_not_more(void **state)
{
    struct world *w = *state;
    static const struct sync_options options = {.page_limit = 100, .narrow_whole = true};
    sync_destroy(w->sync);
    w->sync = sync_create(w->loop, &w->api, w->fleet, &options, NULL, NULL);
    sync_narrow(w->sync, NULL, "active", false);
    sync_start(w->sync);
    page(w, "/active", "ab", "c2", 3);
    page(w, "/activec2", "d", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_WALKED);
    sync_start(w->sync);
    page(w, "/active", "abd", NULL, 3);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE); /* of one page: all at one moment */
}

/* A cursor belongs to its filter: it is not asked for under another one. */
static void test_narrowed_while_waiting_begins_anew(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    page(w, "", "a", "c2", 3);
    answer(w, true, "c2", ST_SERVER, -1);
    sync_narrow(w->sync, "acme", NULL, false);
    assert_quiet(w, 1999); /* the server is spared as before */
    pass(w, 1);
    assert_null(open_call(w, true, "acme|c2"));
    assert_string_equal(asked(w, true, "acme|")->type, "acme");
    assert_true(now(w)->narrowed);
}

/* ---- single reads ---- */

static void test_visible_rows_are_read_first_when_the_chain_is_long(void **state)
{
    struct world *w = *state;
    load_three(w);
    row_id rows[] = {row_of(w, "a"), row_of(w, "b"), row_of(w, "c")};
    sync_visible(w->sync, rows, 3);
    sync_now(w->sync); /* two pages: cheaper than three reads */
    assert_int_equal(w->api.reads, 0);
    page(w, "", "a", "c2", 5);
    page(w, "c2", "b", "c3", 5);
    page(w, "c3", "c", "c4", 5);
    page(w, "c4", "d", "c5", 5);
    page(w, "c5", "e", NULL, 5);
    sync_now(w->sync);
    assert_int_equal(open_count(&w->api, false), 2);
    answer(w, false, "a", ST_OK, -1);
    answer(w, false, "b", ST_SERVER, -1);
    answer(w, false, "c", ST_OK, -1);
    assert_int_equal(w->api.reads, 3);
    assert_non_null(open_call(w, true, ""));
    struct value name;
    fleet_get(w->fleet, rows[0], FIELD_NAME, &name);
    assert_true(span_is(name.text, "read"));
}

static void test_f07_a_single_read_of_what_is_gone_removes_it(void **state)
{
    struct world *w = *state;
    load_three(w);
    fleet_lock(w->fleet, row_of(w, "b"), "a write is open");
    pass(w, 10);
    sync_read(w->sync, span_of("a"));
    sync_read(w->sync, span_of("b"));
    sync_read(w->sync, span_of("c"));
    sync_read(w->sync, span_of("c")); /* asked twice, read once */
    answer(w, false, "a", ST_NOT_FOUND, -1);
    answer(w, false, "b", ST_NOT_FOUND, -1);
    answer(w, false, "c", ST_SERVER, -1);
    assert_int_equal(w->api.reads, 3);
    assert_int_equal(row_of(w, "a"), ROW_NONE);
    assert_int_not_equal(row_of(w, "b"), ROW_NONE);
    assert_int_not_equal(row_of(w, "c"), ROW_NONE);
    assert_int_equal(now(w)->removed, 1);
}

/* ---- news ---- */

static void on_news(void *ctx, const struct sync_event *event)
{
    static const char letters[] = "BRCA";
    char *log = ctx;
    size_t n = strlen(log);
    if (n + 2 >= 64)
        return;
    log[n++] = letters[event->type];
    if (event->type == SYNC_EV_RECORD) {
        assert_int_not_equal(event->row, ROW_NONE);
        assert_true(event->raw.len > 0);
        log[n++] = (char)('0' + (int)event->put);
    }
    if (event->type == SYNC_EV_COMPLETE && event->proof == SYNC_COMPLETE)
        assert_int_equal(event->t0_wall_ms, T0);
    log[n] = '\0';
}

static void test_listeners_hear_of_a_sweep(void **state)
{
    struct world *w = *state;
    char log[64] = "";
    sync_listen(w->sync, on_news, log);
    load_three(w);
    assert_string_equal(log, "BR0R0R0C");
    log[0] = '\0';
    pass(w, 30000);
    page(w, "", "a", "c2", 3);
    answer(w, true, "c2", ST_NETWORK, -1);
    assert_string_equal(log, "BR2"); /* goes on later: still the same sweep */
    pass(w, 2000);
    page(w, "c2", "b", NULL, 3);
    assert_string_equal(log, "BR2R2A"); /* not proven */
    log[0] = '\0';
    pass(w, 30000);
    sync_cancel(w->sync);
    assert_string_equal(log, "BA");
    log[0] = '\0';
    sync_narrow(w->sync, "acme", NULL, false);
    sync_start(w->sync);
    page(w, "acme|", "a", NULL, 1);
    assert_string_equal(log, "B"); /* nothing of the narrowed one; the whole list follows */
    sync_unlisten(w->sync, on_news, log);
    page(w, "", "abc", NULL, 3);
    assert_string_equal(log, "B");
}

static void test_f20_listeners_hear_of_the_end_after_the_removal(void **state)
{
    struct world *w = *state;
    char log[64] = "";
    load_three(w);
    sync_listen(w->sync, on_news, log);
    pass(w, 30000);
    page(w, "", "a", NULL, 1);
    assert_string_equal(log, "BR2C");
    assert_int_equal(fleet_count(w->fleet), 1);
    sync_unlisten(w->sync, on_news, log);
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(test_next_page_is_asked_as_its_cursor_streams_in),
        UNIT(test_complete_is_said_when_proven),
        UNIT(test_without_a_date_it_is_only_walked),
        UNIT(test_t0_is_the_first_pages_whichever_ends_first),
        UNIT(test_a_last_page_with_a_cursor_is_the_last),
        UNIT(test_one_page_that_leaves_open_whether_more_follows),
        UNIT(test_one_page_with_an_unreadable_account_and_no_total),
        UNIT(test_what_is_not_proven_is_said),
        UNIT(test_f17_a_repeated_cursor_ends_the_walk),
        UNIT(test_f17_a_page_that_points_at_itself),
        UNIT(test_f17_a_loop_waits_for_the_page_before),
        UNIT(test_f17_an_empty_cursor_is_the_first_page_again),
        UNIT(test_f18_empty_pages_without_end),
        UNIT(test_f18_pages_without_end),
        UNIT(test_f19_an_expired_cursor_begins_again_once),
        UNIT(test_f19_a_server_that_forgets_every_cursor),
        UNIT(test_f20_a_partial_walk_removes_nothing),
        UNIT(test_f20_a_proven_walk_removes_what_is_gone),
        UNIT(test_f20_a_new_account_does_not_stand_for_a_missed_one),
        UNIT(test_f20_a_created_at_that_cannot_be_is_not_believed),
        UNIT(test_f20_more_than_there_can_be_is_not_believed),
        UNIT(test_f20_what_is_known_needs_no_created_at),
        UNIT(test_f20_after_a_mere_walk_the_missing_are_asked_about),
        UNIT(test_a_failed_page_is_asked_again_from_its_cursor),
        UNIT(test_a_failure_takes_up_the_earliest_open_page),
        UNIT(test_back_off_doubles_to_a_minute_and_heeds_the_server),
        UNIT(test_a_single_read_does_not_end_the_back_off),
        UNIT(test_f05_after_a_refusal_it_is_tried_each_minute),
        UNIT(test_without_the_operator_refreshes_are_rarer),
        UNIT(test_refreshes_keep_to_their_budget),
        UNIT(test_paused_nothing_is_sent),
        UNIT(test_paused_while_loading_a_failure_is_not_tried_again),
        UNIT(test_cancel_keeps_what_came),
        UNIT(test_cancel_of_nothing_changes_nothing),
        UNIT(test_narrowed_first_then_the_rest),
        UNIT(test_f20_a_narrowed_list_is_walked_and_not_more),
        UNIT(test_narrowed_while_waiting_begins_anew),
        UNIT(test_visible_rows_are_read_first_when_the_chain_is_long),
        UNIT(test_f07_a_single_read_of_what_is_gone_removes_it),
        UNIT(test_listeners_hear_of_a_sweep),
        UNIT(test_f20_listeners_hear_of_the_end_after_the_removal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
