/* list_watch_test.c: paddock list --watch inside of this process: the list once, then what is
 * printed differently; a row that leaves is said, and so is a server that goes. */
#include "tests/support/cli_inside.h"

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

/* What happens beside the command, one step after each list that was read whole. */
typedef void step_fn(struct cli_inside *c, int step);

/* A child that watches the requests of the book: after every second one more (a list was read, and
 * read again, so it was printed) comes the next step; after the last it ends the command. */
static pid_t beside(struct cli_inside *c, step_fn *fn, int steps)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int step = 0; step <= steps; step++) {
        uint64_t until = *(volatile uint64_t *)&c->book->requests + 2;
        while (*(volatile uint64_t *)&c->book->requests < until)
            usleep(2000);
        if (step < steps)
            fn(c, step);
    }
    kill(parent, SIGTERM);
    _exit(0);
}

static void patch(struct cli_inside *c, const char *id, const char *body)
{
    struct str target = STR_INIT, out = STR_INIT;
    str_printf(&target, "/v1/orgs/org_demo/provider-accounts/%s", id);
    book_answer(c->book, body ? "PATCH" : "DELETE", str_text(&target), body ? body : "", true,
                1760968927000, &out);
    str_finish(&target);
    str_finish(&out);
}

static size_t times(const struct str *text, const char *what)
{
    size_t n = 0;
    for (const char *p = str_text(text); (p = strstr(p, what)); p += strlen(what))
        n++;
    return n;
}

static void change(struct cli_inside *c, int step)
{
    if (step == 0)
        patch(c, "pa_1", "{\"rate_limit_policy\":{\"requests_per_second\":91}}");
    else if (step == 1) /* not shown, so nothing is printed */
        patch(c, "pa_2", "{\"description\":\"other\"}");
    else
        patch(c, "pa_3", NULL);
}

static void test_changes(void **state)
{
    struct cli_inside *c = *state;
    pid_t child = beside(c, change, 3);
    cli_inside_expect(c, "list\t--watch=1s\t-o\tcsv\t--columns\tname,rate.rps", 0, "acct-1,91\r\n",
                      "acct-3: is gone");
    waitpid(child, NULL, 0);
    assert_int_equal(times(&c->out, "acct-1,80\r\n"), 1);
    assert_int_equal(times(&c->out, "acct-1,91\r\n"), 1);
    assert_int_equal(times(&c->out, "acct-2,"), 1);
    assert_int_equal(times(&c->out, "acct-0,80\r\n"), 1);
    assert_int_equal(times(&c->out, "name,rate.rps"), 1); /* one first line */
}

/* Out of the filter, and into it again. */
static void leave_and_come(struct cli_inside *c, int step)
{
    patch(c, "pa_1",
          step ? "{\"rate_limit_policy\":{\"requests_per_second\":80}}"
               : "{\"rate_limit_policy\":{\"requests_per_second\":200}}");
}

static void test_a_filter(void **state)
{
    struct cli_inside *c = *state;
    pid_t child = beside(c, leave_and_come, 2);
    cli_inside_expect(c, "list\trate.rps<100\t--watch=1s\t-o\tjsonl", 0, "\"acct-1\"",
                      "acct-1: no longer matches");
    waitpid(child, NULL, 0);
    assert_int_equal(times(&c->out, "\"acct-1\""), 2);
    assert_int_equal(times(&c->out, "\"acct-0\""), 1);
}

/* Nothing came at all: the error is the answer. */
static void test_no_server(void **state)
{
    struct cli_inside *c = *state;
    kill(c->server, SIGKILL);
    waitpid(c->server, NULL, 0);
    c->server = 0;
    cli_inside_expect(c, "list\t--watch=1s\t--timeout\t5s", 8, "", NULL);
    assert_int_equal(c->out.len, 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, cli_inside_setup, cli_inside_teardown)
    const struct CMUnitTest tests[] = {T(test_changes), T(test_a_filter), T(test_no_server)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
