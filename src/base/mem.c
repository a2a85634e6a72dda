/* mem.c: see mem.h. The hook is the one mutable global of the library: running out of memory has
 * no context to pass it through. */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*failure_hook)(void);

void mem_on_failure(void (*hook)(void))
{
    failure_hook = hook;
}

static _Noreturn void out_of_memory(void)
{
    static const char line[] = "paddock: out of memory; what was saved is saved\n";
    if (failure_hook)
        failure_hook();
    ssize_t n = write(STDERR_FILENO, line, sizeof line - 1);
    (void)n;
    abort();
}

void *mem_alloc(size_t bytes)
{
    void *p = malloc(bytes ? bytes : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *mem_calloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *mem_realloc(void *p, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        out_of_memory();
    size_t bytes = n * size;
    void *q = realloc(p, bytes ? bytes : 1);
    if (!q)
        out_of_memory();
    return q;
}

void *mem_dup(const void *p, size_t bytes)
{
    void *q = mem_alloc(bytes);
    if (bytes)
        memcpy(q, p, bytes);
    return q;
}

char *mem_strndup(const char *s, size_t len)
{
    char *q = mem_alloc(len + 1);
    if (len)
        memcpy(q, s, len);
    q[len] = '\0';
    return q;
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

void mem_free(void *p)
{
    free(p);
}

void mem_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
