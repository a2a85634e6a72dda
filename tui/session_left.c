/* session_left.c: see session_left.h. */
#include "tui/session_left.h"

#include "base/mem.h"
#include "plan/load.h"
#include "store/plans.h"

#include <stdio.h>
#include <string.h>

#define LEFT_MAX 50  /* plans that are looked at for one that was left */
#define BUDGET   150 /* items a turn: about 2 ms */

struct session_left {
    char ids[LEFT_MAX][PLAN_ID_ROOM];
    size_t count, at;
    struct plan_load *load; /* owned; of ids[at] */
    struct plan *found;     /* owned */
    bool looking, asked;
    loop_timer timer;

    char forget[PLAN_ID_ROOM]; /* that is being removed; "": none */
    loop_timer forget_timer;
};

static struct session_left *left_of(struct session *s)
{
    if (!s->left)
        s->left = mem_calloc(1, sizeof *s->left);
    return s->left;
}

/* ---- looking -------------------------------------------------------------------------------- */

static void on_id(void *ctx, const char *id)
{
    struct session_left *l = ctx;
    if (l->count < LEFT_MAX)
        snprintf(l->ids[l->count++], PLAN_ID_ROOM, "%s", id);
}

/* An inverse that was only saved beside its plan was never begun. */
static void on_head(void *ctx, const struct plans_head *head)
{
    *(bool *)ctx = head->left > 0 && !(head->of[0] && !head->applied);
}

/* Some of its unknown writes are looked after here: those of a process that is gone were taken up
 * at the start, and what another one looks after is that one's. */
static bool some_open_here(const struct session *s, const struct plan *plan)
{
    struct write *w;
    for (size_t at = 0; (w = writes_open_next(s->writes, &at)) != NULL;)
        if (strcmp(write_plan(w), plan->head.id) == 0)
            return true;
    return false;
}

/* What failed was told at its time; it is what was not sent, or is not known, that is asked about.
 */
static bool is_left(const struct session *s, const struct plan *plan)
{
    return plan->states[PLAN_WAITING] + plan->states[PLAN_RUNNING] + plan->states[PLAN_BLOCKED] >
               0 ||
           (plan->states[PLAN_UNKNOWN] && some_open_here(s, plan));
}

/* Begins with the plan whose turn it is; one that is settled, or that somebody is applying, is
 * passed over. */
static void begin_one(struct session *s, struct session_left *l)
{
    const char *id = l->ids[l->at];
    struct error err;
    bool left = false;
    if (plans_get(s->plans, id, on_head, &left, &err) == ST_OK && left &&
        plans_claim(s->plans, id, &err) == ST_OK) {
        plans_unclaim(s->plans, id);
        if (plan_load_begin(&l->load, s->plans, s->journal, id, &err) == ST_OK)
            return;
    }
    l->at++;
}

static void load_some(struct session *s, struct session_left *l)
{
    struct error err;
    bool more;
    enum status st = plan_load_step(l->load, BUDGET, &more, &err);
    if (st == ST_OK && more)
        return;
    struct plan *plan = st == ST_OK ? plan_load_take(l->load) : NULL;
    plan_load_destroy(l->load);
    l->load = NULL;
    l->at++;
    if (plan && is_left(s, plan))
        l->found = plan;
    else
        plan_destroy(plan);
}

static void on_turn(void *ctx)
{
    struct session *s = ctx;
    struct session_left *l = s->left;
    l->timer = 0;
    if (l->load)
        load_some(s, l);
    else if (l->at < l->count)
        begin_one(s, l);
    if (!l->found && (l->load || l->at < l->count)) {
        l->timer = loop_timer_start(s->env.loop, 0, on_turn, s);
        return;
    }
    l->looking = false;
    s->ask_left = s->plan_news = true;
}

void session_left_look(struct session *s, bool asked)
{
    struct session_left *l = left_of(s);
    struct error err;
    l->asked |= asked;
    if (l->looking)
        return;
    l->looking = true;
    s->ask_left = false;
    l->count = l->at = 0;
    plan_destroy(l->found);
    l->found = NULL;
    if (s->plans && s->journal)
        plans_ids(s->plans, s->profile.origin, s->profile.org, LEFT_MAX, on_id, l, &err);
    l->timer = loop_timer_start(s->env.loop, 0, on_turn, s);
}

void session_left_peek(const struct session *s, struct session_left_news *news)
{
    *news = (struct session_left_news){s->left && s->left->found, s->left && s->left->asked};
}

struct plan *session_left_take(struct session *s, bool *asked)
{
    struct session_left *l = left_of(s);
    struct plan *plan = l->found;
    l->found = NULL;
    *asked = l->asked;
    l->asked = false;
    return plan;
}

static void on_at(void *ctx, const struct plans_head *head)
{
    struct session_left_at *at = ctx;
    at->left = head->left;
    at->applied = head->applied;
}

bool session_left_at(struct session *s, const char *id, struct session_left_at *at)
{
    struct error err;
    *at = (struct session_left_at){0};
    enum status st = s->plans ? plans_get(s->plans, id, on_at, at, &err) : ST_IO;
    if (st != ST_OK)
        return st == ST_NOT_FOUND;
    st = plans_look(s->plans, id, &err);
    at->elsewhere = st == ST_CONFLICT;
    return st == ST_OK || st == ST_CONFLICT;
}

/* ---- forgetting ----------------------------------------------------------------------------- */

static void on_forget(void *ctx);

/* A file that is busy is tried again. */
static enum status forget_some(struct session *s, struct error *err)
{
    struct session_left *l = s->left;
    bool more = false;
    enum status st = plans_remove_some(s->plans, l->forget, BUDGET, &more, err);
    bool busy = st != ST_OK && plans_is_busy(err);
    if (more || busy)
        l->forget_timer = loop_timer_start(s->env.loop, more ? 0 : 50, on_forget, s);
    return busy ? ST_OK : st;
}

static void on_forget(void *ctx)
{
    struct session *s = ctx;
    struct error err;
    s->left->forget_timer = 0;
    if (forget_some(s, &err) != ST_OK)
        log_printf(s->env.log, "plans: %s", err.what);
}

enum status session_left_forget(struct session *s, const char *id, struct error *err)
{
    struct session_left *l = left_of(s);
    snprintf(l->forget, sizeof l->forget, "%s", id);
    loop_timer_stop(s->env.loop, l->forget_timer);
    l->forget_timer = 0;
    return forget_some(s, err); /* the first slice hides it */
}

void session_left_close(struct session *s)
{
    struct session_left *l = s->left;
    if (!l)
        return;
    loop_timer_stop(s->env.loop, l->timer);
    loop_timer_stop(s->env.loop, l->forget_timer);
    plan_load_destroy(l->load);
    plan_destroy(l->found);
    mem_free(l);
    s->left = NULL;
}
