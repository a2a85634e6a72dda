/* mask_test.c: the credentials reference is out of JSON that is shown or copied. */
#include "tui/mask.h"

#include "model/key_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void check(const char *json, bool reveal, const char *want)
{
    struct str out = STR_INIT;
    mask_json(&out, span_of(json), reveal);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_masks(void **state)
{
    (void)state;
    check("{\"id\":\"a\",\"credentials_ref\":\"vault://x\",\"name\":\"b\"}", false,
          "{\"id\":\"a\",\"credentials_ref\":\"********\",\"name\":\"b\"}");
    check("{ \"credentials_ref\" : \"a\\\"b,c\" }", false,
          "{ \"credentials_ref\" : \"********\" }");
    check("{\"credentials_ref\":\"vault://x\"}", true, "{\"credentials_ref\":\"vault://x\"}");
}

/* What is shaped like a key is not for a screen, whoever asks to see it. */
static void test_a_key_stays_masked(void **state)
{
    (void)state;
    struct value key = value_text(span_of("sk-abcdefghijklmnopqrstuvwxyz0123456789"));
    struct value ref = value_text(span_of("vault://x")), none = {.presence = PRESENCE_NULL};
    check("{\"credentials_ref\":\"sk-abcdefghijklmnopqrstuvwxyz0123456789\"}", true,
          "{\"credentials_ref\":\"" KEY_SHAPED_MASK "\"}");
    assert_string_equal(mask_value(FIELD_CREDENTIALS_REF, &key, true), KEY_SHAPED_MASK);
    assert_string_equal(mask_value(FIELD_CREDENTIALS_REF, &key, false), "********");
    assert_string_equal(mask_value(FIELD_CREDENTIALS_REF, &ref, false), "********");
    assert_null(mask_value(FIELD_CREDENTIALS_REF, &ref, true));
    assert_null(mask_value(FIELD_CREDENTIALS_REF, &none, false));
    assert_null(mask_value(FIELD_NAME, &key, false));
}

static void test_leaves_the_rest(void **state)
{
    (void)state;
    check("{\"credentials_ref\":null,\"tags\":[\"x\"]}", false,
          "{\"credentials_ref\":null,\"tags\":[\"x\"]}");
    check("{\"name\":\"credentials_ref\",\"id\":\"y\"}", false,
          "{\"name\":\"credentials_ref\",\"id\":\"y\"}");
    check("{\"credentials_ref\":\"cut of", false, "{\"credentials_ref\":\"********\"");
    check("", false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_a_key_stays_masked),
        cmocka_unit_test(test_leaves_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
