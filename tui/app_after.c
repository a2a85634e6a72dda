/* app_after.c: see app_after.h. It is done in a turn of its own, never inside an event of the
 * session that it ends. */
#include "tui/app_after.h"

#include "tui/app_private.h"
#include "tui/session_plan.h"

#include <string.h>

static void forget(struct app *app)
{
    if (app->after == AFTER_SWITCH)
        profile_finish(&app->after_profile);
    memset(&app->after_profile, 0, sizeof app->after_profile);
    app->after = AFTER_NOTHING;
}

static void on_turn(void *ctx)
{
    struct app *app = ctx;
    struct error err;
    app->after_timer = 0;
    if (app->after == AFTER_QUIT) {
        forget(app);
        app_quit(app, false);
    } else if (app->after == AFTER_SWITCH) {
        enum status st = app_switch(app, &app->after_profile, &err);
        forget(app);
        if (st != ST_OK)
            app_error(app, &err);
    }
}

void app_after_news(struct app *app)
{
    if (app->after != AFTER_NOTHING && !app->after_timer && !session_applying(app->session))
        app->after_timer = loop_timer_start(app->loop, 0, on_turn, app);
}

void app_after_plan(struct app *app, const struct profile *next)
{
    forget(app);
    app->after = next ? AFTER_SWITCH : AFTER_QUIT;
    if (next)
        profile_copy(&app->after_profile, next);
    if (session_applying(app->session)) {
        app_message(app, MESSAGE_NOTE, "the plan stops after those in flight; then %s",
                    next ? "the profile is switched" : "paddock ends");
        plan_run_stop(app->session->run);
    }
    app_after_news(app);
}

void app_after_finish(struct app *app)
{
    loop_timer_stop(app->loop, app->after_timer);
    forget(app);
}
