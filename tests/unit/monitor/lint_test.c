/* lint_test.c: each rule finds what it is for and nothing else, and is silent without what it
 * needs.
 */
#include "monitor/lint.h"

#include "base/vec.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const residency[] = {"EU=westeurope,eu-*", "US=us-*", NULL};
static const struct lint_settings all_set = {.client_wait_s = 60,
                                             .residency = residency,
                                             .check_age_ms = 3600000,
                                             .tokens_last_ms = 7200000};
static const struct lint_settings none_set = {0};

/* Counts and checks the first account among all of them; the rules found, as bits. */
static unsigned found(const struct lint_settings *settings, const char *const *members, size_t n,
                      struct str *text)
{
    struct fleet *fleet = fleet_create();
    struct lint lint;
    unsigned bits = 0;
    for (size_t i = 0; i < n; i++) {
        struct str raw = STR_INIT;
        str_printf(&raw, "{\"provider_account_id\":\"a%zu\",\"name\":\"n\"%s}", i, members[i]);
        assert_int_equal(fleet_put(fleet, span_from(&raw), 1, NULL), FLEET_NEW);
        str_finish(&raw);
    }
    lint_init(&lint, settings, fleet);
    for (row_id row = 0; row < fleet_rows(fleet); row++)
        lint_count_row(&lint, row);
    int64_t now = when_parse_rfc3339("2026-10-20T14:00:00Z", 20);
    bool found[LINT_COUNT];
    lint_row(&lint, 0, now, found);
    for (int rule = 0; rule < LINT_COUNT; rule++) {
        if (lint_check(&lint, 0, (enum lint_rule)rule, now, text))
            bits |= 1u << rule;
        assert_int_equal(found[rule], bits >> rule & 1);
    }
    lint_finish(&lint);
    fleet_destroy(fleet);
    return bits;
}

static void test_each_rule(void **state)
{
    (void)state;
#define CHECKED ",\"last_health_check\":\"2026-10-20T13:59:00Z\""
    static const struct {
        const char *member;
        int rule; /* -1: nothing */
    } rows[] = {
        {CHECKED, -1},
        {CHECKED ",\"rate_limit_policy\":{\"requests_per_second\":120,"
                 "\"requests_per_minute\":6000}",
         LINT_RPS_ABOVE_RPM},
        {CHECKED ",\"rate_limit_policy\":{\"requests_per_second\":100,"
                 "\"requests_per_minute\":6000,\"burst_size\":100}",
         -1},
        {CHECKED ",\"rate_limit_policy\":{\"requests_per_second\":20,\"burst_size\":10}",
         LINT_BURST_BELOW_RPS},
        {CHECKED ",\"quota_policy\":{\"max_tokens_per_month\":1000000},"
                 "\"rate_limit_policy\":{\"input_tokens_per_minute\":10000}",
         LINT_TOKENS_IN_HOURS},
        {CHECKED ",\"quota_policy\":{\"max_tokens_per_month\":1199999},"
                 "\"rate_limit_policy\":{\"output_tokens_per_minute\":10000}",
         LINT_TOKENS_IN_HOURS},
        {CHECKED ",\"quota_policy\":{\"max_tokens_per_month\":1200000},"
                 "\"rate_limit_policy\":{\"input_tokens_per_minute\":10000,"
                 "\"output_tokens_per_minute\":10000}",
         -1},
        {CHECKED ",\"quota_policy\":{\"max_tokens_per_month\":1000000000},"
                 "\"rate_limit_policy\":{\"input_tokens_per_minute\":10000,"
                 "\"output_tokens_per_minute\":10000}",
         LINT_QUOTA_OUT_OF_REACH},
        {CHECKED ",\"quota_policy\":{\"max_tokens_per_month\":1000000000},"
                 "\"rate_limit_policy\":{\"input_tokens_per_minute\":10000,"
                 "\"output_tokens_per_minute\":null}",
         -1},
        {CHECKED ",\"rate_limit_policy\":{\"queue_timeout_seconds\":61}",
         LINT_QUEUE_OUTLASTS_CLIENT},
        {CHECKED ",\"rate_limit_policy\":{\"queue_timeout_seconds\":60}", -1},
        {CHECKED ",\"data_residency\":\"EU\",\"region\":\"us-east-1\",\"enabled\":false",
         LINT_REGION_OUTSIDE},
        {CHECKED ",\"data_residency\":\"EU\",\"region\":\"eu-west-1\",\"enabled\":false", -1},
        {CHECKED ",\"data_residency\":\"EU\",\"region\":\"westeurope\",\"enabled\":false", -1},
        {CHECKED ",\"data_residency\":\"JP\",\"region\":\"us-east-1\",\"enabled\":false", -1},
        {CHECKED ",\"data_residency\":\"JP\",\"region\":\"jp\",\"enabled\":true",
         LINT_LAST_OF_RESIDENCY},
        {CHECKED ",\"bridge_id\":\"b1\",\"enabled\":true", LINT_LAST_OF_BRIDGE},
        {CHECKED ",\"bridge_id\":\"b1\",\"enabled\":false", -1},
        {",\"last_health_check\":\"2026-10-20T12:59:00Z\"", LINT_NO_CHECK},
        {",\"last_health_check\":null", LINT_NO_CHECK},
        {",\"last_health_check\":\"2026-10-20T12:59:00Z\",\"enabled\":false", -1},
        {",\"last_health_check\":\"soon\"", -1},
        {CHECKED ",\"credentials_ref\":\"sk-abcdefghijklmnop\"", LINT_KEY_IN_REF},
        {CHECKED ",\"credentials_ref\":\"x/0123456789abcdefABCDEF0123456789\"", LINT_KEY_IN_REF},
        {CHECKED ",\"credentials_ref\":\"kv/prod/azure_openai/key-04f3\"", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text = STR_INIT;
        unsigned bits = found(&all_set, &rows[i].member, 1, &text);
        unsigned want = rows[i].rule < 0 ? 0 : 1u << rows[i].rule;
        if (bits != want)
            print_message("row %zu: %s\n", i, rows[i].member);
        assert_int_equal(bits, want);
        assert_true((text.len > 0) == (want != 0));
        assert_null(strstr(str_text(&text), "0123456789abcdef")); /* a key is not told */
        str_finish(&text);
    }
}

static void test_others_count(void **state)
{
    (void)state;
    static const char *const two[] = {CHECKED ",\"data_residency\":\"JP\",\"bridge_id\":\"JP\"",
                                      CHECKED ",\"data_residency\":\"JP\",\"enabled\":true"};
    static const char *const off[] = {CHECKED ",\"data_residency\":\"JP\"",
                                      CHECKED ",\"data_residency\":\"JP\",\"enabled\":false"};
    assert_int_equal(found(&all_set, two, 2, NULL), 1u << LINT_LAST_OF_BRIDGE);
    assert_int_equal(found(&all_set, off, 2, NULL), 1u << LINT_LAST_OF_RESIDENCY);
}

static void test_silent_without_settings(void **state)
{
    (void)state;
    static const char *const one[] = {
        ",\"rate_limit_policy\":{\"queue_timeout_seconds\":6100},\"data_residency\":\"EU\","
        "\"region\":\"us-east-1\",\"enabled\":false,\"last_health_check\":null"};
    assert_int_equal(found(&none_set, one, 1, NULL), 0);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < LINT_COUNT; i++) {
        assert_non_null(lint_id((enum lint_rule)i));
        assert_non_null(lint_help((enum lint_rule)i));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(lint_id((enum lint_rule)i), lint_id((enum lint_rule)k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_rule),
        cmocka_unit_test(test_others_count),
        cmocka_unit_test(test_silent_without_settings),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
