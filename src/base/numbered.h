/* numbered.h: texts that are numbered as they come, from 0, and never taken out: the ids of all
 * accounts, for who keeps something of each in an array.
 *
 * A hundred thousand ids of twenty bytes: so they stand one behind the other, with 4 bytes beside
 * each and some 8 in the table that finds it, half of what a map over an arena takes. All of them
 * together are at most 4 GB. */
#ifndef BASE_NUMBERED_H
#define BASE_NUMBERED_H

#include "base/str.h"

#include <stdint.h>

#define NUMBERED_NONE UINT32_MAX

struct numbered {
    char *bytes; /* owned; each text ends with NUL */
    size_t len, room;
    uint32_t *ends; /* owned; where each text ends, its NUL included */
    size_t count, end_room;
    uint32_t *table; /* owned; number + 1 by hash, 0: empty; open addressing */
    size_t table_room;
};

void numbered_init(struct numbered *n);
void numbered_finish(struct numbered *n);
/* Forgets all of them. */
void numbered_clear(struct numbered *n);
/* The number of this text, which is copied when it is new: then it is the count before. */
uint32_t numbered_take(struct numbered *n, struct span text);
uint32_t numbered_find(const struct numbered *n, struct span text); /* NUMBERED_NONE */
/* NUL-terminated; (borrowed) until the next numbered_take. Empty for a number that is not there. */
struct span numbered_text(const struct numbered *n, uint32_t number);

#endif
