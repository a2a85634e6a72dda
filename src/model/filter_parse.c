/* filter_parse.c: reads a filter expression, see filter.h for the grammar.
 *
 * An error leaves the parser at the byte it is about. What would match everything by a slip (an
 * empty value, a bare "!") is an error, so that half-typed text never widens what is shown. */
#include "model/filter_term.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"

#include <stdlib.h>
#include <string.h>

#define REGEX_BYTES_MAX   200
#define REGEX_REPEATS_MAX 1000 /* of all {m,n} together: they multiply the memory of a pattern */

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

/* Whether the word is next, whole and unquoted. */
static bool at_word(const struct parser *p, const char *word, size_t len)
{
    size_t left = p->text.len - p->at;
    return left >= len && strncasecmp(p->text.p + p->at, word, len) == 0 &&
           (left == len || ends_term(p->text.p[p->at + len]));
}

static void add_word(struct term *t, struct span text)
{
    struct str folded = STR_INIT;
    VEC_ROOM(t->words, t->count, t->room);
    text_fold(&folded, text.p, text.len);
    t->words[t->count++] = (struct word){.text = span_dup(text), .folded = str_steal(&folded)};
}

/* Up to the closing mark; the marks do not belong to it. A backslash keeps one inside. */
static enum status take_quoted(struct parser *p, char mark, struct str *out)
{
    size_t from = p->at++;
    while (p->at < p->text.len && peek(p) != mark) {
        char next = p->at + 1 < p->text.len ? p->text.p[p->at + 1] : '\0';
        if (peek(p) == '\\' && next == mark) {
            p->at++;
        } else if (peek(p) == '\\' && next == '\\') {
            if (mark == '/') /* the pattern's own: both go on */
                str_add_char(out, '\\');
            p->at++;
        }
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

/* ---- patterns ---- */

/* Refuses what a pattern of a few bytes can cost a machine with: nested counts, back-references. */
static const char *costly(const char *s)
{
    unsigned long repeats = 1;
    for (; *s; s++) {
        if (*s == '\\') {
            if (s[1] >= '1' && s[1] <= '9')
                return "back-references are not taken";
            s += s[1] != '\0';
            continue;
        }
        if (*s != '{')
            continue;
        unsigned long most = 1;
        for (const char *n = s + 1; *n && *n != '}';) {
            char *end;
            unsigned long count = strtoul(n, &end, 10);
            most = count > most ? count : most;
            n = end > n ? end : n + 1;
        }
        if (most > REGEX_REPEATS_MAX || (repeats *= most) > REGEX_REPEATS_MAX)
            return "too many repeats";
    }
    return NULL;
}

static enum status compile(struct parser *p, struct term *t, const struct str *pattern)
{
    if (pattern->len == 0)
        return error_set(p->err, ST_USAGE, "the pattern is empty");
    if (pattern->len > REGEX_BYTES_MAX)
        return error_set(p->err, ST_USAGE, "the pattern is longer than %d bytes", REGEX_BYTES_MAX);
    const char *cost = costly(str_text(pattern));
    if (cost)
        return error_set(p->err, ST_USAGE, "not a pattern: %s", cost);
    int rc = regcomp(&t->regex, str_text(pattern), REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (rc) {
        char why[100];
        regerror(rc, &t->regex, why, sizeof why);
        return error_set(p->err, ST_USAGE, "not a pattern: %s", why);
    }
    t->op = OP_REGEX;
    return ST_OK;
}

static enum status take_regex(struct parser *p, struct term *t)
{
    struct str s = STR_INIT;
    size_t from = p->at;
    enum status st = take_quoted(p, '/', &s);
    if (!st)
        st = compile(p, t, &s);
    if (st)
        p->at = from;
    str_finish(&s);
    return st;
}

/* ---- values ---- */

/* A word of a value: quoted, or up to a space or `stop`. An unquoted one is not empty. */
static enum status take_word(struct parser *p, char stop, struct str *out)
{
    if (peek(p) == '"')
        return take_quoted(p, '"', out);
    while (!ends_term(peek(p)) && peek(p) != stop) {
        str_add_char(out, peek(p));
        p->at++;
    }
    return out->len ? ST_OK : error_set(p->err, ST_USAGE, "a value is missing");
}

static const struct {
    const char *text;
    enum op op;
    bool negate;
} ops[] = {{"!=", OP_EXACT, true},   {"<=", OP_LESS_EQ, false}, {">=", OP_MORE_EQ, false},
           {"<", OP_LESS, false},    {">", OP_MORE, false},     {"=", OP_EXACT, false},
           {":", OP_CONTAINS, false}};

static bool take_op(struct parser *p, struct term *t)
{
    for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
        size_t len = strlen(ops[i].text);
        if (p->text.len - p->at >= len && memcmp(p->text.p + p->at, ops[i].text, len) == 0) {
            p->at += len;
            t->op = ops[i].op;
            t->negate ^= ops[i].negate;
            return true;
        }
    }
    return false;
}

static bool is_name(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return letter || (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
}

/* A name before an operator: its span, or nothing and the place is as before. */
static bool take_name(struct parser *p, struct span *name, struct term *t)
{
    size_t from = p->at;
    while (is_name(peek(p), p->at == from))
        p->at++;
    *name = (struct span){p->text.p + from, p->at - from};
    if (name->len && take_op(p, t))
        return true;
    p->at = from;
    return false;
}

static bool is_ordered(enum op op)
{
    return op >= OP_LESS && op <= OP_MORE_EQ;
}

static enum status count_word(const struct term *t, struct word *w, struct error *err)
{
    size_t len = strlen(w->text);
    if (t->column->unit && strcmp(t->column->unit, "%") == 0 && len && w->text[len - 1] == '%')
        len--;
    return quantity_parse_count(w->text, len, &w->number, err);
}

static enum status seconds_word(const struct term *t, struct word *w, struct error *err)
{
    (void)t;
    return quantity_parse_seconds(w->text, strlen(w->text), &w->number, err);
}

static enum status bool_word(const struct term *t, struct word *w, struct error *err)
{
    struct value v;
    enum status st = value_parse(t->column->like, span_of(w->text), NULL, &v, err);
    w->number = st ? 0 : v.i;
    return st;
}

/* After an order sign: an age, or a date with or without a time of day. Otherwise a text. */
static enum status time_word(const struct term *t, struct word *w, struct error *err)
{
    struct str date = STR_INIT;
    if (!is_ordered(t->op))
        return ST_OK;
    str_add(&date, w->text);
    if (date.len == 10)
        str_add(&date, "T00:00:00Z");
    w->number = when_parse_rfc3339(str_text(&date), date.len);
    w->date = w->number != WHEN_NONE;
    str_finish(&date);
    if (w->date || !quantity_parse_seconds(w->text, strlen(w->text), &w->number, NULL))
        return ST_OK;
    return error_set(err, ST_USAGE, "neither an age nor a date: try 10m, 3d or 2026-01-31");
}

/* What the words of a column may be, by its type. */
static const struct rule {
    enum status (*word)(const struct term *t, struct word *w, struct error *err); /* NULL: any */
    bool contains; /* `:` looks for a part of it; otherwise it is `=` */
    bool ordered;
    bool only_none;
} rules[FT_COUNT] = {
    [FT_TEXT] = {NULL, true, false, false},       [FT_OPEN] = {NULL, true, false, false},
    [FT_INT] = {count_word, false, true, false},  [FT_SECONDS] = {seconds_word, false, true, false},
    [FT_BOOL] = {bool_word, false, false, false}, [FT_TIME] = {time_word, true, true, false},
    [FT_MAP] = {NULL, true, false, false},        [FT_GROUP] = {NULL, false, false, true},
};

static const struct rule *rule_of(const struct term *t)
{
    return &rules[field_info(t->column->like)->type];
}

/* A column with a closed set takes its words only. */
static enum status known_word(const struct term *t, const char *word, struct error *err)
{
    struct str all = STR_INIT;
    const char *const *value = t->column->values;
    for (; *value && strcmp(*value, word) != 0; value++)
        str_printf(&all, "%s%s", all.len ? ", " : "", *value);
    enum status st = *value ? ST_OK : error_set(err, ST_USAGE, "one of: %s", str_text(&all));
    str_finish(&all);
    return st;
}

/* tokens>90%: what is used, in percent, is a column of its own, tokens.pct. Of a quota there is no
 * percent: quota.tokens>90% is not taken for it, the error says which column has it. */
static const struct column *percent_of(const struct parser *p, const struct term *t)
{
    size_t end = p->at;
    while (end < p->text.len && !ends_term(p->text.p[end]))
        end++;
    if (rule_of(t)->word != count_word || end == p->at || p->text.p[end - 1] != '%')
        return NULL;
    struct str name = STR_INIT;
    const char *last = strrchr(t->column->name, '.');
    str_printf(&name, "%s.pct", last ? last + 1 : t->column->name);
    const struct column *c = column_find(p->columns, span_from(&name));
    str_finish(&name);
    return c;
}

static enum status take_value(struct parser *p, struct term *t, bool list)
{
    size_t from = p->at;
    bool quoted = peek(p) == '"';
    struct str s = STR_INIT;
    enum status st = take_word(p, list ? ',' : '\0', &s);
    if (!st && !quoted && list && s.len == 4 && strcasecmp(str_text(&s), "none") == 0) {
        t->none = true;
    } else if (!st && rule_of(t)->only_none) {
        st = error_set(p->err, ST_USAGE, "%s has parts: say which, or %s:none", t->column->name,
                       t->column->name);
    } else if (!st) {
        add_word(t, span_from(&s));
        struct word *w = &t->words[t->count - 1];
        if (rule_of(t)->word)
            st = rule_of(t)->word(t, w, p->err);
        else if (t->column->values)
            st = known_word(t, w->text, p->err);
    }
    str_finish(&s);
    if (!st)
        return ST_OK;
    p->at = from;
    const struct column *percent = percent_of(p, t);
    return percent ? error_set(p->err, ST_USAGE, "%s is a number: its percent is %s",
                               t->column->name, percent->name)
                   : st;
}

/* 6,000 is one number, not two. */
static bool is_one_count(const struct parser *p, const struct term *t)
{
    size_t end = p->at;
    int64_t n;
    while (end < p->text.len && !ends_term(p->text.p[end]))
        end++;
    return rule_of(t)->word == count_word &&
           quantity_parse_count(p->text.p + p->at, end - p->at, &n, NULL) == ST_OK;
}

static enum status take_values(struct parser *p, struct term *t)
{
    bool list = !is_ordered(t->op) && !is_one_count(p, t);
    enum status st;
    const struct column *percent = percent_of(p, t);
    if (percent && t->column->field != FIELD_NONE && !field_settable(t->column->field))
        t->column = percent;
    if (t->op == OP_CONTAINS && (!rule_of(t)->contains || t->column->values))
        t->op = OP_EXACT;
    do {
        st = take_value(p, t, list);
    } while (!st && list && peek(p) == ',' && ++p->at);
    if (!st && t->count == 0) /* nothing but none */
        t->op = OP_EXACT;
    return st;
}

/* Values of a tag, any of them: a,b. */
static enum status take_tag_values(struct parser *p, struct term *t)
{
    enum status st;
    do {
        struct str val = STR_INIT;
        st = take_word(p, ',', &val);
        if (!st)
            add_word(t, span_from(&val));
        str_finish(&val);
    } while (!st && peek(p) == ',' && ++p->at);
    return st;
}

/* tag:key, tag:key=value and tag:key=a,b. */
static enum status take_tag(struct parser *p, struct term *t)
{
    struct str s = STR_INIT;
    enum status st = take_word(p, '=', &s);
    size_t len = s.len;
    t->op = OP_EXACT;
    if (!st && peek(p) == '=') {
        if (len > 1 && s.data[len - 1] == '!') { /* tag:env!=prod */
            str_truncate(&s, len - 1);
            t->negate = !t->negate;
        }
        p->at++;
        st = take_tag_values(p, t);
    }
    t->tag = str_steal(&s);
    return st;
}

/* ---- terms ---- */

static enum status unknown_name(struct parser *p, struct span name)
{
    struct near near = {name, NULL, 0};
    for (size_t i = 0; i < column_count(p->columns); i++)
        near_offer(&near, column_at(p->columns, i)->name);
    for (size_t i = 0; column_alias(p->columns, i); i++)
        near_offer(&near, column_alias(p->columns, i));
    error_set(p->err, ST_USAGE,
              "there is no field \"%.*s\"; to search for this text put it in quotes", (int)name.len,
              name.p);
    if (near.best)
        error_next(p->err, "did you mean %s?", near.best);
    return ST_USAGE;
}

static enum status take_field(struct parser *p, struct term *t, struct span name, size_t from)
{
    t->column = column_find(p->columns, name);
    if (!t->column) {
        p->at = from;
        return unknown_name(p, name);
    }
    if (t->op == OP_CONTAINS && peek(p) == '/' && !rule_of(t)->only_none)
        return take_regex(p, t);
    if (is_ordered(t->op) && !rule_of(t)->ordered) {
        p->at = from;
        return error_set(p->err, ST_USAGE, "%.*s has no order: use : or =", (int)name.len, name.p);
    }
    if (span_is(name, "tag") && t->op == OP_CONTAINS && !at_word(p, "none", 4))
        return take_tag(p, t);
    return take_values(p, t);
}

/* Whether "-status=down" is next: elsewhere the dash negates, here it would be searched for. */
static bool at_dashed_field(const struct parser *p)
{
    struct parser ahead = *p;
    struct span name;
    struct term t = {.negate = false};
    return peek(p) == '-' && ++ahead.at && take_name(&ahead, &name, &t);
}

static enum status take_free(struct parser *p, struct term *t)
{
    struct str s = STR_INIT;
    if (at_dashed_field(p))
        return error_set(p->err, ST_USAGE,
                         "a dash negates nothing: write ! or not before the term");
    if (peek(p) == '/')
        return take_regex(p, t);
    t->op = OP_CONTAINS;
    if (peek(p) == '~') {
        p->at++;
        t->op = OP_FUZZY;
    }
    enum status st = take_word(p, '\0', &s);
    if (!st)
        add_word(t, span_from(&s));
    str_finish(&s);
    return st;
}

/* "!" and "not" before a term. */
static enum status take_negations(struct parser *p, struct term *t)
{
    for (;;) {
        size_t from = p->at;
        bool word = at_word(p, "not", 3);
        if (!word && peek(p) != '!')
            return ST_OK;
        p->at += word ? 3 : 1;
        if (word)
            skip_space(p);
        if (ends_term(peek(p))) {
            p->at = from;
            return error_set(p->err, ST_USAGE, "%s needs a term after it", word ? "not" : "!");
        }
        t->negate = !t->negate;
    }
}

static enum status take_term(struct parser *p, struct filter *f)
{
    struct span name;
    VEC_ROOM(f->terms, f->count, f->room);
    struct term *t = &f->terms[f->count++];
    memset(t, 0, sizeof *t);
    if (take_negations(p, t))
        return ST_USAGE;
    size_t from = p->at;
    enum status st = take_name(p, &name, t) ? take_field(p, t, name, from) : take_free(p, t);
    if (!st && !ends_term(peek(p)))
        st = error_set(p->err, ST_USAGE, "a space is missing before this");
    return st;
}

/* An "or" between two terms would be searched for, and nothing found: in a script that reads as all
 * being well. As the last word "or" may be the beginning of another; a sign may not. */
static enum status refuse_or(struct parser *p, size_t len)
{
    struct parser ahead = *p;
    ahead.at += len;
    skip_space(&ahead);
    if (ahead.at == p->text.len && peek(p) != '|')
        return ST_OK;
    return error_set(p->err, ST_USAGE,
                     "there is no \"or\": field:a,b takes either; quotes search for the word");
}

/* The "and" between two terms says nothing that is not so anyway. */
static enum status take_and(struct parser *p, const struct filter *f)
{
    static const struct {
        const char *text;
        size_t len;
        bool is_or;
    } words[] = {{"and", 3, false}, {"&&", 2, false}, {"&", 1, false},
                 {"or", 2, true},   {"||", 2, true},  {"|", 1, true}};
    size_t from = p->at, i = 0;
    while (i < ARRAY_LEN(words) && !at_word(p, words[i].text, words[i].len))
        i++;
    if (f->count == 0 || i == ARRAY_LEN(words))
        return ST_OK;
    if (words[i].is_or)
        return refuse_or(p, words[i].len);
    p->at += words[i].len;
    skip_space(p);
    if (p->at < p->text.len)
        return ST_OK;
    p->at = from;
    return error_set(p->err, ST_USAGE, "and needs a term after it");
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
    for (skip_space(&p); !st && p.at < text.len;) {
        st = take_and(&p, f);
        if (!st)
            st = take_term(&p, f);
        if (!st)
            skip_space(&p);
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
