/* str.h: a string that grows, and a borrowed piece of one.
 *
 * struct str owns its bytes and always ends them with NUL, so that ->data can be handed to C
 * functions; the length is kept apart because text from outside may hold NUL. struct span borrows:
 * whoever holds one must know whose bytes they are. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    char *data; /* NUL-terminated once anything was appended; NULL before */
    size_t len; /* bytes before the NUL */
    size_t cap;
};

struct span {
    const char *p; /* (borrowed), not NUL-terminated */
    size_t len;    /* bytes */
};

#define STR_INIT                                                                                   \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

/* init makes it empty without allocating; finish frees it and makes it empty again. */
void str_init(struct str *s);
void str_finish(struct str *s);
/* Empties it and keeps the memory. */
void str_clear(struct str *s);
/* Text of s, never NULL ("" when empty). Borrowed until the next change. */
const char *str_text(const struct str *s);
/* Room for at least `bytes` more, plus the NUL. */
void str_reserve(struct str *s, size_t bytes);
void str_append(struct str *s, const char *bytes, size_t len);
void str_add(struct str *s, const char *text); /* NUL-terminated text */
static inline void str_add_char(struct str *s, char c)
{
    if (s->len + 1 < s->cap) {
        s->data[s->len++] = c;
        s->data[s->len] = '\0';
        return;
    }
    str_append(s, &c, 1);
}
/* n in decimal digits. */
void str_add_number(struct str *s, uint64_t n);
void str_add_span(struct str *s, struct span piece);
void str_fill(struct str *s, char c, size_t times);
void str_printf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vprintf(struct str *s, const char *fmt, va_list ap);
/* Replaces `del` bytes at `at` by `ins` (at + del <= len). */
void str_splice(struct str *s, size_t at, size_t del, const char *ins, size_t ins_len);
/* Cuts to `len` bytes when longer. */
void str_truncate(struct str *s, size_t len);
/* Hands the bytes over to the caller (mem_free) and empties s. Never NULL. */
char *str_steal(struct str *s);

struct span span_of(const char *text); /* NUL-terminated text; NULL gives an empty span */
struct span span_from(const struct str *s);
bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *text);
/* memcmp order, the shorter first when one begins the other. */
int span_cmp(struct span a, struct span b);
/* A NUL-terminated copy (mem_free). */
char *span_dup(struct span a);

#endif
