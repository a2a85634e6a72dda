/* prom.h: reading a counter's history from a server that speaks Prometheus' query API (Prometheus,
 * Thanos, Mimir, VictoriaMetrics).
 *
 * One GET of /api/v1/query_range over the loop, under the rules that all requests of the program
 * obey (api/transport.h): redirects off, TLS verified, proxies chosen, timeouts, caps. It is asked
 * once and not again: the caller has samples of its own to show meanwhile, and asks again later.
 * The token is of this server alone; the API's is never sent here. */
#ifndef PROM_PROM_H
#define PROM_PROM_H

#include "base/secret.h"
#include "loop/loop.h"
#include "prom/reply.h"

#include <stdbool.h>

#define PROM_STEPS       600 /* values asked for over the span, about */
#define PROM_STEP_MIN_MS 60000

struct prom_settings {
    const char *url;                      /* base, without /api/v1 */
    bool allow_http;                      /* plain http beyond this machine */
    const char *ca_file;                  /* NULL or "": the system's */
    const char *client_cert, *client_key; /* NULL or "": none */
    const char *user;   /* basic authentication, the token being the password; NULL or "": none */
    const char *tenant; /* sent as X-Scope-OrgID (Mimir, Cortex, Loki); NULL or "": not */
    const char *proxy, *no_proxy, *proxy_ca_file; /* as in struct api_settings */
    int64_t connect_timeout_ms, total_timeout_ms; /* > 0 */
};

struct prom;
struct prom_call;

/* Everything in settings is copied. NULL with *err on ST_CONFIG (URL, proxy, a file that cannot be
 * read). Sends nothing. */
struct prom *prom_create(struct loop *loop, const struct prom_settings *settings,
                         struct error *err);
/* Calls that are open are dropped without a word. NULL allowed. */
void prom_destroy(struct prom *p);
/* "prometheus.example.net:9090", for people; (borrowed). */
const char *prom_host(const struct prom *p);
/* Sent from now on, as a bearer token or, with a user, as its password; takes ownership; NULL for
 * none. */
void prom_set_token(struct prom *p, struct secret *token);

/* The distance of the values that are asked for between two times. */
int64_t prom_step_ms(int64_t from_ms, int64_t to_ms);

/* Once, from the loop, not after prom_cancel. series is (borrowed) for the call, empty unless
 * err->status is ST_OK. Errors: ST_NETWORK, ST_AUTH, ST_FORBIDDEN, ST_UNREADABLE, ST_REJECTED,
 * ST_SERVER; texts may hold the server's words. */
typedef void prom_fn(void *ctx, const struct prom_series *series, const struct error *err);

/* Asks for a gauge of one label: NAME{LABEL="VALUE"}, from..to (wall clock; from < to), the last
 * value at `to` itself. name and label are ours, value is anybody's. All is copied but ctx. */
struct prom_call *prom_range(struct prom *p, const char *name, const char *label, struct span value,
                             int64_t from_ms, int64_t to_ms, prom_fn *fn, void *ctx);
/* The same of any query (PromQL) that answers with one series for each value of `label`, at
 * from_ms, from_ms + step_ms ... up to to_ms. All is copied but ctx. */
typedef void prom_matrix_fn(void *ctx, const struct prom_matrix *matrix, const struct error *err);
struct prom_query {
    const char *text, *label;
    int64_t from_ms, to_ms, step_ms; /* from <= to; step in whole seconds, at least one */
};
struct prom_call *prom_sums(struct prom *p, const struct prom_query *query, prom_matrix_fn *fn,
                            void *ctx);
void prom_cancel(struct prom_call *call); /* NULL allowed; from anywhere but fn */

#endif
