/* signals_test.c: signals arrive in the loop, and leave the process as they found it. */
#include "loop/signals.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    struct clock_manual time;
    struct loop *loop;
    struct signals *signals;
    int seen[65], calls;
    bool end_it;
};

static const int caught[] = {SIGTERM, SIGHUP, SIGWINCH, SIGUSR1};

static void on_signal(void *ctx, int signo)
{
    struct bench *b = ctx;
    b->seen[signo]++;
    b->calls++;
    if (b->end_it) {
        signals_destroy(b->signals);
        b->signals = NULL;
    }
}

static int set_up(void **state)
{
    static struct bench b;
    b = (struct bench){.time = {0, 0}};
    b.loop = loop_create(clock_from_manual(&b.time));
    b.signals = signals_create(b.loop, caught, 4, on_signal, &b);
    *state = &b;
    return b.signals ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    signals_destroy(b->signals);
    loop_destroy(b->loop);
    return 0;
}

static void test_delivered_from_the_loop(void **state)
{
    struct bench *b = *state;
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 0);
    raise(SIGTERM);
    raise(SIGWINCH);
    assert_int_equal(b->calls, 0); /* nothing is done in the handler */
    loop_step(b->loop, -1);
    assert_int_equal(b->calls, 2);
    assert_int_equal(b->seen[SIGTERM], 1);
    assert_int_equal(b->seen[SIGWINCH], 1);
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 2);
}

/* A storm fills the pipe; what comes last is heard all the same. */
static void test_storm_loses_no_kind(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 70000; i++)
        raise(SIGWINCH);
    raise(SIGTERM);
    loop_step(b->loop, -1);
    assert_int_equal(b->seen[SIGWINCH], 1);
    assert_int_equal(b->seen[SIGTERM], 1);
    raise(SIGHUP);
    loop_step(b->loop, -1);
    assert_int_equal(b->seen[SIGHUP], 1);
}

static void test_broken_pipe_is_an_error_only(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1); /* and the process lives */
    close(ends[1]);
}

static void test_one_instance(void **state)
{
    struct bench *b = *state;
    static const int many[17] = {SIGUSR2};
    assert_null(signals_create(b->loop, caught, 1, on_signal, b));
    signals_destroy(b->signals);
    b->signals = NULL;
    assert_null(signals_create(b->loop, many, 17, on_signal, b));
    signals_destroy(NULL);
}

static void test_destroy_from_the_callback(void **state)
{
    struct bench *b = *state;
    b->end_it = true;
    raise(SIGUSR1);
    raise(SIGHUP);
    loop_step(b->loop, -1);
    assert_int_equal(b->calls, 1);
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 1);
}

static void noted(int signo)
{
    (void)signo;
}

static void test_dispositions_come_back(void **state)
{
    struct bench *b = *state;
    struct sigaction mine = {.sa_handler = noted}, now;
    signals_destroy(b->signals);
    sigaction(SIGHUP, &mine, NULL);
    signal(SIGPIPE, SIG_DFL);
    static const int twice[] = {SIGHUP, SIGTERM, SIGHUP};
    b->signals = signals_create(b->loop, twice, 3, on_signal, b);
    assert_non_null(b->signals);
    sigaction(SIGHUP, NULL, &now);
    assert_true(now.sa_handler != noted);
    sigaction(SIGPIPE, NULL, &now);
    assert_true(now.sa_handler == SIG_IGN);
    signals_destroy(b->signals);
    b->signals = NULL;
    sigaction(SIGHUP, NULL, &now);
    assert_true(now.sa_handler == noted);
    sigaction(SIGTERM, NULL, &now);
    assert_true(now.sa_handler == SIG_DFL);
    sigaction(SIGPIPE, NULL, &now);
    assert_true(now.sa_handler == SIG_DFL);
    signal(SIGHUP, SIG_DFL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_delivered_from_the_loop),      TEST(test_storm_loses_no_kind),
        TEST(test_broken_pipe_is_an_error_only), TEST(test_one_instance),
        TEST(test_destroy_from_the_callback),    TEST(test_dispositions_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
