/* table.c: see table.h. */
#include "tui/widgets/table.h"

#include "base/mem.h"
#include "tui/widgets/gauge.h"

#include <string.h>

#define GUTTER    3 /* cursor, mark, a space: or the flag, and then the space after it */
#define GAP       1 /* between columns */
#define BAR_CELLS 3 /* a shorter bar says nothing */

void table_init(struct table *t, const struct table_source *source)
{
    *t = (struct table){.source = *source, .page = 1, .sort_column = -1};
}

static void forget_drawn(struct table *t)
{
    mem_free(t->drawn.widths);
    for (size_t i = 0; i < t->drawn.line_count; i++)
        draw_tape_finish(&t->drawn.lines[i]);
    mem_free(t->drawn.lines);
}

void table_finish(struct table *t)
{
    mem_free(t->columns);
    forget_drawn(t);
    str_finish(&t->scratch);
    *t = (struct table){.page = 1, .sort_column = -1};
}

void table_set_columns(struct table *t, const struct table_column *columns, size_t count)
{
    mem_free(t->columns);
    forget_drawn(t);
    t->columns = mem_dup(columns, count * sizeof *columns);
    t->column_count = count;
    t->drawn = (struct table_drawn){.widths = mem_calloc(count, sizeof(int))};
    if (t->first_column + 1 >= count)
        t->first_column = 0;
}

void table_set_rows(struct table *t, size_t count, size_t cursor)
{
    size_t line = t->scroll.cursor - t->scroll.top;
    t->count = count;
    t->scroll.cursor = cursor;
    t->scroll.top = cursor > line ? cursor - line : 0;
    scroll_fix(&t->scroll, count, t->page);
}

void table_set_sort(struct table *t, int column, bool down)
{
    t->sort_column = column;
    t->sort_down = down;
}

void table_move(struct table *t, enum move move)
{
    if (move == MOVE_LEFT && t->first_column)
        t->first_column--;
    else if (move == MOVE_RIGHT && t->more_right && t->first_column + 2 < t->column_count)
        t->first_column++;
    else
        scroll_move(&t->scroll, move, t->count, t->page);
}

bool table_cursor(const struct table *t, size_t *row)
{
    if (!t->count)
        return false;
    *row = t->scroll.cursor;
    return true;
}

void table_visible(const struct table *t, size_t *first, size_t *end)
{
    *first = t->scroll.top;
    *end = t->scroll.top + t->page < t->count ? t->scroll.top + t->page : t->count;
}

/* Cells before the first column. A flag never stands against a name: as a letter it would be read
 * as part of it. */
static int gutter(const struct table *t)
{
    return GUTTER + (t->source.flag ? 1 : 0);
}

/* ---- how wide ----------------------------------------------------------------------------- */

static int width_of(const int *widths, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += widths[i] ? widths[i] + (sum ? GAP : 0) : 0;
    return sum;
}

/* The column that goes first: the highest drop; where all must stay, the last. Never the first
 * column. 0: none is left. */
static size_t victim(const struct table *t, const int *widths)
{
    size_t found = 0;
    for (size_t i = 1; i < t->column_count; i++)
        if (widths[i] && (!found || t->columns[i].drop >= t->columns[found].drop))
            found = i;
    return found;
}

/* A cell each in turn to the columns that take more, until nothing is left; returns what is. first:
 * to those that never go, and only half of what they would take: a name is read before a longer
 * bar, and yet leaves something for the rest. */
static int grow(const struct table *t, int *widths, int spare, bool first)
{
    for (bool grown = true; spare > 0 && grown;) {
        grown = false;
        for (size_t i = 0; i < t->column_count && spare > 0; i++) {
            const struct table_column *c = &t->columns[i];
            int most = first ? (c->width + c->width_max) / 2 : c->width_max;
            if (!widths[i] || widths[i] >= most || (first && c->drop))
                continue;
            widths[i]++;
            spare--;
            grown = true;
        }
    }
    return spare;
}

void table_layout(const struct table *t, int cells, int *widths)
{
    for (size_t i = 0; i < t->column_count; i++)
        widths[i] = i && i <= t->first_column ? 0 : t->columns[i].width;
    for (size_t out; width_of(widths, t->column_count) > cells && (out = victim(t, widths));)
        widths[out] = 0;
    int spare = cells - width_of(widths, t->column_count);
    if (t->column_count && spare < 0)
        widths[0] = cells > 0 ? cells : 0;
    grow(t, widths, spare > 0 ? grow(t, widths, spare, true) : 0, false);
}

/* ---- drawing ------------------------------------------------------------------------------ */

static void draw_heading(const struct table *t, const struct canvas *c, size_t column, int x,
                         int width)
{
    const struct table_column *col = &t->columns[column];
    if ((int)column != t->sort_column) {
        draw_own(c, 0, x, ROLE_TITLE, col->title, width, col->align);
        return;
    }
    int title = text_width(col->title, strlen(col->title));
    title = title < width - 1 ? title : width - 1;
    int at = col->align == TEXT_RIGHT ? x + width - 1 - title : x;
    draw_own(c, 0, at, ROLE_SORT, col->title, title, TEXT_LEFT);
    draw_glyph(c, 0, at + title, ROLE_SORT, t->sort_down ? GLYPH_SORT_DOWN : GLYPH_SORT_UP);
}

static void draw_cell(struct table *t, const struct canvas *c, int y, size_t row, size_t column,
                      int x, int width)
{
    str_clear(&t->scratch);
    struct table_cell cell = {.text = &t->scratch, .role = ROLE_TEXT, .width = width, .gauge = -1};
    t->source.cell(t->source.ctx, row, column, &cell);
    struct span text = span_from(&t->scratch);
    if (cell.glyph != GLYPH_NONE && width > 1) {
        draw_glyph(c, y, x, cell.role, cell.glyph);
        x += 2;
        width -= 2;
    }
    if (cell.gauge >= 0) {
        int bar = width - text_width(text.p, text.len) - 1;
        struct gauge gauge = {.ratio = cell.gauge, .warn_from = cell.gauge_warn};
        if (bar >= BAR_CELLS) {
            gauge_draw_bar(&gauge, c, y, x, bar);
            x += bar;
            width -= bar;
        }
        draw_text(c, y, x, cell.role, text, width, TEXT_RIGHT);
        return;
    }
    draw_text(c, y, x, cell.role, text, width, t->columns[column].align);
}

/* What a row says, wherever the cursor is. */
static void draw_cells(struct table *t, const struct canvas *c, int y, size_t row)
{
    const int *widths = t->drawn.widths;
    if (t->source.marked && t->source.marked(t->source.ctx, row))
        draw_glyph(c, y, 1, ROLE_MARK, GLYPH_MARK);
    if (t->source.flag)
        draw_glyph(c, y, 2, ROLE_BUSY, t->source.flag(t->source.ctx, row));
    int x = gutter(t);
    for (size_t i = 0; i < t->column_count; i++) {
        if (!widths[i])
            continue;
        draw_cell(t, c, y, row, i, x, widths[i]);
        x += widths[i] + GAP;
    }
}

/* Whether it says `again` what it did when the same rows were drawn last: then nobody is asked. */
static void draw_row(struct table *t, const struct canvas *c, size_t row, bool focus, bool again)
{
    size_t line = row - t->scroll.top;
    int y = (int)line + 1;
    bool current = row == t->scroll.cursor;
    struct canvas over = current ? canvas_over(c, focus ? ROLE_CURSOR : ROLE_CURSOR_OFF) : *c;
    if (current) {
        draw_fill(&over, y, 0, 1, over.cols, ROLE_TEXT);
        draw_glyph(&over, y, 0, ROLE_TEXT, GLYPH_CURSOR);
    }
    if (again) {
        draw_replay(&over, y, &t->drawn.lines[line]);
    } else {
        draw_record(c->draw, &t->drawn.lines[line]);
        draw_cells(t, &over, y, row);
        draw_record(c->draw, NULL);
    }
    if (current && focus)
        draw_cursor(c, y, 0);
}

static void draw_headings(struct table *t, const struct canvas *c, const int *widths)
{
    int x = gutter(t);
    t->more_right = false;
    for (size_t i = 0; i < t->column_count; i++) {
        if (widths[i]) {
            draw_heading(t, c, i, x, widths[i]);
            x += widths[i] + GAP;
        } else if (i > t->first_column) {
            t->more_right = true;
        }
    }
    if (t->first_column)
        draw_glyph(c, 0, gutter(t) - 1, ROLE_DIM, GLYPH_MORE_LEFT);
    if (t->more_right && c->cols > 0)
        draw_glyph(c, 0, c->cols - 1, ROLE_DIM, GLYPH_MORE_RIGHT);
}

/* Room for what so many rows say. */
static void keep_lines(struct table *t, size_t count)
{
    struct table_drawn *was = &t->drawn;
    if (count <= was->line_count)
        return;
    was->lines = mem_realloc(was->lines, count, sizeof *was->lines);
    memset(was->lines + was->line_count, 0, (count - was->line_count) * sizeof *was->lines);
    was->line_count = count;
}

static void draw_rows(struct table *t, const struct canvas *c, bool focus)
{
    size_t first, end;
    table_visible(t, &first, &end);
    keep_lines(t, end - first);
    for (size_t row = first; row < end; row++)
        draw_row(t, c, row, focus, false);
    size_t moved = first > t->drawn.top ? first - t->drawn.top : t->drawn.top - first;
    if (t->drawn.valid && moved && moved < t->page / 2)
        draw_scrolled(c);
    t->drawn.top = t->scroll.top;
    t->drawn.cursor = t->scroll.cursor;
    t->drawn.first_column = t->first_column;
    t->drawn.valid = true;
}

void table_draw(struct table *t, const struct canvas *c, bool focus, const char *empty)
{
    t->page = c->rows > 2 ? (size_t)c->rows - 1 : 1;
    scroll_fix(&t->scroll, t->count, t->page);
    table_layout(t, c->cols - gutter(t) - 1, t->drawn.widths);
    draw_headings(t, c, t->drawn.widths);
    draw_rows(t, c, focus);
    if (!t->count && empty)
        draw_paragraph(c, 2 < c->rows ? 2 : 1, gutter(t), ROLE_DIM, span_of(empty),
                       c->cols - gutter(t) - 1);
    if (!t->count && focus)
        draw_cursor(c, 1, 0);
}

/* One row again, over what it was: the cursor came or went. */
static void redraw_row(struct table *t, const struct canvas *c, size_t row, bool focus)
{
    draw_fill(c, (int)(row - t->scroll.top) + 1, 0, 1, c->cols, ROLE_TEXT);
    draw_row(t, c, row, focus, true);
}

void table_renumbered(struct table *t, bool same)
{
    struct table_drawn *was = &t->drawn;
    if (same) {
        was->cursor = was->cursor - was->top + t->scroll.top;
        was->top = t->scroll.top;
    } else if (was->top == t->scroll.top) {
        was->valid = false; /* other objects at the same numbers */
    }
}

void table_update(struct table *t, const struct canvas *c, bool focus)
{
    scroll_fix(&t->scroll, t->count, t->page);
    struct table_drawn *was = &t->drawn;
    if (!was->valid || was->top != t->scroll.top || was->first_column != t->first_column ||
        !t->count) {
        draw_fill(c, 0, 0, c->rows, c->cols, ROLE_TEXT);
        table_draw(t, c, focus, NULL);
        return;
    }
    if (was->cursor != t->scroll.cursor && was->cursor < t->count)
        redraw_row(t, c, was->cursor, focus);
    redraw_row(t, c, t->scroll.cursor, focus);
    was->cursor = t->scroll.cursor;
}
