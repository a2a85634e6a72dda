/* map.c: see map.h. Open addressing with linear probing over a power of two; a removed entry leaves
 * a grave, which a later set may use again and a rebuild clears away. At most three quarters of the
 * slots are in use (graves counted), so that every probe meets an empty slot. */
#include "base/map.h"

#include "base/mem.h"

#include <string.h>

struct map_slot {
    struct span key; /* p is NULL: empty; p is grave: removed */
    uint32_t hash, value;
};

static const char grave[1];

/* Multiplies to 128 bits and folds: every bit of the product depends on every lower one of both. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* A record of a kilobyte is hashed at every refresh: 16 bytes a step, not one. The constants are
 * odd, with as many ones as zeros, and without a pattern. */
uint64_t hash_bytes(const void *p, size_t len)
{
    static const uint64_t k1 = 0x9E3779B97F4A7C15u, k2 = 0xD1B54A32D192ED03u;
    const unsigned char *bytes = p;
    unsigned char rest[16] = {0};
    uint64_t h = fold(len ^ k1, k2);
    size_t left = len;
    for (; left > 16; left -= 16, bytes += 16)
        h = fold(h ^ word_at(bytes) ^ k1, word_at(bytes + 8) ^ k2);
    if (left)
        memcpy(rest, bytes, left);
    h = fold(h ^ word_at(rest) ^ k1, word_at(rest + 8) ^ k2);
    return fold(h ^ k2, k1);
}

void map_init(struct map *m)
{
    *m = (struct map){NULL, 0, 0, 0};
}

void map_finish(struct map *m)
{
    mem_free(m->slots);
    map_init(m);
}

void map_clear(struct map *m)
{
    if (m->room)
        memset(m->slots, 0, m->room * sizeof *m->slots);
    m->count = m->used = 0;
}

static struct map_slot *slot_find(const struct map *m, struct span key, uint32_t hash)
{
    if (m->room == 0)
        return NULL;
    for (size_t at = hash & (m->room - 1);; at = (at + 1) & (m->room - 1)) {
        struct map_slot *s = &m->slots[at];
        if (!s->key.p)
            return NULL;
        if (s->hash == hash && s->key.p != grave && span_eq(s->key, key))
            return s;
    }
}

/* The first slot that may be taken on the way of this hash. */
static struct map_slot *slot_free(const struct map *m, uint32_t hash)
{
    size_t at = hash & (m->room - 1);
    while (m->slots[at].key.p && m->slots[at].key.p != grave)
        at = (at + 1) & (m->room - 1);
    return &m->slots[at];
}

static void rebuild(struct map *m)
{
    struct map bigger = {NULL, m->count, m->count, 16};
    while (bigger.room < m->count * 2 + 2)
        bigger.room *= 2;
    bigger.slots = mem_calloc(bigger.room, sizeof *bigger.slots);
    for (size_t i = 0; i < m->room; i++)
        if (m->slots[i].key.p && m->slots[i].key.p != grave)
            *slot_free(&bigger, m->slots[i].hash) = m->slots[i];
    mem_free(m->slots);
    *m = bigger;
}

bool map_set(struct map *m, struct span key, uint32_t value)
{
    uint32_t hash = (uint32_t)hash_bytes(key.p, key.len);
    struct map_slot *s = slot_find(m, key, hash);
    if (s) {
        s->value = value;
        return false;
    }
    if ((m->used + 1) * 4 > m->room * 3)
        rebuild(m);
    s = slot_free(m, hash);
    if (!s->key.p)
        m->used++;
    m->count++;
    *s = (struct map_slot){{key.p ? key.p : "", key.len}, hash, value};
    return true;
}

bool map_get(const struct map *m, struct span key, uint32_t *value)
{
    const struct map_slot *s = slot_find(m, key, (uint32_t)hash_bytes(key.p, key.len));
    if (s && value)
        *value = s->value;
    return s != NULL;
}

bool map_remove(struct map *m, struct span key)
{
    struct map_slot *s = slot_find(m, key, (uint32_t)hash_bytes(key.p, key.len));
    if (!s)
        return false;
    s->key = (struct span){grave, 0};
    m->count--;
    return true;
}
