/* error.h: how a fallible function reports.
 *
 * A fallible function returns an enum status and, when it is not ST_OK, fills the caller's
 * struct error last of all. One enum serves the whole program, so that an HTTP reply, a bad flag
 * and a full disk can travel the same way up to the screen or to an exit code (cli/exit.h maps
 * them). The text has two parts because every message owes the operator both: what happened and
 * what was kept, and what to do next. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

enum status {
    ST_OK = 0,
    ST_FAIL,       /* anything without a better name */
    ST_USAGE,      /* a bad flag, command or value typed by the operator */
    ST_CONFIG,     /* a bad file of the operator: config, keys, theme, views */
    ST_PARSE,      /* bytes that do not follow their format */
    ST_IO,         /* disk, pipe, terminal */
    ST_AUTH,       /* 401, or no token */
    ST_FORBIDDEN,  /* 403 */
    ST_NOT_FOUND,  /* 404, 410 */
    ST_CONFLICT,   /* 409, 412, or a field changed by somebody else */
    ST_INVALID,    /* 422: the server refuses a field */
    ST_RATE,       /* 429 */
    ST_SERVER,     /* 408 and 5xx of a read */
    ST_REJECTED,   /* other 4xx, 3xx: the server refuses the request itself */
    ST_UNREADABLE, /* a 2xx whose body is not what the API reference says */
    ST_NETWORK,    /* DNS, connect, TLS, reset, timeout */
    ST_UNKNOWN,    /* a write left and its outcome is not known */
    ST_PARTIAL,    /* some of it was done */
    ST_CANCELLED,  /* by the operator */
    ST_COUNT
};

#define ERROR_WHAT_BYTES 480
#define ERROR_NEXT_BYTES 160

struct error {
    enum status status;
    char what[ERROR_WHAT_BYTES]; /* what happened and what was kept; one line, may hold raw bytes
                                    from outside: text_safe() before any sink */
    char next[ERROR_NEXT_BYTES]; /* what to do now, or "" */
};

/* A name for logs and tests: "ok", "not_found". Static text. */
const char *status_name(enum status status);

/* Fills *err (ignored when NULL) and returns status, so that a caller can write
 * `return error_set(err, ST_IO, "...")`. Text longer than the buffer is cut at a UTF-8 boundary
 * and ends in "...". Clears err->next. */
enum status error_set(struct error *err, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets err->next, under the same rules. err may be NULL. */
void error_next(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before what *err already says, e.g. the file's name. err may be NULL. */
void error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Empties *err to ST_OK. */
void error_clear(struct error *err);

#endif
