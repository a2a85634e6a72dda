/* cli_offline_test.c: paddock list, get, changes and the like on what is kept, with nobody at the
 * other end.
 */
#include "tests/support/cli_rig.h"

#include "keep/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What a console would have left: three accounts, complete a minute ago. */
static void put_three(struct fleet *fleet, int64_t as_of, const char *word)
{
    char raw[240];
    for (int i = 0; i < 3; i++) {
        snprintf(raw, sizeof raw,
                 "{\"provider_account_id\":\"pa_%d\",\"name\":\"kept-%d\",\"new_field\":%d,"
                 "\"provider_type\":\"%s\",\"region\":\"%s\",\"credentials_ref\":\"kv/%s\"}",
                 i, i == 2 ? 1 : i, i, i ? "openai" : "cohere", i == 1 ? word : "eu", word);
        fleet_put(fleet, span_of(raw), as_of, NULL);
    }
}

static void complete(struct keep *keep, int64_t t0_wall_ms)
{
    const struct sync_event done = {
        .type = SYNC_EV_COMPLETE, .proof = SYNC_COMPLETE, .t0_wall_ms = t0_wall_ms};
    keep_hear(keep, &done);
    keep_flush(keep);
}

static void keep_three(struct cli_rig *p)
{
    struct str cache = STR_INIT, data = STR_INIT;
    tmpdir_path(p->dir, "home/cache/paddock", &cache);
    tmpdir_path(p->dir, "home/data/paddock", &data);
    struct fleet *fleet = fleet_create();
    struct clock clock = clock_system();
    struct loop *loop = loop_create(clock);
    const struct keep_env env = {.loop = loop,
                                 .fleet = fleet,
                                 .cache_dir = str_text(&cache),
                                 .data_dir = str_text(&data),
                                 .origin = sandbox_url(p->sandbox),
                                 .org = sandbox_org(p->sandbox),
                                 .write = true};
    struct keep *keep = keep_create(&env);
    int64_t now = clock_wall(&clock);
    assert_int_equal(keep_state(keep)->error.status, ST_OK);
    put_three(fleet, 1, "aa");
    complete(keep, now - 7200000);
    put_three(fleet, 2, "zz");
    complete(keep, now - 61000);
    keep_destroy(keep);
    fleet_destroy(fleet);
    loop_destroy(loop);
    str_finish(&cache);
    str_finish(&data);
}

static void test_list(void **state)
{
    struct cli_rig *p = *state;
    keep_three(p);
    sandbox_stop(p->sandbox);
    int code = cli_rig_run(p, "list\t--offline\t-o\tname");
    cli_rig_expect(p, code, 0, "kept-0\nkept-1\nkept-1\n", "offline: 3 accounts as of ");
    code = cli_rig_run(p, "list\t--offline\t-q\tprovider=cohere\t-o\tjsonl");
    cli_rig_expect(p, code, 0, "\"name\":\"kept-0\",\"new_field\":0", "");
    assert_string_equal(str_text(&p->err), "");
    assert_null(strstr(str_text(&p->out), "kept-1"));
    code = cli_rig_run(p, "list\t--offline\t--order\tserver\t-o\tname");
    cli_rig_expect(p, code, 0, "kept-0\nkept-1\nkept-1\n", "offline: ");
    /* Without the flag it is the server that is asked. */
    code = cli_rig_run(p, "list\t-o\tname");
    cli_rig_expect(p, code, 8, "", "nothing answers there");
}

static void test_get(void **state)
{
    struct cli_rig *p = *state;
    keep_three(p);
    sandbox_stop(p->sandbox);
    int code = cli_rig_run(p, "get\t--offline\tkept-0\t-o\tjson");
    cli_rig_expect(p, code, 0, "\"provider_account_id\":\"pa_0\"", "offline: ");
    code = cli_rig_run(p, "get\t--offline\tpa_2\t-o\tname");
    cli_rig_expect(p, code, 0, "kept-1", "");
    code = cli_rig_run(p, "get\t--offline\tkept-1");
    cli_rig_expect(p, code, 64, "", "2 accounts are named");
    code = cli_rig_run(p, "get\t--offline\tnobody");
    cli_rig_expect(p, code, 5, "", "there is no account");
}

static void test_nothing_kept(void **state)
{
    struct cli_rig *p = *state;
    int code = cli_rig_run(p, "list\t--offline");
    cli_rig_expect(p, code, 1, "", "nothing is kept of this server yet");
    keep_three(p);
    code = cli_rig_run(p, "list\t--offline\t--org\tother");
    cli_rig_expect(p, code, 1, "", "nothing is kept of this server yet");
    code = cli_rig_run(p, "set\t--offline\tpa_0\tregion=x");
    cli_rig_expect(p, code, 64, "", "offline");
}

static void test_changes(void **state)
{
    struct cli_rig *p = *state;
    keep_three(p);
    sandbox_stop(p->sandbox);
    int code = cli_rig_run(p, "changes\tfield=region\t-o\tcsv\t--columns\tname,before,after");
    cli_rig_expect(p, code, 0, "kept-1,aa,zz", "");
    code = cli_rig_run(p, "changes\t--since\t1h\tprovider=cohere\t-o\tjson");
    cli_rig_expect(p, code, 0, "\"field\":\"credentials_ref\",\"before\":\"kv/aa\"", "");
    assert_null(strstr(str_text(&p->out), "pa_1"));
    code = cli_rig_run(p, "changes\tid=pa_0");
    cli_rig_expect(p, code, 0, "********", "");
    assert_null(strstr(str_text(&p->out), "kv/"));
    code = cli_rig_run(p, "changes\t--since\t30s\t-o\tjsonl");
    cli_rig_expect(p, code, 0, "", "");
    assert_string_equal(str_text(&p->out), "");
    code = cli_rig_run(p, "changes\t--since\tyesterday");
    cli_rig_expect(p, code, 64, "", "--since takes a time up to 90d");
    code = cli_rig_run(p, "changes\tnosuch:1");
    cli_rig_expect(p, code, 64, "", "nosuch");
}

/* Whatever looks at the list alone does so on what is kept; nothing of that is a sample of now. */
static void test_what_else_takes_it(void **state)
{
    struct cli_rig *p = *state;
    struct str out = STR_INIT, line = STR_INIT;
    keep_three(p);
    sandbox_stop(p->sandbox);
    tmpdir_path(p->dir, "exported", &out);
    int code = cli_rig_run(p, "forecast\t--offline");
    cli_rig_expect(p, code, 0, "", "offline: 3 accounts as of ");
    code = cli_rig_run(p, "lint\t--offline");
    cli_rig_expect(p, code, 7, "kept-1", "offline: 3 accounts as of ");
    code = cli_rig_run(p, "changes\t--offline\tfield=region\t-o\tcsv");
    cli_rig_expect(p, code, 0, "kept-1", "");
    code = cli_rig_run(p, "log\t--offline\t-o\tjsonl");
    cli_rig_expect(p, code, 0, "", "");
    str_printf(&line, "export\t--offline\t%s", str_text(&out));
    code = cli_rig_run(p, str_text(&line));
    cli_rig_expect(p, code, 0, "", " files written, 0 already so");
    str_clear(&line);
    str_printf(&line, "diff\t--offline\t-f\t%s", str_text(&out));
    code = cli_rig_run(p, str_text(&line));
    cli_rig_expect(p, code, 0, "0 changes, ", "");
    str_finish(&line);
    str_finish(&out);
}

/* What a command wrote and read back is there at once. */
static void test_a_write_is_kept(void **state)
{
    struct cli_rig *p = *state;
    keep_three(p);
    int code = cli_rig_run(p, "set\t%s\tregion=mars-2\t--yes");
    cli_rig_expect(p, code, 0, "", "");
    sandbox_stop(p->sandbox);
    code = cli_rig_run(p, "get\t--offline\t%s\t-o\tjson");
    cli_rig_expect(p, code, 0, "\"region\":\"mars-2\"", "offline: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_list, cli_rig_setup, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_get, cli_rig_setup, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_a_write_is_kept, cli_rig_setup, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_changes, cli_rig_setup, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_what_else_takes_it, cli_rig_setup, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_kept, cli_rig_setup, cli_rig_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
