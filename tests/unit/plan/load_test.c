/* load_test.c: load.c and undo.c: a large plan from the state directory, and what takes it back, in
 * slices: no step does more than it is given, what comes is what comes at once, and leaving half
 * way changes nothing. */
#include "plan/load.h"

#include "plan/stored.h"
#include "tests/support/plan_store.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

enum { COUNT = 1000, APPLIED = 600, BUDGET = 50 };

struct fixture {
    struct tmpdir *dir;
    struct plans *plans;
    struct journal *journal;
    struct error err;
};

static int set_up(void **state)
{
    static struct fixture f;
    struct str path = STR_INIT;
    f = (struct fixture){.dir = tmpdir_create()};
    tmpdir_path(f.dir, "state/plans.db", &path);
    enum status st = plans_open(&f.plans, path.data, clock_system(), &f.err);
    tmpdir_path(f.dir, "state/journal.db", &path);
    if (st == ST_OK)
        st = journal_open(&f.journal, path.data, clock_system(), &f.err);
    str_finish(&path);
    if (st != ST_OK)
        return -1;
    plan_store_fill(f.plans, f.journal, "http://x", "o", COUNT, APPLIED);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    plans_close(f->plans);
    journal_close(f->journal);
    tmpdir_destroy(f->dir);
    return 0;
}

static void test_a_step_does_what_it_is_given(void **state)
{
    struct fixture *f = *state;
    struct plan_load *load;
    uint32_t done, before = 0, total, steps = 0;
    bool more = true;
    assert_int_equal(plan_load_begin(&load, f->plans, f->journal, "b166", &f->err), ST_OK);
    for (; more; steps++, before = done) {
        assert_int_equal(plan_load_step(load, BUDGET, &more, &f->err), ST_OK);
        plan_load_progress(load, &done, &total);
        assert_int_equal(total, COUNT);
        assert_true(done - before <= BUDGET);
    }
    /* Its items, then the entries of the journal. */
    assert_true(steps >= COUNT / BUDGET + APPLIED / BUDGET);
    struct plan *plan = plan_load_take(load);
    assert_true(plan->stored);
    assert_int_equal(plan->count, COUNT);
    assert_int_equal(plan->states[PLAN_APPLIED], APPLIED);
    assert_int_equal(plan->states[PLAN_WAITING], COUNT - APPLIED);
    plan_destroy(plan);
    plan_load_destroy(load);
}

static void test_left_half_way(void **state)
{
    struct fixture *f = *state;
    struct plan_load *load;
    struct plan *plan;
    bool more;
    assert_int_equal(plan_load_begin(&load, f->plans, f->journal, "b166", &f->err), ST_OK);
    assert_int_equal(plan_load_step(load, BUDGET, &more, &f->err), ST_OK);
    assert_true(more);
    plan_load_destroy(load);
    assert_int_equal(plan_load(f->plans, f->journal, "b166", &plan, &f->err), ST_OK);
    assert_int_equal(plan->count, COUNT);
    plan_destroy(plan);
}

static void test_what_is_not_there(void **state)
{
    struct fixture *f = *state;
    struct plan_load *load;
    struct plan_undo *undo;
    assert_int_equal(plan_load_begin(&load, f->plans, f->journal, "NONE", &f->err), ST_NOT_FOUND);
    assert_null(load);
    assert_int_equal(plan_undo_begin(&undo, f->plans, f->journal, "NONE", &f->err), ST_NOT_FOUND);
    assert_null(undo);
}

/* Without a journal: as last saved. */
static void test_states_as_saved(void **state)
{
    struct fixture *f = *state;
    struct plan *plan;
    assert_int_equal(plan_load(f->plans, NULL, "b166", &plan, &f->err), ST_OK);
    assert_int_equal(plan->states[PLAN_WAITING], COUNT);
    plan_destroy(plan);
}

/* One whose last items are missing is no plan. */
static void test_one_that_was_cut(void **state)
{
    struct fixture *f = *state;
    struct plan_load *load;
    bool more = true, gone;
    assert_int_equal(plan_load_begin(&load, f->plans, f->journal, "b166", &f->err), ST_OK);
    assert_int_equal(plans_remove_some(f->plans, PLAN_STORE_ID, 10, &gone, &f->err), ST_OK);
    enum status st = ST_OK;
    while (st == ST_OK && more)
        st = plan_load_step(load, BUDGET, &more, &f->err);
    assert_int_equal(st, ST_IO);
    assert_non_null(strstr(f->err.what, "item 990 of the plan is missing"));
    plan_load_destroy(load);
    /* From its first slice on it is not found, and the rest goes in slices. */
    assert_int_equal(plan_load_begin(&load, f->plans, f->journal, "b166", &f->err), ST_NOT_FOUND);
    int slices = 1;
    for (; gone; slices++)
        assert_int_equal(plans_remove_some(f->plans, PLAN_STORE_ID, 300, &gone, &f->err), ST_OK);
    assert_int_equal(slices, 5);
}

/* ---- what takes it back --------------------------------------------------------------------- */

static struct plan *undo_in_slices(struct fixture *f, uint32_t *steps)
{
    struct plan_undo *undo;
    uint32_t done, before = 0, total;
    bool more = true;
    *steps = 0;
    assert_int_equal(plan_undo_begin(&undo, f->plans, f->journal, "b166", &f->err), ST_OK);
    for (; more; ++*steps, before = done) {
        assert_int_equal(plan_undo_step(undo, BUDGET, &more, &f->err), ST_OK);
        plan_undo_progress(undo, &done, &total);
        assert_int_equal(total, COUNT);
        assert_true(done - before <= BUDGET);
    }
    struct plan *plan = plan_undo_take(undo);
    plan_undo_destroy(undo);
    return plan;
}

static void test_taken_back_in_slices(void **state)
{
    struct fixture *f = *state;
    uint32_t steps;
    struct plan *sliced = undo_in_slices(f, &steps), *whole;
    assert_true(steps >= 2 * COUNT / BUDGET + APPLIED / BUDGET);
    assert_int_equal(plan_undo(f->plans, f->journal, "b166", &whole, &f->err), ST_OK);
    assert_int_equal(sliced->count, APPLIED);
    assert_memory_equal(sliced->states, whole->states, sizeof whole->states);
    for (uint32_t i = 0; i < APPLIED; i++) {
        assert_string_equal(sliced->items[i].id.p, whole->items[i].id.p);
        assert_string_equal(sliced->items[i].target.p, whole->items[i].target.p);
        assert_int_equal(sliced->items[i].undoes, whole->items[i].undoes);
    }
    assert_string_equal(sliced->items[0].id.p, "a599"); /* the last one first */
    plan_destroy(sliced);
    plan_destroy(whole);
}

/* What an earlier undo took back is not in the next one. */
static void test_what_was_taken_back_is_left_out(void **state)
{
    struct fixture *f = *state;
    uint32_t steps;
    struct plan *first = undo_in_slices(f, &steps), *second;
    struct plan_save *save;
    bool more = true;
    int64_t op;
    for (uint32_t i = 100; i < first->count;
         i++) /* a hundred are taken back, the rest is refused */
        plan_mark(first, i, PLAN_STALE, 0, "changed");
    assert_int_equal(plan_save_begin(&save, first, f->plans, &f->err), ST_OK);
    while (more)
        assert_int_equal(plan_save_step(save, 100, &more, &f->err), ST_OK);
    plan_save_destroy(save);
    for (uint32_t i = 0; i < 100; i++) {
        struct journal_entry e = {
            .kind = JOURNAL_UPDATE, .item = i, .base = "{}", .target = "{}", .body = "{}"};
        memcpy(e.plan, first->head.id, sizeof e.plan);
        e.undoes = first->items[i].undoes;
        assert_int_equal(journal_intent(f->journal, &e, &op, &f->err), ST_OK);
        assert_int_equal(journal_outcome(f->journal, op, JOURNAL_APPLIED, NULL, "{}", "", &f->err),
                         ST_OK);
    }
    assert_int_equal(journal_flush(f->journal, &f->err), ST_OK);
    second = undo_in_slices(f, &steps);
    assert_string_equal(second->head.id, PLAN_STORE_ID "-undo2");
    assert_int_equal(second->count, APPLIED - 100);
    assert_string_equal(second->items[0].id.p, "a499");
    plan_destroy(first);
    plan_destroy(second);
}

/* What is not known cannot be taken back; that it is left out is said. */
static void test_unknown_is_left_out(void **state)
{
    struct fixture *f = *state;
    struct plan *plan;
    struct journal_entry e = {
        .kind = JOURNAL_UPDATE, .item = APPLIED, .base = "{}", .target = "{}", .body = "{}"};
    int64_t op;
    snprintf(e.plan, sizeof e.plan, "%s", PLAN_STORE_ID);
    assert_int_equal(journal_intent(f->journal, &e, &op, &f->err), ST_OK);
    assert_int_equal(journal_outcome(f->journal, op, JOURNAL_UNKNOWN, NULL, NULL, "", &f->err),
                     ST_OK);
    assert_int_equal(journal_flush(f->journal, &f->err), ST_OK);
    assert_int_equal(plan_undo(f->plans, f->journal, "b166", &plan, &f->err), ST_OK);
    assert_int_equal(plan->left_out, 1);
    assert_int_equal(plan_left(plan), APPLIED);
    assert_int_equal(plan->states[PLAN_SKIPPED], 1);
    assert_non_null(strstr(plan->items[0].note.p, "unknown"));
    assert_non_null(strstr(plan->head.title, ", 1 of unknown outcome is left out: "));
    plan_destroy(plan);
}

static void test_undo_left_half_way(void **state)
{
    struct fixture *f = *state;
    struct plan_undo *undo;
    struct plan *plan;
    bool more = true;
    for (int steps = 1; steps < 60; steps += 7) {
        assert_int_equal(plan_undo_begin(&undo, f->plans, f->journal, "b166", &f->err), ST_OK);
        for (int i = 0; i < steps && more; i++)
            assert_int_equal(plan_undo_step(undo, BUDGET, &more, &f->err), ST_OK);
        plan_undo_destroy(undo);
        more = true;
    }
    assert_int_equal(plan_undo(f->plans, f->journal, "b166", &plan, &f->err), ST_OK);
    assert_int_equal(plan->count, APPLIED);
    plan_destroy(plan);
}

/* An undo that was begun, with one change of it made. */
static void begin_undo(struct fixture *f)
{
    uint32_t steps;
    struct plan *undo = undo_in_slices(f, &steps);
    struct plan_save *save;
    bool more = true;
    int64_t op;
    struct journal_entry e = {
        .kind = JOURNAL_UPDATE, .item = 0, .base = "{}", .target = "{}", .body = "{}"};
    memcpy(e.plan, undo->head.id, sizeof e.plan);
    e.undoes = undo->items[0].undoes;
    assert_int_equal(plan_save_begin(&save, undo, f->plans, &f->err), ST_OK);
    while (more)
        assert_int_equal(plan_save_step(save, 1000, &more, &f->err), ST_OK);
    plan_save_destroy(save);
    assert_int_equal(journal_intent(f->journal, &e, &op, &f->err), ST_OK);
    assert_int_equal(journal_outcome(f->journal, op, JOURNAL_APPLIED, NULL, "{}", "", &f->err),
                     ST_OK);
    assert_int_equal(journal_flush(f->journal, &f->err), ST_OK);
    plan_destroy(undo);
}

static void rename_entries(sqlite3 *other, const char *from, const char *to)
{
    char sql[80];
    snprintf(sql, sizeof sql, "ALTER TABLE %s RENAME TO %s", from, to);
    assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* The journal cannot be read for one step, whichever it is: never is the undo that was begun taken
 * for one that was not. */
static void test_an_undo_while_the_journal_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    struct str path = STR_INIT;
    sqlite3 *other;
    int failed = 0, whole = 0;
    begin_undo(f);
    tmpdir_path(f->dir, "state/journal.db", &path);
    assert_int_equal(sqlite3_open(path.data, &other), SQLITE_OK);
    for (int steps = 0; steps < 50; steps++) {
        struct plan_undo *undo;
        bool more = true;
        assert_int_equal(plan_undo_begin(&undo, f->plans, f->journal, "b166", &f->err), ST_OK);
        for (int i = 0; i < steps && more; i++)
            assert_int_equal(plan_undo_step(undo, BUDGET, &more, &f->err), ST_OK);
        rename_entries(other, "entry", "away");
        enum status st = more ? plan_undo_step(undo, BUDGET, &more, &f->err) : ST_OK;
        rename_entries(other, "away", "entry");
        while (st == ST_OK && more)
            st = plan_undo_step(undo, BUDGET, &more, &f->err);
        failed += st != ST_OK;
        whole += st == ST_OK;
        if (st == ST_OK) {
            struct plan *plan = plan_undo_take(undo);
            assert_int_equal(plan->states[PLAN_APPLIED], 1);
            plan_destroy(plan);
        }
        plan_undo_destroy(undo);
    }
    assert_true(failed > 0 && whole > 0);
    sqlite3_close(other);
    str_finish(&path);
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_a_step_does_what_it_is_given),
        T(test_left_half_way),
        T(test_what_is_not_there),
        T(test_states_as_saved),
        T(test_one_that_was_cut),
        T(test_taken_back_in_slices),
        T(test_what_was_taken_back_is_left_out),
        T(test_undo_left_half_way),
        T(test_unknown_is_left_out),
        T(test_an_undo_while_the_journal_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
