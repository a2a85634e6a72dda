/* run_save.c: what is in the state directory before anything is sent: the plan, what takes it back,
 * and how it is applied. A step that finds the file busy is made again. */
#include "plan/run_parts.h"

#include "base/vec.h"
#include "plan/options.h"

#include <stdio.h>

#define SAVE_BUDGET 150 /* items a turn: a few milliseconds */

/* One that is there stays: it may be applied, even. An undo needs none: what takes it back is made
 * from the journal when it is asked for. */
bool run_needs_inverse(const struct plan_run *run)
{
    struct str id = STR_INIT, found = STR_INIT;
    struct error err;
    plan_undo_id(run->plan, &id);
    bool needs =
        !run->plan->head.of[0] && plans_find(run->env.plans, str_text(&id), &found, &err) != ST_OK;
    str_finish(&id);
    str_finish(&found);
    return needs;
}

/* Beside the plan, so that who goes on after a kill goes on as carefully. */
enum status run_how_keep(struct plan_run *run, struct error *err)
{
    const struct plan_run_options *o = &run->options;
    const struct plan_options how = {
        .v = {
            [PLAN_OPT_PARALLEL] = o->parallel,
            [PLAN_OPT_MAX_RPS] = (int64_t)o->max_rps,
            [PLAN_OPT_MAX_ERRORS] = o->max_errors,
            [PLAN_OPT_FIRST] = run->canaries_passed ? 0 : o->first,
            [PLAN_OPT_WAIT_HEALTH] = run->canaries_passed ? 0 : o->wait_health_ms / 1000,
        }};
    struct str text = STR_INIT;
    plan_options_text(&how, &text);
    snprintf(run->plan->head.how, sizeof run->plan->head.how, "%s", str_text(&text));
    enum status st = plans_how(run->env.plans, run->plan->head.id, str_text(&text), err);
    str_finish(&text);
    run->how_due = st != ST_OK;
    return st;
}

/* Each step does a slice of its work and says whether there is more of it. One that is there
 * already goes on from what is known of it. */
static enum status load_known(struct plan_run *run, bool *more, struct error *err)
{
    *more = false;
    if (!run->load)
        return ST_OK;
    enum status st = plan_load_step(run->load, SAVE_BUDGET, more, err);
    if (st != ST_OK || *more)
        return st;
    plan_destroy(run->plan);
    run->plan = plan_load_take(run->load);
    plan_load_destroy(run->load);
    run->load = NULL;
    run->before = run->plan->states[PLAN_APPLIED] + run->plan->states[PLAN_DIFFERENT];
    run_news(run);
    return ST_OK;
}

static enum status save(struct plan_run *run, const struct plan *plan, bool *more,
                        struct error *err)
{
    enum status st = ST_OK;
    *more = false;
    if (!run->save)
        st = plan_save_begin(&run->save, plan, run->env.plans, err);
    if (st == ST_OK)
        st = plan_save_step(run->save, SAVE_BUDGET, more, err);
    if (st == ST_OK && !*more) {
        plan_save_destroy(run->save);
        run->save = NULL;
    }
    return st;
}

static enum status save_plan(struct plan_run *run, bool *more, struct error *err)
{
    return save(run, run->plan, more, err);
}

static enum status invert_plan(struct plan_run *run, bool *more, struct error *err)
{
    (void)err;
    *more = false;
    if (!run->needs_inverse)
        return ST_OK;
    if (!run->inverse)
        run->inverse = plan_inverse_begin(run->plan);
    *more = plan_inverse_step(run->inverse, run->plan, &run->inverted, SAVE_BUDGET);
    return ST_OK;
}

static enum status save_inverse(struct plan_run *run, bool *more, struct error *err)
{
    *more = false;
    if (!run->needs_inverse)
        return ST_OK;
    enum status st = save(run, run->inverse, more, err);
    if (st == ST_OK && !*more) {
        plan_destroy(run->inverse);
        run->inverse = NULL;
    }
    return st;
}

static enum status save_how(struct plan_run *run, bool *more, struct error *err)
{
    *more = false;
    return run_how_keep(run, err);
}

enum status run_save_step(struct plan_run *run, bool *over, struct error *err)
{
    static enum status (*const steps[])(struct plan_run *, bool *, struct error *) = {
        load_known, save_plan, invert_plan, save_inverse, save_how};
    bool more = false;
    enum status st = steps[run->saving](run, &more, err);
    if (st == ST_OK && !more)
        run->saving++;
    *over = run->saving == ARRAY_LEN(steps);
    return st;
}
