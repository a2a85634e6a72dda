/* ints.c: see ints.h. */
#include "fleet/ints.h"

#include "base/mem.h"

#include <string.h>

void ints_finish(struct ints *c)
{
    mem_free(c->cells);
    *c = (struct ints){0};
}

void ints_reserve(struct ints *c, uint32_t from, uint32_t to)
{
    if (!c->cells)
        return;
    c->cells = mem_realloc(c->cells, to, c->width);
    memset((char *)c->cells + (uint64_t)from * c->width, 0, (uint64_t)(to - from) * c->width);
}

static uint8_t width_of(int64_t v)
{
    if (v == (int8_t)v)
        return 1;
    if (v == (int16_t)v)
        return 2;
    return v == (int32_t)v ? 4 : 8;
}

static void put(struct ints *c, uint32_t row, int64_t value)
{
    switch (c->width) {
    case 1:
        ((int8_t *)c->cells)[row] = (int8_t)value;
        break;
    case 2:
        ((int16_t *)c->cells)[row] = (int16_t)value;
        break;
    case 4:
        ((int32_t *)c->cells)[row] = (int32_t)value;
        break;
    default:
        ((int64_t *)c->cells)[row] = value;
    }
}

static void widen(struct ints *c, uint32_t room, uint8_t width)
{
    struct ints wider = {mem_calloc(room, width), width};
    for (uint32_t row = 0; c->cells && row < room; row++)
        put(&wider, row, ints_get(c, row));
    mem_free(c->cells);
    *c = wider;
}

void ints_set(struct ints *c, uint32_t room, uint32_t row, int64_t value)
{
    uint8_t width = width_of(value);
    if (!c->cells || width > c->width)
        widen(c, room, width);
    put(c, row, value);
}
