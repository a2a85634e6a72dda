/* journal_read.c: see journal.h. Reading: one entry with texts of its own, or a walk that lends
 * each row to a function. What is read by number has a statement that stays prepared; a walk
 * prepares the one for what it looks at. */
#include "base/mem.h"
#include "base/when.h"
#include "store/journal_private.h"
#include "store/owner.h"

#include <stdio.h>
#include <string.h>

#define COPY(dst, st, column) snprintf((dst), sizeof(dst), "%s", db_text((st), (column)))

/* Fills an entry from a row of JOURNAL_COLUMNS; its texts are (borrowed) from the row. */
static void entry_read(struct journal_entry *e, sqlite3_stmt *st)
{
    memset(e, 0, sizeof *e);
    e->op = sqlite3_column_int64(st, 0);
    COPY(e->origin, st, 1);
    COPY(e->org, st, 2);
    COPY(e->profile, st, 3);
    COPY(e->account_id, st, 4);
    COPY(e->account_name, st, 5);
    e->kind = journal_kind_of(db_text(st, 6));
    e->outcome = journal_outcome_of(db_text(st, 7));
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
    sqlite3_stmt *st = journal->st[SQL_GET];
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
        "SELECT " JOURNAL_COLUMNS " FROM entry e WHERE origin=?1 AND org=?2 AND operator=?3 AND" DID
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
    sqlite3_stmt *st = journal->st[SQL_STANDS];
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
        "SELECT " JOURNAL_COLUMNS
        " FROM entry WHERE (?1='' OR origin=?1) AND (?2='' OR org=?2) AND op<?3"
        " ORDER BY op DESC";
    static const char *const open =
        "SELECT " JOURNAL_COLUMNS
        " FROM entry WHERE (?1='' OR origin=?1) AND (?2='' OR org=?2) AND op<?3"
        " AND outcome IN ('open','unknown','not_seen','conflict') ORDER BY op DESC";
    static const char *const of_org =
        "SELECT " JOURNAL_COLUMNS
        " FROM entry INDEXED BY entry_org WHERE origin=?1 AND org=?2 AND op<?3"
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
    int rc =
        sqlite3_prepare_v2(journal->db,
                           "SELECT " JOURNAL_COLUMNS_LIGHT " FROM entry WHERE plan=?1 AND plan<>''"
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
