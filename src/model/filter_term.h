/* filter_term.h: a filter's terms, as filter.c matches and filter_parse.c makes them. */
#ifndef MODEL_FILTER_TERM_H
#define MODEL_FILTER_TERM_H

#include "model/filter.h"

#include <regex.h>

enum op {
    OP_CONTAINS, /* folded; any of the words */
    OP_EXACT,    /* any of the words, byte by byte, or by number */
    OP_LESS,
    OP_LESS_EQ,
    OP_MORE,
    OP_MORE_EQ,
    OP_REGEX,
    OP_FUZZY,
};

struct word {
    char *text, *folded; /* owned */
    int64_t number;      /* for columns of numbers; for times seconds of age, or ms of a date */
    bool date;
};

struct term {
    bool negate;
    enum op op;
    const struct column *column; /* (borrowed); NULL: free text */
    char *tag;                   /* owned; tag:key without words, tag:key=a,b with some */
    bool none;                   /* no value matches too */
    struct word *words;          /* owned */
    size_t count, room;
    regex_t regex; /* OP_REGEX */
};

struct filter {
    struct term *terms; /* owned */
    size_t count, room;
    int64_t now_wall_ms;
};

#endif
