/* past.h: how a counter of one account came to be what it is: from the profile's Prometheus where
 * it names one, else, or when that does not answer, from the samples of this machine.
 *
 * A line is of one source as a whole and says which: the two are sampled at other times and may
 * begin at other times, so that joined ones would show steps that never were. */
#ifndef CLI_PAST_H
#define CLI_PAST_H

#include "config/config.h"
#include "fleet/fleet.h"
#include "monitor/monitor.h"

#define PAST_PATIENCE_MS 3000 /* so long only Prometheus is waited for */

struct past_env {
    struct loop *loop; /* (borrowed), as all below */
    const struct profile *profile;
    struct tokens *tokens;
    struct monitor *monitor;
    const struct fleet *fleet;
    bool offline; /* nothing is sent */
};

struct past_point {
    int64_t t_ms, counter;
};

/* All (borrowed) for the call. */
struct past_answer {
    const struct past_point *points; /* times rise; one period, never falling */
    size_t count;
    const char *host;        /* of Prometheus, when the points are its; NULL: this machine's */
    int64_t lasts_ms;        /* how long a point stands for what comes after it; INT64_MAX: on */
    size_t offered;          /* series that fitted, of which the newest is shown; 0: not its */
    const struct error *why; /* why they are not Prometheus' although it is named; ST_OK */
};

struct past;
struct past *past_create(const struct past_env *env);
void past_destroy(struct past *p); /* NULL allowed */

/* Called from the loop: once, or twice when Prometheus answers after PAST_PATIENCE_MS and the
 * samples were shown meanwhile. Not after past_destroy or the next past_read. */
typedef void past_fn(void *ctx, const struct past_answer *answer);
/* Reads the account's period up to now; what was asked before is forgotten. ctx (borrowed). */
void past_read(struct past *p, row_id row, enum series_counter counter, past_fn *fn, void *ctx);

#endif
