/* raws.h: the JSON of all accounts as received, in packed blocks (model/block).
 *
 * A record is added to the open block; a full one is packed, which leaves a tenth of it, and is
 * unpacked again when one of its records is looked at. What is read is kept unpacked for the last
 * few blocks, so that a screen which looks at one account again and again pays once. No disk is
 * touched by a look, and nothing is lost when the snapshot cannot be written: the snapshot copies
 * the packed blocks as they are. A record that nobody holds any more is a gap in its block; a block
 * of gaps goes, and the fleet moves the last records out of a block that is mostly gaps. */
#ifndef FLEET_RAWS_H
#define FLEET_RAWS_H

#include "model/block.h"

#define RAW_BITS_BYTES ((BLOCK_RECORDS + 7) / 8)

/* Where a record is. */
struct raw_place {
    uint32_t block; /* from 1; 0: nowhere */
    uint32_t at;
};

struct raws;
/* plain: blocks are left unpacked: for a command that prints every account once, in any order. */
struct raws *raws_create(bool plain);
void raws_destroy(struct raws *r);

/* Keeps a record; it is held. as_of as in fleet_put. */
struct raw_place raws_add(struct raws *r, int64_t as_of, struct span raw);
/* Lets go of a held record; nowhere is ignored. */
void raws_drop(struct raws *r, struct raw_place place);
/* A held record; (borrowed) until the next raws_add or raws_get. Empty for nowhere. as_of may be
 * NULL. */
struct span raws_get(struct raws *r, struct raw_place place, int64_t *as_of);

/* Takes in a packed block that was kept elsewhere (copied; plain is the same unpacked), of which no
 * record is held; `stored` as in raws_set_stored. Returns its number. raws_hold or raws_forget
 * follows. */
uint32_t raws_adopt(struct raws *r, struct span packed, const struct block *plain, int64_t stored);
/* Holds a record of an adopted block. */
void raws_hold(struct raws *r, struct raw_place place);
/* Gives the block up when none of its records is held. */
void raws_forget(struct raws *r, uint32_t block);

/* ---- for who copies the blocks ---- */

struct raw_block {
    uint32_t held;                /* records; 0: the number is not in use */
    uint8_t bits[RAW_BITS_BYTES]; /* which, the lowest bit first */
    int64_t stored;               /* 0: not yet */
};
/* The block that records are being added to; 0: none. */
uint32_t raws_open(const struct raws *r);
/* Block numbers are below it, from 1. A number that is free is used again. */
uint32_t raws_end(const struct raws *r);
struct raw_block raws_block(const struct raws *r, uint32_t block);
/* The packed bytes; (borrowed) until the next call. Not of the open block. */
struct span raws_packed(struct raws *r, uint32_t block);
/* Where the block is kept elsewhere, for its keeper: not 0. */
void raws_set_stored(struct raws *r, uint32_t block, int64_t stored);
/* Closes the open block, so that all records are in blocks that can be copied. */
void raws_seal(struct raws *r);
/* A block that is mostly gaps, or one of many small ones, so that moving its records pays; 0: none
 * is worth it. */
uint32_t raws_sparse(const struct raws *r);
/* Bytes of all blocks as they are kept. */
size_t raws_bytes(const struct raws *r);

#endif
