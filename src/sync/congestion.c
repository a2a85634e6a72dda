/* congestion.c: see congestion.h. */
#include "sync/congestion.h"

#define DEAF_MS     1000
#define CLIMB_EACH  4  /* answers a place in the window before it widens by one */
#define SLOW_TIMES  3  /* an average above so many times the fastest, and */
#define SLOW_MORE   50 /* so many ms beyond it, is rising */
#define AVERAGE     0.125
#define FORGET_FAST 0.01 /* of the distance to the average, an answer */

void congestion_init(struct congestion *c, unsigned most)
{
    *c = (struct congestion){.most = most ? most : 1, .fast_ms = -1};
    c->window = c->most;
}

static void cut(struct congestion *c, double factor, int64_t now)
{
    if (now < c->deaf_until_mono_ms)
        return;
    c->window *= factor;
    if (c->window < 1)
        c->window = 1;
    c->deaf_until_mono_ms = now + DEAF_MS;
    c->good = 0;
    /* What the narrower window does to the latency is to be seen afresh. */
    c->usual_ms = c->fast_ms;
}

void congestion_answer(struct congestion *c, int64_t took_ms, int64_t now_mono_ms)
{
    double took = took_ms > 0 ? (double)took_ms : 0;
    if (c->fast_ms < 0)
        c->fast_ms = c->usual_ms = took;
    c->usual_ms += AVERAGE * (took - c->usual_ms);
    if (took < c->fast_ms)
        c->fast_ms = took;
    else
        c->fast_ms += FORGET_FAST * (c->usual_ms - c->fast_ms);
    if (c->usual_ms > SLOW_TIMES * c->fast_ms && c->usual_ms > c->fast_ms + SLOW_MORE) {
        cut(c, 0.75, now_mono_ms);
        return;
    }
    if (now_mono_ms < c->deaf_until_mono_ms || c->window >= c->most)
        return;
    if (++c->good < CLIMB_EACH * congestion_window(c))
        return;
    c->good = 0;
    c->window = c->window + 1 < c->most ? c->window + 1 : c->most;
}

void congestion_trouble(struct congestion *c, int64_t now_mono_ms)
{
    cut(c, 0.5, now_mono_ms);
}

unsigned congestion_window(const struct congestion *c)
{
    return (unsigned)c->window;
}
