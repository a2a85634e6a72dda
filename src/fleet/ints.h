/* ints.h: a column of whole numbers, each as wide as the widest of them needs.
 *
 * Most limits fit 2 bytes and flags one; a column that meets a number too large for it is made
 * wider once, for good. As long as all of them are whole thousands (times to the second, quotas of
 * millions) it is thousands that are kept. */
#ifndef FLEET_INTS_H
#define FLEET_INTS_H

#include <stdbool.h>
#include <stdint.h>

struct ints {
    void *cells;   /* owned; NULL: all are 0 */
    uint8_t width; /* 1, 2, 4 or 8 bytes a cell */
    uint16_t unit; /* 1000 or 1 */
};

void ints_finish(struct ints *c);
/* From `from` to `to` rows; new ones are 0. */
void ints_reserve(struct ints *c, uint32_t from, uint32_t to);
/* room: the rows there are. */
void ints_set(struct ints *c, uint32_t room, uint32_t row, int64_t value);

static inline int64_t ints_get(const struct ints *c, uint32_t row)
{
    if (!c->cells)
        return 0;
    switch (c->width) {
    case 1:
        return (int64_t)((const int8_t *)c->cells)[row] * c->unit;
    case 2:
        return (int64_t)((const int16_t *)c->cells)[row] * c->unit;
    case 4:
        return (int64_t)((const int32_t *)c->cells)[row] * c->unit;
    default:
        return ((const int64_t *)c->cells)[row] * c->unit;
    }
}

static inline void ints_expect(const struct ints *c, uint32_t row)
{
    if (c->cells)
        __builtin_prefetch((const char *)c->cells + (uint64_t)row * c->width);
}

#endif
