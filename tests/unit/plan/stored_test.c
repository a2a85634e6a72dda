/* stored_test.c: plans in the state directory: saved in slices, found again with what the journal
 * says of them, and turned round. */
#include "plan/stored.h"

#include "base/mem.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct tmpdir *dir;
    struct plans *plans;
    struct journal *journal;
};

static int setup(void **state)
{
    struct fixture *f = mem_calloc(1, sizeof *f);
    struct str path = STR_INIT;
    struct error err;
    *state = f;
    f->dir = tmpdir_create();
    tmpdir_path(f->dir, "state/plans.db", &path);
    enum status st = plans_open(&f->plans, path.data, clock_system(), &err);
    tmpdir_path(f->dir, "state/journal.db", &path);
    if (st == ST_OK)
        st = journal_open(&f->journal, path.data, clock_system(), &err);
    str_finish(&path);
    return st == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    plans_close(f->plans);
    journal_close(f->journal);
    tmpdir_destroy(f->dir);
    mem_free(f);
    return 0;
}

static void decode(struct account *a, const char *json)
{
    struct error err;
    account_init(a);
    if (account_decode(a, span_of(json), &err))
        fail_msg("%s", err.what);
}

#define BEFORE                                                                                     \
    "{\"provider_account_id\":\"a%d\",\"name\":\"n%d\",\"provider_type\":\"p\","                   \
    "\"credentials_ref\":\"k\",\"rate_limit_policy\":{\"requests_per_second\":5},"                 \
    "\"region\":\"r\"}"

/* Three updates, a delete, a create, one skipped, one the same. */
static struct plan *make(void)
{
    const struct plan_head head = {.id = "AB12CD34",
                                   .origin = "http://x",
                                   .org = "o",
                                   .by = "me@host",
                                   .reason = "why",
                                   .title = "what",
                                   .made_wall_ms = 5000};
    struct plan *p = plan_create(&head);
    for (int i = 0; i < 6; i++) {
        struct account before, after;
        char json[300];
        snprintf(json, sizeof json, BEFORE, i, i);
        decode(&before, json);
        account_init(&after);
        account_copy(&after, &before);
        struct value rps = value_int(7), none = value_null();
        account_set(&after, FIELD_RPS, &rps);
        account_set(&after, FIELD_REGION, &none);
        if (i < 3)
            plan_add(p, &before, &after, NULL);
        else if (i == 3)
            plan_add(p, &before, NULL, NULL);
        else if (i == 4)
            plan_add(p, NULL, &after, NULL);
        else
            plan_add(p, &before, &before, NULL);
        account_finish(&before);
        account_finish(&after);
    }
    plan_skip(p, span_of("a9"), span_of("n9"), "no limit");
    return p;
}

static void save(struct fixture *f, const struct plan *plan, uint32_t budget)
{
    struct plan_save *s;
    struct error err;
    bool more = true;
    assert_int_equal(plan_save_begin(&s, plan, f->plans, &err), ST_OK);
    while (more)
        assert_int_equal(plan_save_step(s, budget, &more, &err), ST_OK);
    plan_save_destroy(s);
}

static void test_saved_and_loaded(void **state)
{
    struct fixture *f = *state;
    struct error err;
    for (uint32_t budget = 1; budget < 10; budget += 4) {
        struct plan *p = make(), *back;
        assert_int_equal(plans_remove(f->plans, p->head.id, &err), ST_OK);
        save(f, p, budget);
        assert_int_equal(plan_load(f->plans, f->journal, "ab12", &back, &err), ST_OK);
        assert_int_equal(back->count, p->count);
        assert_memory_equal(&back->head, &p->head, sizeof p->head);
        assert_memory_equal(back->states, p->states, sizeof p->states);
        assert_memory_equal(back->totals, p->totals, sizeof p->totals);
        for (uint32_t i = 0; i < p->count; i++) {
            assert_string_equal(back->items[i].before.p, p->items[i].before.p);
            assert_string_equal(back->items[i].target.p, p->items[i].target.p);
            assert_string_equal(back->items[i].note.p, p->items[i].note.p);
        }
        plan_destroy(back);
        plan_destroy(p);
    }
}

static int64_t enter(struct fixture *f, int64_t item, enum journal_kind kind,
                     enum journal_outcome outcome, const char *after)
{
    char base[300], target[300];
    int64_t op;
    struct error err;
    snprintf(base, sizeof base, BEFORE, (int)item, (int)item);
    snprintf(target, sizeof target, BEFORE, (int)item, (int)item);
    struct journal_entry e = {.origin = "http://x",
                              .org = "o",
                              .plan = "AB12CD34",
                              .item = item,
                              .kind = kind,
                              .base = kind == JOURNAL_CREATE ? NULL : base,
                              .target = kind == JOURNAL_DELETE ? NULL : target,
                              .body = "{}"};
    snprintf(e.account_id, sizeof e.account_id, "a%d", (int)item);
    snprintf(e.account_name, sizeof e.account_name, "n%d", (int)item);
    assert_int_equal(journal_intent(f->journal, &e, &op, &err), ST_OK);
    if (outcome != JOURNAL_OPEN)
        assert_int_equal(journal_outcome(f->journal, op, outcome, NULL, after, "noted", &err),
                         ST_OK);
    assert_int_equal(journal_flush(f->journal, &err), ST_OK);
    return op;
}

/* The journal is the truth: the last entry of an item counts, and what has none was not sent. */
static void test_what_the_journal_says(void **state)
{
    struct fixture *f = *state;
    struct plan *p = make();
    struct error err;
    plan_mark(p, 0, PLAN_RUNNING, 0, NULL);
    plan_mark(p, 1, PLAN_RUNNING, 0, NULL);
    plan_mark(p, 2, PLAN_APPLIED, 77, NULL);
    enter(f, 0, JOURNAL_UPDATE, JOURNAL_NOT_APPLIED, NULL);
    int64_t last = enter(f, 0, JOURNAL_UPDATE, JOURNAL_APPLIED, NULL);
    enter(f, 3, JOURNAL_DELETE, JOURNAL_OPEN, NULL);
    enter(f, 4, JOURNAL_CREATE, JOURNAL_APPLIED, NULL);
    enter(f, 5, JOURNAL_UPDATE, JOURNAL_APPLIED, NULL);   /* the plan says: the same */
    enter(f, 700, JOURNAL_UPDATE, JOURNAL_APPLIED, NULL); /* no such item */
    assert_int_equal(plan_settle(p, f->journal, &err), ST_OK);
    assert_int_equal(p->items[0].state, PLAN_APPLIED);
    assert_int_equal(p->items[0].op, last);
    assert_int_equal(p->items[1].state, PLAN_WAITING);
    assert_int_equal(p->items[2].state, PLAN_APPLIED);
    assert_int_equal(p->items[3].state, PLAN_UNKNOWN);
    assert_int_equal(p->items[4].state, PLAN_APPLIED);
    assert_string_equal(p->items[4].id.p, "a4");
    assert_int_equal(p->items[5].state, PLAN_SAME);
    plan_destroy(p);
}

/* Stale and already so never reach the journal: they are newer than a refusal that was there when
 * they were noted, and older than what came after. */
static void test_what_the_journal_cannot_say(void **state)
{
    struct fixture *f = *state;
    struct plan *p = make();
    struct error err;
    int64_t stale = enter(f, 0, JOURNAL_UPDATE, JOURNAL_NOT_APPLIED, NULL);
    int64_t already = enter(f, 1, JOURNAL_UPDATE, JOURNAL_NOT_APPLIED, NULL);
    int64_t old = enter(f, 2, JOURNAL_UPDATE, JOURNAL_NOT_APPLIED, NULL);
    enter(f, 2, JOURNAL_UPDATE, JOURNAL_APPLIED, NULL);
    plan_mark(p, 0, PLAN_STALE, stale, "changed");
    plan_mark(p, 1, PLAN_ALREADY, already, NULL);
    plan_mark(p, 2, PLAN_STALE, old, NULL);
    assert_int_equal(plan_settle(p, f->journal, &err), ST_OK);
    assert_int_equal(p->items[0].state, PLAN_STALE);
    assert_string_equal(p->items[0].note.p, "changed");
    assert_int_equal(p->items[1].state, PLAN_ALREADY);
    assert_int_equal(p->items[2].state, PLAN_APPLIED);
    plan_destroy(p);
}

static struct plan *inverse_of(const struct plan *p)
{
    struct plan *inverse = plan_inverse_begin(p);
    uint32_t done = 0;
    while (plan_inverse_step(inverse, p, &done, 2))
        continue;
    return inverse;
}

static void test_inverse(void **state)
{
    struct plan *p = make(), *i, *again;
    (void)state;
    snprintf(p->head.how, sizeof p->head.how, "first=3"); /* of this one, not of what undoes it */
    i = inverse_of(p);
    assert_string_equal(i->head.id, "AB12CD34-undo");
    assert_string_equal(i->head.of, "AB12CD34");
    assert_string_equal(i->head.how, "");
    assert_int_equal(i->count, 5);
    /* In reverse: the create, the delete, the updates. */
    assert_int_equal(i->items[0].state, PLAN_SKIPPED);
    assert_int_equal(i->items[1].kind, JOURNAL_CREATE);
    assert_int_equal(i->items[1].id.len, 0);
    assert_string_equal(i->items[1].name.p, "n3");
    assert_string_equal(i->items[2].name.p, "n2");
    assert_string_equal(i->items[2].target.p,
                        "{\"rate_limit_policy\":{\"requests_per_second\":5},\"region\":\"r\"}");
    assert_non_null(strstr(i->items[2].before.p, "\"requests_per_second\":7"));
    /* The inverse of an inverse is a plan of its own. */
    again = inverse_of(i);
    assert_int_equal(strlen(again->head.id), 8);
    assert_string_not_equal(again->head.id, "AB12CD34");
    assert_string_equal(again->head.of, "");
    plan_destroy(again);
    plan_destroy(i);
    plan_destroy(p);
}

/* Only what was applied is taken back, from what was really there, newest first. */
static void test_undo(void **state)
{
    struct fixture *f = *state;
    struct plan *p = make(), *undo;
    struct error err;
    save(f, p, 9);
    assert_int_equal(plan_undo(f->plans, f->journal, "AB12CD34", &undo, &err), ST_NOT_FOUND);
    int64_t op = enter(f, 0, JOURNAL_UPDATE, JOURNAL_APPLIED,
                       "{\"provider_account_id\":\"a0\",\"name\":\"n0\",\"region\":\"elsewhere\","
                       "\"provider_type\":\"p\",\"credentials_ref\":\"k\","
                       "\"rate_limit_policy\":{\"requests_per_second\":6}}");
    enter(f, 1, JOURNAL_UPDATE, JOURNAL_NOT_APPLIED, NULL);
    enter(f, 3, JOURNAL_DELETE, JOURNAL_APPLIED, NULL);
    assert_int_equal(plan_undo(f->plans, f->journal, "AB12CD34", &undo, &err), ST_OK);
    assert_int_equal(undo->count, 2);
    assert_int_equal(undo->items[0].kind, JOURNAL_CREATE);
    assert_string_equal(undo->items[1].id.p, "a0");
    assert_int_equal(undo->items[1].undoes, op);
    assert_string_equal(undo->items[1].target.p,
                        "{\"rate_limit_policy\":{\"requests_per_second\":5},\"region\":\"r\"}");
    plan_destroy(undo);
    assert_int_equal(plan_undo(f->plans, f->journal, "ZZZZ", &undo, &err), ST_NOT_FOUND);
    assert_null(undo);
    plan_destroy(p);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_saved_and_loaded),
        T(test_what_the_journal_says),
        T(test_inverse),
        T(test_undo),
        T(test_what_the_journal_cannot_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
