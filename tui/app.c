/* app.c: the stack of screens, keys, messages and painting.
 *
 * The app knows no screen by name but the first. Keys and news only set a flag; the one repaint is
 * a before-sleep hook of the loop, and is left out while the terminal has not taken the last frame
 * yet, so that frames coalesce on a slow line and keys are never waited for. */
#include "tui/app_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/app_alert.h"
#include "tui/app_global.h"
#include "tui/draft_sent.h"
#include "tui/screens/accounts.h"
#include "tui/screens/plan.h"
#include "tui/app_after.h"
#include "tui/app_store.h"
#include "tui/session_plan.h"
#include "tui/who.h"

struct loop *app_loop(struct app *app)
{
    return app->loop;
}

struct cli_console *app_console(struct app *app)
{
    return app->console;
}

const struct config *app_config(const struct app *app)
{
    return app->console->config;
}

struct session *app_session(struct app *app)
{
    return app->session;
}

struct keymap *app_keymap(struct app *app)
{
    return app->keymap;
}

struct theme *app_theme(struct app *app)
{
    return &app->theme;
}

struct draw *app_draw(struct app *app)
{
    return &app->draw;
}

int64_t app_now_wall(const struct app *app)
{
    return clock_wall(loop_clock(app->loop));
}

int64_t app_now_server(const struct app *app)
{
    const struct clock server = api_clock(app->session->api);
    return clock_wall(&server);
}

int64_t app_now_mono(const struct app *app)
{
    return clock_mono(loop_clock(app->loop));
}

void app_dirty(struct app *app)
{
    app->dirty = true;
}

/* ---- the stack ---- */

void app_push(struct app *app, const struct screen_ops *ops, const void *arg)
{
    if (app->depth == STACK_MAX)
        return;
    /* The screen may ask the app while it opens, so it is on the stack only afterwards. */
    void *self = ops->open(app, arg);
    app->stack[app->depth++] = (struct layer){ops, self, ++app->serials};
    app->dirty = true;
}

/* A full screen takes the overlays that stand directly above it along: they ask on its behalf. */
static void close_layer(struct app *app, size_t at)
{
    while (!app->stack[at].ops->overlay && at + 1 < app->depth && app->stack[at + 1].ops->overlay)
        close_layer(app, at + 1);
    struct layer layer = app->stack[at];
    for (size_t i = at; i + 1 < app->depth; i++)
        app->stack[i] = app->stack[i + 1];
    app->depth--;
    layer.ops->close(layer.self);
    app->dirty = true;
}

void app_close_top(struct app *app)
{
    close_layer(app, app->depth - 1);
}

void app_close_screen(struct app *app, const void *self)
{
    for (size_t i = app->depth; i-- > 0;) {
        if (app->stack[i].self == self) {
            close_layer(app, i);
            return;
        }
    }
}

bool app_is_open(const struct app *app, const struct screen_ops *ops)
{
    for (size_t i = 0; i < app->depth; i++) {
        if (app->stack[i].ops == ops)
            return true;
    }
    return false;
}

bool app_busy(const struct app *app)
{
    for (size_t i = 0; i < app->depth; i++) {
        const struct layer *l = &app->stack[i];
        if (l->ops->busy && l->ops->busy(l->self))
            return true;
    }
    return false;
}

void app_close_above(struct app *app)
{
    /* A form with changes is not thrown away by a key that only looks elsewhere. */
    while (app->depth > 1) {
        const struct layer *top = &app->stack[app->depth - 1];
        if (top->ops->busy && top->ops->busy(top->self)) {
            app_message(app, MESSAGE_WARNING, "the form has changes; Esc leaves it");
            return;
        }
        close_layer(app, app->depth - 1);
    }
}

/* The layer may be gone by now: what it did may have closed it, or all. */
static void apply_effect(struct app *app, const struct layer *layer, unsigned effect)
{
    if (effect & (EFFECT_REDRAW | EFFECT_CLOSE))
        app->dirty = true;
    if (effect & EFFECT_TOUCHED)
        app->touched = true;
    for (size_t i = effect & EFFECT_CLOSE ? app->depth : 0; i-- > 0;) {
        if (app->stack[i].serial == layer->serial) {
            close_layer(app, i);
            break;
        }
    }
    if (app->depth == 0)
        app_quit(app, false);
}

void app_news(struct app *app, enum news what)
{
    for (size_t i = 0; i < app->depth; i++) {
        struct layer layer = app->stack[i];
        unsigned effect = layer.ops->news ? layer.ops->news(layer.self, what) : EFFECT_REDRAW;
        size_t before = app->depth;
        apply_effect(app, &layer, effect);
        if (app->depth < before)
            i--;
    }
}

void app_write_shown(struct app *app, const struct write *write)
{
    app->shown = write;
}

/* ---- actions and keys ---- */

static unsigned act(struct app *app, size_t at, enum action_id action)
{
    struct layer layer = app->stack[at];
    unsigned effect = layer.ops->action(layer.self, action);
    if (effect == EFFECT_NONE)
        effect = app_global_action(app, action, layer.ops->overlay);
    apply_effect(app, &layer, effect);
    if (effect != EFFECT_NONE && app->depth)
        tour_saw(&app->tour, app, action);
    return effect;
}

/* The screen that the palette works for: the topmost full one. */
static size_t full_screen(const struct app *app)
{
    size_t at = app->depth;
    while (at > 1 && app->stack[at - 1].ops->overlay)
        at--;
    return at ? at - 1 : 0;
}

unsigned app_run(struct app *app, enum action_id action)
{
    return app->depth ? act(app, full_screen(app), action) : EFFECT_NONE;
}

void app_current(struct app *app, const struct screen_ops **ops, void **self)
{
    const struct layer *layer = &app->stack[full_screen(app)];
    *ops = layer->ops;
    *self = layer->self;
}

static unsigned give_key(struct layer top, const struct key *key)
{
    return top.ops->key ? top.ops->key(top.self, key) : EFFECT_NONE;
}

void app_press(struct app *app, const struct key *plain)
{
    struct layer top = app->stack[app->depth - 1];
    apply_effect(app, &top, give_key(top, plain));
}

/* While text is typed, the screen's own bindings go first, then its widget, then what is bound
 * everywhere, so that "q" in a field is a letter and Esc still leaves. Otherwise: what is bound,
 * then the widget. What is on top or typed has Esc before the tour has it. Widgets get the plain
 * key that the binding stands for. */
static unsigned key_effect(struct app *app, const struct key *key)
{
    struct layer top = app->stack[app->depth - 1];
    size_t depth = app->depth;
    bool typing = top.ops->typing && top.ops->typing(top.self);
    int context = keymap_context(app->keymap, top.ops->context(top.self));
    enum action_id action = typing ? keymap_lookup_typing(app->keymap, context, key)
                                   : keymap_lookup(app->keymap, context, key);
    bool global = action == keymap_lookup(app->keymap, KEYMAP_GLOBAL, key);
    struct key plain;
    keymap_translate(app->keymap, context, typing, key, &plain);
    unsigned effect = EFFECT_NONE;
    if (action == ACTION_BACK && app->depth == 1 && !typing && tour_leave(&app->tour, app))
        effect = EFFECT_HANDLED;
    else if (action != ACTION_NONE && !(typing && global))
        effect = act(app, app->depth - 1, action);
    if (effect == EFFECT_NONE) {
        effect = give_key(top, &plain);
        apply_effect(app, &top, effect);
    }
    if (effect == EFFECT_NONE && typing && global && app->depth == depth)
        effect = act(app, app->depth - 1, action);
    return effect;
}

/* What the key does where it is bound: in the list, else on any screen. */
static enum action_id elsewhere(const struct app *app, const struct key *key)
{
    const struct keymap *map = app->keymap;
    enum action_id action = keymap_lookup(map, keymap_context(map, "list"), key);
    for (size_t i = 0; action == ACTION_NONE && i < keymap_context_count(map); i++)
        action = keymap_lookup(map, (int)i, key);
    return action;
}

/* A key that means something, but not here, is answered, so that nobody waits for what does not
 * come, or types on. A key that is bound to nothing is a slip: it hides nothing. */
static void tell_no_use(struct app *app, const struct key *key, unsigned said)
{
    const struct layer *top = &app->stack[app->depth - 1];
    bool typing = top->ops->typing && top->ops->typing(top->self);
    /* Where something is typed a key that can be no part of that. */
    bool apart = key->sym == KEYSYM_TAB || key->mods & KEYMOD_CTRL ||
                 (key->sym >= KEYSYM_F1 && key->sym <= KEYSYM_F12);
    if ((typing && !apart) || !app_message_may_answer(app, said))
        return;
    enum action_id action = elsewhere(app, key);
    if (key->sym == KEYSYM_PASTE)
        app_message(app, MESSAGE_NOTE, "the paste was ignored: nothing is typed here");
    else if (action == ACTION_NONE)
        return;
    else
        app_message(app, MESSAGE_NOTE, "%s does nothing here; %s", action_info(action)->name,
                    top->ops->overlay ? "Esc leaves this"
                    : app->depth > 1  ? "1 shows the accounts, ? the keys"
                                      : "? shows the keys");
}

void app_on_key(void *ctx, const struct key *key)
{
    struct app *app = ctx;
    if (!app->depth || app->ending || app->handed)
        return;
    session_open_late(app->session);
    sync_touch(app->session->sync);
    unsigned said = app_message_begin_key(app);
    app->key_mono_ms = app_now_mono(app);
    bool acted = key_effect(app, key) != EFFECT_NONE;
    if (!acted && app->depth && app_session(app))
        tell_no_use(app, key, said);
    app_message_end_key(app, said, acted);
}

/* ---- painting ---- */

static void paint_too_small(struct app *app, const struct canvas *c)
{
    (void)app;
    draw_printf(c, 0, 0, ROLE_WARNING, "%dx%d is too small", c->cols, c->rows);
    if (c->rows > 1)
        draw_printf(c, 1, 0, ROLE_TEXT, "paddock needs %dx%d", APP_COLS_MIN, APP_ROWS_MIN);
}

static void paint(struct app *app)
{
    int rows, cols;
    term_size(app->term, &rows, &cols);
    struct canvas whole = draw_begin(&app->draw, rows, cols);
    app->inner_serial = 0;
    if (rows < APP_ROWS_MIN || cols < APP_COLS_MIN) {
        paint_too_small(app, &whole);
    } else {
        size_t at = full_screen(app);
        const struct layer *base = &app->stack[at];
        struct canvas inner = chrome_draw(app, &whole, base->ops, base->self, &app->message);
        inner = tour_draw(&app->tour, app, &inner);
        base->ops->draw(base->self, &inner);
        for (size_t i = at + 1; i < app->depth; i++)
            app->stack[i].ops->draw(app->stack[i].self, &whole);
        app->inner = inner;
        app->inner_serial = at + 1 == app->depth ? base->serial : 0;
    }
    draw_end(&app->draw);
    term_refresh(app->term);
}

/* Lets the screen draw what it touched, on the last frame; false when that frame was another's. */
static bool paint_touched(struct app *app)
{
    const struct layer *top = &app->stack[app->depth - 1];
    if (app->inner_serial != top->serial || !top->ops->update)
        return false;
    draw_resume(&app->draw);
    top->ops->update(top->self, &app->inner);
    draw_end(&app->draw);
    term_refresh(app->term);
    return true;
}

void app_before_sleep(void *ctx)
{
    struct app *app = ctx;
    if (!(app->dirty || app->touched) || app->ending || !app->depth || !term_can_draw(app->term))
        return;
    if (app->dirty || !paint_touched(app))
        paint(app);
    app->dirty = app->touched = false;
}

void app_tour(struct app *app)
{
    tour_begin(&app->tour, app);
}

void app_suspend(struct app *app)
{
    term_suspend(app->term, true);
    app->dirty = true;
}

void app_repaint(struct app *app)
{
    term_repaint(app->term);
    app->dirty = true;
}

static void on_fleet(void *ctx)
{
    app_news(ctx, NEWS_FLEET);
}

/* A write that no review shows (left, or taken up from an earlier run) speaks in the message line.
 */
static void on_write(void *ctx, struct write *write)
{
    static const bool told[] = {
        [WRITE_APPLIED] = true,   [WRITE_DIFFERENT] = true,   [WRITE_NOT_APPLIED] = true,
        [WRITE_NO_CHANGE] = true, [WRITE_CONFLICTING] = true, [WRITE_NOT_SEEN] = true,
        [WRITE_RELEASED] = false};
    struct app *app = ctx;
    enum write_outcome outcome = write_outcome(write);
    const char *word = NULL;
    if (told[outcome])
        word = write_outcome_words(write);
    if (write_state(write) == WRITE_DONE && outcome == WRITE_APPLIED)
        tour_saved(&app->tour, app);
    /* An item of a running plan is told by the plan, once a turn. */
    if (write_plan(write)[0] && write_attended(write))
        return;
    struct str who = STR_INIT;
    who_write(app->session->fleet, write, &who);
    const char *name = str_text(&who);
    if (write == app->shown || !write_is_news(write)) /* told once, however often it is looked at */
        word = NULL;
    else if (write_state(write) == WRITE_UNKNOWN && outcome == WRITE_NONE)
        app_message(app, MESSAGE_WARNING, "%s: outcome unknown; paddock keeps looking", name);
    else if (outcome == WRITE_NOT_APPLIED || outcome == WRITE_DIFFERENT)
        app_message(app, MESSAGE_WARNING, "%s: %s: %s", name, word, write_error(write)->what);
    else if (word)
        app_message(app, MESSAGE_NOTE, "%s: %s", name, word);
    str_finish(&who);
    app_news(app, NEWS_WRITE);
}

/* What became of a plan whose screen is not there. */
static void tell_plan(struct app *app)
{
    struct session *s = app->session;
    struct str words = STR_INIT;
    if (!s->run || session_applying(s) || s->run_told)
        return;
    s->run_told = true;
    const struct plan *plan = session_plan(s);
    plan_run_words(s->run, &words);
    session_plan_by(s, &words);
    const struct error *why = plan_run_error(s->run);
    bool good = why->status == ST_OK && !plan_left(plan);
    const char *see = app_is_open(app, &plan_screen) ? "" : "; :resume shows it";
    app_message(app, good ? MESSAGE_GOOD : MESSAGE_WARNING, "plan %s: %s%s%s%s", plan->head.id,
                str_text(&words), see, why->what[0] ? "; " : "", why->what);
    str_finish(&words);
}

static void on_plan(void *ctx)
{
    struct app *app = ctx;
    tell_plan(app);
    app_news(app, NEWS_WRITE);
    app_offer_left(app);
    app_after_news(app);
}

static void tell_no_journal(struct app *app)
{
    app_message(app, MESSAGE_ERROR, "no write without a journal: %s",
                app->session->journal_error.what);
}

/* Once, when the list is there: what was typed before this start. */
static void tell_draft(struct app *app)
{
    struct session *s = app->session;
    struct str words = STR_INIT;
    if (s->draft_told || !s->loaded || !(s->env.offline || fleet_count(s->fleet)))
        return;
    s->draft_told = true;
    draft_waiting(s, &words);
    if (words.len && app->depth == 1)
        app_tell(app, TELL_DRAFT, MESSAGE_NOTE, "%s", str_text(&words));
    str_finish(&words);
}

static void on_sync(void *ctx)
{
    struct app *app = ctx;
    app_message_next(app); /* before the trouble that began may be over */
    app_store_news(app);
    tell_draft(app);
    app_news(app, NEWS_SYNC);
}

/* ---- session ---- */

void app_set_title(struct app *app)
{
    struct str title = STR_INIT;
    const struct session *s = app->session;
    str_printf(&title, "paddock %s%s%s %s %s", s->profile.label ? s->profile.label : "",
               s->profile.label && s->profile.label[0] ? " " : "", s->profile.name, api_org(s->api),
               api_host(s->api));
    term_title(app->term, span_from(&title));
    str_finish(&title);
}

struct session *app_session_for(struct app *app, const struct profile *profile, struct error *err)
{
    const struct session_events events = {.fleet = on_fleet,
                                          .sync = on_sync,
                                          .write = on_write,
                                          .plan = on_plan,
                                          .monitor = app_on_monitor,
                                          .alert = app_on_alert,
                                          .alert_failed = app_on_alert_failed,
                                          .ctx = app};
    const struct session_env env = {.loop = app->loop,
                                    .config = app->console->config,
                                    .paths = &app->console->paths,
                                    .tokens = app->console->tokens,
                                    .log = app->log,
                                    .offline = app->console->options.offline};
    return session_open(&env, profile, &events, err);
}

enum status app_switch(struct app *app, const struct profile *profile, struct error *err)
{
    if (app_busy(app)) {
        error_set(err, ST_USAGE, "a form has changes that were not sent");
        error_next(err, "send or leave it first");
        return ST_USAGE;
    }
    struct session *next = app_session_for(app, profile, err);
    if (!next)
        return err->status;
    struct str locked =
        STR_INIT; /* who was unlocked and is not any more: another visit begins locked */
    if (app->session->unlocked_until_mono_ms)
        str_add(&locked, session_name(app->session));
    /* From the top down, and while the session that the screens began in still holds. */
    while (app->depth)
        close_layer(app, app->depth - 1);
    session_close(app->session);
    app->session = next;
    /* What was said was said of the other. */
    app_message_forget(app);
    app_message_withdraw(app, app->message_number);
    app->alert_news = (struct alert_news){0};
    /* The repaint stays the last hook, after the new session's: its news are seen at once. */
    loop_before_sleep_remove(app->loop, app_before_sleep, app);
    loop_before_sleep(app->loop, app_before_sleep, app);
    app_push(app, &accounts_screen, NULL);
    app_set_title(app);
    session_begin(next);
    if (locked.len)
        app_message(app, MESSAGE_NOTE, "%s is locked again; :unlock there allows writes",
                    str_text(&locked));
    str_finish(&locked);
    return ST_OK;
}

bool app_offers(const struct app *app, enum action_id action)
{
    const struct session *s = app->session;
    bool writing = !s->env.offline && !api_readonly(s->api);
    return writing || !(action_info(action)->flags & AF_WRITES);
}

bool app_may_write(struct app *app)
{
    const struct session *s = app->session;
    if (s->env.offline) {
        app_message(app, MESSAGE_WARNING, "offline: nothing is sent; start without --offline");
        return false;
    }
    if (!s->journal) {
        tell_no_journal(app);
        return false;
    }
    if (!api_readonly(s->api))
        return true;
    if (s->profile.access == ACCESS_GUARDED)
        app_message(app, MESSAGE_WARNING,
                    "%s is guarded and locked; :unlock allows writes for 30 minutes",
                    session_name(s));
    else
        app_message(app, MESSAGE_WARNING, "%s is read-only; nothing was sent", session_name(s));
    return false;
}

void app_quit(struct app *app, bool ask)
{
    if (ask && (writes_open(app->session->writes) || session_applying(app->session) ||
                app_busy(app) || session_plans_unapplied(app->session, NULL))) {
        app_ask_quit(app);
        return;
    }
    app->ending = true;
    loop_stop(app->loop);
}
