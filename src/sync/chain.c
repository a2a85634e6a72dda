/* chain.c: see chain.h. */
#include "sync/chain.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

struct page {
    struct chain *chain; /* (borrowed) */
    struct api_call *call;
    struct str cursor; /* that it was asked with */
    uint32_t number;   /* from 1 */
    bool answered;     /* its cursor came: the server has done its part */
    bool has_next;     /* with a cursor that leads on */
    bool repeated;     /* its next page was asked for before: a loop */
};

struct chain {
    struct api *api; /* (borrowed) */
    struct chain_events events;
    void *ctx;                    /* (borrowed) */
    char *provider_type, *status; /* owned, may be NULL */
    bool enabled_only;
    int limit;

    struct page pages[2];
    bool ready;      /* `next` waits to be asked for */
    struct str next; /* the cursor of page next_number; empty: of page 1 */
    uint32_t next_number;
    bool last_seen;
    char broken[80]; /* why it must not go on, while an earlier page is still coming in; or "" */
    uint32_t empty_pages, records;
    uint32_t life;      /* grows with every reset and stop: an event may have ended it */
    struct map cursors; /* asked for, and as which page; keys in mem */
    struct arena mem;
};

static const struct api_list_events list_events;

/* ---- what is open ---- */

unsigned chain_open(const struct chain *chain)
{
    return (chain->pages[0].call ? 1u : 0) + (chain->pages[1].call ? 1u : 0);
}

unsigned chain_waiting(const struct chain *chain)
{
    unsigned n = 0;
    for (size_t i = 0; i < 2; i++)
        n += chain->pages[i].call && !chain->pages[i].answered;
    return n;
}

uint32_t chain_records(const struct chain *chain)
{
    return chain->records;
}

uint32_t chain_asked(const struct chain *chain)
{
    return chain->next_number - 1;
}

static void cancel_open(struct chain *c)
{
    for (size_t i = 0; i < 2; i++) {
        api_cancel(c->pages[i].call);
        c->pages[i].call = NULL;
    }
}

void chain_stop(struct chain *chain)
{
    cancel_open(chain);
    chain->ready = false;
    chain->life++;
}

static void next_set(struct chain *c, struct span cursor, uint32_t number)
{
    str_clear(&c->next);
    str_add_span(&c->next, cursor);
    c->next_number = number;
    c->ready = true;
}

/* Of the open pages (and of `failed`, whose call has ended) the earliest is asked for again, so
 * that nothing of it is skipped. */
static void hold_from(struct chain *c, const struct page *failed)
{
    const struct page *from = failed;
    for (size_t i = 0; i < 2; i++) {
        const struct page *p = &c->pages[i];
        if (p->call && (!from || p->number < from->number))
            from = p;
    }
    if (from) {
        next_set(c, span_from(&from->cursor), from->number);
        c->last_seen = false;
        c->broken[0] = '\0';
    }
    cancel_open(c);
    c->life++;
}

void chain_hold(struct chain *chain)
{
    hold_from(chain, NULL);
}

void chain_reset(struct chain *chain)
{
    cancel_open(chain);
    map_clear(&chain->cursors);
    arena_finish(&chain->mem);
    arena_init(&chain->mem);
    chain->last_seen = false;
    chain->broken[0] = '\0';
    chain->empty_pages = chain->records = 0;
    chain->life++;
    next_set(chain, span_of(""), 1);
}

/* ---- asking ---- */

bool chain_ready(const struct chain *chain)
{
    return chain->ready && chain_open(chain) < 2;
}

void chain_go(struct chain *chain)
{
    if (!chain_ready(chain))
        return;
    struct page *p = chain->pages[0].call ? &chain->pages[1] : &chain->pages[0];
    str_clear(&p->cursor);
    str_add_span(&p->cursor, span_from(&chain->next));
    p->number = chain->next_number;
    p->answered = p->has_next = p->repeated = false;
    chain->ready = false;
    struct span cursor = span_from(&p->cursor);
    if (cursor.len)
        map_set(&chain->cursors, arena_dup(&chain->mem, cursor), p->number);
    struct api_list_query query = {.provider_type = chain->provider_type,
                                   .status = chain->status,
                                   .enabled_only = chain->enabled_only,
                                   .limit = chain->limit,
                                   .cursor = cursor};
    p->call = api_list(chain->api, &query, &list_events, p);
}

static void offer(struct chain *c)
{
    if (chain_ready(c))
        c->events.ready(c->ctx, c);
}

/* ---- what streams in ---- */

static void on_restart(void *ctx)
{
    struct page *p = ctx;
    p->chain->events.tried_again(p->chain->ctx, p->chain);
}

static void on_record(void *ctx, struct span raw, const struct error *bad, int64_t started)
{
    struct page *p = ctx;
    (void)bad; /* the fleet reads it itself and says what is wrong */
    p->chain->records++;
    p->chain->events.record(p->chain->ctx, p->chain, raw, started);
}

static void on_cursor(void *ctx, struct span cursor)
{
    struct page *p = ctx;
    struct chain *c = p->chain;
    uint32_t number;
    if (p->has_next)
        return; /* a page that is tried again: its next one is known */
    p->answered = true;
    /* Asked for as the page after this one is no loop: this page was asked for again. */
    p->repeated = map_get(&c->cursors, cursor, &number) && number != p->number + 1;
    if (p->repeated || !cursor.len)
        return; /* on_page says so when the page has ended */
    p->has_next = true;
    if (p->number >= CHAIN_PAGES_MAX)
        return;
    next_set(c, cursor, p->number + 1);
    offer(c);
}

/* ---- the end of a page ---- */

/* A cursor that the server no longer knows. */
static bool cursor_expired(const struct page *p, const struct api_result *r)
{
    return p->cursor.len &&
           (r->status == ST_INVALID || r->status == ST_REJECTED || r->status == ST_NOT_FOUND);
}

static void page_failed(struct chain *c, const struct page *p, const struct api_result *r)
{
    bool expired = cursor_expired(p, r);
    if (expired)
        chain_stop(c);
    else
        hold_from(c, p);
    c->events.ended(c->ctx, c, expired ? CHAIN_EXPIRED : CHAIN_FAILED, r, NULL);
}

static bool page_has_next(const struct page *p, const struct api_result *r)
{
    if (!r->page.has_cursor || r->page.has_more == 0)
        return false;
    return p->has_next || p->repeated || r->page.has_more == 1;
}

/* Why the chain must not go on, or NULL (F17, F18). */
static const char *trouble(const struct chain *c, const struct page *p, char buf[80])
{
    if (!p->has_next) { /* repeated, or "": the first page again */
        snprintf(buf, 80, "the server loops at page %u", p->number);
        return buf;
    }
    if (c->empty_pages >= CHAIN_EMPTY_PAGES_MAX)
        return "the server sends empty pages without end";
    if (p->number >= CHAIN_PAGES_MAX || c->records >= CHAIN_ROWS_MAX)
        return "the server sends pages without end";
    return NULL;
}

/* A cursor may have come, but the server says that there is nothing after this page. */
static void take_back_next(struct chain *c, uint32_t number)
{
    if (c->ready && c->next_number > number)
        c->ready = false;
    for (size_t i = 0; i < 2; i++) {
        if (c->pages[i].number <= number)
            continue;
        api_cancel(c->pages[i].call);
        c->pages[i].call = NULL;
    }
}

/* Nothing is open any more, and nothing is to follow. */
static void close_chain(struct chain *c)
{
    char why[sizeof c->broken];
    if (!c->broken[0]) {
        c->events.ended(c->ctx, c, CHAIN_DONE, NULL, NULL);
        return;
    }
    memcpy(why, c->broken, sizeof why);
    chain_stop(c);
    c->events.ended(c->ctx, c, CHAIN_BROKEN, NULL, why);
}

static void on_page(void *ctx, const struct api_result *r)
{
    struct page *p = ctx;
    struct chain *c = p->chain;
    uint32_t life = c->life;
    p->call = NULL;
    if (r->status != ST_OK) {
        page_failed(c, p, r);
        return;
    }
    /* The owner may go on from within the event, and then p is of another page. */
    const struct page ended = *p;
    bool more = page_has_next(&ended, r);
    c->empty_pages = r->page.records ? 0 : c->empty_pages + 1;
    c->events.page(c->ctx, c, r, ended.number, !more);
    if (c->life != life)
        return; /* the owner has stopped it */
    char buf[sizeof c->broken];
    const char *why = more ? trouble(c, &ended, buf) : NULL;
    if (!more || why)
        take_back_next(c, ended.number);
    c->last_seen |= !more;
    if (!more)
        c->broken[0] = '\0'; /* what a page after the last one was is of no interest */
    else if (why)
        snprintf(c->broken, sizeof c->broken, "%s", why);
    bool closing = c->last_seen || c->broken[0];
    if (!closing)
        offer(c);
    else if (!chain_open(c))
        close_chain(c);
}

static const struct api_list_events list_events = {
    .restart = on_restart, .cursor = on_cursor, .record = on_record, .done = on_page};

/* ---- life ---- */

struct chain *chain_create(struct api *api, const struct chain_filter *filter, int limit,
                           const struct chain_events *events, void *ctx)
{
    struct chain *c = mem_calloc(1, sizeof *c);
    c->api = api;
    c->events = *events;
    c->ctx = ctx;
    c->limit = limit;
    c->provider_type = filter->provider_type ? mem_strdup(filter->provider_type) : NULL;
    c->status = filter->status ? mem_strdup(filter->status) : NULL;
    c->enabled_only = filter->enabled_only;
    c->pages[0].chain = c->pages[1].chain = c;
    map_init(&c->cursors);
    arena_init(&c->mem);
    chain_reset(c);
    return c;
}

void chain_destroy(struct chain *chain)
{
    if (!chain)
        return;
    cancel_open(chain);
    for (size_t i = 0; i < 2; i++)
        str_finish(&chain->pages[i].cursor);
    str_finish(&chain->next);
    map_finish(&chain->cursors);
    arena_finish(&chain->mem);
    mem_free(chain->provider_type);
    mem_free(chain->status);
    mem_free(chain);
}
