/* proof_test.c: "complete" is never said wrongly, over thousands of sweeps of a fleet that changes
 * between pages; and it is said often enough to be worth having. */
#include "sync/proof.h"

#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_one_page_is_complete(void **state)
{
    (void)state;
    struct proof p;
    proof_begin(&p);
    proof_page(&p, true, 2, WHEN_NONE, true);
    proof_record(&p, WHEN_NONE);
    assert_false(proof_complete(&p));
    proof_record(&p, WHEN_NONE);
    assert_true(proof_complete(&p));
}

static void test_needs_date_and_created_at(void **state)
{
    (void)state;
    struct proof p;
    proof_begin(&p);
    proof_page(&p, true, 2, 1000, false);
    proof_record(&p, 10);
    proof_record(&p, WHEN_NONE);
    proof_page(&p, false, 2, 1000, true);
    assert_false(proof_complete(&p));
    assert_true(proof_walked(&p));

    proof_begin(&p);
    proof_page(&p, true, 1, WHEN_NONE, false);
    proof_record(&p, 10);
    assert_false(proof_complete(&p));
}

static void test_later_accounts_do_not_count(void **state)
{
    (void)state;
    struct proof p;
    proof_begin(&p);
    proof_page(&p, true, 2, 1000, false);
    proof_record(&p, 10);
    proof_record(&p, 1000); /* created in the second of t0: not before it */
    assert_false(proof_complete(&p));
    proof_record(&p, 999);
    assert_true(proof_complete(&p));
}

/* A server whose accounts stand in random order of position, with a cursor that is a position: the
 * worst case, where accounts created or moved behind the cursor are missed. */
#define FLEET_MAX 400
struct account {
    int64_t created;
    uint32_t position;
    bool alive, at_t0, received;
};

static int position_cmp(const void *a, const void *b)
{
    const struct account *x = *(struct account *const *)a, *y = *(struct account *const *)b;
    return x->position < y->position ? -1 : x->position > y->position;
}

static void churn(struct account *all, size_t *n, int64_t now, unsigned percent)
{
    for (size_t i = 0; i < *n; i++) {
        unsigned dice = (unsigned)rand() % 1000;
        if (all[i].alive && dice < percent)
            all[i].alive = false;
        else if (all[i].alive && dice < 2 * percent)
            all[i].position = (uint32_t)rand();
    }
    if (*n < FLEET_MAX && (unsigned)rand() % 100 < 20 * percent)
        all[(*n)++] = (struct account){now, (uint32_t)rand(), true, false, false};
}

/* One sweep; says whether "complete" was said and whether that was wrong. */
static void sweep(unsigned percent, bool *said, bool *wrong)
{
    static struct account all[FLEET_MAX];
    size_t n = 60 + (size_t)(rand() % 200);
    int64_t now = 1000000;
    for (size_t i = 0; i < n; i++)
        all[i] = (struct account){rand() % 900000, (uint32_t)rand(), true, false, false};
    struct proof p;
    proof_begin(&p);
    uint32_t cursor = 0;
    bool first = true, more = true;
    while (more) {
        struct account *order[FLEET_MAX];
        size_t live = 0, sent = 0;
        for (size_t i = 0; i < n; i++) {
            if (all[i].alive)
                order[live++] = &all[i];
        }
        qsort(order, live, sizeof *order, position_cmp);
        size_t from = 0;
        while (from < live && !first && order[from]->position <= cursor)
            from++;
        more = live - from > 20;
        /* The Date header has whole seconds. */
        proof_page(&p, first, (int64_t)live, now / 1000 * 1000, !more);
        if (first) {
            for (size_t i = 0; i < live; i++)
                order[i]->at_t0 = true;
        }
        for (size_t i = from; i < live && sent < 20; i++, sent++) {
            cursor = order[i]->position;
            if (!order[i]->received)
                proof_record(&p, order[i]->created);
            order[i]->received = true;
        }
        first = false;
        now += 50 + rand() % 400;
        churn(all, &n, now, percent);
    }
    *said = proof_complete(&p);
    *wrong = false;
    for (size_t i = 0; *said && i < n; i++)
        *wrong |= all[i].at_t0 && !all[i].received;
}

static void test_simulated_sweeps(void **state)
{
    (void)state;
    srand(7);
    unsigned said_total = 0, wrong_total = 0;
    for (unsigned i = 0; i < 20000; i++) {
        bool said, wrong;
        sweep(i % 4, &said, &wrong);
        said_total += said;
        wrong_total += wrong;
    }
    assert_int_equal(wrong_total, 0);
    assert_true(said_total > 5000); /* every quiet sweep, and some of the others */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_page_is_complete),
        cmocka_unit_test(test_needs_date_and_created_at),
        cmocka_unit_test(test_later_accounts_do_not_count),
        cmocka_unit_test(test_simulated_sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
