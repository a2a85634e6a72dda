/* map.h: strings to numbers, for ids. Open addressing, keys are borrowed spans that must outlive
 * the map's use of them (the owner is usually an arena). */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct map {
    struct map_slot *slots; /* owned */
    size_t count, used, room;
};

void map_init(struct map *m);
void map_finish(struct map *m);
/* Sets key → value; true when the key is new: its bytes are borrowed until it is removed. Of a key
 * that is there already, the first bytes stay in use and the new ones are not kept. */
bool map_set(struct map *m, struct span key, uint32_t value);
/* False when the key is not there; *value (may be NULL) is then unchanged. */
bool map_get(const struct map *m, struct span key, uint32_t *value);
bool map_remove(struct map *m, struct span key);
void map_clear(struct map *m);
/* 64-bit hash of bytes (multiply and fold); not for hostile-proof use with unbounded keys: the
 * table probes at most its own size. The same for ever on one machine: names of files are made of
 * it. */
uint64_t hash_bytes(const void *p, size_t len);

#endif
