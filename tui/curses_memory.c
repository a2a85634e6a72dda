/* curses_memory.c: see curses_memory.h. */
#include "tui/curses_memory.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/terminfo.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <curses.h>

/* The file is mapped, written on from frame to frame, and begun again now and then: reading a frame
 * costs no call, and no page is given back only to be had again for the next one. */
#define FILE_BYTES  (4 << 20) /* mapped; a frame beyond it is read by pread */
#define FILE_REWIND (64 << 10)

#define CHARSET   "\033(B"
#define NO_COLOUR "\033[39m"

struct curses_memory {
    int fd;
    FILE *file, *null;
    char *map; /* FILE_BYTES of the file, or NULL */
    off_t at;  /* where the frame begins that is not collected yet */
    SCREEN *screen;
    enum theme_depth depth;
    bool charsets; /* the terminal's reset chooses a character set, too: see add_lean */
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
    if (colors < 8)
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
    SCREEN *screen = newterm(name, m->file, m->null);
    for (size_t i = 0; i < ARRAY_LEN(curses_signals); i++)
        sigaction(curses_signals[i], &kept[i], NULL);
    return screen;
}

struct curses_memory *curses_memory_create(int rows, int cols, enum term_color color,
                                           struct error *err)
{
    struct curses_memory *m = mem_calloc(1, sizeof *m);
    m->fd = memfd_create("paddock-screen", MFD_CLOEXEC);
    m->file = m->fd < 0 ? NULL : fdopen(m->fd, "w+");
    m->null = fopen("/dev/null", "re");
    if (m->file && ftruncate(m->fd, FILE_BYTES) == 0)
        m->map = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, m->fd, 0);
    if (m->map == MAP_FAILED)
        m->map = NULL;
    char name[96];
    pick_name(name, sizeof name);
    if (m->file && m->null)
        m->screen = start(m, name);
    if (!m->screen) {
        error_set(err, ST_IO, "the screen cannot be set up for TERM=%s: %s", name, strerror(errno));
        curses_memory_destroy(m);
        return NULL;
    }
    const char *reset = terminfo_string("sgr0");
    m->charsets = reset && strcmp(reset, CHARSET "\033[m") == 0;
    m->depth = pick_depth(color);
    if (m->depth != DEPTH_MONO && (start_color() != OK || use_default_colors() != OK))
        m->depth = DEPTH_MONO;
    nonl();
    typeahead(-1); /* input is not its business */
    resize_term(rows, cols);
    doupdate(); /* with what it sends only once */
    curses_memory_collect(m, NULL);
    return m;
}

void curses_memory_destroy(struct curses_memory *m)
{
    if (!m)
        return;
    if (m->screen) {
        endwin(); /* into the memory file: puts curses to rest, nothing else */
        delscreen(m->screen);
    }
    if (m->map)
        munmap(m->map, FILE_BYTES);
    if (m->file)
        fclose(m->file);
    else if (m->fd >= 0)
        close(m->fd);
    if (m->null)
        fclose(m->null);
    mem_free(m);
}

void curses_memory_resize(struct curses_memory *m, int rows, int cols)
{
    (void)m;
    resize_term(rows, cols);
}

void curses_memory_repaint(struct curses_memory *m)
{
    (void)m;
    clearok(curscr, TRUE);
    curs_set(1); /* as the terminal's cursor is after it was given back */
}

static bool begins(const char *p, size_t len, const char *with)
{
    size_t n = strlen(with);
    return len >= n && memcmp(p, with, n) == 0;
}

/* Terminals of xterm's kind are told with every attribute to leave the line drawing set, in which
 * nothing of ours is drawn, and to take a colour back right before everything is: in a coloured
 * table a third of the bytes. No text holds ESC, so what looks like this is this. */
static void add_lean(struct str *out, const char *p, size_t len)
{
    while (len) {
        const char *esc = memchr(p, '\033', len);
        size_t plain = esc ? (size_t)(esc - p) : len;
        str_append(out, p, plain);
        p += plain;
        len -= plain;
        size_t skip = 0;
        if (begins(p, len, CHARSET))
            skip = strlen(CHARSET);
        else if (begins(p, len, NO_COLOUR CHARSET "\033[m") ||
                 begins(p, len, NO_COLOUR CHARSET "\033[0"))
            skip = strlen(NO_COLOUR);
        else if (len)
            str_add_char(out, *p);
        skip = !skip && len ? 1 : skip;
        p += skip;
        len -= skip;
    }
}

/* Appends what stands in the file from `at` on. */
static size_t take(const struct curses_memory *m, size_t len, struct str *out)
{
    size_t before = out->len;
    if (m->map && m->at + (off_t)len <= FILE_BYTES) {
        if (m->charsets)
            add_lean(out, m->map + m->at, len);
        else
            str_append(out, m->map + m->at, len);
        return out->len - before;
    }
    str_reserve(out, len);
    ssize_t n = pread(m->fd, out->data + out->len, len, m->at);
    out->len += n > 0 ? (size_t)n : 0;
    out->data[out->len] = '\0';
    return out->len - before;
}

size_t curses_memory_collect(struct curses_memory *m, struct str *out)
{
    if (out)
        doupdate();
    fflush(m->file);
    off_t end = lseek(m->fd, 0, SEEK_CUR);
    size_t len = end > m->at ? (size_t)(end - m->at) : 0, got = 0;
    if (out && len)
        got = take(m, len, out);
    m->at = end;
    if (end > FILE_REWIND)
        m->at = lseek(m->fd, 0, SEEK_SET);
    return got;
}

enum theme_depth curses_memory_depth(const struct curses_memory *m)
{
    return m->depth;
}
