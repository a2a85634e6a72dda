/* plan_cmd.c: paddock plan, diff, apply and export: many writes that are looked at first. */
#include "cli/context.h"

#include "base/quantity.h"
#include "base/text.h"
#include "cli/apply.h"
#include "cli/bulk.h"
#include "cli/load.h"
#include "cli/select.h"
#include "cli/wanted.h"
#include "plan/blast.h"
#include "plan/export.h"
#include "plan/file.h"
#include "plan/match.h"
#include "plan/names.h"
#include "plan/refresh.h"
#include "plan/run.h"
#include "plan/stored.h"

#include <string.h>
#include <unistd.h>

/* ---- plan and diff -------------------------------------------------------------------------- */

/* *gone: how many of the files' accounts the server does not have any more. */
static enum status from_files(struct cli *cli, struct fleet *fleet, struct plan_inputs *inputs,
                              bool lacking, struct plan **out, uint32_t *gone, struct error *err)
{
    struct plan_left_alone left = {0, NULL};
    const struct plan_match_options options = {
        .lacking = lacking, .left_alone = &left, .gone = gone};
    const struct plan_head head = bulk_head(cli, cli->line.flag[FLAG_FILENAME]);
    enum status st = load_all(cli, fleet, err);
    if (st == ST_OK)
        st = plan_match(&head, inputs, fleet, &options, out, err);
    if (st == ST_OK)
        plan_blast_all(*out, fleet, true);
    if (st == ST_OK && left.accounts)
        cli_say(cli,
                "fields that this paddock cannot set are left alone, in %s account%s: such as %s",
                QUANTITY(left.accounts), PLURAL(left.accounts), left.field);
    if (st == ST_OK && *gone)
        cli_warn(cli,
                 "%s account%s of the files %s gone from the server: nothing is done about %s; "
                 "without provider_account_id it is created again, under a new id",
                 QUANTITY(*gone), PLURAL(*gone), *gone == 1 ? "is" : "are",
                 *gone == 1 ? "it" : "them");
    return st;
}

/* Reads the files before anything is asked of the server; whose accounts they may be is known once
 * the profile is. */
static enum status read_files(struct cli *cli, struct plan_inputs *inputs, struct error *err)
{
    enum status st = cli_connect(cli, err);
    return st == ST_OK ? plan_inputs_read(inputs, cli->line.flag[FLAG_FILENAME],
                                          cli->start->profile.org, err)
                       : st;
}

static enum exit_code put_plan(struct cli *cli, const struct plan *plan)
{
    const char *out = cli->line.flag[FLAG_OUT];
    struct error err = {0};
    struct str text = STR_INIT;
    if (!out)
        return bulk_show(cli, plan);
    if (strcmp(out, "-") == 0) {
        plan_file_text(plan, &text);
        cli_put(cli, &text);
        str_clear(&text);
        plan_task_words(plan, &text);
        cli_say(cli, "plan %s, to %s, is on standard output", plan->head.id, str_text(&text));
        str_finish(&text);
        return plan_left(plan) ? EXIT_CHANGES : EXIT_DONE;
    }
    if (plan_file_write(plan, out, &err) != ST_OK)
        return cli_fail(cli, &err);
    enum exit_code code = bulk_show(cli, plan);
    cli_put_now(cli); /* both may go to one place */
    cli_say(cli, "plan %s is in %s; paddock apply %s", plan->head.id, out, out);
    return code;
}

static enum exit_code plan_files(struct cli *cli, struct fleet *fleet)
{
    struct plan_inputs inputs;
    struct plan *plan = NULL;
    struct error err = {0};
    uint32_t gone = 0;
    plan_inputs_init(&inputs);
    enum status st = cli->line.arg_count || cli_has(cli, FLAG_WHERE)
                         ? error_set(&err, ST_USAGE, "either -f FILE, or accounts and K=V")
                         : read_files(cli, &inputs, &err);
    if (st == ST_OK)
        st = from_files(cli, fleet, &inputs, false, &plan, &gone, &err);
    enum exit_code code = st == ST_OK ? put_plan(cli, plan) : cli_fail(cli, &err);
    if (gone && (code == EXIT_DONE || code == EXIT_CHANGES))
        code = EXIT_PARTIAL; /* of what the files ask for it is a part */
    plan_destroy(plan);
    plan_inputs_finish(&inputs);
    return code;
}

static enum exit_code plan_words(struct cli *cli, struct fleet *fleet)
{
    struct wanted wanted;
    struct finder finder;
    struct plan *plan = NULL;
    struct error err = {0};
    uint32_t missing = 0;
    enum exit_code lost = EXIT_DONE, code;
    finder_init(&finder, cli);
    enum status st = wanted_read(&wanted, cli, &err);
    if (st == ST_OK && wanted.where)
        st = select_check(cli, wanted.where, &err);
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = wanted_plan(&wanted, &finder, fleet, &plan, &missing, &lost, &err);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    else
        code = missing ? lost : put_plan(cli, plan);
    plan_destroy(plan);
    cli_disconnect(cli);
    finder_finish(&finder);
    wanted_finish(&wanted);
    return code;
}

enum exit_code plan_run(struct cli *cli)
{
    struct fleet *fleet = fleet_create();
    enum exit_code code =
        cli_has(cli, FLAG_FILENAME) ? plan_files(cli, fleet) : plan_words(cli, fleet);
    cli_disconnect(cli);
    fleet_destroy(fleet);
    return cli_flush(cli, code);
}

static uint32_t count_lacking(const struct plan *plan)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->count; i++)
        n += plan->items[i].state == PLAN_SKIPPED && span_is(plan->items[i].note, PLAN_LACKING);
    return n;
}

enum exit_code diff_run(struct cli *cli)
{
    struct plan_inputs inputs;
    struct fleet *fleet = fleet_create();
    struct plan *plan = NULL;
    struct error err = {0};
    enum exit_code code;
    uint32_t gone = 0;
    plan_inputs_init(&inputs);
    enum status st =
        cli_has(cli, FLAG_FILENAME)
            ? read_files(cli, &inputs, &err)
            : error_set(&err, ST_USAGE, "name what to compare with: -f FILE or -f DIR");
    if (st == ST_OK)
        st = from_files(cli, fleet, &inputs, cli_has(cli, FLAG_ALL), &plan, &gone, &err);
    if (st != ST_OK) {
        code = cli_fail(cli, &err);
    } else {
        code = bulk_show(cli, plan);
        if (code == EXIT_DONE && (gone || count_lacking(plan)))
            code = EXIT_CHANGES;
    }
    plan_destroy(plan);
    plan_inputs_finish(&inputs);
    cli_disconnect(cli);
    fleet_destroy(fleet);
    return cli_flush(cli, code);
}

/* ---- apply ---------------------------------------------------------------------------------- */

/* A file when there is one of that name, else the id of a plan that is known here. */
static enum status get_plan(struct cli *cli, struct apply *apply, struct plans *plans,
                            struct plan **out, struct error *err)
{
    const char *word = cli->line.args[0];
    const struct profile *p = &cli->start->profile;
    struct plan *known = NULL;
    enum status st;
    if (access(word, F_OK) == 0)
        st = plan_file_read(word, out, err);
    else
        st = plan_load(plans, apply->journal, word, out, err);
    if (st == ST_NOT_FOUND)
        error_next(err, "a plan is a file of `paddock plan --out`, or an id that was told here");
    const struct plan_place here = {p->origin, p->org,
                                    cli_has(cli, FLAG_OTHER_PROFILE) ? "" : p->name};
    bool file = st == ST_OK && access(word, F_OK) == 0;
    if (st == ST_OK)
        st = plan_belongs(*out, &here, err);
    if (st != ST_OK && file)
        error_prefix(err, "%.200s:1", word);
    /* A file that was begun here goes on from there. */
    if (st == ST_OK &&
        plan_load(plans, apply->journal, (*out)->head.id, &known, &(struct error){0}) == ST_OK &&
        strcmp(known->head.id, (*out)->head.id) == 0) {
        plan_destroy(*out);
        *out = known;
        known = NULL;
    }
    plan_destroy(known);
    return st;
}

/* What was stale, as it is now: a plan of its own, in the place of *plan, which is destroyed. */
static enum status refresh(struct cli *cli, struct fleet *fleet, struct plan **plan,
                           struct error *err)
{
    struct plan_refresh *r = NULL;
    struct plan *old = *plan;
    uint32_t done, total;
    struct plan_head head = bulk_head(cli, "");
    *plan = NULL;
    enum status st = plan_refresh_create(&r, cli->api, old, &head, NULL, NULL, err);
    while (st == ST_OK && !plan_refresh_progress(r, &done, &total))
        loop_step(cli->loop, -1);
    if (st == ST_OK && !(*plan = plan_refresh_take(r, err)))
        st = err->status;
    if (st == ST_OK && (*plan)->kinds[JOURNAL_CREATE])
        st = load_all(cli, fleet, err);
    if (st == ST_OK) {
        plan_names_settle(*plan, fleet);
        cli_say(cli, "plan %s: the stale ones of plan %s, as they are now", (*plan)->head.id,
                old->head.id);
    }
    if (st == ST_OK && plan_left(old))
        cli_say(cli, "%u more of plan %s are left: paddock apply %s", (unsigned)plan_left(old),
                old->head.id, old->head.id);
    plan_refresh_destroy(r);
    plan_destroy(old);
    return st;
}

/* Of one that was kept it is not known who is left: the list as it is now says. What cannot be read
 * stays unknown, and stops nothing. */
static void count_left(struct cli *cli, struct plan *plan)
{
    struct error err = {0};
    if (!plan_count_left(plan->offs) || plan->blast.known == PLAN_BLAST_COUNTED)
        return;
    struct fleet *fleet = fleet_create();
    plan_blast_all(plan, fleet, load_names(cli, fleet, &err) == ST_OK);
    fleet_destroy(fleet);
}

static enum exit_code apply_plan(struct cli *cli, struct apply *apply, struct plans **plans)
{
    struct plan *plan = NULL;
    struct str words = STR_INIT;
    struct error err = {0};
    enum status st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(apply, cli, &err);
    if (st == ST_OK)
        st = bulk_plans(cli, plans, &err);
    if (st == ST_OK && cli_has(cli, FLAG_OUT) && !cli_has(cli, FLAG_REFRESH_STALE))
        st = error_set(&err, ST_USAGE, "--out is for a plan that is made: with --refresh-stale");
    if (st == ST_OK)
        st = get_plan(cli, apply, *plans, &plan, &err);
    if (st == ST_OK && cli_has(cli, FLAG_REFRESH_STALE))
        st = refresh(cli, apply->fleet, &plan, &err);
    if (st == ST_OK)
        count_left(cli, plan);
    if (st == ST_OK && cli_has(cli, FLAG_OUT)) {
        enum exit_code code = put_plan(cli, plan);
        plan_destroy(plan);
        return code;
    }
    if (st != ST_OK) {
        plan_destroy(plan);
        return cli_fail(cli, &err);
    }
    if (plan_changes(plan) > plan->states[PLAN_WAITING] && plan_left(plan)) {
        plan_states_words(plan, &words);
        cli_say(cli, "plan %s goes on: %s", plan->head.id, str_text(&words));
    }
    str_finish(&words);
    return bulk_apply(apply, *plans, plan);
}

enum exit_code apply_run(struct cli *cli)
{
    struct apply apply = {0};
    struct plans *plans = NULL;
    enum exit_code code = apply_plan(cli, &apply, &plans);
    apply_finish(&apply);
    plans_close(plans);
    cli_disconnect(cli);
    return cli_flush(cli, code);
}

/* ---- export --------------------------------------------------------------------------------- */

enum exit_code export_run(struct cli *cli)
{
    const char *dir = cli->line.args[0];
    struct fleet *fleet = fleet_create();
    struct selection chosen = {.rows = NULL};
    struct plan_export done = {0};
    struct error err = {0};
    enum exit_code code = EXIT_DONE;
    enum status st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = select_where(cli, fleet, NULL, &chosen, &err);
    if (st == ST_OK)
        st = plan_export(fleet, chosen.rows, chosen.count, dir, &done, &err);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    else
        cli_say(cli, "%s: %s file%s written, %s already so", dir, QUANTITY(done.written),
                PLURAL(done.written), QUANTITY(done.same));
    if (st == ST_OK && done.others)
        cli_say(cli, "%s more .json file%s there %s of no account", QUANTITY(done.others),
                PLURAL(done.others), done.others == 1 ? "is" : "are");
    selection_finish(&chosen);
    cli_disconnect(cli);
    fleet_destroy(fleet);
    return cli_flush(cli, code);
}
