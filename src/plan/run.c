/* run.c: see run.h. The life of a run, and what begins next. Everything that begins does so from
 * the pump, in a turn of its own, never inside a call of the write machine. */
#include "plan/run_parts.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

#define FLUSH_MS        500
#define BUSY_MS         50
#define REQUESTS_A_ITEM 3 /* read, write, read back */
#define HEALTH_POLL_MS  15000
#define PARALLEL_MAX    64

int64_t run_now(const struct plan_run *run)
{
    return clock_mono(loop_clock(run->env.loop));
}

void run_news(struct plan_run *run)
{
    if (run->changed)
        run->changed(run->ctx, run);
}

static size_t run_in_flight(const struct plan_run *run)
{
    size_t n = 0;
    for (size_t i = 0; i < run->flight_count; i++)
        n += !run->flights[i]->closed && !run->flights[i]->unknown;
    return n;
}

/* ---- what is noted ------------------------------------------------------------------------- */

/* The states are for lists; when the file is locked they are noted later, or never: the journal
 * knows. A canary that was decided about and is not noted is asked for twice. */
static void flush(struct plan_run *run)
{
    struct error err;
    enum status st = ST_OK;
    for (size_t i = 0; i < run->dirty_count && st == ST_OK; i++) {
        const struct plan_item *item = &run->plan->items[run->dirty[i]];
        st = plans_state(run->env.plans, run->plan->head.id, run->dirty[i],
                         plan_state_name(item->state), item->op, item->id.p, item->note.p, &err);
    }
    if (st == ST_OK)
        st = plans_flush(run->env.plans, &err);
    if (st == ST_OK)
        run->dirty_count = 0;
    if (st == ST_OK && run->how_due)
        run_how_keep(run, &err);
}

static void on_flush(void *ctx);

static void flush_later(struct plan_run *run)
{
    if (!run->flush)
        run->flush = loop_timer_start(run->env.loop, FLUSH_MS, on_flush, run);
}

static void on_flush(void *ctx)
{
    struct plan_run *run = ctx;
    run->flush = 0;
    flush(run);
    if ((run->dirty_count || run->how_due) && run->state != PLAN_RUN_OVER)
        flush_later(run);
}

static void note_rate(struct plan_run *run)
{
    run->ring[run->ring_at] = run_now(run);
    run->ring_at = (run->ring_at + 1) % RUN_RATE_RING;
    if (run->ring_count < RUN_RATE_RING)
        run->ring_count++;
}

void run_mark(struct plan_run *run, uint32_t item, enum plan_item_state state, int64_t op,
              const char *note)
{
    plan_mark(run->plan, item, state, op, note);
    if (state > PLAN_RUNNING)
        note_rate(run);
    VEC_ROOM(run->dirty, run->dirty_count, run->dirty_room);
    run->dirty[run->dirty_count++] = item;
    flush_later(run);
}

/* ---- ending -------------------------------------------------------------------------------- */

static void on_rest(void *ctx)
{
    struct plan_run *run = ctx;
    run->rest = 0;
    run_news(run);
}

static void unclaim(struct plan_run *run)
{
    if (run->claimed)
        plans_unclaim(run->env.plans, run->plan->head.id);
    run->claimed = false;
}

/* From here on another process may go on with what is left; the unknown writes stay with whom they
 * are. */
static void over(struct plan_run *run)
{
    run->state = PLAN_RUN_OVER;
    if (run->end == PLAN_END_NONE)
        run->end = PLAN_END_DONE;
    run_health_end(run);
    run_open_tell(run);
    flush(run);
    unclaim(run);
    if (run->flight_count) /* unknown ones: a word when they have been looked at */
        run->rest = loop_timer_start(run->env.loop, RUN_LOOKS_MS, on_rest, run);
    run_news(run);
}

void run_halt(struct plan_run *run, enum plan_run_end end, const struct error *why)
{
    if (run->state == PLAN_RUN_OVER || run->end != PLAN_END_NONE)
        return;
    run->end = end;
    if (why)
        run->error = *why;
    run->state = PLAN_RUN_STOPPING;
    run_flights_hold(run);
    run_health_end(run);
    run_wake(run, 0);
}

/* ---- saving -------------------------------------------------------------------------------- */

static void fault(struct plan_run *run, const struct error *err)
{
    struct error why = *err;
    error_prefix(&why, "nothing was sent");
    run_halt(run, PLAN_END_FAULT, &why);
}

/* By a key, often: the disk has its turn after it. */
void run_canaries_decided(struct plan_run *run)
{
    run->canaries_passed = true;
    run->how_due = true;
    loop_timer_stop(run->env.loop, run->flush);
    run->flush = loop_timer_start(run->env.loop, 0, on_flush, run);
}

static bool is_open_here(const struct plan_run *run, int64_t op)
{
    struct write *w;
    for (size_t at = 0; (w = writes_open_next(run->env.writes, &at)) != NULL;)
        if (write_op(w) == op)
            return true;
    return false;
}

/* What another process that lives looks after is not ours to settle. */
static void note_elsewhere(struct plan_run *run)
{
    for (uint32_t i = 0; i < run->plan->count; i++) {
        const struct plan_item *item = &run->plan->items[i];
        if (item->state != PLAN_UNKNOWN || is_open_here(run, item->op))
            continue;
        run->elsewhere++;
        run_mark(run, i, PLAN_UNKNOWN, 0, "another paddock looks after it");
    }
}

/* What an earlier process left open is watched as if it were of this one; what somebody looks at
 * already stays theirs, and the journal tells later what became of it. */
static void adopt_open(struct plan_run *run)
{
    struct write *w;
    writes_resume(run->env.writes);
    for (size_t at = 0; (w = writes_open_next(run->env.writes, &at)) != NULL;)
        if (write_state(w) == WRITE_UNKNOWN && !write_attended(w) &&
            strcmp(write_plan(w), run->plan->head.id) == 0)
            run_item_adopt(run, w);
    note_elsewhere(run);
}

static void go(struct plan_run *run)
{
    run->state = PLAN_RUN_GOING;
    run->saved = run->plan->stored = true;
    run->began_mono_ms = run_now(run);
    for (uint32_t i = 0; i < run->plan->count; i++)
        if (run->plan->items[i].state == PLAN_FAILED || run->plan->items[i].state == PLAN_BLOCKED)
            plan_mark(run->plan, i, PLAN_WAITING, 0, NULL);
    run->cursor = 0;
    adopt_open(run);
}

static enum status begin(struct plan_run *run, struct error *err);

static void save_some(struct plan_run *run)
{
    struct error err;
    bool over = false;
    enum status st = run->begun ? run_save_step(run, &over, &err) : begin(run, &err);
    if (st != ST_OK && plans_is_busy(&err))
        run_wake(run, BUSY_MS);
    else if (st != ST_OK)
        fault(run, &err);
    else if (!over)
        run_wake(run, 0);
    else
        go(run);
}

/* ---- the pump ------------------------------------------------------------------------------ */

static bool next_waiting(struct plan_run *run, uint32_t *item)
{
    while (run->cursor < run->plan->count && run->plan->items[run->cursor].state != PLAN_WAITING)
        run->cursor++;
    *item = run->cursor;
    return run->cursor < run->plan->count;
}

static bool in_canary_phase(const struct plan_run *run)
{
    return run->options.first > 0 && !run->canaries_passed;
}

/* How many may be in flight now. */
static size_t allowed(const struct plan_run *run)
{
    size_t most = run->proven && !run->plan->head.linked ? (size_t)run->options.parallel : 1;
    if (in_canary_phase(run)) {
        size_t left = run->options.first - run->canary_count;
        most = most < left ? most : left;
    }
    return most;
}

/* Milliseconds until the next may begin. */
static int64_t rate_wait(const struct plan_run *run)
{
    int64_t wait = run->next_start_mono_ms - run_now(run);
    return wait > 0 ? wait : 0;
}

static void note_start(struct plan_run *run)
{
    if (run->options.max_rps > 0)
        run->next_start_mono_ms =
            run_now(run) + (int64_t)(REQUESTS_A_ITEM * 1000.0 / run->options.max_rps);
}

/* Nobody gets what was not given, in this run or in one before: of a linked plan an item has its
 * turn when all before it are there. */
static bool is_given(struct plan_run *run, uint32_t item)
{
    struct error err;
    for (uint32_t i = 0; run->plan->head.linked && i < item; i++) {
        const struct plan_item *it = &run->plan->items[i];
        if (it->state == PLAN_APPLIED || it->state == PLAN_ALREADY || it->state == PLAN_SAME ||
            it->state == PLAN_SKIPPED)
            continue;
        error_set(&err, ST_CONFLICT, "%s: %s; what it gives was not taken", it->name.p,
                  plan_state_word(it->state));
        error_next(&err, "make the plan anew");
        run_halt(run, PLAN_END_ERRORS, &err);
        return false;
    }
    return true;
}

static void begin_some(struct plan_run *run)
{
    uint32_t item;
    while (run->state == PLAN_RUN_GOING && run_in_flight(run) < allowed(run) &&
           !(run->plan->head.linked && run->open_count) && /* nobody gets what was not given */
           next_waiting(run, &item)) {
        int64_t wait = rate_wait(run);
        if (wait > 0) {
            run_wake(run, wait);
            return;
        }
        if (!is_given(run, item))
            return;
        if (run_open_defer(run, item))
            continue;
        note_start(run);
        run_item_begin(run, item);
    }
}

static void pump(struct plan_run *run)
{
    uint32_t item;
    run_flights_sweep(run);
    if (run->open_count)
        run_open_look(run);
    if (run->state == PLAN_RUN_SAVING)
        save_some(run);
    if (run->state == PLAN_RUN_GOING)
        begin_some(run);
    bool idle = run_in_flight(run) == 0, more = next_waiting(run, &item) || run->open_count;
    if (run->state == PLAN_RUN_STOPPING && idle)
        over(run);
    else if ((run->state == PLAN_RUN_GOING || run->state == PLAN_RUN_PAUSED) && idle && !more)
        over(run);
    else if (run->state == PLAN_RUN_GOING && idle && in_canary_phase(run) &&
             run->canary_count >= run->options.first)
        run_health_begin(run);
}

static void on_pump(void *ctx)
{
    struct plan_run *run = ctx;
    run->pump = 0;
    pump(run);
}

void run_wake(struct plan_run *run, int64_t delay_ms)
{
    loop_timer_stop(run->env.loop, run->pump);
    run->pump = loop_timer_start(run->env.loop, delay_ms, on_pump, run);
}

/* ---- life ---------------------------------------------------------------------------------- */

static void set_options(struct plan_run *run, const struct plan_run_options *o)
{
    struct plan_run_options *mine = &run->options;
    *mine = *o;
    mine->parallel = o->parallel > 0 ? o->parallel : PLAN_RUN_PARALLEL;
    mine->parallel = mine->parallel < PARALLEL_MAX ? mine->parallel : PARALLEL_MAX;
    mine->max_errors = o->max_errors > 0 ? o->max_errors : PLAN_RUN_MAX_ERRORS;
    mine->first = o->first < RUN_FIRST_MAX ? o->first : RUN_FIRST_MAX;
    if (mine->health_poll_ms <= 0) {
        int64_t part = mine->wait_health_ms > 0 ? mine->wait_health_ms / 40 : HEALTH_POLL_MS;
        mine->health_poll_ms = part < HEALTH_POLL_MS ? part > 0 ? part : 1 : HEALTH_POLL_MS;
    }
    str_add(&run->reason, o->reason && *o->reason ? o->reason : run->plan->head.reason);
    run->canaries = mem_calloc(mine->first + 1u, sizeof *run->canaries);
}

/* What was done of it is not done again: a file that is busy is met anew at any of its steps. */
static enum status begin(struct plan_run *run, struct error *err)
{
    enum status st = writes_ready(run->env.writes, err);
    if (st == ST_OK && !run->save)
        st = plan_save_begin(&run->save, run->plan, run->env.plans, err);
    if (st == ST_OK && !run->claimed) {
        st = plans_claim(run->env.plans, run->plan->head.id, err);
        run->claimed = st == ST_OK;
    }
    if (st != ST_OK)
        return st;
    run->needs_inverse = run_needs_inverse(run);
    run->saved = plan_save_was_there(run->save);
    if (!plan_save_was_there(run->save)) {
        st = plan_settle(run->plan, run->env.journal, err);
    } else {
        st = plan_load_begin(&run->load, run->env.plans, run->env.journal, run->plan->head.id, err);
        if (st == ST_OK) {
            plan_save_destroy(run->save);
            run->save = NULL;
        }
    }
    run->begun = st == ST_OK;
    return st;
}

enum status plan_run_create(struct plan_run **out, const struct plan_run_env *env,
                            struct plan *plan, const struct plan_run_options *options,
                            plan_run_fn *changed, void *ctx, struct error *err)
{
    struct plan_run *run = mem_calloc(1, sizeof *run);
    *out = NULL;
    run->env = *env;
    run->plan = plan;
    run->changed = changed;
    run->ctx = ctx;
    enum status st = begin(run, err);
    if (st != ST_OK && !plans_is_busy(err)) {
        unclaim(run);
        run->plan = NULL; /* the caller's, as before */
        plan_run_destroy(run);
        return st;
    }
    set_options(run, options);
    run_wake(run, st == ST_OK ? 0 : BUSY_MS);
    *out = run;
    return ST_OK;
}

void plan_run_destroy(struct plan_run *run)
{
    if (!run)
        return;
    run->changed = NULL;
    run_flights_free(run);
    run_health_end(run);
    loop_timer_stop(run->env.loop, run->pump);
    loop_timer_stop(run->env.loop, run->rest);
    if (run->dirty_count || run->how_due)
        flush(run);
    loop_timer_stop(run->env.loop, run->flush);
    unclaim(run);
    plan_load_destroy(run->load);
    plan_save_destroy(run->save);
    plan_destroy(run->plan);
    plan_destroy(run->inverse);
    str_finish(&run->reason);
    mem_free(run->dirty);
    mem_free(run->open);
    mem_free(run->canaries);
    mem_free(run);
}

struct plan *plan_run_end_with(struct plan_run *run)
{
    struct plan *plan = run->plan;
    if (run->dirty_count || run->how_due)
        flush(run);
    run->dirty_count = 0;
    unclaim(run);
    run_flights_free(run);
    run->flights = NULL;
    run->flight_count = run->flight_room = 0;
    run->plan = NULL;
    plan_run_destroy(run);
    return plan;
}

void plan_run_pause(struct plan_run *run)
{
    if (run->state != PLAN_RUN_GOING)
        return;
    run->state = PLAN_RUN_PAUSED;
    run_flights_hold(run);
    run_news(run);
}

void plan_run_go_on(struct plan_run *run)
{
    if (run->state != PLAN_RUN_PAUSED && run->state != PLAN_RUN_CANARY)
        return;
    if (run->state == PLAN_RUN_CANARY) {
        run_health_end(run);
        run_canaries_decided(run);
    }
    run->state = PLAN_RUN_GOING;
    run_wake(run, 0);
    run_news(run);
}

void plan_run_stop(struct plan_run *run)
{
    struct error err;
    error_set(&err, ST_CANCELLED, "stopped by the operator");
    if (run->state == PLAN_RUN_CANARY && run->options.wait_health_ms <= 0) {
        run_canaries_decided(run); /* it waited for a word, and going on is one */
        error_set(&err, ST_CANCELLED, "stopped after the first %u, as asked",
                  (unsigned)run->options.first);
    }
    if (run->saved)
        error_next(&err, "paddock apply %s goes on", run->plan->head.id);
    else /* nobody finds it by its id */
        error_next(&err, "it was not saved yet, and nothing was sent: make it again");
    run_halt(run, PLAN_END_STOPPED, &err);
    run_news(run);
}

/* ---- questions ----------------------------------------------------------------------------- */

const struct plan *plan_run_plan(const struct plan_run *run)
{
    return run->plan;
}

bool plan_run_saved(const struct plan_run *run)
{
    return run->saved;
}

const struct error *plan_run_error(const struct plan_run *run)
{
    return &run->error;
}

/* Settled a second: over the last ten seconds, or since the run began. */
static double rate_of(const struct plan_run *run)
{
    int64_t now = run_now(run), from = now - RUN_RATE_MS, oldest = now;
    unsigned n = 0;
    for (unsigned i = 0; i < run->ring_count; i++) {
        if (run->ring[i] < from)
            continue;
        n++;
        oldest = run->ring[i] < oldest ? run->ring[i] : oldest;
    }
    int64_t since = run->ring_count < RUN_RATE_RING || n < run->ring_count
                        ? (run->began_mono_ms > from ? run->began_mono_ms : from)
                        : oldest;
    return n && now > since ? (double)n * 1000.0 / (double)(now - since) : 0;
}

void plan_run_progress(const struct plan_run *run, struct plan_progress *out)
{
    const uint32_t *s = run->plan->states;
    memset(out, 0, sizeof *out);
    out->state = run->state;
    out->end = run->end;
    out->total = plan_changes(run->plan);
    out->done = s[PLAN_APPLIED] + s[PLAN_DIFFERENT] + s[PLAN_ALREADY];
    out->failed = s[PLAN_FAILED];
    out->blocked = s[PLAN_BLOCKED];
    out->unknown = s[PLAN_UNKNOWN];
    out->released = s[PLAN_RELEASED];
    out->elsewhere = run->elsewhere;
    out->stale = s[PLAN_STALE];
    out->left = s[PLAN_WAITING];
    out->running = s[PLAN_RUNNING];
    out->errors = run->errors;
    out->before = run->before;
    out->sent = run->sent;
    out->per_second = run->state == PLAN_RUN_SAVING ? 0 : rate_of(run);
    out->left_ms =
        out->per_second > 0 ? (int64_t)((out->left + out->running) * 1000.0 / out->per_second) : -1;
    out->canaries = run->canary_count;
    for (uint32_t i = 0; i < run->canary_count; i++)
        out->healthy += run->canaries[i].seen.good;
    if (run->state == PLAN_RUN_CANARY && run->options.wait_health_ms > 0)
        out->health_left_ms = run->health_end_mono_ms - run_now(run);
}

bool plan_run_rests(const struct plan_run *run)
{
    if (run->state != PLAN_RUN_OVER || run_in_flight(run) > 0)
        return false;
    for (size_t i = 0; i < run->flight_count; i++) {
        const struct run_flight *f = run->flights[i];
        if (!f->closed && f->unknown && run_now(run) - f->unknown_mono_ms < RUN_LOOKS_MS)
            return false;
    }
    return true;
}

void plan_states_words(const struct plan *plan, struct str *out)
{
    static const enum plan_item_state order[] = {
        PLAN_APPLIED,  PLAN_DIFFERENT, PLAN_ALREADY, PLAN_RUNNING, PLAN_UNKNOWN,
        PLAN_RELEASED, PLAN_BLOCKED,   PLAN_FAILED,  PLAN_STALE,   PLAN_WAITING};
    const char *before = "";
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (plan->states[order[i]] == 0)
            continue;
        str_printf(out, "%s%s %s", before, QUANTITY(plan->states[order[i]]),
                   plan_state_word(order[i]));
        before = ", ";
    }
    if (!*before)
        str_add(out, "nothing to do");
    if (plan->undone)
        str_printf(out, "; %s taken back since", QUANTITY(plan->undone));
}

void plan_run_words(const struct plan_run *run, struct str *out)
{
    const uint32_t *s = run->plan->states;
    plan_states_words(run->plan, out);
    bool some = run->before || s[PLAN_ALREADY];
    if (some && !run->sent && run->state == PLAN_RUN_OVER)
        str_printf(out, "; nothing was sent now%s", run->before ? ", it was applied before" : "");
    else if (run->before)
        str_printf(out, "; %s of them before", QUANTITY(run->before));
}
