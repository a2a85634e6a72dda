/* snapshot.h: the accounts of one origin and org as they were last known, for the next start and
 * for hours without a server.
 *
 * SQLite, WAL, synchronous OFF, a file a key in the cache folder: all of it can be had again, so it
 * costs no fsync, and what power loss spoils is found (a checksum in each block and in the manifest
 * when they are read; quick_check at open, or for a large file when all is shown) and begun anew.
 * Records lie in packed blocks (model/block) that are never changed. The manifest names the blocks,
 * and the records in them, that make up the last complete list; one small commit puts another in
 * its place, so a process killed at any moment leaves the old list or the new one. Single newer
 * records (a save that was read back) lie above it in the overlay. One process writes blocks;
 * others read, and add to the overlay (F23). busy_timeout is 0: "busy" means again by a timer. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "model/block.h"

#include <stdbool.h>
#include <stdint.h>

#define SNAPSHOT_BITS ((BLOCK_RECORDS + 7) / 8)

struct snapshot;

/* Opens or makes the file of this origin and org in `dir`. A corrupt or foreign one is renamed
 * aside (F22). ST_IO with the reason: then everything goes on without a snapshot. */
enum status snapshot_open(struct snapshot **out, const char *dir, const char *origin,
                          const char *org, struct clock clock, struct error *err);
void snapshot_close(struct snapshot *s); /* NULL allowed */
/* What happened at open and the operator should hear of, or "". (borrowed) */
const char *snapshot_note(const struct snapshot *s);
/* Whether this process is the one that writes blocks; tries to become it when it is not. */
bool snapshot_writer(struct snapshot *s);

/* The last complete list. */
struct snapshot_list {
    int64_t complete_wall_ms;
    bool walked; /* accounts may have moved while it was loaded */
    uint32_t accounts;
};
/* A block in a manifest. */
struct snapshot_block {
    int64_t number;
    uint8_t bits[SNAPSHOT_BITS]; /* which of its records, the lowest bit first */
};

/* ---- reading: one at a time; what others write meanwhile is not seen ---------------------------
 */

/* ST_NOT_FOUND: there is none yet. */
enum status snapshot_read_begin(struct snapshot *s, struct snapshot_list *out, struct error *err);
/* The next block; ST_NOT_FOUND after the last. packed: (borrowed) until the next call. wall_offset:
 * what is added to a record's as-of to make it wall-clock time. ST_IO: unreadable. */
enum status snapshot_read_block(struct snapshot *s, struct snapshot_block *out, struct span *packed,
                                int64_t *wall_offset, struct error *err);
/* The overlay's records; raw is empty for an account that is gone. Also without a manifest. */
typedef void snapshot_fn(void *ctx, struct span id, struct span raw, int64_t as_of_wall_ms);
enum status snapshot_overlay(struct snapshot *s, snapshot_fn *fn, void *ctx, struct error *err);
void snapshot_read_end(struct snapshot *s);

/* quick_check of the file, some 10 ms at 100,000 accounts. ST_PARSE: it is corrupt. */
enum status snapshot_check(struct snapshot *s, struct error *err);
/* Puts the file aside as corrupt and begins a new one: what was read made no sense. Block numbers
 * from before are of no use. */
enum status snapshot_set_aside(struct snapshot *s, struct error *err);

/* ---- writing blocks: by the writer alone --------------------------------------------------------
 */

/* A slice: blocks between begin and end are committed together; a failure takes all of them back.
 */
enum status snapshot_write_begin(struct snapshot *s, struct error *err);
enum status snapshot_write_block(struct snapshot *s, struct span packed, int64_t wall_offset,
                                 int64_t *number, struct error *err);
enum status snapshot_write_end(struct snapshot *s, struct error *err);
/* The flip: from now on these blocks are the list. Overlay records from before `settled_wall_ms`
 * go: what they said is in the blocks. One commit. */
enum status snapshot_flip(struct snapshot *s, const struct snapshot_list *list,
                          const struct snapshot_block *blocks, size_t count,
                          int64_t settled_wall_ms, struct error *err);
/* Removes some of the blocks that the manifest does not name and that were written before it;
 * *more: there may be others. */
enum status snapshot_clean(struct snapshot *s, bool *more, struct error *err);

/* ---- single records: by anybody -----------------------------------------------------------------
 */

/* At once and by itself. raw empty: the account is gone. An older record changes nothing. */
enum status snapshot_save(struct snapshot *s, struct span id, struct span raw,
                          int64_t as_of_wall_ms, struct error *err);

#endif
