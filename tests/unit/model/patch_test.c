/* patch_test.c: accounts, their differences, the three-way merge, bodies, a 422's loc, warnings. */
#include "model/account.h"
#include "model/json.h"
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
    struct error err;
    account_init(a);
    if (account_decode(a, span_of(json), &err))
        fail_msg("%s", err.what);
}

/* ---- accounts ---- */

static void test_account_owns_what_it_holds(void **state)
{
    char json[] = "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"tags\":{\"a\":\"b\"}}";
    struct account a, b;
    struct span val;
    (void)state;
    decode(&a, json);
    memset(json, 'x', sizeof json - 1);
    account_init(&b);
    account_copy(&b, &a);
    account_copy(&b, &b);
    account_finish(&a);
    assert_true(span_is(account_id(&b), "pa_1"));
    assert_true(span_is(account_name(&b), "n"));
    assert_true(value_pair_get(&b.v[FIELD_TAGS], span_of("a"), &val) && span_is(val, "b"));
    assert_non_null(strstr(str_text(&b.raw), "pa_1"));
    /* Its own bytes again. */
    assert_int_equal(account_decode(&b, span_from(&b.raw), NULL), ST_OK);
    assert_true(span_is(account_id(&b), "pa_1"));
    assert_int_equal(account_decode(&b, span_of("{\"name\":"), NULL), ST_PARSE);
    assert_int_equal(account_name(&b).len, 0);
    assert_int_equal(b.v[FIELD_ID].presence, PRESENCE_ABSENT);
    account_finish(&b);
}

static void test_setting_a_member_makes_its_policy(void **state)
{
    struct account a;
    struct value five = value_int(5), absent = value_absent();
    (void)state;
    decode(&a, "{\"quota_policy\":null}");
    account_set(&a, FIELD_QUOTA_TOKENS, &absent);
    assert_int_equal(a.v[FIELD_QUOTA].presence, PRESENCE_NULL);
    account_set(&a, FIELD_QUOTA_TOKENS, &five);
    assert_int_equal(a.v[FIELD_QUOTA].presence, PRESENCE_VALUE);
    assert_int_equal(a.v[FIELD_RATE].presence, PRESENCE_ABSENT);
    account_finish(&a);
}

/* ---- merge ---- */

/* Every way three copies can agree or not, by values of one limit and one text. */
static void test_merge_truth_table(void **state)
{
    static const char *const forms[] = {"", "null", "1", "2", "1.5"};
    (void)state;
    for (size_t n = 0; n < 125; n++) {
        const size_t at[3] = {n % 5, n / 5 % 5, n / 25};
        struct account a[3], out;
        struct merge m;
        for (size_t k = 0; k < 3; k++) {
            struct str json = STR_INIT;
            const char *form = forms[at[k]];
            str_printf(&json, "{\"name\":\"n\",\"rate_limit_policy\":{%s%s},\"status\":\"s%zu\"}",
                       *form ? "\"requests_per_minute\":" : "", form, k);
            decode(&a[k], str_text(&json));
            str_finish(&json);
        }
        account_init(&out);
        merge_accounts(&a[0], &a[1], &a[2], &out, &m);
        bool mine = at[1] != at[0] && at[1] != 0, theirs = at[2] != at[0];
        enum merge_state want = mine && theirs ? at[1] == at[2] ? MERGE_AGREE : MERGE_CONFLICT
                                : mine         ? MERGE_MINE
                                : theirs       ? MERGE_THEIRS
                                               : MERGE_SAME;
        bool keeps_mine = want == MERGE_MINE || want == MERGE_CONFLICT;
        assert_int_equal(m.state[FIELD_RPM], want);
        assert_int_equal(m.mine, want == MERGE_MINE);
        assert_int_equal(m.theirs, want == MERGE_THEIRS);
        assert_int_equal(m.conflicts, want == MERGE_CONFLICT);
        assert_true(value_eq(FIELD_RPM, &out.v[FIELD_RPM], &a[keeps_mine ? 1 : 2].v[FIELD_RPM]));
        /* What the server owns is the server's; out is no longer what was received. */
        assert_true(span_is(out.v[FIELD_STATUS].text, "s2"));
        assert_int_equal(m.state[FIELD_STATUS], MERGE_SAME);
        assert_int_equal(out.raw.len, 0);
        for (size_t k = 0; k < 3; k++)
            account_finish(&a[k]);
        account_finish(&out);
    }
}

static void test_diff_is_of_settable_fields(void **state)
{
    struct account a, b;
    struct field_set set;
    (void)state;
    decode(&a, "{\"name\":\"a\",\"status\":\"x\",\"updated_at\":\"1\",\"tags\":{\"k\":\"1\"},"
               "\"quota_policy\":{\"max_tokens_per_month\":null,\"current_month_tokens\":1}}");
    decode(&b, "{\"name\":\"b\",\"status\":\"y\",\"updated_at\":\"2\",\"tags\":{\"k\":\"2\"},"
               "\"quota_policy\":{\"current_month_tokens\":2}}");
    assert_int_equal(diff_settable(&a, &b, &set), 3);
    assert_true(set.has[FIELD_NAME] && set.has[FIELD_TAGS] && set.has[FIELD_QUOTA_TOKENS]);
    assert_int_equal(diff_settable(&a, &a, &set), 0);
    account_finish(&a);
    account_finish(&b);
}

/* ---- bodies ---- */

static void assert_patch(const char *from, const char *to, enum patch_policies policies,
                         const char *want)
{
    struct account a, b;
    struct field_set set;
    struct str body = STR_INIT;
    decode(&a, from);
    decode(&b, to);
    diff_settable(&a, &b, &set);
    patch_body(&a, &b, &set, policies, &body);
    assert_string_equal(str_text(&body), want);
    assert_int_equal(scan_check(span_from(&body), NULL, NULL), ST_OK);
    str_finish(&body);
    account_finish(&a);
    account_finish(&b);
}

static const char base[] =
    "{\"name\":\"n\",\"description\":\"d\",\"enabled\":true,\"tags\":{\"a\":\"1\"},"
    "\"status\":\"active\",\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,"
    "\"max_requests_per_month\":99999999999999999999,\"current_month_tokens\":5},"
    "\"rate_limit_policy\":{\"requests_per_second\":1,\"max_concurrency\":null,"
    "\"burst_size\":\"x\",\"queue_timeout_seconds\":20}}";

static void test_partial_patch(void **state)
{
    (void)state;
    assert_patch(base, base, PATCH_PARTIAL, "{}");
    assert_patch(base, "{}", PATCH_PARTIAL, "{}"); /* nothing of it can be said */
    assert_patch("{}", "{\"status\":\"x\",\"provider_account_id\":\"y\"}", PATCH_PARTIAL, "{}");
    assert_patch("{}", "{\"name\":5,\"region\":null,\"enabled\":false}", PATCH_PARTIAL,
                 "{\"region\":null,\"enabled\":false}");
    assert_patch("{}", "{\"tags\":{\"b\":\"\\\"\\n\",\"a\":\"\xC3\xA9\"}}", PATCH_PARTIAL,
                 "{\"tags\":{\"a\":\"\xC3\xA9\",\"b\":\"\\\"\\n\"}}");
    assert_patch("{\"tags\":{\"a\":\"1\"}}", "{\"tags\":{}}", PATCH_PARTIAL, "{\"tags\":{}}");
    assert_patch("{\"rate_limit_policy\":null}",
                 "{\"rate_limit_policy\":{\"requests_per_second\":9007199254740993,"
                 "\"queue_timeout_seconds\":120}}",
                 PATCH_PARTIAL,
                 "{\"rate_limit_policy\":{\"requests_per_second\":9007199254740993,"
                 "\"queue_timeout_seconds\":120}}");
}

/* A whole policy goes with every digit as received; what cannot be said stays out, and a policy
 * without a change stays at home. */
static void test_whole_policies(void **state)
{
    struct account a, b;
    struct field_set set;
    struct str body = STR_INIT;
    struct value seven = value_int(7), none = value_null();
    (void)state;
    decode(&a, base);
    decode(&b, base);
    account_set(&b, FIELD_QUOTA_TOKENS, &none);
    diff_settable(&a, &b, &set);
    patch_body(&a, &b, &set, PATCH_WHOLE, &body);
    assert_string_equal(str_text(&body), "{\"quota_policy\":{\"max_tokens_per_month\":null,"
                                         "\"max_requests_per_month\":99999999999999999999}}");
    account_set(&b, FIELD_RPS, &seven);
    account_set(&b, FIELD_NAME, &(struct value){.presence = PRESENCE_VALUE, .text = {"m", 1}});
    diff_settable(&a, &b, &set);
    str_clear(&body);
    patch_body(&a, &b, &set, PATCH_WHOLE, &body);
    assert_string_equal(str_text(&body),
                        "{\"name\":\"m\",\"quota_policy\":{\"max_tokens_per_month\":null,"
                        "\"max_requests_per_month\":99999999999999999999},"
                        "\"rate_limit_policy\":{\"requests_per_second\":7,"
                        "\"queue_timeout_seconds\":20}}");
    str_finish(&body);
    account_finish(&a);
    account_finish(&b);
}

/* A patch applied to what it was made from gives what it was made for. */
static void test_create_body(void **state)
{
    struct account a, back;
    struct str body = STR_INIT;
    struct field_set set;
    (void)state;
    decode(&a, base);
    create_body(&a, &body);
    assert_string_equal(str_text(&body),
                        "{\"name\":\"n\",\"description\":\"d\","
                        "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,"
                        "\"max_requests_per_month\":99999999999999999999},"
                        "\"rate_limit_policy\":{\"requests_per_second\":1,"
                        "\"queue_timeout_seconds\":20},"
                        "\"enabled\":true,\"tags\":{\"a\":\"1\"}}");
    decode(&back, str_text(&body));
    assert_int_equal(diff_settable(&a, &back, &set), 2); /* null concurrency, bad burst */
    str_clear(&body);
    account_finish(&a);
    decode(&a, "{\"region\":null,\"quota_policy\":{\"max_tokens_per_month\":null}}");
    create_body(&a, &body);
    assert_string_equal(str_text(&body),
                        "{\"region\":null,\"quota_policy\":{\"max_tokens_per_month\":null}}");
    str_finish(&body);
    account_finish(&a);
    account_finish(&back);
}

static void test_loc(void **state)
{
    static const struct {
        const char *parts[5];
        enum field field;
    } rows[] = {
        {{"body", "quota_policy", "max_tokens_per_month"}, FIELD_QUOTA_TOKENS},
        {{"body", "quota_policy"}, FIELD_QUOTA},
        {{"body", "quota_policy", "QuotaPolicy", "max_tokens_per_month"}, FIELD_QUOTA_TOKENS},
        {{"body", "quota_policy", "extra"}, FIELD_QUOTA},
        {{"body", "tags", "env"}, FIELD_TAGS},
        {{"body", "tags", "name"}, FIELD_TAGS},
        {{"body", "name"}, FIELD_NAME},
        {{"name"}, FIELD_NAME},
        {{"body", "burst_size"}, FIELD_BURST},
        {{"body", "0", "rate_limit_policy", "queue_policy", "str"}, FIELD_QUEUE_POLICY},
        {{"body", "rate.rps"}, FIELD_NONE}, /* a short name of ours says nothing there */
        {{"body"}, FIELD_NONE},
        {{"query", "limit"}, FIELD_NONE},
        {{NULL}, FIELD_NONE},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct span parts[5];
        size_t n = 0;
        for (; n < 5 && rows[i].parts[n]; n++)
            parts[n] = span_of(rows[i].parts[n]);
        assert_int_equal(field_from_loc(parts, n), rows[i].field);
    }
}

/* ---- warnings ---- */

static void test_warnings(void **state)
{
    static const struct {
        const char *before, *now; /* policies; before "" for none */
        const char *ids;          /* what is said, "!" behind what asks for the name */
    } rows[] = {
        {"", "{}", ""},
        {"", "{\"rate_limit_policy\":{\"requests_per_second\":100,\"requests_per_minute\":6000}}",
         ""},
        {"", "{\"rate_limit_policy\":{\"requests_per_second\":101,\"requests_per_minute\":6000}}",
         "rps-above-rpm "},
        {"",
         "{\"rate_limit_policy\":{\"requests_per_second\":9223372036854775807,"
         "\"requests_per_minute\":5}}",
         "rps-above-rpm "},
        {"", "{\"rate_limit_policy\":{\"requests_per_second\":101,\"requests_per_minute\":null}}",
         ""},
        {"", "{\"rate_limit_policy\":{\"requests_per_second\":10,\"burst_size\":10}}", ""},
        {"", "{\"rate_limit_policy\":{\"requests_per_second\":10,\"burst_size\":9}}",
         "burst-below-rps "},
        {"",
         "{\"quota_policy\":{\"max_tokens_per_month\":5,\"current_month_tokens\":6,"
         "\"max_requests_per_month\":6,\"current_month_requests\":6}}",
         "quota-below-used "},
        {"{\"quota_policy\":{\"max_tokens_per_month\":5}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":5,\"current_month_tokens\":6}}", ""},
        {"{\"quota_policy\":{\"max_tokens_per_month\":7}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":5,\"current_month_tokens\":6}}",
         "quota-below-used "},
        {"",
         "{\"quota_policy\":{\"max_tokens_per_month\":1000000},"
         "\"rate_limit_policy\":{\"input_tokens_per_minute\":1000}}",
         "tokens-in-hours "},
        {"",
         "{\"quota_policy\":{\"max_tokens_per_month\":1440000},"
         "\"rate_limit_policy\":{\"output_tokens_per_minute\":1000}}",
         ""},
        {"{\"quota_policy\":{\"max_tokens_per_month\":10}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":99}}", ""},
        {"{\"quota_policy\":{\"max_tokens_per_month\":10}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":100}}", "tenfold! "},
        {"{\"quota_policy\":{\"max_requests_per_month\":100}}",
         "{\"quota_policy\":{\"max_requests_per_month\":11}}", ""},
        {"{\"quota_policy\":{\"max_requests_per_month\":100}}",
         "{\"quota_policy\":{\"max_requests_per_month\":10}}", "tenfold! "},
        {"{\"quota_policy\":{\"max_tokens_per_month\":10}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":0}}", "quota-zero tenfold! "},
        {"{\"quota_policy\":{\"max_tokens_per_month\":0}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":1}}", "tenfold! "},
        {"{\"quota_policy\":{\"max_tokens_per_month\":0}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":0}}", ""},
        {"{\"quota_policy\":{\"max_tokens_per_month\":10}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":null}}", "tenfold! "},
        {"{\"quota_policy\":{\"max_tokens_per_month\":null}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":10}}", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct account before, now;
        struct warning w[8];
        struct str ids = STR_INIT;
        decode(&before, *rows[i].before ? rows[i].before : "{}");
        decode(&now, rows[i].now);
        size_t n = warn_account(*rows[i].before ? &before : NULL, &now, w, ARRAY_LEN(w));
        for (size_t k = 0; k < n; k++) {
            str_printf(&ids, "%s%s ", w[k].id, w[k].needs_name ? "!" : "");
            assert_true(w[k].text[0] && w[k].field < FIELD_COUNT);
        }
        if (strcmp(str_text(&ids), rows[i].ids) != 0)
            fail_msg("%zu: %s, not %s", i, str_text(&ids), rows[i].ids);
        assert_int_equal(warn_account(*rows[i].before ? &before : NULL, &now, w, 0), 0);
        str_finish(&ids);
        account_finish(&before);
        account_finish(&now);
    }
}

/* ---- json.h ---- */

static void test_safe_json_is_the_same_value(void **state)
{
    static const struct {
        const char *raw, *safe;
    } rows[] = {
        {"{\"a\":9007199254740993,\"b\":[1.50, \"x\"]}",
         "{\"a\":9007199254740993,\"b\":[1.50, \"x\"]}"},
        {"{\r\n\t\"a\" :\t1\r}", "{\"a\" :1}"},
        {"\"\xC3\xA9 e\xCC\x81 \xE4\xBD\xA0\"", "\"\xC3\xA9 e\xCC\x81 \xE4\xBD\xA0\""},
        {"\"\xCC\x81\"", "\"\\u0301\""},
        {"\"a\xE2\x80\xAE\xC3\xA9\"", "\"a\\u202e\xC3\xA9\""},
        {"\"\xC2\x9B\x7f\"", "\"\\u009b\\u007f\""},
        {"\"\xF3\xA0\x80\xA1\"", "\"\\udb40\\udc21\""},
        {"\"\\u001b\\\"\\\\\"", "\"\\u001b\\\"\\\\\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str out = STR_INIT;
        cJSON *a, *b;
        json_safe(&out, span_of(rows[i].raw));
        assert_string_equal(str_text(&out), rows[i].safe);
        assert_int_equal(json_parse(span_of(rows[i].raw), &a, NULL), ST_OK);
        assert_int_equal(json_parse(span_from(&out), &b, NULL), ST_OK);
        assert_true(cJSON_Compare(a, b, true));
        cJSON_Delete(a);
        cJSON_Delete(b);
        str_finish(&out);
    }
}

/* More marks than a letter may carry are escaped, not passed because each alone is harmless. */
static void test_safe_json_counts_marks(void **state)
{
    struct str in = STR_INIT, out = STR_INIT;
    (void)state;
    str_add(&in, "\"a");
    for (int i = 0; i < 30; i++)
        str_add(&in, "\xCC\x81");
    str_add(&in, "\"");
    json_safe(&out, span_from(&in));
    assert_non_null(strstr(str_text(&out), "\\u0301"));
    str_finish(&in);
    str_finish(&out);
}

static void test_quote(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    json_quote(&out, (struct span){"a\0\x01\"\\/\n\x7f\xC3\xA9\xFF\xC3", 12});
    assert_string_equal(str_text(&out), "\"a\\u0000\\u0001\\\"\\\\/\\n\\u007f\xC3\xA9"
                                        "\xEF\xBF\xBD\xEF\xBF\xBD\"");
    assert_int_equal(scan_check(span_from(&out), NULL, NULL), ST_OK);
    str_finish(&out);
}

static void test_pretty(void **state)
{
    static const struct {
        const char *raw, *pretty;
    } rows[] = {
        {"5", "5"},
        {"{}", "{}"},
        {"[ ]", "[]"},
        {"{\"a\":{},\"b\":[[]]}", "{\n  \"a\": {},\n  \"b\": [\n    []\n  ]\n}"},
        {"[1.0,\n\"{,:\\\"}\"]", "[\n  1.0,\n  \"{,:\\\"}\"\n]"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str out = STR_INIT;
        json_pretty(&out, span_of(rows[i].raw));
        assert_string_equal(str_text(&out), rows[i].pretty);
        str_finish(&out);
    }
}

static void test_parsed_members(void **state)
{
    cJSON *json;
    (void)state;
    assert_int_equal(json_parse(span_of("{\"a\":\"1\",\"A\":2,\"a\":\"3\"}"), &json, NULL), ST_OK);
    assert_string_equal(json_get_string(json, "a"), "3");
    assert_null(json_get_string(json, "A"));
    assert_non_null(json_get(json, "A"));
    assert_null(json_get(json, "b"));
    assert_null(json_get(NULL, "a"));
    assert_null(json_get(json_get(json, "A"), "a"));
    cJSON_Delete(json);
    static const char *const bad[] = {"\xEF\xBB\xBF{}",  "{}x",         "01",
                                      "\"a\x1b\"",       "\"\\u0000\"", "[1,]",
                                      "{\"\\u0000\":1}", "\"\xFF\""};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(json_parse(span_of(bad[i]), &json, NULL), ST_PARSE);
        assert_null(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_account_owns_what_it_holds),
        cmocka_unit_test(test_setting_a_member_makes_its_policy),
        cmocka_unit_test(test_merge_truth_table),
        cmocka_unit_test(test_diff_is_of_settable_fields),
        cmocka_unit_test(test_partial_patch),
        cmocka_unit_test(test_whole_policies),
        cmocka_unit_test(test_create_body),
        cmocka_unit_test(test_loc),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_safe_json_is_the_same_value),
        cmocka_unit_test(test_safe_json_counts_marks),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_parsed_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
