/* config_meaning_test.c: what `config check` finds beyond the form, each at its line; and that what
 * paddock itself would take is not complained of. */
#include "cli/config_meaning.h"

#include "tests/support/cli_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FILE_NAME "home/config/paddock/paddock.cfg"

static void test_found(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"\nui: { theme = \"nope\"; };", "paddock.cfg:2: there is no theme \"nope\""},
        {"ui: { theme = \"../x\"; };", "paddock.cfg:1: there is no theme \"../x\""},
        {"monitor: { group_by = \"nosuch\"; };",
         "paddock.cfg:1: monitor.group_by is to be a column, or tag:KEY, not \"nosuch\""},
        {"monitor: { group_by = \"credentials\"; };", "paddock.cfg:1: monitor.group_by: "
                                                      "\"credentials\" is masked"},
        {"monitor: { group_by = \"tag:\"; };", "not \"tag:\""},
        {"lint: { residency = [ \"EU=eu-*\",\n \"US\" ]; };", "lint.residency: \"US\" is not "},
        {"profiles: { a: {\n org = \"o\";\n url = \"http://gw.example.net\"; }; };",
         "paddock.cfg:3: profile a: the url \"http://gw.example.net\" is http"},
        {"profiles: { a: { org = \"o\"; url = \"https://gw.example.net?x=1\"; }; };",
         "profile a: the url holds a query; only scheme"},
        {"profiles: { a: { org = \"o\"; url = \"https://gw.example.net\";\nca_file = "
         "\"/nowhere/ca.pem\"; }; };",
         "paddock.cfg:2: profile a: ca_file = \"/nowhere/ca.pem\" cannot be read: No such file"},
        {"profiles: { a: { org = \"o\"; url = \"https://gw.example.net\"; proxy_ca_file = "
         "\"/nowhere/p.pem\"; }; };",
         "proxy_ca_file = \"/nowhere/p.pem\" cannot be read"},
        {"alerts: { full: {\n when = \"bogus:1\"; }; };",
         "paddock.cfg:2: alert full: when = \"bogus:1\": there is no field \"bogus\""},
        {"alerts: { full: { when = \"eom>100\";\ncommand = [ \"/nowhere/page-me\", \"x\" ]; }; };",
         "paddock.cfg:2: alert full: command: \"/nowhere/page-me\" cannot be run: No such file"},
        {"alerts: { a: { when = \"eom>100\"; command = [ \"no-such-pager-9\" ]; }; };",
         "alert a: command: \"no-such-pager-9\" cannot be run: No such file"},
        {"alerts: { a: { when = \"eom>100\"; command = [ \"/etc/passwd\" ]; }; };",
         "alert a: command: \"/etc/passwd\" cannot be run: Permission denied"},
        {"alerts: { a: { when = \"eom>100\"; command = [ \"/etc\" ]; }; };",
         "alert a: command: \"/etc\" cannot be run: Permission denied"},
        {"profiles: { a: { org = \"o\"; url = \"https://gw.example.net\";\ntoken_command = [ "
         "\"/nowhere/pass\" ]; }; };",
         "paddock.cfg:2: profile a: token_command: \"/nowhere/pass\" cannot be run"},
    };
    struct cli_inside *c = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cli_inside_file(c, FILE_NAME, cases[i].text);
        cli_inside_expect(c, "config\tcheck", 64, "", cases[i].says);
        if (strstr(str_text(&c->err), "no problems"))
            fail_msg("%s", str_text(&c->err));
    }
}

/* Several at once, with those of the form. */
static void test_all_at_once(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_file(c, FILE_NAME,
                    "ui: { theme = \"nope\"; color = 3; };\n"
                    "alerts: { a: { when = \"x:1\"; }; b: { when = \"y:1\"; }; };\n");
    cli_inside_expect(c, "config\tcheck", 64, "", "paddock.cfg:1: ui.color is to be");
    static const char *const more[] = {"there is no theme", "alert a: ", "alert b: "};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        assert_non_null(strstr(str_text(&c->err), more[i]));
}

/* Each of these works, or is somebody's choice. */
static void test_fine(void **state)
{
    static const char *const cases[] = {
        "",
        "ui: { theme = \"light\"; };",
        "monitor: { group_by = \"tag:team\"; };",
        "monitor: { group_by = \"region\"; };",
        "monitor: { group_by = \"health\"; };",
        "lint: { residency = [ \"EU=westeurope,eu-*\" ]; };",
        "profiles: { a: { org = \"o\"; url = \"http://127.0.0.1:8080\"; }; };",
        "profiles: { a: { org = \"o\"; url = \"http://gw.example.net\"; allow_http = true; }; };",
        "alerts: { a: { when = \"eom>100 health:down checked>30m left<3d\"; }; };",
        "alerts: { a: { when = \"problem:over\"; }; };",
        "alerts: { a: { when = \"problem:over\"; command = [ \"sh\", \"-c\", \"true\" ]; }; };",
        "alerts: { a: { when = \"problem:over\"; command = [ \"/bin/sh\" ]; }; };",
    };
    struct cli_inside *c = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cli_inside_file(c, FILE_NAME, cases[i]);
        cli_inside_expect(c, "config\tcheck", 0, "no problems", "");
    }
    /* A theme of the operator's own. */
    cli_inside_file(c, "home/config/paddock/themes/mine.cfg", "");
    cli_inside_file(c, FILE_NAME, "ui: { theme = \"mine\"; };");
    cli_inside_expect(c, "config\tcheck", 0, "no problems", "");
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {T(test_found), T(test_all_at_once), T(test_fine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
