/* app_global.c: see app_global.h. One row an action. */
#include "tui/app_global.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "tui/screens/alerts.h"
#include "tui/screens/ask.h"
#include "tui/screens/demo_menu.h"
#include "tui/screens/help.h"
#include "tui/screens/history.h"
#include "tui/screens/palette.h"
#include "tui/screens/monitor.h"
#include "tui/screens/plan.h"
#include "tui/screens/requests.h"
#include "tui/screens/undo.h"
#include "tui/app_after.h"
#include "tui/session_left.h"
#include "tui/session_plan.h"

static unsigned to_accounts(struct app *app, enum action_id action)
{
    /* Accounts is the bottom of the stack: closing what is above shows it. */
    (void)action;
    app_close_above(app);
    return EFFECT_HANDLED;
}

/* One of the screens with a number: in the place of another such one. */
static unsigned to_screen(struct app *app, const struct screen_ops *ops)
{
    const struct screen_ops *current;
    void *self;
    app_current(app, &current, &self);
    if (current == ops)
        return EFFECT_HANDLED;
    app_close_above(app);
    if (!app_busy(app))
        app_push(app, ops, NULL);
    return EFFECT_HANDLED;
}

static unsigned to_monitor(struct app *app, enum action_id action)
{
    (void)action;
    return to_screen(app, &monitor_screen);
}

static unsigned to_alerts(struct app *app, enum action_id action)
{
    (void)action;
    return to_screen(app, &alerts_screen);
}

/* Longer or shorter, in steps that somebody would choose. */
static unsigned interval(struct app *app, enum action_id action)
{
    static const int64_t steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};
    struct sync *sync = app_session(app)->sync;
    size_t at = 0;
    while (at + 1 < ARRAY_LEN(steps) && steps[at] * 1000 < sync_refresh_ms(sync))
        at++;
    if (action == ACTION_SLOWER && at + 1 < ARRAY_LEN(steps))
        at++;
    if (action == ACTION_FASTER && at > 0)
        at--;
    sync_set_refresh(sync, steps[at] * 1000);
    app_message(app, MESSAGE_NOTE, "the list is read every %lld s; a large one less often",
                (long long)steps[at]);
    return EFFECT_REDRAW;
}

static unsigned to_requests(struct app *app, enum action_id action)
{
    (void)action;
    if (!app_is_open(app, &requests_screen))
        app_push(app, &requests_screen, NULL);
    return EFFECT_HANDLED;
}

static unsigned to_history(struct app *app, enum action_id action)
{
    (void)action;
    if (!app_is_open(app, &history_screen))
        app_push(app, &history_screen, NULL);
    return EFFECT_HANDLED;
}

static unsigned undo(struct app *app, enum action_id action)
{
    (void)action;
    undo_last(app);
    return EFFECT_REDRAW;
}

static unsigned show_plan(struct app *app, enum action_id action)
{
    (void)action;
    if (app_is_open(app, &plan_screen))
        app_message(app, MESSAGE_NOTE, "a plan is open already; leave it first");
    else if (!plan_take_up(app))
        session_left_look(app_session(app), true);
    return EFFECT_REDRAW;
}

static unsigned to_help(struct app *app, enum action_id action)
{
    (void)action;
    if (!app_is_open(app, &help_screen))
        app_push(app, &help_screen, NULL);
    return EFFECT_HANDLED;
}

static unsigned to_palette(struct app *app, enum action_id action)
{
    (void)action;
    palette_open(app);
    return EFFECT_HANDLED;
}

static unsigned to_profiles(struct app *app, enum action_id action)
{
    (void)action;
    palette_profiles(app);
    return EFFECT_HANDLED;
}

static unsigned to_themes(struct app *app, enum action_id action)
{
    (void)action;
    palette_themes(app);
    return EFFECT_HANDLED;
}

static unsigned to_demo(struct app *app, enum action_id action)
{
    (void)action;
    demo_menu_open(app);
    return EFFECT_HANDLED;
}

static unsigned to_tour(struct app *app, enum action_id action)
{
    (void)action;
    app_tour(app);
    return EFFECT_REDRAW;
}

static unsigned repaint(struct app *app, enum action_id action)
{
    (void)action;
    app_repaint(app);
    return EFFECT_HANDLED;
}

static unsigned suspend(struct app *app, enum action_id action)
{
    (void)action;
    app_suspend(app);
    return EFFECT_HANDLED;
}

static unsigned close_top(struct app *app, enum action_id action)
{
    (void)app;
    (void)action;
    return EFFECT_CLOSE;
}

static unsigned quit(struct app *app, enum action_id action)
{
    (void)action;
    app_quit(app, true);
    return EFFECT_HANDLED;
}

static unsigned cancel(struct app *app, enum action_id action)
{
    (void)action;
    struct session *s = app_session(app);
    /* Looks at what is not settled and the read-back are reads of a write: they go on. */
    bool writing = writes_open(s->writes) || session_applying(s);
    const char *goes_on = writing ? "what is written goes on; " : "";
    if (!sync_cancel(s->sync))
        app_message(app, MESSAGE_NOTE, "%sno read is running: there is nothing to cancel", goes_on);
    else if (sync_state(s->sync)->paused || !sync_refresh_ms(s->sync))
        app_message(app, MESSAGE_NOTE, "%sthe read was cancelled; what came is kept; r reads again",
                    goes_on);
    else
        app_message(app, MESSAGE_NOTE,
                    "%sthe read was cancelled; what came is kept; the next comes by its interval, "
                    "r reads now",
                    goes_on);
    return EFFECT_HANDLED;
}

/* What asks the server has nothing to do. */
static bool is_offline(struct app *app)
{
    if (!app_session(app)->env.offline)
        return false;
    app_message(app, MESSAGE_NOTE,
                "offline: the accounts are as last seen; start without --offline");
    return true;
}

static unsigned refresh(struct app *app, enum action_id action)
{
    (void)action;
    struct session *s = app_session(app);
    if (is_offline(app))
        return EFFECT_REDRAW;
    if (s->token_error.status)
        session_begin(s);
    else {
        api_try_now(s->api);
        sync_now(s->sync);
    }
    return EFFECT_REDRAW;
}

static unsigned pause_refresh(struct app *app, enum action_id action)
{
    (void)action;
    struct sync *sync = app_session(app)->sync;
    if (is_offline(app))
        return EFFECT_REDRAW;
    bool paused = !sync_state(sync)->paused;
    sync_pause(sync, paused);
    app_message(app, MESSAGE_NOTE,
                paused ? "refreshing is paused; Z goes on" : "refreshing goes on");
    return EFFECT_REDRAW;
}

static unsigned readonly(struct app *app, enum action_id action)
{
    (void)action;
    session_lock(app_session(app));
    app_message(app, MESSAGE_NOTE, "every write is refused from now on");
    return EFFECT_REDRAW;
}

static void unlock_fill(void *ctx, struct dialog *d)
{
    struct session *s = app_session(ctx);
    const char *word = s->profile.label[0] ? s->profile.label : s->profile.name;
    dialog_line(d, ROLE_TEXT, "Writes to %s will be allowed for 30 minutes.", s->profile.name);
    dialog_button(d, "Unlock");
    dialog_ask_word(d, word);
}

static void unlock_answer(void *ctx, int button)
{
    if (button == 1)
        session_unlock(app_session(ctx));
}

static unsigned unlock(struct app *app, enum action_id action)
{
    (void)action;
    if (app_session(app)->profile.access != ACCESS_GUARDED) {
        app_message(app, MESSAGE_NOTE, "this profile is not guarded");
        return EFFECT_REDRAW;
    }
    const struct ask_arg arg = {
        .title = "Unlock writes?", .fill = unlock_fill, .answer = unlock_answer, .ctx = app};
    app_push(app, &ask_screen, &arg);
    return EFFECT_HANDLED;
}

/* over: also while a menu or a question stands in front; what opens another one does not. */
static const struct {
    enum action_id action;
    unsigned (*fn)(struct app *app, enum action_id action);
    bool over;
} handlers[] = {
    {ACTION_ACCOUNTS, to_accounts, false}, {ACTION_MONITOR, to_monitor, false},
    {ACTION_ALERTS, to_alerts, false},     {ACTION_FASTER, interval, false},
    {ACTION_SLOWER, interval, false},      {ACTION_REQUESTS, to_requests, false},
    {ACTION_HISTORY, to_history, false},   {ACTION_UNDO, undo, false},
    {ACTION_SHOW_PLAN, show_plan, false},  {ACTION_HELP, to_help, false},
    {ACTION_PALETTE, to_palette, false},   {ACTION_PROFILE, to_profiles, false},
    {ACTION_THEME, to_themes, false},      {ACTION_DEMO, to_demo, false},
    {ACTION_TOUR, to_tour, false},         {ACTION_REPAINT, repaint, true},
    {ACTION_SUSPEND, suspend, true},       {ACTION_BACK, close_top, true},
    {ACTION_CLOSE, close_top, true},       {ACTION_QUIT, quit, false},
    {ACTION_CANCEL, cancel, true},         {ACTION_REFRESH, refresh, false},
    {ACTION_RESYNC, refresh, false},       {ACTION_PAUSE, pause_refresh, false},
    {ACTION_READONLY, readonly, false},    {ACTION_UNLOCK, unlock, false},
};

unsigned app_global_action(struct app *app, enum action_id action, bool over)
{
    for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
        if (handlers[i].action == action && (handlers[i].over || !over))
            return handlers[i].fn(app, action);
    }
    return EFFECT_NONE;
}

bool app_global_has(enum action_id action)
{
    for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
        if (handlers[i].action == action)
            return true;
    }
    return false;
}

/* What becomes of it: a demo takes its journal and its server along. */
static void add_what_is_kept(struct app *app, struct dialog *d, const char *kept)
{
    bool demo = app_session(app)->profile.demo;
    dialog_line(d, ROLE_TEXT, "%s", demo ? "It ends with the demo: nothing of it is kept." : kept);
}

void app_warn_unapplied(const struct session *s, struct dialog *d)
{
    struct str words = STR_INIT;
    if (session_plans_unapplied(s, &words))
        dialog_line(d, ROLE_WARNING, "%s", str_text(&words));
    str_finish(&words);
}

static void quit_fill(void *ctx, struct dialog *d)
{
    size_t open = writes_open(app_session(ctx)->writes);
    dialog_safe_button(d, "Stay");
    if (app_busy(ctx))
        dialog_line(d, ROLE_WARNING, "A form with changes is open.");
    if (open) {
        dialog_line(d, ROLE_WARNING, "%s %s not settled yet.", QUANTITY(open),
                    open == 1 ? "write is" : "writes are");
        add_what_is_kept(ctx, d, "It is in the journal; the next start goes on looking.");
    }
    if (session_applying(app_session(ctx))) {
        dialog_line(d, ROLE_WARNING, "%s", session_applying_words(app_session(ctx)));
        add_what_is_kept(ctx, d, "What is left is kept; the next start asks whether to go on.");
        app_warn_unapplied(app_session(ctx), d);
        dialog_button(d, "Halt it, then leave");
        dialog_button(d, "Leave now");
        return;
    }
    app_warn_unapplied(app_session(ctx), d);
    dialog_button(d, "Leave"); /* `q` asked this: it is no answer to it */
}

static void quit_answer(void *ctx, int button)
{
    if (button == 1)
        app_after_plan(ctx, NULL);
    else if (button == 2)
        app_quit(ctx, false);
}

void app_ask_quit(struct app *app)
{
    const struct ask_arg arg = {
        .title = "Quit paddock?", .fill = quit_fill, .answer = quit_answer, .ctx = app};
    app_push(app, &ask_screen, &arg);
}
