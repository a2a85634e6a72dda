/* arena.h: many small strings that die together, and interning of repeated ones. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <stdint.h>

struct arena {
    struct arena_block *head; /* owned */
    size_t bytes;             /* handed out so far */
};

void arena_init(struct arena *a);
void arena_finish(struct arena *a);
/* `bytes` aligned to 8; lives until arena_finish. */
void *arena_alloc(struct arena *a, size_t bytes);
/* A NUL-terminated copy that lives until arena_finish. */
struct span arena_dup(struct arena *a, struct span s);

#endif
