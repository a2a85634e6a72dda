/* tls_server.h: servers with good and bad certificates, made on the spot with the openssl command.
 *
 * For tests of what the client refuses. A server that is accepted answers every GET with a 200 page
 * of HTML (openssl s_server -www), which tells "connected" and "refused" well apart. */
#ifndef SUPPORT_TLS_SERVER_H
#define SUPPORT_TLS_SERVER_H

#include "tmpdir.h"

#include "base/str.h"

#include <stdbool.h>

enum tls_kind {
    TLS_GOOD,        /* signed by the test's authority, for localhost and 127.0.0.1 */
    TLS_EXPIRED,     /* the same, but yesterday */
    TLS_WRONG_HOST,  /* signed, for other.example only */
    TLS_SELF_SIGNED, /* signed by nobody else */
    TLS_OLD,         /* good, but speaks TLS 1.1 at most */
    TLS_CLIENT,      /* good, and demands a certificate of the authority from the client */
    TLS_H2_ONLY,     /* good, and agrees to HTTP/2 alone in the handshake (it does not speak it) */
    TLS_KINDS,
};

struct tls_server; /* opaque */

/* Makes the authority (once in a folder), the certificate and the server. NULL with openssl's words
 * on stderr when that fails. Files in the folder: tls-ca.pem, and tls-client.pem with
 * tls-client.key for a client. */
struct tls_server *tls_server_create(const struct tmpdir *d, enum tls_kind kind);
/* The certificate and key alone, for another server: their paths into cert and key (initialised).
 */
bool tls_certificate(const struct tmpdir *d, enum tls_kind kind, struct str *cert, struct str *key);
void tls_server_destroy(struct tls_server *s); /* NULL is allowed */
int tls_port(const struct tls_server *s);

#endif
