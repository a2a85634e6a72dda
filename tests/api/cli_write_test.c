/* cli_write_test.c: the commands that change something, as a program against the sandbox: nothing
 * is sent unasked, what was sent is read back, and the exit code says what became of it. */
#include "base/mem.h"
#include "tests/support/child_proc.h"
#include "tests/support/fault_server.h"
#include "tests/support/files.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ARGS_MAX 24

struct place {
    struct tmpdir *dir;
    struct sandbox_proc *sandbox;
    struct str program, out, err;
    char id[80];
};

/* Runs paddock with these words (separated by TAB); standard input is the file "in", when set. */
static int run_env(struct place *p, const char *const *vars, const char *words, const char *in)
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

/* The words with %s for the account's id. */
static int run(struct place *p, const char *words)
{
    struct str full = STR_INIT;
    const char *at = strstr(words, "%s");
    str_append(&full, words, at ? (size_t)(at - words) : strlen(words));
    if (at)
        str_printf(&full, "%s%s", p->id, at + 2);
    int code = run_env(p, sandbox_env(p->sandbox), str_text(&full), NULL);
    str_finish(&full);
    return code;
}

static int run_in(struct place *p, const char *words, const char *in)
{
    return run_env(p, sandbox_env(p->sandbox), words, in);
}

static void expect(struct place *p, int code, int wanted, const char *out, const char *err)
{
    if (code != wanted || !strstr(str_text(&p->out), out) || !strstr(str_text(&p->err), err))
        fail_msg("exit %d, not %d\nstdout: %.400s\nstderr: %.800s\nwanted: %s | %s", code, wanted,
                 str_text(&p->out), str_text(&p->err), out, err);
}

/* What the server has now. */
static void server_has(struct place *p, const char *json)
{
    expect(p, run(p, "get\t%s\t-o\tjson"), 0, json, "");
}

static int setup(void **state)
{
    static const struct sandbox_options options = {.accounts = 30};
    struct place *p = mem_calloc(1, sizeof *p);
    p->dir = tmpdir_create();
    p->sandbox = sandbox_create(&options);
    build_dir(&p->program);
    str_add(&p->program, "/paddock");
    *state = p;
    if (!p->dir || !p->sandbox)
        return -1;
    expect(p,
           run_in(p, "create\t-f\t-\t--yes",
                  "{\"name\":\"mine\",\"provider_type\":\"openai\",\"credentials_ref\":\"kv/1\","
                  "\"rate_limit_policy\":{\"requests_per_second\":20},"
                  "\"tags\":{\"env\":\"prod\",\"team\":\"legal\"}}"),
           0, "\n", "mine");
    return sscanf(str_text(&p->out), "%79s", p->id) == 1 ? 0 : -1;
}

static int teardown(void **state)
{
    struct place *p = *state;
    sandbox_destroy(p->sandbox);
    tmpdir_destroy(p->dir);
    str_finish(&p->program);
    str_finish(&p->out);
    str_finish(&p->err);
    mem_free(p);
    return 0;
}

static void test_nothing_unasked(void **state)
{
    struct place *p = *state;
    expect(p, run(p, "set\t%s\trate.rps=21\t--dry-run"), 2, "+   requests_per_second", "");
    expect(p, run(p, "set\t%s\trate.rps=20\t--dry-run"), 0, "", "");
    expect(p, run(p, "set\t%s\trate.rps=21"), 64, "", "no terminal to ask on: nothing was sent");
    expect(p, run(p, "set\t%s\trate.rps=21\t--confirm=other"), 64, "", "nothing was sent");
    expect(p, run(p, "delete\t%s\t--yes"), 64, "", "--confirm='mine'");
    expect(p, run(p, "delete\t%s\t--confirm=other"), 64, "", "nothing was sent");
    expect(p, run(p, "delete\t%s\tx\t--confirm=mine"), 64, "", "names one account");
    server_has(p, "\"requests_per_second\":20");
}

static void test_set(void **state)
{
    struct place *p = *state;
    expect(p, run(p, "set\t%s\trate.rps=25\tquota.tokens=400M\ttags.team=search\t--yes"), 0, "",
           "saved, and read back");
    server_has(p, "\"requests_per_second\":25");
    server_has(p, "\"max_tokens_per_month\":400000000");
    server_has(p, "\"tags\":{\"env\":\"prod\",\"team\":\"search\"}");
    /* A change of ten times asks for more than a yes. */
    expect(p, run(p, "set\t%s\tquota.tokens=1M\t--yes"), 64, "", "--confirm='mine'");
    expect(p, run(p, "set\t%s\tquota.tokens=1M\t--confirm=mine"), 0, "", "saved");
    expect(p, run(p, "set\tmine\tquota.tokens=none\ttags.env=none\ttags.a=b\t--yes"), 0, "",
           "saved");
    server_has(p, "\"max_tokens_per_month\":null");
    server_has(p, "\"tags\":{\"a\":\"b\",\"team\":\"search\"}");
    expect(p, run(p, "set\t%s\trate.rps=25\t--yes"), 0, "", "nothing to change");
    expect(p, run(p, "disable\t%s\t--yes"), 0, "", "saved");
    server_has(p, "\"enabled\":false");
    expect(p, run(p, "enable\t%s\tno-such-one\t--yes"), 3, "", "no account");
    server_has(p, "\"enabled\":true");
}

static void test_bad_words(void **state)
{
    struct place *p = *state;
    expect(p, run(p, "set\t%s\trate.rpss=1\t--yes"), 64, "", "did you mean rate.rps?");
    expect(p, run(p, "set\t%s\trate.rps=fast\t--yes"), 64, "", "rate.rps: not a number");
    expect(p, run(p, "set\t%s\trate.rps=0\t--yes"), 64, "", "rate.rps: ");
    expect(p, run(p, "set\t%s\tstatus=active\t--yes"), 64, "", "the server's own");
    expect(p, run(p, "set\t%s\tmine"), 64, "", "nothing to set");
    expect(p, run(p, "set\trate.rps=1\trate.rpm=2"), 64, "", "no account is named");
    expect(p, run(p, "set\tno-such-one\trate.rps=1\t--yes"), 5, "", "no account");
}

/* The server's own word about a field comes back under the field's name. */
static void test_refused_by_server(void **state)
{
    struct place *p = *state;
    struct str words = STR_INIT;
    str_add(&words, "set\t%s\t--yes\ttags.long=");
    str_fill(&words, 'n', 4000);
    expect(p, run(p, str_text(&words)), 1, "", "  tags: ");
    server_has(p, "\"name\":\"mine\"");
    assert_null(strstr(str_text(&p->out), "nnnn"));
    str_finish(&words);
}

static void test_create(void **state)
{
    struct place *p = *state;
    static const char good[] = "{\"name\":\"second\",\"provider_type\":\"openai\","
                               "\"credentials_ref\":\"kv/2\",\"enabled\":false}";
    expect(p, run_in(p, "create\t-f\t-\t--dry-run", good), 2, "second", "");
    expect(p, run_in(p, "create\t-f\t-", good), 64, "", "nothing was sent");
    expect(p, run_in(p, "get\tsecond", NULL), 5, "", "no account");
    expect(p, run_in(p, "create\t-f\t-\t--yes", good), 0, "pa_", "created, and read back");
    expect(p, run_in(p, "create\t-f\t-\t--yes", good), 6, "", "named second already");
    expect(p, run_in(p, "create\t--yes", good), 64, "", "-f FILE");
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "no JSON object"},
        {"{", "not JSON"},
        {"[]", "-: "},
        {"{\"name\":\"x\",\"provider_type\":\"openai\"}", "credentials_ref is required"},
        {"{\"name\":\"x\",\"nam\":1}", "unknown fields: nam"},
        {"{\"name\":7,\"provider_type\":\"openai\",\"credentials_ref\":\"k\"}", "name"},
        {"{\"name\":\"x\",\"provider_type\":\"o\",\"credentials_ref\":\"k\","
         "\"rate_limit_policy\":{\"requests_per_second\":0}}",
         "requests_per_second"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect(p, run_in(p, "create\t-f\t-\t--yes", bad[i].text), 64, "", bad[i].says);
    expect(p, run_in(p, "delete\tsecond\t--confirm=second", NULL), 0, "", "deleted, and read back");
    expect(p, run_in(p, "get\tsecond", NULL), 5, "", "no account");
}

/* Without a journal, or read-only: no request but reads. */
static void test_not_allowed(void **state)
{
    struct place *p = *state;
    static const char one[] = "{\"provider_account_id\":\"pa_1\",\"name\":\"n\",\"enabled\":true}";
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    fault_json(s, "GET", NULL, 0, 200, one);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *readonly[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x",
                              "PADDOCK_READONLY=1", NULL};
    expect(p, run_env(p, readonly, "disable\tpa_1\t--yes", NULL), 4, "", "read-only");
    const char *nowhere[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x",
                             "XDG_STATE_HOME=/dev/null", NULL};
    int code = run_env(p, nowhere, "disable\tpa_1\t--yes", NULL);
    assert_true(code != 0 && code != 9);
    assert_int_equal(fault_count(s, "!GET", NULL), 0);
    fault_server_destroy(s);
    str_finish(&url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_unasked), cmocka_unit_test(test_set),
        cmocka_unit_test(test_bad_words),       cmocka_unit_test(test_refused_by_server),
        cmocka_unit_test(test_create),          cmocka_unit_test(test_not_allowed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
