/* branches.h: the chains of one sweep, and whose turn it is.
 *
 * The whole list is one chain, and a chain is serial. So when page 1 says that it is worth it, the
 * list is divided by provider_type (and, when that is switched on, a large type by status), each
 * part a chain with the server's own filter, and the whole list rests. Parts only add speed: a part
 * whose records are of another kind (the server ignores its filter), that is refused, or that
 * misbehaves is dropped; when the totals of the parts do not reach that of the whole, or they have
 * ended without a proof, the whole list goes on where it rested. Of the chains that may ask, the
 * one with most left to read goes first, and no more answers are awaited at once than congestion.h
 * allows. */
#ifndef SYNC_BRANCHES_H
#define SYNC_BRANCHES_H

#include "sync/chain.h"
#include "sync/congestion.h"
#include "sync/kinds.h"

struct branches;

enum branches_end {
    BRANCHES_DONE,   /* nothing more comes */
    BRANCHES_FAILED, /* a request failed; branches_go goes on, if branches_ready */
    BRANCHES_BROKEN, /* the whole list misbehaves; why says how */
};

struct branches_events {
    /* whole: it came with the whole list, not with a part. Returns the account's row, or ROW_NONE
       when it says nothing about the chain's filter. */
    row_id (*record)(void *ctx, struct span raw, int64_t started_mono_ms, bool whole);
    /* A page has ended; last as in chain.h. */
    void (*page)(void *ctx, const struct api_result *r, bool whole, uint32_t number, bool last);
    /* Whether what came is proven to be all. */
    bool (*proven)(void *ctx);
    /* The whole list begins anew from page 1: the server forgot its cursor (F19). */
    void (*again)(void *ctx);
    /* Last of all; r of FAILED, why of BROKEN. */
    void (*ended)(void *ctx, enum branches_end end, const struct api_result *r, const char *why);
};

struct branches_env {
    const struct clock *clock; /* all borrowed, and outlive it */
    struct api *api;
    const struct fleet *fleet;
    struct branches_events events;
    void *ctx;
    int page_limit;
    unsigned parallel; /* 1: the whole list alone */
    bool split_status;
};

/* Asks nothing before branches_begin. */
struct branches *branches_create(const struct branches_env *env);
/* Takes NULL. */
void branches_destroy(struct branches *all);

/* Drops what there was and asks for page 1. narrow (copied) is never NULL; a narrowed list is not
 * divided. */
void branches_begin(struct branches *all, const struct chain_filter *narrow);
/* After a failure: whether there is a chain to go on with, and none is open. */
bool branches_ready(const struct branches *all);
/* Asks for what may be asked for: goes on after a failure. */
void branches_go(struct branches *all);
/* Cancels what is open; nothing more is told of it. */
void branches_stop(struct branches *all);
/* Whether an answer is awaited. */
bool branches_open(const struct branches *all);
/* Chains that are not over. */
unsigned branches_count(const struct branches *all);

#endif
