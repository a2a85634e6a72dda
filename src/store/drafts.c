/* drafts.c: see drafts.h. The typed texts are one JSON object by field path, so that a draft
 * outlives a change of the field table. Whose form is open on it is told as in the journal: by a
 * lock file of its process (owner.h). */
#include "store/drafts.h"

#include "base/mem.h"
#include "base/vec.h"
#include "model/json.h"
#include "store/db.h"
#include "store/owner.h"

#include <string.h>

#define APPLICATION_ID 0x70646b44 /* "pdkD" */

static const char *const schema[] = {
    "CREATE TABLE draft ("
    " origin TEXT NOT NULL, org TEXT NOT NULL, account TEXT NOT NULL,"
    " saved_wall_ms INTEGER NOT NULL, base TEXT NOT NULL, typed TEXT NOT NULL,"
    " PRIMARY KEY(origin, org, account)) WITHOUT ROWID",
    "ALTER TABLE draft ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
};

enum statement { SAVE, LOAD, DROP, MOVE, LIST, OWNER, CLAIM, STATEMENTS };

static const char *const statement_sql[STATEMENTS] = {
    [SAVE] = "INSERT INTO draft(origin, org, account, saved_wall_ms, base, typed, owner)"
             " VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO UPDATE SET"
             " saved_wall_ms=excluded.saved_wall_ms, base=excluded.base, typed=excluded.typed,"
             " owner=excluded.owner",
    [LOAD] = "SELECT saved_wall_ms, base, typed FROM draft WHERE origin=?1 AND org=?2"
             " AND account=?3",
    [DROP] = "DELETE FROM draft WHERE origin=?1 AND org=?2 AND account=?3",
    [MOVE] = "UPDATE OR REPLACE draft SET account=?4, owner=?5 WHERE origin=?1 AND org=?2"
             " AND account=?3",
    [OWNER] = "SELECT owner FROM draft WHERE origin=?1 AND org=?2 AND account=?3",
    [CLAIM] = "UPDATE draft SET owner=?4 WHERE origin=?1 AND org=?2 AND account=?3",
    [LIST] = "SELECT account, saved_wall_ms, owner FROM draft WHERE origin=?1 AND org=?2"
             " ORDER BY saved_wall_ms DESC, account",
};

struct drafts {
    sqlite3 *db;
    struct str note;
    struct clock clock;
    struct owner *owner; /* NULL: no lock file could be made; then nobody is told from another */
    sqlite3_stmt *st[STATEMENTS];
    drafts_follower *follower; /* NULL: none */
    void *follower_ctx;        /* (borrowed) */
};

enum status drafts_open(struct drafts **out, const char *path, struct clock clock,
                        struct error *err)
{
    *out = NULL;
    struct drafts *d = mem_calloc(1, sizeof *d);
    d->clock = clock;
    const struct db_spec spec = {.path = path,
                                 .application_id = APPLICATION_ID,
                                 .synchronous = "NORMAL",
                                 .schema = schema,
                                 .versions = (int)ARRAY_LEN(schema),
                                 .lost = "what was typed in forms and not sent is out of sight: e "
                                         "begins from the account as it is"};
    enum status st = db_open(&d->db, &spec, clock, &d->note, err);
    if (st == ST_OK)
        st = db_prepare(d->db, statement_sql, STATEMENTS, d->st, err);
    if (st != ST_OK) {
        drafts_close(d);
        return st;
    }
    char *dir = mem_strdup(path);
    *strrchr(dir, '/') = '\0'; /* db_open has checked that there is one */
    if (owner_create(&d->owner, dir, NULL))
        d->owner = NULL;
    mem_free(dir);
    *out = d;
    return ST_OK;
}

void drafts_close(struct drafts *drafts)
{
    if (!drafts)
        return;
    db_finalize(drafts->st, STATEMENTS);
    db_close(drafts->db);
    owner_destroy(drafts->owner);
    str_finish(&drafts->note);
    mem_free(drafts);
}

const char *drafts_note(const struct drafts *drafts)
{
    return str_text(&drafts->note);
}

static sqlite3_stmt *bind_key(struct drafts *d, enum statement which, const struct draft_key *key)
{
    sqlite3_stmt *st = d->st[which];
    db_bind_text(st, 1, key->origin);
    db_bind_text(st, 2, key->org);
    db_bind_text(st, 3, key->account);
    return st;
}

/* Runs a statement without rows and lets go of what it borrowed. */
static enum status run(struct drafts *d, sqlite3_stmt *st, struct error *err)
{
    int rc = sqlite3_step(st);
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(d->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

void drafts_follow(struct drafts *drafts, drafts_follower *fn, void *ctx)
{
    drafts->follower = fn;
    drafts->follower_ctx = ctx;
}

static void tell(const struct drafts *d, const struct draft_key *key, bool there)
{
    if (d->follower)
        d->follower(d->follower_ctx, key, there);
}

static const char *self_name(const struct drafts *d)
{
    return d->owner ? owner_name(d->owner) : "";
}

static bool is_alive(const struct drafts *d, const char *owner)
{
    return *owner && d->owner && owner_look(d->owner, owner) == OWNER_ALIVE;
}

bool drafts_held(struct drafts *drafts, const struct draft_key *key)
{
    sqlite3_stmt *st = bind_key(drafts, OWNER, key);
    bool held = sqlite3_step(st) == SQLITE_ROW && is_alive(drafts, db_text(st, 0));
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return held;
}

static enum status check_held(struct drafts *d, const struct draft_key *key, struct error *err)
{
    return drafts_held(d, key)
               ? error_set(err, ST_CONFLICT, "a form of another paddock is open on this account")
               : ST_OK;
}

enum status drafts_claim(struct drafts *drafts, const struct draft_key *key, bool ours,
                         struct error *err)
{
    if (check_held(drafts, key, err))
        return ST_CONFLICT;
    sqlite3_stmt *st = bind_key(drafts, CLAIM, key);
    db_bind_text(st, 4, ours ? self_name(drafts) : "");
    return run(drafts, st, err);
}

enum status drafts_save(struct drafts *drafts, const struct draft_key *key, struct span base,
                        const struct draft_field *fields, size_t count, struct error *err)
{
    struct str typed = STR_INIT;
    if (check_held(drafts, key, err))
        return ST_CONFLICT;
    str_add_char(&typed, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            str_add_char(&typed, ',');
        json_quote(&typed, span_of(field_info(fields[i].field)->path));
        str_add_char(&typed, ':');
        json_quote(&typed, fields[i].typed);
    }
    str_add_char(&typed, '}');
    sqlite3_stmt *st = bind_key(drafts, SAVE, key);
    sqlite3_bind_int64(st, 4, clock_wall(&drafts->clock));
    sqlite3_bind_text(st, 5, base.len ? base.p : "", (int)base.len, SQLITE_STATIC);
    db_bind_text(st, 6, typed.data);
    db_bind_text(st, 7, self_name(drafts));
    enum status status = run(drafts, st, err);
    str_finish(&typed);
    if (status == ST_OK)
        tell(drafts, key, true);
    return status;
}

/* The texts first go into one buffer, then the fields point into it: it no longer moves. */
static void read_typed(const cJSON *object, struct draft *out)
{
    size_t room = 0;
    const cJSON *c;
    cJSON_ArrayForEach(c, object)
    {
        enum field f = c->string ? field_find(span_of(c->string)) : FIELD_NONE;
        if (f == FIELD_NONE || !cJSON_IsString(c))
            continue;
        VEC_ROOM(out->fields, out->count, room);
        size_t len = strlen(c->valuestring);
        out->fields[out->count++] = (struct draft_field){f, {NULL, len}};
        str_append(&out->texts, c->valuestring, len);
    }
    const char *at = str_text(&out->texts);
    for (size_t i = 0; i < out->count; i++) {
        out->fields[i].typed.p = at;
        at += out->fields[i].typed.len;
    }
}

enum status drafts_load(struct drafts *drafts, const struct draft_key *key, struct draft *out,
                        struct error *err)
{
    memset(out, 0, sizeof *out);
    if (check_held(drafts, key, err))
        return ST_CONFLICT;
    sqlite3_stmt *st = bind_key(drafts, LOAD, key);
    int rc = sqlite3_step(st);
    enum status status = ST_OK;
    if (rc == SQLITE_ROW) {
        cJSON *object = NULL;
        out->saved_wall_ms = sqlite3_column_int64(st, 0);
        str_add(&out->base, db_text(st, 1));
        status = json_parse(span_of(db_text(st, 2)), &object, err);
        if (status == ST_OK)
            read_typed(object, out);
        cJSON_Delete(object);
    } else if (rc == SQLITE_DONE) {
        status = error_set(err, ST_NOT_FOUND, "there is no draft");
    } else {
        status = db_error(drafts->db, rc, err);
    }
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}

void draft_finish(struct draft *draft)
{
    mem_free(draft->fields);
    str_finish(&draft->base);
    str_finish(&draft->texts);
    memset(draft, 0, sizeof *draft);
}

enum status drafts_drop(struct drafts *drafts, const struct draft_key *key, struct error *err)
{
    if (check_held(drafts, key, err))
        return ST_CONFLICT;
    enum status status = run(drafts, bind_key(drafts, DROP, key), err);
    if (status == ST_OK)
        tell(drafts, key, false);
    return status;
}

enum status drafts_move(struct drafts *drafts, const struct draft_key *key, const char *account,
                        struct error *err)
{
    const struct draft_key to = {key->origin, key->org, account};
    if (check_held(drafts, key, err) || check_held(drafts, &to, err))
        return ST_CONFLICT;
    sqlite3_stmt *st = bind_key(drafts, MOVE, key);
    db_bind_text(st, 4, account);
    db_bind_text(st, 5, self_name(drafts));
    enum status status = run(drafts, st, err);
    if (status == ST_OK && sqlite3_changes(drafts->db)) {
        tell(drafts, key, false);
        tell(drafts, &to, true);
    }
    return status;
}

enum status drafts_list(struct drafts *drafts, const char *origin, const char *org, drafts_fn *fn,
                        void *ctx, struct error *err)
{
    sqlite3_stmt *st = drafts->st[LIST];
    db_bind_text(st, 1, origin);
    db_bind_text(st, 2, org);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        if (!is_alive(drafts, db_text(st, 2)))
            fn(ctx, db_text(st, 0), sqlite3_column_int64(st, 1));
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(drafts->db, rc, err);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return status;
}
