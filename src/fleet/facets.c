/* facets.c: how many accounts have each value of a field, and whether any has one. Walks over all
 * rows, on request only: rows of one text are told by its number, and the text is looked at once.
 */
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "fleet/fleet_private.h"

#include <stdlib.h>

/* Rows that say the same: those of one text, by its number, or of one plain value. */
struct alike {
    row_id row; /* one of them */
    uint32_t count, shown;
};

enum { ALIKE_ABSENT, ALIKE_NULL, ALIKE_NO, ALIKE_YES, ALIKE_PLAIN };

struct counting {
    struct arena *mem;
    struct map seen; /* text → index */
    struct facet *facets;
    size_t count, room;
    struct alike plain[ALIKE_PLAIN];
    struct alike *texts; /* owned; by the text's number */
    uint32_t *met;       /* owned; numbers of texts, in the order they were met */
    size_t met_count, met_room;
    const struct alike *alike; /* those that are counted now */
};

static void count_text(struct counting *c, struct span text)
{
    uint32_t i;
    if (!map_get(&c->seen, text, &i)) {
        VEC_ROOM(c->facets, c->count, c->room);
        struct span kept = arena_dup(c->mem, text);
        i = (uint32_t)c->count++;
        map_set(&c->seen, kept, i);
        c->facets[i] = (struct facet){.text = kept};
    }
    c->facets[i].count += c->alike->count;
    c->facets[i].shown += c->alike->shown;
}

static void count_pair(void *ctx, struct span key, struct span val)
{
    struct str pair = STR_INIT;
    str_add_span(&pair, key);
    str_add_char(&pair, '=');
    str_add_span(&pair, val);
    count_text(ctx, span_from(&pair));
    str_finish(&pair);
}

static int by_count(const void *a, const void *b)
{
    const struct facet *x = a, *y = b;
    if (x->shown != y->shown)
        return x->shown < y->shown ? 1 : -1;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return span_cmp(x->text, y->text);
}

/* What one of them shows, for all of them. */
static void count_alike(struct counting *c, const struct fleet *fleet, enum field field,
                        const struct alike *alike)
{
    struct str shown = STR_INIT;
    struct value v;
    c->alike = alike;
    if (!alike->count)
        return;
    fleet_get(fleet, alike->row, field, &v);
    if (field_info(field)->type == FT_MAP && value_known(&v)) {
        value_pairs(&v, count_pair, c);
        return;
    }
    value_show(field, &v, SHOW_FULL, &shown);
    count_text(c, span_from(&shown));
    str_finish(&shown);
}

/* Where a row without a text belongs; NULL: to nobody. */
static struct alike *plain_of(struct counting *c, const struct fleet *fleet, enum field field,
                              row_id row)
{
    struct value v;
    fleet_get(fleet, row, field, &v);
    if (v.presence == PRESENCE_ABSENT || v.presence == PRESENCE_NULL)
        return &c->plain[v.presence == PRESENCE_NULL ? ALIKE_NULL : ALIKE_ABSENT];
    if (v.presence == PRESENCE_VALUE && field_info(field)->type == FT_BOOL)
        return &c->plain[v.i ? ALIKE_YES : ALIKE_NO];
    return NULL;
}

static struct alike *text_of(struct counting *c, uint32_t at)
{
    if (!c->texts[at].count) {
        VEC_ROOM(c->met, c->met_count, c->met_room);
        c->met[c->met_count++] = at;
    }
    return &c->texts[at];
}

size_t fleet_facets(const struct fleet *fleet, enum field field, const bool *shown_rows,
                    struct arena *mem, struct facet **out)
{
    const struct cells *cells = &fleet->cells;
    struct counting c = {.mem = mem};
    map_init(&c.seen);
    const struct codes *codes = &cells->columns[field].texts;
    c.texts = mem_calloc(codes->wide ? cells->texts.count + 1u : CODES_MAX + 1u, sizeof *c.texts);
    for (row_id row = 0; row < fleet_rows(fleet); row++) {
        if (!fleet_alive(fleet, row))
            continue;
        uint32_t id = cells_text(cells, row, field);
        struct alike one = {row, 0, 0};
        struct alike *alike = id ? text_of(&c, codes->wide ? id : codes->narrow[row])
                                 : plain_of(&c, fleet, field, row);
        alike = alike ? alike : &one;
        alike->row = row;
        alike->count++;
        alike->shown += !shown_rows || shown_rows[row];
        if (alike == &one)
            count_alike(&c, fleet, field, &one);
    }
    for (size_t i = 0; i < ALIKE_PLAIN; i++)
        count_alike(&c, fleet, field, &c.plain[i]);
    for (size_t i = 0; i < c.met_count; i++)
        count_alike(&c, fleet, field, &c.texts[c.met[i]]);
    map_finish(&c.seen);
    mem_free(c.texts);
    mem_free(c.met);
    if (c.count)
        qsort(c.facets, c.count, sizeof *c.facets, by_count);
    *out = arena_alloc(mem, (c.count ? c.count : 1) * sizeof **out);
    for (size_t i = 0; i < c.count; i++)
        (*out)[i] = c.facets[i];
    mem_free(c.facets);
    return c.count;
}

bool fleet_has_text(struct fleet *fleet, enum field field, struct span text)
{
    const struct cells *cells = fleet_cells(fleet);
    uint32_t id = intern_find(&cells->texts, text);
    for (row_id row = 0; id && row < fleet_rows(fleet); row++)
        if (fleet_alive(fleet, row) && cells_text(cells, row, field) == id)
            return true;
    return false;
}

size_t fleet_words(struct fleet *fleet, enum field field, struct span *out, size_t room)
{
    const struct cells *cells = fleet_cells(fleet);
    uint32_t ids[FLEET_WORDS_MAX], last = 0;
    size_t count = 0;
    room = room < FLEET_WORDS_MAX ? room : FLEET_WORDS_MAX;
    for (row_id row = 0; row < fleet_rows(fleet) && count < room; row++) {
        uint32_t id = fleet_alive(fleet, row) ? cells_text(cells, row, field) : 0;
        size_t i = 0;
        if (!id || id == last)
            continue;
        last = id;
        while (i < count && ids[i] != id)
            i++;
        if (i < count)
            continue;
        ids[count] = id;
        out[count++] = intern_span(&cells->texts, id);
    }
    return count;
}
