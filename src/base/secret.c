/* secret.c: see secret.h.
 *
 * The bytes lie on pages of their own, so that the pages can be kept out of swap, core dumps and
 * forked children without touching anybody else's memory. None of the three can be relied on (a
 * container may forbid mlock), and none failing is an error. */
#include "base/secret.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct secret {
    size_t len;
    void *block; /* owned; holds the pages */
    char *bytes; /* at the start of a page in block */
    size_t pages_len;
};

struct secret *secret_create(const char *bytes, size_t len)
{
    if (len > SECRET_BYTES_MAX)
        len = SECRET_BYTES_MAX;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct secret *s = mem_calloc(1, sizeof *s);
    s->len = len;
    s->pages_len = (len + 1 + page - 1) / page * page;
    s->block = mem_alloc(s->pages_len + page);
    size_t past = (uintptr_t)s->block % page;
    s->bytes = (char *)s->block + (past ? page - past : 0);
    mlock(s->bytes, s->pages_len);
    madvise(s->bytes, s->pages_len, MADV_DONTDUMP);
    madvise(s->bytes, s->pages_len, MADV_WIPEONFORK);
    memcpy(s->bytes, bytes, len);
    s->bytes[len] = '\0';
    return s;
}

void secret_destroy(struct secret *s)
{
    if (!s)
        return;
    secret_wipe(s->bytes, s->len);
    madvise(s->bytes, s->pages_len, MADV_KEEPONFORK);
    madvise(s->bytes, s->pages_len, MADV_DODUMP);
    munlock(s->bytes, s->pages_len);
    mem_free(s->block);
    mem_free(s);
}

const char *secret_bytes(const struct secret *s)
{
    return s->bytes;
}

size_t secret_len(const struct secret *s)
{
    return s->len;
}

bool secret_in(const struct secret *s, const char *text, size_t len)
{
    return s && s->len && len && memmem(text, len, s->bytes, s->len) != NULL;
}

void secret_wipe(void *p, size_t len)
{
    if (len)
        explicit_bzero(p, len);
}
