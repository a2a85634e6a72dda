/* fake_api.h: the api of write/'s unit tests: it keeps every call and answers when the test says
 * so. Included by test programs, whose symbols win over the library's. */
#ifndef TESTS_FAKE_API_H
#define TESTS_FAKE_API_H

#include "api/api.h"

#include "base/mem.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FAKE_CALLS_MAX 256

struct api_call {
    struct api *api;
    enum endpoint endpoint;
    char *id, *body, *provider_type, *cursor; /* owned; NULL: none */
    api_fn *fn;
    const struct api_list_events *events;
    void *ctx;
    bool done;
    int64_t started;
};

struct api {
    const struct clock *clock;
    bool readonly;
    int64_t wait_ms; /* what api_wait_ms says */
    struct api_call calls[FAKE_CALLS_MAX];
    size_t count;
};

static struct api_call *fake_add(struct api *api, enum endpoint endpoint, struct span id,
                                 struct span body, api_fn *fn, void *ctx)
{
    assert_true(api->count < FAKE_CALLS_MAX);
    struct api_call *c = &api->calls[api->count++];
    *c = (struct api_call){.api = api,
                           .endpoint = endpoint,
                           .id = span_dup(id),
                           .body = body.p ? span_dup(body) : NULL,
                           .fn = fn,
                           .ctx = ctx,
                           .started = clock_mono(api->clock)};
    return c;
}

struct api_call *api_read(struct api *api, struct span id, api_fn *fn, void *ctx)
{
    return fake_add(api, ENDPOINT_READ, id, (struct span){NULL, 0}, fn, ctx);
}
struct api_call *api_create_account(struct api *api, struct span body, api_fn *fn, void *ctx)
{
    return fake_add(api, ENDPOINT_CREATE, span_of(""), body, fn, ctx);
}
struct api_call *api_update(struct api *api, struct span id, struct span body, api_fn *fn,
                            void *ctx)
{
    return fake_add(api, ENDPOINT_UPDATE, id, body, fn, ctx);
}
struct api_call *api_delete(struct api *api, struct span id, api_fn *fn, void *ctx)
{
    return fake_add(api, ENDPOINT_DELETE, id, (struct span){NULL, 0}, fn, ctx);
}
struct api_call *api_list(struct api *api, const struct api_list_query *query,
                          const struct api_list_events *events, void *ctx)
{
    struct api_call *c =
        fake_add(api, ENDPOINT_LIST, span_of(""), (struct span){NULL, 0}, events->done, ctx);
    c->events = events;
    c->provider_type = query->provider_type ? mem_strdup(query->provider_type) : NULL;
    c->cursor = span_dup(query->cursor);
    return c;
}
void api_cancel(struct api_call *call)
{
    if (call)
        call->done = true;
}
const char *api_host(const struct api *api)
{
    (void)api;
    return "gw.example.net";
}
const char *api_org(const struct api *api)
{
    (void)api;
    return "org_1";
}
bool api_readonly(const struct api *api)
{
    return api->readonly;
}
int64_t api_wait_ms(const struct api *api)
{
    return api->wait_ms;
}
void api_curl_command(const struct api *api, enum endpoint endpoint, struct span id,
                      struct span body, struct str *out)
{
    (void)api;
    str_printf(out, "curl %d %.*s %.*s", (int)endpoint, (int)id.len, id.p ? id.p : "",
               (int)body.len, body.p ? body.p : "");
}

/* ---- for the test ------------------------------------------------------------------------- */

/* The newest call, which has to be of this kind and unanswered. */
static inline struct api_call *fake_last(struct api *api, enum endpoint endpoint)
{
    assert_true(api->count > 0);
    struct api_call *c = &api->calls[api->count - 1];
    assert_int_equal(c->endpoint, endpoint);
    assert_false(c->done);
    return c;
}

static inline size_t fake_count(const struct api *api, enum endpoint endpoint)
{
    size_t n = 0;
    for (size_t i = 0; i < api->count; i++)
        n += api->calls[i].endpoint == endpoint;
    return n;
}

static inline void fake_answer(struct api_call *c, struct api_result r)
{
    c->done = true;
    r.endpoint = c->endpoint;
    r.started_mono_ms = c->started;
    c->fn(c->ctx, &r);
}

static inline void fake_ok(struct api_call *c, const char *body)
{
    fake_answer(c, (struct api_result){.status = ST_OK,
                                       .http = 200,
                                       .may_have_left = true,
                                       .body = span_of(body),
                                       .retry_after_ms = -1,
                                       .date_ms = WHEN_NONE});
}

static inline void fake_fail(struct api_call *c, enum status status, int http, bool may_have_left)
{
    struct api_result r = {.status = status,
                           .http = http,
                           .may_have_left = may_have_left,
                           .retry_after_ms = -1,
                           .date_ms = WHEN_NONE};
    error_set(&r.error, status, "fake %s", status_name(status));
    fake_answer(c, r);
}

static inline void fake_finish(struct api *api)
{
    for (size_t i = 0; i < api->count; i++) {
        mem_free(api->calls[i].id);
        mem_free(api->calls[i].body);
        mem_free(api->calls[i].provider_type);
        mem_free(api->calls[i].cursor);
    }
}

#endif
