/* draw.c: see draw.h. Text goes to the grid grapheme by grapheme, each at a column we computed, so
 * that a disagreement about one width cannot move what follows. */
#include "tui/draw.h"

#include "base/vec.h"
#include "tui/terminfo.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define GRAPHEME_CODES 16 /* more code points than that in one grapheme are shown as '?' */

static const char *const glyphs[GLYPH_COUNT][2] = {
    [GLYPH_NONE] = {"", ""},
#define GLYPH(id, utf8, ascii, help) [GLYPH_##id] = {utf8, ascii},
#include "tui/glyphs.def"
#undef GLYPH
};

void draw_init(struct draw *draw, struct grid *grid, const struct theme *theme, bool ascii)
{
    *draw = (struct draw){.grid = grid, .theme = theme, .ascii = ascii};
}

void draw_finish(struct draw *draw)
{
    str_finish(&draw->safe);
    str_finish(&draw->cell);
}

void draw_resume(struct draw *draw)
{
    draw->cursor_shown = draw->scrolled = false;
    draw->cursor_y = draw->cursor_x = 0;
}

void draw_scrolled(const struct canvas *c)
{
    if (c->cols == c->draw->cols)
        c->draw->scrolled = true;
}

struct canvas draw_begin(struct draw *draw, int rows, int cols)
{
    grid_clear(draw->grid);
    draw_resume(draw);
    draw->cols = cols;
    struct canvas c = {.draw = draw, .rows = rows, .cols = cols, .under = -1};
    struct style ground = draw->theme->styles[ROLE_TEXT];
    if (ground.fg != THEME_DEFAULT || ground.bg != THEME_DEFAULT)
        draw_fill(&c, 0, 0, rows, cols, ROLE_TEXT); /* a theme with a ground of its own */
    return c;
}

void draw_end(struct draw *draw)
{
    struct grid *grid = draw->grid;
    grid->cursor = draw->cursor_shown;
    grid->cursor_y = draw->cursor_y;
    grid->cursor_x = draw->cursor_x;
    grid->moved = draw->scrolled;
}

/* ---- colours ------------------------------------------------------------------------------ */

/* The number from which on the terminal takes a colour as 0xRRGGBB, or INT_MAX when it never does.
 * In a description with direct colours the first 8, 16 or 256 are still the palette's. */
static int direct_from(void)
{
    if (terminfo_number("colors") <= 256)
        return 0x7fffffff;
    const char *setaf = terminfo_string("setaf");
    return setaf && strstr(setaf, "38;5;") ? 256 : setaf && strstr(setaf, "t9%p1") ? 16 : 8;
}

static int color_number(int color)
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

static int find_look(const struct canvas *c, enum role role)
{
    const struct theme *theme = c->draw->theme;
    struct style style =
        c->under < 0 ? theme->styles[role] : theme_over(theme, role, (enum role)c->under);
    bool colours = theme->depth != DEPTH_MONO;
    return looks_find(&c->draw->grid->looks, style.attrs, colours ? color_number(style.fg) : -1,
                      colours ? color_number(style.bg) : -1);
}

static int look_of(const struct canvas *c, enum role role)
{
    struct draw *draw = c->draw;
    if (draw->generation != draw->theme->generation) {
        memset(draw->looks, 0, sizeof draw->looks);
        draw->generation = draw->theme->generation;
    }
    uint16_t *look = &draw->looks[role][c->under < 0 ? ROLE_COUNT : c->under];
    if (!*look)
        *look = (uint16_t)(find_look(c, role) + 1);
    return *look - 1;
}

/* ---- one grapheme ------------------------------------------------------------------------- */

/* How many bytes from here on are printable ASCII that nothing combines with. */
static size_t ascii_run(struct span text)
{
    size_t n = 0;
    while (n < text.len && text.p[n] >= 0x20 && text.p[n] < 0x7f)
        n++;
    return n && n < text.len && (unsigned char)text.p[n] >= 0x80 ? n - 1 : n;
}

/* A grapheme's code points, each with its cells as the C library counts them. */
struct codes {
    uint32_t code[GRAPHEME_CODES];
    int width[GRAPHEME_CODES], count;
};

/* The cells of all of it; -1 for what cannot be drawn. */
static int read_codes(struct codes *c, struct span g, bool ascii)
{
    int sum = 0;
    c->count = 0;
    for (size_t at = 0, took; at < g.len; at += took) {
        uint32_t code;
        took = text_decode(g.p + at, g.len - at, &code);
        if (!took || c->count == GRAPHEME_CODES || (ascii && code >= 0x80))
            return -1;
        int width = wcwidth((wchar_t)code);
        if (width < 0)
            return -1;
        c->code[c->count] = code;
        c->width[c->count++] = width;
        sum += width;
    }
    return sum;
}

/* Splits a grapheme into what stands in a cell (a spacing character with its marks) and writes
 * that, when the C library gives it `cells` cells together; otherwise '?' in that width. */
static void put_grapheme(const struct draw *draw, int y, int x, struct span g, int cells, int look)
{
    struct codes c;
    if (draw->ascii && span_is(g, TEXT_ARROW))
        g = span_of(TEXT_ARROW_TWIN);
    if (read_codes(&c, g, draw->ascii) != cells || !c.count || c.width[0] == 0) {
        grid_fill(draw->grid, y, x, '?', cells, look);
        return;
    }
    for (int first = 0, end = 1; first < c.count; first = end++) {
        while (end < c.count && c.width[end] == 0)
            end++;
        grid_put(draw->grid, y, x, c.code + first, (size_t)(end - first), c.width[first], look);
        x += c.width[first];
    }
}

/* The graphemes that follow and are the same as the first (a bar, a rule): their number. */
static int repeats(struct span text, size_t took)
{
    int n = 1;
    for (size_t at = took; at + took <= text.len && memcmp(text.p, text.p + at, took) == 0;
         at += took)
        n++;
    /* What comes after the last may combine with it. */
    return n > 1 && (size_t)n * took < text.len ? n - 1 : n;
}

/* A grapheme beyond ASCII, and the same ones that follow; returns how many were drawn. */
static int put_others(const struct canvas *c, int y, int x, struct span text, size_t took,
                      int cells, int look)
{
    uint32_t code;
    int n = cells == 1 ? repeats(text, took) : 1;
    n = n < c->x + c->cols - x ? n : c->x + c->cols - x;
    if (!c->draw->ascii && cells == 1 && text_decode(text.p, took, &code) == took &&
        wcwidth((wchar_t)code) == 1)
        grid_fill(c->draw->grid, y, x, code, n, look);
    else
        for (int i = 0; i < n; i++)
            put_grapheme(c->draw, y, x + i * cells, (struct span){text.p, took}, cells, look);
    return n;
}

/* One piece onto the tape, if there is one: text, or blanks. */
static void keep(const struct canvas *c, int x, enum role role, struct span text, int cells)
{
    struct draw_tape *tape = c->draw->tape;
    if (!tape)
        return;
    VEC_ROOM(tape->pieces, tape->count, tape->room);
    tape->pieces[tape->count++] = (struct draw_piece){x, cells, role, tape->text.len, text.len};
    str_add_span(&tape->text, text);
}

/* The same of printable ASCII, from a column of the canvas on. */
static int put_ascii(const struct canvas *c, int y, int x, enum role role, struct span text)
{
    if (y < 0 || y >= c->rows || x >= c->cols)
        return 0;
    keep(c, x, role, text, 0);
    int room = c->cols - x, cells = text.len < (size_t)room ? (int)text.len : room;
    grid_ascii(c->draw->grid, c->y + y, c->x + x, text.p, (size_t)cells, look_of(c, role));
    return cells;
}

/* Safe text at y,x of the canvas, cut at its edges; returns the cells up to its end. */
static int put(const struct canvas *c, int y, int x, enum role role, struct span text)
{
    size_t plain = ascii_run(text);
    if (plain == text.len && x >= 0)
        return put_ascii(c, y, x, role, text);
    if (y < 0 || y >= c->rows)
        return 0;
    keep(c, x, role, text, 0);
    int look = look_of(c, role);
    int col = x, row = c->y + y;
    for (size_t at = 0; at < text.len && col < c->cols;) {
        int cells;
        struct span rest = {text.p + at, text.len - at};
        size_t run = col >= 0 && at ? ascii_run(rest) : col >= 0 ? plain : 0;
        if (run) {
            run = run < (size_t)(c->cols - col) ? run : (size_t)(c->cols - col);
            grid_ascii(c->draw->grid, row, c->x + col, rest.p, run, look);
            col += (int)run;
            at += run;
            continue;
        }
        size_t took = text_grapheme(rest.p, rest.len, &cells);
        if (!took)
            break;
        int from = col < 0 ? 0 : col, end = col + cells, times = 1;
        if (col < 0 || end > c->cols) /* half of a wide character */
            grid_fill(c->draw->grid, row, c->x + from, ' ', (end < c->cols ? end : c->cols) - from,
                      look);
        else if (cells > 0)
            times = put_others(c, row, c->x + col, rest, took, cells, look);
        col += times * cells;
        at += (size_t)times * took;
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

/* All of it ASCII, within `cells` cells. */
static int draw_ascii(const struct canvas *c, int y, int x, enum role role, struct span text,
                      int cells, enum text_align align)
{
    int pad = cells - (int)text.len, at = align == TEXT_RIGHT ? x + pad : x;
    put(c, y, at, role, text);
    if (pad)
        draw_fill(c, y, align == TEXT_RIGHT ? x : at + (int)text.len, 1, pad, role);
    return cells;
}

/* ascii: all of it is. */
static int draw_span(const struct canvas *c, int y, int x, enum role role, struct span text,
                     int cells, enum text_align align, bool ascii)
{
    if (ascii && text.len <= (size_t)cells)
        return draw_ascii(c, y, x, role, text, cells, align);
    struct str *fit = &c->draw->cell;
    str_clear(fit);
    text_fit(fit, text.p, text.len, cells, align, draw_glyph_text(c->draw, GLYPH_ELLIPSIS));
    put(c, y, x, role, span_from(fit));
    return cells;
}

int draw_own_span(const struct canvas *c, int y, int x, enum role role, struct span text, int cells,
                  enum text_align align)
{
    if (y < 0 || y >= c->rows || x >= c->cols || cells == 0)
        return 0;
    if (cells < 0)
        return put(c, y, x, role, text);
    return draw_span(c, y, x, role, text, cells, align, ascii_run(text) == text.len);
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
    if (ascii_run(text) == text.len) /* safe as it is */
        return cells < 0 ? put(c, y, x, role, text)
                         : draw_span(c, y, x, role, text, cells, align, true);
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

int draw_glyphs(const struct canvas *c, int y, int x, enum role role, enum glyph glyph, int times)
{
    char text[256];
    const char *one = draw_glyph_text(c->draw, glyph);
    size_t len = strlen(one), used = 0;
    int cells = 0;
    while (times > 0 && len) {
        for (used = 0; times > 0 && used + len <= sizeof text; used += len, times--)
            memcpy(text + used, one, len);
        cells += put(c, y, x + cells, role, (struct span){text, used});
    }
    return cells;
}

/* ---- areas and lines ---------------------------------------------------------------------- */

void draw_fill(const struct canvas *c, int y, int x, int rows, int cols, enum role role)
{
    struct canvas part = canvas_part(c, y, x, rows, cols);
    int look = look_of(c, role);
    keep(c, x, role, span_of(""), cols);
    for (int row = 0; row < part.rows; row++)
        grid_fill(c->draw->grid, part.y + row, part.x, ' ', part.cols, look);
}

static uint32_t glyph_code(const struct draw *draw, enum glyph glyph)
{
    const char *text = draw_glyph_text(draw, glyph);
    uint32_t code = '?';
    text_decode(text, strlen(text), &code);
    return code;
}

static void put_line(const struct canvas *c, int y, int x, int rows, int cols, enum role role,
                     enum glyph glyph)
{
    struct canvas part = canvas_part(c, y, x, rows, cols);
    int look = look_of(c, role);
    uint32_t code = glyph_code(c->draw, glyph);
    for (int row = 0; row < part.rows; row++)
        grid_fill(c->draw->grid, part.y + row, part.x, code, part.cols, look);
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

/* ---- the same again ----------------------------------------------------------------------- */

void draw_record(struct draw *draw, struct draw_tape *tape)
{
    draw->tape = tape;
    if (!tape)
        return;
    tape->count = 0;
    str_clear(&tape->text);
}

void draw_replay(const struct canvas *c, int y, const struct draw_tape *tape)
{
    for (size_t i = 0; i < tape->count; i++) {
        const struct draw_piece *p = &tape->pieces[i];
        if (p->len)
            put(c, y, p->x, p->role, (struct span){tape->text.data + p->from, p->len});
        else if (p->cells)
            draw_fill(c, y, p->x, 1, p->cells, p->role);
    }
}

void draw_tape_finish(struct draw_tape *tape)
{
    str_finish(&tape->text);
    mem_free(tape->pieces);
    *tape = (struct draw_tape){.count = 0};
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

struct lines {
    const struct canvas *c;
    int y, x;
    enum role role;
};

static void draw_line(void *ctx, struct span line)
{
    struct lines *l = ctx;
    draw_own_span(l->c, l->y++, l->x, l->role, line, -1, TEXT_LEFT);
}

int draw_paragraph(const struct canvas *c, int y, int x, enum role role, struct span text,
                   int cells)
{
    struct lines l = {c, y, x, role};
    struct str safe = STR_INIT;
    text_safe(&safe, text.p, text.len, c->draw->ascii ? TEXT_ASCII : 0);
    int count = draw_wrap(span_from(&safe), cells, draw_line, &l);
    str_finish(&safe);
    return count;
}
