/* fleet.c: rows, their identity and age: how records come in, and go. What is asked of them is in
 * fleet_look.c, marks, locks and news in fleet_state.c.
 *
 * A row keeps its number and its age after its account is gone, so that a reply which was already
 * under way cannot bring a deleted account back. */
#include "fleet/fleet.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "fleet/fleet_private.h"

#include <string.h>

static struct fleet *create(bool plain)
{
    struct fleet *f = mem_calloc(1, sizeof *f);
    f->plain = plain;
    f->raws = raws_create(plain);
    cells_init(&f->cells);
    map_init(&f->bads);
    return f;
}

struct fleet *fleet_create(void)
{
    return create(false);
}

struct fleet *fleet_create_plain(void)
{
    return create(true);
}

static void rows_finish(struct fleet *f)
{
    mem_free(f->rows);
    mem_free(f->by_key);
    raws_destroy(f->raws);
    known_finish(&f->known);
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

void fleet_clear(struct fleet *fleet)
{
    rows_finish(fleet);
    fleet->rows = NULL;
    fleet->by_key = NULL;
    fleet->by_key_room = 0;
    fleet->count = fleet->room = 0;
    fleet->alive = fleet->marked = 0;
    fleet->marks_version++;
    fleet->raws = raws_create(fleet->plain);
    cells_init(&fleet->cells);
    map_init(&fleet->bads);
    fleet_tell(fleet, FLEET_EV_CLEARED, ROW_NONE, NULL);
}

static row_id row_add(struct fleet *f, struct span key)
{
    VEC_ROOM(f->rows, f->count, f->room);
    row_id row = (row_id)f->count++;
    f->rows[row] = (struct row){.as_of = INT64_MIN};
    cells_reserve(&f->cells, row + 1);
    f->rows[row].key = intern_take(&f->cells.texts, key);
    return row;
}

/* Ids are found by their number among the interned texts, which is there anyway: no second table
 * of a hundred thousand keys. */
static void key_set(struct fleet *f, row_id row)
{
    uint32_t key = f->rows[row].key;
    if (key >= f->by_key_room) {
        size_t room = key + key / 2u + 64;
        f->by_key = mem_realloc(f->by_key, room, sizeof *f->by_key);
        memset(f->by_key + f->by_key_room, 0, (room - f->by_key_room) * sizeof *f->by_key);
        f->by_key_room = room;
    }
    f->by_key[key] = row + 1;
}

static row_id key_find(const struct fleet *f, struct span id)
{
    uint32_t key = intern_find(&f->cells.texts, id);
    return key && key < f->by_key_room && f->by_key[key] ? f->by_key[key] - 1 : ROW_NONE;
}

/* ---- the JSON as received ---- */

/* The record goes; the first that does after the row was settled stays, as what the row was. */
static void raw_leave(struct fleet *f, struct row *r)
{
    if (!r->raw_block)
        return;
    if (r->flags & (ROW_NEW | ROW_HAS_BASE)) {
        raws_drop(f->raws, raw_place(r));
    } else {
        r->base_block = r->raw_block;
        r->base_at = r->raw_at;
        r->flags |= ROW_HAS_BASE;
    }
    r->raw_block = 0;
}

static void known_set(struct fleet *f, const struct row *r)
{
    if (known_full(&f->known)) {
        known_clear(&f->known, f->count);
        for (size_t i = 0; i < f->count; i++) {
            if (f->rows[i].flags & ROW_ALIVE && &f->rows[i] != r)
                known_add(&f->known, f->rows[i].hash, (row_id)i);
        }
    }
    known_add(&f->known, r->hash, (row_id)(r - f->rows));
}

static void raw_keep(struct fleet *f, struct row *r, struct span raw, uint64_t hash,
                     struct raw_place stored)
{
    raw_leave(f, r);
    r->hash = hash;
    if (stored.block)
        raws_hold(f->raws, stored);
    else
        stored = raws_add(f->raws, r->as_of, raw);
    raw_set(r, stored);
    known_set(f, r);
}

/* Two records of one account with the same 64 bits are the same: the server's accounts are no
 * place for a birthday. */
static bool same_bytes(const struct row *r, uint64_t hash)
{
    return (r->flags & ROW_ALIVE) && r->hash == hash;
}

/* ---- records ---- */

/* A record on its way into a row. */
struct incoming {
    struct span raw;
    uint64_t hash;
    int64_t as_of;
    struct raw_place stored; /* a record of an adopted block, or nowhere */
    struct value v[FIELD_COUNT];
    bool unknown; /* it has fields that the table does not know */
};

static void note_unknown(void *ctx, struct span path, struct span raw)
{
    struct incoming *in = ctx;
    (void)path;
    (void)raw;
    in->unknown = true;
}

/* Lays the decoded record into the row and tells what changed. */
static enum fleet_put row_fill(struct fleet *f, row_id row, const struct incoming *in)
{
    struct row *r = &f->rows[row];
    bool fresh = !(r->flags & ROW_ALIVE);
    struct field_set changed;
    size_t n = cells_put(&f->cells, row, in->v, &changed);
    if (fresh && !in->stored.block && !(r->flags & ROW_HAS_BASE))
        r->flags |= ROW_NEW;
    raw_keep(f, r, in->raw, in->hash, in->stored);
    if (fresh || !field_set_moves(&changed))
        r->flags |= ROW_DIFFERS;
    r->flags = (uint8_t)((r->flags & ~ROW_UNKNOWN) | (in->unknown ? ROW_UNKNOWN : 0));
    if (fresh) {
        r->flags |= ROW_ALIVE;
        f->alive++;
        fleet_tell(f, FLEET_EV_ADDED, row, NULL);
        return FLEET_NEW;
    }
    if (n == 0)
        return FLEET_SAME;
    fleet_tell(f, FLEET_EV_CHANGED, row, &changed);
    return FLEET_CHANGED;
}

/* A record that cannot be read, or that nobody could address: shown, by its bytes. */
static void put_bad(struct fleet *f, const struct incoming *in, const char *why, row_id *out)
{
    row_id row;
    if (!map_get(&f->bads, in->raw, &row)) {
        row = row_add(f, in->raw);
        map_set(&f->bads, intern_span(&f->cells.texts, f->rows[row].key), row);
        f->rows[row].bad = intern_take(&f->cells.texts, span_of(why));
    }
    struct row *r = &f->rows[row];
    if (in->as_of > r->as_of)
        r->as_of = in->as_of;
    if (!same_bytes(r, in->hash))
        row_fill(f, row, in);
    if (out)
        *out = row;
}

static enum fleet_put put_good(struct fleet *f, const struct incoming *in, row_id *out)
{
    row_id row = key_find(f, in->v[FIELD_ID].text);
    if (row == ROW_NONE) {
        row = row_add(f, in->v[FIELD_ID].text);
        key_set(f, row);
    }
    if (out)
        *out = row;
    struct row *r = &f->rows[row];
    if (in->as_of < r->as_of)
        return FLEET_OLDER;
    r->as_of = in->as_of;
    return same_bytes(r, in->hash) ? FLEET_SAME : row_fill(f, row, in);
}

/* A record whose bytes a row has already costs no more than its hash. */
static bool put_known(struct fleet *f, uint64_t hash, int64_t as_of, row_id *out,
                      enum fleet_put *result)
{
    size_t at = 0;
    row_id row;
    while ((row = known_next(&f->known, hash, &at)) != ROW_NONE && !same_bytes(&f->rows[row], hash))
        ;
    if (row == ROW_NONE)
        return false;
    struct row *r = &f->rows[row];
    *result = r->bad ? FLEET_BAD : as_of < r->as_of ? FLEET_OLDER : FLEET_SAME;
    if (as_of > r->as_of)
        r->as_of = as_of;
    if (out)
        *out = row;
    return true;
}

static enum fleet_put put(struct fleet *f, struct span raw, int64_t as_of, struct raw_place stored,
                          row_id *out)
{
    struct incoming in = {raw, hash_bytes(raw.p, raw.len), as_of, stored, {{0}}, false};
    struct arena mem;
    struct error err;
    enum fleet_put result = FLEET_BAD;
    if (put_known(f, in.hash, as_of, out, &result))
        return result;
    arena_init(&mem);
    if (scan_record(raw, in.v, &mem, note_unknown, &in, &err)) {
        for (int i = 0; i < FIELD_COUNT; i++)
            in.v[i] = (struct value){.presence = PRESENCE_BAD, .text = {"", 0}};
        put_bad(f, &in, err.what, out);
    } else if (!value_known(&in.v[FIELD_ID]) || in.v[FIELD_ID].text.len == 0) {
        put_bad(f, &in, "the account has no id", out);
    } else {
        result = put_good(f, &in, out);
    }
    arena_finish(&mem);
    return result;
}

enum fleet_put fleet_put(struct fleet *fleet, struct span raw, int64_t as_of, row_id *row)
{
    return put(fleet, raw, as_of, (struct raw_place){0, 0}, row);
}

enum fleet_put fleet_put_stored(struct fleet *fleet, const struct block *plain,
                                struct raw_place place, int64_t as_of, row_id *row)
{
    return put(fleet, block_at(plain, place.at, NULL), as_of, place, row);
}

bool fleet_remove(struct fleet *fleet, row_id row, int64_t as_of)
{
    if (!fleet_alive(fleet, row) || as_of < fleet->rows[row].as_of)
        return false;
    struct row *r = &fleet->rows[row];
    r->as_of = as_of;
    if (r->flags & ROW_MARKED) {
        fleet->marked--;
        fleet->marks_version++;
    }
    fleet->alive--;
    r->flags &= ROW_NEW | ROW_HAS_BASE;
    /* Told before the values go, so that a listener can still ask what it was. */
    fleet_tell(fleet, FLEET_EV_REMOVED, row, NULL);
    raw_leave(fleet, r);
    cells_clear(&fleet->cells, row);
    return true;
}

void fleet_fence(struct fleet *fleet, row_id row, int64_t as_of)
{
    if (row < fleet->count && as_of > fleet->rows[row].as_of)
        fleet->rows[row].as_of = as_of;
}

row_id fleet_find(const struct fleet *fleet, struct span id)
{
    row_id row = key_find(fleet, id);
    return row != ROW_NONE && fleet_alive(fleet, row) ? row : ROW_NONE;
}

/* ---- what is held ---- */

void fleet_settle(struct fleet *fleet, row_id row)
{
    struct row *r = &fleet->rows[row];
    raws_drop(fleet->raws, base_place(r));
    r->flags &= (uint8_t) ~(ROW_NEW | ROW_HAS_BASE | ROW_DIFFERS);
}

/* The row that has a record in this place; its id says which. */
static struct row *holder(struct fleet *f, struct span raw, struct raw_place place, bool *base)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    row_id row = ROW_NONE;
    arena_init(&mem);
    if (scan_record(raw, v, &mem, NULL, NULL, NULL) == ST_OK && value_known(&v[FIELD_ID]))
        row = key_find(f, v[FIELD_ID].text);
    arena_finish(&mem);
    if (row == ROW_NONE && !map_get(&f->bads, raw, &row))
        return NULL;
    struct row *r = &f->rows[row];
    struct raw_place then = base_place(r);
    *base = then.block == place.block && then.at == place.at;
    return *base || (r->raw_block == place.block && r->raw_at == place.at) ? r : NULL;
}

bool fleet_tidy(struct fleet *fleet)
{
    uint32_t block = raws_sparse(fleet->raws);
    if (!block)
        return false;
    struct raw_block info = raws_block(fleet->raws, block);
    struct str raw = STR_INIT;
    for (uint32_t at = 0; at < BLOCK_RECORDS; at++) {
        struct raw_place place = {block, at};
        int64_t as_of = 0;
        bool base = false;
        if (!(info.bits[at / 8] & 1u << at % 8))
            continue;
        /* Copied: adding may unpack another block over it. */
        str_clear(&raw);
        str_add_span(&raw, raws_get(fleet->raws, place, &as_of));
        struct row *r = holder(fleet, span_from(&raw), place, &base);
        struct raw_place to = r ? raws_add(fleet->raws, as_of, span_from(&raw)) : place;
        if (r && base) {
            r->base_block = to.block;
            r->base_at = (uint8_t)to.at;
        } else if (r) {
            raw_set(r, to);
        }
        raws_drop(fleet->raws, place);
    }
    str_finish(&raw);
    return true;
}
