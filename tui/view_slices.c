/* view_slices.c: see view_slices.h. A timer of 0 brings the next turn, which looks at the terminal
 * first: a key waits for one slice at most, and for none that settles what came by itself. */
#include "tui/view_slices.h"

#include "base/mem.h"

#define SLICE_MS   4    /* a quarter of a frame */
#define SLICE_ROWS 1024 /* between two looks at the clock */
#define TELL_MS    100

struct view_slices {
    struct loop *loop;
    struct view *view;
    void (*changed)(void *ctx);
    void *ctx;
    loop_timer timer;
    int64_t told_ms;
    bool busy;
};

static void on_timer(void *ctx)
{
    ((struct view_slices *)ctx)->timer = 0; /* the turn itself is what was wanted */
}

static void tell(struct view_slices *s, int64_t now)
{
    bool busy = view_busy(s->view, NULL) != VIEW_READY;
    bool over = s->busy && !busy, late = busy && now - s->told_ms >= TELL_MS;
    if (busy && !s->busy)
        s->told_ms = now;
    s->busy = busy;
    if (!over && !late)
        return;
    s->told_ms = now;
    s->changed(s->ctx);
}

static void before_sleep(void *ctx)
{
    struct view_slices *s = ctx;
    const struct clock *clock = loop_clock(s->loop);
    int64_t start = clock_mono(clock), now = start;
    bool more, job = view_busy(s->view, NULL) != VIEW_READY;
    s->busy = s->busy || job;
    /* What a key asked for is in its own frame when it is little; what came by itself waits. */
    if (!job && loop_first_due(s->loop)) {
        if (!s->timer)
            s->timer = loop_timer_start(s->loop, 0, on_timer, s);
        return;
    }
    do {
        more = view_work(s->view, SLICE_ROWS);
        now = more ? clock_mono(clock) : now;
    } while (more && now - start < SLICE_MS && (job || !loop_first_due(s->loop)));
    if (more && !s->timer)
        s->timer = loop_timer_start(s->loop, 0, on_timer, s);
    tell(s, now);
}

struct view_slices *view_slices_create(struct loop *loop, struct view *view,
                                       void (*changed)(void *ctx), void *ctx)
{
    struct view_slices *s = mem_calloc(1, sizeof *s);
    *s = (struct view_slices){.loop = loop, .view = view, .changed = changed, .ctx = ctx};
    view_set_sliced(view, true);
    loop_before_sleep(loop, before_sleep, s);
    return s;
}

void view_slices_destroy(struct view_slices *s)
{
    if (!s)
        return;
    loop_before_sleep_remove(s->loop, before_sleep, s);
    loop_timer_stop(s->loop, s->timer);
    mem_free(s);
}
