/* ops_test.c: what K=V means, and what it does to an account. It covers ops.c, ops_apply.c and
 * ops_parse.c. */
#include "plan/ops.h"

#include "base/vec.h"
#include "plan/settable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char account_json[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"one\",\"provider_type\":\"openai\","
    "\"credentials_ref\":\"kv/old/a/kv/old/b\",\"description\":null,\"enabled\":true,"
    "\"quota_policy\":{\"max_tokens_per_month\":500000000,\"max_requests_per_month\":null},"
    "\"rate_limit_policy\":{\"requests_per_second\":80,\"max_concurrency\":10,\"burst_size\":1.5,"
    "\"queue_timeout_seconds\":300},\"tags\":{\"env\":\"prod\",\"team\":\"search\"}}";

/* Does the settings (separated by a blank) to the account; gives "" or an error's text, the
 * settable JSON of what came out, and what was left out. */
struct done {
    struct str json, skipped;
    struct error err;
    enum status status;
};

static struct done run(const char *settings)
{
    struct done d = {STR_INIT, STR_INIT, {0}, ST_OK};
    struct plan_ops ops;
    struct account a;
    char copy[600];
    plan_ops_init(&ops);
    account_init(&a);
    assert_int_equal(account_decode(&a, span_of(account_json), &d.err), ST_OK);
    snprintf(copy, sizeof copy, "%s", settings);
    for (char *word = strtok(copy, " "); word && d.status == ST_OK; word = strtok(NULL, " "))
        d.status = plan_ops_setting(&ops, word, &d.err);
    if (d.status == ST_OK)
        d.status = plan_ops_apply(&ops, &a, 0, &d.skipped, &d.err);
    settable_json(&a, NULL, false, &d.json);
    plan_ops_finish(&ops);
    account_finish(&a);
    return d;
}

static void done_finish(struct done *d)
{
    str_finish(&d->json);
    str_finish(&d->skipped);
}

static void becomes(const char *settings, const char *json, const char *skipped)
{
    struct done d = run(settings);
    if (d.status != ST_OK || !strstr(str_text(&d.json), json) ||
        strcmp(str_text(&d.skipped), skipped) != 0)
        fail_msg("%s: status %d %s\n%s\nskipped: %s", settings, d.status, d.err.what,
                 str_text(&d.json), str_text(&d.skipped));
    done_finish(&d);
}

static void refused(const char *settings, const char *words)
{
    struct done d = run(settings);
    if (d.status != ST_USAGE || !strstr(d.err.what, words))
        fail_msg("%s: status %d, \"%s\", not \"%s\"", settings, d.status, d.err.what, words);
    done_finish(&d);
}

static void test_numbers(void **state)
{
    (void)state;
    becomes("quota.tokens=400M", "\"max_tokens_per_month\":400000000", "");
    becomes("quota_policy.max_tokens_per_month=none", "\"max_tokens_per_month\":null", "");
    becomes("quota.tokens=x1.2", "\"max_tokens_per_month\":600000000", "");
    becomes("quota.tokens=X0.5", "\"max_tokens_per_month\":250000000", "");
    becomes("quota.tokens=+10%", "\"max_tokens_per_month\":550000000", "");
    becomes("quota.tokens=-2.5%", "\"max_tokens_per_month\":487500000", "");
    becomes("quota.tokens=-100%", "\"max_tokens_per_month\":0", "");
    becomes("quota.tokens=+100M", "\"max_tokens_per_month\":600000000", "");
    becomes("quota.tokens=-100M", "\"max_tokens_per_month\":400000000", "");
    becomes("rate.timeout=+1m", "\"queue_timeout_seconds\":360", "");
    becomes("rate.timeout=x0.5", "\"queue_timeout_seconds\":150", "");
    becomes("rate.rps=x1.00625", "\"requests_per_second\":81", ""); /* 80.5 */
    becomes("quota.tokens=x2 quota.tokens=+1", "\"max_tokens_per_month\":1000000001", "");
}

static void test_caps(void **state)
{
    (void)state;
    becomes("quota.tokens=x3<=1.2G", "\"max_tokens_per_month\":1200000000", "");
    becomes("quota.tokens=x1.2<=1.2G", "\"max_tokens_per_month\":600000000", "");
    becomes("quota.tokens=+10%<=520M", "\"max_tokens_per_month\":520000000", "");
    becomes("quota.tokens=+1G<=520M", "\"max_tokens_per_month\":520000000", "");
    /* What is above the cap already stays, and it is said: a growth never takes away. */
    becomes("quota.tokens=x1.2<=100M", "\"max_tokens_per_month\":500000000",
            "quota.tokens: 500M, over the cap of 100M");
    becomes("quota.tokens=+25%<=500M", "\"max_tokens_per_month\":500000000",
            "quota.tokens: 500M, at the cap of 500M");
    becomes("rate.timeout=+1m<=5m", "\"queue_timeout_seconds\":300",
            "rate.timeout: 5m, at the cap of 5m");
    becomes("quota.tokens=x1<=500M", "\"max_tokens_per_month\":500000000", "");
    becomes("quota.tokens=x0.9<=100M", "\"max_tokens_per_month\":100000000", "");
    refused("quota.tokens=x1.2<=lots", "quota.tokens: not a number");
}

static void test_nothing_to_work_on(void **state)
{
    (void)state;
    becomes("quota.requests=x2", "\"max_requests_per_month\":null", "quota.requests: no limit");
    becomes("rate.rpm=+5", "\"requests_per_second\":80", "rate.rpm: not set");
    becomes("rate.burst=x2", "\"burst_size\":1.5", "rate.burst: not a whole number");
    becomes("rate.rps=-80", "\"requests_per_second\":80",
            "rate.rps: would become 0: out of range: 1 or more, or none for no limit");
    becomes("quota.tokens=-1G", "\"max_tokens_per_month\":500000000",
            "quota.tokens: would become -500000000: out of range: 0 or more, or none for no limit");
    becomes("quota.requests=x2 rate.rps=x2", "\"requests_per_second\":160",
            "quota.requests: no limit");
}

/* Beyond an int64 is an error, never another number. */
static void test_overflow(void **state)
{
    (void)state;
    refused("quota.tokens=x99999999999", "quota.tokens: the result is beyond");
    refused("quota.tokens=9223372036854775807 quota.tokens=+1", "quota.tokens: the result is");
    refused("quota.tokens=9223372036854775807 quota.tokens=x1.000000001", "beyond");
    refused("quota.tokens=x9223372036854775808", "not a factor");
    refused("quota.tokens=+9223372036854775807%", "not a change in percent that makes sense");
}

static void test_texts(void **state)
{
    (void)state;
    becomes("credentials_ref=s|kv/old/|kv/new/|", "\"credentials_ref\":\"kv/new/a/kv/old/b\"", "");
    becomes("credentials=s,kv/old/,kv/new/,g", "\"credentials_ref\":\"kv/new/a/kv/new/b\"", "");
    becomes("credentials_ref=s|b||", "\"credentials_ref\":\"kv/old/a/kv/old/\"", "");
    becomes("credentials_ref=s|no|yes|", "\"kv/old/a/kv/old/b\"",
            "credentials: does not have that text");
    becomes("description=s|a|b|", "\"description\":null", "desc: no text");
    becomes("name=s|one||", "\"name\":\"one\"", "name: would become empty");
    becomes("description=\"s|a|b|\"", "\"description\":\"s|a|b|\"", "");
    becomes("description=s|a|b", "\"description\":\"s|a|b\"", ""); /* a text that looks like it */
    becomes("region=search", "\"region\":\"search\"", "");
    becomes("enabled=no", "\"enabled\":false", "");
    becomes("description=none", "\"description\":null", "");
    refused("name=", "name: needed");
    refused("credentials_ref=s||x|", "what to replace is empty");
}

static void test_tags(void **state)
{
    (void)state;
    becomes("tags.team=legal", "\"tags\":{\"env\":\"prod\",\"team\":\"legal\"}", "");
    becomes("tags.a=b", "\"tags\":{\"a\":\"b\",\"env\":\"prod\",\"team\":\"search\"}", "");
    becomes("tags.zone=1", "\"tags\":{\"env\":\"prod\",\"team\":\"search\",\"zone\":\"1\"}", "");
    becomes("tags.team=none", "\"tags\":{\"env\":\"prod\"}", "");
    becomes("tags.team=none tags.env=none", "\"tags\":{}", "");
    becomes("tags.gone=none", "\"tags\":{\"env\":\"prod\",\"team\":\"search\"}", "");
    becomes("tags.team=\"none\"", "\"team\":\"none\"", "");
    becomes("tags.team=\"a\\u0041\"", "\"team\":\"aA\"", "");
    becomes("tags.team=", "\"team\":\"\"", "");
    becomes("tags.team=rename:squad", "\"tags\":{\"env\":\"prod\",\"squad\":\"search\"}", "");
    becomes("tags.team=rename:a", "\"tags\":{\"a\":\"search\",\"env\":\"prod\"}", "");
    becomes("tags.gone=rename:a", "\"team\":\"search\"", "tags.gone: no such tag");
    becomes("tags.team=rename:env", "\"team\":\"search\"",
            "tags.team: has a tag env of another value");
    becomes("tags.env=search tags.team=rename:env", "\"tags\":{\"env\":\"search\"}", "");
    becomes("tags.team=rename:tags.squad", "\"tags\":{\"env\":\"prod\",\"squad\":\"search\"}", "");
    refused("tags.team=rename:team", "tags.team: it has that key");
    refused("tags.team=rename:squad=red",
            "tags.team: a tag's key cannot have a \"=\" in it: \"squad=red\"");
    refused("tags.team=rename:=", "cannot have a \"=\"");
    refused("tags.team=rename:\t squad", "cannot begin or end with a blank");
    refused("tags.team=rename:\"squad\\u0020\"", "cannot begin or end with a blank");
    refused("tags.squad\t=x", "cannot begin or end with a blank");
    /* What comes after a rename to that key would lose the value. */
    refused("tags.team=rename:a tags.a=x", "tags.a stands twice");
    refused("tags.team=rename:a tags.a=none", "tags.a stands twice");
    becomes("tags=x=1,y=2", "\"tags\":{\"x\":\"1\",\"y\":\"2\"}", "");
    refused("tags.=x", "a tag's key cannot be empty");
    refused("tags.team=rename:", "a tag's key cannot be empty");
}

/* Of a prompt: a change without its sign is asked back with both. */
static void asked_back(enum plan_op_id id, const char *typed, const char *words)
{
    struct plan_ops ops;
    struct error err = {0};
    plan_ops_init(&ops);
    assert_int_equal(plan_ops_add(&ops, id, span_of("quota.tokens"), span_of(typed), &err),
                     ST_USAGE);
    assert_string_equal(err.what, words);
    plan_ops_finish(&ops);
}

static void test_a_change_without_its_sign(void **state)
{
    (void)state;
    asked_back(PLAN_OP_PERCENT, "10", "quota.tokens: up or down? try +10% or -10%");
    asked_back(PLAN_OP_PERCENT, "2.5%", "quota.tokens: up or down? try +2.5% or -2.5%");
    asked_back(PLAN_OP_PERCENT, "x", "quota.tokens: not a change in percent: try +10% or -2.5%");
    asked_back(PLAN_OP_ADD, "100M", "quota.tokens: more or less? try +100M or -100M");
    asked_back(PLAN_OP_ADD, "", "quota.tokens: not a change: try +100M or -100M");
}

static void test_bad_words(void **state)
{
    (void)state;
    refused("rate.rpss=1", "there is no field \"rate.rpss\"");
    refused("status=active", "the server's own");
    refused("used.tokens=x2", "the server's own");
    refused("rate.rps=fast", "rate.rps: not a number");
    refused("rate.rps=0", "rate.rps: out of range");
    refused("rate.rps=x", "rate.rps: not a number");
    refused("rate.rps=xx", "rate.rps: not a factor");
    refused("rate.rps=x-1", "rate.rps: not a factor");
    refused("rate.rps=+", "rate.rps: not a number");
    refused("rate.rps=+x", "rate.rps: not a number");
    refused("rate.rps=+5%5", "rate.rps: not a number");
    refused("rate.rps=-101%", "less than nothing");
    refused("quota.tokens=-1", "quota.tokens: -1 would take one away: no limit is none");
    becomes("quota.tokens=-2", "\"max_tokens_per_month\":499999998", "");
    refused("rate.rps=+%", "not a change in percent");
    refused("rate.rps=", "rate.rps: a value is needed");
    refused("rate=5", "whole policy");
    refused("rate=from:", "from which account");
    refused("policies=400M", "whole policy");
    refused("rate.rps=move:0", "nothing to move");
    refused("rate.rps", "no K=V");
    refused("quota.tokens=move:1 quota.tokens=move:2", "one move at a time");
    refused("rate.rps=5 rate_limit_policy.requests_per_second=6", "rate.rps stands twice");
    refused("rate.rps=x2 rate.rps=6", "rate.rps stands twice");
    refused("tags.team=a tags.team=b", "tags.team stands twice");
    refused("tags.team=None", "none takes a tag away; in quotes it is the text");
    refused("tags.team=a tags.team=none", "tags.team stands twice");
}

static void test_copies(void **state)
{
    struct plan_ops ops;
    struct account source, a;
    struct str json = STR_INIT, why = STR_INIT;
    struct error err;
    (void)state;
    plan_ops_init(&ops);
    account_init(&source);
    account_init(&a);
    assert_int_equal(account_decode(&source,
                                    span_of("{\"quota_policy\":{\"max_tokens_per_month\":null,"
                                            "\"current_month_tokens\":9},\"rate_limit_policy\":{"
                                            "\"requests_per_second\":7,\"burst_size\":null}}"),
                                    &err),
                     ST_OK);
    assert_int_equal(plan_ops_setting(&ops, "rate_limit_policy=from:pa_9", &err), ST_OK);
    assert_true(span_is(ops.items[0].word, "pa_9"));
    plan_ops_source(&ops, 0, &source);
    plan_ops_source(&ops, 0, &source);
    assert_int_equal(account_decode(&a, span_of(account_json), &err), ST_OK);
    assert_int_equal(plan_ops_apply(&ops, &a, 0, &why, &err), ST_OK);
    settable_json(&a, NULL, false, &json);
    /* A null that may not be sent, and what the source has not, stay. */
    assert_non_null(strstr(json.data, "\"requests_per_second\":7"));
    assert_non_null(strstr(json.data, "\"burst_size\":1.5"));
    assert_non_null(strstr(json.data, "\"max_concurrency\":10"));
    assert_non_null(strstr(json.data, "\"max_tokens_per_month\":500000000"));
    plan_ops_finish(&ops);
    assert_int_equal(plan_ops_setting(&ops, "policies=from:pa_9", &err), ST_OK);
    plan_ops_source(&ops, 0, &source);
    assert_int_equal(plan_ops_apply(&ops, &a, 0, &why, &err), ST_OK);
    assert_int_equal(a.v[FIELD_QUOTA_TOKENS].presence, PRESENCE_NULL);
    assert_int_equal(a.v[FIELD_USED_TOKENS].presence, PRESENCE_ABSENT);
    plan_ops_finish(&ops);
    account_finish(&source);
    account_finish(&a);
    str_finish(&json);
    str_finish(&why);
}

static void test_a_cap_for_all(void **state)
{
    struct plan_ops ops;
    struct error err;
    (void)state;
    plan_ops_init(&ops);
    assert_int_equal(plan_ops_cap(&ops, span_of("1G"), &err), ST_USAGE);
    assert_int_equal(plan_ops_setting(&ops, "quota.tokens=400M", &err), ST_OK);
    assert_int_equal(plan_ops_cap(&ops, span_of("1G"), &err), ST_USAGE);
    assert_int_equal(plan_ops_setting(&ops, "quota.tokens=x2", &err), ST_OK);
    assert_int_equal(plan_ops_setting(&ops, "quota.requests=x2<=5", &err), ST_OK);
    assert_int_equal(plan_ops_cap(&ops, span_of("lots"), &err), ST_USAGE);
    assert_int_equal(plan_ops_cap(&ops, span_of(" 1G "), &err), ST_OK);
    assert_true(ops.items[1].capped && ops.items[1].cap == 1000000000);
    assert_int_equal(ops.items[2].cap, 5);
    plan_ops_finish(&ops);
}

/* Each row can be said in words, and from a dialog as from the command line. */
static void test_words(void **state)
{
    static const struct {
        const char *setting, *words;
    } known[] = {
        {"quota.tokens=400M", "quota.tokens=400M"},
        {"quota.tokens=none", "quota.tokens=none"},
        {"quota.tokens=x1.20", "quota.tokens x1.2"},
        {"quota.tokens=x1.2<=1.2G", "quota.tokens x1.2, at most 1.2G"},
        {"quota.tokens=+10%", "quota.tokens +10%"},
        {"quota.tokens=-2.5%", "quota.tokens -2.5%"},
        {"quota.tokens=-100M", "quota.tokens -100M"},
        {"rate.timeout=+1m", "rate.timeout +1m"},
        {"credentials_ref=kv/x", "credentials=********"},
        {"region=s|a|b|", "region: \"a\" becomes \"b\""},
        {"credentials_ref=s|kv/a|kv/b|", "credentials: a part replaced"},
        {"tags.team=none", "tags.team=none"},
        {"tags.team=rename:squad", "tags.team renamed to squad"},
        {"policies=from:pa_1", "policies from pa_1"},
        {"quota.tokens=move:1k", "move 1,000 of quota.tokens"},
    };
    struct plan_ops ops;
    struct str words = STR_INIT;
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        plan_ops_init(&ops);
        str_clear(&words);
        assert_int_equal(plan_ops_setting(&ops, known[i].setting, &err), ST_OK);
        plan_ops_words(&ops, &words);
        assert_string_equal(str_text(&words), known[i].words);
        plan_ops_finish(&ops);
    }
    str_finish(&words);
}

/* A factor is taken as the plan's title writes it, too. */
static void test_a_factor_with_its_sign(void **state)
{
    static const char *const same[] = {"1.2",  "x1.2",      "X1.2",
                                       "*1.2", "\u00d71.2", " x 1.2 <= 1.2G"};
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(same); i++) {
        struct plan_ops ops;
        plan_ops_init(&ops);
        assert_int_equal(
            plan_ops_add(&ops, PLAN_OP_SCALE, span_of("quota.tokens"), span_of(same[i]), &err),
            ST_OK);
        assert_true(ops.items[0].num * 5 == ops.items[0].den * 6);
        assert_int_equal(
            plan_ops_add(&ops, PLAN_OP_SCALE, span_of("quota.tokens"), span_of("xx2"), &err),
            ST_USAGE);
        plan_ops_finish(&ops);
    }
}

static void test_from_a_dialog(void **state)
{
    struct plan_ops ops;
    struct error err;
    (void)state;
    plan_ops_init(&ops);
    assert_int_equal(
        plan_ops_add(&ops, PLAN_OP_SCALE, span_of("quota.tokens"), span_of("1.2"), &err), ST_OK);
    assert_int_equal(plan_ops_add(&ops, PLAN_OP_TAG_SET, span_of("team"), span_of("x"), &err),
                     ST_OK);
    assert_true(span_is(ops.items[1].tag, "team"));
    assert_int_equal(plan_ops_add(&ops, PLAN_OP_SCALE, span_of("region"), span_of("2"), &err),
                     ST_USAGE);
    assert_non_null(strstr(err.what, "does not work on this field"));
    assert_int_equal(plan_ops_add(&ops, PLAN_OP_DELETE, span_of(""), span_of(""), &err), ST_USAGE);
    assert_int_equal(ops.count, 2);
    plan_ops_finish(&ops);
    assert_int_equal(plan_ops_add(&ops, PLAN_OP_DELETE, span_of(""), span_of("x"), &err), ST_USAGE);
    assert_int_equal(plan_ops_add(&ops, PLAN_OP_DELETE, span_of(""), span_of(""), &err), ST_OK);
    assert_true(plan_ops_deletes(&ops));
    assert_int_equal(plan_ops_add(&ops, PLAN_OP_ENABLE, span_of(""), span_of(""), &err), ST_USAGE);
    plan_ops_finish(&ops);
    for (int i = 0; i < PLAN_OP_COUNT; i++) {
        const struct plan_op_info *row = plan_op_info((enum plan_op_id)i);
        assert_int_equal(row->id, i);
        assert_true(*row->name && *row->title && *row->help);
        assert_int_equal(!!(row->needs & PLAN_NEEDS_FIELD), row->types != 0);
    }
    assert_true(plan_op_takes(PLAN_OP_COPY, FIELD_RATE));
    assert_false(plan_op_takes(PLAN_OP_SET, FIELD_RATE));
    assert_false(plan_op_takes(PLAN_OP_SET, FIELD_STATUS));
    assert_false(plan_op_takes(PLAN_OP_SCALE, FIELD_USED_TOKENS));
}

/* Typed where one operation is asked for, as the command line has it: the lead is no part of it. */
static void test_typed_with_its_lead(void **state)
{
    static const struct {
        enum plan_op_id id;
        const char *typed, *value;
    } rows[] = {
        {PLAN_OP_REPLACE, "s|a|b|", "|a|b|"},
        {PLAN_OP_REPLACE, " s/a/b/g ", "/a/b/g"},
        {PLAN_OP_REPLACE, "|s|b|", "|s|b|"},
        {PLAN_OP_REPLACE, "s|a", "s|a"},
        {PLAN_OP_MOVE, "move:100M", "100M"},
        {PLAN_OP_SCALE, "x1.2", "1.2"},
        {PLAN_OP_TAG_RENAME, "rename:a", "a"},
        {PLAN_OP_TAG_RENAME, "\"rename:a\"", "\"rename:a\""},
        {PLAN_OP_COPY, "from:pa_1", "pa_1"},
        {PLAN_OP_SET, "s|a|b|", "s|a|b|"},
        {PLAN_OP_TAG_SET, "rename:a", "rename:a"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct span value = plan_op_typed(rows[i].id, span_of(rows[i].typed));
        if (!span_is(value, rows[i].value))
            fail_msg("%s: %.*s", rows[i].typed, (int)value.len, value.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_nothing_to_work_on),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_a_change_without_its_sign),
        cmocka_unit_test(test_bad_words),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_a_cap_for_all),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_a_factor_with_its_sign),
        cmocka_unit_test(test_from_a_dialog),
        cmocka_unit_test(test_typed_with_its_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
