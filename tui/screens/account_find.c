/* account_find.c: see account_find.h. */
#include "tui/screens/account_find.h"

#include "base/vec.h"
#include "tui/screens/filter_words.h"

#include <string.h>

const char find_problems[] = "!problem:none";

/* Appends field=value, field:none for a value that is none, and quotes where the grammar would end
 * the value. */
static void filter_term_add(struct str *out, enum field field, const struct value *value)
{
    const char *key = field_info(field)->key;
    if (out->len)
        str_add_char(out, ' ');
    if (!value_known(value) || value->text.len == 0) {
        str_printf(out, "%s:none", key);
        return;
    }
    str_printf(out, "%s=", key);
    filter_value_add(out, value->text);
}

/* "provider=... region=...": the terms of one field beside the provider's. */
static void same(struct session *s, row_id row, enum field field, struct str *out)
{
    struct value provider, v;
    fleet_get(s->fleet, row, FIELD_PROVIDER_TYPE, &provider);
    filter_term_add(out, FIELD_PROVIDER_TYPE, &provider);
    if (field == FIELD_NONE)
        return;
    fleet_get(s->fleet, row, field, &v);
    filter_term_add(out, field, &v);
}

static bool has(struct session *s, row_id row, enum field field)
{
    struct value v;
    fleet_get(s->fleet, row, field, &v);
    return value_known(&v) && v.text.len;
}

bool find_siblings(struct session *s, row_id row, struct span now, struct str *out)
{
    bool region = has(s, row, FIELD_REGION), residency = has(s, row, FIELD_DATA_RESIDENCY);
    if (region) {
        same(s, row, FIELD_REGION, out);
        if (!residency || !span_eq(span_from(out), now))
            return true;
        str_clear(out);
    }
    same(s, row, residency ? FIELD_DATA_RESIDENCY : FIELD_NONE, out);
    return residency;
}

static uint32_t count_hidden(struct session *s)
{
    uint32_t marked = fleet_marked_count(s->fleet), shown = 0;
    if (!marked || view_count(s->view) == fleet_count(s->fleet))
        return 0;
    for (uint32_t i = 0; i < view_count(s->view) && shown < marked; i++)
        shown += fleet_marked(s->fleet, view_at(s->view, i));
    return marked - shown;
}

/* The question for the count settles the view: before it the version is not the one that is seen.
 */
static bool is_counted(const struct hidden_marks *h, struct session *s)
{
    (void)view_count(s->view);
    return h->known && h->view == view_version(s->view) &&
           h->marks == fleet_marks_version(s->fleet);
}

static void is_known(struct hidden_marks *h, struct session *s, uint32_t count)
{
    *h = (struct hidden_marks){count, view_version(s->view), fleet_marks_version(s->fleet), true};
}

uint32_t find_hidden_marks(struct hidden_marks *h, struct session *s)
{
    if (!is_counted(h, s))
        is_known(h, s, count_hidden(s));
    return h->count;
}

void find_mark_shown(struct hidden_marks *h, struct session *s, row_id row, bool marked)
{
    bool counted = is_counted(h, s);
    fleet_mark(s->fleet, row, marked);
    if (counted)
        is_known(h, s, h->count);
}

void find_mark_range(struct hidden_marks *h, struct session *s, uint32_t from, uint32_t to)
{
    bool counted = is_counted(h, s);
    row_id rows[1024];
    size_t n = 0;
    for (uint32_t i = from; i <= to && i < view_count(s->view); i++) {
        rows[n++] = view_at(s->view, i);
        if (n == ARRAY_LEN(rows)) {
            fleet_mark_many(s->fleet, rows, n, true);
            n = 0;
        }
    }
    fleet_mark_many(s->fleet, rows, n, true);
    if (counted)
        is_known(h, s, h->count);
}
