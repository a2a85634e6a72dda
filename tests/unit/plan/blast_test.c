/* blast_test.c: of whom nobody enabled is left by a plan, in which words, and which word is typed.
 */
#include "plan/blast.h"
#include "plan/build.h"
#include "plan/text.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 16

struct fixture {
    struct fleet *fleet;
    row_id rows[ROOM];
    uint32_t count;
    struct plan *plan;
};

static int setup(void **state)
{
    struct fixture *f = mem_calloc(1, sizeof *f);
    f->fleet = fleet_create();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    plan_destroy(f->plan);
    fleet_destroy(f->fleet);
    mem_free(f);
    return 0;
}

static void put(struct fixture *f, const char *provider, const char *bridge, bool enabled)
{
    char json[300];
    snprintf(json, sizeof json,
             "{\"provider_account_id\":\"a%u\",\"name\":\"n%u\",\"enabled\":%s,"
             "\"provider_type\":\"%s\",\"bridge_id\":\"%s\",\"tags\":{\"x\":\"\\\"enabled\\\":"
             "false\"}}",
             (unsigned)f->count, (unsigned)f->count, enabled ? "true" : "false", provider, bridge);
    fleet_put(f->fleet, span_of(json), 1, &f->rows[f->count++]);
}

/* Of the first n accounts. */
static struct plan *build(struct fixture *f, enum plan_op_id op, uint32_t n, bool whole)
{
    const struct plan_head head = {.made_wall_ms = 5};
    struct plan_ops ops;
    struct plan_build *b;
    struct error err;
    plan_ops_init(&ops);
    plan_ops_add(&ops, op, span_of(""), span_of(""), &err);
    const struct plan_build_spec spec = {.head = &head,
                                         .fleet = f->fleet,
                                         .rows = f->rows,
                                         .row_count = n,
                                         .whole = whole,
                                         .ops = &ops};
    assert_int_equal(plan_build_create(&b, &spec, &err), ST_OK);
    while (plan_build_step(b, 1))
        continue;
    plan_destroy(f->plan);
    f->plan = plan_build_take(b, &err);
    plan_build_destroy(b);
    return f->plan;
}

static void says(const struct plan *p, const char *want)
{
    const struct plan_text_options options = {.quiet = true};
    struct str text = STR_INIT;
    plan_text_blast(p, &options, &text);
    assert_string_equal(str_text(&text), want);
    str_finish(&text);
}

static void word_is(const struct plan *p, const char *label, const char *want)
{
    struct str word = STR_INIT;
    plan_confirm_word(p, label, false, &word);
    assert_string_equal(str_text(&word), want);
    str_finish(&word);
}

static void test_the_last_of_a_provider(void **state)
{
    struct fixture *f = *state;
    put(f, "openai", "b1", true);
    put(f, "openai", "b2", true);
    put(f, "openai", "b2", false); /* off already: nobody who is left */
    put(f, "azure", "b2", true);
    put(f, "cohere", "b3", false); /* had none before */
    struct plan *p = build(f, PLAN_OP_DISABLE, 3, true);
    says(p, "! no enabled account of provider openai is left\n"
            "! no enabled account of bridge b1 is left\n");
    assert_int_equal(plan_last_left(p), 2);
    assert_true(plan_is_dangerous(p));
    word_is(p, "PROD", "last 2 PROD");
    word_is(p, "", "last 2");
    plan_mark(p, 0, PLAN_APPLIED, 1, NULL);
    plan_mark(p, 1, PLAN_APPLIED, 1, NULL);
    assert_int_equal(plan_last_left(p), 0); /* nobody is switched off any more */
    says(p, "");
}

static void test_somebody_is_left(void **state)
{
    struct fixture *f = *state;
    put(f, "openai", "b1", true);
    put(f, "openai", "b1", true);
    struct plan *p = build(f, PLAN_OP_DISABLE, 1, true);
    says(p, "");
    assert_false(plan_is_dangerous(p));
    word_is(p, "PROD", "PROD");
    p = build(f, PLAN_OP_ENABLE, 2, false); /* switches nobody off: nothing to know */
    says(p, "");
}

static void test_nobody_at_all(void **state)
{
    struct fixture *f = *state;
    put(f, "", "", true);
    put(f, "", "", false);
    struct plan *p = build(f, PLAN_OP_DELETE, 2, true);
    says(p, "! no enabled account is left at all\n");
    word_is(p, "", "delete 2 last 1");
    struct str why = STR_INIT;
    plan_text_danger(p, &why);
    assert_string_equal(str_text(&why),
                        "2 accounts are deleted; no enabled account is left at all");
    str_finish(&why);
}

/* A delete of what is disabled takes nobody away. */
static void test_deletes_of_disabled_ones(void **state)
{
    struct fixture *f = *state;
    put(f, "openai", "b1", false);
    put(f, "azure", "b1", true);
    struct plan *p = build(f, PLAN_OP_DELETE, 1, true);
    says(p, "");
    word_is(p, "", "delete 1");
}

static void test_many_are_counted_on(void **state)
{
    struct fixture *f = *state;
    put(f, "p\\u001b[31m", "", true); /* hostile: made visible */
    for (uint32_t i = 0; i < 7; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%u", (unsigned)i);
        put(f, name, "", true);
    }
    put(f, "other", "", true);
    struct plan *p = build(f, PLAN_OP_DISABLE, 8, true);
    says(p, "! no enabled account of provider p^[[31m is left\n"
            "! no enabled account of provider p0 is left\n"
            "! no enabled account of provider p1 is left\n"
            "! no enabled account of provider p2 is left\n"
            "! no enabled account of provider p3 is left\n"
            "and 3 more\n");
    word_is(p, "", "last 8");
}

static void test_not_known(void **state)
{
    struct fixture *f = *state;
    put(f, "openai", "b1", true);
    struct plan *p = build(f, PLAN_OP_DISABLE, 1, false);
    says(p, "! who is left enabled is not known: the list is partial\n");
    assert_int_equal(plan_last_left(p), 0);
    word_is(p, "PROD", "PROD");
    p->blast.known = PLAN_BLAST_UNCOUNTED; /* as one from a file */
    says(p, "! who is left enabled is not known: it was not counted for this plan\n");
}

/* The one that is switched on, or created enabled, by the same plan is left. */
static void test_another_comes(void **state)
{
    struct fixture *f = *state;
    const struct plan_head head = {.made_wall_ms = 5};
    struct account before, after;
    struct error err;
    struct value off = value_int(0), on = value_int(1);
    put(f, "openai", "", true);
    put(f, "openai", "", false);
    account_init(&before);
    account_init(&after);
    f->plan = plan_create(&head);
    for (uint32_t i = 0; i < 2; i++) {
        fleet_account(f->fleet, f->rows[i], &before, &err);
        account_copy(&after, &before);
        account_set(&after, FIELD_ENABLED, i ? &on : &off);
        plan_add(f->plan, &before, &after, NULL);
    }
    plan_blast_all(f->plan, f->fleet, true);
    says(f->plan, "");
    plan_mark(f->plan, 1, PLAN_STALE, 1, NULL); /* does not come */
    plan_blast_all(f->plan, f->fleet, true);
    says(f->plan, "! no enabled account is left at all\n"
                  "! no enabled account of provider openai is left\n");
    plan_add(f->plan, NULL, &after, NULL);
    plan_blast_all(f->plan, f->fleet, true);
    says(f->plan, "");
    account_finish(&before);
    account_finish(&after);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_the_last_of_a_provider), T(test_somebody_is_left),
        T(test_nobody_at_all),          T(test_deletes_of_disabled_ones),
        T(test_many_are_counted_on),    T(test_not_known),
        T(test_another_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
