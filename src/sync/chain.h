/* chain.h: one cursor chain: the pages of a list, each asked for with the cursor of the one before.
 *
 * A chain asks for the next page as soon as its cursor has streamed in, so at most two of its
 * requests are open. When it may ask is the owner's word: it says that it is ready, keeps its
 * place, and goes on by chain_go. What a chain must not do on its own (loop, walk without end) ends
 * it: F17, F18. It knows nothing of other chains, of completeness or of time. */
#ifndef SYNC_CHAIN_H
#define SYNC_CHAIN_H

#include "api/api.h"

#define CHAIN_PAGES_MAX       10000 /* F18 */
#define CHAIN_ROWS_MAX        1000000
#define CHAIN_EMPTY_PAGES_MAX 3

struct chain;

/* The server's own filters; NULL, NULL, false: all accounts. */
struct chain_filter {
    const char *provider_type, *status;
    bool enabled_only;
};

enum chain_end {
    CHAIN_DONE,    /* its last page came */
    CHAIN_FAILED,  /* a request failed; the chain is ready to go on with the earliest lost page */
    CHAIN_EXPIRED, /* the server does not know its cursor any more (F19); begin anew or forget it */
    CHAIN_BROKEN,  /* it must not go on; `why` says it (F17, F18) */
};

/* A function of the owner may call chain_stop and chain_go for any chain, but destroy none. */
struct chain_events {
    /* The chain could ask for its next page: chain_go, now or later, lets it. */
    void (*ready)(void *ctx, struct chain *chain);
    /* A request that begins anew after a failed try (the server or the way to it is ill). */
    void (*tried_again)(void *ctx, struct chain *chain);
    void (*record)(void *ctx, struct chain *chain, struct span raw, int64_t started_mono_ms);
    /* A page has ended; number from 1. last: none comes after it. Pages may end out of order. */
    void (*page)(void *ctx, struct chain *chain, const struct api_result *r, uint32_t number,
                 bool last);
    /* Last of all. r: of FAILED and EXPIRED, else NULL. why: of BROKEN, else NULL. */
    void (*ended)(void *ctx, struct chain *chain, enum chain_end end, const struct api_result *r,
                  const char *why);
};

/* api and ctx are (borrowed) and outlive it; filter is copied. limit: accounts a page, 1..100. */
struct chain *chain_create(struct api *api, const struct chain_filter *filter, int limit,
                           const struct chain_events *events, void *ctx);
/* Cancels what is open; takes NULL. Not from one of its events. */
void chain_destroy(struct chain *chain);

/* Forgets where it was and stands before page 1, ready. */
void chain_reset(struct chain *chain);
/* Cancels what is open; it is not ready any more. */
void chain_stop(struct chain *chain);
/* Cancels what is open; the earliest of it will be asked for again by chain_go. */
void chain_hold(struct chain *chain);
/* Whether there is a page that chain_go would ask for. */
bool chain_ready(const struct chain *chain);
/* Asks for the next page, if the chain is ready. */
void chain_go(struct chain *chain);

/* Requests that are open, and of them those whose answer has not begun to tell of the next page. */
unsigned chain_open(const struct chain *chain);
unsigned chain_waiting(const struct chain *chain);
uint32_t chain_records(const struct chain *chain); /* received so far */
uint32_t chain_asked(const struct chain *chain);   /* of a ready chain: the pages before its next */

#endif
