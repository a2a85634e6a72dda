/* app.c: terminal, keys and the stack of screens.
 *
 * The app knows no screen by name but the first. Keys and news only set a flag; the one repaint is
 * a before-sleep hook of the loop, and is left out while the terminal has not taken the last frame
 * yet, so that frames coalesce on a slow line and keys are never waited for. */
#include "tui/app.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "cli/exit.h"
#include "loop/child.h"
#include "loop/signals.h"
#include "tui/app_global.h"
#include "tui/chrome.h"
#include "tui/screens/accounts.h"
#include "tui/yank.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define STACK_MAX 16

struct layer {
    const struct screen_ops *ops;
    void *self; /* owned; ops->close */
};

struct app {
    struct cli_console *console; /* (borrowed) */
    struct log *log;             /* NULL: none */
    struct loop *loop;
    struct signals *signals;
    struct term *term;
    struct input *input;
    struct keymap *keymap;
    struct theme theme;
    struct draw draw;
    struct session *session;
    struct layer stack[STACK_MAX];
    size_t depth;
    struct chrome_message message;
    loop_timer tick;
    bool dirty, ending;
    int exit_code;
    void (*child_done)(void *ctx, int exit_code);
    void *child_ctx;
};

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

struct term *app_term(struct app *app)
{
    return app->term;
}

int64_t app_now_wall(const struct app *app)
{
    return clock_wall(loop_clock(app->loop));
}

int64_t app_now_mono(const struct app *app)
{
    return clock_mono(loop_clock(app->loop));
}

void app_dirty(struct app *app)
{
    app->dirty = true;
}

/* ---- messages ---- */

static void message_vset(struct app *app, enum message_kind kind, const char *fmt, va_list ap)
{
    app->message.kind = kind;
    app->message.wall_ms = app_now_wall(app);
    str_clear(&app->message.text);
    str_vprintf(&app->message.text, fmt, ap);
    app->dirty = true;
}

void app_message(struct app *app, enum message_kind kind, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    message_vset(app, kind, fmt, ap);
    va_end(ap);
}

void app_error(struct app *app, const struct error *err)
{
    app_message(app, MESSAGE_ERROR, "%s%s%s", err->what, err->next[0] ? "; " : "", err->next);
}

/* ---- the stack ---- */

void app_push(struct app *app, const struct screen_ops *ops, const void *arg)
{
    if (app->depth == STACK_MAX)
        return;
    /* The screen may ask the app while it opens, so it is on the stack only afterwards. */
    void *self = ops->open(app, arg);
    app->stack[app->depth++] = (struct layer){ops, self};
    app->dirty = true;
}

static void close_layer(struct app *app, size_t at)
{
    struct layer layer = app->stack[at];
    for (size_t i = at; i + 1 < app->depth; i++)
        app->stack[i] = app->stack[i + 1];
    app->depth--;
    layer.ops->close(layer.self);
    app->dirty = true;
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

static void apply_effect(struct app *app, const void *self, unsigned effect)
{
    if (effect & (EFFECT_REDRAW | EFFECT_CLOSE))
        app->dirty = true;
    if (effect & EFFECT_CLOSE)
        app_close_screen(app, self);
    if (app->depth == 0)
        app_quit(app, false);
}

static void news(struct app *app, enum news what)
{
    for (size_t i = 0; i < app->depth; i++) {
        struct layer layer = app->stack[i];
        unsigned effect = layer.ops->news ? layer.ops->news(layer.self, what) : EFFECT_REDRAW;
        size_t before = app->depth;
        apply_effect(app, layer.self, effect);
        if (app->depth < before)
            i--;
    }
}

void app_news_write(struct app *app)
{
    news(app, NEWS_WRITE);
}

/* ---- actions and keys ---- */

static unsigned act(struct app *app, size_t at, enum action_id action)
{
    struct layer layer = app->stack[at];
    unsigned effect = layer.ops->action(layer.self, action);
    if (effect == EFFECT_NONE)
        effect = app_global_action(app, action);
    apply_effect(app, layer.self, effect);
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

/* While text is typed, the screen's own bindings go first, then its widget, then what is bound
 * everywhere, so that "q" in a field is a letter and Esc still leaves. Otherwise: what is bound,
 * then the widget. Widgets get the plain key that the binding stands for. */
static void on_key(void *ctx, const struct key *key)
{
    struct app *app = ctx;
    if (!app->depth || app->ending)
        return;
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
    if (action != ACTION_NONE && !(typing && global))
        effect = act(app, app->depth - 1, action);
    if (effect == EFFECT_NONE) {
        effect = give_key(top, &plain);
        apply_effect(app, top.self, effect);
    }
    if (effect == EFFECT_NONE && typing && global && app->depth == depth)
        act(app, app->depth - 1, action);
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
    if (rows < APP_ROWS_MIN || cols < APP_COLS_MIN) {
        paint_too_small(app, &whole);
    } else {
        size_t at = full_screen(app);
        const struct layer *base = &app->stack[at];
        struct canvas inner = chrome_draw(app, &whole, base->ops, base->self, &app->message);
        base->ops->draw(base->self, &inner);
        for (size_t i = at + 1; i < app->depth; i++)
            app->stack[i].ops->draw(app->stack[i].self, &whole);
    }
    draw_end(&app->draw);
    term_refresh(app->term);
}

static void before_sleep(void *ctx)
{
    struct app *app = ctx;
    if (!app->dirty || app->ending || !app->depth || !term_can_draw(app->term))
        return;
    app->dirty = false;
    paint(app);
}

/* ---- what comes from outside ---- */

static void on_bytes(void *ctx, const char *bytes, size_t len)
{
    struct app *app = ctx;
    input_feed(app->input, bytes, len);
}

static void on_gone(void *ctx)
{
    struct app *app = ctx;
    app->exit_code = 1;
    app_quit(app, false);
}

static void on_ready(void *ctx)
{
    (void)ctx; /* the loop turns, and before_sleep paints what is dirty */
}

static void on_signal(void *ctx, int signo)
{
    struct app *app = ctx;
    switch (signo) {
    case SIGWINCH:
        if (term_resize(app->term))
            app->dirty = true;
        break;
    case SIGTSTP:
        term_suspend(app->term, false);
        app->dirty = true;
        break;
    case SIGCONT:
        term_continued(app->term);
        app->dirty = true;
        break;
    default:
        app->exit_code = 128 + signo;
        app_quit(app, false);
    }
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

static void on_tick(void *ctx)
{
    struct app *app = ctx;
    app->tick = loop_timer_start(app->loop, 1000, on_tick, app);
    session_tick(app->session);
    news(app, NEWS_TICK);
}

static void on_fleet(void *ctx)
{
    news(ctx, NEWS_FLEET);
}

static void on_sync(void *ctx)
{
    news(ctx, NEWS_SYNC);
}

/* ---- session ---- */

static void set_title(struct app *app)
{
    struct str title = STR_INIT;
    const struct session *s = app->session;
    str_printf(&title, "paddock %s%s%s %s %s", s->profile.label ? s->profile.label : "",
               s->profile.label && s->profile.label[0] ? " " : "", s->profile.name, api_org(s->api),
               api_host(s->api));
    term_title(app->term, span_from(&title));
    str_finish(&title);
}

static struct session *session_for(struct app *app, const struct profile *profile,
                                   struct error *err)
{
    const struct session_events events = {on_fleet, on_sync, app};
    const struct session_env env = {.loop = app->loop,
                                    .config = app->console->config,
                                    .paths = &app->console->paths,
                                    .tokens = app->console->tokens,
                                    .log = app->log};
    return session_open(&env, profile, &events, err);
}

enum status app_switch(struct app *app, const struct profile *profile, struct error *err)
{
    struct session *next = session_for(app, profile, err);
    if (!next)
        return err->status;
    struct session *old = app->session;
    app->session = next;
    news(app, NEWS_SESSION);
    while (app->depth)
        close_layer(app, app->depth - 1);
    session_close(old);
    app_push(app, &accounts_screen, NULL);
    set_title(app);
    session_begin(next);
    return ST_OK;
}

bool app_may_write(struct app *app)
{
    const struct session *s = app->session;
    if (!s->journal) {
        app_error(app, &s->journal_error);
        return false;
    }
    if (!api_readonly(s->api))
        return true;
    if (s->profile.access == ACCESS_GUARDED)
        app_message(app, MESSAGE_WARNING,
                    "%s is guarded and locked; :unlock allows writes for 30 minutes",
                    s->profile.name);
    else
        app_message(app, MESSAGE_WARNING, "%s is read-only; nothing was sent", s->profile.name);
    return false;
}

void app_quit(struct app *app, bool ask)
{
    if (ask && writes_open(app->session->writes)) {
        app_ask_quit(app);
        return;
    }
    app->ending = true;
    loop_stop(app->loop);
}

/* ---- children and the clipboard ---- */

static void on_child(void *ctx, const struct child_result *result)
{
    struct app *app = ctx;
    term_take_back(app->term);
    app->dirty = true;
    if (result->status == ST_IO)
        app_error(app, &result->error);
    app->child_done(app->child_ctx, result->exit_code);
}

void app_run_child(struct app *app, const struct child_spec *spec,
                   void (*fn)(void *ctx, int exit_code), void *ctx)
{
    struct error err;
    app->child_done = fn;
    app->child_ctx = ctx;
    if (spec->own_terminal)
        term_hand_over(app->term);
    if (!child_start(app->loop, spec, on_child, app, &err)) {
        term_take_back(app->term);
        app_error(app, &err);
    }
}

void app_yank(struct app *app, const char *what, struct span text)
{
    struct error err;
    struct str osc = STR_INIT;
    if (yank_text(app->console, text, &osc, &err)) {
        app_error(app, &err);
    } else {
        term_send(app->term, str_text(&osc), osc.len);
        app_message(app, MESSAGE_GOOD, "copied %s: %.*s", what,
                    text.len > 200 ? 200 : (int)text.len, text.p);
    }
    str_finish(&osc);
}

/* ---- from start to end ---- */

static enum status load_keys(struct app *app, struct error *err)
{
    struct str problems = STR_INIT;
    char *path = paths_join(app->console->paths.config_dir, "keys.cfg");
    enum status st = keymap_load_default(app->keymap, err);
    if (!st) {
        /* A bad line of keys.cfg costs that line: the rest holds, and the screen says so. */
        if (keymap_load_file(app->keymap, path, &problems, err))
            app_message(app, MESSAGE_WARNING, "%s", err->what);
    }
    mem_free(path);
    str_finish(&problems);
    return st;
}

static enum status load_theme(struct app *app, struct error *err)
{
    char *dir = paths_join(app->console->paths.config_dir, "themes");
    theme_init(&app->theme, term_depth(app->term), dir);
    mem_free(dir);
    const char *name = app->console->options.theme;
    if (!name)
        name = config_text(app->console->config, OPTION_UI_THEME);
    if (theme_set(&app->theme, name, err)) {
        app_message(app, MESSAGE_WARNING, "%s", err->what);
        return theme_set(&app->theme, "default", err);
    }
    return ST_OK;
}

static const char *lookup_cap(void *ctx, const char *cap)
{
    return term_string(ctx, cap);
}

/* Flags go before the config; both have the order auto, always, never. */
static enum term_color color_option(const struct cli_console *con)
{
    if (con->options.color != CLI_AUTO)
        return (enum term_color)con->options.color;
    return (enum term_color)config_int(con->config, OPTION_UI_COLOR);
}

static bool ascii_option(const struct cli_console *con)
{
    return con->options.ascii || config_int(con->config, OPTION_UI_ASCII) == CLI_ALWAYS;
}

/* ESCDELAY goes before the config: -1 lets the decoder look at it. */
static int escape_delay(const struct cli_console *con)
{
    return getenv("ESCDELAY") ? -1 : (int)config_int(con->config, OPTION_UI_ESCAPE_DELAY);
}

static enum status app_begin(struct app *app, int fd, struct error *err)
{
    static const int signos[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};
    struct cli_console *con = app->console;
    if (term_check(fd, err) || load_keys(app, err))
        return err->status;
    app->session = session_for(app, &con->profile, err);
    if (!app->session)
        return err->status;
    app->signals = signals_create(app->loop, signos, ARRAY_LEN(signos), on_signal, app);
    const struct term_opts topts = {fd, color_option(con), ascii_option(con)};
    const struct term_events events = {on_bytes, on_gone, on_ready, app};
    app->term = term_create(app->loop, &topts, &events, err);
    if (!app->term)
        return err->status;
    if (load_theme(app, err))
        return err->status;
    draw_init(&app->draw, &app->theme, term_ascii(app->term));
    app->input = input_create(app->loop, escape_delay(con), on_key, app);
    input_define_all(app->input, lookup_cap, app->term);
    loop_before_sleep(app->loop, before_sleep, app);
    app_push(app, &accounts_screen, con->options.filter);
    if (con->options.demo)
        app_message(app, MESSAGE_NOTE, "Demo: nothing here is real.");
    set_title(app);
    session_begin(app->session);
    app->tick = loop_timer_start(app->loop, 1000, on_tick, app);
    return ST_OK;
}

static void app_end(struct app *app)
{
    while (app->depth)
        close_layer(app, app->depth - 1);
    loop_timer_stop(app->loop, app->tick);
    loop_before_sleep_remove(app->loop, before_sleep, app);
    input_destroy(app->input);
    term_destroy(app->term);
    if (app->term) {
        draw_finish(&app->draw);
        theme_finish(&app->theme);
    }
    session_close(app->session);
    signals_destroy(app->signals);
    keymap_destroy(app->keymap);
    str_finish(&app->message.text);
    loop_destroy(app->loop);
}

int app_main(struct cli_console *console, int fd)
{
    struct app app = {.console = console, .message = {.wall_ms = WHEN_NONE}};
    struct error err;
    error_clear(&err);
    app.loop = loop_create(clock_system());
    app.keymap = keymap_create();
    enum status st = app_begin(&app, fd, &err);
    if (!st)
        loop_run(app.loop);
    app_end(&app);
    if (st) {
        fprintf(stderr, "paddock: %s\n", err.what);
        if (err.next[0])
            fprintf(stderr, "paddock: %s\n", err.next);
        return (int)exit_of(st);
    }
    return app.exit_code;
}
