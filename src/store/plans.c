/* plans.c: see plans.h. */
#include "store/plans.h"

#include "base/mem.h"
#include "base/vec.h"
#include "store/db.h"
#include "store/owner.h"

#include <string.h>

#define APPLICATION_ID   0x70646b50 /* "pdkP" */
#define CHECKPOINT_PAGES 4000

static const char *const schema[] = {
    "CREATE TABLE plan ("
    " id TEXT PRIMARY KEY, origin TEXT NOT NULL, org TEXT NOT NULL, profile TEXT NOT NULL,"
    " by TEXT NOT NULL, reason TEXT NOT NULL, title TEXT NOT NULL, of TEXT NOT NULL,"
    " made_wall_ms INTEGER NOT NULL, items INTEGER NOT NULL, linked INTEGER NOT NULL,"
    " sealed INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE item ("
    " plan TEXT NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,"
    " account_id TEXT NOT NULL, account_name TEXT NOT NULL, before TEXT NOT NULL,"
    " target TEXT NOT NULL, note TEXT NOT NULL, warnings TEXT NOT NULL,"
    " needs_name INTEGER NOT NULL, op INTEGER NOT NULL, undoes INTEGER NOT NULL,"
    " PRIMARY KEY(plan, n)) WITHOUT ROWID;"
    "CREATE INDEX item_state ON item(plan, state)",
    "ALTER TABLE plan ADD COLUMN label TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE plan ADD COLUMN how TEXT NOT NULL DEFAULT ''",
};

#define COUNT_STATES(which) " (SELECT count(*) FROM item WHERE plan=p.id AND state IN (" which "))"

/* In the order of head_read. */
#define HEAD                                                                                             \
    "SELECT id, origin, org, profile, by, reason, title, of, made_wall_ms, items, "                      \
    "linked," COUNT_STATES("'waiting','running','failed','unknown','stale','blocked'") "," COUNT_STATES( \
        "'applied','different','already'") ", label, how FROM plan p WHERE sealed=1"

enum statement { PUT_HEAD, PUT_ITEM, STATE, STATEMENTS };

static const char *const statement_sql[STATEMENTS] = {
    [PUT_HEAD] = "INSERT INTO plan(id, origin, org, profile, by, reason, title, of, made_wall_ms,"
                 " items, linked, label) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    [PUT_ITEM] = "INSERT INTO item VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
    [STATE] = "UPDATE item SET state=?3, op=?4, account_id=ifnull(?5, account_id), note=?6"
              " WHERE plan=?1 AND n=?2",
};

struct plans {
    sqlite3 *db;
    struct str note;
    struct owner *owner;
    sqlite3_stmt *st[STATEMENTS];
    bool in_transaction;
};

/* ---- opening ------------------------------------------------------------------------------- */

enum status plans_open(struct plans **out, const char *path, struct clock clock, struct error *err)
{
    struct plans *p = mem_calloc(1, sizeof *p);
    const struct db_spec spec = {.path = path,
                                 .check_max_bytes = DB_CHECK_MAX,
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "NORMAL",
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .lost = "plans kept in it and their undo are out of sight: the "
                                         "log has each write, apply FILE takes a saved plan"};
    *out = NULL;
    enum status st = db_open(&p->db, &spec, clock, &p->note, err);
    if (st == ST_OK)
        st = db_prepare(p->db, statement_sql, STATEMENTS, p->st, err);
    if (st == ST_OK) {
        char *dir = mem_strdup(path);
        *strrchr(dir, '/') = '\0'; /* db_open has checked that there is one */
        st = owner_create(&p->owner, dir, err);
        mem_free(dir);
    }
    if (st != ST_OK) {
        plans_close(p);
        return st;
    }
    *out = p;
    return ST_OK;
}

static void roll_back(struct plans *p)
{
    if (p->in_transaction)
        sqlite3_exec(p->db, "ROLLBACK", NULL, NULL, NULL);
    p->in_transaction = false;
}

void plans_close(struct plans *plans)
{
    if (!plans)
        return;
    if (plans->db)
        roll_back(plans);
    db_finalize(plans->st, STATEMENTS);
    db_close(plans->db);
    owner_destroy(plans->owner);
    str_finish(&plans->note);
    mem_free(plans);
}

const char *plans_note(const struct plans *plans)
{
    return str_text(&plans->note);
}

bool plans_is_busy(const struct error *err)
{
    return db_is_busy(err);
}

/* ---- writing ------------------------------------------------------------------------------- */

static enum status begin(struct plans *p, struct error *err)
{
    if (p->in_transaction)
        return ST_OK;
    enum status st = db_exec(p->db, "BEGIN IMMEDIATE", err);
    p->in_transaction = st == ST_OK;
    return st;
}

static enum status commit(struct plans *p, struct error *err)
{
    if (!p->in_transaction)
        return ST_OK;
    enum status st = db_exec(p->db, "COMMIT", err);
    if (st != ST_OK)
        roll_back(p);
    p->in_transaction = false;
    return st;
}

static enum status run(struct plans *p, sqlite3_stmt *st, struct error *err)
{
    int rc = sqlite3_step(st);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    if (rc == SQLITE_DONE)
        return ST_OK;
    enum status status = db_error(p->db, rc, err);
    roll_back(p);
    return status;
}

/* One statement with texts, in a transaction. */
static enum status exec(struct plans *p, const char *sql, const char *a, const char *b,
                        struct error *err)
{
    sqlite3_stmt *st = NULL;
    if (begin(p, err))
        return ST_IO;
    int rc = sqlite3_prepare_v2(p->db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(p->db, rc, err);
    db_bind_text(st, 1, a);
    if (b)
        db_bind_text(st, 2, b);
    enum status status = run(p, st, err);
    sqlite3_finalize(st);
    return status;
}

static bool same_text(sqlite3_stmt *st, int column, const char *text)
{
    return strcmp(db_text(st, column), text) == 0;
}

static void head_read(struct plans_head *h, sqlite3_stmt *st)
{
    const char **texts[] = {&h->id, &h->origin, &h->org,   &h->profile,
                            &h->by, &h->reason, &h->title, &h->of};
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        *texts[i] = db_text(st, i);
    h->made_wall_ms = sqlite3_column_int64(st, 8);
    h->items = (uint32_t)sqlite3_column_int64(st, 9);
    h->linked = sqlite3_column_int(st, 10) != 0;
    h->left = sqlite3_column_int64(st, 11);
    h->applied = sqlite3_column_int64(st, 12);
    h->label = db_text(st, 13);
    h->how = db_text(st, 14);
}

/* Whether the plan that is there is this one: the id is random and the rest says who made it when
 * for what; a file of it was checked against its own sum. */
static bool is_same(sqlite3_stmt *st, const struct plans_head *h)
{
    return same_text(st, 1, h->origin) && same_text(st, 2, h->org) && same_text(st, 4, h->by) &&
           same_text(st, 5, h->reason) && same_text(st, 6, h->title) &&
           sqlite3_column_int64(st, 8) / 1000 == h->made_wall_ms / 1000 &&
           sqlite3_column_int64(st, 9) == h->items;
}

static enum status look_for(struct plans *p, const struct plans_head *head, bool *there,
                            struct error *err)
{
    sqlite3_stmt *st = NULL;
    enum status status = ST_OK;
    *there = false;
    int rc = sqlite3_prepare_v2(p->db, HEAD " AND id=?1", -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(p->db, rc, err);
    db_bind_text(st, 1, head->id);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW && is_same(st, head))
        *there = true;
    else if (rc == SQLITE_ROW)
        status = error_set(err, ST_CONFLICT, "another plan %s is known here already", head->id);
    else if (rc != SQLITE_DONE)
        status = db_error(p->db, rc, err);
    sqlite3_finalize(st);
    return status;
}

enum status plans_look(struct plans *p, const char *id, struct error *err)
{
    sqlite3_stmt *st = NULL;
    enum owner_state who = OWNER_GONE;
    int rc = sqlite3_prepare_v2(p->db, "SELECT owner FROM plan WHERE id=?1", -1, &st, NULL);
    if (rc == SQLITE_OK) {
        db_bind_text(st, 1, id);
        rc = sqlite3_step(st);
        if (rc == SQLITE_ROW && *db_text(st, 0))
            who = owner_look(p->owner, db_text(st, 0));
    }
    enum status status = rc == SQLITE_ROW || rc == SQLITE_DONE ? ST_OK : db_error(p->db, rc, err);
    sqlite3_finalize(st);
    if (status == ST_OK && who != OWNER_GONE) {
        error_set(err, ST_CONFLICT, "%s paddock is applying plan %s",
                  who == OWNER_SELF ? "this" : "another", id);
        error_next(err, "wait for it, or stop it%s", who == OWNER_SELF ? "" : " there");
        status = ST_CONFLICT;
    }
    return status;
}

/* The same, and when nobody does, in the transaction that is begun for it. */
static enum status look_free(struct plans *p, const char *id, struct error *err)
{
    if (begin(p, err))
        return ST_IO;
    enum status status = plans_look(p, id, err);
    if (status != ST_OK)
        roll_back(p);
    return status;
}

enum status plans_remove(struct plans *plans, const char *id, struct error *err)
{
    enum status st = exec(plans, "DELETE FROM item WHERE plan=?1", id, NULL, err);
    if (st == ST_OK)
        st = exec(plans, "DELETE FROM plan WHERE id=?1", id, NULL, err);
    return st == ST_OK ? commit(plans, err) : st;
}

/* Its items from the end on, so that what is left is a plan cut short. */
static enum status remove_items(struct plans *p, const char *id, uint32_t budget, int *removed,
                                struct error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(p->db,
                                "DELETE FROM item WHERE plan=?1 AND n IN (SELECT n FROM item WHERE"
                                " plan=?1 ORDER BY n DESC LIMIT ?2)",
                                -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(p->db, rc, err);
    db_bind_text(st, 1, id);
    sqlite3_bind_int64(st, 2, budget);
    enum status status = run(p, st, err);
    *removed = sqlite3_changes(p->db);
    sqlite3_finalize(st);
    return status;
}

enum status plans_remove_some(struct plans *plans, const char *id, uint32_t budget, bool *more,
                              struct error *err)
{
    int removed = 0;
    enum status st = look_free(plans, id, err);
    if (st == ST_OK)
        st = exec(plans, "UPDATE plan SET sealed=0 WHERE id=?1", id, NULL, err);
    if (st == ST_OK)
        st = remove_items(plans, id, budget, &removed, err);
    *more = st == ST_OK && (uint32_t)removed >= budget;
    if (st == ST_OK && !*more)
        st = exec(plans, "DELETE FROM plan WHERE id=?1", id, NULL, err);
    return st == ST_OK ? commit(plans, err) : st;
}

enum status plans_put_head(struct plans *plans, const struct plans_head *head, bool *there,
                           struct error *err)
{
    enum status status = look_for(plans, head, there, err);
    if (status != ST_OK || *there)
        return status;
    status = plans_remove(plans, head->id, err); /* what was begun and not finished */
    if (status == ST_OK)
        status = begin(plans, err);
    if (status != ST_OK)
        return status;
    sqlite3_stmt *st = plans->st[PUT_HEAD];
    const char *texts[] = {head->id, head->origin, head->org,   head->profile,
                           head->by, head->reason, head->title, head->of};
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        db_bind_text(st, i + 1, texts[i] ? texts[i] : "");
    sqlite3_bind_int64(st, 9, head->made_wall_ms);
    sqlite3_bind_int64(st, 10, head->items);
    sqlite3_bind_int(st, 11, head->linked);
    db_bind_text(st, 12, head->label ? head->label : "");
    status = run(plans, st, err);
    /* A checkpoint waits for the disk and is a part of the commit that meets it: not while the
       slices of a large plan follow one another. */
    sqlite3_wal_autocheckpoint(plans->db, 0);
    return status == ST_OK ? commit(plans, err) : status;
}

enum status plans_put_items(struct plans *plans, const char *id, const struct plans_item *items,
                            size_t count, struct error *err)
{
    enum status status = begin(plans, err);
    for (size_t i = 0; i < count && status == ST_OK; i++) {
        const struct plans_item *item = &items[i];
        sqlite3_stmt *st = plans->st[PUT_ITEM];
        const char *texts[] = {item->kind,   item->state,  item->account_id, item->account_name,
                               item->before, item->target, item->note,       item->warnings};
        db_bind_text(st, 1, id);
        sqlite3_bind_int64(st, 2, item->n);
        for (int k = 0; k < (int)ARRAY_LEN(texts); k++)
            db_bind_text(st, k + 3, texts[k] ? texts[k] : "");
        sqlite3_bind_int(st, 11, item->needs_name);
        sqlite3_bind_int64(st, 12, item->op);
        sqlite3_bind_int64(st, 13, item->undoes);
        status = run(plans, st, err);
    }
    return status == ST_OK ? commit(plans, err) : status;
}

/* A statement whose commit waits for the disk: it covers all that was written to the log before. */
static enum status exec_durable(struct plans *plans, const char *sql, const char *a, const char *b,
                                struct error *err)
{
    enum status st = commit(plans, err);
    if (st == ST_OK)
        st = db_exec(plans->db, "PRAGMA synchronous=FULL", err);
    if (st == ST_OK)
        st = exec(plans, sql, a, b, err);
    if (st == ST_OK)
        st = commit(plans, err);
    roll_back(plans);
    db_exec(plans->db, "PRAGMA synchronous=NORMAL", NULL);
    return st;
}

enum status plans_seal(struct plans *plans, const char *id, struct error *err)
{
    enum status st = exec_durable(plans, "UPDATE plan SET sealed=1 WHERE id=?1", id, NULL, err);
    sqlite3_wal_autocheckpoint(plans->db, CHECKPOINT_PAGES);
    return st;
}

enum status plans_how(struct plans *plans, const char *id, const char *how, struct error *err)
{
    return exec_durable(plans, "UPDATE plan SET how=?2 WHERE id=?1", id, how, err);
}

enum status plans_state(struct plans *plans, const char *id, uint32_t n, const char *state,
                        int64_t op, const char *account_id, const char *note, struct error *err)
{
    enum status status = begin(plans, err);
    if (status != ST_OK)
        return status;
    sqlite3_stmt *st = plans->st[STATE];
    db_bind_text(st, 1, id);
    sqlite3_bind_int64(st, 2, n);
    db_bind_text(st, 3, state);
    sqlite3_bind_int64(st, 4, op);
    db_bind_text(st, 5, account_id);
    db_bind_text(st, 6, note ? note : "");
    return run(plans, st, err);
}

enum status plans_flush(struct plans *plans, struct error *err)
{
    return commit(plans, err);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* The beginning of an id, in either case, as a range of keys: no pattern, so no letter is special.
 */
enum status plans_find(struct plans *plans, const char *word, struct str *id, struct error *err)
{
    sqlite3_stmt *st = NULL;
    size_t len = strlen(word), hits = 0;
    int rc =
        sqlite3_prepare_v2(plans->db,
                           "SELECT id FROM plan WHERE sealed=1 AND (upper(id)=upper(?1) OR (?2 AND"
                           " upper(substr(id, 1, length(?1)))=upper(?1) AND of=''))"
                           " ORDER BY upper(id)=upper(?1) DESC LIMIT 2",
                           -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(plans->db, rc, err);
    db_bind_text(st, 1, word);
    sqlite3_bind_int(st, 2, len >= PLANS_PREFIX_MIN);
    str_clear(id);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        bool exact = sqlite3_stricmp(db_text(st, 0), word) == 0;
        if (hits++ == 0)
            str_add(id, db_text(st, 0));
        if (exact)
            break;
    }
    enum status status = ST_OK;
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        status = db_error(plans->db, rc, err);
    else if (hits == 0)
        status = error_set(err, ST_NOT_FOUND, "there is no plan \"%.80s\" here", word);
    else if (hits > 1)
        status = error_set(err, ST_USAGE, "several plans begin with \"%.80s\"", word);
    sqlite3_finalize(st);
    return status;
}

static void item_read(struct plans_item *item, sqlite3_stmt *st)
{
    const char **texts[] = {&item->kind,   &item->state,  &item->account_id, &item->account_name,
                            &item->before, &item->target, &item->note,       &item->warnings};
    item->n = (uint32_t)sqlite3_column_int64(st, 1);
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        *texts[i] = db_text(st, i + 2);
    item->needs_name = sqlite3_column_int(st, 10) != 0;
    item->op = sqlite3_column_int64(st, 11);
    item->undoes = sqlite3_column_int64(st, 12);
}

enum status plans_get(struct plans *plans, const char *id, plans_head_fn *fn, void *ctx,
                      struct error *err)
{
    sqlite3_stmt *st = NULL;
    struct plans_head h;
    int rc = sqlite3_prepare_v2(plans->db, HEAD " AND id=?1", -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(plans->db, rc, err);
    db_bind_text(st, 1, id);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        head_read(&h, st);
        fn(ctx, &h);
    }
    sqlite3_finalize(st);
    if (rc == SQLITE_ROW)
        return ST_OK;
    return rc == SQLITE_DONE ? error_set(err, ST_NOT_FOUND, "there is no plan \"%.80s\"", id)
                             : db_error(plans->db, rc, err);
}

enum status plans_items(struct plans *plans, const char *id, uint32_t from, uint32_t limit,
                        plans_item_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = NULL;
    struct plans_item i;
    int rc = sqlite3_prepare_v2(
        plans->db, "SELECT * FROM item WHERE plan=?1 AND n>=?2 ORDER BY n LIMIT ?3", -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(plans->db, rc, err);
    db_bind_text(st, 1, id);
    sqlite3_bind_int64(st, 2, from);
    sqlite3_bind_int64(st, 3, limit);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        item_read(&i, st);
        fn(ctx, &i);
    }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? ST_OK : db_error(plans->db, rc, err);
}

enum status plans_ids(struct plans *plans, const char *origin, const char *org, size_t limit,
                      plans_id_fn *fn, void *ctx, struct error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(plans->db,
                                "SELECT id FROM plan WHERE sealed=1 AND origin=?1 AND org=?2"
                                " ORDER BY made_wall_ms DESC, id LIMIT ?3",
                                -1, &st, NULL);
    if (rc != SQLITE_OK)
        return db_error(plans->db, rc, err);
    db_bind_text(st, 1, origin);
    db_bind_text(st, 2, org);
    sqlite3_bind_int64(st, 3, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        fn(ctx, db_text(st, 0));
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? ST_OK : db_error(plans->db, rc, err);
}

/* ---- who applies it ------------------------------------------------------------------------ */

enum status plans_claim(struct plans *plans, const char *id, struct error *err)
{
    enum status st = look_free(plans, id, err);
    if (st == ST_OK)
        st = exec(plans, "UPDATE plan SET owner=?2 WHERE id=?1", id, owner_name(plans->owner), err);
    return st == ST_OK ? commit(plans, err) : st;
}

void plans_unclaim(struct plans *plans, const char *id)
{
    struct error err;
    if (exec(plans, "UPDATE plan SET owner='' WHERE id=?1 AND owner=?2", id,
             owner_name(plans->owner), &err) == ST_OK)
        commit(plans, &err);
}
