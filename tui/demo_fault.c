/* demo_fault.c: see demo_fault.h. A connection of its own, so that neither the request log nor what
 * is known of the server's health hears of it. */
#include "tui/demo_fault.h"

#include "api/transport.h"
#include "base/mem.h"
#include "base/secret.h"

#include <string.h>

#define TIMEOUT_MS        5000
#define LOW_SPEED_SECONDS 5

const struct demo_fault_row demo_faults[DEMO_FAULTS] = {
    {"outage", "outage", "503 for 20 s: the list stays, its age counts, r tries now"},
    {"429", "429", "too many requests for 10 s: paddock waits as long as it is told"},
    {"slow", "slow", "each answer takes 3 s, for 20 s: no key waits for it"},
    {"conflict", "overlap", "others change the fields of your next edit first: choose"},
    {"409", "conflict", "the next change is refused, without a reason: not applied"},
    {"cut", "cut", "the next write is kept, its answer is lost: outcome unknown"},
    {"none", "none", "all is well again"},
};

struct demo_fault {
    struct transport *transport; /* owned */
    const struct demo_fault_row *row;
    demo_fault_fn *done;
    void *ctx;
};

static enum transfer_body on_body(void *ctx, int http, const char *bytes, size_t len)
{
    (void)ctx;
    (void)http;
    (void)bytes;
    (void)len;
    return BODY_MORE;
}

static void on_done(void *ctx, const struct transfer_reply *reply)
{
    struct demo_fault *f = ctx;
    struct error err;
    error_clear(&err);
    if (reply->curl || reply->http != 204)
        error_set(&err, ST_NETWORK, "the sandbox did not take it (%d)",
                  reply->http ? reply->http : reply->curl);
    f->done(f->ctx, f->row, &err);
}

struct demo_fault *demo_fault_start(struct loop *loop, const char *url, const char *token,
                                    const struct demo_fault_row *row, demo_fault_fn *done,
                                    void *ctx, struct error *err)
{
    const struct transport_options options = {.scheme = "http",
                                              .connect_timeout_ms = TIMEOUT_MS,
                                              .total_timeout_ms = TIMEOUT_MS,
                                              .low_speed_seconds = LOW_SPEED_SECONDS,
                                              .user_agent = "paddock/" PADDOCK_VERSION};
    struct transport *transport = transport_create(loop, &options, err);
    if (!transport)
        return NULL;
    struct demo_fault *f = mem_calloc(1, sizeof *f);
    *f = (struct demo_fault){.transport = transport, .row = row, .done = done, .ctx = ctx};
    struct str where = STR_INIT, body = STR_INIT;
    struct secret *bearer = secret_create(token, strlen(token));
    str_printf(&where, "%s/_sandbox/faults", url);
    str_printf(&body, "{\"fault\":\"%s\"}", row->fault);
    const struct transfer_request request = {.method = "POST",
                                             .url = str_text(&where),
                                             .body = span_from(&body),
                                             .write = true,
                                             .token = bearer};
    const struct transfer_events events = {.body = on_body, .done = on_done};
    transfer_start(transport, &request, &events, f);
    secret_destroy(bearer);
    str_finish(&where);
    str_finish(&body);
    return f;
}

void demo_fault_destroy(struct demo_fault *f)
{
    if (!f)
        return;
    transport_destroy(f->transport);
    mem_free(f);
}
