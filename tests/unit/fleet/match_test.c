/* match_test.c: a matcher says of every row what the filter itself says, whatever it has in mind
 * of texts, in whatever slices, and of rows that came later; and ranks as a look at one row does.
 */
#include "tests/unit/fleet/rows_rig.h"

#include "fleet/match.h"

static const char *const filters[] = {"prod",
                                      "!prod",
                                      "uber",
                                      "\303\274ber",
                                      "region=eu-west",
                                      "region:eu",
                                      "!region:eu",
                                      "region:none",
                                      "!region:none",
                                      "region=us-east,eu-west",
                                      "region:/^us/",
                                      "provider=cohere",
                                      "tag:env",
                                      "tag:env=prod",
                                      "!tag:env",
                                      "tags:none",
                                      "quota.tokens>1",
                                      "quota.tokens<=0",
                                      "quota.tokens:none",
                                      "enabled:yes",
                                      "status:active prod",
                                      "~pr1",
                                      "~pr1 region:eu",
                                      "!~pr1",
                                      "name:none",
                                      "\"a-name-with\"",
                                      "id=pa_7",
                                      "env",
                                      "beginning ~be",
                                      "/prod-1.$/"};

static void fill(struct rows_rig *r, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put_varied(r, i);
}

/* `units` at a time until it is ready; how many steps that took. */
static unsigned prepare(struct matcher *m, size_t units)
{
    unsigned steps = 1;
    while (!matcher_prepare(m, units))
        assert_true(++steps < 100000);
    return steps;
}

static unsigned assert_says_the_same(struct rows_rig *r, struct matcher *m,
                                     const struct filter *filter, const char *text)
{
    unsigned found = 0;
    for (row_id row = 0; row < fleet_rows(r->fleet); row++) {
        if (!fleet_alive(r->fleet, row))
            continue;
        bool want = holds(r, filter, row);
        if (matcher_row(m, row) != want || match_row(r->fleet, filter, row) != want)
            fail_msg("%s of row %u: wanted %d", text, (unsigned)row, want);
        found += want;
    }
    return found;
}

static void test_it_says_what_the_filter_says(void **state)
{
    struct rows_rig *r = *state;
    unsigned some = 0;
    fill(r, 400);
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        struct filter *filter = filter_of(r, filters[i]);
        /* Many rows: words are looked up in all texts; few rows: in each. */
        for (size_t rows = 1; rows <= 400; rows += 399) {
            struct matcher *m = matcher_create(r->fleet, filter, rows);
            prepare(m, SIZE_MAX);
            unsigned found = assert_says_the_same(r, m, filter, filters[i]);
            some += found > 0 && found < 400;
            assert_int_equal(assert_says_the_same(r, m, filter, filters[i]), found); /* in mind */
            matcher_destroy(m);
        }
        filter_destroy(filter);
    }
    assert_true(some > 50); /* of 60: they are no filters that match all or nothing */
    matcher_destroy(NULL);
}

static void test_small_slices_come_to_the_same(void **state)
{
    struct rows_rig *r = *state;
    fill(r, 300);
    struct filter *filter = filter_of(r, "prod uber");
    struct matcher *m = matcher_create(r->fleet, filter, 300);
    assert_true(prepare(m, 10) > 30); /* 300 rows are listed first, then looked through */
    assert_says_the_same(r, m, filter, "prod uber");
    matcher_destroy(m);
    /* What was listed once is not listed again. */
    m = matcher_create(r->fleet, filter, 300);
    assert_true(prepare(m, 10000) <= 3);
    matcher_destroy(m);
    filter_destroy(filter);
}

/* Without a word to look up there is nothing to get ready. */
static void test_nothing_to_prepare(void **state)
{
    struct rows_rig *r = *state;
    fill(r, 300);
    struct filter *filter = filter_of(r, "quota.tokens>1");
    struct matcher *m = matcher_create(r->fleet, filter, 300);
    assert_true(matcher_prepare(m, 1));
    matcher_destroy(m);
    filter_destroy(filter);
}

/* New rows bring texts that have a number the matcher keeps nothing of. */
static void test_rows_that_came_later(void **state)
{
    struct rows_rig *r = *state;
    fill(r, 100);
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        struct filter *filter = filter_of(r, filters[i]);
        struct matcher *m = matcher_create(r->fleet, filter, 100);
        prepare(m, SIZE_MAX);
        uint32_t from = fleet_rows(r->fleet);
        for (uint32_t n = 0; n < 20; n++)
            put_varied(r, 1000 + from + n);
        assert_true(fleet_rows(r->fleet) > from);
        assert_says_the_same(r, m, filter, filters[i]);
        matcher_destroy(m);
        filter_destroy(filter);
    }
}

static void test_ranks(void **state)
{
    struct rows_rig *r = *state;
    static const struct {
        const char *text;
        bool ranks;
    } cases[] = {{"~prod", true},
                 {"region:eu ~prod", true},
                 {"!~prod", false},
                 {"prod", false},
                 {"~prod ~eu", true}};
    fill(r, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct filter *filter = filter_of(r, cases[i].text);
        struct matcher *m = matcher_create(r->fleet, filter, 200);
        assert_int_equal(matcher_ranks(m), cases[i].ranks);
        assert_int_equal(match_ranks(filter), cases[i].ranks);
        for (int round = 0; round < 2; round++)
            for (row_id row = 0; row < fleet_rows(r->fleet); row++)
                assert_int_equal(matcher_score(m, row), match_score(r->fleet, filter, row));
        matcher_destroy(m);
        filter_destroy(filter);
    }
}

/* The same letters count for more in the name. */
static void test_a_fit_in_the_name_goes_before(void **state)
{
    struct rows_rig *r = *state;
    row_id named, described, both;
    fleet_put(r->fleet, span_of("{\"provider_account_id\":\"1\",\"name\":\"zebra\"}"), 1, &named);
    fleet_put(r->fleet,
              span_of("{\"provider_account_id\":\"2\",\"name\":\"x\",\"description\":\"zebra\"}"),
              1, &described);
    fleet_put(r->fleet,
              span_of("{\"provider_account_id\":\"3\",\"name\":\"zebra\",\"description\":"
                      "\"zebra\"}"),
              1, &both);
    struct filter *filter = filter_of(r, "~zbr");
    struct matcher *m = matcher_create(r->fleet, filter, 3);
    assert_true(matcher_score(m, named) > matcher_score(m, described));
    assert_int_equal(matcher_score(m, both), matcher_score(m, named)); /* the best, not the sum */
    assert_true(matcher_score(m, described) > 0);
    matcher_destroy(m);
    filter_destroy(filter);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rows_set_up, rows_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_it_says_what_the_filter_says),
        T(test_small_slices_come_to_the_same),
        T(test_nothing_to_prepare),
        T(test_rows_that_came_later),
        T(test_ranks),
        T(test_a_fit_in_the_name_goes_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
