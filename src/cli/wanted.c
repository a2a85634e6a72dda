/* wanted.c: see wanted.h. */
#include "cli/wanted.h"

#include "base/mem.h"
#include "cli/bulk.h"
#include "cli/select.h"
#include "plan/build.h"

#include <string.h>

#define BUILD_BUDGET 1000

/* The operation that a verb is by itself. */
static enum plan_op_id op_of(enum verb verb)
{
    return verb == VERB_ENABLE    ? PLAN_OP_ENABLE
           : verb == VERB_DISABLE ? PLAN_OP_DISABLE
           : verb == VERB_DELETE  ? PLAN_OP_DELETE
                                  : PLAN_OP_COUNT;
}

static enum status check(const struct wanted *w, struct error *err)
{
    if (w->ops.count == 0)
        return error_set(err, ST_USAGE, "nothing to set: name fields as quota.tokens=400M");
    if (w->where && w->target_count)
        return error_set(err, ST_USAGE, "either accounts are named, or --where chooses them");
    if (!w->where && w->target_count == 0) {
        error_set(err, ST_USAGE, "no account is named: give ids or names");
        error_next(err, "or choose them: --where 'provider=openai enabled=yes'");
        return ST_USAGE;
    }
    for (size_t i = 0; w->where && i < w->ops.count; i++)
        if (w->ops.items[i].id == PLAN_OP_MOVE)
            return error_set(err, ST_USAGE,
                             "a move names its accounts: the one that gives, then those that get");
    return ST_OK;
}

enum status wanted_read(struct wanted *w, struct cli *cli, struct error *err)
{
    const struct cli_line *line = &cli->line;
    enum plan_op_id own = op_of(line->verb);
    enum status st = ST_OK;
    memset(w, 0, sizeof *w);
    w->cli = cli;
    w->where = line->flag[FLAG_WHERE];
    w->targets = mem_calloc((size_t)line->arg_count + 1, sizeof *w->targets);
    plan_ops_init(&w->ops);
    if (own != PLAN_OP_COUNT)
        st = plan_ops_add(&w->ops, own, span_of(""), span_of(""), err);
    for (int i = 0; i < line->arg_count && st == ST_OK; i++) {
        if (own != PLAN_OP_COUNT || !strchr(line->args[i], '='))
            w->targets[w->target_count++] = line->args[i];
        else
            st = plan_ops_setting(&w->ops, line->args[i], err);
    }
    if (st == ST_OK && line->flag[FLAG_CAP])
        st = plan_ops_cap(&w->ops, span_of(line->flag[FLAG_CAP]), err);
    return st == ST_OK ? check(w, err) : st;
}

void wanted_finish(struct wanted *w)
{
    plan_ops_finish(&w->ops);
    mem_free(w->targets);
}

bool wanted_one(const struct wanted *w)
{
    for (size_t i = 0; i < w->ops.count; i++)
        if (w->ops.items[i].id == PLAN_OP_MOVE)
            return false;
    return !w->where && w->target_count == 1;
}

enum status wanted_sources(struct wanted *w, struct finder *finder, struct error *err)
{
    enum status st = ST_OK;
    for (size_t i = 0; i < w->ops.count && st == ST_OK; i++) {
        struct plan_op *op = &w->ops.items[i];
        struct str raw = STR_INIT;
        struct account source;
        if (op->id != PLAN_OP_COPY)
            continue;
        account_init(&source);
        st = finder_read(finder, op->word.p, &raw, err);
        if (st == ST_OK)
            st = account_decode(&source, span_from(&raw), err);
        if (st == ST_OK)
            plan_ops_source(&w->ops, i, &source);
        account_finish(&source);
        str_finish(&raw);
    }
    return st;
}

static enum status build(struct wanted *w, struct fleet *fleet, const struct selection *chosen,
                         struct plan **out, struct error *err)
{
    const struct plan_head head = bulk_head(w->cli, "");
    const struct plan_build_spec spec = {.head = &head,
                                         .fleet = fleet,
                                         .rows = chosen->rows,
                                         .row_count = chosen->count,
                                         .whole = w->where != NULL, /* it was all loaded */
                                         .ops = &w->ops};
    struct plan_build *b;
    enum status st = plan_build_create(&b, &spec, err);
    if (st != ST_OK)
        return st;
    while (plan_build_step(b, BUILD_BUDGET))
        continue;
    *out = plan_build_take(b, err);
    plan_build_destroy(b);
    return *out ? ST_OK : err->status;
}

enum status wanted_plan(struct wanted *w, struct finder *finder, struct fleet *fleet,
                        struct plan **out, uint32_t *missing, enum exit_code *code,
                        struct error *err)
{
    struct selection chosen = {.rows = NULL};
    enum status st = wanted_sources(w, finder, err);
    *out = NULL;
    *missing = 0;
    *code = EXIT_DONE;
    if (st == ST_OK && w->where)
        st = select_where(w->cli, fleet, w->where, &chosen, err);
    else if (st == ST_OK)
        select_words(finder, fleet, w->targets, w->target_count, &chosen);
    if (st == ST_OK)
        st = build(w, fleet, &chosen, out, err);
    *missing = chosen.missing;
    *code = chosen.code;
    selection_finish(&chosen);
    return st;
}
