/* series.c: see series.h. Opening, the numbers of accounts, reading. */
#include "store/series_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID  0x70646b48 /* "pdkH" */
#define CHECK_MAX_BYTES (2 << 20)  /* a larger one would hold up a turn; reading checks, too */
#define CLOSE_MS        1000
#define BEGIN_WAIT_MS   500

static const char *const schema[] = {
    "CREATE TABLE scope (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, org TEXT NOT NULL,"
    " UNIQUE(origin, org));"
    "CREATE TABLE account (scope INTEGER NOT NULL, num INTEGER NOT NULL, id TEXT NOT NULL,"
    " first_ms INTEGER NOT NULL, PRIMARY KEY(scope, num)) WITHOUT ROWID;"
    "CREATE TABLE sample (scope INTEGER NOT NULL, step INTEGER NOT NULL, block INTEGER NOT NULL,"
    " t INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(scope, step, block, t)) WITHOUT ROWID;"
    "CREATE TABLE summed (scope INTEGER NOT NULL, block INTEGER NOT NULL, hour INTEGER NOT NULL,"
    " day INTEGER NOT NULL, PRIMARY KEY(scope, block)) WITHOUT ROWID;"
    "CREATE TABLE level (scope INTEGER NOT NULL, block INTEGER NOT NULL, t INTEGER NOT NULL,"
    " data BLOB NOT NULL, PRIMARY KEY(scope, block)) WITHOUT ROWID;",
    "CREATE TABLE change (scope INTEGER NOT NULL, t INTEGER NOT NULL, account TEXT NOT NULL,"
    " name TEXT NOT NULL, was TEXT NOT NULL, now TEXT NOT NULL, reason TEXT NOT NULL);"
    "CREATE INDEX change_time ON change(scope, t);",
};

static const char *const sql[SQL_COUNT] = {
    [SQL_ACCOUNT] = "INSERT INTO account(scope, num, id, first_ms) VALUES(?1,?2,?3,?4)",
    [SQL_SAMPLE] = "INSERT OR REPLACE INTO sample(scope, step, block, t, data)"
                   " VALUES(?1,?2,?3,?4,?5)",
    [SQL_READ] = "SELECT t, data FROM sample WHERE scope=?1 AND step=?2 AND block=?3"
                 " AND t>=?4 AND t<=?5 ORDER BY t",
    [SQL_FIRST] = "SELECT min(t) FROM sample WHERE scope=?1 AND step=?2 AND block=?3 AND t>=?4",
    [SQL_SUMMED] = "INSERT OR REPLACE INTO summed(scope, block, hour, day) VALUES(?1,?2,?3,?4)",
    [SQL_LEVEL] = "INSERT OR REPLACE INTO level(scope, block, t, data) VALUES(?1,?2,?3,?4)",
    [SQL_LEVELS] = "SELECT t, data FROM level WHERE scope=?1 AND block=?2",
    [SQL_PRUNE] = "DELETE FROM sample WHERE scope=?1 AND step=?2 AND block=?3 AND t<?4 AND t<="
                  "(SELECT max(t) FROM (SELECT t FROM sample WHERE scope=?1 AND step=?2"
                  " AND block=?3 ORDER BY t LIMIT 64))",
    [SQL_NEWEST] = "SELECT max(t) FROM sample WHERE scope=?1 AND step=0 AND block=?2",
    [SQL_AHEAD] = "DELETE FROM sample WHERE scope=?1 AND t>?2",
    [SQL_CHANGE] = "INSERT INTO change(scope, t, account, name, was, now, reason)"
                   " VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [SQL_CHANGES] = "SELECT t, account, name, was, now, reason FROM change WHERE scope=?1 AND t>=?2"
                    " ORDER BY t, rowid",
    [SQL_PRUNE_CHANGES] = "DELETE FROM change WHERE scope=?1 AND t<?2",
    [SQL_LEVELS_AHEAD] = "UPDATE level SET t=?2 WHERE scope=?1 AND t>?2",
};

int64_t series_keep_ms(enum series_step step)
{
    static const int64_t days[SERIES_STEPS] = {2, 90, 400};
    return days[step] * 86400000;
}

int64_t series_step_ms(enum series_step step)
{
    static const int64_t ms[SERIES_STEPS] = {0, 3600000, 86400000};
    return ms[step];
}

/* ---- opening ------------------------------------------------------------------------------- */

static int open_lock(const char *path)
{
    struct str name = STR_INIT;
    str_printf(&name, "%s.lock", path);
    int fd = open(str_text(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    str_finish(&name);
    return fd;
}

enum status series_open(struct series **out, const char *path, struct clock clock,
                        struct str *aside, struct error *err)
{
    *out = NULL;
    struct series *s = mem_calloc(1, sizeof *s);
    s->clock = clock;
    s->lock_fd = -1;
    s->newest_ms = s->prune_ms = WHEN_NONE;
    numbered_init(&s->accounts);
    const struct db_spec spec = {.path = path,
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "NORMAL",
                                 .check_max_bytes = CHECK_MAX_BYTES,
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .lost = "what was used before is out of sight: forecasts rest on "
                                         "what is sampled from now on"};
    enum status st = db_open(&s->db, &spec, clock, aside, err);
    if (st == ST_OK)
        st = db_prepare(s->db, sql, SQL_COUNT, s->st, err);
    if (st != ST_OK) {
        series_close(s);
        return st;
    }
    /* Never in the middle of a turn: series_idle does it. */
    sqlite3_wal_autocheckpoint(s->db, 0);
    /* What is written is rarely read again: 512 KiB of it in memory are enough. */
    (void)db_exec(s->db, "PRAGMA cache_size=-512", NULL);
    s->lock_fd = open_lock(path);
    *out = s;
    return ST_OK;
}

void series_close(struct series *s)
{
    if (!s)
        return;
    struct error err;
    bool more = s->begun;
    int64_t until = clock_mono(&s->clock) + CLOSE_MS;
    while (more && (s->job_first < s->job_count || s->noted_count) && clock_mono(&s->clock) < until)
        if (series_work(s, &more, &err))
            break;
    db_finalize(s->st, SQL_COUNT);
    db_close(s->db);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    for (size_t i = s->job_first; i < s->job_count; i++)
        mem_free(s->jobs[i].data);
    mem_free(s->jobs);
    series_drop_noted(s, s->noted_count);
    mem_free(s->noted);
    mem_free(s->blocks);
    mem_free(s->first_ms);
    numbered_finish(&s->accounts);
    mem_free(s);
}

enum status series_run(struct series *s, sqlite3_stmt *st, struct error *err)
{
    int rc = sqlite3_step(st);
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(s->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

struct series_block *series_block(struct series *s, uint32_t block)
{
    while (s->block_count <= block) {
        VEC_ROOM(s->blocks, s->block_count, s->block_room);
        s->blocks[s->block_count++] = (struct series_block){{0}, WHEN_NONE, false};
    }
    return &s->blocks[block];
}

static void add_account(struct series *s, struct span id, int64_t first_ms)
{
    uint32_t num = numbered_take(&s->accounts, id);
    VEC_ROOM(s->first_ms, num, s->first_room);
    s->first_ms[num] = first_ms;
    series_block(s, num / SERIES_BLOCK);
}

static enum status query(struct series *s, const char *text, const char *a, const char *b,
                         sqlite3_stmt **out, struct error *err)
{
    int rc = sqlite3_prepare_v2(s->db, text, -1, out, NULL);
    if (rc != SQLITE_OK)
        return db_error(s->db, rc, err);
    if (a)
        db_bind_text(*out, 1, a);
    else
        sqlite3_bind_int64(*out, 1, s->scope);
    if (b)
        db_bind_text(*out, 2, b);
    return ST_OK;
}

static enum status find_scope(struct series *s, const char *origin, const char *org,
                              struct error *err)
{
    sqlite3_stmt *st = NULL;
    enum status status =
        query(s, "SELECT id FROM scope WHERE origin=?1 AND org=?2", origin, org, &st, err);
    s->scope = status == ST_OK && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    if (status != ST_OK || s->scope)
        return status;
    status = query(s, "INSERT INTO scope(origin, org) VALUES(?1,?2)", origin, org, &st, err);
    if (status == ST_OK)
        status = series_run(s, st, err);
    sqlite3_finalize(st);
    s->scope = sqlite3_last_insert_rowid(s->db);
    return status;
}

static enum status end_of_rows(struct series *s, int rc, sqlite3_stmt *st, struct error *err)
{
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? ST_OK : db_error(s->db, rc, err);
}

/* The numbers from ours on, at most so many; what another process may have added is among them. */
static enum status load_accounts(struct series *s, size_t budget, bool *more, struct error *err)
{
    sqlite3_stmt *st = NULL;
    int rc;
    size_t before = s->accounts.count, rows = 0;
    enum status status = query(s,
                               "SELECT id, first_ms FROM account WHERE scope=?1 AND num>=?2"
                               " ORDER BY num LIMIT ?3",
                               NULL, NULL, &st, err);
    if (status != ST_OK)
        return status;
    sqlite3_bind_int64(st, 2, (int64_t)before);
    sqlite3_bind_int64(st, 3, budget < INT64_MAX ? (int64_t)budget : INT64_MAX);
    for (; (rc = sqlite3_step(st)) == SQLITE_ROW; rows++)
        add_account(s, span_of(db_text(st, 0)), sqlite3_column_int64(st, 1));
    s->accounts_kept = s->accounts.count;
    *more = rows == budget;
    status = end_of_rows(s, rc, st, err);
    if (status == ST_OK && before + rows != s->accounts.count) /* all behind it would be others' */
        status = error_set(err, ST_IO, "an account stands in the history twice");
    return status;
}

static enum status load_summed(struct series *s, struct error *err)
{
    sqlite3_stmt *st = NULL;
    int rc;
    enum status status =
        query(s, "SELECT block, hour, day FROM summed WHERE scope=?1", NULL, NULL, &st, err);
    if (status != ST_OK)
        return status;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct series_block *b = series_block(s, (uint32_t)sqlite3_column_int64(st, 0));
        b->summed[SERIES_HOUR] = sqlite3_column_int64(st, 1);
        b->summed[SERIES_DAY] = sqlite3_column_int64(st, 2);
    }
    return end_of_rows(s, rc, st, err);
}

static void load_newest(struct series *s)
{
    s->newest_ms = WHEN_NONE;
    for (uint32_t b = 0; b < s->block_count; b++) {
        sqlite3_stmt *st = s->st[SQL_NEWEST];
        s->blocks[b].newest_ms = WHEN_NONE;
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, b);
        if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
            s->blocks[b].newest_ms = sqlite3_column_int64(st, 0);
        if (s->blocks[b].newest_ms > s->newest_ms)
            s->newest_ms = s->blocks[b].newest_ms;
        sqlite3_reset(st);
    }
}

static enum status load_some(struct series *s, size_t budget, bool *more, struct error *err)
{
    enum status st = load_accounts(s, budget, more, err);
    if (st != ST_OK || *more)
        return st;
    st = load_summed(s, err);
    if (st == ST_OK)
        load_newest(s);
    return st;
}

/* All of it: another process has written. */
static enum status load_anew(struct series *s, struct error *err)
{
    bool more;
    numbered_clear(&s->accounts);
    return load_some(s, SIZE_MAX, &more, err);
}

static bool take_lock(struct series *s)
{
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)s->scope, .l_len = 1};
    return s->lock_fd < 0 || fcntl(s->lock_fd, F_OFD_SETLK, &range) == 0;
}

enum status series_begin_slow(struct series *s, const char *origin, const char *org,
                              struct error *err)
{
    sqlite3_busy_timeout(s->db, BEGIN_WAIT_MS);
    enum status st = find_scope(s, origin, org, err);
    sqlite3_busy_timeout(s->db, 0);
    if (st == ST_OK)
        s->writes = take_lock(s);
    return st;
}

enum status series_begin_some(struct series *s, size_t budget, bool *more, struct error *err)
{
    enum status st = load_some(s, budget, more, err);
    *more = *more && st == ST_OK;
    s->begun = st == ST_OK && !*more;
    return st;
}

enum status series_begin(struct series *s, const char *origin, const char *org, struct error *err)
{
    bool more;
    enum status st = series_begin_slow(s, origin, org, err);
    return st == ST_OK ? series_begin_some(s, SIZE_MAX, &more, err) : st;
}

bool series_writes(struct series *s)
{
    struct error err;
    if (s->begun && !s->writes && take_lock(s))
        s->writes = load_anew(s, &err) == ST_OK;
    return s->writes;
}

/* ---- accounts ------------------------------------------------------------------------------ */

uint32_t series_account(struct series *s, struct span id)
{
    uint32_t num = numbered_find(&s->accounts, id);
    if (num != NUMBERED_NONE || !s->writes) /* the one that writes gives the numbers */
        return num;
    add_account(s, id, clock_wall(&s->clock));
    return (uint32_t)s->accounts.count - 1;
}

uint32_t series_find(const struct series *s, struct span id)
{
    return numbered_find(&s->accounts, id);
}

struct span series_id(const struct series *s, uint32_t account)
{
    return numbered_text(&s->accounts, account);
}

int64_t series_first_seen(const struct series *s, uint32_t account)
{
    return account < s->accounts.count ? s->first_ms[account] : WHEN_NONE;
}

uint32_t series_accounts(const struct series *s)
{
    return (uint32_t)s->accounts.count;
}

uint32_t series_blocks(const struct series *s)
{
    return (uint32_t)s->block_count;
}

/* ---- reading ------------------------------------------------------------------------------- */

struct one_account {
    uint32_t account;
    series_fn *fn;
    void *ctx;
};

static void pass_one(void *ctx, int64_t t_ms, const struct series_entry *e)
{
    const struct one_account *one = ctx;
    if (e->account == one->account)
        one->fn(one->ctx, t_ms, e);
}

static struct span blob_of(sqlite3_stmt *st, int column)
{
    const void *p = sqlite3_column_blob(st, column);
    return (struct span){p ? p : "", (size_t)sqlite3_column_bytes(st, column)};
}

enum status series_read(struct series *s, enum series_step step, uint32_t block, uint32_t account,
                        int64_t from_ms, int64_t to_ms, series_fn *fn, void *ctx, struct error *err)
{
    struct one_account one = {account, fn, ctx};
    sqlite3_stmt *st = s->st[SQL_READ];
    enum status status = ST_OK;
    int rc;
    sqlite3_bind_int64(st, 1, s->scope);
    sqlite3_bind_int64(st, 2, step);
    sqlite3_bind_int64(st, 3, block);
    sqlite3_bind_int64(st, 4, from_ms);
    sqlite3_bind_int64(st, 5, to_ms);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW && status == ST_OK) {
        bool good =
            account == SERIES_NONE
                ? series_blob_read(blob_of(st, 1), block, sqlite3_column_int64(st, 0), fn, ctx)
                : series_blob_read(blob_of(st, 1), block, sqlite3_column_int64(st, 0), pass_one,
                                   &one);
        if (!good)
            status = error_set(err, ST_IO, "a sample of the history cannot be read");
    }
    if (status == ST_OK && rc != SQLITE_DONE)
        status = db_error(s->db, rc, err);
    sqlite3_reset(st);
    return status;
}

enum status series_levels(struct series *s, uint32_t block, int64_t *t_ms, series_fn *fn, void *ctx,
                          struct error *err)
{
    sqlite3_stmt *st = s->st[SQL_LEVELS];
    enum status status = ST_OK;
    *t_ms = WHEN_NONE;
    sqlite3_bind_int64(st, 1, s->scope);
    sqlite3_bind_int64(st, 2, block);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        *t_ms = sqlite3_column_int64(st, 0);
        if (!series_blob_read(blob_of(st, 1), block, *t_ms, fn, ctx))
            status = error_set(err, ST_IO, "the counters in the history cannot be read");
    } else if (rc != SQLITE_DONE) {
        status = db_error(s->db, rc, err);
    }
    sqlite3_reset(st);
    return status;
}

int64_t series_newest(struct series *s)
{
    return s->newest_ms;
}

void series_idle(struct series *s)
{
    db_checkpoint(s->db);
    db_rest(s->db);
}
