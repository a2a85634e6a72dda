/* intern_test.c: a text is kept once, and goes with its last user. */
#include "fleet/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_same_text_same_number(void **state)
{
    (void)state;
    struct intern in;
    intern_init(&in);
    uint32_t a = intern_take(&in, span_of("westeurope"));
    uint32_t b = intern_take(&in, span_of("eastus"));
    assert_int_not_equal(a, 0);
    assert_int_not_equal(a, b);
    assert_int_equal(intern_take(&in, span_of("westeurope")), a);
    assert_true(span_is(intern_span(&in, a), "westeurope"));
    assert_int_equal(intern_span(&in, 0).len, 0);
    intern_finish(&in);
}

static void test_dropped_texts_leave_nothing(void **state)
{
    (void)state;
    struct intern in;
    intern_init(&in);
    size_t room = 0;
    for (int round = 0; round < 50; round++) {
        uint32_t ids[100];
        char text[32];
        for (int i = 0; i < 100; i++) {
            int n = snprintf(text, sizeof text, "%d-%d", round, i);
            ids[i] = intern_take(&in, (struct span){text, (size_t)n});
        }
        for (int i = 0; i < 100; i++)
            intern_drop(&in, ids[i]);
        assert_int_equal(in.bytes, 0);
        if (round == 0)
            room = in.count;
        assert_int_equal(in.count, room); /* free slots are used again */
    }
    intern_finish(&in);
}

/* Texts of every length come and go in a random order: a plain table says what has to be there. */
static void test_equals_a_plain_table(void **state)
{
    enum { TEXTS = 400, STEPS = 60000 };
    (void)state;
    struct intern in;
    uint32_t ids[TEXTS] = {0}, users[TEXTS] = {0};
    char text[TEXTS + 1];
    unsigned seed = 7;
    intern_init(&in);
    for (int step = 0; step < STEPS; step++) {
        seed = seed * 1664525u + 1013904223u;
        unsigned which = (seed >> 8) % TEXTS;
        for (unsigned i = 0; i < which; i++)
            text[i] = (char)('a' + (which + i) % 26);
        struct span span = {text, which};
        assert_int_equal(intern_find(&in, span), ids[which]);
        if (users[which] && (seed >> 20) % 5 < 3) {
            intern_drop(&in, ids[which]);
            if (--users[which] == 0)
                ids[which] = 0;
        } else {
            uint32_t id = intern_take(&in, span);
            if (users[which])
                assert_int_equal(id, ids[which]);
            ids[which] = id;
            users[which]++;
        }
        if (ids[which]) {
            assert_true(span_eq(intern_span(&in, ids[which]), span));
            assert_int_equal(intern_span(&in, ids[which]).p[which], '\0');
        }
    }
    size_t held = 0;
    for (int i = 0; i < TEXTS; i++)
        held += users[i] > 0;
    assert_int_equal(in.used, held);
    intern_finish(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_text_same_number),
        cmocka_unit_test(test_dropped_texts_leave_nothing),
        cmocka_unit_test(test_equals_a_plain_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
