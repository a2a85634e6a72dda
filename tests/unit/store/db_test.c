/* db_test.c: opening SQLite files with care: modes, links, corrupt, foreign, newer, locked. */
#include "store/db.h"

#include "base/when.h"
#include "tests/support/files.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const schema_1[] = {"CREATE TABLE t(a INTEGER)"};
static const char *const schema_2[] = {"CREATE TABLE t(a INTEGER)", "ALTER TABLE t ADD b TEXT"};

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct clock_manual manual;
    struct clock clock;
    struct error err;
    struct str aside;
};

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "state/x.db", &fx.path);
    fx.manual.wall_ms = 1760968927000; /* 2025-10-20T14:02:07Z */
    fx.clock = clock_from_manual(&fx.manual);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    str_finish(&fx->path);
    str_finish(&fx->aside);
    tmpdir_destroy(fx->dir);
    return 0;
}

static struct db_spec spec_of(const struct fixture *fx)
{
    return (struct db_spec){.path = fx->path.data,
                            .application_id = 0x70646b54,
                            .synchronous = "FULL",
                            .schema = schema_1,
                            .versions = 1,
                            .lost = "nobody misses it"};
}

static enum status open_db(struct fixture *fx, sqlite3 **db)
{
    struct db_spec spec = spec_of(fx);
    str_clear(&fx->aside);
    return db_open(db, &spec, fx->clock, &fx->aside, &fx->err);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void assert_value(sqlite3 *db, const char *sql, const char *want)
{
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_string_equal(db_text(st, 0), want);
    sqlite3_finalize(st);
}

static void test_modes_and_pragmas(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_string_equal(str_text(&fx->aside), "");
    assert_int_equal(mode_of(fx->path.data), 0600);
    struct str dir = STR_INIT;
    assert_int_equal(mode_of(tmpdir_path(fx->dir, "state", &dir)), 0700);
    str_finish(&dir);
    assert_value(db, "PRAGMA journal_mode", "wal");
    assert_value(db, "PRAGMA synchronous", "2");
    assert_value(db, "PRAGMA user_version", "1");
    assert_value(db, "PRAGMA busy_timeout", "0");
    db_close(db);
    /* Opened by others meanwhile: closed again. */
    chmod(fx->path.data, 0644);
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_int_equal(mode_of(fx->path.data), 0600);
    db_close(db);
}

static void test_a_link_is_refused(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    assert_true(tmpdir_write(fx->dir, "elsewhere", "", 0600));
    assert_int_equal(open_db(fx, &db), ST_OK);
    db_close(db);
    struct str to = STR_INIT;
    unlink(fx->path.data);
    assert_int_equal(symlink(tmpdir_path(fx->dir, "elsewhere", &to), fx->path.data), 0);
    assert_int_equal(open_db(fx, &db), ST_IO);
    assert_non_null(strstr(fx->err.what, "not a plain file"));
    assert_null(db);
    str_finish(&to);
}

static void test_schema_grows_and_newer_is_refused(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_int_equal(db_exec(db, "INSERT INTO t VALUES(7)", &fx->err), ST_OK);
    db_close(db);
    struct db_spec spec = spec_of(fx);
    spec.schema = schema_2;
    spec.versions = 2;
    assert_int_equal(db_open(&db, &spec, fx->clock, NULL, &fx->err), ST_OK);
    assert_value(db, "SELECT a || ifnull(b, '-') FROM t", "7-");
    db_close(db);
    /* An older program must neither use nor move the file. */
    assert_int_equal(open_db(fx, &db), ST_IO);
    assert_non_null(strstr(fx->err.what, "newer paddock"));
    assert_int_equal(db_open(&db, &spec, fx->clock, NULL, &fx->err), ST_OK);
    assert_value(db, "SELECT count(*) FROM t", "1");
    db_close(db);
}

/* F22: a file that is not SQLite, one whose pages are damaged, and somebody else's. */
static void test_F22_garbage_is_moved_aside(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    char garbage[8192];
    memset(garbage, 'x', sizeof garbage - 1);
    garbage[sizeof garbage - 1] = '\0';
    assert_true(tmpdir_write(fx->dir, "state/x.db", garbage, 0600));
    assert_true(tmpdir_write(fx->dir, "state/x.db-wal", "old wal", 0600));
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_value(db, "SELECT count(*) FROM t", "0");
    /* What happened, where it lies with what belongs to it, what is out of sight. */
    assert_non_null(strstr(str_text(&fx->aside), "x.db was corrupt: kept as x.db.corrupt-"));
    assert_non_null(strstr(str_text(&fx->aside), fx->dir->path));
    assert_non_null(strstr(str_text(&fx->aside), "/state (with its -wal and -shm), a new one was "
                                                 "begun; nobody misses it"));
    struct str kept = STR_INIT;
    assert_true(tmpdir_read(fx->dir, "state/x.db.corrupt-2025-10-20T14.02.07Z", &kept));
    assert_string_equal(str_text(&kept), garbage);
    str_clear(&kept);
    assert_true(tmpdir_read(fx->dir, "state/x.db.corrupt-2025-10-20T14.02.07Z-wal", &kept));
    assert_string_equal(str_text(&kept), "old wal");
    str_finish(&kept);
    db_close(db);
}

static void test_F22_damaged_page_is_moved_aside(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    assert_int_equal(open_db(fx, &db), ST_OK);
    db_exec(db, "BEGIN", &fx->err);
    for (int i = 0; i < 5000; i++)
        db_exec(db, "INSERT INTO t VALUES(12345678)", &fx->err);
    db_exec(db, "COMMIT", &fx->err);
    db_close(db);
    FILE *f = fopen(fx->path.data, "r+");
    assert_non_null(f);
    fseek(f, 2 * 4096, SEEK_SET);
    for (int i = 0; i < 4096; i++)
        fputc(0xff, f);
    fclose(f);
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_value(db, "SELECT count(*) FROM t", "0");
    assert_non_null(strstr(str_text(&fx->aside), "was corrupt: kept as x.db.corrupt-"));
    db_close(db);
}

static void test_F22_foreign_is_moved_aside(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    assert_int_equal(open_db(fx, &db), ST_OK);
    db_exec(db, "PRAGMA application_id=42", &fx->err);
    db_close(db);
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_non_null(strstr(str_text(&fx->aside), "foreign"));
    db_close(db);
    /* A second one in the same second gets a name of its own. */
    assert_int_equal(open_db(fx, &db), ST_OK);
    db_exec(db, "PRAGMA application_id=42", &fx->err);
    db_close(db);
    assert_int_equal(open_db(fx, &db), ST_OK);
    assert_non_null(strstr(str_text(&fx->aside), "Z-1"));
    db_close(db);
}

/* F23: a second connection holds the write lock: an answer at once, not a wait. */
static void test_F23_locked_is_an_answer(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *one, *two;
    assert_int_equal(open_db(fx, &one), ST_OK);
    assert_int_equal(open_db(fx, &two), ST_OK);
    assert_int_equal(db_exec(one, "BEGIN IMMEDIATE", &fx->err), ST_OK);
    assert_int_equal(db_exec(two, "BEGIN IMMEDIATE", &fx->err), ST_IO);
    assert_true(db_is_busy(&fx->err));
    assert_int_equal(db_exec(one, "COMMIT", &fx->err), ST_OK);
    assert_int_equal(db_exec(two, "BEGIN IMMEDIATE; COMMIT", &fx->err), ST_OK);
    db_close(one);
    db_close(two);
}

static void test_F21_no_directory(void **state)
{
    struct fixture *fx = *state;
    sqlite3 *db;
    assert_true(tmpdir_write(fx->dir, "state", "a file in the way", 0600));
    assert_int_equal(open_db(fx, &db), ST_IO);
    assert_null(db);
    assert_non_null(strstr(fx->err.what, "state"));
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_modes_and_pragmas),
        TEST(test_a_link_is_refused),
        TEST(test_schema_grows_and_newer_is_refused),
        TEST(test_F22_garbage_is_moved_aside),
        TEST(test_F22_damaged_page_is_moved_aside),
        TEST(test_F22_foreign_is_moved_aside),
        TEST(test_F23_locked_is_an_answer),
        TEST(test_F21_no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
