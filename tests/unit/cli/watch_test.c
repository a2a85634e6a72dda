/* watch_test.c: the commands that run until they are ended: they begin with a whole list, tell what
 * holds, and end at a signal with what they have said; and a file of metrics at once. It covers
 * watch.c, watching.c and metrics.c. */
#include "tests/support/cli_inside.h"
#include "tests/support/disk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A child that ends this process's command by SIGTERM once the file is there and says something. */
static pid_t end_when_there(const char *path)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        FILE *f = fopen(path, "r");
        int c = f ? fgetc(f) : EOF;
        if (f)
            fclose(f);
        if (c != EOF) {
            kill(parent, SIGTERM);
            _exit(0);
        }
        usleep(2000);
    }
}

/* An alert's command gets the alert as JSON; a signal ends the watch. */
static void test_an_alert(void **state)
{
    struct cli_inside *c = *state;
    struct str text = STR_INIT, path = STR_INIT, told = STR_INIT;
    tmpdir_path(c->dir, "told", &path);
    str_printf(&text,
               "alerts: { slow: { when = \"rate.rps<=80\"; command = [\"/bin/sh\", \"-c\", "
               "\"cat >> %s\"]; }; fine: { when = \"problem:other\"; }; };\n",
               str_text(&path));
    cli_inside_file(c, "home/config/paddock/paddock.cfg", str_text(&text));
    pid_t child = end_when_there(str_text(&path));
    cli_inside_expect(c, "watch", 0, " alert slow: acct-0: rate.rps<=80\n",
                      "watching 5 accounts, 2 alerts");
    assert_non_null(strstr(str_text(&c->out), " alert fine: acct-0: problem:other\n"));
    waitpid(child, NULL, 0);
    assert_non_null(strstr(str_text(&c->err), "paddock: ended\n"));
    assert_true(tmpdir_read(c->dir, "told", &told));
    assert_ptr_equal(strstr(str_text(&told), "{\"alert\":\"slow\",\"when\":\"rate.rps<=80\","),
                     str_text(&told));
    assert_non_null(strstr(str_text(&told), "\"again\":false}\n"));
    str_finish(&text);
    str_finish(&path);
    str_finish(&told);
}

/* F21: a full disk ends nothing and is told: alerts come, commands run. */
static void test_f21_full_disk(void **state)
{
    struct cli_inside *c = *state;
    struct str text = STR_INIT, path = STR_INIT;
    tmpdir_path(c->dir, "told", &path);
    str_printf(&text,
               "alerts: { slow: { when = \"rate.rps<=80\"; command = [\"/bin/sh\", \"-c\", "
               "\"cat >> %s\"]; }; };\n",
               str_text(&path));
    cli_inside_file(c, "home/config/paddock/paddock.cfg", str_text(&text));
    pid_t child = end_when_there(str_text(&path));
    disk_begin();
    disk_fail(DISK_WRITE, 1, true, DISK_ENOSPC);
    cli_inside_expect(c, "watch", 0, " alert slow: acct-0: rate.rps<=80\n",
                      "no history is kept, forecasts will know less: ");
    disk_end();
    waitpid(child, NULL, 0);
    assert_non_null(strstr(str_text(&c->err), "what is told is not kept, and told again"));
    assert_non_null(strstr(str_text(&c->err), "paddock: ended\n"));
    str_finish(&text);
    str_finish(&path);
}

static void test_slips(void **state)
{
    struct cli_inside *c = *state;
    cli_inside_expect(c, "watch\t-o\tcsv", 64, "", "-o takes table or jsonl here");
    cli_inside_expect(c, "metrics\t--textfile\tx\t--listen\t127.0.0.1:0", 64, "",
                      "--textfile writes once, --listen serves: one of the two");
    cli_inside_expect(c, "metrics\t--where\tbogus:x", 64, "", "at \"bogus:x\"");
    cli_inside_file(c, "home/config/paddock/paddock.cfg",
                    "alerts: { x: { when = \"bogus:x\"; }; };\n");
    cli_inside_expect(c, "watch", 64, "", "bogus");
    assert_int_equal(c->book->requests, 0);
}

static void test_metrics_into_a_file(void **state)
{
    struct cli_inside *c = *state;
    struct str words = STR_INIT, text = STR_INIT;
    str_add(&words, "metrics\t--where\tname=acct-1\t--textfile\t");
    tmpdir_path(c->dir, "m.prom", &text);
    str_add_span(&words, span_from(&text));
    cli_inside_expect(c, str_text(&words), 0, "", "m.prom: 1 account\n");
    str_clear(&text);
    assert_true(tmpdir_read(c->dir, "m.prom", &text));
    assert_non_null(strstr(str_text(&text), "acct-1"));
    assert_null(strstr(str_text(&text), "acct-2"));
    assert_non_null(strstr(str_text(&text), "\npaddock_up"));
    assert_null(strstr(str_text(&text), "vault/a"));
    str_clear(&words);
    str_add(&words, "metrics\t--listen\tnowhere:x");
    cli_inside_expect(c, str_text(&words), 64, "", "nowhere:x");
    str_finish(&words);
    str_finish(&text);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {
        T(test_an_alert),
        T(test_f21_full_disk),
        T(test_slips),
        T(test_metrics_into_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
