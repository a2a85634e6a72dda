/* status_test.c: the age of a stale check is never cut; the word gives way to it. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define M 60000LL
#define H (60 * M)

static void test_what_gives_way(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int64_t stale_ms;
        int cells;
        bool ascii;
        const char *want;
    } rows[] = {
        {"active", -1, 11, false, "active"},
        {"active", 22 * M, 11, false, "active ?22m"},
        {"active", 78 * M, 0, false, "active ?1.3h"},
        {"active", 78 * M, 12, false, "active ?1.3h"},
        {"active", 78 * M, 11, false, "active ?1h"},
        {"active", 25 * H, 11, false, "active ?1d"},
        {"degraded", 22 * M, 11, false, "degra… ?22m"},
        {"degraded", 78 * M, 11, false, "degrad… ?1h"},
        {"degraded", 78 * M, 11, true, "degrad~ ?1h"},
        {"degraded, off", 0, 0, false, "degraded, off ?0s"},
        {"active", 78 * M, 5, false, "… ?1h"},
        {"active", 78 * M, 4, false, "active"},
        {"a very long word", -1, 11, false, "a very long word"}, /* cut by whoever draws it */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str out = STR_INIT;
        status_join(span_of(rows[i].word), rows[i].stale_ms, rows[i].cells, rows[i].ascii, &out);
        assert_string_equal(str_text(&out), rows[i].want);
        str_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_gives_way)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
