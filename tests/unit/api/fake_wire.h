/* fake_wire.h: the client's own calls over exchanges that answer when the test says so, on a clock
 * that is moved by hand and with a jitter of nothing: the transport's functions stand here instead
 * of the library's. */
#ifndef TESTS_FAKE_WIRE_H
#define TESTS_FAKE_WIRE_H

#include "api/client.h"

#include "base/mem.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WIRE_MAX = 64 };

struct transfer {
    char *method, *url, *body, *token; /* owned */
    bool write, over, cancelled, began;
    struct transfer_events events;
    void *ctx;
};

struct transport {
    struct transport_options options; /* texts not kept */
    struct transfer items[WIRE_MAX];
    size_t count;
};

static struct transport wire;

struct transport *transport_create(struct loop *loop, const struct transport_options *options,
                                   struct error *err)
{
    (void)loop;
    (void)err;
    wire.options = *options;
    return &wire;
}

void transport_destroy(struct transport *t)
{
    for (size_t i = 0; i < t->count; i++) {
        mem_free(t->items[i].method);
        mem_free(t->items[i].url);
        mem_free(t->items[i].body);
        mem_free(t->items[i].token);
    }
    t->count = 0;
}

struct transfer *transfer_start(struct transport *t, const struct transfer_request *request,
                                const struct transfer_events *events, void *ctx)
{
    assert_true(t->count < WIRE_MAX);
    struct transfer *x = &t->items[t->count++];
    *x = (struct transfer){.method = mem_strdup(request->method),
                           .url = mem_strdup(request->url),
                           .body = span_dup(request->body),
                           .write = request->write,
                           .events = *events,
                           .ctx = ctx,
                           .began = true};
    if (request->token)
        x->token =
            span_dup((struct span){secret_bytes(request->token), secret_len(request->token)});
    return x;
}

void transfer_cancel(struct transfer *x)
{
    x->over = x->cancelled = true;
}

bool transfer_began(const struct transfer *x)
{
    return x->began;
}

/* ---- the test's side ------------------------------------------------------------------------ */

struct line {
    struct clock_manual manual;
    struct loop *loop;
    struct api *api;
    unsigned asked; /* for a new token */
    unsigned ills;  /* news of illness */
    /* What the last report was. */
    unsigned reports;
    struct api_result last; /* borrowed texts are gone */
    char what[480], next[480], body[256];
};

static inline uint64_t no_jitter(void *ctx)
{
    (void)ctx;
    return 0;
}

static inline void line_open(struct line *l, const struct api_settings *settings)
{
    struct error err;
    static const struct api_settings plain = {.url = "https://gw.example.net/p", .org = "org 1"};
    l->api = api_create(l->loop, settings ? settings : &plain, NULL, &err);
    if (!l->api)
        fail_msg("%s", err.what);
    api_set_random(l->api, (struct retry_random){no_jitter, NULL});
    assert_int_equal(api_set_token(l->api, secret_create("token-1", 7), &err), ST_OK);
}

static inline int line_set_up(void **state)
{
    static struct line l;
    memset(&l, 0, sizeof l);
    memset(&wire, 0, sizeof wire);
    l.manual.mono_ms = 1000000;
    l.manual.wall_ms = 1760968927000;
    l.loop = loop_create(clock_from_manual(&l.manual));
    line_open(&l, NULL);
    *state = &l;
    return 0;
}

static inline int line_tear_down(void **state)
{
    struct line *l = *state;
    api_destroy(l->api);
    loop_destroy(l->loop);
    return 0;
}

static inline void turn(struct line *l)
{
    for (int i = 0; i < 4; i++)
        loop_step(l->loop, 0);
}

static inline void advance(struct line *l, int64_t ms)
{
    l->manual.mono_ms += ms;
    l->manual.wall_ms += ms;
    turn(l);
}

static inline void on_result(void *ctx, const struct api_result *r)
{
    struct line *l = ctx;
    l->reports++;
    l->last = *r;
    snprintf(l->what, sizeof l->what, "%s", r->error.what);
    snprintf(l->next, sizeof l->next, "%s", r->error.next);
    snprintf(l->body, sizeof l->body, "%.*s", (int)r->body.len, r->body.len ? r->body.p : "");
}

/* The newest exchange, which has to be open. */
static inline struct transfer *newest(struct line *l)
{
    turn(l);
    assert_true(wire.count > 0);
    struct transfer *x = &wire.items[wire.count - 1];
    assert_false(x->over);
    return x;
}

static inline void answer_with(struct line *l, struct transfer *x, struct transfer_reply reply,
                               const char *body)
{
    x->over = true;
    reply.began = reply.left = true;
    reply.words = "";
    reply.http_version = "1.1";
    if (body && *body)
        x->events.body(x->ctx, reply.http, body, strlen(body));
    x->events.done(x->ctx, &reply);
    turn(l);
}

static inline void answer(struct line *l, int http, const char *body)
{
    answer_with(l, newest(l), (struct transfer_reply){.http = http}, body);
}

/* Whether the last report says "not asked again until" the time in ms from now, to the second. */
static inline bool says_until(struct line *l, int64_t ms)
{
    struct str words = STR_INIT;
    str_add(&words, "; not asked again until ");
    when_clock(&words, l->manual.wall_ms + ms, l->manual.wall_ms);
    bool says = strstr(l->what, str_text(&words)) != NULL;
    str_finish(&words);
    return says;
}

static inline struct api_call *read_one(struct line *l)
{
    struct api_call *call = api_read(l->api, span_of("pa_1"), on_result, l);
    turn(l);
    return call;
}

static inline struct api_call *update_one(struct line *l)
{
    struct api_call *call =
        api_update(l->api, span_of("pa_1"), span_of("{\"name\":\"n\"}"), on_result, l);
    turn(l);
    return call;
}

#endif
