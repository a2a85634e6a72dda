/* api.h: the five operations of the Provider Accounts API as typed, asynchronous calls.
 *
 * A call is started, shown while it runs, can be cancelled, and reports exactly once, from the
 * loop, never from inside the starting call. Reads are retried (RELIABILITY, Faults: at most 4
 * tries, full jitter, Retry-After); a write is sent once, over HTTP/1.1 on a fresh connection, and
 * the result says whether it may have reached the server. The caller sees one result type for all.
 */
#ifndef API_API_H
#define API_API_H

#include "api/reqlog.h"
#include "base/error.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/str.h"
#include "loop/loop.h"
#include "model/field.h"
#include "model/scan.h"

enum endpoint {
#define ENDPOINT(id, ...) ENDPOINT_##id,
#include "api/endpoints.def"
#undef ENDPOINT
    ENDPOINT_COUNT
};

/* Everything a connection needs; texts are copied. NULL or "" leaves an option at its default. */
struct api_settings {
    const char *url;     /* "https://gw.example.net"; checked by api_url_check */
    const char *org;     /* org_id */
    bool allow_http;     /* http beyond loopback, with a visible warning */
    bool readonly;       /* writes are refused here, before anything is sent */
    bool offline;        /* and so is everything else */
    const char *ca_file; /* PEM; NULL: the system's */
    const char *client_cert, *client_key;
    const char *proxy, *no_proxy, *proxy_ca_file; /* https only, as a CONNECT tunnel */
    int64_t connect_timeout_ms;                   /* 0: 10 s */
    int64_t total_timeout_ms;                     /* 0: 60 s; of one try */
    int64_t low_speed_seconds;                    /* 0: 15 s below 1 B/s (F34) */
    double max_rps;                               /* requests a second started; 0: no limit */
    const char *user_agent;                       /* NULL: "paddock/VERSION" */
};

struct api;

/* Checks a base URL by curl_url's parser: https, or http for loopback (or allow_http); no user
 * info, query or fragment. Errors: ST_CONFIG with what would be accepted. *host (may be NULL) gets
 * "name" or "name:port" for headers and titles. */
enum status api_url_check(const char *url, bool allow_http, struct str *host, struct error *err);

/* log may be NULL. Errors: ST_CONFIG (URL, CA file), ST_FAIL. Call api_global_init() once before.
 */
struct api *api_create(struct loop *loop, const struct api_settings *settings, struct log *log,
                       struct error *err);
/* Cancels what is open (a write that has left is reported ST_UNKNOWN before). Not from inside a
 * function that this api calls. */
void api_destroy(struct api *api);

/* Unsets SSLKEYLOGFILE and starts libcurl. Process-wide by nature. */
enum status api_global_init(struct error *err);

/* Takes the token over, also when it refuses it; NULL: requests go without Authorization. A control
 * character in it (CR, LF, NUL) is refused (ST_CONFIG). The log is told to leave it out. */
enum status api_set_token(struct api *api, struct secret *token, struct error *err);
/* Called once after a 401, before the one retry of a read: the owner gets a new token (a token
 * command) and calls api_set_token, then api_token_ready(ok), inside fn or later. Reads that get a
 * 401 meanwhile wait with it. A write that gets a 401 is reported at once. NULL: no way to get
 * another. */
void api_on_unauthorized(struct api *api, void (*fn)(void *ctx), void *ctx);
void api_token_ready(struct api *api, bool ok);

/* The server is spared when it is ill (F11, F12). After 5 failed tries of reads in a row (5xx, 408,
 * network) new reads are not sent until a back-off of 5 to 30 s has passed; then one goes as a
 * probe, and its success ends it. After a 429 with Retry-After reads wait it out up to 120 s, and
 * writes, and reads beyond that, end as ST_RATE without being sent. What was not sent ends from the
 * loop with retry_after_ms telling when a try makes sense. */
/* From the first failed try on, long before a call gives up: since when the server is ill. */
struct api_illness {
    int64_t
        since_wall_ms; /* when the first of the failed tries was started; WHEN_NONE: it is well */
    int http;          /* what the last of them brought: a 5xx or 408; 0: no answer */
};
void api_illness(const struct api *api, struct api_illness *out);
/* Called when it begins and when it ends. One listener; NULL: none. */
void api_on_illness(struct api *api, void (*fn)(void *ctx), void *ctx);
/* Milliseconds until the next request may go; 0: now. For "next try in 12 s". */
int64_t api_wait_ms(const struct api *api);
/* The operator says try now: ends a pause, lets the next read go as a probe, and what waits for its
 * next try goes at once. */
void api_try_now(struct api *api);

/* The server's clock, as its replies tell it (server_time.h): what it stamped is held against this
 * one. Until the first reply it is the machine's own. It lives as long as the api. */
struct clock api_clock(struct api *api);
/* How far it is ahead of the machine's own, in milliseconds; below 0: behind; 0: they agree, as far
 * as can be told. */
int64_t api_clock_ahead(const struct api *api);

const char *api_host(const struct api *api); /* (borrowed) */
const char *api_org(const struct api *api);  /* (borrowed) */
bool api_readonly(const struct api *api);
void api_set_readonly(struct api *api, bool readonly);
struct reqlog *api_reqlog(struct api *api); /* (borrowed) */

/* One element of a 422's detail. */
struct api_detail {
    struct span loc[8]; /* parts as texts, array indexes too */
    size_t loc_count;
    enum field field; /* field_from_loc, or FIELD_NONE */
    struct span msg, type;
};

/* Appends where it is: "tags.team", without the "body" before it; raw text from outside. */
void api_detail_path(const struct api_detail *detail, struct str *out);

struct api_result {
    enum endpoint endpoint;
    enum status status; /* ST_OK, or as error.status */
    struct error error; /* what happened, in words; raw text from outside: text_safe() */
    int http;           /* the status code, 0 when there was no reply */
    bool may_have_left; /* a write that failed: false only when the request provably never left
                           whole (DNS, connect, TLS, refused before sending) */
    struct span body;   /* 2xx of READ, CREATE, UPDATE: one account's raw JSON; empty after a 204
                           to UPDATE; (borrowed) */
    struct span request_id;           /* x-request-id, or empty; (borrowed) */
    const struct api_detail *details; /* (borrowed) */
    size_t detail_count;
    struct span permission;  /* details.required_permission of a 403; (borrowed) */
    int64_t retry_after_ms;  /* what the server said, or when the breaker lets the next read go; -1:
                               neither */
    int64_t date_ms;         /* the Date header, WHEN_NONE when absent or unreadable */
    int64_t started_mono_ms; /* when the try that answered was started: its as-of */
    int64_t started_wall_ms;
    int tries;
    struct page_summary page; /* LIST only */
};

typedef void api_fn(void *ctx, const struct api_result *result);
struct api_call;

struct api_list_query {
    const char *provider_type, *status; /* NULL: not narrowed */
    bool enabled_only;
    int limit;          /* 1..100 */
    struct span cursor; /* empty: from the start; copied */
};
struct api_list_events {
    /* Streamed while the reply comes in; as page_events. started_mono_ms is the as-of of the try.
       A retry that begins anew calls restart first. Any may be NULL. */
    void (*restart)(void *ctx);
    void (*cursor)(void *ctx, struct span cursor);
    void (*record)(void *ctx, struct span raw, const struct error *bad, int64_t started_mono_ms);
    api_fn *done;
};

/* Each starts a call and gives it back, never NULL. What is refused (read-only, offline, a bad id)
 * is reported as everything is: by fn, once, from the loop, after which the call is gone. ids are
 * copied; ctx is (borrowed) until then. */
struct api_call *api_list(struct api *api, const struct api_list_query *query,
                          const struct api_list_events *events, void *ctx);
struct api_call *api_read(struct api *api, struct span id, api_fn *fn, void *ctx);
/* body: JSON text, copied. */
struct api_call *api_create_account(struct api *api, struct span body, api_fn *fn, void *ctx);
struct api_call *api_update(struct api *api, struct span id, struct span body, api_fn *fn,
                            void *ctx);
struct api_call *api_delete(struct api *api, struct span id, api_fn *fn, void *ctx);

/* Forgets the call: its function is not called. Of a write that has left this only stops listening;
 * write/ never does that. NULL allowed. */
void api_cancel(struct api_call *call);

/* Appends the request as a curl command with the token left out ("$PADDOCK_TOKEN"). */
void api_curl_command(const struct api *api, enum endpoint endpoint, struct span id,
                      struct span body, struct str *out);

struct api_stats {
    unsigned in_flight;
    int64_t requests, errors; /* since api_create; tries, not calls */
    double per_second;        /* over the last 10 s, or since api_create */
};
void api_stats(const struct api *api, struct api_stats *out);

#define API_CLASSES     6 /* [0]: no reply came; [2] 2xx ... [5] 5xx */
#define API_TOOK_BOUNDS 12

/* What became of the tries of one operation since api_create; cancelled ones are not counted. */
struct api_tally {
    int64_t replies[API_CLASSES], errors;
    int64_t took[API_TOOK_BOUNDS + 1]; /* by duration, up to each bound; the last: longer */
    double seconds;                    /* all durations together */
};
/* (borrowed) */
const struct api_tally *api_tally(const struct api *api, enum endpoint endpoint);
/* The upper bounds in seconds, rising: API_TOOK_BOUNDS of them; static. */
const double *api_took_bounds(void);
/* "list"; static. */
const char *api_operation(enum endpoint endpoint);

#endif
