/* changes_test.c: what was seen comes back the newest first, per organisation and account, shown as
 * values and as JSON; old changes go. */
#include "store/changes.h"

#include "base/when.h"
#include "store/change_rows.h"
#include "tests/support/sql_steps.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY ((int64_t)24 * 3600 * 1000)

struct fixture {
    struct tmpdir *dir;
    struct str path, text;
    struct clock_manual manual;
    struct changes *c;
    struct error err;
};

static struct changes *open_org(struct fixture *fx, const char *org)
{
    struct changes *c;
    assert_int_equal(changes_open(&c, fx->path.data, "https://gw", org,
                                  clock_from_manual(&fx->manual), &fx->err),
                     ST_OK);
    return c;
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "data/changes.db", &fx.path);
    fx.manual.wall_ms = 200 * DAY;
    fx.c = open_org(&fx, "org_1");
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    changes_close(fx->c);
    str_finish(&fx->path);
    str_finish(&fx->text);
    tmpdir_destroy(fx->dir);
    return 0;
}

static void add(struct fixture *fx, struct changes *c, const char *id, int64_t seen,
                enum field field, const char *before, const char *after)
{
    const struct change change = {.seen_wall_ms = seen,
                                  .since_wall_ms = seen - 1000,
                                  .kind = field == FIELD_NONE ? CHANGE_NEW : CHANGE_FIELD,
                                  .account = span_of(id),
                                  .name = span_of("n"),
                                  .field = field,
                                  .before = span_of(before),
                                  .after = span_of(after)};
    assert_int_equal(changes_begin(c, &fx->err), ST_OK);
    assert_int_equal(changes_add(c, &change, &fx->err), ST_OK);
    assert_int_equal(changes_end(c, &fx->err), ST_OK);
}

static void on_change(void *ctx, const struct change *c)
{
    struct fixture *fx = ctx;
    str_printf(&fx->text, "%.*s@%lld ", (int)c->account.len, c->account.p,
               (long long)c->seen_wall_ms);
}

static void assert_list(struct fixture *fx, struct changes *c, const struct changes_query *query,
                        const char *want)
{
    str_clear(&fx->text);
    assert_int_equal(changes_list(c, query, on_change, fx, &fx->err), ST_OK);
    assert_string_equal(str_text(&fx->text), want);
}

static void test_newest_first(void **state)
{
    struct fixture *fx = *state;
    struct changes *other = open_org(fx, "org_2");
    add(fx, fx->c, "a", 10, FIELD_NONE, "", "");
    add(fx, fx->c, "b", 20, FIELD_STATUS, "\"active\"", "\"down\"");
    add(fx, other, "x", 25, FIELD_NONE, "", "");
    add(fx, fx->c, "a", 30, FIELD_REGION, "null", "\"eu\"");
    struct changes_query all = {.since_wall_ms = WHEN_NONE, .limit = 100};
    assert_list(fx, fx->c, &all, "a@30 b@20 a@10 ");
    assert_list(fx, other, &all, "x@25 ");
    all.limit = 2;
    assert_list(fx, fx->c, &all, "a@30 b@20 ");
    all.below = 4;
    assert_list(fx, fx->c, &all, "b@20 a@10 ");
    const struct changes_query since = {.since_wall_ms = 20, .limit = 100};
    assert_list(fx, fx->c, &since, "a@30 b@20 ");
    const struct changes_query one = {
        .since_wall_ms = WHEN_NONE, .account = span_of("a"), .limit = 100};
    assert_list(fx, fx->c, &one, "a@30 a@10 ");
    changes_close(other);
    changes_close(fx->c);
    fx->c = open_org(fx, "org_1");
    assert_list(fx, fx->c, &since, "a@30 b@20 ");
}

static void test_above_and_below(void **state)
{
    struct fixture *fx = *state;
    for (int i = 1; i <= 5; i++)
        add(fx, fx->c, "a", i, FIELD_NONE, "", "");
    struct changes_query some = {.since_wall_ms = WHEN_NONE, .above = 2, .below = 5, .limit = 100};
    assert_list(fx, fx->c, &some, "a@4 a@3 ");
    some.account = span_of("a");
    assert_list(fx, fx->c, &some, "a@4 a@3 ");
    some = (struct changes_query){.since_wall_ms = 4, .above = 2, .below = 5, .limit = 100};
    assert_list(fx, fx->c, &some, "a@4 ");
}

/* What one process adds, another one hears of. */
static void test_the_stamp_moves(void **state)
{
    struct fixture *fx = *state;
    struct changes *reader = open_org(fx, "org_1");
    int64_t before = changes_stamp(reader);
    assert_int_equal(changes_stamp(reader), before);
    add(fx, fx->c, "a", 1, FIELD_NONE, "", "");
    assert_int_not_equal(changes_stamp(reader), before);
    changes_close(reader);
}

/* A page costs what is on it: not a sort, nor a walk over what others have. */
static void test_a_page_costs_what_is_on_it(void **state)
{
    struct fixture *fx = *state;
    const struct change change = {
        .seen_wall_ms = 5, .kind = CHANGE_NEW, .account = span_of("a"), .field = FIELD_NONE};
    struct changes_query page = {.since_wall_ms = WHEN_NONE, .below = 10000, .limit = 2};
    sql_steps_watch();
    struct changes *org = open_org(fx, "org_1"), *other = open_org(fx, "org_2");
    sql_steps_watch_no_more();
    add(fx, other, "x", 1, FIELD_NONE, "", "");
    add(fx, org, "b", 2, FIELD_NONE, "", "");
    assert_int_equal(changes_begin(org, &fx->err), ST_OK);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(changes_add(org, &change, &fx->err), ST_OK);
    assert_int_equal(changes_end(org, &fx->err), ST_OK);
    (void)sql_steps();
    assert_list(fx, org, &page, "a@5 a@5 ");
    assert_in_range(sql_steps(), 1, 100);
    assert_list(fx, other, &page, "x@1 ");
    assert_in_range(sql_steps(), 1, 100);
    page.account = span_of("b");
    assert_list(fx, org, &page, "b@2 ");
    assert_in_range(sql_steps(), 1, 100);
    changes_close(org);
    changes_close(other);
}

static void test_ninety_days_are_kept(void **state)
{
    struct fixture *fx = *state;
    const struct changes_query all = {.since_wall_ms = WHEN_NONE, .limit = 1000};
    bool more = true;
    for (int i = 0; i < 500; i++)
        add(fx, fx->c, "old", 109 * DAY, FIELD_NONE, "", "");
    add(fx, fx->c, "kept", 111 * DAY, FIELD_NONE, "", "");
    assert_int_equal(changes_expire(fx->c, &more, &fx->err), ST_OK);
    assert_true(more); /* a few at a time */
    while (more)
        assert_int_equal(changes_expire(fx->c, &more, &fx->err), ST_OK);
    char want[40];
    snprintf(want, sizeof want, "kept@%lld ", (long long)(111 * DAY));
    assert_list(fx, fx->c, &all, want);
}

/* A slice that was not ended leaves nothing. */
static void test_a_slice_is_whole_or_not(void **state)
{
    struct fixture *fx = *state;
    const struct change change = {
        .kind = CHANGE_GONE, .account = span_of("a"), .field = FIELD_NONE};
    const struct changes_query all = {.since_wall_ms = WHEN_NONE, .limit = 10};
    assert_int_equal(changes_begin(fx->c, &fx->err), ST_OK);
    assert_int_equal(changes_add(fx->c, &change, &fx->err), ST_OK);
    changes_close(fx->c);
    fx->c = open_org(fx, "org_1");
    assert_list(fx, fx->c, &all, "");
}

static void assert_shown(enum field field, const char *json, bool reveal, const char *want)
{
    const struct change c = {.kind = CHANGE_FIELD, .field = field, .after = span_of(json)};
    struct str text = STR_INIT;
    change_show(&c, true, reveal, &text);
    assert_string_equal(str_text(&text), want);
    str_finish(&text);
}

static void test_values_as_a_reader_sees_them(void **state)
{
    (void)state;
    assert_shown(FIELD_QUOTA_TOKENS, "500000000", false, "500,000,000 tokens/month");
    assert_shown(FIELD_QUOTA_TOKENS, "null", false, "none");
    assert_shown(FIELD_QUOTA_TOKENS, "0", false, "0 tokens/month");
    assert_shown(FIELD_QUOTA_TOKENS, "", false, "-");
    assert_shown(FIELD_STATUS, "\"d\\u00f6wn\"", false, "d\xc3\xb6wn");
    assert_shown(FIELD_CREDENTIALS_REF, "\"kv/prod/key\"", false, "********");
    assert_shown(FIELD_CREDENTIALS_REF, "\"kv/prod/key\"", true, "kv/prod/key");
}

static void test_as_json(void **state)
{
    (void)state;
    const struct change c = {.seen_wall_ms = 1700000000000,
                             .since_wall_ms = 1699999999000,
                             .kind = CHANGE_FIELD,
                             .account = span_of("pa\"1"),
                             .name = span_of("n"),
                             .field = FIELD_RPS,
                             .after = span_of("9007199254740993")};
    struct str text = STR_INIT;
    change_json(&c, &text);
    assert_string_equal(str_text(&text),
                        "{\"seen\":\"2023-11-14T22:13:20Z\",\"since\":\"2023-11-14T22:13:19Z\","
                        "\"change\":\"changed\",\"provider_account_id\":\"pa\\\"1\",\"name\":\"n\","
                        "\"field\":\"rate_limit_policy.requests_per_second\","
                        "\"after\":9007199254740993}");
    str_finish(&text);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_newest_first),
        TEST(test_above_and_below),
        TEST(test_the_stamp_moves),
        TEST(test_a_page_costs_what_is_on_it),
        TEST(test_ninety_days_are_kept),
        TEST(test_a_slice_is_whole_or_not),
        cmocka_unit_test(test_values_as_a_reader_sees_them),
        cmocka_unit_test(test_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
