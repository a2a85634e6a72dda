/* term_look.c: the screen as text and cells, read from libvterm. */
#include "pty_term.h"

#include "term_private.h"

#include <stdio.h>
#include <string.h>

int term_rows(const struct term *t)
{
    return t->rows;
}

int term_cols(const struct term *t)
{
    return t->cols;
}

static size_t utf8_put(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | ((c >> 18) & 7));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static struct term_colour colour_of(const VTermColor *c, bool is_default)
{
    struct term_colour out;
    memset(&out, 0, sizeof out);
    if (is_default) {
        out.kind = TERM_COLOUR_DEFAULT;
    } else if (VTERM_COLOR_IS_INDEXED(c)) {
        out.kind = TERM_COLOUR_INDEX;
        out.index = c->indexed.idx;
    } else {
        out.kind = TERM_COLOUR_RGB;
        out.r = c->rgb.red;
        out.g = c->rgb.green;
        out.b = c->rgb.blue;
    }
    return out;
}

struct term_cell term_cell_at(struct term *t, int row, int col)
{
    VTermScreenCell cell;
    VTermPos pos = {.row = row, .col = col};
    struct term_cell out;
    size_t len = 0;
    memset(&out, 0, sizeof out);
    if (row < 0 || col < 0 || row >= term_rows(t) || col >= term_cols(t) ||
        !vterm_screen_get_cell(t->screen, pos, &cell))
        return out;
    if (cell.chars[0] == (uint32_t)-1)
        return out; /* the right half of a wide character */
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        len += utf8_put(cell.chars[i], out.text + len);
    if (len == 0)
        out.text[len++] = ' ';
    out.text[len] = 0;
    out.width = cell.width;
    out.fg = colour_of(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
    out.bg = colour_of(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
    out.bold = cell.attrs.bold;
    out.italic = cell.attrs.italic;
    out.underline = cell.attrs.underline != 0;
    out.reverse = cell.attrs.reverse;
    out.strike = cell.attrs.strike;
    out.blink = cell.attrs.blink;
    return out;
}

static void row_append(struct term *t, int row, struct str *out)
{
    size_t begin = out->len;
    for (int col = 0, cols = term_cols(t); col < cols; col++)
        str_add(out, term_cell_at(t, row, col).text);
    while (out->len > begin && out->data[out->len - 1] == ' ')
        str_truncate(out, out->len - 1);
}

const char *term_row_text(struct term *t, int row)
{
    str_clear(&t->row_text);
    row_append(t, row, &t->row_text);
    return str_text(&t->row_text);
}

const char *term_screen_text(struct term *t)
{
    str_clear(&t->screen_text);
    for (int row = 0, rows = term_rows(t); row < rows; row++) {
        row_append(t, row, &t->screen_text);
        str_add_char(&t->screen_text, '\n');
    }
    return str_text(&t->screen_text);
}

/* The column of the cell that holds byte `at` of the row's text. */
static int column_of(struct term *t, int row, size_t at)
{
    size_t bytes = 0;
    int cols = term_cols(t);
    for (int col = 0; col < cols; col++) {
        bytes += strlen(term_cell_at(t, row, col).text);
        if (bytes > at)
            return col;
    }
    return cols - 1;
}

bool term_find(struct term *t, const char *text, int *row, int *col)
{
    for (int r = 0, rows = term_rows(t); r < rows; r++) {
        const char *line = term_row_text(t, r);
        const char *hit = strstr(line, text);
        if (!hit)
            continue;
        if (col)
            *col = column_of(t, r, (size_t)(hit - line));
        if (row)
            *row = r;
        return true;
    }
    return false;
}

void term_cursor(const struct term *t, int *row, int *col)
{
    VTermPos pos;
    vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &pos);
    *row = pos.row;
    *col = pos.col;
}

bool term_cursor_visible(const struct term *t)
{
    return term_stream_mode(&t->stream, 25);
}

bool term_alternate(const struct term *t)
{
    return term_stream_mode(&t->stream, 1049) || term_stream_mode(&t->stream, 1047) ||
           term_stream_mode(&t->stream, 47);
}

bool term_mode(const struct term *t, int mode)
{
    return term_stream_mode(&t->stream, mode);
}

const char *term_title(const struct term *t)
{
    return str_text(&t->stream.title);
}

const char *term_clipboard(const struct term *t, unsigned *count)
{
    if (count)
        *count = t->stream.clipboard_count;
    return str_text(&t->stream.clipboard);
}

const char *term_transcript(const struct term *t, size_t *len)
{
    *len = t->transcript.len;
    return str_text(&t->transcript);
}

void term_mark(struct term *t)
{
    t->bytes = t->pieces = 0;
}

size_t term_bytes(const struct term *t)
{
    return t->bytes;
}

size_t term_pieces(const struct term *t)
{
    return t->pieces;
}

void term_print(struct term *t, const char *why)
{
    int row, col, rows = term_rows(t);
    term_cursor(t, &row, &col);
    fprintf(stderr, "---- %s: %d by %d, cursor at row %d column %d%s%s", why, rows, term_cols(t),
            row, col, term_cursor_visible(t) ? "" : " (invisible)",
            term_alternate(t) ? ", alternate screen" : "");
    if (term_ended(t))
        fprintf(stderr, ", ended with %d", term_exit_code(t));
    fprintf(stderr, ", %zu bytes in all\n", t->transcript.len);
    for (int r = 0; r < rows; r++)
        fprintf(stderr, "%3d|%s\n", r, term_row_text(t, r));
    fprintf(stderr, "----\n");
}
