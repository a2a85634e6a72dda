/* select.c: see select.h. */
#include "cli/select.h"

#include "base/mem.h"
#include "base/vec.h"
#include "cli/load.h"
#include "cli/survey.h"
#include "fleet/view.h"
#include "model/filter.h"

#include <string.h>

void selection_finish(struct selection *selection)
{
    mem_free(selection->rows);
    memset(selection, 0, sizeof *selection);
}

/* ---- named ---------------------------------------------------------------------------------- */

static bool has_row(const struct selection *s, row_id row)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->rows[i] == row)
            return true;
    return false;
}

void select_words(struct finder *finder, struct fleet *fleet, const char *const *words,
                  size_t count, struct selection *out)
{
    memset(out, 0, sizeof *out);
    out->rows = mem_calloc(count + 1, sizeof *out->rows);
    for (size_t i = 0; i < count; i++) {
        struct str raw = STR_INIT;
        struct error err = {0};
        row_id row = ROW_NONE;
        enum status st = finder_read(finder, words[i], &raw, &err);
        if (st == ST_OK &&
            (fleet_put(fleet, span_from(&raw), 0, &row) == FLEET_BAD || row == ROW_NONE))
            st = error_set(&err, ST_UNREADABLE,
                           "the server's answer about \"%.100s\" is no account", words[i]);
        if (st != ST_OK) {
            out->missing++;
            out->code = cli_fail(finder->cli, &err);
        } else if (!has_row(out, row)) {
            out->rows[out->count++] = row;
        }
        str_finish(&raw);
    }
}

/* ---- by a filter ---------------------------------------------------------------------------- */

struct where {
    struct column_set *columns;
    struct health_classes health;
    struct problem_column problem;
    struct filter *filter;
};

static enum status where_parse(struct where *w, const struct cli *cli, const char *expr,
                               struct error *err)
{
    struct clock clock = clock_system();
    size_t at = 0;
    memset(w, 0, sizeof *w);
    w->columns = column_set_create();
    judges_add(w->columns, &w->health, &w->problem);
    if (cli->start->config)
        judges_read(cli, &w->health, &w->problem);
    if (expr[strspn(expr, " \t")] == '\0') {
        error_set(err, ST_USAGE, "--where: an empty expression would be about every account");
        error_next(err, "name what you mean, such as --where 'provider=openai enabled=yes'");
        return ST_USAGE;
    }
    enum status st =
        filter_parse(w->columns, span_of(expr), clock_wall(&clock), &w->filter, &at, err);
    if (st != ST_OK) {
        error_prefix(err, "--where");
        error_next(err, "at \"%.60s\"", at < strlen(expr) ? expr + at : "the end");
    } else if (cli->line.verb != VERB_GET && !filter_exact(w->filter)) {
        st = error_set(err, ST_USAGE,
                       "--where: what chooses accounts for a write is exact: no free text, no "
                       "contains, no pattern");
        error_next(err, "write field=value, field<number, tag:key=value, or name the accounts");
    }
    return st;
}

static void where_finish(struct where *w)
{
    filter_destroy(w->filter);
    column_set_destroy(w->columns);
}

enum status select_check(const struct cli *cli, const char *expr, struct error *err)
{
    struct where w;
    enum status st = where_parse(&w, cli, expr, err);
    where_finish(&w);
    return st;
}

enum status select_asked(const struct cli *cli, struct error *err)
{
    bool named = cli->line.arg_count > 0, where = cli_has(cli, FLAG_WHERE);
    if (named && where)
        return error_set(err, ST_USAGE, "either accounts are named, or --where chooses them");
    if (named || where)
        return where ? select_check(cli, cli->line.flag[FLAG_WHERE], err) : ST_OK;
    error_set(err, ST_USAGE, "no account is named: give ids or names");
    error_next(err, "or choose them: --where 'provider=openai enabled=yes'");
    return ST_USAGE;
}

enum status select_where(struct cli *cli, struct fleet *fleet, const char *expr,
                         struct selection *out, struct error *err)
{
    struct where w = {.columns = NULL};
    enum status st = ST_OK;
    memset(out, 0, sizeof *out);
    if (expr)
        st = where_parse(&w, cli, expr, err);
    else
        w.columns = column_set_create();
    if (st == ST_OK)
        st = load_all(cli, fleet, err);
    if (st == ST_OK) {
        struct view *view = view_create(fleet, w.columns);
        const struct clock clock = cli_clock(cli);
        w.problem.clock = clock; /* the server's, which is known by now */
        view_set_filter(view, w.filter);
        view_set_now(view, clock_wall(&clock));
        w.filter = NULL; /* the view has it */
        out->count = view_count(view);
        out->rows = mem_calloc(out->count + 1u, sizeof *out->rows);
        for (uint32_t i = 0; i < out->count; i++)
            out->rows[i] = view_at(view, i);
        view_destroy(view);
    }
    where_finish(&w);
    return st;
}
