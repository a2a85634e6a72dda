/* load.c: the snapshot comes into the fleet.
 *
 * The packed blocks are taken over as they are; each record is read once for its fields. A record's
 * as-of becomes a time of this process's monotonic clock, never later than now: every reply that
 * still comes is newer. */
#include "base/when.h"
#include "keep/parts.h"

#include <string.h>

/* Nothing of a snapshot that makes no sense is shown: a part of a list is no list. */
static void give_up(struct keep *keep, const struct error *why)
{
    struct error err;
    fleet_clear(keep->fleet);
    keep->block_number = 0;
    keep->state.loaded = keep->state.total = 0;
    keep->state.complete_wall_ms = WHEN_NONE;
    keep->state.error = *why;
    if (keep->writer && snapshot_set_aside(keep->snapshot, &err))
        keep->state.error = err;
    keep->state.note = snapshot_note(keep->snapshot);
}

static void end(struct keep *keep)
{
    snapshot_read_end(keep->snapshot);
    keep->state.phase = KEEP_IDLE;
}

/* What is added to wall-clock time to make it monotonic. */
static int64_t mono_less_wall(const struct keep *keep)
{
    const struct clock *clock = loop_clock(keep->loop);
    return clock_mono(clock) - clock_wall(clock);
}

/* A clock that was set back must not make the snapshot newer than what the server says now. */
static int64_t past(struct keep *keep, int64_t mono_ms)
{
    int64_t now = clock_mono(loop_clock(keep->loop)) - 1;
    mono_ms = mono_ms < now ? mono_ms : now;
    if (mono_ms > keep->newest_mono_ms)
        keep->newest_mono_ms = mono_ms;
    return mono_ms;
}

static void on_overlay(void *ctx, struct span id, struct span raw, int64_t as_of_wall_ms)
{
    struct keep *keep = ctx;
    int64_t as_of = past(keep, as_of_wall_ms + mono_less_wall(keep));
    row_id row = fleet_find(keep->fleet, id);
    if (raw.len)
        fleet_put(keep->fleet, raw, as_of, NULL);
    else if (row != ROW_NONE)
        fleet_remove(keep->fleet, row, as_of);
}

static enum status begin(struct keep *keep, struct error *err)
{
    struct snapshot_list list;
    enum status st = snapshot_read_begin(keep->snapshot, &list, err);
    if (st != ST_OK)
        return st;
    keep->state.complete_wall_ms = list.complete_wall_ms;
    keep->state.walked = list.walked;
    keep->state.total = list.accounts;
    return ST_OK;
}

static enum status next_block(struct keep *keep, struct error *err)
{
    struct span packed;
    int64_t wall_offset;
    enum status st = snapshot_read_block(keep->snapshot, &keep->block, &packed, &wall_offset, err);
    if (st != ST_OK)
        return st;
    if (!block_unpack(keep->packer, packed, &keep->plain))
        return error_set(err, ST_PARSE, "the snapshot is corrupt");
    keep->block_number =
        raws_adopt(fleet_raws(keep->fleet), packed, &keep->plain, keep->block.number);
    keep->block_at = 0;
    keep->mono_offset = wall_offset + mono_less_wall(keep);
    return ST_OK;
}

/* The records of the block, as many as the slice has time for. */
static void take_records(struct keep *keep)
{
    for (; keep->block_at < keep->plain.count; keep->block_at++) {
        uint32_t at = keep->block_at;
        struct raw_place place = {keep->block_number, at};
        int64_t as_of;
        if (at % 16 == 15 && keep_slice_over(keep))
            return;
        if (!(keep->block.bits[at / 8] & 1u << at % 8))
            continue;
        block_at(&keep->plain, at, &as_of);
        /* The list was seen whole at its time: no record of it is older. */
        int64_t wall = as_of + keep->mono_offset - mono_less_wall(keep);
        if (wall < keep->state.complete_wall_ms)
            wall = keep->state.complete_wall_ms;
        fleet_put_stored(keep->fleet, &keep->plain, place, past(keep, wall + mono_less_wall(keep)),
                         NULL);
        keep->state.loaded++;
    }
    raws_forget(fleet_raws(keep->fleet), keep->block_number);
    keep->block_number = 0;
}

bool keep_load_slice(struct keep *keep)
{
    struct error err;
    error_clear(&err);
    if (!keep->snapshot) {
        keep->state.phase = KEEP_IDLE;
        return false;
    }
    enum status st = ST_OK;
    if (keep->state.complete_wall_ms == WHEN_NONE)
        st = begin(keep, &err);
    while (st == ST_OK) {
        if (!keep->block_number)
            st = next_block(keep, &err);
        if (st == ST_OK)
            take_records(keep);
        if (st == ST_OK && keep_slice_over(keep))
            return true;
    }
    if (st == ST_NOT_FOUND)
        st = snapshot_overlay(keep->snapshot, on_overlay, keep, &err);
    end(keep);
    if (st != ST_OK)
        give_up(keep, &err);
    return false;
}
