/* cli_test.c: the program itself, without a terminal, against the sandbox and the fault server:
 * what stands on stdout, what on stderr, and the exit code. */
#include "base/mem.h"
#include "base/vec.h"
#include "model/json.h"
#include "tests/support/child_proc.h"
#include "tests/support/cli_rig.h"
#include "tests/support/fault_server.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define ACCOUNTS 230

static int setup(void **state)
{
    static const struct sandbox_options options = {.accounts = ACCOUNTS};
    return cli_rig_start(state, &options);
}

/* ---- list ---------------------------------------------------------------------------------- */

static void test_list_json(void **state)
{
    struct cli_rig *p = *state;
    struct error err = {0};
    cJSON *array = NULL;
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tjson"), 0, "[", "");
    assert_int_equal(json_parse(span_from(&p->out), &array, &err), ST_OK);
    assert_true(cJSON_IsArray(array));
    assert_int_equal(cJSON_GetArraySize(array), ACCOUNTS);
    const cJSON *one;
    const char *name = "";
    cJSON_ArrayForEach(one, array)
    {
        const char *next = json_get_string(one, "name");
        assert_non_null(json_get(one, "rate_limit_policy"));
        assert_non_null(json_get_string(one, "credentials_ref"));
        assert_non_null(next);
        name = next;
    }
    assert_string_not_equal(name, "");
    cJSON_Delete(array);
    assert_string_equal(str_text(&p->err), "");
}

static void test_list_formats(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "list"), 0, "NAME", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS + 1);
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\twide"), 0, "RESIDENCY", "");
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tjsonl"), 0, "{\"provider_account_id\":", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS);
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tname"), 0, "", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS);
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tcsv\t--columns\tid,credentials"), 0,
                   "id,credentials\r\n", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS + 1);
    assert_null(strstr(str_text(&p->out), "****")); /* whole, as in json: it can be read back */
    cli_rig_expect(p, cli_rig_run(p, "list\t--columns\tid,credentials"), 0, "********\n", "");
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tname\t--order\tserver"), 0, "", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS);
}

static void test_list_filter(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tname"), 0, "", "");
    size_t all = cli_rig_lines(p);
    cli_rig_expect(p, cli_rig_run(p, "list\tprovider=openai\t-o\tname"), 0, "", "");
    size_t some = cli_rig_lines(p);
    cli_rig_expect(p, cli_rig_run(p, "list\t!provider=openai\t-o\tname"), 0, "", "");
    assert_true(some > 0 && some < all);
    assert_int_equal(some + cli_rig_lines(p), all);
    cli_rig_expect(p, cli_rig_run(p, "list\tnosuchthinganywhere\t-o\tjson"), 0, "[]\n", "");
    cli_rig_expect(p, cli_rig_run(p, "list\tcolour:red"), 64, "", "colour");
    assert_string_equal(str_text(&p->out), "");
    cli_rig_expect(p, cli_rig_run(p, "list\t--sort\tcolour"), 64, "", "no column \"colour\"");
    cli_rig_expect(p, cli_rig_run(p, "list\t--columns\tregoin"), 64, "", "did you mean region?");
    cli_rig_expect(p, cli_rig_run(p, "list\t--order\tserver"), 64, "", "jsonl, csv or name");
}

static void test_list_sorted(void **state)
{
    struct cli_rig *p = *state;
    long long last = INT64_MAX;
    cli_rig_expect(
        p,
        cli_rig_run(p,
                    "list\tused.tokens>0\t-o\tcsv\t--columns\tused.tokens\t--sort\t-used.tokens"),
        0, "used.tokens\r\n", "");
    const char *line = strchr(str_text(&p->out), '\n') + 1;
    for (; *line; line = strchr(line, '\n') + 1) {
        long long n = -1;
        assert_int_equal(sscanf(line, "%lld", &n), 1);
        assert_true(n <= last);
        last = n;
    }
}

/* ---- failures ------------------------------------------------------------------------------ */

static void test_refusals(void **state)
{
    struct cli_rig *p = *state;
    struct str url = STR_INIT, nobody = STR_INIT;
    str_printf(&url, "PADDOCK_URL=%s", sandbox_url(p->sandbox));
    str_printf(&nobody, "PADDOCK_URL=http://127.0.0.1:%d", fault_port_nobody());
    const char *wrong[] = {str_text(&url), "PADDOCK_ORG=org-test", "PADDOCK_TOKEN=wrong-token",
                           NULL};
    cli_rig_expect(p, cli_rig_run_env(p, wrong, "list\t-o\tjson", NULL), 4, "", "401");
    assert_string_equal(str_text(&p->out), "");
    assert_null(strstr(str_text(&p->err), "wrong-token"));
    const char *away[] = {str_text(&nobody), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, away, "list", NULL), 8, "", "paddock: ");
    const char *none[] = {NULL};
    cli_rig_expect(p, cli_rig_run_env(p, none, "list", NULL), 64, "",
                   "no server is configured yet");
    const char *plain[] = {"PADDOCK_URL=http://gw.example.net", "PADDOCK_ORG=o", "PADDOCK_TOKEN=t",
                           NULL};
    cli_rig_expect(p, cli_rig_run_env(p, plain, "list", NULL), 64, "", "http");
    str_finish(&url);
    str_finish(&nobody);
}

/* A list that breaks off half-way: json says nothing, the others what they have; never exit 0. */
static void test_partial(void **state)
{
    struct cli_rig *p = *state;
    static const char page[] =
        "{\"total\":2,\"has_more\":true,\"next_cursor\":\"c1\",\"accounts\":["
        "{\"provider_account_id\":\"pa_1\",\"name\":\"only-one\",\"big\":9007199254740993}]}";
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts/", 0, 404, "{\"detail\":\"Not Found\"}");
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts?limit=100&cursor", 0, 400,
               "{\"detail\":\"no\"}");
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts", 0, 200, page);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, vars, "list\t-o\tjson", NULL), 3, "",
                   "not complete: at least 1");
    assert_string_equal(str_text(&p->out), "");
    cli_rig_expect(p, cli_rig_run_env(p, vars, "list\t-o\tjsonl", NULL), 3, "9007199254740993",
                   "not complete");
    cli_rig_expect(p, cli_rig_run_env(p, vars, "list\t-o\tname", NULL), 3, "only-one\n",
                   "not complete");
    cli_rig_expect(p, cli_rig_run_env(p, vars, "get\tonly-one", NULL), 3, "", "not complete");
    fault_server_destroy(s);
    str_finish(&url);
}

/* What a server says cannot act on the terminal. */
static void test_hostile(void **state)
{
    struct cli_rig *p = *state;
    static const char page[] = "{\"total\":1,\"has_more\":false,\"next_cursor\":null,\"accounts\":["
                               "{\"provider_account_id\":\"pa_1\",\"name\":\"\\u001b[2Jx\\u202ey\","
                               "\"region\":\"\\u009b1m\","
                               "\"created_at\":\"2026-01-01T00:00:00Z\"}]}";
    static const char *const formats[] = {"table", "wide", "json", "jsonl", "csv", "name"};
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT, words = STR_INIT;
    fault_json(s, "GET", NULL, 0, 200, page);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x", NULL};
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        str_clear(&words);
        str_printf(&words, "list\t-o\t%s", formats[i]);
        cli_rig_expect(p, cli_rig_run_env(p, vars, str_text(&words), NULL), 0, "x", "");
        assert_null(strchr(str_text(&p->out), '\x1b'));
        assert_null(strstr(str_text(&p->out), "\u202e"));
        assert_null(strstr(str_text(&p->out), "\xc2\x9b"));
    }
    fault_rules_clear(s);
    fault_json(
        s, "GET", NULL, 0, 403,
        "{\"error\":\"FORBIDDEN\",\"message\":\"\\u001b]0;x\\u0007no\",\"status_code\":403}");
    cli_rig_expect(p, cli_rig_run_env(p, vars, "list", NULL), 4, "", "paddock: ");
    assert_null(strchr(str_text(&p->err), '\x1b'));
    assert_null(strchr(str_text(&p->err), '\a'));
    fault_server_destroy(s);
    str_finish(&url);
    str_finish(&words);
}

/* ---- get ----------------------------------------------------------------------------------- */

static void test_get(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT;
    char id[80] = "", name[120] = "";
    /* a name that only one account has */
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tcsv\t--columns\tid,name"), 0, "id,name", "");
    for (const char *line = strchr(str_text(&p->out), '\n') + 1; *line;
         line = strchr(line, '\n') + 1) {
        if (sscanf(line, "%79[^,],%119[a-z0-9-]\r", id, name) == 2) {
            str_clear(&words);
            str_printf(&words, ",%s\r\n", name);
            const char *first = strstr(str_text(&p->out), str_text(&words));
            if (first && !strstr(first + 1, str_text(&words)))
                break;
        }
    }
    str_clear(&words);
    str_printf(&words, "get\t%s\t-o\tjson", id);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 0, "{\"provider_account_id\":", "");
    assert_int_equal(str_text(&p->out)[0], '{');
    assert_non_null(strstr(str_text(&p->out), id));
    str_clear(&words);
    str_printf(&words, "get\t%s\t%s\t-o\tjson", name, id);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 0, id, "");
    assert_int_equal(str_text(&p->out)[0], '[');
    cli_rig_expect(p, cli_rig_run(p, "get\tno-such-account"), 5, "",
                   "no account with the id or the name");
    str_clear(&words);
    str_printf(&words, "get\t%s\tno-such-account\t-o\tname", id);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 3, name, "no account");
    str_finish(&words);
}

/* Two accounts of one name: the ids are named, and nothing is guessed. */
static void test_get_ambiguous(void **state)
{
    struct cli_rig *p = *state;
    static const char page[] = "{\"total\":2,\"has_more\":false,\"next_cursor\":null,\"accounts\":["
                               "{\"provider_account_id\":\"pa_1\",\"name\":\"same\",\"created_at\":"
                               "\"2026-01-01T00:00:00Z\"},"
                               "{\"provider_account_id\":\"pa_2\",\"name\":\"same\",\"created_at\":"
                               "\"2026-01-01T00:00:00Z\"}]}";
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts?", 0, 200, page);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, vars, "get\tsame", NULL), 64, "", "pa_1, pa_2");
    assert_string_equal(str_text(&p->out), "");
    fault_server_destroy(s);
    str_finish(&url);
}

/* ---- config and doctor --------------------------------------------------------------------- */

static void test_config(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT, file = STR_INIT;
    struct stat st;
    const char *none[] = {NULL};
    cli_rig_expect(p, cli_rig_run_env(p, none, "config\tpath", NULL), 0, "/paddock/paddock.cfg\n",
                   "config init");
    str_printf(&words, "config\tinit\t--url\t%s\t--org\torg-test", sandbox_url(p->sandbox));
    cli_rig_expect(p, cli_rig_run_env(p, none, str_text(&words), NULL), 0, "", "wrote");
    const char *path = tmpdir_path(p->dir, "home/config/paddock/paddock.cfg", &file);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    cli_rig_expect(p, cli_rig_run_env(p, none, str_text(&words), NULL), 6, "", "already there");
    cli_rig_expect(p, cli_rig_run_env(p, none, "config\tcheck", NULL), 0,
                   "no problems; profiles: 1", "");
    /* A profile that is not filled in is right as a file, and said to be of no use yet. */
    tmpdir_write(p->dir, "home/config/paddock/paddock.cfg",
                 "profiles: { main: { url = \"\"; org = \"\"; }; };\n", 0600);
    cli_rig_expect(p, cli_rig_run_env(p, none, "config\tcheck", NULL), 0,
                   "no errors; profiles: 1, of which 1 cannot be used yet",
                   "profile main has no url and no org yet");
    /* With a token file in the profile it works. */
    struct str text = STR_INIT;
    const char *token = tmpdir_path(p->dir, "token", &words);
    tmpdir_write(p->dir, "token", "test-token-1\n", 0600);
    str_printf(&text,
               "profiles: { box: { url = \"%s\"; org = \"org-test\"; token_file = \"%s\"; }; };\n",
               sandbox_url(p->sandbox), token);
    tmpdir_write(p->dir, "home/config/paddock/paddock.cfg", str_text(&text), 0600);
    cli_rig_expect(p, cli_rig_run_env(p, none, "list\t-o\tname", NULL), 0, "", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS);
    cli_rig_expect(p, cli_rig_run_env(p, none, "doctor", NULL), 0, "230 accounts in org-test", "");
    cli_rig_expect(p, cli_rig_run_env(p, none, "list\t-p\tbx", NULL), 64, "", "did you mean box?");
    /* For another url it is kept back, which is not as if there were none. Doctor does not send to
     * doctor, and nothing was loaded that could stay. */
    str_clear(&words);
    str_printf(&words, "doctor\t-p\tbox\t--url\thttp://localhost:%d", sandbox_port(p->sandbox));
    cli_rig_expect(p, cli_rig_run_env(p, none, str_text(&words), NULL), 4,
                   "none is sent: the token of profile box is for that profile's url", "");
    assert_non_null(strstr(str_text(&p->out), "-> check the token\n"));
    assert_null(strstr(str_text(&p->out), "in the profile"));
    assert_null(strstr(str_text(&p->out), "stays"));
    tmpdir_write(p->dir, "token", "test-token-1\n", 0644);
    cli_rig_expect(p, cli_rig_run_env(p, none, "list", NULL), 4, "", "open to group or others");
    cli_rig_expect(p, cli_rig_run_env(p, none, "doctor", NULL), 4, "FAIL  token", "");
    tmpdir_write(p->dir, "home/config/paddock/paddock.cfg", "ui: {\n colr = 1;\n};\n", 0600);
    cli_rig_expect(p, cli_rig_run_env(p, none, "config\tcheck", NULL), 64, "",
                   "paddock.cfg:2: unknown option \"ui.colr\"");
    cli_rig_expect(p, cli_rig_run_env(p, none, "list", NULL), 64, "", "did you mean \"color\"?");
    tmpdir_write(p->dir, "home/config/paddock/paddock.cfg", "", 0666);
    cli_rig_expect(p, cli_rig_run_env(p, none, "config\tcheck", NULL), 64, "",
                   "written to by others");
    tmpdir_write(p->dir, "home/config/paddock/paddock.cfg", "", 0600);
    str_finish(&text);
    str_finish(&words);
    str_finish(&file);
}

/* A token command runs without a shell; after a 401 it is asked once more. */
static void test_token_command(void **state)
{
    struct cli_rig *p = *state;
    struct str text = STR_INIT, script = STR_INIT, words = STR_INIT;
    const char *path = tmpdir_path(p->dir, "get-token", &script);
    str_printf(&text, "#!/bin/sh\n[ -e \"$0.used\" ] && { echo test-token-1; exit; }\n"
                      ": > \"$0.used\"; echo old-token\n");
    tmpdir_write(p->dir, "get-token", str_text(&text), 0700);
    str_clear(&text);
    str_printf(
        &text,
        "profiles: { box: { url = \"%s\"; org = \"org-test\"; token_command = [ \"%s\" ]; }; };",
        sandbox_url(p->sandbox), path);
    tmpdir_write(p->dir, "other.cfg", str_text(&text), 0600);
    struct str config = STR_INIT;
    str_printf(&words, "list\t-o\tname\t--config\t%s", tmpdir_path(p->dir, "other.cfg", &config));
    const char *none[] = {NULL};
    cli_rig_expect(p, cli_rig_run_env(p, none, str_text(&words), NULL), 0, "", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS);
    str_finish(&text);
    str_finish(&script);
    str_finish(&words);
    str_finish(&config);
}

static void test_doctor_fails(void **state)
{
    struct cli_rig *p = *state;
    struct str url = STR_INIT;
    str_printf(&url, "PADDOCK_URL=https://127.0.0.1:%d", fault_port_nobody());
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, vars, "doctor", NULL), 8, "FAIL  connect", "");
    assert_non_null(strstr(str_text(&p->out), "-> is the server up"));
    const char *name[] = {"PADDOCK_URL=https://no-such-host.invalid", "PADDOCK_ORG=o",
                          "PADDOCK_TOKEN=t0ken-x", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, name, "doctor", NULL), 8, "FAIL  name", "");
    /* No token at all. */
    str_clear(&url);
    str_printf(&url, "PADDOCK_URL=%s", sandbox_url(p->sandbox));
    const char *bare[] = {str_text(&url), "PADDOCK_ORG=org-test", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, bare, "doctor", NULL), 4, "FAIL  request", "");
    assert_non_null(strstr(str_text(&p->out), "-> it wants a token, and none is set"));
    /* Plain http where https was meant. */
    str_clear(&url);
    str_printf(&url, "PADDOCK_URL=https://127.0.0.1:%d", sandbox_port(p->sandbox));
    vars[0] = str_text(&url);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "doctor", NULL), 8, "FAIL  TLS", "");
    assert_non_null(strstr(str_text(&p->out), "-> no TLS is spoken there: is the port right"));
    str_finish(&url);
}

/* ---- without a terminal -------------------------------------------------------------------- */

static void test_bare(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, ""), 64, "", "needs a terminal");
    assert_non_null(strstr(str_text(&p->err), "Commands:"));
    assert_string_equal(str_text(&p->out), "");
    cli_rig_expect(p, cli_rig_run(p, "--version"), 0, "paddock ", "");
    cli_rig_expect(p, cli_rig_run(p, "help\tlist"), 0, "--columns", "");
}

/* Whatever PADDOCK_* says, the demo is the demo; nothing of it stays. */
static void test_demo(void **state)
{
    struct cli_rig *p = *state;
    struct str tmp = STR_INIT;
    str_printf(&tmp, "TMPDIR=%s", p->dir->path);
    const char *vars[] = {str_text(&tmp),
                          "PADDOCK_URL=http://127.0.0.1:1",
                          "PADDOCK_ORG=real",
                          "PADDOCK_TOKEN=real-token",
                          "PADDOCK_CONFIG=/nonexistent",
                          NULL};
    /* What a killed demo left behind goes, what is another's stays. */
    tmpdir_write(p->dir, "paddock-demo-2147483000-gone/file", "x", 0600);
    tmpdir_write(p->dir, "paddock-notes/file", "x", 0600);
    cli_rig_expect(p, cli_rig_run_env(p, vars, "--demo", NULL), 0, "\nNAME ", "");
    assert_false(tmpdir_read(p->dir, "paddock-demo-2147483000-gone/file", &p->err));
    assert_true(tmpdir_read(p->dir, "paddock-notes/file", &p->err));
    assert_int_equal(strncmp(str_text(&p->out), "Demo: nothing here is real.\n", 28), 0);
    assert_non_null(strstr(str_text(&p->out), "paddock --demo"));
    assert_true(cli_rig_lines(p) > 1200);
    struct str pattern = STR_INIT, found = STR_INIT;
    str_printf(&pattern, "ls -d %s/paddock-demo-* 2>/dev/null", p->dir->path);
    const char *ls[] = {"/bin/sh", "-c", str_text(&pattern), NULL};
    child_run(ls, &found);
    assert_string_equal(str_text(&found), "");
    cli_rig_expect(p, cli_rig_run_env(p, vars, "--demo\t-p\tx", NULL), 64, "",
                   "leave out --profile");
    str_finish(&tmp);
    str_finish(&pattern);
    str_finish(&found);
}

/* The reader of a pipe goes away; a disk is full: the exit code tells. */
static void test_output_fails(void **state)
{
    struct cli_rig *p = *state;
    struct str command = STR_INIT;
    str_printf(&command, "%s list > /dev/full", str_text(&p->program));
    const char *argv[] = {"/bin/sh", "-c", str_text(&command), NULL};
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    struct child_proc c;
    assert_true(child_proc_start(&c, argv, env));
    assert_true(child_wait(&c, 60000));
    assert_int_equal(child_exit_code(&c), 1);
    child_finish(&c);
    mem_free(env);
    str_finish(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_json),     cmocka_unit_test(test_list_formats),
        cmocka_unit_test(test_list_filter),   cmocka_unit_test(test_list_sorted),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_partial),
        cmocka_unit_test(test_hostile),       cmocka_unit_test(test_get),
        cmocka_unit_test(test_get_ambiguous), cmocka_unit_test(test_token_command),
        cmocka_unit_test(test_doctor_fails),  cmocka_unit_test(test_bare),
        cmocka_unit_test(test_demo),          cmocka_unit_test(test_output_fails),
        cmocka_unit_test(test_config),
    };
    return cmocka_run_group_tests(tests, setup, cli_rig_teardown);
}
