/* run_health_test.c: the canaries: a plan goes on after a good health check of each that is newer
 * than its write by the server's own clock, and not before. */
#include "tests/unit/plan/run_rig.h"

#define BEFORE  "2025-10-20T14:00:00Z"
#define WRITTEN "2025-10-20T14:02:00Z"
#define AFTER   "2025-10-20T14:03:00Z"

static const char *const ok_words[] = {"active", NULL}, *const none[] = {NULL};
static const struct health_classes classes = {.words = {ok_words, none, none}};

/* Up to the wait for one canary of three. */
static void to_canary(struct rig *r, const struct plan_run_options *options)
{
    for (int i = 0; i < 3; i++)
        r->served[i] = (struct served){.there = true,
                                       .rps = 80,
                                       .concurrency = 10,
                                       .status = "active",
                                       .checked = BEFORE,
                                       .updated = WRITTEN};
    begin_ok(r, updates(r, 3, false), options);
    answer(r, called(r, ENDPOINT_READ));
    answer(r, called(r, ENDPOINT_UPDATE));
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(progress(r).canaries, 1);
    assert_int_equal(progress(r).healthy, 0);
}

static const struct plan_run_options one_of_ten_minutes = {
    .first = 1, .wait_health_ms = 600000, .classes = &classes};

static void look(struct rig *r)
{
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
}

static void test_a_newer_good_check_goes_on(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    assert_int_equal(progress(r).health_left_ms, 600000);
    look(r); /* at once, and the check is older than the write */
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_null(waiting(r, ENDPOINT_READ));
    advance(r, 14000);
    assert_null(waiting(r, ENDPOINT_READ));
    advance(r, 1000); /* every 15 s */
    r->served[0].checked = AFTER;
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
    assert_int_equal(progress(r).healthy, 1);
}

/* A check of the same moment says nothing about after the write. */
static void test_a_check_of_the_same_time_is_not_newer(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    r->served[0].checked = WRITTEN;
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
}

static void test_a_newer_bad_check_does_not_go_on(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    r->served[0].checked = AFTER;
    r->served[0].status = "timeout";
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    r->served[0].status = NULL; /* no word is not a good one */
    advance(r, 15000);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
}

static struct plan *deletes(struct rig *r, int count)
{
    struct plan *plan = rig_plan(false);
    for (int i = 0; i < count; i++) {
        struct account before;
        decode_served(&r->served[i], i, &before);
        plan_add(plan, &before, NULL, NULL);
        account_finish(&before);
    }
    return plan;
}

/* A delete is a canary, too: without a time it is the operator who goes on. */
static void test_the_first_deletes_hold_the_rest(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options first = {.first = 1, .classes = &classes};
    begin_ok(r, deletes(r, 3), &first);
    answer_all(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(fake_count(&r->api, ENDPOINT_DELETE), 1);
    advance(r, 60000);
    answer_all(r);
    assert_int_equal(fake_count(&r->api, ENDPOINT_DELETE), 1);
    plan_run_go_on(r->run);
    answer_all(r);
    assert_int_equal(fake_count(&r->api, ENDPOINT_DELETE), 3);
}

/* With one it goes on by itself: what was deleted and read back as gone has no health. */
static void test_no_health_of_the_deleted_is_waited_for(void **state)
{
    struct rig *r = *state;
    begin_ok(r, deletes(r, 2), &one_of_ten_minutes);
    answer_all(r);
    turn(r);
    answer_all(r);
    assert_int_equal(fake_count(&r->api, ENDPOINT_DELETE), 2);
    assert_over(r, PLAN_END_DONE, "2 applied");
}

static void test_without_classes_any_newer_check_is_good(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.first = 1, .wait_health_ms = 600000};
    to_canary(r, &options);
    r->served[0].checked = AFTER;
    r->served[0].status = "timeout";
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
}

static void test_a_look_that_fails_is_made_again(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    fake_fail(called(r, ENDPOINT_READ), ST_NETWORK, 0, true);
    advance(r, 15000);
    fake_ok(called(r, ENDPOINT_READ), "{\"provider_account_id\":7}");
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    r->served[0].checked = AFTER;
    advance(r, 15000);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
}

/* A look that is still out when the next one is due is not doubled. */
static void test_one_look_at_a_time(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    called(r, ENDPOINT_READ);
    advance(r, 15000);
    advance(r, 15000);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 1);
}

static void test_no_good_check_in_time_stops(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    for (int i = 0; i < 39; i++) {
        look(r);
        advance(r, 15000);
    }
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    look(r);
    advance(r, 15000);
    assert_over(r, PLAN_END_HEALTH, "1 applied, 2 not sent");
    assert_string_equal(plan_run_error(r->run)->what,
                        "stopped: no good health check after the write in time: acct-0");
    assert_says(plan_run_error(r->run)->next, "takes it back");
    assert_int_equal(plan_run_error(r->run)->status, ST_PARTIAL);
}

/* A short wait is looked at more often, and its end is not overslept. */
static void test_a_short_wait(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {
        .first = 1, .wait_health_ms = 100, .health_poll_ms = 60, .classes = &classes};
    to_canary(r, &options);
    look(r);
    advance(r, 60);
    look(r);
    advance(r, 40);
    assert_int_equal(progress(r).end, PLAN_END_HEALTH);
}

static void test_without_a_wait_the_operator_says_when(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.first = 1};
    to_canary(r, &options);
    r->served[0].checked =
        AFTER; /* looked at for the operator's eyes: good goes on, here it does not */
    look(r);
    assert_int_equal(progress(r).healthy, 1);
    advance(r, 15000);
    look(r);
    advance(r, 3600000);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(progress(r).health_left_ms, 0);
    plan_run_go_on(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
}

static void assert_how(struct rig *r, const char *id, const char *how)
{
    struct plan *saved;
    assert_int_equal(plan_load(r->plans, NULL, id, &saved, &r->err), ST_OK);
    assert_string_equal(saved->head.how, how);
    plan_destroy(saved);
}

/* Going on is a key: what is noted of it waits for the disk in a turn of its own. */
static void test_going_on_is_noted_after_the_key(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.first = 1};
    char id[PLAN_ID_ROOM];
    to_canary(r, &options);
    snprintf(id, sizeof id, "%s", plan_run_plan(r->run)->head.id);
    assert_how(r, id, "first=1");
    plan_run_go_on(r->run);
    assert_how(r, id, "first=1");
    loop_step(r->loop, 0);
    assert_how(r, id, "");
}

static void to_two_canaries(struct rig *r)
{
    const struct plan_run_options options = {
        .first = 2, .wait_health_ms = 600000, .classes = &classes};
    for (int i = 0; i < 3; i++) {
        r->served[i].status = "active";
        r->served[i].updated = WRITTEN;
    }
    begin_ok(r, updates(r, 3, false), &options);
    for (int i = 0; i < 2; i++) { /* the first alone, then no more than the canaries */
        answer(r, called(r, ENDPOINT_READ));
        answer(r, called(r, ENDPOINT_UPDATE));
        answer(r, called(r, ENDPOINT_READ));
    }
    turn(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 2);
}

static void test_two_canaries_are_both_waited_for(void **state)
{
    struct rig *r = *state;
    to_two_canaries(r);
    r->served[1].checked = AFTER;
    look(r);
    look(r);
    assert_int_equal(progress(r).healthy, 1);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    advance(r, 15000);
    /* The good one is looked at on: it may fall ill while the other is waited for. */
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 2);
    r->served[0].checked = AFTER;
    look(r);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
}

/* It was good, and whether it is cannot be read: that is not "all good at once". */
static void test_a_failed_look_is_not_the_good_one_before(void **state)
{
    struct rig *r = *state;
    to_two_canaries(r);
    r->served[0].checked = AFTER;
    look(r);
    look(r);
    assert_int_equal(progress(r).healthy, 1);
    r->served[1].checked = AFTER;
    advance(r, 15000);
    fake_fail(called(r, ENDPOINT_READ), ST_NETWORK, 0, true);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(progress(r).healthy, 1);
    advance(r, 15000);
    look(r);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
}

/* Both were seen good, one of them a while ago and with a newer look under way. */
static void test_all_are_good_in_one_round(void **state)
{
    struct rig *r = *state;
    to_two_canaries(r);
    r->served[0].checked = r->served[1].checked = AFTER;
    struct api_call *first = called(r, ENDPOINT_READ), *second = first + 1;
    answer(r, first);
    turn(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    advance(r, 15000);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 1); /* no new round before this one's end */
    r->served[1].checked = NULL;
    answer(r, second);
    turn(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    r->served[1].checked = AFTER;
    r->served[0].status = "timeout";
    advance(r, 15000);
    look(r);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
}

static void test_an_answer_about_another_is_no_look(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    fake_ok(called(r, ENDPOINT_READ),
            "{\"provider_account_id\":\"pa_1\",\"name\":\"acct-1\",\"status\":\"active\","
            "\"last_health_check\":\"" AFTER "\"}");
    turn(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    assert_int_equal(progress(r).healthy, 0);
}

static void test_a_stop_ends_the_looks(void **state)
{
    struct rig *r = *state;
    to_canary(r, &one_of_ten_minutes);
    called(r, ENDPOINT_READ);
    plan_run_stop(r->run);
    turn(r);
    assert_null(waiting(r, ENDPOINT_READ));
    assert_over(r, PLAN_END_STOPPED, "1 applied, 2 not sent");
    advance(r, 60000);
    assert_null(waiting(r, ENDPOINT_READ));
}

/* A server without times: after our own clock, which is all there is. */
static void test_without_times_our_clock_is_taken(void **state)
{
    struct rig *r = *state;
    r->served[0] = (struct served){.there = true, .rps = 80, .concurrency = 10};
    begin_ok(r, updates(r, 2, false), &one_of_ten_minutes);
    answer(r, called(r, ENDPOINT_READ));
    answer(r, called(r, ENDPOINT_UPDATE));
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    r->served[0].status = "active";
    r->served[0].checked = "2025-10-20T14:02:07Z"; /* the very moment */
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_CANARY);
    r->served[0].checked = "2025-10-20T14:02:08Z";
    advance(r, 15000);
    look(r);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_a_newer_good_check_goes_on),
        T(test_a_check_of_the_same_time_is_not_newer),
        T(test_a_newer_bad_check_does_not_go_on),
        T(test_the_first_deletes_hold_the_rest),
        T(test_no_health_of_the_deleted_is_waited_for),
        T(test_without_classes_any_newer_check_is_good),
        T(test_a_look_that_fails_is_made_again),
        T(test_one_look_at_a_time),
        T(test_no_good_check_in_time_stops),
        T(test_a_short_wait),
        T(test_without_a_wait_the_operator_says_when),
        T(test_going_on_is_noted_after_the_key),
        T(test_two_canaries_are_both_waited_for),
        T(test_a_stop_ends_the_looks),
        T(test_without_times_our_clock_is_taken),
        T(test_a_failed_look_is_not_the_good_one_before),
        T(test_all_are_good_in_one_round),
        T(test_an_answer_about_another_is_no_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
