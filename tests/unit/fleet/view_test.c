/* view_test.c: a view that is worked out in slices equals a naive one, whatever happens between two
 * slices; the last good result stays until the new one is there, and is kept up meanwhile. */
#include "fleet/view.h"

#include "base/mem.h"
#include "base/vec.h"
#include "fleet/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void put_account(struct fleet *f, uint32_t number, int64_t as_of)
{
    static const char *const kinds[] = {"openai", "anthropic", "azure_openai", "google"};
    static const char *const names[] = {"prod", "Batch", "d\\u00e9mo", "stage", "\\u00dcber", ""};
    static const char *const tags[] = {"", "\"env\":\"Prod\"", "\"env\":\"a\"",
                                       "\"env\":\"b\",\"tier\":\"1\"", "\"e\":\"zzzz\""};
    static const char *const regions[] = {"\"eu-west\"", "\"us\"", "null", "\"\""};
    struct str s = STR_INIT;
    str_printf(&s,
               "{\"provider_account_id\":\"id-%u\",\"name\":\"%s-%s-%u\",\"provider_type\":\"%s\","
               "\"region\":%s,\"status\":\"%s\",\"tags\":{%s},"
               "\"quota_policy\":{\"current_month_tokens\":%u}}",
               number, kinds[random_below(4)], names[random_below(6)], random_below(30),
               kinds[random_below(4)], regions[random_below(4)],
               random_below(3) ? "active" : "degraded", tags[random_below(5)], random_below(500));
    fleet_put(f, span_from(&s), as_of, NULL);
    str_finish(&s);
}

/* What the view should show: all rows tried one by one, sorted in one go. */
struct naive {
    struct fleet *fleet;
    struct column_set *columns;
    struct filter *filter;
    struct sort sort;
};

static int naive_compare(const void *a, const void *b, void *ctx)
{
    const struct naive *n = ctx;
    row_id x = *(const row_id *)a, y = *(const row_id *)b;
    if (n->filter && match_ranks(n->filter)) {
        int one = match_score(n->fleet, n->filter, x), two = match_score(n->fleet, n->filter, y);
        if (one != two)
            return one > two ? -1 : 1;
    }
    struct row_source p = fleet_row_source(n->fleet, x), q = fleet_row_source(n->fleet, y);
    return sort_compare(&n->sort, n->columns, &p, &q);
}

static void assert_equals_naive(const struct view *view, struct naive *n, const char *what)
{
    row_id rows[512];
    uint32_t count = 0;
    for (row_id row = 0; row < fleet_rows(n->fleet); row++) {
        struct row_source source = fleet_row_source(n->fleet, row);
        if (fleet_alive(n->fleet, row) && (!n->filter || filter_match(n->filter, &source)))
            rows[count++] = row;
    }
    qsort_r(rows, count, sizeof *rows, naive_compare, n);
    if (view_count(view) != count)
        fail_msg("%s: %u rows, wanted %u", what, view_count(view), count);
    for (uint32_t i = 0; i < count; i++) {
        if (view_at(view, i) != rows[i])
            fail_msg("%s: row %u is %u, wanted %u", what, i, view_at(view, i), rows[i]);
        assert_int_equal(view_find(view, rows[i]), i);
    }
}

static struct filter *parse(struct column_set *columns, const char *text)
{
    struct filter *f = NULL;
    struct error err;
    if (*text && filter_parse(columns, span_of(text), 1000000, &f, NULL, &err))
        fail_msg("%s: %s", text, err.what);
    return f;
}

/* One after the other as somebody types, deletes, and thinks again. */
static const char *const typed[] = {
    "p",
    "pr",
    "pro",
    "prod",
    "prod eu",
    "prod eu-",
    "prod",
    "",
    "d",
    "demo",
    "region:none",
    "region:none demo",
    "!prod",
    "!pro",
    "~oaip",
    "~oaipr",
    "~pe batch",
    "tokens>100",
    "tokens>200",
    "tokens>200 a",
    "/^open/",
    "/^$/",
    "status:act",
    "status:active",
    "tag:env=Prod",
    "tag:env",
    "\"env=prod\"",
    "uber",
    "name:none",
    "tokens.pct>1",
    "provider=google,openai",
    "provider=openai",
    "\"\xc3\xbc\"",
};

static void set_random_filter(struct view *view, struct naive *next, const char **what)
{
    static const size_t count = ARRAY_LEN(typed);
    static const uint32_t steps[] = {1, 1, 1, 1, 3, 7};
    size_t at = 0;
    while (at < count && typed[at] != *what)
        at++;
    *what = typed[(at + steps[random_below(6)]) % count];
    filter_destroy(next->filter);
    next->filter = parse(next->columns, *what);
    view_set_filter(view, parse(next->columns, *what));
}

static void set_random_sort(struct view *view, struct naive *next)
{
    static const char *const by[] = {"name", "tokens", "region", "status", "tokens.pct", "tags"};
    next->sort = (struct sort){.count = 1 + random_below(2)};
    for (size_t i = 0; i < next->sort.count; i++) {
        next->sort.keys[i].column = column_find(next->columns, span_of(by[random_below(6)]));
        next->sort.keys[i].descending = random_below(2);
    }
    view_set_sort(view, &next->sort);
}

static void change_something(struct fleet *f, uint32_t *accounts, int64_t *as_of)
{
    uint32_t what = random_below(20);
    ++*as_of;
    if (what < 12) {
        put_account(f, random_below(*accounts), *as_of);
    } else if (what < 16 && *accounts < 400) {
        put_account(f, (*accounts)++, *as_of);
    } else if (what < 18) {
        fleet_remove(f, random_below(fleet_rows(f)), *as_of);
    } else if (what == 19 && random_below(20) == 0) {
        fleet_clear(f);
        for (*accounts = 0; *accounts < 100;)
            put_account(f, (*accounts)++, *as_of);
    }
}

static void play(uint32_t from, bool sliced)
{
    struct fleet *f = fleet_create();
    struct column_set *columns = column_set_create();
    uint32_t accounts = 0;
    int64_t as_of = 1;
    seed = from;
    while (accounts < 200)
        put_account(f, accounts++, as_of);
    struct view *view = view_create(f, columns);
    struct naive now = {f, columns, NULL, sort_default(columns)}, next = now;
    const char *what = "";
    view_set_sliced(view, sliced);
    while (sliced && view_work(view, 100)) {
    }
    for (int i = 0; i < 600; i++) {
        uint32_t do_what = random_below(10);
        if (do_what == 0)
            set_random_filter(view, &next, &what);
        else if (do_what == 1)
            set_random_sort(view, &next);
        else if (do_what < 6)
            change_something(f, &accounts, &as_of);
        else if (do_what == 6)
            view_expect_filter(view);
        else if (sliced)
            view_work(view, 1 + random_below(60));
        if (!sliced || view_busy(view, NULL) == VIEW_READY) {
            filter_destroy(now.filter);
            now = next;
            now.filter = parse(columns, what);
        }
        assert_equals_naive(view, &now, what);
    }
    while (sliced && view_work(view, 30)) {
        if (view_busy(view, NULL) != VIEW_READY)
            assert_equals_naive(view, &now, what);
    }
    assert_equals_naive(view, &next, what);
    filter_destroy(now.filter);
    filter_destroy(next.filter);
    view_destroy(view);
    column_set_destroy(columns);
    fleet_destroy(f);
}

static void test_slices_equal_a_naive_view(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 12; i++)
        play(i * 7919, true);
}

static void test_at_once_equals_a_naive_view(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 4; i++)
        play(i * 104729, false);
}

/* News that cannot move a row leave the array alone, and still say that something is new. */
static void test_only_what_moves_a_row_moves_it(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *columns = column_set_create();
    struct view *view = view_create(f, columns);
    row_id row;
    fleet_put(f, span_of("{\"provider_account_id\":\"a\",\"name\":\"x\",\"status\":\"active\"}"), 1,
              &row);
    fleet_put(f, span_of("{\"provider_account_id\":\"b\",\"name\":\"y\",\"status\":\"active\"}"), 1,
              NULL);
    view_set_filter(view, parse(columns, "name:x"));
    assert_int_equal(view_count(view), 1);
    uint64_t version = view_version(view);
    fleet_put(f, span_of("{\"provider_account_id\":\"a\",\"name\":\"x\",\"status\":\"down\"}"), 2,
              NULL);
    assert_true(view_version(view) > version);
    assert_int_equal(view_at(view, 0), row);
    fleet_put(f, span_of("{\"provider_account_id\":\"a\",\"name\":\"z\",\"status\":\"down\"}"), 3,
              NULL);
    assert_int_equal(view_count(view), 0);
    view_destroy(view);
    column_set_destroy(columns);
    fleet_destroy(f);
}

static void test_says_what_it_is_busy_with(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    struct column_set *columns = column_set_create();
    for (uint32_t i = 0; i < 200; i++)
        put_account(f, i, 1);
    struct view *view = view_create(f, columns);
    int percent;
    view_set_sliced(view, true);
    assert_int_equal(view_busy(view, NULL), VIEW_SORTING);
    while (view_work(view, 1000)) {
    }
    assert_int_equal(view_busy(view, NULL), VIEW_READY);
    assert_int_equal(view_count(view), 200);
    view_set_filter(view, parse(columns, "prod"));
    for (int last = -1; view_busy(view, &percent) != VIEW_READY; last = percent) {
        assert_int_equal(view_busy(view, NULL), VIEW_FILTERING);
        assert_in_range(percent, last < 0 ? 0 : last, 99);
        assert_int_equal(view_count(view), 200); /* the last good result */
        view_work(view, 20);
    }
    assert_true(view_count(view) < 200);
    view_destroy(view);
    column_set_destroy(columns);
    fleet_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slices_equal_a_naive_view),
        cmocka_unit_test(test_at_once_equals_a_naive_view),
        cmocka_unit_test(test_only_what_moves_a_row_moves_it),
        cmocka_unit_test(test_says_what_it_is_busy_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
