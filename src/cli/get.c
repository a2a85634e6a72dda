/* get.c: paddock get: by id straight from the server; by name through the list, and then from the
 * server, so that what is printed is what is there now. */
#include "cli/context.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/load.h"
#include "cli/output.h"

#include <string.h>

struct get {
    struct cli *cli;
    struct column_set *columns;
    struct fleet *names; /* the whole list, for looking up names; NULL before it was needed */
    struct fleet *got;   /* what was asked for */
    struct output *output;
    struct str text;
    bool done;
    enum status status;
    struct error error;
    struct str raw;
};

static void on_read(void *ctx, const struct api_result *result)
{
    struct get *get = ctx;
    get->done = true;
    get->status = result->status;
    get->error = result->error;
    str_clear(&get->raw);
    str_add_span(&get->raw, result->body);
}

static enum status read_id(struct get *get, struct span id, struct error *err)
{
    get->done = false;
    api_read(get->cli->api, id, on_read, get);
    cli_wait(get->cli, &get->done);
    if (get->status != ST_OK)
        *err = get->error;
    return get->status;
}

static void name_the_ids(const struct get *get, const row_id *rows, uint32_t shown, uint32_t all,
                         const char *name, struct error *err)
{
    struct str ids = STR_INIT;
    for (uint32_t i = 0; i < shown; i++) {
        struct value id;
        fleet_get(get->names, rows[i], FIELD_ID, &id);
        str_printf(&ids, "%s%.*s", i ? ", " : "", (int)id.text.len, id.text.p);
    }
    error_set(err, ST_USAGE, "%u accounts are named \"%.100s\": %.300s%s", (unsigned)all, name,
              str_text(&ids), all > shown ? ", ..." : "");
    error_next(err, "name the id");
    str_finish(&ids);
}

/* The id of the one account of that name. */
static enum status find_name(struct get *get, const char *name, struct str *id, struct error *err)
{
    row_id rows[8];
    if (!get->names) {
        get->names = fleet_create();
        enum status st = load_all(get->cli, get->names, err);
        /* On a part of the list a name could look unique and not be it. */
        if (st != ST_OK)
            return st;
    }
    uint32_t n = fleet_find_name(get->names, span_of(name), rows, 8);
    if (n == 0) {
        error_set(err, ST_NOT_FOUND, "there is no account with the id or the name \"%.200s\"",
                  name);
        error_next(err, "paddock list shows what there is");
        return ST_NOT_FOUND;
    }
    if (n > 1) {
        name_the_ids(get, rows, n < 8 ? n : 8, n, name, err);
        return ST_USAGE;
    }
    struct value v;
    fleet_get(get->names, rows[0], FIELD_ID, &v);
    str_add_span(id, v.text);
    return ST_OK;
}

/* A server may refuse a name that cannot be an id in more ways than "not found". */
static bool may_be_name(enum status st)
{
    return st == ST_NOT_FOUND || st == ST_INVALID || st == ST_REJECTED || st == ST_USAGE;
}

static enum status get_one(struct get *get, const char *word, struct error *err)
{
    enum status st = read_id(get, span_of(word), err);
    if (may_be_name(st)) {
        struct str id = STR_INIT;
        st = find_name(get, word, &id, err);
        if (st == ST_OK)
            st = read_id(get, span_from(&id), err);
        str_finish(&id);
    }
    if (st != ST_OK)
        return st;
    row_id row = ROW_NONE;
    if (fleet_put(get->got, span_from(&get->raw), 0, &row) == FLEET_BAD || row == ROW_NONE)
        return error_set(err, ST_UNREADABLE, "the server's answer about \"%.100s\" is no account",
                         word);
    struct row_source source = fleet_row_source(get->got, row);
    output_row(get->output, &source, fleet_raw(get->got, row), &get->text);
    return ST_OK;
}

static enum exit_code get_all(struct get *get)
{
    struct cli *cli = get->cli;
    enum output_format format = (enum output_format)cli->line.number[FLAG_OUTPUT];
    struct error err = {0};
    /* One account is an object, several are an array. */
    if (format == OUTPUT_JSON && cli->line.arg_count == 1)
        format = OUTPUT_JSONL;
    enum status st = output_create(&get->output, format, cli->line.flag[FLAG_COLUMNS], get->columns,
                                   cli->safe, &err);
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st != ST_OK)
        return cli_fail(cli, &err);
    enum exit_code code = EXIT_DONE;
    int good = 0;
    output_begin(get->output, &get->text);
    for (int i = 0; i < cli->line.arg_count; i++) {
        st = get_one(get, cli->line.args[i], &err);
        good += st == ST_OK;
        if (st != ST_OK)
            code = cli_fail(cli, &err);
    }
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
    enum exit_code code = get_all(&get);
    cli_disconnect(cli);
    output_destroy(get.output);
    fleet_destroy(get.got);
    if (get.names)
        fleet_destroy(get.names);
    column_set_destroy(get.columns);
    str_finish(&get.text);
    str_finish(&get.raw);
    return code;
}
