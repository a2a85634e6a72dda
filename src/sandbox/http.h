/* http.h: the HTTP server around the routes: libmicrohttpd, on 127.0.0.1 only.
 *
 * A thread a connection: a request may have to wait (--latency-ms) without holding up others, and
 * the few connections of a console cost nothing. libmicrohttpd answers any Host and takes
 * Content-Length together with Transfer-Encoding; both are refused here, because a web page in a
 * browser can reach a loopback port under a name of its own. */
#ifndef SANDBOX_HTTP_H
#define SANDBOX_HTTP_H

#include "base/error.h"
#include "sandbox/routes.h"

#define BODY_MAX (1024 * 1024)

struct http;

/* Serves the box (borrowed; its wait function is set here) on the port, 0 for a free one. ST_IO
 * when it is taken. */
enum status http_start(struct box *box, int64_t port, struct http **out, struct error *err);
int http_port(const struct http *h);
/* Ends waits and connections, then frees. NULL allowed. */
void http_stop(struct http *h);

#endif
