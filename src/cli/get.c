/* get.c: paddock get: accounts by id or name, as the server has them now. */
#include "cli/context.h"

#include "cli/find.h"
#include "cli/output.h"
#include "cli/select.h"
#include "monitor/monitor.h"

struct get {
    struct cli *cli;
    struct column_set *columns;
    struct fleet *got;
    struct finder finder;
    struct output *output;
    struct str text;
};

static enum status get_one(struct get *get, const char *word, struct error *err)
{
    struct str raw = STR_INIT;
    row_id row = ROW_NONE;
    enum status st = finder_read(&get->finder, word, &raw, err);
    if (st == ST_OK &&
        (fleet_put(get->got, span_from(&raw), 0, &row) == FLEET_BAD || row == ROW_NONE))
        st = error_set(err, ST_UNREADABLE, "the server's answer about \"%.100s\" is no account",
                       word);
    if (st == ST_OK) {
        struct row_source source = fleet_row_source(get->got, row);
        output_row(get->output, &source, fleet_raw(get->got, row), &get->text);
    }
    str_finish(&raw);
    return st;
}

/* The names, each asked for; *good counts them. */
static enum exit_code get_named(struct get *get, int *good)
{
    struct error err = {0};
    enum exit_code code = EXIT_DONE;
    for (int i = 0; i < get->cli->line.arg_count; i++) {
        enum status st = get_one(get, get->cli->line.args[i], &err);
        *good += st == ST_OK;
        if (st != ST_OK)
            code = cli_fail(get->cli, &err);
    }
    return code;
}

/* Those of the list that match, as it is now; none is no error. */
static enum exit_code get_where(struct get *get, int *good)
{
    struct selection chosen = {.rows = NULL};
    struct error err = {0};
    enum status st =
        select_where(get->cli, get->got, get->cli->line.flag[FLAG_WHERE], &chosen, &err);
    for (uint32_t i = 0; i < chosen.count && st == ST_OK; i++) {
        struct row_source source = fleet_row_source(get->got, chosen.rows[i]);
        output_row(get->output, &source, fleet_raw(get->got, chosen.rows[i]), &get->text);
    }
    *good = st == ST_OK;
    selection_finish(&chosen);
    return st == ST_OK ? EXIT_DONE : cli_fail(get->cli, &err);
}

static enum status prepare(struct get *get, struct error *err)
{
    struct cli *cli = get->cli;
    enum output_format format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    enum status st = select_asked(cli, err);
    if (st != ST_OK)
        return st;
    if (monitor_names_column(span_of(cli->line.flag[FLAG_COLUMNS]))) {
        error_set(err, ST_USAGE, "get asks for single accounts and forecasts nothing");
        error_next(err, "paddock list id=ID --columns name,eom");
        return ST_USAGE;
    }
    /* One account is an object, several are an array. */
    if (format == OUTPUT_JSON && cli->line.arg_count == 1)
        format = OUTPUT_JSONL;
    format = output_plain(format, cli_has(cli, FLAG_PLAIN));
    st = cli_output(cli, &get->output, format, cli->line.flag[FLAG_COLUMNS], get->columns, err);
    return st == ST_OK ? cli_connect(cli, err) : st;
}

static enum exit_code get_all(struct get *get)
{
    struct cli *cli = get->cli;
    struct error err = {0};
    int good = 0;
    if (prepare(get, &err) != ST_OK)
        return cli_fail(cli, &err);
    output_begin(get->output, &get->text);
    enum exit_code code = cli_has(cli, FLAG_WHERE) ? get_where(get, &good) : get_named(get, &good);
    output_end(get->output, &get->text);
    if (good)
        cli_put(cli, &get->text);
    return cli_flush(cli, good && code != EXIT_DONE ? EXIT_PARTIAL : code);
}

enum exit_code get_run(struct cli *cli)
{
    struct get get = {.cli = cli};
    get.columns = column_set_create();
    get.got = fleet_create();
    finder_init(&get.finder, cli);
    enum exit_code code = get_all(&get);
    cli_disconnect(cli);
    finder_finish(&get.finder);
    output_destroy(get.output);
    fleet_destroy(get.got);
    column_set_destroy(get.columns);
    str_finish(&get.text);
    return code;
}
