/* scan_test.c: strict JSON, account records, and pages however they are cut. It covers scan.c and
 * json.c. */
#include "model/scan.h"

#include "base/vec.h"
#include "model/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_rejects(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "{1:2}",
        "{,}",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "nulll",
        "True",
        "tru",
        "fals",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\x01\"",
        "\"\x1b[31m\"",
        "1 2",
        "{} {}",
        "[] x",
        "null,",
        "\xef\xbb\xbf{}",
        "\"\xff\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xe2\x82\"",
        "//c\n1",
        "/**/1",
        "[1]]",
        "{\"a\":[}",
        "[{]}",
        "\v1",
        "\f1",
        "1\v",
        "--1",
        "1-",
        "1.e5",
        "1.5.5",
        "e5",
        "[\"a\":1]",
        "{\"a\":1:2}",
        "\"\\a\"",
        "\"\\v\"",
        "\"\\0\"",
        "undefined",
        "[1,,2]",
        "{\"a\":1,,\"b\":2}",
        "*",
        "\\",
        "'a'",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err;
        if (scan_check(span_of(bad[i]), NULL, &err) != ST_PARSE)
            fail_msg("accepted: %s", bad[i]);
    }
    assert_int_equal(scan_check((struct span){"\"\0\"", 3}, NULL, NULL), ST_PARSE);
}

static void test_accepts(void **state)
{
    static const char *const good[] = {"0",
                                       "-0",
                                       "1.5e-10",
                                       " [ ] ",
                                       "{\"\":null}",
                                       "\"\\u0000\"",
                                       "\"\xf0\x9f\x98\x80\"",
                                       "[[[[1]]]]",
                                       "123456789012345678901234567890"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        if (scan_check(span_of(good[i]), NULL, NULL) != ST_OK)
            fail_msg("refused: %s", good[i]);
    }
}

static void test_depth_is_bounded(void **state)
{
    char text[400];
    (void)state;
    for (size_t depth = 63; depth <= 66; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        enum status st = scan_check((struct span){text, 2 * depth}, NULL, NULL);
        assert_int_equal(st, depth <= SCAN_DEPTH_MAX ? ST_OK : ST_PARSE);
    }
}

struct unknowns {
    size_t count;
    char first[64];
};

static void on_unknown(void *ctx, struct span path, struct span raw)
{
    struct unknowns *u = ctx;
    (void)raw;
    if (u->count++ == 0)
        memcpy(u->first, path.p, path.len);
}

static void test_record_keeps_kinds_apart(void **state)
{
    static const char text[] =
        "{\"provider_account_id\":\"a\\u00e9\",\"name\":null,\"description\":7,\"new\":[1],"
        "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,\"max_requests_per_month\":1."
        "5,"
        "\"extra\":true},\"rate_limit_policy\":null,\"enabled\":\"yes\",\"region\":\"\\ud800\","
        "\"last_health_check\":\"2026-10-20T14:02:07Z\",\"tags\":{\"b\":\"2\",\"a\":\"1\",\"b\":"
        "\"3\"}}";
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct unknowns unknowns = {0};
    struct span val;
    (void)state;
    arena_init(&mem);
    assert_int_equal(scan_record(span_of(text), v, &mem, on_unknown, &unknowns, NULL), ST_OK);
    assert_true(span_is(v[FIELD_ID].text, "a\xc3\xa9"));
    assert_int_equal(v[FIELD_NAME].presence, PRESENCE_NULL);
    assert_int_equal(v[FIELD_DESCRIPTION].presence, PRESENCE_BAD);
    assert_int_equal(v[FIELD_STATUS].presence, PRESENCE_ABSENT);
    assert_true(v[FIELD_QUOTA_TOKENS].i == 9007199254740993 && !v[FIELD_QUOTA_TOKENS].inexact);
    assert_true(v[FIELD_QUOTA_REQUESTS].inexact);
    assert_int_equal(v[FIELD_QUOTA].presence, PRESENCE_VALUE);
    assert_int_equal(v[FIELD_RATE].presence, PRESENCE_NULL);
    assert_int_equal(v[FIELD_RPM].presence, PRESENCE_ABSENT);
    assert_int_equal(v[FIELD_ENABLED].presence, PRESENCE_BAD);
    assert_int_equal(v[FIELD_REGION].presence, PRESENCE_BAD); /* a lone surrogate */
    assert_true(v[FIELD_LAST_CHECK].i > 0);
    assert_int_equal(v[FIELD_TAGS].i, 2);
    assert_true(value_pair_get(&v[FIELD_TAGS], span_of("b"), &val) && span_is(val, "3"));
    assert_int_equal(unknowns.count, 2);
    assert_string_equal(unknowns.first, "new");
    assert_int_equal(scan_record(span_of("[]"), v, &mem, NULL, NULL, NULL), ST_PARSE);
    arena_finish(&mem);
}

/* ---- pages ---- */

struct seen {
    char cursor[32];
    size_t records, bad, records_at_cursor;
};

static void on_cursor(void *ctx, struct span cursor)
{
    struct seen *s = ctx;
    memcpy(s->cursor, cursor.p, cursor.len);
    s->cursor[cursor.len] = '\0';
    s->records_at_cursor = s->records;
}

static void on_record(void *ctx, struct span raw, const struct error *bad)
{
    struct seen *s = ctx;
    (void)raw;
    s->records++;
    s->bad += bad != NULL;
}

static const struct page_events events = {on_cursor, on_record};

static enum status run_page(const char *text, size_t split, struct seen *seen,
                            struct page_summary *sum)
{
    size_t len = strlen(text);
    struct page_scan *p = page_scan_create(&events, seen);
    memset(seen, 0, sizeof *seen);
    enum status st = page_scan_feed(p, text, split, NULL);
    if (!st)
        st = page_scan_feed(p, text + split, len - split, NULL);
    enum status end = page_scan_finish(p, sum, NULL);
    page_scan_destroy(p);
    return st ? st : end;
}

static const char page[] =
    " {\"total\" : 12, \"has_more\":true,\"next_cursor\":\"c\\\"2\", \"x\":{\"accounts\":[1]},\n"
    "\"accounts\": [ {\"a\":\"]},{\"}, {\"b\":[{}]} , {\"c\":01} ] , \"y\" : null } ";

static void test_page_at_every_split(void **state)
{
    (void)state;
    for (size_t split = 0; split <= strlen(page); split++) {
        struct seen seen;
        struct page_summary sum;
        assert_int_equal(run_page(page, split, &seen, &sum), ST_OK);
        assert_string_equal(seen.cursor, "c\"2");
        assert_int_equal(seen.records_at_cursor, 0);
        assert_int_equal(seen.records, 3);
        assert_int_equal(seen.bad, 1);
        assert_int_equal(sum.bad, 1);
        assert_int_equal(sum.total, 12);
        assert_int_equal(sum.has_more, 1);
        assert_true(sum.has_cursor);
    }
}

static void test_page_cut_short_is_unreadable(void **state)
{
    (void)state;
    char cut[sizeof page];
    for (size_t len = 0; len < strlen(page) - 1; len++) {
        struct seen seen;
        struct page_summary sum;
        memcpy(cut, page, len);
        cut[len] = '\0';
        assert_int_equal(run_page(cut, len / 2, &seen, &sum), ST_UNREADABLE);
    }
}

static void test_page_without_accounts(void **state)
{
    static const char *const bad[] = {"{}",
                                      "[]",
                                      "{\"accounts\":{}}",
                                      "{\"accounts\":[]}x",
                                      "{\"accounts\":[],\"accounts\":[]}",
                                      "{\"accounts\":[1,]}",
                                      "{\"accounts\":[] \"a\":1}",
                                      "<html>",
                                      "{\"accounts\":[}"};
    struct seen seen;
    struct page_summary sum;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (run_page(bad[i], 1, &seen, &sum) != ST_UNREADABLE)
            fail_msg("accepted: %s", bad[i]);
    }
    assert_int_equal(run_page("{\"accounts\":[],\"next_cursor\":null}", 3, &seen, &sum), ST_OK);
    assert_false(sum.has_cursor);
    assert_int_equal(sum.total, -1);
    assert_int_equal(sum.has_more, -1);
}

/* ---- json.h ---- */

static void test_json_safe_and_pretty(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    json_safe(&out, span_of("{\"n\":9007199254740993,\"s\":\"a\xe2\x80\xae\x7f\"}"));
    assert_string_equal(str_text(&out), "{\"n\":9007199254740993,\"s\":\"a\\u202e\\u007f\"}");
    str_clear(&out);
    json_pretty(&out, span_of("{\"a\":[],\"b\":{\"c\":[1, 2]}}"));
    assert_string_equal(
        str_text(&out),
        "{\n  \"a\": [],\n  \"b\": {\n    \"c\": [\n      1,\n      2\n    ]\n  }\n}");
    str_clear(&out);
    json_quote(&out, span_of("a\"\\\n\x01\xff"));
    assert_string_equal(str_text(&out), "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\"");
    str_finish(&out);
}

static void test_json_parse_is_strict(void **state)
{
    cJSON *json;
    (void)state;
    assert_int_equal(json_parse(span_of("{\"a\":1} x"), &json, NULL), ST_PARSE);
    assert_int_equal(json_parse(span_of("{\"a\":\"\\u0000b\"}"), &json, NULL), ST_PARSE);
    assert_int_equal(json_parse(span_of("{\"a\":\"\\\\u0000b\",\"A\":\"c\"}"), &json, NULL), ST_OK);
    assert_string_equal(json_get_string(json, "A"), "c");
    assert_null(json_get(json, "b"));
    cJSON_Delete(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_record_keeps_kinds_apart),
        cmocka_unit_test(test_page_at_every_split),
        cmocka_unit_test(test_page_cut_short_is_unreadable),
        cmocka_unit_test(test_page_without_accounts),
        cmocka_unit_test(test_json_safe_and_pretty),
        cmocka_unit_test(test_json_parse_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
