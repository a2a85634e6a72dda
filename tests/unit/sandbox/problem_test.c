/* problem_test.c: the two envelopes of a refusal, to the letter, and valid JSON whatever is in
 * them. */
#include "sandbox/problem.h"

#include "sandbox/json.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(enum problem_kind kind, struct loc loc, const char *input, int64_t number,
                   const char *words, const char *want)
{
    struct problems p;
    struct str out = STR_INIT;
    problems_init(&p);
    problem_add(&p, kind, loc, span_of(input), number, words);
    problems_render(&out, &p);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
    problems_finish(&p);
}

static void test_validation(void **state)
{
    struct loc name = loc_of("body", "name", NULL), at = loc_of("body", NULL, NULL);
    (void)state;
    at.at = 17;
    at.has_at = true;
    expect(PROBLEM_MISSING, name, "{}", 0, NULL,
           "{\"detail\":[{\"loc\":[\"body\",\"name\"],\"msg\":\"Field required\","
           "\"type\":\"missing\",\"input\":{}}]}");
    expect(
        PROBLEM_TOO_SHORT, name, "\"\"", 1, NULL,
        "{\"detail\":[{\"loc\":[\"body\",\"name\"],\"msg\":\"String should have at least 1 "
        "character\",\"type\":\"string_too_short\",\"input\":\"\",\"ctx\":{\"min_length\":1}}]}");
    expect(PROBLEM_TOO_LONG, name, "\"x\"", 512, NULL,
           "{\"detail\":[{\"loc\":[\"body\",\"name\"],\"msg\":\"String should have at most 512 "
           "characters\",\"type\":\"string_too_long\",\"input\":\"x\",\"ctx\":{\"max_length\":512}}"
           "]}");
    expect(PROBLEM_ENUM, name, "7", 0, "'a' or 'b'",
           "{\"detail\":[{\"loc\":[\"body\",\"name\"],\"msg\":\"Input should be 'a' or 'b'\","
           "\"type\":\"enum\",\"input\":7,\"ctx\":{\"expected\":\"'a' or 'b'\"}}]}");
    expect(PROBLEM_JSON, at, "{}", 0, "Invalid \\escape",
           "{\"detail\":[{\"loc\":[\"body\",17],\"msg\":\"JSON decode error\","
           "\"type\":\"json_invalid\",\"input\":{},\"ctx\":{\"error\":\"Invalid \\\\escape\"}}]}");
}

/* Every kind, with what could break out of a string in every place, is one JSON value. */
static void test_all_kinds_are_json(void **state)
{
    struct problems p;
    struct str out = STR_INIT;
    struct json_fault fault;
    size_t count = 0;
    (void)state;
    problems_init(&p);
    for (int kind = 0; kind < PROBLEM_KINDS; kind++)
        problem_add(&p, (enum problem_kind)kind, loc_of("a\"b", "\\", "\n\xff"), span_of("[1]"),
                    INT64_MIN, "Invalid \\uXXXX escape");
    assert_int_equal(p.count, PROBLEM_KINDS);
    problems_render(&out, &p);
    struct json *j = json_read(span_from(&out), &fault);
    assert_non_null(j);
    for (const struct json *e = json_member(j, "detail")->child; e; e = e->next, count++) {
        assert_string_equal(str_text(&json_member(e, "loc")->child->text), "a\"b");
        assert_true(json_member(e, "msg")->text.len > 0 && json_member(e, "type")->text.len > 0);
        assert_null(strchr(str_text(&json_member(e, "msg")->text), '%'));
    }
    assert_int_equal(count, PROBLEM_KINDS);
    json_destroy(j);
    str_finish(&out);
    problems_finish(&p);
}

static void test_locs(void **state)
{
    struct loc l = loc_of("a", "b", "c");
    (void)state;
    l = loc_with(l, span_of("d"));
    l = loc_with(l, span_of("e")); /* no deeper */
    assert_int_equal(l.count, LOC_MAX);
    assert_true(span_is(l.part[3], "d"));
    assert_int_equal(loc_of(NULL, "b", "c").count, 0);
}

static void test_refusals(void **state)
{
    static const struct {
        enum refusal what;
        unsigned code;
    } rows[] = {{REFUSE_AUTH, 401},     {REFUSE_FORBIDDEN, 403}, {REFUSE_NOT_FOUND, 404},
                {REFUSE_CONFLICT, 409}, {REFUSE_RATE, 429},      {REFUSE_BROKEN, 500}};
    struct str out = STR_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_fault fault;
        str_clear(&out);
        assert_int_equal(refusal_render(&out, rows[i].what, "m", "{}", 0), rows[i].code);
        struct json *j = json_read(span_from(&out), &fault);
        assert_non_null(j);
        json_destroy(j);
    }
    str_clear(&out);
    refusal_render(&out, REFUSE_NOT_FOUND, "no \"x\"", "{\"id\":1}", 1500);
    assert_string_equal(str_text(&out),
                        "{\"error\":\"RESOURCE_NOT_FOUND\",\"message\":\"no \\\"x\\\"\","
                        "\"details\":{\"id\":1},\"timestamp\":\"1970-01-01T00:00:01.500000Z\","
                        "\"status_code\":404}");
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validation),
        cmocka_unit_test(test_all_kinds_are_json),
        cmocka_unit_test(test_locs),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
