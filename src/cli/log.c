/* log.c: paddock log: the journal of this machine, without a word to the server. */
#include "cli/context.h"

#include "base/mem.h"
#include "base/when.h"
#include "cli/output.h"
#include "model/filter.h"
#include "store/log_rows.h"

#include <stdint.h>

#define SINCE_DAYS_MAX 36500 /* entries are never dropped */

static const char table_columns[] = "op,when,operator,what,account,outcome,reason,plan";
static const char all_columns[] =
    "op,when,operator,kind,account,id,outcome,reason,plan,note,profile,undoes";

struct log_print {
    struct cli *cli;
    struct column_set *columns;
    struct filter *filter; /* NULL: none */
    struct output *output;
    struct str text;
    int64_t since_wall_ms; /* WHEN_NONE: from the first on */
    bool json;
};

static enum status read_filter(struct log_print *l, struct error *err)
{
    const struct cli_line *line = &l->cli->line;
    struct str text = STR_INIT;
    struct clock clock = clock_system();
    enum status st = ST_OK;
    size_t at = 0;
    for (int i = 0; i < line->arg_count; i++)
        str_printf(&text, "%s%s", i ? " " : "", line->args[i]);
    if (text.len)
        st = filter_parse(l->columns, span_from(&text), clock_wall(&clock), &l->filter, &at, err);
    if (st != ST_OK)
        error_next(err, "at \"%.60s\"; columns are op, when, operator, kind, account, outcome, ...",
                   at < text.len ? str_text(&text) + at : "the end");
    str_finish(&text);
    return st;
}

static enum status read_flags(struct log_print *l, struct error *err)
{
    struct cli *cli = l->cli;
    enum output_format format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    const char *columns = cli->line.flag[FLAG_COLUMNS];
    if (format == OUTPUT_NAME)
        return error_set(err, ST_USAGE, "a write has no name: -o table, wide, json, jsonl or csv");
    if (!columns)
        columns = format == OUTPUT_TABLE ? table_columns : all_columns;
    l->json = format == OUTPUT_JSON || format == OUTPUT_JSONL;
    format = output_plain(format, cli_has(cli, FLAG_PLAIN));
    enum status st = cli_since(cli, SINCE_DAYS_MAX, &l->since_wall_ms, err);
    if (st == ST_OK)
        st = read_filter(l, err);
    if (st == ST_OK)
        st = cli_output(cli, &l->output, format, columns, l->columns, err);
    if (st == ST_OK)
        output_all_digits(l->output);
    return st;
}

static void on_entry(void *ctx, const struct journal_entry *entry)
{
    struct log_print *l = ctx;
    struct log_row row;
    struct str json = STR_INIT;
    if (l->since_wall_ms != WHEN_NONE && entry->intent_wall_ms < l->since_wall_ms)
        return;
    log_row_set(&row, entry);
    struct row_source source = log_row_source(&row);
    if (l->filter && !filter_match(l->filter, &source))
        return;
    if (l->json)
        log_json(entry, &json);
    output_row(l->output, &source, span_from(&json), &l->text);
    str_finish(&json);
}

static enum status print(struct log_print *l, struct error *err)
{
    struct cli *cli = l->cli;
    struct journal *journal = NULL;
    enum status st = read_flags(l, err);
    if (st == ST_OK)
        st = cli_prepare(cli, err);
    if (st == ST_OK)
        st = paths_make_dir(cli->start->paths.state_dir, err);
    if (st != ST_OK)
        return st;
    char *path = paths_join(cli->start->paths.state_dir, "journal.db");
    st = journal_open(&journal, path, clock_system(), err);
    mem_free(path);
    if (st != ST_OK)
        return st;
    if (journal_note(journal)[0])
        cli_warn(cli, "%s", journal_note(journal));
    output_begin(l->output, &l->text);
    st = journal_list(journal, cli->start->profile.origin, cli->start->profile.org, JOURNAL_EACH,
                      SIZE_MAX, on_entry, l, err);
    if (st == ST_OK) {
        output_end(l->output, &l->text);
        cli_put(cli, &l->text);
    }
    journal_close(journal);
    return st;
}

enum exit_code log_run(struct cli *cli)
{
    struct log_print l = {.cli = cli};
    struct error err = {0};
    l.columns = log_columns_create();
    enum exit_code code = print(&l, &err) == ST_OK ? EXIT_DONE : cli_fail(cli, &err);
    output_destroy(l.output);
    filter_destroy(l.filter);
    column_set_destroy(l.columns);
    str_finish(&l.text);
    return cli_flush(cli, code);
}
