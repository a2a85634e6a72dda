/* call_test.c: one call from its start to its one report: what is tried again and what never, what
 * waits and for how long, the new token, cancelling at any moment. */
#include "fake_wire.h"

#define ACCOUNT "{\"provider_account_id\":\"pa_1\"}"

static void test_a_read(void **state)
{
    struct line *l = *state;
    api_read(l->api, span_of("p/a?1"), on_result, l);
    assert_int_equal(l->reports + wire.count, 0); /* nothing from inside the starting call */
    struct transfer *x = newest(l);
    assert_string_equal(x->method, "GET");
    assert_string_equal(x->url,
                        "https://gw.example.net/p/v1/orgs/org%201/provider-accounts/p%2Fa%3F1");
    assert_string_equal(x->token, "token-1");
    assert_string_equal(x->body, "");
    assert_false(x->write);
    l->manual.mono_ms += 70;
    answer(l, 200, ACCOUNT);
    assert_int_equal(l->reports, 1);
    assert_int_equal(l->last.status, ST_OK);
    assert_string_equal(l->body, ACCOUNT);
    assert_int_equal(l->last.tries, 1);
    assert_true(l->last.started_mono_ms == 1000000); /* as of its start, not of its end */
    assert_true(l->last.retry_after_ms == -1);
}

/* F12: four tries, each a new exchange, then one report. */
static void test_F12_a_read_is_tried_four_times(void **state)
{
    struct line *l = *state;
    read_one(l);
    for (int i = 1; i < RETRY_TRIES_MAX; i++) {
        answer(l, 503, "");
        assert_int_equal(l->reports, 0);
        assert_int_equal(wire.count, i + 1);
    }
    l->manual.mono_ms += 5;
    answer(l, 503, "");
    assert_int_equal(l->reports, 1);
    assert_int_equal(l->last.status, ST_SERVER);
    assert_int_equal(l->last.tries, RETRY_TRIES_MAX);
    assert_int_equal(wire.count, RETRY_TRIES_MAX);
}

static uint64_t some_jitter(void *ctx)
{
    (void)ctx;
    return 400;
}

static void test_F12_a_back_off_is_waited_out(void **state)
{
    struct line *l = *state;
    api_set_random(l->api, (struct retry_random){some_jitter, NULL});
    read_one(l);
    answer(l, 503, "");
    advance(l, 399);
    assert_int_equal(wire.count, 1);
    advance(l, 1);
    assert_int_equal(wire.count, 2);
}

static void test_F12_a_write_is_sent_once(void **state)
{
    struct line *l = *state;
    static const int codes[] = {500, 503, 408};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        update_one(l);
        struct transfer *x = newest(l);
        assert_true(x->write);
        assert_string_equal(x->method, "PATCH");
        assert_string_equal(x->body, "{\"name\":\"n\"}");
        answer(l, codes[i], "");
        assert_int_equal(l->last.status, ST_UNKNOWN);
        assert_true(l->last.may_have_left);
        advance(l, 600000);
        assert_int_equal(wire.count, i + 1);
        assert_int_equal(l->reports, i + 1);
    }
}

static void test_what_is_refused_before_it_is_sent(void **state)
{
    struct line *l = *state;
    static const char *const ids[] = {"", ".", "..", "a\nb"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        api_read(l->api, span_of(ids[i]), on_result, l);
        assert_int_equal(l->reports, i); /* from the loop */
        turn(l);
        assert_int_equal(l->reports, i + 1);
        assert_int_equal(l->last.status, ST_USAGE);
    }
    api_set_readonly(l->api, true);
    update_one(l);
    assert_int_equal(l->last.status, ST_FORBIDDEN);
    assert_false(l->last.may_have_left);
    assert_non_null(strstr(l->what, "this connection is read-only"));
    assert_int_equal(wire.count, 0);
    read_one(l); /* reading goes on */
    assert_int_equal(wire.count, 1);
}

static void test_offline(void **state)
{
    struct line *l = *state;
    const struct api_settings settings = {.url = "https://gw", .org = "o", .offline = true};
    api_destroy(l->api);
    line_open(l, &settings);
    read_one(l);
    assert_int_equal(l->last.status, ST_NETWORK);
    assert_non_null(strstr(l->what, "offline: nothing was asked of the server"));
    update_one(l);
    assert_false(l->last.may_have_left);
    assert_int_equal(wire.count, 0);
}

/* ---- the list -------------------------------------------------------------------------------- */

struct pages {
    struct line *l;
    struct api_call *call;
    unsigned restarts, records;
    char cursor[40];
    int64_t as_of;
    bool cancel, start;
};

static void on_restart(void *ctx)
{
    struct pages *p = ctx;
    p->restarts++;
    if (p->cancel)
        api_cancel(p->call);
}
static void on_cursor(void *ctx, struct span cursor)
{
    struct pages *p = ctx;
    snprintf(p->cursor, sizeof p->cursor, "%.*s", (int)cursor.len, cursor.p);
    if (p->start)
        api_read(p->l->api, span_of("pa_2"), on_result, p->l);
}
static void on_record(void *ctx, struct span raw, const struct error *bad, int64_t started_mono_ms)
{
    struct pages *p = ctx;
    (void)raw;
    assert_null(bad);
    p->records++;
    p->as_of = started_mono_ms;
    if (p->cancel)
        api_cancel(p->call);
}
static void on_list(void *ctx, const struct api_result *r)
{
    on_result(((struct pages *)ctx)->l, r);
}

static const struct api_list_events list_events = {on_restart, on_cursor, on_record, on_list};

static void list(struct line *l, struct pages *p)
{
    const struct api_list_query query = {
        .status = "active", .limit = 100, .cursor = span_of("a-cursor-that-is-long")};
    p->l = l;
    p->call = api_list(l->api, &query, &list_events, p);
    turn(l);
}

#define PAGE                                                                                       \
    "{\"next_cursor\":\"c2\",\"accounts\":[" ACCOUNT "," ACCOUNT "],\"total\":7,\"has_more\":"     \
    "true}"

static void test_a_page_is_streamed(void **state)
{
    struct line *l = *state;
    struct pages p = {0};
    list(l, &p);
    struct transfer *x = newest(l);
    assert_non_null(strstr(x->url, "?limit=100&"));
    assert_non_null(strstr(x->url, "status=active"));
    assert_non_null(strstr(x->url, "cursor=a-cursor-that-is-long"));
    assert_int_equal(x->events.body(x->ctx, 200, PAGE, 40), BODY_MORE);
    assert_string_equal(p.cursor, "c2"); /* before the page is whole */
    assert_int_equal(p.records, 0);
    x->events.body(x->ctx, 200, &PAGE[40], strlen(PAGE) - 40);
    assert_int_equal(p.records, 2);
    assert_true(p.as_of == 1000000);
    answer(l, 200, "");
    assert_int_equal(l->last.status, ST_OK);
    assert_int_equal(l->last.page.total, 7);
    assert_int_equal(p.restarts, 0);
    /* The request log shows the beginning of a cursor, not all of it. */
    assert_null(strstr(reqlog_at(api_reqlog(l->api), 0)->path, "that-is-long"));
    assert_non_null(strstr(reqlog_at(api_reqlog(l->api), 0)->path, "cursor=a-cursor"));
}

static void test_a_page_that_begins_again(void **state)
{
    struct line *l = *state;
    struct pages p = {0};
    list(l, &p);
    struct transfer *x = newest(l);
    x->events.body(x->ctx, 200, PAGE, 90);
    answer_with(l, x, (struct transfer_reply){.http = 200, .curl = 18 /* cut */}, "");
    assert_int_equal(p.restarts, 1);
    l->manual.mono_ms += 10;
    answer(l, 200, PAGE);
    assert_int_equal(l->last.status, ST_OK);
    assert_int_equal(l->last.tries, 2);
}

/* A page's next is asked for while this one is coming in: it is let out first. */
static void test_a_call_from_inside_an_event(void **state)
{
    struct line *l = *state;
    struct pages p = {.start = true};
    list(l, &p);
    struct transfer *x = newest(l);
    assert_int_equal(x->events.body(x->ctx, 200, PAGE, 40), BODY_OTHERS);
    turn(l);
    assert_int_equal(wire.count, 2);
    assert_non_null(strstr(wire.items[1].url, "/pa_2"));
}

static void test_cancelled_from_inside_an_event(void **state)
{
    struct line *l = *state;
    struct pages p = {.cancel = true};
    list(l, &p);
    struct transfer *x = newest(l);
    assert_int_equal(x->events.body(x->ctx, 200, PAGE, strlen(PAGE)), BODY_STOP);
    assert_int_equal(p.records, 1); /* none after it */
    answer_with(l, x, (struct transfer_reply){.http = 200, .stopped = true}, "");
    assert_int_equal(l->reports, 0);
    /* And when it is to begin anew. */
    memset(&p, 0, sizeof p);
    list(l, &p);
    p.cancel = true;
    answer(l, 503, "");
    assert_int_equal(p.restarts, 1);
    advance(l, 60000);
    assert_int_equal(l->reports, 0);
    assert_int_equal(wire.count, 2);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

static void test_cancelled_at_every_moment(void **state)
{
    struct line *l = *state;
    api_cancel(api_read(l->api, span_of("pa_1"), on_result, l)); /* before its first turn */
    turn(l);
    assert_int_equal(wire.count, 0);
    struct api_call *call = read_one(l); /* on its way */
    api_cancel(call);
    assert_true(wire.items[0].cancelled);
    call = read_one(l); /* between two tries */
    answer_with(l, newest(l), (struct transfer_reply){.http = 429, .retry_after = span_of("5")},
                "");
    api_cancel(call);
    advance(l, 60000);
    assert_int_equal(wire.count, 2);
    assert_int_equal(l->reports, 0);
    api_cancel(NULL);
}

/* A write that has left goes on; one that has not is taken back. */
static void test_a_cancelled_write(void **state)
{
    struct line *l = *state;
    struct api_call *call = update_one(l);
    api_cancel(call);
    assert_false(wire.items[0].cancelled);
    answer(l, 200, ACCOUNT);
    assert_int_equal(l->reports, 0);
    call = update_one(l);
    newest(l)->began = false;
    api_cancel(call);
    assert_true(wire.items[1].cancelled);
}

/* ---- the token ------------------------------------------------------------------------------- */

static void ask(void *ctx)
{
    ((struct line *)ctx)->asked++;
}

/* F05: asked for once, however many wait for it. */
static void test_F05_a_new_token(void **state)
{
    struct line *l = *state;
    struct error err;
    api_on_unauthorized(l->api, ask, l);
    read_one(l);
    read_one(l);
    for (size_t i = 0; i < 2; i++)
        answer_with(l, &wire.items[i], (struct transfer_reply){.http = 401}, "{}");
    assert_int_equal(l->asked, 1);
    assert_int_equal(l->reports, 0);
    api_set_token(l->api, secret_create("token-2", 7), &err);
    api_token_ready(l->api, true);
    turn(l);
    assert_int_equal(wire.count, 4);
    assert_string_equal(wire.items[3].token, "token-2");
    answer_with(l, &wire.items[2], (struct transfer_reply){.http = 200}, ACCOUNT);
    assert_int_equal(l->last.status, ST_OK);
    answer_with(l, &wire.items[3], (struct transfer_reply){.http = 401}, "{}");
    assert_int_equal(l->last.status, ST_AUTH); /* once, not for ever */
    assert_int_equal(l->asked, 1);
    assert_int_equal(l->reports, 2);
}

/* A token that came while the old one was on its way: no need to ask. */
static void test_F05_a_token_that_came_meanwhile(void **state)
{
    struct line *l = *state;
    struct error err;
    api_on_unauthorized(l->api, ask, l);
    read_one(l);
    api_set_token(l->api, secret_create("token-2", 7), &err);
    answer(l, 401, "{}");
    assert_int_equal(l->asked, 0);
    assert_int_equal(wire.count, 2);
    answer(l, 401, "{}");
    assert_int_equal(l->last.status, ST_AUTH);
}

static void test_F05_no_new_token(void **state)
{
    struct line *l = *state;
    read_one(l); /* nobody to ask */
    answer(l, 401, "{}");
    assert_int_equal(l->reports, 1);
    api_on_unauthorized(l->api, ask, l);
    read_one(l);
    answer(l, 401, "{}");
    assert_int_equal(l->reports, 1);
    api_token_ready(l->api, false);
    turn(l);
    assert_int_equal(l->reports, 2);
    assert_int_equal(l->last.status, ST_AUTH);
    update_one(l); /* a write is told at once */
    answer(l, 401, "{}");
    assert_int_equal(l->asked, 1);
    assert_int_equal(l->reports, 3);
    assert_int_equal(l->last.status, ST_AUTH);
    assert_int_equal(wire.count, 3);
}

/* ---- sparing the server ---------------------------------------------------------------------- */

static void test_F11_a_pause(void **state)
{
    struct line *l = *state;
    const struct transfer_reply slow_down = {.http = 429, .retry_after = span_of("7")};
    read_one(l);
    answer_with(l, newest(l), slow_down, "");
    assert_int_equal(l->reports, 0);
    assert_int_equal(api_wait_ms(l->api), 7000);
    update_one(l); /* a write never waits unseen */
    assert_int_equal(l->reports, 1);
    assert_int_equal(l->last.status, ST_RATE);
    assert_false(l->last.may_have_left);
    assert_int_equal(l->last.retry_after_ms, 7000);
    assert_true(says_until(l, 7000));
    read_one(l); /* another read waits, too */
    assert_int_equal(wire.count, 1);
    advance(l, 6999);
    assert_int_equal(wire.count, 1);
    advance(l, 1);
    assert_int_equal(wire.count, 3);
    assert_int_equal(api_wait_ms(l->api), 0);
}

/* Longer than two minutes is told, not waited for; the operator may try all the same. */
static void test_F11_a_long_pause(void **state)
{
    struct line *l = *state;
    read_one(l);
    answer_with(l, newest(l), (struct transfer_reply){.http = 429, .retry_after = span_of("121")},
                "");
    assert_int_equal(l->reports, 1);
    assert_int_equal(l->last.retry_after_ms, 121000);
    read_one(l);
    assert_int_equal(l->reports, 2);
    assert_int_equal(l->last.status, ST_RATE);
    assert_int_equal(wire.count, 1);
    api_try_now(l->api);
    assert_int_equal(api_wait_ms(l->api), 0);
    read_one(l);
    assert_int_equal(wire.count, 2);
    /* No word of a server stops a console for days. */
    answer_with(l, newest(l),
                (struct transfer_reply){.http = 429, .retry_after = span_of("999999")}, "");
    assert_int_equal(api_wait_ms(l->api), 3600000);
}

static void test_try_now_ends_a_wait(void **state)
{
    struct line *l = *state;
    read_one(l);
    answer_with(l, newest(l), (struct transfer_reply){.http = 429, .retry_after = span_of("60")},
                "");
    api_try_now(l->api);
    turn(l);
    assert_int_equal(wire.count, 2);
    answer(l, 200, ACCOUNT);
    assert_int_equal(l->last.status, ST_OK);
}

static void on_ill(void *ctx)
{
    ((struct line *)ctx)->ills++;
}

static void test_since_when_it_is_ill(void **state)
{
    struct line *l = *state;
    struct api_illness ill;
    int64_t began = l->manual.wall_ms;
    api_on_illness(l->api, on_ill, l);
    read_one(l);
    advance(l, 100);
    answer(l, 503, "");
    answer(l, 502, "");
    api_illness(l->api, &ill);
    assert_int_equal(l->ills, 1); /* once, long before the call gives up */
    assert_true(ill.since_wall_ms == began);
    assert_int_equal(ill.http, 502);
    answer(l, 404, "{}"); /* it answers: it is well */
    api_illness(l->api, &ill);
    assert_int_equal(l->ills, 2);
    assert_true(ill.since_wall_ms == WHEN_NONE);
    assert_int_equal(ill.http, 0);
}

/* Two requests a second: half a second between two starts, tries and calls alike. */
static void test_the_rate(void **state)
{
    struct line *l = *state;
    const struct api_settings settings = {.url = "https://gw", .org = "o", .max_rps = 2};
    api_destroy(l->api);
    line_open(l, &settings);
    for (int i = 0; i < 3; i++)
        read_one(l);
    assert_int_equal(wire.count, 1);
    advance(l, 499);
    assert_int_equal(wire.count, 1);
    advance(l, 1);
    assert_int_equal(wire.count, 2);
    advance(l, 500);
    assert_int_equal(wire.count, 3);
    answer(l, 503, "");
    assert_int_equal(wire.count, 3); /* another try waits for its slot, too */
    advance(l, 500);
    assert_int_equal(wire.count, 4);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, line_set_up, line_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_a_read),
        T(test_F12_a_read_is_tried_four_times),
        T(test_F12_a_back_off_is_waited_out),
        T(test_F12_a_write_is_sent_once),
        T(test_what_is_refused_before_it_is_sent),
        T(test_offline),
        T(test_a_page_is_streamed),
        T(test_a_page_that_begins_again),
        T(test_a_call_from_inside_an_event),
        T(test_cancelled_from_inside_an_event),
        T(test_cancelled_at_every_moment),
        T(test_a_cancelled_write),
        T(test_F05_a_new_token),
        T(test_F05_a_token_that_came_meanwhile),
        T(test_F05_no_new_token),
        T(test_F11_a_pause),
        T(test_F11_a_long_pause),
        T(test_try_now_ends_a_wait),
        T(test_since_when_it_is_ill),
        T(test_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
