/* plan_apply.c: a plan's screen while it is applied: the typed word, the pause, the stop, the
 * canary's end before its time, and how it is all done. The plan belongs to the session by then. */
#include "tui/screens/plan_private.h"

#include "base/quantity.h"
#include "plan/file.h"
#include "plan/text.h"
#include "tui/screens/ask.h"
#include "tui/screens/plan_how.h"
#include "tui/session_plan.h"

#include <stdio.h>

bool plan_view_again_words(const struct plan_view *v, struct str *out)
{
    const struct plan *last = session_plan(app_session(v->app));
    if (v->live || !v->again || !last)
        return false;
    str_printf(out, "Plan %s has just done the same to %s of these accounts", last->head.id,
               QUANTITY(v->again));
    return true;
}

static void apply_fill(void *ctx, struct dialog *d)
{
    struct plan_view *v = ctx;
    const struct session *s = app_session(v->app);
    const struct plan *plan = plan_view_plan(v);
    struct str word = STR_INIT;
    plan_confirm_word(plan, s->profile.label, false, &word);
    const char *profile = s->profile.name;
    uint32_t deletes = plan_deletes_left(plan);
    bool only = deletes && deletes == plan_left(plan);
    dialog_line(d, ROLE_TEXT, "%s %s%s to %s%sorganisation %s, host %s.", QUANTITY(plan_left(plan)),
                only ? "deletion" : "change", PLURAL(plan_left(plan)), profile,
                profile[0] ? ", " : "", s->profile.org, api_host(s->api));
    if (deletes)
        dialog_line(d, ROLE_DANGER, "%s account%s deleted. Undo creates %s again, with %s.",
                    QUANTITY(deletes), deletes == 1 ? " is" : "s are", deletes == 1 ? "it" : "them",
                    deletes == 1 ? "a NEW id" : "NEW ids");
    struct str words = STR_INIT;
    plan_text_undone(plan, &words);
    if (words.len)
        dialog_line(d, ROLE_DANGER, "Careful: %s.", str_text(&words));
    str_clear(&words);
    plan_text_last(plan, &words);
    if (words.len)
        dialog_line(d, ROLE_DANGER, "%s.", str_text(&words));
    str_clear(&words);
    plan_text_tenfold(plan, 3, &words);
    if (words.len)
        dialog_line(d, ROLE_DANGER, "%s.", str_text(&words));
    str_clear(&words);
    plan_text_lost(plan, &words);
    if (words.len)
        dialog_line(d, ROLE_DANGER, "%s.", str_text(&words));
    str_clear(&words);
    const struct plan_options how = plan_view_how(v);
    plan_options_words(&how, &words);
    dialog_line(d, ROLE_TEXT, "How: %s.", str_text(&words));
    if (plan_of_other_profile(plan, s->profile.name))
        dialog_line(d, ROLE_DANGER, "It was made with profile %s%s%s%s.", plan->head.profile,
                    plan->head.label[0] ? " (" : "", plan->head.label,
                    plan->head.label[0] ? ")" : "");
    if (plan->warned)
        dialog_line(d, ROLE_WARNING, "%s with a warning.", QUANTITY(plan->warned));
    str_clear(&words);
    if (plan_view_again_words(v, &words))
        dialog_line(d, ROLE_DANGER, "%s. Again?", str_text(&words));
    str_finish(&words);
    dialog_button(d, "Apply");
    dialog_ask_word(d, str_text(&word));
    str_finish(&word);
}

enum status plan_hand_over(struct app *app, struct plan *plan, const struct plan_options *how,
                           struct error *err)
{
    struct session *s = app_session(app);
    if (session_may_apply(s, err) != ST_OK)
        return err->status;
    app_news(app, NEWS_PLAN);
    api_try_now(s->api); /* the operator's key: however long it was to be left */
    return session_apply(s, plan, how, err);
}

/* Until the session has it the plan is the screen's: whatever stands in the way, it stays as it was
 * reviewed. */
static void begin(struct plan_view *v, const struct plan_options *how)
{
    struct error err;
    v->live = false; /* this screen stays: it shows the new one */
    if (plan_hand_over(v->app, v->plan, how, &err)) {
        app_error(v->app, &err);
        plan_view_there(v);
        return;
    }
    v->plan = NULL;
    app_session(v->app)->reviewed = NULL;
    v->live = true;
    v->how_chosen = false;
    v->failed_only = false;
    plan_view_update(v);
}

/* What is over is taken up again; the store tells the engine what is known of it. */
static void resume(struct plan_view *v)
{
    struct session *s = app_session(v->app);
    const struct plan_options how = plan_view_how(v);
    struct error err;
    if (session_may_apply(s, &err) != ST_OK) {
        app_error(v->app, &err);
        return;
    }
    v->plan = plan_run_end_with(s->run);
    s->run = NULL;
    begin(v, &how);
}

static void apply_answer(void *ctx, int button)
{
    struct plan_view *v = ctx;
    if (button != 1 || plan_view_applying(v))
        return;
    if (v->live) {
        resume(v);
    } else {
        const struct plan_options how = plan_view_how(v);
        begin(v, &how);
    }
}

/* ---- the canary's wait ---------------------------------------------------------------------- */

static bool plan_view_waits(const struct plan_view *v)
{
    struct plan_progress p;
    if (!plan_view_applying(v))
        return false;
    plan_run_progress(app_session(v->app)->run, &p);
    return p.state == PLAN_RUN_CANARY;
}

static bool is_stopping(const struct plan_view *v)
{
    struct plan_progress p;
    if (!plan_view_applying(v))
        return false;
    plan_run_progress(app_session(v->app)->run, &p);
    return p.state == PLAN_RUN_STOPPING;
}

static void canary_fill(void *ctx, struct dialog *d)
{
    struct plan_view *v = ctx;
    const struct plan *plan = plan_view_plan(v);
    struct plan_progress p;
    struct str word = STR_INIT;
    plan_run_progress(app_session(v->app)->run, &p);
    plan_confirm_word(plan, app_session(v->app)->profile.label, false, &word);
    dialog_line(d, p.healthy < p.canaries ? ROLE_WARNING : ROLE_TEXT,
                "%u of the first %u %s a good health check since.", (unsigned)p.healthy,
                (unsigned)p.canaries, p.healthy == 1 ? "has" : "have");
    dialog_line(d, ROLE_TEXT, "%s change%s left.", QUANTITY(plan_left(plan)),
                plan_left(plan) == 1 ? " is" : "s are");
    if (plan_deletes_left(plan))
        dialog_line(d, ROLE_DANGER, "%s of them delete.", QUANTITY(plan_deletes_left(plan)));
    dialog_button(d, "Go on");
    dialog_ask_word(d, str_text(&word));
    str_finish(&word);
}

static void canary_answer(void *ctx, int button)
{
    struct plan_view *v = ctx;
    if (button == 1 && plan_view_waits(v)) {
        api_try_now(app_session(v->app)->api);
        plan_run_go_on(app_session(v->app)->run);
    }
}

static unsigned go_on_now(struct plan_view *v)
{
    const struct ask_arg arg = {
        .title = "Go on now?", .fill = canary_fill, .answer = canary_answer, .ctx = v};
    if (app_may_write(v->app))
        app_push(v->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

static void take_how(void *ctx, const struct plan_options *how)
{
    struct plan_view *v = ctx;
    v->how = *how;
    v->how_chosen = true;
}

unsigned plan_do_how(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (plan_view_applying(v)) {
        app_message(v->app, MESSAGE_NOTE,
                    "it is being applied so; ^C stops it, and A goes on as o says");
        return EFFECT_REDRAW;
    }
    const struct plan_options now = plan_view_how(v);
    const struct plan_how_arg arg = {.now = &now, .taken = take_how, .ctx = v};
    app_push(v->app, &plan_how_screen, &arg);
    return EFFECT_REDRAW;
}

unsigned plan_do_apply(void *self, enum action_id action)
{
    struct plan_view *v = self;
    const struct plan *plan = plan_view_plan(v);
    (void)action;
    if (plan_view_waits(v))
        return go_on_now(v);
    if (!plan || plan_view_applying(v) || v->refresh) {
        app_message(v->app, MESSAGE_NOTE, "%s",
                    !plan            ? "the plan is not there yet"
                    : v->refresh     ? "the stale ones are being read; ^C leaves them"
                    : is_stopping(v) ? "it stops after those in flight; A goes on then"
                                     : "it is being applied");
        return EFFECT_REDRAW;
    }
    if (!app_may_write(v->app))
        return EFFECT_REDRAW;
    if (!plan_left(plan)) {
        app_message(v->app, MESSAGE_NOTE, "nothing is left to send");
        return EFFECT_REDRAW;
    }
    const struct ask_arg arg = {
        .title = "Apply the plan?", .fill = apply_fill, .answer = apply_answer, .ctx = v};
    app_push(v->app, &ask_screen, &arg);
    return EFFECT_REDRAW;
}

unsigned plan_do_pause(void *self, enum action_id action)
{
    struct plan_view *v = self;
    struct session *s = app_session(v->app);
    struct plan_progress p;
    (void)action;
    if (!plan_view_applying(v)) {
        /* A hand that came late must not take the key's other meaning, refreshing. */
        app_message(v->app, MESSAGE_NOTE,
                    "the plan is not being applied: there is nothing to pause");
        return EFFECT_REDRAW;
    }
    plan_run_progress(s->run, &p);
    if (p.state != PLAN_RUN_PAUSED && p.state != PLAN_RUN_GOING) {
        app_message(v->app, MESSAGE_NOTE, "%s",
                    p.state == PLAN_RUN_CANARY ? "it waits by itself; A goes on now, ^C stops"
                                               : "nothing new is being sent");
        return EFFECT_REDRAW;
    }
    if (p.state == PLAN_RUN_PAUSED) {
        api_try_now(s->api); /* the operator's key: however long the server was to be left alone */
        plan_run_go_on(s->run);
    } else
        plan_run_pause(s->run);
    app_message(v->app, MESSAGE_NOTE, "%s",
                p.state == PLAN_RUN_PAUSED ? "the plan goes on"
                                           : "paused: nothing new is sent; Z goes on");
    return EFFECT_REDRAW;
}

unsigned plan_do_stop(void *self, enum action_id action)
{
    struct plan_view *v = self;
    (void)action;
    if (plan_stale_cancel(v)) {
        app_message(v->app, MESSAGE_NOTE, "the stale ones are left as they are");
        return EFFECT_REDRAW;
    }
    if (!plan_view_applying(v)) {
        app_message(v->app, MESSAGE_NOTE, "%s",
                    sync_cancel(app_session(v->app)->sync) ? "the read was cancelled"
                                                           : "nothing is being applied");
        return EFFECT_REDRAW;
    }
    plan_run_stop(app_session(v->app)->run);
    app_message(v->app, MESSAGE_NOTE, "stopping after those in flight; A goes on with the rest");
    return EFFECT_REDRAW;
}
