/* outage_test.c: a server that is away for longer than the breaker needs, and then back, seen from
 * the keyboard: a list of several pages comes back by itself, and at once by the key that the
 * screen names. */
#include "tests/support/console_steps.h"
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
    snprintf(text, sizeof text, "%s accounts, complete", size->accounts > 999 ? "1,200" : "350");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_f12_back_by_itself, &small, &wide),
        CONSOLE_TWO_SIZES(test_f12_back_by_the_key, &small, &wide),
        CONSOLE_TWO_SIZES(test_f13_killed_and_started_again, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
