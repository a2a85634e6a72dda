/* client.h: what the files of this room share: the connection and a call. Not for other rooms,
 * except tests, which choose the random source. */
#ifndef API_CLIENT_H
#define API_CLIENT_H

#include "api/api.h"
#include "api/breaker.h"
#include "api/envelope.h"
#include "api/retry.h"
#include "api/server_time.h"
#include "api/transport.h"
#include "api/url.h"

#define RATE_SECONDS 10 /* the window of api_stats' per_second */

struct endpoint_info {
    const char *name, *method;
    bool has_id, has_body, is_write;
    const char *words; /* "list the accounts" */
};
const struct endpoint_info *endpoint_info(enum endpoint endpoint);

struct api {
    struct loop *loop; /* (borrowed) */
    struct server_time server_time;
    struct log *log; /* (borrowed), may be NULL */
    struct transport *transport;
    struct url_base base;
    char *org; /* owned */
    bool readonly, offline;
    struct reqlog *reqlog;

    struct secret *token;  /* owned, may be NULL */
    uint64_t token_number; /* grows with each token set */
    bool token_asked;      /* on_unauthorized was called, api_token_ready is awaited */
    void (*unauthorized)(void *ctx);
    void *unauthorized_ctx;

    struct retry_random random;
    uint64_t random_state;
    struct breaker breaker;
    struct api_illness illness;
    void (*illness_changed)(void *ctx);
    void *illness_ctx;
    int64_t paused_until_mono_ms; /* by a 429 (F11) */
    double gap_ms;                /* least time between two starts; 0: none */
    double slot_mono_ms;          /* when the next request may start */

    struct api_call *calls; /* those that have not reported */
    unsigned in_flight;
    uint64_t started; /* calls so far */
    int64_t began_mono_ms;
    int64_t requests, errors;
    struct api_tally tallies[ENDPOINT_COUNT];
    struct {
        int64_t second;
        unsigned count;
    } rate[RATE_SECONDS];
};

enum call_state {
    CALL_WAITS,   /* for its timer: a first turn, a back-off, a pause, a free slot */
    CALL_RUNS,    /* has a transfer */
    CALL_PROBE,   /* for the end of the breaker's probe; it has no timer */
    CALL_TOKEN,   /* for api_token_ready */
    CALL_REPORTS, /* its result stands and is told in the next turn */
};

struct api_call {
    struct api *api;
    struct api_call *prev, *next;
    enum endpoint endpoint;
    enum call_state state;
    struct str url, shown_path; /* the address; the path as the request log shows it */
    struct str body;            /* to send */
    api_fn *fn;
    struct api_list_events events; /* LIST */
    void *ctx;
    bool in_event;  /* one of its functions is on the stack */
    bool cancelled; /* meanwhile: free it when that function returned */
    bool detached;  /* a write that has left and nobody listens to */

    loop_timer timer;
    struct transfer *transfer;
    uint64_t log_number;
    int tries;
    bool token_used;       /* the one retry after a 401 was spent */
    uint64_t token_number; /* the token of the running try */

    /* Of the running try, or of the last one. */
    struct str reply; /* the body; of a LIST's 200 only its beginning */
    struct page_scan *scan;
    struct error scan_error;
    struct envelope envelope;
    struct str request_id;
    struct api_result result;
};

/* call.c */
struct api_call *call_create(struct api *api, enum endpoint endpoint, struct span id,
                             const struct api_list_query *query, struct span body);
/* Its first turn comes from the loop. */
void call_start(struct api_call *call);
/* Frees it without a word, wherever it is. */
void call_drop(struct api_call *call);
/* A token came (or not) for a call that waits for it. */
void call_token(struct api_call *call, bool ok);
/* Ends a wait: its next turn comes at once. */
void call_hurry(struct api_call *call);
/* Reports a write that has left as unknown, now; for api_destroy. */
void call_leave_unknown(struct api_call *call);

/* outcome.c: turns what came back into status and words. */
/* Fills call->result and returns the rule that decides about another try; NULL for a success. */
const struct retry_rule *outcome_read(struct api_call *call, const struct transfer_reply *reply);
/* "could not change the account: WHAT; not applied, ...": for what was never sent. */
void outcome_refuse(struct api_call *call, enum status status, const char *what, const char *next);
/* Appends words and the time of day in wait_ms, to the next second. Words stand on a screen for
 * longer than it takes: a count of seconds in them would soon be wrong. */
void outcome_add_until(const struct api_call *call, const char *words, int64_t wait_ms,
                       struct str *out);

/* For tests: another source of jitter. */
void api_set_random(struct api *api, struct retry_random random);

#endif
