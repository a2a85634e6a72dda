/* loop.h: the one place where the console sleeps.
 *
 * Descriptors, timers and before-sleep hooks around one poll(2). poll and not epoll: a handful of
 * descriptors, and the POLLHUP of a terminal that went away is seen (curl_multi_poll shows IN|OUT
 * for ever). libcurl is plugged in by its socket and timer callbacks (api/transport), so it needs
 * no sleep of its own. Single-threaded; callbacks run one after the other from loop_run(), and may
 * watch, unwatch, start and stop anything, themselves included. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

enum loop_events {
    LOOP_READ = 1,
    LOOP_WRITE = 2,
    LOOP_HANGUP = 4, /* reported always, never asked for: POLLHUP, POLLERR, POLLNVAL */
};

struct loop;
typedef void loop_fd_fn(void *ctx, int fd, unsigned events);
typedef void loop_fn(void *ctx);
typedef uint64_t loop_timer; /* 0 is no timer */

/* clock is copied; its ctx is borrowed. */
struct loop *loop_create(struct clock clock);
void loop_destroy(struct loop *loop);
const struct clock *loop_clock(const struct loop *loop);

/* Calls fn when fd is ready for `events` (READ, WRITE or both). One watch a descriptor: a second
 * call replaces the first. ctx is borrowed until loop_unwatch. A pipe whose other end is closed and
 * empty says LOOP_HANGUP without LOOP_READ: fn must read or unwatch then, or it is called for ever.
 * Unwatch before close. */
void loop_watch(struct loop *loop, int fd, unsigned events, loop_fd_fn *fn, void *ctx);
void loop_unwatch(struct loop *loop, int fd);

/* What can be read from fd goes before all else: its callback runs first in a turn, which ends with
 * it; and when it has something between two other callbacks, the rest of them waits for a later
 * turn. At most 8 turns in a row are cut short so: nothing else is kept waiting for ever. One
 * descriptor, watched or not, -1 for none; set it to -1 before closing it. */
void loop_first(struct loop *loop, int fd);
/* For a hook that works in slices: whether somebody waits for loop_first()'s descriptor, because it
 * has something to read or ended the last turn. The slice is better left to a later turn then.
 * Never true for more than 8 turns in a row. A call of the system. */
bool loop_first_due(struct loop *loop);

/* Calls fn once, delay_ms (>= 0) from now on the monotonic clock. Timers of one moment run in the
 * order they were started. A timer of 0 runs in the next turn, never inside this call. */
loop_timer loop_timer_start(struct loop *loop, int64_t delay_ms, loop_fn *fn, void *ctx);
/* Does nothing for 0 or a timer that already ran. */
void loop_timer_stop(struct loop *loop, loop_timer timer);

/* Hooks that run before each sleep, in the order added: commit the journal, start the sends that
 * wait for it, repaint. A hook may add and remove hooks, itself included; one that is added by a
 * hook still runs before the same sleep. */
void loop_before_sleep(struct loop *loop, loop_fn *fn, void *ctx);
void loop_before_sleep_remove(struct loop *loop, loop_fn *fn, void *ctx);

/* Hooks that run once, first of all in loop_destroy, the last added first: what outlives its caller
 * on the loop (a child that is being ended) cleans up there. They must not start anything. */
void loop_at_destroy(struct loop *loop, loop_fn *fn, void *ctx);
void loop_at_destroy_remove(struct loop *loop, loop_fn *fn, void *ctx);

/* One turn: hooks, at most one sleep of at most max_wait_ms (-1: until something happens), then
 * the callbacks of what happened: descriptors, then the timers that are due and were started before
 * this turn's callbacks; fewer of them where loop_first()'s descriptor has something. Not to be
 * called from a callback. */
void loop_step(struct loop *loop, int max_wait_ms);
/* Turns until loop_stop(). A stop that came before makes it return at once; it is used up then. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
