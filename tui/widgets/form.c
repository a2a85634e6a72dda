/* form.c: see form.h. A row is as many lines high as it has to say; `top` counts lines, so that a
 * long error never pushes its own field out of sight. */
#include "tui/widgets/form.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

#define LABEL_MAX  24
#define LABEL_AT   3 /* after the cursor and the mark of a change */
#define FIELD_MAX  48
#define FIELD_MIN  8
#define FIELD_FREE 24 /* from this room on a part of it is kept free for what stands beside */
#define HINT_ROWS  14 /* from this height on a hint may have two lines */
#define WAS_CELLS  18 /* of "was ..." at most */
#define WAS_FREE   12 /* kept free for it in every row, so that most fields keep their width */
#define PAGE_ROWS  5
#define MASK_CELLS 8

void form_init(struct form *f)
{
    *f = (struct form){0};
}

static void row_finish(struct form_row *row)
{
    mem_free(row->label);
    mem_free(row->hint);
    line_editor_finish(&row->editor);
    str_finish(&row->error);
    str_finish(&row->warning);
    str_finish(&row->was);
}

/* Forgets all rows. */
static void form_clear(struct form *f)
{
    for (size_t i = 0; i < f->count; i++)
        row_finish(&f->rows[i]);
    f->count = 0;
    f->focus = 0;
    f->top = 0;
}

void form_finish(struct form *f)
{
    form_clear(f);
    mem_free(f->rows);
    *f = (struct form){0};
}

static bool can_focus(const struct form_row *row)
{
    return row->kind != FORM_SECTION && row->kind != FORM_FIXED;
}

size_t form_add(struct form *f, enum form_kind kind, int id, const char *label, const char *hint,
                const char *const *choices, struct span value)
{
    bool none = f->focus >= f->count; /* nothing could have the focus so far */
    VEC_ROOM(f->rows, f->count, f->room);
    struct form_row *row = &f->rows[f->count];
    *row = (struct form_row){.kind = kind, .id = id, .choices = choices};
    row->label = mem_strdup(label ? label : "");
    row->hint = mem_strdup(hint ? hint : "");
    line_editor_init(&row->editor);
    line_editor_start(&row->editor, value);
    f->count++;
    if (none)
        f->focus = can_focus(row) ? f->count - 1 : f->count;
    return f->count - 1;
}

struct form_row *form_row(struct form *f, int id)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->rows[i].id == id && f->rows[i].kind != FORM_SECTION)
            return &f->rows[i];
    return NULL;
}

struct form_row *form_focused(struct form *f)
{
    return f->focus < f->count ? &f->rows[f->focus] : NULL;
}

struct span form_value(const struct form_row *row)
{
    return line_editor_text(&row->editor);
}

void form_set_value(struct form_row *row, struct span value)
{
    line_editor_start(&row->editor, value);
}

static void set(struct str *where, const char *text)
{
    str_clear(where);
    str_add(where, text ? text : "");
}

void form_set_error(struct form_row *row, const char *text)
{
    set(&row->error, text);
}

void form_set_warning(struct form_row *row, const char *text)
{
    set(&row->warning, text);
}

void form_set_was(struct form_row *row, const char *text)
{
    set(&row->was, text);
}

/* ---- the focus ---------------------------------------------------------------------------- */

static void move_focus(struct form *f, bool forward)
{
    for (size_t i = 0; i < f->count; i++) {
        size_t from = f->focus < f->count ? f->focus : forward ? f->count - 1 : 0;
        f->focus = forward ? (from + 1) % f->count : (from + f->count - 1) % f->count;
        if (can_focus(&f->rows[f->focus])) {
            f->used = 0;
            return;
        }
    }
    f->focus = f->count;
}

void form_next(struct form *f)
{
    move_focus(f, true);
}

void form_prev(struct form *f)
{
    move_focus(f, false);
}

bool form_next_error(struct form *f)
{
    for (size_t i = 1; i <= f->count; i++) {
        size_t at = ((f->focus < f->count ? f->focus : 0) + i) % f->count;
        if (f->rows[at].error.len && can_focus(&f->rows[at])) {
            f->focus = at;
            f->used = 0;
            return true;
        }
    }
    return false;
}

bool form_focus(struct form *f, int id)
{
    struct form_row *row = form_row(f, id);
    if (!row || !can_focus(row))
        return false;
    f->focus = (size_t)(row - f->rows);
    f->used = 0;
    return true;
}

size_t form_error_count(const struct form *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->rows[i].error.len > 0;
    return n;
}

size_t form_warning_count(const struct form *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->rows[i].warning.len > 0;
    return n;
}

static bool is_missing(const struct form_row *row)
{
    return row->needed && row->editor.text.len == 0;
}

size_t form_needed_count(const struct form *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += is_missing(&f->rows[i]);
    return n;
}

/* ---- keys --------------------------------------------------------------------------------- */

static enum form_result choose(struct form_row *row, const char *value)
{
    if (span_is(form_value(row), value))
        return FORM_MOVED;
    form_set_value(row, span_of(value));
    return FORM_CHANGED;
}

static enum form_result bool_key(struct form_row *row, const struct key *key)
{
    bool yes = span_is(form_value(row), "yes");
    if (key_is(key, KEYSYM_SPACE) || key_is(key, KEYSYM_LEFT) || key_is(key, KEYSYM_RIGHT))
        return choose(row, yes ? "no" : "yes");
    if (!key_is_text(key) || !strchr("yYnN", key->text[0]))
        return FORM_IGNORED;
    return choose(row, key->text[0] == 'y' || key->text[0] == 'Y' ? "yes" : "no");
}

/* The choice after (or before) the present one; the first when it is none of them. letter: only
 * those that begin with it; 0: all. */
static const char *next_choice(const struct form_row *row, bool forward, char letter)
{
    size_t count = 0, at;
    while (row->choices && row->choices[count])
        count++;
    for (at = 0; at < count && !span_is(form_value(row), row->choices[at]); at++)
        ;
    for (size_t i = 1; i <= count; i++) {
        size_t from = at < count ? at : forward ? count - 1 : 0;
        size_t to = forward ? (from + i) % count : (from + count - i) % count;
        if (!letter || row->choices[to][0] == letter)
            return row->choices[to];
    }
    return NULL;
}

static enum form_result choice_key(struct form_row *row, const struct key *key)
{
    bool left = key_is(key, KEYSYM_LEFT);
    const char *to = NULL;
    if (left || key_is(key, KEYSYM_RIGHT) || key_is(key, KEYSYM_SPACE))
        to = next_choice(row, !left, 0);
    else if (key_is_text(key))
        to = next_choice(row, true, key->text[0]);
    return to ? choose(row, to) : FORM_IGNORED;
}

/* A word for the field's whole value (`none`, or one of an open set): what is typed over it takes
 * its place, where a character behind it could only be a mistake. */
static enum form_result text_key(struct form_row *row, const struct key *key, bool fresh)
{
    bool open = row->kind == FORM_OPEN;
    bool whole = open ? fresh || row->chosen : fresh && span_is(form_value(row), "none");
    if (whole && key_is_text(key))
        line_editor_start(&row->editor, span_of(""));
    row->chosen = false;
    switch (line_editor_key(&row->editor, key)) {
    case LINE_CHANGED:
        return FORM_CHANGED;
    case LINE_MOVED:
        return FORM_MOVED;
    case LINE_IGNORED:
        break;
    }
    return FORM_IGNORED;
}

static enum form_result row_key(struct form_row *row, const struct key *key, bool fresh)
{
    switch (row->kind) {
    case FORM_BOOL:
        return bool_key(row, key);
    case FORM_CHOICE:
        return choice_key(row, key);
    case FORM_OPEN:
        if (key_is(key, KEYSYM_SPACE) && next_choice(row, true, 0)) {
            row->chosen = true;
            return choose(row, next_choice(row, true, 0));
        }
        return text_key(row, key, fresh);
    case FORM_TEXT:
        return text_key(row, key, fresh);
    case FORM_SECTION:
    case FORM_FIXED:
        break;
    }
    return FORM_IGNORED;
}

enum form_result form_key(struct form *f, const struct key *key)
{
    bool back = (key->sym == KEYSYM_TAB && key->mods == KEYMOD_SHIFT) || key_is(key, KEYSYM_UP);
    if (back || key_is(key, KEYSYM_TAB) || key_is(key, KEYSYM_DOWN) || key_is(key, KEYSYM_ENTER)) {
        move_focus(f, !back);
        return FORM_MOVED;
    }
    if (key_is(key, KEYSYM_PAGE_UP) || key_is(key, KEYSYM_PAGE_DOWN)) {
        bool down = key_is(key, KEYSYM_PAGE_DOWN);
        for (int i = 0; i < PAGE_ROWS; i++) { /* a page does not go round the end */
            size_t before = f->focus;
            move_focus(f, down);
            if (down ? f->focus <= before : f->focus >= before) {
                f->focus = before;
                break;
            }
        }
        return FORM_MOVED;
    }
    struct form_row *row = form_focused(f);
    bool fresh = f->used != f->focus + 1;
    enum form_result result = row ? row_key(row, key, fresh) : FORM_IGNORED;
    if (result != FORM_IGNORED)
        f->used = f->focus + 1;
    return result;
}

/* ---- drawing ------------------------------------------------------------------------------ */

struct layout {
    const struct canvas *canvas; /* the rows' part of it */
    int label, field_at, field, note_at;
    bool focus;
};

static struct layout lay_out(const struct form *f, const struct canvas *c, bool focus)
{
    int label = f->label_cells;
    for (size_t i = 0; i < f->count && !f->label_cells; i++) {
        int width = text_width(f->rows[i].label, strlen(f->rows[i].label));
        if (f->rows[i].kind != FORM_SECTION && width > label)
            label = width < LABEL_MAX ? width : LABEL_MAX;
    }
    struct layout l = {.canvas = c, .label = label, .focus = focus};
    l.field_at = LABEL_AT + label + 1;
    int room = c->cols - l.field_at - 2;
    l.field = room >= FIELD_FREE ? room - WAS_FREE : room;
    l.field = l.field > FIELD_MAX ? FIELD_MAX : l.field > 1 ? l.field : 1;
    l.note_at = LABEL_AT + 2;
    return l;
}

static int note_lines(const struct layout *l, const struct str *note)
{
    if (!note->len)
        return 0;
    struct str safe = STR_INIT;
    text_safe(&safe, str_text(note), note->len, l->canvas->draw->ascii ? TEXT_ASCII : 0);
    int lines = draw_wrap(span_from(&safe), l->canvas->cols - l->note_at - 1, NULL, NULL);
    str_finish(&safe);
    return lines;
}

static int row_lines(const struct form *f, const struct layout *l, size_t i)
{
    const struct form_row *row = &f->rows[i];
    int head = row->kind == FORM_SECTION && i ? 2 : 1; /* an empty line before a heading */
    return head + note_lines(l, &row->error) + note_lines(l, &row->warning);
}

static int draw_note(const struct layout *l, int y, enum role role, enum glyph glyph,
                     const struct str *note)
{
    if (!note->len)
        return y;
    draw_glyph(l->canvas, y, LABEL_AT, role, glyph);
    return y + draw_paragraph(l->canvas, y, l->note_at, role, span_from(note),
                              l->canvas->cols - l->note_at - 1);
}

static int draw_bool(const struct layout *l, const struct form_row *row, int y, bool current)
{
    bool yes = span_is(form_value(row), "yes");
    enum role role = current ? ROLE_INPUT_FOCUS : ROLE_INPUT;
    int x = l->field_at;
    if (current)
        draw_cursor(l->canvas, y, x + (yes ? 1 : 10));
    x += draw_own(l->canvas, y, x, yes ? role : ROLE_DIM, yes ? "(x) yes" : "( ) yes", -1,
                  TEXT_LEFT);
    x += 2;
    x += draw_own(l->canvas, y, x, yes ? ROLE_DIM : role, yes ? "( ) no" : "(x) no", -1, TEXT_LEFT);
    return x;
}

static const char needed[] = "needed";

/* What stands beside the field: that it is needed, or what the value was. */
static struct span beside(const struct form_row *row)
{
    return is_missing(row) ? span_of(needed) : span_from(&row->was);
}

/* The field is narrower where it would leave no room for what stands beside it. */
static int field_cells(const struct layout *l, const struct form_row *row)
{
    struct span note = beside(row);
    int was = text_width(note.p, note.len);
    int left = l->canvas->cols - l->field_at - 4 - (was < WAS_CELLS ? was : WAS_CELLS);
    if (!was || left >= l->field)
        return l->field;
    return left > FIELD_MIN ? left : FIELD_MIN < l->field ? FIELD_MIN : l->field;
}

/* [value      ], with a sign at the right when there are values to choose from. Returns where it
 * ends. */
static int draw_field(const struct layout *l, struct form_row *row, int y, bool current)
{
    const struct canvas *c = l->canvas;
    enum role role = current ? ROLE_INPUT_FOCUS : ROLE_INPUT;
    bool list = row->choices && row->choices[0] && row->kind != FORM_TEXT;
    int x = l->field_at, whole = field_cells(l, row), cells = whole - (list ? 2 : 0);
    draw_own(c, y, x, ROLE_BORDER, "[", 1, TEXT_LEFT);
    if (row->kind == FORM_CHOICE) {
        draw_text(c, y, x + 1, role, form_value(row), cells, TEXT_LEFT);
        if (current)
            draw_cursor(c, y, x + 1);
    } else if (row->masked && !current && row->editor.text.len) {
        struct str mask = STR_INIT; /* as long for every value */
        str_fill(&mask, '*', MASK_CELLS);
        draw_own_span(c, y, x + 1, role, span_from(&mask), cells, TEXT_LEFT);
        str_finish(&mask);
    } else {
        line_editor_draw(&row->editor, c, y, x + 1, cells, current, NULL);
    }
    if (list)
        draw_glyph(c, y, x + whole, ROLE_DIM, GLYPH_CHOICE);
    draw_own(c, y, x + 1 + whole, ROLE_BORDER, "]", 1, TEXT_LEFT);
    return x + whole + 2;
}

static void draw_one(const struct form *f, const struct layout *l, size_t i, int y)
{
    struct form_row *row = &f->rows[i];
    const struct canvas *c = l->canvas;
    bool current = l->focus && i == f->focus;
    if (row->kind == FORM_SECTION) {
        y += i ? 1 : 0;
        draw_text(c, y, 1, ROLE_TITLE, span_of(row->label), -1, TEXT_LEFT);
        y = draw_note(l, y + 1, ROLE_ERROR, GLYPH_DOWN, &row->error);
        draw_note(l, y, ROLE_WARNING, GLYPH_WARN, &row->warning);
        return;
    }
    if (current)
        draw_glyph(c, y, 0, ROLE_STRONG, GLYPH_CURSOR);
    if (row->changed)
        draw_glyph(c, y, 1, ROLE_CHANGED, GLYPH_MARK);
    enum role label = current ? ROLE_STRONG : ROLE_FORM_LABEL;
    draw_text(c, y, LABEL_AT, label, span_of(row->label), l->label, TEXT_LEFT);
    int end;
    if (row->kind == FORM_FIXED)
        end = l->field_at + draw_text(c, y, l->field_at, ROLE_DIM, form_value(row),
                                      c->cols - l->field_at - 1, TEXT_LEFT);
    else
        end =
            row->kind == FORM_BOOL ? draw_bool(l, row, y, current) : draw_field(l, row, y, current);
    struct span note = beside(row);
    if (note.len && end + 2 < c->cols)
        draw_text(c, y, end + 1, is_missing(row) ? ROLE_FORM_HINT : ROLE_CHANGED, note,
                  c->cols - end - 1, TEXT_LEFT);
    y = draw_note(l, y + 1, ROLE_ERROR, GLYPH_DOWN, &row->error);
    draw_note(l, y, ROLE_WARNING, GLYPH_WARN, &row->warning);
}

/* Scrolls so that the focused row is seen whole, with the heading above it where it fits. */
static void keep_in_sight(struct form *f, const struct layout *l, size_t page)
{
    size_t start = 0, end = 0, total = 0, above = 0;
    for (size_t i = 0; i < f->count; i++) {
        size_t lines = (size_t)row_lines(f, l, i);
        if (i == f->focus) {
            bool first = i && f->rows[i - 1].kind == FORM_SECTION;
            above = first ? (size_t)row_lines(f, l, i - 1) : 0;
            start = total;
            end = total + lines;
        }
        total += lines;
    }
    if (f->top + page > total)
        f->top = total > page ? total - page : 0;
    if (end > f->top + page)
        f->top = end - page;
    if (start < f->top + above && start - above + page >= end)
        f->top = start - above;
    if (start < f->top)
        f->top = start;
}

static int hint_cells(const struct canvas *c)
{
    return c->cols - LABEL_AT - 4;
}

/* Two lines where one of the hints needs them and the rows can spare one: the same for all rows, so
 * that nothing jumps when the focus moves. */
static int hint_lines(const struct form *f, const struct canvas *c)
{
    int lines = 1;
    for (size_t i = 0; i < f->count && c->rows >= HINT_ROWS; i++)
        if (draw_wrap(span_of(f->rows[i].hint), hint_cells(c), NULL, NULL) > 1)
            lines = 2;
    return c->rows > 2 ? lines : c->rows - 1;
}

struct hint {
    const struct canvas *canvas;
    int y;
};

/* That there is more than fits is said at the end of the last line. */
static void draw_hint_line(void *ctx, struct span line)
{
    struct hint *h = ctx;
    if (h->y < h->canvas->rows)
        draw_own_span(h->canvas, h->y, LABEL_AT, ROLE_FORM_HINT, line, -1, TEXT_LEFT);
    else if (h->y == h->canvas->rows)
        draw_glyph(h->canvas, h->y - 1, LABEL_AT + hint_cells(h->canvas), ROLE_FORM_HINT,
                   GLYPH_ELLIPSIS);
    h->y++;
}

static void draw_hint(const struct form *f, const struct canvas *c, const struct layout *l,
                      int page)
{
    int total = 0;
    for (size_t i = 0; i < f->count; i++)
        total += row_lines(f, l, i);
    struct hint h = {c, page};
    if (f->focus < f->count && c->rows - page > 1)
        draw_wrap(span_of(f->rows[f->focus].hint), hint_cells(c), draw_hint_line, &h);
    else if (f->focus < f->count)
        draw_own_span(c, page, LABEL_AT, ROLE_FORM_HINT, span_of(f->rows[f->focus].hint),
                      hint_cells(c), TEXT_LEFT);
    if (f->top)
        draw_glyph(c, page, c->cols - 3, ROLE_DIM, GLYPH_MORE_UP);
    if ((int)f->top + page < total)
        draw_glyph(c, page, c->cols - 2, ROLE_DIM, GLYPH_MORE_DOWN);
}

void form_draw(struct form *f, const struct canvas *c, bool focus)
{
    int page = c->rows - hint_lines(f, c);
    struct canvas part = canvas_part(c, 0, 0, page, c->cols);
    struct layout l = lay_out(f, &part, focus);
    keep_in_sight(f, &l, (size_t)page);
    int y = -(int)f->top;
    for (size_t i = 0; i < f->count && y < page; i++) {
        int lines = row_lines(f, &l, i);
        if (y + lines > 0)
            draw_one(f, &l, i, y);
        y += lines;
    }
    if (c->rows > page)
        draw_hint(f, c, &l, page);
}
