/* error.c: fixed buffers, because reporting that memory ran out must not need memory. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const char *const names[ST_COUNT] = {
    [ST_OK] = "ok",
    [ST_FAIL] = "fail",
    [ST_USAGE] = "usage",
    [ST_CONFIG] = "config",
    [ST_PARSE] = "parse",
    [ST_IO] = "io",
    [ST_AUTH] = "auth",
    [ST_FORBIDDEN] = "forbidden",
    [ST_NOT_FOUND] = "not_found",
    [ST_CONFLICT] = "conflict",
    [ST_INVALID] = "invalid",
    [ST_RATE] = "rate",
    [ST_SERVER] = "server",
    [ST_REJECTED] = "rejected",
    [ST_UNREADABLE] = "unreadable",
    [ST_NETWORK] = "network",
    [ST_UNKNOWN] = "unknown",
    [ST_PARTIAL] = "partial",
    [ST_CANCELLED] = "cancelled",
};

const char *status_name(enum status status)
{
    return (unsigned)status < ST_COUNT ? names[status] : "?";
}

/* Formats into dst; when it does not fit, cuts before a UTF-8 lead byte and says so with dots. */
static void format_cut(char *dst, size_t size, const char *fmt, va_list ap)
{
    int n = vsnprintf(dst, size, fmt, ap);
    if (n < 0) {
        dst[0] = '\0';
        return;
    }
    if ((size_t)n < size)
        return;
    size_t end = size - 4;
    while (end > 0 && ((unsigned char)dst[end] & 0xC0) == 0x80)
        end--;
    memcpy(dst + end, "...", 4);
}

enum status error_set(struct error *err, enum status status, const char *fmt, ...)
{
    if (err) {
        /* The arguments may point into *err itself, so the text is made aside first. */
        char what[ERROR_WHAT_BYTES];
        va_list ap;
        va_start(ap, fmt);
        format_cut(what, sizeof what, fmt, ap);
        va_end(ap);
        memcpy(err->what, what, sizeof what);
        err->next[0] = '\0';
        err->status = status;
    }
    return status;
}

void error_next(struct error *err, const char *fmt, ...)
{
    if (!err)
        return;
    va_list ap;
    va_start(ap, fmt);
    format_cut(err->next, sizeof err->next, fmt, ap);
    va_end(ap);
}

void error_prefix(struct error *err, const char *fmt, ...)
{
    if (!err)
        return;
    char prefix[ERROR_WHAT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    format_cut(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    char next[ERROR_NEXT_BYTES];
    memcpy(next, err->next, sizeof next);
    error_set(err, err->status, "%s: %s", prefix, err->what);
    memcpy(err->next, next, sizeof next);
}

void error_clear(struct error *err)
{
    if (!err)
        return;
    err->status = ST_OK;
    err->what[0] = '\0';
    err->next[0] = '\0';
}
