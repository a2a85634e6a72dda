/* build_test.c: a plan from the fleet: what it freezes, what it leaves out, and what it adds up. */
#include "plan/build.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 6 };

struct fixture {
    struct fleet *fleet;
    row_id rows[COUNT];
    struct plan_ops ops;
    struct plan_build *build;
    struct plan *plan;
};

/* a0 .. a5 with quotas of 100, 200, ... tokens; a5 has none. */
static int setup(void **state)
{
    struct fixture *f = mem_calloc(1, sizeof *f);
    f->fleet = fleet_create();
    for (int i = 0; i < COUNT; i++) {
        char json[400], quota[20] = "null";
        if (i < COUNT - 1)
            snprintf(quota, sizeof quota, "%d", (i + 1) * 100);
        snprintf(json, sizeof json,
                 "{\"provider_account_id\":\"a%d\",\"name\":\"n%d\",\"enabled\":true,"
                 "\"status\":\"active\",\"updated_at\":\"2026-01-01T00:00:00Z\","
                 "\"quota_policy\":{\"max_tokens_per_month\":%s,\"current_month_tokens\":150},"
                 "\"rate_limit_policy\":{\"requests_per_second\":2,\"requests_per_minute\":100},"
                 "\"tags\":{\"env\":\"prod\"}}",
                 i, i, quota);
        fleet_put(f->fleet, span_of(json), 1, &f->rows[i]);
    }
    plan_ops_init(&f->ops);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    plan_build_destroy(f->build);
    plan_destroy(f->plan);
    plan_ops_finish(&f->ops);
    fleet_destroy(f->fleet);
    mem_free(f);
    return 0;
}

static enum status begin(struct fixture *f, const char *setting, struct error *err)
{
    const struct plan_head head = {.origin = "http://x", .org = "o", .made_wall_ms = 5};
    const struct plan_build_spec spec = {
        .head = &head, .fleet = f->fleet, .rows = f->rows, .row_count = COUNT, .ops = &f->ops};
    if (setting && plan_ops_setting(&f->ops, setting, err) != ST_OK)
        fail_msg("%s", err->what);
    return plan_build_create(&f->build, &spec, err);
}

static struct plan *build(struct fixture *f, const char *setting)
{
    struct error err;
    if (begin(f, setting, &err) != ST_OK)
        fail_msg("%s", err.what);
    while (plan_build_step(f->build, 2))
        continue;
    f->plan = plan_build_take(f->build, &err);
    if (!f->plan)
        fail_msg("%s", err.what);
    return f->plan;
}

static void test_what_it_freezes(void **state)
{
    struct fixture *f = *state;
    struct plan *p = build(f, "quota.tokens=x2");
    const struct plan_item *item = &p->items[0];
    assert_int_equal(p->count, COUNT);
    assert_int_equal(p->states[PLAN_WAITING], 5);
    assert_int_equal(p->states[PLAN_SKIPPED], 1);
    assert_int_equal(plan_changes(p), 5);
    assert_true(span_is(item->id, "a0") && span_is(item->name, "n0"));
    assert_string_equal(item->before.p, "{\"enabled\":true,\"name\":\"n0\",\"quota_policy\":{"
                                        "\"max_tokens_per_month\":100},\"rate_limit_policy\":{"
                                        "\"requests_per_minute\":100,\"requests_per_second\":2},"
                                        "\"tags\":{\"env\":\"prod\"}}");
    assert_string_equal(item->target.p, "{\"quota_policy\":{\"max_tokens_per_month\":200}}");
    assert_string_equal(p->items[5].note.p, "quota.tokens: no limit");
    assert_int_equal(strlen(p->head.id), 8);
    assert_true(p->head.id[0] >= 'A' && p->head.id[0] <= 'F');
    assert_string_equal(p->head.title, "quota.tokens x2");
    /* The list moves on; the plan does not. */
    fleet_clear(f->fleet);
    assert_string_equal(item->name.p, "n0");
}

/* What a cap keeps from growing is not "unchanged" without a word. */
static void test_at_the_cap(void **state)
{
    struct fixture *f = *state;
    struct plan *p = build(f, "quota.tokens=+25%<=400");
    assert_int_equal(p->states[PLAN_SAME], 0);
    assert_int_equal(p->states[PLAN_WAITING], 3); /* 100, 200, 300 */
    assert_int_equal(p->items[3].state, PLAN_SKIPPED);
    assert_string_equal(p->items[3].note.p, "quota.tokens: 400, at the cap of 400");
    assert_string_equal(p->items[4].note.p, "quota.tokens: 500, over the cap of 400");
}

static void test_in_steps(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_int_equal(begin(f, "rate.rps=3", &err), ST_OK);
    for (uint32_t i = 1; i < COUNT; i++) {
        assert_true(plan_build_step(f->build, 1));
        assert_int_equal(plan_build_done(f->build), i);
    }
    /* What happens between the steps is seen at the step. */
    fleet_remove(f->fleet, f->rows[COUNT - 1], 9);
    assert_false(plan_build_step(f->build, 1));
    assert_false(plan_build_step(f->build, 1));
    f->plan = plan_build_take(f->build, &err);
    assert_int_equal(f->plan->states[PLAN_SKIPPED], 1);
    assert_string_equal(f->plan->items[COUNT - 1].note.p, "gone meanwhile");
}

static void test_left_out(void **state)
{
    struct fixture *f = *state;
    fleet_lock(f->fleet, f->rows[1], "outcome unknown since 10:00");
    fleet_put(f->fleet, span_of("{\"name\":\"no id\"}"), 1, &f->rows[2]);
    struct plan *p = build(f, "rate.rps=3");
    assert_int_equal(p->states[PLAN_WAITING], 4);
    assert_string_equal(p->items[1].note.p, "outcome unknown since 10:00");
    assert_string_equal(p->items[2].note.p, "not readable");
}

static void test_same(void **state)
{
    struct fixture *f = *state;
    struct plan *p = build(f, "rate.rps=2");
    assert_int_equal(p->states[PLAN_SAME], COUNT);
    assert_int_equal(plan_changes(p), 0);
    assert_int_equal(plan_left(p), 0);
}

static void test_totals(void **state)
{
    struct fixture *f = *state;
    struct plan *p = build(f, "quota.tokens=x2");
    const struct plan_total *t = &p->totals[FIELD_QUOTA_TOKENS];
    assert_int_equal(t->changed, 5);
    assert_int_equal(t->before, 1500);
    assert_int_equal(t->after, 3000);
    assert_int_equal(t->counted, 5);
    assert_int_equal(t->uncounted, 1);
    assert_int_equal(t->lost + t->gained, 0);
    assert_int_equal(p->totals[FIELD_RPS].changed, 0);
}

/* What the change brings is warned of; what was so before is not. */
static void test_warnings(void **state)
{
    struct fixture *f = *state;
    struct plan *p = build(f, "quota.tokens=110");
    assert_int_equal(p->items[0].warning_count, 1); /* 100 > 110: below the 150 used */
    assert_non_null(strstr(p->items[0].warnings[0].text, "already used"));
    assert_int_equal(p->items[0].warnings[0].field, FIELD_QUOTA_TOKENS);
    assert_int_equal(plan_tenfold_left(p), 0);
    plan_destroy(p);
    plan_build_destroy(f->build);
    f->plan = NULL;
    p = build(f, "tags.team=x"); /* rps x 60 is above rpm, and was */
    assert_int_equal(p->warned, 0);
    plan_destroy(p);
    plan_build_destroy(f->build);
    f->plan = NULL;
    p = build(f, "quota.tokens=x10");
    assert_int_equal(plan_tenfold_left(p), 5);
    assert_true(p->items[0].needs_name);
}

static void test_deletes(void **state)
{
    struct fixture *f = *state;
    struct error err;
    struct str word = STR_INIT;
    assert_int_equal(plan_ops_add(&f->ops, PLAN_OP_DELETE, span_of(""), span_of(""), &err), ST_OK);
    struct plan *p = build(f, NULL);
    assert_true(plan_deletes(p));
    assert_int_equal(p->kinds[JOURNAL_DELETE], COUNT);
    assert_int_equal(p->items[0].kind, JOURNAL_DELETE);
    assert_true(p->items[0].before.len > 0 && p->items[0].target.len == 0);
    plan_confirm_word(p, "", false, &word);
    assert_string_equal(word.data, "delete 6");
    str_clear(&word);
    plan_confirm_word(p, "PROD", false, &word);
    assert_string_equal(word.data, "delete 6 PROD");
    plan_mark(p, 1, PLAN_APPLIED, 1, NULL);
    str_clear(&word);
    plan_task_words(p, &word);
    assert_string_equal(word.data, "delete 5 accounts");
    for (uint32_t i = 0; i < COUNT; i++)
        plan_mark(p, i, PLAN_APPLIED, 1, NULL);
    str_clear(&word);
    plan_confirm_word(p, "PROD", false, &word); /* nothing is deleted any more */
    assert_string_equal(word.data, "PROD");
    str_finish(&word);
}

/* Of a name that others have a delete cannot be taken back under it: both are told. */
static void test_a_delete_of_one_of_two_of_a_name(void **state)
{
    struct fixture *f = *state;
    struct error err;
    row_id twin;
    fleet_put(f->fleet, span_of("{\"provider_account_id\":\"b9\",\"name\":\"n3\"}"), 1, &twin);
    plan_ops_add(&f->ops, PLAN_OP_DELETE, span_of(""), span_of(""), &err);
    struct plan *p = build(f, NULL);
    assert_int_equal(p->count, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(p->items[i].warning_count, i == 3);
    assert_int_equal(p->items[3].warnings[0].field, FIELD_NAME);
    assert_non_null(strstr(p->items[3].warnings[0].text, "b9 has this name too"));
    assert_int_equal(p->warned, 1);
}

static void test_a_number_too_large(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_int_equal(begin(f, "quota.tokens=x9223372036854775807", &err), ST_OK);
    assert_false(plan_build_step(f->build, 100));
    assert_null(plan_build_take(f->build, &err));
    assert_int_equal(err.status, ST_USAGE);
    assert_non_null(strstr(err.what, "n0: quota.tokens: "));
}

/* The first one gives. */
static void begin_with(struct fixture *f, size_t at)
{
    row_id row = f->rows[at];
    memmove(f->rows + 1, f->rows, at * sizeof *f->rows);
    f->rows[0] = row;
}

static void test_moves(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_int_equal(plan_ops_setting(&f->ops, "quota.tokens=move:51", &err), ST_OK);
    begin_with(f, 4);
    struct plan *p = build(f, NULL);
    assert_true(p->head.linked);
    assert_string_equal(p->items[0].name.p, "n4"); /* who gives is first */
    assert_non_null(strstr(p->items[0].target.p, ":449"));
    assert_non_null(strstr(p->items[1].target.p, ":113")); /* 51 in four parts: 13 13 13 12 */
    assert_non_null(strstr(p->items[4].target.p, ":412"));
    assert_int_equal(p->states[PLAN_SKIPPED], 1);
    assert_int_equal(p->totals[FIELD_QUOTA_TOKENS].before, 1500);
    assert_int_equal(p->totals[FIELD_QUOTA_TOKENS].after, 1500);
}

static void test_moves_that_cannot_be(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *setting;
        size_t giver;
        const char *says;
    } bad[] = {
        {"quota.tokens=move:101", 0, "gives, and has quota.tokens=100: less than that"},
        {"quota.requests=move:1", 0, "has no quota.requests"},
        {"rate.rps=move:2", 0, "less than that"}, /* at least 1 stays */
        {"quota.tokens=move:1", 5, "has no quota.tokens"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err;
        plan_ops_finish(&f->ops);
        assert_int_equal(plan_ops_setting(&f->ops, bad[i].setting, &err), ST_OK);
        begin_with(f, bad[i].giver);
        f->build = NULL;
        assert_int_equal(begin(f, NULL, &err), ST_USAGE);
        if (!strstr(err.what, bad[i].says))
            fail_msg("\"%s\", not \"%s\"", err.what, bad[i].says);
    }
}

/* The list moves between the steps: then the sum would not stay, and there is no plan. */
static void test_a_move_that_is_overtaken(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_int_equal(begin(f, "quota.tokens=move:50", &err), ST_OK);
    plan_build_step(f->build, 2);
    fleet_remove(f->fleet, f->rows[3], 9);
    while (plan_build_step(f->build, 2))
        continue;
    assert_null(plan_build_take(f->build, &err));
    assert_int_equal(err.status, ST_CONFLICT);
}

static void test_a_copy_needs_its_source(void **state)
{
    struct fixture *f = *state;
    struct error err;
    f->build = NULL;
    assert_int_equal(begin(f, "policies=from:a0", &err), ST_USAGE);
    f->build = NULL;
}

static void test_fields_of_an_item(void **state)
{
    struct fixture *f = *state;
    struct plan_field fields[4];
    struct arena mem;
    struct account a;
    struct error err;
    plan_ops_setting(&f->ops, "tags.env=none", &err);
    plan_ops_setting(&f->ops, "credentials_ref=kv/x", &err);
    struct plan *p = build(f, "quota.tokens=x2");
    arena_init(&mem);
    assert_int_equal(plan_item_fields(p, 0, SHOW_FULL, false, &mem, fields, 4), 3);
    assert_int_equal(fields[0].field, FIELD_CREDENTIALS_REF);
    assert_string_equal(fields[0].now, "********");
    assert_string_equal(fields[0].old, "-");
    assert_int_equal(fields[1].field, FIELD_QUOTA_TOKENS);
    assert_string_equal(fields[1].old, "100 tokens/month");
    assert_string_equal(fields[1].now, "200 tokens/month");
    assert_int_equal(plan_item_fields(p, 0, SHOW_CELL, true, &mem, fields, 1), 3);
    assert_string_equal(fields[0].now, "kv/x");
    account_init(&a);
    assert_int_equal(plan_item_after(p, 1, &a, &err), ST_OK);
    assert_true(span_is(account_id(&a), "a1"));
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].i, 400);
    assert_int_equal(a.v[FIELD_TAGS].i, 0);
    assert_int_equal(plan_item_before(p, 1, &a, &err), ST_OK);
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].i, 200);
    assert_int_equal(a.v[FIELD_STATUS].presence, PRESENCE_ABSENT);
    account_finish(&a);
    arena_finish(&mem);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_what_it_freezes),
        T(test_at_the_cap),
        T(test_in_steps),
        T(test_left_out),
        T(test_same),
        T(test_totals),
        T(test_warnings),
        T(test_deletes),
        T(test_a_delete_of_one_of_two_of_a_name),
        T(test_a_number_too_large),
        T(test_moves),
        T(test_moves_that_cannot_be),
        T(test_a_move_that_is_overtaken),
        T(test_a_copy_needs_its_source),
        T(test_fields_of_an_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
