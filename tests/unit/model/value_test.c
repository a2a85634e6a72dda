/* value_test.c: each type's values typed, shown, compared and written; the field table itself.
 * It covers value.c, value_map.c and value_quote.c. */
#include "model/value.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/json.h"
#include "model/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the field table ---- */

static void test_table_is_consistent(void **state)
{
    (void)state;
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *i = field_info((enum field)f);
        assert_int_equal(i->id, f);
        assert_int_equal(i->leaf_len, strlen(i->leaf));
        assert_string_equal(i->path + strlen(i->path) - i->leaf_len, i->leaf);
        assert_int_equal(field_find_member(i->parent, span_of(i->leaf)), f);
        assert_int_equal(field_find(span_of(i->path)), f);
        assert_int_equal(field_find(span_of(i->key)), f);
        assert_true(i->label[0] && i->help[0]);
        assert_non_null(section_title(i->section));
        assert_non_null(field_known_values(i->id));
        if (i->parent == FIELD_NONE) {
            assert_string_equal(i->path, i->leaf);
            continue;
        }
        /* The scanner relies on it: the members follow their GROUP, without others between. */
        const struct field_info *before = field_info((enum field)(f - 1));
        assert_true(before->id == i->parent || before->parent == i->parent);
        assert_int_equal(field_info(i->parent)->type, FT_GROUP);
    }
}

static void test_names_that_are_none(void **state)
{
    static const char *const names[] = {"", "Name", "name ", "quota.", "policy", "nam", "nameX"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_int_equal(field_find(span_of(names[i])), FIELD_NONE);
        assert_int_equal(field_find_member(FIELD_NONE, span_of(names[i])), FIELD_NONE);
    }
    assert_int_equal(field_find(span_of("burst_size")), FIELD_BURST);
    assert_int_equal(field_find_member(FIELD_NONE, span_of("burst_size")), FIELD_NONE);
    assert_int_equal(field_find_member(FIELD_QUOTA, span_of("burst_size")), FIELD_NONE);
    assert_int_equal(field_find_member(FIELD_RATE, span_of("name")), FIELD_NONE);
}

/* ---- parse(edit(v)) is v ---- */

static const char *const nasty[] = {
    "a",
    "none",
    "NONE",
    "nonesuch",
    "\"",
    "\"a\"",
    " a",
    "a ",
    "\ta",
    "a\nb",
    "\\",
    "a\\",
    "a\"b",
    "a,b=c",
    "=",
    ",",
    "\x1b[31m",
    "\x7f",
    "\x01",
    "\xC3\xA9",
    "e\xCC\x81",
    "\xCC\x81x",
    "\xE2\x80\xAE",
    "\xF0\x9F\x98\x80",
    "\xEF\xBF\xBF",
    "\xE2\x80\x8D",
    "-",
    "?",
    "0",
    "400M",
    "true",
    "{}",
    "null",
    "yes",
    "\xC2\xA0",
    "\xF3\xA0\x80\xA1",
};

/* Text of n pieces of the list above. */
static void nasty_text(struct str *out, int n)
{
    str_clear(out);
    while (n-- > 0)
        str_add(out, nasty[rand() % (int)ARRAY_LEN(nasty)]);
}

static struct value random_map(struct arena *mem)
{
    struct str json = STR_INIT, part = STR_INIT;
    struct value v[FIELD_COUNT];
    str_add(&json, "{\"tags\":{");
    for (int n = rand() % 5; n > 0; n--) {
        nasty_text(&part, 1 + rand() % 2);
        json_quote(&json, span_from(&part));
        str_add(&json, ":");
        nasty_text(&part, rand() % 3);
        json_quote(&json, span_from(&part));
        str_add(&json, n > 1 ? "," : "");
    }
    str_add(&json, "}}");
    struct span raw = arena_dup(mem, span_from(&json));
    assert_int_equal(scan_record(raw, v, mem, NULL, NULL, NULL), ST_OK);
    str_finish(&json);
    str_finish(&part);
    return v[FIELD_TAGS];
}

static struct value random_value(enum field f, struct arena *mem)
{
    const struct field_info *i = field_info(f);
    struct str s = STR_INIT;
    struct value v = value_null();
    if (i->flags & FF_NULLABLE && rand() % 8 == 0)
        return v;
    switch (i->type) {
    case FT_INT:
    case FT_SECONDS:
        v = value_int(i->min + (((int64_t)rand() << 31 | rand()) >> (rand() % 62)));
        for (int n = rand() % 12; n > 0 && v.i < INT64_MAX / 10; n--)
            v.i *= 10;
        return v.i > 10 && rand() % 4 == 0 ? value_int(INT64_MAX - rand() % 3) : v;
    case FT_BOOL:
        return value_int(rand() % 2);
    case FT_MAP:
        return random_map(mem);
    default:
        nasty_text(&s, rand() % 4);
        v = value_text(arena_dup(mem, span_from(&s)));
        str_finish(&s);
        return v;
    }
}

static void assert_reads_back(enum field f, const struct value *v, struct arena *mem)
{
    struct str typed = STR_INIT, safe = STR_INIT;
    struct value back;
    struct error err;
    value_edit(f, v, &typed);
    if (value_parse(f, span_from(&typed), mem, &back, &err))
        fail_msg("%s: %s: %s", field_info(f)->path, str_text(&typed), err.what);
    if (!value_eq(f, v, &back))
        fail_msg("%s: %s", field_info(f)->path, str_text(&typed));
    text_safe(&safe, str_text(&typed), typed.len, 0);
    assert_string_equal(str_text(&safe), str_text(&typed));
    str_finish(&typed);
    str_finish(&safe);
}

static void test_what_is_shown_reads_back(void **state)
{
    (void)state;
    srand(11);
    for (int round = 0; round < 300; round++) {
        for (int f = 0; f < FIELD_COUNT; f++) {
            struct arena mem;
            if (field_info((enum field)f)->type == FT_GROUP ||
                field_info((enum field)f)->type == FT_TIME)
                continue;
            arena_init(&mem);
            struct value v = random_value((enum field)f, &mem);
            assert_reads_back((enum field)f, &v, &mem);
            arena_finish(&mem);
        }
    }
}

static void test_each_nasty_text_reads_back(void **state)
{
    (void)state;
    struct arena mem;
    arena_init(&mem);
    for (size_t i = 0; i < ARRAY_LEN(nasty); i++) {
        struct value v = value_text(span_of(nasty[i]));
        assert_reads_back(FIELD_REGION, &v, &mem);
        assert_reads_back(FIELD_QUEUE_POLICY, &v, &mem);
    }
    arena_finish(&mem);
}

/* Written as JSON and scanned again, a value is the same: for each field. */
static void test_json_scans_back(void **state)
{
    (void)state;
    srand(12);
    for (int round = 0; round < 200; round++) {
        for (int f = 0; f < FIELD_COUNT; f++) {
            const struct field_info *i = field_info((enum field)f);
            struct value back[FIELD_COUNT];
            struct str json = STR_INIT;
            struct arena mem;
            if (i->type == FT_GROUP)
                continue;
            arena_init(&mem);
            struct value v = random_value(i->id, &mem);
            if (i->parent != FIELD_NONE)
                str_printf(&json, "{\"%s\":", field_info(i->parent)->leaf);
            str_printf(&json, "{\"%s\":", i->leaf);
            value_json(i->id, &v, &json);
            str_add(&json, i->parent != FIELD_NONE ? "}}" : "}");
            assert_int_equal(scan_record(span_from(&json), back, &mem, NULL, NULL, NULL), ST_OK);
            if (!value_eq(i->id, &v, &back[f]))
                fail_msg("%s", str_text(&json));
            arena_finish(&mem);
            str_finish(&json);
        }
    }
}

/* ---- what may be typed ---- */

static void test_parse(void **state)
{
    static const struct {
        enum field field;
        const char *typed;
        enum presence presence;
        int64_t i;
        const char *text;
    } rows[] = {
        {FIELD_QUOTA_TOKENS, "400M", PRESENCE_VALUE, 400000000, NULL},
        {FIELD_QUOTA_TOKENS, " 6_000 ", PRESENCE_VALUE, 6000, NULL},
        {FIELD_QUOTA_TOKENS, "none", PRESENCE_NULL, 0, NULL},
        {FIELD_QUOTA_TOKENS, " NONE\t", PRESENCE_NULL, 0, NULL},
        {FIELD_QUOTA_TOKENS, "0", PRESENCE_VALUE, 0, NULL},
        {FIELD_QUOTA_TOKENS, "", PRESENCE_ABSENT, 0, NULL},
        {FIELD_QUOTA_TOKENS, "  ", PRESENCE_ABSENT, 0, NULL},
        {FIELD_CONCURRENCY, "", PRESENCE_ABSENT, 0, NULL},
        {FIELD_QUEUE_TIMEOUT, "2m", PRESENCE_VALUE, 120, NULL},
        {FIELD_ENABLED, "Yes", PRESENCE_VALUE, 1, NULL},
        {FIELD_ENABLED, "off", PRESENCE_VALUE, 0, NULL},
        {FIELD_REGION, "", PRESENCE_NULL, 0, NULL},
        {FIELD_REGION, "None", PRESENCE_NULL, 0, NULL},
        {FIELD_REGION, "\"None\"", PRESENCE_VALUE, 0, "None"},
        {FIELD_REGION, "\"\"", PRESENCE_VALUE, 0, ""},
        {FIELD_REGION, "  a b ", PRESENCE_VALUE, 0, "a b"},
        {FIELD_REGION, "\" a\\u00e9\\n\"", PRESENCE_VALUE, 0, " a\xC3\xA9\n"},
        {FIELD_QUEUE_POLICY, "none", PRESENCE_VALUE, 0, "none"},
        {FIELD_NAME, "\"none\"", PRESENCE_VALUE, 0, "none"},
        {FIELD_TAGS, "", PRESENCE_VALUE, 0, ""},
        {FIELD_TAGS, "none", PRESENCE_NULL, 0, NULL},
        {FIELD_TAGS, "none=x", PRESENCE_VALUE, 1, NULL},
        {FIELD_TAGS, " b = 2 ,a=1", PRESENCE_VALUE, 2, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena mem;
        struct value v;
        struct error err;
        arena_init(&mem);
        if (value_parse(rows[i].field, span_of(rows[i].typed), &mem, &v, &err))
            fail_msg("%s: %s", rows[i].typed, err.what);
        assert_int_equal(v.presence, rows[i].presence);
        if (v.i != rows[i].i || (rows[i].text && !span_is(v.text, rows[i].text)))
            fail_msg("%s", rows[i].typed);
        arena_finish(&mem);
    }
}

static void test_parse_refuses(void **state)
{
    static const struct {
        enum field field;
        const char *typed;
        const char *what;
    } rows[] = {
        {FIELD_QUOTA_TOKENS, "-1", ""},
        {FIELD_QUOTA_TOKENS, "1.5", ""},
        {FIELD_QUOTA_TOKENS, "99999999999999999999", ""},
        {FIELD_RPS, "0", "1 or more, or none"},
        {FIELD_CONCURRENCY, "0", "1 or more"},
        {FIELD_CONCURRENCY, "none", "none"},
        {FIELD_QUEUE_TIMEOUT, "0", "1 or more"},
        {FIELD_QUEUE_TIMEOUT, "20x", ""},
        {FIELD_ENABLED, "", "empty"},
        {FIELD_ENABLED, "none", "none"},
        {FIELD_ENABLED, "maybe", "yes"},
        {FIELD_NAME, "", "empty"},
        {FIELD_NAME, "  ", "empty"},
        {FIELD_NAME, "none", "in quotes it is the text"}, /* meant as "no name" by a slip */
        {FIELD_CREDENTIALS_REF, "None", "cannot be none"},
        {FIELD_NAME, "\xFF", "UTF-8"},
        {FIELD_NAME, "\"a", "quote"},
        {FIELD_NAME, "\"a\" b", "quote"},
        {FIELD_NAME, "\"a\\u0000\"", "character"},
        {FIELD_NAME, "\"\\ud800\"", "character"},
        {FIELD_QUEUE_POLICY, "", "empty"},
        {FIELD_TAGS, "a", "key=value"},
        {FIELD_TAGS, "=b", "key=value"},
        {FIELD_TAGS, "a=b,a=c", "twice"},
        {FIELD_TAGS, "a=\"b", "closed"},
        {FIELD_TAGS, "a=\"b\" c", "comma"},
        {FIELD_TAGS, "a=\xFF", "UTF-8"},
        {FIELD_STATUS, "", "empty"},
        {FIELD_CREATED_AT, "2026-01-01T00:00:00Z", "server"},
        {FIELD_QUOTA, "x", "server"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena mem;
        struct value v;
        struct error err;
        arena_init(&mem);
        if (value_parse(rows[i].field, span_of(rows[i].typed), &mem, &v, &err) != ST_USAGE)
            fail_msg("taken: %s", rows[i].typed);
        if (!strstr(err.what, rows[i].what) || strchr(err.what, '\n'))
            fail_msg("%s: %s", rows[i].typed, err.what);
        arena_finish(&mem);
    }
}

static void test_check(void **state)
{
    struct value bad = {.presence = PRESENCE_BAD, .text = {"[1]", 3}};
    struct value null = value_null(), zero = value_int(0), one = value_int(1);
    struct value inexact = {
        .presence = PRESENCE_VALUE, .inexact = true, .i = 2, .text = {"1.5", 3}};
    (void)state;
    assert_int_equal(value_check(FIELD_NAME, &bad, NULL), ST_USAGE);
    assert_int_equal(value_check(FIELD_CONCURRENCY, &null, NULL), ST_USAGE);
    assert_int_equal(value_check(FIELD_RPS, &null, NULL), ST_OK);
    assert_int_equal(value_check(FIELD_RPS, &zero, NULL), ST_USAGE);
    assert_int_equal(value_check(FIELD_RPS, &one, NULL), ST_OK);
    assert_int_equal(value_check(FIELD_QUOTA_TOKENS, &zero, NULL), ST_OK);
    assert_int_equal(value_check(FIELD_RPS, &inexact, NULL), ST_USAGE);
}

/* ---- shown ---- */

/* Pairs of a map are kept with NULs between them: one that was typed would read as another map. */
static void test_parse_refuses_nul(void **state)
{
    static const char *const texts[] = {"\a\0=", "a\0b=c", "a=b\0", "\"a\0b\"", "1\0"};
    static const size_t lens[] = {3, 5, 4, 5, 2};
    struct arena mem;
    struct value v;
    struct error err;
    (void)state;
    arena_init(&mem);
    for (int f = 0; f < FIELD_COUNT; f++)
        for (size_t i = 0; field_settable((enum field)f) && i < ARRAY_LEN(texts); i++) {
            struct span typed = {texts[i], lens[i]};
            assert_int_equal(value_parse((enum field)f, typed, &mem, &v, &err), ST_USAGE);
        }
    arena_finish(&mem);
}

static void test_show(void **state)
{
    struct value inexact = {
        .presence = PRESENCE_VALUE, .inexact = true, .i = INT64_MAX, .text = {"1e20", 4}};
    struct value bad = {.presence = PRESENCE_BAD, .text = {"[1]", 3}};
    struct value v[] = {value_absent(), value_null(), value_int(412345678), inexact, bad};
    static const char *const cell[] = {"-", "none", "412M", "\u22489.22E", "?[1]"};
    static const char *const whole[] = {"-", "none", "412,345,678 tokens", "\u22481e20", "?[1]"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(v); i++) {
        struct str s = STR_INIT;
        value_show(FIELD_USED_TOKENS, &v[i], SHOW_CELL, &s);
        if (i == 3)
            assert_memory_equal(str_text(&s), cell[i], 3); /* how large numbers end is not ours */
        else
            assert_string_equal(str_text(&s), cell[i]);
        str_clear(&s);
        value_show(FIELD_USED_TOKENS, &v[i], SHOW_FULL, &s);
        assert_string_equal(str_text(&s), whole[i]);
        str_clear(&s);
        value_words(FIELD_USED_TOKENS, &v[i], &s);
        assert_string_equal(str_text(&s), whole[i]);
        str_finish(&s);
    }
}

/* One of a unit is one, not "1 requests". */
static void test_show_one(void **state)
{
    static const struct {
        enum field field;
        int64_t i;
        const char *shown;
    } rows[] = {
        {FIELD_USED_REQUESTS, 1, "1 request"},
        {FIELD_USED_REQUESTS, 0, "0 requests"},
        {FIELD_USED_REQUESTS, 2, "2 requests"},
        {FIELD_RPS, 1, "1 request/s"},
        {FIELD_RPS, 11, "11 requests/s"},
        {FIELD_QUOTA_TOKENS, 1, "1 token/month"},
        {FIELD_CONCURRENCY, 1, "1 request at once"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct value v = value_int(rows[i].i);
        struct str s = STR_INIT;
        value_show(rows[i].field, &v, SHOW_FULL, &s);
        assert_string_equal(str_text(&s), rows[i].shown);
        str_finish(&s);
    }
}

/* Nothing is seen to be nothing: a text of no characters, a map of no pairs. */
static void test_words_of_nothing(void **state)
{
    static const enum field fields[] = {FIELD_DESCRIPTION, FIELD_TAGS};
    struct str s = STR_INIT;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        struct value nothing = value_text(span_of(""));
        str_clear(&s);
        str_add(&s, "> ");
        value_words(fields[i], &nothing, &s);
        assert_string_equal(str_text(&s), "> (empty)");
    }
    str_finish(&s);
}

/* ---- compared ---- */

static void test_equal_is_same_presence_and_content(void **state)
{
    struct value bad = {.presence = PRESENCE_BAD, .text = {"[1]", 3}};
    struct value bad2 = {.presence = PRESENCE_BAD, .text = {"[2]", 3}};
    struct value half = {.presence = PRESENCE_VALUE, .inexact = true, .i = 2, .text = {"1.5", 3}};
    struct value more = {.presence = PRESENCE_VALUE, .inexact = true, .i = 2, .text = {"1.6", 3}};
    struct value v[] = {value_absent(), value_null(), value_int(1), value_int(2), bad,
                        bad2,           half,         more};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(v); i++) {
        for (size_t j = 0; j < ARRAY_LEN(v); j++)
            assert_int_equal(value_eq(FIELD_RPS, &v[i], &v[j]), i == j);
    }
}

static void test_order_is_total(void **state)
{
    struct arena mem;
    struct value v[40];
    (void)state;
    srand(13);
    arena_init(&mem);
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (field_info((enum field)f)->type == FT_GROUP)
            continue;
        for (size_t i = 0; i < ARRAY_LEN(v); i++)
            v[i] = random_value((enum field)f, &mem);
        v[0] = value_absent();
        v[1] = (struct value){.presence = PRESENCE_BAD, .text = {"[1]", 3}};
        v[2] = value_null();
        for (size_t i = 0; i < ARRAY_LEN(v); i++) {
            for (size_t j = 0; j < ARRAY_LEN(v); j++) {
                int ij = value_cmp((enum field)f, &v[i], &v[j]);
                assert_int_equal(ij > 0, value_cmp((enum field)f, &v[j], &v[i]) < 0);
                assert_int_equal(ij == 0, value_eq((enum field)f, &v[i], &v[j]));
                for (size_t k = 0; ij <= 0 && k < ARRAY_LEN(v); k++) {
                    if (value_cmp((enum field)f, &v[j], &v[k]) <= 0)
                        assert_true(value_cmp((enum field)f, &v[i], &v[k]) <= 0);
                }
            }
        }
        assert_true(value_cmp((enum field)f, &v[2], &v[0]) < 0);
        assert_true(value_cmp((enum field)f, &v[0], &v[1]) < 0);
    }
    arena_finish(&mem);
}

/* A time out of the fleet may come without its text, a time out of a record has it: the same. */
static void test_time_with_and_without_its_text(void **state)
{
    static const char text[] = "2026-10-20T14:02:07Z", offset[] = "2026-10-20T14:02:07+00:00";
    const int64_t ms = INT64_C(1792504927000);
    struct value bare = value_int(ms), later = value_int(ms + 1000);
    struct value with = {.presence = PRESENCE_VALUE, .i = ms, .text = span_of(text)};
    struct value other = {.presence = PRESENCE_VALUE, .i = ms, .text = span_of(offset)};
    struct str shown = STR_INIT;
    (void)state;
    assert_true(value_eq(FIELD_CREATED_AT, &bare, &with));
    assert_true(value_eq(FIELD_CREATED_AT, &with, &bare));
    assert_true(value_eq(FIELD_CREATED_AT, &bare, &bare));
    assert_false(value_eq(FIELD_CREATED_AT, &bare, &other));
    assert_false(value_eq(FIELD_CREATED_AT, &other, &bare));
    assert_false(value_eq(FIELD_CREATED_AT, &bare, &later));
    assert_false(value_eq(FIELD_CREATED_AT, &later, &with));
    assert_int_equal(value_cmp(FIELD_CREATED_AT, &bare, &with), 0);
    assert_true(value_cmp(FIELD_CREATED_AT, &with, &later) < 0);
    assert_true(value_cmp(FIELD_CREATED_AT, &bare, &other) ==
                value_cmp(FIELD_CREATED_AT, &with, &other));
    assert_true(value_cmp(FIELD_CREATED_AT, &other, &bare) ==
                value_cmp(FIELD_CREATED_AT, &other, &with));
    value_edit(FIELD_CREATED_AT, &bare, &shown);
    assert_string_equal(str_text(&shown), text);
    str_finish(&shown);
}

static void test_copy_is_deep(void **state)
{
    char text[] = "abc";
    struct value v = value_text((struct span){text, 3});
    struct arena mem;
    (void)state;
    arena_init(&mem);
    struct value copy = value_copy(&v, &mem);
    text[0] = 'x';
    assert_true(span_is(copy.text, "abc"));
    arena_finish(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_consistent),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_what_is_shown_reads_back),
        cmocka_unit_test(test_each_nasty_text_reads_back),
        cmocka_unit_test(test_json_scans_back),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_parse_refuses_nul),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_show),
        cmocka_unit_test(test_show_one),
        cmocka_unit_test(test_words_of_nothing),
        cmocka_unit_test(test_equal_is_same_presence_and_content),
        cmocka_unit_test(test_order_is_total),
        cmocka_unit_test(test_time_with_and_without_its_text),
        cmocka_unit_test(test_copy_is_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
