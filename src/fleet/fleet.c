/* fleet.c: rows, their identity, age, marks and locks, and the news of them.
 *
 * A row keeps its number and its age after its account is gone, so that a reply which was already
 * under way cannot bring a deleted account back. */
#include "fleet/fleet.h"

#include "base/mem.h"
#include "base/vec.h"
#include "fleet/cells.h"

#include <string.h>

#define LISTENERS_MAX 8

enum row_flags { ROW_ALIVE = 1, ROW_MARKED = 2 };

struct row {
    int64_t as_of;
    uint64_t hash; /* of the raw record */
    char *raw;     /* owned; NULL when dead */
    char *lock;    /* owned; NULL: not locked */
    char *bad;     /* owned; why the record is bad, or NULL */
    uint32_t key;  /* interned: the id, or for a bad record its bytes; the map's key */
    uint32_t raw_len;
    uint8_t flags;
};

struct listener {
    fleet_listener *fn;
    void *ctx;
};

struct fleet {
    struct cells cells;
    struct map ids;  /* id → row */
    struct map bads; /* bytes of a record without an id → row */
    struct row *rows;
    size_t count, room;
    uint32_t alive, marked;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
};

struct fleet *fleet_create(void)
{
    struct fleet *f = mem_calloc(1, sizeof *f);
    cells_init(&f->cells);
    map_init(&f->ids);
    map_init(&f->bads);
    return f;
}

static void row_finish(struct row *r)
{
    mem_free(r->raw);
    mem_free(r->lock);
    mem_free(r->bad);
}

static void rows_finish(struct fleet *f)
{
    for (size_t i = 0; i < f->count; i++)
        row_finish(&f->rows[i]);
    mem_free(f->rows);
    map_finish(&f->ids);
    map_finish(&f->bads);
    cells_finish(&f->cells);
}

void fleet_destroy(struct fleet *fleet)
{
    if (!fleet)
        return;
    rows_finish(fleet);
    mem_free(fleet);
}

static void tell(struct fleet *f, enum fleet_event_type type, row_id row,
                 const struct field_set *fields)
{
    struct fleet_event ev = {type, row, fields};
    for (size_t i = 0; i < f->listener_count; i++)
        f->listeners[i].fn(f->listeners[i].ctx, &ev);
}

void fleet_clear(struct fleet *fleet)
{
    rows_finish(fleet);
    fleet->rows = NULL;
    fleet->count = fleet->room = 0;
    fleet->alive = fleet->marked = 0;
    cells_init(&fleet->cells);
    map_init(&fleet->ids);
    map_init(&fleet->bads);
    tell(fleet, FLEET_EV_CLEARED, ROW_NONE, NULL);
}

/* A new row for a key in one of the maps; the key's bytes live in the interner. */
static row_id row_add(struct fleet *f, struct map *map, struct span key)
{
    VEC_ROOM(f->rows, f->count, f->room);
    row_id row = (row_id)f->count++;
    f->rows[row] = (struct row){.as_of = INT64_MIN};
    cells_reserve(&f->cells, row + 1);
    f->rows[row].key = intern_take(&f->cells.texts, key);
    map_set(map, intern_span(&f->cells.texts, f->rows[row].key), row);
    return row;
}

static void row_keep_raw(struct row *r, struct span raw, uint64_t hash)
{
    mem_free(r->raw);
    r->raw = mem_strndup(raw.p, raw.len);
    r->raw_len = (uint32_t)raw.len;
    r->hash = hash;
}

static bool same_bytes(const struct row *r, struct span raw, uint64_t hash)
{
    return (r->flags & ROW_ALIVE) && r->hash == hash && r->raw_len == raw.len &&
           memcmp(r->raw, raw.p, raw.len) == 0;
}

/* Lays the decoded record into the row and tells what changed. */
static enum fleet_put row_fill(struct fleet *f, row_id row, struct span raw, uint64_t hash,
                               const struct value v[FIELD_COUNT])
{
    struct row *r = &f->rows[row];
    bool fresh = !(r->flags & ROW_ALIVE);
    struct field_set changed;
    size_t n = cells_put(&f->cells, row, v, &changed);
    row_keep_raw(r, raw, hash);
    if (fresh) {
        r->flags |= ROW_ALIVE;
        f->alive++;
        tell(f, FLEET_EV_ADDED, row, NULL);
        return FLEET_NEW;
    }
    if (n == 0)
        return FLEET_SAME;
    tell(f, FLEET_EV_CHANGED, row, &changed);
    return FLEET_CHANGED;
}

/* A record that cannot be read, or that nobody could address: shown, by its bytes. */
static void put_bad(struct fleet *f, struct span raw, int64_t as_of, const struct value *v,
                    const char *why, row_id *out)
{
    row_id row;
    if (!map_get(&f->bads, raw, &row))
        row = row_add(f, &f->bads, raw);
    struct row *r = &f->rows[row];
    if (as_of > r->as_of)
        r->as_of = as_of;
    if (!r->bad)
        r->bad = mem_strdup(why);
    row_fill(f, row, raw, hash_bytes(raw.p, raw.len), v);
    if (out)
        *out = row;
}

enum fleet_put fleet_put(struct fleet *fleet, struct span raw, int64_t as_of, row_id *out)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct error err;
    arena_init(&mem);
    enum fleet_put result = FLEET_BAD;
    if (scan_record(raw, v, &mem, NULL, NULL, &err)) {
        for (int f = 0; f < FIELD_COUNT; f++)
            v[f] = (struct value){.presence = PRESENCE_BAD, .text = {"", 0}};
        put_bad(fleet, raw, as_of, v, err.what, out);
    } else if (!value_known(&v[FIELD_ID]) || v[FIELD_ID].text.len == 0) {
        put_bad(fleet, raw, as_of, v, "the account has no id", out);
    } else {
        row_id row;
        uint64_t hash = hash_bytes(raw.p, raw.len);
        if (!map_get(&fleet->ids, v[FIELD_ID].text, &row))
            row = row_add(fleet, &fleet->ids, v[FIELD_ID].text);
        if (out)
            *out = row;
        struct row *r = &fleet->rows[row];
        if (as_of < r->as_of) {
            result = FLEET_OLDER;
        } else {
            r->as_of = as_of;
            result = same_bytes(r, raw, hash) ? FLEET_SAME : row_fill(fleet, row, raw, hash, v);
        }
    }
    arena_finish(&mem);
    return result;
}

bool fleet_remove(struct fleet *fleet, row_id row, int64_t as_of)
{
    if (!fleet_alive(fleet, row) || as_of < fleet->rows[row].as_of)
        return false;
    struct row *r = &fleet->rows[row];
    r->as_of = as_of;
    if (r->flags & ROW_MARKED)
        fleet->marked--;
    fleet->alive--;
    r->flags = 0;
    /* Told before the values go, so that a listener can still ask what it was. */
    tell(fleet, FLEET_EV_REMOVED, row, NULL);
    mem_free(r->raw);
    r->raw = NULL;
    r->raw_len = 0;
    cells_clear(&fleet->cells, row);
    return true;
}

void fleet_fence(struct fleet *fleet, row_id row, int64_t as_of)
{
    if (row < fleet->count && as_of > fleet->rows[row].as_of)
        fleet->rows[row].as_of = as_of;
}

uint32_t fleet_rows(const struct fleet *fleet)
{
    return (uint32_t)fleet->count;
}

bool fleet_alive(const struct fleet *fleet, row_id row)
{
    return row < fleet->count && (fleet->rows[row].flags & ROW_ALIVE);
}

uint32_t fleet_count(const struct fleet *fleet)
{
    return fleet->alive;
}

row_id fleet_find(const struct fleet *fleet, struct span id)
{
    row_id row;
    if (!map_get(&fleet->ids, id, &row) || !fleet_alive(fleet, row))
        return ROW_NONE;
    return row;
}

uint32_t fleet_find_name(const struct fleet *fleet, struct span name, row_id *out, uint32_t room)
{
    uint32_t n = 0;
    for (row_id row = 0; row < fleet->count; row++) {
        struct value v;
        if (!fleet_alive(fleet, row))
            continue;
        fleet_get(fleet, row, FIELD_NAME, &v);
        if (!value_known(&v) || !span_eq(v.text, name))
            continue;
        if (n < room)
            out[n] = row;
        n++;
    }
    return n;
}

void fleet_get(const struct fleet *fleet, row_id row, enum field field, struct value *out)
{
    cells_get(&fleet->cells, row, field, out);
}

static void source_get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    fleet_get(owner, row, field, out);
}

struct row_source fleet_row_source(const struct fleet *fleet, row_id row)
{
    return (struct row_source){.get = source_get, .owner = fleet, .row = row};
}

struct span fleet_raw(const struct fleet *fleet, row_id row)
{
    const struct row *r = &fleet->rows[row];
    return (struct span){r->raw ? r->raw : "", r->raw_len};
}

int64_t fleet_as_of(const struct fleet *fleet, row_id row)
{
    return fleet->rows[row].as_of;
}

const char *fleet_bad(const struct fleet *fleet, row_id row)
{
    return fleet->rows[row].bad ? fleet->rows[row].bad : "";
}

enum status fleet_account(const struct fleet *fleet, row_id row, struct account *out,
                          struct error *err)
{
    if (!fleet_alive(fleet, row))
        return error_set(err, ST_NOT_FOUND, "the account is gone");
    return account_decode(out, fleet_raw(fleet, row), err);
}

bool fleet_marked(const struct fleet *fleet, row_id row)
{
    return row < fleet->count && (fleet->rows[row].flags & ROW_MARKED);
}

void fleet_mark(struct fleet *fleet, row_id row, bool marked)
{
    if (!fleet_alive(fleet, row) || fleet_marked(fleet, row) == marked)
        return;
    fleet->rows[row].flags ^= ROW_MARKED;
    fleet->marked += marked ? 1 : UINT32_MAX;
    tell(fleet, FLEET_EV_STATE, row, NULL);
}

uint32_t fleet_marked_count(const struct fleet *fleet)
{
    return fleet->marked;
}

void fleet_unmark_all(struct fleet *fleet)
{
    for (row_id row = 0; fleet->marked && row < fleet->count; row++)
        fleet_mark(fleet, row, false);
}

void fleet_lock(struct fleet *fleet, row_id row, const char *why)
{
    if (row >= fleet->count)
        return;
    struct row *r = &fleet->rows[row];
    mem_free(r->lock);
    r->lock = why ? mem_strdup(why) : NULL;
    tell(fleet, FLEET_EV_STATE, row, NULL);
}

const char *fleet_locked(const struct fleet *fleet, row_id row)
{
    return row < fleet->count ? fleet->rows[row].lock : NULL;
}

void fleet_listen(struct fleet *fleet, fleet_listener *fn, void *ctx)
{
    if (fleet->listener_count < LISTENERS_MAX)
        fleet->listeners[fleet->listener_count++] = (struct listener){fn, ctx};
}

void fleet_unlisten(struct fleet *fleet, fleet_listener *fn, void *ctx)
{
    for (size_t i = 0; i < fleet->listener_count; i++) {
        if (fleet->listeners[i].fn != fn || fleet->listeners[i].ctx != ctx)
            continue;
        fleet->listeners[i] = fleet->listeners[--fleet->listener_count];
        return;
    }
}
