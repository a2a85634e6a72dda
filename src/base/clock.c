/* clock.c: see clock.h. */
#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t system_mono(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_REALTIME);
}

struct clock clock_system(void)
{
    struct clock c = {system_mono, system_wall, NULL};
    return c;
}

static int64_t manual_mono(void *ctx)
{
    return ((struct clock_manual *)ctx)->mono_ms;
}

static int64_t manual_wall(void *ctx)
{
    return ((struct clock_manual *)ctx)->wall_ms;
}

struct clock clock_from_manual(struct clock_manual *manual)
{
    struct clock c = {manual_mono, manual_wall, manual};
    return c;
}
