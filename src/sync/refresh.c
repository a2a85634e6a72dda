/* refresh.c: see refresh.h. */
#include "sync/refresh.h"

#include "base/when.h"

#define WAIT_FIRST_MS 2000
#define WAIT_SHORT_MS                                                                              \
    5000 /* the first WAIT_SHORTS: most outages are short, and are seen to be over */
#define WAIT_SHORTS 5
#define WAIT_MAX_MS 60000
#define REFUSED_MS  60000 /* a token or a right comes back by somebody's hand: no hurry */
#define IDLE_TIMES  4

static void on_timer(void *ctx)
{
    struct refresh *r = ctx;
    r->timer = 0;
    r->due(r->ctx);
}

static void wait_for(struct refresh *r, enum sync_phase phase, int64_t delay_ms)
{
    loop_timer_stop(r->loop, r->timer);
    r->timer = loop_timer_start(r->loop, delay_ms, on_timer, r);
    r->state->phase = phase;
    r->state->next_try_mono_ms = clock_mono(loop_clock(r->loop)) + delay_ms;
}

void refresh_stop(struct refresh *r, enum sync_phase phase)
{
    loop_timer_stop(r->loop, r->timer);
    r->timer = 0;
    r->state->phase = phase;
    r->state->next_try_mono_ms = -1;
}

static bool idle(const struct refresh *r)
{
    return r->idle_ms > 0 && clock_mono(loop_clock(r->loop)) - r->touched_mono_ms >= r->idle_ms;
}

void refresh_plan(struct refresh *r, double requests)
{
    if (r->refresh_ms <= 0 || r->state->paused) {
        refresh_stop(r, r->state->paused ? SYNC_STOPPED : SYNC_IDLE);
        return;
    }
    int64_t ms = r->refresh_ms;
    int64_t budget = r->budget_rps > 0 ? (int64_t)(requests / r->budget_rps * 1000.0) : 0;
    if (budget > ms)
        ms = budget;
    r->usual_mono_ms = clock_mono(loop_clock(r->loop)) + ms;
    wait_for(r, SYNC_IDLE, idle(r) ? ms * IDLE_TIMES : ms);
}

void refresh_touch(struct refresh *r)
{
    int64_t now = clock_mono(loop_clock(r->loop));
    r->touched_mono_ms = now;
    if (!r->timer || r->state->phase != SYNC_IDLE || r->state->next_try_mono_ms <= r->usual_mono_ms)
        return;
    wait_for(r, SYNC_IDLE, r->usual_mono_ms > now ? r->usual_mono_ms - now : 0);
}

static bool refused(const struct error *err)
{
    return err->status == ST_AUTH || err->status == ST_FORBIDDEN;
}

/* Nothing is tried by itself: the pause, or a token that only somebody's hand can mend. */
static bool stays(const struct refresh *r)
{
    return r->state->paused ||
           (r->refused_stops && r->failures && r->state->error.status == ST_AUTH);
}

void refresh_asked(struct refresh *r)
{
    int64_t next = r->state->next_try_mono_ms;
    if (r->timer && r->state->phase == SYNC_WAITING && next > clock_mono(loop_clock(r->loop)))
        r->kept_mono_ms = next;
}

/* How long until the try that was put before by the operator would have come; 0: none would. */
static int64_t kept_wait(struct refresh *r)
{
    int64_t left = r->kept_mono_ms - clock_mono(loop_clock(r->loop));
    r->kept_mono_ms = 0;
    return left > 0 ? left : 0;
}

void refresh_failed(struct refresh *r, const struct error *err, int64_t retry_after_ms)
{
    r->state->error = *err;
    if (r->state->stale_since_wall_ms == WHEN_NONE)
        r->state->stale_since_wall_ms = clock_wall(loop_clock(r->loop));
    int64_t kept = kept_wait(r), ms = refused(err) ? REFUSED_MS : WAIT_FIRST_MS;
    for (int i = 0; i < r->failures && ms < WAIT_MAX_MS; i++) {
        ms *= 2;
        if (i + 1 < WAIT_SHORTS && ms > WAIT_SHORT_MS)
            ms = WAIT_SHORT_MS;
    }
    if (ms > WAIT_MAX_MS)
        ms = WAIT_MAX_MS;
    if (kept)
        ms = kept;
    else
        r->failures++;
    if (stays(r))
        refresh_stop(r, SYNC_STOPPED);
    else
        wait_for(r, SYNC_WAITING, retry_after_ms > ms ? retry_after_ms : ms);
}

void refresh_succeeded(struct refresh *r)
{
    r->failures = 0;
    r->kept_mono_ms = 0;
    r->state->last_reply_wall_ms = clock_wall(loop_clock(r->loop));
    r->state->stale_since_wall_ms = WHEN_NONE;
    error_clear(&r->state->error);
}

void refresh_pause(struct refresh *r, bool paused, bool running, double requests)
{
    r->state->paused = paused;
    r->touched_mono_ms = clock_mono(loop_clock(r->loop));
    if (running)
        return; /* what comes after it heeds the pause */
    if (stays(r))
        refresh_stop(r, SYNC_STOPPED);
    else if (r->failures)
        wait_for(r, SYNC_WAITING, refused(&r->state->error) ? REFUSED_MS : WAIT_FIRST_MS);
    else
        refresh_plan(r, requests);
}

void refresh_cancelled(struct refresh *r, double requests)
{
    int64_t kept = kept_wait(r);
    if (stays(r))
        refresh_stop(r, SYNC_STOPPED);
    else if (r->failures)
        wait_for(r, SYNC_WAITING, kept ? kept : WAIT_MAX_MS);
    else
        refresh_plan(r, requests);
}
