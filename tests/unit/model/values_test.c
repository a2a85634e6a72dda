/* values_test.c: values by type, differences, merge, bodies, warnings and filters. */
#include "model/account.h"
#include "model/filter.h"
#include "model/json.h"
#include "model/sort.h"
#include "model/warn.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void decode(struct account *a, const char *json)
{
    account_init(a);
    assert_int_equal(account_decode(a, span_of(json), NULL), ST_OK);
}

/* What the form begins with, typed again, is the same value: for every settable field. */
static void test_edit_then_parse_gives_the_same(void **state)
{
    static const char *const accounts[] = {
        "{\"name\":\"x, \\\"y\\\"\",\"provider_type\":\"new_one\",\"credentials_ref\":\"kv/a\","
        "\"enabled\":false,\"routing_mode\":\"direct\",\"tags\":{\"a,b\":\"c=d\",\"e\":\"\","
        "\" f\":\"g \",\"h\\n\":\"\\\"\"},\"quota_policy\":{\"max_tokens_per_month\":500000000,"
        "\"max_requests_per_month\":null},\"rate_limit_policy\":{\"requests_per_second\":1,"
        "\"requests_per_minute\":6001,\"max_concurrency\":7,\"burst_size\":1000,"
        "\"queue_policy\":\"wait\",\"queue_timeout_seconds\":90}}",
        "{\"name\":\"n\",\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,"
        "\"max_requests_per_month\":0},\"description\":null,\"tags\":null,"
        "\"rate_limit_policy\":{\"queue_timeout_seconds\":120}}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
        struct account a;
        struct arena mem;
        decode(&a, accounts[i]);
        arena_init(&mem);
        for (int f = 0; f < FIELD_COUNT; f++) {
            struct str text = STR_INIT;
            struct value v;
            if (field_settable((enum field)f) && a.v[f].presence != PRESENCE_ABSENT) {
                value_edit((enum field)f, &a.v[f], &text);
                assert_int_equal(value_parse((enum field)f, span_from(&text), &mem, &v, NULL),
                                 ST_OK);
                if (!value_eq((enum field)f, &a.v[f], &v))
                    fail_msg("%s: %s", field_info((enum field)f)->path, str_text(&text));
            }
            str_finish(&text);
        }
        arena_finish(&mem);
        account_finish(&a);
    }
}

static void test_parse_refuses(void **state)
{
    static const struct {
        enum field field;
        const char *typed;
    } bad[] = {
        {FIELD_QUOTA_TOKENS, "-1"},
        {FIELD_QUOTA_TOKENS, "x"},
        {FIELD_RPS, "0"},
        {FIELD_CONCURRENCY, "none"},
        {FIELD_QUEUE_TIMEOUT, "20x"},
        {FIELD_NAME, ""},
        {FIELD_ENABLED, "maybe"},
        {FIELD_TAGS, "a"},
        {FIELD_TAGS, "a=1,a=2"},
        {FIELD_TAGS, "=1"},
        {FIELD_TAGS, "\"a=1"},
        {FIELD_LAST_CHECK, "now"},
    };
    struct arena mem;
    (void)state;
    arena_init(&mem);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct value v;
        struct error err;
        if (value_parse(bad[i].field, span_of(bad[i].typed), &mem, &v, &err) == ST_OK)
            fail_msg("accepted: %s", bad[i].typed);
        assert_true(strlen(err.what) > 0);
    }
    arena_finish(&mem);
}

static void test_none_zero_and_empty_are_three(void **state)
{
    struct value none, zero, empty;
    (void)state;
    assert_int_equal(value_parse(FIELD_QUOTA_TOKENS, span_of("None"), NULL, &none, NULL), ST_OK);
    assert_int_equal(value_parse(FIELD_QUOTA_TOKENS, span_of("0"), NULL, &zero, NULL), ST_OK);
    assert_int_equal(value_parse(FIELD_QUOTA_TOKENS, span_of(""), NULL, &empty, NULL), ST_OK);
    assert_int_equal(none.presence, PRESENCE_NULL);
    assert_int_equal(zero.presence, PRESENCE_VALUE);
    assert_int_equal(empty.presence, PRESENCE_ABSENT);
    assert_false(value_eq(FIELD_QUOTA_TOKENS, &none, &zero));
    assert_false(value_eq(FIELD_QUOTA_TOKENS, &none, &empty));
}

static void test_patch_sends_only_what_changed(void **state)
{
    struct account a, b;
    struct field_set which;
    struct str body = STR_INIT;
    (void)state;
    decode(&a, "{\"name\":\"n\",\"quota_policy\":{\"max_tokens_per_month\":1,"
               "\"max_requests_per_month\":9007199254740993},\"tags\":{\"a\":\"1\"}}");
    decode(&b, "{\"name\":\"n\",\"quota_policy\":{\"max_tokens_per_month\":null,"
               "\"max_requests_per_month\":9007199254740993},\"tags\":{\"a\":\"1\",\"b\":\"2\"}}");
    assert_int_equal(diff_settable(&a, &b, &which), 2);
    patch_body(&a, &b, &which, PATCH_PARTIAL, &body);
    assert_string_equal(str_text(&body), "{\"quota_policy\":{\"max_tokens_per_month\":null},"
                                         "\"tags\":{\"a\":\"1\",\"b\":\"2\"}}");
    str_clear(&body);
    patch_body(&a, &b, &which, PATCH_WHOLE, &body);
    assert_non_null(strstr(str_text(&body), "\"max_requests_per_month\":9007199254740993"));
    str_finish(&body);
    account_finish(&a);
    account_finish(&b);
}

static void test_merge_truth_table(void **state)
{
    static const struct {
        const char *base, *mine, *server;
        enum merge_state want;
    } rows[] = {
        {"1", "1", "1", MERGE_SAME},        {"1", "2", "1", MERGE_MINE},
        {"1", "1", "2", MERGE_THEIRS},      {"1", "2", "2", MERGE_AGREE},
        {"1", "2", "3", MERGE_CONFLICT},    {"1", "null", "1", MERGE_MINE},
        {"null", "1", "2", MERGE_CONFLICT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct account a[3], out;
        struct merge m;
        const char *texts[] = {rows[i].base, rows[i].mine, rows[i].server};
        for (size_t k = 0; k < 3; k++) {
            struct str json = STR_INIT;
            str_printf(&json, "{\"rate_limit_policy\":{\"requests_per_minute\":%s}}", texts[k]);
            decode(&a[k], str_text(&json));
            str_finish(&json);
        }
        account_init(&out);
        merge_accounts(&a[0], &a[1], &a[2], &out, &m);
        assert_int_equal(m.state[FIELD_RPM], rows[i].want);
        bool mine = rows[i].want == MERGE_MINE || rows[i].want == MERGE_CONFLICT;
        assert_true(value_eq(FIELD_RPM, &out.v[FIELD_RPM], &a[mine ? 1 : 2].v[FIELD_RPM]));
        for (size_t k = 0; k < 3; k++)
            account_finish(&a[k]);
        account_finish(&out);
    }
}

static void test_loc_finds_the_field(void **state)
{
    struct span quota[] = {span_of("body"), span_of("quota_policy"),
                           span_of("max_tokens_per_month")};
    struct span other[] = {span_of("body"), span_of("unheard")};
    struct span name[] = {span_of("body"), span_of("name")};
    (void)state;
    assert_int_equal(field_from_loc(quota, 3), FIELD_QUOTA_TOKENS);
    assert_int_equal(field_from_loc(quota, 2), FIELD_QUOTA);
    assert_int_equal(field_from_loc(other, 2), FIELD_NONE);
    assert_int_equal(field_from_loc(name, 2), FIELD_NAME);
}

static void test_warnings(void **state)
{
    struct account before, now;
    struct warning w[8];
    (void)state;
    decode(&before, "{\"quota_policy\":{\"max_tokens_per_month\":1000}}");
    decode(&now,
           "{\"quota_policy\":{\"max_tokens_per_month\":10000,\"current_month_tokens\":20000},"
           "\"rate_limit_policy\":{\"requests_per_second\":120,\"requests_per_minute\":6000,"
           "\"burst_size\":10}}");
    assert_int_equal(warn_account(&before, &now, w, 8), 4);
    assert_string_equal(w[0].id, "rps-above-rpm");
    assert_string_equal(w[1].id, "burst-below-rps");
    assert_string_equal(w[2].id, "quota-below-used");
    assert_true(w[3].needs_name);
    assert_int_equal(warn_account(NULL, &before, w, 8), 0);
    account_finish(&before);
    account_finish(&now);
}

static bool seen_everywhere(void *ctx, enum field field, struct span value)
{
    assert_int_equal(field, FIELD_PROVIDER_TYPE);
    return span_is(value, ctx);
}

/* Open sets: what is new and unknown is said, with the word that was likely meant. */
static void test_unknown_words(void **state)
{
    struct account before, now;
    struct warning w[8];
    (void)state;
    decode(&before, "{\"provider_type\":\"own\",\"status\":\"odd\"}");
    decode(&now, "{\"provider_type\":\"opnai\",\"status\":\"strange\","
                 "\"rate_limit_policy\":{\"queue_policy\":\"wait\"}}");
    assert_int_equal(warn_words(&before, &now, NULL, NULL, w, 8), 1);
    assert_string_equal(w[0].id, "unknown-word");
    assert_int_equal(w[0].field, FIELD_PROVIDER_TYPE);
    assert_false(w[0].needs_name);
    assert_non_null(strstr(w[0].text, "did you mean openai?"));
    assert_int_equal(warn_words(NULL, &before, NULL, NULL, w, 8), 1);
    assert_non_null(strstr(w[0].text, "(openai, anthropic, "));
    assert_non_null(strstr(w[0].text, "): the server decides"));
    assert_int_equal(warn_words(&before, &before, NULL, NULL, w, 8), 0); /* as it was */
    char other[] = "opnai";
    assert_int_equal(warn_words(&before, &now, seen_everywhere, other, w, 8), 0);
    assert_int_equal(warn_words(&before, &now, NULL, NULL, w, 0), 0);
    account_finish(&before);
    account_finish(&now);
}

/* ---- filters ---- */

static void account_get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    (void)row;
    *out = ((const struct account *)owner)->v[field];
}

#define NOW 1792500000000 /* 2026-10-20T13:20:00Z */

static bool matches(const struct account *a, const char *text)
{
    struct column_set *set = column_set_create();
    struct filter *f;
    struct error err;
    struct row_source row = {account_get, a, 0};
    if (filter_parse(set, span_of(text), NOW, &f, NULL, &err))
        fail_msg("%s: %s", text, err.what);
    bool hit = filter_match(f, &row);
    filter_destroy(f);
    column_set_destroy(set);
    return hit;
}

static void test_filter_terms(void **state)
{
    static const char *const yes[] = {
        "",
        "prod",
        "PROD eu",
        "\"gpt-eu\"",
        "/^az-.*prod$/",
        "~agp",
        "region:EUROPE",
        "region=westeurope",
        "region!=eastus",
        "region:east,west",
        "region:/^west/",
        "tokens>400M",
        "tokens<=412M",
        "quota.tokens=500M",
        "tokens.pct>80",
        "tokens.pct=82",
        "checked>10m",
        "checked<1h",
        "rpm:none",
        "description:none",
        "tag:team",
        "tag:team=search",
        "tags:search",
        "!sandbox",
        "not sandbox",
        "!tag:env",
        "enabled:yes",
        "résidence",
        "status:active",
        "timeout=2m",
    };
    static const char *const no[] = {
        "sandbox",     "prod sandbox", "!prod",      "region=west", "tokens>412M", "tag:env",
        "tag:team=se", "rps:none",     "checked>2h", "enabled=no",  "status=act",
    };
    struct account a;
    (void)state;
    decode(
        &a,
        "{\"provider_account_id\":\"acc_1\",\"name\":\"az-gpt-eu-prod\",\"region\":\"westeurope\","
        "\"status\":\"active\",\"enabled\":true,\"tags\":{\"team\":\"search\",\"r\":\"Residence\"},"
        "\"quota_policy\":{\"max_tokens_per_month\":500000000,\"current_month_tokens\":412000000},"
        "\"rate_limit_policy\":{\"requests_per_second\":5,\"requests_per_minute\":null,"
        "\"queue_timeout_seconds\":120},\"last_health_check\":\"2026-10-20T13:00:00Z\"}");
    a.v[FIELD_LAST_CHECK].i = NOW - 20 * 60 * 1000;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (!matches(&a, yes[i]))
            fail_msg("should match: %s", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        if (matches(&a, no[i]))
            fail_msg("should not match: %s", no[i]);
    }
    account_finish(&a);
}

static void test_filter_errors_say_where(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {{"prod nowhere:x", 5}, {"\"open", 0}, {"a /[/", 2},
               {"tokens>lots", 7},    {"name>x", 0}, {"\"a\"b", 3}};
    struct column_set *set = column_set_create();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct filter *f;
        size_t at = 99;
        if (filter_parse(set, span_of(bad[i].text), NOW, &f, &at, NULL) == ST_OK)
            fail_msg("accepted: %s", bad[i].text);
        if (at != bad[i].at)
            fail_msg("%s: at %zu", bad[i].text, at);
    }
    column_set_destroy(set);
}

static void test_filter_query(void **state)
{
    struct column_set *set = column_set_create();
    struct filter *f;
    struct filter_query q;
    (void)state;
    filter_parse(set, span_of("provider=openai status:act enabled=yes"), NOW, &f, NULL, NULL);
    filter_query_terms(f, &q);
    assert_string_equal(q.provider_type, "openai");
    assert_null(q.status);
    assert_true(q.enabled_only);
    assert_false(filter_exact(f));
    filter_destroy(f);
    filter_parse(set, span_of("!provider=openai provider=a,b"), NOW, &f, NULL, NULL);
    filter_query_terms(f, &q);
    assert_null(q.provider_type);
    assert_true(filter_exact(f));
    filter_destroy(f);
    column_set_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edit_then_parse_gives_the_same),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_none_zero_and_empty_are_three),
        cmocka_unit_test(test_patch_sends_only_what_changed),
        cmocka_unit_test(test_merge_truth_table),
        cmocka_unit_test(test_loc_finds_the_field),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_unknown_words),
        cmocka_unit_test(test_filter_terms),
        cmocka_unit_test(test_filter_errors_say_where),
        cmocka_unit_test(test_filter_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
