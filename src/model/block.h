/* block.h: about a hundred accounts as received, packed: what the snapshot keeps on disk and the
 * fleet in memory.
 *
 * Records of one list repeat each other's keys and values, so a hundred of them together shrink to
 * a tenth, where one alone would to a half; and a hundred are unpacked in 40 us, fast enough for a
 * key. zstd at level 1: on 96 MB of accounts it packs in a third of zlib-1's time, unpacks in a
 * third, and takes a fifth less room; its frames carry a checksum, so that a bit turned over on
 * disk is found. No I/O here. */
#ifndef MODEL_BLOCK_H
#define MODEL_BLOCK_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define BLOCK_RECORDS 100
#define BLOCK_BYTES   (128 * 1024) /* of records: full even with fewer */

/* The records side by side, unpacked. */
struct block {
    struct str bytes;
    uint32_t count;
    uint32_t starts[BLOCK_RECORDS]; /* of each in bytes */
};

void block_init(struct block *b);
void block_finish(struct block *b);
/* Empties it and keeps the memory. */
void block_clear(struct block *b);
bool block_full(const struct block *b);
/* Adds a record to a block that is not full; as_of is the caller's. Returns its place. */
uint32_t block_add(struct block *b, int64_t as_of, struct span raw);
/* The record at a place below count; (borrowed) until the block changes. as_of may be NULL. */
struct span block_at(const struct block *b, uint32_t at, int64_t *as_of);

/* What packing needs between calls (some 700 kB, made at the first one). */
struct block_packer;
struct block_packer *block_packer_create(void);
void block_packer_destroy(struct block_packer *p);

/* Appends the packed block. */
void block_pack(struct block_packer *p, const struct block *b, struct str *out);
/* Fills *b (initialised, any content). False for bytes that block_pack did not make: cut, turned
 * over, or of an absurd size. */
bool block_unpack(struct block_packer *p, struct span packed, struct block *b);

#endif
