/* settable_test.c: the settable part of an account as canonical JSON, there and back. */
#include "plan/settable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void json_of(const char *json, bool with_id, struct str *out)
{
    struct account a;
    struct error err;
    account_init(&a);
    assert_int_equal(account_decode(&a, span_of(json), &err), ST_OK);
    str_clear(out);
    settable_json(&a, NULL, with_id, out);
    account_finish(&a);
}

static void test_canonical(void **state)
{
    static const struct {
        const char *in, *out;
    } known[] = {
        {"{}", "{}"},
        {"{\"status\":\"active\",\"org_id\":\"o\",\"updated_at\":\"x\"}", "{}"},
        {"{\"name\":\"b\",\"enabled\":false,\"description\":null}",
         "{\"description\":null,\"enabled\":false,\"name\":\"b\"}"},
        {"{\"tags\":{\"z\":\"1\",\"a\":\"2\"},\"name\":\"n\"}",
         "{\"name\":\"n\",\"tags\":{\"a\":\"2\",\"z\":\"1\"}}"},
        {"{\"quota_policy\":{\"current_month_tokens\":5}}", "{}"},
        {"{\"quota_policy\":null,\"rate_limit_policy\":{\"requests_per_second\":1e2}}",
         "{\"rate_limit_policy\":{\"requests_per_second\":100}}"},
        {"{\"quota_policy\":{\"max_tokens_per_month\":9007199254740993},"
         "\"rate_limit_policy\":{\"burst_size\":1.50}}",
         "{\"quota_policy\":{\"max_tokens_per_month\":9007199254740993},"
         "\"rate_limit_policy\":{\"burst_size\":1.50}}"},
        {"{\"region\":[1, 2]}", "{\"region\":[1, 2]}"},
    };
    struct str out = STR_INIT, again = STR_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        json_of(known[i].in, false, &out);
        assert_string_equal(str_text(&out), known[i].out);
        json_of(str_text(&out), false, &again);
        assert_string_equal(str_text(&out), str_text(&again));
    }
    json_of("{\"provider_account_id\":\"pa_1\",\"name\":\"n\"}", true, &out);
    assert_string_equal(str_text(&out), "{\"provider_account_id\":\"pa_1\",\"name\":\"n\"}");
    str_finish(&out);
    str_finish(&again);
}

/* Two policies that stand apart in the order of their paths are closed and opened. */
static void test_both_policies(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    json_of("{\"rate_limit_policy\":{\"requests_per_minute\":2},\"region\":\"r\","
            "\"quota_policy\":{\"max_tokens_per_month\":null},\"provider_type\":\"p\"}",
            false, &out);
    assert_string_equal(str_text(&out),
                        "{\"provider_type\":\"p\",\"quota_policy\":{\"max_tokens_per_month\":null},"
                        "\"rate_limit_policy\":{\"requests_per_minute\":2},\"region\":\"r\"}");
    str_finish(&out);
}

static void test_laying_over(void **state)
{
    struct account a;
    struct error err;
    struct str out = STR_INIT;
    (void)state;
    account_init(&a);
    assert_int_equal(account_decode(&a,
                                    span_of("{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
                                            "\"region\":\"r\",\"status\":\"active\"}"),
                                    &err),
                     ST_OK);
    assert_int_equal(settable_lay(&a,
                                  span_of("{\"region\":null,\"status\":\"down\","
                                          "\"quota_policy\":{\"max_tokens_per_month\":7}}"),
                                  &err),
                     ST_OK);
    settable_json(&a, NULL, true, &out);
    assert_string_equal(str_text(&out), "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
                                        "\"quota_policy\":{\"max_tokens_per_month\":7},"
                                        "\"region\":null}");
    assert_true(span_is(a.v[FIELD_STATUS].text, "active"));
    assert_int_equal(settable_lay(&a, span_of("[]"), &err), ST_PARSE);
    account_finish(&a);
    str_finish(&out);
}

static size_t differ(const char *x, const char *y)
{
    struct account a, b;
    struct field_set which;
    account_init(&a);
    account_init(&b);
    assert_int_equal(account_decode(&a, span_of(x), NULL), ST_OK);
    assert_int_equal(account_decode(&b, span_of(y), NULL), ST_OK);
    size_t n = settable_diff(&a, &b, &which), counted = 0;
    for (int f = 0; f < FIELD_COUNT; f++)
        counted += which.has[f];
    assert_int_equal(n, counted);
    account_finish(&a);
    account_finish(&b);
    return n;
}

static void test_differences(void **state)
{
    (void)state;
    assert_int_equal(differ("{}", "{\"tags\":{}}"), 0);
    assert_int_equal(differ("{\"tags\":null}", "{\"tags\":{}}"), 0);
    assert_int_equal(differ("{\"quota_policy\":{\"max_tokens_per_month\":null}}", "{}"), 0);
    assert_int_equal(differ("{\"region\":\"\"}", "{\"region\":null}"), 1);
    assert_int_equal(differ("{\"quota_policy\":{\"max_tokens_per_month\":0}}", "{}"), 1);
    assert_int_equal(differ("{\"status\":\"a\",\"updated_at\":\"1\"}", "{\"status\":\"b\"}"), 0);
    assert_int_equal(differ("{\"name\":\"a\",\"tags\":{\"a\":\"1\"}}", "{\"name\":\"b\"}"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_both_policies),
        cmocka_unit_test(test_laying_over),
        cmocka_unit_test(test_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
