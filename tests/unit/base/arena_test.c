/* arena_test.c: pieces keep their bytes, their alignment and their distance. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_pieces_do_not_overlap(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    enum { N = 500 };
    unsigned char *piece[N];
    size_t size[N], total = 0;
    for (size_t i = 0; i < N; i++) {
        /* Small, near the block's size and far beyond it. */
        size[i] = i % 50 == 49 ? 70000 : i % 20 == 7 ? 16384 + i : i % 97;
        piece[i] = arena_alloc(&a, size[i]);
        assert_int_equal((uintptr_t)piece[i] % 8, 0);
        memset(piece[i], (int)(i % 251), size[i]);
        total += size[i];
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < size[i]; k++)
            assert_int_equal(piece[i][k], i % 251);
    assert_int_equal(a.bytes, total);
    arena_finish(&a);
    assert_int_equal(a.bytes, 0);
    assert_null(a.head);
}

static void test_dup(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    struct span none = arena_dup(&a, (struct span){NULL, 0});
    struct span s = arena_dup(&a, (struct span){"a\0bc", 3});
    assert_int_equal(none.p[0], 0);
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.p, "a\0b\0", 4);
    arena_finish(&a);
}

/* A large piece must not make the head's rest unusable. */
static void test_large_piece_keeps_the_head(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    char *first = arena_alloc(&a, 8);
    arena_alloc(&a, 100000);
    char *second = arena_alloc(&a, 8);
    assert_ptr_equal(second, first + 8);
    arena_finish(&a);
    arena_init(&a);
    arena_alloc(&a, 100000);
    arena_alloc(&a, 1);
    arena_finish(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_do_not_overlap),
        cmocka_unit_test(test_dup),
        cmocka_unit_test(test_large_piece_keeps_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
