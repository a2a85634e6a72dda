/* drift.h: what moves by itself: usage counters and the health of accounts.
 *
 * Usage is a function of time, not a job: an account stores what it had used at one moment, and
 * what it has used now is computed when somebody looks. Idle costs nothing, however many accounts
 * there are. The rate has a day and a week in it, and the counters begin again with each month.
 *
 * Drift time is the machine's clock, sped up by --time-scale from the moment of the start. The
 * clock that the server tells (created_at, last_health_check, its Date header) is the same, so that
 * all it says fits together; only where usage is slowed down or stands still that clock goes on as
 * the world's, since a server whose clock stands is another fault than one that nobody uses. */
#ifndef SANDBOX_DRIFT_H
#define SANDBOX_DRIFT_H

#include "base/clock.h"
#include "sandbox/account.h"

struct drift {
    struct clock clock;
    int64_t wall_start, drift_start; /* ms, the same moment */
    double scale;                    /* 1: as the world; 0: stands still */
};

/* drift_start: where drift time goes on from (ms), or 0 for the present. */
void drift_init(struct drift *d, struct clock clock, double scale, int64_t drift_start);
int64_t drift_now(const struct drift *d);
/* What the server's own clock says (ms since 1970). */
int64_t drift_clock(const struct drift *d);

/* Puts the present counters, period and last health check into the cells. */
void drift_apply(const struct drift *d, struct account *a);
/* Starts counting anew from the present counters (drift_apply has just run), with this rate in
 * tokens a second. */
void drift_anchor(const struct drift *d, struct account *a, double rate);
/* The drift time of the next health check after now, for an account that is being checked. */
int64_t drift_next_check(const struct drift *d, const struct account *a);

#endif
