/* find.c: first the id, straight from the server; then the name, through the whole list. */
#include "cli/find.h"

#include "base/text.h"
#include "cli/load.h"

#include <string.h>

#define IDS_SHOWN 8

void finder_init(struct finder *finder, struct cli *cli)
{
    memset(finder, 0, sizeof *finder);
    finder->cli = cli;
}

void finder_finish(struct finder *finder)
{
    if (finder->names)
        fleet_destroy(finder->names);
    str_finish(&finder->raw);
    memset(finder, 0, sizeof *finder);
}

static void on_read(void *ctx, const struct api_result *result)
{
    struct finder *f = ctx;
    f->done = true;
    f->status = result->status;
    f->error = result->error;
    str_clear(&f->raw);
    str_add_span(&f->raw, result->body);
}

static enum status read_id(struct finder *f, struct span id, struct error *err)
{
    f->done = false;
    api_read(f->cli->api, id, on_read, f);
    cli_wait(f->cli, &f->done);
    if (f->status != ST_OK)
        *err = f->error;
    return f->status;
}

static enum status several(const struct finder *f, const row_id *rows, uint32_t all,
                           const char *name, struct error *err)
{
    struct str ids = STR_INIT;
    for (uint32_t i = 0; i < all && i < IDS_SHOWN; i++) {
        struct value id;
        fleet_get(f->names, rows[i], FIELD_ID, &id);
        str_printf(&ids, "%s%.*s", i ? ", " : "", (int)id.text.len, id.text.p);
    }
    error_set(err, ST_USAGE, "%u accounts are named \"%.100s\": %.300s%s", (unsigned)all, name,
              str_text(&ids), all > IDS_SHOWN ? ", ..." : "");
    error_next(err, "name the id");
    str_finish(&ids);
    return ST_USAGE;
}

static enum status names_loaded(struct finder *f, struct error *err)
{
    if (f->names)
        return ST_OK;
    struct fleet *fleet = fleet_create();
    enum status st = load_names(f->cli, fleet, err);
    /* On a part of the list a name could look unique and not be it. */
    if (st == ST_OK)
        f->names = fleet;
    else
        fleet_destroy(fleet);
    return st;
}

/* The id of the one account of that name. */
static enum status find_name(struct finder *f, const char *name, struct str *id, struct error *err)
{
    row_id rows[IDS_SHOWN];
    enum status st = names_loaded(f, err);
    if (st != ST_OK)
        return st;
    uint32_t n = fleet_find_name(f->names, span_of(name), rows, IDS_SHOWN);
    if (n == 0) {
        error_set(err, ST_NOT_FOUND, "there is no account with the id or the name \"%.200s\"",
                  name);
        error_next(err, "paddock list shows what there is");
        return ST_NOT_FOUND;
    }
    if (n > 1)
        return several(f, rows, n, name, err);
    struct value v;
    fleet_get(f->names, rows[0], FIELD_ID, &v);
    str_add_span(id, v.text);
    return ST_OK;
}

/* A server may refuse a name that cannot be an id in more ways than "not found". */
static bool may_be_name(enum status st)
{
    return st == ST_NOT_FOUND || st == ST_INVALID || st == ST_REJECTED || st == ST_USAGE;
}

/* --offline: the account as last seen. */
static enum status read_kept(struct finder *f, const char *word, struct str *raw, struct error *err)
{
    struct str id = STR_INIT;
    enum status st = names_loaded(f, err);
    row_id row = st == ST_OK ? fleet_find(f->names, span_of(word)) : ROW_NONE;
    if (st == ST_OK && row == ROW_NONE)
        st = find_name(f, word, &id, err);
    if (st == ST_OK && row == ROW_NONE)
        row = fleet_find(f->names, span_from(&id));
    if (st == ST_OK)
        str_add_span(raw, fleet_raw(f->names, row));
    str_finish(&id);
    return st;
}

enum status finder_read(struct finder *f, const char *word, struct str *raw, struct error *err)
{
    if (f->cli->start->options.offline)
        return read_kept(f, word, raw, err);
    enum status st = read_id(f, span_of(word), err);
    if (may_be_name(st)) {
        struct str id = STR_INIT;
        st = find_name(f, word, &id, err);
        if (st == ST_OK)
            st = read_id(f, span_from(&id), err);
        str_finish(&id);
    }
    if (st == ST_OK)
        str_add_span(raw, span_from(&f->raw));
    return st;
}
