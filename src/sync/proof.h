/* proof.h: when a list may be called complete.
 *
 * T0 is `total` of the first unfiltered reply and t0 its Date: when as many distinct ids created
 * before t0 have been received as T0 says, those are the accounts at t0, whatever moved between
 * pages or chains since. Three things must hold for that, and are looked after here:
 *   - what counts as created before t0 was created before the server counted: so a record counts
 *     only when it is older than the Date less the time that reply took (the server may have
 *     counted as the request came in) and less the second that a created_at may have been cut by.
 *     The Date may be of another clock, that of a proxy: so the newest time that stands in the
 *     accounts of that reply goes before it where that is older, by five minutes at most;
 *   - no other reply is older than that one: a Date more than a second before t0 spoils it (a
 * cache);
 *   - every created_at can be read.
 * Of an account that was there before the sweep began, and is received again, nothing needs to be
 * read: it was there at t0.
 * A list of one page is complete, unless that page leaves open whether there is another.
 * A created_at from before t0 must mean that the account was there at t0. Of a list that the server
 * filters it does not: an account comes into the filter, or leaves it, by a change. And where
 * clocks differ, or what was deleted comes back, it does not either; then more are counted than T0,
 * which no sane server can bring about (proof_absurd). Otherwise a plain walk that ended with as
 * many distinct ids as `total` said at its start and at its end is "walked": complete, though
 * accounts may have moved meanwhile. One that was created on the way shows that they did: as many
 * as before means then that another went, and wherever one goes another may be skipped. Sums of
 * totals prove nothing. No I/O here, so that a simulation can try it by the hundred thousand. */
#ifndef SYNC_PROOF_H
#define SYNC_PROOF_H

#include <stdbool.h>
#include <stdint.h>

struct proof {
    int64_t t0_ms;        /* WHEN_NONE: no Date */
    int64_t before_ms;    /* created before this: among the T0 that the server counted */
    int64_t date_last_ms; /* the newest Date; WHEN_NONE */
    int64_t after_ms;     /* of the accounts that were created after t0 the first; WHEN_NONE */
    int64_t total_first;  /* T0; -1: not said */
    uint32_t distinct;    /* ids received in this sweep */
    uint32_t before_t0;   /* of them, created before before_ms */
    bool spoilt;          /* the rule of t0 cannot be used, as above */
    bool begun;           /* the first page has ended */
    bool one_page;        /* it had no next one */
    bool open_end;        /* though what it says leaves that open */
    /* The plain walk of the unfiltered list. */
    int64_t walk_first, walk_last; /* totals */
    uint32_t walk_distinct, walk_page;
};

struct proof_reply {
    bool whole;        /* of the unfiltered list */
    uint32_t number;   /* of the page, from 1 */
    bool last;         /* none comes after it */
    int64_t total;     /* -1: not said */
    int64_t date_ms;   /* WHEN_NONE: no Date */
    int64_t took_ms;   /* from the sending of the request to the end of the reply */
    int64_t newest_ms; /* of page 1: the newest time in its accounts; WHEN_NONE */
    bool open_end;     /* of a last page: it leaves open whether it is (page_end_open) */
};

/* spoilt: the rule of t0 cannot be used for this list, whatever comes. */
void proof_begin(struct proof *p, bool spoilt);
/* The plain walk begins anew; T0 and t0 stay. */
void proof_walk_again(struct proof *p);
/* A page, as its reply ended. */
void proof_page(struct proof *p, const struct proof_reply *reply);
/* Instead of its created_at: the account was there before the first page was asked for, and was
 * received again now. */
#define PROOF_KNOWN (INT64_MIN + 1)
/* An id received for the first time in this sweep; created_ms WHEN_NONE when unreadable. Not before
 * the first page of the whole list was told. */
void proof_record(struct proof *p, int64_t created_ms);
/* An id that the plain walk brought for the first time. */
void proof_walk_record(struct proof *p);
/* Proven by the rule of t0. Can become true before the walk ends. */
bool proof_complete(const struct proof *p);
/* The weaker word, when the plain walk has ended. */
bool proof_walked(const struct proof *p);
/* More accounts say that they are older than t0 than there were: a created_at, the Date or the
 * total of this server is not what it seems. */
bool proof_absurd(const struct proof *p);

#endif
