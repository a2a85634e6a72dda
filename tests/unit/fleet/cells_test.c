/* cells_test.c: what a row of columns holds comes back as it was put, of every type and presence;
 * what changed is told; texts go with the last row that has them. */
#include "fleet/cells.h"

#include "base/mem.h"
#include "model/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char full[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"n\\u00e9\",\"region\":null,\"enabled\":true,"
    "\"status\":\"active\",\"created_at\":\"2025-01-01T00:00:00Z\",\"updated_at\":\"never\","
    "\"quota_policy\":{\"max_tokens_per_month\":9223372036854775807,"
    "\"max_requests_per_month\":1e30},\"rate_limit_policy\":{\"requests_per_second\":-1,"
    "\"burst_size\":\"x\",\"queue_timeout_seconds\":0},\"tags\":{\"b\":\"1\",\"a\":\"\"}}";
static const char other[] =
    "{\"provider_account_id\":\"pa_1\",\"name\":\"m\",\"enabled\":false,\"quota_policy\":null,"
    "\"tags\":{}}";

static size_t put(struct cells *c, uint32_t row, const char *json, struct field_set *changed)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct error err;
    arena_init(&mem);
    assert_int_equal(scan_record(span_of(json), v, &mem, NULL, NULL, &err), ST_OK);
    size_t n = cells_put(c, row, v, changed);
    arena_finish(&mem); /* nothing of it is borrowed */
    return n;
}

static void assert_row(const struct cells *c, uint32_t row, const char *json)
{
    struct value v[FIELD_COUNT], got;
    struct arena mem;
    struct error err;
    arena_init(&mem);
    assert_int_equal(scan_record(span_of(json), v, &mem, NULL, NULL, &err), ST_OK);
    for (int f = 0; f < FIELD_COUNT; f++) {
        cells_get(c, row, (enum field)f, &got);
        if (got.presence != v[f].presence || got.inexact != v[f].inexact ||
            !value_eq((enum field)f, &got, &v[f]) ||
            (got.presence == PRESENCE_VALUE && got.i != v[f].i))
            fail_msg("row %u: %s", (unsigned)row, field_info((enum field)f)->path);
    }
    arena_finish(&mem);
}

static void test_what_was_put_comes_back(void **state)
{
    struct cells c;
    struct field_set changed;
    struct value v;
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 3);
    assert_true(put(&c, 1, full, &changed) > 12);
    assert_row(&c, 1, full);
    assert_row(&c, 0, "{}"); /* its neighbours share a byte of presences with it */
    assert_row(&c, 2, "{}");
    cells_get(&c, 1, FIELD_QUOTA_REQUESTS, &v);
    assert_true(v.inexact && span_is(v.text, "1e30"));
    cells_get(&c, 1, FIELD_QUOTA_TOKENS, &v);
    assert_true(!v.inexact && v.i == INT64_MAX && v.text.len == 0);
    cells_get(&c, 1, FIELD_BURST, &v);
    assert_int_equal(v.presence, PRESENCE_BAD);
    assert_true(span_is(v.text, "\"x\""));
    cells_finish(&c);
}

static void test_what_changed_is_told(void **state)
{
    struct cells c;
    struct field_set changed;
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 1);
    put(&c, 0, full, NULL);
    assert_int_equal(put(&c, 0, full, &changed), 0);
    for (int f = 0; f < FIELD_COUNT; f++)
        assert_false(changed.has[f]);
    size_t n = put(&c, 0, other, &changed), told = 0;
    for (int f = 0; f < FIELD_COUNT; f++)
        told += changed.has[f];
    assert_int_equal(told, n);
    assert_false(changed.has[FIELD_ID]);
    assert_true(changed.has[FIELD_NAME] && changed.has[FIELD_ENABLED] && changed.has[FIELD_TAGS]);
    assert_true(changed.has[FIELD_REGION]); /* null is not absent */
    assert_true(changed.has[FIELD_QUOTA_REQUESTS]);
    assert_row(&c, 0, other);
    cells_finish(&c);
}

/* More rows than there was room for; the old ones stay. */
static void test_room_grows(void **state)
{
    struct cells c;
    (void)state;
    cells_init(&c);
    for (uint32_t row = 0; row < 2000; row++) {
        cells_reserve(&c, row + 1);
        put(&c, row, row % 2 ? full : other, NULL);
    }
    uint32_t room = c.room;
    cells_reserve(&c, 5); /* never less */
    assert_int_equal(c.room, room);
    assert_true(room >= 2000 && room % 4 == 0);
    for (uint32_t row = 0; row < 2000; row += 7)
        assert_row(&c, row, row % 2 ? full : other);
    for (uint32_t row = 2000; row < room; row++)
        assert_row(&c, row, "{}");
    cells_finish(&c);
}

static void test_texts_go_with_their_last_row(void **state)
{
    struct cells c;
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 4);
    put(&c, 0, full, NULL);
    put(&c, 1, full, NULL);
    assert_int_equal(cells_text(&c, 0, FIELD_NAME), cells_text(&c, 1, FIELD_NAME)); /* one text */
    cells_clear(&c, 0);
    assert_row(&c, 0, "{}");
    assert_row(&c, 1, full);
    assert_int_not_equal(intern_find(&c.texts, span_of("active")), 0);
    cells_clear(&c, 1);
    cells_clear(&c, 1);
    assert_int_equal(intern_find(&c.texts, span_of("active")), 0);
    cells_finish(&c);
}

static void test_no_text_where_there_is_none(void **state)
{
    struct cells c;
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 1);
    put(&c, 0, full, NULL);
    assert_int_equal(cells_text(&c, 0, FIELD_REGION), 0);  /* null */
    assert_int_equal(cells_text(&c, 0, FIELD_ENABLED), 0); /* no text */
    assert_int_equal(cells_text(&c, 0, FIELD_BURST), 0);   /* bad: no value */
    assert_int_not_equal(cells_text(&c, 0, FIELD_STATUS), 0);
    cells_finish(&c);
}

/* Times: those written as most servers do take no text; all of them come back as they were
 * received, and another way to write the same time is a change. */
static void test_times_come_back_as_received(void **state)
{
    static const char *const times[] = {"2025-01-01T00:00:00Z",
                                        "2025-01-01T00:00:00z",
                                        "2025-01-01T00:00:00+00:00",
                                        "2025-01-01T00:00:00",
                                        "2025-01-01T00:00:00.000Z",
                                        "2016-12-31T23:59:60Z",
                                        "never",
                                        "",
                                        "1970-01-01T00:00:00Z"};
    struct cells c;
    struct value v;
    struct field_set changed;
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 1);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct str json = STR_INIT, shown = STR_INIT, quoted = STR_INIT;
        str_printf(&json, "{\"provider_account_id\":\"pa_1\",\"created_at\":\"%s\"}", times[i]);
        put(&c, 0, str_text(&json), &changed);
        assert_true(changed.has[FIELD_CREATED_AT]);
        assert_int_equal(put(&c, 0, str_text(&json), &changed), 0);
        assert_row(&c, 0, str_text(&json));
        cells_get(&c, 0, FIELD_CREATED_AT, &v);
        value_show(FIELD_CREATED_AT, &v, SHOW_FULL, &shown);
        assert_string_equal(str_text(&shown), times[i]);
        value_json(FIELD_CREATED_AT, &v, &quoted);
        assert_memory_equal(str_text(&quoted) + 1, times[i], strlen(times[i]));
        bool plain = i == 0 || i == sizeof times / sizeof *times - 1;
        assert_int_equal(cells_text(&c, 0, FIELD_CREATED_AT) == 0, plain);
        str_finish(&json);
        str_finish(&shown);
        str_finish(&quoted);
    }
    cells_finish(&c);
}

/* The searched texts: some rows at a time, each text once, and those that come after by themselves.
 */
static void test_searched_texts(void **state)
{
    struct cells c;
    char json[120];
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 130);
    for (uint32_t row = 0; row < 130; row++) {
        snprintf(json, sizeof json, "{\"provider_account_id\":\"pa_%u\",\"status\":\"active\"}",
                 (unsigned)row);
        put(&c, row, json, NULL);
    }
    assert_int_equal(c.search.count, 0); /* nobody searches */
    assert_false(cells_search_some(&c, 130, 100));
    assert_int_equal(c.search.count, 101); /* 100 ids, one status */
    assert_true(cells_search_some(&c, 130, 100));
    assert_int_equal(c.search.count, 131);
    assert_true(cells_search_some(&c, 130, 100));
    put(&c, 3, "{\"provider_account_id\":\"new\",\"name\":\"also\",\"tags\":{\"k\":\"v\"}}", NULL);
    assert_true(search_has(&c.search, cells_text(&c, 3, FIELD_ID)));
    assert_true(search_has(&c.search, cells_text(&c, 3, FIELD_NAME)));
    assert_int_equal(c.search.gone, 1); /* pa_3 */
    cells_finish(&c);
}

/* Asking for what is not there does nothing. */
static void test_prefetch_beyond_the_end(void **state)
{
    struct cells c;
    const uint32_t rows[] = {0, 5000000};
    const enum field fields[] = {FIELD_NAME, FIELD_RPS, FIELD_REGION};
    (void)state;
    cells_init(&c);
    cells_reserve(&c, 1);
    put(&c, 0, other, NULL);
    cells_prefetch(&c, rows, 2, fields, 3);
    assert_row(&c, 0, other);
    cells_finish(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_put_comes_back),
        cmocka_unit_test(test_what_changed_is_told),
        cmocka_unit_test(test_room_grows),
        cmocka_unit_test(test_texts_go_with_their_last_row),
        cmocka_unit_test(test_no_text_where_there_is_none),
        cmocka_unit_test(test_times_come_back_as_received),
        cmocka_unit_test(test_searched_texts),
        cmocka_unit_test(test_prefetch_beyond_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
