/* create.c: paddock create -f: accounts from files. One is shown and written as a form does it,
 * several become a plan. */
#include "cli/context.h"

#include "base/text.h"
#include "cli/apply.h"
#include "cli/bulk.h"
#include "cli/load.h"
#include "plan/match.h"

#include <string.h>

static enum status read_inputs(struct cli *cli, struct plan_inputs *inputs, struct error *err)
{
    const char *file = cli->line.flag[FLAG_FILENAME];
    if (!file)
        return error_set(err, ST_USAGE, "name a file with the account: -f FILE or -f -");
    enum status st = plan_inputs_read(inputs, file, NULL, err);
    for (size_t i = 0; i < inputs->count && st == ST_OK; i++)
        st = plan_match_new(&inputs->items[i], err);
    return st;
}

static enum exit_code create_one(struct cli *cli, struct apply *apply, const struct account *mine)
{
    struct write_spec spec = {.kind = JOURNAL_CREATE,
                              .mine = mine,
                              .reason = apply_reason(cli),
                              .same_name = cli_has(cli, FLAG_ALLOW_DUPLICATE_NAME)};
    struct str id = STR_INIT, text = STR_INIT;
    enum exit_code code = apply_one(apply, &spec, &id);
    if (code == EXIT_DONE && id.len) {
        text_safe(&text, str_text(&id), id.len, cli->safe);
        str_add_char(&text, '\n');
        cli_put(cli, &text);
    }
    str_finish(&id);
    str_finish(&text);
    return code;
}

static enum exit_code create_many(struct cli *cli, struct apply *apply,
                                  const struct plan_inputs *inputs)
{
    const struct plan_match_options options = {.create_only = true};
    const struct plan_head head = bulk_head(cli, cli->line.flag[FLAG_FILENAME]);
    struct plan *plan;
    struct error err = {0};
    if (bulk_no_twins(cli, &err) != ST_OK)
        return cli_fail(cli, &err);
    if (plan_match(&head, inputs, apply->fleet, &options, &plan, &err) != ST_OK)
        return cli_fail(cli, &err);
    return bulk_apply(apply, NULL, plan);
}

enum exit_code create_run(struct cli *cli)
{
    struct apply apply = {0};
    struct plan_inputs inputs;
    struct error err = {0};
    enum exit_code code;
    plan_inputs_init(&inputs);
    enum status st = read_inputs(cli, &inputs, &err);
    if (st == ST_OK && inputs.count != 1 && cli_has(cli, FLAG_RELEASE)) {
        st = error_set(&err, ST_USAGE, "--release is for one account: nothing was sent");
        error_next(&err, "put the one whose earlier create is given up into a file of its own");
    }
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(&apply, cli, &err);
    /* The name is looked for in the whole list, so that it is not taken twice. */
    if (st == ST_OK)
        st = load_names(cli, apply.fleet, &err);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    else if (inputs.count == 1)
        code = create_one(cli, &apply, &inputs.items[0].account);
    else
        code = create_many(cli, &apply, &inputs);
    plan_inputs_finish(&inputs);
    apply_finish(&apply);
    cli_disconnect(cli);
    return cli_flush(cli, code);
}
