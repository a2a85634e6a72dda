/* json.h: request bodies, read the way Python's json module reads them, and strings written.
 *
 * cJSON would turn 9007199254740993 into ...992 and accept what a real server refuses, so bodies
 * are read by a strict reader that keeps every number as its digits and every value's source text:
 * the `input` of a 422 gives back what was sent. Errors carry the words and the character offset
 * that FastAPI puts into a json_invalid. */
#ifndef SANDBOX_JSON_H
#define SANDBOX_JSON_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define JSON_DEPTH_MAX   200
#define JSON_MEMBERS_MAX 2000 /* of one object: finding doubles is quadratic */

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    enum json_type type;
    bool lone;          /* a string with half a surrogate pair, which has no UTF-8 */
    struct span raw;    /* (borrowed) from the parsed text */
    struct str text;    /* a string's characters */
    struct str key;     /* a member's name */
    struct json *child; /* first element or member */
    struct json *next;  /* the next one beside it */
};

struct json_fault {
    size_t at;         /* characters before it */
    const char *words; /* static text */
};

/* Reads the whole of `in` as one value; NULL and *fault on bad input. `in` must be UTF-8 and
 * outlive the result. Of members with one name the last wins, in the first's place. */
struct json *json_read(struct span in, struct json_fault *fault);
void json_destroy(struct json *j); /* NULL allowed */
/* A member by its exact name, or NULL. */
const struct json *json_member(const struct json *object, const char *name);
/* The same of a name that may hold U+0000. */
const struct json *json_member_named(const struct json *object, struct span name);

/* Strict UTF-8 (RFC 3629). */
bool json_is_utf8(struct span s);
/* Appends a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_add_string(struct str *out, struct span s);
/* Appends a decimal number. */
void json_add_int(struct str *out, int64_t n);

#endif
