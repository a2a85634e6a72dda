/* plan_load_test.c: a plan of thousands in the state directory: keys are answered while it is read,
 * and one that was left is asked about when it has been. The files are made before the console
 * starts; nothing is sent. */
#include "plan/stored.h"
#include "tests/support/console_rig.h"
#include "tests/support/plan_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { COUNT = 3000 };

static const struct console_options small = {.rows = 24, .cols = 80, .accounts = 5};
static const struct console_options wide = {.rows = 40, .cols = 120, .accounts = 5};

/* The undo of it, begun with a canary and killed after one change. */
static void begin_undo(struct plans *plans, struct journal *journal)
{
    struct plan *undo;
    struct plan_save *save;
    struct error err;
    bool more = true;
    int64_t op;
    struct journal_entry e = {
        .kind = JOURNAL_UPDATE, .item = 0, .base = "{}", .target = "{}", .body = "{}"};
    assert_int_equal(plan_undo(plans, journal, PLAN_STORE_ID, &undo, &err), ST_OK);
    snprintf(e.plan, sizeof e.plan, "%s", undo->head.id);
    e.undoes = undo->items[0].undoes;
    assert_int_equal(plan_save_begin(&save, undo, plans, &err), ST_OK);
    while (more)
        assert_int_equal(plan_save_step(save, COUNT, &more, &err), ST_OK);
    plan_save_destroy(save);
    assert_int_equal(plans_how(plans, undo->head.id, "first=2 wait-health=60 parallel=3", &err),
                     ST_OK);
    assert_int_equal(journal_intent(journal, &e, &op, &err), ST_OK);
    assert_int_equal(journal_outcome(journal, op, JOURNAL_APPLIED, NULL, "{}", "", &err), ST_OK);
    assert_int_equal(journal_flush(journal, &err), ST_OK);
    plan_destroy(undo);
}

typedef void more_fn(struct plans *plans, struct journal *journal);

/* The console is ended, its state directory filled, and another one started. */
static void start_with(struct console *c, const struct console_options *o, uint32_t applied,
                       more_fn *more)
{
    struct str path = STR_INIT;
    struct plans *plans;
    struct journal *journal;
    struct error err;
    console_open_ready(c, o);
    console_keys(c, "Q");
    assert_int_equal(console_end(c), 0);
    tmpdir_path(c->home, "home/state/paddock/plans.db", &path);
    if (plans_open(&plans, str_text(&path), clock_system(), &err))
        fail_msg("%s", err.what);
    tmpdir_path(c->home, "home/state/paddock/journal.db", &path);
    if (journal_open(&journal, str_text(&path), clock_system(), &err))
        fail_msg("%s", err.what);
    plan_store_fill(plans, journal, c->box.url, RIG_ORG, COUNT, applied);
    if (more)
        more(plans, journal);
    plans_close(plans);
    journal_close(journal);
    str_finish(&path);
    console_restart(c, o);
}

/* Both keys come in one read: the second is answered before the plan is read. */
static void test_a_key_while_it_is_read(void **state)
{
    struct console c;
    start_with(&c, *state, COUNT, NULL);
    console_type(&c, "uq");
    console_see(&c, "left while it was being made; nothing was changed");
    console_see(&c, "/ filter");
    console_type(&c, "u"); /* and to its end */
    console_see(&c, "3,000 changes, 0 unchanged");
    console_see(&c, "takes back plan " PLAN_STORE_ID);
    console_close(&c);
}

/* Looked for in slices at the start; asked about, forgotten, and not asked about again. */
static void test_one_that_was_left(void **state)
{
    struct console c;
    start_with(&c, *state, 1, NULL);
    console_see(&c, "Resume the plan?");
    console_see(&c, "1 applied, 2,999 not sent");
    console_type(&c, "rf");  /* meant for the list: it neither resumes nor forgets */
    console_keys(&c, "Esc"); /* later */
    console_gone(&c, "Resume the plan?");
    console_keys(&c, ":");
    console_type(&c, "resume");
    console_keys(&c, "Enter");
    console_see(&c, "Resume the plan?");
    console_keys(&c, "Tab Tab Enter");
    console_gone(&c, "Resume the plan?");
    console_keys(&c, ":");
    console_type(&c, "resume");
    console_keys(&c, "Enter");
    console_see(&c, "no plan is being applied, and none was left");
    console_keys(&c, "Q");
    assert_int_equal(console_end(&c), 0);
    console_restart(&c, *state);
    console_keys(&c, ":");
    console_type(&c, "resume");
    console_keys(&c, "Enter");
    console_see(&c, "no plan is being applied, and none was left");
    console_close(&c);
}

/* Shown first and then gone on with, it goes on as carefully as it began. */
static void test_an_undo_that_was_killed_keeps_its_canary(void **state)
{
    struct console c;
    start_with(&c, *state, COUNT, begin_undo);
    console_type(&c, "u");
    console_see(&c, "takes back plan " PLAN_STORE_ID);
    console_keys(&c, "A");
    console_see(&c, "How: first 2, good health within 1m, then 3 at a time");
    console_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSOLE_TWO_SIZES(test_a_key_while_it_is_read, &small, &wide),
        CONSOLE_TWO_SIZES(test_one_that_was_left, &small, &wide),
        CONSOLE_TWO_SIZES(test_an_undo_that_was_killed_keeps_its_canary, &small, &wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
