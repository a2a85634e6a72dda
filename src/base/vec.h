/* vec.h: room for one more, for arrays that a struct owns as three members.
 *
 * A macro over one function keeps the element's type where it is used, without generating code:
 *     struct thing *things; size_t count, room;
 *     VEC_ROOM(p->things, p->count, p->room);
 *     p->things[p->count++] = x;                                                              */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

#include <stddef.h>

/* Grows array `items` (owned, from mem_alloc or NULL) so that items[count] may be written. */
#define VEC_ROOM(items, count, room)                                                               \
    ((count) < (room) ? (void)0 : (void)((items) = vec_grow((items), &(room), sizeof *(items))))

static inline void *vec_grow(void *items, size_t *room, size_t size)
{
    *room = *room ? *room + *room / 2 + 1 : 8;
    return mem_realloc(items, *room, size);
}

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

#endif
