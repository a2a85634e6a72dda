/* pager_test.c: long help through $PAGER: only on a terminal that is shorter than the text, without
 * a shell, and never at the cost of the text. The pager here is a script that notes what it gets.
 */
#include "base/mem.h"
#include "cli/cli.h"
#include "tests/support/cli_inside.h"

#include <errno.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LAST_LINE "interrupted" /* of all help */

struct rig {
    struct tmpdir *dir;
    struct str script, screen, noted;
};

static int setup(void **state)
{
    struct rig *r = mem_calloc(1, sizeof *r);
    r->dir = tmpdir_create();
    setenv("NOTED", tmpdir_path(r->dir, "noted", &r->script), 1);
    assert_true(tmpdir_write(r->dir, "page",
                             "#!/bin/sh\n{ echo \"words=$*\"; echo \"less=$LESS\"; "
                             "echo \"token=$PADDOCK_TOKEN\"; cat; } > \"$NOTED\"\n",
                             0700));
    tmpdir_path(r->dir, "page", &r->script);
    setenv("TERM", "xterm", 1);
    setenv("PADDOCK_TOKEN", "canary", 1);
    unsetenv("LESS");
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    tmpdir_destroy(r->dir);
    str_finish(&r->script);
    str_finish(&r->screen);
    str_finish(&r->noted);
    mem_free(r);
    return 0;
}

/* Runs `paddock WORD...` on a terminal of so many rows and gives its exit code: what the terminal
 * got goes to r->screen, what the pager noted to r->noted. */
static int run_on(struct rig *r, int rows, int cols, const char *first, const char *second)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    char bytes[4096];
    int master, status;
    unlink(getenv("NOTED"));
    str_clear(&r->screen);
    str_clear(&r->noted);
    pid_t pid = forkpty(&master, NULL, NULL, &size);
    if (pid == 0) {
        char *argv[] = {(char *)(uintptr_t) "paddock", (char *)(uintptr_t)first,
                        (char *)(uintptr_t)second, NULL};
        struct cli_console console;
        int code = cli_main(second ? 3 : 2, argv, &console);
        cli_console_finish(&console);
        _exit(code);
    }
    for (ssize_t n; (n = read(master, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR);)
        str_append(&r->screen, bytes, n > 0 ? (size_t)n : 0);
    close(master);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    tmpdir_read(r->dir, "noted", &r->noted);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void is_paged(const struct rig *r, const char *last)
{
    if (!strstr(str_text(&r->noted), last) || strstr(str_text(&r->screen), last))
        fail_msg("--- pager\n%s\n--- terminal\n%s", str_text(&r->noted), str_text(&r->screen));
}

static void is_direct(const struct rig *r, const char *last)
{
    if (r->noted.len || !strstr(str_text(&r->screen), last))
        fail_msg("--- pager\n%s\n--- terminal\n%s", str_text(&r->noted), str_text(&r->screen));
}

static void test_long_text(void **state)
{
    struct rig *r = *state;
    setenv("PAGER", str_text(&r->script), 1);
    assert_int_equal(run_on(r, 24, 80, "help", NULL), 0);
    is_paged(r, LAST_LINE);
    assert_non_null(strstr(str_text(&r->noted), "words=\nless=FRX\ntoken=\n"));
    assert_int_equal(run_on(r, 24, 80, "--help", NULL), 0);
    is_paged(r, LAST_LINE);
    assert_int_equal(run_on(r, 24, 80, "help", "list"), 0);
    is_paged(r, "Flags:");
    assert_int_equal(run_on(r, 24, 80, "config", "defaults"), 0);
    is_paged(r, "alerts");
}

/* What fits, and what is short, is just there; lines that the terminal breaks count as it breaks
 * them. */
static void test_what_fits(void **state)
{
    struct rig *r = *state;
    setenv("PAGER", str_text(&r->script), 1);
    assert_int_equal(run_on(r, 300, 80, "help", NULL), 0);
    is_direct(r, LAST_LINE);
    assert_int_equal(run_on(r, 24, 80, "--version", NULL), 0);
    is_direct(r, PADDOCK_VERSION);
    size_t lines = 0;
    assert_int_equal(run_on(r, 300, 80, "help", "doctor"), 0);
    for (const char *p = str_text(&r->screen); *p; p++)
        lines += *p == '\n';
    assert_int_equal(run_on(r, (int)lines + 1, 80, "help", "doctor"), 0);
    is_direct(r, "Flags:");
    assert_int_equal(run_on(r, (int)lines, 80, "help", "doctor"), 0);
    is_paged(r, "Flags:");
    assert_int_equal(run_on(r, (int)lines + 1, 20, "help", "doctor"), 0);
    is_paged(r, "Flags:");
    assert_int_equal(run_on(r, 24, 80, "help", "nosuch"), 64);
    is_direct(r, "there is no command");
}

static void test_what_pager_says(void **state)
{
    static const char *const none[] = {"", "cat", "  ", "/nowhere/pager"};
    struct rig *r = *state;
    struct str words = STR_INIT;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        setenv("PAGER", none[i], 1);
        assert_int_equal(run_on(r, 24, 80, "help", NULL), 0);
        is_direct(r, LAST_LINE);
    }
    setenv("LESS", "S", 1);
    str_printf(&words, "%s -a  b", str_text(&r->script));
    setenv("PAGER", str_text(&words), 1);
    assert_int_equal(run_on(r, 24, 80, "help", NULL), 0);
    is_paged(r, LAST_LINE);
    assert_non_null(strstr(str_text(&r->noted), "words=-a b\nless=S\n"));
    /* No shell: this is a program of a strange name, which is not there. */
    str_clear(&words);
    str_printf(&words, "true;%s", str_text(&r->script));
    setenv("PAGER", str_text(&words), 1);
    assert_int_equal(run_on(r, 24, 80, "help", NULL), 0);
    is_direct(r, LAST_LINE);
    /* One that is left before it read anything is no failure. */
    setenv("PAGER", "true", 1);
    assert_int_equal(run_on(r, 24, 80, "config", "defaults"), 0);
    setenv("PAGER", str_text(&r->script), 1);
    setenv("TERM", "dumb", 1);
    assert_int_equal(run_on(r, 24, 80, "help", NULL), 0);
    is_direct(r, LAST_LINE);
    str_finish(&words);
}

/* Into a pipe or a file, the text alone. */
static void test_no_terminal(void **state)
{
    struct rig *r = *state;
    void *inside;
    assert_int_equal(cli_inside_setup(&inside), 0);
    setenv("PAGER", str_text(&r->script), 1);
    cli_inside_expect(inside, "help", 0, LAST_LINE, "");
    cli_inside_expect(inside, "config\tdefaults", 0, "alerts", "");
    assert_false(tmpdir_read(r->dir, "noted", &r->noted));
    cli_inside_teardown(&inside);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {T(test_long_text), T(test_what_fits),
                                       T(test_what_pager_says), T(test_no_terminal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
