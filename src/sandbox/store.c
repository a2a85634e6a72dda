/* store.c: see store.h. */
#include "sandbox/store.h"

#include "base/mem.h"
#include "sandbox/health.h"

#include <pthread.h>
#include <stdatomic.h>

#define APPLICATION_ID 0x70646b62 /* "pdkb" */
#define SCHEMA_VERSION 1
#define LIST_VARIANTS  8

enum { BY_PROVIDER = 1, BY_STATUS = 2, BY_ENABLED = 4 };

struct store {
    sqlite3 *db;
    pthread_mutex_t lock; /* everything below */
    sqlite3_stmt *insert, *update, *remove, *get;
    sqlite3_stmt *list[LIST_VARIANTS], *count[LIST_VARIANTS];
    struct drift drift;
    struct health health;
    bool frozen, in_file;
    int64_t newest; /* highest seq */
    atomic_uint_fast64_t generation;
};

/* Beside the fields' columns, in the order of bind_account() and read_account(). */
static const char *const extra_columns[] = {"use_anchor",   "use_rate",    "use_ratio",
                                            "check_period", "check_phase", "home_status",
                                            "home_reason",  "recover_at"};
#define EXTRAS     ((int)(sizeof extra_columns / sizeof *extra_columns))
#define COLUMNS    (BOX_COUNT + EXTRAS)
#define SEQ_COLUMN COLUMNS

static enum status sqlite_error(struct store *s, struct error *err, const char *doing)
{
    return error_set(err, ST_IO, "%s: %s", doing, sqlite3_errmsg(s->db));
}

static void exec(struct store *s, const char *sql)
{
    sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}

/* ---- columns ---- */

static const char *column_name(int i)
{
    return i < BOX_COUNT ? box_fields[i].name : extra_columns[i - BOX_COUNT];
}

/* Appends "a, b, c" with `after` behind each name: "=?" makes an assignment. */
static void add_columns(struct str *sql, const char *after)
{
    for (int i = 0; i < COLUMNS; i++)
        str_printf(sql, "%s%s%s", i ? ", " : "", column_name(i), after);
}

static void bind_cell(sqlite3_stmt *st, int at, const struct cell *c)
{
    if (c->type == CELL_INT)
        sqlite3_bind_int64(st, at, c->n);
    else if (c->type == CELL_TEXT)
        sqlite3_bind_text64(st, at, c->text.p, c->text.len, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(st, at);
}

static struct cell read_cell(sqlite3_stmt *st, int at)
{
    switch (sqlite3_column_type(st, at)) {
    case SQLITE_INTEGER:
        return cell_int(sqlite3_column_int64(st, at));
    case SQLITE_TEXT: {
        const char *p = (const char *)sqlite3_column_text(st, at);
        struct span text = {p ? p : "", (size_t)sqlite3_column_bytes(st, at)};
        return cell_text(text);
    }
    default:
        return cell_null();
    }
}

static void bind_account(sqlite3_stmt *st, const struct account *a)
{
    int at = 1;
    for (int i = 0; i < BOX_COUNT; i++)
        bind_cell(st, at++, &a->cells[i]);
    sqlite3_bind_int64(st, at++, a->use_anchor);
    sqlite3_bind_double(st, at++, a->use_rate);
    sqlite3_bind_double(st, at++, a->use_ratio);
    sqlite3_bind_int64(st, at++, a->check_period);
    sqlite3_bind_int64(st, at++, a->check_phase);
    bind_cell(st, at++, &a->home_status);
    bind_cell(st, at++, &a->home_reason);
    sqlite3_bind_int64(st, at++, a->recover_at);
}

/* The row that st stands on; borrows until its next step. */
static void read_account(sqlite3_stmt *st, struct account *a)
{
    int at = 0;
    for (int i = 0; i < BOX_COUNT; i++)
        a->cells[i] = read_cell(st, at++);
    a->use_anchor = sqlite3_column_int64(st, at++);
    a->use_rate = sqlite3_column_double(st, at++);
    a->use_ratio = sqlite3_column_double(st, at++);
    a->check_period = sqlite3_column_int64(st, at++);
    a->check_phase = sqlite3_column_int64(st, at++);
    a->home_status = read_cell(st, at++);
    a->home_reason = read_cell(st, at++);
    a->recover_at = sqlite3_column_int64(st, at++);
    a->seq = sqlite3_column_int64(st, SEQ_COLUMN);
    a->owned = NULL;
}

/* ---- opening ---- */

#define COUNTED "org_id, provider_type, status, enabled"
#define COUNT_UP(who)                                                                              \
    "INSERT INTO counts(" COUNTED ", n) VALUES(" who ".org_id," who ".provider_type," who          \
    ".status," who ".enabled,1) ON CONFLICT DO UPDATE SET n=n+1;"
#define COUNT_DOWN                                                                                 \
    "UPDATE counts SET n=n-1 WHERE org_id=old.org_id AND provider_type=old.provider_type"          \
    " AND status=old.status AND enabled=old.enabled;"

static const char after_fill[] =
    "CREATE UNIQUE INDEX IF NOT EXISTS by_id ON accounts(provider_account_id);"
    "CREATE INDEX IF NOT EXISTS by_org ON accounts(org_id);"
    "CREATE INDEX IF NOT EXISTS by_provider ON accounts(org_id, provider_type);"
    "CREATE INDEX IF NOT EXISTS by_status ON accounts(org_id, status);"
    "CREATE INDEX IF NOT EXISTS by_both ON accounts(org_id, provider_type, status);"
    "CREATE INDEX IF NOT EXISTS by_spell ON accounts(recover_at) WHERE recover_at>0;"
    "CREATE TABLE IF NOT EXISTS counts(" COUNTED ", n, PRIMARY KEY(" COUNTED ")) WITHOUT ROWID;"
    "DELETE FROM counts;"
    "INSERT INTO counts SELECT " COUNTED ", count(*) FROM accounts GROUP BY " COUNTED ";"
    "CREATE TRIGGER IF NOT EXISTS count_in AFTER INSERT ON accounts BEGIN " COUNT_UP(
        "new") " END;"
               "CREATE TRIGGER IF NOT EXISTS count_out AFTER DELETE ON accounts BEGIN " COUNT_DOWN
               " END;"
               "CREATE TRIGGER IF NOT EXISTS count_move AFTER UPDATE OF " COUNTED " ON accounts"
               " BEGIN " COUNT_DOWN COUNT_UP("new") " END;";

static int64_t query_int(struct store *s, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t n = -1;
    if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

static enum status make_schema(struct store *s, struct error *err)
{
    struct str sql = STR_INIT;
    str_add(&sql, "CREATE TABLE IF NOT EXISTS accounts(seq INTEGER PRIMARY KEY AUTOINCREMENT, ");
    add_columns(&sql, "");
    str_printf(&sql,
               "); CREATE TABLE IF NOT EXISTS notes(name PRIMARY KEY, value);"
               "PRAGMA application_id=%d; PRAGMA user_version=%d;",
               APPLICATION_ID, SCHEMA_VERSION);
    int rc = sqlite3_exec(s->db, str_text(&sql), NULL, NULL, NULL);
    str_finish(&sql);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db, after_fill, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ST_OK : sqlite_error(s, err, "cannot make the tables");
}

static enum status open_database(struct store *s, const char *path, struct error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path ? path : ":memory:", &s->db, flags, NULL) != SQLITE_OK)
        return sqlite_error(s, err, path ? path : "memory");
    /* Exclusive: two sandboxes on one file would each believe their own counts. */
    exec(s, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536");
    int64_t tables = query_int(s, "SELECT count(*) FROM sqlite_schema");
    if (tables < 0)
        return sqlite_error(s, err, path);
    int64_t app = query_int(s, "PRAGMA application_id"),
            version = query_int(s, "PRAGMA user_version");
    if (tables > 0 && (app != APPLICATION_ID || version != SCHEMA_VERSION))
        return error_set(err, ST_CONFIG, "%s: not a file of this sandbox", path);
    if (path)
        exec(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
    return make_schema(s, err);
}

static enum status prepare(struct store *s, const struct str *sql, sqlite3_stmt **out,
                           struct error *err)
{
    if (sqlite3_prepare_v3(s->db, str_text(sql), -1, SQLITE_PREPARE_PERSISTENT, out, NULL) ==
        SQLITE_OK)
        return ST_OK;
    return sqlite_error(s, err, str_text(sql));
}

/* The filters of a variant: ?2 provider, ?3 status. */
static void add_filters(struct str *sql, unsigned variant)
{
    str_add(sql, " WHERE org_id=?1");
    if (variant & BY_PROVIDER)
        str_add(sql, " AND provider_type=?2");
    if (variant & BY_STATUS)
        str_add(sql, " AND status=?3");
    if (variant & BY_ENABLED)
        str_add(sql, " AND enabled=1");
}

static enum status prepare_lists(struct store *s, struct error *err)
{
    struct str sql = STR_INIT;
    enum status st = ST_OK;
    for (unsigned v = 0; v < LIST_VARIANTS && st == ST_OK; v++) {
        str_clear(&sql);
        str_add(&sql, "SELECT ");
        add_columns(&sql, "");
        str_add(&sql, ", seq FROM accounts");
        add_filters(&sql, v);
        str_add(&sql, " AND seq>?4 ORDER BY seq LIMIT ?5");
        st = prepare(s, &sql, &s->list[v], err);
        str_clear(&sql);
        str_add(&sql, "SELECT coalesce(sum(n),0) FROM counts");
        add_filters(&sql, v);
        if (st == ST_OK)
            st = prepare(s, &sql, &s->count[v], err);
    }
    str_finish(&sql);
    return st;
}

static enum status prepare_singles(struct store *s, struct error *err)
{
    struct str sql = STR_INIT;
    str_add(&sql, "INSERT INTO accounts(");
    add_columns(&sql, "");
    str_add(&sql, ") VALUES(?");
    for (int i = 1; i < COLUMNS; i++)
        str_add(&sql, ",?");
    str_add(&sql, ")");
    enum status st = prepare(s, &sql, &s->insert, err);
    str_clear(&sql);
    str_add(&sql, "UPDATE accounts SET ");
    add_columns(&sql, "=?");
    str_add(&sql, " WHERE seq=?");
    if (st == ST_OK)
        st = prepare(s, &sql, &s->update, err);
    str_clear(&sql);
    str_add(&sql, "SELECT ");
    add_columns(&sql, "");
    str_add(&sql, ", seq FROM accounts WHERE provider_account_id=?1 AND org_id=?2");
    if (st == ST_OK)
        st = prepare(s, &sql, &s->get, err);
    str_clear(&sql);
    str_add(&sql, "DELETE FROM accounts WHERE provider_account_id=?1 AND org_id=?2");
    if (st == ST_OK)
        st = prepare(s, &sql, &s->remove, err);
    str_finish(&sql);
    return st;
}

enum status store_open(const struct store_options *options, struct store **out, struct error *err)
{
    struct store *s = mem_calloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->frozen = options->frozen;
    s->in_file = options->path != NULL;
    enum status st = open_database(s, options->path, err);
    if (st == ST_OK)
        st = prepare_lists(s, err);
    if (st == ST_OK)
        st = prepare_singles(s, err);
    if (st == ST_OK) {
        drift_init(&s->drift, options->clock, options->frozen ? 0 : options->time_scale,
                   query_int(s, "SELECT value FROM notes WHERE name='drift'"));
        s->newest = query_int(s, "SELECT coalesce(max(seq),0) FROM accounts");
        if (health_init(&s->health, s->db, &s->drift) != SQLITE_OK)
            st = sqlite_error(s, err, "health");
    }
    if (st != ST_OK) {
        s->in_file = false;
        store_close(s);
        s = NULL;
    }
    *out = s;
    return st;
}

int64_t store_clock(const struct store *s)
{
    return drift_clock(&s->drift);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    if (s->in_file) {
        char *sql = sqlite3_mprintf("INSERT OR REPLACE INTO notes VALUES('drift',%lld)",
                                    (long long)drift_now(&s->drift));
        exec(s, sql);
        sqlite3_free(sql);
    }
    health_finish(&s->health);
    for (int v = 0; v < LIST_VARIANTS; v++) {
        sqlite3_finalize(s->list[v]);
        sqlite3_finalize(s->count[v]);
    }
    sqlite3_finalize(s->insert);
    sqlite3_finalize(s->update);
    sqlite3_finalize(s->remove);
    sqlite3_finalize(s->get);
    sqlite3_close(s->db);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

/* ---- use ---- */

/* Takes the lock and lets health catch up. */
static void enter(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    if (!s->frozen && health_catch_up(&s->health, s->db, &s->drift, s->newest))
        atomic_fetch_add(&s->generation, 1);
}

static void leave(struct store *s)
{
    pthread_mutex_unlock(&s->lock);
}

bool store_is_empty(struct store *s)
{
    enter(s);
    bool empty = query_int(s, "SELECT NOT EXISTS(SELECT 1 FROM accounts)") == 1;
    leave(s);
    return empty;
}

enum status store_fill(struct store *s, int64_t count,
                       void (*make)(void *ctx, int64_t i, struct account *a), void *ctx,
                       struct error *err)
{
    enum status st = ST_OK;
    enter(s);
    /* Indexes made at the end are made once, not a hundred thousand times. */
    exec(s, "BEGIN; DROP TRIGGER IF EXISTS count_in; DROP INDEX IF EXISTS by_id;"
            "DROP INDEX IF EXISTS by_org; DROP INDEX IF EXISTS by_provider;"
            "DROP INDEX IF EXISTS by_status; DROP INDEX IF EXISTS by_both");
    for (int64_t i = 0; i < count && st == ST_OK; i++) {
        struct account a;
        account_init(&a);
        make(ctx, i, &a);
        bind_account(s->insert, &a);
        if (sqlite3_step(s->insert) != SQLITE_DONE)
            st = sqlite_error(s, err, "cannot add accounts");
        sqlite3_reset(s->insert);
    }
    if (st == ST_OK && sqlite3_exec(s->db, after_fill, NULL, NULL, NULL) != SQLITE_OK)
        st = sqlite_error(s, err, "cannot index the accounts");
    if (st == ST_OK && sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        st = sqlite_error(s, err, "cannot keep the accounts");
    if (st != ST_OK)
        exec(s, "ROLLBACK");
    s->newest = query_int(s, "SELECT coalesce(max(seq),0) FROM accounts");
    leave(s);
    return st;
}

static void bind_query(sqlite3_stmt *st, const struct store_query *q)
{
    sqlite3_bind_text(st, 1, q->org, -1, SQLITE_STATIC);
    if (q->provider)
        sqlite3_bind_text(st, 2, q->provider, -1, SQLITE_STATIC);
    if (q->status)
        sqlite3_bind_text(st, 3, q->status, -1, SQLITE_STATIC);
}

enum status store_list(struct store *s, const struct store_query *q, struct store_page *page,
                       store_each *each, void *ctx, struct error *err)
{
    unsigned v = (q->provider ? BY_PROVIDER : 0) | (q->status ? BY_STATUS : 0) |
                 (q->enabled_only ? BY_ENABLED : 0);
    *page = (struct store_page){.last = q->after};
    enter(s);
    bind_query(s->count[v], q);
    if (sqlite3_step(s->count[v]) == SQLITE_ROW)
        page->total = sqlite3_column_int64(s->count[v], 0);
    sqlite3_reset(s->count[v]);
    sqlite3_stmt *st = s->list[v];
    bind_query(st, q);
    sqlite3_bind_int64(st, 4, q->after);
    sqlite3_bind_int64(st, 5, q->limit + 1);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (page->count == q->limit) {
            page->has_more = true;
            continue;
        }
        struct account a;
        read_account(st, &a);
        drift_apply(&s->drift, &a);
        page->last = a.seq;
        page->count++;
        each(ctx, &a);
    }
    enum status result = rc == SQLITE_DONE ? ST_OK : sqlite_error(s, err, "list");
    sqlite3_reset(st);
    leave(s);
    return result;
}

/* Finds an account and makes it last; the caller finishes it. Under the lock. */
static enum status find(struct store *s, const char *org, const char *id, struct account *a,
                        struct error *err)
{
    sqlite3_bind_text(s->get, 1, id, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->get, 2, org, -1, SQLITE_STATIC);
    int rc = sqlite3_step(s->get);
    enum status st = ST_OK;
    if (rc == SQLITE_ROW) {
        read_account(s->get, a);
        account_own(a);
        drift_apply(&s->drift, a);
    } else {
        a->owned = NULL;
        st = rc == SQLITE_DONE ? error_set(err, ST_NOT_FOUND, "no such account")
                               : sqlite_error(s, err, "get");
    }
    sqlite3_reset(s->get);
    return st;
}

enum status store_get(struct store *s, const char *org, const char *id, store_each *each, void *ctx,
                      struct error *err)
{
    struct account a;
    enter(s);
    enum status st = find(s, org, id, &a, err);
    if (st == ST_OK)
        each(ctx, &a);
    account_finish(&a);
    leave(s);
    return st;
}

/* Runs a prepared write to its end and counts it. Under the lock. */
static enum status commit(struct store *s, sqlite3_stmt *st, struct error *err)
{
    int rc = sqlite3_step(st);
    enum status result = rc == SQLITE_DONE ? ST_OK : sqlite_error(s, err, "write");
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    atomic_fetch_add(&s->generation, 1);
    return result;
}

enum status store_add(struct store *s, store_edit *fill, store_each *each, void *ctx,
                      struct error *err)
{
    struct account a;
    account_init(&a);
    enter(s);
    enum status st = fill(ctx, &a, &s->drift);
    if (st == ST_OK) {
        bind_account(s->insert, &a);
        st = commit(s, s->insert, err);
    }
    if (st == ST_OK) {
        s->newest = sqlite3_last_insert_rowid(s->db);
        drift_apply(&s->drift, &a);
        each(ctx, &a);
    }
    leave(s);
    return st;
}

enum status store_change(struct store *s, const char *org, const char *id, store_edit *edit,
                         store_each *each, void *ctx, struct error *err)
{
    struct account a;
    enter(s);
    enum status st = find(s, org, id, &a, err);
    if (st == ST_OK)
        st = edit(ctx, &a, &s->drift);
    if (st == ST_OK) {
        drift_anchor(&s->drift, &a, a.use_rate);
        bind_account(s->update, &a);
        sqlite3_bind_int64(s->update, COLUMNS + 1, a.seq);
        st = commit(s, s->update, err);
    }
    if (st == ST_OK)
        each(ctx, &a);
    account_finish(&a);
    leave(s);
    return st;
}

enum status store_remove(struct store *s, const char *org, const char *id, struct error *err)
{
    enter(s);
    sqlite3_bind_text(s->remove, 1, id, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->remove, 2, org, -1, SQLITE_STATIC);
    enum status st = commit(s, s->remove, err);
    if (st == ST_OK && sqlite3_changes(s->db) == 0)
        st = error_set(err, ST_NOT_FOUND, "no such account");
    leave(s);
    return st;
}

uint64_t store_generation(struct store *s)
{
    return atomic_load(&s->generation);
}
