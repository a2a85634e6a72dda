/* names.c: see names.h. The table is at most half full; what is taken out of it is closed up, so
 * that no look passes over graves. */
#include "fleet/names.h"

#include "base/mem.h"

#include <string.h>

#define ROOM_FIRST 16 /* a power of two */
#define BITS       64

struct names_shared {
    uint32_t text;  /* 0: empty */
    uint32_t count; /* >= 2 */
};

void names_finish(struct names *n)
{
    mem_free(n->held);
    mem_free(n->shared);
    *n = (struct names){0};
}

static size_t home_of(const struct names *n, uint32_t text)
{
    return (text * 2654435769u) >> 7 & (n->shared_room - 1);
}

/* The slot of the text, or the empty one where it belongs. There is room. */
static struct names_shared *slot_of(const struct names *n, uint32_t text)
{
    size_t at = home_of(n, text);
    while (n->shared[at].text && n->shared[at].text != text)
        at = (at + 1) & (n->shared_room - 1);
    return &n->shared[at];
}

static void grow(struct names *n)
{
    struct names_shared *old = n->shared;
    size_t room = n->shared_room;
    n->shared_room = room ? 2 * room : ROOM_FIRST;
    n->shared = mem_calloc(n->shared_room, sizeof *n->shared);
    for (size_t i = 0; i < room; i++) {
        if (old[i].text)
            *slot_of(n, old[i].text) = old[i];
    }
    mem_free(old);
}

/* Those behind move up to where they are looked for. */
static void close_up(struct names *n, size_t hole)
{
    size_t mask = n->shared_room - 1;
    for (size_t at = (hole + 1) & mask; n->shared[at].text; at = (at + 1) & mask) {
        size_t home = home_of(n, n->shared[at].text);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        n->shared[hole] = n->shared[at];
        hole = at;
    }
    n->shared[hole] = (struct names_shared){0};
    n->shared_count--;
}

bool names_is_held(const struct names *n, uint32_t text)
{
    return text / BITS < n->held_room && n->held[text / BITS] >> text % BITS & 1;
}

static void hold(struct names *n, uint32_t text)
{
    size_t need = text / BITS + 1;
    if (need > n->held_room) {
        size_t room = need + need / 4 + 16;
        n->held = mem_realloc(n->held, room, sizeof *n->held);
        memset(n->held + n->held_room, 0, (room - n->held_room) * sizeof *n->held);
        n->held_room = room;
    }
    n->held[text / BITS] |= UINT64_C(1) << text % BITS;
}

void names_take(struct names *n, uint32_t text)
{
    if (!text)
        return;
    if (!names_is_held(n, text)) {
        hold(n, text);
        return;
    }
    if (2 * (n->shared_count + 1) > n->shared_room)
        grow(n);
    struct names_shared *slot = slot_of(n, text);
    if (!slot->text) {
        *slot = (struct names_shared){text, 1};
        n->shared_count++;
    }
    slot->count++;
}

void names_drop(struct names *n, uint32_t text)
{
    if (!text)
        return;
    struct names_shared *slot = n->shared_count ? slot_of(n, text) : NULL;
    if (!slot || !slot->text)
        n->held[text / BITS] &= ~(UINT64_C(1) << text % BITS);
    else if (--slot->count < 2)
        close_up(n, (size_t)(slot - n->shared));
}

bool names_is_shared(const struct names *n, uint32_t text)
{
    return text && n->shared_count && slot_of(n, text)->text;
}
