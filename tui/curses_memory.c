/* curses_memory.c: see curses_memory.h. */
#include "tui/curses_memory.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/frame.h"
#include "tui/terminfo.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curses.h>

struct curses_memory {
    FILE *null;
    SCREEN *screen;
    struct grid grid;
    struct frame *frame;
    enum theme_depth depth;
};

/* Signals whose handlers newterm() replaces by its own, which would act behind the loop's back. */
static const int curses_signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};

/* The description to draw with: one that takes 24-bit colours where the terminal says it does
 * (COLORTERM) and the machine knows such a one. */
static void pick_name(char *out, size_t room)
{
    const char *name = getenv("TERM"), *color = getenv("COLORTERM");
    snprintf(out, room, "%s", name);
    if (!color || (strcmp(color, "truecolor") != 0 && strcmp(color, "24bit") != 0))
        return;
    size_t stem = strlen(name);
    static const char tail[] = "-256color";
    if (stem > sizeof tail && strcmp(name + stem - (sizeof tail - 1), tail) == 0)
        stem -= sizeof tail - 1;
    static const char *const ends[] = {"-direct256", "-direct"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        char tried[96];
        snprintf(tried, sizeof tried, "%.*s%s", (int)(stem < 64 ? stem : 64), name, ends[i]);
        if (terminfo_described(tried)) {
            snprintf(out, room, "%s", tried);
            return;
        }
    }
}

static enum theme_depth pick_depth(enum term_color want)
{
    const char *none = getenv("NO_COLOR");
    if (want == TERM_COLOR_NEVER || (want == TERM_COLOR_AUTO && none && *none))
        return DEPTH_MONO;
    int colors = tigetnum("colors");
    if (colors < 8 || !terminfo_string("setaf") || !terminfo_string("setab"))
        return DEPTH_MONO;
    if (colors > 256)
        return DEPTH_TRUE;
    return colors >= 256 ? DEPTH_256 : colors >= 16 ? DEPTH_16 : DEPTH_8;
}

static SCREEN *start(struct curses_memory *m, const char *name)
{
    struct sigaction kept[ARRAY_LEN(curses_signals)];
    for (size_t i = 0; i < ARRAY_LEN(curses_signals); i++)
        sigaction(curses_signals[i], NULL, &kept[i]);
    SCREEN *screen = newterm(name, m->null, m->null);
    for (size_t i = 0; i < ARRAY_LEN(curses_signals); i++)
        sigaction(curses_signals[i], &kept[i], NULL);
    return screen;
}

struct curses_memory *curses_memory_create(int rows, int cols, enum term_color color,
                                           struct error *err)
{
    struct curses_memory *m = mem_calloc(1, sizeof *m);
    m->null = fopen("/dev/null", "r+e");
    char name[96];
    pick_name(name, sizeof name);
    if (m->null)
        m->screen = start(m, name);
    if (!m->screen) {
        error_set(err, ST_IO, "the screen cannot be set up for TERM=%s: %s", name, strerror(errno));
        curses_memory_destroy(m);
        return NULL;
    }
    m->depth = pick_depth(color);
    if (m->depth != DEPTH_MONO && (start_color() != OK || use_default_colors() != OK))
        m->depth = DEPTH_MONO;
    grid_init(&m->grid, rows, cols);
    m->frame = frame_create(&m->grid);
    return m;
}

void curses_memory_destroy(struct curses_memory *m)
{
    if (!m)
        return;
    frame_destroy(m->frame);
    grid_finish(&m->grid);
    if (m->screen) {
        endwin(); /* into nothing: puts curses to rest */
        delscreen(m->screen);
    }
    if (m->null)
        fclose(m->null);
    mem_free(m);
}

void curses_memory_resize(struct curses_memory *m, int rows, int cols)
{
    grid_resize(&m->grid, rows, cols);
    frame_lost(m->frame);
}

void curses_memory_repaint(struct curses_memory *m)
{
    frame_lost(m->frame);
}

struct grid *curses_memory_grid(struct curses_memory *m)
{
    return &m->grid;
}

size_t curses_memory_collect(struct curses_memory *m, struct str *out)
{
    size_t before = out->len;
    frame_make(m->frame, out);
    return out->len - before;
}

enum theme_depth curses_memory_depth(const struct curses_memory *m)
{
    return m->depth;
}
