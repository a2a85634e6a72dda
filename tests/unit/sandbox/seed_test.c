/* seed_test.c: the sample accounts: the same for one seed, others for another, each of them one
 * that the service itself would take, and every state a console has to show among a hundred. */
#include "sandbox/seed.h"

#include "sandbox/health.h"
#include "sandbox/json.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW   INT64_C(1794268800000) /* 2026-11-10T00:00:00Z */
#define COUNT 1200

/* Appends account i of this seed as JSON. */
static void render(uint64_t seed, const char *org, int64_t i, int64_t now, struct str *out)
{
    struct seed s;
    struct account a;
    seed_init(&s, seed, org, COUNT, now);
    account_init(&a);
    seed_make(&s, i, &a);
    account_render(out, &a, 0);
    seed_finish(&s);
}

static bool same(uint64_t seed, const char *org, int64_t i)
{
    struct str one = STR_INIT, other = STR_INIT;
    render(1, "org", i, NOW, &one);
    render(seed, org, i, NOW, &other);
    bool equal = strcmp(str_text(&one), str_text(&other)) == 0;
    str_finish(&one);
    str_finish(&other);
    return equal;
}

static void test_repeatable(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 50; i++) {
        assert_true(same(1, "org", i));
        assert_false(same(2, "org", i));
        assert_false(same(1, "other", i));
    }
}

/* An account does not depend on which were made before it by the same seed. */
static void test_any_order(void **state)
{
    struct seed s;
    struct str straight = STR_INIT, alone = STR_INIT;
    (void)state;
    seed_init(&s, 1, "org", COUNT, NOW);
    for (int64_t i = 0; i <= 40; i++) {
        struct account a;
        account_init(&a);
        seed_make(&s, i, &a);
        str_clear(&straight);
        account_render(&straight, &a, 0);
    }
    seed_finish(&s);
    render(1, "org", 40, NOW, &alone);
    assert_string_equal(str_text(&straight), str_text(&alone));
    str_finish(&straight);
    str_finish(&alone);
}

static void good_texts(const struct account *a)
{
    for (int id = 0; id < BOX_COUNT; id++) {
        const struct field *f = &box_fields[id];
        const struct cell *c = &a->cells[id];
        if (c->type == CELL_TEXT)
            assert_true(json_is_utf8(c->text));
        if (f->kind == KIND_INT && c->type == CELL_INT && f->high) {
            assert_true(c->n >= f->low);
            assert_true(c->n <= f->high);
        }
        if (f->flags & FIELD_REQUIRED)
            assert_true(c->type == CELL_TEXT && c->text.len > 0);
    }
}

static void good_tags(const struct account *a)
{
    struct json_fault fault;
    if (a->cells[BOX_TAGS].type == CELL_NULL)
        return;
    struct json *tags = json_read(a->cells[BOX_TAGS].text, &fault);
    assert_non_null(tags);
    assert_int_equal(tags->type, JSON_OBJECT);
    for (const struct json *t = tags->child; t; t = t->next)
        assert_int_equal(t->type, JSON_STRING);
    json_destroy(tags);
}

static void test_each_may_be(void **state)
{
    struct seed s;
    (void)state;
    seed_init(&s, 1, "org", COUNT, NOW);
    int64_t before = 0;
    for (int64_t i = 0; i < COUNT; i++) {
        struct account a;
        account_init(&a);
        seed_make(&s, i, &a);
        good_texts(&a);
        good_tags(&a);
        int64_t created = a.cells[BOX_CREATED_AT].n;
        assert_true(created >= before); /* in the order of creation */
        before = created - created % 1000;
        assert_true(a.cells[BOX_UPDATED_AT].n >= created - 1000);
        assert_true(a.cells[BOX_UPDATED_AT].n <= NOW);
        assert_true(a.use_anchor == NOW && a.use_ratio >= 300);
        if (span_is(a.cells[BOX_ROUTING].text, ROUTING_BY_BRIDGE))
            assert_int_equal(a.cells[BOX_BRIDGE].type, CELL_TEXT);
        bool off = span_is(a.cells[BOX_STATUS].text, STATUS_DISABLED);
        assert_int_equal(a.cells[BOX_ENABLED].n, !off);
        if (off)
            assert_true(a.use_rate <= 0 && a.check_period < 0);
    }
    seed_finish(&s);
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 20);
}

static void test_ids_differ(void **state)
{
    static char ids[COUNT * 2][20];
    (void)state;
    for (int64_t i = 0; i < COUNT * 2; i++) {
        struct seed s;
        struct account a;
        seed_init(&s, 1, i < COUNT ? "org" : "other", COUNT, NOW);
        account_init(&a);
        seed_make(&s, i % COUNT, &a);
        assert_int_equal(a.cells[BOX_ID].text.len, 19);
        memcpy(ids[i], a.cells[BOX_ID].text.p, 19);
        seed_finish(&s);
    }
    qsort(ids, COUNT * 2, sizeof *ids, by_bytes);
    for (size_t i = 1; i < COUNT * 2; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
}

static void test_the_first_hundred_have_all(void **state)
{
    static const char *const statuses[] = {STATUS_ACTIVE, STATUS_DISABLED, STATUS_UNKNOWN,
                                           "degraded", "down"};
    bool seen[ARRAY_LEN(statuses)] = {false}, empty = false, full = false, unlimited = false;
    struct seed s;
    (void)state;
    seed_init(&s, 1, "org", COUNT, NOW);
    for (int64_t i = 0; i < 100; i++) {
        struct account a;
        account_init(&a);
        seed_make(&s, i, &a);
        if (i < 9) /* the smallest list has every provider */
            assert_true(span_is(a.cells[BOX_PROVIDER].text, box_providers[i]));
        for (size_t k = 0; k < ARRAY_LEN(statuses); k++)
            seen[k] |= span_is(a.cells[BOX_STATUS].text, statuses[k]);
        const struct cell *quota = &a.cells[BOX_MAX_TOKENS], *used = &a.cells[BOX_USED_TOKENS];
        unlimited |= quota->type == CELL_NULL;
        empty |= quota->type == CELL_INT && quota->n > 0 && used->n == 0;
        full |= quota->type == CELL_INT && quota->n > 0 && used->n >= quota->n;
    }
    seed_finish(&s);
    for (size_t k = 0; k < ARRAY_LEN(statuses); k++)
        if (!seen[k])
            fail_msg("no account is %s", statuses[k]);
    assert_true(unlimited && empty && full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeatable),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_each_may_be),
        cmocka_unit_test(test_ids_differ),
        cmocka_unit_test(test_the_first_hundred_have_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
