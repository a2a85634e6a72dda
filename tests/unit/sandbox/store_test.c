/* store_test.c: pages, totals and edits of the sandbox's accounts, counted apart by the test; and
 * what a file keeps. */
#include "sandbox/store.h"

#include "sandbox/seed.h"

#include "base/vec.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW   INT64_C(1794268800000) /* 2026-11-10T00:00:00Z */
#define COUNT 130

static struct clock_manual time_now = {0, NOW};

static struct store *open_store(const char *path)
{
    struct store_options o = {
        .path = path, .clock = clock_from_manual(&time_now), .time_scale = 1, .frozen = true};
    struct store *s;
    struct error err;
    if (store_open(&o, &s, &err))
        fail_msg("%s", err.what);
    return s;
}

static void fill(struct store *s, const char *org, int64_t count)
{
    struct seed seed;
    struct error err;
    seed_init(&seed, 1, org, count, NOW);
    assert_int_equal(store_fill(s, count, seed_make, &seed, &err), ST_OK);
    seed_finish(&seed);
}

/* What a walk of all pages saw. */
struct walk {
    int64_t seen, last_seq;
    const struct store_query *q;
};

static void see(void *ctx, const struct account *a)
{
    struct walk *w = ctx;
    assert_true(a->seq > w->last_seq);
    w->last_seq = a->seq;
    w->seen++;
    assert_true(span_is(a->cells[BOX_ORG].text, w->q->org));
    if (w->q->provider)
        assert_true(span_is(a->cells[BOX_PROVIDER].text, w->q->provider));
    if (w->q->status)
        assert_true(span_is(a->cells[BOX_STATUS].text, w->q->status));
    if (w->q->enabled_only)
        assert_int_equal(a->cells[BOX_ENABLED].n, 1);
}

/* Walks the list to its end and returns how many it has; each page says the same total. */
static int64_t walk(struct store *s, struct store_query q)
{
    struct walk w = {0, 0, &q};
    struct store_page page;
    struct error err;
    do {
        int64_t before = w.seen;
        assert_int_equal(store_list(s, &q, &page, see, &w, &err), ST_OK);
        assert_int_equal(page.count, w.seen - before);
        assert_true(page.count <= q.limit);
        q.after = page.last;
    } while (page.has_more);
    assert_int_equal(page.total, w.seen);
    return w.seen;
}

static void test_pages(void **state)
{
    static const int64_t limits[] = {1, 7, 65, COUNT - 1, COUNT, COUNT + 1};
    struct store *s = open_store(NULL);
    (void)state;
    assert_true(store_is_empty(s));
    assert_int_equal(walk(s, (struct store_query){.org = "a", .limit = 10}), 0);
    fill(s, "a", COUNT);
    fill(s, "b", 9);
    assert_false(store_is_empty(s));
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        assert_int_equal(walk(s, (struct store_query){.org = "a", .limit = limits[i]}), COUNT);
    assert_int_equal(walk(s, (struct store_query){.org = "b", .limit = 10}), 9);
    store_close(s);
    store_close(NULL);
}

/* The parts of a division add up to the whole. */
static void test_filters(void **state)
{
    struct store *s = open_store(NULL);
    int64_t sum = 0, active = 0, on = 0;
    (void)state;
    fill(s, "a", COUNT);
    fill(s, "b", COUNT);
    for (size_t i = 0; box_providers[i]; i++) {
        struct store_query q = {.org = "a", .provider = box_providers[i], .limit = 5};
        sum += walk(s, q);
        q.status = "active";
        active += walk(s, q);
        q.status = NULL;
        q.enabled_only = true;
        on += walk(s, q);
    }
    assert_int_equal(sum, COUNT);
    assert_int_equal(active,
                     walk(s, (struct store_query){.org = "a", .status = "active", .limit = 50}));
    assert_int_equal(on,
                     walk(s, (struct store_query){.org = "a", .enabled_only = true, .limit = 50}));
    assert_true(active > 0 && active < COUNT && on > 0 && on < COUNT);
    assert_int_equal(walk(s, (struct store_query){.org = "a", .status = "odd", .limit = 5}), 0);
    store_close(s);
}

struct edit {
    const char *id, *name;
    enum status st;
};

static enum status make(void *ctx, struct account *a, const struct drift *d)
{
    const struct edit *e = ctx;
    (void)d;
    a->cells[BOX_ID] = cell_word(e->id);
    a->cells[BOX_ORG] = cell_word("a");
    a->cells[BOX_NAME] = cell_word(e->name);
    a->cells[BOX_PROVIDER] = cell_word("groq");
    a->cells[BOX_CREDENTIALS] = cell_word("kv/x");
    a->cells[BOX_STATUS] = a->home_status = cell_word("active");
    return e->st;
}

static enum status rename_it(void *ctx, struct account *a, const struct drift *d)
{
    const struct edit *e = ctx;
    (void)d;
    a->cells[BOX_NAME] = cell_word(e->name);
    a->cells[BOX_PROVIDER] = cell_word("openai");
    return e->st;
}

static void name_is(void *ctx, const struct account *a)
{
    const struct edit *e = ctx;
    assert_true(span_is(a->cells[BOX_NAME].text, e->name));
}

static void test_edits(void **state)
{
    struct store *s = open_store(NULL);
    struct error err;
    struct edit one = {"pa_1", "one", ST_OK}, refused = {"pa_2", "two", ST_INVALID};
    struct edit uno = {"pa_1", "uno", ST_OK};
    struct store_query groq = {.org = "a", .provider = "groq", .limit = 5};
    struct store_query openai = {.org = "a", .provider = "openai", .limit = 5};
    (void)state;
    uint64_t g = store_generation(s);
    assert_int_equal(store_add(s, make, name_is, &one, &err), ST_OK);
    assert_true(store_generation(s) > g);
    assert_int_equal(store_add(s, make, name_is, &refused, &err), ST_INVALID);
    assert_int_equal(walk(s, groq), 1);
    /* A change that is refused leaves all as it was, the totals too. */
    refused.id = "pa_1";
    g = store_generation(s);
    assert_int_equal(store_change(s, "a", "pa_1", rename_it, name_is, &refused, &err), ST_INVALID);
    assert_int_equal(store_generation(s), g);
    assert_int_equal(store_get(s, "a", "pa_1", name_is, &one, &err), ST_OK);
    assert_int_equal(walk(s, groq), 1);
    assert_int_equal(store_change(s, "a", "pa_1", rename_it, name_is, &uno, &err), ST_OK);
    assert_true(store_generation(s) > g);
    assert_int_equal(store_get(s, "a", "pa_1", name_is, &uno, &err), ST_OK);
    assert_int_equal(walk(s, groq), 0);
    assert_int_equal(walk(s, openai), 1);
    /* Of another organisation, or gone. */
    assert_int_equal(store_get(s, "b", "pa_1", name_is, &uno, &err), ST_NOT_FOUND);
    assert_int_equal(store_change(s, "b", "pa_1", rename_it, name_is, &uno, &err), ST_NOT_FOUND);
    assert_int_equal(store_remove(s, "b", "pa_1", &err), ST_NOT_FOUND);
    assert_int_equal(store_remove(s, "a", "pa_1", &err), ST_OK);
    assert_int_equal(store_remove(s, "a", "pa_1", &err), ST_NOT_FOUND);
    assert_int_equal(store_get(s, "a", "pa_1", name_is, &uno, &err), ST_NOT_FOUND);
    assert_int_equal(walk(s, openai), 0);
    store_close(s);
}

static void test_a_file(void **state)
{
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT;
    struct store_options o = {.clock = clock_from_manual(&time_now), .time_scale = 1};
    struct store *s, *second;
    struct error err;
    (void)state;
    o.path = tmpdir_path(dir, "box.db", &path);
    s = open_store(o.path);
    fill(s, "a", COUNT);
    assert_int_equal(store_open(&o, &second, &err), ST_IO); /* in use */
    store_close(s);
    s = open_store(o.path);
    assert_false(store_is_empty(s));
    assert_int_equal(walk(s, (struct store_query){.org = "a", .limit = 100}), COUNT);
    store_close(s);
    str_clear(&path);
    assert_true(tmpdir_write(dir, "other.db",
                             "this is no database, and longer than a header of "
                             "one: a hundred bytes and some more after them.",
                             0600));
    o.path = tmpdir_path(dir, "other.db", &path);
    assert_true(store_open(&o, &second, &err) != ST_OK);
    str_finish(&path);
    tmpdir_destroy(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
