/* names.h: which names more than one account has, so that a row can ask at once.
 *
 * Nearly all names are of one account: these cost a bit, by the number of their text. Only those
 * that two or more have are counted, in a small table. */
#ifndef FLEET_NAMES_H
#define FLEET_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names {
    uint64_t *held; /* owned; a bit a text: some account has this name */
    size_t held_room;
    struct names_shared *shared; /* owned; open addressing over a power of two */
    size_t shared_count, shared_room;
};

/* Zeroed to begin with. */
void names_finish(struct names *n);
/* One account more, or one less, has the name whose text has this number; 0, no text, is ignored.
 * Only what was taken may be dropped. */
void names_take(struct names *n, uint32_t text);
void names_drop(struct names *n, uint32_t text);
/* Whether two or more have it. */
bool names_is_shared(const struct names *n, uint32_t text);
/* Whether any has it. */
bool names_is_held(const struct names *n, uint32_t text);

#endif
