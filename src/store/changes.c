/* changes.c: see changes.h. */
#include "store/changes.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/db.h"

#include <string.h>

#define APPLICATION_ID 0x70646b43 /* "pdkC" */
#define EXPIRE_AT_ONCE 300
#define CHECK_MAX      (4 << 20) /* bytes: a larger file would hold up the start */

static const char *const schema[] = {
    "CREATE TABLE scope(number INTEGER PRIMARY KEY, origin TEXT NOT NULL, org TEXT NOT NULL,"
    " UNIQUE(origin, org));"
    "CREATE TABLE change(number INTEGER PRIMARY KEY, scope INTEGER NOT NULL,"
    " seen_wall_ms INTEGER NOT NULL, since_wall_ms INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " account TEXT NOT NULL, name TEXT NOT NULL, field TEXT, before TEXT, after TEXT);"
    "CREATE INDEX change_seen ON change(scope, seen_wall_ms);"
    "CREATE INDEX change_account ON change(scope, account, seen_wall_ms)",
    /* By falling number without a sort of all: a page of the list costs what is on it. */
    "CREATE INDEX change_scope ON change(scope)",
};

enum statement { SCOPE, SCOPE_ADD, ADD, ALL, SINCE, ONE, EXPIRE, STATEMENTS };

#define COLUMNS "number, seen_wall_ms, since_wall_ms, kind, account, name, field, before, after"

static const char *const statement_sql[STATEMENTS] = {
    [SCOPE] = "SELECT number FROM scope WHERE origin=?1 AND org=?2",
    [SCOPE_ADD] = "INSERT OR IGNORE INTO scope(origin, org) VALUES(?1, ?2)",
    [ADD] = "INSERT INTO change(scope, seen_wall_ms, since_wall_ms, kind, account, name, field,"
            " before, after) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    [ALL] = "SELECT " COLUMNS " FROM change INDEXED BY change_scope WHERE scope=?1 AND number<?4"
            " AND number>?6 ORDER BY number DESC LIMIT ?3",
    [SINCE] =
        "SELECT " COLUMNS
        " FROM change INDEXED BY change_seen WHERE scope=?1 AND seen_wall_ms>=?2 AND number<?4"
        " AND number>?6 ORDER BY number DESC LIMIT ?3",
    [ONE] =
        "SELECT " COLUMNS
        " FROM change INDEXED BY change_account WHERE scope=?1 AND seen_wall_ms>=?2 AND number<?4"
        " AND number>?6 AND account=?5 ORDER BY number DESC LIMIT ?3",
    [EXPIRE] = "DELETE FROM change WHERE number IN (SELECT number FROM change WHERE scope=?1 AND"
               " seen_wall_ms<?2 LIMIT ?3)",
};

struct changes {
    sqlite3 *db;
    struct clock clock;
    struct str note;
    int64_t scope;
    sqlite3_stmt *st[STATEMENTS];
};

const char *change_kind_name(enum change_kind kind)
{
    static const char *const names[] = {
        [CHANGE_NEW] = "new", [CHANGE_FIELD] = "changed", [CHANGE_GONE] = "gone"};
    return kind >= CHANGE_NEW && kind <= CHANGE_GONE ? names[kind] : "?";
}

/* Runs a statement without rows and lets go of what it borrowed. */
static enum status run(struct changes *c, enum statement which, struct error *err)
{
    sqlite3_stmt *st = c->st[which];
    int rc = sqlite3_step(st);
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(c->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

static enum status find_scope(struct changes *c, const char *origin, const char *org,
                              struct error *err)
{
    for (int tries = 0; tries < 2; tries++) {
        db_bind_text(c->st[SCOPE], 1, origin);
        db_bind_text(c->st[SCOPE], 2, org);
        int rc = sqlite3_step(c->st[SCOPE]);
        if (rc == SQLITE_ROW)
            c->scope = sqlite3_column_int64(c->st[SCOPE], 0);
        sqlite3_reset(c->st[SCOPE]);
        if (rc != SQLITE_DONE)
            return rc == SQLITE_ROW ? ST_OK : db_error(c->db, rc, err);
        db_bind_text(c->st[SCOPE_ADD], 1, origin);
        db_bind_text(c->st[SCOPE_ADD], 2, org);
        enum status st = run(c, SCOPE_ADD, err);
        if (st != ST_OK)
            return st;
    }
    return error_set(err, ST_IO, "the organisation is not found again");
}

enum status changes_open(struct changes **out, const char *path, const char *origin,
                         const char *org, struct clock clock, struct error *err)
{
    struct changes *c = mem_calloc(1, sizeof *c);
    const struct db_spec spec = {.path = path,
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "NORMAL",
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .check_max_bytes = CHECK_MAX,
                                 .lost =
                                     "what was observed before is out of sight; it goes on from "
                                     "the next complete list"};
    *out = NULL;
    c->clock = clock;
    enum status st = db_open(&c->db, &spec, clock, &c->note, err);
    if (st == ST_OK)
        st = db_prepare(c->db, statement_sql, STATEMENTS, c->st, err);
    if (st == ST_OK)
        st = find_scope(c, origin, org, err);
    if (st != ST_OK) {
        changes_close(c);
        return st;
    }
    *out = c;
    return ST_OK;
}

void changes_close(struct changes *c)
{
    if (!c)
        return;
    db_finalize(c->st, STATEMENTS);
    db_close(c->db);
    str_finish(&c->note);
    mem_free(c);
}

const char *changes_note(const struct changes *c)
{
    return str_text(&c->note);
}

enum status changes_begin(struct changes *c, struct error *err)
{
    return db_exec(c->db, "BEGIN IMMEDIATE", err);
}

/* A full disk may have rolled it back already. */
static void take_back(struct changes *c)
{
    if (!sqlite3_get_autocommit(c->db))
        db_exec(c->db, "ROLLBACK", NULL);
}

static void bind_span(sqlite3_stmt *st, int at, struct span text)
{
    sqlite3_bind_text(st, at, text.len ? text.p : "", (int)text.len, SQLITE_STATIC);
}

enum status changes_add(struct changes *c, const struct change *change, struct error *err)
{
    sqlite3_stmt *st = c->st[ADD];
    sqlite3_bind_int64(st, 1, c->scope);
    sqlite3_bind_int64(st, 2, change->seen_wall_ms);
    sqlite3_bind_int64(st, 3, change->since_wall_ms);
    sqlite3_bind_int(st, 4, (int)change->kind);
    bind_span(st, 5, change->account);
    bind_span(st, 6, change->name);
    if (change->kind == CHANGE_FIELD)
        db_bind_text(st, 7, field_info(change->field)->path);
    if (change->before.len)
        bind_span(st, 8, change->before);
    if (change->after.len)
        bind_span(st, 9, change->after);
    enum status status = run(c, ADD, err);
    if (status != ST_OK)
        take_back(c);
    return status;
}

enum status changes_end(struct changes *c, struct error *err)
{
    enum status st = db_exec(c->db, "COMMIT", err);
    if (st != ST_OK)
        take_back(c);
    return st;
}

enum status changes_expire(struct changes *c, bool *more, struct error *err)
{
    sqlite3_bind_int64(c->st[EXPIRE], 1, c->scope);
    sqlite3_bind_int64(c->st[EXPIRE], 2, clock_wall(&c->clock) - CHANGES_KEPT_MS);
    sqlite3_bind_int(c->st[EXPIRE], 3, EXPIRE_AT_ONCE);
    enum status st = run(c, EXPIRE, err);
    *more = st == ST_OK && sqlite3_changes(c->db) == EXPIRE_AT_ONCE;
    return st;
}

int64_t changes_stamp(struct changes *c)
{
    return db_stamp(c->db);
}

static struct span span_at(sqlite3_stmt *st, int column)
{
    return (struct span){db_text(st, column), (size_t)sqlite3_column_bytes(st, column)};
}

enum status changes_list(struct changes *c, const struct changes_query *query, changes_fn *fn,
                         void *ctx, struct error *err)
{
    bool all = query->since_wall_ms == WHEN_NONE;
    sqlite3_stmt *st = c->st[query->account.len ? ONE : all ? ALL : SINCE];
    int rc;
    sqlite3_bind_int64(st, 1, c->scope);
    if (st != c->st[ALL])
        sqlite3_bind_int64(st, 2, query->since_wall_ms);
    sqlite3_bind_int64(st, 3, query->limit > INT64_MAX ? INT64_MAX : (int64_t)query->limit);
    sqlite3_bind_int64(st, 4, query->below ? query->below : INT64_MAX);
    sqlite3_bind_int64(st, 6, query->above);
    if (query->account.len)
        bind_span(st, 5, query->account);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct change change = {.number = sqlite3_column_int64(st, 0),
                                .seen_wall_ms = sqlite3_column_int64(st, 1),
                                .since_wall_ms = sqlite3_column_int64(st, 2),
                                .kind = (enum change_kind)sqlite3_column_int(st, 3),
                                .account = span_at(st, 4),
                                .name = span_at(st, 5),
                                .field = FIELD_NONE,
                                .before = span_at(st, 7),
                                .after = span_at(st, 8)};
        if (change.kind == CHANGE_FIELD)
            change.field = field_find(span_at(st, 6));
        /* A field that the table no longer knows is left out. */
        if (change.kind != CHANGE_FIELD || change.field != FIELD_NONE)
            fn(ctx, &change);
    }
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(c->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}
