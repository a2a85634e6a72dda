/* account_test.c: one account, whole and owned: copies are deep, and setting a member makes its
 * group. */
#include "model/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char json[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"rate_limit_policy\":null,"
    "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993},\"tags\":{\"b\":\"2\",\"a\":"
    "\"1\"},"
    "\"unknown\":[1,{}]}";

static void test_decode_and_copy(void **state)
{
    struct account a, b;
    struct error err;
    char buffer[sizeof json];
    (void)state;
    account_init(&a);
    account_init(&b);
    memcpy(buffer, json, sizeof json);
    assert_int_equal(account_decode(&a, span_of(buffer), &err), ST_OK);
    memset(buffer, 'x', sizeof buffer); /* what was received may go */
    account_copy(&b, &a);
    account_finish(&a);
    assert_true(span_is(account_id(&b), "pa_1"));
    assert_true(span_is(account_name(&b), "n"));
    assert_true(b.v[FIELD_QUOTA_TOKENS].i == INT64_C(9007199254740993));
    assert_int_equal(b.v[FIELD_TAGS].i, 2);
    assert_int_equal(b.v[FIELD_RPS].presence, PRESENCE_ABSENT); /* its group is null */
    assert_int_equal(b.v[FIELD_REGION].presence, PRESENCE_ABSENT);
    assert_string_equal(str_text(&b.raw), json);
    account_copy(&b, &b);
    assert_true(span_is(account_id(&b), "pa_1"));
    account_finish(&b);
    account_finish(&b);
}

static void test_set(void **state)
{
    struct account a;
    char region[] = "eu-west-1";
    (void)state;
    account_init(&a);
    assert_int_equal(account_id(&a).len, 0);
    assert_int_equal(a.v[FIELD_RATE].presence, PRESENCE_ABSENT);
    struct value v = value_int(80);
    account_set(&a, FIELD_RPS, &v);
    assert_int_equal(a.v[FIELD_RPS].i, 80);
    assert_int_equal(a.v[FIELD_RATE].presence, PRESENCE_VALUE);
    assert_int_equal(a.v[FIELD_QUOTA].presence, PRESENCE_ABSENT);
    v = value_text(span_of(region));
    account_set(&a, FIELD_REGION, &v);
    region[0] = 'X';
    assert_true(span_is(a.v[FIELD_REGION].text, "eu-west-1"));
    account_finish(&a);
}

static void test_refused(void **state)
{
    static const char *const bad[] = {"", "[]", "{", "{\"a\":01}", "{} x", "nul"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct account a;
        struct error err;
        account_init(&a);
        assert_int_not_equal(account_decode(&a, span_of(bad[i]), &err), ST_OK);
        assert_true(err.what[0]);
        account_finish(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode_and_copy),
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
