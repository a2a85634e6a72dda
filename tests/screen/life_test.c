/* life_test.c: how the console stands what comes from outside: signals, a crash, a terminal that
 * goes away, ^Z, a size that changes wildly, a server that is gone, a plain locale; and --debug,
 * which tells of it afterwards. Whatever the end, the terminal has to be left as it was found. */
#include "tests/support/console_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <signal.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/vec.h"

#define DEBUG_LOG "home/state/paddock/debug.log"

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 60};

/* Ended by a signal: the code that a shell would give, or minus the signal when it was raised
 * again. */
static void ended_by(const struct console_options *size, int signo, int want)
{
    /* The sanitizer's own handler of a crash would end the program with a code instead. */
    static const char *const uncaught[] = {"ASAN_OPTIONS=handle_segv=0:handle_abort=0", NULL};
    struct console_options o = *size;
    struct console c;
    o.env = uncaught;
    console_open_ready(&c, &o);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    term_signal(c.term, signo);
    assert_int_equal(console_end(&c), want);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

static void test_f25_a_polite_signal_leaves_the_terminal_as_found(void **state)
{
    static const int all[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        ended_by(*state, all[i], 128 + all[i]);
}

static void test_f26_a_crash_leaves_the_terminal_as_found(void **state)
{
    ended_by(*state, SIGSEGV, -SIGSEGV);
    ended_by(*state, SIGABRT, -SIGABRT);
}

static void test_f24_the_program_ends_with_its_terminal(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    console_open_ready(&c, size);
    term_hang_up(c.term);
    assert_true(console_end(&c) > 0);
    console_close(&c);
}

static void test_f27_stopped_and_continued(void **state)
{
    const struct console_options *size = *state;
    struct console_options o = *size;
    struct console c;
    o.job_control = true;
    console_open_ready(&c, &o);
    console_keys(&c, "/");
    console_type(&c, "az-");
    console_keys(&c, "Enter");
    console_see(&c, "of 60");
    console_keys(&c, "C-z");
    assert_true(term_wait_stopped(c.term, 0));
    assert_true(term_left_as_found(c.term));
    term_continue(c.term);
    console_see(&c, "of 60"); /* the filter is as it was */
    assert_true(term_alternate(c.term));
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

/* Sizes a window manager would never stop at, and the form is still there with what was typed. */
static void test_f31_a_storm_of_sizes(void **state)
{
    const struct console_options *size = *state;
    struct console c;
    console_open_ready(&c, size);
    console_keys(&c, "e");
    console_see(&c, "Max tokens/month   [");
    console_keys(&c, "C-u");
    console_type(&c, "77M");
    for (int i = 0; i < 60; i++)
        term_resize(c.term, 1 + i * 7 % 50, 1 + i * 13 % 200);
    term_resize(c.term, 1, 1);
    term_resize(c.term, 8, 30);
    console_see(&c, "too small");
    term_resize(c.term, 40, 120);
    console_see(&c, "[77M");
    term_resize(c.term, size->rows, size->cols);
    console_gone(&c, "too small");
    console_see(&c, "[77M");
    console_keys(&c, "Esc");
    console_see(&c, "Leave the form?");
    term_signal(c.term, SIGTERM);
    assert_int_equal(console_end(&c), 128 + SIGTERM);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

static void test_f32_a_plain_locale_gets_ascii(void **state)
{
    const struct console_options *size = *state;
    static const char *const plain[] = {"LANG=C", "LC_ALL=C", NULL};
    struct console_options o = *size;
    struct console c;
    size_t len;
    o.env = plain;
    console_open_ready(&c, &o);
    console_keys(&c, "G g Enter");
    console_see(&c, "HEALTH");
    const char *bytes = term_transcript(c.term, &len);
    for (size_t i = 0; i < len; i++)
        assert_true((unsigned char)bytes[i] < 0x80);
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(term_left_as_found(c.term));
    console_close(&c);
}

static void refused(const struct console_options *size, const char *term)
{
    const char *const env[] = {term, NULL};
    struct console_options o = *size;
    struct console c;
    o.env = env;
    console_open(&c, &o);
    assert_true(console_end(&c) > 0);
    console_see(&c, "paddock: "); /* a word instead of a screen */
    assert_true(term_left_as_found(c.term));
    assert_false(strchr(term_transcript(c.term, &(size_t){0}), '\033'));
    console_close(&c);
}

static void test_f32_an_unable_terminal_is_refused(void **state)
{
    refused(*state, "TERM=no-such-terminal");
    refused(*state, "TERM=dumb");
    refused(*state, "TERM");
}

static bool was_shown(struct console *c, const char *text)
{
    size_t len;
    const char *bytes = term_transcript(c->term, &len);
    return memmem(bytes, len, text, strlen(text));
}

static void test_server_lost_and_back(void **state)
{
    const struct console_options *size = *state;
    struct console_options o = *size;
    struct console c;
    o.keep = true;
    console_open_ready(&c, &o);
    sandbox_stop(c.sandbox);
    console_keys(&c, "r");
    console_see(&c, "STALE");
    console_see(&c, " next try in "); /* first in the line: a narrow one cuts the rest */
    console_see(&c, ", r now: ");
    console_see(&c, "nothing answers there");
    console_see(&c, "; 60 accounts kept"); /* whole at 80 columns too */
    /* Said from the first failed try on, while the client still tried by itself. */
    assert_true(was_shown(&c, "not answering since "));
    console_see(&c, "an-claude-eu");
    assert_true(sandbox_restart(c.sandbox));
    console_keys(&c, "r");
    console_gone(&c, "STALE");
    console_see(&c, "60 accounts, complete");
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    console_close(&c);
}

/* In a console standard error is the screen: the requests go to a file, as they come. */
static void test_debug_keeps_the_requests_in_a_file(void **state)
{
    struct console_options o = *(const struct console_options *)*state;
    struct console c;
    struct stat st;
    struct str path = STR_INIT, log = STR_INIT;
    o.flag = "--debug";
    console_open_ready(&c, &o);
    assert_true(tmpdir_read(c.home, DEBUG_LOG, &log));
    assert_non_null(strstr(str_text(&log), " GET /"));
    assert_null(strstr(str_text(&log), SANDBOX_TOKEN));
    assert_int_equal(stat(tmpdir_path(c.home, DEBUG_LOG, &path), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    console_keys(&c, "q");
    assert_int_equal(console_end(&c), 0);
    str_finish(&log);
    str_finish(&path);
    console_close(&c);
}

static void test_without_debug_there_is_no_such_file(void **state)
{
    struct console c;
    struct str log = STR_INIT;
    console_open_ready(&c, *state);
    assert_false(tmpdir_read(c.home, DEBUG_LOG, &log));
    str_finish(&log);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f25_a_polite_signal_leaves_the_terminal_as_found, &small, &wide),
        CONSOLE_TWO_SIZES(test_f26_a_crash_leaves_the_terminal_as_found, &small, &wide),
        CONSOLE_TWO_SIZES(test_f24_the_program_ends_with_its_terminal, &small, &wide),
        CONSOLE_TWO_SIZES(test_f27_stopped_and_continued, &small, &wide),
        CONSOLE_TWO_SIZES(test_f31_a_storm_of_sizes, &small, &wide),
        CONSOLE_TWO_SIZES(test_f32_a_plain_locale_gets_ascii, &small, &wide),
        CONSOLE_TWO_SIZES(test_f32_an_unable_terminal_is_refused, &small, &wide),
        CONSOLE_TWO_SIZES(test_server_lost_and_back, &small, &wide),
        {"test_debug_keeps_the_requests_in_a_file", test_debug_keeps_the_requests_in_a_file, NULL,
         NULL, (void *)&small},
        {"test_without_debug_there_is_no_such_file", test_without_debug_there_is_no_such_file, NULL,
         NULL, (void *)&small},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
