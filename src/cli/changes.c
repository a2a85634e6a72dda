/* changes.c: paddock changes: what complete syncs on this machine saw change, without a word to the
 * server. */
#include "cli/context.h"

#include "base/mem.h"
#include "base/when.h"
#include "cli/kept.h"
#include "cli/output.h"
#include "model/filter.h"
#include "store/change_rows.h"

#include <stdint.h>
#include <string.h>

static const char table_columns[] = "seen,name,change,field,before,after";
static const char all_columns[] = "seen,since,id,name,change,field,before,after";

struct change_print {
    struct cli *cli;
    struct column_set *columns;
    struct filter *filter; /* NULL: none */
    struct fleet *fleet;   /* the accounts as last seen, for the filter; NULL: not needed */
    struct output *output;
    struct change_row row;
    struct str text;
    int64_t since_ms;
    bool json;
};

static enum status read_filter(struct change_print *p, struct error *err)
{
    const struct cli_line *line = &p->cli->line;
    struct clock clock = clock_system();
    struct str text = STR_INIT;
    enum status st = ST_OK;
    size_t at = 0;
    for (int i = 0; i < line->arg_count; i++)
        str_printf(&text, "%s%s", i ? " " : "", line->args[i]);
    if (text.len)
        st = filter_parse(p->columns, span_from(&text), clock_wall(&clock), &p->filter, &at, err);
    if (st != ST_OK)
        error_next(err, "at \"%.60s\"", at < text.len ? str_text(&text) + at : "the end");
    str_finish(&text);
    return st;
}

static enum status read_flags(struct change_print *p, struct error *err)
{
    struct cli *cli = p->cli;
    enum output_format format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    const char *columns = cli->line.flag[FLAG_COLUMNS];
    if (format == OUTPUT_NAME)
        return error_set(err, ST_USAGE, "a change has no name: -o table, wide, json, jsonl or csv");
    if (!columns)
        columns = format == OUTPUT_TABLE ? table_columns : all_columns;
    p->json = format == OUTPUT_JSON || format == OUTPUT_JSONL;
    format = output_plain(format, cli_has(cli, FLAG_PLAIN));
    enum status st = cli_since(cli, CHANGES_KEPT_MS / 86400000, &p->since_ms, err);
    if (st == ST_OK)
        st = read_filter(p, err);
    return st == ST_OK ? cli_output(cli, &p->output, format, columns, p->columns, err) : st;
}

static void on_change(void *ctx, const struct change *change)
{
    struct change_print *p = ctx;
    struct str json = STR_INIT;
    row_id now = p->fleet ? fleet_find(p->fleet, change->account) : ROW_NONE;
    struct row_source account = {0};
    if (now != ROW_NONE)
        account = fleet_row_source(p->fleet, now);
    change_row_set(&p->row, change, &account);
    struct row_source source = change_row_source(&p->row);
    if (p->filter && !filter_match(p->filter, &source))
        return;
    if (p->json)
        change_json(change, &json);
    output_row(p->output, &source, span_from(&json), &p->text);
    str_finish(&json);
}

/* Terms such as provider=openai look at the account as it was last seen; they match nothing where
 * it is gone. */
static void load_accounts(struct change_print *p)
{
    p->fleet = fleet_create();
    struct keep *keep = kept_open(p->cli, p->fleet, false);
    keep_load_now(keep);
    kept_close(p->cli, keep);
}

static enum status print(struct change_print *p, struct error *err)
{
    struct cli *cli = p->cli;
    struct changes *changes = NULL;
    enum status st = read_flags(p, err);
    if (st == ST_OK)
        st = cli_prepare(cli, err);
    if (st != ST_OK)
        return st;
    const struct profile *profile = &cli->start->profile;
    char *path = paths_join(cli->start->paths.data_dir, "changes.db");
    st = changes_open(&changes, path, profile->origin, profile->org, clock_system(), err);
    mem_free(path);
    if (st != ST_OK)
        return st;
    if (changes_note(changes)[0])
        cli_warn(cli, "%s", changes_note(changes));
    if (p->filter || cli_has(cli, FLAG_COLUMNS))
        load_accounts(p);
    output_begin(p->output, &p->text);
    const struct changes_query query = {.since_wall_ms = p->since_ms, .limit = SIZE_MAX};
    st = changes_list(changes, &query, on_change, p, err);
    if (st == ST_OK) {
        output_end(p->output, &p->text);
        cli_put(cli, &p->text);
    }
    changes_close(changes);
    return st;
}

enum exit_code changes_run(struct cli *cli)
{
    struct change_print p = {.cli = cli};
    struct error err = {0};
    p.columns = change_columns_create();
    change_row_init(&p.row);
    enum exit_code code = print(&p, &err) == ST_OK ? EXIT_DONE : cli_fail(cli, &err);
    output_destroy(p.output);
    filter_destroy(p.filter);
    cli_disconnect(cli);
    if (p.fleet)
        fleet_destroy(p.fleet);
    column_set_destroy(p.columns);
    change_row_finish(&p.row);
    str_finish(&p.text);
    return cli_flush(cli, code);
}
