/* plan_stale.c: the accounts that were stale are read again, and the same is planned for them as
 * they are now: another plan, to be looked at and agreed to. */
#include "tui/screens/plan_private.h"

#include "base/text.h"
#include "plan/names.h"
#include "tui/session_plan.h"

#include <stdio.h>

/* Not inside the call of the last answer: the screen may go. */
static void plan_stale_over(void *ctx)
{
    struct plan_view *v = ctx;
    struct app *app = v->app;
    struct error err;
    v->timer = 0;
    struct plan *plan = plan_refresh_take(v->refresh, &err);
    plan_refresh_destroy(v->refresh);
    v->refresh = NULL;
    if (!plan) {
        app_error(app, &err);
        return;
    }
    plan_names_settle(plan, app_session(app)->fleet);
    const struct plan_arg arg = {.plan = plan};
    app_close_screen(app, v);
    app_push(app, &plan_screen, &arg);
}

static void look(struct plan_view *v)
{
    uint32_t done, total;
    app_dirty(v->app);
    if (plan_refresh_progress(v->refresh, &done, &total))
        v->timer = loop_timer_start(app_loop(v->app), 0, plan_stale_over, v);
}

static void on_read(void *ctx, struct plan_refresh *refresh)
{
    (void)refresh;
    look(ctx);
}

bool plan_stale_cancel(struct plan_view *v)
{
    bool reading = v->refresh != NULL;
    if (reading) {
        loop_timer_stop(app_loop(v->app), v->timer);
        v->timer = 0;
    }
    plan_refresh_destroy(v->refresh);
    v->refresh = NULL;
    return reading;
}

unsigned plan_stale_begin(void *self, enum action_id action)
{
    struct plan_view *v = self;
    const struct session *s = app_session(v->app);
    const struct plan *plan = plan_view_plan(v);
    struct plan_head head = {.made_wall_ms = app_now_wall(v->app)};
    struct error err;
    (void)action;
    if (v->refresh)
        return EFFECT_HANDLED;
    if (!v->live || !plan || session_applying(s)) {
        app_message(v->app, MESSAGE_NOTE,
                    v->live && plan ? "it is being applied" : "nothing is stale yet");
        return EFFECT_REDRAW;
    }
    api_try_now(s->api); /* the operator's key: however long the server was to be left alone */
    text_copy(head.by, sizeof head.by, s->operator_name);
    text_copy(head.origin, sizeof head.origin, s->profile.origin);
    text_copy(head.org, sizeof head.org, s->profile.org);
    text_copy(head.profile, sizeof head.profile, s->profile.name);
    text_copy(head.label, sizeof head.label, s->profile.label);
    if (plan_refresh_create(&v->refresh, s->api, plan, &head, on_read, v, &err) != ST_OK)
        app_error(v->app, &err);
    else
        look(v); /* of what is to be created nothing is read: it may be over */
    return EFFECT_REDRAW;
}
