/* text_test.c: a plan in plain lines: hostile names are made visible, secrets are masked or shown.
 */
#include "plan/run.h"
#include "plan/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct plan *make(void)
{
    const struct plan_head head = {.id = "AB12CD34"};
    struct plan *p = plan_create(&head);
    struct account before, after;
    struct error err;
    account_init(&before);
    account_init(&after);
    account_decode(
        &before,
        span_of("{\"provider_account_id\":\"a1\",\"name\":\"n\\u001b[31m\",\"quota_policy"
                "\":{\"max_tokens_per_month\":500,\"current_month_tokens\":900},"
                "\"credentials_ref\":\"kv/1\"}"),
        &err);
    account_copy(&after, &before);
    struct value v = value_int(600), ref = value_text(span_of("kv/2"));
    account_set(&after, FIELD_QUOTA_TOKENS, &v);
    account_set(&after, FIELD_CREDENTIALS_REF, &ref);
    plan_add(p, &before, &after, NULL);
    plan_add(p, &before, &before, NULL);
    plan_add(p, &before, NULL, NULL);
    plan_skip(p, span_of("a9"), span_of("nine"), "quota.tokens: no limit");
    account_finish(&before);
    account_finish(&after);
    return p;
}

static void test_items(void **state)
{
    struct plan *p = make();
    struct str out = STR_INIT;
    struct plan_text_options o = {.quiet = true};
    (void)state;
    plan_text_items(p, &o, &out);
    assert_string_equal(
        out.data,
        "~ n^[[31m (a1)\n"
        "    credentials_ref                         ******** → ********\n"
        "    quota_policy.max_tokens_per_month       500 tokens/month → 600 tokens/month\n"
        "    ! quota.tokens: below the 900 already used: may block at once\n"
        "- n^[[31m (a1)  delete\n"
        "x nine (a9)  skipped: quota.tokens: no limit\n");
    str_clear(&out);
    o = (struct plan_text_options){.reveal = true};
    plan_text_items(p, &o, &out);
    assert_non_null(strstr(out.data, "kv/1 → kv/2"));
    assert_non_null(strstr(out.data, "= n^[[31m (a1)  unchanged"));
    plan_destroy(p);
    str_finish(&out);
}

static void test_totals(void **state)
{
    struct plan *p = make();
    struct str out = STR_INIT;
    struct plan_text_options o = {.quiet = true};
    (void)state;
    plan_text_totals(p, &o, &out);
    assert_string_equal(out.data, "1 deletion, 1 change, 1 unchanged, 1 skipped, 1 with a warning\n"
                                  "tokens/month  1,000 → 1,100 (+100)\n");
    str_clear(&out);
    plan_task_words(p, &out);
    assert_string_equal(out.data, "delete 1 account and apply 1 change");
    str_clear(&out);
    plan_confirm_word(p, "", false, &out);
    assert_string_equal(out.data, "delete 1");
    plan_destroy(p);
    str_finish(&out);
}

static void test_states(void **state)
{
    struct plan *p = make();
    struct str out = STR_INIT;
    struct plan_text_options o = {.quiet = true};
    (void)state;
    plan_states_words(p, &out);
    assert_string_equal(out.data, "2 not sent");
    plan_mark(p, 0, PLAN_FAILED, 3, "it said \x1b no");
    plan_mark(p, 2, PLAN_APPLIED, 4, NULL);
    str_clear(&out);
    plan_states_words(p, &out);
    assert_string_equal(out.data, "1 applied, 1 failed");
    str_clear(&out);
    plan_text_left(p, &o, &out);
    assert_string_equal(out.data, "! n^[[31m (a1)  failed: it said ^[ no\n");
    assert_int_equal(plan_left(p), 1); /* what failed is tried again */
    plan_mark(p, 0, PLAN_UNKNOWN, 3, NULL);
    str_clear(&out);
    plan_states_words(p, &out);
    assert_string_equal(out.data, "1 applied, 1 unknown");
    plan_destroy(p);
    str_finish(&out);
}

/* A plan of quotas: from and to, "null" for none. */
static void add_quota(struct plan *p, const char *name, const char *from, const char *to)
{
    const char *values[] = {from, to};
    struct account a[2];
    struct error err;
    for (int i = 0; i < 2; i++) {
        char json[200];
        snprintf(json, sizeof json,
                 "{\"provider_account_id\":\"%s\",\"name\":\"%s\",\"quota_policy\":"
                 "{\"max_tokens_per_month\":%s}}",
                 name, name, values[i]);
        account_init(&a[i]);
        account_decode(&a[i], span_of(json), &err);
    }
    plan_add(p, &a[0], &a[1], NULL);
    account_finish(&a[0]);
    account_finish(&a[1]);
}

static void totals_are(const struct plan *p, const char *want)
{
    struct str out = STR_INIT;
    struct plan_text_options o = {.quiet = true};
    plan_text_totals(p, &o, &out);
    assert_string_equal(out.data, want);
    str_finish(&out);
}

/* Limits that go are counted and said first; never "0 → 0". */
static void test_limits_that_go_and_come(void **state)
{
    const struct plan_head head = {.org = "o"};
    struct plan *p = plan_create(&head);
    struct str out = STR_INIT;
    (void)state;
    add_quota(p, "a", "100", "null");
    add_quota(p, "b", "null", "null");
    totals_are(p, "1 change, 1 unchanged, 0 skipped, 1 with a warning\n"
                  "tokens/month  1 LOSES the limit: unlimited; 1 without a limit, not counted\n");
    add_quota(p, "c", "200", "null");
    add_quota(p, "d", "null", "7");
    add_quota(p, "e", "100000000", "100500000");
    totals_are(p, "4 changes, 1 unchanged, 0 skipped, 2 with a warning\n"
                  "tokens/month  2 LOSE the limit: unlimited; 100M → 100.5M (+500k); "
                  "1 gets a limit; 1 without a limit, not counted\n");
    plan_text_danger(p, &out);
    assert_string_equal(out.data,
                        "2 accounts change a limit 10 times or more, or lose one: a 100 → none, "
                        "c 200 → none; 2 lose quota.tokens: unlimited from then on");
    str_finish(&out);
    plan_destroy(p);
}

/* Those that change tenfold are named and counted, as long as they are not done. */
static void test_tenfold(void **state)
{
    const struct plan_head head = {.org = "o"};
    struct plan *p = plan_create(&head);
    struct str out = STR_INIT;
    (void)state;
    plan_text_danger(p, &out);
    assert_int_equal(out.len, 0);
    add_quota(p, "a", "1000000", "12000000");
    add_quota(p, "b", "100", "200");
    add_quota(p, "c", "100", "0");
    add_quota(p, "d", "5", "500");
    plan_text_tenfold(p, 2, &out);
    assert_string_equal(out.data, "3 accounts change a limit 10 times or more, or lose one: "
                                  "a 1M → 12M, c 100 → 0 and 1 more");
    plan_mark(p, 0, PLAN_APPLIED, 1, NULL);
    plan_mark(p, 2, PLAN_STALE, 1, NULL);
    str_clear(&out);
    plan_text_danger(p, &out);
    assert_string_equal(out.data,
                        "1 account changes a limit 10 times or more, or loses one: d 5 → 500");
    str_finish(&out);
    plan_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),   cmocka_unit_test(test_totals),
        cmocka_unit_test(test_states),  cmocka_unit_test(test_limits_that_go_and_come),
        cmocka_unit_test(test_tenfold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
