/* server_time.c: see server_time.h. */
#include "api/server_time.h"

#define SECOND_MS 1000

void server_time_init(struct server_time *t, struct clock own)
{
    *t = (struct server_time){.own = own, .heard_mono_ms = -1};
}

void server_time_heard(struct server_time *t, int64_t date_ms, int64_t took_ms)
{
    int64_t now = clock_wall(&t->own), mono = clock_mono(&t->own);
    int64_t least = date_ms - now, most = date_ms + SECOND_MS - 1 - (now - took_ms);
    if (t->ahead_ms < least - SERVER_TIME_SLACK_MS)
        t->ahead_ms = least;
    else if (t->ahead_ms > most + SERVER_TIME_SLACK_MS && mono - took_ms >= t->heard_mono_ms)
        t->ahead_ms = most;
    else
        return;
    t->heard_mono_ms = mono;
}

static int64_t mono(void *ctx)
{
    const struct server_time *t = ctx;
    return clock_mono(&t->own);
}

static int64_t wall(void *ctx)
{
    const struct server_time *t = ctx;
    return clock_wall(&t->own) + t->ahead_ms;
}

struct clock server_time_clock(struct server_time *t)
{
    return (struct clock){mono, wall, t};
}
