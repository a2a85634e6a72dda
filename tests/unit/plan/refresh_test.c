/* refresh_test.c: stale accounts planned again, against an api that answers when the test says so:
 * in any order, gone, unreadable, cancelled; and tags of which others changed their own. */
#include "tests/unit/write/fake_api.h"

#include "plan/refresh.h"

#include <stdio.h>
#include <stdlib.h>

struct rig {
    struct clock_manual manual;
    struct clock clock;
    struct api api;
    struct plan *old;
    struct plan_refresh *refresh;
    unsigned news;
    struct error err;
};

static void fill(struct account *a, int i, int rps, const char *tags)
{
    char json[400];
    struct error err;
    snprintf(json, sizeof json,
             "{\"provider_account_id\":\"pa_%d\",\"name\":\"acct-%d\",\"provider_type\":\"openai\","
             "\"rate_limit_policy\":{\"requests_per_second\":%d},\"tags\":{%s}}",
             i, i, rps, tags);
    account_init(a);
    assert_int_equal(account_decode(a, span_of(json), &err), ST_OK);
}

/* Twenty accounts whose requests a second go from 10 to 15 and that get a tag; every second of them
 * is stale. */
static int set_up(void **state)
{
    static struct rig r;
    const struct plan_head head = {.id = "0LD", .title = "faster", .reason = "INC-7"};
    memset(&r, 0, sizeof r);
    r.clock = clock_from_manual(&r.manual);
    r.api.clock = &r.clock;
    r.old = plan_create(&head);
    for (int i = 0; i < 20; i++) {
        struct account before, after;
        fill(&before, i, 10, "\"env\":\"prod\",\"old\":\"x\"");
        fill(&after, i, 15, "\"env\":\"prod\",\"team\":\"a\"");
        uint32_t n = plan_add(r.old, &before, i == 18 ? NULL : &after, NULL);
        plan_mark(r.old, n, i % 2 ? PLAN_APPLIED : PLAN_STALE, 0, "");
        account_finish(&before);
        account_finish(&after);
    }
    *state = &r;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    plan_refresh_destroy(r->refresh);
    plan_destroy(r->old);
    fake_finish(&r->api);
    return 0;
}

static void on_news(void *ctx, struct plan_refresh *refresh)
{
    (void)refresh;
    ((struct rig *)ctx)->news++;
}

static void begin(struct rig *r)
{
    const struct plan_head head = {.by = "me@here", .made_wall_ms = 5};
    assert_int_equal(plan_refresh_create(&r->refresh, &r->api, r->old, &head, on_news, r, &r->err),
                     ST_OK);
}

static size_t open_calls(const struct rig *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->api.count; i++)
        n += !r->api.calls[i].done;
    return n;
}

/* Answers the newest or the oldest open read with what the server has now. */
static void answer(struct rig *r, bool newest, const char *tags)
{
    size_t at = SIZE_MAX;
    char json[400];
    for (size_t i = 0; i < r->api.count; i++)
        if (!r->api.calls[i].done && (newest || at == SIZE_MAX))
            at = i;
    assert_true(at != SIZE_MAX);
    int i = atoi(r->api.calls[at].id + 3);
    snprintf(json, sizeof json,
             "{\"provider_account_id\":\"pa_%d\",\"name\":\"acct-%d\",\"provider_type\":\"openai\","
             "\"rate_limit_policy\":{\"requests_per_second\":%d},\"tags\":{%s}}",
             i, i, 100 + i, tags);
    fake_ok(&r->api.calls[at], json);
}

static bool is_over(const struct rig *r)
{
    uint32_t done, total;
    bool over = plan_refresh_progress(r->refresh, &done, &total);
    assert_int_equal(total, 10);
    return over;
}

static void target_is(const struct plan *p, uint32_t i, const char *want)
{
    assert_string_equal(p->items[i].target.p, want);
}

/* Four at a time, answered backwards: the order is the old plan's. */
static void test_order_and_values(void **state)
{
    struct rig *r = *state;
    begin(r);
    assert_int_equal(open_calls(r), 4);
    for (int i = 0; i < 10; i++) {
        assert_false(is_over(r));
        assert_true(open_calls(r) <= 4);
        answer(r, true, "\"env\":\"prod\",\"old\":\"x\"");
    }
    assert_true(is_over(r));
    assert_int_equal(r->news, 10);
    struct plan *p = plan_refresh_take(r->refresh, &r->err);
    assert_non_null(p);
    assert_int_equal(p->count, 10);
    assert_int_equal(p->states[PLAN_WAITING], 10);
    for (uint32_t i = 0; i < p->count; i++) {
        char id[16];
        snprintf(id, sizeof id, "pa_%u", 2 * (unsigned)i);
        assert_string_equal(p->items[i].id.p, id);
    }
    assert_int_equal(p->items[9].kind, JOURNAL_DELETE);
    assert_non_null(strstr(p->items[3].before.p, "\"requests_per_second\":106"));
    target_is(p, 3,
              "{\"rate_limit_policy\":{\"requests_per_second\":15},\"tags\":{\"env\":\"prod\","
              "\"team\":\"a\"}}");
    assert_string_equal(p->head.title, "faster (as in plan 0LD, values not computed anew)");
    assert_string_equal(p->head.reason, "INC-7");
    assert_string_equal(p->head.by, "me@here");
    assert_string_not_equal(p->head.id, "0LD");
    assert_string_equal(p->head.of, "");
    plan_destroy(p);
}

/* Of tags the difference is laid over: what others added or changed stays, what the plan takes away
 * goes, what is as wanted is no change. */
static void test_tags_of_others_stay(void **state)
{
    static const struct {
        const char *now, *want; /* want: the tags of the target; NULL: no change of them */
    } cases[] = {
        {"\"env\":\"prod\",\"old\":\"x\",\"zone\":\"b\"",
         "{\"env\":\"prod\",\"team\":\"a\",\"zone\":\"b\"}"},
        {"\"env\":\"test\",\"old\":\"y\"", "{\"env\":\"test\",\"team\":\"a\"}"},
        {"\"cost\":\"9\"", "{\"cost\":\"9\",\"team\":\"a\"}"},
        {"\"team\":\"theirs\"", "{\"team\":\"a\"}"},
        {"", "{\"team\":\"a\"}"},
        {"\"env\":\"prod\",\"team\":\"a\"", NULL},
    };
    struct rig *r = *state;
    begin(r);
    for (size_t i = 0; i < 10; i++)
        answer(r, false, i < 6 ? cases[i].now : "");
    struct plan *p = plan_refresh_take(r->refresh, &r->err);
    assert_non_null(p);
    for (uint32_t i = 0; i < 6; i++) {
        const char *tags = strstr(p->items[i].target.p, "\"tags\":");
        if (!cases[i].want)
            assert_null(tags);
        else if (!tags || strncmp(tags + 7, cases[i].want, strlen(cases[i].want)) != 0)
            fail_msg("%u: %s", (unsigned)i, p->items[i].target.p);
    }
    plan_destroy(p);
}

static void test_gone_ones_are_skipped(void **state)
{
    struct rig *r = *state;
    begin(r);
    fake_fail(&r->api.calls[0], ST_NOT_FOUND, 404, false);
    for (int i = 0; i < 9; i++)
        answer(r, false, "");
    assert_true(is_over(r));
    struct plan *p = plan_refresh_take(r->refresh, &r->err);
    assert_int_equal(p->items[0].state, PLAN_SKIPPED);
    assert_string_equal(p->items[0].note.p, "gone meanwhile");
    assert_string_equal(p->items[0].name.p, "acct-0");
    assert_int_equal(plan_left(p), 9);
    plan_destroy(p);
}

/* One that cannot be read: no plan of a part of them. */
static void test_one_that_cannot_be_read(void **state)
{
    struct rig *r = *state;
    begin(r);
    answer(r, false, "");
    fake_fail(&r->api.calls[2], ST_NETWORK, 0, false);
    assert_true(is_over(r));
    assert_int_equal(open_calls(r), 0);
    assert_null(plan_refresh_take(r->refresh, &r->err));
    assert_non_null(strstr(r->err.what, "acct-4 could not be read again"));
}

static void test_an_answer_that_is_no_account(void **state)
{
    struct rig *r = *state;
    begin(r);
    fake_ok(&r->api.calls[1], "<html>");
    assert_true(is_over(r));
    assert_null(plan_refresh_take(r->refresh, &r->err));
}

static void test_an_answer_that_is_another_account(void **state)
{
    struct rig *r = *state;
    begin(r);
    fake_ok(&r->api.calls[1], "{\"provider_account_id\":\"pa_0\",\"name\":\"acct-0\"}");
    assert_true(is_over(r));
    assert_null(plan_refresh_take(r->refresh, &r->err));
    assert_non_null(strstr(r->err.what, "another account"));
}

static void test_what_cannot_begin(void **state)
{
    struct rig *r = *state;
    const struct plan_head head = {.by = "me"};
    r->old->head.linked = true;
    assert_int_equal(plan_refresh_create(&r->refresh, &r->api, r->old, &head, NULL, NULL, &r->err),
                     ST_USAGE);
    assert_null(r->refresh);
    r->old->head.linked = false;
    for (uint32_t i = 0; i < r->old->count; i++)
        plan_mark(r->old, i, PLAN_APPLIED, 0, NULL);
    assert_int_equal(plan_refresh_create(&r->refresh, &r->api, r->old, &head, NULL, NULL, &r->err),
                     ST_NOT_FOUND);
    assert_int_equal(r->api.count, 0);
}

/* What others changed meanwhile is said of each, where this takes it from them. */
static void test_what_others_did_is_said(void **state)
{
    struct rig *r = *state;
    begin(r);
    for (int i = 0; i < 10; i++)
        answer(r, false,
               i == 1 ? "\"env\":\"test\",\"old\":\"y\"" : "\"env\":\"prod\",\"old\":\"x\"");
    struct plan *p = plan_refresh_take(r->refresh, &r->err);
    assert_int_equal(p->items[0].warning_count, 1); /* tags: none of theirs */
    assert_int_equal(p->items[0].warnings[0].field, FIELD_RPS);
    assert_string_equal(p->items[0].warnings[0].text,
                        "changed by others meanwhile, 10 → 100: this overwrites it");
    assert_int_equal(p->items[1].warning_count, 2); /* env stays theirs; old goes, which they set */
    assert_int_equal(p->items[1].warnings[1].field, FIELD_TAGS);
    assert_int_equal(p->items[9].warnings[0].field, FIELD_NONE);
    assert_string_equal(p->items[9].warnings[0].text, "changed by others meanwhile: rate.rps");
    plan_destroy(p);
}

/* Of an undo it is taken back; what is deleted and cannot be created under its name is not read. */
static void test_of_an_undo(void **state)
{
    struct rig *r = *state;
    struct account after;
    for (uint32_t i = 0; i < r->old->count; i++)
        plan_mark(r->old, i, i == 4 ? PLAN_STALE : PLAN_APPLIED, 0, NULL);
    r->old->items[4].undoes = 7;
    fill(&after, 30, 10, "");
    for (int i = 0; i < 6; i++) {
        uint32_t n = plan_add(r->old, NULL, &after, NULL);
        r->old->items[n].undoes = 70 + i;
        plan_mark(r->old, n, PLAN_STALE, 0, "its name is taken");
    }
    account_finish(&after);
    begin(r);
    assert_int_equal(open_calls(r), 1);
    answer(r, false, "");
    uint32_t done, total;
    assert_true(plan_refresh_progress(r->refresh, &done, &total));
    assert_int_equal(done, 7);
    struct plan *p = plan_refresh_take(r->refresh, &r->err);
    assert_int_equal(p->count, 7);
    assert_string_equal(p->items[0].warnings[0].text,
                        "changed by others meanwhile, 10 → 104: this takes it back");
    for (uint32_t i = 1; i < 7; i++) {
        assert_int_equal(p->items[i].kind, JOURNAL_CREATE);
        assert_int_equal(p->items[i].undoes, 69 + i);
        assert_true(span_is(p->items[i].name, "acct-30"));
    }
    plan_destroy(p);
}

/* Nothing to be read at all: it is over at once. */
static void test_of_creates_alone(void **state)
{
    struct rig *r = *state;
    struct account after;
    uint32_t done, total;
    for (uint32_t i = 0; i < r->old->count; i++)
        plan_mark(r->old, i, PLAN_APPLIED, 0, NULL);
    fill(&after, 30, 10, "");
    for (int i = 0; i < 9; i++)
        plan_mark(r->old, plan_add(r->old, NULL, &after, NULL), PLAN_STALE, 0, "taken");
    account_finish(&after);
    begin(r);
    assert_true(plan_refresh_progress(r->refresh, &done, &total));
    struct plan *p = plan_refresh_take(r->refresh, &r->err);
    assert_int_equal(p->count, 9);
    plan_destroy(p);
}

static void test_cancelled_half_way(void **state)
{
    struct rig *r = *state;
    begin(r);
    answer(r, true, ""); /* waits in its slot */
    answer(r, false, "");
    plan_refresh_destroy(r->refresh);
    r->refresh = NULL;
    assert_int_equal(open_calls(r), 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_order_and_values),
        T(test_tags_of_others_stay),
        T(test_gone_ones_are_skipped),
        T(test_one_that_cannot_be_read),
        T(test_an_answer_that_is_no_account),
        T(test_what_cannot_begin),
        T(test_what_others_did_is_said),
        T(test_of_an_undo),
        T(test_of_creates_alone),
        T(test_cancelled_half_way),
        T(test_an_answer_that_is_another_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
