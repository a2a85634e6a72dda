/* cli_list_test.c: paddock list as a script uses it: the request is narrowed to what the server can
 * filter itself, and every format keeps what was received. */
#include "base/mem.h"
#include "base/vec.h"
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

#include <cmocka.h>

#define ACCOUNTS 230

static int setup(void **state)
{
    /* Several commands have to see the same accounts. */
    static const char *const extra[] = {"--time-scale", "0", NULL};
    static const struct sandbox_options options = {.accounts = ACCOUNTS, .extra = extra};
    return cli_rig_start(state, &options);
}

static size_t times(const struct str *text, const char *what)
{
    size_t n = 0;
    for (const char *p = str_text(text); (p = strstr(p, what)); p += strlen(what))
        n++;
    return n;
}

/* The lines of the request log (--debug) that ask for a page of the list. */
static size_t pages(const struct cli_rig *p)
{
    return times(&p->err, "provider-accounts?");
}

/* What the server can filter it is asked to; the rest is done here. */
static void test_narrows(void **state)
{
    static const struct {
        const char *expr, *asked, *plain; /* plain: the same, said so that only we can filter */
        size_t most;                      /* pages; 230 accounts are 3 */
    } cases[] = {
        {"provider=openai", "&provider_type=openai", "provider:/^openai$/", 1},
        {"status=degraded", "&status=degraded", "status:/^degraded$/", 1},
        {"enabled=yes", "&enabled_only=true", "!enabled=no", 3},
        {"provider=openai status=active region:us", "&provider_type=openai&status=active",
         "provider:/^openai$/ status:/^active$/ region:us", 1},
    };
    struct cli_rig *p = *state;
    char words[160];
    cli_rig_expect(p, cli_rig_run(p, "list\t--debug\t-o\tname"), 0, "", "provider-accounts?");
    assert_int_equal(pages(p), 3);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        snprintf(words, sizeof words, "list\t%s\t--debug\t-o\tname", cases[i].expr);
        cli_rig_expect(p, cli_rig_run(p, words), 0, "", cases[i].asked);
        size_t narrowed = cli_rig_lines(p), asked = pages(p);
        assert_in_range(asked, 1, cases[i].most);
        assert_int_equal(times(&p->err, cases[i].asked), asked); /* each page of it */
        snprintf(words, sizeof words, "list\t%s\t--debug\t-o\tname", cases[i].plain);
        cli_rig_expect(p, cli_rig_run(p, words), 0, "", "");
        assert_int_equal(times(&p->err, cases[i].asked), 0);
        assert_int_equal(cli_rig_lines(p), narrowed);
        assert_in_range(narrowed, 1, ACCOUNTS - 1);
    }
    cli_rig_expect(p, cli_rig_run(p, "list\tprovider=openai\t--order\tserver\t-o\tname\t--debug"),
                   0, "", "&provider_type=openai");
    size_t streamed = cli_rig_lines(p);
    cli_rig_expect(p, cli_rig_run(p, "list\tprovider=openai\t-o\tname"), 0, "", "");
    assert_int_equal(streamed, cli_rig_lines(p));
    /* What is none of the server's filters asks for all. */
    cli_rig_expect(p, cli_rig_run(p, "list\t!provider=openai\t--debug\t-o\tname"), 0, "", "");
    assert_int_equal(times(&p->err, "provider_type="), 0);
    assert_int_equal(pages(p), 3);
}

/* Servers that read their filters differently: the same accounts come out, and never exit 0 for
 * less than all of them. */
static void test_other_readings(void **state)
{
    static const char *const behaviours[] = {"ignore-filters", "total=page", "no-created-at",
                                             "cursor-last"};
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "list\tprovider=openai\t-o\tname"), 0, "", "");
    size_t want = cli_rig_lines(p);
    for (size_t i = 0; i < ARRAY_LEN(behaviours); i++) {
        const char *extra[] = {"--behaviour", behaviours[i], NULL};
        const struct sandbox_options options = {.accounts = ACCOUNTS, .extra = extra};
        void *other_state;
        assert_int_equal(cli_rig_start(&other_state, &options), 0);
        struct cli_rig *other = other_state;
        int code = cli_rig_run(other, "list\tprovider=openai\t-o\tname");
        if (code == 0)
            assert_int_equal(cli_rig_lines(other), want);
        else
            assert_int_equal(code, 3); /* "not complete", said */
        cli_rig_teardown(&other_state);
    }
}

/* A server that filters, and whose totals are those of all accounts: read whole. */
static void test_totals_of_all(void **state)
{
    struct cli_rig *p = *state;
    static const char some[] =
        "{\"total\":2,\"has_more\":false,\"next_cursor\":null,\"accounts\":["
        "{\"provider_account_id\":\"pa_1\",\"name\":\"one\",\"provider_type\":\"openai\","
        "\"created_at\":\"2026-01-01T00:00:00Z\"}]}";
    static const char all[] =
        "{\"total\":2,\"has_more\":false,\"next_cursor\":null,\"accounts\":["
        "{\"provider_account_id\":\"pa_1\",\"name\":\"one\",\"provider_type\":\"openai\","
        "\"created_at\":\"2026-01-01T00:00:00Z\"},"
        "{\"provider_account_id\":\"pa_2\",\"name\":\"two\",\"provider_type\":\"groq\","
        "\"created_at\":\"2026-01-01T00:00:00Z\"}]}";
    struct fault_server *s = fault_server_create();
    struct str url = STR_INIT;
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts?limit=100&provider_type", 0, 200, some);
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts?provider_type", 0, 200, some);
    fault_json(s, "GET", "/v1/orgs/o/provider-accounts", 0, 200, all);
    str_printf(&url, "PADDOCK_URL=%s", fault_url(s));
    const char *vars[] = {str_text(&url), "PADDOCK_ORG=o", "PADDOCK_TOKEN=t0ken-x", NULL};
    cli_rig_expect(p, cli_rig_run_env(p, vars, "list\tprovider=openai\t-o\tname\t--debug", NULL), 0,
                   "one\n", "provider_type=openai");
    assert_int_equal(cli_rig_lines(p), 1);
    assert_int_equal(pages(p), 2);
    fault_server_destroy(s);
    str_finish(&url);
}

/* --plain: a line an account and nothing else, a tab between the columns. */
static void test_plain(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "list\t--plain\t--columns\tname,status"), 0, "\tactive\n", "");
    assert_int_equal(cli_rig_lines(p), ACCOUNTS);
    assert_int_equal(times(&p->out, "\t"), ACCOUNTS);
    assert_int_equal(times(&p->out, "NAME"), 0);
    assert_int_equal(times(&p->out, "  "), 0);
    cli_rig_expect(p, cli_rig_run(p, "list\t--plain\t-o\twide"), 0, "\t", "");
    assert_int_equal(times(&p->out, "\t"), ACCOUNTS * 15);
    cli_rig_expect(p, cli_rig_run(p, "list\t--plain\t-o\tcsv"), 64, "", "-o table or wide");
}

static void start_watching(struct cli_rig *p, struct child_proc *c, const char *const *words)
{
    const char *argv[8] = {str_text(&p->program), "list"};
    for (size_t n = 2; *words; n++)
        argv[n] = *words++;
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    assert_true(child_proc_start(c, argv, env));
    mem_free(env);
}

/* --watch: the list, then what changed and nothing else; INT ends it as it should be. */
static void test_watch(void **state)
{
    static const char *const words[] = {"--watch=1s", "--plain", "--columns", "id,desc", NULL};
    struct cli_rig *p = *state;
    struct child_proc c;
    struct str line = STR_INIT;
    char id[64], change[160];
    start_watching(p, &c, words);
    for (int i = 0; i < ACCOUNTS; i++) {
        str_clear(&line);
        assert_true(child_line(&c, &line, 60000));
    }
    snprintf(id, sizeof id, "%.*s", (int)strcspn(str_text(&line), "\t"), str_text(&line));
    snprintf(change, sizeof change, "set\t%s\tdesc=seen again\t--yes", id);
    cli_rig_expect(p, cli_rig_run(p, change), 0, "", "");
    str_clear(&line);
    assert_true(child_line(&c, &line, 60000));
    snprintf(change, sizeof change, "%s\tseen again", id);
    assert_string_equal(str_text(&line), change);
    child_signal(&c, SIGINT);
    assert_true(child_wait(&c, 20000));
    assert_int_equal(child_exit_code(&c), 0);
    str_clear(&line);
    assert_false(child_line(&c, &line, 1000)); /* nothing was printed twice */
    child_finish(&c);
    str_finish(&line);
}

/* A reader that has gone ends it without a word; what cannot be watched is refused. */
static void test_watch_ends(void **state)
{
    struct cli_rig *p = *state;
    struct child_proc c;
    struct str text = STR_INIT;
    const char *argv[] = {"/bin/sh", "-c",
                          "{ \"$0\" list --watch=1s 2>\"$HOME/said\"; echo $? >\"$HOME/code\"; } "
                          "| true",
                          str_text(&p->program), NULL};
    const char **env = tmpdir_env_with(p->dir, sandbox_env(p->sandbox));
    assert_true(child_proc_start(&c, argv, env));
    assert_true(child_wait(&c, 30000));
    child_finish(&c);
    tmpdir_read(p->dir, "home/code", &text);
    assert_string_equal(str_text(&text), "141\n");
    str_clear(&text);
    tmpdir_read(p->dir, "home/said", &text);
    assert_string_equal(str_text(&text), "");
    mem_free(env);
    str_finish(&text);
    cli_rig_expect(p, cli_rig_run(p, "list\t--watch\t-o\tjson"), 64, "", "-o jsonl");
    cli_rig_expect(p, cli_rig_run(p, "list\t--watch\t--offline"), 64, "", "--offline");
    cli_rig_expect(p, cli_rig_run(p, "list\t--watch\t--url\thttp://127.0.0.1:9"), 8, "", "");
}

/* Whatever takes a filter knows the same columns beyond the fields. */
static void test_problem_is_a_column_everywhere(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT, path = STR_INIT;
    cli_rig_expect(p, cli_rig_run(p, "list\tproblem=degraded\t-o\tname"), 0, "\n", "");
    size_t some = cli_rig_lines(p);
    assert_in_range(some, 1, ACCOUNTS - 1);
    cli_rig_expect(p, cli_rig_run(p, "set\t--where\tproblem=degraded\tdesc=it_is\t--dry-run"), 2,
                   "it_is", "");
    assert_int_equal(times(&p->out, "it_is"), some);
    str_printf(&words, "metrics\t--where\tproblem=degraded\t--textfile\t%s",
               tmpdir_path(p->dir, "page.prom", &path));
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 0, "", " account");
    str_clear(&path);
    tmpdir_read(p->dir, "page.prom", &path);
    assert_int_equal(times(&path, "account_info{"), some);
    str_finish(&words);
    str_finish(&path);
}

static int setup_fast(void **state)
{
    static const char *const extra[] = {"--time-scale", "259200", NULL};
    static const struct sandbox_options options = {.accounts = 3, .extra = extra};
    return cli_rig_start(state, &options);
}

/* An account that is made on the server's second day is in the machine's future for two days: its
 * age is told by the server's clock, whatever asks for it. */
static void test_ages_are_the_servers(void **state)
{
    struct cli_rig *p = *state;
    struct str words = STR_INIT, path = STR_INIT;
    cli_rig_expect(p,
                   cli_rig_run_in(p, "create\t-f\t-\t--yes",
                                  "{\"name\":\"late\",\"provider_type\":\"openai\","
                                  "\"region\":\"us-east-1\",\"credentials_ref\":\"vault/"
                                  "late\",\"quota_policy\":{\"max_tokens_per_month\":1000},\"rate_"
                                  "limit_policy\":{\"output_tokens_per_minute\":1000}}"),
                   0, "", "");
    cli_rig_expect(p, cli_rig_run(p, "list\tcreated>1m\tname=late\t-o\tname"), 0, "late\n", "");
    cli_rig_expect(p, cli_rig_run(p, "lint\tcreated>1m\tname=late"), 7, "late", "");
    cli_rig_expect(p, cli_rig_run(p, "disable\t--where\tcreated>1m name=late\t--dry-run"), 2,
                   "late", "");
    str_printf(&words, "metrics\t--where\tcreated>1m name=late\t--textfile\t%s",
               tmpdir_path(p->dir, "page.prom", &path));
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 0, "", ": 1 account");
    str_finish(&words);
    str_finish(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_narrows),       cmocka_unit_test(test_other_readings),
        cmocka_unit_test(test_totals_of_all), cmocka_unit_test(test_problem_is_a_column_everywhere),
        cmocka_unit_test(test_plain),         cmocka_unit_test(test_watch),
        cmocka_unit_test(test_watch_ends),
    };
    const struct CMUnitTest fast[] = {cmocka_unit_test(test_ages_are_the_servers)};
    return cmocka_run_group_tests(tests, setup, cli_rig_teardown) +
           cmocka_run_group_tests(fast, setup_fast, cli_rig_teardown);
}
