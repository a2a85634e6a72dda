/* json_scan.h: a cursor over strict JSON (RFC 8259): the part that scan.c and page.c share. */
#ifndef MODEL_JSON_SCAN_H
#define MODEL_JSON_SCAN_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>

struct json_scan {
    const char *at, *end; /* (borrowed) */
    const char *wrong;    /* NULL, or what was wrong at `at`; static */
};

void json_space(struct json_scan *s);
/* Skips one whole value; false with `wrong` set. depth: levels it may still open. */
bool json_skip(struct json_scan *s, int depth);
/* At a quote: the raw text between the quotes, and whether it has escapes. */
bool json_string(struct json_scan *s, struct span *raw, bool *escaped);
/* Decodes escapes into mem; false for U+0000 and lone surrogates. */
bool json_unescape(struct span raw, struct arena *mem, struct span *out);
/* Skips the character when it is next. */
bool json_take(struct json_scan *s, char c);

#endif
