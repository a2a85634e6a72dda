/* prom.c: see prom.h. */
#include "prom/prom.h"

#include "api/proxy.h"
#include "api/retry.h"
#include "api/transport.h"
#include "api/url.h"
#include "base/base64.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOW_SPEED_SECONDS 30
#define HEADER_MAX        1000 /* bytes of user and tenant */

struct prom {
    struct loop *loop; /* (borrowed) */
    struct transport *transport;
    struct url_base base;
    char *user, *tenant;          /* owned; NULL: none; tenant is the header's line */
    struct secret *token, *basic; /* owned; NULL: none; basic: user and token as they are sent */
    struct prom_call *calls;
};

struct prom_call {
    struct prom *p;
    struct prom_call *next;
    struct transfer *transfer;
    struct str body;
    prom_fn *fn;             /* one of the two is NULL */
    prom_matrix_fn *sums_fn; /* then with the label */
    char *label;             /* owned */
    void *ctx;
};

/* ---- the server ---------------------------------------------------------------------------- */

static enum status file_check(const char *path, const char *what, struct error *err)
{
    if (!path || !*path || access(path, R_OK) == 0)
        return ST_OK;
    return error_set(err, ST_CONFIG, "%s \"%s\" cannot be read: %s", what, path, strerror(errno));
}

static enum status settings_check(const struct prom_settings *s, struct error *err)
{
    const char *user = s->user ? s->user : "", *tenant = s->tenant ? s->tenant : "";
    enum status st = file_check(s->ca_file, "prometheus_ca_file", err);
    if (st == ST_OK)
        st = file_check(s->client_cert, "prometheus_client_cert", err);
    if (st == ST_OK)
        st = file_check(s->client_key, "prometheus_client_key", err);
    if (st != ST_OK)
        return st;
    if (strlen(user) + strlen(tenant) > HEADER_MAX)
        return error_set(err, ST_CONFIG, "the user or the tenant is too long");
    for (const char *p = user; *p; p++) {
        if (*p == ':' || (unsigned char)*p < 0x20 || *p == 0x7F)
            return error_set(err, ST_CONFIG,
                             "prometheus_user holds a colon or a control character");
    }
    for (const char *p = tenant; *p; p++) {
        if (*p <= ' ' || *p > '~')
            return error_set(err, ST_CONFIG, "prometheus_tenant holds more than visible ASCII");
    }
    return ST_OK;
}

struct prom *prom_create(struct loop *loop, const struct prom_settings *s, struct error *err)
{
    struct url_base base;
    struct proxy_choice choice = {0};
    struct transport *t = NULL;
    enum status st = url_base_parse(s->url, s->allow_http, &base, err);
    if (st == ST_OK)
        st = settings_check(s, err);
    if (st == ST_OK)
        st = proxy_choose(&base, s->proxy, s->no_proxy, getenv, &choice, err);
    if (st == ST_OK) {
        const struct transport_options options = {.scheme = base.https ? "https" : "http",
                                                  .ca_file = s->ca_file,
                                                  .client_cert = s->client_cert,
                                                  .client_key = s->client_key,
                                                  .proxy_ca_file = s->proxy_ca_file,
                                                  .proxy = choice.proxy,
                                                  .no_proxy = choice.no_proxy,
                                                  .connect_timeout_ms = s->connect_timeout_ms,
                                                  .total_timeout_ms = s->total_timeout_ms,
                                                  .low_speed_seconds = LOW_SPEED_SECONDS,
                                                  .user_agent = "paddock/" PADDOCK_VERSION};
        t = transport_create(loop, &options, err);
    }
    proxy_finish(&choice);
    if (!t) {
        url_base_finish(&base);
        error_prefix(err, "prometheus_url");
        return NULL;
    }
    struct prom *p = mem_calloc(1, sizeof *p);
    p->loop = loop;
    p->transport = t;
    p->base = base;
    if (s->user && *s->user)
        p->user = mem_strdup(s->user);
    if (s->tenant && *s->tenant) {
        struct str line = STR_INIT;
        str_printf(&line, "X-Scope-OrgID: %s", s->tenant);
        p->tenant = str_steal(&line);
    }
    return p;
}

void prom_destroy(struct prom *p)
{
    if (!p)
        return;
    while (p->calls)
        prom_cancel(p->calls);
    transport_destroy(p->transport);
    url_base_finish(&p->base);
    secret_destroy(p->token);
    secret_destroy(p->basic);
    mem_free(p->user);
    mem_free(p->tenant);
    mem_free(p);
}

const char *prom_host(const struct prom *p)
{
    return p->base.host;
}

/* "user:password" in base64 (RFC 7617), leaving no copy behind. */
static struct secret *basic_make(const char *user, const struct secret *password)
{
    struct str plain = STR_INIT, coded = STR_INIT;
    size_t len = strlen(user) + 1 + secret_len(password);
    str_reserve(&plain, len + 1);
    str_reserve(&coded, base64_len(len) + 1);
    str_printf(&plain, "%s:", user);
    str_append(&plain, secret_bytes(password), secret_len(password));
    base64_add(&coded, span_from(&plain));
    struct secret *s = coded.len <= SECRET_BYTES_MAX ? secret_create(coded.data, coded.len) : NULL;
    secret_wipe(plain.data, plain.len);
    secret_wipe(coded.data, coded.len);
    str_finish(&plain);
    str_finish(&coded);
    return s;
}

void prom_set_token(struct prom *p, struct secret *token)
{
    secret_destroy(p->token);
    secret_destroy(p->basic);
    p->token = token;
    p->basic = token && p->user ? basic_make(p->user, token) : NULL;
}

/* ---- what came ----------------------------------------------------------------------------- */

static void call_unlink(struct prom_call *call)
{
    struct prom_call **at = &call->p->calls;
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
}

static void call_free(struct prom_call *call)
{
    str_finish(&call->body);
    mem_free(call->label);
    mem_free(call);
}

static enum transfer_body on_body(void *ctx, int http, const char *bytes, size_t len)
{
    struct prom_call *call = ctx;
    (void)http;
    if (len > PROM_BODY_MAX - call->body.len)
        return BODY_STOP;
    str_append(&call->body, bytes, len);
    return BODY_MORE;
}

static enum status http_status(int http)
{
    return http == 401   ? ST_AUTH
           : http == 403 ? ST_FORBIDDEN
           : http >= 500 ? ST_SERVER
                         : ST_REJECTED;
}

struct answer {
    struct prom_series series;
    struct prom_matrix matrix;
};

/* An answer that is not 2xx; Prometheus says why in its own form, what stands before it does not.
 */
static void refuse(const struct prom_call *call, int http, struct error *err)
{
    struct prom_series none;
    struct error why;
    bool said = prom_reply_read(span_from(&call->body), &none, &why) == ST_REJECTED;
    prom_series_finish(&none);
    error_set(err, http_status(http), "%s answers with %d%s%s", call->p->base.host, http,
              said ? ": " : "", said ? why.what : "");
}

static enum status read_body(const struct prom_call *call, struct answer *out, struct error *err)
{
    struct span body = span_from(&call->body);
    return call->fn ? prom_reply_read(body, &out->series, err)
                    : prom_matrix_read(body, call->label, &out->matrix, err);
}

static void read_reply(const struct prom_call *call, const struct transfer_reply *r,
                       struct answer *out, struct error *err)
{
    const char *host = call->p->base.host;
    if (r->oversize || r->stopped) {
        error_set(err, ST_UNREADABLE, "the reply of %s is too large", host);
    } else if (!r->began && r->proxy_http >= 300) {
        error_set(err, ST_NETWORK, "the proxy refuses the way to %s (%d)", host, r->proxy_http);
    } else if (r->curl) {
        const struct retry_rule *rule = retry_rule_curl(r->curl);
        error_set(err, rule->read, "%s: %s", host, rule->words);
    } else if (r->http < 200 || r->http >= 300) {
        refuse(call, r->http, err);
    } else if (read_body(call, out, err) != ST_OK) {
        error_prefix(err, "the reply of %s cannot be used", host);
    }
}

static void on_done(void *ctx, const struct transfer_reply *reply)
{
    struct prom_call *call = ctx;
    struct answer answer = {.series = {.points = NULL}};
    struct error err;
    error_clear(&err);
    call_unlink(call);
    read_reply(call, reply, &answer, &err);
    const struct secret *token = call->p->token, *basic = call->p->basic;
    size_t len = strlen(err.what);
    if ((token && secret_in(token, err.what, len)) || (basic && secret_in(basic, err.what, len)))
        error_set(&err, err.status, "%s repeats the token in its words", call->p->base.host);
    if (call->fn)
        call->fn(call->ctx, &answer.series, &err);
    else
        call->sums_fn(call->ctx, &answer.matrix, &err);
    prom_series_finish(&answer.series);
    prom_matrix_finish(&answer.matrix);
    call_free(call);
}

/* ---- asking -------------------------------------------------------------------------------- */

int64_t prom_step_ms(int64_t from_ms, int64_t to_ms)
{
    int64_t step = (to_ms - from_ms) / PROM_STEPS;
    return step > PROM_STEP_MIN_MS ? step - step % 1000 : PROM_STEP_MIN_MS;
}

static void add_time(struct str *url, const char *name, int64_t ms)
{
    str_printf(url, "&%s=%lld.%03d", name, (long long)(ms / 1000), (int)(ms % 1000));
}

static struct prom_call *ask(struct prom *p, const struct prom_query *query)
{
    static const struct transfer_events events = {on_body, on_done};
    struct prom_call *call = mem_calloc(1, sizeof *call);
    struct str url = STR_INIT;
    str_printf(&url, "%s/api/v1/query_range?query=", p->base.text);
    url_segment(&url, span_of(query->text));
    add_time(&url, "start", query->from_ms);
    add_time(&url, "end", query->to_ms);
    str_printf(&url, "&step=%lld", (long long)(query->step_ms / 1000));
    call->p = p;
    call->next = p->calls;
    p->calls = call;
    const struct transfer_request request = {.method = "GET",
                                             .url = str_text(&url),
                                             .token = p->user ? p->basic : p->token,
                                             .scheme = p->user ? "Basic" : "Bearer",
                                             .header = p->tenant};
    call->transfer = transfer_start(p->transport, &request, &events, call);
    str_finish(&url);
    return call;
}

struct prom_call *prom_range(struct prom *p, const char *name, const char *label, struct span value,
                             int64_t from_ms, int64_t to_ms, prom_fn *fn, void *ctx)
{
    struct str text = STR_INIT;
    int64_t step = prom_step_ms(from_ms, to_ms);
    str_printf(&text, "%s{%s=", name, label);
    prom_quote(&text, value);
    str_add_char(&text, '}');
    /* Values come at start + n * step: counted back from the end, the last one is of now. */
    const struct prom_query query = {.text = str_text(&text),
                                     .from_ms = to_ms - (to_ms - from_ms) / step * step,
                                     .to_ms = to_ms,
                                     .step_ms = step};
    struct prom_call *call = ask(p, &query);
    call->fn = fn;
    call->ctx = ctx;
    str_finish(&text);
    return call;
}

struct prom_call *prom_sums(struct prom *p, const struct prom_query *query, prom_matrix_fn *fn,
                            void *ctx)
{
    struct prom_call *call = ask(p, query);
    call->sums_fn = fn;
    call->label = mem_strdup(query->label);
    call->ctx = ctx;
    return call;
}

void prom_cancel(struct prom_call *call)
{
    if (!call)
        return;
    call_unlink(call);
    transfer_cancel(call->transfer);
    call_free(call);
}
