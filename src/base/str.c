/* str.c: see str.h. Growth is by half again, so that appending is linear overall. */
#include "base/str.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#define PRINTED_MOST 47 /* bytes that most of what is printed stays below */

void str_init(struct str *s)
{
    s->data = NULL;
    s->len = s->cap = 0;
}

void str_finish(struct str *s)
{
    mem_free(s->data);
    str_init(s);
}

void str_clear(struct str *s)
{
    str_truncate(s, 0);
}

const char *str_text(const struct str *s)
{
    return s->data ? s->data : "";
}

void str_reserve(struct str *s, size_t bytes)
{
    size_t need = s->len + bytes + 1;
    if (need <= s->cap)
        return;
    size_t cap = s->cap + s->cap / 2;
    if (cap < need)
        cap = need < 32 ? 32 : need;
    s->data = mem_realloc(s->data, cap, 1);
    s->cap = cap;
    s->data[s->len] = '\0';
}

void str_append(struct str *s, const char *bytes, size_t len)
{
    str_reserve(s, len);
    if (len)
        memcpy(s->data + s->len, bytes, len);
    s->len += len;
    s->data[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_append(s, text, strlen(text));
}

void str_add_span(struct str *s, struct span piece)
{
    str_append(s, piece.p, piece.len);
}

void str_fill(struct str *s, char c, size_t times)
{
    str_reserve(s, times);
    memset(s->data + s->len, c, times);
    s->len += times;
    s->data[s->len] = '\0';
}

void str_add_number(struct str *s, uint64_t n)
{
    char digits[20], *p = digits + sizeof digits;
    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    str_append(s, p, (size_t)(digits + sizeof digits - p));
}

void str_vprintf(struct str *s, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    str_reserve(s, PRINTED_MOST); /* mostly enough: then it is printed once */
    size_t room = s->cap - s->len;
    int n = vsnprintf(s->data + s->len, room, fmt, ap);
    if (n > 0 && (size_t)n >= room) {
        str_reserve(s, (size_t)n);
        vsnprintf(s->data + s->len, (size_t)n + 1, fmt, again);
    }
    s->len += n > 0 ? (size_t)n : 0;
    s->data[s->len] = '\0';
    va_end(again);
}

void str_printf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(s, fmt, ap);
    va_end(ap);
}

void str_splice(struct str *s, size_t at, size_t del, const char *ins, size_t ins_len)
{
    str_reserve(s, ins_len);
    memmove(s->data + at + ins_len, s->data + at + del, s->len - at - del + 1);
    if (ins_len)
        memcpy(s->data + at, ins, ins_len);
    s->len = s->len - del + ins_len;
}

void str_truncate(struct str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->data[len] = '\0';
}

char *str_steal(struct str *s)
{
    str_reserve(s, 0);
    char *p = s->data;
    str_init(s);
    return p;
}

struct span span_of(const char *text)
{
    struct span a = {text ? text : "", text ? strlen(text) : 0};
    return a;
}

struct span span_from(const struct str *s)
{
    struct span a = {str_text(s), s->len};
    return a;
}

bool span_eq(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool span_is(struct span a, const char *text)
{
    /* Tables are searched with this one: most rows differ at once. */
    return a.len ? a.p[0] == text[0] && span_eq(a, span_of(text)) : !text[0];
}

int span_cmp(struct span a, struct span b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c)
        return c;
    return a.len < b.len ? -1 : a.len > b.len;
}

char *span_dup(struct span a)
{
    return mem_strndup(a.p, a.len);
}
