/* send_test.c: SENT: which answers refuse for certain, and which leave it open; the id of a new
 * account; never a second request. */
#include "machine_rig.h"

/* F12, F14: a server error can follow a commit; only what never left, or is refused in so many
 * words, is "not applied". */
static void test_what_an_answer_says(void **state)
{
    struct fixture *fx = *state;
    static const struct {
        enum status status;
        int http;
        bool left, refused;
    } cases[] = {
        {ST_AUTH, 401, true, true},     {ST_FORBIDDEN, 403, true, true},
        {ST_INVALID, 422, true, true},  {ST_RATE, 429, true, true},
        {ST_REJECTED, 400, true, true}, {ST_SERVER, 500, true, false},
        {ST_SERVER, 503, true, false},  {ST_UNREADABLE, 200, true, false},
        {ST_NETWORK, 0, true, false},   {ST_NETWORK, 0, false, true},
        {ST_UNKNOWN, 0, true, false},   {ST_SERVER, 500, false, true},
        {ST_PARSE, 200, true, false},   {ST_CANCELLED, 0, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct write *w = update_to_sent(fx);
        size_t sent = fake_count(&fx->api, ENDPOINT_UPDATE);
        fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), cases[i].status, cases[i].http,
                  cases[i].left);
        enum write_state want = cases[i].refused ? WRITE_DONE : WRITE_UNKNOWN;
        if (write_state(w) != want)
            fail_msg("%zu: %s", i, write_state_name(write_state(w)));
        assert_journal(fx, cases[i].refused ? JOURNAL_NOT_APPLIED : JOURNAL_UNKNOWN);
        assert_int_equal(fake_count(&fx->api, ENDPOINT_UPDATE), sent);
        if (!cases[i].refused)
            write_release(w);
        write_close(w);
        turn(fx);
    }
}

/* F07: gone when the change came: the row goes, and what was typed is not lost. */
static void test_F07_gone_when_it_came(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_UPDATE), ST_NOT_FOUND, 404, true);
    assert_done(w, WRITE_NOT_APPLIED);
    assert_string_equal(write_error(w)->next, "it can be created again from what you typed");
    assert_false(fleet_alive(fx->fleet, fx->row));
    write_close(w);
}

/* F02: accepted, and nobody can say what: looked for, never made again. */
static void test_F02_a_create_without_an_id(void **state)
{
    struct fixture *fx = *state;
    char longest[400], id[200];
    memset(id, 'x', sizeof id);
    id[160] = 0;
    snprintf(longest, sizeof longest, "{\"provider_account_id\":\"%s\",\"name\":\"new-one\"}", id);
    const char *const bodies[] = {"",
                                  "{}",
                                  "{\"name\":\"new-one\"}",
                                  "{\"provider_account_id\":\"\"}",
                                  "{\"provider_account_id\":7}",
                                  "not json",
                                  longest};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct write *w = create_to_sent(fx);
        fake_ok(fake_last(&fx->api, ENDPOINT_CREATE), bodies[i]);
        assert_int_equal(write_state(w), WRITE_UNKNOWN);
        assert_string_equal(write_error(w)->what,
                            "the server's answer to the create has no account id");
        assert_string_equal(write_account_id(w), "");
        turn(fx);
        fake_last(&fx->api, ENDPOINT_LIST); /* it is searched for */
        write_release(w);
        write_close(w);
        turn(fx);
    }
    assert_int_equal(fake_count(&fx->api, ENDPOINT_CREATE), sizeof bodies / sizeof *bodies);
}

/* The server's words to a field stay after the reply is gone, and go with the next sending. */
static void test_F10_details_are_copied(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    char msg[] = "too many", loc[] = "rate_limit_policy";
    struct api_detail detail = {.loc = {span_of(loc)},
                                .loc_count = 1,
                                .field = FIELD_RPS,
                                .msg = span_of(msg),
                                .type = span_of("greater")};
    struct api_result r = {.status = ST_INVALID,
                           .http = 422,
                           .may_have_left = true,
                           .details = &detail,
                           .detail_count = 1,
                           .retry_after_ms = -1,
                           .date_ms = WHEN_NONE};
    error_set(&r.error, ST_INVALID, "refused");
    fake_answer(fake_last(&fx->api, ENDPOINT_UPDATE), r);
    memset(msg, '#', sizeof msg - 1);
    memset(loc, '#', sizeof loc - 1);
    size_t count;
    const struct api_detail *kept = write_details(w, &count);
    assert_int_equal(count, 1);
    assert_true(span_is(kept->msg, "too many"));
    assert_true(span_is(kept->loc[0], "rate_limit_policy"));
    assert_int_equal(kept->field, FIELD_RPS);
    assert_string_equal(write_error(w)->next, "correct the fields named, then save again");
    write_close(w);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_an_answer_says),
        TEST(test_F07_gone_when_it_came),
        TEST(test_F02_a_create_without_an_id),
        TEST(test_F10_details_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
