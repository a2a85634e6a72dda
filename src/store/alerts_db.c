/* alerts_db.c: see alerts_db.h. */
#include "store/alerts_db.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/db.h"

#include <fcntl.h>
#include <unistd.h>

#define APPLICATION_ID 0x70646b41 /* "pdkA" */

static const char *const schema[] = {
    "CREATE TABLE alert (origin TEXT NOT NULL, org TEXT NOT NULL, rule TEXT NOT NULL,"
    " account TEXT NOT NULL, since_ms INTEGER NOT NULL, told_ms INTEGER,"
    " acknowledged INTEGER NOT NULL, muted INTEGER NOT NULL,"
    " PRIMARY KEY(origin, org, rule, account)) WITHOUT ROWID",
    "ALTER TABLE alert ADD COLUMN due INTEGER NOT NULL DEFAULT 0",
    ("ALTER TABLE alert ADD COLUMN acknowledged_ms INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE alert ADD COLUMN muted_ms INTEGER NOT NULL DEFAULT 0"),
};

#define INSERT                                                                                     \
    "INSERT INTO alert(origin, org, rule, account, since_ms, told_ms, acknowledged, muted, due,"   \
    " acknowledged_ms, muted_ms) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"
#define NEWEST                                                                                     \
    " acknowledged=CASE WHEN ?10>=acknowledged_ms THEN ?7 ELSE acknowledged END,"                  \
    " muted=CASE WHEN ?11>=muted_ms THEN ?8 ELSE muted END,"                                       \
    " acknowledged_ms=max(acknowledged_ms, ?10), muted_ms=max(muted_ms, ?11)"

enum statement { SAVE, DECIDE, LOAD, DROP, VERSION, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [SAVE] = INSERT " ON CONFLICT DO UPDATE SET since_ms=?5, told_ms=?6, due=?9," NEWEST,
    [DECIDE] = INSERT " ON CONFLICT DO UPDATE SET" NEWEST,
    [LOAD] = "SELECT rule, account, since_ms, told_ms, acknowledged, muted, due, acknowledged_ms,"
             " muted_ms FROM alert WHERE origin=?1 AND org=?2",
    [DROP] = "DELETE FROM alert WHERE origin=?1 AND org=?2 AND rule=?3 AND account=?4"
             " AND (muted=0 OR muted_ms<=?5)",
    [VERSION] = "PRAGMA data_version",
};

struct alerts_db {
    sqlite3 *db;
    struct str note;
    sqlite3_stmt *st[STATEMENTS];
    char *origin, *org; /* owned */
    int lock_fd;        /* -1: there is no lock to be had, and no use for one */
    bool owns;
    int64_t version; /* of the file, as it was last looked at */
};

/* ---- one of several processes -------------------------------------------------------------- */

/* A byte of the lock's file for each server and organisation; two that share one are watched by one
 * process at a time, no more. */
static off_t lock_place(const struct alerts_db *d)
{
    struct str name = STR_INIT;
    str_printf(&name, "%s\n%s", d->origin, d->org);
    uint64_t h = hash_bytes(name.data, name.len);
    str_finish(&name);
    return (off_t)(h & INT32_MAX);
}

bool alerts_db_owns(struct alerts_db *d)
{
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = lock_place(d), .l_len = 1};
    d->owns = d->owns || d->lock_fd < 0 || fcntl(d->lock_fd, F_OFD_SETLK, &range) == 0;
    return d->owns;
}

bool alerts_db_changed(struct alerts_db *d)
{
    sqlite3_stmt *st = d->st[VERSION];
    int64_t version = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : d->version;
    sqlite3_reset(st);
    bool changed = version != d->version;
    d->version = version;
    return changed;
}

/* ---- opening ------------------------------------------------------------------------------- */

enum status alerts_db_open(struct alerts_db **out, const char *path, const char *origin,
                           const char *org, struct clock clock, struct error *err)
{
    struct alerts_db *d = mem_calloc(1, sizeof *d);
    d->origin = mem_strdup(origin);
    d->org = mem_strdup(org);
    d->lock_fd = -1;
    const struct db_spec spec = {.path = path,
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "NORMAL",
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .lost = "what was dismissed or muted is not known any more, and "
                                         "alerts that hold are told again: m mutes, x dismisses"};
    enum status st = db_open(&d->db, &spec, clock, &d->note, err);
    if (st == ST_OK)
        st = db_prepare(d->db, sql, STATEMENTS, d->st, err);
    *out = d;
    if (st != ST_OK) {
        alerts_db_close(d);
        *out = NULL;
        return st;
    }
    struct str lock = STR_INIT;
    str_printf(&lock, "%s.lock", path);
    d->lock_fd = open(str_text(&lock), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    str_finish(&lock);
    (void)alerts_db_changed(d);
    return ST_OK;
}

void alerts_db_close(struct alerts_db *d)
{
    if (!d)
        return;
    db_finalize(d->st, STATEMENTS);
    db_close(d->db);
    if (d->lock_fd >= 0)
        close(d->lock_fd);
    mem_free(d->origin);
    mem_free(d->org);
    str_finish(&d->note);
    mem_free(d);
}

const char *alerts_db_note(const struct alerts_db *d)
{
    return str_text(&d->note);
}

/* ---- records ------------------------------------------------------------------------------- */

static sqlite3_stmt *bind(struct alerts_db *d, enum statement which)
{
    db_bind_text(d->st[which], 1, d->origin);
    db_bind_text(d->st[which], 2, d->org);
    return d->st[which];
}

static enum status run(struct alerts_db *d, sqlite3_stmt *st, struct error *err)
{
    int rc = sqlite3_step(st);
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(d->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

enum status alerts_db_load(struct alerts_db *d, alerts_db_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = bind(d, LOAD);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const struct alert_record r = {.rule = db_text(st, 0),
                                       .account = db_text(st, 1),
                                       .since_ms = sqlite3_column_int64(st, 2),
                                       .told_ms = sqlite3_column_type(st, 3) == SQLITE_NULL
                                                      ? WHEN_NONE
                                                      : sqlite3_column_int64(st, 3),
                                       .acknowledged = sqlite3_column_int(st, 4) != 0,
                                       .muted = sqlite3_column_int(st, 5) != 0,
                                       .due = sqlite3_column_int(st, 6),
                                       .acknowledged_ms = sqlite3_column_int64(st, 7),
                                       .muted_ms = sqlite3_column_int64(st, 8)};
        fn(ctx, &r);
    }
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(d->db, rc, err);
    sqlite3_reset(st);
    return status;
}

enum status alerts_db_begin(struct alerts_db *d, struct error *err)
{
    return db_exec(d->db, "BEGIN IMMEDIATE", err);
}

static enum status save(struct alerts_db *d, enum statement how, const struct alert_record *r,
                        struct error *err)
{
    sqlite3_stmt *st = bind(d, how);
    db_bind_text(st, 3, r->rule);
    db_bind_text(st, 4, r->account);
    sqlite3_bind_int64(st, 5, r->since_ms);
    if (r->told_ms != WHEN_NONE)
        sqlite3_bind_int64(st, 6, r->told_ms);
    sqlite3_bind_int(st, 7, r->acknowledged);
    sqlite3_bind_int(st, 8, r->muted);
    sqlite3_bind_int(st, 9, r->due);
    sqlite3_bind_int64(st, 10, r->acknowledged_ms);
    sqlite3_bind_int64(st, 11, r->muted_ms);
    return run(d, st, err);
}

enum status alerts_db_save(struct alerts_db *d, const struct alert_record *r, struct error *err)
{
    return save(d, SAVE, r, err);
}

enum status alerts_db_decide(struct alerts_db *d, const struct alert_record *r, struct error *err)
{
    return save(d, DECIDE, r, err);
}

enum status alerts_db_drop(struct alerts_db *d, const char *rule, const char *account,
                           int64_t muted_ms, struct error *err)
{
    sqlite3_stmt *st = bind(d, DROP);
    db_bind_text(st, 3, rule);
    db_bind_text(st, 4, account);
    sqlite3_bind_int64(st, 5, muted_ms);
    return run(d, st, err);
}

enum status alerts_db_end(struct alerts_db *d, bool failed, struct error *err)
{
    enum status st = failed ? ST_IO : db_exec(d->db, "COMMIT", err);
    if (st != ST_OK)
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}
