/* signs_test.c: small words that say what a key did or will do: of a view that is kept, of access,
 * of what is shown, of a clone, of a copy. */
#include "tests/support/console_steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 30};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 30};

/* A view that is compiled in is not replaced by Enter, and one that is there is asked about. */
static void test_a_view_is_not_replaced_unasked(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "W");
    console_see(&c, "as a view");
    console_keys(&c, "Enter");
    console_see(&c, "a name is missing");
    console_type(&c, "All");
    console_keys(&c, "Enter");
    console_see(&c, "Replace the view?");
    console_see(&c, "is compiled in");
    console_keys(&c, "Esc");
    console_see(&c, "nothing was kept");
    console_keys(&c, "W");
    console_see(&c, "as a view");
    console_type(&c, "mine");
    console_keys(&c, "Enter");
    console_see(&c, "view \"mine\" is kept in");
    console_keys(&c, "W");
    console_see(&c, "> mine"); /* theirs is mostly kept under its name */
    console_keys(&c, "End");   /* a key that moves begins to edit it */
    console_type(&c, "2");
    console_see(&c, "> mine2");
    console_keys(&c, "Esc");
    console_gone(&c, "as a view");
    console_keys(&c, "W");
    console_see(&c, "> mine ");
    console_type(&c, "yo"); /* and text takes its place */
    console_see(&c, "> yo ");
    console_keys(&c, "Esc");
    console_gone(&c, "as a view");
    console_keys(&c, "W");
    console_see(&c, "> mine ");
    console_keys(&c, "Enter");
    console_see(&c, "would be lost");
    console_keys(&c, "Tab Enter");
    console_gone(&c, "would be lost");
    console_see(&c, "view \"mine\" is kept in");
    console_close(&c);
}

/* A guarded profile is locked until :unlock, which the whole name and Enter begin. */
static void test_a_guarded_profile_is_unlocked_by_name(void **state)
{
    static const char *const env[] = {"PADDOCK_URL=", "PADDOCK_ORG=", "PADDOCK_TOKEN=", NULL};
    struct console c;
    struct console_options o = *(const struct console_options *)*state;
    struct str config = STR_INIT, token = STR_INIT;
    console_open_ready(&c, &o);
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(tmpdir_write(c.home, "token", SANDBOX_TOKEN "\n", 0600));
    str_printf(&config,
               "profile = \"care\";\n"
               "profiles: { care: { url = \"%s\"; org = \"" RIG_ORG
               "\"; token_file = \"%s\"; access = \"guarded\"; };\n"
               "plain: { url = \"%s\"; org = \"" RIG_ORG "\"; token_file = \"%s\"; }; };\n",
               sandbox_url(c.sandbox), tmpdir_path(c.home, "token", &token), sandbox_url(c.sandbox),
               str_text(&token));
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg", str_text(&config), 0600));
    o.env = env;
    console_again(&c, &o);
    console_row(&c, 0, "locked");
    console_keys(&c, ":");
    console_see(&c, "Command");
    console_type(&c, "unl");
    console_keys(&c, "Enter");
    console_see(&c, "type its whole name");
    console_type(&c, "ock");
    console_keys(&c, "Enter");
    console_see(&c, "Unlock writes?");
    console_type(&c, "care");
    console_keys(&c, "Enter");
    console_row(&c, 0, "unlocked");
    console_keys(&c, "P"); /* a visit elsewhere ends it, which is said */
    console_see(&c, "plain");
    console_keys(&c, "Down Enter");
    console_row(&c, 0, "plain");
    console_see(&c, "care is locked again");
    str_finish(&config);
    str_finish(&token);
    console_close(&c);
}

/* A menu of which one is in use begins there: the profile, the theme. */
static void test_menus_begin_at_what_is_in_use(void **state)
{
    static const char *const args[] = {"-p", "second", NULL};
    struct console c;
    struct console_options o = *(const struct console_options *)*state;
    console_open_ready(&c, &o);
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg",
                             "profiles: { first: {}; second: {}; third: {}; };\n", 0600));
    o.args = args;
    console_again(&c, &o);
    console_row(&c, 0, "second");
    console_keys(&c, "P");
    console_see(&c, ">* second");
    console_keys(&c, "Esc");
    console_gone(&c, ">* second");
    console_command(&c, "theme", false);
    console_see(&c, ">* default");
    console_keys(&c, "Down Down Enter");
    console_see(&c, "keeps it");
    console_command(&c, "theme", false);
    console_see(&c, "Theme");
    assert_false(term_find(c.term, ">* default", NULL, NULL));
    console_see(&c, ">* ");
    console_close(&c);
}

static void reveal(struct console *c)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, "reveal");
    console_keys(c, "Enter");
}

static void test_reveal_says_that_it_is_on(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    reveal(&c);
    console_see(&c, "credentials references are shown on this screen");
    console_row(&c, 1, "revealed");
    reveal(&c);
    console_see(&c, "masked again");
    console_gone(&c, "revealed");
    console_close(&c);
}

/* A clone names its source; an `A` in the place of a name is said to be a letter; a copy says where
 * it is. */
static void test_clone_delete_and_copy(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "c");
    console_row(&c, 0, term_cols(c.term) > 80 ? "Clone of " RIG_FIRST : "Clone of an");
    console_gone(&c, "/ filter");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "x");
    console_see(&c, "and Enter to apply");
    console_gone(&c, "/ filter");
    console_type(&c, "A");
    console_see(&c, "A is a letter here");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "y");
    console_see(&c, "curl");
    console_keys(&c, "Enter");
    console_see(&c, "kept in");
    console_see(&c, "/paddock/yank");
    console_keys(&c, "y");
    console_see(&c, "curl");
    console_keys(&c, "Down Down Enter");
    console_row(&c, 0, "Copied: JSON"); /* what no line holds: without borders, to be marked */
    console_row(&c, 3, "{");
    console_see(&c, "\"name\": \"" RIG_FIRST "\"");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_close(&c);
}

/* / in the log of requests narrows it, in its own line: no digit changes the screen. */
static void test_requests_are_filtered(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, "@");
    console_see(&c, "METHOD");
    console_keys(&c, "/");
    console_type(&c, "503");
    console_see(&c, "0 of 1");
    console_see(&c, "no request has these words");
    console_keys(&c, "C-u");
    console_type(&c, "get 200");
    console_see(&c, "1 of 1");
    console_keys(&c, "Enter Enter"); /* the line is left, the request opened */
    console_see(&c, "provider-accounts?limit=100");
    console_keys(&c, "Esc");
    console_see(&c, "get 200");
    console_keys(&c, "/");
    console_type(&c, " !200");
    console_see(&c, "0 of 1");
    console_keys(&c, "Esc Esc");
    console_gone(&c, "get 200");
    console_see(&c, "METHOD");
    console_close(&c);
}

/* What the palette offers and what cannot be done here now is told there, with the reason. */
static void test_what_can_do_nothing_says_why(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, ":");
    console_type(&c, "release");
    console_see(&c, "not now: open an unknown write in 3 History");
    console_keys(&c, "Enter");
    console_see(&c, ": release"); /* still there */
    console_keys(&c, "C-u");
    console_type(&c, "tour");
    console_see(&c, "not now: only a demo has one");
    console_keys(&c, "Esc");
    console_gone(&c, "Command");
    console_keys(&c, "2");
    console_see(&c, "FLEET");
    console_keys(&c, ":");
    console_type(&c, "columns");
    console_see(&c, "not now: not on this screen");
    console_keys(&c, "C-u");
    console_type(&c, "refresh");
    console_see(&c, "Ask the server now");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_requests_are_filtered, &small, &wide),
        CONSOLE_TWO_SIZES(test_what_can_do_nothing_says_why, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_view_is_not_replaced_unasked, &small, &wide),
        CONSOLE_TWO_SIZES(test_a_guarded_profile_is_unlocked_by_name, &small, &wide),
        CONSOLE_TWO_SIZES(test_menus_begin_at_what_is_in_use, &small, &wide),
        CONSOLE_TWO_SIZES(test_reveal_says_that_it_is_on, &small, &wide),
        CONSOLE_TWO_SIZES(test_clone_delete_and_copy, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
