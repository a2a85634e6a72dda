/* plan_bar.c: what a plan's screen says around its body: the header, and the keys that do something
 * at this moment, by words that are true of it. */
#include "tui/screens/plan_private.h"

#include "base/vec.h"

enum phase {
    REVIEW,
    READING, /* the stale ones, again */
    CANARY,
    PAUSED,
    GOING, /* or being saved */
    STOPPING,
    OVER, /* some are left */
    DONE,
    PHASES
};

static enum phase applying(const struct plan_view *v)
{
    static const enum phase phases[] = {
        [PLAN_RUN_SAVING] = GOING,  [PLAN_RUN_GOING] = GOING,       [PLAN_RUN_PAUSED] = PAUSED,
        [PLAN_RUN_CANARY] = CANARY, [PLAN_RUN_STOPPING] = STOPPING, [PLAN_RUN_OVER] = OVER};
    struct plan_progress p;
    plan_run_progress(app_session(v->app)->run, &p);
    return phases[p.state];
}

static enum phase phase_of(const struct plan_view *v)
{
    const struct plan *plan = plan_view_plan(v);
    if (!v->live)
        return REVIEW;
    if (plan_view_applying(v))
        return applying(v);
    if (v->refresh)
        return READING;
    return plan && plan_left(plan) ? OVER : DONE;
}

const char *plan_view_going_words(const struct plan_view *v)
{
    static const char *const words[PHASES] = {
        [CANARY] = "the plan waits for its canary",
        [PAUSED] = "the plan stays paused",
        [GOING] = "the plan goes on",
        [STOPPING] = "the plan stops after those in flight",
    };
    const char *word = words[phase_of(v)];
    return word ? word : "the plan is over";
}

void plan_heading(const void *self, struct str *out)
{
    const struct plan *plan = plan_view_plan(self);
    if (!plan)
        str_add(out, "Plan");
    else
        str_printf(out, "Plan %s", plan->head.id);
}

/* A row an action, in the order of the bar: in which phases it does something. */
#define IN(phase) (1U << (phase))
static const struct {
    enum action_id action;
    unsigned phases;
    enum need {
        ALWAYS,
        STALE,
        UNKNOWN,
        CHOSEN
    } needs; /* and only when there are stale ones that can be planned again, unknown ones, or
                something that can be chosen otherwise */
} keys[] = {
    {ACTION_PLAN_STALE, IN(OVER) | IN(DONE), STALE},
    {ACTION_OPEN, ~IN(REVIEW), UNKNOWN},
    {ACTION_PLAN_UNDO, IN(OVER) | IN(DONE), ALWAYS},
    {ACTION_APPLY, IN(REVIEW) | IN(CANARY) | IN(OVER), ALWAYS},
    {ACTION_PLAN_PAUSE, IN(PAUSED) | IN(GOING), ALWAYS},
    {ACTION_PLAN_STOP, IN(READING) | IN(CANARY) | IN(PAUSED) | IN(GOING), ALWAYS},
    {ACTION_FAILED, IN(REVIEW) | IN(OVER) | IN(DONE), ALWAYS},
    {ACTION_HOW, IN(REVIEW) | IN(OVER), ALWAYS},
    {ACTION_OPEN, IN(REVIEW), ALWAYS},
    {ACTION_PLAN_EDIT, IN(REVIEW), CHOSEN},
    {ACTION_SAVE_PLAN, IN(REVIEW) | IN(OVER) | IN(DONE), ALWAYS},
    {ACTION_REASON, IN(REVIEW), ALWAYS},
    {ACTION_BACK, ~0U, ALWAYS},
    {ACTION_HELP, ~0U, ALWAYS},
};
_Static_assert(ARRAY_LEN(keys) == PLAN_KEYS, "plan_private.h has their room");

const int *plan_bar(const void *self, size_t *count)
{
    const struct plan_view *v = self;
    const struct plan *plan = plan_view_plan(v);
    unsigned now = IN(phase_of(v));
    const bool met[] = {[ALWAYS] = true,
                        [STALE] = plan && plan->states[PLAN_STALE] && !plan->head.linked,
                        [UNKNOWN] = plan && plan->states[PLAN_UNKNOWN],
                        [CHOSEN] = v->bulk || plan_view_creates(v)};
    *count = 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if ((keys[i].phases & now) && met[keys[i].needs])
            v->bar[(*count)++] = (int)keys[i].action;
    return v->bar;
}

const char *plan_label(const void *self, enum action_id action)
{
    static const struct {
        enum action_id action;
        enum phase phase;
        const char *word;
    } labels[] = {
        {ACTION_APPLY, CANARY, "go on now"},  {ACTION_APPLY, OVER, "go on"},
        {ACTION_PLAN_PAUSE, PAUSED, "go on"}, {ACTION_PLAN_STOP, READING, "leave them"},
        {ACTION_PLAN_STOP, CANARY, "stop"},   {ACTION_PLAN_STOP, PAUSED, "stop"},
        {ACTION_PLAN_STOP, GOING, "stop"},    {ACTION_FAILED, REVIEW, "problems"},
        {ACTION_FAILED, OVER, "not done"},    {ACTION_FAILED, DONE, "not done"},
    };
    const struct plan_view *v = self;
    enum phase now = phase_of(v);
    if (action == ACTION_OPEN && now != REVIEW)
        return "unknown ones";
    if (action == ACTION_PLAN_EDIT && !v->bulk)
        return "name";
    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        if (labels[i].action == action && labels[i].phase == now)
            return labels[i].word;
    return NULL;
}
