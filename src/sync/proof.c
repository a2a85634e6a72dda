/* proof.c: see proof.h. */
#include "sync/proof.h"

#include "base/when.h"

#define CUT_MS          1000   /* created_at and Date may have whole seconds, cut */
#define CLOCKS_APART_MS 300000 /* no server's clocks are further apart */

void proof_begin(struct proof *p, bool spoilt)
{
    *p = (struct proof){.t0_ms = WHEN_NONE,
                        .before_ms = WHEN_NONE,
                        .date_last_ms = WHEN_NONE,
                        .after_ms = WHEN_NONE,
                        .total_first = -1,
                        .spoilt = spoilt};
    proof_walk_again(p);
}

void proof_walk_again(struct proof *p)
{
    p->walk_first = p->walk_last = -1;
    p->walk_distinct = p->walk_page = 0;
}

/* What the clock that stamps the accounts showed at least, as the server answered. */
static int64_t clock_showed(const struct proof_reply *r)
{
    int64_t least = r->date_ms - CLOCKS_APART_MS;
    int64_t seen = r->newest_ms != WHEN_NONE && r->newest_ms > least ? r->newest_ms : least;
    return seen < r->date_ms ? seen : r->date_ms;
}

static void first_page(struct proof *p, const struct proof_reply *r)
{
    p->begun = true;
    p->total_first = r->total;
    p->one_page = r->last;
    p->open_end = r->open_end;
    p->t0_ms = r->date_ms;
    if (r->date_ms != WHEN_NONE)
        p->before_ms = clock_showed(r) - (r->took_ms > 0 ? r->took_ms : 0) - CUT_MS;
}

void proof_page(struct proof *p, const struct proof_reply *r)
{
    bool first = r->whole && r->number == 1;
    if (first && !p->begun)
        first_page(p, r);
    if (r->date_ms != WHEN_NONE && (p->date_last_ms == WHEN_NONE || r->date_ms > p->date_last_ms))
        p->date_last_ms = r->date_ms;
    if (p->t0_ms != WHEN_NONE && r->date_ms != WHEN_NONE && r->date_ms < p->t0_ms)
        p->spoilt = true;
    if (!r->whole)
        return;
    if (first)
        p->walk_first = r->total;
    /* Pages may end out of order. */
    if (r->number >= p->walk_page) {
        p->walk_page = r->number;
        p->walk_last = r->total;
    }
}

void proof_record(struct proof *p, int64_t created_ms)
{
    p->distinct++;
    if (created_ms == WHEN_NONE)
        p->spoilt = true;
    else if (p->before_ms != WHEN_NONE && created_ms < p->before_ms)
        p->before_t0++;
    if (created_ms != WHEN_NONE && p->t0_ms != WHEN_NONE && created_ms >= p->t0_ms + CUT_MS &&
        (p->after_ms == WHEN_NONE || created_ms < p->after_ms))
        p->after_ms = created_ms;
}

void proof_walk_record(struct proof *p)
{
    p->walk_distinct++;
}

bool proof_complete(const struct proof *p)
{
    if (p->one_page)
        return !p->open_end && (p->total_first < 0 || p->total_first == p->distinct);
    return !p->spoilt && p->before_ms != WHEN_NONE && p->total_first > 0 &&
           (int64_t)p->before_t0 == p->total_first;
}

/* Not of an account that is from the future: that says nothing of now. */
static bool one_came(const struct proof *p)
{
    return p->after_ms != WHEN_NONE && p->after_ms < p->date_last_ms + CUT_MS;
}

bool proof_walked(const struct proof *p)
{
    return !one_came(p) && p->walk_first >= 0 && p->walk_first == p->walk_last &&
           p->walk_last == (int64_t)p->walk_distinct && !(p->one_page && p->open_end);
}

bool proof_absurd(const struct proof *p)
{
    return p->before_ms != WHEN_NONE && p->total_first >= 0 &&
           (int64_t)p->before_t0 > p->total_first;
}
