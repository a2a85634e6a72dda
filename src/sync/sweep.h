/* sweep.h: one reading of the whole list: its chains, what they bring, and whether it is proven.
 *
 * A sweep puts every record into the fleet, counts distinct ids for the proof (proof.h), and at its
 * end removes what is proven to be gone. It keeps the counts, the total, the proof and the note of
 * struct sync_state; phases, errors and time are its owner's. */
#ifndef SYNC_SWEEP_H
#define SYNC_SWEEP_H

#include "sync/chain.h" /* struct chain_filter */
#include "sync/sync.h"

struct sweep;

enum sweep_end {
    SWEEP_DONE,   /* the list has ended; state->proof says what that is worth */
    SWEEP_FAILED, /* a request failed; sweep_go goes on, if sweep_ready */
    SWEEP_BROKEN, /* the server misbehaves (F17, F18); err says how */
};

struct sweep_events {
    /* The state has changed. */
    void (*changed)(void *ctx);
    /* A page came. */
    void (*replied)(void *ctx);
    /* An account that the list did not bring and that only a single read can settle. */
    void (*missing)(void *ctx, struct span id);
    /* News for sync_listen; not of a narrowed sweep. */
    void (*news)(void *ctx, const struct sync_event *event);
    /* retry_after_ms: what the server said, or -1. */
    void (*ended)(void *ctx, enum sweep_end end, const struct error *err, int64_t retry_after_ms);
};

struct sweep_env {
    const struct clock *clock; /* all borrowed, and outlive the sweep */
    struct api *api;
    struct fleet *fleet;
    struct sync_state *state;
    struct sweep_events events;
    void *ctx;
    int page_limit;
    unsigned parallel; /* chains whose answer may be awaited at once, >= 1 */
    bool split_status;
};

/* Asks nothing before sweep_begin. */
struct sweep *sweep_create(const struct sweep_env *env);
/* Takes NULL. */
void sweep_destroy(struct sweep *sweep);

/* Abandons what runs and begins anew. narrow (copied) is never NULL. A narrowed sweep ends without
 * a word about completeness, unless it is `whole`: nothing else is wanted, and the proof is of it.
 */
void sweep_begin(struct sweep *sweep, const struct chain_filter *narrow, bool whole);
/* Whether a failed sweep can go on from where it was. */
bool sweep_ready(const struct sweep *sweep);
/* Goes on from there: what came stays, and the proof is of all of it. */
void sweep_go(struct sweep *sweep);
/* Cancels what is open and abandons the sweep. */
void sweep_stop(struct sweep *sweep);
bool sweep_running(const struct sweep *sweep);

#endif
