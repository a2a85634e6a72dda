/* app_main.c: the console from start to end, and what reaches it from outside: bytes, signals, the
 * hangup, the tick of a second; and what its other parts ask of the stack. */
#include "tui/app_after.h"
#include "tui/app_private.h"
#include "tui/app_store.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"
#include "cli/demo.h"
#include "cli/exit.h"
#include "tui/screens/accounts.h"
#include "tui/screens/plan.h"
#include "tui/session_plan.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

const struct screen_ops *app_top(const struct app *app, const void **self)
{
    const struct layer *top = &app->stack[app->depth - 1];
    *self = top->self;
    return top->ops;
}

void app_saved(struct app *app, struct span id)
{
    row_id row = fleet_find(app->session->fleet, id);
    for (size_t i = 0; i < app->depth && row != ROW_NONE; i++) {
        if (app->stack[i].ops == &accounts_screen)
            accounts_go(app->stack[i].self, row);
    }
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
        term_resize(app->term);
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

#define CALM_MS 2000 /* since the last key */

/* Nothing is in front and nobody types: keys that are meant for a filter answer no question. */
static bool is_calm(const struct app *app)
{
    const struct layer *top = &app->stack[app->depth - 1];
    bool typing = top->ops->typing && top->ops->typing(top->self);
    return app->depth == 1 && !typing &&
           (!app->key_mono_ms || app_now_mono(app) - app->key_mono_ms >= CALM_MS);
}

/* Not over what somebody is in the middle of: then a little later. */
void app_offer_left(struct app *app)
{
    if (app->session->ask_left && plan_offer(app, is_calm(app)))
        app->session->ask_left = false;
}

static void on_tick(void *ctx)
{
    struct app *app = ctx;
    app->tick = loop_timer_start(app->loop, 1000, on_tick, app);
    session_tick(app->session);
    app_offer_left(app);
    app_alert_tick(app);
    app_store_news(app);
    app_message_next(app);
    app_news(app, NEWS_TICK);
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

/* Standard error is the screen. Without the file the console does as well, and says so. */
static void open_log(struct app *app)
{
    const char *dir = app->console->paths.state_dir;
    struct error err;
    if (!app->console->options.debug)
        return;
    char *path = paths_join(dir, "debug.log");
    if (paths_make_dir(dir, &err) || log_open(&app->log, path, *loop_clock(app->loop), &err))
        app_message(app, MESSAGE_WARNING, "%s", err.what);
    mem_free(path);
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
    open_log(app);
    app->session = app_session_for(app, &con->profile, err);
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
    draw_init(&app->draw, term_grid(app->term), &app->theme, term_ascii(app->term));
    app->input = input_create(app->loop, escape_delay(con), app_on_key, app);
    input_define_all(app->input, lookup_cap, app->term);
    loop_before_sleep(app->loop, app_before_sleep, app);
    const struct accounts_arg first = {con->options.view, con->options.filter};
    if (con->options.demo)
        app_message(app, MESSAGE_NOTE, DEMO_WORDS " All of it goes when the demo ends.");
    app_push(app, &accounts_screen, &first);
    if (app->session->watching.rules_error.status != ST_OK)
        app_error(app, &app->session->watching.rules_error);
    app_set_title(app);
    session_begin(app->session);
    app->tick = loop_timer_start(app->loop, 1000, on_tick, app);
    return ST_OK;
}

/* After the screen is gone, the one thing that an operator needs for going on. */
static void say_last_words(struct str *words)
{
    struct str safe = STR_INIT;
    if (words->len) {
        text_safe(&safe, words->data, words->len, 0);
        fprintf(stderr, "paddock: %s\n", str_text(&safe));
    }
    str_finish(&safe);
    str_finish(words);
}

static void app_end(struct app *app)
{
    struct str words = STR_INIT;
    if (app->session)
        session_plan_last_words(app->session, &words);
    while (app->depth)
        app_close_top(app);
    loop_timer_stop(app->loop, app->tick);
    app_after_finish(app);
    loop_before_sleep_remove(app->loop, app_before_sleep, app);
    input_destroy(app->input);
    term_destroy(app->term);
    if (app->term) {
        draw_finish(&app->draw);
        theme_finish(&app->theme);
    }
    session_keep_list(app->session, &words);
    session_close(app->session);
    say_last_words(&words);
    log_close(app->log);
    signals_destroy(app->signals);
    keymap_destroy(app->keymap);
    app_message_forget(app);
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
