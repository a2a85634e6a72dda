/* server_time.h: what time it is for the server.
 *
 * Counters, periods, health checks and created_at are stamped by the server; "so far today", "runs
 * out in", "checked 9 s ago" need its now, which is the machine's own only as long as both clocks
 * agree. Each good reply says it in its Date header, cut to the second, written somewhere between
 * the request's start and the reply's end: from that follows how far the server's clock is ahead at
 * least and at most. Within that (and SERVER_TIME_SLACK_MS more: servers behind one name differ a
 * little) what was believed stays, so that ages do not jitter; beyond it, it is moved by no more
 * than the reply proves. Between two replies the server's clock is taken to run as ours does. One
 * that runs faster (the sandbox with --time-scale) is therefore as of the last reply: just what the
 * counters are as of, too. To guess further would be to forecast from a time that nobody counted.
 */
#ifndef API_SERVER_TIME_H
#define API_SERVER_TIME_H

#include "base/clock.h"

#include <stdbool.h>

#define SERVER_TIME_SLACK_MS 2000

struct server_time {
    struct clock own;
    int64_t ahead_ms;      /* of the server's wall clock to ours; below 0: behind */
    int64_t heard_mono_ms; /* when the reply came that moved it last; -1: none did */
};

void server_time_init(struct server_time *t, struct clock own);
/* A reply with this Date, now; its request was started took_ms ago. One that was started before the
 * reply that was heard last can tell of a later time, not of an earlier. */
void server_time_heard(struct server_time *t, int64_t date_ms, int64_t took_ms);
/* Our monotonic clock with the server's wall clock; t stays where it is while it is used. */
struct clock server_time_clock(struct server_time *t);

#endif
