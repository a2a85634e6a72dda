/* problem.h: what the service says when it refuses, in its two envelopes.
 *
 * Validation answers as FastAPI with Pydantic 2 does: {"detail":[{loc,msg,type,input,ctx}]}.
 * Everything else that the service decides itself is {"error",message,details,timestamp,
 * status_code}. */
#ifndef SANDBOX_PROBLEM_H
#define SANDBOX_PROBLEM_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum problem_kind {
    PROBLEM_MISSING,
    PROBLEM_STRING_TYPE,
    PROBLEM_STRING_UNICODE,
    PROBLEM_TOO_SHORT, /* number: least characters */
    PROBLEM_TOO_LONG,  /* number: most characters */
    PROBLEM_INT_TYPE,
    PROBLEM_INT_PARSING,
    PROBLEM_INT_FLOAT,
    PROBLEM_FINITE,
    PROBLEM_GE,      /* number: the bound */
    PROBLEM_LE,      /* number: the bound */
    PROBLEM_ENUM,    /* words: 'a', 'b' or 'c' */
    PROBLEM_LITERAL, /* words */
    PROBLEM_BOOL_TYPE,
    PROBLEM_BOOL_PARSING,
    PROBLEM_EXTRA,
    PROBLEM_DICT_TYPE,
    PROBLEM_DICT_LONG, /* number: how many there were */
    PROBLEM_OBJECT,    /* not an object where one belongs */
    PROBLEM_JSON,      /* words: the reader's */
    PROBLEM_VALUE,     /* words: a rule across fields */
    PROBLEM_KINDS
};

#define LOC_MAX 4
struct loc {
    struct span part[LOC_MAX]; /* (borrowed) */
    size_t count;
    int64_t at;  /* a number after the parts, */
    bool has_at; /* when set */
};

/* A loc of the NUL-terminated words, as many as are not NULL. */
struct loc loc_of(const char *a, const char *b, const char *c);
/* loc with one part more. */
struct loc loc_with(struct loc l, struct span part);

struct problems {
    struct str json; /* the errors, comma-separated */
    unsigned count;
};

void problems_init(struct problems *p);
void problems_finish(struct problems *p);
/* Adds an error. `input` is JSON text; number and words are what the kind needs. */
void problem_add(struct problems *p, enum problem_kind kind, struct loc loc, struct span input,
                 int64_t number, const char *words);
/* Appends {"detail":[...]}. */
void problems_render(struct str *out, const struct problems *p);

enum refusal {
    REFUSE_AUTH,
    REFUSE_FORBIDDEN,
    REFUSE_NOT_FOUND,
    REFUSE_CONFLICT,
    REFUSE_RATE,
    REFUSE_BROKEN
};
/* Appends the second envelope and returns its status code. `details` is JSON text of an object. */
unsigned refusal_render(struct str *out, enum refusal what, const char *message,
                        const char *details, int64_t now_ms);

#endif
