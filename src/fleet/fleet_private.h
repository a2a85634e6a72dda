/* fleet_private.h: what a row is, for the files of the fleet. */
#ifndef FLEET_FLEET_PRIVATE_H
#define FLEET_FLEET_PRIVATE_H

#include "base/map.h"
#include "fleet/cells.h"
#include "fleet/fleet.h"
#include "fleet/known.h"
#include "fleet/raws.h"

#define LISTENERS_MAX 8

enum row_flags { ROW_ALIVE = 1, ROW_MARKED = 2, ROW_NEW = 4, ROW_HAS_BASE = 8, ROW_UNKNOWN = 16 };
#define ROW_DIFFERS 32 /* since it was settled, in more than what moves by itself */

/* Texts are interned, and 0 for none: few rows have a lock, and each byte is there a hundred
 * thousand times. */
struct row {
    int64_t as_of;
    uint64_t hash;       /* of the raw record */
    uint32_t raw_block;  /* 0: none, the row is dead */
    uint32_t base_block; /* ROW_HAS_BASE: the record as it was when last settled */
    uint32_t key;        /* the id, or for a bad record its bytes; the map's key */
    uint32_t lock, bad;  /* why it is locked; why the record is bad */
    uint8_t raw_at, base_at, flags;
};

struct listener {
    fleet_listener *fn;
    void *ctx;
};

struct fleet {
    struct cells cells;
    struct raws *raws;
    row_id *by_key; /* interned id → row + 1, 0: none; by text number */
    size_t by_key_room;
    struct known known; /* hash of a record → row */
    struct map bads;    /* bytes of a record without an id → row */
    struct row *rows;
    size_t count, room;
    uint32_t alive, marked;
    uint64_t marks_version;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    bool plain;
};

/* ---- the JSON as received: where a row has its record, and where what it was when settled ---- */

static inline struct raw_place raw_place(const struct row *r)
{
    return (struct raw_place){r->raw_block, r->raw_at};
}

static inline struct raw_place base_place(const struct row *r)
{
    return (struct raw_place){r->flags & ROW_HAS_BASE ? r->base_block : 0, r->base_at};
}

static inline void raw_set(struct row *r, struct raw_place place)
{
    r->raw_block = place.block;
    r->raw_at = (uint8_t)place.at;
}

/* Tells all listeners; fields: those that changed, or NULL. */
void fleet_tell(struct fleet *f, enum fleet_event_type type, row_id row,
                const struct field_set *fields);

#endif
