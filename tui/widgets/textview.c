/* textview.c: see textview.h. */
#include "tui/widgets/textview.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

#define SIDE_STEP      8
#define OUTSIDE_INDENT 2

void textview_init(struct textview *v, bool wrap)
{
    *v = (struct textview){.wrap = wrap, .laid_cells = -1, .page = 1};
}

void textview_finish(struct textview *v)
{
    str_finish(&v->text);
    str_finish(&v->found);
    mem_free(v->runs);
    mem_free(v->lines);
    *v = (struct textview){.laid_cells = -1, .page = 1};
}

void textview_clear(struct textview *v)
{
    str_clear(&v->text);
    v->run_count = v->line_count = v->ended = 0;
    v->laid_cells = -1;
    v->match_len = 0;
}

void textview_top(struct textview *v)
{
    v->top = 0;
    v->left = 0;
}

static size_t count_ends(const char *p, size_t len)
{
    size_t count = 0;
    const char *end = p + len;
    for (; len && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        count++;
    return count;
}

static void add(struct textview *v, enum role role, struct span text, unsigned flags)
{
    if (!text.len)
        return;
    bool outside = !(flags & TEXT_LINES);
    const struct textview_run *last = v->run_count ? &v->runs[v->run_count - 1] : NULL;
    if (!last || last->role != role || last->outside != outside) {
        VEC_ROOM(v->runs, v->run_count, v->run_room);
        v->runs[v->run_count++] = (struct textview_run){v->text.len, role, outside};
    }
    size_t before = v->text.len;
    text_safe(&v->text, text.p, text.len, flags | (v->ascii ? TEXT_ASCII : 0));
    if (!outside)
        v->ended += count_ends(v->text.data + before, v->text.len - before);
    v->laid_cells = -1;
}

/* The text that was added before the terminal was known: what stands for a character is wider, so
 * that it has to be there before lines are laid. */
static void make_ascii(struct textview *v)
{
    struct str ascii = STR_INIT;
    for (size_t i = 0; i < v->run_count; i++) {
        size_t from = v->runs[i].start;
        size_t end = i + 1 < v->run_count ? v->runs[i + 1].start : v->text.len;
        v->runs[i].start = ascii.len;
        text_safe(&ascii, v->text.data + from, end - from, TEXT_LINES | TEXT_ASCII);
    }
    str_finish(&v->text);
    v->text = ascii;
    v->ascii = true;
    v->match_len = 0;
    v->laid_cells = -1;
}

void textview_add(struct textview *v, enum role role, struct span text)
{
    add(v, role, text, 0);
}

void textview_lines(struct textview *v, enum role role, struct span text)
{
    add(v, role, text, TEXT_LINES);
}

void textview_indented(struct textview *v, enum role role, struct span text)
{
    while (text.len) {
        const char *end = memchr(text.p, '\n', text.len);
        size_t len = end ? (size_t)(end - text.p) + 1 : text.len;
        textview_add(v, role, span_of(" "));
        textview_lines(v, role, (struct span){text.p, len});
        text = (struct span){text.p + len, text.len - len};
    }
}

void textview_printf(struct textview *v, enum role role, const char *fmt, ...)
{
    struct str out = STR_INIT;
    size_t before = strspn(fmt, "\n"), len = strlen(fmt), after = 0;
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&out, fmt, ap);
    va_end(ap);
    while (before + after < len && fmt[len - after - 1] == '\n')
        after++;
    struct span text = span_from(&out);
    textview_lines(v, role, (struct span){text.p, before});
    textview_add(v, role, (struct span){text.p + before, text.len - before - after});
    textview_lines(v, role, (struct span){text.p + text.len - after, after});
    str_finish(&out);
}

size_t textview_ended(const struct textview *v)
{
    return v->ended;
}

/* ---- lines -------------------------------------------------------------------------------- */

static void add_line(struct textview *v, size_t at, int indent)
{
    VEC_ROOM(v->lines, v->line_count, v->line_room);
    v->lines[v->line_count++] = (struct textview_line){at, indent};
}

/* Where the text of a line begins: behind its label and the spaces that end it ("   Region   eu"),
 * or behind its spaces and a sign of one character ("   ! too much"). More than three
 * fifths of the line are nobody's label. */
static int hanging(struct span line, int cells)
{
    size_t at = 0, text;
    while (at < line.len && line.p[at] == ' ')
        at++;
    bool sign = at + 1 < line.len && strchr("!*+-~?", line.p[at]) && line.p[at + 1] == ' ';
    text = sign ? at + 2 : at;
    for (size_t i = at; i + 2 < line.len; i++) {
        if (line.p[i] != ' ' || line.p[i + 1] != ' ')
            continue;
        while (i < line.len && line.p[i] == ' ')
            i++;
        if (i < line.len && text_width(line.p, i) <= cells * 3 / 5)
            text = i;
        break;
    }
    int indent = text_width(line.p, text);
    return indent <= cells * 3 / 5 ? indent : 0;
}

/* The run that a byte is in; 0 when there is none. */
static size_t run_at(const struct textview *v, size_t at)
{
    size_t low = 0, high = v->run_count;
    while (low + 1 < high) {
        size_t mid = (low + high) / 2;
        if (v->runs[mid].start <= at)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* hanging, and further in than its line begins where something of it is from outside: no blanks in
 * that let its second line look like a line of ours. */
static int hanging_safe(const struct textview *v, struct span line, int cells)
{
    size_t at = (size_t)(line.p - v->text.data), blanks = 0;
    int indent = hanging(line, cells);
    bool outside = false;
    for (size_t i = run_at(v, at); i < v->run_count && v->runs[i].start < at + line.len; i++)
        outside = outside || v->runs[i].outside;
    while (blanks < line.len && line.p[blanks] == ' ')
        blanks++;
    int least = outside ? (int)blanks + OUTSIDE_INDENT : 0;
    return indent >= least || least >= cells ? indent : least;
}

struct wrapping {
    struct textview *v;
    int indent;
    size_t count, second; /* lines so far; where the second begins */
};

static void add_wrapped(void *ctx, struct span line)
{
    struct wrapping *w = ctx;
    add_line(w->v, (size_t)(line.p - w->v->text.data), w->indent);
}

static void find_second(void *ctx, struct span line)
{
    struct wrapping *w = ctx;
    if (w->count++ == 1)
        w->second = (size_t)(line.p - w->v->text.data);
}

static void wrap_line(struct textview *v, struct span line, int cells)
{
    struct wrapping w = {.v = v};
    size_t at = (size_t)(line.p - v->text.data), end = at + line.len;
    add_line(v, at, 0);
    if (draw_wrap(line, cells, find_second, &w) < 2)
        return;
    w.indent = hanging_safe(v, line, cells);
    draw_wrap((struct span){v->text.data + w.second, end - w.second}, cells - w.indent, add_wrapped,
              &w);
}

static void lay_out(struct textview *v, int cells)
{
    v->cells = cells;
    if (v->laid_cells == cells)
        return;
    v->line_count = 0;
    for (size_t at = 0; at < v->text.len;) {
        const char *end = memchr(v->text.data + at, '\n', v->text.len - at);
        size_t len = end ? (size_t)(end - v->text.data) - at : v->text.len - at;
        if (v->wrap && len)
            wrap_line(v, (struct span){v->text.data + at, len}, cells);
        else
            add_line(v, at, 0);
        at += len + 1;
    }
    v->laid_cells = cells;
}

/* As wide as at the last draw, when more was added since. */
static void lay_again(struct textview *v)
{
    if (v->cells)
        lay_out(v, v->cells);
}

/* Where line i ends, without the line feed or the spaces of its break. */
static size_t line_end(const struct textview *v, size_t i)
{
    size_t end = i + 1 < v->line_count ? v->lines[i + 1].at : v->text.len;
    while (end > v->lines[i].at && v->text.data[end - 1] == '\n')
        end--;
    return end;
}

static size_t last_top(const struct textview *v)
{
    return v->line_count > v->page ? v->line_count - v->page : 0;
}

void textview_move(struct textview *v, enum move move)
{
    if (move == MOVE_LEFT || move == MOVE_RIGHT) {
        if (!v->wrap)
            v->left = move == MOVE_RIGHT ? v->left + SIDE_STEP
                                         : (v->left > SIDE_STEP ? v->left - SIDE_STEP : 0);
        return;
    }
    lay_again(v);
    struct scroll s = {v->top, v->top};
    scroll_move(&s, move, last_top(v) + 1, v->page);
    v->top = s.cursor;
}

/* ---- search ------------------------------------------------------------------------------- */

/* The text folded, and for each of its graphemes where it stands in both. */
struct folded {
    struct str text;
    struct fold_at {
        size_t folded, plain;
    } * at;
    size_t count, room;
};

static void fold(struct folded *f, const struct str *text)
{
    for (size_t i = 0; i < text->len;) {
        size_t took = text_next(str_text(text), text->len, i) - i;
        VEC_ROOM(f->at, f->count, f->room);
        f->at[f->count++] = (struct fold_at){f->text.len, i};
        text_fold(&f->text, text->data + i, took ? took : 1);
        i += took ? took : 1;
    }
    VEC_ROOM(f->at, f->count, f->room);
    f->at[f->count++] = (struct fold_at){f->text.len, text->len};
}

/* The first grapheme at or after a byte of the folded text. */
static const struct fold_at *grapheme_at(const struct folded *f, size_t folded)
{
    size_t low = 0, high = f->count - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (f->at[mid].folded < folded)
            low = mid + 1;
        else
            high = mid;
    }
    return &f->at[low];
}

/* The first match that begins at `from` or later, or (back) the last that begins before it. */
static bool find(const struct textview *v, const struct folded *f, size_t from, bool back,
                 size_t *start, size_t *len)
{
    bool found = false;
    const char *text = str_text(&f->text);
    for (size_t at = 0; at + v->found.len <= f->text.len; at++) {
        const char *hit = memmem(text + at, f->text.len - at, v->found.data, v->found.len);
        if (!hit)
            break;
        at = (size_t)(hit - text);
        const struct fold_at *begin = grapheme_at(f, at);
        if (begin->folded != at)
            continue;
        if (back ? begin->plain >= from : begin->plain < from) {
            if (back)
                break;
            continue;
        }
        *start = begin->plain;
        *len = grapheme_at(f, at + v->found.len)->plain - begin->plain;
        found = true;
        if (!back)
            break;
    }
    return found;
}

static void show_match(struct textview *v)
{
    size_t line = 0;
    while (line + 1 < v->line_count && v->lines[line + 1].at <= v->match)
        line++;
    if (line < v->top || line >= v->top + v->page)
        v->top = line > v->page / 3 ? line - v->page / 3 : 0;
}

static bool go(struct textview *v, size_t from, bool back)
{
    if (!v->found.len)
        return false;
    lay_again(v);
    struct folded f = {.text = STR_INIT};
    fold(&f, &v->text);
    size_t start, len;
    bool found = find(v, &f, from, back, &start, &len) ||
                 find(v, &f, back ? v->text.len + 1 : 0, back, &start, &len); /* round the end */
    if (found) {
        v->match = start;
        v->match_len = len;
        show_match(v);
    } else {
        v->match_len = 0;
    }
    str_finish(&f.text);
    mem_free(f.at);
    return found;
}

bool textview_search(struct textview *v, struct span what)
{
    str_clear(&v->found);
    struct str safe = STR_INIT;
    text_safe(&safe, what.p, what.len, v->ascii ? TEXT_ASCII : 0);
    text_fold(&v->found, str_text(&safe), safe.len);
    str_finish(&safe);
    return go(v, v->top < v->line_count ? v->lines[v->top].at : 0, false);
}

bool textview_search_next(struct textview *v, bool forward)
{
    size_t here = v->match_len ? v->match : v->top < v->line_count ? v->lines[v->top].at : 0;
    return go(v, forward && v->match_len ? here + 1 : here, !forward);
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* The role at a byte, and where it ends. */
static enum role role_at(const struct textview *v, size_t at, size_t *end)
{
    size_t low = run_at(v, at);
    *end = low + 1 < v->run_count ? v->runs[low + 1].start : v->text.len;
    enum role role = v->run_count ? v->runs[low].role : ROLE_TEXT;
    if (!v->match_len || at >= v->match + v->match_len)
        return role;
    if (at >= v->match) {
        *end = v->match + v->match_len;
        return ROLE_MATCH;
    }
    *end = *end < v->match ? *end : v->match;
    return role;
}

static void draw_line(const struct textview *v, const struct canvas *c, int y, size_t line,
                      bool focus)
{
    size_t at = v->lines[line].at, end = line_end(v, line);
    int x = v->wrap ? v->lines[line].indent : -v->left;
    if (x > 0)
        draw_fill(c, y, 0, 1, x, ROLE_TEXT);
    while (at < end && x < c->cols) {
        size_t stop;
        enum role role = role_at(v, at, &stop);
        stop = stop < end ? stop : end;
        struct span piece = {v->text.data + at, stop - at};
        if (focus && v->match_len && at == v->match)
            draw_cursor(c, y, x);
        x += draw_own_span(c, y, x, role, piece, -1, TEXT_LEFT);
        at = stop;
    }
    if (x < c->cols)
        draw_fill(c, y, x > 0 ? x : 0, 1, c->cols - (x > 0 ? x : 0), ROLE_TEXT);
}

void textview_draw(struct textview *v, const struct canvas *c, bool focus)
{
    v->page = c->rows > 0 ? (size_t)c->rows : 1;
    if (c->draw->ascii && !v->ascii)
        make_ascii(v);
    lay_out(v, c->cols > 1 ? c->cols - 1 : 1);
    if (v->top > last_top(v))
        v->top = last_top(v);
    if (focus)
        draw_cursor(c, 0, 0);
    for (int y = 0; y < c->rows; y++) {
        if (v->top + (size_t)y < v->line_count)
            draw_line(v, c, y, v->top + (size_t)y, focus);
        else
            draw_fill(c, y, 0, 1, c->cols, ROLE_TEXT);
    }
    if (v->top)
        draw_glyph(c, 0, c->cols - 1, ROLE_DIM, GLYPH_MORE_UP);
    if (v->top + v->page < v->line_count)
        draw_glyph(c, c->rows - 1, c->cols - 1, ROLE_DIM, GLYPH_MORE_DOWN);
}
