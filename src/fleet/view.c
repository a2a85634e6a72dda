/* view.c: see view.h.
 *
 * News of the fleet only flags rows as dirty. The first question afterwards settles all of them in
 * one pass: dirty rows leave the array, those that match are sorted among themselves, and the two
 * sorted runs are merged. A page of a hundred new accounts or a thousand changed ones costs the
 * same single pass, and between changes every question is an array look-up. */
#include "fleet/view.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define NOW_STEP_MS 10000

struct view {
    struct fleet *fleet;              /* (borrowed) */
    const struct column_set *columns; /* (borrowed) */
    struct filter *filter;            /* owned; NULL: none */
    struct sort sort;
    row_id *rows; /* sorted, filtered */
    size_t count, room;
    uint32_t *places; /* row → index in rows, or ROW_NONE; by row id */
    size_t place_room;
    row_id *dirty;
    size_t dirty_count, dirty_room;
    bool *is_dirty; /* by row id */
    size_t flag_room;
    bool rebuild;
    int64_t now_wall_ms; /* that the filter was last told */
    uint64_t version;
};

static void mark_dirty(struct view *v, row_id row)
{
    if (row >= v->flag_room) {
        size_t room = row + row / 2u + 64;
        v->is_dirty = mem_realloc(v->is_dirty, room, sizeof *v->is_dirty);
        memset(v->is_dirty + v->flag_room, 0, (room - v->flag_room) * sizeof *v->is_dirty);
        v->flag_room = room;
    }
    if (v->is_dirty[row])
        return;
    v->is_dirty[row] = true;
    VEC_ROOM(v->dirty, v->dirty_count, v->dirty_room);
    v->dirty[v->dirty_count++] = row;
}

static void on_fleet(void *ctx, const struct fleet_event *event)
{
    struct view *v = ctx;
    if (event->type == FLEET_EV_CLEARED)
        v->rebuild = true;
    else if (event->type != FLEET_EV_STATE)
        mark_dirty(v, event->row);
    v->version++;
}

struct view *view_create(struct fleet *fleet, const struct column_set *columns)
{
    struct view *v = mem_calloc(1, sizeof *v);
    v->fleet = fleet;
    v->columns = columns;
    v->sort = sort_default(columns);
    v->rebuild = true;
    fleet_listen(fleet, on_fleet, v);
    return v;
}

void view_destroy(struct view *view)
{
    if (!view)
        return;
    fleet_unlisten(view->fleet, on_fleet, view);
    filter_destroy(view->filter);
    mem_free(view->rows);
    mem_free(view->places);
    mem_free(view->dirty);
    mem_free(view->is_dirty);
    mem_free(view);
}

static bool matches(const struct view *v, row_id row)
{
    if (!fleet_alive(v->fleet, row))
        return false;
    struct row_source source = fleet_row_source(v->fleet, row);
    return !v->filter || filter_match(v->filter, &source);
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
    const struct view *v = ctx;
    struct row_source x = fleet_row_source(v->fleet, *(const row_id *)a);
    struct row_source y = fleet_row_source(v->fleet, *(const row_id *)b);
    return sort_compare(&v->sort, v->columns, &x, &y);
}

static void remember_places(struct view *v)
{
    size_t need = fleet_rows(v->fleet);
    if (need > v->place_room) {
        v->place_room = need + need / 2 + 64;
        v->places = mem_realloc(v->places, v->place_room, sizeof *v->places);
    }
    if (v->place_room)
        memset(v->places, 0xff, v->place_room * sizeof *v->places);
    for (size_t i = 0; i < v->count; i++)
        v->places[v->rows[i]] = (uint32_t)i;
}

static void clear_dirty(struct view *v)
{
    for (size_t i = 0; i < v->dirty_count; i++)
        v->is_dirty[v->dirty[i]] = false;
    v->dirty_count = 0;
}

static void rebuild_all(struct view *v)
{
    v->count = 0;
    for (row_id row = 0; row < fleet_rows(v->fleet); row++) {
        if (!matches(v, row))
            continue;
        VEC_ROOM(v->rows, v->count, v->room);
        v->rows[v->count++] = row;
    }
    if (v->count)
        qsort_r(v->rows, v->count, sizeof *v->rows, compare_rows, v);
    v->rebuild = false;
}

/* Merges the sorted run fresh[0..n) into the sorted rows, from the back, in place. */
static void merge_fresh(struct view *v, const row_id *fresh, size_t n)
{
    size_t i = v->count, j = n, k = v->count + n;
    while (v->room < k)
        v->rows = vec_grow(v->rows, &v->room, sizeof *v->rows);
    v->count = k;
    while (j) {
        if (i && compare_rows(&v->rows[i - 1], &fresh[j - 1], v) > 0)
            v->rows[--k] = v->rows[--i];
        else
            v->rows[--k] = fresh[--j];
    }
}

static void settle_dirty(struct view *v)
{
    size_t kept = 0, n = 0;
    for (size_t i = 0; i < v->count; i++) {
        row_id row = v->rows[i];
        if (row >= v->flag_room || !v->is_dirty[row])
            v->rows[kept++] = row;
    }
    v->count = kept;
    row_id *fresh = mem_alloc(v->dirty_count * sizeof *fresh);
    for (size_t i = 0; i < v->dirty_count; i++) {
        if (matches(v, v->dirty[i]))
            fresh[n++] = v->dirty[i];
    }
    if (n)
        qsort_r(fresh, n, sizeof *fresh, compare_rows, v);
    merge_fresh(v, fresh, n);
    mem_free(fresh);
}

static void settle(const struct view *view)
{
    /* Settling is not seen from outside: the questions stay const. */
    struct view *v = (struct view *)(uintptr_t)view;
    if (v->rebuild)
        rebuild_all(v);
    else if (v->dirty_count)
        settle_dirty(v);
    else
        return;
    clear_dirty(v);
    remember_places(v);
}

void view_set_filter(struct view *view, struct filter *filter)
{
    filter_destroy(view->filter);
    view->filter = filter;
    view->rebuild = true;
    view->version++;
}

void view_set_now(struct view *view, int64_t now_wall_ms)
{
    int64_t moved = now_wall_ms - view->now_wall_ms;
    if (!view->filter || !filter_ages(view->filter) || (moved >= 0 && moved < NOW_STEP_MS))
        return;
    filter_set_now(view->filter, now_wall_ms);
    view->now_wall_ms = now_wall_ms;
    view->rebuild = true;
    view->version++;
}

void view_set_sort(struct view *view, const struct sort *sort)
{
    view->sort = *sort;
    view->rebuild = true;
    view->version++;
}

const struct sort *view_sort(const struct view *view)
{
    return &view->sort;
}

uint32_t view_count(const struct view *view)
{
    settle(view);
    return (uint32_t)view->count;
}

row_id view_at(const struct view *view, uint32_t index)
{
    settle(view);
    return index < view->count ? view->rows[index] : ROW_NONE;
}

uint32_t view_find(const struct view *view, row_id row)
{
    settle(view);
    if (row >= fleet_rows(view->fleet) || row >= view->place_room || view->places[row] == ROW_NONE)
        return (uint32_t)view->count;
    return view->places[row];
}

uint32_t view_nearest(const struct view *view, row_id row, uint32_t last_index)
{
    uint32_t at = view_find(view, row);
    if (at < view->count)
        return at;
    if (view->count == 0)
        return 0;
    return last_index < view->count ? last_index : (uint32_t)view->count - 1;
}

uint64_t view_version(const struct view *view)
{
    return view->version;
}
