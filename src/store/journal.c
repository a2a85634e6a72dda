/* journal.c: see journal.h.
 *
 * Additions open one transaction; journal_flush commits it. Between the two nothing else of this
 * process runs (they happen in one hook before the sleep), so no reader of ours waits for it. */
#include "store/journal.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/db.h"
#include "store/owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APPLICATION_ID 0x70646b4a /* "pdkJ" */

static const char *const schema[] = {
    "CREATE TABLE entry ("
    " op INTEGER PRIMARY KEY AUTOINCREMENT,"
    " origin TEXT NOT NULL, org TEXT NOT NULL, profile TEXT NOT NULL,"
    " account_id TEXT NOT NULL, account_name TEXT NOT NULL,"
    " kind TEXT NOT NULL, outcome TEXT NOT NULL,"
    " intent_wall_ms INTEGER NOT NULL, outcome_wall_ms INTEGER,"
    " operator TEXT NOT NULL, reason TEXT NOT NULL, plan TEXT NOT NULL, note TEXT NOT NULL,"
    " base TEXT, body TEXT, target TEXT, after TEXT, owner TEXT NOT NULL);"
    "CREATE INDEX entry_unsettled ON entry(outcome)"
    " WHERE outcome IN ('open','unknown','not_seen','conflict');"
    "CREATE INDEX entry_account ON entry(origin, org, account_id)",
    "ALTER TABLE entry ADD COLUMN undoes INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX entry_undoes ON entry(undoes) WHERE undoes > 0",
    "ALTER TABLE entry ADD COLUMN item INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX entry_plan ON entry(plan) WHERE plan <> ''",
    /* By falling op: a page of one organisation's costs what is on it, whatever others wrote. */
    "CREATE INDEX entry_org ON entry(origin, org)",
};

/* The columns that entry_read reads, in its order. */
#define COLUMNS_OF(texts)                                                                          \
    "op, origin, org, profile, account_id, account_name, kind, outcome, intent_wall_ms,"           \
    " outcome_wall_ms, operator, reason, plan, note, " texts ", owner, undoes, item"
#define COLUMNS       COLUMNS_OF("base, body, target, after")
#define COLUMNS_LIGHT COLUMNS_OF("NULL, NULL, NULL, NULL")

static const char *const kind_names[] = {
    [JOURNAL_CREATE] = "create", [JOURNAL_UPDATE] = "update", [JOURNAL_DELETE] = "delete"};

static const char *const outcome_names[] = {
    [JOURNAL_OPEN] = "open",           [JOURNAL_APPLIED] = "applied",
    [JOURNAL_DIFFERENT] = "different", [JOURNAL_NOT_APPLIED] = "not_applied",
    [JOURNAL_UNKNOWN] = "unknown",     [JOURNAL_NOT_SEEN] = "not_seen",
    [JOURNAL_CONFLICT] = "conflict",   [JOURNAL_RELEASED] = "released",
};

enum statement { ADD, SETTLE, GET, ELSEWHERE, STANDS, STATEMENTS };

static const char *const statement_sql[STATEMENTS] = {
    [ADD] =
        "INSERT INTO entry(origin, org, profile, account_id, account_name, kind, outcome,"
        " intent_wall_ms, operator, reason, plan, note, base, body, target, owner, undoes, item)"
        " VALUES(?1,?2,?3,?4,?5,?6,'open',?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
    [SETTLE] = "UPDATE entry SET outcome=?2, outcome_wall_ms=?3, note=?4,"
               " account_id=ifnull(?5, account_id), after=ifnull(?6, after) WHERE op=?1",
    [GET] = "SELECT " COLUMNS " FROM entry WHERE op=?1",
    [ELSEWHERE] = "SELECT op, owner FROM entry"
                  " WHERE outcome IN ('open','unknown','not_seen','conflict')"
                  " AND origin=?1 AND org=?2"
                  " AND (account_id=?3 AND ?3<>''"
                  "  OR ?3='' AND kind='create' AND account_name=?4)"
                  " ORDER BY op DESC",
    /* The newest undo of it, of an undo of it, and so on, and how many steps away that is. */
    [STANDS] = "WITH RECURSIVE u(op, steps, plan) AS (SELECT ?1, 0, '' UNION ALL"
               " SELECT e.op, u.steps + 1, e.plan FROM u JOIN entry e ON e.undoes=u.op"
               " AND e.undoes > 0 AND e.op > u.op AND e.outcome IN ('applied','different'))"
               " SELECT max(op), steps, plan FROM u",
};

struct journal {
    sqlite3 *db;
    struct clock clock;
    struct owner *owner;
    struct str note;
    sqlite3_stmt *st[STATEMENTS];
    bool in_transaction;
    bool soft; /* commits do not wait for the disk, this turn */
};

const char *journal_outcome_name(enum journal_outcome outcome)
{
    return (unsigned)outcome < ARRAY_LEN(outcome_names) ? outcome_names[outcome] : "?";
}

const char *journal_outcome_word(enum journal_outcome outcome)
{
    bool unknown = outcome == JOURNAL_NOT_SEEN || outcome == JOURNAL_CONFLICT;
    return journal_outcome_name(unknown ? JOURNAL_UNKNOWN : outcome);
}

const char *journal_outcome_seen(enum journal_outcome outcome)
{
    return outcome == JOURNAL_NOT_SEEN   ? "as_before"
           : outcome == JOURNAL_CONFLICT ? "something_else"
                                         : NULL;
}

const char *journal_kind_name(enum journal_kind kind)
{
    return (unsigned)kind < ARRAY_LEN(kind_names) ? kind_names[kind] : "?";
}

enum status journal_reason_check(struct span reason, struct error *err)
{
    const size_t most = sizeof((struct journal_entry *)0)->reason - 1;
    if (reason.len <= most)
        return ST_OK;
    return error_set(err, ST_USAGE, "too long for the journal by %zu byte%s", reason.len - most,
                     reason.len - most == 1 ? "" : "s");
}

bool journal_settled(enum journal_outcome outcome)
{
    static const bool settled[] = {[JOURNAL_APPLIED] = true,
                                   [JOURNAL_DIFFERENT] = true,
                                   [JOURNAL_NOT_APPLIED] = true,
                                   [JOURNAL_RELEASED] = true};
    return (unsigned)outcome < ARRAY_LEN(settled) && settled[outcome];
}

/* The index of a name in a table, or `otherwise`. */
static size_t name_find(const char *const *names, size_t count, const char *name, size_t otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return otherwise;
}

enum status journal_open(struct journal **out, const char *path, struct clock clock,
                         struct error *err)
{
    *out = NULL;
    struct journal *j = mem_calloc(1, sizeof *j);
    j->clock = clock;
    const struct db_spec spec = {.path = path,
                                 .check_max_bytes = DB_CHECK_MAX,
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "FULL",
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .lost = "writes in it whose outcome was open are not known any "
                                         "more, and undo begins anew: look at the accounts"};
    enum status st = db_open(&j->db, &spec, clock, &j->note, err);
    if (st == ST_OK)
        st = db_prepare(j->db, statement_sql, STATEMENTS, j->st, err);
    if (st == ST_OK) {
        char *dir = mem_strdup(path);
        *strrchr(dir, '/') = '\0'; /* db_open has checked that there is one */
        st = owner_create(&j->owner, dir, err);
        mem_free(dir);
    }
    if (st != ST_OK) {
        journal_close(j);
        return st;
    }
    owner_sweep(j->owner);
    *out = j;
    return ST_OK;
}

/* SQLite takes no other level inside a transaction. */
static bool set_soft(struct journal *j, bool soft)
{
    const char *sql = soft ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL";
    if (j->soft != soft && !j->in_transaction &&
        sqlite3_exec(j->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        j->soft = soft;
    return j->soft == soft;
}

static void roll_back(struct journal *j)
{
    if (j->in_transaction)
        sqlite3_exec(j->db, "ROLLBACK", NULL, NULL, NULL);
    j->in_transaction = false;
    set_soft(j, false);
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->db)
        roll_back(journal);
    db_finalize(journal->st, STATEMENTS);
    db_close(journal->db);
    owner_destroy(journal->owner);
    str_finish(&journal->note);
    mem_free(journal);
}

const char *journal_note(const struct journal *journal)
{
    return str_text(&journal->note);
}

const char *journal_owner(const struct journal *journal)
{
    return owner_name(journal->owner);
}

bool journal_is_busy(const struct error *err)
{
    return db_is_busy(err);
}

void journal_idle(struct journal *journal)
{
    if (!journal->in_transaction)
        db_checkpoint(journal->db);
}

/* ---- additions ---------------------------------------------------------------------------- */

static enum status begin(struct journal *j, struct error *err)
{
    if (j->in_transaction)
        return ST_OK;
    enum status st = db_exec(j->db, "BEGIN IMMEDIATE", err);
    if (st == ST_OK)
        j->in_transaction = true;
    return st;
}

/* Runs a statement that gives no rows. A failure takes the whole turn back: half of what was to be
 * durable together is nothing anyone may build on. */
static enum status run(struct journal *j, enum statement which, struct error *err)
{
    int rc = sqlite3_step(j->st[which]);
    sqlite3_reset(j->st[which]);
    sqlite3_clear_bindings(j->st[which]);
    if (rc == SQLITE_DONE)
        return ST_OK;
    enum status st = db_error(j->db, rc, err);
    roll_back(j);
    return st;
}

enum status journal_elsewhere(struct journal *journal, const char *origin, const char *org,
                              struct span id, struct span name, int64_t *op, struct error *err)
{
    sqlite3_stmt *st = journal->st[ELSEWHERE];
    int rc = SQLITE_ROW;
    *op = 0;
    db_bind_text(st, 1, origin);
    db_bind_text(st, 2, org);
    sqlite3_bind_text(st, 3, id.len ? id.p : "", (int)id.len, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, name.len ? name.p : "", (int)name.len, SQLITE_STATIC);
    while (*op == 0 && (rc = sqlite3_step(st)) == SQLITE_ROW)
        if (owner_look(journal->owner, db_text(st, 1)) != OWNER_SELF)
            *op = sqlite3_column_int64(st, 0);
    enum status status =
        rc == SQLITE_DONE || rc == SQLITE_ROW ? ST_OK : db_error(journal->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

/* Under the lock of this transaction: nobody adds an intent between this look and ours. */
static enum status check_free(struct journal *j, const struct journal_entry *entry, int64_t *op,
                              struct error *err)
{
    enum status st = journal_elsewhere(j, entry->origin, entry->org, span_of(entry->account_id),
                                       span_of(entry->account_name), op, err);
    if (st != ST_OK) {
        roll_back(j);
        return ST_IO;
    }
    return *op == 0
               ? ST_OK
               : error_set(err, ST_CONFLICT, "write %lld on it is not settled", (long long)*op);
}

enum status journal_intent(struct journal *journal, const struct journal_entry *entry, int64_t *op,
                           struct error *err)
{
    if (!set_soft(journal, false))
        return error_set(err, ST_IO, "the turn was said to hold no intents");
    if (begin(journal, err))
        return ST_IO;
    enum status status = check_free(journal, entry, op, err);
    if (status != ST_OK)
        return status;
    sqlite3_stmt *st = journal->st[ADD];
    const char *texts[] = {
        entry->origin,
        entry->org,
        entry->profile,
        entry->account_id,
        entry->account_name,
        kind_names[entry->kind],
        NULL,
        entry->operator_name,
        entry->reason,
        entry->plan,
        entry->note,
        entry->base,
        entry->body,
        entry->target,
        journal_owner(journal),
    };
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        if (i != 6)
            db_bind_text(st, i + 1, texts[i]);
    sqlite3_bind_int64(st, 7, entry->intent_wall_ms);
    sqlite3_bind_int64(st, 16, entry->undoes);
    sqlite3_bind_int64(st, 17, entry->item);
    if (run(journal, ADD, err))
        return ST_IO;
    *op = sqlite3_last_insert_rowid(journal->db);
    return ST_OK;
}

enum status journal_outcome(struct journal *journal, int64_t op, enum journal_outcome outcome,
                            const char *account_id, const char *after, const char *note,
                            struct error *err)
{
    return journal_outcome_at(journal, op, outcome, clock_wall(&journal->clock), account_id, after,
                              note, err);
}

enum status journal_outcome_at(struct journal *journal, int64_t op, enum journal_outcome outcome,
                               int64_t wall_ms, const char *account_id, const char *after,
                               const char *note, struct error *err)
{
    if (begin(journal, err)) {
        set_soft(journal, false);
        return ST_IO;
    }
    sqlite3_stmt *st = journal->st[SETTLE];
    sqlite3_bind_int64(st, 1, op);
    db_bind_text(st, 2, journal_outcome_name(outcome));
    sqlite3_bind_int64(st, 3, wall_ms);
    db_bind_text(st, 4, note ? note : "");
    db_bind_text(st, 5, account_id);
    db_bind_text(st, 6, after);
    return run(journal, SETTLE, err);
}

void journal_soft(struct journal *journal)
{
    set_soft(journal, true);
}

enum status journal_flush(struct journal *journal, struct error *err)
{
    if (!journal->in_transaction)
        return ST_OK;
    enum status st = db_exec(journal->db, "COMMIT", err);
    if (st != ST_OK)
        roll_back(journal);
    journal->in_transaction = false;
    set_soft(journal, false);
    return st;
}

/* ---- reading ------------------------------------------------------------------------------ */

#define COPY(dst, st, column) snprintf((dst), sizeof(dst), "%s", db_text((st), (column)))

/* Fills an entry from a row of COLUMNS; its texts are (borrowed) from the row. */
static void entry_read(struct journal_entry *e, sqlite3_stmt *st)
{
    memset(e, 0, sizeof *e);
    e->op = sqlite3_column_int64(st, 0);
    COPY(e->origin, st, 1);
    COPY(e->org, st, 2);
    COPY(e->profile, st, 3);
    COPY(e->account_id, st, 4);
    COPY(e->account_name, st, 5);
    e->kind = (enum journal_kind)name_find(kind_names, ARRAY_LEN(kind_names), db_text(st, 6),
                                           JOURNAL_UPDATE);
    /* A word of a newer version is, for us, not settled. */
    e->outcome = (enum journal_outcome)name_find(outcome_names, ARRAY_LEN(outcome_names),
                                                 db_text(st, 7), JOURNAL_UNKNOWN);
    e->intent_wall_ms = sqlite3_column_int64(st, 8);
    e->outcome_wall_ms =
        sqlite3_column_type(st, 9) == SQLITE_NULL ? WHEN_NONE : sqlite3_column_int64(st, 9);
    COPY(e->operator_name, st, 10);
    COPY(e->reason, st, 11);
    COPY(e->plan, st, 12);
    COPY(e->note, st, 13);
    const char **texts[] = {&e->base, &e->body, &e->target, &e->after};
    for (int i = 0; i < 4; i++)
        *texts[i] = (const char *)sqlite3_column_text(st, 14 + i);
    COPY(e->owner, st, 18);
    e->undoes = sqlite3_column_int64(st, 19);
    e->item = sqlite3_column_int64(st, 20);
}

/* The one row of a statement as an entry that owns its texts; ST_NOT_FOUND without words. */
static enum status entry_step(struct journal *j, sqlite3_stmt *st, struct journal_entry *out,
                              struct error *err)
{
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        entry_read(out, st);
        const char **texts[] = {&out->base, &out->body, &out->target, &out->after};
        for (int i = 0; i < 4; i++)
            *texts[i] = *texts[i] ? mem_strdup(*texts[i]) : NULL;
        return ST_OK;
    }
    memset(out, 0, sizeof *out);
    return rc == SQLITE_DONE ? ST_NOT_FOUND : db_error(j->db, rc, err);
}

enum status journal_get(struct journal *journal, int64_t op, struct journal_entry *out,
                        struct error *err)
{
    sqlite3_stmt *st = journal->st[GET];
    sqlite3_bind_int64(st, 1, op);
    enum status status = entry_step(journal, st, out, err);
    if (status == ST_NOT_FOUND)
        error_set(err, ST_NOT_FOUND, "the journal has no entry %lld", (long long)op);
    sqlite3_reset(st);
    return status;
}

enum status journal_undoable(struct journal *journal, const char *origin, const char *org,
                             const char *operator_name, struct journal_entry *out,
                             struct error *err)
{
#define DID " outcome NOT IN ('not_applied','released')"
    /* down: from it to what it takes back, and so on: an odd number of steps is an undo. up: from
     * it to the newest that takes it back, and so on: with an odd number it is taken back. */
    static const char sql[] =
        "SELECT " COLUMNS " FROM entry e WHERE origin=?1 AND org=?2 AND operator=?3 AND" DID
        " AND (WITH RECURSIVE down(op, n) AS (SELECT e.undoes, 0 UNION ALL"
        "   SELECT d.undoes, n+1 FROM down JOIN entry d ON d.op=down.op)"
        "  SELECT max(n) FROM down) % 2 = 0"
        " AND (WITH RECURSIVE up(op, n) AS (SELECT e.op, 0 UNION ALL"
        "   SELECT u.op, n+1 FROM up JOIN entry u ON u.op=(SELECT max(op) FROM entry"
        "    WHERE undoes=up.op AND undoes > 0 AND" DID "))"
        "  SELECT max(n) FROM up) % 2 = 0"
        " ORDER BY op DESC LIMIT 1";
#undef DID
    sqlite3_stmt *st = NULL;
    memset(out, 0, sizeof *out);
    int rc = sqlite3_prepare_v2(journal->db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(journal->db, rc, err);
    db_bind_text(st, 1, origin);
    db_bind_text(st, 2, org);
    db_bind_text(st, 3, operator_name);
    enum status status = entry_step(journal, st, out, err);
    if (status == ST_NOT_FOUND)
        error_set(err, ST_NOT_FOUND, "there is no write of yours to undo here");
    sqlite3_finalize(st);
    return status;
}

enum status journal_stands(struct journal *journal, int64_t op, bool *stands, char plan[40],
                           struct error *err)
{
    sqlite3_stmt *st = journal->st[STANDS];
    sqlite3_bind_int64(st, 1, op);
    int rc = sqlite3_step(st);
    *stands = rc == SQLITE_ROW && sqlite3_column_int64(st, 1) % 2 == 0;
    const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 2) : NULL;
    snprintf(plan, 40, "%s", text ? text : "");
    sqlite3_reset(st);
    return rc == SQLITE_ROW ? ST_OK : db_error(journal->db, rc, err);
}

void journal_entry_finish(struct journal_entry *entry)
{
    const char **texts[] = {&entry->base, &entry->body, &entry->target, &entry->after};
    for (int i = 0; i < 4; i++) {
        mem_free((void *)(uintptr_t)*texts[i]);
        *texts[i] = NULL;
    }
}

static enum status walk(struct journal *journal, const char *origin, const char *org,
                        enum journal_which which, int64_t before, size_t limit, journal_fn *fn,
                        void *ctx, struct error *err)
{
    static const char *const some =
        "SELECT " COLUMNS " FROM entry WHERE (?1='' OR origin=?1) AND (?2='' OR org=?2) AND op<?3"
        " ORDER BY op DESC";
    static const char *const open =
        "SELECT " COLUMNS " FROM entry WHERE (?1='' OR origin=?1) AND (?2='' OR org=?2) AND op<?3"
        " AND outcome IN ('open','unknown','not_seen','conflict') ORDER BY op DESC";
    static const char *const of_org =
        "SELECT " COLUMNS " FROM entry INDEXED BY entry_org WHERE origin=?1 AND org=?2 AND op<?3"
        " ORDER BY op DESC";
    const char *sql = which != JOURNAL_EACH ? open : origin[0] && org[0] ? of_org : some;
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(journal->db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(journal->db, rc, err);
    db_bind_text(st, 1, origin);
    db_bind_text(st, 2, org);
    sqlite3_bind_int64(st, 3, before ? before : INT64_MAX);
    while (limit && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct journal_entry e;
        entry_read(&e, st);
        bool alive = which != JOURNAL_EACH && owner_look(journal->owner, e.owner) == OWNER_ALIVE;
        if (alive != (which == JOURNAL_THERE))
            continue;
        fn(ctx, &e);
        limit--;
    }
    bool good = rc == SQLITE_DONE || rc == SQLITE_ROW || rc == SQLITE_OK;
    enum status status = good ? ST_OK : db_error(journal->db, rc, err);
    sqlite3_finalize(st);
    return status;
}

enum status journal_list(struct journal *journal, const char *origin, const char *org,
                         enum journal_which which, size_t limit, journal_fn *fn, void *ctx,
                         struct error *err)
{
    return walk(journal, origin, org, which, 0, limit, fn, ctx, err);
}

enum status journal_page(struct journal *journal, const char *origin, const char *org,
                         int64_t before, size_t limit, journal_fn *fn, void *ctx, struct error *err)
{
    return walk(journal, origin, org, JOURNAL_EACH, before, limit, fn, ctx, err);
}

int64_t journal_stamp(struct journal *journal)
{
    return db_stamp(journal->db);
}

enum status journal_of_plan(struct journal *journal, const char *plan, int64_t after, size_t limit,
                            journal_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(journal->db,
                                "SELECT " COLUMNS_LIGHT " FROM entry WHERE plan=?1 AND plan<>''"
                                " AND op>?2 ORDER BY op LIMIT ?3",
                                -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(journal->db, rc, err);
    db_bind_text(st, 1, plan);
    sqlite3_bind_int64(st, 2, after);
    sqlite3_bind_int64(st, 3, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct journal_entry e;
        entry_read(&e, st);
        fn(ctx, &e);
    }
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(journal->db, rc, err);
    sqlite3_finalize(st);
    return status;
}

/* ---- taking over -------------------------------------------------------------------------- */

static enum status change_owner(struct journal *j, int64_t op, const char *from, struct error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(j->db, "UPDATE entry SET owner=?1 WHERE op=?2 AND owner=?3", -1,
                                &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(j->db, rc, err);
    db_bind_text(st, 1, journal_owner(j));
    sqlite3_bind_int64(st, 2, op);
    db_bind_text(st, 3, from);
    rc = sqlite3_step(st);
    sqlite3_finalize(st);
    if (rc != SQLITE_DONE)
        return db_error(j->db, rc, err);
    if (sqlite3_changes(j->db) == 0)
        return error_set(err, ST_CONFLICT, "another paddock has taken over write %lld",
                         (long long)op);
    return ST_OK;
}

enum status journal_take(struct journal *journal, int64_t op, struct error *err)
{
    struct journal_entry e;
    enum status st = journal_get(journal, op, &e, err);
    int fd = -1;
    if (st == ST_OK && strcmp(e.owner, journal_owner(journal)) != 0) {
        /* The owner's lock is held while its name is exchanged: it cannot come back meanwhile. */
        if (!owner_seize(journal->owner, e.owner, &fd))
            st = error_set(err, ST_CONFLICT, "another paddock is looking after write %lld",
                           (long long)op);
        else
            st = change_owner(journal, op, e.owner, err);
        owner_release(fd);
    }
    journal_entry_finish(&e);
    return st;
}
