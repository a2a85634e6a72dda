/* watch.c: paddock watch: the monitor and its alerts without a screen, for a service. It ends when
 * it is told to (TERM, INT, HUP), or when the server refuses the token; while the server is away it
 * goes on trying. */
#include "cli/output.h"
#include "cli/survey.h"
#include "cli/watching.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"
#include "loop/signals.h"
#include "sync/sync.h"

#include <signal.h>
#include <string.h>

struct watch {
    struct cli *cli;
    struct column_set *columns;
    struct health_classes health;
    struct problem_column problem;
    struct fleet *fleet;
    struct sync *sync;
    struct watching watching;
    loop_timer tick;
    struct error trouble;           /* of the server, as it was last told */
    struct error history, alerts;   /* why nothing is kept, the same */
    bool history_told, alerts_told; /* that a bad file was renamed aside */
    bool json, complete;
    enum exit_code code;
};

/* With nobody left to read it, it ends. */
static void put_now(struct watch *w)
{
    if (!cli_put_now(w->cli))
        loop_stop(w->cli->loop);
}

/* One line with the time (UTC) before it. */
static void say(struct watch *w, const char *word, struct span words)
{
    struct str line = STR_INIT;
    struct clock clock = *loop_clock(w->cli->loop);
    when_rfc3339(&line, clock_wall(&clock));
    str_printf(&line, " %s ", word);
    text_safe(&line, words.p, words.len, w->cli->safe);
    str_add_char(&line, '\n');
    cli_put(w->cli, &line);
    put_now(w);
    str_finish(&line);
}

static void on_told(void *ctx, const struct alert *alert, enum alert_event event)
{
    struct watch *w = ctx;
    struct str words = STR_INIT;
    if (w->json) {
        alert_json(w->watching.alerts, alert, event, &words);
        str_add_char(&words, '\n');
        cli_put(w->cli, &words);
        put_now(w);
    } else {
        alert_words(w->watching.alerts, alert, event, &words);
        say(w, alert_event_name(event), span_from(&words));
    }
    str_finish(&words);
}

static void on_failed(void *ctx, const struct alert_rule *rule, const struct error *err)
{
    struct watch *w = ctx;
    cli_say(w->cli, "alert %s: its command: %s", rule->name, err->what);
}

/* What failed, what is kept, and when it goes on by itself. */
static void say_trouble(const struct watch *w, const struct sync_state *s)
{
    struct str words = STR_INIT;
    uint32_t n = fleet_count(w->fleet);
    str_add(&words, s->error.what);
    if (n)
        str_printf(&words, "; the %s account%s as last seen", QUANTITY(n),
                   n == 1 ? " is" : "s are");
    if (s->next_try_mono_ms >= 0) {
        str_add(&words, "; next try in ");
        when_age(&words, s->next_try_mono_ms - clock_mono(loop_clock(w->cli->loop)) + 999);
    }
    cli_say(w->cli, "%s", str_text(&words));
    str_finish(&words);
}

static void on_sync(void *ctx)
{
    struct watch *w = ctx;
    if (!w->sync)
        return;
    const struct sync_state *s = sync_state(w->sync);
    if (s->error.status != w->trouble.status) {
        w->trouble = s->error;
        if (s->error.status != ST_OK)
            say_trouble(w, s);
        else
            cli_say(w->cli, "the server answers again");
    }
    if (s->proof != SYNC_NONE && !w->complete) {
        w->complete = true;
        uint32_t n = fleet_count(w->fleet);
        size_t rules = alerts_rules(w->watching.alerts);
        cli_say(w->cli, "watching %s account%s, %s alert%s", QUANTITY(n), PLURAL(n),
                QUANTITY(rules), PLURAL(rules));
        if (alerts_only_shows(w->watching.alerts))
            cli_say(w->cli, "another paddock runs the commands of these alerts; this one does when "
                            "that ends");
    }
    if (s->phase != SYNC_LOADING && s->error.status == ST_AUTH) {
        w->code = EXIT_AUTH;
        loop_stop(w->cli->loop);
    }
    watching_sync(&w->watching, s);
}

/* A disk that is full or gone ends nothing: it is told once, and when it is over. */
static void say_kept(struct watch *w, const struct error *now, struct error *told,
                     const char *trouble, const char *over)
{
    if (now->status == told->status)
        return;
    *told = *now;
    if (now->status != ST_OK)
        cli_say(w->cli, "%s: %s", trouble, now->what);
    else
        cli_say(w->cli, "%s", over);
}

static void say_aside(struct watch *w, const char *note, bool *told)
{
    if (note[0] && !*told)
        cli_warn(w->cli, "%s", note);
    *told = *told || note[0];
}

static void look_at_kept(struct watch *w)
{
    say_aside(w, monitor_file_note(w->watching.monitor), &w->history_told);
    say_aside(w, alerts_note(w->watching.alerts), &w->alerts_told);
    say_kept(w, monitor_error(w->watching.monitor), &w->history,
             "no history is kept, forecasts will know less", "the history is kept again");
    say_kept(w, alerts_error(w->watching.alerts), &w->alerts,
             "what is told is not kept, and told again after a start",
             "what is told is kept again");
}

static void on_tick(void *ctx)
{
    struct watch *w = ctx;
    w->tick = loop_timer_start(w->cli->loop, 1000, on_tick, w);
    watching_tick(&w->watching);
    look_at_kept(w);
}

static void on_signal(void *ctx, int signo)
{
    struct watch *w = ctx;
    (void)signo;
    loop_stop(w->cli->loop);
}

static enum status begin(struct watch *w, struct error *err)
{
    struct cli *cli = w->cli;
    enum output_format format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    w->json = format == OUTPUT_JSONL;
    if (cli->line.flag[FLAG_OUTPUT] && format != OUTPUT_JSONL && format != OUTPUT_TABLE)
        return error_set(err, ST_USAGE, "-o takes table or jsonl here");
    enum status st = cli_connect(cli, err);
    if (st != ST_OK)
        return st;
    const struct config *config = cli->start->config;
    judges_add(w->columns, &w->health, &w->problem);
    judges_read(cli, &w->health, &w->problem);
    const struct watching_env env = {.loop = cli->loop,
                                     .clock = cli_clock(cli),
                                     .config = config,
                                     .paths = &cli->start->paths,
                                     .fleet = w->fleet,
                                     .columns = w->columns,
                                     .health = &w->health,
                                     .origin = cli->start->profile.origin,
                                     .org = cli->start->profile.org,
                                     .profile = &cli->start->profile,
                                     .tokens = cli->start->tokens,
                                     .told = on_told,
                                     .failed = on_failed,
                                     .ctx = w};
    watching_open(&w->watching, &env);
    if (w->watching.rules_error.status != ST_OK) {
        *err = w->watching.rules_error;
        return err->status;
    }
    const struct sync_options options = {
        .refresh_ms = config_int(config, OPTION_SYNC_REFRESH),
        .page_limit = (int)config_int(config, OPTION_SYNC_PAGE_LIMIT),
        .budget_rps = (double)config_int(config, OPTION_SYNC_BUDGET)};
    w->sync = sync_create(cli->loop, cli->api, w->fleet, &options, on_sync, w);
    sync_start(w->sync);
    on_tick(w);
    return ST_OK;
}

enum exit_code watch_run(struct cli *cli)
{
    static const int signos[] = {SIGTERM, SIGINT, SIGHUP};
    struct watch w = {.cli = cli, .code = EXIT_DONE};
    struct error err = {0};
    w.columns = column_set_create();
    w.fleet = fleet_create();
    enum status st = begin(&w, &err);
    if (st == ST_OK) {
        struct signals *signals =
            signals_create(cli->loop, signos, ARRAY_LEN(signos), on_signal, &w);
        loop_run(cli->loop);
        signals_destroy(signals);
        loop_timer_stop(cli->loop, w.tick);
        look_at_kept(&w); /* what came since the last tick */
        if (!cli->out_error)
            cli_say(cli, "ended");
    } else {
        w.code = cli_fail(cli, &err);
    }
    if (w.sync)
        sync_destroy(w.sync);
    watching_close(&w.watching);
    w.code = cli_flush(cli, w.code);
    cli_disconnect(cli);
    fleet_destroy(w.fleet);
    column_set_destroy(w.columns);
    return w.code;
}
