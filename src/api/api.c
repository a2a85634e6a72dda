/* api.c: the connection that calls share, and the five operations. A call's life is in call.c. */
#include "api/client.h"

#include "base/mem.h"
#include "base/when.h"
#include "model/json.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_MS = 10000, TOTAL_TIMEOUT_MS = 60000, LOW_SPEED_SECONDS = 15 };

static void *one_realloc(void *p, size_t bytes)
{
    return mem_realloc(p, bytes, 1);
}

/* libcurl out of memory would leave out an option that could not be copied: a method, a body, the
 * proxy that keeps the environment's away. With our functions it ends as everything does. */
enum status api_global_init(struct error *err)
{
    json_global_init();
    /* libcurl's TLS library would write every session's keys to the file that it names
       (RELIABILITY, finding 3). */
    unsetenv("SSLKEYLOGFILE");
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_alloc, mem_free, one_realloc, mem_strdup,
                             mem_calloc) != CURLE_OK)
        return error_set(err, ST_FAIL, "libcurl does not start");
    return ST_OK;
}

/* ---- create and destroy ---------------------------------------------------------------------- */

static enum status file_check(const char *path, const char *option, struct error *err)
{
    if (!path || !*path || access(path, R_OK) == 0)
        return ST_OK;
    error_set(err, ST_CONFIG, "%s = \"%s\" cannot be read", option, path);
    error_next(err, "check the path in the profile: paddock config check");
    return ST_CONFIG;
}

/* No control character ends up in a header. */
static bool header_safe(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    return true;
}

static enum status settings_check(const struct api_settings *s, struct error *err)
{
    if (url_segment_check(span_of(s->org), "org", err) != ST_OK) {
        if (err)
            err->status = ST_CONFIG;
        error_next(err, "set org in the profile, or PADDOCK_ORG");
        return ST_CONFIG;
    }
    if (s->user_agent && !header_safe(s->user_agent, strlen(s->user_agent)))
        return error_set(err, ST_CONFIG, "user_agent holds a control character");
    if (file_check(s->ca_file, "ca_file", err) != ST_OK ||
        file_check(s->client_cert, "client_cert", err) != ST_OK ||
        file_check(s->client_key, "client_key", err) != ST_OK ||
        file_check(s->proxy_ca_file, "proxy_ca_file", err) != ST_OK)
        return ST_CONFIG;
    return ST_OK;
}

static struct transport *transport_make(struct loop *loop, const struct api_settings *s,
                                        const struct url_base *base, struct error *err)
{
    struct proxy_choice choice;
    struct transport *t = NULL;
    if (proxy_choose(base, s->proxy, s->no_proxy, getenv, &choice, err) == ST_OK) {
        struct transport_options options = {
            .scheme = base->https ? "https" : "http",
            .ca_file = s->ca_file,
            .client_cert = s->client_cert,
            .client_key = s->client_key,
            .proxy_ca_file = s->proxy_ca_file,
            .proxy = choice.proxy,
            .no_proxy = choice.no_proxy,
            .connect_timeout_ms =
                s->connect_timeout_ms > 0 ? s->connect_timeout_ms : CONNECT_TIMEOUT_MS,
            .total_timeout_ms = s->total_timeout_ms > 0 ? s->total_timeout_ms : TOTAL_TIMEOUT_MS,
            .low_speed_seconds =
                s->low_speed_seconds > 0 ? s->low_speed_seconds : LOW_SPEED_SECONDS,
            .user_agent =
                s->user_agent && *s->user_agent ? s->user_agent : "paddock/" PADDOCK_VERSION};
        t = transport_create(loop, &options, err);
    }
    proxy_finish(&choice);
    return t;
}

struct api *api_create(struct loop *loop, const struct api_settings *settings, struct log *log,
                       struct error *err)
{
    struct url_base base;
    struct transport *transport = NULL;
    if (url_base_parse(settings->url, settings->allow_http, &base, err) == ST_OK &&
        settings_check(settings, err) == ST_OK)
        transport = transport_make(loop, settings, &base, err);
    if (!transport) {
        url_base_finish(&base);
        return NULL;
    }
    struct api *api = mem_calloc(1, sizeof *api);
    api->loop = loop;
    server_time_init(&api->server_time, *loop_clock(loop));
    api->log = log;
    api->transport = transport;
    api->base = base;
    api->org = mem_strdup(settings->org);
    api->readonly = settings->readonly;
    api->offline = settings->offline;
    api->illness.since_wall_ms = WHEN_NONE;
    api->reqlog = reqlog_create();
    api->began_mono_ms = clock_mono(loop_clock(loop));
    api->random = retry_random_system(&api->random_state);
    api->gap_ms = settings->max_rps > 0 ? 1000.0 / settings->max_rps : 0;
    for (size_t i = 0; i < RATE_SECONDS; i++)
        api->rate[i].second = -1;
    return api;
}

void api_destroy(struct api *api)
{
    if (!api)
        return;
    while (api->calls) {
        struct api_call *call = api->calls;
        bool left = endpoint_info(call->endpoint)->is_write && call->transfer &&
                    transfer_began(call->transfer);
        if (left)
            call_leave_unknown(call);
        else
            call_drop(call);
    }
    transport_destroy(api->transport);
    log_set_secret(api->log, NULL);
    secret_destroy(api->token);
    reqlog_destroy(api->reqlog);
    url_base_finish(&api->base);
    mem_free(api->org);
    mem_free(api);
}

/* ---- the token ------------------------------------------------------------------------------- */

enum status api_set_token(struct api *api, struct secret *token, struct error *err)
{
    if (token && !header_safe(secret_bytes(token), secret_len(token))) {
        secret_destroy(token);
        error_set(err, ST_CONFIG,
                  "the token holds a line end or another control character; it is "
                  "one line of text");
        error_next(err, "check where the token comes from: paddock doctor");
        return ST_CONFIG;
    }
    log_set_secret(api->log, token);
    secret_destroy(api->token);
    api->token = token;
    api->token_number++;
    return ST_OK;
}

void api_on_unauthorized(struct api *api, void (*fn)(void *ctx), void *ctx)
{
    api->unauthorized = fn;
    api->unauthorized_ctx = ctx;
}

void api_token_ready(struct api *api, bool ok)
{
    api->token_asked = false;
    for (struct api_call *call = api->calls; call; call = call->next)
        call_token(call, ok);
}

/* ---- small answers --------------------------------------------------------------------------- */

struct clock api_clock(struct api *api)
{
    return server_time_clock(&api->server_time);
}

int64_t api_clock_ahead(const struct api *api)
{
    return api->server_time.ahead_ms;
}

const char *api_host(const struct api *api)
{
    return api->base.host;
}

const char *api_org(const struct api *api)
{
    return api->org;
}

bool api_readonly(const struct api *api)
{
    return api->readonly;
}

void api_set_readonly(struct api *api, bool readonly)
{
    api->readonly = readonly;
}

struct reqlog *api_reqlog(struct api *api)
{
    return api->reqlog;
}

void api_set_random(struct api *api, struct retry_random random)
{
    api->random = random;
}

int64_t api_wait_ms(const struct api *api)
{
    int64_t now = clock_mono(loop_clock(api->loop)), until = api->paused_until_mono_ms;
    if (breaker_is_open(&api->breaker) && api->breaker.until_mono_ms > until)
        until = api->breaker.until_mono_ms;
    return until > now ? until - now : 0;
}

void api_illness(const struct api *api, struct api_illness *out)
{
    *out = api->illness;
}

void api_on_illness(struct api *api, void (*fn)(void *ctx), void *ctx)
{
    api->illness_changed = fn;
    api->illness_ctx = ctx;
}

void api_try_now(struct api *api)
{
    api->paused_until_mono_ms = 0;
    breaker_probe_now(&api->breaker, clock_mono(loop_clock(api->loop)));
    for (struct api_call *call = api->calls; call; call = call->next)
        call_hurry(call);
}

/* A connection that is younger than the window has a shorter one. */
static double rate_window(const struct api *api, int64_t now_mono_ms)
{
    double seconds = (double)(now_mono_ms - api->began_mono_ms) / 1000;
    return seconds < 1 ? 1 : seconds < RATE_SECONDS ? seconds : RATE_SECONDS;
}

void api_stats(const struct api *api, struct api_stats *out)
{
    int64_t now = clock_mono(loop_clock(api->loop)), second = now / 1000;
    unsigned count = 0;
    for (size_t i = 0; i < RATE_SECONDS; i++)
        if (api->rate[i].second > second - RATE_SECONDS)
            count += api->rate[i].count;
    *out = (struct api_stats){.in_flight = api->in_flight,
                              .requests = api->requests,
                              .errors = api->errors,
                              .per_second = count / rate_window(api, now)};
}

const struct api_tally *api_tally(const struct api *api, enum endpoint endpoint)
{
    return &api->tallies[endpoint];
}

const char *api_operation(enum endpoint endpoint)
{
    return endpoint_info(endpoint)->name;
}

/* ---- the operations -------------------------------------------------------------------------- */

static const struct span nothing = {NULL, 0};

struct api_call *api_list(struct api *api, const struct api_list_query *query,
                          const struct api_list_events *events, void *ctx)
{
    struct api_call *call = call_create(api, ENDPOINT_LIST, nothing, query, nothing);
    call->events = *events;
    call->fn = events->done;
    call->ctx = ctx;
    call_start(call);
    return call;
}

static struct api_call *start(struct api *api, enum endpoint endpoint, struct span id,
                              struct span body, api_fn *fn, void *ctx)
{
    struct api_call *call = call_create(api, endpoint, id, NULL, body);
    call->fn = fn;
    call->ctx = ctx;
    call_start(call);
    return call;
}

struct api_call *api_read(struct api *api, struct span id, api_fn *fn, void *ctx)
{
    return start(api, ENDPOINT_READ, id, nothing, fn, ctx);
}

struct api_call *api_create_account(struct api *api, struct span body, api_fn *fn, void *ctx)
{
    return start(api, ENDPOINT_CREATE, nothing, body, fn, ctx);
}

struct api_call *api_update(struct api *api, struct span id, struct span body, api_fn *fn,
                            void *ctx)
{
    return start(api, ENDPOINT_UPDATE, id, body, fn, ctx);
}

struct api_call *api_delete(struct api *api, struct span id, api_fn *fn, void *ctx)
{
    return start(api, ENDPOINT_DELETE, id, nothing, fn, ctx);
}

void api_cancel(struct api_call *call)
{
    if (!call)
        return;
    bool left =
        endpoint_info(call->endpoint)->is_write && call->transfer && transfer_began(call->transfer);
    if (left)
        call->detached = true;
    else
        call_drop(call);
}

/* ---- the same as a command ------------------------------------------------------------------- */

/* 'text' for a shell: a quote inside ends the quoting, stands escaped, and begins it again. */
static void shell_quote(struct str *out, struct span text)
{
    str_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '\'')
            str_add(out, "'\\''");
        else
            str_add_char(out, text.p[i]);
    }
    str_add_char(out, '\'');
}

void api_curl_command(const struct api *api, enum endpoint endpoint, struct span id,
                      struct span body, struct str *out)
{
    const struct endpoint_info *info = endpoint_info(endpoint);
    struct str url = STR_INIT;
    str_add(&url, api->base.text);
    url_path(&url, span_of(api->org), info->has_id ? id : nothing);
    str_printf(out, "curl -X %s ", info->method);
    shell_quote(out, span_from(&url));
    if (api->token)
        str_add(out, " -H \"Authorization: Bearer $PADDOCK_TOKEN\"");
    if (info->has_body && body.len) {
        str_add(out, " -H 'Content-Type: application/json' -d ");
        shell_quote(out, body);
    }
    str_finish(&url);
}
