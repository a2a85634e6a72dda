/* write.c: the fleet's blocks go to the disk, and the manifest is put in place when a sync was
 * proven. A block that is on disk already is not written again, so that a refresh in which little
 * changed costs little. */
#include "base/mem.h"
#include "base/when.h"
#include "keep/parts.h"

#include <string.h>

/* In one transaction. What they cost is paid when it ends, so it is not the clock that bounds it:
 * some 40 calls of the system and half a millisecond. */
#define BLOCKS_AT_ONCE 6

/* Nothing is lost: the fleet has it all, and it is tried again. */
static bool failed(struct keep *keep, const struct error *err)
{
    keep->state.error = *err;
    keep->failures++;
    keep->state.phase = KEEP_IDLE;
    keep_tell(keep);
    return false;
}

/* What is added to a record's as-of to make it wall-clock time. */
static int64_t wall_less_mono(const struct keep *keep)
{
    const struct clock *clock = loop_clock(keep->loop);
    return clock_wall(clock) - clock_mono(clock);
}

/* The next block from `from` on that is closed and not stored; 0: none. */
static uint32_t next_unstored(const struct raws *raws, uint32_t from)
{
    for (uint32_t b = from; b < raws_end(raws); b++) {
        struct raw_block info = raws_block(raws, b);
        if (info.held && !info.stored && b != raws_open(raws))
            return b;
    }
    return 0;
}

/* One transaction of as many blocks as the slice has time for; *more: one was written. */
static enum status write_blocks(struct keep *keep, bool *more, struct error *err)
{
    struct raws *raws = fleet_raws(keep->fleet);
    uint32_t blocks[BLOCKS_AT_ONCE], block = next_unstored(raws, 1);
    int64_t numbers[BLOCKS_AT_ONCE];
    size_t count = 0;
    *more = block != 0;
    if (!block)
        return ST_OK;
    enum status st = snapshot_write_begin(keep->snapshot, err);
    while (st == ST_OK && block && count < BLOCKS_AT_ONCE) {
        st = snapshot_write_block(keep->snapshot, raws_packed(raws, block), wall_less_mono(keep),
                                  &numbers[count], err);
        if (st != ST_OK)
            return st;
        blocks[count++] = block;
        block = keep_slice_over(keep) ? 0 : next_unstored(raws, block + 1);
    }
    if (st == ST_OK)
        st = snapshot_write_end(keep->snapshot, err);
    for (size_t i = 0; st == ST_OK && i < count; i++)
        raws_set_stored(raws, blocks[i], numbers[i]);
    return st;
}

/* The blocks that hold the accounts as they are now: not what they were before, which the fleet
 * holds, too. */
static size_t make_manifest(struct keep *keep, struct snapshot_block **out)
{
    const struct raws *raws = fleet_raws(keep->fleet);
    struct snapshot_block *blocks = mem_calloc(raws_end(raws), sizeof *blocks);
    size_t count = 0;
    for (row_id row = 0; row < fleet_rows(keep->fleet); row++) {
        struct raw_place place = fleet_raw_place(keep->fleet, row);
        blocks[place.block].bits[place.at / 8] |= (uint8_t)(1u << place.at % 8);
        blocks[place.block].number = 1;
    }
    for (uint32_t b = 1; b < raws_end(raws); b++) {
        if (!blocks[b].number)
            continue;
        blocks[count] = blocks[b];
        blocks[count++].number = raws_block(raws, b).stored;
    }
    *out = blocks;
    return count;
}

static enum status flip(struct keep *keep, struct error *err)
{
    struct snapshot_block *blocks;
    size_t count = make_manifest(keep, &blocks);
    keep->list.accounts = fleet_count(keep->fleet);
    enum status st =
        snapshot_flip(keep->snapshot, &keep->list, blocks, count, keep->list_began_wall_ms, err);
    mem_free(blocks);
    if (st != ST_OK)
        return st;
    keep->proven = false;
    keep->cleaning = true;
    keep->failures = 0;
    keep->state.flipped_wall_ms = clock_wall(loop_clock(keep->loop));
    keep->state.complete_wall_ms = keep->list.complete_wall_ms;
    error_clear(&keep->state.error);
    return ST_OK;
}

void keep_forget_stored(struct keep *keep)
{
    struct raws *raws = fleet_raws(keep->fleet);
    for (uint32_t b = 1; b < raws_end(raws); b++)
        raws_set_stored(raws, b, 0);
}

/* The process that wrote until now has ended: where it put the blocks is not known any more. */
static bool take_over(struct keep *keep)
{
    if (keep->writer)
        return true;
    if (!keep->may_write || !snapshot_writer(keep->snapshot))
        return false;
    keep_forget_stored(keep);
    keep->writer = true;
    return true;
}

/* Takes up the gaps in the fleet's blocks. */
static bool tidy(struct keep *keep)
{
    while (fleet_tidy(keep->fleet)) {
        if (keep_slice_over(keep))
            return true;
    }
    return false;
}

bool keep_write_slice(struct keep *keep)
{
    struct error err;
    bool more = false;
    if (keep_observe_slice(keep))
        return true;
    if (!keep->snapshot || !take_over(keep)) {
        keep->proven = false;
        keep->state.phase = KEEP_IDLE;
        return tidy(keep);
    }
    if (keep->proven) {
        keep->state.phase = KEEP_WRITING;
        raws_seal(fleet_raws(keep->fleet));
    }
    if (write_blocks(keep, &more, &err))
        return failed(keep, &err);
    if (more)
        return true;
    if (keep->proven) {
        if (flip(keep, &err))
            return failed(keep, &err);
        keep->state.phase = KEEP_IDLE;
        keep_tell(keep);
        return true;
    }
    if (keep->cleaning) {
        if (snapshot_clean(keep->snapshot, &keep->cleaning, &err))
            return failed(keep, &err);
        return true;
    }
    return tidy(keep);
}
