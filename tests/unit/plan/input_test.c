/* input_test.c: accounts from texts: JSON, JSONL, CSV; every error with its place. It covers
 * input.c and input_csv.c. */
#include "plan/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct plan_inputs inputs;

static int setup(void **state)
{
    (void)state;
    plan_inputs_init(&inputs);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    plan_inputs_finish(&inputs);
    return 0;
}

static void takes(const char *name, const char *text, size_t count)
{
    struct error err;
    plan_inputs_finish(&inputs);
    if (plan_inputs_text(&inputs, name, span_of(text), "org", &err) != ST_OK)
        fail_msg("%s: %s", text, err.what);
    assert_int_equal(inputs.count, count);
}

static void refuses(const char *name, const char *text, const char *says)
{
    struct error err;
    plan_inputs_finish(&inputs);
    if (plan_inputs_text(&inputs, name, span_of(text), "org", &err) != ST_USAGE ||
        !strstr(err.what, says))
        fail_msg("%s: \"%s\", not \"%s\"", text, err.what, says);
}

static const struct value *field(size_t i, enum field f)
{
    return &inputs.items[i].account.v[f];
}

static void test_json_in_every_shape(void **state)
{
    (void)state;
    takes("a.json", "{\"name\":\"n\"}", 1);
    takes("a.json", " [ {\"name\":\"n\"} ,\n{\"name\":\"m\"}\n] \n", 2);
    assert_int_equal(inputs.items[0].line, 1);
    assert_int_equal(inputs.items[1].line, 2);
    takes("a.jsonl", "{\"name\":\"n\"}\n\n{\"name\":\"m\"}\r\n", 2);
    assert_int_equal(inputs.items[1].line, 3);
    takes("-", "{\"total\":2,\"accounts\":[{\"name\":\"n\"},{\"name\":\"m\"}],\"has_more\":false}",
          2);
    assert_string_equal(inputs.items[1].file, "-");
    refuses("a.json", "", "a.json: no account");
    refuses("a.json", "[]", "a.json: no account");
    refuses("a.json", "[{\"name\":\"n\"}", "a.json:1: not JSON");
    refuses("a.json", "{\"name\":\"n\"}\n}", "a.json:2: not JSON");
    refuses("a.json", "{\"name\":\"n\"}\n7", "a.json:2: ");
    refuses("a.json", "[7]", "a.json:1: ");
    refuses("a.json", "\"name\"", "a.json:1: ");
}

/* What is not named is absent; what the server owns is left out; nulls stay nulls. */
static void test_whole_accounts(void **state)
{
    (void)state;
    takes("a.json",
          "{\"provider_account_id\":\"pa_1\",\"org_id\":\"org\",\"name\":\"n\",\"region\":null,"
          "\"status\":\"down\",\"created_at\":5,\"quota_policy\":{\"max_tokens_per_month\":null,"
          "\"current_month_tokens\":\"x\"}}",
          1);
    assert_true(span_is(account_id(&inputs.items[0].account), "pa_1"));
    assert_int_equal(field(0, FIELD_REGION)->presence, PRESENCE_NULL);
    assert_int_equal(field(0, FIELD_QUOTA_TOKENS)->presence, PRESENCE_NULL);
    assert_int_equal(field(0, FIELD_STATUS)->presence, PRESENCE_ABSENT);
    assert_int_equal(field(0, FIELD_CREATED_AT)->presence, PRESENCE_ABSENT);
    assert_int_equal(field(0, FIELD_USED_TOKENS)->presence, PRESENCE_ABSENT);
    assert_int_equal(field(0, FIELD_TAGS)->presence, PRESENCE_ABSENT);
    assert_int_equal(field(0, FIELD_RATE)->presence, PRESENCE_ABSENT);
}

/* Short names are taken as columns of CSV are. */
static void test_short_names(void **state)
{
    (void)state;
    takes("a.json", "[{\"id\":\"pa_1\",\"quota.tokens\":5,\"desc\":\"d\",\"tags\":{\"id\":\"x\"}}]",
          1);
    assert_true(span_is(account_id(&inputs.items[0].account), "pa_1"));
    assert_int_equal(field(0, FIELD_QUOTA_TOKENS)->i, 5);
    assert_true(span_is(field(0, FIELD_DESCRIPTION)->text, "d"));
    assert_int_equal(inputs.items[0].unknown_count, 0);
    takes("a.jsonl", "{\"id\":\"pa_1\"}\n{\"id\":\"pa_2\"}\n", 2);
    assert_true(span_is(account_id(&inputs.items[1].account), "pa_2"));
    refuses("a.json", "{\"name\":\"n\",\n\"id\":7}", "a.json:2: provider_account_id: not");
    refuses("a.json", "{\"name\":\"n\",\n\"quota.tokens\":-1}",
            "a.json:2: quota_policy.max_tokens_");
    refuses("a.json", "{\"id\":\"a\",\n\"id\":\"b\"}", "stands twice");
    /* Beside the whole name it is a field that nobody knows. */
    takes("a.json", "{\"id\":\"x\",\"provider_account_id\":\"pa_1\"}", 1);
    assert_true(span_is(account_id(&inputs.items[0].account), "pa_1"));
    assert_int_equal(inputs.items[0].unknown_count, 1);
}

static void test_places(void **state)
{
    (void)state;
    refuses("a.json", "{\"name\":\"n\",\n\"nam\":1,\n\"x\":2}", "a.json:2: unknown fields: nam, x");
    refuses("a.json", "{\"name\":\"n\",\"rate_limit_policy\":{\n\"rps\":1}}",
            "a.json:2: unknown fields: rate_limit_policy.rps");
    refuses("a.json", "{\"name\":\n7}", "a.json:1: name: not a text in quotes: 7");
    refuses("a.json", "{\n\n\"provider_account_id\":null}", "a.json:3: provider_account_id: not");
    refuses("a.json", "{\"name\":\"n\",\n\"name\":\"m\"}", "a.json:2: name: stands twice");
    refuses("a.json", "{\"tags\":{\"a\":\"1\",\"\\u0061\":\"2\"}}", "a: stands twice");
    refuses("a.json", "{\"tags\":{\"a\":1}}", "a.json:1: tags: not an object of texts");
    refuses("a.json", "{\"quota_policy\":7}", "a.json:1: quota_policy: not an object");
    refuses(
        "a.json", "{\"quota_policy\":{\n\"max_tokens_per_month\":\"lots\"}}",
        "a.json:2: quota_policy.max_tokens_per_month: not a whole number, such as 60: \"lots\"");
    refuses("a.json", "{\"quota_policy\":{\n\"max_tokens_per_month\":-1}}",
            "a.json:2: quota_policy.max_tokens_per_month: out of range");
    refuses("a.json", "{\"quota_policy\":{\"max_tokens_per_month\":99999999999999999999}}",
            "quota_policy.max_tokens_per_month: not a whole number");
    refuses("a.json", "{\"org_id\":\"other\",\"name\":\"n\"}", "org_id: another organisation");
    refuses("a.json", "{\"credentials_ref\":\"****\"}", "credentials_ref: masked");
    /* The first that is wrong is told, however many lines come after it. */
    refuses("a.jsonl", "{\"name\":\"a\"}\n{\"enabled\":1}\n{\"nam\":1}\n", "a.jsonl:2: enabled");
}

static void test_csv(void **state)
{
    struct span value;
    (void)state;
    takes("a.csv",
          "name,quota.tokens,tags,enabled,rate_limit_policy.queue_timeout_seconds,status\r\n"
          "one,400M,\"team=a, env=b\",yes,2m,down\r\n"
          "\"two, \"\"2\"\"\",none,,,,\r\n"
          "\r\n"
          "three,,,no,,\n",
          3);
    assert_int_equal(field(0, FIELD_QUOTA_TOKENS)->i, 400000000);
    assert_true(value_pair_get(field(0, FIELD_TAGS), span_of("env"), &value));
    assert_int_equal(field(0, FIELD_QUEUE_TIMEOUT)->i, 120);
    assert_int_equal(field(0, FIELD_STATUS)->presence, PRESENCE_ABSENT);
    assert_true(span_is(account_name(&inputs.items[1].account), "two, \"2\""));
    assert_int_equal(field(1, FIELD_QUOTA_TOKENS)->presence, PRESENCE_NULL);
    assert_int_equal(field(1, FIELD_TAGS)->presence, PRESENCE_ABSENT);
    assert_int_equal(field(2, FIELD_ENABLED)->i, 0);
    assert_int_equal(inputs.items[2].line, 5);
    takes("-", "name,region\nn,\"a\nb\"\nm,x", 2);
    assert_int_equal(inputs.items[1].line, 4);
    takes("a.csv", "name\nn\n", 1);
}

/* none is null, "none" is the text. */
static void test_csv_none(void **state)
{
    (void)state;
    takes("a.csv", "name,desc,rate.rps\nn,\"None\",\"none\"\n", 1);
    assert_int_equal(field(0, FIELD_DESCRIPTION)->presence, PRESENCE_VALUE);
    assert_true(span_is(field(0, FIELD_DESCRIPTION)->text, "None"));
    assert_int_equal(field(0, FIELD_RPS)->presence,
                     PRESENCE_NULL); /* no text: quotes say nothing */
    takes("a.csv", "name,desc\nn,none\n", 1);
    assert_int_equal(field(0, FIELD_DESCRIPTION)->presence, PRESENCE_NULL);
}

/* A quoted text is itself, but for the ' before what a spreadsheet would take for a formula. */
static void test_csv_texts(void **state)
{
    (void)state;
    takes("a.csv", "name,desc,region\n\" n \",\"\"\"a\"\"\",\"'=1\"\n m ,''-x,'y\n", 2);
    assert_true(span_is(account_name(&inputs.items[0].account), " n "));
    assert_true(span_is(field(0, FIELD_DESCRIPTION)->text, "\"a\""));
    assert_true(span_is(field(0, FIELD_REGION)->text, "=1"));
    assert_true(span_is(account_name(&inputs.items[1].account), "m"));
    assert_true(span_is(field(1, FIELD_DESCRIPTION)->text, "'-x"));
    assert_true(span_is(field(1, FIELD_REGION)->text, "'y"));
}

static void test_bad_csv(void **state)
{
    (void)state;
    refuses("a.csv", "", "a.csv:1: there is no field \"\"");
    refuses("a.csv", "name\n", "a.csv: no account");
    refuses("a.csv", "name,nope\n", "a.csv:1: there is no field \"nope\"");
    refuses("a.csv", "name,quota_policy\n", "a.csv:1: there is no field");
    refuses("a.csv", "name,name\nn,n\n", "a.csv:1: name: stands twice");
    refuses("a.csv", "name,region\nn\n", "a.csv:2: fewer cells");
    refuses("a.csv", "name,region\nn,r,x\n", "a.csv:2: more cells");
    refuses("a.csv", "name,region\nn,\"r\n", "a.csv:2: a quote that is not closed");
    refuses("a.csv", "name,region\nn,\"r\"x\n", "a.csv:2: something stands behind");
    refuses("a.csv", "name,rate.rps\na,1\nb,0\n",
            "a.csv:3: rate_limit_policy.requests_per_second: out of range");
    refuses("a.csv", "name,enabled\na,maybe\n", "a.csv:2: enabled: neither yes nor no");
    refuses("a.csv", "name\n\xff\n", "not UTF-8");
    refuses("a.csv", "name,credentials\nn,********\n", "credentials_ref: masked");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_json_in_every_shape),
        T(test_whole_accounts),
        T(test_short_names),
        T(test_places),
        T(test_csv),
        T(test_csv_none),
        T(test_csv_texts),
        T(test_bad_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
