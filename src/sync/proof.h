/* proof.h: when a list may be called complete.
 *
 * T0 is `total` of the first unfiltered reply and t0 its Date: when as many distinct ids with
 * created_at before t0 have been received as T0 says, those are the accounts at t0, whatever moved
 * between pages since. Without a Date, a readable created_at or an exact total this cannot be
 * said; then a walk that ended with as many distinct ids as `total` said at its start and at its
 * end is "walked": complete, though accounts may have moved meanwhile. Sums of totals prove
 * nothing. No I/O here, so that a simulation can try it by the thousand. */
#ifndef SYNC_PROOF_H
#define SYNC_PROOF_H

#include "base/map.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct proof {
    int64_t t0_ms;       /* WHEN_NONE: no Date */
    int64_t total_first; /* T0; -1: not said */
    int64_t total_last;
    uint32_t distinct;  /* ids received in this sweep */
    uint32_t before_t0; /* of them, created before t0 */
    bool unreadable;    /* a record without a readable created_at came by */
    bool one_page;      /* the first page had no next one */
};

void proof_begin(struct proof *p);
/* The totals of a page, as its reply ended; date_ms is its Date header or WHEN_NONE. */
void proof_page(struct proof *p, bool first, int64_t total, int64_t date_ms, bool last);
/* An id received for the first time in this sweep; created_ms WHEN_NONE when unreadable. */
void proof_record(struct proof *p, int64_t created_ms);
/* Proven by the rule of t0. Can become true before the walk ends. */
bool proof_complete(const struct proof *p);
/* The weaker word, when the walk has ended. */
bool proof_walked(const struct proof *p);

#endif
