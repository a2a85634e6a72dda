/* canary_test.c: how a plan is applied, chosen on its screen: a canary that holds the rest back
 * until the first are healthy, that ends when one falls ill, and that the operator may end; a limit
 * of errors and of requests. The sandbox tells the console about health, and is asked what it got.
 */
#include "base/clock.h"
#include "tests/support/plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Nothing moves by itself: an account is found healthy when the test says so, not before. */
static const char *const still[] = {"--time-scale", "0", NULL};
static const struct console_options small = {
    .rows = 24, .cols = 80, .accounts = 60, .sandbox = still};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 60, .sandbox = still};

/* Types a value into the row of the settings that begins so, and takes them. */
static void choose(struct console *c, int row, const char *value)
{
    console_keys(c, "o");
    console_see(c, "How the plan is applied");
    for (int i = 0; i < row; i++)
        console_keys(c, "Tab");
    console_keys(c, "C-u");
    console_type(c, value);
    console_keys(c, "Enter");
}

enum { ROW_WIDTH, ROW_RATE, ROW_ERRORS, ROW_FIRST, ROW_WAIT };

static void check_says(struct console *c, const struct five *f, int i, const char *status,
                       const char *reason)
{
    char body[2200];
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"status\":\"%s\",\"reason\":\"%s\"}",
             f->path[i] + sizeof RIG_ACCOUNTS, status, reason);
    cJSON_Delete(box_json(&c->box, "POST", "/_sandbox/health", body, 204));
}

/* The first two are applied, and the rest waits for their health. */
static void wait_for_two(struct console *c, struct five *f, const struct console_options *size)
{
    plan_five(c, f, size);
    choose(c, ROW_FIRST, "2");
    console_gone(c, "How the plan is applied");
    choose(c, ROW_WAIT, "2m");
    console_gone(c, "How the plan is applied");
    console_see(c, "first 2, good health within 2m, then 4 at a time");
    plan_apply(c, MARKED);
    console_see(c, "CANARY, A goes on now, ^C stops");
    console_see(c, "0 of 2 good; until ");
    console_see(c, "2 applied, 3 not sent");
    console_see(c, "first 2, good health within 2m, then 4 at a time"); /* while it runs, too */
    assert_int_equal(how_many_have(c, f, NEW), 2);
}

static void test_holds_until_healthy_then_goes_on(void **state)
{
    struct console c;
    struct five f;
    wait_for_two(&c, &f, *state);
    console_see(&c, "before the write"); /* what is known of the two */
    check_says(&c, &f, 0, "active", "");
    console_see(&c, "1 of 2 good");
    console_see(&c, "active, checked ");
    console_keys(&c, "Z");
    console_see(&c, "it waits by itself");
    console_see(&c, "2 applied, 3 not sent");
    assert_int_equal(how_many_have(&c, &f, NEW), 2);
    check_says(&c, &f, 1, "active", "");
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

/* One that falls ill ends it: the rest is not written, and may be gone on with or taken back. */
static void test_stops_when_one_falls_ill(void **state)
{
    struct console c;
    struct five f;
    wait_for_two(&c, &f, *state);
    check_says(&c, &f, 1, "active", "");
    console_see(&c, "1 of 2 good");
    check_says(&c, &f, 0, "down", "key revoked");
    console_see(&c, "is down since it was written");
    console_see(&c, "2 of 5  ended");
    console_see(&c, "2 applied, 3 not sent");
    assert_int_equal(how_many_have(&c, &f, NEW), 2);
    /* Going on is a decision about the canary: there is no second one. */
    console_see(&c, "one by one until one is applied, then 4 at a time");
    plan_apply(&c, MARKED - 2);
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

static void test_the_operator_goes_on_now(void **state)
{
    struct console c;
    struct five f;
    wait_for_two(&c, &f, *state);
    console_keys(&c, "A");
    console_see(&c, "0 of the first 2 have a good health check");
    console_see(&c, "3 changes are left");
    console_keys(&c, "Esc"); /* thinks better of it */
    console_gone(&c, "Go on now?");
    console_see(&c, "2 applied, 3 not sent");
    assert_int_equal(how_many_have(&c, &f, NEW), 2);
    plan_apply(&c, MARKED - 2);
    console_see(&c, "5 of 5  ended");
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

/* Stopped while it waits: nothing was decided about the two, so the next ones are canaries again.
 */
static void test_stopped_while_it_waits(void **state)
{
    struct console c;
    struct five f;
    wait_for_two(&c, &f, *state);
    console_keys(&c, "C-c");
    console_see(&c, "2 of 5  ended");
    console_see(&c, "stopped by the operator");
    assert_int_equal(how_many_have(&c, &f, NEW), 2);
    plan_apply(&c, MARKED - 2);
    console_see(&c, "4 applied, 1 not sent");
    console_see(&c, "CANARY, A goes on now, ^C stops");
    assert_int_equal(how_many_have(&c, &f, NEW), 4);
    console_close(&c);
}

/* F29: killed while it waits: the next start goes on with a canary, not without. */
static void test_f29_a_killed_canary_stays_one(void **state)
{
    struct console c;
    struct five f;
    wait_for_two(&c, &f, *state);
    console_kill_restart(&c, *state);
    console_see(&c, "Resume the plan?");
    console_see(&c, "2 applied, 3 not sent");
    console_keys(&c, "Tab Enter");
    console_see(&c, "4 applied, 1 not sent");
    console_see(&c, "CANARY, A goes on now, ^C stops");
    console_see(&c, "first 2, good health within 2m, then 4 at a time");
    assert_int_equal(how_many_have(&c, &f, NEW), 4);
    console_close(&c);
}

static void test_stops_after_the_errors_that_were_chosen(void **state)
{
    struct console c;
    struct five f;
    plan_five(&c, &f, *state);
    choose(&c, ROW_ERRORS, "1");
    console_see(&c, "stops after 1 error;");
    box_fault(&c.box, "{\"fault\":\"forbidden\",\"on\":\"writes\",\"count\":1}");
    plan_apply(&c, MARKED);
    console_see(&c, "stopped after 1 error: ");
    console_see(&c, "1 failed, 4 not sent");
    console_see(&c, "stops after 1 error"); /* it is told how it ran */
    assert_int_equal(how_many_have(&c, &f, NEW), 0);
    console_close(&c);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Three requests a second are an account a second: never more accounts than seconds begun, however
 * slow this machine is. */
static void test_the_rate_is_kept(void **state)
{
    struct console c;
    struct five f;
    plan_five(&c, &f, *state);
    choose(&c, ROW_RATE, "3");
    console_see(&c, "4 at a time, at most 3 requests/s");
    int64_t began = now_ms();
    plan_apply(&c, MARKED);
    for (int have = 0; have < MARKED;) {
        have = how_many_have(&c, &f, NEW);
        assert_true(have <= 1 + (now_ms() - began) / 1000);
        term_pump(c.term, 50);
    }
    console_see(&c, "5 of 5  ended");
    console_see(&c, "at most 3 requests/s");
    console_close(&c);
}

/* What cannot be is said at its row, and nothing changes; Esc leaves it as it was. */
static void test_settings_that_cannot_be(void **state)
{
    struct console c;
    struct five f;
    plan_five(&c, &f, *state);
    choose(&c, ROW_WIDTH, "65");
    console_see(&c, "it takes a number from 1 to 64");
    console_keys(&c, "C-u");
    console_type(&c, "2");
    console_keys(&c, "Tab Tab Tab Tab C-u");
    console_type(&c, "10m");
    console_keys(&c, "Enter");
    console_see(&c, "there is no canary to wait for");
    console_keys(&c, "Esc");
    console_gone(&c, "How the plan is applied");
    console_see(&c, "one by one until one is applied, then 4 at a time");
    choose(&c, ROW_WIDTH, "2");
    console_see(&c, "one by one until one is applied, then 2 at a time");
    assert_int_equal(how_many_have(&c, &f, NEW), 0);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_holds_until_healthy_then_goes_on, &small, &wide),
        CONSOLE_TWO_SIZES(test_stops_when_one_falls_ill, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_operator_goes_on_now, &small, &wide),
        CONSOLE_TWO_SIZES(test_stopped_while_it_waits, &small, &wide),
        CONSOLE_TWO_SIZES(test_f29_a_killed_canary_stays_one, &small, &wide),
        CONSOLE_TWO_SIZES(test_stops_after_the_errors_that_were_chosen, &small, &wide),
        CONSOLE_TWO_SIZES(test_the_rate_is_kept, &small, &wide),
        CONSOLE_TWO_SIZES(test_settings_that_cannot_be, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
