/* input_csv.c: accounts as CSV (RFC 4180): the first line names fields, every other is an account.
 *
 * Values are as a form takes them: 400M, none, yes, team=search; but a text in the quotes of the
 * CSV is as it stands, with its blanks, quotes and lines, so that what a list prints reads back as
 * it was; "none" there is the text. An empty cell says nothing: the field stays as it is. */
#include "plan/input_parts.h"

#include "base/mem.h"
#include "base/text.h"
#include "model/csv_guard.h"

#include <string.h>

#define COLUMNS_MAX 128

struct csv {
    struct input_text *t;
    const char *at, *end;
    struct str cell;
    const char *cell_at; /* where it begins */
    bool quoted;         /* it stood in quotes */
};

enum csv_end { CSV_CELL, CSV_LINE, CSV_END };

static bool at_line_end(const struct csv *c)
{
    return c->at < c->end && (*c->at == '\n' || *c->at == '\r');
}

static void skip_line_end(struct csv *c)
{
    if (c->at < c->end && *c->at == '\r')
        c->at++;
    if (c->at < c->end && *c->at == '\n')
        c->at++;
}

static enum status quoted(struct csv *c, struct error *err)
{
    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at != '"') {
            str_add_char(&c->cell, *c->at);
        } else if (c->at + 1 < c->end && c->at[1] == '"') {
            str_add_char(&c->cell, '"');
            c->at++;
        } else {
            c->at++;
            return ST_OK;
        }
    }
    return input_wrong(c->t, c->cell_at, "", "a quote that is not closed", err);
}

/* The next cell; *how says what followed it. */
static enum status next_cell(struct csv *c, enum csv_end *how, struct error *err)
{
    enum status st = ST_OK;
    str_clear(&c->cell);
    c->cell_at = c->at;
    c->quoted = c->at < c->end && *c->at == '"';
    if (c->quoted) {
        st = quoted(c, err);
        if (st == ST_OK && c->at < c->end && *c->at != ',' && !at_line_end(c))
            st = input_wrong(c->t, c->cell_at, "", "something stands behind a closing quote", err);
    } else {
        while (c->at < c->end && *c->at != ',' && !at_line_end(c))
            str_add_char(&c->cell, *c->at++);
    }
    *how = CSV_CELL;
    if (c->at >= c->end) {
        *how = CSV_END;
    } else if (*c->at == ',') {
        c->at++;
    } else {
        skip_line_end(c);
        *how = c->at < c->end ? CSV_LINE : CSV_END;
    }
    return st;
}

static enum status take_header(struct csv *c, enum field columns[COLUMNS_MAX], size_t *count,
                               enum csv_end *how, struct error *err)
{
    enum status st;
    *count = 0;
    do {
        st = next_cell(c, how, err);
        if (st != ST_OK)
            return st;
        enum field f = field_find(span_from(&c->cell));
        struct error why;
        if (f == FIELD_NONE || field_info(f)->type == FT_GROUP) {
            error_set(&why, ST_USAGE, "there is no field \"%.80s\"", str_text(&c->cell));
            return input_error(c->t, c->cell_at, "", &why, err);
        }
        for (size_t i = 0; i < *count; i++)
            if (columns[i] == f)
                return input_wrong(c->t, c->cell_at, field_info(f)->path, "stands twice", err);
        if (*count == COLUMNS_MAX)
            return input_wrong(c->t, c->cell_at, "", "too many columns", err);
        columns[(*count)++] = f;
    } while (*how == CSV_CELL);
    return ST_OK;
}

/* A text in quotes is itself: none unquoted is null, and blanks around what is unquoted are none.
 */
static bool is_as_it_stands(const struct csv *c, enum field f)
{
    enum field_type type = field_info(f)->type;
    return c->quoted && (type == FT_TEXT || type == FT_OPEN);
}

static enum status take_cell(struct csv *c, enum field f, struct plan_input *in, struct error *err)
{
    struct value v;
    struct error why;
    struct arena mem;
    enum status st = ST_OK;
    bool own = !field_settable(f);
    struct span cell = csv_unguarded(span_from(&c->cell));
    if (cell.len == 0 || (own && f != FIELD_ID && f != FIELD_ORG_ID))
        return ST_OK;
    arena_init(&mem);
    if (own || is_as_it_stands(c, f))
        v = value_text(cell);
    else if (value_parse(f, cell, &mem, &v, &why) != ST_OK)
        st = input_error(c->t, c->cell_at, field_info(f)->path, &why, err);
    if (st == ST_OK && v.presence != PRESENCE_ABSENT)
        st = input_take(c->t, &v, f, c->cell_at, in, err);
    arena_finish(&mem);
    return st;
}

static enum status take_line(struct csv *c, const enum field *columns, size_t count,
                             enum csv_end *how, struct error *err)
{
    struct plan_input *in = NULL;
    size_t n = 0;
    const char *begin = c->at;
    enum status st;
    do {
        st = next_cell(c, how, err);
        if (st == ST_OK && n == 0 && *how != CSV_CELL && c->cell.len == 0 && count > 1)
            return ST_OK; /* an empty line */
        if (st == ST_OK && n == count)
            st = input_wrong(c->t, begin, "", "more cells than the first line names", err);
        if (st == ST_OK && !in) {
            in = input_add(c->t, input_line(c->t, begin));
            in->csv = true;
        }
        if (st == ST_OK)
            st = take_cell(c, columns[n++], in, err);
    } while (st == ST_OK && *how == CSV_CELL);
    if (st == ST_OK && n < count)
        st = input_wrong(c->t, begin, "", "fewer cells than the first line names", err);
    return st;
}

enum status input_csv(struct input_text *t, struct error *err)
{
    struct csv c = {.t = t, .at = t->text.p, .end = t->text.p + t->text.len};
    enum field columns[COLUMNS_MAX];
    size_t count = 0;
    enum csv_end how = CSV_END;
    if (!text_is_utf8(t->text.p, t->text.len))
        return input_wrong(t, t->text.p, "", "not UTF-8", err);
    enum status st = take_header(&c, columns, &count, &how, err);
    while (st == ST_OK && how != CSV_END)
        st = take_line(&c, columns, count, &how, err);
    str_finish(&c.cell);
    return st;
}
