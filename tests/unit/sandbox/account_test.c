/* account_test.c: an account's defaults, its texts made to last, and the JSON it is written as. */
#include "sandbox/account.h"

#include "sandbox/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct json *render(const struct account *a, unsigned flags)
{
    struct str out = STR_INIT;
    struct json_fault fault;
    static char text[4000]; /* the reader borrows from it */
    account_render(&out, a, flags);
    assert_true(out.len < sizeof text);
    memcpy(text, str_text(&out), out.len + 1);
    str_finish(&out);
    struct json *j = json_read(span_of(text), &fault);
    if (!j)
        fail_msg("%s at %zu: %s", fault.words, fault.at, text);
    return j;
}

static void expect(const struct json *object, const char *name, const char *raw)
{
    const struct json *m = json_member(object, name);
    assert_non_null(m);
    if (!span_is(m->raw, raw))
        fail_msg("%s: %.*s", name, (int)m->raw.len, m->raw.p);
}

/* The defaults that the reference's samples show. */
static void test_blank(void **state)
{
    struct account a;
    (void)state;
    account_init(&a);
    struct json *j = render(&a, 0);
    const struct json *quota = json_member(j, "quota_policy");
    const struct json *rate = json_member(j, "rate_limit_policy");
    expect(j, "provider_account_id", "null");
    expect(j, "enabled", "true");
    expect(j, "routing_mode", "\"direct\"");
    expect(j, "tags", "{}");
    expect(j, "last_health_check", "null");
    expect(quota, "max_tokens_per_month", "null");
    expect(quota, "current_month_tokens", "0");
    expect(rate, "max_concurrency", "10");
    expect(rate, "queue_policy", "\"wait\"");
    expect(rate, "queue_timeout_seconds", "300");
    json_destroy(j);
}

/* Every field once, in the table's order, members in their groups. */
static void test_order(void **state)
{
    struct account a;
    (void)state;
    account_init(&a);
    struct json *j = render(&a, 0);
    const struct json *m = j->child;
    for (int id = 0; id < BOX_COUNT; id++) {
        if (box_fields[id].group >= 0)
            continue;
        assert_string_equal(str_text(&m->key), box_fields[id].name);
        if (box_fields[id].kind == KIND_GROUP) {
            const struct json *in = m->child;
            for (int k = id + 1; k < BOX_COUNT && box_fields[k].group == id; k++, in = in->next)
                assert_string_equal(str_text(&in->key), box_fields[k].name);
            assert_null(in);
        }
        m = m->next;
    }
    assert_null(m);
    json_destroy(j);
}

static void test_values_and_flags(void **state)
{
    struct account a;
    (void)state;
    account_init(&a);
    a.cells[BOX_NAME] = cell_word("a\"b\n東");
    a.cells[BOX_ENABLED] = cell_int(0);
    a.cells[BOX_MAX_TOKENS] = cell_int(INT64_C(9007199254740993));
    a.cells[BOX_RATE] = cell_int(0);
    a.cells[BOX_TAGS] = cell_word("{\"a\":\"1\"}");
    a.cells[BOX_CREATED_AT] = cell_int(INT64_C(951782400123));
    struct json *j = render(&a, ACCOUNT_EXTRA);
    expect(j, "name", "\"a\\\"b\\n東\"");
    expect(j, "enabled", "false");
    expect(j, "rate_limit_policy", "null");
    expect(j, "tags", "{\"a\":\"1\"}");
    expect(j, "created_at", "\"2000-02-29T00:00:00.123000Z\"");
    expect(json_member(j, "quota_policy"), "max_tokens_per_month", "9007199254740993");
    assert_non_null(json_member(j, "x_cost_center"));
    json_destroy(j);
    j = render(&a, ACCOUNT_NO_CREATED);
    assert_null(json_member(j, "created_at"));
    assert_null(json_member(j, "x_cost_center"));
    assert_non_null(json_member(j, "updated_at"));
    json_destroy(j);
}

static void test_owned(void **state)
{
    struct account a;
    char name[] = "name", reason[] = "reason", home[] = "active";
    (void)state;
    account_init(&a);
    a.cells[BOX_NAME] = cell_word(name);
    a.cells[BOX_REASON] = cell_word(reason);
    a.cells[BOX_DESCRIPTION] = cell_text((struct span){NULL, 0});
    a.home_status = cell_word(home);
    account_own(&a);
    memset(name, 'x', 4);
    memset(reason, 'x', 6);
    memset(home, 'x', 6);
    assert_true(span_is(a.cells[BOX_NAME].text, "name"));
    assert_true(span_is(a.cells[BOX_REASON].text, "reason"));
    assert_int_equal(a.cells[BOX_DESCRIPTION].text.len, 0);
    assert_true(span_is(a.home_status.text, "active"));
    assert_int_equal(a.home_reason.type, CELL_NULL);
    account_finish(&a);
    account_finish(&a); /* nothing is left to free */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blank),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_values_and_flags),
        cmocka_unit_test(test_owned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
