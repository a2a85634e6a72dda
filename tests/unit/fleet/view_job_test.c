/* view_job_test.c: a new filter or order that is worked out in slices: until it is there the last
 * one answers and is kept up; what changes meanwhile, wherever the work stands, is in the result.
 */
#include "tests/unit/fleet/rows_rig.h"

#include "fleet/match.h"

enum { ACCOUNTS = 300 };

struct watched {
    struct rows_rig *r;
    struct view *view;
    struct filter *filter; /* a twin of the one that is set; NULL: none */
};

static void fill(struct rows_rig *r)
{
    for (uint32_t i = 0; i < ACCOUNTS; i++)
        put_varied(r, i);
}

static void set_filter(struct watched *w, const char *text)
{
    filter_destroy(w->filter);
    w->filter = text ? filter_of(w->r, text) : NULL;
    view_set_filter(w->view, text ? filter_of(w->r, text) : NULL);
}

static void assert_naive(const struct watched *w)
{
    struct rows_rig *r = w->r;
    uint32_t n = 0;
    for (row_id row = 0; row < fleet_rows(r->fleet); row++) {
        bool in = holds(r, w->filter, row);
        if ((view_find(w->view, row) < view_count(w->view)) != in)
            fail_msg("row %u: wanted %d", (unsigned)row, in);
        n += in;
    }
    assert_int_equal(view_count(w->view), n);
    for (uint32_t i = 1; i < n; i++) {
        row_id a = view_at(w->view, i - 1), b = view_at(w->view, i);
        struct row_source x = fleet_row_source(r->fleet, a), y = fleet_row_source(r->fleet, b);
        int better = 0;
        if (w->filter && match_ranks(w->filter))
            better = match_score(r->fleet, w->filter, b) - match_score(r->fleet, w->filter, a);
        if (better > 0 || (better == 0 && sort_compare(view_sort(w->view), r->columns, &x, &y) > 0))
            fail_msg("place %u and the one before", (unsigned)i);
    }
}

static struct watched watch(struct rows_rig *r)
{
    struct watched w = {.r = r, .view = view_create(r->fleet, r->columns)};
    assert_int_equal(view_count(w.view), fleet_count(r->fleet));
    view_set_sliced(w.view, true);
    return w;
}

static void unwatch(struct watched *w)
{
    filter_destroy(w->filter);
    view_destroy(w->view);
}

static void test_the_last_result_stays_until_then(void **state)
{
    struct rows_rig *r = *state;
    fill(r);
    struct watched w = watch(r);
    int percent = -1, before = 0;
    assert_int_equal(view_busy(w.view, &percent), VIEW_READY);
    set_filter(&w, "region:eu prod");
    assert_int_equal(view_busy(w.view, &percent), VIEW_FILTERING);
    assert_int_equal(view_count(w.view), ACCOUNTS);
    /* One that is new waits for a slice; one that goes is gone at once. */
    row_id added = put_varied(r, 5000), gone = view_at(w.view, 7);
    assert_int_equal(view_count(w.view), ACCOUNTS);
    assert_int_equal(view_find(w.view, added), ACCOUNTS);
    assert_true(fleet_remove(r->fleet, gone, ++r->as_of));
    assert_int_equal(view_find(w.view, gone), view_count(w.view));
    unsigned steps = 0;
    while (view_work(w.view, 20)) {
        if (view_busy(w.view, &percent) == VIEW_READY)
            break;
        assert_true(percent >= before && percent < 100);
        before = percent;
        assert_true(view_count(w.view) >= ACCOUNTS - 1); /* the last result, not a part */
        assert_true(++steps < 1000);
    }
    assert_true(steps > 5);
    assert_int_equal(view_busy(w.view, NULL), VIEW_READY);
    assert_naive(&w);
    assert_true(view_count(w.view) > 0 && view_count(w.view) < ACCOUNTS);
    unwatch(&w);
}

/* One that was just saved need not wait for a slice. */
static void test_settled_at_once(void **state)
{
    struct rows_rig *r = *state;
    fill(r);
    struct watched w = watch(r);
    row_id added = put_varied(r, 5000);
    assert_int_equal(view_find(w.view, added), ACCOUNTS);
    view_settle(w.view);
    assert_int_equal(view_count(w.view), ACCOUNTS + 1);
    assert_true(view_find(w.view, added) < ACCOUNTS + 1);
    unwatch(&w);
}

static void test_an_order_in_slices(void **state)
{
    struct rows_rig *r = *state;
    fill(r);
    struct watched w = watch(r);
    row_id first = view_at(w.view, 0);
    struct sort sort = sort_of(r, "quota.tokens", true);
    view_set_sort(w.view, &sort);
    int percent;
    assert_int_equal(view_busy(w.view, &percent), VIEW_SORTING);
    assert_int_equal(view_at(w.view, 0), first);
    assert_ptr_equal(view_sort(w.view)->keys[0].column, sort.keys[0].column); /* the one set last */
    while (view_work(w.view, 25))
        continue;
    assert_naive(&w);
    unwatch(&w);
}

/* Another filter while one is being worked out: only the last one counts. */
static void test_typing_on(void **state)
{
    struct rows_rig *r = *state;
    static const char *const typed[] = {"p", "pr", "pro", "prod", "prod-1", "prod-", "eu", NULL};
    fill(r);
    struct watched w = watch(r);
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        set_filter(&w, typed[i]);
        for (int n = 0; n < (int)(i % 3) * 4; n++)
            view_work(w.view, 10);
    }
    while (view_work(w.view, 50))
        continue;
    assert_naive(&w);
    assert_int_equal(view_count(w.view), ACCOUNTS);
    unwatch(&w);
}

/* Every kind of job, with accounts that come, change and go between its steps. */
static void test_changes_meanwhile(void **state)
{
    struct rows_rig *r = *state;
    static const char *const filters[] = {"prod",    "~prd",           "region:eu",
                                          "!uber",   "~eu prod",       "quota.tokens>0",
                                          "tag:env", "prod region:eu", NULL};
    static const char *const columns[] = {"name", "quota.tokens", "region", "id", "enabled"};
    fill(r);
    struct watched w = watch(r);
    for (int round = 0; round < 120; round++) {
        if (round % 3 != 1)
            set_filter(&w, filters[next_random(r) % ARRAY_LEN(filters)]);
        if (round % 3 != 0) {
            struct sort sort = sort_of(r, columns[next_random(r) % ARRAY_LEN(columns)], round % 2);
            view_set_sort(w.view, &sort);
        }
        bool more = true;
        for (int step = 0; more && step < 400; step++) {
            more = view_work(w.view, 40);
            for (uint32_t n = next_random(r) % 3; n > 0 && step < 60; n--) {
                row_id row = put_varied(r, next_random(r) % (ACCOUNTS + 40));
                if (next_random(r) % 4 == 0)
                    fleet_remove(r->fleet, row, ++r->as_of);
            }
            if (next_random(r) % 4 == 0)
                view_count(w.view); /* somebody looks */
        }
        while (view_work(w.view, 1000))
            continue;
        assert_naive(&w);
    }
    unwatch(&w);
}

static void test_getting_ready_for_a_filter(void **state)
{
    struct rows_rig *r = *state;
    fill(r);
    struct watched w = watch(r);
    view_expect_filter(w.view);
    unsigned steps = 0;
    while (view_work(w.view, 50))
        assert_true(++steps < 1000);
    assert_true(steps > 0);
    assert_naive(&w);
    set_filter(&w, "uber");
    while (view_work(w.view, 1000))
        continue;
    assert_naive(&w);
    unwatch(&w);
}

/* Not in slices any more: the next question gets the new result. */
static void test_a_question_that_waits_for_it(void **state)
{
    struct rows_rig *r = *state;
    fill(r);
    struct watched w = watch(r);
    set_filter(&w, "~prd");
    view_work(w.view, 5);
    uint64_t version = view_version(w.view);
    view_set_sliced(w.view, false);
    assert_naive(&w);
    assert_true(view_version(w.view) > version);
    assert_int_equal(view_busy(w.view, NULL), VIEW_READY);
    assert_false(view_work(w.view, 5));
    unwatch(&w);
}

/* All are gone in the middle of it. */
static void test_cleared_meanwhile(void **state)
{
    struct rows_rig *r = *state;
    fill(r);
    for (int stage = 0; stage < 40; stage += 3) {
        struct watched w = watch(r);
        struct sort sort = sort_of(r, "region", false);
        set_filter(&w, "~prd");
        view_set_sort(w.view, &sort);
        for (int i = 0; i < stage; i++)
            view_work(w.view, 30);
        fleet_clear(r->fleet);
        while (view_work(w.view, 30))
            continue;
        assert_int_equal(view_count(w.view), 0);
        unwatch(&w);
        fill(r);
    }
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rows_set_up, rows_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_the_last_result_stays_until_then),
        T(test_settled_at_once),
        T(test_an_order_in_slices),
        T(test_typing_on),
        T(test_changes_meanwhile),
        T(test_getting_ready_for_a_filter),
        T(test_a_question_that_waits_for_it),
        T(test_cleared_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
