/* edit.c: paddock edit: an account in the operator's editor, then the same path as set. */
#include "cli/context.h"

#include "cli/apply.h"
#include "cli/editor.h"
#include "cli/find.h"
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

enum exit_code edit_run(struct cli *cli)
{
    struct apply apply = {0};
    struct finder finder;
    struct account base;
    struct str raw = STR_INIT;
    struct error err = {0};
    finder_init(&finder, cli);
    account_init(&base);
    enum status st = check_terminal(&err);
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(&apply, cli, &err);
    if (st == ST_OK)
        st = finder_read(&finder, cli->line.args[0], &raw, &err);
    if (st == ST_OK)
        st = account_decode(&base, span_from(&raw), &err);
    enum exit_code code = st == ST_OK ? edit_account(cli, &apply, &base) : cli_fail(cli, &err);
    apply_finish(&apply);
    cli_disconnect(cli);
    finder_finish(&finder);
    account_finish(&base);
    str_finish(&raw);
    return cli_flush(cli, code);
}
