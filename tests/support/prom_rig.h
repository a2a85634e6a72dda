/* prom_rig.h: what reads a past from a Prometheus, on a clock of the test: a few accounts, their
 * monitor, and a server (fault_server.h) that answers as one. */
#ifndef SUPPORT_PROM_RIG_H
#define SUPPORT_PROM_RIG_H

#include "cli/past.h"
#include "tests/support/fault_server.h"

#define PROM_RIG_QUERY "/api/v1/query_range?query="
#define PROM_RIG_NOTHING                                                                           \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}"

struct prom_rig {
    struct clock_manual manual; /* it begins at 2026-10-21T12:00:00Z */
    struct loop *loop;
    struct fleet *fleet;
    struct monitor *monitor;
    struct tokens *tokens;
    struct profile profile; /* names the server, without a token */
    struct fault_server *server;
    struct past_env env; /* of all these */
    struct str body;     /* of the answer that is set; (borrowed) by the server */
    int64_t as_of;
};

/* A cmocka setup and teardown: *state is a struct prom_rig. Whatever borrows env ends before the
 * teardown. */
int prom_rig_setup(void **state);
int prom_rig_teardown(void **state);

/* Adds an account of a quota of 3,000 tokens in October 2026, of which this counter
 * ("current_month_tokens") says 2,100. */
void prom_rig_put(struct prom_rig *r, const char *id, const char *counter);
/* The monitor takes a sample, and has walked through all when this returns. */
void prom_rig_sample(struct prom_rig *r);
void prom_rig_settle(struct prom_rig *r);

/* Appends a series of the label, one value a day up to yesterday's last second, each the same. */
void prom_rig_days(const struct prom_rig *r, const char *label, const char *name, int days,
                   double each, struct str *out);
/* So many requests (0: all) whose target begins so are answered with these series. The body stays
 * until the next answer is set: by then the requests have to be over. */
void prom_rig_answer(struct prom_rig *r, const char *prefix, int times, const struct str *series);

#endif
