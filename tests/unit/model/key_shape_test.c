/* key_shape_test.c: keys, references to keys, and the asterisks of a screen. */
#include "model/key_shape.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_keys(void **state)
{
    static const char *const keys[] = {
        "sk-ant-api03-abcdefgh",
        "sk-abcdefghi",
        "AIzaSyA-1234567",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_abcdefghi",
        "gsk_abcdefghi",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
        "0123456789abcdef0123456789abcdef",
        "x/0123456789abcdefABCDEF0123456789",
        "vault:4fzzzzzzzzzzzzzzzzzzzzzz12zz3", /* a run of letters and digits behind a colon, too */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (!key_shaped(span_of(keys[i])))
            fail_msg("no key: %s", keys[i]);
    }
}

static void test_references(void **state)
{
    static const char *const references[] = {
        "",
        "sk-abcdefgh", /* too short to be one */
        "vault:kv/x",
        "kv/prod/azure_openai/key-04f3",
        "projects/acme-prod-01/secrets/openai-key-main/versions/latest",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/llm-AbCdEf",
        "12345678901234567890123456789012345678901234", /* digits alone */
        "averylongwordoflettersaloneandnothingelseinit",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(references); i++) {
        if (key_shaped(span_of(references[i])))
            fail_msg("a key: %s", references[i]);
    }
}

static void test_masks(void **state)
{
    (void)state;
    assert_true(mask_shaped(span_of("********")));
    assert_true(mask_shaped(span_of("*")));
    assert_false(mask_shaped(span_of("")));
    assert_false(mask_shaped(span_of("**a**")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
