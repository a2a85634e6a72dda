/* known.c: see known.h. Open addressing over a power of two, at most half full. */
#include "fleet/known.h"

#include "base/mem.h"

struct known_slot {
    uint32_t tag; /* the upper half of the hash; the lower chooses the place */
    uint32_t row; /* + 1; 0: empty */
};

void known_finish(struct known *k)
{
    mem_free(k->slots);
    *k = (struct known){0};
}

void known_clear(struct known *k, size_t rows)
{
    known_finish(k);
    k->room = 256;
    while (k->room < rows * 4)
        k->room *= 2;
    k->slots = mem_calloc(k->room, sizeof *k->slots);
}

bool known_full(const struct known *k)
{
    return (k->used + 1) * 2 > k->room;
}

void known_add(struct known *k, uint64_t hash, uint32_t row)
{
    size_t at = hash & (k->room - 1);
    while (k->slots[at].row)
        at = (at + 1) & (k->room - 1);
    k->slots[at] = (struct known_slot){(uint32_t)(hash >> 32), row + 1};
    k->used++;
}

uint32_t known_next(const struct known *k, uint64_t hash, size_t *at)
{
    while (k->room) {
        const struct known_slot *s = &k->slots[(hash + *at) & (k->room - 1)];
        if (!s->row)
            break;
        ++*at;
        if (s->tag == (uint32_t)(hash >> 32))
            return s->row - 1;
    }
    return UINT32_MAX;
}
