/* config_cmd.c: paddock config: write a first file, say where it is, check it, explain it. */
#include "cli/context.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/config_files.h"
#include "cli/config_meaning.h"
#include "cli/pager.h"
#include "config/file.h"

#include <string.h>
#include <unistd.h>

/* ---- init ---------------------------------------------------------------------------------- */

/* A value from a flag becomes a text of the file; what would break out of it is refused. */
static bool fits(const char *text)
{
    struct str safe = STR_INIT;
    text_safe_z(&safe, text, 0);
    bool same = strcmp(str_text(&safe), text) == 0 && !strpbrk(text, "\"\\");
    str_finish(&safe);
    return same;
}

static void first_file(const char *profile, const char *url, const char *org, struct str *out)
{
    str_add(out, "# paddock.cfg: your servers. Keep it yours alone: chmod 600.\n"
                 "# `paddock config defaults` prints every option with its help;\n"
                 "# `paddock config check` reads this file, `paddock doctor` tries it.\n\n");
    str_printf(out, "profile = \"%s\";\n\nprofiles: {\n    %s: {\n", profile, profile);
    str_printf(out,
               "        # the API's base URL, such as https://gw.example.net\n"
               "        url = \"%s\";\n",
               url);
    str_printf(out, "        org = \"%s\";\n\n", org);
    str_add(out, "        # Where the token comes from: one of these two.\n"
                 "        # token_command = [ \"pass\", \"show\", \"gateway/token\" ];\n"
                 "        # token_file = \"~/.config/paddock/token\";\n\n"
                 "        # A word for the header; it is typed to confirm what is dangerous.\n"
                 "        # label = \"PROD\";\n\n"
                 "        # readonly, guarded (read-only until :unlock) or write\n"
                 "        access = \"guarded\";\n"
                 "    };\n};\n");
}

static enum status init_text(struct cli *cli, struct str *text, struct error *err)
{
    const char *profile = cli->line.flag[FLAG_PROFILE], *url = cli->line.flag[FLAG_URL];
    const char *org = cli->line.flag[FLAG_ORG];
    struct config *check = NULL;
    profile = profile ? profile : "main";
    url = url ? url : "";
    org = org ? org : "";
    if (!fits(profile) || !fits(url) || !fits(org))
        return error_set(err, ST_USAGE,
                         "a quote, a backslash or a control character does not go "
                         "into the file");
    first_file(profile, url, org, text);
    /* The same reader says whether the flags were good, the profile's name among them. */
    enum status st = config_load_text("the new file", str_text(text), text->len, &check, err);
    config_unload(check);
    if (st != ST_OK)
        error_next(err, "a profile's name is letters, digits, - and _, and begins with a letter");
    return st == ST_OK ? ST_OK : (enum status)(err->status = ST_USAGE);
}

static enum exit_code init(struct cli *cli, const char *path)
{
    struct str text = STR_INIT;
    struct error err = {0};
    enum status st = init_text(cli, &text, &err);
    if (st == ST_OK)
        st = file_write_new(path, str_text(&text), text.len, &err);
    str_finish(&text);
    if (st == ST_CONFLICT)
        error_next(&err, "edit it, or name another with --config FILE");
    if (st != ST_OK)
        return cli_fail(cli, &err);
    cli_say(cli, "wrote %s (0600)", path);
    cli_say(cli, "%s", "next: set url, org and a token in it; then paddock doctor");
    return EXIT_DONE;
}

/* ---- check --------------------------------------------------------------------------------- */

/* What `config init` left to be filled in is right as a file, but nothing can be reached with it.
 */
static size_t say_unfilled(struct cli *cli, const struct config *config)
{
    size_t found = 0;
    for (size_t i = 0; i < config_profile_count(config); i++) {
        bool url = *config_profile_option(config, i, OPTION_URL)->text;
        bool org = *config_profile_option(config, i, OPTION_ORG)->text ||
                   config_profile_option(config, i, OPTION_ORGS)->count;
        found += !url || !org;
        if (!url || !org)
            cli_say(cli, "profile %s has no %s yet: set %s before it is used",
                    config_profile_name(config, i),
                    url   ? "org"
                    : org ? "url"
                          : "url and no org",
                    url || org ? "it" : "them");
    }
    return found;
}

static void say_meaning(void *ctx, const struct option_value *value, const char *what)
{
    struct cli *cli = ctx;
    struct str text = STR_INIT;
    text_safe_z(&text, value->file ? value->file : "", cli->safe);
    str_printf(&text, ":%d: ", value->line);
    text_safe_z(&text, what, cli->safe);
    fprintf(cli->err, "%s\n", str_text(&text));
    str_finish(&text);
}

/* Lines to stderr, made safe. */
static void say_lines(struct cli *cli, const char *lines)
{
    struct str text = STR_INIT;
    text_safe(&text, lines, strlen(lines), cli->safe | TEXT_LINES);
    fputs(str_text(&text), cli->err);
    str_finish(&text);
}

static void put_line(struct cli *cli, const struct str *line)
{
    struct str safe = STR_INIT;
    text_safe(&safe, str_text(line), line->len, cli->safe);
    str_add_char(&safe, '\n');
    cli_put(cli, &safe);
    str_finish(&safe);
}

static void say_file(void *ctx, const char *path, const char *problems)
{
    struct cli *cli = ctx;
    struct str line = STR_INIT;
    say_lines(cli, problems);
    str_printf(&line, "%s: no problems", path);
    if (!*problems)
        put_line(cli, &line);
    str_finish(&line);
}

static void say_problems(struct cli *cli, const struct config *config)
{
    struct str text = STR_INIT;
    for (size_t i = 0; i < config_problem_count(config); i++) {
        struct config_problem p = config_problem(config, i);
        /* What concerns a file as a whole names it already. */
        if (p.line)
            str_printf(&text, "%s:%d: ", p.file, p.line);
        str_printf(&text, "%s\n", p.text);
    }
    say_lines(cli, str_text(&text));
    str_finish(&text);
}

/* paddock.cfg itself, the system's and the user's. */
static bool check_config(struct cli *cli, const char *named, const struct paths *paths)
{
    struct config_sources sources = {paths, named, NULL};
    struct config *config;
    struct error err = {0};
    struct str line = STR_INIT;
    bool holds = config_load(&sources, &config, &err) == ST_OK;
    say_problems(cli, config);
    if (config_meaning(config, paths->config_dir, say_meaning, cli))
        holds = false;
    if (holds && !config_found(config)) {
        cli_say(cli, "there is no %s yet: paddock config init writes one",
                config_user_file(config));
    } else if (holds) {
        size_t unfilled = say_unfilled(cli, config);
        str_printf(&line, "%s: no %s; profiles: %zu", config_user_file(config),
                   unfilled ? "errors" : "problems", config_profile_count(config));
        if (unfilled)
            str_printf(&line, ", of which %zu cannot be used yet", unfilled);
        put_line(cli, &line);
    }
    str_finish(&line);
    config_unload(config);
    return holds;
}

/* Somebody who keeps views beside the keys would wonder why they never come. */
static void say_unread(struct cli *cli, const struct paths *paths)
{
    char *path = paths_join(paths->config_dir, "views.cfg");
    if (access(path, F_OK) == 0)
        cli_say(cli, "%s is not read: your views are in %s/views.cfg", path, paths->state_dir);
    mem_free(path);
}

/* only: that file alone, whichever it is. */
static enum exit_code check(struct cli *cli, const char *named, const char *only,
                            const struct paths *paths)
{
    bool known = false, holds = only && config_file(only, &known, say_file, cli);
    if (!known)
        holds = check_config(cli, only ? only : named, paths);
    if (!only) {
        holds &= config_files(paths, say_file, cli);
        say_unread(cli, paths);
    }
    return cli_flush(cli, exit_of(holds ? ST_OK : ST_CONFIG));
}

/* ---- path, defaults ------------------------------------------------------------------------ */

static enum exit_code path_of(struct cli *cli, const char *path)
{
    struct str text = STR_INIT;
    text_safe_z(&text, path, cli->safe);
    str_add_char(&text, '\n');
    cli_put(cli, &text);
    str_finish(&text);
    if (access(path, F_OK) < 0)
        cli_say(cli, "%s", "it is not there yet: paddock config init writes a first one");
    return cli_flush(cli, EXIT_DONE);
}

static enum exit_code defaults(struct cli *cli)
{
    struct str text = STR_INIT;
    if (cli_has(cli, FLAG_MAN))
        config_write_manual(&text);
    else
        config_write_defaults(&text);
    enum exit_code code = cli_page(cli, &text, EXIT_DONE);
    str_finish(&text);
    return code;
}

/* Their names, a line each; what is wrong elsewhere in the file is not asked here. */
static enum exit_code profiles(struct cli *cli, const char *named, const struct paths *paths)
{
    struct config_sources sources = {paths, named, NULL};
    struct config *config;
    struct error err = {0};
    struct str text = STR_INIT;
    enum status st = config_load(&sources, &config, &err);
    for (size_t i = 0; i < config_profile_count(config); i++)
        str_printf(&text, "%s\n", config_profile_name(config, i));
    bool any = text.len > 0;
    cli_put(cli, &text);
    str_finish(&text);
    config_unload(config);
    return st == ST_OK || any ? cli_flush(cli, EXIT_DONE) : cli_fail(cli, &err);
}

enum exit_code config_run(struct cli *cli)
{
    const char *what = cli->line.args[0];
    const char *file = cli->line.arg_count > 1 ? cli->line.args[1] : NULL;
    struct error err = {0};
    if (strcmp(what, "defaults") == 0)
        return defaults(cli);
    if (file && strcmp(what, "check") != 0) {
        error_set(&err, ST_USAGE, "paddock config %s takes no \"%.80s\"", what, file);
        return cli_fail(cli, &err);
    }
    struct cli_console *start = cli->start;
    if (paths_init(&start->paths, &start->env, &err) != ST_OK)
        return cli_fail(cli, &err);
    const char *named = start->options.config_file;
    if (!named)
        named = env_get(&start->env, "PADDOCK_CONFIG");
    if (strcmp(what, "check") == 0)
        return check(cli, named, file, &start->paths);
    if (strcmp(what, "profiles") == 0)
        return profiles(cli, named, &start->paths);
    char *path = named ? mem_strdup(named) : paths_join(start->paths.config_dir, "paddock.cfg");
    enum exit_code code = strcmp(what, "init") == 0 ? init(cli, path) : path_of(cli, path);
    mem_free(path);
    return code;
}
