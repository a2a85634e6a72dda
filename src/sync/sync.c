/* sync.c: what the operator may ask of a sync, and how its parts meet: the sweep that runs
 * (sweep.h), the single reads (reads.h), and when the next of either comes (refresh.h). */
#include "sync/sync.h"

#include "base/mem.h"
#include "base/when.h"
#include "sync/reads.h"
#include "sync/refresh.h"
#include "sync/sweep.h"

#include <stdio.h>
#include <string.h>

#define SMALL_SWEEP_PAGES 4 /* up to here a whole sweep is cheaper than single reads */
#define LISTENERS_MAX     4

struct listener {
    sync_listener *fn;
    void *ctx; /* (borrowed) */
};

struct sync {
    struct loop *loop; /* (borrowed) */
    void (*changed)(void *ctx);
    void *ctx; /* (borrowed) */
    struct sync_state state;
    struct sweep *sweep;
    struct reads *reads;
    struct refresh refresh;
    /* Pages that a sweep came to which could not go on: as many again are no news. */
    uint32_t reached;
    char *narrow_type, *narrow_status; /* owned */
    bool narrow_enabled, narrow_whole;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
};

static void tell(void *ctx)
{
    struct sync *s = ctx;
    if (s->changed)
        s->changed(s->ctx);
}

/* What the last sweep and a reading of the visible rows cost. */
static double requests(const struct sync *s)
{
    return (double)s->state.requests + (double)reads_visible_count(s->reads);
}

/* ---- the sweep ---- */

static void list_is_back(struct sync *s)
{
    s->reached = 0;
    refresh_succeeded(&s->refresh);
}

static void sweep_anew(struct sync *s)
{
    const struct chain_filter narrow = {s->narrow_type, s->narrow_status, s->narrow_enabled};
    refresh_stop(&s->refresh, SYNC_LOADING);
    sweep_begin(s->sweep, &narrow, s->narrow_whole);
}

/* That the server lists is shown by a page that no failed try has brought before: where each try
 * begins anew and ends at the same page, the list stays stale and the tries become rarer. */
static void on_replied(void *ctx)
{
    struct sync *s = ctx;
    s->state.last_reply_wall_ms = clock_wall(loop_clock(s->loop));
    if (s->state.pages > s->reached)
        list_is_back(s);
}

static void on_missing(void *ctx, struct span id)
{
    reads_add(((struct sync *)ctx)->reads, id);
}

static void on_news(void *ctx, const struct sync_event *event)
{
    struct sync *s = ctx;
    for (size_t i = 0; i < s->listener_count; i++)
        s->listeners[i].fn(s->listeners[i].ctx, event);
}

static void on_end(void *ctx, enum sweep_end end, const struct error *err, int64_t retry_after_ms)
{
    struct sync *s = ctx;
    if (end == SWEEP_FAILED) {
        if (!sweep_ready(s->sweep) && s->state.pages > s->reached)
            s->reached = s->state.pages;
        refresh_failed(&s->refresh, err, retry_after_ms);
        return;
    }
    if (s->reached)
        list_is_back(s);
    if (end == SWEEP_DONE && s->state.narrowed) {
        /* The wanted accounts are here; the rest follows without the filter. */
        sync_narrow(s, NULL, NULL, false);
        return;
    }
    if (end == SWEEP_BROKEN)
        s->state.error = *err;
    refresh_plan(&s->refresh, requests(s));
}

/* ---- single reads ---- */

static void on_read(void *ctx, const struct api_result *r, bool removed)
{
    struct sync *s = ctx;
    /* That one account can be read does not say that the list can: the back-off stays. */
    if (r->status == ST_OK)
        s->state.last_reply_wall_ms = clock_wall(loop_clock(s->loop));
    s->state.removed += removed;
    tell(s);
}

/* ---- from outside ---- */

static void on_due(void *ctx)
{
    sync_now(ctx);
}

struct sync *sync_create(struct loop *loop, struct api *api, struct fleet *fleet,
                         const struct sync_options *options, void (*changed)(void *ctx), void *ctx)
{
    struct sync *s = mem_calloc(1, sizeof *s);
    s->loop = loop;
    s->narrow_whole = options->narrow_whole;
    s->changed = changed;
    s->ctx = ctx;
    s->state = (struct sync_state){.phase = SYNC_STOPPED,
                                   .total = -1,
                                   .complete_wall_ms = WHEN_NONE,
                                   .last_reply_wall_ms = WHEN_NONE,
                                   .stale_since_wall_ms = WHEN_NONE,
                                   .next_try_mono_ms = -1};
    s->refresh = (struct refresh){.loop = loop,
                                  .state = &s->state,
                                  .refresh_ms = options->refresh_ms,
                                  .budget_rps = options->budget_rps,
                                  .idle_ms = options->idle_ms,
                                  .refused_stops = options->refused_stops,
                                  .touched_mono_ms = clock_mono(loop_clock(loop)),
                                  .due = on_due,
                                  .ctx = s};
    s->reads = reads_create(api, fleet, on_read, s);
    const struct sweep_env env = {.clock = loop_clock(loop),
                                  .api = api,
                                  .fleet = fleet,
                                  .state = &s->state,
                                  .events = {tell, on_replied, on_missing, on_news, on_end},
                                  .ctx = s,
                                  .page_limit = options->page_limit,
                                  .parallel = options->parallel ? options->parallel : 1,
                                  .split_status = options->split_status};
    s->sweep = sweep_create(&env);
    return s;
}

void sync_destroy(struct sync *sync)
{
    if (!sync)
        return;
    loop_timer_stop(sync->loop, sync->refresh.timer);
    sweep_destroy(sync->sweep);
    reads_destroy(sync->reads);
    mem_free(sync->narrow_type);
    mem_free(sync->narrow_status);
    mem_free(sync);
}

void sync_start(struct sync *sync)
{
    if (sweep_running(sync->sweep))
        return;
    refresh_asked(&sync->refresh);
    sweep_anew(sync);
}

void sync_now(struct sync *sync)
{
    if (sweep_running(sync->sweep))
        return;
    refresh_asked(&sync->refresh);
    if (sync->state.pages > SMALL_SWEEP_PAGES)
        reads_add_visible(sync->reads);
    if (!sweep_ready(sync->sweep)) {
        sweep_anew(sync);
        return;
    }
    refresh_stop(&sync->refresh, SYNC_LOADING);
    sweep_go(sync->sweep);
}

void sync_pause(struct sync *sync, bool paused)
{
    if (sync->state.paused == paused)
        return;
    refresh_pause(&sync->refresh, paused, sweep_running(sync->sweep), requests(sync));
    tell(sync);
}

int64_t sync_refresh_ms(const struct sync *sync)
{
    return sync->refresh.refresh_ms;
}

void sync_set_refresh(struct sync *sync, int64_t refresh_ms)
{
    sync->refresh.refresh_ms = refresh_ms;
    if (sync->state.phase == SYNC_IDLE)
        refresh_plan(&sync->refresh, requests(sync));
    tell(sync);
}

void sync_touch(struct sync *sync)
{
    refresh_touch(&sync->refresh);
}

bool sync_cancel(struct sync *sync)
{
    bool sweep = sweep_running(sync->sweep);
    if (!sweep && !reads_pending(sync->reads))
        return false;
    reads_stop(sync->reads);
    if (sweep) {
        sweep_stop(sync->sweep);
        snprintf(sync->state.note, sizeof sync->state.note, "loading was cancelled");
        refresh_cancelled(&sync->refresh, requests(sync));
    }
    tell(sync);
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

void sync_narrow(struct sync *sync, const char *provider_type, const char *status,
                 bool enabled_only)
{
    if (same_text(sync->narrow_type, provider_type) && same_text(sync->narrow_status, status) &&
        sync->narrow_enabled == enabled_only)
        return;
    if (sync->state.proof != SYNC_NONE && (provider_type || status || enabled_only))
        return; /* everything is here already */
    bool was = sync->state.narrowed;
    mem_free(sync->narrow_type);
    mem_free(sync->narrow_status);
    sync->narrow_type = provider_type ? mem_strdup(provider_type) : NULL;
    sync->narrow_status = status ? mem_strdup(status) : NULL;
    sync->narrow_enabled = enabled_only;
    if (sync->state.phase == SYNC_LOADING || (was && sync->state.phase == SYNC_IDLE))
        sweep_anew(sync);
    else
        sweep_stop(sync->sweep); /* a cursor belongs to its filter */
}

void sync_visible(struct sync *sync, const row_id *rows, size_t count)
{
    reads_visible(sync->reads, rows, count);
}

void sync_read(struct sync *sync, struct span id)
{
    reads_add(sync->reads, id);
}

const struct sync_state *sync_state(const struct sync *sync)
{
    return &sync->state;
}

size_t sync_reading(const struct sync *sync)
{
    return reads_pending(sync->reads);
}

void sync_listen(struct sync *sync, sync_listener *fn, void *ctx)
{
    if (sync->listener_count < LISTENERS_MAX)
        sync->listeners[sync->listener_count++] = (struct listener){fn, ctx};
}

void sync_unlisten(struct sync *sync, sync_listener *fn, void *ctx)
{
    for (size_t i = 0; i < sync->listener_count; i++) {
        if (sync->listeners[i].fn != fn || sync->listeners[i].ctx != ctx)
            continue;
        sync->listeners[i] = sync->listeners[--sync->listener_count];
        return;
    }
}
