/* unknown_test.c: UNKNOWN: what a look settles and what it does not, and that no more is said than
 * was seen. */
#include "machine_rig.h"

/* Accepted, not read back, and still there: a server that only marks. */
/* What a look saw again is no news, nor is one without an answer. */
static void test_seen_again_is_no_news(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    assert_true(write_is_news(w));
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_true(write_is_news(w));
    advance(fx, 2000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_false(write_is_news(w));
    advance(fx, 8000);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, false);
    assert_false(write_is_news(w));
    advance(fx, 20000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    assert_true(write_is_news(w));
    write_close(w);
}

static void test_a_delete_that_was_accepted(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_DELETE), "");
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_SERVER, 503, true);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_done(w, WRITE_DIFFERENT);
    assert_string_equal(write_error(w)->what,
                        "the server accepted the delete, and the account is still there");
    assert_journal(fx, JOURNAL_DIFFERENT);
    write_close(w);
}

/* Not accepted, and still there: it may yet come. */
static void test_a_delete_that_may_yet_come(void **state)
{
    struct fixture *fx = *state;
    struct write *w = delete_to_sent(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_DELETE), ST_UNKNOWN, 0, true);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_string_equal(write_error(w)->what, "still there as of 14:02:07Z");
    assert_int_equal(write_looks_unseen(w), 1);
    assert_journal(fx, JOURNAL_NOT_SEEN);
    advance(fx, 2000);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, true);
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

/* Accepted: what is there then is what the server kept, as asked or not. */
static void test_accepted_is_settled_by_one_look(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NETWORK, 0, true);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_done(w, WRITE_DIFFERENT); /* and not "not seen" */
    write_close(w);
}

static void test_a_look_at_the_operators_word(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    assert_int_equal(write_next_look_mono_ms(w), -1); /* it is looking */
    write_look(w);                                    /* one look at a time */
    turn(fx);
    size_t reads = fake_count(&fx->api, ENDPOINT_READ);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_true(write_next_look_mono_ms(w) == clock_mono(&fx->clock) + 2000);
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads);
    write_look(w); /* before its time */
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads + 1);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), wanted());
    assert_done(w, WRITE_APPLIED);
    write_look(w); /* done is done */
    write_release(w);
    turn(fx);
    assert_int_equal(fake_count(&fx->api, ENDPOINT_READ), reads + 1);
    write_close(w);
}

/* What was seen before stands while a look brings no answer, and the words say which is which. */
static void test_a_look_without_an_answer(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_unknown(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    advance(fx, 2000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_2", "x", RATE_80));
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    assert_string_equal(write_error(w)->what,
                        "outcome unknown, and could not be looked at: the server answered with "
                        "another account");
    assert_int_equal(write_looks_unseen(w), 1);
    write_release(w);
    assert_done(w, WRITE_RELEASED);
    assert_journal(fx, JOURNAL_RELEASED);
    write_close(w);
}

/* Seen as it was, then as neither: the looks in a row begin anew. */
static void test_a_conflict_ends_the_row_of_looks(void **state)
{
    struct fixture *fx = *state;
    struct error err;
    struct write *w = update_to_unknown(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    advance(fx, 2000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    assert_int_equal(write_looks_unseen(w), 2);
    advance(fx, 8000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "other", RATE_80));
    assert_int_equal(write_outcome(w), WRITE_CONFLICTING);
    assert_non_null(strstr(write_error(w)->what, "neither as it was nor as asked as of "));
    assert_int_equal(write_looks_unseen(w), 0);
    assert_int_equal(write_send_again(w, &err), ST_USAGE);
    assert_journal(fx, JOURNAL_CONFLICT);
    write_release(w);
    write_close(w);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_seen_again_is_no_news),
        TEST(test_a_delete_that_was_accepted),
        TEST(test_a_delete_that_may_yet_come),
        TEST(test_accepted_is_settled_by_one_look),
        TEST(test_a_look_at_the_operators_word),
        TEST(test_a_look_without_an_answer),
        TEST(test_a_conflict_ends_the_row_of_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
