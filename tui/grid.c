/* grid.c: see grid.h. */
#include "tui/grid.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

#define CLUSTERS_KEPT 4096 /* more are forgotten at the next grid_clear() */
#define SLOTS_FIRST   64   /* a power of two */

static const struct grid_cell blank = {.what = ' ', .look = LOOK_PLAIN, .part = GRID_WHOLE};

_Static_assert(sizeof(struct grid_cell) == 8, "cells are compared as bytes");

static void make_room(struct grid *g, int rows, int cols)
{
    g->rows = rows;
    g->cols = cols;
    g->cells = mem_realloc(g->cells, (size_t)rows * (size_t)cols, sizeof *g->cells);
    g->drawn = mem_realloc(g->drawn, (size_t)rows, sizeof *g->drawn);
    g->cursor_y = g->cursor_x = 0;
    grid_clear(g);
}

void grid_init(struct grid *g, int rows, int cols)
{
    *g = (struct grid){.cursor = true};
    looks_init(&g->looks);
    make_room(g, rows, cols);
}

void grid_finish(struct grid *g)
{
    looks_finish(&g->looks);
    mem_free(g->cells);
    mem_free(g->drawn);
    mem_free(g->clusters);
    mem_free(g->slots);
    *g = (struct grid){.rows = 0};
}

void grid_resize(struct grid *g, int rows, int cols)
{
    make_room(g, rows, cols);
}

/* ---- clusters ----------------------------------------------------------------------------- */

static void forget_clusters(struct grid *g)
{
    g->cluster_count = 0;
    memset(g->slots, 0, g->slot_count * sizeof *g->slots);
    g->forgot = true;
}

static size_t hash(const struct grid_cluster *c)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < GRID_CODES; i++)
        h = (h ^ c->codes[i]) * 16777619u;
    return h ^ h >> 15;
}

/* The slot that has this cluster, or the empty one where it belongs. */
static uint32_t *slot_of(struct grid *g, const struct grid_cluster *c)
{
    size_t at = hash(c) & (g->slot_count - 1);
    while (g->slots[at] && memcmp(&g->clusters[g->slots[at] - 1], c, sizeof *c) != 0)
        at = (at + 1) & (g->slot_count - 1);
    return &g->slots[at];
}

static void grow_slots(struct grid *g)
{
    mem_free(g->slots);
    g->slot_count = g->slot_count ? 2 * g->slot_count : SLOTS_FIRST;
    g->slots = mem_calloc(g->slot_count, sizeof *g->slots);
    for (size_t i = 0; i < g->cluster_count; i++)
        *slot_of(g, &g->clusters[i]) = (uint32_t)i + 1;
}

static uint32_t cluster_of(struct grid *g, const uint32_t *codes, size_t count)
{
    struct grid_cluster c = {{0}};
    memcpy(c.codes, codes, (count < GRID_CODES ? count : GRID_CODES) * sizeof *codes);
    if (2 * (g->cluster_count + 1) > g->slot_count)
        grow_slots(g);
    uint32_t *slot = slot_of(g, &c);
    if (!*slot) {
        VEC_ROOM(g->clusters, g->cluster_count, g->cluster_room);
        g->clusters[g->cluster_count++] = c;
        *slot = (uint32_t)g->cluster_count;
    }
    return GRID_CLUSTER | (*slot - 1);
}

size_t grid_codes(const struct grid *g, const struct grid_cell *cell, uint32_t codes[GRID_CODES])
{
    size_t n = 0;
    if (!(cell->what & GRID_CLUSTER)) {
        codes[0] = cell->what;
        return cell->what ? 1 : 0;
    }
    const struct grid_cluster *c = &g->clusters[cell->what & ~GRID_CLUSTER];
    while (n < GRID_CODES && c->codes[n]) {
        codes[n] = c->codes[n];
        n++;
    }
    return n;
}

/* ---- writing ------------------------------------------------------------------------------ */

void grid_clear(struct grid *g)
{
    size_t count = (size_t)g->rows * (size_t)g->cols;
    for (size_t i = 0; i < count; i++)
        g->cells[i] = blank;
    for (int y = 0; y < g->rows; y++)
        g->drawn[y] = (struct grid_drawn){0, g->cols};
    if (g->cluster_count > CLUSTERS_KEPT)
        forget_clusters(g);
}

/* What is left of a wide character that loses its other half. */
static void leave_blank(struct grid_cell *cell)
{
    cell->what = ' ';
    cell->part = GRID_WHOLE;
}

/* The cells from y,x on that are about to be written, *n of them: cut at the edges. */
static struct grid_cell *open_cells(struct grid *g, int y, int x, int *n)
{
    if (y < 0 || y >= g->rows || x < 0 || x >= g->cols || *n <= 0)
        return NULL;
    *n = *n < g->cols - x ? *n : g->cols - x;
    struct grid_cell *row = grid_row(g, y);
    int from = x, end = x + *n;
    if (row[x].part == GRID_RIGHT)
        leave_blank(&row[--from]);
    if (end < g->cols && row[end].part == GRID_RIGHT)
        leave_blank(&row[end++]);
    struct grid_drawn *drawn = &g->drawn[y];
    drawn->from = from < drawn->from ? from : drawn->from;
    drawn->end = end > drawn->end ? end : drawn->end;
    return row + x;
}

void grid_ascii(struct grid *g, int y, int x, const char *text, size_t len, int look)
{
    int n = len < (size_t)g->cols ? (int)len : g->cols;
    struct grid_cell *cells = open_cells(g, y, x, &n);
    for (int i = 0; cells && i < n; i++)
        cells[i] = (struct grid_cell){(unsigned char)text[i], (uint16_t)look, GRID_WHOLE};
}

void grid_fill(struct grid *g, int y, int x, uint32_t code, int times, int look)
{
    struct grid_cell *cells = open_cells(g, y, x, &times);
    const struct grid_cell cell = {code, (uint16_t)look, GRID_WHOLE};
    for (int i = 0; cells && i < times; i++)
        cells[i] = cell;
}

void grid_put(struct grid *g, int y, int x, const uint32_t *codes, size_t count, int cells,
              int look)
{
    if (!count || x + cells > g->cols)
        return;
    struct grid_cell *at = open_cells(g, y, x, &cells);
    if (!at)
        return;
    uint32_t what = count == 1 ? codes[0] : cluster_of(g, codes, count);
    at[0] = (struct grid_cell){what, (uint16_t)look, cells == 2 ? GRID_LEFT : GRID_WHOLE};
    if (cells == 2)
        at[1] = (struct grid_cell){0, (uint16_t)look, GRID_RIGHT};
}
