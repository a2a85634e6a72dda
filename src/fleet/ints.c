/* ints.c: see ints.h. */
#include "fleet/ints.h"

#include "base/mem.h"

#include <string.h>

#define THOUSAND 1000

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

static void rebuild(struct ints *c, uint32_t room, uint8_t width, uint16_t unit)
{
    struct ints wider = {mem_calloc(room, width), width, unit};
    for (uint32_t row = 0; c->cells && row < room; row++)
        put(&wider, row, ints_get(c, row) / unit);
    mem_free(c->cells);
    *c = wider;
}

/* The width that the numbers of a column need, whatever their unit was. */
static uint8_t width_for(const struct ints *c, uint32_t room, uint16_t unit)
{
    uint8_t width = 1;
    for (uint32_t row = 0; row < room; row++) {
        uint8_t needs = width_of(ints_get(c, row) / unit);
        width = needs > width ? needs : width;
    }
    return width;
}

void ints_set(struct ints *c, uint32_t room, uint32_t row, int64_t value)
{
    if (!c->cells)
        rebuild(c, room, 1, THOUSAND);
    if (value % c->unit)
        rebuild(c, room, width_for(c, room, 1), 1);
    uint8_t width = width_of(value / c->unit);
    if (width > c->width)
        rebuild(c, room, width, c->unit);
    put(c, row, value / c->unit);
}
