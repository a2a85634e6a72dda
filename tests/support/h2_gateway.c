/* h2_gateway.c: see h2_gateway.h. The gateway is a program of its own, bin/gateway.py: HTTP/2 as a
 * library speaks it that has nothing in common with the client's. */
#include "h2_gateway.h"

#include "base/mem.h"
#include "child_proc.h"

#include <stdio.h>
#include <stdlib.h>

struct h2_gateway {
    struct child_proc python;
    int port;
};

struct h2_gateway *h2_gateway_create(const struct tmpdir *d, enum tls_kind kind, int backend)
{
    struct h2_gateway *g = mem_calloc(1, sizeof *g);
    struct str cert = STR_INIT, key = STR_INIT, line = STR_INIT;
    char port[16];
    g->python.out = -1;
    snprintf(port, sizeof port, "%d", backend);
    bool ok = tls_certificate(d, kind, &cert, &key);
    const char *argv[] = {"/usr/bin/python3",
                          "tests/support/bin/gateway.py",
                          str_text(&cert),
                          str_text(&key),
                          port,
                          NULL};
    ok = ok && child_proc_start(&g->python, argv, NULL) && child_line(&g->python, &line, 0);
    g->port = ok ? atoi(str_text(&line)) : 0;
    str_finish(&cert);
    str_finish(&key);
    str_finish(&line);
    if (g->port > 0)
        return g;
    fprintf(stderr, "h2_gateway: it does not start (python3-h2 is needed)\n");
    h2_gateway_destroy(g);
    return NULL;
}

void h2_gateway_destroy(struct h2_gateway *g)
{
    if (!g)
        return;
    child_finish(&g->python);
    mem_free(g);
}

int h2_gateway_port(const struct h2_gateway *g)
{
    return g->port;
}
