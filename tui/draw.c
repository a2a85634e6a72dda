/* draw.c: see draw.h. Text goes to curses grapheme by grapheme, each at a column we computed, so
 * that a disagreement about one width cannot move what follows. */
#include "tui/draw.h"

#include "tui/terminfo.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include <curses.h>

#define GRAPHEME_CODES 16 /* more code points than that in one grapheme are shown as '?' */

static const char *const glyphs[GLYPH_COUNT][2] = {
    [GLYPH_NONE] = {"", ""},
#define GLYPH(id, utf8, ascii, help) [GLYPH_##id] = {utf8, ascii},
#include "tui/glyphs.def"
#undef GLYPH
};

void draw_init(struct draw *draw, const struct theme *theme, bool ascii)
{
    *draw = (struct draw){.theme = theme, .ascii = ascii};
}

void draw_finish(struct draw *draw)
{
    str_finish(&draw->safe);
    str_finish(&draw->cell);
}

struct canvas draw_begin(struct draw *draw, int rows, int cols)
{
    werase(stdscr);
    draw->cursor_shown = false;
    draw->cursor_y = draw->cursor_x = 0;
    struct canvas c = {.draw = draw, .rows = rows, .cols = cols, .under = -1};
    struct style ground = draw->theme->styles[ROLE_TEXT];
    if (ground.fg != THEME_DEFAULT || ground.bg != THEME_DEFAULT)
        draw_fill(&c, 0, 0, rows, cols, ROLE_TEXT); /* a theme with a ground of its own */
    return c;
}

void draw_end(struct draw *draw)
{
    curs_set(draw->cursor_shown ? 1 : 0);
    wmove(stdscr, draw->cursor_y, draw->cursor_x);
    wnoutrefresh(stdscr);
}

/* ---- colours ------------------------------------------------------------------------------ */

/* The number from which on curses takes a colour as 0xRRGGBB, or INT_MAX when it never does. In a
 * description with direct colours the first 8, 16 or 256 are still the palette's. */
static int direct_from(void)
{
    if (COLORS <= 256)
        return 0x7fffffff;
    const char *setaf = terminfo_string("setaf");
    return setaf && strstr(setaf, "38;5;") ? 256 : setaf && strstr(setaf, "t9%p1") ? 16 : 8;
}

static int curses_color(int color)
{
    if (color == THEME_DEFAULT)
        return -1;
    int from = direct_from();
    if (!(color & THEME_RGB) && color < from)
        return color;
    int rgb = color & THEME_RGB ? color & 0xffffff : theme_palette_rgb(color);
    /* The darkest blues would be taken as numbers of the palette: a trace of green tells them. */
    return rgb < from ? rgb | 0x100 : rgb;
}

static void set_style(const struct canvas *c, enum role role, attr_t *attrs, int *pair)
{
    const struct theme *theme = c->draw->theme;
    struct style style =
        c->under < 0 ? theme->styles[role] : theme_over(theme, role, (enum role)c->under);
    static const struct {
        unsigned from;
        attr_t to;
    } map[] = {{THEME_BOLD, A_BOLD},
               {THEME_DIM, A_DIM},
               {THEME_ITALIC, A_ITALIC},
               {THEME_UNDERLINE, A_UNDERLINE},
               {THEME_REVERSE, A_REVERSE}};
    *attrs = A_NORMAL;
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (style.attrs & map[i].from)
            *attrs |= map[i].to;
    *pair = 0;
    if (theme->depth != DEPTH_MONO && (style.fg != THEME_DEFAULT || style.bg != THEME_DEFAULT)) {
        int found = alloc_pair(curses_color(style.fg), curses_color(style.bg));
        *pair = found > 0 ? found : 0;
    }
}

/* ---- one grapheme ------------------------------------------------------------------------- */

static void put_wide(int y, int x, const wchar_t *text, attr_t attrs, int pair)
{
    cchar_t cell;
    if (setcchar(&cell, text, attrs, 0, &pair) == OK)
        mvadd_wch(y, x, &cell);
}

static void put_times(int y, int x, wchar_t what, int times, attr_t attrs, int pair)
{
    for (int i = 0; i < times; i++)
        put_wide(y, x + i, (wchar_t[]){what, 0}, attrs, pair);
}

/* Splits a grapheme into what curses calls cells (a spacing character with its marks) and writes
 * them, when the C library gives them `cells` cells together; otherwise '?' in that width. */
static void put_grapheme(const struct draw *draw, int y, int x, struct span g, int cells,
                         attr_t attrs, int pair)
{
    wchar_t codes[GRAPHEME_CODES + 1];
    int widths[GRAPHEME_CODES], count = 0, sum = 0;
    for (size_t at = 0; at < g.len;) {
        uint32_t code;
        size_t took = text_decode(g.p + at, g.len - at, &code);
        if (!took || count == GRAPHEME_CODES || (draw->ascii && code >= 0x80)) {
            sum = -1;
            break;
        }
        codes[count] = (wchar_t)code;
        widths[count] = wcwidth((wchar_t)code);
        sum = widths[count] < 0 || sum < 0 ? -1 : sum + widths[count];
        if (sum < 0)
            break;
        count++;
        at += took;
    }
    if (sum != cells || !count || widths[0] == 0) {
        put_times(y, x, L'?', cells, attrs, pair);
        return;
    }
    for (int i = 0; i < count;) {
        wchar_t text[CCHARW_MAX + 1];
        int n = 0, first = i;
        do {
            if (n < CCHARW_MAX)
                text[n++] = codes[i];
            i++;
        } while (i < count && widths[i] == 0);
        text[n] = 0;
        put_wide(y, x, text, attrs, pair);
        x += widths[first];
    }
}

/* Safe text at y,x of the canvas, cut at its edges; returns the cells up to its end. */
static int put(const struct canvas *c, int y, int x, enum role role, struct span text)
{
    if (y < 0 || y >= c->rows)
        return 0;
    attr_t attrs;
    int pair, col = x;
    set_style(c, role, &attrs, &pair);
    for (size_t at = 0; at < text.len && col < c->cols;) {
        int cells;
        size_t took = text_grapheme(text.p + at, text.len - at, &cells);
        if (!took)
            break;
        int row = c->y + y, from = col < 0 ? 0 : col, end = col + cells;
        if (col < 0 || end > c->cols) /* half of a wide character */
            put_times(row, c->x + from, L' ', (end < c->cols ? end : c->cols) - from, attrs, pair);
        else if (cells > 0)
            put_grapheme(c->draw, row, c->x + col, (struct span){text.p + at, took}, cells, attrs,
                         pair);
        col = end;
        at += took;
    }
    return (col < c->cols ? col : c->cols) - x;
}

/* ---- canvases ----------------------------------------------------------------------------- */

struct canvas canvas_part(const struct canvas *c, int y, int x, int rows, int cols)
{
    struct canvas part = *c;
    int top = y < 0 ? 0 : y, left = x < 0 ? 0 : x;
    int bottom = y + rows < c->rows ? y + rows : c->rows;
    int right = x + cols < c->cols ? x + cols : c->cols;
    part.y = c->y + top;
    part.x = c->x + left;
    part.rows = bottom > top ? bottom - top : 0;
    part.cols = right > left ? right - left : 0;
    return part;
}

struct canvas canvas_over(const struct canvas *c, enum role role)
{
    struct canvas over = *c;
    over.under = (int)role;
    return over;
}

/* ---- text --------------------------------------------------------------------------------- */

int draw_own_span(const struct canvas *c, int y, int x, enum role role, struct span text, int cells,
                  enum text_align align)
{
    if (y < 0 || y >= c->rows || x >= c->cols || cells == 0)
        return 0;
    if (cells < 0)
        return put(c, y, x, role, text);
    struct str *fit = &c->draw->cell;
    str_clear(fit);
    text_fit(fit, text.p, text.len, cells, align, draw_glyph_text(c->draw, GLYPH_ELLIPSIS));
    put(c, y, x, role, span_from(fit));
    return cells;
}

int draw_own(const struct canvas *c, int y, int x, enum role role, const char *text, int cells,
             enum text_align align)
{
    return draw_own_span(c, y, x, role, span_of(text), cells, align);
}

int draw_text(const struct canvas *c, int y, int x, enum role role, struct span text, int cells,
              enum text_align align)
{
    if (y < 0 || y >= c->rows || x >= c->cols || cells == 0)
        return 0;
    struct str *safe = &c->draw->safe;
    str_clear(safe);
    text_safe(safe, text.p, text.len, c->draw->ascii ? TEXT_ASCII : 0);
    return draw_own_span(c, y, x, role, span_from(safe), cells, align);
}

int draw_printf(const struct canvas *c, int y, int x, enum role role, const char *fmt, ...)
{
    struct str out = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&out, fmt, ap);
    va_end(ap);
    int cells = draw_text(c, y, x, role, span_from(&out), -1, TEXT_LEFT);
    str_finish(&out);
    return cells;
}

const char *draw_glyph_text(const struct draw *draw, enum glyph glyph)
{
    return glyphs[glyph][draw->ascii];
}

int draw_glyph(const struct canvas *c, int y, int x, enum role role, enum glyph glyph)
{
    return put(c, y, x, role, span_of(draw_glyph_text(c->draw, glyph)));
}

/* ---- areas and lines ---------------------------------------------------------------------- */

void draw_fill(const struct canvas *c, int y, int x, int rows, int cols, enum role role)
{
    struct canvas part = canvas_part(c, y, x, rows, cols);
    attr_t attrs;
    int pair;
    set_style(c, role, &attrs, &pair);
    for (int row = 0; row < part.rows; row++)
        put_times(part.y + row, part.x, L' ', part.cols, attrs, pair);
}

static wchar_t glyph_code(const struct draw *draw, enum glyph glyph)
{
    const char *text = draw_glyph_text(draw, glyph);
    uint32_t code = '?';
    text_decode(text, strlen(text), &code);
    return (wchar_t)code;
}

static void put_line(const struct canvas *c, int y, int x, int rows, int cols, enum role role,
                     enum glyph glyph)
{
    struct canvas part = canvas_part(c, y, x, rows, cols);
    attr_t attrs;
    int pair;
    set_style(c, role, &attrs, &pair);
    wchar_t code = glyph_code(c->draw, glyph);
    for (int row = 0; row < part.rows; row++)
        put_times(part.y + row, part.x, code, part.cols, attrs, pair);
}

void draw_hline(const struct canvas *c, int y, int x, int cells, enum role role)
{
    put_line(c, y, x, 1, cells, role, GLYPH_HLINE);
}

void draw_vline(const struct canvas *c, int y, int x, int rows, enum role role)
{
    put_line(c, y, x, rows, 1, role, GLYPH_VLINE);
}

struct canvas draw_box(const struct canvas *c, enum role role, const char *title)
{
    int bottom = c->rows - 1, right = c->cols - 1;
    if (bottom < 1 || right < 1)
        return canvas_part(c, 0, 0, 0, 0);
    draw_hline(c, 0, 1, right - 1, role);
    draw_hline(c, bottom, 1, right - 1, role);
    draw_vline(c, 1, 0, bottom - 1, role);
    draw_vline(c, 1, right, bottom - 1, role);
    draw_glyph(c, 0, 0, role, GLYPH_CORNER_TL);
    draw_glyph(c, 0, right, role, GLYPH_CORNER_TR);
    draw_glyph(c, bottom, 0, role, GLYPH_CORNER_BL);
    draw_glyph(c, bottom, right, role, GLYPH_CORNER_BR);
    if (title && *title && right > 5) {
        struct canvas head = canvas_part(c, 0, 3, 1, right - 5);
        int used = draw_text(&head, 0, 0, ROLE_TITLE, span_of(title), -1, TEXT_LEFT);
        draw_own(c, 0, 2, ROLE_TITLE, " ", 1, TEXT_LEFT);
        draw_own(c, 0, 3 + used, ROLE_TITLE, " ", 1, TEXT_LEFT);
    }
    return canvas_part(c, 1, 1, bottom - 1, right - 1);
}

/* ---- the hardware cursor ------------------------------------------------------------------ */

void draw_cursor(const struct canvas *c, int y, int x)
{
    if (y < 0 || y >= c->rows || !c->cols)
        return;
    c->draw->cursor_shown = true;
    c->draw->cursor_y = c->y + y;
    c->draw->cursor_x = c->x + (x < 0 ? 0 : x < c->cols ? x : c->cols - 1);
}

void draw_caret(const struct canvas *c, int y, int x)
{
    draw_cursor(c, y, x);
}

void draw_cursor_hide(const struct canvas *c)
{
    c->draw->cursor_shown = false;
}

/* ---- breaking into lines ------------------------------------------------------------------ */

/* Where a line of at most `cells` ends: after the last space that fits, else after the last
 * grapheme that fits, always after at least one. */
static size_t line_end(struct span rest, int cells)
{
    size_t fits = text_prefix(rest.p, rest.len, cells, NULL);
    if (fits == rest.len)
        return fits;
    if (!fits)
        return text_next(rest.p, rest.len, 0);
    for (size_t i = fits + 1; i-- > 1;)
        if (rest.p[i] == ' ')
            return i;
    return fits;
}

int draw_wrap(struct span safe, int cells, void (*fn)(void *ctx, struct span line), void *ctx)
{
    int lines = 0;
    cells = cells > 0 ? cells : 1;
    do {
        size_t len = line_end(safe, cells);
        if (fn)
            fn(ctx, (struct span){safe.p, len});
        lines++;
        safe.p += len;
        safe.len -= len;
        while (safe.len && len && *safe.p == ' ') { /* the space of the break */
            safe.p++;
            safe.len--;
        }
    } while (safe.len);
    return lines;
}
