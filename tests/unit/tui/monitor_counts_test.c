/* monitor_counts_test.c: no count is cut without a sign, whatever the width. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/screens/monitor_counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct monitor_sum sum = {
    .disabled = 75,
    .stale = 300,
    .health = {[HEALTH_OK] = 914, [HEALTH_DEGRADED] = 105, [HEALTH_DOWN] = 29, [HEALTH_OTHER] = 77},
};

static const char *at(int cols)
{
    struct screen s;
    screen_open(&s, 1, 100, false);
    struct canvas part = canvas_part(&s.canvas, 0, 0, 1, cols);
    monitor_counts_draw(&part, &sum, &sum);
    const char *row = screen_row(0);
    screen_close(&s);
    return row;
}

static void test_what_gives_way(void **state)
{
    (void)state;
    static const struct {
        int cols;
        const char *want;
    } rows[] = {
        {80, "+ 914 ok   ~ 105 degraded   x 29 down   ? 77 other   - 75 disabled   ? 300 stale"},
        {79, "+ 914 ok  ~ 105 degraded  x 29 down  ? 77 other  - 75 disabled  ? 300 stale"},
        {69, "+ 914 ~ 105 degraded x 29 down ? 77 other - 75 disabled ? 300 stale"},
        {60, "+ 914 ~ 105 degraded x 29 down ? 77 other - 75 ? 300 stale"},
        {50, "+ 914 ~ 105 x 29 down ? 77 other - 75 ? 300 stale"},
        {45, "+ 914 ~ 105 x 29 ? 77 other - 75 ? 300 stale"},
        {43, "+ 914 ~ 105 x 29 ? 77 other ? 300 stale …"},
        {33, "~ 105 x 29 ? 300 stale …"},
        {6, "x 29 …"},
        {5, "…"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(at(rows[i].cols), rows[i].want);
}

/* In every width: each number that stands there is one of the counts. */
static void test_every_width(void **state)
{
    (void)state;
    for (int cols = 1; cols <= 100; cols++) {
        const char *row = at(cols);
        for (const char *p = row; *p; p++) {
            if (*p < '0' || *p > '9')
                continue;
            char *end;
            unsigned long n = strtoul(p, &end, 10);
            assert_true(n == 914 || n == 105 || n == 29 || n == 77 || n == 75 || n == 300);
            p = end - 1;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_gives_way),
        cmocka_unit_test(test_every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
