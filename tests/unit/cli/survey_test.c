/* survey_test.c: what is found in the whole list: lint, forecasts, what changed; and the ways in
 * which it is printed. It covers survey.c, lint_cmd.c, forecast_cmd.c and changes.c. */
#include "tests/support/cli_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_lint(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "lint", 7, "no-health-check  no health check is known",
                      "5 findings in 5 accounts\n");
    cli_inside_expect(c, "lint\t-o\tjson\tname=acct-1", 7,
                      "{\"account\":\"acct-1\",\"id\":\"pa_1\"", "1 finding in 1 account\n");
    cli_inside_expect(c, "lint\t-o\tcsv\tname=nobody", 0, "account,id,rule,finding", NULL);
    cli_inside_expect(c, "lint\tproblem:other", 7, NULL, "5 findings in 5 accounts\n");
    cli_inside_expect(c, "lint\tproblem:down", 0, NULL, NULL);
    cli_inside_expect(c, "lint\t-o\tname", 64, "", "-o takes table, json, jsonl or csv here");
    cli_inside_expect(c, "lint\tbogus:x", 64, "", "there is no field \"bogus\"");
}

static void test_forecast(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "forecast", 0, "ACCOUNT  QUOTA",
                      "5 accounts without a quota, not counted");
    cli_inside_expect(c, "forecast\t--fail-over\t100", 0, NULL, NULL);
    cli_inside_expect(c, "forecast\t--fail-over\tx", 64, "", "fail-over");
    cli_inside_expect(c, "forecast\t-o\tjson", 0, "[]", NULL);
}

/* What one complete sync shows that the one before did not. */
static void test_what_changed(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "changes", 0, "SEEN", "");
    cli_inside_expect(c, "sync", 0, NULL, NULL);
    cli_inside_expect(c, "set\tpa_1\trate.rps=99\t-y", 0, NULL, NULL);
    cli_inside_expect(c, "delete\tpa_2\t--confirm=acct-2", 0, NULL, NULL);
    cli_inside_expect(c, "sync", 0, "accounts      4", NULL);
    cli_inside_expect(c, "changes", 0, "rate.rps", "");
    assert_non_null(strstr(str_text(&c->out), "gone"));
    cli_inside_expect(c, "changes\t-o\tjson\tchange=gone", 0, "\"provider_account_id\":\"pa_2\"",
                      "");
    assert_null(strstr(str_text(&c->out), "rate_limit"));
    cli_inside_expect(c, "changes\t--since\tsoon", 64, "", "since");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_lint),
        T(test_forecast),
        T(test_what_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
