/* build.c: see build.h. */
#include "plan/build.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "plan/arith.h"
#include "plan/blast.h"
#include "plan/names.h"

#include <string.h>

#define NAMES_AS_ONE  50 /* names that take as long as an account */
#define COUNTS_AS_ONE 20 /* accounts that are counted */

struct plan_build {
    struct plan *plan; /* owned until it is taken */
    const struct fleet *fleet;
    row_id *rows; /* owned */
    uint32_t count, done;
    struct plan_ops ops;
    const struct plan_op *move; /* in ops, or NULL */
    uint32_t takers, given;     /* who share what is moved, and how many got theirs */
    struct plan_names *names;   /* owned; of a plan that deletes: who else has the name */
    bool names_read;
    bool whole;
    struct plan_blast_count *blast; /* owned; who is left, once all rows are taken */
    struct error error;             /* what ended it */
};

static struct span row_text(const struct fleet *fleet, row_id row, enum field f)
{
    struct value v;
    fleet_get(fleet, row, f, &v);
    return value_known(&v) ? v.text : span_of("");
}

static bool limit_of(const struct plan_build *b, row_id row, int64_t *n)
{
    struct value v;
    fleet_get(b->fleet, row, b->move->field, &v);
    *n = v.i;
    return value_known(&v) && !v.inexact;
}

static uint32_t as_many(uint32_t budget, uint32_t each)
{
    return budget < UINT32_MAX / each ? budget * each : UINT32_MAX;
}

/* Whether the build can take it: an account that is there, readable, and not being written. */
static const char *unusable(const struct fleet *fleet, row_id row)
{
    if (!fleet_alive(fleet, row))
        return "gone meanwhile";
    if (*fleet_bad(fleet, row))
        return "not readable";
    return fleet_locked(fleet, row);
}

/* ---- moving quota -------------------------------------------------------------------------- */

/* "an-claude-eu-01 gives, and has quota.tokens=10M: less than that" */
static enum status too_little(const struct plan_build *b, int64_t has, struct error *err)
{
    struct span name = row_text(b->fleet, b->rows[0], FIELD_NAME);
    struct str limit = STR_INIT;
    if (!name.len)
        name = row_text(b->fleet, b->rows[0], FIELD_ID);
    quantity_exact(&limit, has);
    error_set(err, ST_USAGE, "%.*s gives, and has %s=%s: less than that",
              (int)(name.len < 100 ? name.len : 100), name.p, field_info(b->move->field)->key,
              str_text(&limit));
    str_finish(&limit);
    return ST_USAGE;
}

static enum status begin_move(struct plan_build *b, struct error *err)
{
    int64_t n;
    if (b->count < 2)
        return error_set(err, ST_USAGE, "a move needs the account that gives and one that gets");
    const char *key = field_info(b->move->field)->key, *why = unusable(b->fleet, b->rows[0]);
    if (why)
        return error_set(err, ST_USAGE, "the account that gives cannot be changed: %s", why);
    if (!limit_of(b, b->rows[0], &n))
        return error_set(err, ST_USAGE, "the account that gives has no %s to move", key);
    if (n - field_info(b->move->field)->min < b->move->amount)
        return too_little(b, n, err);
    for (uint32_t i = 1; i < b->count; i++)
        b->takers += !unusable(b->fleet, b->rows[i]) && limit_of(b, b->rows[i], &n);
    if (b->takers == 0)
        return error_set(err, ST_USAGE, "nobody can get it: the others have no %s", key);
    b->plan->head.linked = true;
    return ST_OK;
}

static int64_t shift_of(struct plan_build *b, uint32_t i)
{
    int64_t n;
    if (!b->move)
        return 0;
    if (i == 0)
        return -b->move->amount;
    if (!limit_of(b, b->rows[i], &n) || b->given == b->takers)
        return 0;
    return arith_share(b->move->amount, b->takers, b->given++);
}

/* What was taken is what was given, also when the list moved on between the steps. */
static void check_move(struct plan_build *b)
{
    const struct plan_total *t = &b->plan->totals[b->move->field];
    if (b->error.status == ST_OK && t->before != t->after)
        error_set(&b->error, ST_CONFLICT,
                  "the accounts changed while the plan was made: make it again");
}

/* ---- building ------------------------------------------------------------------------------ */

enum status plan_build_create(struct plan_build **out, const struct plan_build_spec *spec,
                              struct error *err)
{
    struct plan_build *b = mem_calloc(1, sizeof *b);
    struct str words = STR_INIT;
    enum status st = ST_OK;
    b->fleet = spec->fleet;
    b->count = spec->row_count;
    b->whole = spec->whole;
    b->rows = mem_calloc(b->count + 1u, sizeof *b->rows);
    if (b->count)
        memcpy(b->rows, spec->rows, b->count * sizeof *b->rows);
    b->ops = *spec->ops;
    plan_ops_init(spec->ops);
    b->plan = plan_create(spec->head);
    plan_ops_words(&b->ops, &words);
    if (!b->plan->head.title[0])
        text_copy(b->plan->head.title, sizeof b->plan->head.title, str_text(&words));
    str_finish(&words);
    for (size_t i = 0; i < b->ops.count; i++) {
        const struct plan_op *op = &b->ops.items[i];
        if (op->id == PLAN_OP_COPY && !op->source && st == ST_OK)
            st = error_set(err, ST_USAGE, "the account to copy from is not known");
        if (op->id == PLAN_OP_MOVE)
            b->move = op;
    }
    if (plan_ops_deletes(&b->ops))
        b->names = plan_names_create();
    if (st == ST_OK && b->move)
        st = begin_move(b, err);
    if (st != ST_OK) {
        plan_build_destroy(b);
        return st;
    }
    *out = b;
    return ST_OK;
}

/* For messages; (borrowed), NUL-terminated as every text of an account of its own. */
static const char *row_name(const struct account *a)
{
    return account_name(a).len ? account_name(a).p : account_id(a).p;
}

/* What is deleted comes back under its name only when nobody else has it. */
static void add_delete(struct plan_build *b, row_id row, const struct account *before)
{
    uint32_t n = plan_add(b->plan, before, NULL, NULL);
    row_id other = plan_names_row(b->names, account_name(before), row);
    struct str text = STR_INIT;
    if (other == ROW_NONE)
        return;
    str_add_span(&text, row_text(b->fleet, other, FIELD_ID));
    str_add(&text, " has this name too: an undo takes another one");
    plan_warn(b->plan, n, FIELD_NAME, str_text(&text));
    str_finish(&text);
}

static void take_row(struct plan_build *b, uint32_t i)
{
    row_id row = b->rows[i];
    const char *why = unusable(b->fleet, row);
    struct account before, after;
    struct str skipped = STR_INIT;
    if (why) {
        bool there = fleet_alive(b->fleet, row);
        plan_skip(b->plan, there ? row_text(b->fleet, row, FIELD_ID) : span_of(""),
                  there ? row_text(b->fleet, row, FIELD_NAME) : span_of(""), why);
        return;
    }
    account_init(&before);
    account_init(&after);
    if (fleet_account(b->fleet, row, &before, &b->error) == ST_OK) {
        account_copy(&after, &before);
        if (plan_ops_deletes(&b->ops))
            add_delete(b, row, &before);
        else if (plan_ops_apply(&b->ops, &after, shift_of(b, i), &skipped, &b->error) == ST_OK)
            plan_add(b->plan, &before, &after, str_text(&skipped));
        else
            error_prefix(&b->error, "%s", row_name(&before));
    }
    account_finish(&before);
    account_finish(&after);
    str_finish(&skipped);
}

/* Who is left; true: there is more to count. */
static bool count_left(struct plan_build *b, uint32_t budget)
{
    if (!b->blast && plan_count_left(b->plan->offs)) {
        if (!b->whole)
            b->plan->blast.known = PLAN_BLAST_PARTIAL;
        else
            b->blast = plan_blast_create(b->plan, b->fleet);
    }
    return b->blast && plan_blast_step(b->blast, as_many(budget, COUNTS_AS_ONE));
}

bool plan_build_step(struct plan_build *build, uint32_t budget)
{
    if (build->names && !build->names_read) {
        build->names_read =
            !plan_names_read(build->names, build->fleet, as_many(budget, NAMES_AS_ONE));
        return true;
    }
    while (budget-- > 0 && build->done < build->count && build->error.status == ST_OK)
        take_row(build, build->done++);
    if (build->error.status != ST_OK)
        return false;
    if (build->done < build->count)
        return true;
    if (build->move)
        check_move(build);
    return count_left(build, budget ? budget : 1);
}

uint32_t plan_build_done(const struct plan_build *build)
{
    return build->done;
}

struct plan *plan_build_take(struct plan_build *build, struct error *err)
{
    struct plan *plan = build->plan;
    if (build->error.status != ST_OK) {
        *err = build->error;
        return NULL;
    }
    build->plan = NULL;
    return plan;
}

void plan_build_destroy(struct plan_build *build)
{
    if (!build)
        return;
    plan_destroy(build->plan);
    plan_ops_finish(&build->ops);
    plan_names_destroy(build->names);
    plan_blast_destroy(build->blast);
    mem_free(build->rows);
    mem_free(build);
}
