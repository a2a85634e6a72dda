/* siblings.c: see siblings.h. One walk over the rows for all groups. */
#include "write/siblings.h"

#include <string.h>

const struct sibling_kind sibling_kinds[SIBLINGS_GROUPS_MAX] = {
    {"provider", FIELD_PROVIDER_TYPE, FIELD_NONE},
    {"the same provider in region", FIELD_PROVIDER_TYPE, FIELD_REGION},
    {"data residency", FIELD_DATA_RESIDENCY, FIELD_NONE},
    {"bridge", FIELD_BRIDGE_ID, FIELD_NONE},
};

struct span sibling_text(const struct fleet *fleet, row_id row, enum field field)
{
    struct value v;
    fleet_get(fleet, row, field, &v);
    return value_known(&v) ? v.text : (struct span){"", 0};
}

bool sibling_enabled(const struct fleet *fleet, row_id row)
{
    struct value v;
    fleet_get(fleet, row, FIELD_ENABLED, &v);
    return value_known(&v) && v.i != 0;
}

static bool has(const row_id *rows, size_t count, row_id row)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i] == row)
            return true;
    return false;
}

static int by_name(const struct fleet *fleet, row_id a, row_id b)
{
    int c = span_cmp(sibling_text(fleet, a, FIELD_NAME), sibling_text(fleet, b, FIELD_NAME));
    return c ? c : span_cmp(sibling_text(fleet, a, FIELD_ID), sibling_text(fleet, b, FIELD_ID));
}

/* Keeps the first few by name, sorted. */
static void keep(const struct fleet *fleet, struct sibling_group *g, row_id row)
{
    uint32_t at = g->row_count;
    while (at > 0 && by_name(fleet, row, g->rows[at - 1]) < 0)
        at--;
    if (at >= SIBLINGS_NAMES_MAX)
        return;
    if (g->row_count < SIBLINGS_NAMES_MAX)
        g->row_count++;
    memmove(&g->rows[at + 1], &g->rows[at], (g->row_count - 1 - at) * sizeof g->rows[0]);
    g->rows[at] = row;
}

static bool shares(const struct fleet *fleet, size_t kind, row_id row, row_id other)
{
    enum field b = sibling_kinds[kind].b;
    return fleet_same_text(fleet, row, other, sibling_kinds[kind].a) &&
           (b == FIELD_NONE || fleet_same_text(fleet, row, other, b));
}

void siblings_of(const struct fleet *fleet, row_id row, const row_id *leaving, size_t leaving_count,
                 struct siblings *out)
{
    size_t kind_of[SIBLINGS_GROUPS_MAX];
    memset(out, 0, sizeof *out);
    out->twin = ROW_NONE;
    if (!fleet_alive(fleet, row))
        return;
    for (size_t k = 0; k < SIBLINGS_GROUPS_MAX; k++) {
        enum field f = sibling_kinds[k].b == FIELD_NONE ? sibling_kinds[k].a : sibling_kinds[k].b;
        struct span value = sibling_text(fleet, row, f);
        if (value.len == 0)
            continue;
        kind_of[out->count] = k;
        out->groups[out->count].words = sibling_kinds[k].words;
        out->groups[out->count++].value = value;
    }
    struct span name = sibling_text(fleet, row, FIELD_NAME);
    for (row_id other = 0; other < fleet_rows(fleet); other++) {
        if (other == row || !fleet_alive(fleet, other) || has(leaving, leaving_count, other))
            continue;
        if (out->twin == ROW_NONE && name.len && fleet_same_text(fleet, row, other, FIELD_NAME))
            out->twin = other;
        bool enabled = sibling_enabled(fleet, other);
        for (size_t i = 0; i < out->count; i++) {
            if (!shares(fleet, kind_of[i], row, other))
                continue;
            out->groups[i].enabled += enabled;
            out->groups[i].disabled += !enabled;
            if (enabled)
                keep(fleet, &out->groups[i], other);
        }
    }
    for (size_t i = 0; i < out->count; i++)
        out->last |= out->groups[i].enabled == 0;
}
