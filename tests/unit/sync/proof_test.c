/* proof_test.c: what the rule asks for, one thing at a time. That it never says "complete" wrongly
 * is tried in sweep_sim_test.c. */
#include "sync/proof.h"

#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Page 1 of the whole list: T0, its Date, and what the reply took. */
static void first(struct proof *p, int64_t total, int64_t date_ms, int64_t took_ms, bool last)
{
    const struct proof_reply r = {true, 1, last, total, date_ms, took_ms, date_ms, false};
    proof_begin(p, false);
    proof_page(p, &r);
}

static void page(struct proof *p, bool whole, uint32_t number, int64_t total, int64_t date_ms)
{
    const struct proof_reply r = {whole, number, false, total, date_ms, 0, date_ms, false};
    proof_page(p, &r);
}

static void test_one_page_is_complete(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 2, WHEN_NONE, 0, true);
    proof_record(&p, WHEN_NONE);
    assert_false(proof_complete(&p));
    proof_record(&p, WHEN_NONE);
    assert_true(proof_complete(&p));
}

/* As many as the total says, and yet the page says that there are more: a total of the page only.
 */
static void test_one_page_that_leaves_its_end_open_is_none(void **state)
{
    (void)state;
    struct proof p;
    const struct proof_reply r = {true, 1, true, 1, 10000, 0, 10000, true};
    proof_begin(&p, false);
    proof_page(&p, &r);
    proof_record(&p, 10);
    proof_walk_record(&p);
    assert_false(proof_complete(&p));
    assert_false(proof_walked(&p));
}

/* What the rule cannot be used for is only walked. */
static void test_spoilt_from_the_start(void **state)
{
    (void)state;
    struct proof p;
    const struct proof_reply r = {true, 1, false, 1, 10000, 0, 10000, false};
    proof_begin(&p, true);
    proof_page(&p, &r);
    proof_record(&p, 10);
    proof_walk_record(&p);
    assert_false(proof_complete(&p));
    assert_true(proof_walked(&p));
}

static void test_needs_date_and_created_at(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 2, 10000, 0, false);
    proof_record(&p, 10);
    proof_record(&p, WHEN_NONE);
    assert_false(proof_complete(&p));
    first(&p, 1, WHEN_NONE, 0, false);
    proof_record(&p, 10);
    assert_false(proof_complete(&p));
    first(&p, -1, 10000, 0, false);
    proof_record(&p, 10);
    assert_false(proof_complete(&p));
}

static void test_later_accounts_do_not_count(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 2, 10000, 0, false);
    proof_record(&p, 10);
    proof_record(&p, 10000);
    assert_false(proof_complete(&p));
    proof_record(&p, 8999);
    assert_true(proof_complete(&p));
}

/* The server may have counted when the request came in and written the Date 300 ms later; and a
 * created_at of whole seconds says 8 for 8.9. */
static void test_what_was_created_while_the_server_counted_does_not_count(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 1, 10000, 300, false);
    proof_record(&p, 8700);
    assert_false(proof_complete(&p));
    proof_record(&p, 8699);
    assert_true(proof_complete(&p));
}

/* The Date is a minute ahead of the clock that stamps the accounts: one that was created after the
 * server had counted is older than the Date all the same. */
static void test_the_newest_stamp_of_page_1_goes_before_the_date(void **state)
{
    (void)state;
    struct proof p;
    struct proof_reply r = {true, 1, false, 1, 1000000, 300, 940000, false};
    proof_begin(&p, false);
    proof_page(&p, &r);
    proof_record(&p, 940500);
    proof_record(&p, 938700);
    assert_false(proof_complete(&p));
    proof_record(&p, 938699);
    assert_true(proof_complete(&p));
    /* Nothing was stamped for long: five minutes. */
    r.newest_ms = 5;
    proof_begin(&p, false);
    proof_page(&p, &r);
    proof_record(&p, 698700);
    assert_false(proof_complete(&p));
    proof_record(&p, 698699);
    assert_true(proof_complete(&p));
    /* A stamp from the future moves nothing. */
    r.newest_ms = 2000000;
    proof_begin(&p, false);
    proof_page(&p, &r);
    proof_record(&p, 998700);
    assert_false(proof_complete(&p));
    proof_record(&p, 998699);
    assert_true(proof_complete(&p));
}

/* As many at the end as at the start, but one of them is new: so another went. */
static void test_a_walk_on_which_one_came_is_none(void **state)
{
    (void)state;
    struct proof p;
    for (int64_t created = 11000; created <= 13000; created += 1000) {
        first(&p, 2, 10000, 0, false);
        proof_record(&p, 9500);
        proof_walk_record(&p);
        proof_record(&p, created);
        proof_walk_record(&p);
        page(&p, true, 2, 2, 11000);
        assert_true(proof_walked(&p) == (created > 12000 - 1)); /* from the future: nothing */
    }
    first(&p, 1, 10000, 0, false);
    proof_record(&p, 10999); /* within the second of the Date */
    proof_walk_record(&p);
    assert_true(proof_walked(&p));
}

static void test_a_reply_from_before_t0_spoils_it(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 1, 10000, 0, false);
    page(&p, false, 1, 1, 10000);
    proof_record(&p, 10);
    assert_true(proof_complete(&p));
    page(&p, false, 2, 1, 9000);
    assert_false(proof_complete(&p));
}

static void test_one_too_many_is_no_proof(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 1, 10000, 0, false);
    proof_record(&p, 10);
    assert_false(proof_absurd(&p));
    proof_record(&p, 11);
    assert_false(proof_complete(&p));
    assert_true(proof_absurd(&p));
}

static void test_a_walk_counts_what_it_brought_itself(void **state)
{
    (void)state;
    struct proof p;
    first(&p, 3, WHEN_NONE, 0, false);
    proof_record(&p, 10); /* of a part: not of the walk */
    proof_walk_record(&p);
    proof_walk_record(&p);
    page(&p, true, 3, 3, WHEN_NONE);
    page(&p, true, 2, 4, WHEN_NONE); /* ends late: the last total is that of page 3 */
    assert_false(proof_walked(&p));
    proof_walk_record(&p);
    assert_true(proof_walked(&p));
    page(&p, false, 9, 7, WHEN_NONE); /* a part's total says nothing of the whole */
    assert_true(proof_walked(&p));
    proof_walk_again(&p);
    assert_false(proof_walked(&p));
    page(&p, true, 1, 2, WHEN_NONE);
    proof_walk_record(&p);
    proof_walk_record(&p);
    assert_true(proof_walked(&p));
    assert_int_equal(p.total_first, 3); /* T0 stays the first */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_page_is_complete),
        cmocka_unit_test(test_one_page_that_leaves_its_end_open_is_none),
        cmocka_unit_test(test_spoilt_from_the_start),
        cmocka_unit_test(test_needs_date_and_created_at),
        cmocka_unit_test(test_later_accounts_do_not_count),
        cmocka_unit_test(test_what_was_created_while_the_server_counted_does_not_count),
        cmocka_unit_test(test_the_newest_stamp_of_page_1_goes_before_the_date),
        cmocka_unit_test(test_a_walk_on_which_one_came_is_none),
        cmocka_unit_test(test_a_reply_from_before_t0_spoils_it),
        cmocka_unit_test(test_one_too_many_is_no_proof),
        cmocka_unit_test(test_a_walk_counts_what_it_brought_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
