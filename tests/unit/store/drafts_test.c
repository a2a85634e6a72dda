/* drafts_test.c: what was typed comes back as it was, per account, and is dropped. */
#include "store/drafts.h"

#include "tests/support/disk.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct drafts *d;
    struct error err;
};

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "state/drafts.db", &fx.path);
    fx.manual.wall_ms = 1000;
    if (drafts_open(&fx.d, fx.path.data, clock_from_manual(&fx.manual), &fx.err))
        return -1;
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    drafts_close(fx->d);
    str_finish(&fx->path);
    tmpdir_destroy(fx->dir);
    return 0;
}

static const struct draft_key key_1 = {"https://gw", "org_1", "pa_1"};
static const struct draft_key key_new = {"https://gw", "org_1", DRAFT_NEW};

static void save(struct fixture *fx, const struct draft_key *key, const char *name)
{
    const struct draft_field fields[] = {{FIELD_NAME, span_of(name)}, {FIELD_RPS, span_of("20x")}};
    assert_int_equal(drafts_save(fx->d, key, span_of("{\"name\":\"n\"}"), fields, 2, &fx->err),
                     ST_OK);
}

static void test_typed_comes_back(void **state)
{
    struct fixture *fx = *state;
    struct draft draft;
    save(fx, &key_1, "one");
    fx->manual.wall_ms = 2000;
    save(fx, &key_1, "tw\"o \xe2\x9c\x93");
    drafts_close(fx->d);
    assert_int_equal(drafts_open(&fx->d, fx->path.data, clock_from_manual(&fx->manual), &fx->err),
                     ST_OK);
    assert_int_equal(drafts_load(fx->d, &key_1, &draft, &fx->err), ST_OK);
    assert_int_equal(draft.count, 2);
    assert_int_equal(draft.fields[0].field, FIELD_NAME);
    assert_true(span_is(draft.fields[0].typed, "tw\"o \xe2\x9c\x93"));
    assert_int_equal(draft.fields[1].field, FIELD_RPS);
    assert_true(span_is(draft.fields[1].typed, "20x"));
    assert_string_equal(str_text(&draft.base), "{\"name\":\"n\"}");
    assert_int_equal(draft.saved_wall_ms, 2000);
    draft_finish(&draft);
}

static void seen(void *ctx, const char *account, int64_t saved)
{
    (void)saved;
    str_printf(ctx, "%s,", account);
}

static void test_drop_and_list(void **state)
{
    struct fixture *fx = *state;
    struct draft draft;
    struct str all = STR_INIT;
    save(fx, &key_1, "one");
    fx->manual.wall_ms = 2000;
    save(fx, &key_new, "two");
    assert_int_equal(drafts_list(fx->d, "https://gw", "org_1", seen, &all, &fx->err), ST_OK);
    assert_string_equal(str_text(&all), "new,pa_1,");
    assert_int_equal(drafts_drop(fx->d, &key_new, &fx->err), ST_OK);
    assert_int_equal(drafts_drop(fx->d, &key_new, &fx->err), ST_OK);
    assert_int_equal(drafts_load(fx->d, &key_new, &draft, &fx->err), ST_NOT_FOUND);
    draft_finish(&draft);
    assert_int_equal(drafts_load(fx->d, &key_1, &draft, &fx->err), ST_OK);
    draft_finish(&draft);
    str_clear(&all);
    assert_int_equal(drafts_list(fx->d, "https://other", "org_1", seen, &all, &fx->err), ST_OK);
    assert_string_equal(str_text(&all), "");
    str_finish(&all);
}

/* F23: a save that meets another process's commit is an answer; the next one saves everything. */
static void test_F23_locked(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *other;
    assert_int_equal(sqlite3_open(fx->path.data, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    const struct draft_field field = {FIELD_NAME, span_of("x")};
    assert_int_equal(drafts_save(fx->d, &key_1, span_of(""), &field, 1, &fx->err), ST_IO);
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(other);
    assert_int_equal(drafts_save(fx->d, &key_1, span_of(""), &field, 1, &fx->err), ST_OK);
}

static bool loads(struct fixture *fx, const char *name)
{
    struct draft draft;
    bool same = drafts_load(fx->d, &key_1, &draft, &fx->err) == ST_OK &&
                span_is(draft.fields[0].typed, name);
    draft_finish(&draft);
    return same;
}

/* F21: whichever call of the disk fails, a save is an answer and costs nothing but itself: the
 * draft before it is whole, the next save works, and so does the next start. */
static void test_F21_the_disk_fails(void **state)
{
    struct fixture *fx = *state;
    static const enum disk_fault faults[] = {DISK_ENOSPC, DISK_EIO, DISK_TORN};
    unsigned refused = 0;
    save(fx, &key_1, "old");
    for (size_t i = 0; i < 3; i++) {
        for (unsigned long at = 1;; at++) {
            const struct draft_field field = {FIELD_NAME, span_of("new")};
            disk_begin();
            disk_fail(DISK_ALL & ~(unsigned)DISK_READ, at, false, faults[i]);
            enum status st = drafts_save(fx->d, &key_1, span_of(""), &field, 1, &fx->err);
            unsigned long met = disk_failures();
            disk_end();
            assert_true(loads(fx, st == ST_OK ? "new" : "old"));
            refused += st == ST_IO;
            if (met == 0)
                break;
            save(fx, &key_1, "old");
        }
        drafts_close(fx->d);
        assert_int_equal(
            drafts_open(&fx->d, fx->path.data, clock_from_manual(&fx->manual), &fx->err), ST_OK);
        assert_true(loads(fx, "new"));
        save(fx, &key_1, "old");
    }
    assert_true(refused > 3);
}

/* F22: a draft is a convenience: a file that is no longer one is put aside, and a new one begun. */
static void test_F22_corrupt_is_kept_beside(void **state)
{
    struct fixture *fx = *state;
    save(fx, &key_1, "one");
    drafts_close(fx->d);
    fx->d = NULL;
    assert_true(tmpdir_write(fx->dir, "state/drafts.db", "SQLite format 3, but it is not", 0600));
    assert_int_equal(drafts_open(&fx->d, fx->path.data, clock_from_manual(&fx->manual), &fx->err),
                     ST_OK);
    assert_int_equal(tmpdir_find_bytes(fx->dir, "SQLite format 3, but it is not"), 1);
    assert_non_null(
        strstr(drafts_note(fx->d), "drafts.db was corrupt: kept as drafts.db.corrupt-"));
    assert_non_null(strstr(drafts_note(fx->d), "not sent is out of sight: e begins"));
    save(fx, &key_1, "two");
    assert_true(loads(fx, "two"));
    drafts_close(fx->d);
    assert_int_equal(drafts_open(&fx->d, fx->path.data, clock_from_manual(&fx->manual), &fx->err),
                     ST_OK);
    assert_string_equal(drafts_note(fx->d), "");
}

static void test_put_aside(void **state)
{
    struct fixture *fx = *state;
    struct draft draft;
    const struct draft_key aside = {key_1.origin, key_1.org, "aside"};
    save(fx, &key_1, "one");
    save(fx, &aside, "older");
    assert_int_equal(drafts_move(fx->d, &key_1, "aside", &fx->err), ST_OK);
    assert_int_equal(drafts_move(fx->d, &key_1, "aside", &fx->err), ST_OK); /* nothing there */
    assert_int_equal(drafts_load(fx->d, &key_1, &draft, &fx->err), ST_NOT_FOUND);
    draft_finish(&draft);
    assert_int_equal(drafts_load(fx->d, &aside, &draft, &fx->err), ST_OK);
    assert_true(span_is(draft.fields[0].typed, "one"));
    draft_finish(&draft);
}

static void nothing_is_taken(struct fixture *fx, struct drafts *other)
{
    const struct draft_key aside = {"https://gw", "org_1", "aside"};
    const struct draft_field field = {FIELD_NAME, span_of("x")};
    struct draft draft;
    struct str all = STR_INIT;
    assert_true(drafts_held(other, &key_1));
    assert_int_equal(drafts_load(other, &key_1, &draft, &fx->err), ST_CONFLICT);
    draft_finish(&draft);
    assert_int_equal(drafts_save(other, &key_1, span_of(""), &field, 1, &fx->err), ST_CONFLICT);
    assert_int_equal(drafts_drop(other, &key_1, &fx->err), ST_CONFLICT);
    assert_int_equal(drafts_move(other, &key_1, "aside", &fx->err), ST_CONFLICT);
    assert_int_equal(drafts_claim(other, &key_1, true, &fx->err), ST_CONFLICT);
    assert_int_equal(drafts_save(other, &aside, span_of(""), &field, 1, &fx->err), ST_OK);
    assert_int_equal(drafts_move(other, &aside, "pa_1", &fx->err), ST_CONFLICT);
    assert_int_equal(drafts_list(other, "https://gw", "org_1", seen, &all, &fx->err), ST_OK);
    assert_string_equal(str_text(&all), "aside,");
    str_finish(&all);
}

/* While a form is open on it, it is nobody else's; after it is let go, or its process is gone, it
 * is. */
static void test_of_another_that_lives(void **state)
{
    struct fixture *fx = *state;
    struct drafts *other;
    save(fx, &key_1, "one");
    assert_false(drafts_held(fx->d, &key_1));
    assert_int_equal(drafts_open(&other, fx->path.data, clock_from_manual(&fx->manual), &fx->err),
                     ST_OK);
    nothing_is_taken(fx, other);
    assert_true(loads(fx, "one"));
    assert_int_equal(drafts_claim(fx->d, &key_1, false, &fx->err), ST_OK);
    assert_false(drafts_held(other, &key_1));
    assert_int_equal(drafts_claim(other, &key_1, true, &fx->err), ST_OK);
    assert_true(drafts_held(fx->d, &key_1));
    drafts_close(other);
    assert_true(loads(fx, "one"));
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_typed_comes_back),
        TEST(test_drop_and_list),
        TEST(test_put_aside),
        TEST(test_F23_locked),
        TEST(test_F21_the_disk_fails),
        TEST(test_F22_corrupt_is_kept_beside),
        TEST(test_of_another_that_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
