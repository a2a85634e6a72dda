/* list_test.c: what reads: lists, single accounts, what is kept of them, and what is said when it
 * cannot be. It covers list.c, get.c, find.c, kept.c, sync_cmd.c, connect.c and cli.c. */
#include "cli/cli.h"
#include "tests/support/cli_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_a_table(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "list", 0, "NAME    PROVIDER", "");
    assert_non_null(strstr(str_text(&c->out), "\nacct-4  openai"));
    assert_string_equal(str_text(&c->err), "");
    cli_inside_expect(c, "list\t-o\twide\t--ascii", 0, "pa_3", NULL);
}

/* What the console was started with belongs into the command that it shows. */
static void test_the_same_flags(void **state)
{
    (void)state;
    struct cli_console start = {.profile = {.name = "prod", .url = "https://a", .org = "o"}};
    struct profile other = {.name = "test", .url = "https://b", .org = ""};
    struct str out = STR_INIT;
    start.options.config_file = "my file.cfg";
    cli_same_flags(&start, &other, &out);
    assert_string_equal(str_text(&out), " --config 'my file.cfg'");
    str_clear(&out);
    start.options.choice.url = "https://a";
    start.options.choice.org = "o";
    cli_same_flags(&start, &start.profile, &out);
    assert_string_equal(str_text(&out), " --config 'my file.cfg' --url https://a --org o");
    str_clear(&out);
    cli_same_flags(&start, &other, &out); /* the url was the first profile's */
    assert_string_equal(str_text(&out), " --config 'my file.cfg'");
    str_clear(&out);
    start.options.demo = true;
    cli_same_flags(&start, &start.profile, &out);
    /* A demo has no profile: without these the command would be for another server. */
    assert_string_equal(str_text(&out), " --url https://a --org o");
    str_finish(&out);
}

static void test_orders_filters_and_columns(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "list\t-o\tname\t--sort\t-name", 0,
                      "acct-4\nacct-3\nacct-2\nacct-1\nacct-0\n", "");
    cli_inside_expect(c, "list\t-o\tcsv\t--columns\tname,id,rate.rps\tname=acct-1", 0,
                      "name,id,rate.rps\r\nacct-1,pa_1,80\r\n", "");
    cli_inside_expect(c, "list\tname=acct-1\tprovider=cohere\t-o\tname", 0, "", ""); /* and */
    assert_string_equal(str_text(&c->out), "");
    cli_inside_expect(c, "list\t-o\tjsonl\tname=acct-2", 0, "\"provider_account_id\":\"pa_2\"", "");
    cli_inside_expect(c, "list\t-o\tjson\tname=nobody", 0, "[]\n", "");
    cli_inside_expect(c, "list\t-o\tname\t--order\tserver", 0, "acct-0\nacct-1\n", "");
}

/* Refused before anything is asked of the server. */
static void test_slips(void **state)
{
    struct cli_inside *c = *state;
    static const char *const cases[][2] = {
        {"list\tbogus:x", "there is no field \"bogus\"; to search for this text put it in quotes"},
        {"list\t--sort\tnosuch", "--sort: there is no column \"nosuch\""},
        {"list\t--columns\tnosuch", "there is no column \"nosuch\""},
        {"list\t-o\tyaml", "yaml"},
        {"list\t--nosuch", "there is no flag --nosuch"},
        {"nosuch", "there is no command \"nosuch\""},
        {"get", "no account is named"},
        {"list\t--timeout\tsoon", "timeout"},
        {"list\t--demo\t--url\thttp://x", "--demo brings its own server: leave out --url"},
        {"help\tnosuch", "there is no command \"nosuch\""},
        {"completion\ttcsh", "paddock completion takes one of bash|zsh|fish, not \"tcsh\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cli_inside_expect(c, cases[i][0], 64, "", cases[i][1]);
    assert_int_equal(c->book->requests, 0);
}

static void test_one_account(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "get\tpa_1", 0, "acct-1", "");
    cli_inside_expect(c, "get\tacct-2\t-o\tname", 0, "acct-2\n", ""); /* by its name */
    cli_inside_expect(
        c, "get\tnobody", 5, "",
        "there is no account with the id or the name \"nobody\"\n         paddock list "
        "shows what there is");
    cli_inside_expect(c, "get\tpa_1\tnobody\t-o\tname", 3, "acct-1\n", "nobody"); /* a part */
    cli_inside_expect(c, "get\tpa_1\t-o\tjson", 0, "{\"name\":\"acct-1\"", "");
}

/* Two of one name: refused, and the ids are named. */
static void test_a_name_that_is_not_unique(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "set\tpa_1\tname=acct-2\t-y", 0, NULL, NULL);
    cli_inside_expect(c, "get\tacct-2", 64, "", "pa_1");
    assert_non_null(strstr(str_text(&c->err), "pa_2"));
}

static void test_what_is_kept(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "list\t--offline", 1, "",
                      "offline, and nothing is kept of this server yet");
    cli_inside_expect(c, "sync", 0, "accounts      5\ncomplete      yes", "");
    assert_non_null(strstr(str_text(&c->out), "new, changed  5\ngone          0"));
    uint64_t requests = c->book->requests;
    cli_inside_expect(c, "list\t--offline\t-o\tname", 0, "acct-0\nacct-1\n", "offline: 5 accounts");
    cli_inside_expect(c, "get\tacct-1\t--offline\t-o\tname", 0, "acct-1\n", NULL);
    cli_inside_expect(c, "get\tpa_9\t--offline", 5, "", "pa_9");
    cli_inside_expect(c, "list\t--offline\t-q\t-o\tname", 0, "acct-0", ""); /* no word of it */
    assert_string_equal(str_text(&c->err), "");
    assert_int_equal(c->book->requests, requests);
    cli_inside_expect(c, "sync\t--verify", 0, "Both readings have the same accounts.", NULL);
    cli_inside_expect(c, "delete\tpa_4\t--confirm=acct-4", 0, NULL, NULL);
    cli_inside_expect(c, "sync", 0, "accounts      4", NULL);
}

static void test_the_requests_are_shown_when_asked(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "list\t--debug", 0, "acct-0",
                      "paddock: GET /v1/orgs/org_demo/provider-accounts?limit=100 200 ");
}

/* Refused before anybody is asked; what is secret in it is not said again. */
static void test_urls_that_are_refused(void **state)
{
    struct cli_inside *c = *state;

    snprintf(c->url, sizeof c->url, "http://gw.example.net");
    cli_inside_expect(c, "list", 64, "", "http"); /* not over plain http to anywhere */
    snprintf(c->url, sizeof c->url, "https://user:pw@gw.example.net");
    cli_inside_expect(c, "list", 64, "", NULL);
    assert_null(strstr(str_text(&c->err), "pw"));
}

static void test_tokens(void **state)
{
    struct cli_inside *c = *state;
    char words[400];
    snprintf(words, sizeof words, "list\t-o\tname\t--token-file\t%s",
             cli_inside_file(c, "token", "another\n"));
    cli_inside_expect(c, words, 0, "acct-0", "");
    cli_inside_expect(c, "list\t--token-file\t/nowhere", 4, "", "/nowhere");
    cli_inside_file(c, "empty", "");
    snprintf(words, sizeof words, "list\t--token-file\t%s", tmpdir_path(c->dir, "empty", &c->path));
    cli_inside_expect(c, words, 4, "", NULL);
}

/* Without a terminal there is no console: how to go on is said where messages go. */
static void test_no_terminal_no_console(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "--ascii", 64, "",
                      "the console needs a terminal, and this is none. There are commands, too:");
    assert_non_null(strstr(str_text(&c->err), "list [EXPR...]"));
    cli_inside_expect(c, "--version", 0, "paddock ", "");
    cli_inside_expect(c, "help\tyank", 0, "yank: Copy id, name, JSON, ", "");
    cli_inside_expect(c, "help", 0, "config init|path|check|defaults|profiles Write", "");
    cli_inside_expect(c, "help\tlist", 0, "Usage: paddock list [EXPR...]", "");
    cli_inside_expect(c, "list\t--help", 0, "Usage: paddock list [EXPR...]", "");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_a_table),
        T(test_the_same_flags),
        T(test_orders_filters_and_columns),
        T(test_slips),
        T(test_one_account),
        T(test_a_name_that_is_not_unique),
        T(test_what_is_kept),
        T(test_the_requests_are_shown_when_asked),
        T(test_urls_that_are_refused),
        T(test_tokens),
        T(test_no_terminal_no_console),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
