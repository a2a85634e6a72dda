/* sweep.c: see sweep.h. */
#include "sync/sweep.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "sync/branches.h"
#include "sync/proof.h"

#include <stdio.h>
#include <string.h>

enum seen {
    SEEN_WALK = 1,    /* the plain walk brought it */
    SEEN_CHANGED = 2, /* it was new or changed */
    SEEN_BEFORE = 4,  /* of no sweep: it was there as this one began */
    SEEN_BITS = 3,
};

struct sweep {
    struct sweep_env env;
    struct branches *branches;
    struct proof proof;
    int64_t *early; /* created_at of records that came before page 1 had ended */
    size_t early_count, early_room;
    int64_t newest_ms; /* the newest time in them; WHEN_NONE */
    bool told;         /* listeners know of it, and not yet how it ended */
    bool filtered;     /* the server filters the list */
    /* Of the last list that was proven: it had all that was created before this; WHEN_NONE. */
    int64_t proven_before_ms;
    bool distrust; /* this server's times cannot carry the rule of t0: shown once, for good */
    int64_t began_mono_ms; /* what is older and was not seen is gone */
    uint32_t number;
    uint32_t *seen; /* by row: the sweep that brought it, and enum seen */
    size_t seen_room;
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
    return row < w->seen_room && w->seen[row] >> SEEN_BITS == w->number;
}

static int64_t created_ms(const struct sweep *w, row_id row)
{
    struct value created;
    fleet_get(w->env.fleet, row, FIELD_CREATED_AT, &created);
    return value_known(&created) ? created.i : WHEN_NONE;
}

/* The newest time that an account of page 1 has: so late it was by the clock that stamps them. What
 * page 2 brings before page 1 has ended is in it, too; that is within what page 1 took. */
static void note_newest(struct sweep *w, row_id row)
{
    static const enum field stamps[] = {FIELD_CREATED_AT, FIELD_UPDATED_AT, FIELD_LAST_CHECK};
    for (size_t i = 0; i < ARRAY_LEN(stamps); i++) {
        struct value v;
        fleet_get(w->env.fleet, row, stamps[i], &v);
        if (value_known(&v) && v.i != WHEN_NONE &&
            (w->newest_ms == WHEN_NONE || v.i > w->newest_ms))
            w->newest_ms = v.i;
    }
}

/* A new account that says it is older than a list that was proven and did not have it: its
 * created_at is from another clock, or it was deleted then and came back. */
static void distrust_news(struct sweep *w, row_id row)
{
    int64_t ms = created_ms(w, row);
    if (ms != WHEN_NONE && w->proven_before_ms != WHEN_NONE && ms < w->proven_before_ms)
        w->distrust = w->proof.spoilt = true;
}

/* known: it was there before the sweep began, and is there now: so it was at t0, whatever its times
 * say. */
static void count_created(struct sweep *w, row_id row, bool known)
{
    int64_t ms = known ? PROOF_KNOWN : created_ms(w, row);
    if (w->proof.begun) {
        proof_record(&w->proof, ms);
    } else {
        VEC_ROOM(w->early, w->early_count, w->early_room);
        w->early[w->early_count++] = ms;
        note_newest(w, row);
    }
    w->env.state->loaded++;
}

/* Room for so many rows, and some more. */
static void seen_room(struct sweep *w, size_t rows)
{
    if (rows <= w->seen_room)
        return;
    size_t room = rows + rows / 2u + 256;
    w->seen = mem_realloc(w->seen, room, sizeof *w->seen);
    memset(w->seen + w->seen_room, 0, (room - w->seen_room) * sizeof *w->seen);
    w->seen_room = room;
}

static void mark_seen(struct sweep *w, row_id row, bool whole, bool changed)
{
    seen_room(w, (size_t)row + 1);
    if (w->seen[row] >> SEEN_BITS != w->number) {
        bool known = w->seen[row] & SEEN_BEFORE;
        w->seen[row] = w->number << SEEN_BITS;
        count_created(w, row, known);
    }
    if (whole && !(w->seen[row] & SEEN_WALK)) {
        w->seen[row] |= SEEN_WALK;
        proof_walk_record(&w->proof);
    }
    if (changed && !(w->seen[row] & SEEN_CHANGED)) {
        w->seen[row] |= SEEN_CHANGED;
        w->env.state->changed++;
    }
}

static void tell_record(struct sweep *w, row_id row, struct span raw, enum fleet_put put,
                        int64_t started)
{
    struct sync_event event = {.type = SYNC_EV_RECORD,
                               .row = row,
                               .raw = raw,
                               .put = put,
                               .as_of_mono_ms = started,
                               .t0_wall_ms = WHEN_NONE};
    if (w->told)
        w->env.events.news(w->env.ctx, &event);
}

static row_id on_record(void *ctx, struct span raw, int64_t started, bool whole)
{
    struct sweep *w = ctx;
    row_id row = ROW_NONE;
    enum fleet_put put = fleet_put(w->env.fleet, raw, started, &row);
    w->env.state->bad += put == FLEET_BAD;
    if (row == ROW_NONE || !fleet_alive(w->env.fleet, row))
        return ROW_NONE;
    mark_seen(w, row, whole, put == FLEET_CHANGED || put == FLEET_NEW);
    if (put == FLEET_NEW)
        distrust_news(w, row);
    tell_record(w, row, raw, put, started);
    /* What the fleet has of an older or unreadable record says nothing about this one. */
    return put == FLEET_OLDER || put == FLEET_BAD ? ROW_NONE : row;
}

/* Where it says no total, an account that could not be read at all is missed by nobody. */
static bool page_leaves_open(const struct sweep *w, const struct page_summary *page)
{
    return page_end_open(page, (uint32_t)w->env.page_limit) ||
           (page->total < 0 && w->env.state->bad > 0);
}

static void on_page(void *ctx, const struct api_result *r, bool whole, uint32_t number, bool last)
{
    struct sweep *w = ctx;
    struct sync_state *st = w->env.state;
    const struct proof_reply reply = {
        .whole = whole,
        .number = number,
        .last = last,
        .total = r->page.total,
        .date_ms = r->date_ms,
        .took_ms = clock_mono(w->env.clock) - r->started_mono_ms,
        .newest_ms = w->newest_ms,
        .open_end = last && page_leaves_open(w, &r->page),
    };
    st->pages++;
    st->requests += r->tries > 1 ? (uint32_t)r->tries : 1;
    proof_page(&w->proof, &reply);
    if (w->proof.begun) {
        for (size_t i = 0; i < w->early_count; i++)
            proof_record(&w->proof, w->early[i]);
        w->early_count = 0;
    }
    if (r->page.total >= 0 && whole && !st->narrowed)
        st->total = r->page.total;
    w->env.events.replied(w->env.ctx);
    st->chains = branches_count(w->branches);
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

/* Why it is not proven, by what the server said. */
static void note_not_proven(struct sweep *w)
{
    const struct proof *p = &w->proof;
    char *out = w->env.state->note;
    size_t room = sizeof w->env.state->note;
    if (p->one_page && p->open_end)
        snprintf(out, room, "not proven complete: whether more follows, the server leaves open");
    else if (p->walk_first < 0 || p->walk_last < 0)
        snprintf(out, room, "not proven complete: the server says no total");
    else if (p->walk_first != p->walk_last)
        snprintf(out, room, "not proven complete: the server's total went from %s to %s",
                 QUANTITY(p->walk_first), QUANTITY(p->walk_last));
    else if (p->walk_last != (int64_t)p->distinct)
        snprintf(out, room, "not proven complete: the server's total is %s, and %s came",
                 QUANTITY(p->walk_last), QUANTITY(p->distinct));
    else
        snprintf(out, room, "not proven complete: the list changed while loading");
}

static void verdict(struct sweep *w)
{
    struct sync_state *st = w->env.state;
    w->distrust = w->distrust || proof_absurd(&w->proof);
    if (proof_complete(&w->proof)) {
        st->proof = SYNC_COMPLETE;
        if (!w->filtered)
            w->proven_before_ms = w->proof.before_ms;
        st->complete_wall_ms =
            w->proof.t0_ms != WHEN_NONE ? w->proof.t0_ms : st->last_reply_wall_ms;
    } else if (proof_walked(&w->proof)) {
        st->proof = SYNC_WALKED;
        st->complete_wall_ms = st->last_reply_wall_ms;
        note(w, "accounts may have moved while loading");
    } else {
        st->proof = SYNC_NONE;
        note_not_proven(w);
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

static bool proven(void *ctx)
{
    return proof_complete(&((struct sweep *)ctx)->proof);
}

/* The walk from page 1 again; what came counts on. */
static void on_again(void *ctx)
{
    struct sweep *w = ctx;
    proof_walk_again(&w->proof);
    for (size_t row = 0; row < w->seen_room; row++)
        w->seen[row] &= ~(uint32_t)SEEN_WALK;
    note(w, "the server forgot its cursor; begun again");
}

static void on_branches_end(void *ctx, enum branches_end end, const struct api_result *r,
                            const char *why)
{
    struct sweep *w = ctx;
    if (end == BRANCHES_DONE) {
        if (!w->env.state->narrowed)
            verdict(w);
        w->env.events.ended(w->env.ctx, SWEEP_DONE, NULL, -1);
    } else if (end == BRANCHES_BROKEN) {
        broken(w, why);
    } else {
        w->env.events.ended(w->env.ctx, SWEEP_FAILED, &r->error, r->retry_after_ms);
    }
    w->env.events.changed(w->env.ctx);
}

/* ---- from outside ---- */

static void remember_rows(struct sweep *w)
{
    const struct fleet *fleet = w->env.fleet;
    seen_room(w, fleet_rows(fleet));
    for (size_t row = 0; row < w->seen_room; row++)
        w->seen[row] = fleet_alive(fleet, (row_id)row) ? SEEN_BEFORE : 0;
}

struct sweep *sweep_create(const struct sweep_env *env)
{
    struct sweep *w = mem_calloc(1, sizeof *w);
    const struct branches_env benv = {
        .clock = env->clock,
        .api = env->api,
        .fleet = env->fleet,
        .events = {on_record, on_page, proven, on_again, on_branches_end},
        .ctx = w,
        .page_limit = env->page_limit,
        .parallel = env->parallel,
        .split_status = env->split_status};
    w->env = *env;
    w->proven_before_ms = WHEN_NONE;
    w->branches = branches_create(&benv);
    return w;
}

void sweep_destroy(struct sweep *sweep)
{
    if (!sweep)
        return;
    branches_destroy(sweep->branches);
    mem_free(sweep->early);
    mem_free(sweep->seen);
    mem_free(sweep);
}

void sweep_begin(struct sweep *sweep, const struct chain_filter *narrow, bool whole)
{
    struct sync_state *st = sweep->env.state;
    abandon(sweep);
    bool narrowed = narrow->provider_type || narrow->status || narrow->enabled_only;
    sweep->filtered = narrowed;
    proof_begin(&sweep->proof, narrowed || sweep->distrust);
    sweep->early_count = 0;
    sweep->newest_ms = WHEN_NONE;
    remember_rows(sweep);
    sweep->number++;
    sweep->began_mono_ms = clock_mono(sweep->env.clock);
    st->loaded = st->changed = st->removed = st->bad = st->pages = st->requests = 0;
    st->note[0] = '\0';
    st->narrowed = narrowed && !whole;
    if (!narrowed)
        tell(sweep, SYNC_EV_BEGAN);
    branches_begin(sweep->branches, narrow);
    st->chains = 1;
    sweep->env.events.changed(sweep->env.ctx);
}

bool sweep_ready(const struct sweep *sweep)
{
    return branches_ready(sweep->branches);
}

void sweep_go(struct sweep *sweep)
{
    branches_go(sweep->branches);
    sweep->env.events.changed(sweep->env.ctx);
}

void sweep_stop(struct sweep *sweep)
{
    branches_stop(sweep->branches);
    abandon(sweep);
}

bool sweep_running(const struct sweep *sweep)
{
    return branches_open(sweep->branches);
}
