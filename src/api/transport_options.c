/* transport_options.c: what libcurl is told of each transfer. Apart from the transfers' life, so
 * that the rules for it (TLS, proxies, redirects, a write's own connection) are read in one place.
 */
#include "api/transport_private.h"

#include <string.h>

/* A page of a hundred accounts is some 90 kB: libcurl's own 16 kB would cut it into many pieces. */
enum { READ_BYTES = 65536 };

static void set_safety(const struct transport *t, CURL *e)
{
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)READ_BYTES);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, t->scheme);
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, t->scheme);
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (t->ca_file)
        curl_easy_setopt(e, CURLOPT_CAINFO, t->ca_file);
    if (t->client_cert)
        curl_easy_setopt(e, CURLOPT_SSLCERT, t->client_cert);
    if (t->client_key)
        curl_easy_setopt(e, CURLOPT_SSLKEY, t->client_key);
    curl_easy_setopt(e, CURLOPT_PROXY, t->proxy);
    curl_easy_setopt(e, CURLOPT_NOPROXY, t->no_proxy);
    curl_easy_setopt(e, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(e, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    curl_easy_setopt(e, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(e, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (t->proxy_ca_file)
        curl_easy_setopt(e, CURLOPT_PROXY_CAINFO, t->proxy_ca_file);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, t->connect_timeout_ms);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, t->total_timeout_ms);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, t->low_speed_seconds);
}

static void set_exchange(const struct transport *t, struct transfer *x,
                         const struct transfer_request *r)
{
    CURL *e = x->easy;
    bool tls = strcmp(t->scheme, "https") == 0;
    curl_easy_setopt(e, CURLOPT_URL, r->url);
    curl_easy_setopt(e, CURLOPT_USERAGENT, t->user_agent);
    if (r->body.len) {
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
        curl_easy_setopt(e, CURLOPT_COPYPOSTFIELDS, r->body.p);
    }
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
    if (r->write) {
        curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    } else {
        curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                         (long)(tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(e, CURLOPT_PIPEWAIT, tls ? 1L : 0L);
        curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    }
}

static void set_headers(struct transfer *x, const struct transfer_request *r)
{
    struct curl_slist *list = NULL;
    if (r->token) {
        struct str line = STR_INIT;
        str_reserve(&line,
                    secret_len(r->token) + 32); /* so that it never moves and leaves a copy */
        str_printf(&line, "Authorization: %s ", r->scheme ? r->scheme : "Bearer");
        str_append(&line, secret_bytes(r->token), secret_len(r->token));
        list = curl_slist_append(list, line.data);
        secret_wipe(line.data, line.len);
        str_finish(&line);
        x->secret_header = true;
    }
    list = curl_slist_append(list, "Accept: application/json");
    list = curl_slist_append(list, "Expect:");
    if (r->header)
        list = curl_slist_append(list, r->header);
    if (r->body.len)
        list = curl_slist_append(list, "Content-Type: application/json");
    x->headers = list;
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, list);
}

void transport_set(const struct transport *t, struct transfer *x,
                   const struct transfer_request *request)
{
    set_safety(t, x->easy);
    set_exchange(t, x, request);
    set_headers(x, request);
}
