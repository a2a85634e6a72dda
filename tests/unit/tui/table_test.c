/* table_test.c: which columns fit, how it scrolls, and that only visible rows are asked for. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"
#include "tui/widgets/gauge.h"
#include "tui/widgets/table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct rows {
    size_t asked, lowest, highest;
    size_t
        come; /* rows that came above those that were there: the number of each is so much more */
};

static void cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    struct rows *rows = ctx;
    rows->asked++;
    rows->lowest = row < rows->lowest ? row : rows->lowest;
    rows->highest = row > rows->highest ? row : rows->highest;
    if (column == 1) {
        out->glyph = GLYPH_OK;
        str_add(out->text, "active");
    } else if (column == 2) {
        out->gauge = 0.5;
        str_add(out->text, "50%");
    } else {
        str_printf(out->text, "row-%lld", (long long)row - (long long)rows->come);
    }
}

static bool marked(void *ctx, size_t row)
{
    (void)ctx;
    return row == 1;
}

static const struct table_column columns[] = {
    {.title = "NAME", .width = 8, .width_max = 12},
    {.title = "STATUS", .width = 8, .drop = 1},
    {.title = "TOKENS", .width = 10, .drop = 2, .align = TEXT_RIGHT},
    {.title = "EOM", .width = 4, .drop = 3, .align = TEXT_RIGHT},
};

static void make(struct table *t, struct rows *rows)
{
    *rows = (struct rows){.lowest = SIZE_MAX};
    table_init(t, &(struct table_source){.cell = cell, .marked = marked, .ctx = rows});
    table_set_columns(t, columns, ARRAY_LEN(columns));
}

static void test_layout(void **state)
{
    (void)state;
    static const struct {
        int cells, widths[4];
    } cases[] = {{33, {8, 8, 10, 4}},  {35, {10, 8, 10, 4}}, {60, {12, 8, 10, 4}},
                 {32, {12, 8, 10, 0}}, {27, {12, 8, 0, 0}},  {16, {12, 0, 0, 0}},
                 {5, {5, 0, 0, 0}},    {0, {0, 0, 0, 0}}};
    struct table t;
    struct rows rows;
    make(&t, &rows);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int widths[4];
        table_layout(&t, cases[i].cells, widths);
        for (int k = 0; k < 4; k++)
            if (widths[k] != cases[i].widths[k])
                fail_msg("%d cells: column %d has %d, wanted %d", cases[i].cells, k, widths[k],
                         cases[i].widths[k]);
    }
    t.first_column = 1; /* the first stays, the second is out */
    int widths[4];
    table_layout(&t, 27, widths);
    assert_int_equal(widths[1], 0);
    assert_int_equal(widths[2], 10);
    table_finish(&t);
}

/* What never goes has the first half of the room that is left; then all share. */
static void test_names_grow_first(void **state)
{
    static const struct table_column two[] = {
        {.title = "NAME", .width = 8, .width_max = 16},
        {.title = "STATUS", .width = 8, .width_max = 12, .drop = 1},
    };
    static const struct {
        int cells, name, status;
    } cases[] = {{17, 8, 8}, {19, 10, 8}, {21, 12, 8}, {23, 13, 9}, {29, 16, 12}, {60, 16, 12}};
    (void)state;
    struct table t;
    struct rows rows;
    make(&t, &rows);
    table_set_columns(&t, two, 2);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int widths[2];
        table_layout(&t, cases[i].cells, widths);
        assert_int_equal(widths[0], cases[i].name);
        assert_int_equal(widths[1], cases[i].status);
    }
    table_finish(&t);
}

static void test_draw(void **state)
{
    (void)state;
    struct screen s;
    struct table t;
    struct rows rows;
    screen_open(&s, 5, 42, false);
    make(&t, &rows);
    table_set_rows(&t, 1000000, 0);
    table_set_sort(&t, 3, true);
    table_draw(&t, &s.canvas, true, NULL);
    assert_string_equal(screen_row(0), "   NAME         STATUS       TOKENS EOM\xe2\x96\xbc");
    assert_string_equal(screen_row(1),
                        ">  row-0        + active \xe2\x96\x88\xe2\x96\x88\xe2\x96\x88"
                        "\xc2\xb7\xc2\xb7\xc2\xb7 50% row\xe2\x80\xa6");
    assert_true(strncmp(screen_row(2), " * row-1", 8) == 0);
    assert_int_equal(rows.asked, 16); /* four rows of four columns of a million */
    assert_int_equal(rows.highest, 3);
    assert_int_equal(s.draw.cursor_y, 1);
    table_finish(&t);
    screen_close(&s);
}

static enum glyph locked(void *ctx, size_t row)
{
    (void)ctx;
    return row == 1 ? GLYPH_LOCK : GLYPH_NONE;
}

/* As a letter it would be read as part of the name. */
static void test_a_flag_stands_apart(void **state)
{
    (void)state;
    struct screen s;
    struct table t;
    struct rows rows = {.lowest = SIZE_MAX};
    screen_open(&s, 5, 16, true);
    table_init(&t, &(struct table_source){cell, marked, locked, &rows});
    table_set_columns(&t, columns, 1);
    table_set_rows(&t, 3, 1);
    table_draw(&t, &s.canvas, true, NULL);
    assert_string_equal(screen_row(0), "    NAME");
    assert_string_equal(screen_row(1), "    row-0");
    assert_string_equal(screen_row(2), ">*o row-1");
    table_finish(&t);
    screen_close(&s);
}

/* Every cell of the screen with its looks. */
static void snapshot(const struct screen *s, struct grid_cell *out)
{
    const struct grid *g = s->draw.grid;
    memcpy(out, g->cells, (size_t)g->rows * (size_t)g->cols * sizeof *out);
}

/* Keys that are held down draw what they change alone; it looks as if all were drawn again. */
static void test_update_is_as_a_draw(void **state)
{
    (void)state;
    static const enum move moves[] = {MOVE_DOWN,      MOVE_DOWN,    MOVE_UP,     MOVE_PAGE_DOWN,
                                      MOVE_PAGE_UP,   MOVE_BOTTOM,  MOVE_UP,     MOVE_UP,
                                      MOVE_HALF_DOWN, MOVE_HALF_UP, MOVE_RIGHT,  MOVE_LEFT,
                                      MOVE_TOP,       MOVE_DOWN,    MOVE_BOTTOM, MOVE_DOWN};
    struct screen s;
    struct table t;
    struct rows rows;
    struct grid_cell parts[6 * 42], whole[6 * 42];
    screen_open(&s, 6, 42, false);
    make(&t, &rows);
    table_set_rows(&t, 40, 0);
    table_draw(&t, &s.canvas, true, NULL);
    for (size_t i = 0; i < 20 * ARRAY_LEN(moves); i++) {
        table_move(&t, moves[i * 7 % ARRAY_LEN(moves)]);
        draw_resume(&s.draw);
        table_update(&t, &s.canvas, true);
        int y = s.draw.cursor_y;
        snapshot(&s, parts);
        s.canvas = draw_begin(&s.draw, 6, 42);
        table_draw(&t, &s.canvas, true, NULL);
        snapshot(&s, whole);
        assert_memory_equal(parts, whole, sizeof whole);
        assert_int_equal(y, s.draw.cursor_y);
    }
    rows.asked = 0;
    table_move(&t, MOVE_TOP);
    table_update(&t, &s.canvas, true);
    rows.asked = 0;
    table_move(&t, MOVE_DOWN);
    table_update(&t, &s.canvas, true);
    assert_int_equal(rows.asked, 0); /* what the two rows say is known */
    table_finish(&t);
    screen_close(&s);
}

/* Rows came above, within and below what is shown, and a key was pressed before all was drawn. */
static void test_update_after_news(void **state)
{
    (void)state;
    struct screen s;
    struct table t;
    struct rows rows;
    struct grid_cell parts[6 * 42], whole[6 * 42];
    screen_open(&s, 6, 42, false);
    make(&t, &rows);
    table_set_rows(&t, 40, 0);
    table_draw(&t, &s.canvas, true, NULL);
    for (size_t i = 0; i < 40; i++) {
        bool same = i % 3 != 0;
        size_t top = t.scroll.top, cursor = t.scroll.cursor + (same || i % 2 ? 5 : 0);
        rows.come += 5;
        t.source.marked = NULL; /* by number */
        table_set_rows(&t, t.count + 5, cursor);
        bool are = t.scroll.top == top + 5;
        table_move(&t, i % 4 ? MOVE_DOWN : MOVE_UP);
        are = are && t.scroll.top == top + 5;
        table_renumbered(&t, are);
        rows.asked = 0;
        draw_resume(&s.draw);
        table_update(&t, &s.canvas, true);
        if (are && i)
            assert_int_equal(rows.asked, 0);
        snapshot(&s, parts);
        s.canvas = draw_begin(&s.draw, 6, 42);
        table_draw(&t, &s.canvas, true, NULL);
        snapshot(&s, whole);
        assert_memory_equal(parts, whole, sizeof whole);
    }
    table_finish(&t);
    screen_close(&s);
}

static void test_scrolling(void **state)
{
    (void)state;
    struct table t;
    struct rows rows;
    make(&t, &rows);
    table_set_rows(&t, 100, 0);
    t.page = 10;
    table_move(&t, MOVE_PAGE_DOWN);
    assert_int_equal(t.scroll.cursor, 10);
    assert_int_equal(t.scroll.top, 10);
    table_move(&t, MOVE_UP);
    assert_int_equal(t.scroll.cursor, 9);
    assert_int_equal(t.scroll.top, 9);
    table_move(&t, MOVE_HALF_DOWN);
    assert_int_equal(t.scroll.cursor, 14);
    table_move(&t, MOVE_BOTTOM);
    assert_int_equal(t.scroll.cursor, 99);
    assert_int_equal(t.scroll.top, 90);
    table_move(&t, MOVE_DOWN);
    assert_int_equal(t.scroll.cursor, 99);
    table_move(&t, MOVE_PAGE_UP);
    assert_int_equal(t.scroll.cursor, 89);
    assert_int_equal(t.scroll.top, 80);
    table_move(&t, MOVE_TOP);
    assert_int_equal(t.scroll.cursor, 0);
    assert_int_equal(t.scroll.top, 0);
    table_finish(&t);
}

static void test_cursor_follows(void **state)
{
    (void)state;
    struct table t;
    struct rows rows;
    size_t row;
    make(&t, &rows);
    t.page = 10;
    assert_false(table_cursor(&t, &row));
    table_set_rows(&t, 100, 0);
    for (int i = 0; i < 25; i++)
        table_move(&t, MOVE_DOWN);
    assert_int_equal(t.scroll.top, 16);
    table_set_rows(&t, 105, 30); /* five came in above it: it stays on its line of the screen */
    assert_int_equal(t.scroll.cursor - t.scroll.top, 9);
    table_set_rows(&t, 5, 2);
    assert_true(table_cursor(&t, &row));
    assert_int_equal(row, 2);
    assert_int_equal(t.scroll.top, 0);
    table_set_rows(&t, 0, 0);
    assert_false(table_cursor(&t, &row));
    table_move(&t, MOVE_DOWN);
    table_set_rows(&t, 3, 7); /* beyond the end: the last */
    assert_true(table_cursor(&t, &row));
    assert_int_equal(row, 2);
    table_finish(&t);
}

static void test_sideways(void **state)
{
    (void)state;
    struct screen s;
    struct table t;
    struct rows rows;
    screen_open(&s, 5, 30, false);
    make(&t, &rows);
    table_set_rows(&t, 3, 0);
    table_draw(&t, &s.canvas, true, NULL);
    assert_true(t.more_right);
    assert_string_equal(screen_row(0), "   NAME         STATUS       >");
    table_move(&t, MOVE_RIGHT);
    s.canvas = draw_begin(&s.draw, 5, 30);
    table_draw(&t, &s.canvas, true, NULL);
    assert_string_equal(screen_row(0), "  <NAME           TOKENS  EOM");
    table_move(&t, MOVE_LEFT);
    table_move(&t, MOVE_LEFT);
    assert_int_equal(t.first_column, 0);
    table_finish(&t);
    screen_close(&s);
}

static void test_tiny(void **state)
{
    (void)state;
    struct screen s;
    struct table t;
    struct rows rows;
    screen_open(&s, 10, 40, false);
    make(&t, &rows);
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 12; c++) {
            struct canvas part = canvas_part(&s.canvas, 0, 0, r, c);
            table_set_rows(&t, 50, 49);
            table_draw(&t, &part, true, "none");
            table_set_rows(&t, 0, 0);
            table_draw(&t, &part, true, "none");
        }
    s.canvas = draw_begin(&s.draw, 10, 40);
    table_draw(&t, &s.canvas, true, "No accounts");
    assert_string_equal(screen_row(2), "   No accounts");
    table_finish(&t);
    screen_close(&s);
}

static void test_gauge(void **state)
{
    (void)state;
    static const struct {
        double ratio;
        const char *percent;
        enum role role;
    } cases[] = {{0, "  0%", ROLE_GAUGE_OK},      {0.799, " 79%", ROLE_GAUGE_OK},
                 {0.8, " 80%", ROLE_GAUGE_WARN},  {0.9999, " 99%", ROLE_GAUGE_WARN},
                 {1.0, "100%", ROLE_GAUGE_FULL},  {1.45, "145%", ROLE_GAUGE_FULL},
                 {12.5, "999+", ROLE_GAUGE_FULL}, {NAN, "  ?%", ROLE_STALE}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct gauge g = {.ratio = cases[i].ratio};
        char percent[8];
        gauge_percent(&g, percent);
        assert_string_equal(percent, cases[i].percent);
        assert_int_equal(gauge_role(&g), cases[i].role);
    }
    assert_true(fabs(gauge_ratio(412, 500) - 0.824) < 1e-9);
    assert_true(gauge_ratio(1, 0) >= 1.0);
    assert_true(gauge_ratio(0, 0) >= 1.0); /* a limit of zero is no empty gauge */
    struct screen s;
    static const struct {
        double ratio;
        const char *bar, *percent;
    } drawn[] = {{0.001, "#.....", "  0%"},
                 {0.999, "#####.", " 99%"},
                 {1.5, "######", "150%"},
                 {NAN, "......", "  ?%"}};
    screen_open(&s, 4, 12, true);
    for (int i = 0; i < 4; i++) {
        const struct gauge g = {.ratio = drawn[i].ratio};
        char percent[8];
        gauge_draw_bar(&g, &s.canvas, i, 0, 6);
        assert_string_equal(screen_row(i), drawn[i].bar);
        gauge_percent(&g, percent);
        assert_string_equal(percent, drawn[i].percent);
    }
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_names_grow_first),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_a_flag_stands_apart),
        cmocka_unit_test(test_update_is_as_a_draw),
        cmocka_unit_test(test_update_after_news),
        cmocka_unit_test(test_scrolling),
        cmocka_unit_test(test_cursor_follows),
        cmocka_unit_test(test_sideways),
        cmocka_unit_test(test_tiny),
        cmocka_unit_test(test_gauge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
