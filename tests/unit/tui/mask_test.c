/* mask_test.c: the credentials reference is out of JSON that is shown or copied. */
#include "tui/mask.h"

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
        cmocka_unit_test(test_leaves_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
