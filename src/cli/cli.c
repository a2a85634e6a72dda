/* cli.c: from argv to a verb, or to the console. */
#include "cli/cli.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/context.h"
#include "cli/demo.h"
#include "write/preview.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void fill_options(struct cli *cli)
{
    struct cli_options *o = &cli->start->options;
    const struct cli_line *line = &cli->line;
    o->choice = (struct profile_choice){
        .profile = line->flag[FLAG_PROFILE],
        .url = line->flag[FLAG_URL],
        .org = line->flag[FLAG_ORG],
        .token_file = line->flag[FLAG_TOKEN_FILE],
        .readonly = cli_has(cli, FLAG_READONLY),
        .timeout_ms = line->number[FLAG_TIMEOUT] * 1000,
        .max_rps = (int)line->number[FLAG_MAX_RPS],
        .demo = cli_has(cli, FLAG_DEMO),
    };
    o->config_file = line->flag[FLAG_CONFIG];
    o->view = line->flag[FLAG_VIEW];
    o->filter = line->flag[FLAG_FILTER];
    o->theme = line->flag[FLAG_THEME];
    o->color = cli_has(cli, FLAG_NO_COLOR) ? CLI_NEVER : (enum cli_when)line->number[FLAG_COLOR];
    o->ascii = cli_has(cli, FLAG_ASCII);
    o->debug = cli_has(cli, FLAG_DEBUG);
    o->offline = cli_has(cli, FLAG_OFFLINE);
    o->demo = o->choice.demo;
    cli->start->env = o->demo ? env_demo() : env_system();
    if (o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        cli->safe |= TEXT_ASCII;
}

bool cli_is_data(const struct cli *cli)
{
    return !isatty(fileno(cli->out));
}

enum status cli_output(const struct cli *cli, struct output **out, enum output_format format,
                       const char *columns, const struct column_set *set, struct error *err)
{
    enum status st = output_create(out, format, columns, set, cli->safe, err);
    if (st == ST_OK && cli_is_data(cli))
        output_as_data(*out);
    return st;
}

/* `paddock --demo` into a pipe: the same accounts as a table, and where the console is. */
static enum exit_code demo_table(struct cli *cli)
{
    fputs(DEMO_WORDS "\n", cli->out);
    fflush(cli->out);
    enum exit_code code = list_run(cli);
    if (code == EXIT_DONE) {
        fputs("\nThis is no terminal, so the accounts are shown as a table. In a terminal,\n"
              "`paddock --demo` (or `make demo`) opens the console on them.\n",
              cli->out);
        code = cli_flush(cli, code);
    }
    return code;
}

/* The console explains a missing profile itself; a name that does not exist is a slip. */
static enum exit_code want_console(struct cli *cli)
{
    struct error err = {0};
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        if (cli_has(cli, FLAG_DEMO))
            return demo_table(cli);
        fputs(
            "paddock: the console needs a terminal, and this is none. There are commands, too:\n\n",
            cli->err);
        FILE *out = cli->out;
        cli->out = cli->err;
        help_run(cli);
        cli->out = out;
        return EXIT_USAGE;
    }
    enum status st = cli_prepare(cli, &err);
    if (st != ST_OK && cli->start->profile_error.status != ST_CONFIG)
        return cli_fail(cli, &err);
    cli->start->wanted = true;
    return EXIT_DONE;
}

static enum exit_code run(struct cli *cli)
{
    if (cli_has(cli, FLAG_HELP))
        return help_run(cli);
    if (cli_has(cli, FLAG_VERSION))
        return version_run(cli);
    if (cli->line.verb == VERB_CONSOLE)
        return want_console(cli);
    return verb_info(cli->line.verb)->fn(cli);
}

int cli_main(int argc, char **argv, struct cli_console *console)
{
    struct cli cli = {.start = console, .out = stdout, .err = stderr};
    struct error err = {0};
    enum exit_code code;
    memset(console, 0, sizeof *console);
    setlocale(LC_CTYPE, "");
    if (line_parse(argc, argv, &cli.line, &err) != ST_OK) {
        code = cli_fail(&cli, &err);
    } else {
        fill_options(&cli);
        code = run(&cli);
    }
    cli_disconnect(&cli);
    line_finish(&cli.line);
    return (int)code;
}

static void add_flag(struct str *out, const char *flag, const char *value)
{
    str_add(out, flag);
    shell_word(out, span_of(value));
}

/* What the configuration has for the profile of this name; "" when it has no such profile. */
static const char *configured(const struct config *config, const char *name, enum option option)
{
    for (size_t i = 0; config && name && i < config_profile_count(config); i++)
        if (strcmp(config_profile_name(config, i), name) == 0)
            return config_profile_option(config, i, option)->text;
    return "";
}

void cli_same_flags(const struct cli_console *console, const struct profile *profile,
                    struct str *out)
{
    const struct cli_options *o = &console->options;
    const char *name = profile->name ? profile->name : "", *began = console->profile.name;
    bool same = strcmp(name, began ? began : "") == 0;
    /* What another console makes of a command without them is a change of another server. */
    if (o->demo || profile->demo) {
        add_flag(out, " --url ", profile->url);
        add_flag(out, " --org ", profile->org);
        return;
    }
    if (o->config_file)
        add_flag(out, " --config ", o->config_file);
    if (same && o->choice.url)
        add_flag(out, " --url ", o->choice.url);
    /* By a flag, or chosen since in the console. */
    bool other =
        profile->org && strcmp(configured(console->config, name, OPTION_ORG), profile->org);
    if (other && *profile->org && (*name || o->choice.org))
        add_flag(out, " --org ", profile->org);
}

void cli_console_finish(struct cli_console *console)
{
    profile_finish(&console->profile);
    config_unload(console->config);
    tokens_destroy(console->tokens);
    paths_finish(&console->paths);
    demo_stop(console->demo);
    memset(console, 0, sizeof *console);
}
