/* field_test.c: the field table: its rows agree with themselves, and every name leads to one. */
#include "model/field.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_rows(void **state)
{
    (void)state;
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *f = field_info((enum field)i);
        const char *dot = strrchr(f->path, '.');
        assert_int_equal(f->id, i);
        assert_string_equal(f->leaf, dot ? dot + 1 : f->path);
        assert_int_equal(f->leaf_len, strlen(f->leaf));
        assert_true(f->type < FT_COUNT && f->section < SECTION_COUNT);
        assert_true(f->min <= f->max);
        assert_true(*f->label && *f->help && *section_title(f->section));
        assert_int_equal(f->parent != FIELD_NONE, dot != NULL);
        if (f->parent == FIELD_NONE)
            continue;
        /* A GROUP comes before its members, and its path before theirs. */
        const struct field_info *group = field_info(f->parent);
        assert_true(f->parent < f->id);
        assert_int_equal(group->type, FT_GROUP);
        assert_int_equal(dot - f->path, strlen(group->path));
        assert_memory_equal(f->path, group->path, strlen(group->path));
    }
}

static void test_every_name_finds_its_field(void **state)
{
    (void)state;
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *f = field_info((enum field)i);
        assert_int_equal(field_find(span_of(f->path)), i);
        assert_int_equal(field_find(span_of(f->key)), i);
        assert_int_equal(field_find_member(f->parent, span_of(f->leaf)), i);
    }
    assert_int_equal(field_find(span_of("requests_per_second")), FIELD_RPS);
    assert_int_equal(field_find(span_of("Name")), FIELD_NONE);
    assert_int_equal(field_find(span_of("")), FIELD_NONE);
    assert_int_equal(field_find(span_of("quota_policy.")), FIELD_NONE);
}

/* A member is found among its own GROUP's alone, by its whole key. */
static void test_members(void **state)
{
    (void)state;
    assert_int_equal(field_find_member(FIELD_RATE, span_of("max_tokens_per_month")), FIELD_NONE);
    assert_int_equal(field_find_member(FIELD_NONE, span_of("max_tokens_per_month")), FIELD_NONE);
    assert_int_equal(field_find_member(FIELD_QUOTA, span_of("name")), FIELD_NONE);
    assert_int_equal(field_find_member(FIELD_NONE, (struct span){"named", 4}), FIELD_NAME);
    assert_int_equal(field_find_member(FIELD_NONE, (struct span){"name", 3}), FIELD_NONE);
}

/* What the reference lets a client send, and nothing else. */
static void test_settable(void **state)
{
    static const enum field never[] = {
        FIELD_ID,           FIELD_ORG_ID,      FIELD_QUOTA,
        FIELD_RATE,         FIELD_USED_TOKENS, FIELD_USED_REQUESTS,
        FIELD_USAGE_PERIOD, FIELD_STATUS,      FIELD_STATUS_REASON,
    };
    static const char *const times[] = {"last_health_check", "created_at", "updated_at"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        assert_false(field_settable(never[i]));
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        assert_false(field_settable(field_find(span_of(times[i]))));
    assert_false(field_settable(field_find(span_of("created_by"))));
    assert_true(field_settable(FIELD_NAME) && field_settable(FIELD_QUOTA_TOKENS) &&
                field_settable(FIELD_ENABLED) && field_settable(field_find(span_of("tags"))));
    for (int i = 0; i < FIELD_COUNT; i++) { /* what is required or can be cleared can be sent */
        const struct field_info *f = field_info((enum field)i);
        if (f->flags & (FF_REQUIRED | FF_NULLABLE))
            assert_true(field_settable((enum field)i));
    }
}

static void test_known_values(void **state)
{
    (void)state;
    for (int i = 0; i < FIELD_COUNT; i++) {
        const char *const *words = field_known_values((enum field)i);
        assert_non_null(words);
        assert_int_equal(words[0] != NULL, field_info((enum field)i)->type == FT_OPEN);
    }
    assert_string_equal(field_known_values(FIELD_QUEUE_POLICY)[0], "wait");
    assert_string_equal(field_known_values(FIELD_QUEUE_POLICY)[1], "reject");
}

static void test_ranges(void **state)
{
    static const struct field_info rows[] = {
        {.min = 0, .max = INT64_MAX}, {.min = 0, .max = 100}, {.min = 0, .max = 0}};
    static const char *const words[] = {"0 or more", "0 to 100", ""};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str out = STR_INIT;
        field_range(&rows[i], &out);
        assert_string_equal(str_text(&out), words[i]);
        str_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_every_name_finds_its_field),
        cmocka_unit_test(test_members),      cmocka_unit_test(test_settable),
        cmocka_unit_test(test_known_values), cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
