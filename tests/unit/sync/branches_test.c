/* branches_test.c: a large list read by several chains: how it is divided, when parts are dropped,
 * when the whole list rests and goes on, how the server is spared, and that none of it makes
 * "complete" untrue. */
#include "tests/unit/sync/fake_api.h"

static int setup(void **state)
{
    static struct world w;
    static const struct sync_options options = {
        .refresh_ms = 30000, .page_limit = 2, .budget_rps = 2.0, .parallel = 4};
    *state = world_open(&w, &options);
    return 0;
}

static int setup_status(void **state)
{
    static struct world w;
    static const struct sync_options options = {.refresh_ms = 30000,
                                                .page_limit = 2,
                                                .budget_rps = 2.0,
                                                .parallel = 4,
                                                .split_status = true};
    *state = world_open(&w, &options);
    return 0;
}

static int teardown(void **state)
{
    world_close(*state);
    return 0;
}

static const char *const known[] = {"openai",  "anthropic",   "azure_openai", "google",  "cohere",
                                    "mistral", "aws_bedrock", "groq",         "deepseek"};
#define KNOWN (sizeof known / sizeof *known)

/* Page 1 of the whole list: an openai and an anthropic account of `total`, and page 2 is there. */
static void first_page(struct world *w, int64_t total)
{
    stream_cursor(w, "", "c2");
    stream_typed(w, "", "a", "openai", OLD);
    stream_typed(w, "", "b", "anthropic", OLD);
    end_page(w, "", (struct ending){total, T0, 1, true, 2});
}

static void second_page(struct world *w, int64_t total)
{
    stream_cursor(w, "c2", "c3");
    stream_typed(w, "c2", "a", "openai", OLD);
    end_page(w, "c2", (struct ending){total, T0, 1, true, 1});
}

/* One page of a part, with accounts PREFIX0, PREFIX1, ... of its own type. */
static void part_page(struct world *w, const char *key, const char *prefix, unsigned n,
                      const char *next, int64_t total)
{
    char id[32];
    if (next)
        stream_cursor(w, key, next);
    for (unsigned i = 0; i < n; i++) {
        snprintf(id, sizeof id, "%s%u", prefix, i);
        stream_typed(w, key, id, NULL, OLD);
    }
    end_page(w, key, (struct ending){total, T0, next != NULL, next != NULL, n});
}

/* The known types that have no account say so. */
static void empty_parts(struct world *w, size_t from)
{
    char key[32];
    for (size_t i = from; i < KNOWN; i++) {
        snprintf(key, sizeof key, "%s|", known[i]);
        part_page(w, key, "", 0, NULL, 0);
    }
}

static void test_a_small_list_is_one_chain(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 53); /* 27 pages would be worth the nine types */
    assert_int_equal(open_count(&w->api, true), 4);
    sync_cancel(w->sync);
    sync_start(w->sync);
    first_page(w, 52);
    assert_int_equal(open_count(&w->api, true), 1);
    assert_int_equal(now(w)->chains, 1);
}

static void test_a_large_list_is_read_by_types_and_proven(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    assert_non_null(open_call(w, true, "openai|"));
    assert_non_null(open_call(w, true, "anthropic|"));
    assert_int_equal(open_count(&w->api, true), 4); /* page 2 of the whole, and three parts */
    second_page(w, 60);
    assert_null(open_call(w, true, "c3")); /* the whole list rests */
    assert_int_equal(open_count(&w->api, true), 4);
    part_page(w, "openai|", "o", 29, NULL, 30);
    part_page(w, "anthropic|", "n", 29, NULL, 30);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    empty_parts(w, 2);
    assert_int_equal(now(w)->loaded, 60);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    assert_int_equal(now(w)->phase, SYNC_IDLE);
    assert_int_equal(open_count(&w->api, true), 0);
    assert_true(w->api.open_most <= 5); /* four are awaited while another streams in */
}

/* At most as many answers are awaited as asked for; of what waits, the one with most left goes. */
/* The client tries a request again: the server has too much to do. */
static void congest(struct world *w)
{
    for (size_t i = 0; i < CALLS; i++) {
        struct api_call *c = &w->api.calls[i];
        if (c->open && c->list) {
            pass(w, 1000);
            c->events.restart(c->ctx);
        }
    }
}

static void test_the_longest_part_goes_first(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 200);
    second_page(w, 200);
    part_page(w, "openai|", "o", 1, "o2", 40);
    assert_null(open_call(w, true, "openai|o2")); /* first pages first */
    for (size_t i = 2; i < 8; i++) {
        char key[32];
        snprintf(key, sizeof key, "%s|", known[i]);
        part_page(w, key, "", 0, NULL, 0);
    }
    /* Three are awaited: anthropic, the last of the known, and openai. */
    assert_non_null(open_call(w, true, "openai|o2"));
    part_page(w, "anthropic|", "n", 2, "n2", 160);
    assert_non_null(open_call(w, true, "anthropic|n2"));
    congest(w);
    stream_cursor(w, "openai|o2", "o3");
    assert_null(open_call(w, true, "openai|o3")); /* no place for both */
    stream_cursor(w, "anthropic|n2", "n3");
    part_page(w, "deepseek|", "", 0, NULL, 0);
    assert_non_null(open_call(w, true, "anthropic|n3"));
    assert_null(open_call(w, true, "openai|o3"));
}

static void test_the_next_page_is_asked_for_while_one_streams_in(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 200);
    second_page(w, 200);
    empty_parts(w, 2);
    part_page(w, "openai|", "o", 1, "o2", 40);
    part_page(w, "anthropic|", "n", 2, "n2", 160);
    /* While page n2 streams in, its place is free again. */
    stream_cursor(w, "anthropic|n2", "n3");
    assert_non_null(open_call(w, true, "anthropic|n3"));
}

static void test_ignored_filters_end_the_parts(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    stream_typed(w, "openai|", "a", "openai", OLD);
    stream_typed(w, "openai|", "b", "anthropic", OLD); /* not what was asked for */
    assert_int_equal(open_count(&w->api, true), 1);
    assert_non_null(open_call(w, true, "c3")); /* the whole list goes on where it was */
    assert_int_equal(now(w)->proof, SYNC_NONE);
    part_page(w, "c3", "x", 58, NULL, 60);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    /* It is not tried again at each refresh. */
    pass(w, 60000);
    first_page(w, 60);
    assert_int_equal(open_count(&w->api, true), 1);
}

static void test_refused_types_are_left_to_the_whole_list(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    char key[32];
    for (size_t i = 0; i < KNOWN; i++) {
        snprintf(key, sizeof key, "%s|", known[i]);
        answer(w, true, key, ST_INVALID, -1);
    }
    assert_int_equal(now(w)->phase, SYNC_LOADING);
    assert_int_equal(now(w)->error.status, ST_OK);
    part_page(w, "c3", "x", 58, NULL, 60);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

/* The totals of the parts do not reach the whole: there are types that nobody knows. */
static void test_an_unknown_type_is_found_by_the_whole_list(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    part_page(w, "openai|", "o", 28, NULL, 29);
    part_page(w, "anthropic|", "n", 28, NULL, 29);
    empty_parts(w, 2);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_non_null(open_call(w, true, "c3"));
    stream_cursor(w, "c3", "c4");
    stream_typed(w, "c3", "z1", "zeta", OLD);
    assert_non_null(open_call(w, true, "c4"));
    end_page(w, "c3", (struct ending){60, T0, 1, true, 1});
    assert_non_null(open_call(w, true, "zeta|")); /* known now, and read as a part, too */
    part_page(w, "c4", "", 0, "c5", 60);
    assert_null(open_call(w, true, "c5")); /* rests again, until the part has told its total */
    part_page(w, "zeta|", "z", 2, NULL, 2);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
    assert_int_equal(open_count(&w->api, true), 0);
}

/* An account moves from a type still to be read to one that was read: neither part has it, and the
 * sums of the totals agree. Only the walk finds it. */
static void test_f20_sums_of_totals_prove_nothing(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    part_page(w, "openai|", "o", 29, NULL, 30);
    part_page(w, "anthropic|", "n", 28, NULL, 30);
    empty_parts(w, 2);
    assert_int_equal(now(w)->proof, SYNC_NONE);
    assert_int_equal(now(w)->phase, SYNC_LOADING);
    stream_typed(w, "c3", "moved", "openai", OLD);
    end_page(w, "c3", (struct ending){60, T0, 0, false, 1});
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

static void test_f17_a_part_that_loops_is_dropped(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    part_page(w, "openai|", "o", 2, "o2", 30);
    empty_parts(w, 2);
    part_page(w, "openai|o2", "p", 2, "o2", 30);
    assert_int_equal(now(w)->error.status, ST_OK);
    part_page(w, "anthropic|", "n", 29, NULL, 30);
    assert_non_null(open_call(w, true, "c3"));
    part_page(w, "c3", "x", 26, NULL, 60);
    assert_int_equal(now(w)->proof, SYNC_NONE); /* 2 + 4 + 29 + 26 are not 60 */
    assert_int_equal(now(w)->phase, SYNC_IDLE);
}

static void test_f19_a_resting_cursor_may_expire(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    part_page(w, "openai|", "o", 28, NULL, 30);
    part_page(w, "anthropic|", "n", 29, NULL, 30);
    empty_parts(w, 2);
    answer(w, true, "c3", ST_REJECTED, -1);
    assert_non_null(strstr(now(w)->note, "begun again"));
    first_page(w, 60);
    second_page(w, 60);
    part_page(w, "c3", "y", 1, NULL, 60);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE); /* T0 is still that of the first page 1 */
}

static void test_a_failure_stops_all_and_all_go_on(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    second_page(w, 60);
    stream_typed(w, "openai|", "o0", NULL, OLD);
    answer(w, true, "anthropic|", ST_NETWORK, -1);
    assert_int_equal(now(w)->phase, SYNC_WAITING);
    assert_int_equal(open_count(&w->api, true), 0);
    pass(w, 2000);
    assert_int_equal(open_count(&w->api, true), 2); /* half as many as before the failure */
    part_page(w, "openai|", "o", 29, NULL, 30);
    part_page(w, "anthropic|", "n", 29, NULL, 30);
    empty_parts(w, 2);
    assert_int_equal(now(w)->proof, SYNC_COMPLETE);
}

static void test_f11_fewer_at_once_after_a_429_and_more_again(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 400);
    second_page(w, 400);
    assert_int_equal(open_count(&w->api, true), 4);
    struct api_call *c = asked(w, true, "openai|");
    c->events.restart(c->ctx); /* the client tries again by itself */
    part_page(w, "anthropic|", "n", 1, "n2", 200);
    assert_int_equal(open_count(&w->api, true), 3);
    part_page(w, "openai|", "o", 1, "o2", 200);
    assert_int_equal(open_count(&w->api, true), 2);
    pass(w, 2000);
    /* Empty answers are answers, too. */
    char key[32], next[32];
    empty_parts(w, 2);
    for (int i = 2; i < 60; i++) {
        pass(w, 50);
        for (int k = 0; k < 2; k++) {
            snprintf(key, sizeof key, "%s|%c%d", known[k], "on"[k], i);
            snprintf(next, sizeof next, "%c%d", "on"[k], i + 1);
            part_page(w, key, k ? "n" : "o", 1, next, 200);
        }
    }
    struct api_call *a = asked(w, true, "openai|o60");
    a->events.cursor(a->ctx, span_of("o61"));
    a = asked(w, true, "anthropic|n60");
    a->events.cursor(a->ctx, span_of("n61"));
    assert_int_equal(open_count(&w->api, true), 4);
}

static void test_cancelled_all_are(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 60);
    stream_typed(w, "openai|", "o0", NULL, OLD);
    sync_cancel(w->sync);
    assert_int_equal(open_count(&w->api, true), 0);
    assert_int_equal(fleet_count(w->fleet), 3);
    assert_quiet(w, 29999);
}

static void test_a_large_type_is_divided_by_status_when_asked_for(void **state)
{
    struct world *w = *state;
    sync_start(w->sync);
    first_page(w, 400);
    second_page(w, 400);
    part_page(w, "openai|", "o", 2, "o2", 300);
    part_page(w, "anthropic|", "n", 99, NULL, 100);
    empty_parts(w, 2);
    assert_null(open_call(w, true, "openai|o3"));
    static const char *const statuses[] = {"active", "degraded", "down", "disabled"};
    for (size_t i = 0; i < 4; i++) {
        char key[40], prefix[8];
        snprintf(key, sizeof key, "openai/%s|", statuses[i]);
        snprintf(prefix, sizeof prefix, "s%zu_", i);
        part_page(w, key, prefix, i ? 50 : 149, NULL, i ? 50 : 150);
        if (i == 0 && open_call(w, true, "openai|o2"))
            part_page(w, "openai|o2", "o", 0, "o3", 300);
    }
    assert_int_equal(now(w)->loaded, 2 + 2 + 99 + 149 + 150);
    assert_int_equal(now(w)->phase, SYNC_LOADING);
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(test_a_small_list_is_one_chain),
        UNIT(test_a_large_list_is_read_by_types_and_proven),
        UNIT(test_the_longest_part_goes_first),
        UNIT(test_the_next_page_is_asked_for_while_one_streams_in),
        UNIT(test_ignored_filters_end_the_parts),
        UNIT(test_refused_types_are_left_to_the_whole_list),
        UNIT(test_an_unknown_type_is_found_by_the_whole_list),
        UNIT(test_f20_sums_of_totals_prove_nothing),
        UNIT(test_f17_a_part_that_loops_is_dropped),
        UNIT(test_f19_a_resting_cursor_may_expire),
        UNIT(test_a_failure_stops_all_and_all_go_on),
        UNIT(test_f11_fewer_at_once_after_a_429_and_more_again),
        UNIT(test_cancelled_all_are),
        cmocka_unit_test_setup_teardown(test_a_large_type_is_divided_by_status_when_asked_for,
                                        setup_status, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
