/* intern.c: see intern.h.
 *
 * An address counts 8 bytes: page number above, place in the page below, so that 4 bytes reach 32
 * GiB. A text that is let go leaves a hole of its size, which holds the address of the next. */
#include "fleet/intern.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

#define PAGE_BYTES  65536u
#define PAGE_UNITS  (PAGE_BYTES / 8)
#define TABLE_FIRST 64

struct intern_slot {
    uint32_t users; /* 0: free, and `at` is the next free slot */
    uint32_t len;
    uint32_t at; /* address in the pages, or in bigs for a long text */
};

/* The hash stands beside the number, so that looking for a text touches only its neighbours here
 * and, in the end, its own slot. */
struct intern_place {
    uint32_t hash;
    uint32_t id; /* 0: empty */
};

/* ---- bytes -------------------------------------------------------------------------------- */

static size_t units_of(size_t len)
{
    return (len + 1 + 7) / 8;
}

static bool is_big(size_t len)
{
    return units_of(len) > INTERN_SIZES;
}

static char *page_bytes(const struct intern *in, uint32_t at)
{
    return in->pages[at / PAGE_UNITS] + (size_t)(at % PAGE_UNITS) * 8;
}

static uint32_t page_take(struct intern *in, size_t units)
{
    uint32_t *hole = &in->holes[units - 1];
    uint32_t at = *hole;
    if (at) {
        memcpy(hole, page_bytes(in, at), sizeof *hole);
        return at;
    }
    if (in->page_count == 0 || in->page_at + units * 8 > PAGE_BYTES) {
        VEC_ROOM(in->pages, in->page_count, in->page_room);
        in->pages[in->page_count++] = mem_alloc(PAGE_BYTES);
        in->page_at = in->page_count == 1 ? 8 : 0; /* address 0 is no hole */
    }
    at = (uint32_t)((in->page_count - 1) * PAGE_UNITS + in->page_at / 8);
    in->page_at += units * 8;
    return at;
}

static uint32_t big_take(struct intern *in, size_t len)
{
    uint32_t at = in->free_big;
    if (at) {
        at--;
        memcpy(&in->free_big, in->bigs[at], sizeof in->free_big);
        mem_free(in->bigs[at]);
    } else {
        VEC_ROOM(in->bigs, in->big_count, in->big_room);
        at = (uint32_t)in->big_count++;
    }
    in->bigs[at] = mem_alloc(len + 1);
    return at;
}

static char *bytes_of(const struct intern *in, const struct intern_slot *s)
{
    return is_big(s->len) ? in->bigs[s->at] : page_bytes(in, s->at);
}

static void bytes_take(struct intern *in, struct intern_slot *s, struct span text)
{
    s->len = (uint32_t)text.len;
    s->at = is_big(text.len) ? big_take(in, text.len) : page_take(in, units_of(text.len));
    char *bytes = bytes_of(in, s);
    if (text.len)
        memcpy(bytes, text.p, text.len);
    bytes[text.len] = '\0';
    in->bytes += text.len + 1;
}

static void bytes_drop(struct intern *in, const struct intern_slot *s)
{
    in->bytes -= s->len + 1u;
    if (is_big(s->len)) {
        /* The long bytes go; a short block holds the place in the chain of free ones. */
        mem_free(in->bigs[s->at]);
        in->bigs[s->at] = mem_dup(&in->free_big, sizeof in->free_big);
        in->free_big = s->at + 1;
        return;
    }
    uint32_t *hole = &in->holes[units_of(s->len) - 1];
    memcpy(page_bytes(in, s->at), hole, sizeof *hole);
    *hole = s->at;
}

/* ---- the table ---------------------------------------------------------------------------- */

void intern_init(struct intern *in)
{
    *in = (struct intern){0};
    VEC_ROOM(in->slots, in->count, in->room);
    in->slots[in->count++] = (struct intern_slot){0};
    in->table_room = TABLE_FIRST;
    in->table = mem_calloc(in->table_room, sizeof *in->table);
}

void intern_finish(struct intern *in)
{
    for (size_t i = 0; i < in->page_count; i++)
        mem_free(in->pages[i]);
    for (size_t i = 0; i < in->big_count; i++)
        mem_free(in->bigs[i]);
    mem_free(in->pages);
    mem_free(in->bigs);
    mem_free(in->slots);
    mem_free(in->table);
    *in = (struct intern){0};
}

static size_t home_of(const struct intern *in, uint32_t hash)
{
    return (size_t)(((uint64_t)hash * in->table_room) >> 32);
}

static size_t after(const struct intern *in, size_t at)
{
    return at + 1 < in->table_room ? at + 1 : 0;
}

/* Where the text stands in the table, or the empty place where it would. */
static size_t table_find(const struct intern *in, struct span text, uint32_t hash)
{
    size_t at = home_of(in, hash);
    for (; in->table[at].id; at = after(in, at)) {
        if (in->table[at].hash != hash)
            continue;
        const struct intern_slot *s = &in->slots[in->table[at].id];
        if (s->len == text.len && (text.len == 0 || memcmp(bytes_of(in, s), text.p, text.len) == 0))
            break;
    }
    return at;
}

/* By half: the table is between half and three quarters full, whatever the number of texts. The
 * order of the places is that of the hashes, so that both tables are walked from front to back. */
static void table_grow(struct intern *in)
{
    struct intern_place *old = in->table;
    size_t old_room = in->table_room;
    in->table_room += in->table_room / 2;
    in->table = mem_calloc(in->table_room, sizeof *in->table);
    for (size_t i = 0; i < old_room; i++) {
        if (!old[i].id)
            continue;
        size_t at = home_of(in, old[i].hash);
        while (in->table[at].id)
            at = after(in, at);
        in->table[at] = old[i];
    }
    mem_free(old);
}

/* How far it is from one place to another, round the end. */
static size_t distance(const struct intern *in, size_t from, size_t to)
{
    return to >= from ? to - from : to + in->table_room - from;
}

/* Empties a place and moves up what was put further on because of it, so that no grave is left. */
static void table_remove(struct intern *in, size_t at)
{
    for (size_t next = after(in, at); in->table[next].id; next = after(in, next)) {
        size_t home = home_of(in, in->table[next].hash);
        if (distance(in, home, next) < distance(in, at, next))
            continue; /* its home lies after the empty place */
        in->table[at] = in->table[next];
        at = next;
    }
    in->table[at].id = 0;
}

static uint32_t hash_of(struct span text)
{
    return (uint32_t)hash_bytes(text.p, text.len);
}

uint32_t intern_expect(const struct intern *in, struct span text)
{
    uint32_t hash = hash_of(text);
    __builtin_prefetch(&in->table[home_of(in, hash)]);
    return hash;
}

uint32_t intern_take(struct intern *in, struct span text)
{
    return intern_take_hashed(in, text, hash_of(text));
}

uint32_t intern_take_hashed(struct intern *in, struct span text, uint32_t hash)
{
    size_t at = table_find(in, text, hash);
    uint32_t id = in->table[at].id;
    if (id) {
        in->slots[id].users++;
        return id;
    }
    if ((in->used + 1) * 4 > in->table_room * 3) {
        table_grow(in);
        at = table_find(in, text, hash);
    }
    if (in->free_slot) {
        id = in->free_slot;
        in->free_slot = in->slots[id].at;
    } else {
        VEC_ROOM(in->slots, in->count, in->room);
        id = (uint32_t)in->count++;
    }
    in->slots[id] = (struct intern_slot){.users = 1};
    bytes_take(in, &in->slots[id], text);
    in->table[at] = (struct intern_place){hash, id};
    in->used++;
    return id;
}

void intern_drop(struct intern *in, uint32_t id)
{
    if (!id)
        return;
    struct intern_slot *s = &in->slots[id];
    if (--s->users)
        return;
    struct span text = intern_span(in, id);
    if (in->freed)
        in->freed(in->ctx, id);
    table_remove(in, table_find(in, text, hash_of(text)));
    bytes_drop(in, s);
    in->used--;
    *s = (struct intern_slot){.at = in->free_slot};
    in->free_slot = id;
}

uint32_t intern_find(const struct intern *in, struct span text)
{
    return in->table[table_find(in, text, hash_of(text))].id;
}

struct span intern_span(const struct intern *in, uint32_t id)
{
    if (!id)
        return (struct span){"", 0};
    return (struct span){bytes_of(in, &in->slots[id]), in->slots[id].len};
}

void intern_expect_slot(const struct intern *in, uint32_t id)
{
    __builtin_prefetch(&in->slots[id]);
}

void intern_expect_bytes(const struct intern *in, uint32_t id)
{
    if (id)
        __builtin_prefetch(bytes_of(in, &in->slots[id]));
}
