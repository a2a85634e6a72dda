/* roff_test.c: text that a man page shows as it is. */
#include "base/roff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_text(void **state)
{
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"a\\b", "a\\eb"},
        {"--yes", "\\-\\-yes"},
        {".TH is text", "\\&.TH is text"},
        {"'quoted'", "\\&'quoted'"},
        {"a.b 'c'", "a.b 'c'"},
        {"one\n.two\n'three", "one\n\\&.two\n\\&'three"},
        {"\"said\"", "\"said\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out = STR_INIT;
        roff_add(&out, cases[i][0]);
        assert_string_equal(str_text(&out), cases[i][1]);
        str_finish(&out);
    }
}

static void test_argument(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    roff_add_argument(&out, "[ \"a\\b\" ]");
    assert_string_equal(str_text(&out), "[ \"\"a\\eb\"\" ]");
    str_clear(&out);
    roff_add_argument(&out, ".cfg\n.x");
    assert_string_equal(str_text(&out), "\\&.cfg\n.x");
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text),
                                       cmocka_unit_test(test_argument)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
