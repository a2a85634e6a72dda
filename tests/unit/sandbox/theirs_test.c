/* theirs_test.c: the values that somebody else gives to the fields of a PATCH: neither mine nor
 * those that stand there. */
#include "sandbox/theirs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void is(const char *mine, const char *now, const char *want)
{
    struct json_fault fault;
    struct json *a = json_read(span_of(mine), &fault);
    struct json *b = now ? json_read(span_of(now), &fault) : NULL;
    struct str out = STR_INIT;
    assert_non_null(a);
    theirs_body(&out, a, b);
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
    json_destroy(a);
    json_destroy(b);
}

static void test_numbers(void **state)
{
    (void)state;
    is("{\"p\":{\"n\":400}}", "{\"p\":{\"n\":100}}", "{\"p\":{\"n\":300}}");
    is("{\"p\":{\"n\":400}}", "{\"p\":{\"n\":300}}", "{\"p\":{\"n\":200}}"); /* not as it was */
    is("{\"p\":{\"n\":1,\"m\":2}}", "{\"p\":{\"n\":2}}", "{\"p\":{\"n\":3,\"m\":3}}");
    is("{\"p\":{\"n\":null}}", NULL, "{\"p\":{\"n\":1000}}");
}

static void test_texts(void **state)
{
    (void)state;
    is("{\"a\":\"x\",\"tags\":{\"t\":\"y\"}}", NULL,
       "{\"a\":\"x (theirs)\",\"tags\":{\"t\":\"y (theirs)\"}}");
}

/* What has no third value, or is one of a few words. */
static void test_left_out(void **state)
{
    (void)state;
    is("{\"on\":true,\"b\":null,\"n\":4}", NULL, "{\"n\":3}");
    is("{\"n\":4,\"on\":false}", NULL, "{\"n\":3}");
    is("{\"p\":{\"queue_policy\":\"wait\"},\"n\":1.5,\"o\":99999999999999999999}", NULL, "{}");
    is("[1]", NULL, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
