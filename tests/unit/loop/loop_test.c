/* loop_test.c: turns of the loop on a clock that the test moves. */
#include "loop/loop.h"

#include "base/str.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    struct clock_manual time;
    struct loop *loop;
    struct str said;
    int fd[2];
    loop_timer victim;
    unsigned events;
    int calls;
};

static int set_up(void **state)
{
    static struct bench b;
    b = (struct bench){.time = {1000, 0}};
    b.loop = loop_create(clock_from_manual(&b.time));
    str_init(&b.said);
    if (pipe2(b.fd, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loop_destroy(b->loop);
    str_finish(&b->said);
    close(b->fd[0]);
    close(b->fd[1]);
    return 0;
}

/* One callback a letter, so that the order of calls can be read. */
struct letter {
    struct bench *b;
    char c;
};
static void say(void *ctx)
{
    struct letter *l = ctx;
    str_add_char(&l->b->said, l->c);
}

static void test_timers_keep_their_order(void **state)
{
    struct bench *b = *state;
    struct letter l[] = {{b, 'a'}, {b, 'b'}, {b, 'c'}, {b, 'd'}, {b, 'e'}};
    loop_timer_start(b->loop, 30, say, &l[3]);
    loop_timer_start(b->loop, 10, say, &l[0]);
    loop_timer_start(b->loop, 20, say, &l[1]);
    loop_timer_start(b->loop, 20, say, &l[2]);
    loop_timer_start(b->loop, 1000, say, &l[4]);
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "");
    b->time.mono_ms += 9;
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "");
    b->time.mono_ms += 1;
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "a");
    b->time.mono_ms += 500;
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "abcd");
}

/* F30: a wall clock that jumps a year either way neither fires a timer nor holds one back. */
static void test_wall_clock_moves_no_timer(void **state)
{
    struct bench *b = *state;
    struct letter l = {b, 'a'};
    loop_timer_start(b->loop, 10, say, &l);
    b->time.wall_ms += 31536000000;
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "");
    b->time.wall_ms -= 2 * 31536000000;
    b->time.mono_ms += 10;
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "a");
}

static void test_many_timers_come_sorted(void **state)
{
    struct bench *b = *state;
    static struct letter l[400];
    loop_timer ids[400];
    uint32_t rnd = 99;
    for (size_t i = 0; i < 400; i++) {
        rnd = rnd * 1103515245U + 12345U;
        int delay = (int)((rnd >> 16) % 26);
        l[i] = (struct letter){b, (char)('a' + delay)};
        ids[i] = loop_timer_start(b->loop, delay, say, &l[i]);
    }
    for (size_t i = 0; i < 400; i += 3)
        loop_timer_stop(b->loop, ids[i]);
    b->time.mono_ms += 30;
    loop_step(b->loop, 0);
    assert_int_equal(b->said.len, 400 - 134);
    for (size_t i = 1; i < b->said.len; i++)
        assert_true(b->said.data[i - 1] <= b->said.data[i]);
}

static void stop_victim(void *ctx)
{
    struct letter *l = ctx;
    say(l);
    loop_timer_stop(l->b->loop, l->b->victim);
}

static void test_stopped_timer_is_silent(void **state)
{
    struct bench *b = *state;
    struct letter l[] = {{b, 'a'}, {b, 'b'}};
    loop_timer_start(b->loop, 5, stop_victim, &l[0]);
    b->victim = loop_timer_start(b->loop, 5, say, &l[1]);
    b->time.mono_ms += 5;
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "a");
    loop_timer_stop(b->loop, b->victim); /* twice, and of none: nothing happens */
    loop_timer_stop(b->loop, 0);
}

static void again_at_once(void *ctx)
{
    struct letter *l = ctx;
    say(l);
    loop_timer_start(l->b->loop, 0, again_at_once, l);
}

static void test_timer_of_zero_waits_for_the_next_turn(void **state)
{
    struct bench *b = *state;
    struct letter l = {b, 'z'};
    loop_timer_start(b->loop, 0, again_at_once, &l);
    assert_int_equal(b->said.len, 0);
    loop_step(b->loop, -1); /* it is due, so this does not sleep */
    assert_int_equal(b->said.len, 1);
    loop_step(b->loop, -1);
    assert_int_equal(b->said.len, 2);
    loop_timer_start(b->loop, -5, say, &l);
    loop_timer_start(b->loop, INT64_MAX, say, &l);
    loop_step(b->loop, -1);
    assert_int_equal(b->said.len, 4);
}

static void on_fd(void *ctx, int fd, unsigned events)
{
    struct bench *b = ctx;
    (void)fd;
    b->events = events;
    b->calls++;
}

static void test_watch_read_and_write(void **state)
{
    struct bench *b = *state;
    loop_watch(b->loop, b->fd[0], LOOP_READ, on_fd, b);
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 0);
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    loop_step(b->loop, -1);
    assert_int_equal(b->calls, 1);
    assert_int_equal(b->events, LOOP_READ);
    loop_unwatch(b->loop, b->fd[0]);
    loop_unwatch(b->loop, b->fd[0]);
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 1);
    loop_watch(b->loop, b->fd[1], LOOP_WRITE, on_fd, b);
    loop_step(b->loop, -1);
    assert_int_equal(b->events, LOOP_WRITE);
    loop_watch(b->loop, b->fd[1], LOOP_READ, on_fd, b); /* replaces */
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 2);
}

static void test_pipe_end_is_a_hangup(void **state)
{
    struct bench *b = *state;
    loop_watch(b->loop, b->fd[0], LOOP_READ, on_fd, b);
    close(b->fd[1]);
    loop_step(b->loop, -1);
    assert_int_equal(b->events & LOOP_HANGUP, LOOP_HANGUP);
    loop_unwatch(b->loop, b->fd[0]);
    b->fd[1] = dup(b->fd[0]);
}

static void test_hangup_of_a_terminal(void **state)
{
    struct bench *b = *state;
    int master = -1, slave = -1;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    loop_watch(b->loop, slave, LOOP_READ, on_fd, b);
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 0);
    close(master);
    loop_step(b->loop, -1);
    assert_int_equal(b->calls, 1);
    assert_true(b->events & LOOP_HANGUP);
    loop_unwatch(b->loop, slave);
    close(slave);
}

static void test_closed_descriptor_is_told(void **state)
{
    struct bench *b = *state;
    int fd = dup(b->fd[0]);
    loop_watch(b->loop, fd, LOOP_READ, on_fd, b);
    close(fd);
    loop_step(b->loop, -1);
    assert_int_equal(b->events, LOOP_HANGUP);
}

static void unwatch_both(void *ctx, int fd, unsigned events)
{
    struct bench *b = ctx;
    (void)fd;
    (void)events;
    b->calls++;
    loop_unwatch(b->loop, b->fd[0]);
    loop_unwatch(b->loop, b->fd[1]);
}

static void test_unwatch_in_a_callback(void **state)
{
    struct bench *b = *state;
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    loop_watch(b->loop, b->fd[0], LOOP_READ, unwatch_both, b);
    loop_watch(b->loop, b->fd[1], LOOP_WRITE, unwatch_both, b);
    loop_step(b->loop, -1); /* both are ready; the first to run takes both away */
    assert_int_equal(b->calls, 1);
    loop_step(b->loop, 0);
    assert_int_equal(b->calls, 1);
}

static void watch_other_anew(void *ctx, int fd, unsigned events)
{
    struct bench *b = ctx;
    (void)events;
    loop_unwatch(b->loop, fd);
    loop_unwatch(b->loop, b->fd[1]);
    loop_watch(b->loop, b->fd[1], LOOP_WRITE, on_fd, b);
}

/* An event that poll told of the old watch must not reach a new one of the same number. */
static void test_new_watch_gets_only_its_own_events(void **state)
{
    struct bench *b = *state;
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    loop_watch(b->loop, b->fd[0], LOOP_READ, watch_other_anew, b);
    loop_watch(b->loop, b->fd[1], LOOP_WRITE, on_fd, b);
    loop_step(b->loop, -1);
    assert_int_equal(b->calls, 0);
    loop_step(b->loop, -1);
    assert_int_equal(b->calls, 1);
}

static void say_and_leave(void *ctx)
{
    struct letter *l = ctx;
    say(l);
    loop_before_sleep_remove(l->b->loop, say_and_leave, l);
}

static void add_another(void *ctx)
{
    struct letter *l = ctx;
    say(l);
    loop_before_sleep_remove(l->b->loop, add_another, l);
    loop_before_sleep(l->b->loop, say_and_leave, &l[1]);
}

static void test_hooks_add_and_remove_themselves(void **state)
{
    struct bench *b = *state;
    struct letter l[] = {{b, 'a'}, {b, 'b'}, {b, 'c'}, {b, 'd'}};
    loop_before_sleep(b->loop, say_and_leave, &l[0]);
    loop_before_sleep(b->loop, say, &l[1]);
    loop_before_sleep(b->loop, add_another, &l[2]);
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "abcd");
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "abcdb");
    loop_before_sleep_remove(b->loop, say, &l[0]); /* another ctx: not that one */
    loop_step(b->loop, 0);
    loop_before_sleep_remove(b->loop, say, &l[1]);
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "abcdbb");
}

static void test_destroy_runs_the_last_hooks(void **state)
{
    struct bench *b = *state;
    struct letter l[] = {{b, 'a'}, {b, 'b'}, {b, 'c'}};
    struct loop *loop = loop_create(clock_system());
    loop_at_destroy(loop, say, &l[0]);
    loop_at_destroy(loop, say, &l[1]);
    loop_at_destroy(loop, say, &l[2]);
    loop_at_destroy_remove(loop, say, &l[1]);
    loop_step(loop, 0);
    assert_string_equal(str_text(&b->said), "");
    loop_destroy(loop);
    assert_string_equal(str_text(&b->said), "ca");
}

static void stop_loop(void *ctx)
{
    struct bench *b = ctx;
    b->calls++;
    loop_stop(b->loop);
}

static void test_run_until_stopped(void **state)
{
    struct bench *b = *state;
    loop_timer_start(b->loop, 0, stop_loop, b);
    loop_run(b->loop);
    assert_int_equal(b->calls, 1);
    loop_stop(b->loop);
    loop_run(b->loop); /* returns at once and uses the stop up */
    loop_before_sleep(b->loop, stop_loop, b);
    loop_run(b->loop); /* a stop from a hook does not sleep first */
    assert_int_equal(b->calls, 2);
    assert_int_equal(loop_clock(b->loop)->mono_ms(loop_clock(b->loop)->ctx), 1000);
}

static void on_alarm(int signo)
{
    (void)signo;
}

/* A signal that interrupts poll ends the turn without inventing events. */
static void test_interrupted_sleep(void **state)
{
    struct bench *b = *state;
    struct sigaction act = {.sa_handler = on_alarm}, old;
    sigaction(SIGALRM, &act, &old);
    struct itimerval soon = {{0, 20000}, {0, 20000}}, off = {{0, 0}, {0, 0}};
    loop_watch(b->loop, b->fd[0], LOOP_READ, on_fd, b);
    setitimer(ITIMER_REAL, &soon, NULL);
    loop_step(b->loop, -1);
    setitimer(ITIMER_REAL, &off, NULL);
    sigaction(SIGALRM, &old, NULL);
    assert_int_equal(b->calls, 0);
}

/* On the machine's clock a sleep ends when the timer is due. */
static void test_sleeps_until_the_timer(void **state)
{
    struct bench *b = *state;
    struct loop *loop = loop_create(clock_system());
    struct letter l = {b, 't'};
    loop_timer_start(loop, 5, say, &l);
    while (b->said.len == 0)
        loop_step(loop, -1);
    loop_destroy(loop);
    loop_destroy(NULL);
}

/* ---- the descriptor that goes first ---- */

/* Reads its byte; `then` is written to, as if something came while this callback ran. */
struct reader {
    struct bench *b;
    char c;
    int then; /* -1: nothing */
};

static void read_one(void *ctx, int fd, unsigned events)
{
    struct reader *r = ctx;
    char byte;
    (void)events;
    assert_int_equal(read(fd, &byte, 1), 1);
    str_add_char(&r->b->said, r->c);
    if (r->then >= 0)
        assert_int_equal(write(r->then, "k", 1), 1);
}

static void test_first_descriptor_ends_the_turn(void **state)
{
    struct bench *b = *state;
    int keys[2];
    struct reader page = {b, 'p', -1}, key = {b, 'k', -1};
    struct letter timer = {b, 't'};
    assert_int_equal(pipe(keys), 0);
    loop_watch(b->loop, b->fd[0], LOOP_READ, read_one, &page);
    loop_watch(b->loop, keys[0], LOOP_READ, read_one, &key); /* watched later, called earlier */
    loop_first(b->loop, keys[0]);
    loop_timer_start(b->loop, 0, say, &timer);
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    assert_int_equal(write(keys[1], "x", 1), 1);
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "k");
    loop_step(b->loop, 0); /* nothing of the rest is lost */
    assert_string_equal(str_text(&b->said), "kpt");
    loop_first(b->loop, -1);
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    assert_int_equal(write(keys[1], "x", 1), 1);
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "kptpk");
    loop_unwatch(b->loop, keys[0]);
    close(keys[0]);
    close(keys[1]);
}

static void test_first_descriptor_comes_between_two_callbacks(void **state)
{
    struct bench *b = *state;
    int keys[2], others[2];
    assert_int_equal(pipe(keys), 0);
    assert_int_equal(pipe(others), 0);
    struct reader page = {b, 'p', keys[1]}, other = {b, 'o', keys[1]}, key = {b, 'k', -1};
    struct letter timer = {b, 't'};
    loop_watch(b->loop, b->fd[0], LOOP_READ, read_one, &page);
    loop_watch(b->loop, others[0], LOOP_READ, read_one, &other);
    loop_watch(b->loop, keys[0], LOOP_READ, read_one, &key);
    loop_first(b->loop, keys[0]);
    loop_timer_start(b->loop, 0, say, &timer);
    loop_timer_start(b->loop, 0, say, &timer);
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    assert_int_equal(write(others[1], "x", 1), 1);
    for (int i = 0; i < 5; i++)
        loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "pkoktt");
    loop_unwatch(b->loop, keys[0]);
    loop_unwatch(b->loop, others[0]);
    close(keys[0]);
    close(keys[1]);
    close(others[0]);
    close(others[1]);
}

static void say_due(void *ctx)
{
    struct bench *b = ctx;
    str_add_char(&b->said, loop_first_due(b->loop) ? '!' : '.');
}

/* What a hook that works in slices is told: before the key is read, in the turn that is its own,
 * and afterwards. */
static void test_first_descriptor_is_due(void **state)
{
    struct bench *b = *state;
    int keys[2];
    assert_int_equal(pipe(keys), 0);
    struct reader key = {b, 'k', -1};
    loop_watch(b->loop, keys[0], LOOP_READ, read_one, &key);
    loop_first(b->loop, keys[0]);
    loop_before_sleep(b->loop, say_due, b);
    loop_step(b->loop, 0);
    assert_int_equal(write(keys[1], "x", 1), 1);
    loop_step(b->loop, 0);
    loop_step(b->loop, 0);
    loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), ".!k!.");
    key.then = keys[1]; /* keys without end: not due for ever */
    str_clear(&b->said);
    assert_int_equal(write(keys[1], "x", 1), 1);
    for (int i = 0; i < 9; i++)
        loop_step(b->loop, 0);
    assert_string_equal(str_text(&b->said), "!k!k!k!k!k!k!k!k.k");
    loop_before_sleep_remove(b->loop, say_due, b);
    loop_unwatch(b->loop, keys[0]);
    close(keys[0]);
    close(keys[1]);
}

/* Keys without end: all else goes on, too. */
static void test_first_descriptor_starves_nobody(void **state)
{
    struct bench *b = *state;
    int keys[2];
    assert_int_equal(pipe(keys), 0);
    struct reader key = {b, 'k', keys[1]};
    struct letter timer = {b, 't'};
    loop_watch(b->loop, b->fd[0], LOOP_READ, on_fd, b);
    loop_watch(b->loop, keys[0], LOOP_READ, read_one, &key);
    loop_first(b->loop, keys[0]);
    loop_timer_start(b->loop, 0, say, &timer);
    assert_int_equal(write(b->fd[1], "x", 1), 1);
    assert_int_equal(write(keys[1], "x", 1), 1);
    for (int i = 0; i < 9; i++)
        loop_step(b->loop, 0);
    assert_int_equal(b->calls, 1);
    assert_string_equal(str_text(&b->said), "kkkkkkkkkt");
    loop_unwatch(b->loop, keys[0]);
    close(keys[0]);
    close(keys[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_timers_keep_their_order),
        TEST(test_wall_clock_moves_no_timer),
        TEST(test_many_timers_come_sorted),
        TEST(test_stopped_timer_is_silent),
        TEST(test_timer_of_zero_waits_for_the_next_turn),
        TEST(test_watch_read_and_write),
        TEST(test_pipe_end_is_a_hangup),
        TEST(test_hangup_of_a_terminal),
        TEST(test_closed_descriptor_is_told),
        TEST(test_unwatch_in_a_callback),
        TEST(test_new_watch_gets_only_its_own_events),
        TEST(test_hooks_add_and_remove_themselves),
        TEST(test_destroy_runs_the_last_hooks),
        TEST(test_run_until_stopped),
        TEST(test_interrupted_sleep),
        TEST(test_sleeps_until_the_timer),
        TEST(test_first_descriptor_ends_the_turn),
        TEST(test_first_descriptor_comes_between_two_callbacks),
        TEST(test_first_descriptor_is_due),
        TEST(test_first_descriptor_starves_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
