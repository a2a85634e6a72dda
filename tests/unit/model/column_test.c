/* column_test.c: what can be shown, sorted and filtered by, found by any of its names; percents
 * that never say 100 of less. */
#include "model/column.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t used, limit;
static bool limited;

static void get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    (void)owner;
    (void)row;
    bool is_limit = field == FIELD_QUOTA_TOKENS || field == FIELD_QUOTA_REQUESTS;
    *out = !is_limit ? value_int(used) : limited ? value_int(limit) : value_null();
}

static void percent(int64_t u, int64_t l, int64_t want)
{
    struct column_set *set = column_set_create();
    const struct row_source row = {get, NULL, 0};
    struct value v;
    used = u;
    limit = l;
    limited = true;
    column_get(column_find(set, span_of("tokens.pct")), &row, &v);
    if (!value_known(&v) || v.i != want)
        fail_msg("%lld of %lld: %lld, not %lld", (long long)u, (long long)l, (long long)v.i,
                 (long long)want);
    column_get(column_find(set, span_of("requests.pct")), &row, &v);
    assert_true(v.i == want);
    column_set_destroy(set);
}

static void test_percent(void **state)
{
    (void)state;
    percent(0, 100, 0);
    percent(-5, 100, 0); /* a counter that fell */
    percent(999, 1000, 99);
    percent(1000, 1000, 100);
    percent(1450, 1000, 145);
    percent(0, 0, 100); /* nothing is left of it */
    percent(1, 0, 100);
    percent(INT64_MAX - 1, INT64_MAX, 99);
    percent(INT64_MAX, INT64_MAX, 100);
    percent(INT64_MAX, 1, INT64_MAX);
    struct column_set *set = column_set_create();
    const struct row_source row = {get, NULL, 0};
    struct value v;
    limited = false;
    column_get(column_find(set, span_of("tokens.pct")), &row, &v);
    assert_int_equal(v.presence, PRESENCE_NULL);
    column_set_destroy(set);
}

/* The fuller of the two; one that has no limit, or no counter, does not count. */
static int64_t quotas[4];
static void get_four(const void *owner, uint32_t row, enum field field, struct value *out)
{
    static const enum field order[] = {FIELD_USED_TOKENS, FIELD_QUOTA_TOKENS, FIELD_USED_REQUESTS,
                                       FIELD_QUOTA_REQUESTS};
    (void)owner;
    (void)row;
    *out = value_null();
    for (size_t i = 0; i < 4; i++)
        if (field == order[i] && quotas[i] >= 0)
            *out = value_int(quotas[i]);
}

static void test_fuller(void **state)
{
    static const struct {
        int64_t quotas[4], want;
    } cases[] = {{{5, 10, 7, 10}, 70},   {{9, 10, 7, 10}, 90},  {{9, 10, 7, -1}, 90},
                 {{9, -1, 7, 10}, 70},   {{9, -1, 7, -1}, -1},  {{0, 10, 0, 0}, 100},
                 {{0, 0, 99, 100}, 100}, {{-1, 10, -1, 10}, -1}};
    struct column_set *set = column_set_create();
    const struct row_source row = {get_four, NULL, 0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value v;
        memcpy(quotas, cases[i].quotas, sizeof quotas);
        column_get(column_find(set, span_of("quota.pct")), &row, &v);
        assert_int_equal(value_known(&v) ? v.i : -1, cases[i].want);
    }
    column_set_destroy(set);
}

static void test_names(void **state)
{
    static const struct {
        const char *name;
        enum field field;
    } cases[] = {{"tokens", FIELD_USED_TOKENS},
                 {"quota", FIELD_QUOTA_TOKENS},
                 {"rpm", FIELD_RPM},
                 {"type", FIELD_PROVIDER_TYPE},
                 {"tag", FIELD_TAGS},
                 {"rate_limit_policy.requests_per_minute", FIELD_RPM},
                 {"requests_per_minute", FIELD_RPM}};
    (void)state;
    struct column_set *set = column_set_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct column *c = column_find(set, span_of(cases[i].name));
        assert_non_null(c);
        assert_int_equal(c->field, cases[i].field);
    }
    assert_null(column_find(set, span_of("colour")));
    assert_null(column_find(set, span_of("")));
    assert_null(column_find(set, span_of("Tokens")));
    for (size_t i = 0; i < column_count(set); i++) /* each has a name that finds it, but groups */
        if (field_info(column_at(set, i)->like)->type != FT_GROUP)
            assert_ptr_equal(column_find(set, span_of(column_at(set, i)->name)), column_at(set, i));
    column_set_destroy(set);
    column_set_destroy(NULL);
}

static void test_added(void **state)
{
    (void)state;
    struct column_set *set = column_set_create();
    const struct column *name = column_find(set, span_of("name"));
    char word[8];
    for (int i = 0; i < 50; i++) {
        const struct column extra = {.name = "extra", .like = FIELD_NAME, .field = FIELD_NONE};
        column_set_add(set, &extra);
    }
    /* A column stays where it is when others come: filters hold on to it. */
    assert_ptr_equal(column_find(set, span_of("name")), name);
    snprintf(word, sizeof word, "extra");
    assert_non_null(column_find(set, span_of(word)));
    column_set_destroy(set);
}

/* A column may have its own word for zero, and only for that. */
static void test_zero(void **state)
{
    (void)state;
    const struct column plain = {.name = "x", .like = FIELD_QUEUE_TIMEOUT, .field = FIELD_NONE};
    struct column told = plain;
    told.zero = "over";
    struct str text = STR_INIT;
    struct value none = value_int(0), some = value_int(90), unknown = value_null();
    column_show(&plain, &none, SHOW_CELL, &text);
    column_show(&told, &none, SHOW_CELL, &text);
    assert_string_equal(str_text(&text), "0sover");
    str_clear(&text);
    column_show(&told, &some, SHOW_CELL, &text);
    column_show(&told, &unknown, SHOW_CELL, &text);
    assert_null(strstr(str_text(&text), "over"));
    assert_true(text.len > 0);
    str_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percent), cmocka_unit_test(test_fuller), cmocka_unit_test(test_names),
        cmocka_unit_test(test_added),   cmocka_unit_test(test_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
