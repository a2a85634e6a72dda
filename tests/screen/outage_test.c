/* outage_test.c: a server that is away for longer than the breaker needs, and then back, seen from
 * the keyboard: a list of several pages comes back by itself, and at once by the key that the
 * screen names. */
#include "tests/support/console_steps.h"
#include "tests/support/plan_rig.h"
#include "tests/support/stretch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 350, .keep = true};
static const struct console_options wide = {
    .rows = 40, .cols = 120, .accounts = 1200, .keep = true};

static const struct console_options few = {.rows = 24, .cols = 80, .accounts = 60};
static const struct console_options few_wide = {.rows = 40, .cols = 120, .accounts = 60};

static double asked(struct console *c)
{
    cJSON *stats = box_json(&c->box, "GET", "/_sandbox/stats", NULL, 200);
    double get = box_number(stats, "get");
    cJSON_Delete(stats);
    return get;
}

/* An outage until the console has failed so often that it asks no more by itself. */
static void outage(struct console *c)
{
    double before = asked(c);
    box_fault(&c->box, "{\"fault\":\"outage\",\"seconds\":3600}");
    console_keys(c, "r");
    console_see(c, "STALE");
    for (int ms = stretch_ms(0, 40000); asked(c) < before + 5; ms -= 20) {
        assert_true(ms > 0);
        usleep(20000);
    }
    console_see(c, "next try in ");
}

static void see_all(struct console *c, const struct console_options *size)
{
    char text[64];
    const char *count = size->accounts > 999 ? "1,200" : size->accounts > 99 ? "350" : "60";
    snprintf(text, sizeof text, "%s accounts, complete", count);
    assert_true(term_wait_gone(c->term, "STALE", 70000));
    console_see(c, text);
    console_gone(c, "next try in ");
}

static void test_f12_back_by_itself(void **state)
{
    struct console c;
    console_open(&c, *state);
    see_all(&c, *state);
    outage(&c);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    see_all(&c, *state);
    console_close(&c);
}

/* F12: an answer whose place the trouble took is over, and is not said again when that ends. */
static void test_f12_an_old_answer_stays_gone(void **state)
{
    struct console c;
    console_open(&c, *state);
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    assert_true(tmpdir_write(c.home, "home/config/paddock/paddock.cfg",
                             "sync: { refresh = \"5s\"; budget = 100; };\n", 0600));
    console_restart(&c, *state);
    see_all(&c, *state);
    console_keys(&c, "y Enter");
    console_see(&c, "id sent to");
    box_fault(&c.box, "{\"fault\":\"outage\",\"seconds\":3600}");
    console_see(&c, "next try in "); /* by itself: no key was pressed since */
    console_gone(&c, "id sent to");
    box_fault(&c.box, "{\"fault\":\"none\"}");
    see_all(&c, *state);
    term_wait_quiet(c.term, 300, 3000);
    assert_false(term_find(c.term, "id sent to", NULL, NULL));
    console_close(&c);
}

static void test_f12_back_by_the_key(void **state)
{
    struct console c;
    console_open(&c, *state);
    see_all(&c, *state);
    outage(&c);
    console_keys(&c, "r"); /* one more failure: the next try is far */
    console_see(&c, "next try in 1");
    box_fault(&c.box, "{\"fault\":\"none\"}");
    double before = asked(&c);
    console_keys(&c, "r");
    see_all(&c, *state);
    /* The pages, the rows that were shown, and no try more. */
    assert_true(asked(&c) < before + 60);
    console_close(&c);
}

/* The same with a server that is not there at all, and comes back as another process. */
static void test_f13_killed_and_started_again(void **state)
{
    struct console c;
    console_open(&c, *state);
    see_all(&c, *state);
    sandbox_stop(c.sandbox);
    console_keys(&c, "r");
    console_see(&c, "STALE");
    console_see(&c, "next try in ");
    /* Each is a try; once the breaker has opened twice the next is 10 s away, or more. */
    for (int tries = 0; !term_find(c.term, "next try in 1", NULL, NULL); tries++) {
        assert_true(tries < 20);
        console_keys(&c, "r");
        term_wait_quiet(c.term, 300, 3000);
    }
    assert_true(sandbox_restart(c.sandbox));
    console_keys(&c, "r");
    see_all(&c, *state);
    console_close(&c);
}

/* An outage with nothing asked by itself, and the breaker open for half a minute. */
static void outage_held(struct console *c)
{
    double before;
    console_keys(c, "Z");
    console_see(c, "refreshing is paused");
    term_wait_quiet(c->term, 300, 3000);
    before = asked(c);
    box_fault(&c->box, "{\"fault\":\"outage\",\"seconds\":3600}");
    console_keys(c, "r");
    console_see(c, "STALE");
    for (int tries = 0; asked(c) < before + 9; tries++) {
        assert_true(tries < 20);
        console_keys(c, "r");
        term_wait_quiet(c->term, 300, 3000);
    }
}

/* A review whose reading was not sent: the key that it names tries now, and not later. */
static void review_again(const struct console_options *size, const char *key)
{
    struct console c;
    console_open(&c, size);
    see_all(&c, size);
    outage_held(&c);
    double before = asked(&c);
    console_keys(&c, "t");
    console_see(&c, "NOT APPLIED");
    console_see(&c, "in a row; not asked again ");
    console_see(&c, "r or A reads the account again");
    assert_true(asked(&c) == before);
    console_keys(&c, key); /* it does try, and is told what the server says */
    console_see(&c, "the server failed (503): a web page"); /* its line ends about there */
    assert_true(asked(&c) == before + 1);
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_keys(&c, key);
    console_see(&c, "nothing was sent yet");
    console_keys(&c, "A");
    console_see(&c, "and read back");
    console_close(&c);
}

static void test_f12_the_review_tries_now(void **state)
{
    review_again(*state, "r");
    review_again(*state, "A");
}

/* A write whose outcome is not known is looked at now, not when the breaker would. */
static void test_f15_looked_at_now(void **state)
{
    struct console c;
    console_open(&c, *state);
    see_all(&c, *state);
    console_keys(&c, "Z");
    console_see(&c, "refreshing is paused");
    console_review_quota(&c, "123M");
    box_fault(&c.box, "{\"fault\":\"error\",\"when\":\"after\",\"count\":1}");
    box_fault(&c.box, "{\"fault\":\"outage\",\"seconds\":3600,\"on\":\"reads\"}");
    console_keys(&c, "A");
    console_see(&c, "OUTCOME UNKNOWN");
    double before = asked(&c);
    for (int tries = 0; asked(&c) < before + 9; tries++) {
        assert_true(tries < 40);
        console_keys(&c, "r");
        term_wait_quiet(c.term, 300, 3000);
    }
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_keys(&c, "r");
    console_see(&c, RIG_FIRST " saved and read back");
    console_close(&c);
}

/* The line that says when the next try is names the key that tries now on this screen, and one
 * that is no letter where letters are typed. */
static void test_f12_the_key_is_named_where_it_is(void **state)
{
    struct console c;
    console_open(&c, *state);
    see_all(&c, *state);
    outage(&c);
    console_see(&c, ", r now: ");
    console_keys(&c, "e");
    console_row(&c, 0, "Edit ");
    console_see(&c, ", F5 now: "); /* a letter would be typed */
    double in_form = asked(&c);
    console_keys(&c, "F5");
    for (int ms = stretch_ms(0, 10000); asked(&c) == in_form; ms -= 20) {
        assert_true(ms > 0);
        usleep(20000);
    }
    console_row(&c, 0, "Edit ");
    console_keys(&c, "Esc");
    console_see(&c, "/ filter");
    console_keys(&c, "3");
    console_see(&c, ", r now: ");
    double before = asked(&c);
    console_keys(&c, "r");
    for (int ms = stretch_ms(0, 10000); asked(&c) == before; ms -= 20) {
        assert_true(ms > 0);
        usleep(20000);
    }
    console_close(&c);
}

/* A plan stops when the server is left alone; A asks it at once, before that time is over. */
static void test_f12_a_plan_goes_on_now(void **state)
{
    struct console c;
    struct five f;
    plan_five(&c, &f, *state);
    box_fault(&c.box, "{\"fault\":\"outage\",\"seconds\":3600}");
    plan_apply(&c, MARKED);
    assert_true(term_wait_text(c.term, "stopped: not sent: ", 70000));
    console_see(&c, "  not sent: could not read"); /* said once */
    console_see(&c, "going on asks"); /* said once A is taken; a line may end behind it */
    box_fault(&c.box, "{\"fault\":\"none\"}");
    plan_apply(&c, MARKED);
    console_see(&c, "5 of 5  ended");
    console_gone(&c, "next try in "); /* the server answers: what failed is read again at once */
    assert_int_equal(how_many_have(&c, &f, NEW), MARKED);
    console_close(&c);
}

/* F11: what waits for a pause that the server asked for says so, until when, and the key. */
static void test_f11_a_pause_is_told(void **state)
{
    struct console c;
    console_open(&c, *state);
    see_all(&c, *state);
    box_fault(&c.box, "{\"fault\":\"429\",\"seconds\":3600,\"retry_after\":100}");
    console_keys(&c, "r");
    console_see(&c, "r now: the server asks for a pause");
    console_see(&c, "next try in 1m");
    console_command(&c, "reveal", false); /* something newer is said: both are seen */
    console_see(&c, "credentials references are shown");
    console_row(&c, 1, "! next try in ");
    box_fault(&c.box, "{\"fault\":\"none\"}");
    console_keys(&c, "r");
    console_gone(&c, "asks for a pause");
    see_all(&c, *state);
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f12_back_by_itself, &small, &wide),
        CONSOLE_TWO_SIZES(test_f12_an_old_answer_stays_gone, &small, &wide),
        CONSOLE_TWO_SIZES(test_f12_back_by_the_key, &small, &wide),
        CONSOLE_TWO_SIZES(test_f13_killed_and_started_again, &small, &wide),
        CONSOLE_TWO_SIZES(test_f12_the_review_tries_now, &small, &wide),
        CONSOLE_TWO_SIZES(test_f12_the_key_is_named_where_it_is, &few, &wide),
        CONSOLE_TWO_SIZES(test_f12_a_plan_goes_on_now, &few, &few_wide),
        CONSOLE_TWO_SIZES(test_f11_a_pause_is_told, &few, &wide),
        CONSOLE_TWO_SIZES(test_f15_looked_at_now, &few, &few_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
