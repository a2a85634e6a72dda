/* validate_test.c: bodies and query parameters judged as Pydantic does: what a value becomes, and
 * which errors come back, in which order. */
#include "sandbox/validate.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A body while it is judged: what the change borrows lives here. */
struct judged {
    struct json *body;
    struct change change;
    struct problems problems;
};

static void judge(struct judged *j, const char *text, bool create, bool null_ignored)
{
    struct json_fault fault;
    j->body = json_read(span_of(text), &fault);
    assert_non_null(j->body);
    change_init(&j->change);
    problems_init(&j->problems);
    validate_body(j->body, create, null_ignored, &j->change, &j->problems);
}

static void forget(struct judged *j)
{
    change_finish(&j->change);
    problems_finish(&j->problems);
    json_destroy(j->body);
}

/* Appends "body.name type" of every error, one a line, in their order. */
static void say(const struct problems *p, struct str *out)
{
    struct str all = STR_INIT;
    struct json_fault fault;
    problems_render(&all, p);
    struct json *j = json_read(span_from(&all), &fault);
    assert_non_null(j);
    for (const struct json *e = json_member(j, "detail")->child; e; e = e->next) {
        for (const struct json *l = json_member(e, "loc")->child; l; l = l->next)
            str_printf(out, "%s%s", str_text(&l->text), l->next ? "." : " ");
        str_printf(out, "%s\n", str_text(&json_member(e, "type")->text));
    }
    json_destroy(j);
    str_finish(&all);
}

static void expect_errors(const char *text, bool create, const char *want)
{
    struct judged j;
    struct str got = STR_INIT;
    judge(&j, text, create, false);
    say(&j.problems, &got);
    if (strcmp(str_text(&got), want) != 0)
        fail_msg("%s:\n%s", text, str_text(&got));
    str_finish(&got);
    forget(&j);
}

static const char *const good_create = "{\"name\":\"n\",\"provider_type\":\"openai\","
                                       "\"credentials_ref\":\"kv/x\"}";

static void test_what_a_create_needs(void **state)
{
    (void)state;
    expect_errors(good_create, true, "");
    expect_errors("{}", true,
                  "body.name missing\nbody.provider_type missing\nbody.credentials_ref missing\n");
    expect_errors("{}", false, "");
    expect_errors("[]", true, "body model_attributes_type\n");
    expect_errors("null", false, "body model_attributes_type\n");
}

/* In the order of the model's fields whatever the body's, unknown members last; a PATCH may not
 * name what only a create may. */
static void test_all_errors_in_order(void **state)
{
    (void)state;
    expect_errors("{\"x\":1,\"enabled\":\"maybe\",\"rate_limit_policy\":{\"y\":2,"
                  "\"max_concurrency\":0},\"name\":\"\",\"provider_type\":\"openai\","
                  "\"quota_policy\":7,\"status\":\"active\"}",
                  false,
                  "body.name string_too_short\n"
                  "body.quota_policy model_attributes_type\n"
                  "body.rate_limit_policy.max_concurrency greater_than_equal\n"
                  "body.rate_limit_policy.y extra_forbidden\n"
                  "body.enabled bool_parsing\n"
                  "body.x extra_forbidden\n"
                  "body.provider_type extra_forbidden\n"
                  "body.status extra_forbidden\n");
    expect_errors("{\"quota_policy\":{\"current_month_tokens\":1}}", false,
                  "body.quota_policy.current_month_tokens extra_forbidden\n");
}

/* One value of a field: what it becomes, or the type of its error. */
struct row {
    const char *value; /* JSON */
    int64_t n;
    const char *error; /* NULL: good */
};

static void check_rows(const char *name, int id, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct judged j;
        struct str body = STR_INIT, got = STR_INIT;
        str_printf(&body, name, rows[i].value);
        judge(&j, str_text(&body), false, false);
        say(&j.problems, &got);
        const char *error = strchr(str_text(&got), ' ');
        if (rows[i].error) {
            struct str want = STR_INIT;
            str_printf(&want, " %s\n", rows[i].error);
            if (!error || strcmp(error, str_text(&want)) != 0)
                fail_msg("%s: %s", rows[i].value, str_text(&got));
            assert_false(j.change.set[id]);
            str_finish(&want);
        } else {
            if (error)
                fail_msg("%s: %s", rows[i].value, str_text(&got));
            assert_true(j.change.set[id]);
            assert_int_equal(j.change.cells[id].type, CELL_INT);
            assert_int_equal(j.change.cells[id].n, rows[i].n);
        }
        str_finish(&body);
        str_finish(&got);
        forget(&j);
    }
}

static void test_whole_numbers(void **state)
{
    static const struct row rows[] = {
        {"12", 12, NULL},
        {"12.0", 12, NULL},
        {"1.2e1", 12, NULL},
        {"\"12\"", 12, NULL},
        {"\" +1_2.0 \"", 12, NULL},
        {"true", 1, NULL},
        {"9007199254740993", INT64_C(9007199254740993), NULL},
        {"9223372036854775807", INT64_MAX, NULL},
        {"9223372036854775808", 0, "less_than_equal"},
        {"-9223372036854775809", 0, "greater_than_equal"},
        {"1e19", 0, "less_than_equal"},
        {"-1e19", 0, "greater_than_equal"},
        {"1e999", 0, "finite_number"},
        {"-1", 0, "greater_than_equal"},
        {"12.5", 0, "int_from_float"},
        {"\"12.5\"", 0, "int_parsing"},
        {"\"1__2\"", 0, "int_parsing"},
        {"\"_12\"", 0, "int_parsing"},
        {"\"12_\"", 0, "int_parsing"},
        {"\"\"", 0, "int_parsing"},
        {"\"+\"", 0, "int_parsing"},
        {"\"1e3\"", 0, "int_parsing"},
        {"\"\\u0031\\u0000\"", 0, "int_parsing"},
        {"[]", 0, "int_type"},
        {"{}", 0, "int_type"},
    };
    (void)state;
    check_rows("{\"quota_policy\":{\"max_tokens_per_month\":%s}}", BOX_MAX_TOKENS, rows,
               ARRAY_LEN(rows));
}

static void test_bounds(void **state)
{
    static const struct row rows[] = {
        {"0", 0, "greater_than_equal"},  {"1", 1, NULL},          {"10000", 10000, NULL},
        {"10001", 0, "less_than_equal"}, {"null", 0, "int_type"}, /* a field that has no null */
    };
    (void)state;
    check_rows("{\"rate_limit_policy\":{\"max_concurrency\":%s}}", BOX_CONCURRENCY, rows,
               ARRAY_LEN(rows));
}

/* Pydantic's table of conversions: a number is a boolean when it is 0 or 1, written either way. */
static void test_booleans(void **state)
{
    static const struct row rows[] = {
        {"true", 1, NULL},
        {"false", 0, NULL},
        {"1", 1, NULL},
        {"0", 0, NULL},
        {"1.0", 1, NULL},
        {"0.0", 0, NULL},
        {"1e0", 1, NULL},
        {"\"yes\"", 1, NULL},
        {"\"OFF\"", 0, NULL},
        {"\"T\"", 1, NULL},
        {"2", 0, "bool_parsing"},
        {"2.0", 0, "bool_parsing"},
        {"0.5", 0, "bool_type"},
        {"\"\"", 0, "bool_parsing"},
        {"\" yes\"", 0, "bool_parsing"},
        {"\"yes\\u0000\"", 0, "bool_parsing"},
        {"null", 0, "bool_type"},
        {"[]", 0, "bool_type"},
    };
    (void)state;
    check_rows("{\"enabled\":%s}", BOX_ENABLED, rows, ARRAY_LEN(rows));
}

static void expect_name(size_t characters, const char *want)
{
    struct str body = STR_INIT;
    str_add(&body, "{\"name\":\"");
    for (size_t i = 0; i < characters; i++)
        str_add(&body, "東");
    str_add(&body, "\"}");
    expect_errors(str_text(&body), false, want);
    str_finish(&body);
}

static void test_texts(void **state)
{
    (void)state;
    expect_name(1, "");
    expect_name(512, ""); /* characters, not bytes */
    expect_name(513, "body.name string_too_long\n");
    expect_errors("{\"name\":7}", false, "body.name string_type\n");
    expect_errors("{\"name\":\"a\\ud83d\"}", false, "body.name string_unicode\n");
    expect_errors("{\"description\":\"\"}", false, "");
    expect_errors("{\"routing_mode\":\"direct\"}", false, "");
    expect_errors("{\"routing_mode\":\"Direct\"}", false, "body.routing_mode literal_error\n");
    expect_errors("{\"name\":\"n\",\"provider_type\":\"own\",\"credentials_ref\":\"k\"}", true,
                  "body.provider_type enum\n");
}

static void test_null(void **state)
{
    struct judged j;
    (void)state;
    judge(&j, "{\"region\":null,\"quota_policy\":null,\"tags\":null}", false, false);
    assert_int_equal(j.problems.count, 0);
    assert_true(j.change.set[BOX_REGION] && j.change.set[BOX_QUOTA] && j.change.set[BOX_TAGS]);
    assert_int_equal(j.change.cells[BOX_REGION].type, CELL_NULL);
    assert_int_equal(j.change.cells[BOX_QUOTA].n, 0);
    assert_int_equal(j.change.cells[BOX_TAGS].type, CELL_NULL);
    forget(&j);
    judge(&j, "{\"region\":null,\"name\":null}", false, true);
    assert_int_equal(j.problems.count, 0);
    assert_false(j.change.set[BOX_REGION] || j.change.set[BOX_NAME]);
    forget(&j);
    expect_errors("{\"name\":null}", false, "body.name string_type\n");
}

static void expect_tags(int count, const char *want)
{
    struct str body = STR_INIT;
    str_add(&body, "{\"tags\":{");
    for (int i = 0; i < count; i++)
        str_printf(&body, "%s\"k%d\":\"v\"", i ? "," : "", i);
    str_add(&body, "}}");
    expect_errors(str_text(&body), false, want);
    str_finish(&body);
}

static void expect_tag(size_t key, size_t value, const char *want)
{
    struct str body = STR_INIT;
    str_add(&body, "{\"tags\":{\"");
    str_fill(&body, 'k', key);
    str_add(&body, "\":\"");
    str_fill(&body, 'v', value);
    str_add(&body, "\"}}");
    struct judged j;
    struct str got = STR_INIT;
    judge(&j, str_text(&body), false, false);
    say(&j.problems, &got);
    const char *type = strchr(str_text(&got), ' ');
    assert_string_equal(type ? type + 1 : "", want);
    str_finish(&body);
    str_finish(&got);
    forget(&j);
}

static void test_tags(void **state)
{
    struct judged j;
    (void)state;
    judge(&j, "{\"tags\":{\"a\\\"b\":\"x\\ny\",\"\\u00e9\":\"\"}}", false, false);
    assert_int_equal(j.problems.count, 0);
    assert_true(span_is(j.change.cells[BOX_TAGS].text, "{\"a\\\"b\":\"x\\ny\",\"é\":\"\"}"));
    forget(&j);
    expect_tags(TAGS_MAX, "");
    expect_tags(TAGS_MAX + 1, "body.tags too_long\n");
    expect_tag(TAG_KEY_MAX, TAG_VALUE_MAX, "");
    expect_tag(TAG_KEY_MAX + 1, 1, "string_too_long\n");
    expect_tag(1, TAG_VALUE_MAX + 1, "string_too_long\n");
    expect_tag(0, 1, "string_too_short\n");
    expect_errors("{\"tags\":[]}", false, "body.tags dict_type\n");
    expect_errors("{\"tags\":{\"a\":1,\"b\":\"x\"}}", false, "body.tags.a string_type\n");
}

static void expect_query(const char *const values[QUERY_COUNT], const char *want)
{
    struct list_query q;
    struct problems p;
    struct str got = STR_INIT;
    problems_init(&p);
    validate_query(values, &q, &p);
    say(&p, &got);
    assert_string_equal(str_text(&got), want);
    problems_finish(&p);
    str_finish(&got);
}

static void test_queries(void **state)
{
    static const char *const none[QUERY_COUNT] = {NULL};
    static const char *const all[QUERY_COUNT] = {"groq", "odd", "Yes", " 100 ", "cursor"};
    struct list_query q;
    struct problems p;
    (void)state;
    problems_init(&p);
    validate_query(none, &q, &p);
    assert_null(q.provider);
    assert_null(q.status);
    assert_null(q.cursor);
    assert_false(q.enabled_only);
    assert_int_equal(q.limit, 50);
    validate_query(all, &q, &p);
    assert_string_equal(q.provider, "groq");
    assert_string_equal(q.status, "odd"); /* an open set */
    assert_true(q.enabled_only);
    assert_int_equal(q.limit, 100);
    assert_string_equal(q.cursor, "cursor");
    assert_int_equal(p.count, 0);
    problems_finish(&p);
    expect_query((const char *const[QUERY_COUNT]){"own", NULL, "2", "101", NULL},
                 "query.provider_type enum\nquery.enabled_only bool_parsing\n"
                 "query.limit less_than_equal\n");
    expect_query((const char *const[QUERY_COUNT]){[QUERY_LIMIT] = "0"},
                 "query.limit greater_than_equal\n");
    expect_query((const char *const[QUERY_COUNT]){[QUERY_LIMIT] = ""}, "query.limit int_parsing\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_create_needs),
        cmocka_unit_test(test_all_errors_in_order),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
