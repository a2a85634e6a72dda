/* filter.c: what a filter matches; filter_parse.c reads it. */
#include "model/filter_term.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/fuzzy.h"

#include <string.h>

static void term_finish(struct term *t)
{
    for (size_t i = 0; i < t->count; i++) {
        mem_free(t->words[i].text);
        mem_free(t->words[i].folded);
    }
    mem_free(t->words);
    if (t->op == OP_REGEX)
        regfree(&t->regex);
    mem_free(t->tag);
}

void filter_destroy(struct filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++)
        term_finish(&filter->terms[i]);
    mem_free(filter->terms);
    mem_free(filter);
}

/* ---- one text ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_ascii(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    }
    return true;
}

static bool fuzzy(struct span text, const char *needle)
{
    for (size_t i = 0; i < text.len && *needle; i++)
        needle += lower(text.p[i]) == *needle;
    return *needle == '\0';
}

static bool contains(struct span text, const char *needle)
{
    size_t len = strlen(needle);
    for (size_t i = 0; i + len <= text.len; i++) {
        size_t n = 0;
        while (n < len && lower(text.p[i + n]) == needle[n])
            n++;
        if (n == len)
            return true;
    }
    return false;
}

static bool match_folded(const struct term *t, struct span folded)
{
    for (size_t i = 0; i < t->count; i++) {
        const char *needle = t->words[i].folded;
        if (t->op == OP_FUZZY ? fuzzy(folded, needle) : contains(folded, needle))
            return true;
    }
    return false;
}

static bool match_exact(const struct term *t, struct span text)
{
    for (size_t i = 0; i < t->count; i++) {
        if (span_is(text, t->words[i].text))
            return true;
    }
    return false;
}

static bool match_text(const struct term *t, struct span text)
{
    if (t->op == OP_EXACT)
        return match_exact(t, text);
    /* Plain ASCII, which most texts are, is folded on the way. */
    if (t->op != OP_REGEX && is_ascii(text))
        return match_folded(t, text);
    struct str s = STR_INIT;
    bool hit;
    if (t->op == OP_REGEX) {
        text_safe(&s, text.p, text.len, 0);
        hit = regexec(&t->regex, str_text(&s), 0, NULL, 0) == 0;
    } else {
        text_fold(&s, text.p, text.len);
        hit = match_folded(t, span_from(&s));
    }
    str_finish(&s);
    return hit;
}

/* ---- tags ---- */

struct tag_match {
    const struct term *term;
    bool hit;
};

static void match_pair(void *ctx, struct span key, struct span val)
{
    struct tag_match *m = ctx;
    const struct term *t = m->term;
    if (m->hit)
        return;
    if (t->tag) {
        m->hit = span_is(key, t->tag) && (t->count == 0 || match_exact(t, val));
        return;
    }
    struct str pair = STR_INIT;
    str_add_span(&pair, key);
    str_add_char(&pair, '=');
    str_add_span(&pair, val);
    m->hit = match_text(t, span_from(&pair));
    str_finish(&pair);
}

static bool match_tags(const struct term *t, const struct value *v)
{
    struct tag_match m = {t, false};
    value_pairs(v, match_pair, &m);
    return m.hit;
}

/* ---- numbers ---- */

static bool compare(enum op op, int64_t a, int64_t b)
{
    switch (op) {
    case OP_LESS:
        return a < b;
    case OP_LESS_EQ:
        return a <= b;
    case OP_MORE:
        return a > b;
    case OP_MORE_EQ:
        return a >= b;
    default:
        return a == b;
    }
}

/* A number has a text of its own for patterns: its digits, true or false. */
static bool match_digits(const struct term *t, const struct value *v)
{
    struct str s = STR_INIT;
    value_json(t->column->like, v, &s);
    bool hit = match_text(t, span_from(&s));
    str_finish(&s);
    return hit;
}

static bool match_number(const struct term *t, const struct value *v)
{
    if (t->op == OP_REGEX)
        return match_digits(t, v);
    if (v->inexact && t->op == OP_EXACT)
        return false; /* i is only the nearest */
    for (size_t w = 0; w < t->count; w++) {
        if (compare(t->op, v->i, t->words[w].number))
            return true;
    }
    return false;
}

static bool match_time(const struct filter *f, const struct term *t, const struct value *v)
{
    if (t->op < OP_LESS || t->op > OP_MORE_EQ) {
        struct str scratch = STR_INIT;
        bool matches = match_text(t, value_time_text(v, &scratch));
        str_finish(&scratch);
        return matches;
    }
    if (v->i == WHEN_NONE)
        return false;
    const struct word *w = &t->words[0];
    return compare(t->op, w->date ? v->i : (f->now_wall_ms - v->i) / 1000, w->number);
}

/* ---- one term ---- */

static bool match_free(const struct term *t, const struct row_source *row)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        const struct field_info *i = field_info((enum field)f);
        struct value v;
        if (!(i->flags & FF_SEARCH))
            continue;
        row->get(row->owner, row->row, i->id, &v);
        if (v.presence != PRESENCE_VALUE)
            continue;
        if (i->type == FT_MAP ? match_tags(t, &v) : match_text(t, v.text))
            return true;
    }
    return false;
}

static bool is_empty(const struct value *v, enum field_type type)
{
    if (v->presence == PRESENCE_NULL || v->presence == PRESENCE_ABSENT)
        return true;
    bool text = type == FT_TEXT || type == FT_OPEN || type == FT_MAP;
    return text && v->presence == PRESENCE_VALUE && v->text.len == 0;
}

static bool match_value(const struct filter *f, const struct term *t, const struct value *v)
{
    enum field_type type = field_info(t->column->like)->type;
    if (t->none && is_empty(v, type))
        return true;
    if (v->presence == PRESENCE_NULL || v->presence == PRESENCE_ABSENT)
        return false;
    switch (v->presence == PRESENCE_BAD ? FT_TEXT : type) {
    case FT_TEXT:
    case FT_OPEN:
        return (t->op < OP_LESS || t->op > OP_MORE_EQ) && match_text(t, v->text);
    case FT_MAP:
        return match_tags(t, v);
    case FT_TIME:
        return match_time(f, t, v);
    case FT_GROUP:
        return false;
    default:
        return match_number(t, v);
    }
}

bool filter_term_row(const struct filter *filter, size_t term, const struct row_source *row)
{
    const struct term *t = &filter->terms[term];
    struct value v;
    if (!t->column)
        return match_free(t, row);
    column_get(t->column, row, &v);
    return match_value(filter, t, &v);
}

bool filter_match(const struct filter *filter, const struct row_source *row)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (filter_term_row(filter, i, row) == filter->terms[i].negate)
            return false;
    }
    return true;
}

/* ---- by text ---- */

size_t filter_term_count(const struct filter *filter)
{
    return filter->count;
}

static bool decided_by_text(const struct term *t)
{
    if (t->column->field == FIELD_NONE || t->none)
        return false;
    enum field_type type = field_info(t->column->field)->type;
    return type == FT_TEXT || type == FT_OPEN || type == FT_MAP;
}

struct filter_term filter_term_at(const struct filter *filter, size_t term)
{
    const struct term *t = &filter->terms[term];
    struct filter_term out = {.by = FILTER_BY_ROW, .field = FIELD_NONE, .negate = t->negate};
    if (!t->column) {
        out.by = FILTER_BY_SEARCH;
        out.fuzzy = t->op == OP_FUZZY;
        if (t->op == OP_CONTAINS && t->count == 1 && t->words[0].folded[0])
            out.needle = t->words[0].folded;
    } else {
        out.by = decided_by_text(t) ? FILTER_BY_FIELD : FILTER_BY_ROW;
        out.field = t->column->field;
    }
    return out;
}

bool filter_term_text(const struct filter *filter, size_t term, enum field field, struct span text)
{
    const struct term *t = &filter->terms[term];
    struct value v = value_text(text);
    return t->column                           ? match_value(filter, t, &v)
           : field_info(field)->type == FT_MAP ? match_tags(t, &v)
                                               : match_text(t, text);
}

struct best {
    struct span needle;
    int score;
};

static void score_text(struct best *best, struct span text)
{
    struct str folded = STR_INIT;
    text_fold(&folded, text.p, text.len);
    int score = fuzzy_score(span_from(&folded), best->needle);
    best->score = score > best->score ? score : best->score;
    str_finish(&folded);
}

static void score_pair(void *ctx, struct span key, struct span val)
{
    struct str pair = STR_INIT;
    str_add_span(&pair, key);
    str_add_char(&pair, '=');
    str_add_span(&pair, val);
    score_text(ctx, span_from(&pair));
    str_finish(&pair);
}

int filter_term_score(const struct filter *filter, size_t term, enum field field, struct span text)
{
    const struct term *t = &filter->terms[term];
    struct best best = {.score = 0};
    for (size_t i = 0; t->op == OP_FUZZY && i < t->count; i++) {
        struct value v = value_text(text);
        best.needle = span_of(t->words[i].folded);
        if (field_info(field)->type == FT_MAP)
            value_pairs(&v, score_pair, &best);
        else
            score_text(&best, text);
    }
    return best.score;
}

/* ---- what can be said of a filter ---- */

bool filter_exact(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *t = &filter->terms[i];
        if (!t->column || t->op == OP_FUZZY || t->op == OP_REGEX || t->op == OP_CONTAINS)
            return false;
    }
    return true;
}

bool filter_ages(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *t = &filter->terms[i];
        if (t->column && t->column->ages)
            return true;
        if (t->column && t->op >= OP_LESS && t->op <= OP_MORE_EQ &&
            field_info(t->column->like)->type == FT_TIME && !t->words[0].date)
            return true;
    }
    return false;
}

void filter_set_now(struct filter *filter, int64_t now_wall_ms)
{
    filter->now_wall_ms = now_wall_ms;
}

void filter_query_terms(const struct filter *filter, struct filter_query *out)
{
    *out = (struct filter_query){NULL, NULL, false};
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *t = &filter->terms[i];
        if (t->negate || t->op != OP_EXACT || t->none || t->count != 1 || !t->column)
            continue;
        if (t->column->field == FIELD_PROVIDER_TYPE)
            out->provider_type = t->words[0].text;
        else if (t->column->field == FIELD_STATUS)
            out->status = t->words[0].text;
        else if (t->column->field == FIELD_ENABLED && t->words[0].number)
            out->enabled_only = true;
    }
}
