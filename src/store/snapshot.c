/* snapshot.c: see snapshot.h. */
#include "store/snapshot.h"

#include "base/mem.h"
#include "base/vec.h"
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define APPLICATION_ID    0x70646b53 /* "pdkS" */
#define CHECK_AT_OPEN_MAX (1 << 20)  /* bytes: read as a whole in a millisecond */
#define HASH_START        0xcbf29ce484222325U
#define CLEAN_AT_ONCE     100 /* blocks */

/* AUTOINCREMENT: a block's number is never used again, whatever was removed. */
static const char *const schema[] = {
    "CREATE TABLE scope(origin TEXT NOT NULL, org TEXT NOT NULL);"
    "CREATE TABLE block(number INTEGER PRIMARY KEY AUTOINCREMENT, wall_offset INTEGER NOT NULL,"
    " packed BLOB NOT NULL);"
    "CREATE TABLE manifest(one INTEGER PRIMARY KEY CHECK(one = 1),"
    " complete_wall_ms INTEGER NOT NULL, walked INTEGER NOT NULL, accounts INTEGER NOT NULL,"
    " blocks BLOB NOT NULL);"
    "CREATE TABLE overlay(id TEXT NOT NULL PRIMARY KEY, as_of_wall_ms INTEGER NOT NULL, raw BLOB)"
    " WITHOUT ROWID",
};

enum statement {
    SCOPE,
    SCOPE_SET,
    MANIFEST,
    MANIFEST_SET,
    BLOCK,
    BLOCK_ADD,
    BLOCK_NUMBERS,
    BLOCK_REMOVE,
    BLOCK_LAST,
    OVERLAY,
    OVERLAY_SET,
    OVERLAY_SETTLE,
    STATEMENTS
};

static const char *const statement_sql[STATEMENTS] = {
    [SCOPE] = "SELECT origin, org FROM scope",
    [SCOPE_SET] = "INSERT INTO scope(origin, org) VALUES(?1, ?2)",
    [MANIFEST] = "SELECT complete_wall_ms, walked, accounts, blocks FROM manifest WHERE one=1",
    [MANIFEST_SET] = "INSERT OR REPLACE INTO manifest(one, complete_wall_ms, walked, accounts,"
                     " blocks) VALUES(1,?1,?2,?3,?4)",
    [BLOCK] = "SELECT wall_offset, packed FROM block WHERE number=?1",
    [BLOCK_ADD] = "INSERT INTO block(wall_offset, packed) VALUES(?1, ?2)",
    [BLOCK_NUMBERS] = "SELECT number FROM block WHERE number>?1 AND number<=?2 ORDER BY number"
                      " LIMIT ?3",
    [BLOCK_REMOVE] = "DELETE FROM block WHERE number=?1",
    [BLOCK_LAST] = "SELECT coalesce(max(number), 0) FROM block",
    [OVERLAY] = "SELECT id, raw, as_of_wall_ms FROM overlay ORDER BY as_of_wall_ms",
    [OVERLAY_SET] = "INSERT INTO overlay(id, as_of_wall_ms, raw) VALUES(?1,?2,?3) ON CONFLICT DO"
                    " UPDATE SET as_of_wall_ms=excluded.as_of_wall_ms, raw=excluded.raw"
                    " WHERE excluded.as_of_wall_ms>=as_of_wall_ms",
    [OVERLAY_SETTLE] = "DELETE FROM overlay WHERE as_of_wall_ms<?1",
};

struct snapshot {
    sqlite3 *db; /* NULL: a new file could not be made after the old one went aside */
    struct clock clock;
    struct str path, lock_path, note;
    char *origin, *org; /* owned */
    sqlite3_stmt *st[STATEMENTS];
    int lock_fd; /* -1: another process writes */
    bool reading;
    struct snapshot_block *blocks; /* owned: of the manifest that is read, then of the last flip */
    size_t block_count, block_at;
    int64_t clean_from, clean_to; /* numbers: (from, to] may hold blocks of no use */
};

/* FNV-1a. Not hash_bytes: what is on disk has to outlive what is fast today. */
static uint64_t stable_hash(uint64_t h, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 0x100000001b3U;
    return h;
}

/* ---- open ---------------------------------------------------------------------------------------
 */

/* Runs a statement without rows and lets go of what it borrowed. */
static enum status run(struct snapshot *s, enum statement which, struct error *err)
{
    sqlite3_stmt *st = s->st[which];
    int rc = sqlite3_step(st);
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(s->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

static enum status number_of(struct snapshot *s, enum statement which, int64_t *out,
                             struct error *err)
{
    int rc = sqlite3_step(s->st[which]);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(s->st[which], 0);
    enum status status = rc == SQLITE_ROW ? ST_OK : db_error(s->db, rc, err);
    sqlite3_reset(s->st[which]);
    return status;
}

/* The file's name is a hash of its key; the key itself stands in it. *ours: it does. */
static enum status check_scope(struct snapshot *s, bool *ours, struct error *err)
{
    int rc = sqlite3_step(s->st[SCOPE]);
    *ours = rc == SQLITE_ROW && strcmp(db_text(s->st[SCOPE], 0), s->origin) == 0 &&
            strcmp(db_text(s->st[SCOPE], 1), s->org) == 0;
    sqlite3_reset(s->st[SCOPE]);
    if (rc != SQLITE_DONE)
        return rc == SQLITE_ROW ? ST_OK : db_error(s->db, rc, err);
    *ours = true;
    db_bind_text(s->st[SCOPE_SET], 1, s->origin);
    db_bind_text(s->st[SCOPE_SET], 2, s->org);
    return run(s, SCOPE_SET, err);
}

static void close_db(struct snapshot *s)
{
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(s->st[i]);
        s->st[i] = NULL;
    }
    db_close(s->db);
    s->db = NULL;
    s->reading = false;
    mem_free(s->blocks);
    s->blocks = NULL;
    s->block_count = s->block_at = 0;
}

static const char lost[] = "the kept list is out of sight until the next complete one is read (R)";

static enum status open_db(struct snapshot *s, struct error *err)
{
    const struct db_spec spec = {.path = str_text(&s->path),
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "OFF",
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .check_max_bytes = CHECK_AT_OPEN_MAX,
                                 .lost = lost};
    bool ours = true;
    for (int tries = 0; tries < 2; tries++) {
        enum status st = db_open(&s->db, &spec, s->clock, &s->note, err);
        /* A little after each slice instead of much at once. */
        if (st == ST_OK)
            st = db_exec(s->db, "PRAGMA wal_autocheckpoint=64", err);
        if (st == ST_OK)
            st = db_prepare(s->db, statement_sql, STATEMENTS, s->st, err);
        if (st == ST_OK)
            st = check_scope(s, &ours, err);
        if (st == ST_OK)
            st = number_of(s, BLOCK_LAST, &s->clean_to, err);
        if (st == ST_OK && ours)
            return ST_OK;
        close_db(s);
        if (st == ST_OK)
            st = db_set_aside(str_text(&s->path), "foreign", lost, s->clock, &s->note, err);
        if (st != ST_OK)
            return st;
    }
    return error_set(err, ST_IO, "%s: not of this server and organisation", str_text(&s->path));
}

enum status snapshot_open(struct snapshot **out, const char *dir, const char *origin,
                          const char *org, struct clock clock, struct error *err)
{
    struct snapshot *s = mem_calloc(1, sizeof *s);
    *out = NULL;
    s->clock = clock;
    s->lock_fd = -1;
    s->origin = mem_strdup(origin);
    s->org = mem_strdup(org);
    str_printf(&s->path, "%s/snapshot-%016llx.db", dir,
               (unsigned long long)stable_hash(stable_hash(HASH_START, origin, strlen(origin) + 1),
                                               org, strlen(org) + 1));
    str_add_span(&s->lock_path, span_from(&s->path));
    str_add(&s->lock_path, ".lock");
    enum status st = open_db(s, err);
    if (st != ST_OK) {
        snapshot_close(s);
        return st;
    }
    *out = s;
    return ST_OK;
}

void snapshot_close(struct snapshot *s)
{
    if (!s)
        return;
    close_db(s);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    str_finish(&s->path);
    str_finish(&s->lock_path);
    str_finish(&s->note);
    mem_free(s->origin);
    mem_free(s->org);
    mem_free(s);
}

const char *snapshot_note(const struct snapshot *s)
{
    return str_text(&s->note);
}

bool snapshot_writer(struct snapshot *s)
{
    if (!s->db)
        return false;
    if (s->lock_fd >= 0)
        return true;
    int fd = open(str_text(&s->lock_path), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
        close(fd);
        return false;
    }
    s->lock_fd = fd;
    return true;
}

enum status snapshot_check(struct snapshot *s, struct error *err)
{
    return s->db ? db_check(s->db, err) : error_set(err, ST_IO, "there is no snapshot file");
}

enum status snapshot_set_aside(struct snapshot *s, struct error *err)
{
    close_db(s);
    enum status st = db_set_aside(str_text(&s->path), "corrupt", lost, s->clock, &s->note, err);
    return st == ST_OK ? open_db(s, err) : st;
}

static enum status no_file(struct error *err)
{
    return error_set(err, ST_IO, "there is no snapshot file");
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static uint64_t manifest_hash(const struct snapshot_list *list, const void *blocks, size_t bytes)
{
    uint64_t h = stable_hash(HASH_START, &list->complete_wall_ms, sizeof list->complete_wall_ms);
    h = stable_hash(h, &list->accounts, sizeof list->accounts);
    return stable_hash(h, blocks, bytes);
}

static enum status take_manifest(struct snapshot *s, struct snapshot_list *out, struct error *err)
{
    sqlite3_stmt *st = s->st[MANIFEST];
    int rc = sqlite3_step(st);
    enum status status = ST_OK;
    if (rc == SQLITE_ROW) {
        size_t bytes = (size_t)sqlite3_column_bytes(st, 3);
        const char *blob = sqlite3_column_blob(st, 3);
        *out = (struct snapshot_list){.complete_wall_ms = sqlite3_column_int64(st, 0),
                                      .walked = sqlite3_column_int(st, 1) != 0,
                                      .accounts = (uint32_t)sqlite3_column_int64(st, 2)};
        size_t rest = bytes >= sizeof(uint64_t) ? bytes - sizeof(uint64_t) : 0;
        uint64_t sum = 0, want = manifest_hash(out, blob, rest);
        if (bytes >= sizeof sum)
            memcpy(&sum, blob + rest, sizeof sum);
        if (rest % sizeof *s->blocks || sum != want) {
            sqlite3_reset(st);
            return error_set(err, ST_PARSE, "the snapshot's manifest is corrupt");
        }
        mem_free(s->blocks);
        s->blocks = mem_dup(blob, rest);
        s->block_count = rest / sizeof *s->blocks;
        s->block_at = 0;
    } else if (rc == SQLITE_DONE) {
        status = error_set(err, ST_NOT_FOUND, "there is no snapshot yet");
    } else {
        status = db_error(s->db, rc, err);
    }
    sqlite3_reset(st);
    return status;
}

enum status snapshot_read_begin(struct snapshot *s, struct snapshot_list *out, struct error *err)
{
    if (!s->db)
        return no_file(err);
    snapshot_read_end(s);
    enum status st = db_exec(s->db, "BEGIN", err);
    if (st != ST_OK)
        return st;
    s->reading = true;
    st = take_manifest(s, out, err);
    if (st != ST_OK && st != ST_NOT_FOUND)
        snapshot_read_end(s);
    return st;
}

enum status snapshot_read_block(struct snapshot *s, struct snapshot_block *out, struct span *packed,
                                int64_t *wall_offset, struct error *err)
{
    sqlite3_stmt *st = s->st[BLOCK];
    if (!s->reading || s->block_at == s->block_count)
        return ST_NOT_FOUND;
    *out = s->blocks[s->block_at++];
    sqlite3_reset(st);
    sqlite3_bind_int64(st, 1, out->number);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_DONE)
        return error_set(err, ST_IO, "a block of the snapshot is missing");
    if (rc != SQLITE_ROW)
        return db_error(s->db, rc, err);
    *wall_offset = sqlite3_column_int64(st, 0);
    *packed = (struct span){sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1)};
    return ST_OK;
}

enum status snapshot_overlay(struct snapshot *s, snapshot_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = s->st[OVERLAY];
    int rc;
    if (!s->db)
        return no_file(err);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct span raw = {sqlite3_column_blob(st, 1), (size_t)sqlite3_column_bytes(st, 1)};
        fn(ctx, span_of(db_text(st, 0)), raw.p ? raw : span_of(""), sqlite3_column_int64(st, 2));
    }
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(s->db, rc, err);
    sqlite3_reset(st);
    return status;
}

void snapshot_read_end(struct snapshot *s)
{
    if (!s->reading)
        return;
    s->reading = false;
    sqlite3_reset(s->st[BLOCK]);
    db_exec(s->db, "ROLLBACK", NULL);
    db_rest(s->db);
}

/* ---- writing ------------------------------------------------------------------------------------
 */

enum status snapshot_write_begin(struct snapshot *s, struct error *err)
{
    return s->db ? db_exec(s->db, "BEGIN IMMEDIATE", err) : no_file(err);
}

/* A full disk may have rolled it back already. */
static void take_back(struct snapshot *s)
{
    if (!sqlite3_get_autocommit(s->db))
        db_exec(s->db, "ROLLBACK", NULL);
}

enum status snapshot_write_block(struct snapshot *s, struct span packed, int64_t wall_offset,
                                 int64_t *number, struct error *err)
{
    sqlite3_bind_int64(s->st[BLOCK_ADD], 1, wall_offset);
    sqlite3_bind_blob64(s->st[BLOCK_ADD], 2, packed.p, packed.len, SQLITE_STATIC);
    enum status st = run(s, BLOCK_ADD, err);
    if (st == ST_OK)
        *number = sqlite3_last_insert_rowid(s->db);
    else
        take_back(s);
    return st;
}

enum status snapshot_write_end(struct snapshot *s, struct error *err)
{
    enum status st = db_exec(s->db, "COMMIT", err);
    if (st != ST_OK)
        take_back(s);
    return st;
}

static int by_number(const void *a, const void *b)
{
    const struct snapshot_block *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static enum status put_manifest(struct snapshot *s, const struct snapshot_list *list,
                                struct error *err)
{
    sqlite3_stmt *st = s->st[MANIFEST_SET];
    sqlite3_bind_int64(st, 1, list->complete_wall_ms);
    sqlite3_bind_int(st, 2, list->walked);
    sqlite3_bind_int64(st, 3, list->accounts);
    size_t bytes = s->block_count * sizeof *s->blocks;
    uint64_t sum = manifest_hash(list, s->blocks, bytes);
    struct str blob = STR_INIT;
    str_append(&blob, (const char *)s->blocks, bytes);
    str_append(&blob, (const char *)&sum, sizeof sum);
    sqlite3_bind_blob64(st, 4, blob.data, blob.len, SQLITE_STATIC);
    enum status status = run(s, MANIFEST_SET, err);
    str_finish(&blob);
    return status;
}

enum status snapshot_flip(struct snapshot *s, const struct snapshot_list *list,
                          const struct snapshot_block *blocks, size_t count,
                          int64_t settled_wall_ms, struct error *err)
{
    enum status st = snapshot_write_begin(s, err);
    if (st != ST_OK)
        return st;
    mem_free(s->blocks);
    s->blocks = mem_dup(blocks, count * sizeof *blocks);
    s->block_count = s->block_at = count;
    qsort(s->blocks, count, sizeof *s->blocks, by_number);
    st = put_manifest(s, list, err);
    sqlite3_bind_int64(s->st[OVERLAY_SETTLE], 1, settled_wall_ms);
    if (st == ST_OK)
        st = run(s, OVERLAY_SETTLE, err);
    int64_t last = 0;
    if (st == ST_OK)
        st = number_of(s, BLOCK_LAST, &last, err);
    if (st == ST_OK)
        st = snapshot_write_end(s, err);
    else
        take_back(s);
    if (st == ST_OK) {
        s->clean_from = 0;
        s->clean_to = last;
    }
    return st;
}

/* The next numbers in the range; how many. */
static size_t numbers_to_clean(struct snapshot *s, int64_t out[CLEAN_AT_ONCE])
{
    sqlite3_stmt *st = s->st[BLOCK_NUMBERS];
    size_t n = 0;
    sqlite3_bind_int64(st, 1, s->clean_from);
    sqlite3_bind_int64(st, 2, s->clean_to);
    sqlite3_bind_int(st, 3, CLEAN_AT_ONCE);
    while (n < CLEAN_AT_ONCE && sqlite3_step(st) == SQLITE_ROW)
        out[n++] = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return n;
}

enum status snapshot_clean(struct snapshot *s, bool *more, struct error *err)
{
    int64_t numbers[CLEAN_AT_ONCE];
    *more = false;
    if (!s->db || s->clean_from >= s->clean_to)
        return ST_OK;
    enum status st = snapshot_write_begin(s, err);
    if (st != ST_OK)
        return st;
    size_t n = numbers_to_clean(s, numbers);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        struct snapshot_block key = {.number = numbers[i]};
        if (bsearch(&key, s->blocks, s->block_count, sizeof key, by_number))
            continue;
        sqlite3_bind_int64(s->st[BLOCK_REMOVE], 1, numbers[i]);
        st = run(s, BLOCK_REMOVE, err);
    }
    if (st == ST_OK)
        st = snapshot_write_end(s, err);
    else
        take_back(s);
    if (st != ST_OK)
        return st;
    s->clean_from = n ? numbers[n - 1] : s->clean_to;
    *more = n == CLEAN_AT_ONCE;
    if (!*more)
        db_rest(s->db);
    return ST_OK;
}

enum status snapshot_save(struct snapshot *s, struct span id, struct span raw,
                          int64_t as_of_wall_ms, struct error *err)
{
    if (!s->db)
        return no_file(err);
    sqlite3_stmt *st = s->st[OVERLAY_SET];
    sqlite3_bind_text(st, 1, id.p, (int)id.len, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, as_of_wall_ms);
    if (raw.len)
        sqlite3_bind_blob64(st, 3, raw.p, raw.len, SQLITE_STATIC);
    return run(s, OVERLAY_SET, err);
}
