/* reads.h: accounts that are read one by one, for sync.c alone.
 *
 * A queue of ids, each in it once, of which two are under way at most: what the screen shows and
 * what a walk did not bring must not crowd out the pages. A 404 removes the account unless a write
 * is open on it. */
#ifndef SYNC_READS_H
#define SYNC_READS_H

#include "api/api.h"
#include "fleet/fleet.h"

struct reads;
/* Called after each reply, when the fleet has it. removed: the account was gone. Not called for
 * what reads_stop ended. */
typedef void reads_fn(void *ctx, const struct api_result *r, bool removed);

/* api, fleet and ctx are (borrowed) and outlive it. */
struct reads *reads_create(struct api *api, struct fleet *fleet, reads_fn *done, void *ctx);
/* Takes NULL. */
void reads_destroy(struct reads *reads);
/* Queues an id (copied) and sends what may be sent. */
void reads_add(struct reads *reads, struct span id);
/* Takes down which rows the screen shows (their ids are copied); sends nothing. */
void reads_visible(struct reads *reads, const row_id *rows, size_t count);
size_t reads_visible_count(const struct reads *reads);
/* Queues the rows that the screen shows. */
void reads_add_visible(struct reads *reads);
/* Accounts that are queued or under way. */
size_t reads_pending(const struct reads *reads);
/* Forgets the queue and cancels what is under way. */
void reads_stop(struct reads *reads);

#endif
