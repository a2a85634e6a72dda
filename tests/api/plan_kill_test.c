/* plan_kill_test.c: `paddock apply` is killed with SIGKILL in the middle of a plan, again and
 * again, and goes on each time (F29): nothing is sent twice, what was done is told as done, and
 * what may have left is looked at. And it is interrupted: then it stops after those in flight.
 *
 * The server is a process of its own whose book lies in shared memory: who counts is not who is
 * killed. PADDOCK_PLAN_KILLS=N: how many rounds. */
#include "tests/support/book_server.h"
#include "tests/support/child_proc.h"
#include "tests/support/files.h"
#include "tests/support/stretch.h"
#include "tests/support/tmpdir.h"

#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { ACCOUNTS = 24, ROUNDS = 6, LATENCY_MS = 15, RUNS_MAX = 200 };

struct fixture {
    struct tmpdir *dir;
    struct book *book;
    char (*url)[64]; /* shared */
    pid_t server;
    struct str program, env_url, plan;
};

static void sleep_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static void serve(struct fixture *f)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct loop *loop = loop_create(clock_system());
    struct book_server *s = book_server_create(loop, f->book);
    if (!s)
        _exit(1);
    book_server_latency(s, LATENCY_MS);
    snprintf(*f->url, sizeof *f->url, "%s", book_server_url(s));
    loop_run(loop);
    _exit(0);
}

static int setup(void **state)
{
    struct fixture *f = mem_calloc(1, sizeof *f);
    struct clock clock = clock_system();
    *state = f;
    f->dir = tmpdir_create();
    f->book = book_shared();
    f->url = mmap(NULL, sizeof *f->url, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!f->dir || !f->book || f->url == MAP_FAILED)
        return -1;
    book_begin(f->book, ACCOUNTS, clock_wall(&clock) - 86400000);
    f->server = fork();
    if (f->server == 0)
        serve(f);
    for (int i = 0; i < 10000 * STRETCH && !(*f->url)[0]; i++)
        sleep_ms(1);
    build_dir(&f->program);
    str_add(&f->program, "/paddock");
    str_printf(&f->env_url, "PADDOCK_URL=%s", *f->url);
    tmpdir_path(f->dir, "the.plan", &f->plan);
    return (*f->url)[0] ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    kill(f->server, SIGKILL);
    waitpid(f->server, NULL, 0);
    munmap(f->url, sizeof *f->url);
    book_shared_free(f->book);
    tmpdir_destroy(f->dir);
    str_finish(&f->program);
    str_finish(&f->env_url);
    str_finish(&f->plan);
    mem_free(f);
    return 0;
}

/* A new journal: what an earlier plan left unknown would keep its accounts locked. */
static void home(struct fixture *f)
{
    tmpdir_destroy(f->dir);
    f->dir = tmpdir_create();
    assert_non_null(f->dir);
    tmpdir_path(f->dir, "the.plan", &f->plan);
}

static void start(struct fixture *f, struct child_proc *c, const char *const *words)
{
    const char *argv[12] = {str_text(&f->program)};
    const char *vars[] = {str_text(&f->env_url), "PADDOCK_ORG=org_demo", "PADDOCK_TOKEN=t0ken-x",
                          NULL};
    const char **env = tmpdir_env_with(f->dir, vars);
    for (int i = 0; words[i]; i++)
        argv[i + 1] = words[i];
    assert_true(child_proc_start(c, argv, env));
    mem_free(env);
}

static int finish(struct child_proc *c)
{
    struct str line = STR_INIT;
    while (child_line(c, &line, 60000))
        str_clear(&line);
    str_finish(&line);
    assert_true(child_wait(c, 60000));
    int code = child_exit_code(c);
    child_finish(c);
    return code;
}

static void make_plan(struct fixture *f, int64_t rps)
{
    char set[40];
    struct child_proc c;
    snprintf(set, sizeof set, "rate.rps=%lld", (long long)rps);
    unlink(str_text(&f->plan));
    const char *const words[] = {
        "plan", "--where", "provider=openai", set, "--out", str_text(&f->plan), "-q", NULL};
    start(f, &c, words);
    assert_int_equal(finish(&c), 2);
}

static size_t count_rps(const struct fixture *f, int64_t rps)
{
    size_t n = 0;
    for (size_t i = 0; i < ACCOUNTS; i++)
        n += book_rps(f->book, f->book->accounts[i].id) == rps;
    return n;
}

/* Waits until so many more writes have come whole, or the child has ended. */
static void wait_writes(struct fixture *f, struct child_proc *c, uint64_t writes)
{
    for (int i = 0; i < 20000 * STRETCH && f->book->writes < writes; i++) {
        if (child_wait(c, 1))
            return;
        sleep_ms(1);
    }
}

/* One plan, killed after every few writes until a run comes to its end. What was killed between the
 * journal's entry and the sending is not sent again by itself: it stays unknown. */
static void kill_through(struct fixture *f, int64_t rps, unsigned step)
{
    const char *const apply[] = {"apply", str_text(&f->plan), "--yes", "-q", NULL};
    uint64_t before = f->book->writes, twice = f->book->twice;
    int code = -1, kills = 0;
    home(f);
    make_plan(f, rps);
    for (int run = 0; run < RUNS_MAX && code < 0; run++) {
        struct child_proc c;
        start(f, &c, apply);
        wait_writes(f, &c, f->book->writes + step);
        sleep_ms(run * 7 % 20);
        child_signal(&c, SIGKILL);
        code = finish(&c);
        kills += code < 0;
    }
    if (code < 0 || kills == 0)
        fail_msg("exit %d after %d kills", code, kills);
    uint64_t writes = f->book->writes - before;
    size_t done = count_rps(f, rps);
    /* Everything that is not done may have been on its way when it was killed. */
    if (f->book->twice != twice || writes != done || (code == 0) != (done == ACCOUNTS) ||
        (code != 0 && code != 9))
        fail_msg("exit %d, %d kills, %llu writes, %zu of %d done, %llu twice", code, kills,
                 (unsigned long long)writes, done, ACCOUNTS,
                 (unsigned long long)(f->book->twice - twice));
}

static void test_killed(void **state)
{
    const char *rounds = getenv("PADDOCK_PLAN_KILLS");
    int n = rounds ? atoi(rounds) : ROUNDS;
    for (int i = 0; i < n; i++)
        kill_through(*state, 100 + i, 3 + (unsigned)i % 5);
}

/* ^C: those in flight are finished and told; the rest was not sent, and is resumed. */
static void test_interrupted(void **state)
{
    struct fixture *f = *state;
    const char *const apply[] = {"apply", str_text(&f->plan), "--yes", "-q", NULL};
    struct child_proc c;
    uint64_t before = f->book->writes;
    book_accounts(f->book, ACCOUNTS, 1);
    make_plan(f, 700);
    start(f, &c, apply);
    wait_writes(f, &c, before + 5);
    child_signal(&c, SIGINT);
    assert_int_equal(finish(&c), 130);
    size_t done = count_rps(f, 700);
    assert_true(done >= 5 && done < ACCOUNTS);
    start(f, &c, apply);
    assert_int_equal(finish(&c), 0);
    assert_int_equal(count_rps(f, 700), ACCOUNTS);
    assert_int_equal(f->book->writes - before, ACCOUNTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_interrupted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
