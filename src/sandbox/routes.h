/* routes.h: the endpoints, from a request in memory to a reply in memory. No HTTP library here. */
#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include "base/clock.h"
#include "sandbox/faults.h"
#include "sandbox/pages.h"
#include "sandbox/store.h"
#include "sandbox/validate.h"

#include <stdatomic.h>

#define ORGS_MAX 8

enum traffic {
    TRAFFIC_GET,
    TRAFFIC_POST,
    TRAFFIC_PATCH,
    TRAFFIC_DELETE,
    TRAFFIC_COMMITS,
    TRAFFIC_KINDS
};

struct box {
    struct store *store;   /* (borrowed) */
    struct faults *faults; /* (borrowed) */
    struct pages *pages;   /* (borrowed) NULL unless --serial-pages */
    struct clock clock;
    const char *token;          /* (borrowed) */
    const char *orgs[ORGS_MAX]; /* (borrowed) known organisations, the first is the default */
    size_t org_count;
    unsigned behaviours;
    int64_t latency_ms, page_latency_ms;
    int64_t mbit;                        /* megabits a second a connection; 0: no limit */
    void (*wait)(void *ctx, int64_t ms); /* sleeps, but not beyond the end of the server */
    void *wait_ctx;                      /* (borrowed) */
    atomic_ullong traffic[TRAFFIC_KINDS];
};

struct request {
    const char *method, *path;      /* (borrowed) path is decoded */
    const char *authorization;      /* (borrowed) NULL: none */
    const char *content_type;       /* (borrowed) NULL: none */
    const char *query[QUERY_COUNT]; /* (borrowed) */
    struct str body;
};

struct reply {
    bool drop; /* end the connection without an answer */
    unsigned status;
    struct str body;
    struct page *page; /* instead of body, with a reference; NULL: none */
    const char *content_type;
    int64_t date_ms;      /* of the server's clock, when the request was taken up */
    char retry_after[24]; /* "": none */
    char allow[40];       /* "": none */
};

void request_finish(struct request *r);
void reply_finish(struct reply *r); /* but for the page's reference */

/* Answers a request. */
void routes_answer(struct box *box, const struct request *request, struct reply *reply);

#endif
