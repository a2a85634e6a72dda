/* session_plan.c: see session_plan.h. */
#include "tui/session_plan.h"

#include "base/mem.h"
#include "config/paths.h"
#include "plan/stored.h"

#include <stdio.h>
#include <string.h>

void session_plans_open(struct session *s)
{
    char *path = paths_join(s->env.paths->state_dir, "plans.db");
    if (plans_open(&s->plans, path, *loop_clock(s->env.loop), &s->plans_error))
        s->plans = NULL;
    mem_free(path);
}

void session_plans_close(struct session *s)
{
    plan_run_destroy(s->run);
    s->run = NULL;
}

static void on_run(void *ctx, struct plan_run *run)
{
    (void)run;
    ((struct session *)ctx)->plan_news = true;
}

bool session_applying(const struct session *s)
{
    struct plan_progress p;
    if (!s->run)
        return false;
    plan_run_progress(s->run, &p);
    return p.state != PLAN_RUN_OVER;
}

const char *session_applying_words(const struct session *s)
{
    struct plan_progress p;
    plan_run_progress(s->run, &p);
    return p.state == PLAN_RUN_STOPPING ? "A plan stops after those in flight."
                                        : "A plan is being applied.";
}

const struct plan *session_plan(const struct session *s)
{
    return s->run ? plan_run_plan(s->run) : NULL;
}

void session_plan_see(struct session *s)
{
    s->run_seen = s->run && !session_applying(s);
}

bool session_plan_unseen(const struct session *s)
{
    return s->run && !s->run_seen && !session_applying(s);
}

static row_id row_of(const struct session *s, const struct plan_item *item)
{
    return item->id.len ? fleet_find(s->fleet, item->id) : ROW_NONE;
}

bool *session_plan_done(const struct session *s)
{
    if (!s->run || session_applying(s))
        return NULL;
    const struct plan *plan = session_plan(s);
    bool *done = mem_calloc(fleet_rows(s->fleet) + 1u, sizeof *done);
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        row_id row = row_of(s, item);
        if (row != ROW_NONE && (item->state == PLAN_APPLIED || item->state == PLAN_DIFFERENT))
            done[row] = true;
    }
    return done;
}

uint32_t session_plan_again(const struct session *s, const struct plan *plan)
{
    const struct plan *last = session_plan(s);
    uint32_t n = 0;
    if (!last || strcmp(last->head.title, plan->head.title) != 0)
        return 0;
    bool *done = session_plan_done(s);
    for (uint32_t i = 0; done && i < plan->count; i++) {
        row_id row = row_of(s, &plan->items[i]);
        n += plan->items[i].state == PLAN_WAITING && row != ROW_NONE && done[row];
    }
    mem_free(done);
    return n;
}

enum status session_apply(struct session *s, struct plan *plan, const struct plan_options *how,
                          struct error *err)
{
    const struct plan_run_env env = {.loop = s->env.loop,
                                     .api = s->api,
                                     .writes = s->writes,
                                     .journal = s->journal,
                                     .plans = s->plans};
    struct plan_run_options options = {.classes = &s->health};
    plan_options_run(how, &options);
    enum status st = writes_ready(s->writes, err);
    if (st == ST_OK && !s->plans) {
        *err = s->plans_error;
        st = err->status;
    }
    if (st == ST_OK && session_applying(s))
        st = error_set(err, ST_CONFLICT, "another plan is being applied: wait until it is done");
    if (st != ST_OK) {
        plan_destroy(plan);
        return st;
    }
    plan_run_destroy(s->run);
    s->run = NULL;
    s->run_told = s->run_seen = false;
    s->run_how = *how;
    return plan_run_create(&s->run, &env, plan, &options, on_run, s, err);
}
