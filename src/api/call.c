/* call.c: one call from its start to its one report: turns, tries, waiting, the new token.
 *
 * A call is always in one of five states (client.h) and moves only from the loop. The starting call
 * and api_cancel never report; a function of the caller may cancel any call, its own included. */
#include "api/client.h"

#include "base/mem.h"
#include "base/when.h"

#include <stdio.h>
#include <string.h>

#define REPLY_HEAD_BYTES 4096    /* what is kept of a page's body, to describe what is no page */
#define PAUSE_MAX_MS     3600000 /* no Retry-After stops a console for longer than an hour */

static const struct endpoint_info endpoints[ENDPOINT_COUNT] = {
#define ENDPOINT(id, name, method, has_id, has_body, is_write, words)                              \
    [ENDPOINT_##id] = {name, method, has_id, has_body, is_write, words},
#include "api/endpoints.def"
#undef ENDPOINT
};

const struct endpoint_info *endpoint_info(enum endpoint endpoint)
{
    return &endpoints[endpoint];
}

static int64_t now_mono(const struct api *api)
{
    return clock_mono(loop_clock(api->loop));
}

static bool is_write(const struct api_call *call)
{
    return endpoints[call->endpoint].is_write;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

struct api_call *call_create(struct api *api, enum endpoint endpoint, struct span id,
                             const struct api_list_query *query, struct span body)
{
    struct api_call *call = mem_calloc(1, sizeof *call);
    struct error err;
    call->api = api;
    call->endpoint = endpoint;
    envelope_init(&call->envelope);
    url_path(&call->shown_path, span_of(api->org), id);
    str_add(&call->url, api->base.text);
    str_add_span(&call->url, span_from(&call->shown_path));
    if (query) {
        url_query(&call->url, query, false);
        url_query(&call->shown_path, query, true);
    }
    str_add_span(&call->body, body);
    call->result.endpoint = endpoint;
    call->result.retry_after_ms = -1;
    call->result.date_ms = WHEN_NONE;
    if (endpoints[endpoint].has_id && url_segment_check(id, "account id", &err) != ST_OK)
        outcome_refuse(call, ST_USAGE, err.what, "");
    call->next = api->calls;
    if (call->next)
        call->next->prev = call;
    api->calls = call;
    return call;
}

static void call_unlink(struct api_call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else if (call->api->calls == call)
        call->api->calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
    call->prev = call->next = NULL;
}

static void call_wait(struct api_call *call, enum call_state state, int64_t delay_ms, loop_fn *fn)
{
    loop_timer_stop(call->api->loop, call->timer);
    call->state = state;
    call->timer = loop_timer_start(call->api->loop, delay_ms, fn, call);
}

static void on_turn(void *ctx);

/* Those that waited for the probe ask again once it has come to its end: the oldest first. */
static void probe_settled(struct api *api)
{
    if (breaker_probing(&api->breaker) || !api->calls)
        return;
    struct api_call *call = api->calls;
    while (call->next)
        call = call->next;
    for (; call; call = call->prev)
        if (call->state == CALL_PROBE)
            call_wait(call, CALL_WAITS, 0, on_turn);
}

static void call_free(struct api_call *call)
{
    call_unlink(call);
    breaker_abandon(&call->api->breaker, call); /* a probe that was cancelled */
    probe_settled(call->api);
    loop_timer_stop(call->api->loop, call->timer);
    page_scan_destroy(call->scan);
    envelope_finish(&call->envelope);
    str_finish(&call->url);
    str_finish(&call->shown_path);
    str_finish(&call->body);
    str_finish(&call->reply);
    str_finish(&call->request_id);
    mem_free(call);
}

static void call_report(struct api_call *call)
{
    call_unlink(call);
    call->result.tries = call->tries;
    call->in_event = true; /* so that an api_cancel in there does nothing harmful */
    if (!call->detached)
        call->fn(call->ctx, &call->result);
    call_free(call);
}

static void on_report(void *ctx)
{
    struct api_call *call = ctx;
    call->timer = 0;
    call_report(call);
}

/* ---- a try ----------------------------------------------------------------------------------- */

static void on_cursor(void *ctx, struct span cursor)
{
    struct api_call *call = ctx;
    if (!call->cancelled && call->events.cursor)
        call->events.cursor(call->ctx, cursor);
}

static void on_record(void *ctx, struct span raw, const struct error *bad)
{
    struct api_call *call = ctx;
    if (!call->cancelled && call->events.record)
        call->events.record(call->ctx, raw, bad, call->result.started_mono_ms);
}

static enum transfer_body on_body(void *ctx, int http, const char *bytes, size_t len)
{
    struct api_call *call = ctx;
    if (call->endpoint != ENDPOINT_LIST || http != 200) {
        str_append(&call->reply, bytes, len);
        return BODY_MORE;
    }
    if (call->reply.len < REPLY_HEAD_BYTES) {
        size_t room = REPLY_HEAD_BYTES - call->reply.len;
        str_append(&call->reply, bytes, len < room ? len : room);
    }
    uint64_t started = call->api->started;
    call->in_event = true;
    enum status status = page_scan_feed(call->scan, bytes, len, &call->scan_error);
    call->in_event = false;
    if (status != ST_OK || call->cancelled)
        return BODY_STOP;
    return call->api->started != started ? BODY_OTHERS : BODY_MORE;
}

static void log_begin(struct api_call *call)
{
    struct api *api = call->api;
    struct reqlog_entry entry = {.wall_ms = call->result.started_wall_ms,
                                 .method = endpoints[call->endpoint].method,
                                 .duration_ms = -1,
                                 .attempt = call->tries};
    snprintf(entry.path, sizeof entry.path, "%s", str_text(&call->shown_path));
    call->log_number = reqlog_start(api->reqlog, &entry);
    int64_t second = now_mono(api) / 1000;
    size_t slot = (size_t)(second % RATE_SECONDS);
    if (api->rate[slot].second != second) {
        api->rate[slot].second = second;
        api->rate[slot].count = 0;
    }
    api->rate[slot].count++;
    api->requests++;
    api->in_flight++;
}

static const double took_bounds[API_TOOK_BOUNDS] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                    0.5,   1,    2.5,   5,    10,  30};

const double *api_took_bounds(void)
{
    return took_bounds;
}

static void tally_add(struct api_tally *t, int http, int64_t took_ms, bool good)
{
    int bound = 0;
    double seconds = (double)took_ms / 1000;
    while (bound < API_TOOK_BOUNDS && seconds > took_bounds[bound])
        bound++;
    t->took[bound]++;
    t->seconds += seconds;
    t->replies[http >= 100 && http < 600 ? http / 100 : 0]++;
    t->errors += !good;
}

static void log_end(struct api_call *call, const struct transfer_reply *reply)
{
    struct api *api = call->api;
    struct reqlog_entry *entry = reqlog_find(api->reqlog, call->log_number);
    int64_t took = now_mono(api) - call->result.started_mono_ms;
    api->in_flight--;
    if (call->result.status != ST_OK && !call->cancelled)
        api->errors++;
    if (!call->cancelled)
        tally_add(&api->tallies[call->endpoint], reply->http, took, call->result.status == ST_OK);
    if (entry) {
        entry->http = reply->http;
        entry->curl = reply->curl;
        entry->duration_ms = took;
        entry->bytes_in = reply->bytes_in;
        entry->bytes_out = reply->bytes_out;
        snprintf(entry->http_version, sizeof entry->http_version, "%s", reply->http_version);
        snprintf(entry->request_id, sizeof entry->request_id, "%s", str_text(&call->request_id));
        snprintf(entry->note, sizeof entry->note, "%.239s",
                 call->cancelled ? "cancelled" : call->result.error.what);
    }
    log_printf(api->log, "%s %s try %d: %d (curl %d) %lld ms, %lld in, %lld out%s%s",
               endpoints[call->endpoint].method, str_text(&call->shown_path), call->tries,
               reply->http, reply->curl, (long long)took, (long long)reply->bytes_in,
               (long long)reply->bytes_out, call->result.status ? ": " : "",
               call->result.status ? call->result.error.what : "");
}

/* What one try leaves behind is gone before the next. */
static void try_clear(struct api_call *call)
{
    str_clear(&call->reply);
    error_clear(&call->scan_error);
    envelope_finish(&call->envelope);
    envelope_init(&call->envelope);
    page_scan_destroy(call->scan);
    call->scan = NULL;
    call->result =
        (struct api_result){.endpoint = call->endpoint, .retry_after_ms = -1, .date_ms = WHEN_NONE};
    if (call->endpoint == ENDPOINT_LIST) {
        static const struct page_events page = {on_cursor, on_record};
        call->scan = page_scan_create(&page, call);
    }
}

static void on_done(void *ctx, const struct transfer_reply *reply);

static void call_try(struct api_call *call)
{
    static const struct transfer_events events = {on_body, on_done};
    struct api *api = call->api;
    const struct clock *clock = loop_clock(api->loop);
    if (++call->tries > 1 && call->events.restart) {
        call->in_event = true;
        call->events.restart(call->ctx);
        call->in_event = false;
        if (call->cancelled) {
            call_free(call);
            return;
        }
    }
    try_clear(call);
    call->state = CALL_RUNS;
    call->token_number = api->token_number;
    call->result.started_mono_ms = clock_mono(clock);
    call->result.started_wall_ms = clock_wall(clock);
    log_begin(call);
    struct transfer_request request = {.method = endpoints[call->endpoint].method,
                                       .url = str_text(&call->url),
                                       .body = span_from(&call->body),
                                       .write = is_write(call),
                                       .token = api->token};
    call->transfer = transfer_start(api->transport, &request, &events, call);
}

/* ---- may it go now? -------------------------------------------------------------------------- */

static void refuse_for_now(struct api_call *call, enum status status, const char *why,
                           int64_t wait_ms)
{
    struct str what = STR_INIT;
    str_printf(&what, "%s; ", why);
    outcome_add_until(call, "not asked again until ", wait_ms, &what);
    outcome_refuse(call, status, str_text(&what), "");
    str_finish(&what);
    call->result.retry_after_ms = wait_ms;
    call_report(call);
}

/* Reads wait a pause out when it is short; a write never waits unseen. True: the call was dealt
 * with. */
static bool gate_pause(struct api_call *call, int64_t now)
{
    int64_t wait = call->api->paused_until_mono_ms - now;
    if (wait <= 0)
        return false;
    if (is_write(call) || wait > RETRY_AFTER_WAIT_MS)
        refuse_for_now(call, ST_RATE, "the server asked for a pause", wait);
    else
        return false;
    return true;
}

/* What kept failing, in words. */
static void refuse_by_breaker(struct api_call *call, int64_t wait_ms)
{
    char why[80] = "no answer several times in a row";
    int http = call->api->illness.http;
    if (http)
        snprintf(why, sizeof why, "the server failed (%d) several times in a row", http);
    refuse_for_now(call, ST_SERVER, why, wait_ms);
}

/* A write is the operator's own word, and its answer tells as much as the probe's. */
static bool gate_breaker(struct api_call *call, int64_t now)
{
    struct breaker *b = &call->api->breaker;
    enum breaker_answer answer = is_write(call) ? BREAKER_GO : breaker_ask(b, call, now);
    if (answer == BREAKER_WAIT)
        call->state = CALL_PROBE;
    else if (answer == BREAKER_REFUSE)
        refuse_by_breaker(call, b->until_mono_ms - now);
    return answer != BREAKER_GO;
}

static void on_turn(void *ctx)
{
    struct api_call *call = ctx;
    struct api *api = call->api;
    int64_t now = now_mono(api);
    call->timer = 0;
    if (call->result.error.status != ST_OK && call->tries == 0) {
        call_report(call); /* refused when it was made */
        return;
    }
    if (api->offline) {
        outcome_refuse(call, ST_NETWORK, "offline: nothing was asked of the server",
                       "start without --offline");
        call_report(call);
        return;
    }
    if (is_write(call) && api->readonly) {
        outcome_refuse(call, ST_FORBIDDEN, "this connection is read-only", "");
        call_report(call);
        return;
    }
    if (gate_pause(call, now))
        return;
    int64_t wait = api->paused_until_mono_ms - now;
    if (wait <= 0)
        wait = (int64_t)(api->slot_mono_ms - (double)now);
    if (wait > 0) {
        call_wait(call, CALL_WAITS, wait, on_turn);
        return;
    }
    if (gate_breaker(call, now))
        return;
    if (api->gap_ms > 0)
        api->slot_mono_ms =
            (api->slot_mono_ms > (double)now ? api->slot_mono_ms : (double)now) + api->gap_ms;
    call_try(call);
}

void call_start(struct api_call *call)
{
    call->api->started++;
    call_wait(call, CALL_WAITS, 0, on_turn);
}

/* ---- after a try ----------------------------------------------------------------------------- */

static void tell_illness(const struct api_call *call, bool ill)
{
    struct api *api = call->api;
    struct api_illness *i = &api->illness;
    bool was = i->since_wall_ms != WHEN_NONE;
    if (ill && !was)
        i->since_wall_ms = call->result.started_wall_ms;
    if (!ill)
        i->since_wall_ms = WHEN_NONE;
    i->http = ill ? call->result.http : 0;
    if (ill != was && api->illness_changed)
        api->illness_changed(api->illness_ctx);
}

/* What this reply says about the server, for the calls to come. */
static void lessons(struct api_call *call, const struct retry_rule *rule)
{
    struct api *api = call->api;
    int64_t now = now_mono(api), pause = call->result.retry_after_ms;
    bool ill = rule && rule->failure;
    if (ill || call->result.http)
        tell_illness(call, ill);
    if (!rule && call->result.date_ms != WHEN_NONE)
        server_time_heard(&api->server_time, call->result.date_ms,
                          now - call->result.started_mono_ms);
    if (call->result.http && !ill)
        breaker_success(&api->breaker);
    else if (ill && !is_write(call))
        breaker_failure(&api->breaker, call, now);
    else
        breaker_abandon(&api->breaker, call); /* nothing learnt: our own certificate, say */
    probe_settled(api);
    if (call->result.status == ST_RATE && pause > 0) {
        int64_t until = now + (pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
        if (until > api->paused_until_mono_ms)
            api->paused_until_mono_ms = until;
    }
}

/* A 401: with a token that came meanwhile at once, else after the owner got one. */
static void token_wait(struct api_call *call)
{
    struct api *api = call->api;
    if (call->token_number != api->token_number) {
        call->token_used = true;
        call_wait(call, CALL_WAITS, 0, on_turn);
        return;
    }
    if (!api->unauthorized) {
        call_report(call);
        return;
    }
    call->state = CALL_TOKEN;
    if (!api->token_asked) {
        api->token_asked = true;
        api->unauthorized(api->unauthorized_ctx); /* may answer at once, or drop the call */
    }
}

void call_token(struct api_call *call, bool ok)
{
    if (call->state != CALL_TOKEN)
        return;
    call->token_used = true;
    if (ok)
        call_wait(call, CALL_WAITS, 0, on_turn);
    else
        call_wait(call, CALL_REPORTS, 0, on_report);
}

static void on_done(void *ctx, const struct transfer_reply *reply)
{
    struct api_call *call = ctx;
    struct api *api = call->api;
    call->transfer = NULL;
    if (call->cancelled) {
        log_end(call, reply);
        call_free(call);
        return;
    }
    const struct retry_rule *rule = outcome_read(call, reply);
    log_end(call, reply);
    lessons(call, rule);
    if (!rule) {
        call_report(call);
        return;
    }
    struct retry_ask ask = {.write = is_write(call),
                            .rule = rule,
                            .tries = call->tries,
                            .token_used = call->token_used,
                            .retry_after_ms = call->result.retry_after_ms};
    struct retry_answer answer = retry_decide(&ask, &api->random);
    /* Half-open, another read's probe is on its way: this one is tried again when it has ended. */
    bool open = breaker_is_open(&api->breaker) && !breaker_probing(&api->breaker);
    if (open && !is_write(call) && call->result.retry_after_ms < 0)
        call->result.retry_after_ms = api->breaker.until_mono_ms - now_mono(api);
    if (answer.action == RETRY_TOKEN)
        token_wait(call);
    else if (answer.action == RETRY_WAIT && !open)
        call_wait(call, CALL_WAITS, answer.delay_ms, on_turn);
    else
        call_report(call);
}

/* ---- dropping -------------------------------------------------------------------------------- */

void call_drop(struct api_call *call)
{
    if (call->in_event) {
        call->cancelled = true; /* whoever called its function frees it */
        return;
    }
    if (call->transfer) {
        struct transfer_reply none = {.http_version = ""};
        transfer_cancel(call->transfer);
        call->cancelled = true;
        log_end(call, &none);
    }
    call_free(call);
}

void call_leave_unknown(struct api_call *call)
{
    static const char what[] = "the console stopped listening before the answer came";
    struct transfer_reply none = {.http_version = ""};
    transfer_cancel(call->transfer);
    call->transfer = NULL;
    outcome_refuse(call, ST_UNKNOWN, what, "");
    call->result.may_have_left = true;
    log_end(call, &none);
    call_report(call);
}

void call_hurry(struct api_call *call)
{
    if (call->state == CALL_WAITS)
        call_wait(call, CALL_WAITS, 0, on_turn);
}
