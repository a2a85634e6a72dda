/* readback_test.c: READBACK: what the server kept, field by field: what counts as kept, what as a
 * change that nobody asked for. */
#include "machine_rig.h"

#include "write/machine.h"

/* An update from `was` to `want` that is read back as `now`. */
static struct write *read_back(struct fixture *fx, const char *was, const char *want,
                               const char *now)
{
    struct write *w = start(fx, JOURNAL_UPDATE, was, want);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), was);
    write_confirm(w);
    turn(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), "{}");
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), now);
    return w;
}

#define ID      "\"provider_account_id\":\"pa_1\",\"name\":\"n\""
#define RATE(x) ",\"rate_limit_policy\":{" x "}"

/* A policy that was not there brings the server's defaults with it: no alarm. */
static void test_a_policy_that_was_made(void **state)
{
    struct fixture *fx = *state;
    struct write *w = read_back(fx, "{" ID "}", "{" ID RATE("\"requests_per_second\":5") "}",
                                "{" ID RATE("\"requests_per_second\":5,\"max_concurrency\":10,"
                                            "\"burst_size\":10") "}");
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

/* The same defaults in a policy that was there: somebody or something changed them. */
static void test_a_policy_that_was_there(void **state)
{
    struct fixture *fx = *state;
    struct write *w = read_back(fx, "{" ID RATE("\"max_concurrency\":10") "}",
                                "{" ID RATE("\"max_concurrency\":10,\"requests_per_second\":5") "}",
                                "{" ID RATE("\"requests_per_second\":5,\"burst_size\":10") "}");
    assert_done(w, WRITE_DIFFERENT);
    assert_int_equal(count_of(write_not_kept(w)), 0);
    assert_true(write_collateral(w)->has[FIELD_CONCURRENCY]);
    assert_true(write_collateral(w)->has[FIELD_BURST]);
    assert_non_null(strstr(write_error(w)->next, "paddock undo, puts it back; does the server "));
    assert_non_null(strstr(write_error(w)->next, "patch_policies"));
    write_close(w);
}

/* Health and usage are the server's: they may move at any time. */
static void test_what_is_the_servers_may_move(void **state)
{
    struct fixture *fx = *state;
    struct write *w =
        read_back(fx, "{" ID ",\"status\":\"active\",\"updated_at\":\"2025-01-01T00:00:00Z\"}",
                  "{" ID ",\"region\":\"r\"}",
                  "{" ID ",\"region\":\"r\",\"status\":\"down\",\"status_reason\":\"x\","
                  "\"updated_at\":\"2025-10-20T14:02:07Z\"}");
    assert_done(w, WRITE_APPLIED);
    assert_true(write_after(w) != NULL);
    write_close(w);
}

static void test_zero_is_not_none(void **state)
{
    struct fixture *fx = *state;
    struct write *w = read_back(fx, "{" ID RATE("\"requests_per_second\":5") "}",
                                "{" ID RATE("\"requests_per_second\":null") "}",
                                "{" ID RATE("\"requests_per_second\":0") "}");
    assert_done(w, WRITE_DIFFERENT);
    assert_true(write_not_kept(w)->has[FIELD_RPS]);
    assert_string_equal(write_error(w)->what, "the server did not keep as asked: Requests/second");
    assert_string_equal(write_error(w)->next, ""); /* there is nothing to put back */
    write_close(w);
}

/* F07: accepted, and gone at the look: what became of it is not known, and nobody claims it is. */
static void test_F07_gone_after_it_was_accepted(void **state)
{
    struct fixture *fx = *state;
    struct write *w = update_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_UPDATE), wanted());
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, true);
    assert_done(w, WRITE_DIFFERENT);
    assert_non_null(strstr(write_error(w)->what, "the account is gone: whether the change was"));
    assert_false(fleet_alive(fx->fleet, fx->row));
    assert_journal(fx, JOURNAL_DIFFERENT);
    write_close(w);
}

/* A new account that is not there yet at the look (a slow replica) is not gone. */
static void test_a_create_that_is_not_there_yet(void **state)
{
    struct fixture *fx = *state;
    struct write *w = create_to_sent(fx);
    fake_ok(fake_last(&fx->api, ENDPOINT_CREATE), created("pa_9", "2025-10-20T14:02:07Z"));
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404, true);
    assert_int_equal(write_state(w), WRITE_UNKNOWN);
    assert_non_null(strstr(write_error(w)->what, "accepted by the server, but it could not be"));
    turn(fx);
    fake_fail(fake_last(&fx->api, ENDPOINT_READ), ST_NOT_FOUND, 404,
              true); /* by its id, no search */
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    advance(fx, 2000);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), created("pa_9", "2025-10-20T14:02:07Z"));
    assert_done(w, WRITE_APPLIED);
    write_close(w);
}

/* Whichever field it is: asked and not kept is seen, and so is a change of one that was not sent.
 */
static void test_F01_each_field_is_compared(void **state)
{
    struct fixture *fx = *state;
    int fields = 0;
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i, sent = f == FIELD_NAME ? FIELD_DESCRIPTION : FIELD_NAME;
        struct str changed = STR_INIT, asked = STR_INIT;
        if (!is_leaf(f))
            continue;
        fields++;
        every_field_but(f, 0, &changed);
        struct write *w = read_back(fx, EVERY_FIELD, str_text(&changed), EVERY_FIELD);
        assert_done(w, WRITE_DIFFERENT);
        for (int n = 0; n < FIELD_COUNT; n++) {
            assert_int_equal(write_not_kept(w)->has[n], n == i);
            assert_false(write_collateral(w)->has[n]);
        }
        write_close(w);
        turn(fx);
        every_field_but(sent, 0, &asked);
        w = read_back(fx, EVERY_FIELD, str_text(&asked), str_text(&changed));
        assert_done(w, WRITE_DIFFERENT);
        for (int n = 0; n < FIELD_COUNT; n++)
            assert_int_equal(write_collateral(w)->has[n], n == i);
        write_close(w);
        turn(fx);
        str_finish(&changed);
        str_finish(&asked);
    }
    assert_int_equal(fields, 21); /* as many as the reference has */
}

static void test_kept_or_not(void **state)
{
    (void)state;
    const struct value absent = value_absent(), null = value_null(), zero = value_int(0),
                       none = value_text(span_of("")), no_pairs = value_int(0);
    assert_true(field_kept(FIELD_RPS, &null, &absent));
    assert_true(field_kept(FIELD_RPS, &absent, &null));
    assert_false(field_kept(FIELD_RPS, &null, &zero));
    assert_true(field_kept(FIELD_TAGS, &null, &no_pairs)); /* cleared tags, shown as {} */
    assert_true(field_kept(FIELD_TAGS, &no_pairs, &absent));
    assert_false(field_kept(FIELD_DESCRIPTION, &null, &none)); /* "" is a text */
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_policy_that_was_made),         TEST(test_a_policy_that_was_there),
        TEST(test_what_is_the_servers_may_move),   TEST(test_zero_is_not_none),
        TEST(test_F07_gone_after_it_was_accepted), TEST(test_a_create_that_is_not_there_yet),
        TEST(test_F01_each_field_is_compared),     TEST(test_kept_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
