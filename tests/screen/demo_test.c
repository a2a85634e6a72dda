/* demo_test.c: the demo is broken on purpose, and the console says what a real fault would make it
 * say: a lost server, a change by somebody else, a refusal, an outcome that is not known. */
#include "tests/support/console_rig.h"
#include "tests/support/stretch.h"

#include <glob.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 1, .flag = "--demo"};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 1, .flag = "--demo"};
static const struct console_options real = {.rows = 24, .cols = 80, .accounts = 30};

static void break_it(struct console *c, const char *fault, const char *said)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, "demo");
    console_keys(c, "Enter");
    console_see(c, "Break the demo");
    console_type(c, fault);
    console_keys(c, "Enter");
    console_see(c, said);
}

static void test_outage(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    break_it(&c, "outage", "demo outage: 503 for 20 s");
    console_keys(&c, "r");
    console_see(&c, "(503)");
    console_row(&c, 0, "1,200"); /* the accounts stay, and how old they are is said */
    break_it(&c, "none", "demo none: all is well again");
    console_keys(&c, "r");
    console_gone(&c, "(503)");
    console_close(&c);
}

static void test_cut_is_unknown_and_settled(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    break_it(&c, "cut", "demo cut: the next write");
    console_keys(&c, "t");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "disabled and read back"); /* looked at, and seen to be there */
    console_close(&c);
}

/* Both ways in which a change meets another's: the same fields, and a bare refusal. */
static void test_conflict_and_409(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    break_it(&c, "conflict", "demo conflict: others change");
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month");
    console_keys(&c, "C-u");
    console_type(&c, "1200k");
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "The same fields were changed on the server");
    console_see(&c, "* mine   1,200,000");
    console_see(&c, "  server 900,000");
    console_keys(&c, "m Enter");
    console_see(&c, "nothing was changed yet");
    break_it(&c, "409", "demo 409: the next change");
    console_keys(&c, "A");
    console_see(&c, "REFUSED");
    console_see(&c, "none of its settings was changed meanwhile");
    console_close(&c);
}

/* The demo's journal goes with it: its end promises nothing. */
static void test_what_is_open_ends_with_the_demo(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    console_keys(&c, "t");
    console_see(&c, "nothing was sent yet");
    break_it(&c, "slow", "demo slow: each answer");
    console_keys(&c, "A Q");
    console_see(&c, "1 write is not settled yet");
    console_see(&c, "It ends with the demo");
    assert_null(strstr(term_screen_text(c.term), "the next start"));
    console_close(&c);
}

static void test_a_real_server_is_left_alone(void **state)
{
    struct console c;
    console_open_ready(&c, *state);
    console_keys(&c, ":");
    console_see(&c, "Command");
    console_type(&c, "demo");
    console_keys(&c, "Enter");
    console_see(&c, "only a demo can be broken");
    console_keys(&c, "C-u"); /* the palette stays, and says why */
    console_type(&c, "tour");
    console_keys(&c, "Enter");
    console_see(&c, "only a demo has one");
    console_close(&c);
}

static void command(struct console *c, const char *typed)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, typed);
    console_keys(c, "Enter");
}

/* A word behind the name is what is meant: no menu asks again, and none takes another entry. */
static void test_a_word_behind_the_command(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    command(&c, "demo cut");
    console_see(&c, "demo cut: the next write");
    console_gone(&c, "Break the demo");
    command(&c, "theme light");
    console_see(&c, "theme = \"light\"");
    console_gone(&c, "Command");
    command(&c, "filter az-gpt");
    console_see(&c, "117 of 1,200");
    command(&c, "demo nosuch");
    console_see(&c, "demo has no nosuch");
    console_see(&c, "Break the demo"); /* which there are, and none of them stands chosen */
    console_keys(&c, "Enter");
    console_see(&c, "not chosen by itself");
    console_see(&c, "Break the demo");
    console_keys(&c, "Esc");
    console_gone(&c, "Break the demo");
    command(&c, "theme nosuch");
    console_see(&c, "theme has no nosuch");
    console_keys(&c, "Enter Esc");
    console_gone(&c, "type its whole name");
    console_close(&c);
}

static void begin_tour(struct console *c)
{
    console_keys(c, ":");
    console_see(c, "Command");
    console_type(c, "tour");
    console_keys(c, "Enter");
    console_see(c, "Tour, 1 of 5");
}

/* What the tour's last line says of Esc. */
static void esc_says(struct console *c, const char *yes, const char *no)
{
    console_see(c, yes);
    assert_null(strstr(term_screen_text(c->term), no));
}

/* The step goes with the screen: back to the form it is the form's again, and what Esc does is told
 * as it is there. */
static void test_the_tour_goes_back(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    begin_tour(&c);
    esc_says(&c, "Esc ends the tour.", "Esc goes back.");
    console_keys(&c, "/");
    console_see(&c, "Tour, 2 of 5");
    console_type(&c, "az-gpt");
    console_see(&c, "117 of 1,200");
    console_gone(&c, "Esc ends the tour."); /* it leaves the line that is typed */
    console_keys(&c, "Enter");
    console_see(&c, "Esc ends the tour.");
    console_keys(&c, "e");
    console_see(&c, "Tour, 3 of 5");
    esc_says(&c, "Esc goes back.", "Esc ends the tour.");
    console_keys(&c, "C-u");
    console_type(&c, "2G");
    console_keys(&c, "C-s");
    console_see(&c, "Tour, 4 of 5");
    esc_says(&c, "Esc goes back.", "Esc ends the tour.");
    console_keys(&c, "e");
    console_see(&c, "Tour, 3 of 5");
    console_keys(&c, "C-s");
    console_see(&c, "Tour, 4 of 5");
    console_keys(&c, "@");
    console_see(&c, "Tour, 4 of 5 waits below");
    esc_says(&c, "Esc goes back.", "Esc ends the tour.");
    console_keys(&c, "Esc");
    console_see(&c, "What changes is all");
    console_keys(&c, "Esc");
    console_see(&c, "Tour, 3 of 5");
    console_keys(&c, "Esc");
    console_see(&c, "Leave the form?");
    console_gone(&c, "Esc goes back."); /* it leaves the question */
    console_keys(&c, "x");
    console_see(&c, "k Keep editing, l Leave, d Discard");
    console_keys(&c, "d"); /* what loses something takes two keys */
    console_see(&c, "Enter presses Discard");
    console_keys(&c, "Enter");
    console_see(&c, "Tour, 2 of 5");
    console_see(&c, "Esc ends the tour.");
    console_keys(&c, "Esc");
    console_see(&c, "the tour is over");
    console_close(&c);
}

/* A form that was opened by another way has its step, too. */
static void test_the_tour_keeps_up(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    begin_tour(&c);
    console_keys(&c, "e");
    console_see(&c, "Tour, 3 of 5");
    console_close(&c);
}

/* Each step waits for its key and for what that does; the account is changed in the end. */
static void test_the_tour(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    begin_tour(&c);
    console_keys(&c, "j j"); /* not its key: the list moves, and it waits */
    console_see(&c, "Tour, 1 of 5: / narrows");
    console_keys(&c, "/");
    console_see(&c, "Tour, 2 of 5");
    console_type(&c, "az-gpt"); /* text is text */
    console_see(&c, "117 of 1,200");
    console_see(&c, "Tour, 2 of 5");
    console_keys(&c, "Enter e");
    console_see(&c, "Tour, 3 of 5");
    console_see(&c, "Max tokens/month");
    console_keys(&c, "C-s"); /* nothing is changed yet: no review, no step */
    console_see(&c, "nothing was changed");
    console_see(&c, "Tour, 3 of 5");
    console_keys(&c, "C-u");
    console_type(&c, "2G");
    console_keys(&c, "C-s");
    console_see(&c, "nothing was sent yet");
    console_see(&c, "Tour, 4 of 5");
    console_keys(&c, "A");
    console_see(&c, "saved and read back");
    console_see(&c, "Tour, 5 of 5");
    console_keys(&c, "2");
    console_see(&c, "that was the tour");
    console_gone(&c, "Tour, ");
    console_close(&c);
}

/* A filter that is in force is not added to. */
static void test_the_tour_from_a_filter(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    console_keys(&c, "/");
    console_type(&c, "cohere");
    console_see(&c, "130 of 1,200");
    console_keys(&c, "Enter");
    begin_tour(&c);
    console_keys(&c, "/");
    console_see(&c, "Tour, 2 of 5");
    console_type(&c, "az-gpt");
    console_see(&c, "117 of 1,200");
    console_close(&c);
}

/* The demo has alerts to open, dismiss and mute. */
static void test_the_demo_has_alerts(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    console_see(&c, "4 Alerts (");
    console_keys(&c, "4");
    console_see(&c, "! open");
    console_keys(&c, "x");
    console_see(&c, "dismissed");
    console_close(&c);
}

/* It hides nothing and takes its lines back; Esc leaves it alone, and what is asked in front first.
 */
static void test_the_tour_is_left(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    console_keys(&c, "/");
    console_type(&c, "az-gpt");
    console_see(&c, "117 of 1,200");
    console_keys(&c, "Enter G");
    begin_tour(&c);
    assert_non_null(strstr(term_screen_text(c.term), "\n>")); /* the last row is above it */
    console_keys(&c, ":");
    console_see(&c, "Command");
    console_keys(&c, "Esc");
    console_gone(&c, "Command");
    console_see(&c, "Tour, 1 of 5");
    console_keys(&c, "?");
    console_gone(&c, "117 of 1,200"); /* the help, a whole screen */
    console_keys(&c, "Esc");
    console_see(&c, " of 1,200");
    console_see(&c, "Tour, 1 of 5");
    console_keys(&c, "Esc");
    console_see(&c, "the tour is over");
    console_gone(&c, "Tour, ");
    console_see(&c, " of 1,200"); /* the filter is still there */
    console_close(&c);
}

/* Not even SIGKILL leaves something of it: neither the directory nor the sandbox. */
static void test_a_killed_demo_leaves_nothing(void **state)
{
    struct console c;
    glob_t found;
    struct str pattern = STR_INIT;
    const char *tmp = getenv("TMPDIR");
    console_open(&c, *state);
    console_see(&c, "1,200 accounts, complete");
    str_printf(&pattern, "%s/paddock-demo-%d-*", tmp && tmp[0] == '/' ? tmp : "/tmp",
               (int)term_pid(c.term));
    assert_int_equal(glob(str_text(&pattern), 0, NULL, &found), 0);
    term_signal(c.term, SIGKILL);
    assert_int_equal(console_end(&c), -SIGKILL);
    for (int ms = stretch_ms(0, TERM_WAIT_MS); ms > 0 && access(found.gl_pathv[0], F_OK) == 0;
         ms -= 10)
        poll(NULL, 0, 10);
    assert_int_not_equal(access(found.gl_pathv[0], F_OK), 0);
    globfree(&found);
    str_finish(&pattern);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_outage, &small, &wide),
        CONSOLE_TWO_SIZES(test_cut_is_unknown_and_settled, &small, &wide),
        CONSOLE_TWO_SIZES(test_conflict_and_409, &small, &wide),
        CONSOLE_TWO_SIZES(test_what_is_open_ends_with_the_demo, &small, &wide),
        {"test_a_killed_demo_leaves_nothing", test_a_killed_demo_leaves_nothing, NULL, NULL,
         (void *)&small},
        CONSOLE_TWO_SIZES(test_a_word_behind_the_command, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_tour, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_tour_goes_back, &small, &wide),
        {"test_the_tour_keeps_up", test_the_tour_keeps_up, NULL, NULL, (void *)&small},
        CONSOLE_TWO_SIZES(test_the_tour_from_a_filter, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_demo_has_alerts, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_tour_is_left, &small, &wide),
        {"a real server", test_a_real_server_is_left_alone, NULL, NULL, (void *)(uintptr_t)&real},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
