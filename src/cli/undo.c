/* undo.c: paddock undo: the last write of this operator here, or one of the journal by its number,
 * taken back by the same path as any other write. */
#include "cli/context.h"

#include "base/quantity.h"
#include "cli/apply.h"
#include "cli/bulk.h"
#include "cli/load.h"
#include "cli/unsettled.h"
#include "plan/file.h"
#include "plan/names.h"
#include "plan/stored.h"
#include "store/plans.h"
#include "write/inverse.h"

#include <string.h>

/* The number of a write is digits alone: 1.11k would be another write than the one it was read
 * from.
 */
static bool read_op(const char *word, int64_t *op)
{
    size_t len = strlen(word);
    return strspn(word, "0123456789") == len &&
           quantity_parse_count(word, len, op, NULL) == ST_OK && *op >= 1;
}

static enum status find_entry(struct cli *cli, struct apply *apply, struct journal_entry *e,
                              struct error *err)
{
    const struct profile *p = &cli->start->profile;
    int64_t op;
    if (cli->line.arg_count == 0)
        return journal_undoable(apply->journal, p->origin, p->org, apply->operator_name, e, err);
    const char *word = cli->line.args[0];
    if (!read_op(word, &op)) {
        error_set(err, ST_USAGE, "\"%.80s\" is not the number of a write, nor the id of a plan",
                  word);
        error_next(err, "paddock log lists them");
        return ST_USAGE;
    }
    enum status st = journal_get(apply->journal, op, e, err);
    if (st == ST_OK && (strcmp(e->origin, p->origin) != 0 || strcmp(e->org, p->org) != 0)) {
        st = error_set(err, ST_USAGE, "write %lld was made to %s, organisation %s", (long long)op,
                       e->origin, e->org);
        error_next(err, "name its profile: -p %s", e->profile);
    }
    return st;
}

/* One that an earlier paddock left open is looked at first: what is not known cannot be taken back.
 */
static enum status find_settled(struct cli *cli, struct apply *apply, struct journal_entry *e,
                                struct error *err)
{
    enum status st = find_entry(cli, apply, e, err);
    if (st != ST_OK || journal_settled(e->outcome) || *e->plan)
        return st;
    unsettled_wait(apply, span_of(e->account_id), span_of(e->account_name));
    journal_entry_finish(e);
    memset(e, 0, sizeof *e);
    return find_entry(cli, apply, e, err);
}

/* As much of a plan as was applied, as a plan. */
static enum exit_code undo_plan(struct cli *cli, struct apply *apply, const char *id)
{
    const struct profile *p = &cli->start->profile;
    struct plans *plans = NULL;
    struct plan *undo = NULL;
    struct error err = {0};
    enum exit_code code;
    const struct plan_place here = {p->origin, p->org,
                                    cli_has(cli, FLAG_OTHER_PROFILE) ? "" : p->name};
    enum status st = bulk_no_twins(cli, &err);
    if (st == ST_OK)
        st = bulk_plans(cli, &plans, &err);
    if (st == ST_OK)
        st = plan_undo(plans, apply->journal, id, &undo, &err);
    if (st == ST_OK)
        st = plan_belongs(undo, &here, &err);
    /* The names are looked for in the whole list. */
    if (st == ST_OK && undo->kinds[JOURNAL_CREATE])
        st = load_all(cli, apply->fleet, &err);
    if (st == ST_OK) {
        plan_names_settle(undo, apply->fleet);
        cli_say(cli, "taking back plan %s", id);
        if (undo->left_out)
            cli_warn(cli,
                     "%u of unknown outcome %s left out: paddock log shows what became of it; the "
                     "same undo takes it back once it is known",
                     (unsigned)undo->left_out, undo->left_out == 1 ? "is" : "are");
        code = bulk_apply(apply, plans, undo);
    } else {
        plan_destroy(undo);
        code = cli_fail(cli, &err);
    }
    plans_close(plans);
    return code;
}

/* The plan that is meant: a word that is no number, or the plan of the last write. */
static const char *plan_meant(const struct cli *cli, const struct journal_entry *last)
{
    int64_t op;
    if (cli->line.arg_count == 0)
        return last->plan;
    const char *word = cli->line.args[0];
    bool number = quantity_parse_count(word, strlen(word), &op, NULL) == ST_OK;
    return number || strlen(word) < PLANS_PREFIX_MIN ? "" : word;
}

static enum exit_code undo(struct cli *cli, struct apply *apply)
{
    struct journal_entry entry = {0};
    struct inverse inverse;
    struct error err = {0};
    enum exit_code code = EXIT_DONE;
    inverse_init(&inverse);
    enum status st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(apply, cli, &err);
    if (st == ST_OK && cli->line.arg_count && *plan_meant(cli, &entry))
        return undo_plan(cli, apply, plan_meant(cli, &entry));
    if (st == ST_OK)
        st = find_settled(cli, apply, &entry, &err);
    if (st == ST_OK && *plan_meant(cli, &entry)) {
        code = undo_plan(cli, apply, entry.plan);
        journal_entry_finish(&entry);
        return code;
    }
    if (st == ST_OK)
        st = inverse_make(&inverse, &entry, &err);
    /* The name is looked for in the whole list, so that it is not there twice. */
    if (st == ST_OK && inverse.kind == JOURNAL_CREATE)
        st = load_all(cli, apply->fleet, &err);
    if (st == ST_OK) {
        struct write_spec spec = inverse_spec(&inverse);
        spec.reason = apply_reason(cli);
        spec.same_name = cli_has(cli, FLAG_ALLOW_DUPLICATE_NAME);
        cli_say(cli, "taking back write %lld: %s of %s", (long long)entry.op,
                journal_kind_name(entry.kind), entry.account_name);
        if (inverse.note[0])
            cli_say(cli, "%s", inverse.note);
        code = apply_one(apply, &spec, NULL);
    } else {
        code = cli_fail(cli, &err);
    }
    inverse_finish(&inverse);
    journal_entry_finish(&entry);
    return code;
}

enum exit_code undo_run(struct cli *cli)
{
    struct apply apply = {0};
    enum exit_code code = undo(cli, &apply);
    apply_finish(&apply);
    cli_disconnect(cli);
    return cli_flush(cli, code);
}
