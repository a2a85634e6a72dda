/* svg.c: backgrounds first, then shapes and words, row by row. A word is one <text> with its exact
 * length, so that the columns hold with any monospace font; what is not ASCII stands alone, since
 * it may come from another font. */
#include "svg.h"

#include "svg_shapes.h"

#include <stdio.h>
#include <string.h>

#define PAD      12
#define BASELINE 13.5
#define FONT_PX  15

typedef char hex[8]; /* "#rrggbb" */

struct palette {
    const char *fg, *bg;
    const char *ansi[16];
};

static const struct palette dark = {
    "#d5dae3",
    "#14181f",
    {"#2a303b", "#f0716b", "#7cc87f", "#e5b95c", "#6fa8f5", "#c791e8", "#56c1c9", "#c3cad6",
     "#6b7486", "#ff948e", "#9be29e", "#f7d27e", "#93c0ff", "#dcb0f7", "#7fdde4", "#f4f6fa"},
};

static const struct palette light = {
    "#1f2630",
    "#fcfcfa",
    {"#1f2630", "#b3261e", "#1e7a34", "#8a5a00", "#1a56b8", "#8526a8", "#0b6f7a", "#c9ced6",
     "#606a78", "#d3362d", "#28923f", "#a56f08", "#2b6bd6", "#9c3cc0", "#14858f", "#ffffff"},
};

struct look {
    hex fg, bg;
    bool bold, italic, underline, strike;
};

static void hex_set(hex out, unsigned r, unsigned g, unsigned b)
{
    snprintf(out, sizeof(hex), "#%02x%02x%02x", r & 255, g & 255, b & 255);
}

/* The 256 colours of xterm: 16 of the palette, a cube of 6, 24 greys. */
static void colour_resolve(const struct term_colour *c, const char *fallback,
                           const struct palette *p, hex out)
{
    if (c->kind == TERM_COLOUR_RGB) {
        hex_set(out, c->r, c->g, c->b);
    } else if (c->kind == TERM_COLOUR_DEFAULT) {
        snprintf(out, sizeof(hex), "%s", fallback);
    } else if (c->index < 16) {
        snprintf(out, sizeof(hex), "%s", p->ansi[c->index]);
    } else if (c->index < 232) {
        static const unsigned char steps[6] = {0, 95, 135, 175, 215, 255};
        int i = c->index - 16;
        hex_set(out, steps[i / 36], steps[i / 6 % 6], steps[i % 6]);
    } else {
        unsigned grey = 8 + 10 * (unsigned)(c->index - 232);
        hex_set(out, grey, grey, grey);
    }
}

static struct look look_of(const struct term_cell *c, const struct palette *p)
{
    struct look l;
    memset(&l, 0, sizeof l);
    colour_resolve(&c->fg, p->fg, p, c->reverse ? l.bg : l.fg);
    colour_resolve(&c->bg, p->bg, p, c->reverse ? l.fg : l.bg);
    l.bold = c->bold;
    l.italic = c->italic;
    l.underline = c->underline;
    l.strike = c->strike;
    return l;
}

static bool look_same(const struct look *a, const struct look *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static uint32_t code_point(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80)
        return u[0];
    if (u[0] < 0xe0)
        return (uint32_t)(u[0] & 0x1f) << 6 | (u[1] & 0x3f);
    if (u[0] < 0xf0)
        return (uint32_t)(u[0] & 0x0f) << 12 | (uint32_t)(u[1] & 0x3f) << 6 | (u[2] & 0x3f);
    return (uint32_t)(u[0] & 7) << 18 | (uint32_t)(u[1] & 0x3f) << 12 |
           (uint32_t)(u[2] & 0x3f) << 6 | (u[3] & 0x3f);
}

static void escaped_add(struct str *out, const char *text)
{
    for (; *text; text++) {
        const char *as = *text == '&'   ? "&amp;"
                         : *text == '<' ? "&lt;"
                         : *text == '>' ? "&gt;"
                                        : "";
        if (*as)
            str_add(out, as);
        else
            str_add_char(out, *text);
    }
}

/* ---- one row ------------------------------------------------------------------------------- */

struct row {
    struct term *t;
    const struct palette *p;
    struct str *out;
    int row, cols;
};

static double cell_x(int col)
{
    return PAD + SVG_CELL_W * col;
}

static double cell_y(int row)
{
    return PAD + SVG_CELL_H * row;
}

static void backgrounds_draw(struct row *r)
{
    for (int col = 0; col < r->cols;) {
        struct term_cell c = term_cell_at(r->t, r->row, col);
        struct look l = look_of(&c, r->p);
        int end = col + (c.width ? c.width : 1);
        for (; end < r->cols; end++) {
            struct term_cell next = term_cell_at(r->t, r->row, end);
            struct look m = look_of(&next, r->p);
            if (next.width && strcmp(m.bg, l.bg) != 0)
                break;
        }
        if (strcmp(l.bg, r->p->bg) != 0)
            str_printf(r->out, "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
                       cell_x(col), cell_y(r->row), SVG_CELL_W * (end - col), SVG_CELL_H, l.bg);
        col = end;
    }
}

/* A line under or through cells; drawn by hand so that it also runs below blanks. */
static void line_draw(struct row *r, const struct look *l, int col, int width)
{
    if (l->underline)
        str_printf(r->out, "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"1\" fill=\"%s\"/>\n",
                   cell_x(col), cell_y(r->row) + 15.5, SVG_CELL_W * width, l->fg);
    if (l->strike)
        str_printf(r->out, "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"1\" fill=\"%s\"/>\n",
                   cell_x(col), cell_y(r->row) + 8.5, SVG_CELL_W * width, l->fg);
}

static void word_draw(struct row *r, const struct look *l, int col, int width, const char *text)
{
    str_printf(r->out, "<text x=\"%g\" y=\"%g\" textLength=\"%d\" fill=\"%s\"%s%s>", cell_x(col),
               cell_y(r->row) + BASELINE, SVG_CELL_W * width, l->fg,
               l->bold ? " font-weight=\"bold\"" : "", l->italic ? " font-style=\"italic\"" : "");
    escaped_add(r->out, text);
    str_add(r->out, "</text>\n");
}

static bool ascii_visible(const char *text)
{
    return text[0] > ' ' && text[0] < 0x7f && text[1] == 0;
}

/* Draws what begins at col and returns the column after it. */
static int piece_draw(struct row *r, int col)
{
    struct term_cell c = term_cell_at(r->t, r->row, col);
    struct look l = look_of(&c, r->p);
    uint32_t code = code_point(c.text);
    struct str word = STR_INIT;
    int end = col + (c.width ? c.width : 1);
    bool shape = svg_shape_is(code), ascii = ascii_visible(c.text);
    str_add(&word, c.text);
    while (end < r->cols && (ascii || (shape && svg_shape_joins(code)))) {
        struct term_cell next = term_cell_at(r->t, r->row, end);
        struct look m = look_of(&next, r->p);
        if (!look_same(&l, &m) || (ascii ? !ascii_visible(next.text) : strcmp(next.text, c.text)))
            break;
        str_add(&word, next.text);
        end++;
    }
    if (shape)
        svg_shape_draw(r->out, code, cell_x(col), cell_y(r->row), end - col, l.fg);
    else if (c.text[0] && c.text[0] != ' ')
        word_draw(r, &l, col, end - col, str_text(&word));
    line_draw(r, &l, col, end - col);
    str_finish(&word);
    return end;
}

static void cursor_draw(struct term *t, const struct palette *p, struct str *out)
{
    int row, col;
    term_cursor(t, &row, &col);
    if (term_cursor_visible(t))
        str_printf(out,
                   "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\" fill=\"none\" "
                   "stroke=\"%s\"/>\n",
                   cell_x(col) + 0.5, cell_y(row) + 0.5, SVG_CELL_W - 1, SVG_CELL_H - 1, p->fg);
}

void svg_write(struct term *t, const struct svg_options *options, struct str *out)
{
    const struct palette *p = options->light ? &light : &dark;
    int w = 2 * PAD + SVG_CELL_W * term_cols(t), h = 2 * PAD + SVG_CELL_H * term_rows(t);
    str_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
               "viewBox=\"0 0 %d %d\" role=\"img\">\n",
               w, h, w, h);
    if (options->title) {
        str_add(out, "<title>");
        escaped_add(out, options->title);
        str_add(out, "</title>\n");
    }
    str_printf(out, "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\"/>\n", w, h, p->bg);
    str_printf(out,
               "<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',"
               "'Liberation Mono',monospace\" font-size=\"%d\">\n",
               FONT_PX);
    for (int row = 0; row < term_rows(t); row++) {
        struct row r = {.t = t, .p = p, .out = out, .row = row, .cols = term_cols(t)};
        backgrounds_draw(&r);
        for (int col = 0; col < r.cols;)
            col = piece_draw(&r, col);
    }
    if (options->cursor)
        cursor_draw(t, p, out);
    str_add(out, "</g>\n</svg>\n");
}
