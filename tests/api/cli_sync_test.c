/* cli_sync_test.c: paddock sync: what it says, what it keeps, what it leaves with; and --verify, on
 * servers where the two readings agree and where they do not. */
#include "tests/support/cli_rig.h"
#include "tests/support/fault_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup_of(void **state, const char *behaviour)
{
    static const char *extra[3];
    static struct sandbox_options options;
    extra[0] = behaviour ? "--behaviour" : NULL;
    extra[1] = behaviour;
    options = (struct sandbox_options){.accounts = 2950, .extra = extra};
    return cli_rig_start(state, &options);
}

static int setup(void **state)
{
    return setup_of(state, NULL);
}

static int setup_ignoring(void **state)
{
    return setup_of(state, "ignore-filters");
}

static int setup_no_created(void **state)
{
    return setup_of(state, "no-created-at");
}

static int setup_total_of_page(void **state)
{
    return setup_of(state, "total=page");
}

static void test_fills_and_says_what_it_found(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "sync"), 0, "accounts      2,950\n", "");
    assert_non_null(strstr(str_text(&p->out), "complete      yes, as of 20"));
    assert_non_null(strstr(str_text(&p->out), "new, changed  2,950\n"));
    cli_rig_expect(p, cli_rig_run(p, "list\t--offline\t-o\tname"), 0, "", "2,950 accounts as of");
    assert_int_equal(cli_rig_lines(p), 2950);
}

static void test_verify_agrees(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "sync\t--verify"), 0, "Both readings have the same accounts.",
                   "");
    assert_non_null(strstr(str_text(&p->out), "missed        0 by the first reading, 0 by"));
}

static void test_no_created_at_is_only_walked(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "sync\t--verify"), 0, "some may have moved", "");
}

static void test_unproven_is_partial(void **state)
{
    struct cli_rig *p = *state;
    cli_rig_expect(p, cli_rig_run(p, "sync"), 3, "complete      no", "at least 2,950 accounts");
    cli_rig_expect(p, cli_rig_run(p, "sync\t--verify"), 3, "", "not complete");
}

static void test_errors_have_their_codes(void **state)
{
    struct cli_rig *p = *state;
    static const char *const nobody[] = {"PADDOCK_URL=http://127.0.0.1:1", "PADDOCK_ORG=o",
                                         "PADDOCK_TOKEN=x", NULL};
    cli_rig_expect(p, cli_rig_run(p, "sync\tall"), 64, "", "");
    cli_rig_expect(p, cli_rig_run_env(p, nobody, "sync\t--timeout\t1s", NULL), 8, "", "");
}

#define LIST "/v1/orgs/o/provider-accounts?"
#define ONE  "/v1/orgs/o/provider-accounts/b"
#define ACCOUNT(id, created)                                                                       \
    "{\"provider_account_id\":\"" id "\",\"name\":\"" id "\",\"created_at\":\"" created "\"}"
#define OLD "2025-01-01T00:00:00Z"
#define PAGE(total, accounts)                                                                      \
    "{\"total\":" total ",\"has_more\":false,\"next_cursor\":null,\"accounts\":[" accounts "]}"
#define TWO PAGE("2", ACCOUNT("a", OLD) "," ACCOUNT("b", OLD))

/* The list as it is read first and then the plain way, and what a GET of b says. */
static void test_verify_tells_differences_apart(void **state)
{
    static const struct {
        const char *first, *plain;
        int get, code;
        const char *out;
    } rows[] = {
        {TWO, PAGE("3", ACCOUNT("a", OLD) "," ACCOUNT("b", OLD) "," ACCOUNT("c", OLD)), 404, 2,
         "missed        1 by the first reading, 0 by the plain walk\n  c\n"},
        {TWO,
         PAGE("3",
              ACCOUNT("a", OLD) "," ACCOUNT("b", OLD) "," ACCOUNT("c", "2999-01-01T00:00:00Z")),
         404, 0, "made since    1\n"},
        {TWO, PAGE("1", ACCOUNT("a", OLD)), 404, 0, "gone since    1\n"},
        {TWO, PAGE("1", ACCOUNT("a", OLD)), 200, 2,
         "missed        0 by the first reading, 1 by the plain walk\n  b\n"},
        {TWO, PAGE("1", ACCOUNT("a", OLD)), 403, 3, "not settled   1 "},
        {TWO, "{\"detail\":\"no\"}", 200, 3, "accounts      2\n"},
    };
    struct cli_rig *p = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault_server *s = fault_server_create();
        char url[80];
        snprintf(url, sizeof url, "PADDOCK_URL=%s", fault_url(s));
        const char *const env[] = {url, "PADDOCK_ORG=o", "PADDOCK_TOKEN=x", NULL};
        fault_json(s, "GET", LIST, 1, 200, rows[i].first);
        fault_json(s, "GET", LIST, 0, 200, rows[i].plain);
        fault_json(s, "GET", ONE, 0, rows[i].get, ACCOUNT("b", OLD));
        int code = cli_rig_run_env(p, env, "sync\t--verify", NULL);
        if (i == 5) /* the second reading fails: the first is printed all the same */
            assert_int_not_equal(code, 0);
        else
            cli_rig_expect(p, code, rows[i].code, rows[i].out, "");
        assert_non_null(strstr(str_text(&p->out), rows[i].out));
        fault_server_destroy(s);
    }
}

#define UNIT(name, setup) cmocka_unit_test_setup_teardown(name, setup, cli_rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(test_fills_and_says_what_it_found, setup),
        UNIT(test_verify_agrees, setup),
        UNIT(test_verify_agrees, setup_ignoring),
        UNIT(test_no_created_at_is_only_walked, setup_no_created),
        UNIT(test_unproven_is_partial, setup_total_of_page),
        UNIT(test_verify_tells_differences_apart, setup),
        UNIT(test_errors_have_their_codes, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
