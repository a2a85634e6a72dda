/* raws.c: see raws.h. */
#include "fleet/raws.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

#define CACHED    4  /* unpacked blocks: some 100 kB each */
#define SMALL_MAX 32 /* blocks that were sealed early, before they are put together */

struct slot {
    char *packed;        /* owned; NULL: not packed, or the number is free */
    struct block *plain; /* owned; the open block, or any when packing is off */
    uint32_t packed_len, held, count;
    bool small; /* sealed before it was half full */
    uint8_t bits[RAW_BITS_BYTES];
    int64_t stored;
    uint32_t next_free;
};

struct cached {
    uint32_t block; /* 0: empty */
    uint64_t used;
    struct block plain;
};

struct raws {
    bool keep_plain;
    struct slot *slots; /* by number; 0 is not used */
    size_t end, room;
    uint32_t free_slot, open; /* 0: none */
    uint64_t count, held;     /* records, with and without gaps */
    uint32_t small;           /* blocks */
    size_t bytes;
    struct cached cache[CACHED];
    uint64_t turn;
    struct block_packer *packer; /* owned */
    struct str scratch;
};

struct raws *raws_create(bool plain)
{
    struct raws *r = mem_calloc(1, sizeof *r);
    r->keep_plain = plain;
    r->packer = block_packer_create();
    VEC_ROOM(r->slots, r->end, r->room);
    r->slots[r->end++] = (struct slot){0};
    return r;
}

static void plain_destroy(struct block *plain)
{
    if (plain)
        block_finish(plain);
    mem_free(plain);
}

void raws_destroy(struct raws *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->end; i++) {
        mem_free(r->slots[i].packed);
        plain_destroy(r->slots[i].plain);
    }
    for (size_t i = 0; i < CACHED; i++)
        block_finish(&r->cache[i].plain);
    mem_free(r->slots);
    block_packer_destroy(r->packer);
    str_finish(&r->scratch);
    mem_free(r);
}

/* ---- blocks ------------------------------------------------------------------------------- */

static uint32_t slot_take(struct raws *r)
{
    uint32_t number = r->free_slot;
    if (number) {
        r->free_slot = r->slots[number].next_free;
    } else {
        VEC_ROOM(r->slots, r->end, r->room);
        number = (uint32_t)r->end++;
    }
    r->slots[number] = (struct slot){0};
    return number;
}

static void slot_give(struct raws *r, uint32_t number)
{
    struct slot *s = &r->slots[number];
    for (size_t i = 0; i < CACHED; i++) {
        if (r->cache[i].block == number)
            r->cache[i].block = 0;
    }
    r->bytes -= s->packed ? s->packed_len : s->plain->bytes.len;
    r->count -= s->count;
    r->small -= s->small;
    mem_free(s->packed);
    plain_destroy(s->plain);
    *s = (struct slot){.next_free = r->free_slot};
    r->free_slot = number;
}

static void set_packed(struct raws *r, struct slot *s, struct span packed)
{
    s->packed = mem_dup(packed.p, packed.len);
    s->packed_len = (uint32_t)packed.len;
    r->bytes += s->packed_len;
}

static void judge_size(struct raws *r, struct slot *s, size_t plain_len)
{
    s->small = s->count <= BLOCK_RECORDS / 2 && plain_len < BLOCK_BYTES / 2;
    r->small += s->small;
}

void raws_seal(struct raws *r)
{
    if (!r->open)
        return;
    struct slot *s = &r->slots[r->open];
    uint32_t number = r->open;
    r->open = 0;
    if (s->held == 0) {
        slot_give(r, number);
        return;
    }
    judge_size(r, s, s->plain->bytes.len);
    if (r->keep_plain)
        return;
    str_clear(&r->scratch);
    block_pack(r->packer, s->plain, &r->scratch);
    set_packed(r, s, span_from(&r->scratch));
    r->bytes -= s->plain->bytes.len;
    plain_destroy(s->plain);
    s->plain = NULL;
}

static void bit_set(struct raws *r, struct raw_place place)
{
    struct slot *s = &r->slots[place.block];
    s->bits[place.at / 8] |= (uint8_t)(1u << place.at % 8);
    s->held++;
    r->held++;
}

struct raw_place raws_add(struct raws *r, int64_t as_of, struct span raw)
{
    if (!r->open) {
        r->open = slot_take(r);
        r->slots[r->open].plain = mem_calloc(1, sizeof(struct block));
    }
    struct slot *s = &r->slots[r->open];
    size_t before = s->plain->bytes.len;
    struct raw_place place = {r->open, block_add(s->plain, as_of, raw)};
    r->bytes += s->plain->bytes.len - before;
    s->count++;
    r->count++;
    bit_set(r, place);
    if (block_full(s->plain))
        raws_seal(r);
    return place;
}

void raws_drop(struct raws *r, struct raw_place place)
{
    if (!place.block)
        return;
    struct slot *s = &r->slots[place.block];
    s->bits[place.at / 8] &= (uint8_t) ~(1u << place.at % 8);
    s->held--;
    r->held--;
    if (s->held == 0 && place.block != r->open)
        slot_give(r, place.block);
}

/* ---- a look ------------------------------------------------------------------------------- */

/* The block unpacked; NULL when its bytes cannot be read. */
static const struct block *plain_of(struct raws *r, uint32_t number)
{
    struct slot *s = &r->slots[number];
    if (s->plain)
        return s->plain;
    struct cached *oldest = &r->cache[0];
    for (size_t i = 0; i < CACHED; i++) {
        struct cached *c = &r->cache[i];
        if (c->block == number) {
            c->used = ++r->turn;
            return &c->plain;
        }
        if (c->used < oldest->used)
            oldest = c;
    }
    oldest->block = 0;
    if (!block_unpack(r->packer, (struct span){s->packed, s->packed_len}, &oldest->plain))
        return NULL;
    oldest->block = number;
    oldest->used = ++r->turn;
    return &oldest->plain;
}

struct span raws_get(struct raws *r, struct raw_place place, int64_t *as_of)
{
    const struct block *plain = place.block ? plain_of(r, place.block) : NULL;
    if (!plain || place.at >= plain->count)
        return (struct span){"", 0};
    return block_at(plain, place.at, as_of);
}

/* ---- blocks from elsewhere, and to there --------------------------------------------------- */

uint32_t raws_adopt(struct raws *r, struct span packed, const struct block *plain, int64_t stored)
{
    uint32_t number = slot_take(r);
    struct slot *s = &r->slots[number];
    set_packed(r, s, packed);
    s->stored = stored;
    s->count = plain->count;
    r->count += plain->count;
    judge_size(r, s, plain->bytes.len);
    return number;
}

void raws_hold(struct raws *r, struct raw_place place)
{
    bit_set(r, place);
}

void raws_forget(struct raws *r, uint32_t block)
{
    if (r->slots[block].held == 0)
        slot_give(r, block);
}

uint32_t raws_open(const struct raws *r)
{
    return r->open;
}

uint32_t raws_end(const struct raws *r)
{
    return (uint32_t)r->end;
}

struct raw_block raws_block(const struct raws *r, uint32_t block)
{
    const struct slot *s = &r->slots[block];
    struct raw_block out = {.held = s->held, .stored = s->stored};
    memcpy(out.bits, s->bits, sizeof out.bits);
    return out;
}

struct span raws_packed(struct raws *r, uint32_t block)
{
    const struct slot *s = &r->slots[block];
    if (s->packed)
        return (struct span){s->packed, s->packed_len};
    str_clear(&r->scratch);
    block_pack(r->packer, s->plain, &r->scratch);
    return span_from(&r->scratch);
}

void raws_set_stored(struct raws *r, uint32_t block, int64_t stored)
{
    r->slots[block].stored = stored;
}

/* Gaps are worth it only when all of them together are as many as the records: then every move of
 * a record has been paid for by one that went. */
uint32_t raws_sparse(const struct raws *r)
{
    bool gaps = r->count >= 2 * r->held + 2 * BLOCK_RECORDS, many = r->small >= SMALL_MAX;
    for (uint32_t i = 1; (gaps || many) && i < r->end; i++) {
        const struct slot *s = &r->slots[i];
        if (s->held && i != r->open && ((gaps && s->held * 2 <= s->count) || (many && s->small)))
            return i;
    }
    return 0;
}

size_t raws_bytes(const struct raws *r)
{
    return r->bytes;
}
