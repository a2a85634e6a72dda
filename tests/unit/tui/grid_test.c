/* grid_test.c: grid.c: what is written stands there, halves of wide characters are never alone, and
 * a row knows where it was drawn on. */
#include "tests/unit/tui/screen.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROWS = 4, COLUMNS = 12, WRITES = 20000 };

static uint32_t random_state = 1;

static int pick(int below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (int)((random_state >> 8) % (uint32_t)below);
}

static void assert_codes(const struct grid *g, int y, int x, const uint32_t *codes, size_t count)
{
    uint32_t got[GRID_CODES];
    assert_int_equal(grid_codes(g, grid_row(g, y) + x, got), count);
    assert_memory_equal(got, codes, count * sizeof *codes);
}

static void test_writes(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, ROWS, COLUMNS, false);
    struct grid *g = s.draw.grid;
    grid_ascii(g, 1, 9, "beyond", 6, LOOK_PLAIN);
    assert_string_equal(screen_row(1), "         bey");
    grid_fill(g, 2, 10, 0x2500, 50, LOOK_PLAIN);
    assert_string_equal(screen_row(2), "          \xe2\x94\x80\xe2\x94\x80");
    grid_fill(g, -1, 0, 'x', 3, LOOK_PLAIN); /* outside: nothing */
    grid_fill(g, ROWS, 0, 'x', 3, LOOK_PLAIN);
    grid_fill(g, 0, -1, 'x', 3, LOOK_PLAIN);
    grid_fill(g, 0, COLUMNS, 'x', 3, LOOK_PLAIN);
    grid_put(g, 0, COLUMNS - 1, (uint32_t[]){0x65e5}, 1, 2, LOOK_PLAIN);
    assert_string_equal(screen_row(0), "");
    assert_string_equal(screen_row(3), "");
    screen_close(&s);
}

/* Each letter with its marks is kept once, however often it is drawn, and more of them than are
 * kept are forgotten together, with the frame told. */
static void test_clusters(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, ROWS, COLUMNS, false);
    struct grid *g = s.draw.grid;
    struct str bytes = STR_INIT;
    curses_memory_collect(s.memory, &bytes);
    str_clear(&bytes);
    const uint32_t many[] = {'e', 0x301, 0x302, 0x303, 0x304, 0x305, 0x306};
    for (int x = 0; x < COLUMNS; x++)
        grid_put(g, 0, x, many, ARRAY_LEN(many), 1, LOOK_PLAIN);
    assert_int_equal(g->cluster_count, 1);
    assert_memory_equal(grid_row(g, 0), grid_row(g, 0) + 1, sizeof(struct grid_cell));
    assert_codes(g, 0, 3, many, GRID_CODES);
    for (uint32_t i = 0; i < 6000; i++) {
        const uint32_t codes[] = {0x4e00 + i, 0x301};
        grid_put(g, 1, 2 * (int)(i % 6), codes, 2, 2, LOOK_PLAIN);
        assert_codes(g, 1, 2 * (int)(i % 6), codes, 2);
    }
    assert_int_equal(g->cluster_count, 6001);
    assert_codes(g, 0, 3, many, GRID_CODES); /* still what it was */
    assert_false(g->forgot);
    grid_clear(g);
    assert_int_equal(g->cluster_count, 0);
    assert_true(g->forgot);
    grid_put(g, 0, 0, many, 3, 1, LOOK_PLAIN);
    assert_codes(g, 0, 0, many, 3);
    curses_memory_collect(s.memory, &bytes);
    assert_non_null(strstr(str_text(&bytes), "\033[2J")); /* all of it again */
    assert_false(g->forgot);
    str_finish(&bytes);
    screen_close(&s);
}

/* Left and right halves stand beside each other, whatever is written over them. */
static void assert_whole(const struct grid *g, int y)
{
    const struct grid_cell *row = grid_row(g, y);
    for (int x = 0; x < g->cols; x++) {
        if (row[x].part == GRID_LEFT) {
            assert_true(x + 1 < g->cols && row[x + 1].part == GRID_RIGHT);
            assert_int_equal(row[x].look, row[x + 1].look);
        }
        if (row[x].part == GRID_RIGHT) {
            assert_true(x && row[x - 1].part == GRID_LEFT);
            assert_int_equal(row[x].what, 0);
        } else {
            assert_int_not_equal(row[x].what, 0);
        }
    }
}

static void write_something(struct grid *g, int y, int x, int look)
{
    static const uint32_t wide[] = {0x65e5, 0x301};
    switch (pick(4)) {
    case 0:
        grid_ascii(g, y, x, "abcdefghijkl", (size_t)pick(12), look);
        break;
    case 1:
        grid_fill(g, y, x, ' ', pick(5), look);
        break;
    default:
        grid_put(g, y, x, wide, (size_t)pick(2) + 1, 2, look);
        break;
    }
}

static void test_halves(void **state)
{
    (void)state;
    struct screen s;
    screen_open(&s, ROWS, COLUMNS, false);
    struct grid *g = s.draw.grid;
    int looks[] = {LOOK_PLAIN, looks_find(&g->looks, THEME_BOLD, 1, -1)};
    for (int i = 0; i < WRITES; i++) {
        struct grid_cell before[ROWS * COLUMNS];
        memcpy(before, g->cells, sizeof before);
        int y = pick(ROWS), x = pick(COLUMNS);
        for (int row = 0; row < ROWS; row++)
            g->drawn[row] = (struct grid_drawn){COLUMNS, 0};
        write_something(g, y, x, looks[pick(2)]);
        for (int row = 0; row < ROWS; row++) {
            assert_whole(g, row);
            for (int col = 0; col < COLUMNS; col++) { /* what changed is known to have */
                bool known = col >= g->drawn[row].from && col < g->drawn[row].end;
                const struct grid_cell *was = &before[row * COLUMNS + col];
                if (!known)
                    assert_memory_equal(was, grid_row(g, row) + col, sizeof *was);
            }
        }
    }
    screen_close(&s);
}

/* What is left of a wide character is a blank that looks as it did. */
static void test_half_is_blank(void **state)
{
    (void)state;
    static const uint32_t wide[] = {0x65e5};
    struct screen s;
    screen_open(&s, ROWS, COLUMNS, false);
    struct grid *g = s.draw.grid;
    int red = looks_find(&g->looks, 0, 1, -1);
    grid_put(g, 0, 2, wide, 1, 2, red);
    grid_ascii(g, 0, 3, "x", 1, LOOK_PLAIN);
    assert_string_equal(screen_row(0), "   x");
    assert_int_equal(grid_row(g, 0)[2].look, red);
    grid_put(g, 1, 2, wide, 1, 2, red);
    grid_ascii(g, 1, 1, "xy", 2, LOOK_PLAIN);
    assert_string_equal(screen_row(1), " xy");
    assert_int_equal(grid_row(g, 1)[3].look, red);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_half_is_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
