/* run_health.c: the canaries: after the first writes the plan waits for a good health check of each
 * account that is newer than its write. Newer by the server's own clock: after the change as it was
 * read back, never after a time of this machine's when that can be had. All of them are looked at
 * in rounds until all are good in one; one that falls ill ends the wait, there is nothing to wait
 * for. */
#include "plan/run_parts.h"

#include "base/text.h"
#include "base/when.h"

#include <stdio.h>

static int64_t time_of(const struct account *a, enum field f)
{
    return value_known(&a->v[f]) ? a->v[f].i : WHEN_NONE;
}

static struct span text_of(const struct account *a, enum field f)
{
    return value_known(&a->v[f]) ? a->v[f].text : span_of("");
}

static enum health class_of(const struct plan_run *run, const struct account *a)
{
    return run->options.classes ? health_of(run->options.classes, text_of(a, FIELD_STATUS))
                                : HEALTH_OK;
}

static void copy(char *out, size_t room, struct span text)
{
    char whole[400];
    snprintf(whole, sizeof whole, "%.*s", (int)text.len, text.len ? text.p : "");
    text_copy(out, room, whole);
}

static void note_health(struct run_canary *c, const struct account *a)
{
    struct plan_canary *seen = &c->seen;
    seen->checked_wall_ms = time_of(a, FIELD_LAST_CHECK);
    seen->newer =
        seen->checked_wall_ms != WHEN_NONE && seen->checked_wall_ms > seen->newer_than_wall_ms;
    seen->health = class_of(c->run, a);
    copy(seen->status, sizeof seen->status, text_of(a, FIELD_STATUS));
    copy(seen->reason, sizeof seen->reason, text_of(a, FIELD_STATUS_REASON));
    seen->good = seen->newer && seen->health == HEALTH_OK;
}

void run_canary_add(struct plan_run *run, uint32_t item, const struct account *after)
{
    if (run->canaries_passed || run->canary_count >= run->options.first)
        return;
    struct run_canary *c = &run->canaries[run->canary_count++];
    *c = (struct run_canary){.run = run, .seen.item = item};
    if (!after) { /* gone as it was to be, which was read back: there is no health to wait for */
        c->gone = c->seen.good = c->seen.newer = true;
        c->seen.checked_wall_ms = WHEN_NONE;
        copy(c->seen.status, sizeof c->seen.status, span_of("deleted"));
        return;
    }
    int64_t check = time_of(after, FIELD_LAST_CHECK), update = time_of(after, FIELD_UPDATED_AT);
    c->seen.newer_than_wall_ms = check > update ? check : update;
    if (c->seen.newer_than_wall_ms == WHEN_NONE)
        c->seen.newer_than_wall_ms = clock_wall(loop_clock(run->env.loop));
    note_health(c, after);
    c->was_down = run->options.classes && c->seen.health == HEALTH_DOWN;
}

/* The wait has an end that is told: who goes on after that has decided so. */
static void end_wait(struct plan_run *run, struct error *err)
{
    error_next(err, "paddock apply %s goes on, paddock undo %s takes it back", run->plan->head.id,
               run->plan->head.id);
    run_canaries_decided(run);
    run_halt(run, PLAN_END_HEALTH, err);
    run_news(run);
}

static void give_up(struct plan_run *run)
{
    struct error err;
    struct str names = STR_INIT;
    for (uint32_t i = 0; i < run->canary_count; i++)
        if (!run->canaries[i].seen.good || run->canaries[i].call)
            str_printf(&names, "%s%s", names.len ? ", " : "",
                       run->plan->items[run->canaries[i].seen.item].name.p);
    error_set(&err, ST_PARTIAL, "stopped: no good health check after the write in time: %.300s",
              str_text(&names));
    str_finish(&names);
    end_wait(run, &err);
}

static void fell_ill(struct run_canary *c)
{
    struct plan_run *run = c->run;
    struct error err;
    error_set(&err, ST_PARTIAL, "stopped: %.120s is %s since it was written%s%s",
              run->plan->items[c->seen.item].name.p, c->seen.status, *c->seen.reason ? ": " : "",
              c->seen.reason);
    end_wait(run, &err);
}

static void look(void *ctx);

static bool has_deadline(const struct plan_run *run)
{
    return run->options.wait_health_ms > 0;
}

static void look_again(struct plan_run *run)
{
    int64_t left = run->health_end_mono_ms - run_now(run);
    int64_t wait = run->options.health_poll_ms;
    if (has_deadline(run) && left < wait)
        wait = left > 0 ? left : 0;
    run->health = loop_timer_start(run->env.loop, wait, look, run);
}

/* A round of looks is over when each has its answer; the next begins no sooner, so that all are
 * seen at about one time. */
static bool in_round(const struct plan_run *run)
{
    for (uint32_t i = 0; i < run->canary_count; i++)
        if (run->canaries[i].call)
            return true;
    return false;
}

/* Without a time it is the operator who goes on, whatever the checks say. */
static bool all_good(const struct plan_run *run)
{
    for (uint32_t i = 0; i < run->canary_count; i++)
        if (!run->canaries[i].seen.good)
            return false;
    if (in_round(run))
        return false;
    return has_deadline(run);
}

static void on_look(void *ctx, const struct api_result *r)
{
    struct run_canary *c = ctx;
    struct plan_run *run = c->run;
    struct account a;
    struct error err;
    c->call = NULL;
    account_init(&a);
    bool seen = r->status == ST_OK &&
                account_decode_of(&a, r->body, run->plan->items[c->seen.item].id, &err) == ST_OK;
    if (seen)
        note_health(c, &a);
    else
        c->seen.good = false; /* it was; whether it is is not known */
    account_finish(&a);
    if (run->state != PLAN_RUN_CANARY)
        return;
    bool ill = seen && c->seen.newer && c->seen.health == HEALTH_DOWN;
    if (ill && !c->was_down && has_deadline(run))
        fell_ill(c);
    else if (all_good(run))
        plan_run_go_on(run);
    else
        run_news(run);
}

static void look(void *ctx)
{
    struct plan_run *run = ctx;
    run->health = 0;
    if (run->state != PLAN_RUN_CANARY)
        return;
    if (has_deadline(run) && run_now(run) >= run->health_end_mono_ms) {
        give_up(run);
        return;
    }
    if (all_good(run)) { /* all of them gone: nobody is looked at */
        plan_run_go_on(run);
        return;
    }
    for (uint32_t i = 0, n = in_round(run) ? 0 : run->canary_count; i < n; i++) {
        struct run_canary *c = &run->canaries[i];
        if (!c->gone)
            c->call = api_read(run->env.api, run->plan->items[c->seen.item].id, on_look, c);
    }
    look_again(run);
}

void run_health_begin(struct plan_run *run)
{
    run->state = PLAN_RUN_CANARY;
    if (has_deadline(run))
        run->health_end_mono_ms = run_now(run) + run->options.wait_health_ms;
    run->health = loop_timer_start(run->env.loop, 0, look, run);
    run_news(run);
}

void run_health_end(struct plan_run *run)
{
    loop_timer_stop(run->env.loop, run->health);
    run->health = 0;
    for (uint32_t i = 0; i < run->canary_count; i++) {
        api_cancel(run->canaries[i].call);
        run->canaries[i].call = NULL;
    }
}

size_t plan_run_canaries(const struct plan_run *run, struct plan_canary *out, size_t room)
{
    for (uint32_t i = 0; i < run->canary_count && i < room; i++)
        out[i] = run->canaries[i].seen;
    return run->canary_count;
}
