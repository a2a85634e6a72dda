/* edit_test.c: what a create, a PATCH and a health report do to an account, in both readings of
 * what the reference leaves open. */
#include "sandbox/edit.h"

#include "sandbox/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1794268800000) /* 2026-11-10T00:00:00Z */

/* A body applied to an account; what the cells borrow lives here. */
struct rig {
    struct clock_manual manual;
    struct drift drift;
    struct account a;
    struct json *body;
    struct change change;
    struct edit edit;
};

static void rig_init(struct rig *r)
{
    memset(r, 0, sizeof *r);
    r->manual.wall_ms = NOW;
    drift_init(&r->drift, clock_from_manual(&r->manual), 1, 0);
    account_init(&r->a);
    r->a.cells[BOX_STATUS] = r->a.home_status = cell_word(STATUS_ACTIVE);
}

static void read_change(struct rig *r, const char *text, bool create)
{
    struct json_fault fault;
    struct problems p;
    r->body = json_read(span_of(text), &fault);
    assert_non_null(r->body);
    problems_init(&p);
    change_init(&r->change);
    validate_body(r->body, create, false, &r->change, &p);
    if (p.count)
        fail_msg("%s: %s", text, str_text(&p.json));
    problems_finish(&p);
    r->edit.change = &r->change;
    r->edit.now = NOW;
}

static enum status patch(struct rig *r, const char *text, unsigned behaviours)
{
    read_change(r, text, false);
    r->edit.behaviours = behaviours;
    return edit_patch(&r->edit, &r->a, &r->drift);
}

static void rig_finish(struct rig *r)
{
    change_finish(&r->change);
    json_destroy(r->body);
    str_finish(&r->edit.tags);
}

static void test_a_patch_changes_what_it_names(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    r.a.cells[BOX_REGION] = cell_word("eu");
    r.a.cells[BOX_MAX_TOKENS] = cell_int(5);
    r.a.cells[BOX_MAX_REQUESTS] = cell_int(6);
    r.a.cells[BOX_USED_TOKENS] = cell_int(7);
    assert_int_equal(patch(&r, "{\"quota_policy\":{\"max_tokens_per_month\":9}}", 0), ST_OK);
    assert_int_equal(r.a.cells[BOX_MAX_TOKENS].n, 9);
    assert_int_equal(r.a.cells[BOX_MAX_REQUESTS].n, 6);
    assert_int_equal(r.a.cells[BOX_USED_TOKENS].n, 7);
    assert_true(span_is(r.a.cells[BOX_REGION].text, "eu"));
    assert_int_equal(r.a.cells[BOX_UPDATED_AT].n, NOW);
    assert_true(span_is(r.a.cells[BOX_STATUS].text, STATUS_ACTIVE));
    rig_finish(&r);
}

/* The other reading: what the policy leaves out gets its default; what was used stays used. */
static void test_policies_replace(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    r.a.cells[BOX_MAX_TOKENS] = cell_int(5);
    r.a.cells[BOX_MAX_REQUESTS] = cell_int(6);
    r.a.cells[BOX_USED_TOKENS] = cell_int(7);
    r.a.cells[BOX_CONCURRENCY] = cell_int(77);
    assert_int_equal(patch(&r, "{\"quota_policy\":{\"max_tokens_per_month\":9}}", POLICIES_REPLACE),
                     ST_OK);
    assert_int_equal(r.a.cells[BOX_MAX_TOKENS].n, 9);
    assert_int_equal(r.a.cells[BOX_MAX_REQUESTS].type, CELL_NULL);
    assert_int_equal(r.a.cells[BOX_USED_TOKENS].n, 7);
    assert_int_equal(r.a.cells[BOX_CONCURRENCY].n, 77); /* of a policy that was not sent */
    rig_finish(&r);
}

/* A policy that was null begins with its defaults in either reading. */
static void test_a_policy_comes_back(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    r.a.cells[BOX_RATE] = cell_int(0);
    r.a.cells[BOX_CONCURRENCY] = cell_int(77);
    r.a.cells[BOX_PER_SECOND] = cell_int(3);
    assert_int_equal(patch(&r, "{\"rate_limit_policy\":{\"requests_per_minute\":9}}", 0), ST_OK);
    assert_int_equal(r.a.cells[BOX_RATE].n, 1);
    assert_int_equal(r.a.cells[BOX_PER_MINUTE].n, 9);
    assert_int_equal(r.a.cells[BOX_CONCURRENCY].n, 10);
    assert_int_equal(r.a.cells[BOX_PER_SECOND].type, CELL_NULL);
    rig_finish(&r);
    rig_init(&r);
    assert_int_equal(patch(&r, "{\"rate_limit_policy\":null}", 0), ST_OK);
    assert_int_equal(r.a.cells[BOX_RATE].n, 0);
    rig_finish(&r);
}

static void expect_tags(const char *was, const char *sent, unsigned behaviours, const char *want)
{
    struct rig r;
    struct str body = STR_INIT;
    rig_init(&r);
    r.a.cells[BOX_TAGS] = was ? cell_word(was) : cell_null();
    str_printf(&body, "{\"tags\":%s}", sent);
    assert_int_equal(patch(&r, str_text(&body), behaviours), ST_OK);
    if (!span_is(r.a.cells[BOX_TAGS].text, want))
        fail_msg("%s and %s: %.*s", was ? was : "null", sent, (int)r.a.cells[BOX_TAGS].text.len,
                 r.a.cells[BOX_TAGS].text.p);
    str_finish(&body);
    rig_finish(&r);
}

static void test_tags(void **state)
{
    static const char was[] = "{\"a\":\"1\",\"b\":\"2\"}";
    (void)state;
    expect_tags(was, "{\"b\":\"3\"}", 0, "{\"b\":\"3\"}");
    expect_tags(was, "{\"b\":\"3\"}", TAGS_MERGE, "{\"a\":\"1\",\"b\":\"3\"}");
    expect_tags(was, "{\"c\":\"3\"}", TAGS_MERGE, "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}");
    expect_tags(was, "{}", TAGS_MERGE, was);
    expect_tags(NULL, "{\"b\":\"3\"}", TAGS_MERGE, "{\"b\":\"3\"}");
    expect_tags("{}", "{}", TAGS_MERGE, "{}");
    expect_tags(was, "null", TAGS_MERGE, "");
    /* Keys are told apart to their end, whatever stands in them. */
    expect_tags("{\"a\\u0000x\":\"1\"}", "{\"a\":\"2\"}", TAGS_MERGE,
                "{\"a\\u0000x\":\"1\",\"a\":\"2\"}");
}

static void test_a_bridge_needs_its_id(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    assert_int_equal(patch(&r, "{\"routing_mode\":\"bridge\"}", 0), ST_INVALID);
    assert_string_equal(r.edit.broken_rule, "bridge_id is required when routing_mode is bridge");
    rig_finish(&r);
    rig_init(&r);
    assert_int_equal(patch(&r, "{\"routing_mode\":\"bridge\",\"bridge_id\":\"br-1\"}", 0), ST_OK);
    assert_null(r.edit.broken_rule);
    rig_finish(&r);
    /* One that was so before is not asked about when something else changes. */
    rig_init(&r);
    r.a.cells[BOX_ROUTING] = cell_word(ROUTING_BY_BRIDGE);
    assert_int_equal(patch(&r, "{\"name\":\"n\"}", 0), ST_OK);
    rig_finish(&r);
    rig_init(&r);
    r.a.cells[BOX_ROUTING] = cell_word(ROUTING_BY_BRIDGE);
    r.a.cells[BOX_BRIDGE] = cell_word("br-1");
    assert_int_equal(patch(&r, "{\"bridge_id\":null}", 0), ST_INVALID);
    rig_finish(&r);
}

static void test_off_and_on(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    r.a.use_rate = 4;
    r.a.check_period = 20000;
    r.a.recover_at = NOW + 1;
    assert_int_equal(patch(&r, "{\"enabled\":true}", 0), ST_OK); /* as it was */
    assert_int_equal(r.a.recover_at, NOW + 1);
    rig_finish(&r);
    read_change(&r, "{\"enabled\":false}", false);
    assert_int_equal(edit_patch(&r.edit, &r.a, &r.drift), ST_OK);
    assert_true(span_is(r.a.cells[BOX_STATUS].text, STATUS_DISABLED));
    assert_true(span_is(r.a.home_status.text, STATUS_DISABLED));
    assert_true(r.a.use_rate < 0 && r.a.check_period < 0);
    assert_int_equal(r.a.recover_at, 0);
    rig_finish(&r);
    read_change(&r, "{\"enabled\":true}", false);
    assert_int_equal(edit_patch(&r.edit, &r.a, &r.drift), ST_OK);
    assert_true(span_is(r.a.cells[BOX_STATUS].text, STATUS_UNKNOWN));
    assert_true(span_is(r.a.home_status.text, STATUS_ACTIVE));
    assert_int_equal(r.a.home_reason.type, CELL_NULL);
    assert_true(r.a.use_rate > 0 && r.a.check_period > 0);
    assert_true(r.a.recover_at > NOW); /* the first check makes it active */
    rig_finish(&r);
}

static void test_create(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    read_change(&r,
                "{\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/x\","
                "\"quota_policy\":{\"max_tokens_per_month\":5184000}}",
                true);
    assert_int_equal(edit_create(&r.edit, &r.a, &r.drift, "pa_1", "acme"), ST_OK);
    assert_true(span_is(r.a.cells[BOX_ID].text, "pa_1"));
    assert_true(span_is(r.a.cells[BOX_ORG].text, "acme"));
    assert_true(span_is(r.a.cells[BOX_NAME].text, "n"));
    assert_int_equal(r.a.cells[BOX_CREATED_AT].n, NOW);
    assert_int_equal(r.a.cells[BOX_UPDATED_AT].n, NOW);
    assert_int_equal(r.a.cells[BOX_ENABLED].n, 1);
    assert_true(span_is(r.a.cells[BOX_STATUS].text, STATUS_UNKNOWN));
    assert_int_equal(r.a.use_anchor, NOW);
    assert_true(r.a.use_rate == 1.0); /* half of the quota in a month */
    assert_int_equal(r.a.recover_at, NOW + 10000);
    rig_finish(&r);
    rig_init(&r);
    read_change(&r,
                "{\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/x\","
                "\"enabled\":false}",
                true);
    assert_int_equal(edit_create(&r.edit, &r.a, &r.drift, "pa_1", "acme"), ST_OK);
    assert_true(span_is(r.a.cells[BOX_STATUS].text, STATUS_DISABLED));
    assert_true(r.a.use_rate < 0 && r.a.check_period < 0);
    rig_finish(&r);
    rig_init(&r);
    read_change(&r,
                "{\"name\":\"n\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/x\","
                "\"routing_mode\":\"bridge\"}",
                true);
    assert_int_equal(edit_create(&r.edit, &r.a, &r.drift, "pa_1", "acme"), ST_INVALID);
    rig_finish(&r);
}

static void test_health_reports(void **state)
{
    struct rig r;
    (void)state;
    rig_init(&r);
    r.manual.wall_ms = NOW + 5000;
    edit_health(&r.a, &r.drift, cell_word("down"), cell_word("why"), 30);
    assert_true(span_is(r.a.cells[BOX_STATUS].text, "down"));
    assert_true(span_is(r.a.cells[BOX_REASON].text, "why"));
    assert_int_equal(r.a.cells[BOX_CHECKED].n, NOW + 5000);
    assert_int_equal(r.a.recover_at, NOW + 35000);
    assert_true(span_is(r.a.home_status.text, STATUS_ACTIVE)); /* where it goes back to */
    edit_health(&r.a, &r.drift, cell_word("degraded"), cell_null(), 0);
    assert_int_equal(r.a.recover_at, 0);
    assert_true(span_is(r.a.home_status.text, "degraded"));
    assert_int_equal(r.a.home_reason.type, CELL_NULL);
    rig_finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_patch_changes_what_it_names),
        cmocka_unit_test(test_policies_replace),
        cmocka_unit_test(test_a_policy_comes_back),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_a_bridge_needs_its_id),
        cmocka_unit_test(test_off_and_on),
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_health_reports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
