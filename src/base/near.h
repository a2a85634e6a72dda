/* near.h: the likeliest word for a misspelt one, for "did you mean". */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/str.h"

/* Edits between a and b: characters put in, taken out, changed, or two neighbours swapped. Bytes
 * beyond the 64th are not looked at. */
unsigned near_distance(struct span a, struct span b);

/* The closest word seen so far. Start with {typed, NULL, 0}. */
struct near {
    struct span typed;
    const char *best; /* (borrowed) NULL while none is near enough: a third of its length, or it
                         begins with what was typed (two letters or more) */
    unsigned distance;
};
void near_offer(struct near *near, const char *word);

#endif
