/* report.c: see report.h. */
#include "cli/report.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/csv_guard.h"
#include "model/json.h"

#include <ctype.h>
#include <string.h>

struct cell {
    enum { CELL_NONE, CELL_TEXT, CELL_NUMBER } kind;
    char *text; /* owned: safe for the table */
    char *raw;  /* owned: as it is */
};

struct report {
    enum output_format format;
    const struct report_column *columns;
    size_t column_count;
    unsigned safe;
    bool data;
    struct cell *cells; /* row by row */
    size_t count, room;
};

enum status report_create(struct report **out, enum output_format format,
                          const struct report_column *columns, size_t count, unsigned safe,
                          struct error *err)
{
    *out = NULL;
    if (format == OUTPUT_WIDE || format == OUTPUT_NAME)
        return error_set(err, ST_USAGE, "-o takes table, json, jsonl or csv here");
    struct report *r = mem_calloc(1, sizeof *r);
    *r = (struct report){.format = format, .columns = columns, .column_count = count, .safe = safe};
    *out = r;
    return ST_OK;
}

void report_as_data(struct report *r)
{
    r->data = true;
}

void report_destroy(struct report *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++) {
        mem_free(r->cells[i].text);
        mem_free(r->cells[i].raw);
    }
    mem_free(r->cells);
    mem_free(r);
}

static struct cell *add(struct report *r)
{
    VEC_ROOM(r->cells, r->count, r->room);
    struct cell *c = &r->cells[r->count++];
    *c = (struct cell){.kind = CELL_NONE};
    return c;
}

void report_text(struct report *r, struct span text)
{
    struct cell *c = add(r);
    struct str safe = STR_INIT;
    c->kind = CELL_TEXT;
    text_safe(&safe, text.p, text.len, r->safe);
    c->text = str_steal(&safe);
    c->raw = span_dup(text);
}

void report_number(struct report *r, int64_t n, const char *shown)
{
    struct cell *c = add(r);
    struct str text = STR_INIT;
    c->kind = CELL_NUMBER;
    str_printf(&text, "%lld", (long long)n);
    c->raw = str_steal(&text);
    c->text = mem_strdup(shown ? shown : c->raw);
}

void report_none(struct report *r)
{
    add(r)->text = mem_strdup("-");
}

size_t report_rows(const struct report *r)
{
    return r->count / r->column_count;
}

/* ---- table --------------------------------------------------------------------------------- */

static void put_cell(struct str *out, const char *text, int width, bool right, bool last)
{
    if (last && !right)
        str_add(out, text);
    else
        text_fit(out, text, strlen(text), width, right ? TEXT_RIGHT : TEXT_LEFT, "");
    str_add(out, last ? "\n" : "  ");
}

static char *title(const char *key)
{
    char *t = mem_strdup(key);
    for (char *p = t; *p; p++)
        *p = *p == '_' ? ' ' : (char)toupper((unsigned char)*p);
    return t;
}

static void put_table(struct report *r, struct str *out)
{
    int *width = mem_calloc(r->column_count, sizeof *width);
    size_t last = 0;
    for (size_t c = 0; c < r->column_count; c++) {
        width[c] = (int)strlen(r->columns[c].key);
        last = r->columns[c].wide ? last : c;
    }
    for (size_t i = 0; i < r->count; i++) {
        int w = text_width(r->cells[i].text, strlen(r->cells[i].text));
        size_t c = i % r->column_count;
        width[c] = w > width[c] ? w : width[c];
    }
    for (size_t c = 0; c < r->column_count; c++) {
        char *t = title(r->columns[c].key);
        if (!r->columns[c].wide)
            put_cell(out, t, width[c], r->columns[c].number, c == last);
        mem_free(t);
    }
    for (size_t i = 0; i < r->count; i++) {
        size_t c = i % r->column_count;
        if (!r->columns[c].wide)
            put_cell(out, r->cells[i].text, width[c], r->columns[c].number, c == last);
    }
    mem_free(width);
}

/* ---- json, csv ----------------------------------------------------------------------------- */

static void put_object(struct report *r, size_t row, struct str *out)
{
    struct str raw = STR_INIT;
    str_add_char(&raw, '{');
    for (size_t c = 0; c < r->column_count; c++) {
        const struct cell *cell = &r->cells[row * r->column_count + c];
        str_printf(&raw, "%s\"%s\":", c ? "," : "", r->columns[c].key);
        if (cell->kind == CELL_NONE)
            str_add(&raw, "null");
        else if (cell->kind == CELL_NUMBER)
            str_add(&raw, cell->raw);
        else
            json_quote(&raw, span_of(cell->raw));
    }
    str_add_char(&raw, '}');
    json_safe(out, span_from(&raw));
    str_finish(&raw);
}

static void put_json(struct report *r, struct str *out)
{
    bool list = r->format == OUTPUT_JSON;
    size_t rows = report_rows(r);
    str_add(out, list ? "[" : "");
    for (size_t i = 0; i < rows; i++) {
        str_add(out, !list ? "" : i ? ",\n" : "\n");
        put_object(r, i, out);
        str_add(out, list ? "" : "\n");
    }
    if (list)
        str_add(out, rows ? "\n]\n" : "]\n");
}

static void put_csv(struct report *r, struct str *out)
{
    for (size_t c = 0; c < r->column_count; c++)
        str_printf(out, "%s%s", c ? "," : "", r->columns[c].key);
    str_add(out, "\r\n");
    for (size_t i = 0; i < r->count; i++) {
        const struct cell *cell = &r->cells[i];
        struct str text = STR_INIT;
        size_t c = i % r->column_count;
        if (cell->kind != CELL_NONE)
            csv_show(&text, span_of(cell->raw), r->data, r->safe);
        if (c)
            str_add_char(out, ',');
        output_csv(out, str_text(&text), text.len, cell->kind == CELL_NUMBER);
        str_finish(&text);
        if (c + 1 == r->column_count)
            str_add(out, "\r\n");
    }
}

void report_end(struct report *r, struct str *out)
{
    if (r->format == OUTPUT_CSV)
        put_csv(r, out);
    else if (r->format == OUTPUT_JSON || r->format == OUTPUT_JSONL)
        put_json(r, out);
    else
        put_table(r, out);
}
