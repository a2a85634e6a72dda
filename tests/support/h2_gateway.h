/* h2_gateway.h: a TLS gateway that speaks HTTP/2 and HTTP/1.1, in front of the test's own plain
 * server, which sees by the Via header how each request came: "2 gateway", "1.1 gateway". */
#ifndef SUPPORT_H2_GATEWAY_H
#define SUPPORT_H2_GATEWAY_H

#include "tls_server.h"

struct h2_gateway; /* opaque */

/* With the certificate of that kind; backend is a port of 127.0.0.1. NULL with a line on stderr
 * when it does not come up. */
struct h2_gateway *h2_gateway_create(const struct tmpdir *d, enum tls_kind kind, int backend);
void h2_gateway_destroy(struct h2_gateway *g); /* NULL is allowed */
int h2_gateway_port(const struct h2_gateway *g);

#endif
