/* problem_test.c: what counts as a problem, in which words, and that it changes with time. */
#include "model/account.h"
#include "model/filter.h"
#include "model/problem.h"

#include "base/vec.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1792504927000) /* 2026-10-20T14:02:07Z */

static const char *const ok[] = {"active", NULL};
static const char *const degraded[] = {"degraded", NULL};
static const char *const down[] = {"down", NULL};
static const struct health_classes classes = {{ok, degraded, down}};

static void account_get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    *out = ((const struct account *)owner)[row].v[field];
}

/* The text of the column for an account of these members, "-" for none. */
static const char *problem(const char *members, int64_t wall)
{
    static char text[64];
    char json[512];
    struct problem_column p;
    struct column column;
    struct account a;
    struct value v;
    struct error err;
    struct clock_manual manual = {.wall_ms = wall};
    snprintf(json, sizeof json, "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",%s}", members);
    account_init(&a);
    if (account_decode(&a, span_of(json), &err))
        fail_msg("%s: %s", json, err.what);
    problem_column_init(&p, &classes, 15 * 60 * 1000, clock_from_manual(&manual), &column);
    const struct row_source row = {account_get, &a, 0};
    column_get(&column, &row, &v);
    snprintf(text, sizeof text, "%.*s", value_known(&v) ? (int)v.text.len : 1,
             value_known(&v) ? v.text.p : "-");
    account_finish(&a);
    return text;
}

#define QUOTA(limit, used)                                                                         \
    "\"quota_policy\":{\"max_tokens_per_month\":" limit ",\"current_month_tokens\":" used "}"
#define CHECKED(at) "\"last_health_check\":\"2026-10-20T" at "Z\""

static void test_words(void **state)
{
    static const struct {
        const char *members, *want;
    } cases[] = {
        {"\"status\":\"active\"", "-"},
        {"\"status\":\"active\",\"enabled\":true", "-"},
        {"\"status\":\"degraded\"", "degraded"},
        {"\"status\":\"down\"", "down"},
        {"\"status\":\"maintenance\"", "other"},
        {"\"status\":null", "other"}, /* not known is not ok */
        {"\"status\":\"active\"," QUOTA("100", "79"), "-"},
        {"\"status\":\"active\"," QUOTA("100", "80"), "near quota"},
        {"\"status\":\"active\"," QUOTA("100", "99"), "near quota"},
        {"\"status\":\"active\"," QUOTA("100", "100"), "over quota"},
        {"\"status\":\"active\"," QUOTA("0", "0"), "over quota, quota 0"},
        {"\"status\":\"down\"," QUOTA("0", "3") "," CHECKED("10:00:00"),
         "down, over quota, quota 0, stale"},
        {"\"status\":\"active\"," QUOTA("null", "5"), "-"},
        {"\"status\":\"active\"," QUOTA("9223372036854775807", "9223372036854775806"),
         "near quota"},
        {"\"status\":\"active\",\"quota_policy\":{\"max_requests_per_month\":10,"
         "\"current_month_requests\":11,\"max_tokens_per_month\":100,\"current_month_tokens\":85}",
         "over quota"}, /* the worse of the two */
        {"\"status\":\"active\"," CHECKED("13:47:07"), "-"},
        {"\"status\":\"active\"," CHECKED("13:47:06"), "stale"},
        {"\"status\":\"active\",\"last_health_check\":\"yesterday\"", "-"},
        {"\"status\":\"down\"," QUOTA("10", "10") "," CHECKED("10:00:00"),
         "down, over quota, stale"},
        {"\"status\":\"down\",\"enabled\":false," QUOTA("10", "10"), "-"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *got = problem(cases[i].members, NOW);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: \"%s\", wanted \"%s\"", cases[i].members, got, cases[i].want);
    }
}

static bool ages(const struct column_set *set, const char *text)
{
    struct filter *f;
    struct error err;
    assert_int_equal(filter_parse(set, span_of(text), NOW, &f, NULL, &err), ST_OK);
    bool yes = filter_ages(f);
    filter_destroy(f);
    return yes;
}

/* A filter by it has to be looked at again as time goes on. */
static void test_time(void **state)
{
    struct problem_column p;
    struct column column;
    struct clock_manual manual = {.wall_ms = NOW};
    (void)state;
    assert_string_equal(problem("\"status\":\"active\"," CHECKED("14:00:00"), NOW), "-");
    assert_string_equal(problem("\"status\":\"active\"," CHECKED("14:00:00"), NOW + 900000),
                        "stale");
    struct column_set *set = column_set_create();
    problem_column_init(&p, &classes, 0, clock_from_manual(&manual), &column);
    column_set_add(set, &column);
    assert_true(ages(set, "!problem:none"));
    assert_true(ages(set, "status=active problem:quota"));
    assert_false(ages(set, "status=active"));
    column_set_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
