/* sha256_test.c: the standard's examples, and pieces of every size. */
#include "plan/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void sum(const char *text, char hex[SHA256_HEX + 1])
{
    struct sha256 s;
    sha256_begin(&s);
    sha256_add(&s, span_of(text));
    sha256_end(&s, hex);
}

static void test_known_sums(void **state)
{
    static const struct {
        const char *text, *hex;
    } known[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char hex[SHA256_HEX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        sum(known[i].text, hex);
        assert_string_equal(hex, known[i].hex);
    }
}

static void test_a_million_letters(void **state)
{
    struct sha256 s;
    char hex[SHA256_HEX + 1], a[1000];
    (void)state;
    memset(a, 'a', sizeof a);
    sha256_begin(&s);
    for (int i = 0; i < 1000; i++)
        sha256_add(&s, (struct span){a, sizeof a});
    sha256_end(&s, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* However it is cut, the sum is the same; and every length around a block has one of its own. */
static void test_pieces(void **state)
{
    char text[201], whole[SHA256_HEX + 1], other[SHA256_HEX + 1], before[SHA256_HEX + 1] = "";
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    for (size_t len = 0; len <= 200; len++) {
        struct sha256 s;
        sha256_begin(&s);
        sha256_add(&s, (struct span){text, len});
        sha256_end(&s, whole);
        assert_string_not_equal(whole, before);
        for (size_t step = 1; step < 70; step += 23) {
            sha256_begin(&s);
            for (size_t at = 0; at < len; at += step)
                sha256_add(&s, (struct span){text + at, len - at < step ? len - at : step});
            sha256_end(&s, other);
            assert_string_equal(whole, other);
        }
        strcpy(before, whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_sums),
        cmocka_unit_test(test_a_million_letters),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
