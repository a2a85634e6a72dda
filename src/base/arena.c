/* arena.c: see arena.h. Blocks of 64 KiB in a list; the head is the one that is filled. A piece of
 * more than a quarter block gets a block of its own, put behind the head, so that the head's rest
 * is not lost. */
#include "base/arena.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK_BYTES = 65536, OWN_BLOCK = BLOCK_BYTES / 4 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    max_align_t bytes[]; /* size bytes */
};

void arena_init(struct arena *a)
{
    a->head = NULL;
    a->bytes = 0;
}

void arena_finish(struct arena *a)
{
    for (struct arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        mem_free(b);
    }
    arena_init(a);
}

static struct arena_block *block_create(size_t size)
{
    /* Past the limit the allocation below fails and says so, instead of wrapping round. */
    size_t whole =
        size > SIZE_MAX - sizeof(struct arena_block) ? SIZE_MAX : sizeof(struct arena_block) + size;
    struct arena_block *b = mem_alloc(whole);
    b->next = NULL;
    b->used = 0;
    b->size = size;
    return b;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    size_t need = bytes > SIZE_MAX - 7 ? SIZE_MAX : (bytes + 7) & ~(size_t)7;
    struct arena_block *b = a->head;
    a->bytes += bytes;
    if (need > OWN_BLOCK) {
        struct arena_block *own = block_create(need);
        own->used = need;
        if (b) {
            own->next = b->next;
            b->next = own;
        } else {
            a->head = own;
        }
        return own->bytes;
    }
    if (!b || b->size - b->used < need) {
        b = block_create(BLOCK_BYTES);
        b->next = a->head;
        a->head = b;
    }
    void *p = (char *)b->bytes + b->used;
    b->used += need;
    return p;
}

struct span arena_dup(struct arena *a, struct span s)
{
    char *p = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(p, s.p, s.len);
    p[s.len] = '\0';
    return (struct span){p, s.len};
}
