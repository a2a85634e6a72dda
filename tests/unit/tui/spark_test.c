/* spark_test.c: gauges, lines of blocks and charts: nothing is full that is not, nothing known is
 * empty, and unknown is a blank. It covers spark.c and gauge.c. */
#include "tui/widgets/gauge.h"
#include "tui/widgets/spark.h"

#include "base/vec.h"
#include "screen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_ratio_and_percent(void **state)
{
    static const struct {
        int64_t used, limit;
        const char *percent;
        enum role role;
    } cases[] = {
        {0, 500, "  0%", ROLE_GAUGE_OK},
        {412, 500, " 82%", ROLE_GAUGE_WARN},
        {399, 500, " 79%", ROLE_GAUGE_OK},
        {400, 500, " 80%", ROLE_GAUGE_WARN},
        {499999999, 500000000, " 99%", ROLE_GAUGE_WARN}, /* 100 is said of nothing less */
        {500, 500, "100%", ROLE_GAUGE_FULL},
        {4999, 500, "999%", ROLE_GAUGE_FULL},
        {5000, 500, "999+", ROLE_GAUGE_FULL},
        {0, 0, "100%", ROLE_GAUGE_FULL}, /* a limit of zero lets nothing through */
        {-3, 500, "  0%", ROLE_GAUGE_OK},
    };
    char percent[8];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct gauge g = {gauge_ratio(cases[i].used, cases[i].limit), 0};
        gauge_percent(&g, percent);
        assert_string_equal(percent, cases[i].percent);
        assert_int_equal(gauge_role(&g), cases[i].role);
    }
    const struct gauge unknown = {NAN, 0}, own = {0.6, 0.5};
    gauge_percent(&unknown, percent);
    assert_string_equal(percent, "  ?%");
    assert_int_equal(gauge_role(&unknown), ROLE_STALE);
    assert_int_equal(gauge_role(&own), ROLE_GAUGE_WARN);
}

/* Never empty when something is used, never full before all is. */
static void test_bar(void **state)
{
    static const struct {
        double ratio;
        int full;
    } cases[] = {{0, 0}, {0.0001, 1}, {0.5, 5}, {0.96, 9}, {0.9999, 9}, {1, 10}, {7, 10}, {NAN, 0}};
    (void)state;
    for (int ascii = 0; ascii <= 1; ascii++) {
        struct screen s;
        screen_open(&s, 1, 20, ascii);
        const char *full = draw_glyph_text(&s.draw, GLYPH_GAUGE_FULL);
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            const struct gauge g = {cases[i].ratio, 0};
            int seen = 0;
            gauge_draw_bar(&g, &s.canvas, 0, 0, 10);
            for (const char *p = screen_row(0); (p = strstr(p, full)); p += strlen(full))
                seen++;
            assert_int_equal(seen, cases[i].full);
        }
        screen_close(&s);
    }
}

static void test_line_of_blocks(void **state)
{
    struct screen s;
    struct str out = STR_INIT, want = STR_INIT;
    (void)state;
    screen_open(&s, 1, 20, false);
    const double values[] = {0, 1, 50, NAN, 100};
    const enum glyph glyphs[] = {GLYPH_SPARK_1, GLYPH_SPARK_1, GLYPH_SPARK_4};
    spark_text(&s.draw, values, 5, &out);
    for (size_t i = 0; i < 3; i++)
        str_add(&want, draw_glyph_text(&s.draw, glyphs[i]));
    str_add_char(&want, ' '); /* not known is not zero */
    str_add(&want, draw_glyph_text(&s.draw, GLYPH_SPARK_8));
    assert_string_equal(str_text(&out), str_text(&want));
    str_clear(&out);
    const double nothing[] = {0, NAN, 0};
    spark_text(&s.draw, nothing, 3, &out);
    assert_int_equal(out.len, 0);
    str_finish(&out);
    str_finish(&want);
    screen_close(&s);
}

/* One byte a cell, as with ascii; what stands at the end of a row as blanks is cut from it. */
static char cell(int y, int x)
{
    const char *row = screen_row(y);
    return (size_t)x < strlen(row) ? row[x] : ' ';
}

static void test_chart(void **state)
{
    struct screen s;
    (void)state;
    const double values[] = {10, 20, NAN, NAN}, low[] = {NAN, NAN, 22, 24},
                 likely[] = {NAN, NAN, 30, 35}, high[] = {NAN, NAN, 38, 40};
    struct chart chart = {.values = values, .count = 4, .limit = NAN};
    assert_true(chart_top(&chart) == 20);
    chart.low = low;
    chart.likely = likely;
    chart.high = high;
    assert_true(chart_top(&chart) == 40);
    chart.limit = 50;
    assert_true(chart_top(&chart) == 50);
    screen_open(&s, 5, 4, true);
    chart_draw(&chart, &s.canvas);
    assert_int_equal(strlen(screen_row(0)), 4); /* the limit goes across */
    assert_int_equal(cell(1, 2), 'o');          /* 30 of 50, and 35 */
    assert_int_equal(cell(1, 3), 'o');
    assert_int_equal(cell(4, 2), ' ');     /* what is ahead stands above its low end */
    assert_int_not_equal(cell(4, 0), ' '); /* 10 of 50 is one row, 20 are two */
    assert_int_equal(cell(3, 0), ' ');
    assert_int_not_equal(cell(3, 1), ' ');
    const struct chart none = {.values = values + 2, .count = 2, .limit = NAN};
    assert_true(chart_top(&none) == 1); /* nothing to divide by zero for */
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ratio_and_percent),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_line_of_blocks),
        cmocka_unit_test(test_chart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
