/* loop.c: see loop.h.
 *
 * The watches are a plain array, because a console has a handful of descriptors. What makes it safe
 * for a callback to unwatch or watch anything is a serial number on every watch: poll's answer is
 * matched against descriptor and serial, so that an event of a watch that is gone, or of a
 * descriptor whose number was given to somebody else meanwhile, falls on the floor; poll is level
 * triggered and tells it again to whom it belongs.
 *
 * Timers are a binary heap ordered by (moment, serial), which keeps the order of start among
 * equals. A turn runs only timers that existed when its callbacks began: a timer that starts itself
 * again with a delay of 0 cannot lock the descriptors out.
 *
 * The descriptor of loop_first() is looked at between any two callbacks, and when it has something
 * the turn is left: what was not called yet is told again by the next poll, and due timers stay in
 * the heap. So a key waits for one callback and not for a turn. */
#include "loop/loop.h"

#include "base/mem.h"
#include "base/vec.h"

#include <limits.h>
#include <poll.h>
#include <stddef.h>

/* So many turns in a row may be left for the first descriptor; then one runs to its end. */
#define LEFT_MAX 8

struct watch {
    int fd;
    unsigned events;
    uint64_t serial;
    loop_fd_fn *fn;
    void *ctx;
};

struct timer {
    int64_t due_ms;
    loop_timer serial;
    loop_fn *fn;
    void *ctx;
};

struct hook {
    loop_fn *fn; /* NULL: removed while the hooks run */
    void *ctx;
};

struct hooks {
    struct hook *items;
    size_t count, room;
    bool running;
};

struct loop {
    struct clock clock;
    struct watch *watches;
    size_t watch_count, watch_room;
    struct timer *timers; /* heap */
    size_t timer_count, timer_room;
    struct hooks before_sleep, at_destroy;
    bool stopped;
    int first_fd; /* -1: none */
    int left;     /* turns that were left since the last whole one */
    bool cut;     /* the last turn was */
    uint64_t last_serial;
    /* What one turn asks poll, beside the serial of each; kept from turn to turn for their memory.
     */
    struct pollfd *polled;
    size_t polled_room;
    uint64_t *serials;
    size_t serials_room;
};

struct loop *loop_create(struct clock clock)
{
    struct loop *loop = mem_calloc(1, sizeof *loop);
    loop->clock = clock;
    loop->first_fd = -1;
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    struct hooks *last = &loop->at_destroy;
    while (last->count > 0) {
        struct hook h = last->items[--last->count];
        h.fn(h.ctx);
    }
    mem_free(loop->at_destroy.items);
    mem_free(loop->before_sleep.items);
    mem_free(loop->watches);
    mem_free(loop->timers);
    mem_free(loop->polled);
    mem_free(loop->serials);
    mem_free(loop);
}

const struct clock *loop_clock(const struct loop *loop)
{
    return &loop->clock;
}

/* ---- descriptors ---- */

static struct watch *watch_find(struct loop *loop, int fd)
{
    for (size_t i = 0; i < loop->watch_count; i++)
        if (loop->watches[i].fd == fd)
            return &loop->watches[i];
    return NULL;
}

void loop_watch(struct loop *loop, int fd, unsigned events, loop_fd_fn *fn, void *ctx)
{
    struct watch *w = watch_find(loop, fd);
    if (!w) {
        VEC_ROOM(loop->watches, loop->watch_count, loop->watch_room);
        w = &loop->watches[loop->watch_count++];
    }
    *w = (struct watch){fd, events, ++loop->last_serial, fn, ctx};
}

void loop_unwatch(struct loop *loop, int fd)
{
    struct watch *w = watch_find(loop, fd);
    if (w)
        *w = loop->watches[--loop->watch_count];
}

void loop_first(struct loop *loop, int fd)
{
    loop->first_fd = fd;
}

/* ---- timers ---- */

static bool timer_before(const struct timer *a, const struct timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->serial < b->serial;
}

static void timer_swap(struct loop *loop, size_t a, size_t b)
{
    struct timer t = loop->timers[a];
    loop->timers[a] = loop->timers[b];
    loop->timers[b] = t;
}

static void timer_up(struct loop *loop, size_t at)
{
    while (at > 0 && timer_before(&loop->timers[at], &loop->timers[(at - 1) / 2])) {
        timer_swap(loop, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void timer_down(struct loop *loop, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t kid = 2 * at + 1; kid <= 2 * at + 2 && kid < loop->timer_count; kid++)
            if (timer_before(&loop->timers[kid], &loop->timers[least]))
                least = kid;
        if (least == at)
            return;
        timer_swap(loop, at, least);
        at = least;
    }
}

static void timer_remove(struct loop *loop, size_t at)
{
    loop->timers[at] = loop->timers[--loop->timer_count];
    if (at < loop->timer_count) {
        timer_up(loop, at);
        timer_down(loop, at);
    }
}

loop_timer loop_timer_start(struct loop *loop, int64_t delay_ms, loop_fn *fn, void *ctx)
{
    int64_t now = clock_mono(&loop->clock);
    if (delay_ms < 0)
        delay_ms = 0;
    int64_t due = delay_ms > INT64_MAX - now ? INT64_MAX : now + delay_ms;
    VEC_ROOM(loop->timers, loop->timer_count, loop->timer_room);
    loop->timers[loop->timer_count++] = (struct timer){due, ++loop->last_serial, fn, ctx};
    loop_timer serial = loop->last_serial;
    timer_up(loop, loop->timer_count - 1);
    return serial;
}

void loop_timer_stop(struct loop *loop, loop_timer timer)
{
    for (size_t i = 0; timer && i < loop->timer_count; i++)
        if (loop->timers[i].serial == timer) {
            timer_remove(loop, i);
            return;
        }
}

/* ---- hooks ---- */

static void hooks_add(struct hooks *hooks, loop_fn *fn, void *ctx)
{
    VEC_ROOM(hooks->items, hooks->count, hooks->room);
    hooks->items[hooks->count++] = (struct hook){fn, ctx};
}

static void hooks_compact(struct hooks *hooks)
{
    size_t kept = 0;
    for (size_t i = 0; i < hooks->count; i++)
        if (hooks->items[i].fn)
            hooks->items[kept++] = hooks->items[i];
    hooks->count = kept;
}

static void hooks_remove(struct hooks *hooks, loop_fn *fn, void *ctx)
{
    for (size_t i = 0; i < hooks->count; i++)
        if (hooks->items[i].fn == fn && hooks->items[i].ctx == ctx) {
            hooks->items[i].fn = NULL;
            break;
        }
    if (!hooks->running)
        hooks_compact(hooks);
}

/* The count is read anew each time round: a hook added by a hook still runs before this sleep. */
static void hooks_run(struct hooks *hooks)
{
    hooks->running = true;
    for (size_t i = 0; i < hooks->count; i++) {
        struct hook h = hooks->items[i];
        if (h.fn)
            h.fn(h.ctx);
    }
    hooks->running = false;
    hooks_compact(hooks);
}

void loop_before_sleep(struct loop *loop, loop_fn *fn, void *ctx)
{
    hooks_add(&loop->before_sleep, fn, ctx);
}

void loop_before_sleep_remove(struct loop *loop, loop_fn *fn, void *ctx)
{
    hooks_remove(&loop->before_sleep, fn, ctx);
}

void loop_at_destroy(struct loop *loop, loop_fn *fn, void *ctx)
{
    hooks_add(&loop->at_destroy, fn, ctx);
}

void loop_at_destroy_remove(struct loop *loop, loop_fn *fn, void *ctx)
{
    hooks_remove(&loop->at_destroy, fn, ctx);
}

/* ---- a turn ---- */

static int wait_ms(const struct loop *loop, int max_wait_ms)
{
    if (loop->stopped)
        return 0;
    if (loop->timer_count == 0)
        return max_wait_ms;
    int64_t left = loop->timers[0].due_ms - clock_mono(&loop->clock);
    if (left < 0)
        left = 0;
    if (left > INT_MAX)
        left = INT_MAX;
    return max_wait_ms >= 0 && max_wait_ms < left ? max_wait_ms : (int)left;
}

static nfds_t poll_fill(struct loop *loop)
{
    size_t n = 0;
    for (; n < loop->watch_count; n++) {
        const struct watch *w = &loop->watches[n];
        int want = (w->events & LOOP_READ ? POLLIN : 0) | (w->events & LOOP_WRITE ? POLLOUT : 0);
        VEC_ROOM(loop->polled, n, loop->polled_room);
        VEC_ROOM(loop->serials, n, loop->serials_room);
        loop->polled[n] = (struct pollfd){w->fd, (short)want, 0};
        loop->serials[n] = w->serial;
    }
    return (nfds_t)n;
}

static void event_run(struct loop *loop, nfds_t i)
{
    int got = loop->polled[i].revents;
    unsigned events = (got & POLLIN ? LOOP_READ : 0U) | (got & POLLOUT ? LOOP_WRITE : 0U) |
                      (got & (POLLHUP | POLLERR | POLLNVAL) ? LOOP_HANGUP : 0U);
    loop->polled[i].revents = 0;
    if (!events)
        return;
    const struct watch *w = watch_find(loop, loop->polled[i].fd);
    if (w && w->serial == loop->serials[i])
        w->fn(w->ctx, w->fd, events);
}

static bool leave(struct loop *loop)
{
    if (loop->left >= LEFT_MAX)
        return false;
    loop->left++;
    loop->cut = true;
    return true;
}

static bool first_waits(struct loop *loop)
{
    struct pollfd p = {.fd = loop->first_fd, .events = POLLIN};
    return p.fd >= 0 && watch_find(loop, p.fd) && poll(&p, 1, 0) > 0;
}

/* Between two callbacks: whether the rest of the turn has to wait. */
static bool first_came(struct loop *loop)
{
    return first_waits(loop) && leave(loop);
}

bool loop_first_due(struct loop *loop)
{
    return loop->left < LEFT_MAX && (loop->cut || first_waits(loop));
}

/* False when the turn was left. */
static bool events_run(struct loop *loop, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        if (loop->polled[i].fd != loop->first_fd || !(loop->polled[i].revents & ~POLLOUT))
            continue;
        event_run(loop, i);
        if (leave(loop))
            return false;
    }
    for (nfds_t i = 0; i < count; i++) {
        if (!loop->polled[i].revents)
            continue;
        event_run(loop, i);
        if (first_came(loop))
            return false;
    }
    return true;
}

/* False when the turn was left. */
static bool timers_run(struct loop *loop, uint64_t newest)
{
    int64_t now = clock_mono(&loop->clock);
    while (loop->timer_count > 0) {
        struct timer t = loop->timers[0];
        if (t.due_ms > now || t.serial > newest)
            break;
        timer_remove(loop, 0);
        t.fn(t.ctx);
        if (first_came(loop))
            return false;
    }
    return true;
}

void loop_step(struct loop *loop, int max_wait_ms)
{
    hooks_run(&loop->before_sleep);
    loop->cut = false;
    nfds_t count = poll_fill(loop);
    int ready = poll(loop->polled, count, wait_ms(loop, max_wait_ms));
    /* Interrupted, or out of kernel memory for a moment: nothing is known of any descriptor, but
     * timers may be due. */
    uint64_t newest = loop->last_serial;
    if (ready > 0 && !events_run(loop, count))
        return;
    if (timers_run(loop, newest))
        loop->left = 0;
}

void loop_run(struct loop *loop)
{
    while (!loop->stopped)
        loop_step(loop, -1);
    loop->stopped = false;
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}
