/* run_item_test.c: one item of a plan through the write machine: what makes it stale, what counts
 * as an error and stops the plan, what waits, and what is never sent twice. */
#include "tests/unit/plan/run_rig.h"

static void read_as_it_is(struct rig *r)
{
    answer(r, called(r, ENDPOINT_READ));
}

/* The next item up to its request, which this answers. */
static void refuse(struct rig *r, enum status status, int http)
{
    read_as_it_is(r);
    fake_fail(called(r, ENDPOINT_UPDATE), status, http, true);
    turn(r);
}

static void apply_one(struct rig *r)
{
    read_as_it_is(r);
    answer(r, called(r, ENDPOINT_UPDATE));
    read_as_it_is(r);
    turn(r);
}

/* ---- stale --------------------------------------------------------------------------------- */

static void test_a_change_since_is_left_alone(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    r->served[0].concurrency = 11;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 stale");
    assert_string_equal(item(r, 0)->note.p, "changed since the plan was made: rate.concurrency");
    assert_int_equal(r->served[0].rps, 80);
    assert_int_equal(progress(r).errors, 0);
}

/* Somebody else wants something else of the very field: no merge, no choice, left alone. */
static void test_a_conflict_is_stale_too(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 1, false), NULL);
    r->served[0].rps = 100;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 stale");
    assert_string_equal(item(r, 0)->note.p, "changed since the plan was made: rate.rps");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 0);
}

static void test_one_that_is_gone_is_stale(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    r->served[0].there = false;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 stale");
    assert_string_equal(item(r, 0)->note.p, "gone meanwhile");
}

/* The first of a linked plan gives what the others get: without it nothing goes on. */
static void test_a_stale_giver_stops_a_linked_plan(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 3, true), NULL);
    r->served[0].rps = 100;
    answer_all(r);
    assert_over(r, PLAN_END_ERRORS, "1 stale, 2 not sent");
    assert_says(plan_run_error(r->run)->what, "stopped after 1 error: acct-0: changed since");
}

/* Nor in a run that takes it up again: the giver is skipped, and so are those that would get. */
static void test_a_stale_giver_stops_a_linked_plan_that_is_resumed(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 3, true);
    plan_mark(plan, 0, PLAN_STALE, 0, "changed since the plan was made: rps");
    begin_ok(r, plan, NULL);
    answer_all(r);
    assert_over(r, PLAN_END_ERRORS, "1 stale, 2 not sent");
    assert_says(plan_run_error(r->run)->what, "acct-0: stale; what it gives was not taken");
}

static void test_already_so(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 1, false);
    begin_ok(r, plan, NULL);
    /* What the server counts as its own does not make it stale; what was asked is there. */
    r->served[0].status = "active";
    read_as_it_is(r);
    fake_fail(called(r, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    r->served[0].rps = 120;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 already so");
    assert_int_equal(progress(r).done, 1);
}

/* The journal has the 409 as its last word; taken up again, it is what was seen after that. */
static void test_after_a_409_it_is_loaded_as_it_was(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 2, false), *known;
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan->head.id);
    begin_ok(r, plan, NULL);
    read_as_it_is(r);
    fake_fail(called(r, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    r->served[0].rps = 120;
    read_as_it_is(r);
    read_as_it_is(r);
    fake_fail(called(r, ENDPOINT_UPDATE), ST_CONFLICT, 409, true);
    r->served[1].rps = 100;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 already so, 1 stale");
    plan_run_destroy(r->run);
    r->run = NULL;
    assert_int_equal(plan_load(r->plans, r->journal, id, &known, &r->err), ST_OK);
    assert_int_equal(known->items[0].state, PLAN_ALREADY);
    assert_int_equal(known->items[1].state, PLAN_STALE);
    plan_destroy(known);
}

/* F09: refused, and nothing was changed: the item failed, with the server's words; no second try by
 * itself, for nobody was asked. Changed by others: stale, and what they changed is named. */
static void test_F09_of_an_item(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    refuse(r, ST_CONFLICT, 409);
    read_as_it_is(r);
    assert_int_equal(item(r, 0)->state, PLAN_FAILED);
    assert_says(item(r, 0)->note.p, "fake conflict");
    refuse(r, ST_CONFLICT, 412);
    r->served[1].concurrency = 11;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 failed, 1 stale");
    assert_string_equal(item(r, 1)->note.p, "changed since the plan was made: rate.concurrency");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 2);
}

/* ---- errors -------------------------------------------------------------------------------- */

static void test_errors_are_counted_up_to_their_most(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options two = {.max_errors = 2};
    struct plan *plan = updates(r, 4, false);
    char next[120];
    snprintf(next, sizeof next, "look at what failed; paddock apply %s goes on", plan->head.id);
    begin_ok(r, plan, &two);
    refuse(r, ST_INVALID, 422);
    assert_int_equal(progress(r).errors, 1);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
    refuse(r, ST_REJECTED, 400);
    assert_over(r, PLAN_END_ERRORS, "2 failed, 2 not sent");
    assert_says(plan_run_error(r->run)->what, "stopped after 2 errors: fake ");
    assert_string_equal(plan_run_error(r->run)->next, next);
    assert_int_equal(plan_run_error(r->run)->status, ST_PARTIAL);
    assert_true(item(r, 0)->op > 0);
}

static void test_three_errors_when_nothing_was_said(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 5, false), NULL);
    for (int i = 0; i < PLAN_RUN_MAX_ERRORS; i++)
        refuse(r, ST_INVALID, 422);
    assert_over(r, PLAN_END_ERRORS, "3 failed, 2 not sent");
}

/* A read that was not even sent is no failure of its account, and the rest is not tried for that.
 */
static void test_a_server_left_alone_stops_it_and_nothing_failed(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options one = {.max_errors = 1};
    begin_ok(r, updates(r, 3, false), &one);
    r->api.wait_ms = 7000;
    fake_fail(called(r, ENDPOINT_READ), ST_SERVER, 0, false);
    turn(r);
    assert_over(r, PLAN_END_AWAY, "3 not sent");
    assert_int_equal(progress(r).errors, 0);
    assert_int_equal(plan_run_error(r->run)->status, ST_SERVER);
    assert_says(plan_run_error(r->run)->what, "stopped: not sent: ");
    assert_int_equal(fake_count(&r->api, ENDPOINT_READ), 1);
}

/* The first to meet an outage is read once more: by then the client knows that the server is away,
 * or it was the account's own failure. */
static void test_the_first_of_an_outage_has_not_failed(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 3, false), NULL);
    fake_fail(called(r, ENDPOINT_READ), ST_NETWORK, 0, false);
    turn(r);
    r->api.wait_ms = 7000;
    fake_fail(called(r, ENDPOINT_READ), ST_SERVER, 0, false);
    turn(r);
    assert_over(r, PLAN_END_AWAY, "3 not sent");
    assert_int_equal(progress(r).errors, 0);
}

static void test_an_account_that_cannot_be_read_fails(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    fake_fail(called(r, ENDPOINT_READ), ST_SERVER, 500, false);
    turn(r);
    fake_fail(called(r, ENDPOINT_READ), ST_SERVER, 500, false);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 failed");
}

/* What would meet every item is no reason to try them all (F05, F21). */
static void test_a_refused_token_stops_at_once(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 4, false), NULL);
    refuse(r, ST_AUTH, 401);
    assert_over(r, PLAN_END_FAULT, "1 failed, 3 not sent");
    assert_int_equal(plan_run_error(r->run)->status, ST_AUTH);
}

static void test_readonly_meanwhile_stops_at_once(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 4, false), NULL);
    r->api.readonly = true;
    answer_all(r);
    assert_over(r, PLAN_END_FAULT, "1 failed, 3 not sent");
    assert_int_equal(plan_run_error(r->run)->status, ST_FORBIDDEN);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 0);
}

/* F11: the plan waits as long as the server says, at least a second; it is no error. */
static void test_a_429_holds_the_plan(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    r->api.wait_ms = 7000;
    refuse(r, ST_RATE, 429);
    assert_words(r, "2 not sent");
    assert_int_equal(progress(r).errors, 0);
    advance(r, 6900);
    assert_null(waiting(r, ENDPOINT_READ));
    advance(r, 200);
    r->api.wait_ms = 0;
    refuse(r, ST_RATE, 429);
    advance(r, 900);
    assert_null(waiting(r, ENDPOINT_READ));
    advance(r, 200);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
}

/* A server that says so for ever is an error in the end. */
static void test_the_sixth_429_in_a_row_is_an_error(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 1, false), NULL);
    for (int i = 0; i < 5; i++) {
        refuse(r, ST_RATE, 429);
        assert_words(r, "1 not sent");
        advance(r, 1000);
    }
    refuse(r, ST_RATE, 429);
    assert_over(r, PLAN_END_DONE, "1 failed");
    assert_int_equal(progress(r).errors, 1);
}

/* ---- kept differently ---------------------------------------------------------------------- */

static void test_kept_differently_is_an_error(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    read_as_it_is(r);
    answer(r, called(r, ENDPOINT_UPDATE));
    r->served[0].rps = 110;
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 applied differently");
    assert_int_equal(progress(r).errors, 1);
    assert_says(item(r, 0)->note.p, "the server did not keep as asked: Requests/second");
}

/* F01: a field that was not sent has changed: nothing more is sent. */
static void test_collateral_stops_the_plan(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 3, false);
    char next[160];
    snprintf(next, sizeof next,
             "paddock undo %s puts it back; does the server replace policies instead of merging "
             "them? Then set patch_policies = \"whole\"",
             plan->head.id);
    begin_ok(r, plan, NULL);
    read_as_it_is(r);
    answer(r, called(r, ENDPOINT_UPDATE));
    r->served[0].concurrency = 1;
    answer_all(r);
    assert_over(r, PLAN_END_COLLATERAL, "1 applied differently, 2 not sent");
    assert_says(plan_run_error(r->run)->what,
                "stopped: the server changed rate.concurrency of acct-0, which was not sent");
    assert_string_equal(plan_run_error(r->run)->next, next);
}

/* ---- unknown ------------------------------------------------------------------------------- */

/* F15: it counts as an error while it is not known, and no more when it was applied after all. */
static void test_unknown_and_then_applied(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 3, false), NULL);
    refuse(r, ST_SERVER, 500);
    assert_int_equal(progress(r).unknown, 1);
    assert_int_equal(progress(r).errors, 1);
    r->served[0].rps = 120; /* it was */
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
    assert_int_equal(progress(r).errors, 0);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 3);
}

/* A command waits until it was looked at at 0, 2 and 10 s, and no longer; nothing is sent again. */
static void test_unknown_rests_after_its_looks(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 1, false), NULL);
    refuse(r, ST_SERVER, 500);
    for (int i = 0; i < 11; i++) {
        answer_all(r);
        assert_int_equal(progress(r).state, PLAN_RUN_OVER);
        assert_false(plan_run_rests(r->run));
        advance(r, 1000);
    }
    unsigned news = r->news;
    advance(r, 1100);
    assert_true(plan_run_rests(r->run));
    assert_true(r->news > news);
    assert_over(r, PLAN_END_DONE, "1 unknown");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 1);
    assert_true(fake_count(&r->api, ENDPOINT_READ) >= 4);
}

static void test_sent_again_only_when_asked_and_seen_three_times(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options again = {.send_again = true};
    begin_ok(r, updates(r, 1, false), &again);
    refuse(r, ST_SERVER, 500);
    read_as_it_is(r);
    advance(r, 2000);
    read_as_it_is(r);
    turn(r);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 1);
    advance(r, 8000);
    read_as_it_is(r);
    turn(r);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 2);
    assert_int_equal(progress(r).errors, 0);
    answer_all(r);
    assert_words(r, "1 applied");
    assert_int_equal(r->served[0].rps, 120);
}

static void test_nothing_is_sent_again_after_a_stop(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options again = {.send_again = true, .max_errors = 1};
    begin_ok(r, updates(r, 2, false), &again);
    refuse(r, ST_SERVER, 500);
    read_as_it_is(r);
    advance(r, 2000);
    read_as_it_is(r);
    turn(r);
    advance(r, 8000);
    read_as_it_is(r);
    turn(r);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 1);
    assert_over(r, PLAN_END_ERRORS, "1 unknown, 1 not sent");
}

static void test_released_by_the_operator(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    refuse(r, ST_SERVER, 500);
    write_release(open_write_at(r->writes, 0));
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 released");
    assert_says(item(r, 0)->note.p, "released by the operator");
}

/* F29: what an earlier process left open is watched, and not sent again. */
static void test_an_open_write_of_before_is_taken_over(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 2, false), *known;
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan->head.id);
    begin_ok(r, plan, NULL);
    read_as_it_is(r);
    called(r, ENDPOINT_UPDATE);
    plan_run_destroy(r->run);
    r->run = NULL;
    writes_destroy(r->writes);
    rig_writes(r);
    assert_int_equal(plan_load(r->plans, r->journal, id, &known, &r->err), ST_OK);
    begin_ok(r, known, NULL);
    assert_words(r, "1 in flight, 1 unknown");
    r->served[0].rps = 120; /* it had arrived */
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 2);
}

/* ---- creates and deletes ------------------------------------------------------------------- */

static void test_a_create_gets_its_id(void **state)
{
    struct rig *r = *state;
    struct plan *plan = rig_plan(false);
    struct account after;
    decode_served(&(struct served){.rps = 5, .concurrency = 10}, 9, &after);
    plan_add(plan, NULL, &after, NULL);
    account_finish(&after);
    begin_ok(r, plan, NULL);
    assert_true(span_is(item(r, 0)->id, ""));
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
    assert_true(span_is(item(r, 0)->id, "pa_9"));
    assert_int_equal(fake_count(&r->api, ENDPOINT_CREATE), 1);
}

/* An account that comes back and whose name somebody has: not tried again as it is, but to be
 * planned under another name; one of a file is a failure, as it was. */
static void test_a_name_that_is_taken(void **state)
{
    struct rig *r = *state;
    struct plan *plan = rig_plan(false);
    struct account after;
    row_id row;
    decode_served(&(struct served){.rps = 5, .concurrency = 10}, 9, &after);
    plan_add(plan, NULL, &after, NULL);
    plan_add(plan, NULL, &after, NULL);
    plan->items[0].undoes = 3;
    account_finish(&after);
    fleet_put(r->fleet, span_of("{\"provider_account_id\":\"pa_x\",\"name\":\"acct-9\"}"), 1, &row);
    begin_ok(r, plan, NULL);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 failed, 1 stale");
    assert_int_equal(item(r, 0)->state, PLAN_STALE);
    assert_says(item(r, 0)->note.p, "there is an account named acct-9 already (pa_x)");
    assert_int_equal(fake_count(&r->api, ENDPOINT_CREATE), 0);
}

static void test_a_delete_of_what_is_gone_is_already_so(void **state)
{
    struct rig *r = *state;
    struct plan *plan = rig_plan(false);
    struct account before;
    for (int i = 0; i < 2; i++) {
        decode_served(&r->served[i], i, &before);
        plan_add(plan, &before, NULL, NULL);
        account_finish(&before);
    }
    r->served[0].there = false;
    begin_ok(r, plan, NULL);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 already so");
    assert_int_equal(fake_count(&r->api, ENDPOINT_DELETE), 1);
    assert_false(r->served[1].there);
}

static void test_reason_and_number_stand_in_the_journal(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options options = {.reason = "INC-42"};
    struct journal_entry e;
    begin_ok(r, updates(r, 2, false), &options);
    apply_one(r);
    apply_one(r);
    assert_int_equal(journal_get(r->journal, item(r, 1)->op, &e, &r->err), ST_OK);
    assert_string_equal(e.reason, "INC-42");
    assert_string_equal(e.plan, plan_run_plan(r->run)->head.id);
    assert_int_equal(e.item, 1);
    journal_entry_finish(&e);
}

static void test_the_plans_own_reason(void **state)
{
    struct rig *r = *state;
    struct journal_entry e;
    begin_ok(r, updates(r, 1, false), NULL);
    apply_one(r);
    assert_int_equal(journal_get(r->journal, item(r, 0)->op, &e, &r->err), ST_OK);
    assert_string_equal(e.reason, "because");
    journal_entry_finish(&e);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_a_change_since_is_left_alone),
        T(test_a_conflict_is_stale_too),
        T(test_one_that_is_gone_is_stale),
        T(test_a_stale_giver_stops_a_linked_plan),
        T(test_a_stale_giver_stops_a_linked_plan_that_is_resumed),
        T(test_already_so),
        T(test_errors_are_counted_up_to_their_most),
        T(test_three_errors_when_nothing_was_said),
        T(test_a_refused_token_stops_at_once),
        T(test_readonly_meanwhile_stops_at_once),
        T(test_a_server_left_alone_stops_it_and_nothing_failed),
        T(test_the_first_of_an_outage_has_not_failed),
        T(test_an_account_that_cannot_be_read_fails),
        T(test_a_429_holds_the_plan),
        T(test_the_sixth_429_in_a_row_is_an_error),
        T(test_kept_differently_is_an_error),
        T(test_collateral_stops_the_plan),
        T(test_unknown_and_then_applied),
        T(test_unknown_rests_after_its_looks),
        T(test_sent_again_only_when_asked_and_seen_three_times),
        T(test_nothing_is_sent_again_after_a_stop),
        T(test_released_by_the_operator),
        T(test_an_open_write_of_before_is_taken_over),
        T(test_a_create_gets_its_id),
        T(test_a_name_that_is_taken),
        T(test_a_delete_of_what_is_gone_is_already_so),
        T(test_reason_and_number_stand_in_the_journal),
        T(test_the_plans_own_reason),
        T(test_after_a_409_it_is_loaded_as_it_was),
        T(test_F09_of_an_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
