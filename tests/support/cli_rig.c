/* cli_rig.c: see cli_rig.h. */
#include "cli_rig.h"

#include "base/mem.h"
#include "child_proc.h"
#include "files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ARGS_MAX 24

int cli_rig_run_env(struct cli_rig *p, const char *const *vars, const char *words, const char *in)
{
    char *copy = mem_strdup(words);
    struct str errors = STR_INIT, input = STR_INIT;
    const char *script = "e=$1; i=$2; shift 2; exec \"$@\" 2>\"$e\" <\"$i\"";
    const char *argv[ARGS_MAX] = {"/bin/sh",
                                  "-c",
                                  script,
                                  "sh",
                                  tmpdir_path(p->dir, "stderr", &errors),
                                  in ? tmpdir_path(p->dir, "in", &input) : "/dev/null",
                                  str_text(&p->program)};
    size_t n = 7;
    if (in)
        tmpdir_write(p->dir, "in", in, 0600);
    for (char *word = strtok(copy, "\t"); word; word = strtok(NULL, "\t"))
        argv[n++] = word;
    argv[n] = NULL;
    const char **env = tmpdir_env_with(p->dir, vars);
    struct child_proc c;
    str_clear(&p->out);
    str_clear(&p->err);
    assert_true(child_proc_start(&c, argv, env));
    while (child_line(&c, &p->out, 60000))
        str_add_char(&p->out, '\n');
    assert_true(child_wait(&c, 60000));
    int code = child_exit_code(&c);
    child_finish(&c);
    tmpdir_read(p->dir, "stderr", &p->err);
    mem_free(env);
    mem_free(copy);
    str_finish(&errors);
    str_finish(&input);
    return code;
}

int cli_rig_run(struct cli_rig *p, const char *words)
{
    struct str full = STR_INIT;
    const char *at = strstr(words, "%s");
    str_append(&full, words, at ? (size_t)(at - words) : strlen(words));
    if (at)
        str_printf(&full, "%s%s", p->id, at + 2);
    int code = cli_rig_run_env(p, sandbox_env(p->sandbox), str_text(&full), NULL);
    str_finish(&full);
    return code;
}

int cli_rig_run_in(struct cli_rig *p, const char *words, const char *in)
{
    return cli_rig_run_env(p, sandbox_env(p->sandbox), words, in);
}

void cli_rig_expect(struct cli_rig *p, int code, int wanted, const char *out, const char *err)
{
    if (code != wanted || !strstr(str_text(&p->out), out) || !strstr(str_text(&p->err), err))
        fail_msg("exit %d, not %d\nstdout: %.400s\nstderr: %.800s\nwanted: %s | %s", code, wanted,
                 str_text(&p->out), str_text(&p->err), out, err);
    assert_null(strstr(str_text(&p->out), sandbox_token(p->sandbox)));
    assert_null(strstr(str_text(&p->err), sandbox_token(p->sandbox)));
}

size_t cli_rig_lines(const struct cli_rig *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->out.len; i++)
        n += p->out.data[i] == '\n';
    return n;
}

void cli_rig_has(struct cli_rig *p, const char *json)
{
    cli_rig_expect(p, cli_rig_run(p, "get\t%s\t-o\tjson"), 0, json, "");
}

int cli_rig_start(void **state, const struct sandbox_options *options)
{
    struct cli_rig *p = mem_calloc(1, sizeof *p);
    p->dir = tmpdir_create();
    p->sandbox = sandbox_create(options);
    build_dir(&p->program);
    str_add(&p->program, "/paddock");
    *state = p;
    return p->dir && p->sandbox ? 0 : -1;
}

int cli_rig_setup(void **state)
{
    static const struct sandbox_options options = {.accounts = 30};
    if (cli_rig_start(state, &options))
        return -1;
    struct cli_rig *p = *state;
    cli_rig_expect(
        p,
        cli_rig_run_in(
            p, "create\t-f\t-\t--yes",
            "{\"name\":\"mine\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/1\","
            "\"rate_limit_policy\":{\"requests_per_second\":20},"
            "\"tags\":{\"env\":\"prod\",\"team\":\"legal\"}}"),
        0, "\n", "mine");
    return sscanf(str_text(&p->out), "%79s", p->id) == 1 ? 0 : -1;
}

int cli_rig_teardown(void **state)
{
    struct cli_rig *p = *state;
    sandbox_destroy(p->sandbox);
    tmpdir_destroy(p->dir);
    str_finish(&p->program);
    str_finish(&p->out);
    str_finish(&p->err);
    mem_free(p);
    return 0;
}
