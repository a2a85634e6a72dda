/* order_test.c: rows in order are as a plain sort of the values has them, whatever the column, the
 * slices and the number of rows; what fits better goes first. */
#include "tests/unit/fleet/rows_rig.h"

#include "fleet/order.h"

static const struct rows_rig *rig;
static const struct sort *wanted;

static int plainly(const void *a, const void *b)
{
    struct row_source x = fleet_row_source(rig->fleet, *(const row_id *)a),
                      y = fleet_row_source(rig->fleet, *(const row_id *)b);
    return sort_compare(wanted, rig->columns, &x, &y);
}

/* All living rows, and in `plain` as they should come. */
static size_t list(struct rows_rig *r, const struct sort *sort, row_id *rows, row_id *plain)
{
    size_t n = 0;
    for (row_id row = 0; row < fleet_rows(r->fleet); row++)
        if (fleet_alive(r->fleet, row))
            rows[n++] = row;
    memcpy(plain, rows, n * sizeof *rows);
    rig = r;
    wanted = sort;
    if (n)
        qsort(plain, n, sizeof *plain, plainly);
    return n;
}

static void test_every_column_both_ways(void **state)
{
    struct rows_rig *r = *state;
    static row_id rows[600], plain[600];
    for (uint32_t i = 0; i < 500; i++)
        put_varied(r, i);
    for (size_t c = 0; c < column_count(r->columns); c++) {
        for (int descending = 0; descending < 2; descending++) {
            struct sort sort = sort_of(r, column_at(r->columns, c)->name, descending);
            size_t n = list(r, &sort, rows, plain);
            order_rows(r->fleet, r->columns, &sort, rows, n);
            if (memcmp(rows, plain, n * sizeof *rows) != 0)
                fail_msg("by %s%s", descending ? "-" : "", column_at(r->columns, c)->name);
        }
    }
}

static void test_two_and_three_columns(void **state)
{
    struct rows_rig *r = *state;
    static row_id rows[600], plain[600];
    struct sort sort = sort_of(r, "region", true);
    for (uint32_t i = 0; i < 500; i++)
        put_varied(r, i);
    sort.keys[1] = sort_of(r, "provider", false).keys[0];
    sort.keys[2] = sort_of(r, "quota.tokens", true).keys[0];
    for (sort.count = 2; sort.count <= 3; sort.count++) {
        size_t n = list(r, &sort, rows, plain);
        order_rows(r->fleet, r->columns, &sort, rows, n);
        assert_memory_equal(rows, plain, n * sizeof *rows);
    }
}

/* Runs, merges and their ends: around the sizes where another pass begins. */
static void test_every_size_and_slice(void **state)
{
    struct rows_rig *r = *state;
    static const uint32_t sizes[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 200, 256, 257, 500};
    static const size_t units[] = {1, 7, 64, 1000, SIZE_MAX};
    static row_id rows[600], plain[600];
    struct sort sort = sort_of(r, "name", false);
    uint32_t there = 0;
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        while (there < sizes[s])
            put_varied(r, there++);
        size_t n = list(r, &sort, rows, plain);
        assert_int_equal(n, sizes[s]);
        for (size_t u = 0; u < ARRAY_LEN(units); u++) {
            struct order *o = order_create(r->fleet, r->columns, &sort, rows, n, NULL);
            unsigned steps = 0;
            int percent = 0;
            while (!order_step(o, units[u])) {
                assert_true(order_percent(o) >= percent && order_percent(o) <= 100);
                percent = order_percent(o);
                assert_true(++steps < 20000);
            }
            assert_true(steps >= n / units[u] / 2); /* it does stop in between */
            assert_int_equal(order_percent(o), 100);
            assert_int_equal(order_count(o), n);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(order_at(o, i), plain[i]);
            order_destroy(o);
        }
    }
    order_destroy(NULL);
}

/* Texts that are one in their first 16 bytes, or but for capitals and accents. */
static void test_texts_that_begin_alike(void **state)
{
    struct rows_rig *r = *state;
    static const char *const names[] = {"0123456789abcde",
                                        "0123456789abcdef",
                                        "0123456789abcdefg",
                                        "0123456789ABCDEF",
                                        "0123456789abcdeF",
                                        "",
                                        "\\u0000",
                                        "a\\u0000b",
                                        "a",
                                        "a\\u0000",
                                        "\\u00e9t\\u00e9",
                                        "\\u00c9t\\u00c9",
                                        "ete",
                                        "ETE",
                                        "\\ud83d\\ude00",
                                        "z"};
    row_id rows[ARRAY_LEN(names)], plain[ARRAY_LEN(names)];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"provider_account_id\":\"pa_%zu\",\"name\":\"%s\"}", i,
                 names[i]);
        fleet_put(r->fleet, span_of(text), 1, NULL);
    }
    for (int descending = 0; descending < 2; descending++) {
        struct sort sort = sort_of(r, "name", descending);
        size_t n = list(r, &sort, rows, plain);
        assert_int_equal(n, ARRAY_LEN(names));
        order_rows(r->fleet, r->columns, &sort, rows, n);
        assert_memory_equal(rows, plain, sizeof rows);
    }
}

static void test_the_better_fit_goes_first(void **state)
{
    struct rows_rig *r = *state;
    row_id rows[4];
    const int32_t scores[4] = {5, -3, 9, 5};
    struct sort sort = sort_of(r, "id", false);
    for (uint32_t i = 0; i < 4; i++)
        rows[i] = put_varied(r, i);
    struct order *o = order_create(r->fleet, r->columns, &sort, rows, 4, scores);
    while (!order_step(o, 1))
        continue;
    const row_id want[4] = {rows[2], rows[0], rows[3], rows[1]};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(order_at(o, i), want[i]);
    order_destroy(o);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rows_set_up, rows_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_every_column_both_ways),    T(test_two_and_three_columns),
        T(test_every_size_and_slice),      T(test_texts_that_begin_alike),
        T(test_the_better_fit_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
