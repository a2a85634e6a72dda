/* keep.c: what is to be done, in slices; the sweeps that it follows. */
#include "keep/keep.h"

#include "base/mem.h"
#include "base/when.h"
#include "keep/parts.h"

#include <string.h>

#define FIRST_SLICE_MS 1
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   60000

bool keep_slice_over(const struct keep *keep)
{
    return clock_mono(loop_clock(keep->loop)) >= keep->slice_end_mono_ms ||
           (keep->slice_end_mono_ms != INT64_MAX && loop_first_due(keep->loop));
}

void keep_tell(struct keep *keep)
{
    if (keep->changed)
        keep->changed(keep->ctx);
}

/* One millisecond is left for what began before the end of a slice and lasts beyond it. */
static void slice_begin(struct keep *keep)
{
    keep->slice_end_mono_ms = clock_mono(loop_clock(keep->loop)) + KEEP_SLICE_MS - 1;
}

/* The file as a whole, once its accounts are on the screen. They were sound, each with a checksum;
 * a spoiled file is begun anew from what the fleet has. */
static void check_file(struct keep *keep)
{
    struct error err;
    if (!keep->writer || keep->checked)
        return;
    keep->checked = true;
    if (snapshot_check(keep->snapshot, &err) != ST_PARSE)
        return;
    keep_forget_stored(keep);
    if (snapshot_set_aside(keep->snapshot, &err))
        keep->state.error = err;
    keep->state.note = snapshot_note(keep->snapshot);
}

static void load_ended(struct keep *keep)
{
    check_file(keep);
    keep_changes(keep);
    void (*fn)(void *ctx) = keep->loaded;
    keep->loaded = NULL;
    keep->load_asked = false;
    keep->state.settled_wall_ms = keep->state.complete_wall_ms;
    keep_tell(keep);
    if (fn)
        fn(keep->loaded_ctx);
}

static void on_turn(void *ctx);

/* Asks for a turn, delay_ms from now. */
static void keep_wake(struct keep *keep, int64_t delay_ms)
{
    if (!keep->timer)
        keep->timer = loop_timer_start(keep->loop, delay_ms, on_turn, keep);
}

static void on_turn(void *ctx)
{
    struct keep *keep = ctx;
    keep->timer = 0;
    slice_begin(keep);
    if (keep->load_asked) {
        if (keep->state.phase == KEEP_LOADING && keep_load_slice(keep))
            keep_wake(keep, 0);
        else
            load_ended(keep);
        return;
    }
    if (keep_write_slice(keep)) {
        keep_wake(keep, 0);
    } else if (keep->failures && keep->proven) {
        int64_t ms = RETRY_FIRST_MS;
        for (int i = 1; i < keep->failures && ms < RETRY_MAX_MS; i++)
            ms *= 2;
        keep_wake(keep, ms < RETRY_MAX_MS ? ms : RETRY_MAX_MS);
    }
}

struct keep *keep_create(const struct keep_env *env)
{
    struct keep *keep = mem_calloc(1, sizeof *keep);
    keep->loop = env->loop;
    keep->fleet = env->fleet;
    keep->changed = env->changed;
    keep->ctx = env->ctx;
    keep->may_write = env->write;
    keep->packer = block_packer_create();
    block_init(&keep->plain);
    keep->state = (struct keep_state){
        .complete_wall_ms = WHEN_NONE, .flipped_wall_ms = WHEN_NONE, .settled_wall_ms = WHEN_NONE};
    keep->newest_mono_ms = INT64_MIN;
    if (snapshot_open(&keep->snapshot, env->cache_dir, env->origin, env->org,
                      *loop_clock(env->loop), &keep->state.error))
        keep->snapshot = NULL;
    keep->writer = keep->snapshot && env->write && snapshot_writer(keep->snapshot);
    if (env->data_dir)
        str_printf(&keep->changes_path, "%s/changes.db", env->data_dir);
    keep->origin = mem_strdup(env->origin);
    keep->org = mem_strdup(env->org);
    keep->state.note = keep->snapshot ? snapshot_note(keep->snapshot) : "";
    keep->state.changes_note = "";
    return keep;
}

void keep_destroy(struct keep *keep)
{
    if (!keep)
        return;
    keep_unfollow(keep);
    loop_timer_stop(keep->loop, keep->timer);
    if (keep->snapshot)
        snapshot_close(keep->snapshot);
    changes_close(keep->changes);
    str_finish(&keep->changes_path);
    mem_free(keep->origin);
    mem_free(keep->org);
    block_packer_destroy(keep->packer);
    block_finish(&keep->plain);
    mem_free(keep);
}

const struct keep_state *keep_state(const struct keep *keep)
{
    return &keep->state;
}

/* Opened when the snapshot is shown, or by who asks before: the start has better things to do. */
struct changes *keep_changes(struct keep *keep)
{
    if (keep->changes_tried || keep->changes_path.len == 0)
        return keep->changes;
    keep->changes_tried = true;
    if (changes_open(&keep->changes, str_text(&keep->changes_path), keep->origin, keep->org,
                     *loop_clock(keep->loop), &keep->state.changes_error))
        keep->changes = NULL;
    else
        keep->state.changes_note = changes_note(keep->changes);
    return keep->changes;
}

/* ---- loading ---- */

void keep_load(struct keep *keep, void (*done)(void *ctx), void *ctx)
{
    keep->load_asked = true;
    keep->loaded = done;
    keep->loaded_ctx = ctx;
    keep->state.phase = KEEP_LOADING;
    /* The first slice at once and short: a screenful of rows is in the first picture, and nothing
       that is not seen holds it up. */
    keep->slice_end_mono_ms = clock_mono(loop_clock(keep->loop)) + FIRST_SLICE_MS;
    if (keep_load_slice(keep))
        keep_tell(keep);
    keep_wake(keep, 0);
}

void keep_load_now(struct keep *keep)
{
    keep->state.phase = KEEP_LOADING;
    keep->slice_end_mono_ms = INT64_MAX;
    while (keep_load_slice(keep)) {
    }
    load_ended(keep);
}

bool keep_is_old(const struct keep *keep, row_id row)
{
    return fleet_alive(keep->fleet, row) && fleet_as_of(keep->fleet, row) <= keep->newest_mono_ms;
}

/* ---- the sweeps ---- */

void keep_hear(void *ctx, const struct sync_event *event)
{
    struct keep *keep = ctx;
    int64_t now = clock_wall(loop_clock(keep->loop));
    switch (event->type) {
    case SYNC_EV_BEGAN:
        keep->sweep_wall_ms = now;
        break;
    case SYNC_EV_RECORD:
        /* Full blocks are written while the rest still comes. */
        if (++keep->records % BLOCK_RECORDS == 0)
            keep_wake(keep, 0);
        break;
    case SYNC_EV_COMPLETE:
        keep->proven = keep->observing = true;
        keep->observe_at = 0;
        keep->failures = 0;
        keep->list = (struct snapshot_list){
            .complete_wall_ms = event->t0_wall_ms != WHEN_NONE ? event->t0_wall_ms : now,
            .walked = event->proof == SYNC_WALKED};
        keep->list_began_wall_ms = keep->sweep_wall_ms;
        keep_wake(keep, 0);
        break;
    case SYNC_EV_ABANDONED:
        break; /* what came is in blocks that no manifest names */
    }
}

void keep_follow(struct keep *keep, struct sync *sync)
{
    keep_unfollow(keep);
    keep->sync = sync;
    sync_listen(sync, keep_hear, keep);
}

void keep_unfollow(struct keep *keep)
{
    if (keep->sync)
        sync_unlisten(keep->sync, keep_hear, keep);
    keep->sync = NULL;
}

void keep_saved(struct keep *keep, struct span id)
{
    struct error err;
    if (!keep->snapshot)
        return;
    row_id row = fleet_find(keep->fleet, id);
    struct span raw = row != ROW_NONE ? fleet_raw(keep->fleet, row) : span_of("");
    if (snapshot_save(keep->snapshot, id, raw, clock_wall(loop_clock(keep->loop)), &err))
        keep->state.error = err;
}

bool keep_end(struct keep *keep, int64_t budget_ms)
{
    int64_t end = clock_mono(loop_clock(keep->loop)) + budget_ms;
    keep->slice_end_mono_ms = end;
    while (keep->proven && clock_mono(loop_clock(keep->loop)) < end && keep_write_slice(keep)) {
    }
    return !keep->proven;
}

void keep_flush(struct keep *keep)
{
    keep->slice_end_mono_ms = INT64_MAX;
    while (keep_write_slice(keep)) {
    }
}
