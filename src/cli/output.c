/* output.c: one function a format, and the columns that they share. */
#include "cli/output.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/csv_guard.h"
#include "model/json.h"
#include "model/value.h"
#include "model/value_quote.h"

#include <ctype.h>
#include <string.h>

#define MASK "********"

/* What a table shows when nothing else is asked for. */
static const char table_columns[] = "name,provider,region,status,enabled,used.tokens,quota.tokens";
static const char wide_columns[] = "name,id,provider,region,residency,status,enabled,used.tokens,"
                                   "quota.tokens,used.requests,quota.requests,rate.rps,rate.rpm,"
                                   "routing,bridge,checked";

struct picked {
    const struct column *column; /* (borrowed) */
    char *title;                 /* owned: as it was asked for */
};

struct output {
    enum output_format format;
    unsigned safe;
    bool digits;            /* numbers have all of theirs in tables, too */
    bool data;              /* no terminal reads it: CR and TAB in CSV are as they are */
    struct picked *columns; /* owned */
    size_t count, room;
    char **cells; /* of a table, row by row, the titles first; owned */
    size_t cell_count, cell_room;
    size_t rows;
};

/* ---- columns ------------------------------------------------------------------------------- */

static enum status unknown_column(struct span name, struct error *err)
{
    struct near near = {name, NULL, 0};
    for (int i = 0; i < FIELD_COUNT; i++) {
        near_offer(&near, field_info((enum field)i)->key);
        near_offer(&near, field_info((enum field)i)->leaf);
    }
    error_set(err, ST_USAGE, "there is no column \"%.*s\"", (int)(name.len < 80 ? name.len : 80),
              name.p);
    if (near.best)
        error_next(err, "did you mean %s?", near.best);
    else
        error_next(err, "columns are names, such as status or quota.tokens: paddock help fields");
    return ST_USAGE;
}

static enum status pick(struct output *o, const struct column_set *set, const char *names,
                        struct error *err)
{
    for (const char *p = names; *p;) {
        struct span name = {p, strcspn(p, ",")};
        const struct column *column = column_find(set, name);
        if (!column)
            return unknown_column(name, err);
        VEC_ROOM(o->columns, o->count, o->room);
        o->columns[o->count++] = (struct picked){column, span_dup(name)};
        p += name.len + (p[name.len] == ',');
    }
    return o->count ? ST_OK : error_set(err, ST_USAGE, "--columns names no column");
}

/* Every field of the reference by its path, in its order. */
static void pick_all(struct output *o, const struct column_set *set)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *f = field_info((enum field)i);
        const struct column *column = column_find(set, span_of(f->path));
        if (f->type == FT_GROUP || !column)
            continue;
        VEC_ROOM(o->columns, o->count, o->room);
        o->columns[o->count++] = (struct picked){column, mem_strdup(f->path)};
    }
}

enum status output_create(struct output **out, enum output_format format, const char *columns,
                          const struct column_set *set, unsigned safe, struct error *err)
{
    struct output *o = mem_calloc(1, sizeof *o);
    enum status st = ST_OK;
    o->format = format;
    o->safe = safe;
    if (columns)
        st = pick(o, set, columns, err);
    else if (format == OUTPUT_CSV)
        pick_all(o, set);
    else
        st = pick(o, set,
                  format == OUTPUT_WIDE || format == OUTPUT_PLAIN_WIDE ? wide_columns
                                                                       : table_columns,
                  err);
    if (st != ST_OK) {
        output_destroy(o);
        o = NULL;
    }
    *out = o;
    return st;
}

void output_destroy(struct output *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->count; i++)
        mem_free(o->columns[i].title);
    for (size_t i = 0; i < o->cell_count; i++)
        mem_free(o->cells[i]);
    mem_free(o->columns);
    mem_free(o->cells);
    mem_free(o);
}

void output_all_digits(struct output *o)
{
    o->digits = true;
}

void output_as_data(struct output *o)
{
    o->data = true;
}

static bool is_secret(const struct column *c)
{
    return c->field != FIELD_NONE && (field_info(c->field)->flags & FF_SECRET);
}

/* Texts stand in a CSV as they are: the quotes of a form would be part of them there. */
static bool is_plain(const struct column *c)
{
    enum field_type type = field_info(c->like)->type;
    return type == FT_TEXT || type == FT_OPEN || type == FT_TIME;
}

static bool is_number(const struct column *c)
{
    enum field_type type = field_info(c->like)->type;
    return type == FT_INT || type == FT_SECONDS;
}

/* ---- tables -------------------------------------------------------------------------------- */

static void add_cell(struct output *o, const char *raw, size_t len)
{
    struct str safe = STR_INIT;
    text_safe(&safe, raw, len, o->safe);
    VEC_ROOM(o->cells, o->cell_count, o->cell_room);
    o->cells[o->cell_count++] = str_steal(&safe);
}

static void table_titles(struct output *o, struct str *text)
{
    (void)text;
    for (size_t i = 0; i < o->count; i++) {
        struct str title = STR_INIT;
        for (const char *p = o->columns[i].title; *p; p++)
            str_add_char(&title, (char)toupper((unsigned char)*p));
        add_cell(o, str_text(&title), title.len);
        str_finish(&title);
    }
}

/* A quota of zero is a limit, and looks like no number at all beside others. */
static bool is_zero_quota(const struct column *c, const struct value *v)
{
    return (c->field == FIELD_QUOTA_TOKENS || c->field == FIELD_QUOTA_REQUESTS) && value_known(v) &&
           v->i == 0;
}

/* One cell as a reader is shown it; where programs read it too (--plain), without words of ours. */
static void show_cell(const struct output *o, const struct column *c, const struct row_source *row,
                      bool words, struct str *out)
{
    struct str cell = STR_INIT;
    struct value v;
    column_get(c, row, &v);
    if (is_secret(c) && value_known(&v))
        str_add(&cell, MASK);
    else if (o->digits && is_number(c) && value_known(&v))
        value_json(c->like, &v, &cell);
    else if (words && is_zero_quota(c, &v))
        str_add(&cell, "! 0, may block");
    else
        column_show(c, &v, SHOW_CELL, &cell);
    text_safe(out, str_text(&cell), cell.len, o->safe);
    str_finish(&cell);
}

static void table_row(struct output *o, const struct row_source *row, struct span raw,
                      struct str *text)
{
    (void)raw;
    (void)text;
    for (size_t i = 0; i < o->count; i++) {
        struct str cell = STR_INIT;
        show_cell(o, o->columns[i].column, row, true, &cell);
        VEC_ROOM(o->cells, o->cell_count, o->cell_room);
        o->cells[o->cell_count++] = str_steal(&cell);
    }
}

/* A tab in a text has become visible (text_safe), so that each one here divides two columns. */
static void plain_row(struct output *o, const struct row_source *row, struct span raw,
                      struct str *text)
{
    (void)raw;
    for (size_t i = 0; i < o->count; i++) {
        if (i)
            str_add_char(text, '\t');
        show_cell(o, o->columns[i].column, row, false, text);
    }
    str_add_char(text, '\n');
}

static void table_end(struct output *o, struct str *text)
{
    int *width = mem_calloc(o->count, sizeof *width);
    for (size_t i = 0; i < o->cell_count; i++) {
        int w = text_width(o->cells[i], strlen(o->cells[i]));
        if (w > width[i % o->count])
            width[i % o->count] = w;
    }
    for (size_t i = 0; i < o->cell_count; i++) {
        size_t column = i % o->count;
        bool right = is_number(o->columns[column].column);
        bool last = column + 1 == o->count;
        size_t len = strlen(o->cells[i]);
        if (last && !right)
            str_append(text, o->cells[i], len);
        else
            text_fit(text, o->cells[i], len, width[column], right ? TEXT_RIGHT : TEXT_LEFT, "");
        str_add(text, last ? "\n" : "  ");
        mem_free(o->cells[i]);
    }
    o->cell_count = 0;
    mem_free(width);
}

/* ---- csv (RFC 4180) ------------------------------------------------------------------------ */

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

void output_csv(struct str *out, const char *text, size_t len, bool number)
{
    bool formula = !number && csv_needs_guard((struct span){text, len});
    bool quote = formula || (len && (blank(text[0]) || blank(text[len - 1])));
    for (size_t i = 0; i < len && !quote; i++)
        quote = memchr(",\"\r\n", text[i], 5) != NULL; /* with NUL */
    if (quote)
        str_add_char(out, '"');
    if (formula)
        str_add_char(out, '\'');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            str_add_char(out, '"');
        str_add_char(out, text[i]);
    }
    if (quote)
        str_add_char(out, '"');
}

static void csv_titles(struct output *o, struct str *text)
{
    for (size_t i = 0; i < o->count; i++) {
        if (i)
            str_add_char(text, ',');
        output_csv(text, o->columns[i].title, strlen(o->columns[i].title), false);
    }
    str_add(text, "\r\n");
}

/* null is none (the text is "none", in quotes: csv_row), absent is empty, numbers have all their
 * digits and nothing else. What could be set and is not what it should be (a text with a NUL) is
 * empty, which says nothing: its JSON would read back as a text. */
static void csv_value(const struct column *c, const struct value *v, struct str *out)
{
    bool bad = v->presence == PRESENCE_BAD;
    if (v->presence == PRESENCE_ABSENT ||
        (bad && c->field != FIELD_NONE && field_settable(c->field)))
        return;
    if (v->presence == PRESENCE_NULL)
        str_add(out, "none");
    else if (bad)
        str_add_span(out, v->text);
    else if (is_number(c) || field_info(c->like)->type == FT_BOOL)
        value_json(c->like, v, out);
    else if (field_info(c->like)->type == FT_TIME || field_info(c->like)->type == FT_GROUP)
        value_show(c->like, v, SHOW_FULL, out); /* a plain time has no text of its own */
    else if (is_plain(c))
        str_add_span(out, v->text);
    else
        value_edit(c->like, v, out);
}

static void csv_row(struct output *o, const struct row_source *row, struct span raw,
                    struct str *text)
{
    (void)raw;
    for (size_t i = 0; i < o->count; i++) {
        const struct column *c = o->columns[i].column;
        struct str cell = STR_INIT, safe = STR_INIT;
        struct value v;
        column_get(c, row, &v);
        csv_value(c, &v, &cell);
        csv_show(&safe, span_from(&cell), o->data, o->safe);
        if (i)
            str_add_char(text, ',');
        if (is_plain(c) && value_known(&v) && value_is_none(v.text))
            str_printf(text, "\"%s\"", str_text(&safe)); /* the text, which is no null */
        else
            output_csv(text, str_text(&safe), safe.len, is_number(c) && value_known(&v));
        str_finish(&cell);
        str_finish(&safe);
    }
    str_add(text, "\r\n");
}

/* ---- json ---------------------------------------------------------------------------------- */

/* Raw line breaks in JSON stand between its tokens only, so that a blank means the same. */
static void one_line(struct str *text, size_t from)
{
    for (size_t i = from; i < text->len; i++)
        if (text->data[i] == '\n' || text->data[i] == '\r')
            text->data[i] = ' ';
}

static void json_begin(struct output *o, struct str *text)
{
    (void)o;
    str_add(text, "[");
}

static void json_row(struct output *o, const struct row_source *row, struct span raw,
                     struct str *text)
{
    (void)row;
    str_add(text, o->rows ? ",\n" : "\n");
    size_t from = text->len;
    json_safe(text, raw);
    one_line(text, from);
}

static void json_end(struct output *o, struct str *text)
{
    str_add(text, o->rows ? "\n]\n" : "]\n");
}

static void jsonl_row(struct output *o, const struct row_source *row, struct span raw,
                      struct str *text)
{
    (void)row;
    (void)o;
    size_t from = text->len;
    json_safe(text, raw);
    one_line(text, from);
    str_add_char(text, '\n');
}

/* ---- name ---------------------------------------------------------------------------------- */

static void name_row(struct output *o, const struct row_source *row, struct span raw,
                     struct str *text)
{
    (void)raw;
    struct value v;
    row->get(row->owner, row->row, FIELD_NAME, &v);
    if (!value_known(&v))
        row->get(row->owner, row->row, FIELD_ID, &v);
    if (value_known(&v))
        text_safe(text, v.text.p, v.text.len, o->safe);
    str_add_char(text, '\n');
}

/* ---- by format ----------------------------------------------------------------------------- */

static const struct {
    void (*begin)(struct output *o, struct str *text);
    void (*row)(struct output *o, const struct row_source *row, struct span raw, struct str *text);
    void (*end)(struct output *o, struct str *text);
    bool streams;
} formats[] = {
    [OUTPUT_TABLE] = {table_titles, table_row, table_end, false},
    [OUTPUT_WIDE] = {table_titles, table_row, table_end, false},
    [OUTPUT_JSON] = {json_begin, json_row, json_end, false},
    [OUTPUT_JSONL] = {NULL, jsonl_row, NULL, true},
    [OUTPUT_CSV] = {csv_titles, csv_row, NULL, true},
    [OUTPUT_NAME] = {NULL, name_row, NULL, true},
    [OUTPUT_PLAIN] = {NULL, plain_row, NULL, true},
    [OUTPUT_PLAIN_WIDE] = {NULL, plain_row, NULL, true},
};

void output_begin(struct output *o, struct str *text)
{
    if (formats[o->format].begin)
        formats[o->format].begin(o, text);
}

void output_row(struct output *o, const struct row_source *row, struct span raw, struct str *text)
{
    formats[o->format].row(o, row, raw, text);
    o->rows++;
}

void output_text(struct output *o, const struct row_source *row, struct span raw, struct str *text)
{
    if (o->format == OUTPUT_JSON || o->format == OUTPUT_JSONL)
        str_add_span(text, raw);
    else if (o->format == OUTPUT_NAME)
        name_row(o, row, raw, text);
    else if (o->format == OUTPUT_CSV)
        csv_row(o, row, raw, text);
    else
        plain_row(o, row, raw, text);
}

void output_end(struct output *o, struct str *text)
{
    if (formats[o->format].end)
        formats[o->format].end(o, text);
}

bool output_streams(const struct output *o)
{
    return formats[o->format].streams;
}
