/* fleet_test.c: identity, age, bad records, marks, and a view that always equals a naive one. It
 * covers fleet.c, fleet_look.c and fleet_state.c. */
#include "fleet/fleet.h"
#include "fleet/view.h"

#include "base/mem.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum fleet_put put(struct fleet *f, const char *json, int64_t as_of, row_id *row)
{
    return fleet_put(f, span_of(json), as_of, row);
}

static void assert_text(const struct fleet *f, row_id row, enum field field, const char *want)
{
    struct value v;
    fleet_get(f, row, field, &v);
    assert_int_equal(v.presence, PRESENCE_VALUE);
    assert_true(span_is(v.text, want));
}

static void test_older_never_overwrites_newer(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id row;
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"one\"}", 100, &row),
                     FLEET_NEW);
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"two\"}", 99, NULL),
                     FLEET_OLDER);
    assert_text(f, row, FIELD_NAME, "one");
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"one\"}", 101, NULL),
                     FLEET_SAME);
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"two\"}", 102, NULL),
                     FLEET_CHANGED);
    fleet_fence(f, row, 200);
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"old\"}", 199, NULL),
                     FLEET_OLDER);
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"new\"}", 200, NULL),
                     FLEET_CHANGED);
    fleet_destroy(f);
}

/* A record that is known by its hash is not looked into: it still has its age, and what a row was
 * before is not what it is. */
static void test_a_known_record_ages_and_is_no_other(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    static const char one[] = "{\"provider_account_id\":\"a\",\"name\":\"one\"}";
    static const char two[] = "{\"provider_account_id\":\"a\",\"name\":\"two\"}";
    row_id row, same;
    put(f, one, 100, &row);
    assert_int_equal(put(f, one, 110, &same), FLEET_SAME);
    assert_int_equal(same, row);
    assert_int_equal(fleet_as_of(f, row), 110);
    assert_int_equal(put(f, one, 105, &same), FLEET_OLDER);
    assert_int_equal(fleet_as_of(f, row), 110);
    assert_int_equal(put(f, two, 120, NULL), FLEET_CHANGED);
    assert_int_equal(put(f, one, 130, NULL), FLEET_CHANGED); /* as before, but not the same */
    assert_text(f, row, FIELD_NAME, "one");
    fleet_remove(f, row, 140);
    assert_int_equal(put(f, one, 150, NULL), FLEET_NEW);
    fleet_clear(f);
    assert_int_equal(put(f, one, 10, NULL), FLEET_NEW);
    fleet_destroy(f);
}

static void test_a_late_reply_does_not_bring_back_the_deleted(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id row;
    put(f, "{\"provider_account_id\":\"a\",\"name\":\"one\"}", 100, &row);
    assert_false(fleet_remove(f, row, 99));
    assert_true(fleet_remove(f, row, 150));
    assert_int_equal(fleet_count(f), 0);
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"one\"}", 140, NULL),
                     FLEET_OLDER);
    assert_int_equal(fleet_find(f, span_of("a")), ROW_NONE);
    assert_int_equal(put(f, "{\"provider_account_id\":\"a\",\"name\":\"one\"}", 160, &row),
                     FLEET_NEW);
    assert_int_equal(fleet_find(f, span_of("a")), row);
    assert_text(f, row, FIELD_NAME, "one");
    fleet_destroy(f);
}

static void test_bad_records_are_shown_once(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id a, b, c;
    assert_int_equal(put(f, "[1]", 1, &a), FLEET_BAD);
    assert_int_equal(put(f, "[1]", 2, &b), FLEET_BAD);
    assert_int_equal(a, b);
    assert_int_equal(put(f, "{\"name\":\"nameless\"}", 1, &c), FLEET_BAD);
    assert_int_not_equal(a, c);
    assert_int_equal(fleet_count(f), 2);
    assert_text(f, c, FIELD_NAME, "nameless");
    assert_true(strlen(fleet_bad(f, a)) > 0);
    fleet_destroy(f);
}

static void test_types_keep_what_came(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id row;
    put(f,
        "{\"provider_account_id\":\"a\",\"enabled\":true,\"tags\":{\"env\":\"prod\"},\"status\":5,"
        "\"quota_policy\":{\"max_tokens_per_month\":99999999999999999999,"
        "\"max_requests_per_month\":null,\"current_month_tokens\":9007199254740993}}",
        1, &row);
    struct value v;
    fleet_get(f, row, FIELD_QUOTA_TOKENS, &v);
    assert_true(v.inexact);
    assert_true(span_is(v.text, "99999999999999999999"));
    fleet_get(f, row, FIELD_QUOTA_REQUESTS, &v);
    assert_int_equal(v.presence, PRESENCE_NULL);
    fleet_get(f, row, FIELD_USED_TOKENS, &v);
    assert_true(v.i == 9007199254740993 && !v.inexact);
    fleet_get(f, row, FIELD_STATUS, &v);
    assert_int_equal(v.presence, PRESENCE_BAD);
    assert_true(span_is(v.text, "5"));
    fleet_get(f, row, FIELD_REGION, &v);
    assert_int_equal(v.presence, PRESENCE_ABSENT);
    struct span env;
    fleet_get(f, row, FIELD_TAGS, &v);
    assert_true(value_pair_get(&v, span_of("env"), &env) && span_is(env, "prod"));
    fleet_destroy(f);
}

/* What moves by itself is told apart from what somebody changed, also when that is as it was again;
 * settling forgets no more than what was before. */
static void test_what_moves_is_no_change(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id row;
    static const struct {
        const char *more;
        enum fleet_news news;
        bool settle;
    } steps[] = {
        {"\"name\":\"n\",\"x\":1", FLEET_NEWS_NEW, true},
        {"\"name\":\"n\",\"x\":1", FLEET_NEWS_NONE, false},
        {"\"name\":\"n\",\"quota_policy\":{\"current_month_tokens\":5},\"x\":1", FLEET_NEWS_MOVED,
         true},
        {"\"name\":\"n\",\"quota_policy\":{\"current_month_tokens\":6},\"x\":1", FLEET_NEWS_MOVED,
         false},
        {"\"name\":\"m\",\"quota_policy\":{\"current_month_tokens\":6},\"x\":1", FLEET_NEWS_CHANGED,
         false},
        {"\"name\":\"n\",\"quota_policy\":{\"current_month_tokens\":7},\"x\":1", FLEET_NEWS_CHANGED,
         true},
        {"\"name\":\"n\",\"quota_policy\":{\"current_month_tokens\":8},\"x\":1", FLEET_NEWS_MOVED,
         true},
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"provider_account_id\":\"a\",%s}", steps[i].more);
        put(f, json, (int64_t)i + 1, &row);
        if (fleet_news(f, row) != steps[i].news)
            fail_msg("%s: %d", steps[i].more, (int)fleet_news(f, row));
        if (steps[i].settle)
            fleet_settle(f, row);
        assert_true(fleet_has_unknown(f, row));
    }
    fleet_destroy(f);
}

static void test_marks_belong_to_accounts(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id a, b;
    put(f, "{\"provider_account_id\":\"a\"}", 1, &a);
    put(f, "{\"provider_account_id\":\"b\"}", 1, &b);
    fleet_mark(f, a, true);
    fleet_mark(f, b, true);
    fleet_mark(f, b, true);
    assert_int_equal(fleet_marked_count(f), 2);
    fleet_remove(f, a, 2);
    assert_int_equal(fleet_marked_count(f), 1);
    fleet_unmark_all(f);
    assert_int_equal(fleet_marked_count(f), 0);
    fleet_destroy(f);
}

static void count_state(void *ctx, const struct fleet_event *event)
{
    *(int *)ctx += event->type == FLEET_EV_STATE;
}

static void test_many_marks_are_one_event(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id rows[3];
    int events = 0;
    put(f, "{\"provider_account_id\":\"a\"}", 1, &rows[0]);
    put(f, "{\"provider_account_id\":\"b\"}", 1, &rows[1]);
    put(f, "{\"provider_account_id\":\"c\"}", 1, &rows[2]);
    fleet_listen(f, count_state, &events);
    uint64_t before = fleet_marks_version(f);
    fleet_mark_many(f, rows, 2, true);
    assert_int_equal(fleet_marked_count(f), 2);
    assert_int_equal(events, 1);
    assert_int_not_equal(fleet_marks_version(f), before);
    before = fleet_marks_version(f);
    fleet_mark_many(f, rows, 2, true); /* no news */
    assert_int_equal(events, 1);
    assert_int_equal(fleet_marks_version(f), before);
    fleet_mark_many(f, rows, 3, false);
    assert_int_equal(fleet_marked_count(f), 0);
    fleet_mark_many(f, rows, 3, true);
    fleet_unmark_all(f);
    assert_int_equal(events, 4);
    fleet_mark(f, rows[1], true);
    before = fleet_marks_version(f);
    fleet_remove(f, rows[1], 2); /* its mark goes with it */
    assert_int_not_equal(fleet_marks_version(f), before);
    fleet_unlisten(f, count_state, &events);
    fleet_destroy(f);
}

static void test_holders_of_a_name(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    row_id rows[2], a;
    put(f, "{\"provider_account_id\":\"a\",\"name\":\"n\",\"region\":\"r\"}", 1, &a);
    assert_int_equal(fleet_name_holders(f, span_of("n")), 1);
    assert_int_equal(fleet_name_holders(f, span_of("r")), 0); /* a text, and nobody's name */
    assert_int_equal(fleet_name_holders(f, span_of("")), 0);
    put(f, "{\"provider_account_id\":\"b\",\"name\":\"n\"}", 1, &rows[0]);
    put(f, "{\"provider_account_id\":\"c\",\"name\":\"n\"}", 1, &rows[0]);
    assert_int_equal(fleet_name_holders(f, span_of("n")), 2);
    assert_int_equal(fleet_find_name(f, span_of("n"), rows, 2), 3);
    assert_int_equal(rows[0], a);
    assert_int_equal(fleet_find_name(f, span_of("r"), rows, 2), 0);
    fleet_remove(f, a, 2);
    fleet_remove(f, rows[1], 2);
    assert_int_equal(fleet_name_holders(f, span_of("n")), 1);
    fleet_destroy(f);
}

/* As the texts of fleet_get say it, whatever is there. */
static void test_same_texts(void **state)
{
    (void)state;
    static const char *const values[] = {"",
                                         ",\"region\":\"eu\"",
                                         ",\"region\":\"us\"",
                                         ",\"region\":\"eu\"",
                                         ",\"region\":\"\"",
                                         ",\"region\":null",
                                         ",\"region\":7"};
    struct fleet *f = fleet_create();
    row_id rows[ARRAY_LEN(values)];
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        char json[120];
        snprintf(json, sizeof json, "{\"provider_account_id\":\"%zu\"%s}", i, values[i]);
        put(f, json, 1, &rows[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        for (size_t j = 0; j < ARRAY_LEN(values); j++) {
            struct value a, b;
            fleet_get(f, rows[i], FIELD_REGION, &a);
            fleet_get(f, rows[j], FIELD_REGION, &b);
            struct span x = value_known(&a) ? a.text : span_of("");
            struct span y = value_known(&b) ? b.text : span_of("");
            assert_int_equal(fleet_same_text(f, rows[i], rows[j], FIELD_REGION), span_eq(x, y));
        }
    }
    fleet_destroy(f);
}

static void test_facets_count_values_and_tags(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct arena mem;
    struct facet *facets;
    arena_init(&mem);
    put(f, "{\"provider_account_id\":\"a\",\"region\":\"eu\",\"tags\":{\"t\":\"1\",\"u\":\"2\"}}",
        1, NULL);
    put(f, "{\"provider_account_id\":\"b\",\"region\":\"us\",\"tags\":{\"t\":\"1\"}}", 1, NULL);
    put(f, "{\"provider_account_id\":\"c\",\"region\":\"us\"}", 1, NULL);
    assert_int_equal(fleet_facets(f, FIELD_REGION, NULL, &mem, &facets), 2);
    assert_true(span_is(facets[0].text, "us") && facets[0].count == 2);
    assert_int_equal(fleet_facets(f, FIELD_TAGS, NULL, &mem, &facets), 3);
    assert_true(span_is(facets[0].text, "t=1") && facets[0].count == 2);
    arena_finish(&mem);
    fleet_destroy(f);
}

/* ---- the view against a naive one ---- */

static void put_random(struct fleet *f, int id, int64_t as_of)
{
    char json[200];
    snprintf(
        json, sizeof json,
        "{\"provider_account_id\":\"id%03d\",\"name\":\"n%d\",\"region\":\"%s\",\"enabled\":%s}",
        id, rand() % 40, rand() % 2 ? "eu" : "us", rand() % 2 ? "true" : "false");
    put(f, json, as_of, NULL);
}

static void assert_view_is_naive(struct fleet *f, struct view *view,
                                 const struct column_set *columns, const struct filter *filter)
{
    uint32_t n = 0;
    for (row_id row = 0; row < fleet_rows(f); row++) {
        struct row_source s = fleet_row_source(f, row);
        bool in = fleet_alive(f, row) && (!filter || filter_match(filter, &s));
        assert_int_equal(view_find(view, row) < view_count(view), in);
        n += in;
    }
    assert_int_equal(view_count(view), n);
    for (uint32_t i = 1; i < n; i++) {
        struct row_source a = fleet_row_source(f, view_at(view, i - 1));
        struct row_source b = fleet_row_source(f, view_at(view, i));
        assert_true(sort_compare(view_sort(view), columns, &a, &b) < 0);
        assert_int_equal(view_find(view, view_at(view, i)), i);
    }
}

static void test_view_equals_a_naive_one(void **state)
{
    (void)state;
    srand(3);
    struct fleet *f = fleet_create();
    struct column_set *columns = column_set_create();
    struct view *view = view_create(f, columns);
    struct filter *filter = NULL, *twin = NULL;
    for (int step = 0; step < 400; step++) {
        for (int i = rand() % 20; i > 0; i--)
            put_random(f, rand() % 150, step);
        row_id row = (row_id)(rand() % 150);
        if (rand() % 3 == 0)
            fleet_remove(f, row, step);
        if (step % 50 == 49) {
            filter_destroy(twin);
            const char *text = rand() % 2 ? "region=eu" : "!n1";
            assert_int_equal(filter_parse(columns, span_of(text), 0, &filter, NULL, NULL), ST_OK);
            assert_int_equal(filter_parse(columns, span_of(text), 0, &twin, NULL, NULL), ST_OK);
            view_set_filter(view, filter);
        }
        if (step == 333)
            fleet_clear(f);
        assert_view_is_naive(f, view, columns, twin);
    }
    filter_destroy(twin);
    view_destroy(view);
    column_set_destroy(columns);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_older_never_overwrites_newer),
        cmocka_unit_test(test_a_known_record_ages_and_is_no_other),
        cmocka_unit_test(test_a_late_reply_does_not_bring_back_the_deleted),
        cmocka_unit_test(test_bad_records_are_shown_once),
        cmocka_unit_test(test_types_keep_what_came),
        cmocka_unit_test(test_what_moves_is_no_change),
        cmocka_unit_test(test_marks_belong_to_accounts),
        cmocka_unit_test(test_many_marks_are_one_event),
        cmocka_unit_test(test_holders_of_a_name),
        cmocka_unit_test(test_same_texts),
        cmocka_unit_test(test_facets_count_values_and_tags),
        cmocka_unit_test(test_view_equals_a_naive_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
