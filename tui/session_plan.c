/* session_plan.c: see session_plan.h. */
#include "tui/session_plan.h"

#include "base/mem.h"
#include "config/paths.h"
#include "plan/stored.h"

#include <stdio.h>
#include <string.h>

#define LEFT_MAX 50 /* plans that are looked at for one that was left */

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

const struct plan *session_plan(const struct session *s)
{
    return s->run ? plan_run_plan(s->run) : NULL;
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
    s->run_told = false;
    s->run_how = *how;
    return plan_run_create(&s->run, &env, plan, &options, on_run, s, err);
}

/* ---- what was left ------------------------------------------------------------------------- */

struct left {
    char ids[LEFT_MAX][PLAN_ID_ROOM];
    size_t count;
};

/* An inverse that was only saved beside its plan was never begun. */
static void on_head(void *ctx, const struct plans_head *head)
{
    struct left *left = ctx;
    if (head->left > 0 && !(head->of[0] && !head->applied) && left->count < LEFT_MAX)
        snprintf(left->ids[left->count++], PLAN_ID_ROOM, "%s", head->id);
}

/* What failed was told at its time; it is what was not sent, or is not known, that is asked about.
 */
static bool is_left(const struct plan *plan)
{
    return plan->states[PLAN_WAITING] + plan->states[PLAN_UNKNOWN] + plan->states[PLAN_RUNNING] +
               plan->states[PLAN_BLOCKED] >
           0;
}

enum status session_plan_left(struct session *s, struct plan **out, struct error *err)
{
    struct left left = {.count = 0};
    *out = NULL;
    if (!s->plans || !s->journal)
        return error_set(err, ST_NOT_FOUND, "there is no plan that was left");
    enum status st =
        plans_list(s->plans, s->profile.origin, s->profile.org, LEFT_MAX, on_head, &left, err);
    for (size_t i = 0; st == ST_OK && i < left.count && !*out; i++) {
        struct plan *plan;
        if (plans_claim(s->plans, left.ids[i], err))
            continue; /* somebody else is applying it */
        plans_unclaim(s->plans, left.ids[i]);
        if (plan_load(s->plans, s->journal, left.ids[i], &plan, err))
            continue;
        if (is_left(plan))
            *out = plan;
        else
            plan_destroy(plan);
    }
    if (st == ST_OK && !*out)
        st = error_set(err, ST_NOT_FOUND, "there is no plan that was left");
    return st;
}

void session_plan_forget(struct session *s, const char *id)
{
    struct error err;
    if (plans_remove(s->plans, id, &err))
        log_printf(s->env.log, "plans: %s", err.what);
}
