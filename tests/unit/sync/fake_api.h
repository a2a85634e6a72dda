/* fake_api.h: for tests of src/sync: an api that answers what the test says, when the test says it,
 * and a sync on it. The api_ functions that the sync calls are defined here, so the linker does not
 * take the real ones: one test program, one include. Time stands until the test moves it. */
#ifndef TESTS_UNIT_SYNC_FAKE_API_H
#define TESTS_UNIT_SYNC_FAKE_API_H

#include "sync/sync.h"

#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T0   1767225600000 /* the Date of every reply: 2026-01-01 */
#define OLD  "2025-06-01T00:00:00Z"
#define LATE "2026-02-01T00:00:00Z"

#define CALLS 32
struct api_call {
    struct api *api;
    bool open, list;
    char key[64]; /* the cursor, after "TYPE|" of a filter; or the id of a single read */
    char type[32], status[32];
    int limit;
    struct api_list_events events;
    api_fn *fn;
    void *ctx;
    int64_t started;
};
struct api {
    struct api_call calls[CALLS];
    struct clock_manual time;
    unsigned lists, reads, open_most;
};

struct world {
    struct api api;
    struct loop *loop;
    struct fleet *fleet;
    struct sync *sync;
};

static inline unsigned open_count(const struct api *api, bool list)
{
    unsigned n = 0;
    for (size_t i = 0; i < CALLS; i++)
        n += api->calls[i].open && api->calls[i].list == list;
    return n;
}

static inline struct api_call *call_start(struct api *api, bool list, struct span key, void *ctx)
{
    for (size_t i = 0; i < CALLS; i++) {
        struct api_call *c = &api->calls[i];
        if (c->open)
            continue;
        *c = (struct api_call){
            .api = api, .open = true, .list = list, .ctx = ctx, .started = api->time.mono_ms};
        snprintf(c->key, sizeof c->key, "%.*s", (int)key.len, key.p);
        return c;
    }
    fail_msg("more than %d calls at once", CALLS);
    return NULL;
}

struct api_call *api_list(struct api *api, const struct api_list_query *query,
                          const struct api_list_events *events, void *ctx)
{
    char key[64];
    const char *type = query->provider_type ? query->provider_type : "";
    const char *status = query->status ? query->status : "";
    snprintf(key, sizeof key, "%s%s%s%s%.*s", type, *status ? "/" : "", status, *type ? "|" : "",
             (int)query->cursor.len, query->cursor.p);
    struct api_call *c = call_start(api, true, span_of(key), ctx);
    c->events = *events;
    c->limit = query->limit;
    snprintf(c->type, sizeof c->type, "%s", type);
    snprintf(c->status, sizeof c->status, "%s", status);
    api->lists++;
    if (open_count(api, true) > api->open_most)
        api->open_most = open_count(api, true);
    return c;
}

struct api_call *api_read(struct api *api, struct span id, api_fn *fn, void *ctx)
{
    struct api_call *c = call_start(api, false, id, ctx);
    c->fn = fn;
    api->reads++;
    return c;
}

void api_cancel(struct api_call *call)
{
    if (call)
        call->open = false;
}

/* ---- what the server does ---- */

static inline struct api_call *open_call(struct world *w, bool list, const char *key)
{
    for (size_t i = 0; i < CALLS; i++) {
        struct api_call *c = &w->api.calls[i];
        if (c->open && c->list == list && strcmp(c->key, key) == 0)
            return c;
    }
    return NULL;
}

static inline struct api_call *asked(struct world *w, bool list, const char *key)
{
    struct api_call *c = open_call(w, list, key);
    if (!c)
        fail_msg("nothing asks for \"%s\"", key);
    return c;
}

static inline void stream_cursor(struct world *w, const char *cursor, const char *next)
{
    struct api_call *c = asked(w, true, cursor);
    c->events.cursor(c->ctx, span_of(next));
}

/* One account of the call's own provider_type and status, unless `type` says another. */
static inline void stream_typed(struct world *w, const char *cursor, const char *id,
                                const char *type, const char *created)
{
    char json[240];
    struct api_call *c = asked(w, true, cursor);
    snprintf(json, sizeof json,
             "{\"provider_account_id\":\"%s\",\"name\":\"%s\",\"created_at\":\"%s\","
             "\"provider_type\":\"%s\",\"status\":\"%s\"}",
             id, id, created, type ? type : c->type, c->status);
    c->events.record(c->ctx, span_of(json), NULL, c->started);
}

static inline void stream_record(struct world *w, const char *cursor, const char *id,
                                 const char *created)
{
    stream_typed(w, cursor, id, NULL, created);
}

struct ending {
    int64_t total, date_ms;
    int has_more;
    bool has_cursor;
    uint32_t records;
};

static inline void end_page(struct world *w, const char *cursor, struct ending e)
{
    struct api_call *c = asked(w, true, cursor);
    struct api_result r = {.endpoint = ENDPOINT_LIST,
                           .http = 200,
                           .date_ms = e.date_ms,
                           .retry_after_ms = -1,
                           .started_mono_ms = c->started,
                           .page = {.total = e.total,
                                    .has_more = e.has_more,
                                    .has_cursor = e.has_cursor,
                                    .records = e.records}};
    c->open = false;
    c->events.done(c->ctx, &r);
}

/* A whole page: its cursor first, then one account a letter, then its end. */
static inline void page_of(struct world *w, const char *cursor, const char *ids, const char *next,
                           int64_t total, int64_t date_ms)
{
    if (next)
        stream_cursor(w, cursor, next);
    for (const char *p = ids; *p; p++)
        stream_record(w, cursor, (char[]){*p, '\0'}, OLD);
    end_page(w, cursor,
             (struct ending){total, date_ms, next != NULL, next != NULL, (uint32_t)strlen(ids)});
}

static inline void page(struct world *w, const char *cursor, const char *ids, const char *next,
                        int64_t total)
{
    page_of(w, cursor, ids, next, total, T0);
}

static inline void answer(struct world *w, bool list, const char *key, enum status status,
                          int64_t retry_after_ms)
{
    struct api_call *c = asked(w, list, key);
    struct api_result r = {.status = status,
                           .date_ms = WHEN_NONE,
                           .retry_after_ms = retry_after_ms,
                           .started_mono_ms = c->started,
                           .page = {.total = -1, .has_more = -1}};
    if (status)
        error_set(&r.error, status, "no");
    char json[96];
    snprintf(json, sizeof json, "{\"provider_account_id\":\"%s\",\"name\":\"read\"}", key);
    if (!status)
        r.body = span_of(json);
    c->open = false;
    if (list)
        c->events.done(c->ctx, &r);
    else
        c->fn(c->ctx, &r);
}

static inline void pass(struct world *w, int64_t ms)
{
    w->api.time.mono_ms += ms;
    w->api.time.wall_ms += ms;
    loop_step(w->loop, 0);
}

static inline row_id row_of(struct world *w, const char *id)
{
    return fleet_find(w->fleet, span_of(id));
}

static inline const struct sync_state *now(struct world *w)
{
    return sync_state(w->sync);
}

static inline void assert_quiet(struct world *w, int64_t ms)
{
    unsigned before = w->api.lists + w->api.reads;
    pass(w, ms);
    assert_int_equal(w->api.lists + w->api.reads, before);
}

static inline struct world *world_open(struct world *w, const struct sync_options *options)
{
    memset(w, 0, sizeof *w);
    w->api.time = (struct clock_manual){1000, T0 + 500};
    w->loop = loop_create(clock_from_manual(&w->api.time));
    w->fleet = fleet_create();
    w->sync = sync_create(w->loop, &w->api, w->fleet, options, NULL, NULL);
    return w;
}

static inline void world_close(struct world *w)
{
    sync_destroy(w->sync);
    assert_int_equal(open_count(&w->api, true) + open_count(&w->api, false), 0);
    fleet_destroy(w->fleet);
    loop_destroy(w->loop);
}

#endif
