/* switch_test.c: another organisation in the middle of a sync: nothing of the one before is asked
 * for any more, and none of its accounts is in the list of the other. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80};
static const struct console_options wide = {.rows = 40, .cols = 120};

/* The requests that the sandbox has had, when two looks a moment apart agree. */
static double settled_gets(struct console *c)
{
    double before = -1, now = 0;
    for (int i = 0; i < 50 && now > before; i++) {
        term_wait_quiet(c->term, 500, 5000);
        before = now;
        cJSON *stats = box_json(&c->box, "GET", "/_sandbox/stats", NULL, 200);
        now = box_number(stats, "get");
        cJSON_Delete(stats);
    }
    return now;
}

static void test_f20_another_organisation_in_the_middle_of_a_sync(void **state)
{
    const struct console_options *size = *state;
    static const char *const sandbox[] = {"--org", "org_demo,org_b", "--page-latency-ms", "300",
                                          NULL};
    /* 9,000 accounts take 90 pages; a tenth of them is in the other organisation. */
    const struct console_options o = {
        .rows = size->rows, .cols = size->cols, .accounts = 9000, .sandbox = sandbox};
    static const char config[] = "profile = \"t\";\nprofiles: { t: { orgs = [ \"org_b\" ]; }; };\n";
    struct console c;
    console_open(&c, &o);
    console_see(&c, "loading");
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg", config, 0600));
    console_again(&c, &o);
    console_see(&c, " of 9,000");
    console_keys(&c, "P");
    console_see(&c, "another organisation");
    console_keys(&c, "Down Enter");
    console_see(&c, "org_b");
    console_see(&c, " 900 accounts, complete");
    console_gone(&c, "9,000");
    double gets = settled_gets(&c);
    console_keys(&c, "/");
    console_type(&c, "org=org_demo");
    console_see(&c, "0 of 900");
    console_keys(&c, "Esc");
    /* 90 pages of the one were not read to their end: the other's 9 and few more are all. */
    assert_true(gets < 90);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f20_another_organisation_in_the_middle_of_a_sync, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
