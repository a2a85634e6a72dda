/* mem.h: allocation that aborts, in one place.
 *
 * A console that has run out of memory can do one useful thing: say so and leave the terminal as
 * it was (F28). So nobody checks for NULL; the one hook below does the last rites. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* As malloc, calloc, realloc of n * size bytes; never return NULL: on failure or overflow the hook
 * runs and the process exits by abort(). A size of 0 gives a pointer that may be freed. */
void *mem_alloc(size_t bytes);
void *mem_calloc(size_t n, size_t size);
void *mem_realloc(void *p, size_t n, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);
/* The same for any bytes. */
void *mem_dup(const void *p, size_t bytes);
/* free(); p may be NULL. */
void mem_free(void *p);

/* Gives pages that lie free among what is in use back to the system: half a millisecond at 100,000
 * accounts, to be called when much has come and gone. */
void mem_trim(void);

/* What to do before abort(): must not allocate. NULL for a plain line on stderr. Process-wide by
 * nature, set once by main(). */
void mem_on_failure(void (*hook)(void));

#endif
