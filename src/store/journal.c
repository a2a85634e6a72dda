/* journal.c: see journal.h. Opening, adding, taking over; journal_read.c reads.
 *
 * Additions open one transaction; journal_flush commits it. Between the two nothing else of this
 * process runs (they happen in one hook before the sleep), so no reader of ours waits for it. */
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/journal_private.h"
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

static const char *const statement_sql[SQL_COUNT] = {
    [SQL_ADD] =
        "INSERT INTO entry(origin, org, profile, account_id, account_name, kind, outcome,"
        " intent_wall_ms, operator, reason, plan, note, base, body, target, owner, undoes, item)"
        " VALUES(?1,?2,?3,?4,?5,?6,'open',?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
    [SQL_SETTLE] = "UPDATE entry SET outcome=?2, outcome_wall_ms=?3, note=?4,"
                   " account_id=ifnull(?5, account_id), after=ifnull(?6, after) WHERE op=?1",
    [SQL_GET] = "SELECT " JOURNAL_COLUMNS " FROM entry WHERE op=?1",
    /* Each intent asks it: of the indexes the one that holds nothing but what is open. */
    [SQL_ELSEWHERE] = "SELECT op, owner FROM entry INDEXED BY entry_unsettled"
                      " WHERE outcome IN ('open','unknown','not_seen','conflict')"
                      " AND origin=?1 AND org=?2"
                      " AND (account_id=?3 AND ?3<>''"
                      "  OR ?3='' AND kind='create' AND account_name=?4)"
                      " ORDER BY op DESC",
    /* The newest undo of it, of an undo of it, and so on, and how many steps away that is. */
    [SQL_STANDS] = "WITH RECURSIVE u(op, steps, plan) AS (SELECT ?1, 0, '' UNION ALL"
                   " SELECT e.op, u.steps + 1, e.plan FROM u JOIN entry e ON e.undoes=u.op"
                   " AND e.undoes > 0 AND e.op > u.op AND e.outcome IN ('applied','different'))"
                   " SELECT max(op), steps, plan FROM u",
};

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
        st = db_prepare(j->db, statement_sql, SQL_COUNT, j->st, err);
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
    db_finalize(journal->st, SQL_COUNT);
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
static enum status run(struct journal *j, enum journal_sql which, struct error *err)
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
    sqlite3_stmt *st = journal->st[SQL_ELSEWHERE];
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
    sqlite3_stmt *st = journal->st[SQL_ADD];
    const char *texts[] = {
        entry->origin,
        entry->org,
        entry->profile,
        entry->account_id,
        entry->account_name,
        journal_kind_name(entry->kind),
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
    if (run(journal, SQL_ADD, err))
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
    sqlite3_stmt *st = journal->st[SQL_SETTLE];
    sqlite3_bind_int64(st, 1, op);
    db_bind_text(st, 2, journal_outcome_name(outcome));
    sqlite3_bind_int64(st, 3, wall_ms);
    db_bind_text(st, 4, note ? note : "");
    db_bind_text(st, 5, account_id);
    db_bind_text(st, 6, after);
    return run(journal, SQL_SETTLE, err);
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
