/* numbered.c: see numbered.h. The table is at most two thirds full. */
#include "base/numbered.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

#define TABLE_FIRST  64
#define GROW_BY_LESS (1 << 20) /* bytes: what stands empty counts more than a copy now and then */

void numbered_init(struct numbered *n)
{
    *n = (struct numbered){NULL, 0, 0, NULL, 0, 0, NULL, 0};
}

void numbered_finish(struct numbered *n)
{
    mem_free(n->bytes);
    mem_free(n->ends);
    mem_free(n->table);
    numbered_init(n);
}

void numbered_clear(struct numbered *n)
{
    n->len = n->count = 0;
    if (n->table)
        memset(n->table, 0, n->table_room * sizeof *n->table);
}

struct span numbered_text(const struct numbered *n, uint32_t number)
{
    if (number >= n->count)
        return (struct span){"", 0};
    size_t from = number ? n->ends[number - 1] : 0;
    return (struct span){n->bytes + from, n->ends[number] - from - 1};
}

/* Where the text stands in the table, or the empty place where it belongs. */
static size_t place_of(const struct numbered *n, struct span text)
{
    size_t at = hash_bytes(text.p, text.len) & (n->table_room - 1);
    while (n->table[at] && !span_eq(numbered_text(n, n->table[at] - 1), text))
        at = (at + 1) & (n->table_room - 1);
    return at;
}

static void table_grow(struct numbered *n)
{
    mem_free(n->table);
    n->table_room = n->table_room ? n->table_room * 2 : TABLE_FIRST;
    n->table = mem_calloc(n->table_room, sizeof *n->table);
    for (uint32_t i = 0; i < n->count; i++)
        n->table[place_of(n, numbered_text(n, i))] = i + 1;
}

uint32_t numbered_find(const struct numbered *n, struct span text)
{
    uint32_t found = n->count ? n->table[place_of(n, text)] : 0;
    return found ? found - 1 : NUMBERED_NONE;
}

static void keep(struct numbered *n, struct span text)
{
    if (text.len >= UINT32_MAX - n->len)
        mem_realloc(NULL, SIZE_MAX, SIZE_MAX); /* no room: it ends as where there is no memory */
    while (n->room - n->len <= text.len) {
        n->room += n->room < GROW_BY_LESS ? n->room / 2 + 64 : n->room / 8;
        n->bytes = mem_realloc(n->bytes, n->room, 1);
    }
    if (text.len)
        memcpy(n->bytes + n->len, text.p, text.len);
    n->len += text.len;
    n->bytes[n->len++] = '\0';
    VEC_ROOM(n->ends, n->count, n->end_room);
    n->ends[n->count++] = (uint32_t)n->len;
}

uint32_t numbered_take(struct numbered *n, struct span text)
{
    if ((n->count + 1) * 3 > n->table_room * 2)
        table_grow(n);
    size_t at = place_of(n, text);
    if (n->table[at])
        return n->table[at] - 1;
    keep(n, text);
    n->table[at] = (uint32_t)n->count;
    return (uint32_t)n->count - 1;
}
