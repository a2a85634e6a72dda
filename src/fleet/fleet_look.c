/* fleet_look.c: what is asked of the fleet: its rows, their fields, their records, and what
 * happened to them since they were settled. */
#include "fleet/fleet_private.h"

uint32_t fleet_rows(const struct fleet *fleet)
{
    return (uint32_t)fleet->count;
}

bool fleet_alive(const struct fleet *fleet, row_id row)
{
    return row < fleet->count && (fleet->rows[row].flags & ROW_ALIVE);
}

uint32_t fleet_count(const struct fleet *fleet)
{
    return fleet->alive;
}

/* The number of a name that some account may have; 0: none has it. */
static uint32_t name_text(const struct fleet *fleet, struct span name)
{
    uint32_t text = name.len ? intern_find(&fleet->cells.texts, name) : 0;
    return names_is_held(&fleet->cells.names, text) ? text : 0;
}

uint32_t fleet_find_name(const struct fleet *fleet, struct span name, row_id *out, uint32_t room)
{
    uint32_t n = 0, text = name_text(fleet, name);
    for (row_id row = 0; text && row < fleet->count; row++) {
        if (!fleet_alive(fleet, row) || cells_text(&fleet->cells, row, FIELD_NAME) != text)
            continue;
        if (n < room)
            out[n] = row;
        n++;
    }
    return n;
}

uint32_t fleet_name_holders(const struct fleet *fleet, struct span name)
{
    uint32_t text = name_text(fleet, name);
    return !text ? 0 : names_is_shared(&fleet->cells.names, text) ? 2 : 1;
}

bool fleet_name_shared(const struct fleet *fleet, row_id row)
{
    return fleet_alive(fleet, row) &&
           names_is_shared(&fleet->cells.names, cells_text(&fleet->cells, row, FIELD_NAME));
}

void fleet_get(const struct fleet *fleet, row_id row, enum field field, struct value *out)
{
    cells_get(&fleet->cells, row, field, out);
}

static bool has_text(const struct fleet *fleet, row_id row, enum field field)
{
    struct value v;
    fleet_get(fleet, row, field, &v);
    return value_known(&v) && v.text.len;
}

bool fleet_same_text(const struct fleet *fleet, row_id a, row_id b, enum field field)
{
    uint32_t x = cells_text(&fleet->cells, a, field), y = cells_text(&fleet->cells, b, field);
    if (x && y)
        return x == y;
    return x == y || !has_text(fleet, x ? a : b, field);
}

void fleet_expect(const struct fleet *fleet, const row_id *rows, size_t row_count,
                  const enum field *fields, size_t field_count)
{
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i] < fleet->count)
            __builtin_prefetch(&fleet->rows[rows[i]].flags);
    }
    cells_prefetch(&fleet->cells, rows, row_count, fields, field_count);
}

struct cells *fleet_cells(struct fleet *fleet)
{
    return &fleet->cells;
}

static void source_get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    fleet_get(owner, row, field, out);
}

struct row_source fleet_row_source(const struct fleet *fleet, row_id row)
{
    return (struct row_source){.get = source_get, .owner = fleet, .row = row};
}

struct span fleet_raw(const struct fleet *fleet, row_id row)
{
    return raws_get(fleet->raws, raw_place(&fleet->rows[row]), NULL);
}

bool fleet_has_unknown(const struct fleet *fleet, row_id row)
{
    return fleet->rows[row].flags & ROW_UNKNOWN;
}

int64_t fleet_as_of(const struct fleet *fleet, row_id row)
{
    return fleet->rows[row].as_of;
}

const char *fleet_bad(const struct fleet *fleet, row_id row)
{
    return intern_span(&fleet->cells.texts, fleet->rows[row].bad).p;
}

enum status fleet_account(const struct fleet *fleet, row_id row, struct account *out,
                          struct error *err)
{
    if (!fleet_alive(fleet, row))
        return error_set(err, ST_NOT_FOUND, "the account is gone");
    return account_decode(out, fleet_raw(fleet, row), err);
}

/* ---- what happened since ---- */

enum fleet_news fleet_news(const struct fleet *fleet, row_id row)
{
    const struct row *r = &fleet->rows[row];
    bool alive = r->flags & ROW_ALIVE;
    if (r->flags & ROW_HAS_BASE)
        return !alive                   ? FLEET_NEWS_GONE
               : r->flags & ROW_DIFFERS ? FLEET_NEWS_CHANGED
                                        : FLEET_NEWS_MOVED;
    return alive && (r->flags & ROW_NEW) ? FLEET_NEWS_NEW : FLEET_NEWS_NONE;
}

struct span fleet_base_raw(const struct fleet *fleet, row_id row)
{
    return raws_get(fleet->raws, base_place(&fleet->rows[row]), NULL);
}

struct raw_place fleet_raw_place(const struct fleet *fleet, row_id row)
{
    return raw_place(&fleet->rows[row]);
}

struct raws *fleet_raws(struct fleet *fleet)
{
    return fleet->raws;
}
