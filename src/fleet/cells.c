/* cells.c: see cells.h. */
#include "fleet/cells.h"

#include "base/mem.h"
#include "base/when.h"

#include <string.h>

#define GROW_BY_LESS 16384 /* rows */
#define SEARCH_ROWS  64

static void on_freed(void *ctx, uint32_t id)
{
    search_forget(ctx, id);
}

void cells_init(struct cells *c)
{
    memset(c, 0, sizeof *c);
    intern_init(&c->texts);
    search_init(&c->search);
    c->texts.freed = on_freed;
    c->texts.ctx = &c->search;
}

void cells_finish(struct cells *c)
{
    for (size_t f = 0; f < FIELD_COUNT; f++) {
        mem_free(c->columns[f].presence);
        ints_finish(&c->columns[f].ints);
        codes_finish(&c->columns[f].texts);
    }
    intern_finish(&c->texts);
    search_finish(&c->search);
    names_finish(&c->names);
    memset(c, 0, sizeof *c);
}

static void *grow(void *items, uint32_t from, uint32_t to, size_t size)
{
    char *p = mem_realloc(items, to, size);
    memset(p + from * size, 0, (to - from) * size);
    return p;
}

void cells_reserve(struct cells *c, uint32_t rows)
{
    if (rows <= c->room)
        return;
    /* Large columns grow by less: what stands empty counts more than a copy now and then. */
    uint32_t room = c->room + c->room / (c->room < GROW_BY_LESS ? 2 : 8);
    if (room < rows)
        room = rows < 64 ? 64 : rows;
    room = (room + 3) & ~3u;
    for (size_t f = 0; f < FIELD_COUNT; f++) {
        struct cells_column *col = &c->columns[f];
        col->presence = grow(col->presence, c->room / 4, room / 4, 1);
        ints_reserve(&col->ints, c->room, room);
        codes_reserve(&col->texts, c->room, room);
    }
    c->room = room;
}

static enum presence presence_get(const struct cells_column *col, uint32_t row)
{
    return (enum presence)(col->presence[row / 4] >> (row % 4 * 2) & 3);
}

static void presence_set(struct cells_column *col, uint32_t row, enum presence p)
{
    unsigned shift = row % 4 * 2;
    unsigned rest = col->presence[row / 4] & ~(3u << shift);
    col->presence[row / 4] = (uint8_t)(rest | (unsigned)p << shift);
}

static bool has_ints(enum field_type type)
{
    return type == FT_INT || type == FT_SECONDS || type == FT_BOOL || type == FT_TIME ||
           type == FT_MAP;
}

static bool is_number(enum field_type type)
{
    return type == FT_INT || type == FT_SECONDS;
}

/* Whether the value's text has to be kept: not for a plain number, which is all in its digits, nor
 * for a time as most servers write it. */
static bool has_text(enum field_type type, const struct value *v)
{
    if (v->presence == PRESENCE_BAD)
        return true;
    if (v->presence != PRESENCE_VALUE || type == FT_BOOL || type == FT_GROUP)
        return false;
    if (type == FT_TIME)
        return !when_is_rfc3339(v->text.p, v->text.len, v->i);
    return !is_number(type) || v->inexact;
}

void cells_get(const struct cells *c, uint32_t row, enum field field, struct value *out)
{
    const struct cells_column *col = &c->columns[field];
    *out = (struct value){.presence = presence_get(col, row), .text = {"", 0}};
    if (out->presence < PRESENCE_VALUE)
        return;
    uint32_t text = codes_get(&col->texts, row);
    out->text = intern_span(&c->texts, text);
    if (out->presence == PRESENCE_VALUE) {
        out->i = ints_get(&col->ints, row);
        out->inexact = text && is_number(field_info(field)->type);
    }
}

static void prefetch_row(const struct cells_column *col, uint32_t row)
{
    __builtin_prefetch(&col->presence[row / 4]);
    ints_expect(&col->ints, row);
    codes_expect(&col->texts, row);
}

void cells_prefetch(const struct cells *c, const uint32_t *rows, size_t row_count,
                    const enum field *fields, size_t field_count)
{
    /* Three rounds, since each look-up leads to the next: number, slot, bytes. */
    for (int round = 0; round < 3; round++) {
        for (size_t f = 0; f < field_count; f++) {
            const struct cells_column *col = &c->columns[fields[f]];
            for (size_t i = 0; i < row_count; i++) {
                if (rows[i] >= c->room)
                    continue;
                if (round == 0)
                    prefetch_row(col, rows[i]);
                else if (round == 1)
                    intern_expect_slot(&c->texts, codes_get(&col->texts, rows[i]));
                else
                    intern_expect_bytes(&c->texts, codes_get(&col->texts, rows[i]));
            }
        }
    }
}

/* A text that is kept already costs a look. */
static void search_text(struct cells *c, uint32_t id, enum field field)
{
    if (!search_has(&c->search, id) && (field_info(field)->flags & FF_SEARCH))
        search_add(&c->search, id, field, intern_span(&c->texts, id));
}

/* Some rows of one field: all of them are asked for before the first is looked at. */
static void search_rows(struct cells *c, enum field field, uint32_t from, uint32_t end)
{
    uint32_t ids[SEARCH_ROWS];
    for (uint32_t row = from; row < end;) {
        size_t n = 0;
        for (; row < end && n < SEARCH_ROWS; row++) {
            uint32_t id = cells_text(c, row, field);
            if (!id || search_has(&c->search, id))
                continue;
            intern_expect_slot(&c->texts, id);
            ids[n++] = id;
        }
        for (size_t i = 0; i < n; i++)
            intern_expect_bytes(&c->texts, ids[i]);
        for (size_t i = 0; i < n; i++)
            search_add(&c->search, ids[i], field, intern_span(&c->texts, ids[i]));
    }
}

bool cells_search_some(struct cells *c, uint32_t rows, uint32_t count)
{
    uint32_t from = c->search.listed, end = rows - from > count ? from + count : rows;
    c->search.on = true;
    for (int f = 0; f < FIELD_COUNT && from < end; f++) {
        if (field_info((enum field)f)->flags & FF_SEARCH)
            search_rows(c, (enum field)f, from, end);
    }
    c->search.listed = end > from ? end : from;
    return c->search.listed >= rows;
}

/* Before the texts are let go: their numbers are others' then. */
static void count_name(struct cells *c, uint32_t before, uint32_t now)
{
    if (before == now)
        return;
    names_take(&c->names, now);
    names_drop(&c->names, before);
}

/* hash: of the text, when it has one. */
static void cell_put(struct cells *c, uint32_t row, enum field field, const struct value *v,
                     uint32_t hash)
{
    struct cells_column *col = &c->columns[field];
    enum field_type type = field_info(field)->type;
    uint32_t name = field == FIELD_NAME ? cells_text(c, row, field) : 0;
    presence_set(col, row, v->presence);
    if (v->presence == PRESENCE_VALUE && has_ints(type))
        ints_set(&col->ints, c->room, row, v->i);
    /* The new text is taken before the old one is dropped: they may be the same bytes. */
    uint32_t text = 0;
    if (has_text(type, v)) {
        text = intern_take_hashed(&c->texts, v->text, hash);
        if (c->search.on && v->presence == PRESENCE_VALUE)
            search_text(c, text, field);
    }
    uint32_t before = codes_get(&col->texts, row);
    codes_set(&col->texts, c->room, row, text);
    if (field == FIELD_NAME)
        count_name(c, name, cells_text(c, row, field));
    intern_drop(&c->texts, before);
}

size_t cells_put(struct cells *c, uint32_t row, const struct value v[FIELD_COUNT],
                 struct field_set *changed)
{
    size_t n = 0;
    uint32_t hashes[FIELD_COUNT] = {0};
    if (changed)
        memset(changed, 0, sizeof *changed);
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (has_text(field_info((enum field)f)->type, &v[f]))
            hashes[f] = intern_expect(&c->texts, v[f].text);
    }
    for (int f = 0; f < FIELD_COUNT; f++) {
        struct value old;
        cells_get(c, row, (enum field)f, &old);
        if (value_eq((enum field)f, &old, &v[f]))
            continue;
        cell_put(c, row, (enum field)f, &v[f], hashes[f]);
        if (changed)
            changed->has[f] = true;
        n++;
    }
    return n;
}

void cells_clear(struct cells *c, uint32_t row)
{
    struct value absent = value_absent();
    for (int f = 0; f < FIELD_COUNT; f++)
        cell_put(c, row, (enum field)f, &absent, 0);
}
