/* filter_parse.c: reads a filter expression, see filter.h for the grammar. */
#include "model/filter_term.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

#define REGEX_BYTES_MAX 200

struct parser {
    const struct column_set *columns;
    struct span text;
    size_t at;
    struct error *err;
};

static char peek(const struct parser *p)
{
    return p->at < p->text.len ? p->text.p[p->at] : '\0';
}

static bool ends_term(char c)
{
    return c == '\0' || c == ' ' || c == '\t';
}

static void skip_space(struct parser *p)
{
    while (p->at < p->text.len && ends_term(peek(p)))
        p->at++;
}

static enum status add_word(struct term *t, struct span text)
{
    struct str folded = STR_INIT;
    VEC_ROOM(t->words, t->count, t->room);
    text_fold(&folded, text.p, text.len);
    t->words[t->count++] = (struct word){span_dup(text), str_steal(&folded), 0};
    return ST_OK;
}

/* Up to the closing mark; the marks do not belong to it. */
static enum status take_quoted(struct parser *p, char mark, struct str *out)
{
    size_t from = p->at++;
    while (p->at < p->text.len && peek(p) != mark) {
        if (peek(p) == '\\' && p->at + 1 < p->text.len && p->text.p[p->at + 1] == mark)
            p->at++;
        str_add_char(out, peek(p));
        p->at++;
    }
    if (p->at >= p->text.len) {
        p->at = from;
        return error_set(p->err, ST_USAGE, "%c is not closed", mark);
    }
    p->at++;
    return ST_OK;
}

static enum status take_regex(struct parser *p, struct term *t)
{
    struct str s = STR_INIT;
    size_t from = p->at;
    enum status st = take_quoted(p, '/', &s);
    if (!st && s.len > REGEX_BYTES_MAX)
        st = error_set(p->err, ST_USAGE, "the pattern is longer than %d bytes", REGEX_BYTES_MAX);
    if (!st) {
        int rc = regcomp(&t->regex, str_text(&s), REG_EXTENDED | REG_ICASE | REG_NOSUB);
        char why[100];
        if (rc) {
            regerror(rc, &t->regex, why, sizeof why);
            st = error_set(p->err, ST_USAGE, "not a pattern: %s", why);
        } else {
            t->op = OP_REGEX;
        }
    }
    if (st)
        p->at = from;
    str_finish(&s);
    return st;
}

/* A word of a value: quoted, or up to a space or a comma. */
static enum status take_word(struct parser *p, bool commas, struct str *out)
{
    if (peek(p) == '"')
        return take_quoted(p, '"', out);
    while (!ends_term(peek(p)) && !(commas && peek(p) == ',')) {
        str_add_char(out, peek(p));
        p->at++;
    }
    return ST_OK;
}

/* ---- field terms ---- */

static const struct {
    const char *text;
    enum op op;
} ops[] = {{"!=", OP_NOT}, {"<=", OP_LESS_EQ}, {">=", OP_MORE_EQ}, {"<", OP_LESS},
           {">", OP_MORE}, {"=", OP_EXACT},    {":", OP_CONTAINS}};

static bool take_op(struct parser *p, enum op *op)
{
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        size_t len = strlen(ops[i].text);
        if (p->text.len - p->at >= len && memcmp(p->text.p + p->at, ops[i].text, len) == 0) {
            p->at += len;
            *op = ops[i].op;
            return true;
        }
    }
    return false;
}

/* A name before an operator: its span, or nothing and the place is as before. */
static bool take_name(struct parser *p, struct span *name, enum op *op)
{
    size_t from = p->at;
    while (strchr("abcdefghijklmnopqrstuvwxyz_.0123456789", peek(p)) && peek(p))
        p->at++;
    *name = (struct span){p->text.p + from, p->at - from};
    if (name->len && take_op(p, op))
        return true;
    p->at = from;
    return false;
}

static enum status number_word(struct parser *p, struct term *t, enum field_type type)
{
    struct word *w = &t->words[t->count - 1];
    size_t len = strlen(w->text);
    if (type == FT_BOOL) {
        struct value v;
        enum status st = value_parse(t->column->like, span_of(w->text), NULL, &v, p->err);
        w->number = v.i;
        return st;
    }
    if (type == FT_INT)
        return quantity_parse_count(w->text, len, &w->number, p->err);
    return quantity_parse_seconds(w->text, len, &w->number, p->err);
}

static bool is_text(enum field_type type)
{
    return type == FT_TEXT || type == FT_OPEN || type == FT_MAP;
}

static enum status take_values(struct parser *p, struct term *t)
{
    enum field_type type = field_info(t->column->like)->type;
    bool list = t->op == OP_CONTAINS || t->op == OP_EXACT || t->op == OP_NOT;
    do {
        size_t from = p->at;
        struct str s = STR_INIT;
        enum status st = take_word(p, list && !t->tag, &s);
        if (!st)
            add_word(t, span_from(&s));
        if (!st && !is_text(type))
            st = number_word(p, t, type);
        if (!st && s.len == 0 && !is_text(type))
            st = error_set(p->err, ST_USAGE, "a value is missing");
        str_finish(&s);
        if (st) {
            p->at = from;
            return st;
        }
    } while (list && peek(p) == ',' && ++p->at);
    /* A number contains nothing: field:5 is field=5. */
    if (t->op == OP_CONTAINS && !is_text(type))
        t->op = OP_EXACT;
    return ST_OK;
}

/* tag:key and tag:key=value. */
static enum status take_tag(struct parser *p, struct term *t)
{
    struct str key = STR_INIT;
    while (!ends_term(peek(p)) && peek(p) != '=') {
        str_add_char(&key, peek(p));
        p->at++;
    }
    t->tag = str_steal(&key);
    if (peek(p) != '=')
        return ST_OK;
    p->at++;
    t->op = OP_EXACT;
    return take_values(p, t);
}

static enum status take_field(struct parser *p, struct term *t, struct span name, size_t from)
{
    t->column = column_find(p->columns, name);
    if (!t->column) {
        p->at = from;
        return error_set(p->err, ST_USAGE,
                         "there is no field \"%.*s\"; to search for this text put it in quotes",
                         (int)name.len, name.p);
    }
    if (t->op == OP_CONTAINS && peek(p) == '/')
        return take_regex(p, t);
    size_t rest = p->text.len - p->at;
    if (t->op == OP_CONTAINS && rest >= 4 && memcmp(p->text.p + p->at, "none", 4) == 0 &&
        (rest == 4 || ends_term(p->text.p[p->at + 4]))) {
        p->at += 4;
        t->op = OP_NONE;
        return ST_OK;
    }
    if (field_info(t->column->like)->type == FT_MAP && t->op == OP_CONTAINS && span_is(name, "tag"))
        return take_tag(p, t);
    bool ordered = t->op >= OP_LESS && t->op <= OP_MORE_EQ;
    if (ordered && is_text(field_info(t->column->like)->type)) {
        p->at = from;
        return error_set(p->err, ST_USAGE, "%.*s is a text: use : or =", (int)name.len, name.p);
    }
    return take_values(p, t);
}

static enum status take_free(struct parser *p, struct term *t)
{
    struct str s = STR_INIT;
    if (peek(p) == '/')
        return take_regex(p, t);
    t->op = OP_CONTAINS;
    if (peek(p) == '~') {
        p->at++;
        t->op = OP_FUZZY;
    }
    enum status st = take_word(p, false, &s);
    if (!st)
        add_word(t, span_from(&s));
    str_finish(&s);
    return st;
}

static enum status take_term(struct parser *p, struct filter *f)
{
    struct span name;
    enum op op;
    VEC_ROOM(f->terms, f->count, f->room);
    struct term *t = &f->terms[f->count++];
    memset(t, 0, sizeof *t);
    for (;;) {
        if (peek(p) == '!') {
            p->at++;
        } else if (p->text.len - p->at > 4 && memcmp(p->text.p + p->at, "not ", 4) == 0) {
            p->at += 4;
            skip_space(p);
        } else {
            break;
        }
        t->negate = !t->negate;
    }
    size_t from = p->at;
    if (!take_name(p, &name, &op))
        return take_free(p, t);
    t->op = op;
    return take_field(p, t, name, from);
}

enum status filter_parse(const struct column_set *columns, struct span text, int64_t now_wall_ms,
                         struct filter **out, size_t *err_at, struct error *err)
{
    struct error mine;
    struct parser p = {columns, text, 0, err ? err : &mine};
    struct filter *f = mem_calloc(1, sizeof *f);
    enum status st = ST_OK;
    f->now_wall_ms = now_wall_ms;
    *out = NULL;
    for (skip_space(&p); !st && p.at < text.len; skip_space(&p)) {
        st = take_term(&p, f);
        if (!st && !ends_term(peek(&p)))
            st = error_set(p.err, ST_USAGE, "a space is missing before this");
        if (st)
            break;
    }
    if (err_at)
        *err_at = p.at;
    if (st) {
        filter_destroy(f);
        return st;
    }
    *out = f;
    return ST_OK;
}
