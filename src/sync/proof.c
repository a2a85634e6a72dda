/* proof.c: see proof.h. */
#include "sync/proof.h"

#include "base/when.h"

void proof_begin(struct proof *p)
{
    *p = (struct proof){.t0_ms = WHEN_NONE, .total_first = -1, .total_last = -1};
}

void proof_page(struct proof *p, bool first, int64_t total, int64_t date_ms, bool last)
{
    if (first) {
        p->total_first = total;
        p->one_page = last;
        /* Date has whole seconds, cut: what was created within that second may or may not be in
           the total, so the second itself does not count as before. */
        p->t0_ms = date_ms;
    }
    p->total_last = total;
}

void proof_record(struct proof *p, int64_t created_ms)
{
    p->distinct++;
    if (created_ms == WHEN_NONE)
        p->unreadable = true;
    else if (p->t0_ms == WHEN_NONE || created_ms < p->t0_ms)
        p->before_t0++;
}

bool proof_complete(const struct proof *p)
{
    if (p->one_page)
        return p->total_first < 0 || p->total_first == p->distinct;
    return !p->unreadable && p->t0_ms != WHEN_NONE && p->total_first > 0 &&
           (int64_t)p->before_t0 == p->total_first;
}

bool proof_walked(const struct proof *p)
{
    return p->total_first >= 0 && p->total_first == p->total_last &&
           p->total_last == (int64_t)p->distinct;
}
