/* error_test.c: errors are cut where a character ends, and travel up with a prefix. */
#include "base/error.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_set_and_clear(void **state)
{
    struct error err;
    (void)state;
    memset(&err, 'x', sizeof err);
    assert_int_equal(error_set(&err, ST_IO, "%s: %d", "file", 7), ST_IO);
    assert_int_equal(err.status, ST_IO);
    assert_string_equal(err.what, "file: 7");
    assert_string_equal(err.next, "");
    error_next(&err, "chmod %s", "600");
    assert_string_equal(err.next, "chmod 600");
    error_prefix(&err, "paddock.cfg:%d", 3);
    assert_string_equal(err.what, "paddock.cfg:3: file: 7");
    assert_string_equal(err.next, "chmod 600");
    error_clear(&err);
    assert_int_equal(err.status, ST_OK);
    assert_string_equal(err.what, "");
    assert_string_equal(err.next, "");
    assert_int_equal(error_set(NULL, ST_FAIL, "nobody listens"), ST_FAIL);
    error_next(NULL, "still");
    error_prefix(NULL, "still");
}

/* However long, and wherever the cut would fall inside a character. */
static void test_cut(void **state)
{
    static const char part[] = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8e"; /* 2, 3 and 4 bytes */
    char text[1200];
    struct error err;
    (void)state;
    for (size_t shift = 0; shift < 12; shift++) {
        size_t len = shift;
        memset(text, 'a', shift);
        while (len + sizeof part < sizeof text) {
            memcpy(text + len, part, sizeof part - 1);
            len += sizeof part - 1;
        }
        text[len] = '\0';
        error_set(&err, ST_FAIL, "%s", text);
        size_t kept = strlen(err.what);
        assert_true(kept < ERROR_WHAT_BYTES && kept > ERROR_WHAT_BYTES - 12);
        assert_true(text_is_utf8(err.what, kept));
        assert_string_equal(err.what + kept - 3, "...");
        error_next(&err, "%s", text);
        assert_true(strlen(err.next) < ERROR_NEXT_BYTES);
        assert_true(text_is_utf8(err.next, strlen(err.next)));
        error_prefix(&err, "%s", text);
        assert_true(text_is_utf8(err.what, strlen(err.what)));
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(status_name(ST_OK), "ok");
    for (int a = 0; a < ST_COUNT; a++) {
        assert_true(status_name((enum status)a)[0]);
        for (int b = 0; b < a; b++)
            assert_string_not_equal(status_name((enum status)a), status_name((enum status)b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_and_clear),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
