/* reads_test.c: what the console says of its own reading: cancelled, refused, never begun. What it
 * says has to be what it does, and nothing of one profile may be told of another. */
#include "tests/support/console_rig.h"

#include "tests/support/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 100, .accounts = 30};
static const char *const orgs[] = {"--org", RIG_ORG ",org_b", NULL};
static const struct console_options two = {
    .rows = 24, .cols = 100, .accounts = 30, .sandbox = orgs};

/* With nothing running ^C says so, and the next refresh comes all the same. */
static void test_cancel_with_nothing_running(void **state)
{
    (void)state;
    static const char config[] = "sync: { refresh = \"1s\"; };\n";
    struct console c;
    console_open_ready(&c, &small);
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg", config, 0600));
    console_restart(&c, &small);
    console_keys(&c, "Z");
    console_see(&c, "paused; Z goes on");
    term_wait_quiet(c.term, 300, 3000);
    console_keys(&c, "C-c");
    console_see(&c, "there is nothing to cancel");
    console_keys(&c, "Z");
    console_see(&c, "refreshing goes on");
    console_keys(&c, "C-c C-c C-c");
    cJSON_Delete(box_json(&c.box, "POST", RIG_ACCOUNTS,
                          "{\"name\":\"aaa-new\",\"provider_type\":\"openai\","
                          "\"credentials_ref\":\"vault:x\"}",
                          201));
    console_see(&c, "31 accounts, complete");
    console_close(&c);
}

/* A read that runs is cancelled; that it is not the last one is said. */
static void test_cancel_a_read(void **state)
{
    (void)state;
    static const char *const slow[] = {"--page-latency-ms", "700", NULL};
    const struct console_options o = {.rows = 24, .cols = 100, .accounts = 3000, .sandbox = slow};
    struct console c;
    console_open(&c, &o);
    console_see(&c, "of 3,000 accounts, loading");
    console_keys(&c, "C-c");
    console_see(&c, "the read was cancelled; what came is kept; the next comes by its interval");
    console_gone(&c, "loading");
    console_keys(&c, "r");
    console_see(&c, "loading");
    console_close(&c);
}

/* Two profiles: one of the sandbox, one whose token command fails until a file is there. */
static void write_profiles(struct console *c)
{
    struct str config = STR_INIT, token = STR_INIT, late = STR_INIT;
    assert_true(tmpdir_write(c->home, "token", SANDBOX_TOKEN "\n", 0600));
    tmpdir_path(c->home, "token", &token);
    tmpdir_path(c->home, "late", &late);
    str_printf(&config,
               "profiles: { here: { url = \"%s\"; org = \"" RIG_ORG "\"; token_file = \"%s\"; };\n"
               "  away: { url = \"%s\"; org = \"org_b\"; token_command = [ \"/bin/cat\", \"%s\" ]; "
               "}; };\n",
               sandbox_url(c->sandbox), str_text(&token), sandbox_url(c->sandbox), str_text(&late));
    assert_true(tmpdir_write(c->home, "home/config/paddock/paddock.cfg", str_text(&config), 0600));
    str_finish(&config);
    str_finish(&token);
    str_finish(&late);
}

/* A console with these profiles, on the first; "late" holds the text, NULL: is not there. */
static void open_profiles(struct console *c, const char *late)
{
    static const char *const args[] = {"-p", "here", NULL};
    static const char *const plain[] = {"PADDOCK_URL=", "PADDOCK_ORG=", "PADDOCK_TOKEN=", NULL};
    static const struct console_options o = {
        .rows = 24, .cols = 100, .accounts = 30, .args = args, .env = plain};
    console_open_ready(c, &two);
    console_keys(c, "Q");
    assert_int_equal(console_end(c), 0);
    write_profiles(c);
    if (late)
        assert_true(tmpdir_write(c->home, "late", late, 0600));
    console_restart(c, &o);
}

static void go_away(struct console *c)
{
    console_keys(c, "P");
    console_see(c, "Profile");
    console_type(c, "away");
    console_keys(c, "Enter");
    console_row(c, 0, "away  org_b");
}

/* Nothing of the profile before stays, and no empty list is claimed. */
static void test_a_profile_without_a_token(void **state)
{
    (void)state;
    struct console c;
    open_profiles(&c, NULL);
    console_keys(&c, "*");
    console_see(&c, "30 accounts are marked");
    go_away(&c);
    console_see(&c, "nothing was loaded: token_command of profile away");
    console_see(&c, "now, P takes another profile.");
    console_row(&c, 0, "nothing loaded");
    console_row(&c, 23, "next try in");
    console_row(&c, 23, "r now: token_command of profile away");
    const char *screen = term_screen_text(c.term);
    assert_null(strstr(screen, "are marked"));
    assert_null(strstr(screen, "STALE"));
    assert_null(strstr(screen, "no accounts"));
    assert_null(strstr(screen, "at least 0"));
    console_keys(&c, "2"); /* the monitor says the same */
    console_see(&c, "nothing was loaded: token_command of profile away");
    assert_null(strstr(term_screen_text(c.term), "reading ..."));
    console_keys(&c, "1");
    assert_true(tmpdir_write(c.home, "late", SANDBOX_TOKEN "\n", 0600));
    console_keys(&c, "r");
    console_see(&c, "3 accounts, complete");
    console_close(&c);
}

/* F05: what to do about a refused token stands in view at 100 columns, and before anything was ever
 * loaded nothing is called stale. */
static void test_f05_a_refused_token_names_the_way_out(void **state)
{
    (void)state;
    struct console c;
    open_profiles(&c, "not-this-one\n");
    go_away(&c);
    console_see(&c, "nothing was loaded: could not list the accounts");
    console_row(&c, 0, "nothing loaded");
    console_row(
        &c, 23,
        "the server does not accept the token (401); check the token: paddock -p away doctor");
    assert_null(strstr(term_screen_text(c.term), "STALE"));
    assert_true(tmpdir_write(c.home, "late", SANDBOX_TOKEN "\n", 0600));
    console_keys(&c, "r");
    console_see(&c, "3 accounts, complete");
    /* And refused again: the list stays, and is called stale. */
    box_fault(&c.box, "{\"fault\":\"unauthorized\",\"count\":9}");
    console_keys(&c, "r");
    console_row(&c, 0, "STALE");
    console_row(&c, 23,
                "only r asks: the server does not accept the token (401); check the token: paddock "
                "-p away doctor");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancel_with_nothing_running),
        cmocka_unit_test(test_cancel_a_read),
        cmocka_unit_test(test_a_profile_without_a_token),
        cmocka_unit_test(test_f05_a_refused_token_names_the_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
