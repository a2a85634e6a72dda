/* sweep.c: see sweep.h. */
#include "sync/sweep.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "sync/proof.h"

#include <stdio.h>
#include <string.h>

struct sweep {
    struct sweep_env env;
    struct chain *chain;   /* NULL before the first beginning */
    struct chain *retired; /* of the sweep before: one of its events may have begun this one */
    struct proof proof;
    int64_t *early; /* created_at of records that came before page 1 had ended */
    size_t early_count, early_room;
    bool first_done, restarted;
    bool told;             /* listeners know of it, and not yet how it ended */
    int64_t began_mono_ms; /* what is older and was not seen is gone */
    uint32_t number;
    uint32_t *seen; /* by row: the sweep that brought it */
    size_t seen_room;
    uint32_t ended_max; /* the last page, by number, that has ended */
};

static void note(struct sweep *w, const char *text)
{
    snprintf(w->env.state->note, sizeof w->env.state->note, "%s", text);
}

static void tell(struct sweep *w, enum sync_event_type type)
{
    struct sync_event event = {
        .type = type, .row = ROW_NONE, .proof = w->env.state->proof, .t0_wall_ms = WHEN_NONE};
    if (type == SYNC_EV_COMPLETE)
        event.t0_wall_ms = w->env.state->complete_wall_ms;
    w->told = type == SYNC_EV_BEGAN;
    w->env.events.news(w->env.ctx, &event);
}

static void abandon(struct sweep *w)
{
    if (w->told)
        tell(w, SYNC_EV_ABANDONED);
}

/* ---- what comes ---- */

static bool was_seen(const struct sweep *w, row_id row)
{
    return row < w->seen_room && w->seen[row] == w->number;
}

static void mark_seen(struct sweep *w, row_id row)
{
    if (row >= w->seen_room) {
        size_t room = row + row / 2u + 256;
        w->seen = mem_realloc(w->seen, room, sizeof *w->seen);
        memset(w->seen + w->seen_room, 0, (room - w->seen_room) * sizeof *w->seen);
        w->seen_room = room;
    }
    if (w->seen[row] == w->number)
        return;
    w->seen[row] = w->number;
    struct value created;
    fleet_get(w->env.fleet, row, FIELD_CREATED_AT, &created);
    int64_t ms = value_known(&created) ? created.i : WHEN_NONE;
    if (w->first_done) {
        proof_record(&w->proof, ms);
    } else {
        VEC_ROOM(w->early, w->early_count, w->early_room);
        w->early[w->early_count++] = ms;
    }
    w->env.state->loaded++;
}

static void on_record(void *ctx, struct chain *chain, struct span raw, int64_t started)
{
    struct sweep *w = ctx;
    row_id row = ROW_NONE;
    (void)chain;
    enum fleet_put put = fleet_put(w->env.fleet, raw, started, &row);
    w->env.state->bad += put == FLEET_BAD;
    w->env.state->changed += put == FLEET_CHANGED || put == FLEET_NEW;
    if (row == ROW_NONE || !fleet_alive(w->env.fleet, row))
        return;
    mark_seen(w, row);
    if (w->told) {
        struct sync_event event = {.type = SYNC_EV_RECORD,
                                   .row = row,
                                   .raw = raw,
                                   .put = put,
                                   .as_of_mono_ms = started,
                                   .t0_wall_ms = WHEN_NONE};
        w->env.events.news(w->env.ctx, &event);
    }
}

/* Pages may end out of order: T0 is page 1's, the last total that of the highest page. */
static void count_page(struct sweep *w, const struct api_result *r, uint32_t number, bool last)
{
    int64_t total_last = w->proof.total_last;
    w->env.state->pages++;
    proof_page(&w->proof, number == 1, r->page.total, r->date_ms, last);
    if (number < w->ended_max)
        w->proof.total_last = total_last;
    else
        w->ended_max = number;
    if (number == 1) {
        w->first_done = true;
        for (size_t i = 0; i < w->early_count; i++)
            proof_record(&w->proof, w->early[i]);
        w->early_count = 0;
    }
    if (r->page.total >= 0 && !w->env.state->narrowed)
        w->env.state->total = r->page.total;
}

static void on_chain_page(void *ctx, struct chain *chain, const struct api_result *r,
                          uint32_t number, bool last)
{
    struct sweep *w = ctx;
    (void)chain;
    w->env.events.replied(w->env.ctx);
    count_page(w, r, number, last);
    w->env.events.changed(w->env.ctx);
}

/* ---- the end ---- */

/* What the sweep did not bring: gone when it was proven complete, else asked about one by one. */
static void settle_missing(struct sweep *w)
{
    struct fleet *fleet = w->env.fleet;
    for (row_id row = 0; row < fleet_rows(fleet); row++) {
        if (!fleet_alive(fleet, row) || was_seen(w, row) || fleet_locked(fleet, row) ||
            fleet_as_of(fleet, row) >= w->began_mono_ms)
            continue;
        if (w->env.state->proof == SYNC_COMPLETE) {
            w->env.state->removed += fleet_remove(fleet, row, w->began_mono_ms);
            continue;
        }
        struct value id;
        fleet_get(fleet, row, FIELD_ID, &id);
        if (value_known(&id))
            w->env.events.missing(w->env.ctx, id.text);
    }
}

static void verdict(struct sweep *w)
{
    struct sync_state *st = w->env.state;
    if (proof_complete(&w->proof)) {
        st->proof = SYNC_COMPLETE;
        st->complete_wall_ms =
            w->proof.t0_ms != WHEN_NONE ? w->proof.t0_ms : st->last_reply_wall_ms;
    } else if (proof_walked(&w->proof)) {
        st->proof = SYNC_WALKED;
        st->complete_wall_ms = st->last_reply_wall_ms;
        note(w, "accounts may have moved while loading");
    } else {
        st->proof = SYNC_NONE;
        note(w, "the list changed while loading; not proven complete");
    }
    if (st->proof != SYNC_NONE)
        settle_missing(w);
    tell(w, st->proof != SYNC_NONE ? SYNC_EV_COMPLETE : SYNC_EV_ABANDONED);
}

static void broken(struct sweep *w, const char *why)
{
    struct error err;
    error_set(&err, ST_UNREADABLE, "%s; what came is kept", why);
    note(w, why);
    w->env.state->proof = SYNC_NONE;
    abandon(w);
    w->env.events.ended(w->env.ctx, SWEEP_BROKEN, &err, -1);
}

static void begin_chain(struct sweep *w);

static void on_chain_end(void *ctx, struct chain *chain, enum chain_end end,
                         const struct api_result *r, const char *why)
{
    struct sweep *w = ctx;
    (void)chain;
    if (end == CHAIN_DONE) {
        if (!w->env.state->narrowed)
            verdict(w);
        w->env.events.ended(w->env.ctx, SWEEP_DONE, NULL, -1);
    } else if (end == CHAIN_BROKEN) {
        broken(w, why);
    } else if (end == CHAIN_EXPIRED && !w->restarted) {
        begin_chain(w);
        w->restarted = true;
        note(w, "the server forgot its cursor; begun again");
    } else {
        w->env.events.ended(w->env.ctx, SWEEP_FAILED, &r->error, r->retry_after_ms);
    }
    w->env.events.changed(w->env.ctx);
}

/* ---- from outside ---- */

static bool may_ask(void *ctx, struct chain *chain)
{
    (void)ctx;
    (void)chain;
    return true;
}

static void on_try(void *ctx, struct chain *chain)
{
    (void)ctx;
    (void)chain;
}

struct sweep *sweep_create(const struct sweep_env *env)
{
    struct sweep *w = mem_calloc(1, sizeof *w);
    w->env = *env;
    return w;
}

void sweep_destroy(struct sweep *sweep)
{
    if (!sweep)
        return;
    chain_destroy(sweep->chain);
    chain_destroy(sweep->retired);
    mem_free(sweep->early);
    mem_free(sweep->seen);
    mem_free(sweep);
}

static void begin_chain(struct sweep *w)
{
    struct sync_state *st = w->env.state;
    abandon(w);
    proof_begin(&w->proof);
    w->early_count = 0;
    w->first_done = w->restarted = false;
    w->number++;
    w->began_mono_ms = clock_mono(w->env.clock);
    w->ended_max = 0;
    st->loaded = st->changed = st->removed = st->bad = st->pages = 0;
    st->note[0] = '\0';
    if (!st->narrowed)
        tell(w, SYNC_EV_BEGAN);
    chain_reset(w->chain);
    chain_go(w->chain);
    w->env.events.changed(w->env.ctx);
}

void sweep_begin(struct sweep *sweep, const struct chain_filter *narrow)
{
    static const struct chain_events events = {may_ask, on_try, on_record, on_chain_page,
                                               on_chain_end};
    chain_destroy(sweep->retired);
    if (sweep->chain)
        chain_stop(sweep->chain);
    sweep->retired = sweep->chain;
    sweep->chain = chain_create(sweep->env.api, narrow, sweep->env.page_limit, &events, sweep);
    sweep->env.state->narrowed = narrow->provider_type || narrow->status || narrow->enabled_only;
    begin_chain(sweep);
}

bool sweep_ready(const struct sweep *sweep)
{
    return sweep->chain && chain_ready(sweep->chain);
}

void sweep_go(struct sweep *sweep)
{
    chain_go(sweep->chain);
    sweep->env.events.changed(sweep->env.ctx);
}

void sweep_stop(struct sweep *sweep)
{
    if (sweep->chain)
        chain_stop(sweep->chain);
    abandon(sweep);
}

bool sweep_running(const struct sweep *sweep)
{
    return sweep->chain && chain_open(sweep->chain);
}
