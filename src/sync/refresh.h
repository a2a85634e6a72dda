/* refresh.h: when to read again: the interval and its budget, the back-off after failures.
 *
 * It owns the one timer of a sync and, of struct sync_state, the phase, the time of the next try,
 * the error and since when requests fail. What is done when the time has come is its owner's. */
#ifndef SYNC_REFRESH_H
#define SYNC_REFRESH_H

#include "loop/loop.h"
#include "sync/sync.h"

struct refresh {
    struct loop *loop; /* (borrowed), as all here */
    struct sync_state *state;
    int64_t refresh_ms;
    double budget_rps;
    loop_fn *due; /* the time has come */
    void *ctx;
    loop_timer timer;
    int failures; /* in a row */
};

/* Ends the waiting; nothing comes by itself. */
void refresh_stop(struct refresh *r, enum sync_phase phase);
/* The next refresh, after a sweep of so many requests: the interval, or longer where the budget
 * asks for it; never while paused or when the interval is 0. */
void refresh_plan(struct refresh *r, double requests);
/* A request failed: the next try comes after 2 s, doubled up to 60 s, or when the server says;
 * never after a refusal (401, 403) or while paused. */
void refresh_failed(struct refresh *r, const struct error *err, int64_t retry_after_ms);
void refresh_succeeded(struct refresh *r);
/* Sets the pause; without running requests it takes effect at once. requests: as refresh_plan. */
void refresh_pause(struct refresh *r, bool paused, bool running, double requests);

#endif
