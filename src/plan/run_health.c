/* run_health.c: the canaries: after the first writes the plan waits for a good health check of each
 * account that is newer than its write. Newer by the server's own clock: after the change as it was
 * read back, never after a time of this machine's when that can be had. */
#include "plan/run_parts.h"

#include "base/when.h"

#include <string.h>

static int64_t time_of(const struct account *a, enum field f)
{
    return value_known(&a->v[f]) ? a->v[f].i : WHEN_NONE;
}

void run_canary_add(struct plan_run *run, uint32_t item, const struct account *after)
{
    if (run->canaries_passed || run->canary_count >= run->options.first)
        return;
    int64_t check = time_of(after, FIELD_LAST_CHECK), update = time_of(after, FIELD_UPDATED_AT);
    struct run_canary *c = &run->canaries[run->canary_count++];
    *c = (struct run_canary){.item = item, .run = run};
    c->newer_than_ms = check > update ? check : update;
    if (c->newer_than_ms == WHEN_NONE)
        c->newer_than_ms = clock_wall(loop_clock(run->env.loop));
}

static void give_up(struct plan_run *run)
{
    struct error err;
    struct str names = STR_INIT;
    for (uint32_t i = 0; i < run->canary_count; i++)
        if (!run->canaries[i].healthy)
            str_printf(&names, "%s%s", names.len ? ", " : "",
                       run->plan->items[run->canaries[i].item].name.p);
    error_set(&err, ST_PARTIAL, "stopped: no good health check after the write in time: %.300s",
              str_text(&names));
    error_next(&err, "paddock apply %s goes on, paddock undo %s takes it back", run->plan->head.id,
               run->plan->head.id);
    str_finish(&names);
    run_halt(run, PLAN_END_HEALTH, &err);
}

static void look(void *ctx);

static void look_again(struct plan_run *run)
{
    int64_t left = run->health_end_mono_ms - run_now(run);
    int64_t every = run->options.health_poll_ms;
    run->health =
        loop_timer_start(run->env.loop, left < every ? left > 0 ? left : 0 : every, look, run);
}

static bool is_good(const struct plan_run *run, const struct account *a, const struct run_canary *c)
{
    int64_t at = time_of(a, FIELD_LAST_CHECK);
    struct span status = value_known(&a->v[FIELD_STATUS]) ? a->v[FIELD_STATUS].text : span_of("");
    if (at == WHEN_NONE || at <= c->newer_than_ms)
        return false;
    return !run->options.classes || health_of(run->options.classes, status) == HEALTH_OK;
}

static void on_look(void *ctx, const struct api_result *r)
{
    struct run_canary *c = ctx;
    struct plan_run *run = c->run;
    struct account a;
    struct error err;
    c->call = NULL;
    account_init(&a);
    if (r->status == ST_OK && account_decode(&a, r->body, &err) == ST_OK && is_good(run, &a, c))
        c->healthy = true;
    account_finish(&a);
    uint32_t healthy = 0;
    for (uint32_t i = 0; i < run->canary_count; i++)
        healthy += run->canaries[i].healthy;
    if (c->healthy && healthy == run->canary_count && run->state == PLAN_RUN_CANARY)
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
    if (run_now(run) >= run->health_end_mono_ms) {
        give_up(run);
        return;
    }
    for (uint32_t i = 0; i < run->canary_count; i++) {
        struct run_canary *c = &run->canaries[i];
        if (!c->healthy && !c->call)
            c->call = api_read(run->env.api, run->plan->items[c->item].id, on_look, c);
    }
    look_again(run);
}

void run_health_begin(struct plan_run *run)
{
    run->state = PLAN_RUN_CANARY;
    if (run->options.wait_health_ms > 0) {
        run->health_end_mono_ms = run_now(run) + run->options.wait_health_ms;
        run->health = loop_timer_start(run->env.loop, 0, look, run);
    }
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
