/* survey.c: see survey.h. */
#include "cli/survey.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "cli/lend.h"
#include "cli/load.h"
#include "fleet/view.h"

#include <string.h>

struct health_classes health_classes_from(const struct config *config)
{
    return (struct health_classes){{config_list(config, OPTION_HEALTH_OK),
                                    config_list(config, OPTION_HEALTH_DEGRADED),
                                    config_list(config, OPTION_HEALTH_DOWN)}};
}

void monitor_settings_from(const struct config *config, const struct health_classes *health,
                           struct monitor_settings *out)
{
    *out = (struct monitor_settings){
        .health = health,
        .stale_ms = config_int(config, OPTION_HEALTH_STALE),
        .group_by = config_text(config, OPTION_MONITOR_GROUP_BY),
        .near = {(int)config_int(config, OPTION_MONITOR_NOTICE),
                 (int)config_int(config, OPTION_MONITOR_HIGH),
                 (int)config_int(config, OPTION_MONITOR_FULL)},
        .lint = {.client_wait_s = config_int(config, OPTION_LINT_CLIENT_WAIT) / 1000,
                 .residency = config_list(config, OPTION_LINT_RESIDENCY),
                 .check_age_ms = config_int(config, OPTION_LINT_CHECK_AGE),
                 .tokens_last_ms = config_int(config, OPTION_LINT_TOKENS_LAST)}};
}

char *history_path(const struct config *config, const struct paths *paths)
{
    return config_bool(config, OPTION_MONITOR_HISTORY) ? paths_join(paths->data_dir, "history.db")
                                                       : NULL;
}

void judges_add(struct column_set *columns, struct health_classes *health,
                struct problem_column *problem)
{
    static const char *const none[] = {NULL};
    struct column column;
    for (int h = 0; h < HEALTH_OTHER; h++)
        health->words[h] = none;
    health_column(health, &column);
    column_set_add(columns, &column);
    problem_column_init(problem, health, 0, clock_system(), &column);
    column_set_add(columns, &column);
}

void judges_read(const struct cli *cli, struct health_classes *health,
                 struct problem_column *problem)
{
    *health = health_classes_from(cli->start->config);
    problem->stale_ms = config_int(cli->start->config, OPTION_HEALTH_STALE);
    problem->clock = cli_clock(cli);
}

static void survey_init(struct survey *s, struct cli *cli)
{
    *s = (struct survey){.cli = cli};
    s->columns = column_set_create();
    s->fleet = fleet_create();
    judges_add(s->columns, &s->health, &s->problem);
    monitor_add_columns(s->columns, &s->monitor);
}

static void survey_finish(struct survey *s)
{
    monitor_destroy(s->monitor);
    filter_destroy(s->filter);
    /* The connection may still hold calls that feed the fleet. */
    cli_disconnect(s->cli);
    fleet_destroy(s->fleet);
    column_set_destroy(s->columns);
}

/* The arguments from `from` on as a filter. */
static enum status survey_filter(struct survey *s, int from, struct error *err)
{
    const struct cli_line *line = &s->cli->line;
    struct clock clock = clock_system();
    struct str text = STR_INIT;
    size_t at = 0;
    for (int i = from; i < line->arg_count; i++)
        str_printf(&text, "%s%s", i > from ? " " : "", line->args[i]);
    enum status st = ST_OK;
    if (text.len)
        st = filter_parse(s->columns, span_from(&text), clock_wall(&clock), &s->filter, &at, err);
    if (st != ST_OK)
        error_next(err, "at \"%.60s\"", at < text.len ? str_text(&text) + at : "the end");
    str_finish(&text);
    return st;
}

/* Connects and loads the list; ST_PARTIAL when it is not complete. */
static enum status survey_load(struct survey *s, struct error *err)
{
    enum status st = cli_connect(s->cli, err);
    if (st != ST_OK)
        return st;
    judges_read(s->cli, &s->health, &s->problem);
    monitor_settings_from(s->cli->start->config, &s->health, &s->settings);
    return load_all(s->cli, s->fleet, err);
}

struct monitor *monitor_loaded(struct cli *cli, struct fleet *fleet,
                               const struct column_set *columns,
                               const struct monitor_settings *settings)
{
    char *path = history_path(cli->start->config, &cli->start->paths);
    const struct monitor_env env = {.loop = cli->loop,
                                    .clock = cli_clock(cli),
                                    .fleet = fleet,
                                    .columns = columns,
                                    .settings = settings,
                                    .history = path,
                                    .origin = cli->start->profile.origin,
                                    .org = cli->start->profile.org};
    struct monitor *m = monitor_create(&env);
    /* What was kept is as it was then: it is no sample of now. */
    if (cli_has(cli, FLAG_OFFLINE))
        monitor_ask(m);
    else
        monitor_sample(m);
    while (!monitor_ready(m) || (monitor_busy(m) && monitor_error(m)->status == ST_OK))
        loop_step(cli->loop, -1);
    if (monitor_file_note(m)[0])
        cli_warn(cli, "%s", monitor_file_note(m));
    if (monitor_error(m)->status != ST_OK)
        cli_say(cli, "no history is kept: %s", monitor_error(m)->what);
    mem_free(path);
    return m;
}

static uint32_t count_lent(const struct fleet *fleet, const struct monitor *m)
{
    struct monitor_account a;
    uint32_t n = 0;
    for (row_id row = 0; row < fleet_rows(fleet); row++)
        n += fleet_alive(fleet, row) && monitor_account(m, row, &a) &&
             (a.lent[SERIES_TOKENS] || a.lent[SERIES_REQUESTS]);
    return n;
}

void monitor_lent(struct cli *cli, struct fleet *fleet, struct monitor *m)
{
    const struct past_env env = {.loop = cli->loop,
                                 .profile = &cli->start->profile,
                                 .tokens = cli->start->tokens,
                                 .monitor = m,
                                 .fleet = fleet,
                                 .offline = cli_has(cli, FLAG_OFFLINE)};
    if (!*env.profile->prometheus_url || env.offline)
        return;
    struct lend *lend = lend_create(&env, 0, NULL, NULL);
    const struct error *why = lend_all(lend);
    if (why->status != ST_OK)
        cli_say(cli, "forecasts by this machine's samples where Prometheus was not heard: %s",
                why->what);
    monitor_ask(m);
    while (monitor_busy(m) && monitor_error(m)->status == ST_OK)
        loop_step(cli->loop, -1);
    uint32_t n = count_lent(fleet, m);
    if (n)
        cli_say(cli, "forecasts of %s accounts rest on days of Prometheus (%s)", QUANTITY(n),
                lend_host(lend));
    lend_destroy(lend);
}

void survey_monitor(struct survey *s)
{
    s->monitor = monitor_loaded(s->cli, s->fleet, s->columns, &s->settings);
}

row_id *survey_rows(struct survey *s, size_t *count)
{
    struct view *view = view_create(s->fleet, s->columns);
    const struct clock clock = cli_clock(s->cli);
    view_set_filter(view, s->filter);
    view_set_now(view, clock_wall(&clock));
    s->filter = NULL;
    *count = view_count(view);
    row_id *rows = mem_calloc(*count + 1, sizeof *rows);
    for (size_t i = 0; i < *count; i++)
        rows[i] = view_at(view, (uint32_t)i);
    view_destroy(view);
    return rows;
}

void survey_put(struct survey *s, struct report *r)
{
    struct str text = STR_INIT;
    report_end(r, &text);
    cli_put(s->cli, &text);
    str_finish(&text);
}

enum exit_code survey_report(struct cli *cli, const struct report_column *columns, size_t count,
                             survey_find_fn *find)
{
    struct survey s;
    struct report *r = NULL;
    struct error err = {0};
    enum exit_code code = EXIT_DONE;
    survey_init(&s, cli);
    enum status st = report_create(&r, (enum output_format)cli->line.number[FLAG_OUTPUT], columns,
                                   count, cli->safe, &err);
    if (st == ST_OK && cli_is_data(cli))
        report_as_data(r);
    if (st == ST_OK)
        st = survey_filter(&s, 0, &err);
    if (st == ST_OK)
        st = survey_load(&s, &err);
    if (st == ST_OK || st == ST_PARTIAL)
        code = find(&s, r);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    code = cli_flush(cli, code);
    report_destroy(r);
    survey_finish(&s);
    return code;
}
