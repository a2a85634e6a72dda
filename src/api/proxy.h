/* proxy.h: which proxy a connection may use, decided once, from data.
 *
 * libcurl by itself obeys http_proxy and all_proxy, and then sends the bearer token through them in
 * clear (RELIABILITY, finding 2). So every request names its proxy, or "" for none: never one for
 * plain http or loopback; for https the profile's, else HTTPS_PROXY with NO_PROXY, and only as a
 * CONNECT tunnel. */
#ifndef API_PROXY_H
#define API_PROXY_H

#include "api/url.h"

struct proxy_choice {
    char *proxy;    /* owned; "": none */
    char *no_proxy; /* owned; hosts that are reached without, as CURLOPT_NOPROXY */
};

/* getenv(3), or a test's. */
typedef char *proxy_env_fn(const char *name);

/* proxy and no_proxy are the profile's, NULL or "" when it names none. Fills *out (finish it also
 * after an error). Errors: ST_CONFIG when the proxy is not http:// or https://. */
enum status proxy_choose(const struct url_base *base, const char *proxy, const char *no_proxy,
                         proxy_env_fn *env, struct proxy_choice *out, struct error *err);
/* "HOST:PORT" of "http://USER:PASSWORD@HOST:PORT/" (mem_free); "" of "". */
char *proxy_shown(const char *proxy);
/* Whether a connection that did not come about failed at the proxy: it was not reached, or its own
 * certificate was not accepted. shown: as above; curl: the CURLcode; verdict: of
 * CURLINFO_PROXY_SSL_VERIFYRESULT; words: libcurl's own, which alone say whom it could not connect
 * to (a host of no_proxy is reached without one). */
bool proxy_is_cause(const char *shown, int curl, long verdict, const char *words);
void proxy_finish(struct proxy_choice *choice);

#endif
