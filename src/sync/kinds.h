/* kinds.h: the values that an open field was seen to have, and how often: what a list can be
 * divided by. They are learnt, never complete: what is not among them is found by the whole list.
 */
#ifndef SYNC_KINDS_H
#define SYNC_KINDS_H

#include "base/map.h"
#include "fleet/fleet.h"

#define KINDS_MAX 64 /* more values than that divide nothing well */

struct kind {
    char *value;          /* owned */
    size_t len;           /* of value */
    uint32_t now, before; /* seen in this sweep, in the one before */
};

struct kinds {
    enum field field;
    struct kind items[KINDS_MAX];
    size_t count;
    struct map index;     /* value → place */
    size_t last;          /* that was seen: the next is often the same */
    uint32_t now, before; /* of all */
};

void kinds_init(struct kinds *k, enum field field);
void kinds_finish(struct kinds *k);
/* A new sweep: what was now is before. One that brought nothing leaves the counts as they are. */
void kinds_turn(struct kinds *k);
/* Makes a value known without having seen it. */
void kinds_add(struct kinds *k, const char *value);
/* Learns from accounts that are there already, from at most some thousand of them. */
void kinds_learn(struct kinds *k, const struct fleet *fleet);
/* Counts the row's value and returns its place; KINDS_MAX when it has none, or one too many. *fresh
 * (may be NULL): it was not known. */
size_t kinds_see(struct kinds *k, const struct fleet *fleet, row_id row, bool *fresh);
/* How many of `total` accounts are probably of this kind. */
int64_t kinds_guess(const struct kinds *k, size_t at, int64_t total);

#endif
