/* db.c: see db.h.
 *
 * Two processes may open at once, and both may find the file corrupt: the whole opening runs under
 * a lock on the directory, so that the second does not move the first one's fresh file away. The
 * file is never opened and closed by ourselves beside SQLite: closing any descriptor of a file
 * drops all POSIX locks that this process holds on it, SQLite's too. */
#include "store/db.h"

#include "base/mem.h"
#include "base/when.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define OPEN_WAIT_MS          2000 /* for another process that is opening or checkpointing */
#define AUTO_CHECKPOINT_PAGES 4000
#define CACHE_KB              256 /* a file; the kernel has its pages, too, and there are seven */

enum verdict { DB_GOOD, DB_BAD, DB_REFUSED };

/* ---- the directory ------------------------------------------------------------------------ */

/* Makes the directory and what is missing above it, all 0700. */
static enum status make_dirs(char *dir, struct error *err)
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return ST_OK; /* nearly always: a start has no time for each folder above it */
    for (char *p = dir + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        int rc = mkdir(dir, 0700);
        int e = errno;
        if (rc != 0 && e != EEXIST) {
            error_set(err, ST_IO, "%s: %s", dir, strerror(e));
            *p = '/';
            return ST_IO;
        }
        *p = '/';
    }
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return error_set(err, ST_IO, "%s: %s", dir, strerror(errno));
    return ST_OK;
}

/* Opens the directory, tightens it to 0700, refuses one that is not ours. */
static int open_dir(const char *dir, struct error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        error_set(err, ST_IO, "%s: %s", dir, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (st.st_uid != geteuid()) {
        error_set(err, ST_IO, "%s belongs to another user", dir);
        close(fd);
        return -1;
    }
    if ((st.st_mode & 077) != 0 && fchmod(fd, 0700) != 0) {
        error_set(err, ST_IO, "%s is open to others and cannot be closed: %s", dir,
                  strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

static enum status lock_dir(int fd, const char *dir, struct error *err)
{
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += 20) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return ST_OK; /* a file system without flock: opening goes on unguarded */
        if (waited >= OPEN_WAIT_MS)
            return error_set(err, ST_IO, "busy: %s is being opened by another paddock", dir);
        struct timespec ts = {0, 20 * 1000000};
        nanosleep(&ts, NULL);
    }
    return ST_OK;
}

/* ---- the file ----------------------------------------------------------------------------- */

/* Makes the file 0600 when it is missing; refuses links and files of others. */
static enum status guard_file(int dir_fd, const char *name, struct error *err)
{
    struct stat st;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
            return error_set(err, ST_IO, "%s: %s", name, strerror(errno));
        close(fd);
        return ST_OK;
    }
    if (!S_ISREG(st.st_mode))
        return error_set(err, ST_IO, "%s is not a plain file", name);
    if (st.st_uid != geteuid())
        return error_set(err, ST_IO, "%s belongs to another user", name);
    if ((st.st_mode & 077) != 0 && fchmodat(dir_fd, name, 0600, 0) != 0)
        return error_set(err, ST_IO, "%s is open to others: %s", name, strerror(errno));
    return ST_OK;
}

enum status db_error(sqlite3 *db, int rc, struct error *err)
{
    int primary = rc & 0xff;
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
        return error_set(err, ST_IO, "busy: another paddock is writing to the same file");
    if (primary == SQLITE_FULL)
        return error_set(err, ST_IO, "the disk is full");
    if (primary == SQLITE_READONLY)
        return error_set(err, ST_IO, "the file is read-only");
    return error_set(err, ST_IO, "%s", db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

bool db_is_busy(const struct error *err)
{
    return err->status == ST_IO && strncmp(err->what, "busy", 4) == 0;
}

enum status db_exec(sqlite3 *db, const char *sql, struct error *err)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ST_OK : db_error(db, rc, err);
}

enum status db_prepare(sqlite3 *db, const char *const *sql, int count, sqlite3_stmt **out,
                       struct error *err)
{
    for (int i = 0; i < count; i++) {
        int rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &out[i], NULL);
        if (rc != SQLITE_OK)
            return db_error(db, rc, err);
    }
    return ST_OK;
}

void db_finalize(sqlite3_stmt **statements, int count)
{
    for (int i = 0; i < count; i++)
        sqlite3_finalize(statements[i]);
}

void db_bind_text(sqlite3_stmt *st, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, at);
}

const char *db_text(sqlite3_stmt *st, int column)
{
    const unsigned char *text = sqlite3_column_text(st, column);
    return text ? (const char *)text : "";
}

/* The first value of a query as text into out; the result code. */
static int query_text(sqlite3 *db, const char *sql, char *out, size_t room)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        snprintf(out, room, "%s", db_text(st, 0));
        rc = SQLITE_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

static bool is_corrupt(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

static bool too_large(sqlite3 *db, const struct db_spec *spec)
{
    char pages[32] = "0", size[32] = "0";
    if (!spec->check_max_bytes || query_text(db, "PRAGMA page_count", pages, sizeof pages) ||
        query_text(db, "PRAGMA page_size", size, sizeof size))
        return false;
    return atoll(pages) * atoll(size) > spec->check_max_bytes;
}

/* Whose file it is, and whether it is sound. BAD: *why is one word for the file's new name. */
static enum verdict judge(sqlite3 *db, const struct db_spec *spec, const char **why,
                          struct error *err)
{
    char app[32] = "", version[32] = "", tables[32] = "", check[64] = "ok";
    int rc = query_text(db, "PRAGMA application_id", app, sizeof app);
    if (rc == SQLITE_OK)
        rc = query_text(db, "PRAGMA user_version", version, sizeof version);
    if (rc == SQLITE_OK)
        rc = query_text(db, "SELECT count(*) FROM sqlite_master", tables, sizeof tables);
    if (rc == SQLITE_OK && !too_large(db, spec))
        rc = query_text(db, "PRAGMA quick_check(1)", check, sizeof check);
    if (is_corrupt(rc) || (rc == SQLITE_OK && strcmp(check, "ok") != 0)) {
        *why = "corrupt";
        return DB_BAD;
    }
    if (rc != SQLITE_OK) {
        db_error(db, rc, err);
        return DB_REFUSED;
    }
    bool fresh = atol(app) == 0 && atol(tables) == 0;
    if (!fresh && atol(app) != spec->application_id) {
        *why = "foreign";
        return DB_BAD;
    }
    if (!fresh && atol(version) > spec->versions) {
        error_set(err, ST_IO, "it was made by a newer paddock (schema %s, this one knows %d)",
                  version, spec->versions);
        return DB_REFUSED;
    }
    return DB_GOOD;
}

enum status db_check(sqlite3 *db, struct error *err)
{
    char check[64] = "";
    int rc = query_text(db, "PRAGMA quick_check(1)", check, sizeof check);
    if (is_corrupt(rc) || (rc == SQLITE_OK && strcmp(check, "ok") != 0))
        return error_set(err, ST_PARSE, "the file is corrupt");
    return rc == SQLITE_OK ? ST_OK : db_error(db, rc, err);
}

static enum status set_up(sqlite3 *db, const struct db_spec *spec, struct error *err)
{
    char sql[256], version[32] = "0";
    if (sqlite3_db_readonly(db, "main") == 1)
        return error_set(err, ST_IO, "the file is read-only");
    snprintf(sql, sizeof sql,
             "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s; PRAGMA wal_autocheckpoint=%d;"
             "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA cache_size=-%d",
             spec->synchronous, AUTO_CHECKPOINT_PAGES, CACHE_KB);
    if (db_exec(db, sql, err) || db_exec(db, "BEGIN IMMEDIATE", err))
        return err ? err->status : ST_IO;
    int rc = query_text(db, "PRAGMA user_version", version, sizeof version);
    enum status st = rc == SQLITE_OK ? ST_OK : db_error(db, rc, err);
    for (int v = atoi(version); st == ST_OK && v < spec->versions; v++) {
        snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                 (int)spec->application_id, v + 1);
        st = db_exec(db, spec->schema[v], err);
        if (st == ST_OK)
            st = db_exec(db, sql, err);
    }
    if (st == ST_OK)
        st = db_exec(db, "COMMIT", err);
    if (st != ST_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

/* One try: opens, judges, sets up. */
static enum verdict try_open(sqlite3 **out, const char *path, const struct db_spec *spec,
                             const char **why, struct error *err)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(
        path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, NULL);
    enum verdict v = DB_REFUSED;
    if (rc != SQLITE_OK) {
        db_error(db, rc, err);
    } else {
        sqlite3_extended_result_codes(db, 1);
        sqlite3_busy_timeout(db, OPEN_WAIT_MS);
        v = judge(db, spec, why, err);
        if (v == DB_GOOD && set_up(db, spec, err))
            v = DB_REFUSED;
        sqlite3_busy_timeout(db, 0);
    }
    if (v == DB_GOOD) {
        *out = db;
        return v;
    }
    /* What is wrong with the file is kept as it is: no checkpoint into it on the way out. */
    if (db)
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(db);
    return v;
}

/* The file that is opened: its directory, and what is said when it goes aside. */
struct place {
    int dir_fd;
    const char *dir, *name; /* (borrowed) */
    const char *lost;       /* see struct db_spec */
    struct clock clock;
};

/* journal.db → journal.db.corrupt-20261020T140207Z, with its -wal and -shm. Appends that. */
static enum status move_aside(const struct place *at, const char *why, struct str *aside,
                              struct error *err)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    struct str when = STR_INIT, to = STR_INIT;
    when_rfc3339(&when, clock_wall(&at->clock));
    for (char *p = when.data; p && *p; p++)
        *p = *p == ':' ? '.' : *p;
    struct stat st;
    for (int n = 0; n < 1000; n++) {
        str_clear(&to);
        str_printf(&to, "%s.%s-%s", at->name, why, str_text(&when));
        if (n)
            str_printf(&to, "-%d", n);
        if (fstatat(at->dir_fd, to.data, &st, AT_SYMLINK_NOFOLLOW) != 0)
            break;
    }
    enum status result = ST_OK;
    int moved = 0;
    for (int i = 0; i < 3 && result == ST_OK; i++) {
        char from[512], dst[512];
        snprintf(from, sizeof from, "%s%s", at->name, suffixes[i]);
        snprintf(dst, sizeof dst, "%s%s", to.data, suffixes[i]);
        if (renameat(at->dir_fd, from, at->dir_fd, dst) == 0)
            moved++;
        else if (errno != ENOENT)
            result = error_set(err, ST_IO, "%s is %s and cannot be moved aside: %s", at->name, why,
                               strerror(errno));
    }
    if (result == ST_OK)
        str_printf(aside, "%s was %s: kept as %s in %s%s", at->name, why, to.data, at->dir,
                   moved > 1 ? " (with its -wal and -shm)" : "");
    str_finish(&when);
    str_finish(&to);
    return result;
}

/* The line about a file that was moved aside. */
static void add_line(const struct place *at, const struct str *moved, struct str *aside)
{
    if (aside && moved->len)
        str_printf(aside, "%s%s, a new one was begun; %s", aside->len ? "; " : "", str_text(moved),
                   at->lost);
}

static enum status open_in_dir(sqlite3 **out, const struct place *at, const char *path,
                               const struct db_spec *spec, struct str *aside, struct error *err)
{
    struct str moved = STR_INIT;
    enum status st = ST_OK;
    for (bool done = false; st == ST_OK && !done;) {
        const char *why = "";
        enum verdict v = DB_REFUSED;
        st = guard_file(at->dir_fd, at->name, err);
        if (st == ST_OK)
            v = try_open(out, path, spec, &why, err);
        done = v == DB_GOOD;
        if (st != ST_OK || done)
            continue;
        if (v == DB_REFUSED)
            st = ST_IO;
        else if (moved.len)
            st = error_set(err, ST_IO, "a new file is %s at once: is the disk sound?", why);
        else
            st = move_aside(at, why, &moved, err);
    }
    if (st == ST_OK)
        add_line(at, &moved, aside);
    else if (moved.len)
        error_prefix(err, "%s, and no new one could be begun", str_text(&moved));
    str_finish(&moved);
    return st;
}

/* The directory of a path, checked and locked; *real gets its path without links (free). -1 with
 * *err filled. */
static int enter_dir(const char *path, char **real, struct error *err)
{
    char *dir = mem_strdup(path);
    char *slash = strrchr(dir, '/');
    int fd = -1;
    *real = NULL;
    if (!slash || slash == dir || !slash[1]) {
        error_set(err, ST_IO, "%s: not the path of a file in a directory", path);
        mem_free(dir);
        return -1;
    }
    *slash = '\0';
    /* SQLITE_OPEN_NOFOLLOW refuses a link anywhere in the path; only the last part is ours to
       judge, so the directory is resolved first. */
    if (make_dirs(dir, err) == ST_OK) {
        *real = realpath(dir, NULL);
        if (*real)
            fd = open_dir(*real, err);
        else
            error_set(err, ST_IO, "%s: %s", dir, strerror(errno));
    }
    if (fd >= 0 && lock_dir(fd, *real, err)) {
        close(fd);
        fd = -1;
    }
    mem_free(dir);
    return fd;
}

enum status db_open(sqlite3 **out, const struct db_spec *spec, struct clock clock,
                    struct str *aside, struct error *err)
{
    struct error mine;
    char *real;
    err = err ? err : &mine;
    *out = NULL;
    error_clear(err);
    int fd = enter_dir(spec->path, &real, err);
    enum status st = fd >= 0 ? ST_OK : ST_IO;
    if (st == ST_OK) {
        const char *name = strrchr(spec->path, '/') + 1;
        struct str path = STR_INIT;
        str_printf(&path, "%s/%s", real, name);
        const struct place at = {fd, real, name, spec->lost, clock};
        st = open_in_dir(out, &at, path.data, spec, aside, err);
        str_finish(&path);
        close(fd);
        if (st != ST_OK && !db_is_busy(err))
            error_prefix(err, "%s", spec->path);
    }
    free(real);
    return st;
}

enum status db_set_aside(const char *path, const char *why, const char *lost, struct clock clock,
                         struct str *aside, struct error *err)
{
    struct error mine;
    char *real;
    err = err ? err : &mine;
    int fd = enter_dir(path, &real, err);
    enum status st = ST_IO;
    if (fd >= 0) {
        const struct place at = {fd, real, strrchr(path, '/') + 1, lost, clock};
        struct str moved = STR_INIT;
        st = move_aside(&at, why, &moved, err);
        if (st == ST_OK)
            add_line(&at, &moved, aside);
        str_finish(&moved);
        close(fd);
    }
    free(real);
    return st;
}

void db_close(sqlite3 *db)
{
    if (db)
        sqlite3_close(db);
}

int64_t db_stamp(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    int64_t stamp = 0;
    if (sqlite3_prepare_v2(db, "PRAGMA data_version", -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW)
        stamp = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return stamp;
}

void db_checkpoint(sqlite3 *db)
{
    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

void db_rest(sqlite3 *db)
{
    sqlite3_db_release_memory(db);
}
