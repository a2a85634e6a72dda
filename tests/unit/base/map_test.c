/* map_test.c: the map against a plain array, through growth, removal and reuse. */
#include "base/map.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { KEYS = 2000 };

static void test_set_get_remove(void **state)
{
    (void)state;
    struct map m;
    map_init(&m);
    uint32_t v = 7;
    assert_false(map_get(&m, span_of("a"), &v));
    assert_false(map_remove(&m, span_of("a")));
    assert_int_equal(v, 7);
    assert_true(map_set(&m, span_of("a"), 1));
    assert_false(map_set(&m, span_of("a"), 2));
    assert_true(map_get(&m, span_of("a"), &v));
    assert_int_equal(v, 2);
    assert_true(map_get(&m, span_of("a"), NULL));
    assert_true(map_remove(&m, span_of("a")));
    assert_false(map_get(&m, span_of("a"), &v));
    assert_int_equal(m.count, 0);
    map_finish(&m);
}

static void test_empty_key_and_nul(void **state)
{
    (void)state;
    struct map m;
    map_init(&m);
    assert_true(map_set(&m, (struct span){NULL, 0}, 1));
    assert_false(map_set(&m, span_of(""), 2));
    assert_true(map_set(&m, (struct span){"a\0b", 3}, 3));
    assert_true(map_set(&m, (struct span){"a\0c", 3}, 4));
    uint32_t v = 0;
    assert_true(map_get(&m, (struct span){"a\0b", 3}, &v));
    assert_int_equal(v, 3);
    map_clear(&m);
    assert_false(map_get(&m, span_of(""), NULL));
    assert_true(map_set(&m, span_of(""), 5));
    map_finish(&m);
}

/* A fixed walk of sets and removals; after each the map must say what the array says. */
static void test_agrees_with_an_array(void **state)
{
    (void)state;
    struct map m;
    struct arena a;
    map_init(&m);
    arena_init(&a);
    struct span keys[KEYS];
    int64_t want[KEYS];
    for (int i = 0; i < KEYS; i++) {
        char text[32];
        snprintf(text, sizeof text, "account-%d", i);
        keys[i] = arena_dup(&a, span_of(text));
        want[i] = -1;
    }
    uint32_t rnd = 12345;
    size_t count = 0;
    for (uint32_t step = 0; step < 60000; step++) {
        rnd = rnd * 1103515245U + 12345U;
        uint32_t i = (rnd >> 8) % KEYS;
        if ((rnd >> 28) % 3 == 0) {
            assert_int_equal(map_remove(&m, keys[i]), want[i] >= 0);
            count -= want[i] >= 0;
            want[i] = -1;
        } else {
            assert_int_equal(map_set(&m, keys[i], step), want[i] < 0);
            count += want[i] < 0;
            want[i] = step;
        }
        assert_int_equal(m.count, count);
    }
    for (int i = 0; i < KEYS; i++) {
        uint32_t v = 0;
        assert_int_equal(map_get(&m, keys[i], &v), want[i] >= 0);
        if (want[i] >= 0)
            assert_int_equal(v, want[i]);
    }
    assert_true(m.room <= 8192);
    map_finish(&m);
    arena_finish(&a);
}

static void test_graves_are_cleared_away(void **state)
{
    (void)state;
    struct map m;
    map_init(&m);
    for (int i = 0; i < 10000; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", i);
        map_set(&m, span_of(text), 1);
        map_remove(&m, span_of(text));
    }
    assert_int_equal(m.count, 0);
    assert_true(m.room <= 64);
    map_finish(&m);
}

static void test_hash_spreads(void **state)
{
    (void)state;
    /* Near neighbours must differ in the low bits, which choose the slot. */
    int hit[256] = {0}, used = 0;
    for (int i = 0; i < 256; i++) {
        char text[16];
        snprintf(text, sizeof text, "id-%03d", i);
        hit[hash_bytes(text, strlen(text)) & 255]++;
    }
    for (int i = 0; i < 256; i++)
        used += hit[i] > 0;
    assert_true(used > 128);
    assert_true(hash_bytes("a", 1) != hash_bytes("b", 1));
    assert_true(hash_bytes("", 0) == hash_bytes(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_get_remove),       cmocka_unit_test(test_empty_key_and_nul),
        cmocka_unit_test(test_agrees_with_an_array), cmocka_unit_test(test_graves_are_cleared_away),
        cmocka_unit_test(test_hash_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
