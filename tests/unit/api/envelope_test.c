/* envelope_test.c: bodies of errors as services, frameworks and proxies send them. */
#include "api/envelope.h"

#include "base/vec.h"

#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct sample {
    const char *body;
    enum envelope_kind kind;
    const char *words;
};

static const struct sample samples[] = {
    {"", ENVELOPE_EMPTY, ""},
    {" \r\n\t", ENVELOPE_EMPTY, ""},
    {"{\"detail\":\"Not Found\"}", ENVELOPE_TEXT, "Not Found"},
    {"{\"detail\":\"\"}", ENVELOPE_TEXT, ""},
    {"\"just a text\"", ENVELOPE_TEXT, "just a text"},
    {"{\"detail\":\"a\\n  b\\tc\"}", ENVELOPE_TEXT, "a b c"},
    {"{\"error\":\"CONFLICT\",\"message\":\"changed meanwhile\",\"details\":{},"
     "\"timestamp\":\"2026-01-01T00:00:00Z\",\"status_code\":409}",
     ENVELOPE_ERROR, "changed meanwhile"},
    {"{\"error\":\"CONFLICT\"}", ENVELOPE_ERROR, "CONFLICT"},
    {"{\"error\":\"CONFLICT\",\"message\":null}", ENVELOPE_ERROR, "CONFLICT"},
    {"{\"message\":\"only words\"}", ENVELOPE_ERROR, "only words"},
    {"{\"detail\":{\"error\":\"X\",\"message\":\"wrapped\"}}", ENVELOPE_ERROR, "wrapped"},
    {"{\"detail\":{\"x\":1}}", ENVELOPE_JSON, ""},
    {"{\"detail\":[]}", ENVELOPE_JSON, ""},
    {"{\"detail\":[1,null,\"x\",{}]}", ENVELOPE_JSON, ""},
    {"{\"detail\":42}", ENVELOPE_JSON, ""},
    {"{\"Error\":\"case matters\"}", ENVELOPE_JSON, ""},
    {"{}", ENVELOPE_JSON, ""},
    {"[]", ENVELOPE_JSON, ""},
    {"null", ENVELOPE_JSON, ""},
    {"<html><head><title>502 Bad Gateway</title></head></html>", ENVELOPE_HTML,
     "a web page instead of JSON, \"502 Bad Gateway\""},
    {"<!DOCTYPE html>\n<HTML><TITLE lang=\"en\">\n Login\n page </TITLE>", ENVELOPE_HTML,
     "a web page instead of JSON, \"Login page\""},
    {"<html><body><h1>Denied</h1></body></html>", ENVELOPE_HTML,
     "a web page instead of JSON, \"Denied\""},
    {"<html><title>503</title></html>", ENVELOPE_HTML,
     "a web page instead of JSON"}, /* the status again */
    {"<html></html>", ENVELOPE_HTML, "a web page instead of JSON"},
    {"<html><title", ENVELOPE_HTML, "a web page instead of JSON"},
    {"<html><title></title>", ENVELOPE_HTML, "a web page instead of JSON"},
    {"upstream connect error", ENVELOPE_OTHER, "upstream connect error"},
    {"{\"detail\":\"cut off", ENVELOPE_OTHER, "{\"detail\":\"cut off"},
    {"{\"detail\":\"x\"} trailing", ENVELOPE_OTHER, "{\"detail\":\"x\"} trailing"},
};

static void test_corpus(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        struct envelope e;
        envelope_init(&e);
        envelope_read(&e, span_of(samples[i].body));
        if (e.kind != samples[i].kind || strcmp(str_text(&e.words), samples[i].words) != 0)
            fail_msg("%s: kind %d, words \"%s\"", samples[i].body, e.kind, str_text(&e.words));
        envelope_finish(&e);
    }
}

/* F10: rows with their field; what was sent (`input`) is nowhere. */
static void test_f10_422_rows(void **state)
{
    (void)state;
    struct envelope e;
    envelope_init(&e);
    envelope_read(
        &e,
        span_of(
            "{\"detail\":[{\"loc\":[\"body\",\"quota_policy\",\"max_tokens_per_month\"],\"msg\":"
            "\"must be >= 0\",\"type\":\"greater_than_equal\",\"input\":\"s3cret-input\",\"ctx\":"
            "{\"ge\":0}},{\"loc\":[\"body\",\"nonsense\",3],\"msg\":\"unknown\",\"type\":\"x\"},"
            "{\"msg\":\"no loc\"}]}"));
    assert_int_equal(e.kind, ENVELOPE_DETAIL);
    assert_int_equal(e.count, 3);
    assert_int_equal(e.details[0].field, FIELD_QUOTA_TOKENS);
    assert_true(span_is(e.details[0].msg, "must be >= 0"));
    assert_true(span_is(e.details[0].type, "greater_than_equal"));
    assert_int_equal(e.details[1].field, FIELD_NONE);
    assert_int_equal(e.details[1].loc_count, 3);
    assert_true(span_is(e.details[1].loc[2], "3"));
    assert_int_equal(e.details[2].loc_count, 0);
    assert_string_equal(str_text(&e.words),
                        "quota_policy.max_tokens_per_month: must be >= 0; nonsense.3: unknown; "
                        "no loc");
    for (size_t i = 0; i < e.count; i++)
        assert_false(span_is(e.details[i].msg, "s3cret-input"));
    envelope_finish(&e);
}

static void test_f10_many_and_malformed_rows(void **state)
{
    (void)state;
    struct str body = STR_INIT;
    str_add(&body,
            "{\"detail\":[{\"loc\":\"name\",\"msg\":7},{\"loc\":[[],{},null],\"msg\":\"m\"}");
    for (int i = 0; i < 300; i++)
        str_add(&body, ",{\"loc\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"],"
                       "\"msg\":\"deep\"}");
    str_add(&body, "]}");
    struct envelope e;
    envelope_init(&e);
    envelope_read(&e, span_from(&body));
    assert_int_equal(e.count, ENVELOPE_DETAILS_MAX);
    assert_int_equal(e.details[0].loc_count, 0); /* the row without text is no row */
    assert_true(span_is(e.details[0].msg, "m"));
    assert_int_equal(e.details[1].loc_count, ARRAY_LEN(e.details[1].loc));
    assert_non_null(strstr(str_text(&e.words), "and 298 more"));
    envelope_finish(&e);
    str_finish(&body);
}

static void test_f06_permission(void **state)
{
    (void)state;
    struct envelope e;
    envelope_init(&e);
    envelope_read(&e, span_of("{\"error\":\"FORBIDDEN\",\"message\":\"no\",\"details\":"
                              "{\"required_permission\":\"accounts:write\"}}"));
    assert_true(span_is(e.permission, "accounts:write"));
    assert_true(span_is(e.code, "FORBIDDEN"));
    assert_string_equal(str_text(&e.words), "no (needs accounts:write)");
    envelope_finish(&e);
    envelope_init(&e);
    envelope_read(&e, span_of("{\"error\":\"FORBIDDEN\",\"message\":\"needs accounts:write\","
                              "\"details\":{\"required_permission\":\"accounts:write\"}}"));
    assert_string_equal(str_text(&e.words), "needs accounts:write");
    envelope_finish(&e);
}

/* Long texts are cut between characters. */
static void test_long_words_are_cut(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct str body = STR_INIT;
        struct envelope e;
        str_add(&body, "{\"detail\":\"");
        str_fill(&body, 'x', shift);
        for (int i = 0; i < 500; i++)
            str_add(&body, "\xe2\x82\xac");
        str_add(&body, "\"}");
        envelope_init(&e);
        envelope_read(&e, span_from(&body));
        assert_in_range(e.words.len, 200, 260);
        const char *end = str_text(&e.words) + e.words.len - 3;
        assert_string_equal(end, "...");
        assert_int_equal((e.words.len - 3 - shift) % 3, 0);
        envelope_finish(&e);
        str_finish(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus),
        cmocka_unit_test(test_f10_422_rows),
        cmocka_unit_test(test_f10_many_and_malformed_rows),
        cmocka_unit_test(test_f06_permission),
        cmocka_unit_test(test_long_words_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
