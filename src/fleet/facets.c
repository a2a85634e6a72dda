/* facets.c: how many accounts have each value of a field, and whether any has one. Walks over all
 * rows, on request only. */
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "fleet/cells.h"
#include "fleet/fleet.h"

#include <stdlib.h>

struct counting {
    struct arena *mem;
    struct map seen; /* text → index */
    struct facet *facets;
    size_t count, room;
    bool shown; /* the row that is counted now */
};

static void count_text(struct counting *c, struct span text)
{
    uint32_t i;
    if (map_get(&c->seen, text, &i)) {
        c->facets[i].count++;
        c->facets[i].shown += c->shown;
        return;
    }
    VEC_ROOM(c->facets, c->count, c->room);
    struct span kept = arena_dup(c->mem, text);
    map_set(&c->seen, kept, (uint32_t)c->count);
    c->facets[c->count++] = (struct facet){kept, 1, c->shown};
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

size_t fleet_facets(const struct fleet *fleet, enum field field, const bool *shown_rows,
                    struct arena *mem, struct facet **out)
{
    struct counting c = {.mem = mem};
    struct str shown = STR_INIT;
    map_init(&c.seen);
    for (row_id row = 0; row < fleet_rows(fleet); row++) {
        struct value v;
        if (!fleet_alive(fleet, row))
            continue;
        c.shown = !shown_rows || shown_rows[row];
        fleet_get(fleet, row, field, &v);
        if (field_info(field)->type == FT_MAP && value_known(&v)) {
            value_pairs(&v, count_pair, &c);
            continue;
        }
        str_clear(&shown);
        value_show(field, &v, SHOW_FULL, &shown);
        count_text(&c, span_from(&shown));
    }
    str_finish(&shown);
    map_finish(&c.seen);
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
