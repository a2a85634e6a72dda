/* list.c: paddock list: all pages first, then the rows in a stable order; or, with --order server,
 * each as it comes. */
#include "cli/context.h"

#include "base/quantity.h"
#include "base/text.h"
#include "cli/list_watch.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/survey.h"
#include "fleet/view.h"
#include "model/filter.h"
#include "model/problem.h"
#include "model/scan.h"
#include "model/sort.h"

#include <string.h>

struct list {
    struct cli *cli;
    struct column_set *columns;
    struct health_classes health; /* empty until the configuration is read */
    struct problem_column problem;
    struct fleet *fleet;
    struct filter *filter; /* NULL: none; the view takes it over */
    struct output *output;
    struct sort sort;
    struct monitor *monitor; /* when computed columns are asked for */
    struct monitor_settings settings;
    size_t unreadable; /* accounts that could not be printed as JSON */
    bool json;
};

/* ---- what was asked for -------------------------------------------------------------------- */

static enum status read_filter(struct list *list, struct error *err)
{
    const struct cli_line *line = &list->cli->line;
    struct str text = STR_INIT;
    size_t at = 0;
    if (line->arg_count == 0)
        return ST_OK;
    for (int i = 0; i < line->arg_count; i++)
        str_printf(&text, "%s%s", i ? " " : "", line->args[i]);
    struct clock clock = clock_system();
    enum status st =
        filter_parse(list->columns, span_from(&text), clock_wall(&clock), &list->filter, &at, err);
    if (st != ST_OK)
        error_next(err, "at \"%.60s\"", at < text.len ? str_text(&text) + at : "the end");
    str_finish(&text);
    return st;
}

static enum status read_sort(struct list *list, struct error *err)
{
    const char *names = list->cli->line.flag[FLAG_SORT];
    list->sort = sort_default(list->columns);
    if (!names)
        return ST_OK;
    list->sort.count = 0;
    for (const char *p = names; *p;) {
        struct span name = {p, strcspn(p, ",")};
        size_t step = name.len + (p[name.len] == ',');
        bool descending = name.len && *name.p == '-';
        if (descending) {
            name.p++;
            name.len--;
        }
        const struct column *column = column_find(list->columns, name);
        if (!column) {
            error_set(err, ST_USAGE, "--sort: there is no column \"%.*s\"", (int)name.len, name.p);
            error_next(err, "such as --sort -used.tokens,name");
            return ST_USAGE;
        }
        if (list->sort.count == SORT_KEYS_MAX)
            return error_set(err, ST_USAGE, "--sort takes at most %d columns", SORT_KEYS_MAX);
        list->sort.keys[list->sort.count++] = (struct sort_key){column, descending};
        p += step;
    }
    return ST_OK;
}

static bool asks_monitor(const struct list *list)
{
    const struct cli_line *line = &list->cli->line;
    bool asks = monitor_names_column(span_of(line->flag[FLAG_COLUMNS])) ||
                monitor_names_column(span_of(line->flag[FLAG_SORT]));
    for (int i = 0; i < line->arg_count; i++)
        asks = asks || monitor_names_column(span_of(line->args[i]));
    return asks;
}

/* What --watch cannot go with. */
static enum status check_watch(const struct list *list, struct error *err)
{
    const struct cli *cli = list->cli;
    if (cli->line.number[FLAG_OUTPUT] == OUTPUT_JSON)
        return error_set(err, ST_USAGE, "--watch has no end that -o json could wait for: -o jsonl");
    if (cli_has(cli, FLAG_OFFLINE) || cli->line.number[FLAG_ORDER] == 1)
        return error_set(err, ST_USAGE, "--watch goes with neither --offline nor --order server");
    if (asks_monitor(list))
        return error_set(err, ST_USAGE, "--watch prints no forecasts: paddock watch tells of them");
    return ST_OK;
}

/* -o and --plain together. */
static enum status read_format(struct list *list, enum output_format *format, struct error *err)
{
    const struct cli *cli = list->cli;
    *format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    list->json = *format == OUTPUT_JSON || *format == OUTPUT_JSONL;
    if (!cli_has(cli, FLAG_PLAIN))
        return ST_OK;
    if (*format != OUTPUT_TABLE && *format != OUTPUT_WIDE)
        return error_set(err, ST_USAGE, "--plain goes with -o table or wide");
    *format = *format == OUTPUT_WIDE ? OUTPUT_PLAIN_WIDE : OUTPUT_PLAIN;
    return ST_OK;
}

static enum status check_order(const struct list *list, struct error *err)
{
    if (list->cli->line.number[FLAG_ORDER] != 1)
        return ST_OK;
    if (!output_streams(list->output))
        return error_set(err, ST_USAGE,
                         "--order server goes with -o jsonl, csv or name: the others "
                         "need the whole list");
    return asks_monitor(list)
               ? error_set(err, ST_USAGE, "--order server prints before anything is forecast")
               : ST_OK;
}

static enum status read_flags(struct list *list, struct error *err)
{
    struct cli *cli = list->cli;
    enum output_format format;
    if (read_format(list, &format, err))
        return err->status;
    enum status st = cli_has(cli, FLAG_WATCH) ? check_watch(list, err) : ST_OK;
    if (st == ST_OK)
        st = read_filter(list, err);
    if (st == ST_OK)
        st = read_sort(list, err);
    if (st == ST_OK)
        st = cli_output(cli, &list->output, format, cli->line.flag[FLAG_COLUMNS], list->columns,
                        err);
    return st == ST_OK ? check_order(list, err) : st;
}

/* ---- printing ------------------------------------------------------------------------------ */

static void put_row(struct list *list, row_id row, struct str *text)
{
    struct row_source source = fleet_row_source(list->fleet, row);
    struct span raw = list->json ? fleet_raw(list->fleet, row) : span_of("");
    if (list->json && scan_check(raw, NULL, NULL) != ST_OK) {
        list->unreadable++;
        return;
    }
    output_row(list->output, &source, raw, text);
}

static struct view *open_view(struct list *list)
{
    struct view *view = view_create(list->fleet, list->columns);
    view_set_filter(view, list->filter);
    view_set_now(view, clock_wall(&list->problem.clock));
    list->filter = NULL;
    view_set_sort(view, &list->sort);
    return view;
}

static void print_sorted(struct list *list)
{
    struct str text = STR_INIT;
    struct view *view = open_view(list);
    output_begin(list->output, &text);
    for (uint32_t i = 0; i < view_count(view); i++) {
        put_row(list, view_at(view, i), &text);
        if (text.len > 65536 && output_streams(list->output)) {
            cli_put(list->cli, &text);
            str_clear(&text);
        }
    }
    output_end(list->output, &text);
    cli_put(list->cli, &text);
    view_destroy(view);
    str_finish(&text);
}

/* A row is printed when it comes; what changes afterwards is not printed again. */
static void on_fleet(void *ctx, const struct fleet_event *event)
{
    struct list *list = ctx;
    if (event->type != FLEET_EV_ADDED)
        return;
    struct row_source source = fleet_row_source(list->fleet, event->row);
    if (list->filter && !filter_match(list->filter, &source))
        return;
    struct str text = STR_INIT;
    put_row(list, event->row, &text);
    cli_put(list->cli, &text);
    fflush(list->cli->out);
    str_finish(&text);
}

static enum status print_as_it_comes(struct list *list, struct error *err)
{
    struct str text = STR_INIT;
    output_begin(list->output, &text);
    cli_put(list->cli, &text);
    str_finish(&text);
    fleet_listen(list->fleet, on_fleet, list);
    enum status st = load_matching(list->cli, list->fleet, list->filter, err);
    fleet_unlisten(list->fleet, on_fleet, list);
    return st;
}

static enum status print_all(struct list *list, struct error *err)
{
    enum status st = load_matching(list->cli, list->fleet, list->filter, err);
    bool some =
        st == ST_OK || (st == ST_PARTIAL && list->cli->line.number[FLAG_OUTPUT] != OUTPUT_JSON);
    if (some && asks_monitor(list)) {
        list->monitor = monitor_loaded(list->cli, list->fleet, list->columns, &list->settings);
        monitor_lent(list->cli, list->fleet, list->monitor);
    }
    list->problem.clock = cli_clock(list->cli);
    if (some)
        print_sorted(list);
    return st;
}

static enum status watch_changes(struct list *list, struct error *err)
{
    list->problem.clock = cli_clock(list->cli);
    struct view *view = open_view(list);
    const struct list_watch_env env = {.cli = list->cli,
                                       .fleet = list->fleet,
                                       .view = view,
                                       .output = list->output,
                                       .json = list->json,
                                       .unreadable = &list->unreadable};
    enum status st = list_watch(&env, err);
    view_destroy(view);
    return st;
}

static void read_health(struct list *list)
{
    const struct config *config = list->cli->start->config;
    judges_read(list->cli, &list->health, &list->problem);
    monitor_settings_from(config, &list->health, &list->settings);
}

static enum status run(struct list *list, struct error *err)
{
    enum status st = read_flags(list, err);
    if (st == ST_OK)
        st = cli_connect(list->cli, err);
    if (st != ST_OK)
        return st;
    read_health(list);
    if (cli_has(list->cli, FLAG_WATCH))
        st = watch_changes(list, err);
    else if (list->cli->line.number[FLAG_ORDER] == 1)
        st = print_as_it_comes(list, err);
    else
        st = print_all(list, err);
    if (st == ST_OK && list->unreadable)
        st = error_set(err, ST_PARTIAL, "%s account%s came as broken JSON and %s left out",
                       QUANTITY(list->unreadable), PLURAL(list->unreadable),
                       list->unreadable == 1 ? "was" : "were");
    return st;
}

enum exit_code list_run(struct cli *cli)
{
    struct list list = {.cli = cli};
    struct error err = {0};
    list.columns = column_set_create();
    judges_add(list.columns, &list.health, &list.problem);
    monitor_add_columns(list.columns, &list.monitor);
    enum output_format format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    bool raws = format == OUTPUT_JSON || format == OUTPUT_JSONL;
    list.fleet = raws ? fleet_create_plain() : fleet_create();
    enum status st = run(&list, &err);
    enum exit_code code = st == ST_OK ? EXIT_DONE : cli_fail(cli, &err);
    code = cli_flush(cli, code);
    output_destroy(list.output);
    filter_destroy(list.filter);
    monitor_destroy(list.monitor);
    /* The connection may still hold calls that feed the fleet. */
    cli_disconnect(cli);
    fleet_destroy(list.fleet);
    column_set_destroy(list.columns);
    return code;
}
