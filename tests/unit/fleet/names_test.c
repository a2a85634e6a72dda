/* names_test.c: which names more than one account has is always what counting says. */
#include "fleet/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_two_share_until_one_is_left(void **state)
{
    struct names n = {0};
    (void)state;
    assert_false(names_is_shared(&n, 7));
    names_take(&n, 7);
    names_take(&n, 0);
    names_take(&n, 0); /* no text is no name */
    assert_false(names_is_shared(&n, 7) || names_is_shared(&n, 0));
    names_take(&n, 7);
    names_take(&n, 7);
    assert_true(names_is_shared(&n, 7));
    assert_false(names_is_shared(&n, 8));
    names_drop(&n, 7);
    assert_true(names_is_shared(&n, 7));
    names_drop(&n, 7);
    assert_false(names_is_shared(&n, 7));
    names_drop(&n, 7);
    names_take(&n, 7); /* another account, by itself */
    assert_false(names_is_shared(&n, 7));
    names_finish(&n);
}

#define TEXTS 300

/* Taken and dropped by chance: as counted one by one, at every step for the text that moved and at
 * times for all. */
static void test_it_is_what_counting_says(void **state)
{
    struct names n = {0};
    unsigned counts[TEXTS + 1] = {0};
    (void)state;
    srand(1);
    for (int step = 0; step < 20000; step++) {
        uint32_t text = 1 + (uint32_t)rand() % TEXTS;
        if (counts[text] && rand() % 2) {
            names_drop(&n, text);
            counts[text]--;
        } else {
            names_take(&n, text);
            counts[text]++;
        }
        assert_int_equal(names_is_shared(&n, text), counts[text] >= 2);
        for (uint32_t t = 1; step % 100 == 0 && t <= TEXTS; t++)
            assert_int_equal(names_is_shared(&n, t), counts[t] >= 2);
    }
    for (uint32_t t = 1; t <= TEXTS; t++) {
        while (counts[t]--)
            names_drop(&n, t);
        assert_false(names_is_shared(&n, t));
    }
    assert_int_equal(n.shared_count, 0);
    names_finish(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_share_until_one_is_left),
        cmocka_unit_test(test_it_is_what_counting_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
