/* run_open.c: an item whose account has an earlier write that is not settled. It is not written
 * over such a one, which may still arrive, nor given up: the earlier write is looked at again
 * first, and once it is settled the item has its turn. One that stays unknown leaves the item as it
 * is, with what to do about it. One that another process looks after is waited for in the journal,
 * and taken up when that process ends. */
#include "plan/run_parts.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

static struct write *open_write(const struct plan_run *run, uint32_t item)
{
    const struct plan_item *of = &run->plan->items[item];
    struct span id = of->kind == JOURNAL_CREATE ? span_of("") : of->id;
    struct write *w;
    for (size_t at = 0; (w = writes_open_next(run->env.writes, &at)) != NULL;)
        if (write_concerns(w, id, of->name))
            return w;
    return NULL;
}

/* What is in the way of an item: a write of ours, or one of another process. */
struct obstacle {
    struct write *ours; /* NULL: none */
    int64_t op;         /* 0: nothing is in the way */
};

static int64_t elsewhere(const struct plan_run *run, const struct plan_item *item)
{
    bool create = item->kind == JOURNAL_CREATE;
    return writes_elsewhere(run->env.writes, create ? span_of("") : item->id, item->name);
}

static struct obstacle obstacle_of(const struct plan_run *run, uint32_t item)
{
    const struct plan_item *it = &run->plan->items[item];
    struct obstacle o = {.ours = open_write(run, item)};
    if (!o.ours && (o.op = elsewhere(run, it)) != 0) {
        writes_resume(run->env.writes); /* who looked after it may be gone */
        o.ours = open_write(run, item);
        o.op = o.ours ? 0 : elsewhere(run, it);
    }
    if (o.ours)
        o.op = write_op(o.ours);
    return o;
}

bool run_open_defer(struct plan_run *run, uint32_t item)
{
    struct str note = STR_INIT;
    const struct obstacle o = obstacle_of(run, item);
    if (!o.op && !o.ours)
        return false;
    VEC_ROOM(run->open, run->open_count, run->open_room);
    run->open[run->open_count++] = (struct run_open){
        .item = item, .since_mono_ms = run_now(run), .note = run->plan->items[item].note};
    if (o.ours)
        str_printf(&note, "looking at write %lld on it, which is not settled", (long long)o.op);
    else
        str_printf(&note, "waiting for write %lld on it, which another paddock looks at",
                   (long long)o.op);
    run_mark(run, item, PLAN_BLOCKED, 0, str_text(&note));
    str_finish(&note);
    if (o.ours)
        write_look(o.ours);
    run_wake(run, RUN_OPEN_POLL_MS);
    run_news(run);
    return true;
}

/* Looked at since, and often enough: more looks are the history's, not the plan's. */
static bool looked_enough(const struct plan_run *run, const struct run_open *o,
                          const struct write *w)
{
    int64_t now = run_now(run);
    if (now - o->since_mono_ms >= RUN_OPEN_MS)
        return true;
    if (!w)
        return false;
    if (write_state(w) != WRITE_UNKNOWN || write_next_look_mono_ms(w) <= o->since_mono_ms)
        return false;
    return write_looks_unseen(w) >= WRITE_LOOKS_AGAIN || write_outcome(w) == WRITE_CONFLICTING;
}

static void turn(struct plan_run *run, const struct run_open *o)
{
    char *note = span_dup(o->note);
    run_mark(run, o->item, PLAN_WAITING, 0, note);
    mem_free(note);
    if (o->item < run->cursor)
        run->cursor = o->item;
}

static void give_up(struct plan_run *run, const struct run_open *o, const struct obstacle *in)
{
    struct str note = STR_INIT;
    struct error err;
    str_printf(&note, "write %lld on it is not settled: %s", (long long)in->op,
               in->ours ? write_error(in->ours)->what : "another paddock looks at it");
    run_mark(run, o->item, PLAN_BLOCKED, 0, str_text(&note));
    str_finish(&note);
    if (!run->plan->head.linked)
        return;
    error_set(&err, ST_UNKNOWN, "stopped: an earlier write on %.100s is not settled",
              run->plan->items[o->item].name.p);
    error_next(&err, "settle it in 3 History (r, or :release); paddock apply %s goes on",
               run->plan->head.id);
    run_halt(run, PLAN_END_ERRORS, &err);
}

/* What waited goes on, goes on waiting, or is left. */
void run_open_look(struct plan_run *run)
{
    size_t kept = 0;
    bool stopped = run->state == PLAN_RUN_STOPPING || run->state == PLAN_RUN_OVER;
    for (size_t i = 0; i < run->open_count; i++) {
        struct run_open o = run->open[i];
        const struct obstacle in = obstacle_of(run, o.item);
        if (stopped || (!in.op && !in.ours))
            turn(run, &o);
        else if (looked_enough(run, &o, in.ours))
            give_up(run, &o, &in);
        else
            run->open[kept++] = o;
    }
    bool news = kept < run->open_count;
    run->open_count = kept;
    if (kept)
        run_wake(run, RUN_OPEN_POLL_MS);
    if (news)
        run_news(run);
}

void run_open_tell(struct plan_run *run)
{
    uint32_t n = run->plan->states[PLAN_BLOCKED];
    if (n == 0 || run->error.status != ST_OK)
        return;
    error_set(&run->error, ST_UNKNOWN, "%u %s not written: an earlier write on %s is not settled",
              (unsigned)n, n == 1 ? "account was" : "accounts were", n == 1 ? "it" : "each");
    error_next(&run->error, "settle it in 3 History (r, or :release); paddock apply %s goes on",
               run->plan->head.id);
}
