/* text_test.c: a plan in plain lines: hostile names are made visible, secrets are masked or shown.
 */
#include "plan/run.h"
#include "plan/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
        "    credentials_ref                         ******** > ********\n"
        "    quota_policy.max_tokens_per_month       500 tokens/month > 600 tokens/month\n"
        "    ! quota.tokens: below the 900 already used: may block at once\n"
        "- n^[[31m (a1)  delete\n"
        "x nine (a9)  skipped: quota.tokens: no limit\n");
    str_clear(&out);
    o = (struct plan_text_options){.reveal = true};
    plan_text_items(p, &o, &out);
    assert_non_null(strstr(out.data, "kv/1 > kv/2"));
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
    assert_string_equal(out.data,
                        "1 change, 1 unchanged, 1 skipped, 0 created, 1 deleted, 1 with a warning\n"
                        "tokens/month  1k > 1.1k (+100)\n");
    str_clear(&out);
    plan_task_words(p, &out);
    assert_string_equal(out.data, "delete 1 account and apply 1 change");
    str_clear(&out);
    plan_confirm_word(p, "", &out);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_totals),
        cmocka_unit_test(test_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
