/* known.h: rows by the hash of their record, so that a record that is known costs its hash and one
 * look, and is not decoded.
 *
 * Half a hash is kept beside each row number; the owner compares the whole. What a row had before
 * stays in the table until it is built anew, and does not match any more. */
#ifndef FLEET_KNOWN_H
#define FLEET_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct known {
    struct known_slot *slots; /* owned */
    size_t room, used;
};

/* Zeroed is empty. */
void known_finish(struct known *k);
/* Empties it, with room for so many rows. */
void known_clear(struct known *k, size_t rows);
/* Whether it is too full for one more: clear it and add every row again. */
bool known_full(const struct known *k);
void known_add(struct known *k, uint64_t hash, uint32_t row);
/* The next row that may have this hash, or UINT32_MAX. *at begins at 0. */
uint32_t known_next(const struct known *k, uint64_t hash, size_t *at);

#endif
