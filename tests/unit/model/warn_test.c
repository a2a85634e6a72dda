/* warn_test.c: each warning at its edge: the last number that is said nothing of, and the first
 * that is; what cannot be told is not warned of. */
#include "model/warn.h"

#include "base/vec.h"
#include "model/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 8

static void decode(struct account *a, const char *quota, const char *rate)
{
    char text[600];
    struct error err;
    snprintf(text, sizeof text,
             "{\"provider_account_id\":\"p\",\"name\":\"n\",\"quota_policy\":{%s},"
             "\"rate_limit_policy\":{%s}}",
             quota, rate);
    account_init(a);
    assert_int_equal(account_decode(a, span_of(text), &err), ST_OK);
}

/* The ids of what is warned of, each with '!' when it asks for the name; before NULL: none. */
static void warned(const char *before, const char *quota, const char *rate, char out[200])
{
    struct account was, is;
    struct warning w[ROOM];
    decode(&is, quota, rate);
    if (before)
        decode(&was, before, "");
    size_t n = warn_account(before ? &was : NULL, &is, w, ROOM);
    out[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(out);
        snprintf(out + len, 200 - len, "%s%s%s", i ? " " : "", w[i].id, w[i].needs_name ? "!" : "");
    }
    account_finish(&is);
    if (before)
        account_finish(&was);
}

static void assert_warned(const char *before, const char *quota, const char *rate, const char *want)
{
    char got[200];
    warned(before, quota, rate, got);
    if (strcmp(got, want) != 0)
        fail_msg("%s | %s | %s: \"%s\", wanted \"%s\"", before ? before : "-", quota, rate, got,
                 want);
}

static void test_the_minute_limit_wins(void **state)
{
    (void)state;
    assert_warned(NULL, "", "\"requests_per_second\":2,\"requests_per_minute\":120", "");
    assert_warned(NULL, "", "\"requests_per_second\":2,\"requests_per_minute\":119",
                  "rps-above-rpm");
    assert_warned(NULL, "", "\"requests_per_second\":2,\"requests_per_minute\":null", "");
    assert_warned(NULL, "", "\"requests_per_second\":9223372036854775807,\"requests_per_minute\":5",
                  "rps-above-rpm"); /* no overflow */
}

static void test_burst(void **state)
{
    (void)state;
    assert_warned(NULL, "", "\"requests_per_second\":5,\"burst_size\":5", "");
    assert_warned(NULL, "", "\"requests_per_second\":5,\"burst_size\":4", "burst-below-rps");
    assert_warned(NULL, "", "\"burst_size\":4", "");
}

static void test_a_key_in_place_of_its_reference(void **state)
{
    static const char ref[] = "{\"provider_account_id\":\"p\",\"credentials_ref\":\"%s\"}";
    char text[200];
    struct account key, reference;
    struct warning w[ROOM];
    (void)state;
    account_init(&key);
    account_init(&reference);
    snprintf(text, sizeof text, ref, "sk-ant-api03-abcdefgh");
    assert_int_equal(account_decode(&key, span_of(text), NULL), ST_OK);
    snprintf(text, sizeof text, ref, "vault:kv/x");
    assert_int_equal(account_decode(&reference, span_of(text), NULL), ST_OK);
    assert_int_equal(warn_account(NULL, &reference, w, ROOM), 0);
    assert_int_equal(warn_account(&reference, &key, w, ROOM), 1);
    assert_string_equal(w[0].id, "key-in-reference");
    assert_int_equal(w[0].field, FIELD_CREDENTIALS_REF);
    assert_null(strstr(w[0].text, "sk-"));
    assert_int_equal(warn_account(&key, &key, w, ROOM), 0); /* it was there before */
    account_finish(&key);
    account_finish(&reference);
}

static void test_below_what_is_used(void **state)
{
    static const char used[] = "\"max_tokens_per_month\":%d,\"current_month_tokens\":100";
    char below[120], at[120];
    (void)state;
    snprintf(below, sizeof below, used, 99);
    snprintf(at, sizeof at, used, 100);
    assert_warned(NULL, at, "", "");
    assert_warned(NULL, below, "", "quota-below-used");
    assert_warned(at, below, "", "quota-below-used");
    assert_warned(below, below, "", ""); /* it was so: this change does nothing to it */
    assert_warned(NULL, "\"max_requests_per_month\":1,\"current_month_requests\":2", "",
                  "quota-below-used");
}

/* A quota of zero is a limit like any other, and easily taken for none. */
static void test_a_quota_of_zero(void **state)
{
    static const char zero[] = "\"max_tokens_per_month\":0";
    (void)state;
    assert_warned(NULL, "\"max_tokens_per_month\":1", "", "");
    assert_warned(NULL, "\"max_tokens_per_month\":null", "", "");
    assert_warned(NULL, zero, "", "quota-zero");
    assert_warned(NULL, "\"max_requests_per_month\":0,\"current_month_requests\":1", "",
                  "quota-zero");
    assert_warned("\"max_tokens_per_month\":null", zero, "", "quota-zero tenfold!");
    assert_warned(zero, zero, "", ""); /* it was so */
}

/* 24 hours of a full minute limit: 1440 minutes. */
static void test_a_month_in_hours(void **state)
{
    (void)state;
    assert_warned(NULL, "\"max_tokens_per_month\":1440", "\"input_tokens_per_minute\":1", "");
    assert_warned(NULL, "\"max_tokens_per_month\":1439", "\"input_tokens_per_minute\":1",
                  "tokens-in-hours");
    assert_warned(NULL, "\"max_tokens_per_month\":1439", "\"output_tokens_per_minute\":1",
                  "tokens-in-hours");
    assert_warned(NULL, "\"max_tokens_per_month\":0", "\"input_tokens_per_minute\":1",
                  "quota-zero");
    assert_warned(NULL, "\"max_tokens_per_month\":5", "\"input_tokens_per_minute\":0", "");
    assert_warned(NULL, "", "\"input_tokens_per_minute\":1", "");
}

/* A time that can be read. */
static void test_words_of_a_short_month(void **state)
{
    static const struct {
        const char *quota, *rate, *words;
    } cases[] = {
        {"\"max_tokens_per_month\":1000000", "\"input_tokens_per_minute\":900000000",
         "at this rate the month's tokens last less than a minute"},
        {"\"max_tokens_per_month\":100", "\"output_tokens_per_minute\":100",
         "at this rate the month's tokens last 1 minute"},
        {"\"max_tokens_per_month\":400", "\"output_tokens_per_minute\":100",
         "at this rate the month's tokens last 4 minutes"},
        {"\"max_tokens_per_month\":9000", "\"input_tokens_per_minute\":100",
         "at this rate the month's tokens last 1.5 hours"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct account a;
        struct warning w[8];
        decode(&a, cases[i].quota, cases[i].rate);
        assert_int_equal(warn_account(NULL, &a, w, 8), 1);
        assert_string_equal(w[0].text, cases[i].words);
        account_finish(&a);
    }
}

static void test_ten_times(void **state)
{
    (void)state;
    assert_warned("\"max_tokens_per_month\":100", "\"max_tokens_per_month\":999", "", "");
    assert_warned("\"max_tokens_per_month\":100", "\"max_tokens_per_month\":1000", "", "tenfold!");
    assert_warned("\"max_tokens_per_month\":100", "\"max_tokens_per_month\":11", "", "");
    assert_warned("\"max_tokens_per_month\":100", "\"max_tokens_per_month\":10", "", "tenfold!");
    assert_warned("\"max_tokens_per_month\":1", "\"max_tokens_per_month\":0", "",
                  "quota-zero tenfold!");
    assert_warned("\"max_tokens_per_month\":0", "\"max_tokens_per_month\":0", "", "");
    assert_warned("\"max_tokens_per_month\":5", "\"max_tokens_per_month\":null", "", "tenfold!");
    assert_warned("\"max_tokens_per_month\":null", "\"max_tokens_per_month\":null", "", "");
    assert_warned("\"max_tokens_per_month\":1e30", "\"max_tokens_per_month\":null", "", "tenfold!");
    assert_warned("\"max_tokens_per_month\":null", "\"max_tokens_per_month\":5", "", "");
    assert_warned("\"max_tokens_per_month\":null", "\"max_tokens_per_month\":0", "",
                  "quota-zero tenfold!");
    assert_warned(NULL, "\"max_tokens_per_month\":5", "", "");
    assert_warned("\"max_requests_per_month\":7", "\"max_requests_per_month\":70", "", "tenfold!");
    assert_warned("\"max_tokens_per_month\":1", "\"max_tokens_per_month\":9223372036854775807", "",
                  "tenfold!");
}

static const char *rate_words(const char *was, const char *is)
{
    static char text[200];
    struct account before, now;
    struct warning w[8];
    decode(&before, "", was);
    decode(&now, "", is);
    size_t n = warn_account(&before, &now, w, 8);
    snprintf(text, sizeof text, "%s%s", n && w[n - 1].needs_name ? w[n - 1].text : "-",
             n && w[n - 1].needs_name ? field_info(w[n - 1].field)->key : "");
    account_finish(&before);
    account_finish(&now);
    return text;
}

/* Each limit of both policies, and what is said. */
static void test_great_changes_of_rates(void **state)
{
    static const char *const leaves[] = {
        "requests_per_second",      "requests_per_minute", "input_tokens_per_minute",
        "output_tokens_per_minute", "max_concurrency",     "burst_size",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(leaves); i++) {
        static const struct {
            const char *was, *is, *want;
        } cases[] = {{"300", "3000", "10 times more"},     {"300", "2999", "-"},
                     {"300", "30", "a tenth or less"},     {"300", "31", "-"},
                     {"300", "null", "no limit any more"}, {"null", "300", "-"}};
        for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
            char was[80], is[80], want[120];
            snprintf(was, sizeof was, "\"%s\":%s", leaves[i], cases[k].was);
            snprintf(is, sizeof is, "\"%s\":%s", leaves[i], cases[k].is);
            snprintf(want, sizeof want, "rate_limit_policy.%s", leaves[i]);
            const char *key = field_info(field_find(span_of(want)))->key;
            bool none = *cases[k].want == '-';
            snprintf(want, sizeof want, "%s%s%s", cases[k].want, none ? "" : WARN_ASKS,
                     none ? "" : key);
            assert_string_equal(rate_words(was, is), want);
        }
    }
    assert_string_equal(rate_words("\"queue_timeout_seconds\":3", "\"queue_timeout_seconds\":300"),
                        "-");
}

/* A number that is not whole within int64 is not known. */
static void test_an_inexact_number_says_nothing(void **state)
{
    (void)state;
    assert_warned("\"max_tokens_per_month\":100", "\"max_tokens_per_month\":1e30", "", "");
    assert_warned(NULL, "\"max_tokens_per_month\":1.5,\"current_month_tokens\":100", "", "");
}

static void test_no_more_than_there_is_room_for(void **state)
{
    struct account is;
    struct warning w[2];
    (void)state;
    decode(&is, "\"max_tokens_per_month\":5,\"current_month_tokens\":100",
           "\"requests_per_second\":5,\"requests_per_minute\":1,\"burst_size\":1,"
           "\"input_tokens_per_minute\":1");
    assert_int_equal(warn_account(NULL, &is, w, 2), 2);
    assert_int_equal(warn_account(NULL, &is, w, 0), 0);
    assert_string_equal(w[0].text,
                        "requests/s x 60 = 300, above requests/min 1: the minute limit will win");
    assert_string_equal(w[1].text, "burst 1 is below one second's 5 requests");
    account_finish(&is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_minute_limit_wins),
        cmocka_unit_test(test_burst),
        cmocka_unit_test(test_a_key_in_place_of_its_reference),
        cmocka_unit_test(test_below_what_is_used),
        cmocka_unit_test(test_a_quota_of_zero),
        cmocka_unit_test(test_a_month_in_hours),
        cmocka_unit_test(test_words_of_a_short_month),
        cmocka_unit_test(test_ten_times),
        cmocka_unit_test(test_great_changes_of_rates),
        cmocka_unit_test(test_an_inexact_number_says_nothing),
        cmocka_unit_test(test_no_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
