/* doctor.c: paddock doctor: from the file to the first account, one line a step.
 *
 * Each step stands on the one before, so the first that fails ends the visit, with what to do. The
 * connection of steps name to TLS is libcurl's own, with the same settings as the client's, so that
 * what it says holds for the console. */
#include "cli/context.h"

#include "api/trust.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/plain.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct doctor {
    struct cli *cli;
    CURL *curl;
    char problem[CURL_ERROR_SIZE];
    bool done;
    struct error error; /* of the request */
    enum status status;
    int64_t total, started_ms, ended_ms, date_ms;
    char http[8];
};

static void line(struct doctor *d, const char *mark, const char *step, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void line(struct doctor *d, const char *mark, const char *step, const char *fmt, ...)
{
    struct str raw = STR_INIT, safe = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&raw, fmt, ap);
    va_end(ap);
    text_safe(&safe, str_text(&raw), raw.len, d->cli->safe);
    fprintf(d->cli->out, "%-5s %-8s %s\n", mark, step, str_text(&safe));
    fflush(d->cli->out);
    str_finish(&raw);
    str_finish(&safe);
}

static enum status bad(struct doctor *d, const char *step, const struct error *err)
{
    line(d, "FAIL", step, "%s", err->what);
    if (*err->next)
        line(d, "", "", "-> %s", err->next);
    return err->status;
}

/* ---- config and token ---------------------------------------------------------------------- */

static enum status step_config(struct doctor *d)
{
    struct error err = {0};
    struct cli_console *start = d->cli->start;
    if (cli_prepare(d->cli, &err) != ST_OK)
        return bad(d, "config", &err);
    const struct profile *p = &start->profile;
    static const char *const access[] = {"read-only", "guarded", "read-write"};
    const char *from = p->demo ? "the sandbox" : *p->name ? p->name : "flags and environment";
    line(d, "ok", "config", "%s: %s, organisation %s, %s", from, p->url, p->org, access[p->access]);
    if (strncmp(p->url, "http://", 7) == 0 && p->allow_http)
        line(d, "warn", "config", "plain http is allowed: the token travels unprotected");
    return ST_OK;
}

struct token_step {
    bool done;
    struct error err;
    size_t len;
};

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct token_step *step = ctx;
    step->done = true;
    step->err = *err;
    step->len = token ? secret_len(token) : 0;
    secret_destroy(token);
}

static enum status step_token(struct doctor *d)
{
    struct token_step step = {0};
    struct cli *cli = d->cli;
    const struct token_source *source = &cli->start->profile.token;
    const char *withheld = cli->start->profile.withheld;
    if (source->kind == TOKEN_NONE && *withheld) {
        line(d, "warn", "token",
             "none is sent: the token of profile %s is for that profile's url, not for another",
             withheld);
        line(d, "", "", "-> for this url: --token-file FILE or PADDOCK_TOKEN");
        return ST_OK;
    }
    if (source->kind == TOKEN_NONE) {
        line(d, "warn", "token", "none is set: requests go without");
        line(d, "", "", "-> set token_command or token_file in the profile, or PADDOCK_TOKEN");
        return ST_OK;
    }
    token_get(cli->start->tokens, cli->loop, source, STDERR_FILENO, on_token, &step);
    cli_wait(cli, &step.done);
    if (step.err.status != ST_OK)
        return bad(d, "token", &step.err);
    line(d, "ok", "token", "%zu characters from %s", step.len, source->from);
    return ST_OK;
}

/* ---- name, connection, TLS ----------------------------------------------------------------- */

static enum status step_name(struct doctor *d, const char *host)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    struct str text = STR_INIT;
    struct error err = {0};
    int rc = getaddrinfo(host, NULL, &hints, &list);
    if (rc != 0) {
        error_set(&err, ST_NETWORK, "%s: %s", host, gai_strerror(rc));
        error_next(&err, "check the host's name in url, and the name server (getent hosts %s)",
                   host);
        return bad(d, "name", &err);
    }
    for (const struct addrinfo *a = list; a; a = a->ai_next) {
        char number[INET6_ADDRSTRLEN + 16];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, number, sizeof number, NULL, 0,
                        NI_NUMERICHOST) == 0)
            str_printf(&text, "%s%s", text.len ? ", " : "", number);
    }
    freeaddrinfo(list);
    line(d, "ok", "name", "%s is %s", host, str_text(&text));
    str_finish(&text);
    return ST_OK;
}

static void curl_common(struct doctor *d, const struct profile *p, const char *proxy)
{
    CURL *c = d->curl;
    curl_easy_setopt(c, CURLOPT_URL, p->origin);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, d->problem);
    curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(c, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)p->connect_timeout_ms);
    curl_easy_setopt(c, CURLOPT_PROXY, proxy);
    curl_easy_setopt(c, CURLOPT_NOPROXY, p->no_proxy);
    curl_easy_setopt(c, CURLOPT_HTTPPROXYTUNNEL, 1L);
    const struct {
        CURLoption option;
        const char *value;
    } texts[] = {{CURLOPT_CAINFO, p->ca_file},
                 {CURLOPT_SSLCERT, p->client_cert},
                 {CURLOPT_SSLKEY, p->client_key},
                 {CURLOPT_PROXY_CAINFO, p->proxy_ca_file}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (*texts[i].value)
            curl_easy_setopt(c, texts[i].option, texts[i].value);
}

/* What to do about a connection that did not come about; the first row that fits. */
static const struct cure {
    CURLcode code;
    const char *says; /* is in libcurl's own words, or "" */
    enum status status;
    const char *step;
    const char *next; /* NULL: as trust_cure() says */
} cures[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, "", ST_NETWORK, "proxy",
     "check proxy in the profile, or HTTPS_PROXY"},
    {CURLE_COULDNT_RESOLVE_HOST, "", ST_NETWORK, "name", "check the host in url"},
    {CURLE_COULDNT_CONNECT, "", ST_NETWORK, "connect",
     "is the server up, is the port right, is a firewall between?"},
    {CURLE_OPERATION_TIMEDOUT, "SSL", ST_NETWORK, "TLS",
     "it takes connections and says nothing of TLS: is the port right?"},
    {CURLE_OPERATION_TIMEDOUT, "", ST_NETWORK, "connect",
     "no answer in time: a firewall, or a proxy is needed"},
    {CURLE_PEER_FAILED_VERIFICATION, "", ST_NETWORK, "TLS", NULL},
    {CURLE_SSL_CACERT_BADFILE, "", ST_CONFIG, "TLS",
     "ca_file cannot be read: check its path and that it is PEM"},
    {CURLE_SSL_CONNECT_ERROR, "wrong version number", ST_NETWORK, "TLS",
     "no TLS is spoken there: is the port right, or is url to begin with http://?"},
    {CURLE_SSL_CONNECT_ERROR, "", ST_NETWORK, "TLS",
     "the server has to speak TLS 1.2 or newer on this port"},
    {CURLE_SSL_CERTPROBLEM, "", ST_CONFIG, "TLS", "check client_cert and client_key"},
    {CURLE_RECV_ERROR, "", ST_NETWORK, "connect", "the proxy or the server closed the connection"},
};

static const struct cure *cure_of(const struct doctor *d, CURLcode code)
{
    for (size_t i = 0; i < sizeof cures / sizeof *cures; i++)
        if (cures[i].code == code && strstr(d->problem, cures[i].says))
            return &cures[i];
    return NULL;
}

/* Behind a proxy the connection is its own as far as CONNECT; connect_code: what it answered to
 * that, or 0. */
static bool is_proxys(const char *proxy, CURLcode code, long connect_code, struct error *err)
{
    if (!*proxy)
        return false;
    if (connect_code >= 300)
        error_next(err,
                   "the proxy answered CONNECT with %ld: it does not let this host through, or "
                   "wants a password",
                   connect_code);
    else if (connect_code == 0 && code == CURLE_COULDNT_CONNECT)
        error_next(err, "is the proxy up, and is its port right?");
    else if (connect_code == 0 && code == CURLE_PEER_FAILED_VERIFICATION)
        error_next(err, "the proxy's certificate is not trusted: set proxy_ca_file");
    else
        return false;
    return true;
}

static enum status not_connected(struct doctor *d, CURLcode code, const char *proxy,
                                 long connect_code)
{
    struct error err = {0};
    const struct cure *cure = cure_of(d, code);
    error_set(&err, cure ? cure->status : ST_NETWORK, "%s",
              *d->problem ? d->problem : curl_easy_strerror(code));
    if (is_proxys(proxy, code, connect_code, &err))
        return bad(d, "proxy", &err);
    long verdict = 0;
    curl_easy_getinfo(d->curl, CURLINFO_SSL_VERIFYRESULT, &verdict);
    if (cure)
        error_next(&err, "%s", cure->next ? cure->next : trust_cure(verdict, d->problem));
    return bad(d, cure ? cure->step : "connect", &err);
}

/* "Issuer:C = US, O = Let's Encrypt" of the server's own certificate. */
static const char *cert_field(const struct curl_certinfo *info, const char *name)
{
    size_t len = strlen(name);
    for (struct curl_slist *s = info->num_of_certs > 0 ? info->certinfo[0] : NULL; s; s = s->next)
        if (strncmp(s->data, name, len) == 0 && s->data[len] == ':')
            return s->data + len + 1;
    return "?";
}

static void show_tls(struct doctor *d)
{
    struct curl_certinfo *info = NULL;
    if (curl_easy_getinfo(d->curl, CURLINFO_CERTINFO, &info) != CURLE_OK || !info ||
        info->num_of_certs == 0) {
        line(d, "ok", "TLS", "verified");
        return;
    }
    line(d, "ok", "TLS", "verified; issued by %s, until %s", cert_field(info, "Issuer"),
         cert_field(info, "Expire date"));
}

static enum status step_connect(struct doctor *d, const char *proxy)
{
    const struct profile *p = &d->cli->start->profile;
    bool https = strncmp(p->origin, "https:", 6) == 0;
    char *ip = NULL;
    long port = 0, connect_code = 0;
    d->curl = curl_easy_init();
    if (!d->curl)
        return ST_FAIL;
    curl_common(d, p, proxy);
    CURLcode code = curl_easy_perform(d->curl);
    enum status st = ST_OK;
    curl_easy_getinfo(d->curl, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (code != CURLE_OK) {
        st = not_connected(d, code, proxy, connect_code);
    } else {
        curl_easy_getinfo(d->curl, CURLINFO_PRIMARY_IP, &ip);
        curl_easy_getinfo(d->curl, CURLINFO_PRIMARY_PORT, &port);
        line(d, "ok", "connect", "%s port %ld%s%s", ip ? ip : "?", port,
             connect_code ? ", CONNECT through " : "", connect_code ? proxy : "");
        if (https)
            show_tls(d);
        else
            line(d, "ok", "TLS", "none: plain http%s",
                 p->allow_http ? "" : ", on this machine alone");
    }
    curl_easy_cleanup(d->curl);
    return st;
}

/* The host of the origin without brackets, and whether it is this machine. */
static bool split_host(const char *origin, struct str *host)
{
    const char *p = strstr(origin, "://") + 3;
    if (*p == '[')
        str_append(host, p + 1, strcspn(p + 1, "]"));
    else
        str_append(host, p, strcspn(p, ":"));
    const char *text = str_text(host);
    return strcmp(text, "localhost") == 0 || strcmp(text, "::1") == 0 ||
           strncmp(text, "127.", 4) == 0;
}

static enum status step_network(struct doctor *d)
{
    const struct profile *p = &d->cli->start->profile;
    struct str host = STR_INIT;
    bool loopback = split_host(p->origin, &host);
    bool https = strncmp(p->origin, "https:", 6) == 0;
    const char *proxy = https && !loopback ? p->proxy : "";
    /* Behind a proxy the name is the proxy's business. */
    enum status st = *proxy ? ST_OK : step_name(d, str_text(&host));
    if (st == ST_OK && *proxy)
        line(d, "ok", "proxy", "%s%s%s", proxy, *p->no_proxy ? ", not for " : "", p->no_proxy);
    if (st == ST_OK)
        st = step_connect(d, proxy);
    str_finish(&host);
    return st;
}

/* ---- the request --------------------------------------------------------------------------- */

static void on_list(void *ctx, const struct api_result *result)
{
    struct doctor *d = ctx;
    struct clock clock = clock_system();
    d->done = true;
    d->status = result->status;
    d->error = result->error;
    d->total = result->page.total;
    d->date_ms = result->date_ms;
    d->ended_ms = clock_wall(&clock);
}

/* Doctor does not send to doctor. */
static void own_words(struct error *err)
{
    static const char here[] = ": paddock doctor";
    plain_words(err);
    size_t next = strlen(err->next);
    if (next >= sizeof here && strcmp(err->next + next - (sizeof here - 1), here) == 0)
        err->next[next - (sizeof here - 1)] = '\0';
}

static enum status step_request(struct doctor *d)
{
    static const struct api_list_events events = {.done = on_list};
    struct api_list_query query = {.limit = 1};
    struct clock clock = clock_system();
    const struct profile *p = &d->cli->start->profile;
    d->started_ms = clock_wall(&clock);
    api_list(d->cli->api, &query, &events, d);
    cli_wait(d->cli, &d->done);
    if (d->status != ST_OK) {
        own_words(&d->error);
        if (d->status == ST_AUTH && p->token.kind == TOKEN_NONE && !*p->withheld)
            error_next(&d->error, "it wants a token, and none is set: see above");
        if (!*d->error.next && d->status == ST_AUTH)
            error_next(&d->error, "the server refuses the token: get a new one");
        if (!*d->error.next && d->status == ST_NOT_FOUND)
            error_next(&d->error, "check org and the path in url");
        return bad(d, "request", &d->error);
    }
    if (d->total >= 0)
        line(d, "ok", "request", "%s account%s in %s, answered in %lld ms", QUANTITY(d->total),
             PLURAL(d->total), p->org, (long long)(d->ended_ms - d->started_ms));
    else
        line(d, "warn", "request", "answered in %lld ms, without a total",
             (long long)(d->ended_ms - d->started_ms));
    int64_t off = d->date_ms == WHEN_NONE ? 0 : d->ended_ms - d->date_ms;
    if (off > 60000 || off < -60000)
        line(d, "warn", "clock", "this machine's clock differs from the server's by %lld s",
             (long long)(off / 1000));
    return ST_OK;
}

/* The token was tried on its own line above; here its errors are the request's. */
static enum status step_api(struct doctor *d)
{
    struct error err = {0};
    struct cli *cli = d->cli;
    struct api_settings settings = cli_api_settings(&cli->start->profile);
    cli->api = api_create(cli->loop, &settings, NULL, &err);
    if (!cli->api)
        return bad(d, "request", &err);
    if (cli_token(cli, &err) != ST_OK)
        return bad(d, "token", &err);
    return step_request(d);
}

enum exit_code doctor_run(struct cli *cli)
{
    struct doctor d = {.cli = cli};
    struct error err = {0};
    enum status st = step_config(&d);
    if (st == ST_OK && api_global_init(&err) != ST_OK)
        st = bad(&d, "libcurl", &err);
    if (st == ST_OK) {
        cli->loop = loop_create(clock_system());
        st = step_token(&d);
    }
    if (st == ST_OK)
        st = step_network(&d);
    if (st == ST_OK)
        st = step_api(&d);
    return cli_flush(cli, exit_of(st));
}
