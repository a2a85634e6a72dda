/* json_test.c: the sandbox's strict JSON reader: what it keeps of a body, and the words and the
 * character at which it refuses one. */
#include "sandbox/json.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct json *read_good(const char *text)
{
    struct json_fault fault = {0, NULL};
    struct json *j = json_read(span_of(text), &fault);
    if (!j)
        fail_msg("%s: %s at %zu", text, fault.words, fault.at);
    return j;
}

static void test_types_and_source_text(void **state)
{
    static const struct {
        const char *in;
        enum json_type type;
        const char *raw;
    } rows[] = {
        {" null ", JSON_NULL, "null"},
        {"false", JSON_FALSE, "false"},
        {"true", JSON_TRUE, "true"},
        {"9007199254740993", JSON_NUMBER, "9007199254740993"},
        {"\t-0.50E+07\n", JSON_NUMBER, "-0.50E+07"},
        {"\"a\\u0062\"", JSON_STRING, "\"a\\u0062\""},
        {"[1, 2]", JSON_ARRAY, "[1, 2]"},
        {"{ }", JSON_OBJECT, "{ }"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json *j = read_good(rows[i].in);
        assert_int_equal(j->type, rows[i].type);
        assert_true(span_is(j->raw, rows[i].raw));
        json_destroy(j);
    }
}

static void test_strings(void **state)
{
    static const struct {
        const char *in, *text;
        bool lone;
    } rows[] = {
        {"\"\"", "", false},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", false},
        {"\"\\u00e9\\u6771\"", "é東", false},
        {"\"\\uD83D\\ude80\"", "🚀", false},
        {"\"\\ud83d\"", "\xef\xbf\xbd", true},
        {"\"\\ude80\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd", true},
        {"\"\\ud83d\\u0041\"",
         "\xef\xbf\xbd"
         "A",
         true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json *j = read_good(rows[i].in);
        assert_string_equal(str_text(&j->text), rows[i].text);
        assert_int_equal(j->lone, rows[i].lone);
        json_destroy(j);
    }
    struct json *nul = read_good("\"a\\u0000b\"");
    assert_int_equal(nul->text.len, 3);
    assert_memory_equal(nul->text.data, "a\0b", 3);
    json_destroy(nul);
}

/* The last of two members of a name wins and stands where the first stood. */
static void test_doubles(void **state)
{
    (void)state;
    struct json *j = read_good("{\"a\":1,\"b\":2,\"a\":3,\"b\":[4],\"c\":5}");
    const struct json *m = j->child;
    assert_string_equal(str_text(&m->key), "a");
    assert_true(span_is(m->raw, "3"));
    m = m->next;
    assert_string_equal(str_text(&m->key), "b");
    assert_true(span_is(m->raw, "[4]"));
    m = m->next;
    assert_string_equal(str_text(&m->key), "c");
    assert_null(m->next);
    assert_true(json_member(j, "c") == m);
    assert_null(json_member(j, "C"));
    assert_null(json_member(m, "c")); /* no object */
    assert_null(json_member(NULL, "c"));
    json_destroy(j);
}

static void test_refused(void **state)
{
    static const struct {
        const char *in;
        size_t at;
        const char *words;
    } rows[] = {
        {"", 0, "Expecting value"},
        {"  ", 2, "Expecting value"},
        {"nul", 0, "Expecting value"},
        {"NaN", 0, "Expecting value"},
        {"-", 0, "Expecting value"},
        {"+1", 0, "Expecting value"},
        {"01", 1, "Extra data"},
        {"1.", 1, "Extra data"},
        {"1e", 1, "Extra data"},
        {"{} x", 3, "Extra data"},
        {"[1 2]", 3, "Expecting ',' delimiter"},
        {"[1", 2, "Expecting ',' delimiter"},
        {"[1,]", 3, "Expecting value"},
        {"{\"a\"}", 4, "Expecting ':' delimiter"},
        {"{\"a\":1", 6, "Expecting ',' delimiter"},
        {"{\"a\":1,}", 7, "Expecting property name enclosed in double quotes"},
        {"{a:1}", 1, "Expecting property name enclosed in double quotes"},
        {"\"abc", 0, "Unterminated string starting at"},
        {"\"abc\\", 0, "Unterminated string starting at"},
        {"\"a\nb\"", 2, "Invalid control character at"},
        {"\"a\\x\"", 2, "Invalid \\escape"},
        {"\"a\\u12g4\"", 3, "Invalid \\uXXXX escape"},
        {"\"\\u12", 2, "Invalid \\uXXXX escape"},
        {"[\"東京🚀\", x]", 8, "Expecting value"}, /* characters, not bytes */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_fault fault = {99, NULL};
        assert_null(json_read(span_of(rows[i].in), &fault));
        if (fault.at != rows[i].at || strcmp(fault.words, rows[i].words) != 0)
            fail_msg("%s: %s at %zu", rows[i].in, fault.words, fault.at);
    }
}

static bool nests(size_t levels)
{
    struct str s = STR_INIT;
    struct json_fault fault;
    str_fill(&s, '[', levels);
    str_fill(&s, ']', levels);
    struct json *j = json_read(span_from(&s), &fault);
    bool good = j != NULL;
    if (!good)
        assert_string_equal(fault.words, "Too many levels");
    json_destroy(j);
    str_finish(&s);
    return good;
}

static bool has_members(int count)
{
    struct str s = STR_INIT;
    struct json_fault fault;
    for (int i = 0; i < count; i++)
        str_printf(&s, "%s\"%d\":0", i ? "," : "{", i);
    str_add_char(&s, '}');
    struct json *j = json_read(span_from(&s), &fault);
    bool good = j != NULL;
    if (!good)
        assert_string_equal(fault.words, "Too many members");
    json_destroy(j);
    str_finish(&s);
    return good;
}

static void test_bounds(void **state)
{
    (void)state;
    assert_true(nests(JSON_DEPTH_MAX));
    assert_false(nests(JSON_DEPTH_MAX + 1));
    assert_true(has_members(JSON_MEMBERS_MAX));
    assert_false(has_members(JSON_MEMBERS_MAX + 1));
}

static void test_utf8(void **state)
{
    static const char *const good[] = {"", "a", "é", "東", "🚀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc3",
                                      "\xc0\xaf",
                                      "\xe0\x80\xaf",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xe6\x9d",
                                      "\346\235a"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(json_is_utf8(span_of(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (json_is_utf8(span_of(bad[i])))
            fail_msg("row %zu is taken for UTF-8", i);
}

static void test_written(void **state)
{
    struct str s = STR_INIT;
    (void)state;
    json_add_string(&s, (struct span){"a\"\\\n\x01\0é\xff"
                                      "b",
                                      10});
    assert_string_equal(str_text(&s), "\"a\\\"\\\\\\n\\u0001\\u0000é\xef\xbf\xbd"
                                      "b\"");
    str_clear(&s);
    json_add_int(&s, INT64_MIN);
    str_add_char(&s, ' ');
    json_add_int(&s, 0);
    str_add_char(&s, ' ');
    json_add_int(&s, INT64_MAX);
    assert_string_equal(str_text(&s), "-9223372036854775808 0 9223372036854775807");
    str_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_and_source_text),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
