/* connect.c: what stands between a verb and the server: configuration, sandbox, token, client. */
#include "cli/hint.h"
#include "cli/context.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/demo.h"
#include "cli/plain.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* ---- configuration ------------------------------------------------------------------------- */

static enum status demo_alone(const struct cli *cli, struct error *err)
{
    static const enum flag others[] = {FLAG_PROFILE,    FLAG_URL,    FLAG_ORG,
                                       FLAG_TOKEN_FILE, FLAG_CONFIG, FLAG_OFFLINE};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (cli_has(cli, others[i]))
            return error_set(err, ST_USAGE, "--demo brings its own server: leave out --%s",
                             flag_info(others[i])->name);
    return ST_OK;
}

/* A home of its own, so that nothing of the demo stays and nothing real is in it. */
static enum status prepare_demo(struct cli *cli, struct error *err)
{
    struct cli_console *start = cli->start;
    struct config_sources none = {NULL, NULL, ""};
    struct str home = STR_INIT;
    enum status st = demo_alone(cli, err);
    if (st == ST_OK)
        st = demo_start(&start->demo, err);
    if (st != ST_OK)
        return st;
    str_printf(&home, "HOME=%s", demo_dir(start->demo));
    const char *vars[] = {str_text(&home), NULL};
    struct env env = env_from_list(vars);
    st = paths_init(&start->paths, &env, err);
    str_finish(&home);
    if (st == ST_OK)
        st = config_load(&none, &start->config, err);
    if (st != ST_OK)
        return st;
    start->tokens = tokens_create(NULL);
    tokens_give(start->tokens, demo_token(start->demo), "the sandbox");
    struct profile_choice *choice = &start->options.choice;
    choice->url = demo_url(start->demo);
    choice->org = DEMO_ORG;
    return ST_OK;
}

static enum status prepare_files(struct cli *cli, struct error *err)
{
    struct cli_console *start = cli->start;
    enum status st = paths_init(&start->paths, &start->env, err);
    if (st != ST_OK)
        return st;
    struct config_sources sources = {&start->paths, start->options.config_file, NULL};
    if (!sources.file)
        sources.file = env_get(&start->env, "PADDOCK_CONFIG");
    st = config_load(&sources, &start->config, err);
    start->tokens = tokens_create(&start->env);
    return st;
}

enum status cli_prepare(struct cli *cli, struct error *err)
{
    struct cli_console *start = cli->start;
    bool demo = start->options.demo;
    enum status st = demo ? prepare_demo(cli, err) : prepare_files(cli, err);
    if (st != ST_OK)
        return st;
    start->options.choice.token_from = tokens_from(start->tokens);
    st = profile_resolve(start->config, &start->env, &start->options.choice, &start->profile,
                         &start->profile_error);
    if (demo)
        start->profile.label = "DEMO";
    if (st != ST_OK && err)
        *err = start->profile_error;
    return st;
}

/* ---- connection ---------------------------------------------------------------------------- */

struct api_settings cli_api_settings(const struct profile *p)
{
    return (struct api_settings){
        .url = p->url,
        .org = p->org,
        .allow_http = p->allow_http,
        .readonly = p->access == ACCESS_READONLY,
        .ca_file = p->ca_file,
        .client_cert = p->client_cert,
        .client_key = p->client_key,
        .proxy = p->proxy,
        .no_proxy = p->no_proxy,
        .proxy_ca_file = p->proxy_ca_file,
        .connect_timeout_ms = p->connect_timeout_ms,
        .total_timeout_ms = p->timeout_ms,
        .max_rps = (double)p->max_rps,
    };
}

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct cli *cli = ctx;
    cli->fetch = NULL;
    cli->token_done = true;
    cli->token_error = *err;
    if (token && err->status == ST_OK)
        api_set_token(cli->api, token, &cli->token_error);
    else
        secret_destroy(token);
}

static void on_new_token(void *ctx, struct secret *token, const struct error *err)
{
    struct cli *cli = ctx;
    on_token(ctx, token, err);
    api_token_ready(cli->api, cli->token_error.status == ST_OK);
}

static void get_token(struct cli *cli, token_fn *fn)
{
    cli->token_done = false;
    cli->fetch = token_get(cli->start->tokens, cli->loop, &cli->start->profile.token, STDERR_FILENO,
                           fn, cli);
}

static void on_unauthorized(void *ctx)
{
    struct cli *cli = ctx;
    if (!cli->fetch)
        get_token(cli, on_new_token);
}

enum status cli_token(struct cli *cli, struct error *err)
{
    get_token(cli, on_token);
    cli_wait(cli, &cli->token_done);
    if (cli->token_error.status != ST_OK)
        *err = cli->token_error;
    return cli->token_error.status;
}

struct clock cli_clock(const struct cli *cli)
{
    return cli->api ? api_clock(cli->api) : clock_system();
}

enum status cli_connect(struct cli *cli, struct error *err)
{
    enum status st = cli_prepare(cli, err);
    if (st == ST_OK && cli->start->options.offline) {
        cli->loop = loop_create(clock_system());
        return ST_OK;
    }
    if (st == ST_OK)
        st = api_global_init(err);
    if (st != ST_OK)
        return st;
    struct api_settings settings = cli_api_settings(&cli->start->profile);
    cli->loop = loop_create(clock_system());
    cli->api = api_create(cli->loop, &settings, NULL, err);
    if (!cli->api)
        return err->status;
    if (cli_token(cli, err) != ST_OK)
        return err->status;
    if (token_renewable(&cli->start->profile.token))
        api_on_unauthorized(cli->api, on_unauthorized, cli);
    return ST_OK;
}

void cli_wait(struct cli *cli, const bool *done)
{
    while (!*done)
        loop_step(cli->loop, -1);
}

static void show_requests(struct cli *cli)
{
    struct reqlog *log = api_reqlog(cli->api);
    struct str text = STR_INIT;
    for (size_t i = reqlog_count(log); i-- > 0;) {
        const struct reqlog_entry *e = reqlog_at(log, i);
        str_clear(&text);
        str_printf(&text, "%s ", e->method);
        text_safe_z(&text, e->path, cli->safe);
        if (e->http)
            str_printf(&text, " %d", e->http);
        str_printf(&text, " %lld ms %lld bytes", (long long)e->duration_ms, (long long)e->bytes_in);
        if (*e->http_version)
            str_printf(&text, " HTTP/%s", e->http_version);
        if (*e->note) {
            str_add(&text, ": ");
            text_safe_z(&text, e->note, cli->safe);
        }
        fprintf(cli->err, "paddock: %s\n", str_text(&text));
    }
    str_finish(&text);
}

void cli_disconnect(struct cli *cli)
{
    token_cancel(cli->fetch);
    cli->fetch = NULL;
    if (cli->api && cli_has(cli, FLAG_DEBUG))
        show_requests(cli);
    if (cli->api)
        api_destroy(cli->api);
    if (cli->loop)
        loop_destroy(cli->loop);
    cli->api = NULL;
    cli->loop = NULL;
}

enum status cli_since(const struct cli *cli, int64_t max_days, int64_t *since_wall_ms,
                      struct error *err)
{
    const char *since = cli->line.flag[FLAG_SINCE];
    struct clock clock = clock_system();
    struct error inner;
    int64_t seconds;
    *since_wall_ms = WHEN_NONE;
    if (!since)
        return ST_OK;
    if (quantity_parse_seconds(since, strlen(since), &seconds, &inner) != ST_OK || seconds < 1 ||
        seconds > max_days * 86400)
        return error_set(err, ST_USAGE, "--since takes a time up to %lldd, not \"%.80s\"",
                         (long long)max_days, since);
    *since_wall_ms = clock_wall(&clock) - seconds * 1000;
    return ST_OK;
}

/* ---- words and data ------------------------------------------------------------------------ */

/* Safe, and the commands in them whole. */
static void add_words(const struct cli *cli, const char *raw, struct str *out)
{
    struct str words = STR_INIT;
    hint_text(cli->start, &cli->start->profile, raw, &words);
    text_safe(out, str_text(&words), words.len, cli->safe);
    str_finish(&words);
}

enum exit_code cli_fail(struct cli *cli, const struct error *err)
{
    struct str text = STR_INIT;
    struct error plain = *err;
    plain_words(&plain);
    str_add(&text, "paddock: ");
    add_words(cli, plain.what, &text);
    str_add_char(&text, '\n');
    if (*plain.next) {
        str_add(&text, "         ");
        add_words(cli, plain.next, &text);
        str_add_char(&text, '\n');
    }
    fputs(str_text(&text), cli->err);
    str_finish(&text);
    return exit_of(err->status);
}

static void say(const struct cli *cli, const char *fmt, va_list ap)
{
    struct str raw = STR_INIT, text = STR_INIT;
    str_vprintf(&raw, fmt, ap);
    add_words(cli, str_text(&raw), &text);
    fprintf(cli->err, "paddock: %s\n", str_text(&text));
    str_finish(&raw);
    str_finish(&text);
}

void cli_say(struct cli *cli, const char *fmt, ...)
{
    va_list ap;
    if (cli_has(cli, FLAG_QUIET))
        return;
    va_start(ap, fmt);
    say(cli, fmt, ap);
    va_end(ap);
}

void cli_warn(struct cli *cli, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(cli, fmt, ap);
    va_end(ap);
}

void cli_put(struct cli *cli, const struct str *text)
{
    errno = 0;
    if (fwrite(str_text(text), 1, text->len, cli->out) != text->len && !cli->out_error)
        cli->out_error = errno ? errno : EIO;
}

bool cli_put_now(struct cli *cli)
{
    errno = 0;
    if (fflush(cli->out) != 0 && !cli->out_error)
        cli->out_error = errno ? errno : EIO;
    return !cli->out_error;
}

enum exit_code cli_flush(struct cli *cli, enum exit_code code)
{
    if (cli_put_now(cli) && !ferror(cli->out))
        return code;
    /* Whoever read has read enough: the end that other tools come to, though the loop ignores it.
     */
    if (cli->out_error == EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    fprintf(cli->err, "paddock: cannot write the output: %s\n",
            cli->out_error ? strerror(cli->out_error) : "it failed");
    return EXIT_FAILED;
}
