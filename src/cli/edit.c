/* edit.c: paddock edit: an account in the operator's editor, then the same path as set. */
#include "cli/context.h"

#include "base/mem.h"
#include "cli/apply.h"
#include "cli/editor.h"
#include "cli/find.h"
#include "cli/select.h"
#include "loop/child.h"

#include <stdio.h>
#include <unistd.h>

struct edit_wait {
    bool done;
    int exit_code;
    struct error error;
};

static void on_child(void *ctx, const struct child_result *result)
{
    struct edit_wait *wait = ctx;
    wait->done = true;
    wait->exit_code = result->exit_code;
    if (result->status == ST_IO)
        wait->error = result->error;
}

/* The editor's rounds, until the text is good, left alone or given up. */
static enum editor_round run_editor(struct cli *cli, struct editor *editor, struct account *mine,
                                    struct error *err)
{
    for (;;) {
        struct edit_wait wait = {.done = false};
        const struct child_spec spec = {
            .argv = editor_argv(editor), .own_terminal = true, .stderr_fd = -1};
        if (!child_start(cli->loop, &spec, on_child, &wait, err))
            return EDITOR_FAILED;
        cli_wait(cli, &wait.done);
        if (wait.error.status) {
            *err = wait.error;
            return EDITOR_FAILED;
        }
        enum editor_round round = editor_ended(editor, wait.exit_code, mine, err);
        if (round != EDITOR_AGAIN)
            return round;
    }
}

static enum exit_code edit_account(struct cli *cli, struct apply *apply, const struct account *base)
{
    const struct profile *profile = &cli->start->profile;
    struct str title = STR_INIT;
    struct account mine;
    struct editor *editor = NULL;
    struct error err = {0};
    enum exit_code code = EXIT_DONE;
    account_init(&mine);
    str_add_span(&title, account_name(base));
    str_add(&title, " (");
    str_add_span(&title, account_id(base));
    str_printf(&title, "), profile %s, organisation %s", profile->name, profile->org);
    const struct editor_spec spec = {.dir = cli->start->paths.state_dir,
                                     .title = str_text(&title),
                                     .base = base,
                                     .start = base,
                                     .flag = FF_EDIT,
                                     .ranges_warn = profile->ranges_warn};
    enum editor_round round = EDITOR_FAILED;
    if (editor_create(&editor, &spec, &err) == ST_OK)
        round = run_editor(cli, editor, &mine, &err);
    if (round == EDITOR_TAKEN) {
        const struct write_spec write = {
            .kind = JOURNAL_UPDATE, .base = base, .mine = &mine, .reason = apply_reason(cli)};
        code = apply_one(apply, &write, NULL);
    } else if (round == EDITOR_SAME) {
        cli_say(cli, "nothing was changed");
    } else {
        code = cli_fail(cli, &err);
    }
    editor_destroy(editor);
    account_finish(&mine);
    str_finish(&title);
    return code;
}

static enum status check_terminal(struct error *err)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        return ST_OK;
    error_set(err, ST_USAGE, "an editor needs a terminal, and this is none");
    error_next(err, "paddock set changes fields without one");
    return ST_USAGE;
}

static enum exit_code edit_word(struct cli *cli, struct apply *apply, struct finder *finder,
                                const char *word)
{
    struct account base;
    struct str raw = STR_INIT;
    struct error err = {0};
    account_init(&base);
    enum status st = finder_read(finder, word, &raw, &err);
    if (st == ST_OK)
        st = account_decode(&base, span_from(&raw), &err);
    enum exit_code code = st == ST_OK ? edit_account(cli, apply, &base) : cli_fail(cli, &err);
    account_finish(&base);
    str_finish(&raw);
    return code;
}

/* One after the other, each as it is when its turn comes. */
static enum exit_code edit_where(struct cli *cli, struct apply *apply, struct finder *finder)
{
    struct selection chosen = {.rows = NULL};
    struct error err = {0};
    struct fleet *fleet = fleet_create();
    enum exit_code code = EXIT_DONE;
    if (select_where(cli, fleet, cli->line.flag[FLAG_WHERE], &chosen, &err) != ST_OK)
        code = cli_fail(cli, &err);
    else if (chosen.count == 0)
        cli_say(cli, "no account matches");
    for (uint32_t i = 0; i < chosen.count && code == EXIT_DONE; i++) {
        struct value id;
        fleet_get(fleet, chosen.rows[i], FIELD_ID, &id);
        char *word = span_dup(id.text);
        code = edit_word(cli, apply, finder, word);
        mem_free(word);
    }
    selection_finish(&chosen);
    fleet_destroy(fleet);
    return code;
}

static enum exit_code edit_named(struct cli *cli, struct apply *apply, struct finder *finder)
{
    enum exit_code code = EXIT_DONE;
    for (int i = 0; i < cli->line.arg_count && code == EXIT_DONE; i++)
        code = edit_word(cli, apply, finder, cli->line.args[i]);
    return code;
}

enum exit_code edit_run(struct cli *cli)
{
    struct apply apply = {0};
    struct finder finder;
    struct error err = {0};
    enum exit_code code;
    finder_init(&finder, cli);
    enum status st = select_asked(cli, &err);
    if (st == ST_OK)
        st = check_terminal(&err);
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(&apply, cli, &err);
    if (st != ST_OK)
        code = cli_fail(cli, &err);
    else if (cli_has(cli, FLAG_WHERE))
        code = edit_where(cli, &apply, &finder);
    else
        code = edit_named(cli, &apply, &finder);
    apply_finish(&apply);
    cli_disconnect(cli);
    finder_finish(&finder);
    return cli_flush(cli, code);
}
