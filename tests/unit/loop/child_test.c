/* child_test.c: real children, ended in every way. Where a test waits it waits for the child's end
 * in the loop, never for a time. */
#include "loop/child.h"

#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    struct loop *loop;
    struct child *child;
    int calls, exit_code;
    enum status status;
    struct str out;
    struct error error;
};

static int set_up(void **state)
{
    static struct bench b;
    b = (struct bench){.loop = loop_create(clock_system())};
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loop_destroy(b->loop);
    str_finish(&b->out);
    return 0;
}

static void on_end(void *ctx, const struct child_result *result)
{
    struct bench *b = ctx;
    b->calls++;
    b->status = result->status;
    b->exit_code = result->exit_code;
    b->error = result->error;
    str_clear(&b->out);
    str_add_span(&b->out, span_from(result->out));
    child_cancel(b->child); /* too late, and harmless */
    b->child = NULL;
}

static void run(struct bench *b, const struct child_spec *spec)
{
    int before = b->calls;
    b->child = child_start(b->loop, spec, on_end, b, &b->error);
    assert_non_null(b->child);
    assert_int_equal(b->calls, before); /* never from inside the start */
    while (b->calls == before)
        loop_step(b->loop, -1);
}

/* A shell here is only the program under test, given by name like any other. */
static void run_script(struct bench *b, const char *script, struct child_spec spec)
{
    char *argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)script,
                    NULL};
    spec.argv = argv;
    run(b, &spec);
}

#define PLAIN .stderr_fd = -1, .out_max = 1000

static int count_fds(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void test_output_and_exit_codes(void **state)
{
    struct bench *b = *state;
    run_script(b, "echo hello; echo no >&2", (struct child_spec){PLAIN});
    assert_int_equal(b->status, ST_OK);
    assert_int_equal(b->exit_code, 0);
    assert_string_equal(str_text(&b->out), "hello\n");
    run_script(b, "printf part; exit 3", (struct child_spec){PLAIN});
    assert_int_equal(b->status, ST_FAIL);
    assert_int_equal(b->exit_code, 3);
    assert_string_equal(str_text(&b->out), "part");
    assert_string_equal(b->error.what, "sh: exit code 3");
    run_script(b, "kill -KILL $$", (struct child_spec){PLAIN});
    assert_int_equal(b->status, ST_FAIL);
    assert_int_equal(b->exit_code, 128 + SIGKILL);
    assert_string_equal(b->error.what, "sh: ended by signal 9");
    run_script(b, "exit 127", (struct child_spec){PLAIN}); /* its own, not a failed start */
    assert_int_equal(b->status, ST_FAIL);
    assert_int_equal(b->exit_code, 127);
}

static void test_output_is_capped(void **state)
{
    struct bench *b = *state;
    run_script(b,
               "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
               "i=$((i+1)); done; exit 5",
               (struct child_spec){.stderr_fd = -1, .out_max = 100});
    assert_int_equal(b->out.len, 100);
    assert_int_equal(b->exit_code, 5); /* the rest was read, else it would hang */
    run_script(b, "echo x", (struct child_spec){.stderr_fd = -1, .out_max = 0});
    assert_int_equal(b->out.len, 0);
    assert_int_equal(b->status, ST_OK);
}

static void test_input(void **state)
{
    struct bench *b = *state;
    struct str big = STR_INIT;
    str_fill(&big, 'x', 300000); /* more than a pipe holds */
    run_script(b, "wc -c", (struct child_spec){PLAIN, .input = span_from(&big)});
    assert_int_equal(atoi(str_text(&b->out)), 300000);
    run_script(b, "exit 0", (struct child_spec){PLAIN, .input = span_from(&big)}); /* unread */
    assert_int_equal(b->status, ST_OK);
    run_script(b, "wc -c", (struct child_spec){PLAIN});
    assert_int_equal(atoi(str_text(&b->out)), 0);
    str_finish(&big);
}

static void test_environment(void **state)
{
    struct bench *b = *state;
    static const char *const unset[] = {"TEST_TOKEN", "TEST_OTHER", NULL};
    setenv("TEST_TOKEN", "hush", 1);
    setenv("TEST_TOKEN_FILE", "kept", 1);
    run_script(b, "echo \"$TEST_TOKEN,$TEST_TOKEN_FILE\"",
               (struct child_spec){PLAIN, .unset = unset});
    assert_string_equal(str_text(&b->out), ",kept\n");
    assert_string_equal(getenv("TEST_TOKEN"), "hush");
    run_script(b, "echo $TEST_TOKEN", (struct child_spec){PLAIN});
    assert_string_equal(str_text(&b->out), "hush\n");
    unsetenv("TEST_TOKEN");
    unsetenv("TEST_TOKEN_FILE");
}

static void test_stderr_goes_where_told(void **state)
{
    struct bench *b = *state;
    int ends[2];
    char text[16] = "";
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    run_script(b, "echo why >&2", (struct child_spec){.stderr_fd = ends[1], .out_max = 10});
    assert_int_equal(read(ends[0], text, sizeof text - 1), 4);
    assert_string_equal(text, "why\n");
    assert_int_equal(b->out.len, 0);
    close(ends[0]);
    close(ends[1]);
}

static void expect_no_start(struct bench *b, const char *name, const char *what)
{
    char *argv[] = {(char *)(uintptr_t)name, NULL};
    run(b, &(struct child_spec){PLAIN, .argv = argv});
    assert_int_equal(b->status, ST_IO);
    assert_string_equal(b->error.what, what);
    assert_string_not_equal(b->error.next, "");
}

static void test_not_found(void **state)
{
    struct bench *b = *state;
    expect_no_start(b, "no-such-program-here", "no-such-program-here: command not found in PATH");
    expect_no_start(b, "", ": command not found in PATH");
    expect_no_start(b, "/no/such/program",
                    "/no/such/program: cannot be started: No such file or directory");
    expect_no_start(b, "/", "/: cannot be started: Permission denied");
}

/* A program of that name in the working directory is not what PATH means. */
static void test_working_directory_is_not_searched(void **state)
{
    struct bench *b = *state;
    char dir[] = "/tmp/child-test-XXXXXX", *path = mem_strdup(getenv("PATH")), back[4096];
    assert_non_null(mkdtemp(dir));
    assert_non_null(getcwd(back, sizeof back));
    assert_int_equal(chdir(dir), 0);
    FILE *f = fopen("here-only", "w");
    fputs("#!/bin/sh\necho ran\n", f);
    fchmod(fileno(f), 0700);
    fclose(f);
    setenv("PATH", ".::bin:/usr/bin", 1);
    expect_no_start(b, "here-only", "here-only: command not found in PATH");
    char *argv[] = {(char *)(uintptr_t) "./here-only", NULL};
    unsetenv("PATH"); /* and a script finds its interpreter without */
    run(b, &(struct child_spec){PLAIN, .argv = argv});
    assert_string_equal(str_text(&b->out), "ran\n");
    run_script(b, "echo shell", (struct child_spec){PLAIN});
    assert_string_equal(str_text(&b->out), "shell\n");
    setenv("PATH", path, 1);
    unlink("here-only");
    assert_int_equal(chdir(back), 0);
    rmdir(dir);
    mem_free(path);
}

/* The time is moved by hand, so nothing here depends on how fast the machine is. */
static void step_until_called(struct bench *b)
{
    while (b->calls == 0)
        loop_step(b->loop, 10);
}

static void test_timeout_asks_first(void **state)
{
    struct bench *b = *state;
    struct clock_manual time = {0, 0};
    loop_destroy(b->loop);
    b->loop = loop_create(clock_from_manual(&time));
    char *argv[] = {(char *)(uintptr_t) "sleep", (char *)(uintptr_t) "1000", NULL};
    struct child_spec spec = {PLAIN, .argv = argv, .timeout_ms = 60000};
    b->child = child_start(b->loop, &spec, on_end, b, &b->error);
    time.mono_ms = 59999;
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 0);
    time.mono_ms = 60000;
    step_until_called(b);
    assert_int_equal(b->status, ST_CANCELLED);
    assert_int_equal(b->exit_code, 128 + SIGTERM);
    assert_string_equal(b->error.what, "sleep: stopped, it took longer than 60000 ms");
}

static void test_timeout_then_insists(void **state)
{
    struct bench *b = *state;
    struct clock_manual time = {0, 0};
    int ends[2];
    char c;
    loop_destroy(b->loop);
    b->loop = loop_create(clock_from_manual(&time));
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    char *argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
                    (char *)(uintptr_t) "trap 'echo no >&2' TERM; echo set >&2; "
                                        "while :; do sleep 0.01; done",
                    NULL};
    struct child_spec spec = {.stderr_fd = ends[1], .argv = argv, .timeout_ms = 5};
    b->child = child_start(b->loop, &spec, on_end, b, &b->error);
    assert_int_equal(read(ends[0], &c, 1), 1); /* the trap is set */
    time.mono_ms = 5;
    loop_step(b->loop, 0);
    for (int line = 0; line < 2; c = 0) { /* "set" and "no": it has refused */
        assert_int_equal(read(ends[0], &c, 1), 1);
        line += c == '\n';
    }
    time.mono_ms = 2004;
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 0);
    time.mono_ms = 2005;
    step_until_called(b);
    assert_int_equal(b->status, ST_CANCELLED);
    assert_int_equal(b->exit_code, 128 + SIGKILL);
    close(ends[0]);
    close(ends[1]);
}

static void test_cancel_is_silent(void **state)
{
    struct bench *b = *state;
    int before = count_fds();
    char *argv[] = {(char *)(uintptr_t) "sleep", (char *)(uintptr_t) "1000", NULL};
    struct child_spec spec = {PLAIN, .argv = argv, .timeout_ms = 100000};
    b->child = child_start(b->loop, &spec, on_end, b, &b->error);
    child_cancel(b->child);
    child_cancel(b->child); /* twice */
    child_cancel(NULL);
    while (count_fds() > before)
        loop_step(b->loop, 10);
    assert_int_equal(b->calls, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* reaped */
}

static void test_loop_destroy_ends_children(void **state)
{
    struct bench *b = *state;
    int before = count_fds();
    char *argv[] = {(char *)(uintptr_t) "sleep", (char *)(uintptr_t) "1000", NULL};
    struct child_spec spec = {PLAIN, .argv = argv, .timeout_ms = 100000};
    child_start(b->loop, &spec, on_end, b, &b->error);
    child_cancel(child_start(b->loop, &spec, on_end, b, &b->error));
    loop_destroy(b->loop);
    b->loop = loop_create(clock_system());
    assert_int_equal(count_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(b->calls, 0);
}

/* What it leaves in the background holds its output open; its own end is the end. */
static void test_background_does_not_hold(void **state)
{
    struct bench *b = *state;
    run_script(b, "sleep 1000 & echo $!", (struct child_spec){PLAIN});
    assert_int_equal(b->status, ST_OK);
    int left = atoi(str_text(&b->out));
    assert_true(left > 1);
    kill((pid_t)left, SIGKILL);
}

static void test_no_descriptor_leaks(void **state)
{
    struct bench *b = *state;
    int before = count_fds();
    int open_one = dup(1); /* without O_CLOEXEC, as a careless library would */
    for (int i = 0; i < 20; i++) {
        run_script(b, "ls /proc/self/fd | wc -l", (struct child_spec){PLAIN, .input = {"x", 1}});
        assert_int_equal(atoi(str_text(&b->out)), 4); /* the three, and the folder itself */
    }
    char *argv[] = {(char *)(uintptr_t) "no-such-program-here", NULL};
    run(b, &(struct child_spec){PLAIN, .argv = argv});
    close(open_one);
    assert_int_equal(count_fds(), before);
}

/* Blocked and ignored signals must not be inherited: a child that cannot be interrupted is a trap.
 */
static void test_signals_are_as_new(void **state)
{
    struct bench *b = *state;
    sigset_t block, old;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, &old);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    char *argv[] = {(char *)(uintptr_t) "grep", (char *)(uintptr_t) "-E",
                    (char *)(uintptr_t) "^Sig(Blk|Ign)", (char *)(uintptr_t) "/proc/self/status",
                    NULL};
    run(b, &(struct child_spec){PLAIN, .argv = argv});
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sigset_t now;
    sigprocmask(SIG_SETMASK, &old, &now);
    assert_true(sigismember(&now, SIGUSR1)); /* ours are as they were */
    assert_false(sigismember(&now, SIGTERM));
    /* Signals 32 and up are the C library's own and come from whoever started the tests. */
    unsigned long long blocked = 1, ignored = 1;
    assert_int_equal(sscanf(str_text(&b->out), "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    assert_int_equal(blocked & 0x7fffffff, 0);
    assert_int_equal(ignored & 0x7fffffff, 0);
}

static void test_own_terminal_shares_ours(void **state)
{
    struct bench *b = *state;
    int ends[2], saved = dup(STDOUT_FILENO);
    char text[16] = "";
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fflush(stdout);
    dup2(ends[1], STDOUT_FILENO);
    run_script(b, "echo screen", (struct child_spec){.own_terminal = true, .out_max = 100});
    dup2(saved, STDOUT_FILENO);
    close(saved);
    assert_int_equal(read(ends[0], text, sizeof text - 1), 7);
    assert_string_equal(text, "screen\n");
    assert_int_equal(b->out.len, 0);
    assert_int_equal(b->status, ST_OK);
    close(ends[0]);
    close(ends[1]);
}

/* Started with the first three descriptors closed, the pipes take their numbers. */
static void test_works_without_standard_descriptors(void **state)
{
    struct bench *b = *state;
    fflush(NULL);
    int saved[3];
    for (int i = 0; i < 3; i++)
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
    for (int i = 0; i < 3; i++)
        close(i);
    run_script(b, "cat; echo err >&2", (struct child_spec){PLAIN, .input = {"in", 2}});
    struct bench first = *b;
    str_init(&b->out);
    char *argv[] = {(char *)(uintptr_t) "no-such-program-here", NULL};
    run(b, &(struct child_spec){PLAIN, .argv = argv});
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    assert_int_equal(first.status, ST_OK);
    assert_string_equal(str_text(&first.out), "in");
    assert_int_equal(b->status, ST_IO); /* its errno had a descriptor of its own to come back on */
    str_finish(&first.out);
}

/* Wherever the descriptors run out, it is an error and nothing stays open. */
static void test_out_of_descriptors(void **state)
{
    struct bench *b = *state;
    struct rlimit old, few;
    getrlimit(RLIMIT_NOFILE, &old);
    int before = count_fds(), started = 0;
    for (int room = 0; room < 12 && !started; room++) {
        int next = dup(0);
        close(next);
        few = (struct rlimit){(rlim_t)(next + room), old.rlim_max};
        setrlimit(RLIMIT_NOFILE, &few);
        char *argv[] = {(char *)(uintptr_t) "true", NULL};
        struct child_spec spec = {PLAIN, .argv = argv, .input = {"x", 1}};
        error_clear(&b->error);
        b->child = child_start(b->loop, &spec, on_end, b, &b->error);
        setrlimit(RLIMIT_NOFILE, &old);
        if (b->child) {
            started = 1;
            step_until_called(b);
        } else {
            assert_int_equal(b->error.status, ST_IO);
            assert_string_equal(b->error.what, "true: cannot be started: Too many open files");
        }
        assert_int_equal(count_fds(), before);
    }
    assert_int_equal(started, 1);
    assert_int_equal(b->status, ST_OK);
}

/* With SIGCHLD ignored the kernel keeps no exit code: told as that, not as a success. */
static void test_lost_exit_code(void **state)
{
    struct bench *b = *state;
    signal(SIGCHLD, SIG_IGN);
    run_script(b, "exit 0", (struct child_spec){PLAIN});
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(b->status, ST_FAIL);
    assert_string_equal(b->error.what, "sh: ended, with what code is not known");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_output_and_exit_codes),
        TEST(test_output_is_capped),
        TEST(test_input),
        TEST(test_environment),
        TEST(test_stderr_goes_where_told),
        TEST(test_not_found),
        TEST(test_working_directory_is_not_searched),
        TEST(test_timeout_asks_first),
        TEST(test_timeout_then_insists),
        TEST(test_cancel_is_silent),
        TEST(test_loop_destroy_ends_children),
        TEST(test_background_does_not_hold),
        TEST(test_no_descriptor_leaks),
        TEST(test_signals_are_as_new),
        TEST(test_own_terminal_shares_ours),
        TEST(test_works_without_standard_descriptors),
        TEST(test_out_of_descriptors),
        TEST(test_lost_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
