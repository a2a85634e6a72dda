/* breaker_test.c: the breaker by itself, and walked at random under the client's own calls: reads
 * that overlap, are answered, fail, are cancelled and wait in any order. */
#include "fake_wire.h"

#define ACCOUNT "{\"provider_account_id\":\"pa_1\"}"

static int who[8];
#define WHO(n) (&who[n])

static void fail_until_open(struct breaker *b, int64_t now)
{
    for (int i = 0; i < BREAKER_AFTER; i++) {
        assert_false(breaker_is_open(b));
        assert_int_equal(breaker_ask(b, WHO(0), now), BREAKER_GO);
        breaker_failure(b, WHO(0), now);
    }
    assert_true(breaker_is_open(b));
}

static void test_f12_breaker(void **state)
{
    (void)state;
    struct breaker b = {0};
    fail_until_open(&b, 1000);
    assert_int_equal(breaker_ask(&b, WHO(1), 1000 + 4999), BREAKER_REFUSE);
    assert_int_equal(breaker_ask(&b, WHO(1), 1000 + 5000), BREAKER_GO); /* the probe */
    assert_int_equal(breaker_ask(&b, WHO(2), 1000 + 5000), BREAKER_WAIT);
    int64_t now = 7000;
    for (int i = 1; i < BREAKER_SHORT; i++, now += 5000) { /* a short outage is over soon after */
        breaker_failure(&b, WHO(1), now);
        assert_int_equal(breaker_ask(&b, WHO(1), now + 4999), BREAKER_REFUSE);
        assert_int_equal(breaker_ask(&b, WHO(1), now + 5000), BREAKER_GO);
    }
    breaker_failure(&b, WHO(1), now);
    assert_int_equal(breaker_ask(&b, WHO(2), now + 9999), BREAKER_REFUSE); /* twice as long */
    assert_int_equal(breaker_ask(&b, WHO(2), now + 10000), BREAKER_GO);
    breaker_success(&b);
    assert_false(breaker_is_open(&b));
    assert_int_equal(breaker_ask(&b, WHO(1), 0), BREAKER_GO);
}

static void test_f12_breaker_waits_at_most_30_s(void **state)
{
    (void)state;
    struct breaker b = {0};
    int64_t now = 0;
    fail_until_open(&b, now);
    for (int i = 0; i < 40; i++) {
        now = b.until_mono_ms;
        assert_int_equal(breaker_ask(&b, WHO(1), now), BREAKER_GO);
        breaker_failure(&b, WHO(1), now);
        assert_in_range((uint64_t)(b.until_mono_ms - now), 5000, 30000);
    }
    breaker_probe_now(&b, now + 1); /* the operator does not wait */
    assert_int_equal(breaker_ask(&b, WHO(1), now + 1), BREAKER_GO);
    breaker_abandon(&b, WHO(1));
    assert_int_equal(breaker_ask(&b, WHO(2), now + 1), BREAKER_GO);
}

/* A probe that somebody asked for costs nothing when it fails: the next one of its own comes when
 * it would have, and only that one's failure doubles. */
static void test_a_probe_asked_for_lengthens_nothing(void **state)
{
    (void)state;
    struct breaker b = {0};
    fail_until_open(&b, 0);
    b.opened = BREAKER_SHORT; /* the next by itself is the first that doubles */
    int64_t due = b.until_mono_ms;
    for (int64_t now = 1000; now < 4000; now += 1000) {
        breaker_probe_now(&b, now);
        assert_int_equal(breaker_ask(&b, WHO(1), now), BREAKER_GO);
        breaker_failure(&b, WHO(1), now + 10);
        assert_int_equal(b.until_mono_ms, due);
    }
    assert_int_equal(breaker_ask(&b, WHO(1), due), BREAKER_GO);
    breaker_failure(&b, WHO(1), due);
    assert_int_equal(b.until_mono_ms, due + 10000); /* the second, not the fifth */
    breaker_probe_now(&b, due + 1);
    breaker_ask(&b, WHO(1), due + 1);
    breaker_failure(&b, WHO(1), due + 10001); /* it took longer than the wait for the next */
    assert_int_equal(b.until_mono_ms, due + 10001 + 20000);
}

/* Failures of calls that were under way when it opened do not push the probe further away. */
static void test_f12_late_failures_do_not_lengthen(void **state)
{
    (void)state;
    struct breaker b = {0};
    for (int i = 0; i < 9; i++)
        breaker_failure(&b, WHO(i % 8), 100 + i);
    assert_int_equal(b.until_mono_ms, 104 + 5000);
}

/* Only the probe's own end moves a half-open breaker back. */
static void test_f12_others_leave_the_probe_alone(void **state)
{
    (void)state;
    struct breaker b = {0};
    fail_until_open(&b, 0);
    assert_int_equal(breaker_ask(&b, WHO(1), 5000), BREAKER_GO);
    breaker_failure(&b, WHO(2), 5001);
    breaker_abandon(&b, WHO(3));
    assert_true(breaker_probing(&b));
    assert_int_equal(breaker_ask(&b, WHO(2), 60000), BREAKER_WAIT);
    breaker_failure(&b, WHO(1), 60000);
    assert_false(breaker_probing(&b));
    assert_int_equal(b.until_mono_ms, 65000);
}

/* ---- under calls ---- */

/* F12: five failed tries in a row: then one read goes to see, and the others wait for it. */
static void test_F12_the_breaker(void **state)
{
    struct line *l = *state;
    read_one(l);
    for (int i = 0; i < 4; i++)
        answer(l, 503, "");
    assert_int_equal(l->reports, 1);
    read_one(l);
    answer(l, 503, ""); /* the fifth: not tried again */
    assert_int_equal(l->reports, 2);
    assert_int_equal(l->last.tries, 1);
    assert_int_equal(l->last.retry_after_ms, BREAKER_FIRST_MS);
    read_one(l);
    assert_int_equal(l->reports, 3);
    assert_int_equal(l->last.status, ST_SERVER);
    assert_non_null(strstr(l->what, "the server failed (503) several times in a row"));
    assert_true(says_until(l, 5000));
    assert_string_equal(l->next, ""); /* which key or command it is the caller knows */
    assert_int_equal(wire.count, 5);
    assert_int_equal(api_wait_ms(l->api), 5000);
    update_one(l); /* a write is the operator's own */
    assert_int_equal(wire.count, 6);
    api_cancel(NULL);
    advance(l, 5000);
    read_one(l); /* the probe */
    read_one(l); /* that there is one is no failure of another */
    assert_int_equal(wire.count, 7);
    assert_int_equal(l->reports, 3);
    answer(l, 200, ACCOUNT);
    assert_int_equal(l->reports, 4);
    assert_int_equal(l->last.status, ST_OK);
    assert_int_equal(wire.count, 8);
    answer(l, 200, ACCOUNT);
    assert_int_equal(l->reports, 5);
    read_one(l);
    assert_int_equal(wire.count, 9);
}

/* A probe that is cancelled learnt nothing: the next one may go. */
static void test_F12_a_cancelled_probe(void **state)
{
    struct line *l = *state;
    read_one(l);
    for (int i = 0; i < 4; i++)
        answer(l, 503, "");
    read_one(l);
    answer(l, 503, "");
    advance(l, 5000);
    api_cancel(read_one(l));
    read_one(l);
    assert_int_equal(wire.count, 7);
    assert_false(wire.items[6].over);
}

/* Five failures, and the time of the first back-off. */
static void until_half_open(struct line *l)
{
    read_one(l);
    for (int i = 0; i < 4; i++)
        answer(l, 503, "");
    read_one(l);
    answer(l, 503, "");
    advance(l, 5000);
}

/* F12: what waited for a probe that failed is told when the next try is, and was not sent. */
static void test_F12_a_probe_that_fails(void **state)
{
    struct line *l = *state;
    until_half_open(l);
    read_one(l);
    read_one(l);
    assert_int_equal(wire.count, 6);
    answer(l, 503, "");
    assert_int_equal(wire.count, 6);
    assert_int_equal(l->reports, 4);
    assert_int_equal(l->last.tries, 0);
    assert_int_equal(l->last.retry_after_ms, 5000);
    assert_true(says_until(l, 5000));
}

/* F12: a cancelled probe leaves its place to the oldest that waits; one that waits and is cancelled
 * leaves the probe alone. */
static void test_F12_the_place_of_the_probe(void **state)
{
    struct line *l = *state;
    until_half_open(l);
    struct api_call *probe = read_one(l), *second = read_one(l);
    read_one(l);
    api_cancel(second);
    turn(l);
    assert_int_equal(wire.count, 6);
    assert_false(wire.items[5].over);
    second = read_one(l);
    api_cancel(probe);
    turn(l);
    assert_int_equal(wire.count, 7); /* the third */
    answer(l, 200, ACCOUNT);
    assert_int_equal(wire.count, 8); /* the fourth */
    api_cancel(second);
    assert_true(wire.items[7].cancelled);
}

/* F12: an answer to a write, too, ends the waiting: the server is there. */
static void test_F12_a_write_says_that_it_is_well(void **state)
{
    struct line *l = *state;
    until_half_open(l);
    read_one(l);
    read_one(l);
    update_one(l);
    assert_int_equal(wire.count, 7);
    answer(l, 200, ACCOUNT);
    assert_int_equal(wire.count, 8);
    assert_false(wire.items[5].over);
}

/* F12: what was sent before it opened and fails late is neither the probe's failure nor refused: it
 * waits for the probe. */
static void test_F12_a_late_failure_waits_for_the_probe(void **state)
{
    struct line *l = *state;
    read_one(l);
    struct transfer *late = newest(l);
    until_half_open(l);
    read_one(l);
    assert_int_equal(wire.count, 7);
    answer_with(l, late, (struct transfer_reply){.http = 503}, "");
    assert_int_equal(l->reports, 2);
    answer(l, 200, ACCOUNT); /* the probe */
    assert_int_equal(l->reports, 3);
    assert_int_equal(wire.count, 8);
    answer(l, 200, ACCOUNT);
    assert_int_equal(l->reports, 4);
    assert_int_equal(l->last.status, ST_OK);
    assert_int_equal(l->last.tries, 2);
}

/* ---- at random ---- */

enum { READERS = 6, STEPS = 50, WALKS = 2000 };

struct walk {
    struct line line;
    struct reader {
        struct api_call *call;
        unsigned told;
    } readers[READERS];
    uint64_t seed;
};

static unsigned any(struct walk *w, unsigned below)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(w->seed >> 33) % below;
}

static void on_told(void *ctx, const struct api_result *r)
{
    struct reader *reader = ctx;
    (void)r;
    reader->call = NULL;
    reader->told++;
}

static void walk_open(struct walk *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    memset(&wire, 0, sizeof wire);
    w->seed = seed;
    w->line.manual.mono_ms = 1000000;
    w->line.manual.wall_ms = 1760968927000;
    w->line.loop = loop_create(clock_from_manual(&w->line.manual));
    line_open(&w->line, NULL);
}

static void walk_close(struct walk *w)
{
    api_destroy(w->line.api);
    loop_destroy(w->line.loop);
}

/* An exchange that is under way, or NULL. */
static struct transfer *under_way(struct walk *w)
{
    size_t n = 0;
    struct transfer *found = NULL;
    for (size_t i = 0; i < wire.count; i++)
        if (!wire.items[i].over && any(w, (unsigned)++n) == 0)
            found = &wire.items[i];
    return found;
}

/* What must hold after every step. */
static void check(const struct walk *w)
{
    const struct breaker *b = &w->line.api->breaker;
    bool sent = false;
    for (const struct api_call *c = w->line.api->calls; c; c = c->next) {
        sent |= c == b->probe && c->state == CALL_RUNS;
        /* Who waits for a probe waits for one that is there. */
        assert_true(c->state != CALL_PROBE || breaker_probing(b));
        assert_true(c->state != CALL_WAITS || c->timer);
    }
    assert_true(sent || !breaker_probing(b));
}

static void answer_any(struct walk *w)
{
    struct transfer *x = under_way(w);
    const struct breaker *b = &w->line.api->breaker;
    const void *probe = b->probe;
    static const int codes[] = {200, 404, 429, 200, 503, 503, 503, 503,
                                503, 503, 503, 503, 503, 503, 503, 503};
    if (!x)
        return;
    bool was_probe = x->ctx == probe;
    answer_with(&w->line, x, (struct transfer_reply){.http = codes[any(w, 16)]}, ACCOUNT);
    /* An answered probe is not the probe any more, whatever it answered. */
    if (was_probe)
        assert_true(!b->probe || b->probe != probe || wire.items[wire.count - 1].ctx == probe);
}

static void step(struct walk *w)
{
    struct reader *r = &w->readers[any(w, READERS)];
    switch (any(w, 8)) {
    case 0:
    case 1:
        if (!r->call)
            r->call = api_read(w->line.api, span_of("pa_1"), on_told, r);
        break;
    case 2:
        api_cancel(r->call);
        r->call = NULL;
        break;
    case 3:
        advance(&w->line, any(w, 12000));
        break;
    case 4:
        if (any(w, 8) == 0)
            api_try_now(w->line.api);
        break;
    default:
        answer_any(w);
    }
    turn(&w->line);
    check(w);
}

/* The server is well from now on: what is under way is answered, one after the other. The breaker
 * is closed after the first answer, and everybody is told. */
static void heal(struct walk *w)
{
    bool answered = false;
    advance(&w->line, 3700000); /* every pause and back-off has passed */
    if (!w->line.api->calls) {
        w->readers[0].call = api_read(w->line.api, span_of("pa_1"), on_told, &w->readers[0]);
        turn(&w->line);
    }
    for (struct transfer *x; (x = under_way(w)) != NULL; answered = true) {
        answer_with(&w->line, x, (struct transfer_reply){.http = 200}, ACCOUNT);
        assert_false(breaker_is_open(&w->line.api->breaker));
        check(w);
    }
    assert_true(answered);
    assert_null(w->line.api->calls);
    for (size_t i = 0; i < READERS; i++)
        assert_null(w->readers[i].call);
}

static void test_f12_walked_at_random(void **state)
{
    (void)state;
    static struct walk w;
    unsigned half_open = 0;
    for (uint64_t seed = 1; seed <= WALKS; seed++) {
        walk_open(&w, seed);
        for (int i = 0; i < STEPS && wire.count < WIRE_MAX - 2 * READERS; i++) {
            step(&w);
            half_open += breaker_probing(&w.line.api->breaker);
        }
        heal(&w);
        walk_close(&w);
    }
    assert_true(half_open > WALKS); /* the walk goes where it is to go */
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, line_set_up, line_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f12_breaker),
        cmocka_unit_test(test_f12_breaker_waits_at_most_30_s),
        cmocka_unit_test(test_a_probe_asked_for_lengthens_nothing),
        cmocka_unit_test(test_f12_late_failures_do_not_lengthen),
        cmocka_unit_test(test_f12_others_leave_the_probe_alone),
        T(test_F12_the_breaker),
        T(test_F12_a_cancelled_probe),
        T(test_F12_a_probe_that_fails),
        T(test_F12_the_place_of_the_probe),
        T(test_F12_a_write_says_that_it_is_well),
        T(test_F12_a_late_failure_waits_for_the_probe),
        cmocka_unit_test(test_f12_walked_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
