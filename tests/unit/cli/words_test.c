/* words_test.c: help and completions name everything that the tables hold, and the shells take
 * them. It covers completion.c and help.c. */
#include "base/mem.h"
#include "cli/context.h"
#include "cli/help_fields.h"
#include "tests/support/child_proc.h"
#include "tests/support/stretch.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static enum exit_code run(verb_fn *fn, enum verb verb, const char *arg, struct str *out)
{
    struct cli_console start = {0};
    const char *args[] = {arg};
    char *text = NULL;
    size_t len = 0;
    struct cli cli = {.start = &start};
    cli.line.verb = verb;
    cli.line.args = args;
    cli.line.arg_count = arg ? 1 : 0;
    cli.out = cli.err = open_memstream(&text, &len);
    enum exit_code code = fn(&cli);
    fclose(cli.out);
    str_append(out, text, len);
    free(text);
    return code;
}

static void test_help(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    assert_int_equal(run(help_run, VERB_HELP, NULL, &out), EXIT_DONE);
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++) {
        assert_non_null(strstr(str_text(&out), verb_name((enum verb)i)));
        struct str one = STR_INIT, flag = STR_INIT;
        assert_int_equal(run(help_run, VERB_HELP, verb_name((enum verb)i), &one), EXIT_DONE);
        for (int f = 0; f < FLAG_COUNT; f++) {
            str_clear(&flag);
            str_printf(&flag, "--%s", flag_info((enum flag)f)->name);
            if (flag_info((enum flag)f)->verbs & (1u << i))
                assert_non_null(strstr(str_text(&one), str_text(&flag)));
        }
        str_finish(&one);
        str_finish(&flag);
    }
    str_clear(&out);
    assert_int_equal(run(help_run, VERB_HELP, "lisst", &out), EXIT_USAGE);
    assert_non_null(strstr(str_text(&out), "paddock help list"));
    str_finish(&out);
}

/* No line of a text is longer than that many bytes (the help's own words are ASCII). */
static void lines_fit(const char *whose, const char *text, size_t most)
{
    for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n')
        if (strcspn(p, "\n") > most)
            fail_msg("%s: %.*s", whose, (int)strcspn(p, "\n"), p);
}

/* On a terminal of 80 columns, and in a manual page there: what stands as it is (.nf) is indented
 * by 14 columns. */
static void test_80_columns(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    run(help_run, VERB_HELP, NULL, &out);
    lines_fit("help", str_text(&out), 80);
    str_clear(&out);
    assert_int_equal(run(help_run, VERB_HELP, HELP_FIELDS, &out), EXIT_DONE);
    lines_fit("help fields", str_text(&out), 80);
    assert_non_null(strstr(str_text(&out), "\n  quota.tokens              Tokens a month"));
    for (int i = VERB_CONSOLE + 1; i < VERB_COUNT; i++) {
        str_clear(&out);
        run(help_run, VERB_HELP, verb_name((enum verb)i), &out);
        lines_fit(verb_name((enum verb)i), str_text(&out), 80);
        const char *more = verb_info((enum verb)i)->more, *at = more;
        while ((at = strstr(at, "    ")) != NULL) {
            if ((at == more || at[-1] == '\n') && strcspn(at, "\n") > 66)
                fail_msg("%s: the example is too long: %.*s", verb_name((enum verb)i),
                         (int)strcspn(at, "\n"), at);
            at += 4;
        }
    }
    str_finish(&out);
}

/* Sentences of the manual are filled by man itself; examples stand as they are. */
static void test_manual(void **state)
{
    (void)state;
    struct cli_console start = {0};
    char *text = NULL;
    size_t len = 0;
    struct cli cli = {.start = &start};
    cli.line.flag[FLAG_MAN] = "";
    cli.line.verb = VERB_HELP;
    cli.out = cli.err = open_memstream(&text, &len);
    assert_int_equal(help_run(&cli), EXIT_DONE);
    fclose(cli.out);
    for (const char *nf = strstr(text, ".nf\n"); nf; nf = strstr(nf + 4, ".nf\n")) {
        const char *end = strstr(nf, "\n.fi\n");
        assert_non_null(end);
        for (const char *line = nf + 4; line < end; line += strcspn(line, "\n") + 1)
            if (strncmp(line, "    ", 4) != 0)
                fail_msg("stands as it is: %.*s", (int)strcspn(line, "\n"), line);
    }
    assert_non_null(strstr(text, ".nf\n"));
    free(text);
}

/* The shell reads the script without a complaint. */
static void check_syntax(const char *shell, const struct str *script)
{
    struct tmpdir *dir = tmpdir_create();
    struct str path = STR_INIT, out = STR_INIT;
    tmpdir_write(dir, "script", str_text(script), 0600);
    const char *argv[] = {shell, "-n", tmpdir_path(dir, "script", &path), NULL};
    assert_int_equal(child_run(argv, &out), 0);
    str_finish(&path);
    str_finish(&out);
    tmpdir_destroy(dir);
}

static void test_completion(void **state)
{
    (void)state;
    static const char *const shells[][2] = {
        {"bash", "/bin/bash"}, {"zsh", "/bin/zsh"}, {"fish", "/usr/bin/fish"}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        struct str out = STR_INIT;
        assert_int_equal(run(completion_run, VERB_COMPLETION, shells[i][0], &out), EXIT_DONE);
        for (int v = VERB_CONSOLE + 1; v < VERB_COUNT; v++)
            assert_non_null(strstr(str_text(&out), verb_name((enum verb)v)));
        for (int f = 0; f < FLAG_COUNT; f++)
            assert_non_null(strstr(str_text(&out), flag_info((enum flag)f)->name));
        assert_non_null(strstr(str_text(&out), "quota.tokens"));
        check_syntax(shells[i][1], &out);
        str_finish(&out);
    }
}

/* What bash offers after some words, by its own machinery. */
static void offered(const char *words, const char *expected)
{
    struct tmpdir *dir = tmpdir_create();
    struct str out = STR_INIT, script = STR_INIT, path = STR_INIT;
    run(completion_run, VERB_COMPLETION, "bash", &script);
    str_printf(&script,
               "paddock() { [[ \"$*\" = 'config profiles' ]] && printf 'prod\\nlab\\n'; }\n"
               "COMP_WORDS=(paddock %s); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _paddock; "
               "echo \"${COMPREPLY[*]}\"\n",
               words);
    tmpdir_write(dir, "script", str_text(&script), 0600);
    const char *argv[] = {"/bin/bash", tmpdir_path(dir, "script", &path), NULL};
    assert_int_equal(child_run(argv, &out), 0);
    bool all = *expected && expected[strlen(expected) - 1] == '\n'; /* nothing else, too */
    if (all ? strcmp(str_text(&out), expected) != 0 : !strstr(str_text(&out), expected))
        fail_msg("%s -> %s, not %s", words, str_text(&out), expected);
    str_finish(&out);
    str_finish(&script);
    str_finish(&path);
    tmpdir_destroy(dir);
}

static void test_bash_offers(void **state)
{
    (void)state;
    offered("li", "list");
    offered("list --out", "--output");
    offered("list -o js", "json jsonl");
    offered("config i", "init");
    offered("list --sort used", "used.tokens used.requests");
    offered("completion z", "zsh");
    offered("help fie", "fields\n");
    offered("list --columns eo", "eom eom.requests\n");
    offered("-p pr", "prod\n");
    offered("list --profile =", "prod lab\n");
    offered("--theme hi", "high-contrast\n");
    /* Terms and what is set; what stands behind their = is anybody's. */
    offered("list reg", "region=\n");
    offered("lint sta", "status=\n");
    offered("set x quota.t", "quota.tokens=\n");
    offered("set x used", "\n");
    offered("list region =", "\n");
    offered("list region = eu", "\n");
    offered("config prof", "profiles\n");
    /* A flag with its value: bash makes three words of it. */
    offered("--color = al", "always");
    offered("list --output = js", "json jsonl");
    offered("list --columns =", "quota.tokens");
    /* The value of a flag is not the command. */
    offered("-p list --them", "--theme");
    offered("--profile = list --them", "--theme");
    /* The last of a list; an order that descends. */
    offered("list --columns name,quota.t", "name,quota.tokens");
    offered("list --sort name,-used.t", "name,-used.tokens");
    /* Files and folders. */
    offered("apply /etc/host", "/etc/hosts");
    offered("export /et", "/etc");
    offered("config check /etc/host", "/etc/hosts");
}

/* What fish offers. */
static void test_fish_offers(void **state)
{
    static const char *const cases[][2] = {
        {"help li", "list\t"},
        {"list --columns name,quota.t", "name,quota.tokens"},
        {"apply /etc/host", "/etc/hosts"},
        {"config check /etc/host", "/etc/hosts"},
        {"list --output=js", "--output=jsonl"},
        {"list reg", "region="},
        {"set x quota.t", "quota.tokens="},
        {"-p pr", "prod"},
        {"--theme hi", "high-contrast"},
        {"config prof", "profiles"},
    };
    (void)state;
    struct tmpdir *dir = tmpdir_create();
    struct str out = STR_INIT, script = STR_INIT, path = STR_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str_clear(&out);
        str_clear(&script);
        str_clear(&path);
        run(completion_run, VERB_COMPLETION, "fish", &script);
        str_printf(&script,
                   "function paddock; echo prod; echo lab; end\ncomplete -C 'paddock %s'\n",
                   cases[i][0]);
        tmpdir_write(dir, "script", str_text(&script), 0600);
        const char *argv[] = {"/usr/bin/fish", "--no-config", tmpdir_path(dir, "script", &path),
                              NULL};
        assert_int_equal(child_run(argv, &out), 0);
        if (!strstr(str_text(&out), cases[i][1]))
            fail_msg("%s -> %s, not %s", cases[i][0], str_text(&out), cases[i][1]);
    }
    str_finish(&out);
    str_finish(&script);
    str_finish(&path);
    tmpdir_destroy(dir);
}

/* Sourced it defines itself and calls nothing; from fpath it is the function's body. */
static void test_zsh_either_way(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    run(completion_run, VERB_COMPLETION, "zsh", &out);
    assert_int_equal(strncmp(str_text(&out), "#compdef paddock\n", 17), 0);
    assert_non_null(strstr(str_text(&out), "if [ \"$funcstack[1]\" = \"_paddock\" ]; then"));
    assert_non_null(strstr(str_text(&out), "compdef _paddock paddock"));
    str_finish(&out);
}

/* What zsh lists at a TAB, in a terminal of its own: of a long list, the first page. */
static void test_zsh_offers(void **state)
{
    static const char *const cases[][2] = {
        {"li", "list"},
        {"list --outp", "--output"},
        {"list -o ", "jsonl"},
        {"-p ", "prod"},
        {"list reg", "region="},
        {"set x quota.t", "quota.tokens="},
        {"--theme hi", "high-contrast"},
        {"list --columns quota.t", "quota.tokens"},
        {"config prof", "profiles"},
    };
    static const char play[] =
        "zmodload zsh/zpty\n"
        "zpty -b z zsh -f -i\n"
        "zpty -w z \"PS1='> '; unset zle_bracketed_paste; autoload -U compinit; compinit -u -D\"\n"
        "zpty -w z \"paddock() { print prod; print lab }; zstyle ':completion:*' verbose no\"\n"
        "zpty -w z \"source $1; print re''ady\"\n"
        "zpty -r -m z text '*ready*'\n"
        "zpty -n -w z \"paddock $2\"$'\\t\\t'\n"
        "zpty -r -m z text \"*$3*\" && print found\n";
    (void)state;
    char limit[16];
    snprintf(limit, sizeof limit, "%d", stretch_ms(30000, 0) / 1000);
    struct tmpdir *dir = tmpdir_create();
    struct str out = STR_INIT, script = STR_INIT, path = STR_INIT, words = STR_INIT;
    run(completion_run, VERB_COMPLETION, "zsh", &script);
    tmpdir_write(dir, "script", str_text(&script), 0600);
    tmpdir_write(dir, "play", play, 0600);
    tmpdir_path(dir, "script", &path);
    tmpdir_path(dir, "play", &words);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *argv[] = {"/usr/bin/timeout", limit,       "/bin/zsh",  "-f", str_text(&words),
                              str_text(&path),    cases[i][0], cases[i][1], NULL};
        str_clear(&out);
        child_run(argv, &out);
        if (!strstr(str_text(&out), "found"))
            fail_msg("%s -> not %s", cases[i][0], cases[i][1]);
    }
    str_finish(&out);
    str_finish(&script);
    str_finish(&path);
    str_finish(&words);
    tmpdir_destroy(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),           cmocka_unit_test(test_80_columns),
        cmocka_unit_test(test_manual),         cmocka_unit_test(test_completion),
        cmocka_unit_test(test_zsh_either_way), cmocka_unit_test(test_bash_offers),
        cmocka_unit_test(test_fish_offers),    cmocka_unit_test(test_zsh_offers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
