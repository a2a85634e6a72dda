/* run_test.c: the life of a run: saved before anything is sent (run_save.c), how many at once and
 * how fast, a pause, a stop, and what it says of itself meanwhile. */
#include "tests/unit/plan/run_rig.h"

#include <sqlite3.h>

static void test_the_first_goes_alone_then_four(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 8, false), NULL);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 1);
    assert_int_equal(progress(r).state, PLAN_RUN_GOING);
    assert_int_equal(progress(r).running, 1);
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 0); /* sent, not proven */
    answer(r, called(r, ENDPOINT_UPDATE));
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), PLAN_RUN_PARALLEL);
    assert_words(r, "1 applied, 4 in flight, 3 not sent");
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "8 applied");
    assert_true(plan_run_rests(r->run));
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 8);
    assert_true(r->news > 8);
}

static void test_how_many_at_once_is_an_option(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options two = {.parallel = 2};
    begin_ok(r, updates(r, 8, false), &two);
    answer(r, called(r, ENDPOINT_READ));
    answer(r, called(r, ENDPOINT_UPDATE));
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 2);
}

/* What a plan would do twice is one item after the other when it is linked. */
static void test_a_linked_plan_goes_one_by_one(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options many = {.parallel = 64};
    begin_ok(r, updates(r, 3, true), &many);
    answer(r, called(r, ENDPOINT_READ));
    answer(r, called(r, ENDPOINT_UPDATE));
    answer(r, called(r, ENDPOINT_READ));
    turn(r);
    assert_int_equal(waiting_count(r, ENDPOINT_READ), 1);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
}

static void test_the_plan_and_its_inverse_are_saved_first(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 2, false), *saved;
    struct str undo = STR_INIT;
    char id[PLAN_ID_ROOM];
    struct error err;
    snprintf(id, sizeof id, "%s", plan->head.id);
    plan_undo_id(plan, &undo);
    assert_int_equal(begin(r, plan, NULL), ST_OK);
    assert_int_equal(progress(r).state, PLAN_RUN_SAVING);
    assert_int_equal(r->api.count, 0);
    for (int i = 0; i < 20 && r->api.count == 0; i++)
        loop_step(r->loop, 0);
    assert_int_equal(r->api.count, 1);
    assert_int_equal(plan_load(r->plans, r->journal, id, &saved, &err), ST_OK);
    assert_int_equal(saved->count, 2);
    plan_destroy(saved);
    assert_int_equal(plan_load(r->plans, NULL, str_text(&undo), &saved, &err), ST_OK);
    assert_string_equal(saved->head.of, id);
    assert_int_equal(saved->count, 2);
    plan_destroy(saved);
    str_finish(&undo);
}

/* Another process has the file: waited for, nothing is sent meanwhile. F23 */
static void test_a_locked_store_is_waited_for(void **state)
{
    struct rig *r = *state;
    sqlite3 *other;
    assert_int_equal(begin(r, updates(r, 1, false), NULL), ST_OK);
    assert_int_equal(sqlite3_open(r->plans_path.data, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 5; i++)
        advance(r, 60);
    assert_int_equal(progress(r).state, PLAN_RUN_SAVING);
    assert_int_equal(r->api.count, 0);
    assert_int_equal(plan_run_error(r->run)->status, ST_OK);
    assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    for (int i = 0; i < 5; i++)
        advance(r, 60);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
}

/* How it is applied is there before anything is sent: who goes on after a kill needs it. */
static void test_nothing_is_sent_when_how_cannot_be_kept(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options first = {.first = 1};
    sqlite3 *other;
    assert_int_equal(sqlite3_open(r->plans_path.data, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other,
                                  "CREATE TRIGGER no BEFORE UPDATE OF how ON plan"
                                  " BEGIN SELECT RAISE(ABORT, 'no'); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(other);
    begin_ok(r, updates(r, 2, false), &first);
    answer_all(r);
    assert_over(r, PLAN_END_FAULT, "2 not sent");
    assert_int_equal(r->api.count, 0);
    assert_says(plan_run_error(r->run)->what, "nothing was sent");
}

static size_t open_in_state(struct rig *r, sqlite3 **other)
{
    assert_int_equal(sqlite3_open(r->plans_path.data, other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(*other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    return r->api.count;
}

static void let_go(struct rig *r, sqlite3 *other)
{
    assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    for (int i = 0; i < 5; i++)
        advance(r, 60);
}

/* Locked in the turn of any of the steps: each waits, and what is saved then is what it is about.
 */
static void test_a_store_that_is_locked_between_two_steps(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options first = {.first = 2, .parallel = 3};
    struct str undo = STR_INIT;
    for (int turns = 1; turns < 8; turns++) {
        struct plan *plan = updates(r, 2, false), *saved;
        char id[PLAN_ID_ROOM];
        sqlite3 *other;
        snprintf(id, sizeof id, "%s", plan->head.id);
        str_clear(&undo);
        plan_undo_id(plan, &undo);
        assert_int_equal(begin(r, plan, &first), ST_OK);
        size_t before = r->api.count;
        for (int i = 0; i < turns && progress(r).state == PLAN_RUN_SAVING; i++)
            loop_step(r->loop, 0);
        bool saving = progress(r).state == PLAN_RUN_SAVING;
        size_t calls = open_in_state(r, &other);
        for (int i = 0; i < 5 && saving; i++)
            advance(r, 60);
        if (saving) {
            assert_int_equal(progress(r).state, PLAN_RUN_SAVING);
            assert_int_equal(calls, before);
        }
        let_go(r, other);
        assert_true(progress(r).state != PLAN_RUN_SAVING);
        assert_int_equal(plan_run_error(r->run)->status, ST_OK);
        assert_int_equal(plan_load(r->plans, NULL, id, &saved, &r->err), ST_OK);
        assert_string_equal(saved->head.how, "parallel=3 first=2");
        plan_destroy(saved);
        assert_int_equal(plan_load(r->plans, NULL, str_text(&undo), &saved, &r->err), ST_OK);
        assert_string_equal(saved->head.of, id);
        plan_destroy(saved);
        plan_run_destroy(r->run);
        r->run = NULL;
    }
    str_finish(&undo);
}

/* One that is known already is read first. It is gone and the file is locked when its saving would
 * begin: that waits, and it is saved again. */
static void test_a_busy_store_when_a_known_plan_goes_on(void **state)
{
    struct rig *r = *state;
    int done = 0;
    for (int turns = 0; turns < 6; turns++) {
        struct plan *plan = updates(r, 1, false), *again;
        struct plan_save *save;
        sqlite3 *other;
        bool more = true;
        assert_int_equal(plan_save_begin(&save, plan, r->plans, &r->err), ST_OK);
        while (more)
            assert_int_equal(plan_save_step(save, 9, &more, &r->err), ST_OK);
        plan_save_destroy(save);
        assert_int_equal(plan_load(r->plans, r->journal, plan->head.id, &again, &r->err), ST_OK);
        plan_destroy(plan);
        assert_int_equal(begin(r, again, NULL), ST_OK);
        for (int i = 0; i < turns; i++)
            loop_step(r->loop, 0);
        size_t sent = r->api.count;
        assert_int_equal(sqlite3_open(r->plans_path.data, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "DELETE FROM item; DELETE FROM plan; BEGIN IMMEDIATE",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        for (int i = 0; i < 5; i++)
            advance(r, 60);
        bool waited = progress(r).state == PLAN_RUN_SAVING;
        assert_true(!waited || r->api.count == sent);
        let_go(r, other);
        answer_all(r);
        done += waited && progress(r).end == PLAN_END_DONE;
        plan_run_destroy(r->run);
        r->run = NULL;
        r->served[0].rps = 80;
    }
    assert_true(done > 0);
}

static void test_nothing_to_do(void **state)
{
    struct rig *r = *state;
    struct plan *plan = rig_plan(false);
    struct account same;
    decode_served(&r->served[0], 0, &same);
    plan_add(plan, &same, &same, NULL);
    account_finish(&same);
    begin_ok(r, plan, NULL);
    assert_over(r, PLAN_END_DONE, "nothing to do");
    assert_int_equal(r->api.count, 0);
    assert_int_equal(progress(r).total, 0);
    assert_int_equal(progress(r).left_ms, -1);
}

static void test_a_pause_begins_nothing_new(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 3, false), NULL);
    plan_run_go_on(r->run); /* is no pause: nothing to end */
    answer(r, called(r, ENDPOINT_READ));
    called(r, ENDPOINT_UPDATE);
    plan_run_pause(r->run);
    assert_int_equal(progress(r).state, PLAN_RUN_PAUSED);
    answer_all(r);
    assert_words(r, "1 applied, 2 not sent"); /* the one that had left went on */
    assert_int_equal(progress(r).state, PLAN_RUN_PAUSED);
    advance(r, 3600000);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 1);
    plan_run_go_on(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
    plan_run_pause(r->run); /* over is over */
    assert_int_equal(progress(r).state, PLAN_RUN_OVER);
}

/* The screen says that nothing new is sent: one that is only being read is not, and has its turn
 * when the pause ends. */
static void test_paused_while_it_was_read(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    plan_run_pause(r->run);
    answer_all(r);
    assert_words(r, "2 not sent");
    assert_int_equal(progress(r).state, PLAN_RUN_PAUSED);
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 0);
    plan_run_go_on(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
}

/* A read that took long is made again before the change is sent; a stop during that counts. */
static void held_while_read_again(struct rig *r, void (*hold)(struct plan_run *))
{
    begin_ok(r, updates(r, 2, false), NULL);
    struct api_call *first = called(r, ENDPOINT_READ);
    advance(r, 3000);
    answer(r, first);
    called(r, ENDPOINT_READ); /* again */
    hold(r->run);
    answer_all(r);
    assert_words(r, "2 not sent");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 0);
}

static void test_stopped_while_it_was_read_again(void **state)
{
    struct rig *r = *state;
    held_while_read_again(r, plan_run_stop);
    assert_over(r, PLAN_END_STOPPED, "2 not sent");
}

static void test_paused_while_it_was_read_again(void **state)
{
    struct rig *r = *state;
    held_while_read_again(r, plan_run_pause);
    assert_int_equal(progress(r).state, PLAN_RUN_PAUSED);
    plan_run_go_on(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied");
}

static void test_a_pause_ends_by_itself_when_nothing_is_left(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 1, false), NULL);
    answer(r, called(r, ENDPOINT_READ));
    called(r, ENDPOINT_UPDATE);
    plan_run_pause(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
}

static void test_stopped_before_anything_was_sent(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 2, false);
    char next[80];
    snprintf(next, sizeof next, "paddock apply %s goes on", plan->head.id);
    assert_int_equal(begin(r, plan, NULL), ST_OK);
    plan_run_stop(r->run);
    turn(r);
    assert_over(r, PLAN_END_STOPPED, "2 not sent");
    assert_int_equal(r->api.count, 0);
    assert_int_equal(plan_run_error(r->run)->status, ST_CANCELLED);
    assert_string_equal(plan_run_error(r->run)->what, "stopped by the operator");
    /* Nothing finds it by its id, so nothing else is said. */
    assert_false(plan_run_saved(r->run));
    assert_false(plan_run_plan(r->run)->stored);
    assert_string_equal(plan_run_error(r->run)->next,
                        "it was not saved yet, and nothing was sent: make it again");
    plan = plan_run_end_with(r->run);
    assert_int_equal(begin(r, plan, NULL), ST_OK);
    while (!plan_run_saved(r->run))
        turn(r);
    plan_run_stop(r->run);
    turn(r);
    assert_true(plan_run_plan(r->run)->stored);
    assert_string_equal(plan_run_plan(r->run)->head.how, ""); /* says nothing of it */
    assert_string_equal(plan_run_error(r->run)->next, next);
}

/* It was being read when it was stopped: it is not sent, and is not lost. */
static void test_stopped_while_it_was_read(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    plan_run_stop(r->run);
    turn(r);
    assert_int_equal(progress(r).state, PLAN_RUN_STOPPING);
    assert_false(plan_run_rests(r->run));
    answer_all(r);
    assert_over(r, PLAN_END_STOPPED, "2 not sent");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), 0);
}

/* An undo that sent nothing makes room for a newer one: it is over, and nobody applies it. */
static void test_one_that_is_over_can_be_forgotten(void **state)
{
    struct rig *r = *state;
    bool more;
    begin_ok(r, updates(r, 2, false), NULL);
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan_run_plan(r->run)->head.id);
    assert_int_equal(plans_remove_some(r->plans, id, 9, &more, &r->err), ST_CONFLICT);
    assert_null(strstr(r->err.what, "another paddock"));
    plan_run_stop(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_STOPPED, "2 not sent");
    assert_int_equal(plans_remove_some(r->plans, id, 9, &more, &r->err), ST_OK);
}

static void test_what_has_left_is_read_back_after_a_stop(void **state)
{
    struct rig *r = *state;
    begin_ok(r, updates(r, 2, false), NULL);
    answer(r, called(r, ENDPOINT_READ));
    called(r, ENDPOINT_UPDATE);
    plan_run_stop(r->run);
    answer_all(r);
    assert_over(r, PLAN_END_STOPPED, "1 applied, 1 not sent");
}

/* Three requests an item: with 3 requests a second one item a second. */
static void test_the_rate_is_kept(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options slow = {.max_rps = 3};
    begin_ok(r, updates(r, 3, false), &slow);
    answer_all(r);
    assert_words(r, "1 applied, 2 not sent");
    advance(r, 900);
    assert_words(r, "1 applied, 2 not sent");
    advance(r, 150);
    assert_words(r, "1 applied, 1 in flight, 1 not sent");
    answer_all(r);
    advance(r, 1000);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
}

static void test_how_fast_and_how_long_yet(void **state)
{
    struct rig *r = *state;
    const struct plan_run_options slow = {.max_rps = 3};
    begin_ok(r, updates(r, 8, false), &slow);
    assert_true(progress(r).left_ms == -1); /* nothing is settled: not known */
    for (int i = 0; i < 4; i++) {
        answer_all(r);
        advance(r, 1000);
    }
    answer_all(r);
    struct plan_progress p = progress(r);
    assert_int_equal(p.done, 5);
    assert_true(p.per_second > 0.9 && p.per_second < 1.4);
    assert_true(p.left_ms > 2000 && p.left_ms < 4000); /* three are left */
}

static void test_readonly_is_refused_before_anything(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 1, false);
    r->api.readonly = true;
    assert_int_equal(begin(r, plan, NULL), ST_FORBIDDEN);
    assert_null(r->run);
    turn(r);
    assert_int_equal(r->api.count, 0);
    r->api.readonly = false;
    begin_ok(r, plan, NULL); /* it stayed ours */
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
}

/* The store takes no plan, as on a full disk: the plan stays ours, and nobody's claim is left. */
static void test_a_store_that_refuses_leaves_the_plan(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 1, false);
    static const char *const when[] = {"INSERT ON plan", "UPDATE OF owner ON plan"};
    sqlite3 *other;
    assert_int_equal(sqlite3_open(r->plans_path.data, &other), SQLITE_OK);
    for (size_t i = 0; i < 2; i++) {
        char sql[120];
        snprintf(sql, sizeof sql,
                 "CREATE TRIGGER no BEFORE %s BEGIN SELECT RAISE(ABORT, 'no'); END", when[i]);
        assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(begin(r, plan, NULL), ST_IO);
        assert_null(r->run);
        assert_int_equal(sqlite3_exec(other, "DROP TRIGGER no", NULL, NULL, NULL), SQLITE_OK);
    }
    sqlite3_close(other);
    begin_ok(r, plan, NULL);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
}

/* Locked before the first step, and stopped while it waits: the plan comes back whole. */
static void test_a_store_that_is_locked_at_the_beginning(void **state)
{
    struct rig *r = *state;
    sqlite3 *other;
    assert_int_equal(sqlite3_open(r->plans_path.data, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(begin(r, updates(r, 1, false), NULL), ST_OK);
    for (int i = 0; i < 5; i++)
        advance(r, 60);
    assert_int_equal(progress(r).state, PLAN_RUN_SAVING);
    plan_run_stop(r->run);
    turn(r);
    assert_over(r, PLAN_END_STOPPED, "1 not sent");
    assert_false(plan_run_saved(r->run));
    struct plan *plan = plan_run_end_with(r->run);
    assert_int_equal(begin(r, plan, NULL), ST_OK);
    for (int i = 0; i < 5; i++)
        advance(r, 60);
    assert_int_equal(progress(r).state, PLAN_RUN_SAVING);
    assert_int_equal(r->api.count, 0);
    assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    for (int i = 0; i < 5; i++)
        advance(r, 60);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "1 applied");
    assert_true(plan_run_saved(r->run));
}

static void test_another_plan_of_that_id_is_refused(void **state)
{
    struct rig *r = *state;
    struct plan *first = updates(r, 1, false), *second = updates(r, 2, false);
    snprintf(second->head.id, sizeof second->head.id, "%s", first->head.id);
    begin_ok(r, first, NULL);
    answer_all(r);
    plan_run_destroy(r->run);
    assert_int_equal(begin(r, second, NULL), ST_CONFLICT);
    assert_null(r->run);
    plan_destroy(second);
}

/* Applied again, it goes on: what was applied is not sent again, what failed is tried again. */
static void test_applied_again_it_goes_on(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 3, false), *known;
    char id[PLAN_ID_ROOM];
    snprintf(id, sizeof id, "%s", plan->head.id);
    begin_ok(r, plan, NULL);
    answer(r, called(r, ENDPOINT_READ));
    answer(r, called(r, ENDPOINT_UPDATE));
    answer(r, called(r, ENDPOINT_READ));
    answer(r, called(r, ENDPOINT_READ));
    fake_fail(called(r, ENDPOINT_UPDATE), ST_INVALID, 422, true);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "2 applied, 1 failed");
    plan_run_destroy(r->run);
    r->run = NULL;
    size_t sent = fake_count(&r->api, ENDPOINT_UPDATE);
    assert_int_equal(plan_load(r->plans, r->journal, id, &known, &r->err), ST_OK);
    begin_ok(r, known, NULL);
    answer_all(r);
    assert_over(r, PLAN_END_DONE, "3 applied");
    assert_int_equal(fake_count(&r->api, ENDPOINT_UPDATE), sent + 1);
}

static void test_words_of_all_states(void **state)
{
    struct rig *r = *state;
    struct plan *plan = updates(r, 9, false);
    struct str words = STR_INIT;
    static const enum plan_item_state states[] = {PLAN_WAITING,   PLAN_STALE,   PLAN_FAILED,
                                                  PLAN_UNKNOWN,   PLAN_RUNNING, PLAN_ALREADY,
                                                  PLAN_DIFFERENT, PLAN_APPLIED, PLAN_APPLIED};
    for (uint32_t i = 0; i < 9; i++)
        plan_mark(plan, i, states[i], 0, NULL);
    plan_states_words(plan, &words);
    assert_string_equal(str_text(&words),
                        "2 applied, 1 applied differently, 1 already so, 1 in flight, "
                        "1 unknown, 1 failed, 1 stale, 1 not sent");
    str_finish(&words);
    plan_destroy(plan);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        T(test_the_first_goes_alone_then_four),
        T(test_how_many_at_once_is_an_option),
        T(test_a_linked_plan_goes_one_by_one),
        T(test_the_plan_and_its_inverse_are_saved_first),
        T(test_a_locked_store_is_waited_for),
        T(test_nothing_to_do),
        T(test_a_pause_begins_nothing_new),
        T(test_paused_while_it_was_read),
        T(test_stopped_while_it_was_read_again),
        T(test_paused_while_it_was_read_again),
        T(test_a_pause_ends_by_itself_when_nothing_is_left),
        T(test_stopped_before_anything_was_sent),
        T(test_stopped_while_it_was_read),
        T(test_one_that_is_over_can_be_forgotten),
        T(test_what_has_left_is_read_back_after_a_stop),
        T(test_the_rate_is_kept),
        T(test_how_fast_and_how_long_yet),
        T(test_readonly_is_refused_before_anything),
        T(test_a_store_that_refuses_leaves_the_plan),
        T(test_a_store_that_is_locked_at_the_beginning),
        T(test_another_plan_of_that_id_is_refused),
        T(test_applied_again_it_goes_on),
        T(test_words_of_all_states),
        T(test_nothing_is_sent_when_how_cannot_be_kept),
        T(test_a_store_that_is_locked_between_two_steps),
        T(test_a_busy_store_when_a_known_plan_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
