/* change.c: paddock set, enable, disable and delete. One account is shown and written as a form
 * does it (apply.c); several, or those that --where chooses, become a plan (bulk.c). */
#include "cli/context.h"

#include "cli/apply.h"
#include "cli/bulk.h"
#include "cli/select.h"
#include "cli/wanted.h"
#include "model/account.h"

#include <string.h>

struct change {
    struct cli *cli;
    struct wanted wanted;
    struct apply apply;
    struct finder finder;
};

/* What has nothing to work on is an error where it is about one account alone. */
static enum status want(struct change *c, struct account *mine, struct error *err)
{
    struct str skipped = STR_INIT;
    enum status st = wanted_sources(&c->wanted, &c->finder, err);
    if (st == ST_OK)
        st = plan_ops_apply(&c->wanted.ops, mine, 0, &skipped, err);
    if (st == ST_OK && skipped.len)
        st = error_set(err, ST_USAGE, "%s", skipped.data);
    str_finish(&skipped);
    return st;
}

static enum exit_code change_one(struct change *c, const char *word)
{
    struct account base, mine;
    struct error err = {0};
    struct str raw = STR_INIT;
    enum exit_code code;
    account_init(&base);
    account_init(&mine);
    enum status st = finder_read(&c->finder, word, &raw, &err);
    if (st == ST_OK)
        st = account_decode(&base, span_from(&raw), &err);
    if (st == ST_OK) {
        account_copy(&mine, &base);
        st = want(c, &mine, &err);
    }
    if (st == ST_OK) {
        struct write_spec spec = {.kind = plan_ops_deletes(&c->wanted.ops) ? JOURNAL_DELETE
                                                                           : JOURNAL_UPDATE,
                                  .base = &base,
                                  .mine = &mine,
                                  .reason = apply_reason(c->cli)};
        code = apply_one(&c->apply, &spec, NULL);
    } else {
        code = cli_fail(c->cli, &err);
    }
    str_finish(&raw);
    account_finish(&base);
    account_finish(&mine);
    return code;
}

/* Words that are no account make the whole partial, when the others were done. */
static enum exit_code change_many(struct change *c)
{
    struct plan *plan;
    struct error err = {0};
    uint32_t missing;
    enum exit_code lost, code;
    if (wanted_plan(&c->wanted, &c->finder, c->apply.fleet, &plan, &missing, &lost, &err) != ST_OK)
        return cli_fail(c->cli, &err);
    if (plan->count == 0 && missing) {
        plan_destroy(plan);
        return lost;
    }
    code = bulk_apply(&c->apply, NULL, plan);
    return missing && (code == EXIT_DONE || code == EXIT_CHANGES) ? EXIT_PARTIAL : code;
}

enum exit_code change_run(struct cli *cli)
{
    struct change c = {.cli = cli};
    struct error err = {0};
    enum exit_code code;
    finder_init(&c.finder, cli);
    enum status st = wanted_read(&c.wanted, cli, &err);
    if (st == ST_OK && !wanted_one(&c.wanted) && cli_has(cli, FLAG_RELEASE)) {
        st = error_set(&err, ST_USAGE, "--release is for one account: nothing was sent");
        error_next(&err, "name the one whose earlier write is given up");
    }
    if (st == ST_OK && c.wanted.where)
        st = select_check(cli, c.wanted.where, &err);
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(&c.apply, cli, &err);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    else if (wanted_one(&c.wanted))
        code = change_one(&c, c.wanted.targets[0]);
    else
        code = change_many(&c);
    apply_finish(&c.apply);
    cli_disconnect(cli);
    finder_finish(&c.finder);
    wanted_finish(&c.wanted);
    return cli_flush(cli, code);
}
