/* cli_csv_test.c: CSV from the command line and back: what `list -o csv` prints, `diff -f` finds no
 * difference in. */
#include "tests/support/cli_rig.h"
#include "tests/support/sandbox_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int setup(void **state)
{
    const struct sandbox_options options = {.accounts = 0, .token = SANDBOX_TOKEN};
    return cli_rig_start(state, &options);
}

/* A list as CSV reads back as what the server has, whatever is in the texts but what could
 * act on a terminal: that is shown. */
static void test_csv_back(void **state)
{
    struct cli_rig *p = *state;
    static const char *const texts[] = {
        "a\\nb\\n",  "a\\r\\nb", "\\r",         "\\ta\\t", "^J",  "say \\\"x\\\"",
        "\\\"x\\\"", "a, b",     "=1+2",        "'=1+2",   "''-", "'",
        "none",      "None",     " both ends ", "@x",      "|x",  "\\ud83d\\ude00",
        "\\\\n",     "-5",
    };
    struct str lines = STR_INIT;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        str_printf(&lines,
                   "{\"name\":\"t-%u\",\"provider_type\":\"openai\",\"credentials_ref\":\"k\","
                   "\"description\":\"%s\",\"tags\":{\"k\":\"%s\"}}\n",
                   (unsigned)i, texts[i], texts[i]);
    cli_rig_expect(p, cli_rig_run_in(p, "create\t-f\t-\t--yes", str_text(&lines)), 0, "pa_",
                   "20 applied");
    str_finish(&lines);
    cli_rig_expect(p, cli_rig_run(p, "list\t-o\tcsv"), 0, "\"a\nb\n\"", "");
    struct str csv = STR_INIT;
    str_add_span(&csv, span_from(&p->out));
    cli_rig_expect(p, cli_rig_run_in(p, "diff\t-f\t-", str_text(&csv)), 0,
                   "0 changes, 20 unchanged", "");
    str_finish(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_csv_back, setup, cli_rig_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
