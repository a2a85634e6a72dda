/* strict_test.c: what the strict scanner refuses, and how a record is cut into values. It covers
 * json_scan.c. */
#include "model/scan.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sample {
    const char *text;
    size_t len;
};
#define S(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* Bytes that are not one strict JSON value. */
static const struct sample rejects[] = {
    S(""),
    S(" "),
    S("\n\t "),
    S("\xEF\xBB\xBF{}"),
    S("\xEF\xBB\xBF"),
    S("{"),
    S("}"),
    S("["),
    S("]"),
    S("{]"),
    S("[}"),
    S("[1"),
    S("[1,"),
    S("[1,]"),
    S("[,1]"),
    S("[,]"),
    S("[1 2]"),
    S("[1,,2]"),
    S("[1]]"),
    S("[1]1"),
    S("[] []"),
    S("{} {}"),
    S("{}x"),
    S("{}\0"),
    S("\0"),
    S("[1]\0"),
    S("{\"a\"}"),
    S("{\"a\":}"),
    S("{\"a\" 1}"),
    S("{\"a\":1,}"),
    S("{,\"a\":1}"),
    S("{\"a\":1 \"b\":2}"),
    S("{\"a\":1,,\"b\":2}"),
    S("{a:1}"),
    S("{'a':1}"),
    S("{1:1}"),
    S("{null:1}"),
    S("{\"a\":1:2}"),
    S("{\"a\"::1}"),
    S("{\"a\":1"),
    S("{\"a\":1,"),
    S("{\"a\":1,\"b\""),
    S("{\"a\":[1}"),
    S("[{\"a\":1]"),
    S("01"),
    S("00"),
    S("-01"),
    S("-"),
    S("--1"),
    S("+1"),
    S("1."),
    S(".5"),
    S("-.5"),
    S("1.e3"),
    S("1e"),
    S("1e+"),
    S("1e-"),
    S("1E"),
    S("1ee3"),
    S("1e3.5"),
    S("1.2.3"),
    S("0x10"),
    S("0b1"),
    S("1_000"),
    S("1,000"),
    S("1 000"),
    S("1f"),
    S("NaN"),
    S("nan"),
    S("Infinity"),
    S("-Infinity"),
    S("inf"),
    S("True"),
    S("TRUE"),
    S("tru"),
    S("truee"),
    S("falsey"),
    S("fals"),
    S("nul"),
    S("nulll"),
    S("None"),
    S("undefined"),
    S("'a'"),
    S("\""),
    S("\"a"),
    S("\"a\"b"),
    S("a\""),
    S("\"\\"),
    S("\"\\\""),
    S("\"\\a\""),
    S("\"\\x41\""),
    S("\"\\'\""),
    S("\"\\0\""),
    S("\"\\\0\""),
    S("\"\\U0041\""),
    S("\"\\u\""),
    S("\"\\u1\""),
    S("\"\\u12\""),
    S("\"\\u123\""),
    S("\"\\u12G4\""),
    S("\"\\u 123\""),
    S("\"\\u+123\""),
    S("\"\\u12"),
    S("\"\n\""),
    S("\"\t\""),
    S("\"\r\""),
    S("\"\0\""),
    S("\"\x01\""),
    S("\"\x1f\""),
    S("\"1234567\x1f\""),
    S("\"12345678\n90\""),
    S("\"\x80\""),
    S("\"\xBF\""),
    S("\"\xC0\x80\""),
    S("\"\xC1\xBF\""),
    S("\"\xC3\""),
    S("\"\xC3(\""),
    S("\"\xE2\x82\""),
    S("\"\xE2(\xA1\""),
    S("\"\xE0\x80\x80\""),
    S("\"\xE0\x9F\xBF\""),
    S("\"\xED\xA0\x80\""),
    S("\"\xED\xBF\xBF\""),
    S("\"\xF0\x80\x80\x80\""),
    S("\"\xF0\x8F\xBF\xBF\""),
    S("\"\xF0\x9F\x98\""),
    S("\"\xF4\x90\x80\x80\""),
    S("\"\xF5\x80\x80\x80\""),
    S("\"\xF8\x88\x80\x80\x80\""),
    S("\"\xFE\""),
    S("\"\xFF\""),
    S("\"abcdefgh\xC3\""),
    S("{\"\xFF\":1}"),
    S("{\"a\n\":1}"),
    S("//c\n1"),
    S("/*c*/1"),
    S("1//c"),
    S("#1"),
    S("\xC2\xA0"
      "1"),
    S("\f1"),
    S("\v1"),
    S("1;"),
    S("(1)"),
    S("<1>"),
    S("[1;2]"),
    S("{\"a\"=1}"),
    S("\xFF\xFE{\0}\0"),
};

static const struct sample accepts[] = {
    S("0"),
    S("-0"),
    S("1"),
    S("-1.5e+10"),
    S("1E5"),
    S("0.0"),
    S("0e0"),
    S("true"),
    S(" false "),
    S("null"),
    S("\"\""),
    S("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""),
    S("\"\\ud83d\\ude00\""),
    S("\"\\ud800\""),
    S("\"\\u0000\""),
    S("\"\x7f\""),
    S("\"\xC2\x80\""),
    S("\"\xED\x9F\xBF\""),
    S("\"\xEF\xBF\xBF\""),
    S("\"\xF0\x90\x80\x80\""),
    S("\"\xF4\x8F\xBF\xBF\""),
    S("[]"),
    S("{}"),
    S("[ ]"),
    S("{ }"),
    S("\t[\r\n1 , 2 ]\n"),
    S("{\"a\":{\"b\":[{}]},\"a\":1}"),
    S("{\"\":0}"),
    S("123456789012345678901234567890"),
    S("1e400"),
};

/* A copy of exact size, so that the sanitizer sees a byte read beyond it. */
static struct span exact(struct sample s)
{
    return (struct span){mem_dup(s.text, s.len), s.len};
}

static void test_rejects(void **state)
{
    (void)state;
    assert_true(ARRAY_LEN(rejects) >= 100);
    for (size_t i = 0; i < ARRAY_LEN(rejects); i++) {
        struct span text = exact(rejects[i]);
        struct error err;
        size_t at = 9999;
        if (scan_check(text, &at, &err) != ST_PARSE)
            fail_msg("taken: %zu %s", i, rejects[i].text);
        assert_true(at <= text.len);
        assert_true(err.what[0] != '\0');
        mem_free((void *)(uintptr_t)text.p);
    }
}

static void test_accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accepts); i++) {
        struct span text = exact(accepts[i]);
        struct error err;
        if (scan_check(text, NULL, &err))
            fail_msg("refused: %s: %s", accepts[i].text, err.what);
        mem_free((void *)(uintptr_t)text.p);
    }
}

/* Every proper prefix of a text is cut short: never taken, and never called wrong in itself. */
static void test_prefixes_are_cut(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[true,false,null,-1.5e+3,"
                               "\"x\\u00e9\xC3\xA9\xF0\x9F\x98\x80\\n\"],\"b\":{\"c\":[]}}";
    for (size_t len = 0; len + 1 < sizeof text; len++) {
        struct span cut = exact((struct sample){text, len});
        struct json_scan s = json_begin(cut);
        assert_false(json_skip(&s, SCAN_DEPTH_MAX));
        if (!json_cut(&s))
            fail_msg("wrong at %zu: %s", len, s.wrong);
        mem_free((void *)(uintptr_t)cut.p);
    }
}

static void nest(struct str *out, size_t levels)
{
    str_clear(out);
    str_fill(out, '[', levels);
    str_fill(out, ']', levels);
}

static void test_depth(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    nest(&s, SCAN_DEPTH_MAX);
    assert_int_equal(scan_check(span_from(&s), NULL, NULL), ST_OK);
    nest(&s, SCAN_DEPTH_MAX + 1);
    assert_int_equal(scan_check(span_from(&s), NULL, NULL), ST_PARSE);
    nest(&s, 100000);
    assert_int_equal(scan_check(span_from(&s), NULL, NULL), ST_PARSE);
    str_finish(&s);
}

/* A record and a check agree on the depth, wherever in the record it is. */
static void test_depth_of_a_record(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "{\"x\":", "{\"name\":", "{\"quota_policy\":{\"y\":", "{\"tags\":{\"k\":"};
    static const int opened[] = {1, 1, 2, 2};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        for (int more = 0; more < 2; more++) {
            struct value v[FIELD_COUNT];
            struct arena mem;
            struct str s = STR_INIT, inner = STR_INIT;
            nest(&inner, (size_t)(SCAN_DEPTH_MAX - opened[i] + more));
            str_add(&s, forms[i]);
            str_add_span(&s, span_from(&inner));
            str_fill(&s, '}', (size_t)opened[i]);
            arena_init(&mem);
            enum status want = more ? ST_PARSE : ST_OK;
            assert_int_equal(scan_check(span_from(&s), NULL, NULL), want);
            assert_int_equal(scan_record(span_from(&s), v, &mem, NULL, NULL, NULL), want);
            arena_finish(&mem);
            str_finish(&s);
            str_finish(&inner);
        }
    }
}

/* ---- numbers ---- */

static void test_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t i;
        bool exact;
    } rows[] = {
        {"0", 0, true},
        {"-0", 0, true},
        {"0.0", 0, true},
        {"0e999999999999", 0, true},
        {"5", 5, true},
        {"5.0", 5, true},
        {"5.000", 5, true},
        {"1e3", 1000, true},
        {"1.5e3", 1500, true},
        {"1500e-2", 15, true},
        {"-12e1", -120, true},
        {"9007199254740993", INT64_C(9007199254740993), true},
        {"9223372036854775807", INT64_MAX, true},
        {"-9223372036854775808", INT64_MIN, true},
        {"9223372036854775808", INT64_MAX, false},
        {"-9223372036854775809", INT64_MIN, false},
        {"99999999999999999999", INT64_MAX, false},
        {"-99999999999999999999", INT64_MIN, false},
        {"1e19", INT64_MAX, false},
        {"1e400", INT64_MAX, false},
        {"-1e400", INT64_MIN, false},
        {"1e-400", 0, false},
        {"1e99999999999999999999", INT64_MAX, false},
        {"1e-99999999999999999999", 0, false},
        {"1.5", 2, false},
        {"1.4", 1, false},
        {"-1.5", -2, false},
        {"0.5", 1, false},
        {"0.04", 0, false},
        {"10.01", 10, false},
        {"100.0001e2", 10000, false},
        {"9223372036854775807.5", INT64_MAX, false},
        {"123456789012345678.9", INT64_C(123456789012345679), false},
        {"0.000000000000000000000000000000000001", 0, false},
        {"1000000000000000000000e-3", INT64_C(1000000000000000000), true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t n = -77;
        bool exact_ = json_whole(span_of(rows[i].text), &n);
        if (exact_ != rows[i].exact || n != rows[i].i)
            fail_msg("%s: %lld %d", rows[i].text, (long long)n, exact_);
    }
}

/* A plan's head may hold anything where its number should stand. */
static void test_what_is_no_number_is_not_whole(void **state)
{
    static const char *const texts[] = {
        "\"1\"", "\"%e%%%%%%%%%%%%%%%%%%%%%%%%%\"", "true", "{}", "null", ""};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t n = 7;
        assert_false(json_whole(span_of(texts[i]), &n));
        assert_int_equal(n, 0);
    }
}

/* ---- records ---- */

struct cut {
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct str unknown;
    enum status st;
    struct error err;
};

static void note_unknown(void *ctx, struct span path, struct span raw)
{
    struct str *s = ctx;
    str_add_span(s, path);
    str_add(s, "=");
    str_add_span(s, raw);
    str_add(s, ";");
}

static void cut_open(struct cut *c, const char *text)
{
    arena_init(&c->mem);
    str_init(&c->unknown);
    c->st = scan_record(span_of(text), c->v, &c->mem, note_unknown, &c->unknown, &c->err);
}

static void cut_close(struct cut *c)
{
    arena_finish(&c->mem);
    str_finish(&c->unknown);
}

static const char full[] =
    "{\"provider_account_id\":\"pa_1\",\"org_id\":\"o\",\"name\":\"az "
    "\\u00e9\",\"description\":null,"
    "\"provider_type\":\"azure_openai\",\"region\":\"\",\"credentials_ref\":\"kv/x\","
    "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,\"max_requests_per_month\":null,"
    "\"current_month_tokens\":99999999999999999999,\"current_month_requests\":1.5,"
    "\"usage_period\":\"2026-10\",\"new_limit\":[1, 2]},"
    "\"rate_limit_policy\":null,\"status\":\"active\",\"enabled\":true,"
    "\"last_health_check\":\"2026-10-20T14:02:07Z\",\"tags\":{\"team\":\"search\",\"env\":\"prod\"}"
    ","
    "\"created_at\":\"soon\",\"brand_new\":{\"a\":1}}";

static void test_record(void **state)
{
    (void)state;
    struct cut c;
    struct span val;
    cut_open(&c, full);
    assert_int_equal(c.st, ST_OK);
    assert_true(span_is(c.v[FIELD_ID].text, "pa_1"));
    assert_true(span_is(c.v[FIELD_NAME].text, "az \xC3\xA9"));
    assert_int_equal(c.v[FIELD_DESCRIPTION].presence, PRESENCE_NULL);
    assert_int_equal(c.v[FIELD_DATA_RESIDENCY].presence, PRESENCE_ABSENT);
    assert_int_equal(c.v[FIELD_REGION].presence, PRESENCE_VALUE);
    assert_int_equal(c.v[FIELD_QUOTA].presence, PRESENCE_VALUE);
    assert_true(c.v[FIELD_QUOTA_TOKENS].i == INT64_C(9007199254740993));
    assert_false(c.v[FIELD_QUOTA_TOKENS].inexact);
    assert_int_equal(c.v[FIELD_QUOTA_REQUESTS].presence, PRESENCE_NULL);
    assert_true(c.v[FIELD_USED_TOKENS].inexact);
    assert_true(span_is(c.v[FIELD_USED_TOKENS].text, "99999999999999999999"));
    assert_true(c.v[FIELD_USED_REQUESTS].inexact);
    assert_true(span_is(c.v[FIELD_USED_REQUESTS].text, "1.5"));
    assert_int_equal(c.v[FIELD_RATE].presence, PRESENCE_NULL);
    assert_int_equal(c.v[FIELD_RPS].presence, PRESENCE_ABSENT);
    assert_int_equal(c.v[FIELD_ENABLED].i, 1);
    assert_true(c.v[FIELD_LAST_CHECK].i == INT64_C(1792504927000));
    assert_true(c.v[FIELD_CREATED_AT].i == WHEN_NONE);
    assert_true(span_is(c.v[FIELD_CREATED_AT].text, "soon"));
    assert_int_equal(c.v[FIELD_TAGS].i, 2);
    assert_memory_equal(c.v[FIELD_TAGS].text.p, "env\0prod\0team\0search", 21);
    assert_true(value_pair_get(&c.v[FIELD_TAGS], span_of("team"), &val));
    assert_true(span_is(val, "search"));
    assert_string_equal(str_text(&c.unknown), "quota_policy.new_limit=[1, 2];brand_new={\"a\":1};");
    cut_close(&c);
}

/* One field is wrong, all others are as they were. */
static void test_wrong_types(void **state)
{
    (void)state;
    static const struct {
        enum field field;
        const char *value;
    } rows[] = {
        {FIELD_NAME, "5"},
        {FIELD_NAME, "true"},
        {FIELD_NAME, "[\"a\"]"},
        {FIELD_NAME, "\"a\\u0000b\""},
        {FIELD_NAME, "\"\\ud800\""},
        {FIELD_NAME, "\"\\udc00\\ud800\""},
        {FIELD_NAME, "\"\\ud800\\u0041\""},
        {FIELD_STATUS, "{\"a\":1}"},
        {FIELD_ENABLED, "\"true\""},
        {FIELD_ENABLED, "1"},
        {FIELD_LAST_CHECK, "12"},
        {FIELD_TAGS, "[]"},
        {FIELD_TAGS, "\"a\""},
        {FIELD_TAGS, "{\"a\":\"b\",\"c\":1}"},
        {FIELD_TAGS, "{\"a\":null}"},
        {FIELD_TAGS, "{\"a\":{\"b\":\"c\"}}"},
        {FIELD_TAGS, "{\"a\\u0000\":\"c\"}"},
        {FIELD_TAGS, "{\"a\":\"\\udfff\"}"},
        {FIELD_QUOTA, "5"},
        {FIELD_QUOTA, "[1]"},
        {FIELD_RATE, "\"wait\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str s = STR_INIT;
        struct cut c;
        str_printf(&s, "{\"org_id\":\"o\",\"%s\": %s ,\"created_by\":\"me\"}",
                   field_info(rows[i].field)->leaf, rows[i].value);
        cut_open(&c, str_text(&s));
        assert_int_equal(c.st, ST_OK);
        for (int f = 0; f < FIELD_COUNT; f++) {
            enum presence want = f == FIELD_ORG_ID || f == FIELD_CREATED_BY ? PRESENCE_VALUE
                                 : f == (int)rows[i].field                  ? PRESENCE_BAD
                                                                            : PRESENCE_ABSENT;
            if (c.v[f].presence != want)
                fail_msg("%s: %s is %d", rows[i].value, field_info((enum field)f)->path,
                         (int)c.v[f].presence);
        }
        assert_true(span_is(c.v[rows[i].field].text, rows[i].value));
        cut_close(&c);
        str_finish(&s);
    }
}

static void test_numbers_of_a_wrong_type(void **state)
{
    (void)state;
    struct cut c;
    cut_open(&c, "{\"rate_limit_policy\":{\"requests_per_second\":\"5\",\"burst_size\":[5],"
                 "\"queue_timeout_seconds\":true,\"queue_policy\":0}}");
    assert_int_equal(c.st, ST_OK);
    assert_int_equal(c.v[FIELD_RPS].presence, PRESENCE_BAD);
    assert_true(span_is(c.v[FIELD_RPS].text, "\"5\""));
    assert_int_equal(c.v[FIELD_BURST].presence, PRESENCE_BAD);
    assert_int_equal(c.v[FIELD_QUEUE_TIMEOUT].presence, PRESENCE_BAD);
    assert_int_equal(c.v[FIELD_QUEUE_POLICY].presence, PRESENCE_BAD);
    cut_close(&c);
}

static void test_last_of_equal_keys_wins(void **state)
{
    (void)state;
    struct cut c;
    struct span val;
    cut_open(&c, "{\"name\":\"a\",\"name\":\"b\",\"tags\":{\"k\":\"1\",\"j\":\"x\",\"k\":\"2\"},"
                 "\"quota_policy\":{\"max_tokens_per_month\":1,\"current_month_tokens\":2},"
                 "\"quota_policy\":{\"max_tokens_per_month\":3},"
                 "\"rate_limit_policy\":{\"burst_size\":1},\"rate_limit_policy\":null}");
    assert_int_equal(c.st, ST_OK);
    assert_true(span_is(c.v[FIELD_NAME].text, "b"));
    assert_int_equal(c.v[FIELD_TAGS].i, 2);
    assert_true(value_pair_get(&c.v[FIELD_TAGS], span_of("k"), &val) && span_is(val, "2"));
    assert_int_equal(c.v[FIELD_QUOTA_TOKENS].i, 3);
    assert_int_equal(c.v[FIELD_USED_TOKENS].presence, PRESENCE_ABSENT);
    assert_int_equal(c.v[FIELD_RATE].presence, PRESENCE_NULL);
    assert_int_equal(c.v[FIELD_BURST].presence, PRESENCE_ABSENT);
    cut_close(&c);
}

static void test_keys_with_escapes(void **state)
{
    (void)state;
    struct cut c;
    cut_open(&c, "{\"n\\u0061me\":\"a\",\"\\u0071uota_policy\":{\"x\\ny\":1},\"a\\u0000\":2}");
    assert_int_equal(c.st, ST_OK);
    assert_true(span_is(c.v[FIELD_NAME].text, "a"));
    assert_int_equal(c.v[FIELD_QUOTA].presence, PRESENCE_VALUE);
    assert_string_equal(str_text(&c.unknown), "quota_policy.x\ny=1;a\\u0000=2;");
    cut_close(&c);
}

/* Every order of members is read alike: the guess at the next field is only a guess. */
static void test_any_order(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    struct cut c;
    str_add(&s, "{");
    for (int f = FIELD_COUNT - 1; f >= 0; f--) {
        const struct field_info *i = field_info((enum field)f);
        if (i->parent == FIELD_NONE && i->type != FT_GROUP)
            str_printf(&s, "\"%s\":null,", i->leaf);
    }
    for (int g = 0; g < FIELD_COUNT; g++) {
        if (field_info((enum field)g)->type != FT_GROUP)
            continue;
        str_printf(&s, "\"%s\":{", field_info((enum field)g)->leaf);
        for (int f = FIELD_COUNT - 1; f >= 0; f--) {
            if ((int)field_info((enum field)f)->parent == g)
                str_printf(&s, "\"%s\":null,", field_info((enum field)f)->leaf);
        }
        str_add(&s, "\"z\":0},");
    }
    str_add(&s, "\"z\":0}");
    cut_open(&c, str_text(&s));
    assert_int_equal(c.st, ST_OK);
    for (int f = 0; f < FIELD_COUNT; f++) {
        bool group = field_info((enum field)f)->type == FT_GROUP;
        assert_int_equal(c.v[f].presence, group ? PRESENCE_VALUE : PRESENCE_NULL);
    }
    assert_string_equal(str_text(&c.unknown), "quota_policy.z=0;rate_limit_policy.z=0;z=0;");
    cut_close(&c);
    str_finish(&s);
}

static void test_not_a_record(void **state)
{
    (void)state;
    static const char *const rows[] = {"",
                                       "5",
                                       "[]",
                                       "null",
                                       "\"a\"",
                                       "{\"name\":\"a\"} x",
                                       "{\"name\":}",
                                       "{\"name\"",
                                       "{\"tags\":{\"a\":\"b\",}}",
                                       "{\"tags\":{\"a\"}}",
                                       "{\"name\":\"\xFF\"}",
                                       "{\"quota_policy\":{\"x\":01}}",
                                       "{\"enabled\":tru}",
                                       "{\"name\":"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cut c;
        cut_open(&c, rows[i]);
        assert_int_equal(c.st, ST_PARSE);
        assert_true(c.err.what[0] != '\0');
        cut_close(&c);
    }
}

/* A record is taken exactly when its bytes are strict JSON, wherever it is cut. */
static void test_every_prefix_of_a_record(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof full - 1; len++) {
        struct value v[FIELD_COUNT];
        struct arena mem;
        struct span text = exact((struct sample){full, len});
        arena_init(&mem);
        assert_int_equal(scan_record(text, v, &mem, NULL, NULL, NULL), ST_PARSE);
        arena_finish(&mem);
        mem_free((void *)(uintptr_t)text.p);
    }
}

/* Random damage never reads beyond the bytes, and record and check always agree. */
static void test_damage(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 20000; round++) {
        struct value v[FIELD_COUNT];
        struct arena mem;
        char *text = mem_dup(full, sizeof full - 1);
        for (int n = 1 + rand() % 3; n > 0; n--)
            text[rand() % (int)(sizeof full - 1)] =
                (char)(rand() % 2 ? rand() % 256 : "{}[],:\"\\0"[rand() % 9]);
        struct span s = {text, sizeof full - 1};
        arena_init(&mem);
        bool record = scan_record(s, v, &mem, NULL, NULL, NULL) == ST_OK;
        assert_int_equal(record, scan_check(s, NULL, NULL) == ST_OK && text[0] == '{');
        arena_finish(&mem);
        mem_free(text);
    }
}

/* Many equal tags cost no more than many tags. */
static void test_many_tags(void **state)
{
    (void)state;
    struct str s = STR_INIT;
    struct cut c;
    struct span val;
    str_add(&s, "{\"tags\":{");
    for (int i = 0; i < 60000; i++)
        str_printf(&s, "\"k%d\":\"%d\",", i % 3, i);
    str_add(&s, "\"z\":\"\"}}");
    cut_open(&c, str_text(&s));
    assert_int_equal(c.st, ST_OK);
    assert_int_equal(c.v[FIELD_TAGS].i, 4);
    assert_true(value_pair_get(&c.v[FIELD_TAGS], span_of("k2"), &val) && span_is(val, "59999"));
    cut_close(&c);
    str_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_number_is_not_whole),
        cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_prefixes_are_cut),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_depth_of_a_record),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_numbers_of_a_wrong_type),
        cmocka_unit_test(test_last_of_equal_keys_wins),
        cmocka_unit_test(test_keys_with_escapes),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_not_a_record),
        cmocka_unit_test(test_every_prefix_of_a_record),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_many_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
