/* json_scan.h: a cursor over strict JSON (RFC 8259): the part that scan.c and page.c share.
 *
 * One pass, no tree; numbers stay the characters they are. Where bytes ran out can be told from
 * where they are wrong, because a page is read while it streams in. */
#ifndef MODEL_JSON_SCAN_H
#define MODEL_JSON_SCAN_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct json_scan {
    const char *at, *end; /* (borrowed) */
    const char *wrong;    /* NULL, or what was wrong at `at`; static */
};

static inline struct json_scan json_begin(struct span text)
{
    return (struct json_scan){text.p, text.p + text.len, NULL};
}

/* Skips white space. */
static inline void json_space(struct json_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

/* Skips the character when it is next. */
static inline bool json_take(struct json_scan *s, char c)
{
    if (s->at >= s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* After a failure: the bytes ended, and more of them could still make it good. */
static inline bool json_cut(const struct json_scan *s)
{
    return s->wrong && s->at >= s->end;
}

/* Sets `wrong`; always false. */
bool json_fail(struct json_scan *s, const char *why);
/* Skips one whole value; false with `wrong` set. depth: levels it may still open. A number that
 * reaches the end is whole. */
bool json_skip(struct json_scan *s, int depth);
/* At a quote: the raw text between the quotes, and whether it has escapes. UTF-8 is checked. */
bool json_string(struct json_scan *s, struct span *raw, bool *escaped);
/* A key and its colon, and the white space around them: the raw text between the quotes. */
bool json_key(struct json_scan *s, struct span *raw, bool *escaped);
/* After a value in an object or a list: 1 on a comma, 0 on `close`, -1 with `wrong` set. */
int json_next(struct json_scan *s, char close);
/* Decodes the escapes of a checked string into mem; false for U+0000 and lone surrogates. */
bool json_unescape(struct span raw, struct arena *mem, struct span *out);
/* Reads a checked number from its digits: true when it is a whole number within int64 (1e3 and 5.0
 * are); otherwise *out is the nearest int64. Any other checked value: false, and 0. */
bool json_whole(struct span number, int64_t *out);

#endif
