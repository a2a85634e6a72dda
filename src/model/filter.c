/* filter.c: what a filter matches; filter_parse.c reads it. */
#include "model/filter_term.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"

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

static bool fuzzy(struct span text, const char *needle)
{
    for (size_t i = 0; i < text.len && *needle; i++)
        needle += text.p[i] == *needle;
    return *needle == '\0';
}

static bool match_folded(const struct term *t, struct span folded)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct word *w = &t->words[i];
        bool hit = t->op == OP_FUZZY
                       ? fuzzy(folded, w->folded)
                       : memmem(folded.p, folded.len, w->folded, strlen(w->folded)) != NULL;
        if (hit)
            return true;
    }
    return false;
}

static bool match_text(const struct term *t, struct span text)
{
    struct str s = STR_INIT;
    bool hit = false;
    if (t->op == OP_EXACT || t->op == OP_NOT) {
        for (size_t i = 0; i < t->count && !hit; i++)
            hit = span_is(text, t->words[i].text);
        return hit == (t->op == OP_EXACT);
    }
    if (t->op == OP_REGEX) {
        str_add_span(&s, text);
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
    if (t->tag) {
        m->hit |= span_is(key, t->tag) && (t->count == 0 || match_text(t, val));
        return;
    }
    struct str pair = STR_INIT;
    str_add_span(&pair, key);
    str_add_char(&pair, '=');
    str_add_span(&pair, val);
    m->hit |= match_text(t, span_from(&pair));
    str_finish(&pair);
}

static bool match_tags(const struct term *t, const struct value *v)
{
    struct tag_match m = {t, false};
    if (v->presence == PRESENCE_VALUE)
        value_pairs(v, match_pair, &m);
    return m.hit;
}

/* ---- one term ---- */

static bool match_free(const struct term *t, const struct row_source *row)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        struct value v;
        if (!(field_info((enum field)f)->flags & FF_SEARCH) && f != FIELD_REGION && f != FIELD_TAGS)
            continue;
        row->get(row->owner, row->row, (enum field)f, &v);
        if (v.presence != PRESENCE_VALUE)
            continue;
        if (f == FIELD_TAGS ? match_tags(t, &v) : match_text(t, v.text))
            return true;
    }
    return false;
}

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
    case OP_NOT:
        return a != b;
    default:
        return a == b;
    }
}

static bool match_number(const struct filter *f, const struct term *t, const struct value *v,
                         enum field_type type)
{
    if (type == FT_TIME && v->i == WHEN_NONE)
        return false;
    int64_t i = type == FT_TIME ? (f->now_wall_ms - v->i) / 1000 : v->i;
    for (size_t w = 0; w < t->count; w++) {
        if (compare(t->op, i, t->words[w].number))
            return true;
    }
    return false;
}

static bool match_term(const struct filter *f, const struct term *t, const struct row_source *row)
{
    struct value v;
    if (!t->column)
        return match_free(t, row);
    column_get(t->column, row, &v);
    if (t->op == OP_NONE)
        return v.presence == PRESENCE_NULL || v.presence == PRESENCE_ABSENT;
    if (v.presence == PRESENCE_NULL || v.presence == PRESENCE_ABSENT)
        return t->op == OP_NOT;
    enum field_type type = field_info(t->column->like)->type;
    if (type == FT_MAP)
        return match_tags(t, &v);
    if (v.presence == PRESENCE_BAD || type == FT_TEXT || type == FT_OPEN)
        return match_text(t, v.text);
    if (type == FT_GROUP)
        return true;
    return t->op == OP_REGEX ? false : match_number(f, t, &v, type);
}

bool filter_match(const struct filter *filter, const struct row_source *row)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *t = &filter->terms[i];
        if (match_term(filter, t, row) == t->negate)
            return false;
    }
    return true;
}

bool filter_exact(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        enum op op = filter->terms[i].op;
        if (!filter->terms[i].column || op == OP_FUZZY || op == OP_REGEX)
            return false;
        if (op == OP_CONTAINS && filter->terms[i].column->like != FIELD_TAGS)
            return false;
    }
    return true;
}

void filter_query_terms(const struct filter *filter, struct filter_query *out)
{
    *out = (struct filter_query){NULL, NULL, false};
    for (size_t i = 0; i < filter->count; i++) {
        const struct term *t = &filter->terms[i];
        if (t->negate || t->op != OP_EXACT || t->count != 1 || !t->column)
            continue;
        if (t->column->field == FIELD_PROVIDER_TYPE)
            out->provider_type = t->words[0].text;
        else if (t->column->field == FIELD_STATUS)
            out->status = t->words[0].text;
        else if (t->column->field == FIELD_ENABLED && t->words[0].number)
            out->enabled_only = true;
    }
}
