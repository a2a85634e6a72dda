/* cursor_test.c: a cursor reads back as what was written, and no text that differs from one in any
 * character is taken for one. */
#include "sandbox/cursor.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const int64_t seqs[] = {0, 1, 2, 63, 64, 100, 99999, INT64_C(1) << 40, INT64_MAX};

static void test_round_trip(void **state)
{
    char text[CURSOR_BYTES], other[CURSOR_BYTES];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(seqs); i++) {
        int64_t back = -1;
        cursor_write(text, seqs[i]);
        assert_int_equal(strlen(text), CURSOR_BYTES - 1);
        assert_true(cursor_read(text, &back));
        assert_int_equal(back, seqs[i]);
        cursor_write(other, seqs[i] ^ 1);
        assert_string_not_equal(text, other);
    }
}

/* Every character at every place changed to every other of the alphabet: 16 x 63 texts. */
static void test_one_character_off(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[CURSOR_BYTES];
    int64_t seq;
    (void)state;
    cursor_write(text, 4711);
    for (size_t at = 0; at < CURSOR_BYTES - 1; at++) {
        char was = text[at];
        for (const char *c = alphabet; *c; c++) {
            text[at] = *c;
            assert_int_equal(cursor_read(text, &seq), *c == was);
        }
        text[at] = was;
    }
}

static void test_no_cursor(void **state)
{
    static const char *const texts[] = {"",
                                        "AAAAAAAAAAAAAAA",
                                        "AAAAAAAAAAAAAAAA",
                                        "AAAAAAAAAAAAAAAAA",
                                        "................",
                                        "AAAAAAAA AAAAAAA",
                                        ("\xff\xff\xff\xff\xff\xff\xff\xff"
                                         "\xff\xff\xff\xff\xff\xff\xff\xff")};
    char negative[CURSOR_BYTES];
    int64_t seq;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(cursor_read(texts[i], &seq));
    cursor_write(negative, -1); /* well formed, and no place in a list */
    assert_false(cursor_read(negative, &seq));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_one_character_off),
        cmocka_unit_test(test_no_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
