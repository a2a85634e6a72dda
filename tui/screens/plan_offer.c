/* plan_offer.c: ways to a plan's screen: the one of the session, one that was left by an earlier
 * console, and the inverse of one. */
#include "tui/screens/plan.h"

#include "base/mem.h"
#include "plan/file.h"
#include "plan/load.h"
#include "tui/screens/ask.h"
#include "tui/session_left.h"
#include "tui/session_plan.h"

bool plan_show(struct app *app)
{
    const struct plan_arg arg = {.plan = NULL};
    if (!session_plan(app_session(app)) || app_is_open(app, &plan_screen))
        return false;
    app_push(app, &plan_screen, &arg);
    return true;
}

void plan_undo_review(struct app *app, const char *id)
{
    struct session *s = app_session(app);
    struct plan_undo *undo = NULL;
    struct error err;
    if (!app_may_write(app))
        return;
    if (!s->plans) {
        app_error(app, &s->plans_error);
        return;
    }
    if (plan_undo_begin(&undo, s->plans, s->journal, id, &err)) {
        app_error(app, &err);
        return;
    }
    const struct plan_arg arg = {.undo = undo};
    app_push(app, &plan_screen, &arg);
}

/* ---- what was left -------------------------------------------------------------------------- */

struct offer {
    struct app *app;
    struct plan *plan;         /* owned, until it is resumed */
    struct session_left_at at; /* how far it was when it was asked about */
};

/* Another console or a command may go on with it while it is asked about: then the question is
 * about what is not so any more, and is asked anew if something is left. */
static bool offer_holds(void *ctx)
{
    struct offer *o = ctx;
    struct session *s = app_session(o->app);
    struct session_left_at now;
    bool known = session_left_at(s, o->plan->head.id, &now);
    if (known && o->at.left < 0)
        o->at = now;
    if (!known || (!now.elsewhere && now.left == o->at.left && now.applied == o->at.applied))
        return true;
    app_message(o->app, MESSAGE_NOTE,
                now.elsewhere ? "plan %s is gone on with elsewhere"
                : now.left    ? "plan %s went on elsewhere"
                              : "plan %s was finished elsewhere",
                o->plan->head.id);
    session_left_look(s, false);
    return false;
}

static void offer_fill(void *ctx, struct dialog *d)
{
    struct offer *o = ctx;
    struct str words = STR_INIT;
    plan_states_words(o->plan, &words);
    dialog_safe_button(d, "Later");
    dialog_line(d, ROLE_STRONG, "Plan %s: %s.", o->plan->head.id, str_text(&words));
    dialog_line(d, ROLE_TEXT, "%s", o->plan->head.title);
    if (plan_of_other_profile(o->plan, app_session(o->app)->profile.name))
        dialog_line(d, ROLE_WARNING, "It was made with profile %s.", o->plan->head.profile);
    dialog_line(d, ROLE_TEXT, "What was applied is not sent again.");
    if (plan_is_dangerous(o->plan))
        dialog_line(d, ROLE_DANGER, "What is left %s: it is shown first, and A asks for its word.",
                    plan_deletes_left(o->plan)   ? "deletes"
                    : plan_tenfold_left(o->plan) ? "changes tenfold or more"
                                                 : "is the rest of one that was taken back");
    dialog_button(d, "Resume");
    dialog_button(d, "Forget");
    d->danger =
        true; /* it comes by itself: a key that was on its way to the list presses nothing */
    str_finish(&words);
}

static void offer_answer(void *ctx, int button)
{
    struct offer *o = ctx;
    struct session *s = app_session(o->app);
    struct error err;
    if (button > 0 && !offer_holds(o))
        return;
    if (button == 2 && session_left_forget(s, o->plan->head.id, &err) != ST_OK)
        app_error(o->app, &err);
    if (button != 1 || !app_may_write(o->app))
        return;
    struct plan *plan = o->plan;
    struct plan_options how;
    /* Shown first, and the word typed, where that is more than going on as it was. */
    if (plan_of_other_profile(plan, s->profile.name) || plan_is_dangerous(plan)) {
        const struct plan_arg arg = {.plan = plan};
        o->plan = NULL;
        app_push(o->app, &plan_screen, &arg);
        return;
    }
    plan_options_parse(&how, span_of(plan->head.how)); /* as carefully as it began */
    if (plan_hand_over(o->app, plan, &how, &err)) {
        app_error(o->app, &err); /* the store has it: :resume finds it again */
        return;
    }
    o->plan = NULL;
    plan_show(o->app);
}

static void offer_close(void *ctx)
{
    struct offer *o = ctx;
    plan_destroy(o->plan);
    mem_free(o);
}

bool plan_offer(struct app *app, bool free)
{
    struct session_left_news news;
    session_left_peek(app_session(app), &news);
    if (news.found && ((!free && !news.asked) || app_is_open(app, &plan_screen)))
        return false; /* a plan's screen is not the place for another plan */
    bool asked;
    struct plan *plan = session_left_take(app_session(app), &asked);
    if (!plan) {
        if (asked)
            app_message(app, MESSAGE_NOTE, "no plan is being applied, and none was left");
        return true;
    }
    struct offer *o = mem_calloc(1, sizeof *o);
    *o = (struct offer){.app = app, .plan = plan};
    if (!session_left_at(app_session(app), plan->head.id, &o->at))
        o->at = (struct session_left_at){.left = -1}; /* known at the next look */
    const struct ask_arg arg = {.title = "Resume the plan?",
                                .fill = offer_fill,
                                .answer = offer_answer,
                                .holds = offer_holds,
                                .close = offer_close,
                                .ctx = o};
    app_push(app, &ask_screen, &arg);
    return true;
}
