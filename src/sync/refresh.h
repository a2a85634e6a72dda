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
    int64_t idle_ms; /* without the operator for so long, refreshes are rarer; 0: never */
    loop_fn *due;    /* the time has come */
    void *ctx;
    loop_timer timer;
    bool refused_stops;      /* after a 401 nothing comes by itself until somebody asks (F05) */
    int failures;            /* in a row */
    int64_t touched_mono_ms; /* when the operator was last seen */
    int64_t kept_mono_ms;  /* after failures: the try that the operator did not wait for; 0: none */
    int64_t usual_mono_ms; /* when the next refresh would come for an operator who is there */
};

/* Ends the waiting; nothing comes by itself. */
void refresh_stop(struct refresh *r, enum sync_phase phase);
/* The next refresh, after a sweep of so many requests: the interval, or longer where the budget
 * asks for it, or four times as long while nobody is there; never while paused or when the interval
 * is 0. */
void refresh_plan(struct refresh *r, double requests);
/* The operator is there: a refresh that was put off comes when it would have come. */
void refresh_touch(struct refresh *r);
/* The operator asks now, to be said before what waits is stopped. When that fails, too, before the
 * time of the try that would have come by itself, that one comes at its time: asking makes no wait
 * longer. */
void refresh_asked(struct refresh *r);
/* A request failed: the next try comes after 2, 4, 5, 5, 5 s, then doubled up to 60 s, or when the
 * server says;
 * after a refusal (401, 403) each minute; never while paused, nor after a 401 with refused_stops.
 */
void refresh_failed(struct refresh *r, const struct error *err, int64_t retry_after_ms);
void refresh_succeeded(struct refresh *r);
/* Sets the pause, for the operator; without running requests it takes effect at once. requests: as
 * refresh_plan. */
void refresh_pause(struct refresh *r, bool paused, bool running, double requests);
/* What ran was cancelled: the next comes as after any other, after failures in a minute, after a
 * 401 with refused_stops not at all. */
void refresh_cancelled(struct refresh *r, double requests);

#endif
