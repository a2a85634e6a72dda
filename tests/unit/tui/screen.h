/* screen.h: a screen away from any terminal, for the tests of what draws: started,
 * drawn on, read back as text. */
#ifndef TESTS_UNIT_TUI_SCREEN_H
#define TESTS_UNIT_TUI_SCREEN_H

#include "base/text.h"
#include "tui/curses_memory.h"
#include "tui/draw.h"

#include <locale.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* The grid of the screen that is open. */
static struct grid *screen_grid;

struct screen {
    struct curses_memory *memory;
    struct theme theme;
    struct draw draw;
    struct canvas canvas;
};

static inline void screen_open(struct screen *s, int rows, int cols, bool ascii)
{
    setlocale(LC_ALL, "C.UTF-8");
    setenv("TERM", "xterm-256color", 1);
    unsetenv("COLORTERM");
    unsetenv("NO_COLOR");
    s->memory = curses_memory_create(rows, cols, TERM_COLOR_AUTO, NULL);
    if (!s->memory)
        abort();
    theme_init(&s->theme, curses_memory_depth(s->memory), NULL);
    theme_set(&s->theme, "default", NULL);
    screen_grid = curses_memory_grid(s->memory);
    draw_init(&s->draw, screen_grid, &s->theme, ascii);
    s->canvas = draw_begin(&s->draw, rows, cols);
}

static inline void screen_close(struct screen *s)
{
    draw_finish(&s->draw);
    theme_finish(&s->theme);
    curses_memory_destroy(s->memory);
}

/* Row y, without the spaces at its end. Static, until the next call. */
static inline const char *screen_row(int y)
{
    static char line[1024];
    struct str out = STR_INIT;
    for (int x = 0; x < screen_grid->cols; x++) {
        uint32_t codes[GRID_CODES];
        size_t n = grid_codes(screen_grid, grid_row(screen_grid, y) + x, codes);
        for (size_t i = 0; i < n; i++)
            text_encode(&out, codes[i]);
    }
    while (out.len && out.data[out.len - 1] == ' ')
        str_truncate(&out, out.len - 1);
    snprintf(line, sizeof line, "%s", str_text(&out));
    str_finish(&out);
    return line;
}

#endif
