/* clock.h: the only source of time.
 *
 * Everything that waits uses the monotonic clock, everything that is shown or sent uses the wall
 * clock (RELIABILITY: a clock that jumps must not move a timer). Both come through this struct, so
 * that a test drives an hour of back-off in a millisecond. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*mono_ms)(void *ctx); /* milliseconds since some fixed point, never backwards */
    int64_t (*wall_ms)(void *ctx); /* milliseconds since 1970-01-01T00:00:00Z */
    void *ctx;                     /* (borrowed) */
};

/* The machine's clocks (CLOCK_MONOTONIC, CLOCK_REALTIME). */
struct clock clock_system(void);

/* A clock that stands until it is moved. `manual` must outlive the clock. */
struct clock_manual {
    int64_t mono_ms, wall_ms;
};
struct clock clock_from_manual(struct clock_manual *manual);

static inline int64_t clock_mono(const struct clock *c)
{
    return c->mono_ms(c->ctx);
}
static inline int64_t clock_wall(const struct clock *c)
{
    return c->wall_ms(c->ctx);
}

#endif
