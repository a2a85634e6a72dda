/* serve.h: GET /metrics for Prometheus, on the program's own loop.
 *
 * libmicrohttpd without threads of its own: it shows one descriptor (epoll) and a time-out, and the
 * loop sleeps on them with everything else. A page is streamed as fast as its reader takes it. */
#ifndef METRICS_SERVE_H
#define METRICS_SERVE_H

#include "loop/loop.h"
#include "metrics/metrics.h"

struct metrics_server;
/* Makes the page of one scrape; the server destroys it. */
typedef struct metrics_page *metrics_page_fn(void *ctx, enum metrics_format format);

/* Listens on "ADDRESS:PORT" or "[ADDRESS]:PORT": a number, not a name; port 0 picks one. On
 * loopback a request must name this machine in Host. Errors: ST_USAGE for an address that is none,
 * ST_IO. loop and ctx are (borrowed) and outlive it. */
enum status metrics_serve(struct metrics_server **out, struct loop *loop, const char *listen,
                          metrics_page_fn *page, void *ctx, struct error *err);
void metrics_server_stop(struct metrics_server *server); /* NULL allowed */
/* "http://127.0.0.1:9477/metrics"; (borrowed). */
const char *metrics_server_url(const struct metrics_server *server);

#endif
