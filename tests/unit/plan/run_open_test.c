/* run_open_test.c: a plan meets accounts with an earlier write of unknown outcome: it is looked at
 * again, and settled, stale, left, or waited for, never written over. */
#include "tests/unit/plan/run_rig.h"

/* A change of acct-0 (concurrency 10 to 11) whose answer was lost; looked at once, by itself. */
static struct write *lost_change(struct rig *r)
{
    struct account base, mine;
    struct served wanted = r->served[0];
    wanted.concurrency = 11;
    decode_served(&r->served[0], 0, &base);
    decode_served(&wanted, 0, &mine);
    const struct write_spec spec = {.kind = JOURNAL_UPDATE, .base = &base, .mine = &mine};
    struct write *w = write_start(r->writes, &spec, NULL, NULL);
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(write_state(w), WRITE_PREVIEW);
    write_confirm(w);
    fake_fail(called(r, ENDPOINT_UPDATE), ST_SERVER, 500, true);
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(write_outcome(w), WRITE_NOT_SEEN);
    account_finish(&base);
    account_finish(&mine);
    return w;
}

/* Looks, ever later, that see the account as it was. */
static void look_often(struct rig *r, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        answer_all(r);
        advance(r, 1000);
    }
    answer_all(r);
}

/* The others do not wait for it; three looks leave it as it is, with what to do. */
static void test_not_seen_leaves_the_item(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    begin_ok(r, updates(r, 3, false), NULL);
    for (int i = 0; i < 3; i++)
        answer_all(r);
    assert_int_equal(progress(r).done, 2);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
    assert_int_equal(item(r, 0)->state, PLAN_BLOCKED);
    assert_says(item(r, 0)->note.p, "looking at write 1 on it");
    look_often(r, 12);
    assert_over(r, PLAN_END_DONE, "2 applied, 1 behind an open write");
    assert_says(item(r, 0)->note.p, "write 1 on it is not settled: not seen as of");
    assert_int_equal(plan_run_error(r->run)->status, ST_UNKNOWN);
    assert_says(plan_run_error(r->run)->what, "1 account was not written");
    assert_says(plan_run_error(r->run)->next, "paddock apply");
    assert_int_equal(progress(r).errors, 0);
    assert_int_equal(plan_left(plan_run_plan(r->run)), 1);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 3); /* the lost one, and two */
    write_close(w);
}

/* Given up by the operator meanwhile, it is out of the way. */
static void test_released_lets_the_item_go(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    begin_ok(r, updates(r, 2, false), NULL);
    answer_all(r);
    assert_int_equal(item(r, 0)->state, PLAN_BLOCKED);
    write_release(w);
    advance(r, 300);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
    assert_string_equal(item(r, 0)->note.p, "");
    write_close(w);
}

/* It arrived after all: the account is no longer as the plan froze it. */
static void test_settled_as_applied_makes_it_stale(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    struct plan *plan = updates(r, 2, false);
    r->served[0].concurrency = 11;
    begin_ok(r, plan, NULL);
    answer_all(r);
    advance(r, 300);
    answer_all(r);
    assert_int_equal(write_outcome(w), WRITE_APPLIED);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 stale");
    write_close(w);
}

/* Somebody else's value lies over it: more looks cannot tell, and one is enough. */
static void test_a_conflict_leaves_the_item(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    struct plan *plan = updates(r, 1, false);
    r->served[0].concurrency = 12;
    begin_ok(r, plan, NULL);
    answer_all(r);
    advance(r, 300);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 behind an open write");
    assert_says(item(r, 0)->note.p, "neither as it was nor as asked");
    write_close(w);
}

/* A giver that cannot be written gives nothing, and nobody gets. */
static void test_a_linked_plan_stops(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    begin_ok(r, updates(r, 3, true), NULL);
    answer_all(r);
    assert_int_equal(progress(r).done, 0);
    look_often(r, 12);
    assert_over(r, PLAN_END_ERRORS, "1 behind an open write, 2 not sent");
    assert_says(plan_run_error(r->run)->what, "stopped: an earlier write on acct-0");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 1);
    write_close(w);
}

static void test_stopped_while_it_is_looked_at(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    begin_ok(r, updates(r, 1, false), NULL);
    turn(r);
    assert_int_equal(item(r, 0)->state, PLAN_BLOCKED);
    plan_run_stop(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_STOPPED, "1 not sent");
    write_close(w);
}

/* A server that answers no look: not for ever. */
static void test_looks_without_an_answer_end(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    begin_ok(r, updates(r, 1, false), NULL);
    for (int i = 0; i < 31; i++)
        advance(r, 1000);
    assert_over(r, PLAN_END_DONE, "1 behind an open write");
    write_close(w);
}

/* Gone on with after it was settled. */
static void test_gone_on_with(void **state)
{
    struct rig *r = *state;
    struct write *w = lost_change(r);
    struct plan *again;
    char id[PLAN_ID_ROOM];
    begin_ok(r, updates(r, 2, false), NULL);
    look_often(r, 12);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 behind an open write");
    snprintf(id, sizeof id, "%s", plan_run_plan(r->run)->head.id);
    plan_run_destroy(r->run);
    write_release(w);
    assert_int_equal(plan_load(r->plans, r->journal, id, &again, &r->err), ST_OK);
    assert_int_equal(again->states[PLAN_BLOCKED], 1);
    begin_ok(r, again, NULL);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
    write_close(w);
}

struct console {
    struct journal *journal;
    struct writes *writes;
    struct write *lost;
};

/* Another console looks at the lost change: the journal knows, and this process does not write over
 * it. */
static struct console another_console(struct rig *r)
{
    struct console other;
    struct writes *ours = r->writes;
    assert_int_equal(journal_open(&other.journal, r->journal_path.data, r->clock, &r->err), ST_OK);
    other.writes = fake_writes(r->loop, &r->api, r->fleet, other.journal, PATCH_PARTIAL);
    r->writes = other.writes;
    other.lost = lost_change(r);
    r->writes = ours;
    return other;
}

static void console_ends(struct console *other)
{
    write_close(other->lost);
    writes_destroy(other->writes);
    journal_close(other->journal);
}

static void test_a_write_of_another_console_is_waited_for(void **state)
{
    struct rig *r = *state;
    struct console other = another_console(r);
    begin_ok(r, updates(r, 2, false), NULL);
    answer_all(r);
    assert_int_equal(item(r, 0)->state, PLAN_BLOCKED);
    assert_says(item(r, 0)->note.p, "waiting for write 1 on it, which another paddock looks at");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 2); /* the lost one, and acct-1 */
    write_release(other.lost);
    write_close(other.lost);
    turn(r);
    advance(r, 300);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
    writes_destroy(other.writes);
    journal_close(other.journal);
}

static void test_a_write_of_another_console_is_not_waited_for_for_ever(void **state)
{
    struct rig *r = *state;
    struct console other = another_console(r);
    begin_ok(r, updates(r, 2, false), NULL);
    look_often(r, 31);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 behind an open write");
    assert_says(item(r, 0)->note.p, "write 1 on it is not settled: another paddock looks at it");
    console_ends(&other);
}

/* It ends meanwhile: its write is taken up and looked at. */
static void test_a_write_of_another_console_that_ends_is_taken_up(void **state)
{
    struct rig *r = *state;
    struct console other = another_console(r);
    begin_ok(r, updates(r, 2, false), NULL);
    answer_all(r);
    console_ends(&other);
    look_often(r, 12);
    assert_over(r, PLAN_END_DONE, "1 applied, 1 behind an open write");
    assert_says(item(r, 0)->note.p, "not seen as of");
}

#define T(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

/* It came while the item was being read: not sent over it, not failed, and its turn comes. */
static void test_one_that_comes_between_is_waited_for(void **state)
{
    struct rig *r = *state;
    struct journal *other;
    struct journal_entry e = {.kind = JOURNAL_UPDATE, .account_id = "pa_0", .account_name = "a"};
    int64_t op;
    snprintf(e.origin, sizeof e.origin, "https://gw.example.net");
    snprintf(e.org, sizeof e.org, "org_1");
    begin_ok(r, updates(r, 1, false), NULL);
    struct api_call *read = called(r, ENDPOINT_READ);
    assert_int_equal(journal_open(&other, r->journal_path.data, r->clock, &r->err), ST_OK);
    assert_int_equal(journal_intent(other, &e, &op, &r->err), ST_OK);
    assert_int_equal(journal_flush(other, &r->err), ST_OK);
    answer(r, read);
    answer_all(r);
    assert_int_equal(item(r, 0)->state, PLAN_BLOCKED);
    assert_says(item(r, 0)->note.p, "waiting for write 1 on it, which another paddock looks at");
    assert_int_equal(progress(r).errors, 0);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 0);
    assert_int_equal(journal_outcome(other, op, JOURNAL_RELEASED, NULL, NULL, "", &r->err), ST_OK);
    assert_int_equal(journal_flush(other, &r->err), ST_OK);
    advance(r, 300);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
    journal_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_not_seen_leaves_the_item),
        T(test_released_lets_the_item_go),
        T(test_settled_as_applied_makes_it_stale),
        T(test_a_conflict_leaves_the_item),
        T(test_a_linked_plan_stops),
        T(test_stopped_while_it_is_looked_at),
        T(test_looks_without_an_answer_end),
        T(test_gone_on_with),
        T(test_a_write_of_another_console_is_waited_for),
        T(test_a_write_of_another_console_is_not_waited_for_for_ever),
        T(test_a_write_of_another_console_that_ends_is_taken_up),
        T(test_one_that_comes_between_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
