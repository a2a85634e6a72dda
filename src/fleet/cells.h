/* cells.h: the fields of all rows, a column a field.
 *
 * Arrays over rows instead of records: a filter or a sort touches one field of a hundred thousand
 * accounts, and the types need no padding. What a column holds follows from its field's type; the
 * field table needs no second edit. Presence is 2 bits, in the order of enum presence. */
#ifndef FLEET_CELLS_H
#define FLEET_CELLS_H

#include "fleet/codes.h"
#include "fleet/intern.h"
#include "fleet/ints.h"
#include "fleet/names.h"
#include "fleet/search.h"
#include "model/patch.h"
#include "model/value.h"

struct cells_column {
    uint8_t *presence;  /* 4 rows a byte */
    struct ints ints;   /* INT, SECONDS, BOOL, TIME, MAP */
    struct codes texts; /* interned: TEXT, OPEN, MAP, BAD, digits of inexact numbers, times that are
                           not written as when_rfc3339 does */
};

struct cells {
    struct cells_column columns[FIELD_COUNT];
    struct intern texts;
    struct search search; /* of the fields with FF_SEARCH, once it is on */
    struct names names;   /* which names more than one row has */
    uint32_t room;        /* rows */
};

void cells_init(struct cells *c);
void cells_finish(struct cells *c);
/* Room for `rows` rows; new ones are absent in every field. */
void cells_reserve(struct cells *c, uint32_t rows);
/* Stores v[FIELD_COUNT] in a row; changed (may be NULL) gets the fields that differ from before.
 * Returns how many do. */
size_t cells_put(struct cells *c, uint32_t row, const struct value v[FIELD_COUNT],
                 struct field_set *changed);
void cells_get(const struct cells *c, uint32_t row, enum field field, struct value *out);
/* Asks the processor for what cells_get of these fields will need, of all rows at once: rows of one
 * screen lie anywhere in the columns, and waiting for each in turn is what a page would take. */
void cells_prefetch(const struct cells *c, const uint32_t *rows, size_t row_count,
                    const enum field *fields, size_t field_count);
/* The number of the text of a value that is there; 0 where there is none, or no text. */
static inline uint32_t cells_text(const struct cells *c, uint32_t row, enum field field)
{
    const struct cells_column *col = &c->columns[field];
    bool value = (col->presence[row / 4] >> (row % 4 * 2) & 3) == PRESENCE_VALUE;
    return value ? codes_get(&col->texts, row) : 0;
}
/* Keeps the searched texts of some rows more, `count` of the `rows` there are, and of all that come
 * from now on; true when none is left out. */
bool cells_search_some(struct cells *c, uint32_t rows, uint32_t count);
/* Makes every field of a row absent. */
void cells_clear(struct cells *c, uint32_t row);

/* The columns of a fleet, for the rest of this room (fleet.c); (borrowed) until fleet_clear. */
struct fleet;
struct cells *fleet_cells(struct fleet *fleet);

#endif
