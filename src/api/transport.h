/* transport.h: one HTTP exchange at a time over libcurl's multi handle, driven by the loop.
 *
 * libcurl tells which descriptors and which timer it waits for (CURLMOPT_SOCKETFUNCTION,
 * CURLMOPT_TIMERFUNCTION) and the loop sleeps on them, so that there is one sleep in the program.
 * A transfer cannot be added to or taken from a multi handle inside one of its callbacks (libcurl
 * manual, curl_multi_add_handle): a new one waits for a timer of 0 ms, and one that is cancelled
 * there is taken out when libcurl has returned.
 *
 * What must hold for every byte that leaves is set here and nowhere else: redirects off, TLS
 * verified and >= 1.2, netrc and environment proxies off, https (or http) alone, caps on body and
 * headers, timeouts; and for writes a fresh HTTP/1.1 connection that is closed after (RELIABILITY,
 * finding 1: on a reused one libcurl may send a POST, PATCH or DELETE twice). */
#ifndef API_TRANSPORT_H
#define API_TRANSPORT_H

#include "api/proxy.h"
#include "base/error.h"
#include "base/secret.h"
#include "loop/loop.h"

#define TRANSPORT_BODY_MAX    (8 * 1024 * 1024) /* bytes, after decompression */
#define TRANSPORT_HEADERS_MAX (64 * 1024)       /* bytes of all header lines of one exchange */

struct transport_options {
    const char *scheme; /* "https" or "http": the only one spoken */
    const char *ca_file, *client_cert, *client_key, *proxy_ca_file;  /* NULL or "": none */
    const char *proxy, *no_proxy;                                    /* as proxy_choose() says */
    int64_t connect_timeout_ms, total_timeout_ms, low_speed_seconds; /* all > 0 */
    const char *user_agent;
};

/* What is known of a reply's head. Texts are (borrowed) for the callback's time. */
struct transfer_reply {
    int curl;       /* CURLcode; 0: the exchange came to its end */
    int http;       /* status, 0: none came */
    bool oversize;  /* stopped by us: body or headers above the cap */
    bool stopped;   /* stopped by us: the body callback said so */
    bool began;     /* the connection stood (TLS and tunnel included) and sending began */
    bool left;      /* the whole request may have left; false only when it provably did not */
    int proxy_http; /* what a proxy answered to CONNECT, 0: nothing */
    long verdict;   /* on the server's certificate (CURLINFO_SSL_VERIFYRESULT) */
    /* "HOST:PORT" of the proxy, without its password, when it is the one that this failure is
       about: it was not reached, or its own certificate was not accepted; else "". (borrowed) */
    const char *proxy;
    struct span location, request_id, retry_after, date;
    const char *words; /* libcurl's own, for TLS and proxy failures; "" */
    int64_t bytes_in, bytes_out;
    const char *http_version; /* "1.0", "1.1", "2" or ""; static */
};

enum transfer_body {
    BODY_STOP,   /* the exchange ends */
    BODY_MORE,   /* taken */
    BODY_OTHERS, /* taken, and a new exchange waits: let it out before the next bytes come */
};

struct transfer_events {
    /* The next bytes of the body, decompressed. http is the status. */
    enum transfer_body (*body)(void *ctx, int http, const char *bytes, size_t len);
    /* Once, last, from the loop; not after transfer_cancel. The transfer is gone after it. */
    void (*done)(void *ctx, const struct transfer_reply *reply);
};

struct transfer_request {
    const char *method, *url; /* copied */
    struct span body;         /* copied; empty: none */
    bool write;
    const struct secret *token; /* NULL: no Authorization; copied into the header, wiped after */
    const char *scheme;         /* of the token; NULL: "Bearer" */
    const char *header;         /* one more line, without control characters; NULL: none */
};

struct transport;
struct transfer;

/* Everything in options is copied or used at once. Errors: ST_FAIL when libcurl does not start. */
struct transport *transport_create(struct loop *loop, const struct transport_options *options,
                                   struct error *err);
/* Drops what is open without a word. Not from inside a callback of a transfer. */
void transport_destroy(struct transport *t);

/* Starts in the next turn of the loop. events is copied; ctx is (borrowed) until done or cancel. */
struct transfer *transfer_start(struct transport *t, const struct transfer_request *request,
                                const struct transfer_events *events, void *ctx);
/* No callback comes after it. From anywhere, also from inside a callback. */
void transfer_cancel(struct transfer *x);
/* Whether the connection stands and the request has begun to leave. */
bool transfer_began(const struct transfer *x);

#endif
