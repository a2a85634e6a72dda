/* view.c: see view.h.
 *
 * News of the fleet only flag rows as dirty, and only rows whose news can move them. The first
 * question afterwards settles all of them in one pass: dirty rows leave the array, those that match
 * are sorted among themselves, and each is put in its place by a search. A page of a hundred new
 * accounts moves memory and looks at some two thousand rows; between changes every question is a
 * look-up. Where a row stands is searched for by the order, not kept: one row more would change the
 * places of all behind it. */
#include "fleet/view.h"

#include "base/mem.h"
#include "base/vec.h"
#include "fleet/cells.h"
#include "fleet/view_private.h"

#include <stdlib.h>
#include <string.h>

#define NOW_STEP_MS 10000
/* New ones that view_work puts in their places at once: 0.2 ms. Of many a part, since each time
 * the rows behind them move in memory. */
#define SETTLE_ROWS 32
#define SETTLE_PART 8

void rows_add(struct rows *rows, row_id row)
{
    VEC_ROOM(rows->at, rows->count, rows->room);
    rows->at[rows->count++] = row;
}

void rows_finish(struct rows *rows)
{
    mem_free(rows->at);
    *rows = (struct rows){NULL, 0, 0};
}

/* ---- what moves a row ---- */

static void depend_on(struct depends *d, const struct column *column)
{
    if (column->field == FIELD_NONE)
        d->any = true;
    else
        d->fields.has[column->field] = true;
    d->ages = d->ages || column->ages;
}

struct depends depends_on_sort(const struct sort *sort)
{
    struct depends d = {.any = false};
    for (size_t i = 0; i < sort->count; i++)
        depend_on(&d, sort->keys[i].column);
    return d;
}

struct depends depends_on_filter(const struct filter *filter)
{
    struct depends d = {.any = false};
    for (size_t i = 0; filter && i < filter_term_count(filter); i++) {
        struct filter_term t = filter_term_at(filter, i);
        for (int f = 0; t.by == FILTER_BY_SEARCH && f < FIELD_COUNT; f++)
            d.fields.has[f] = d.fields.has[f] || (field_info((enum field)f)->flags & FF_SEARCH);
        if (t.by != FILTER_BY_SEARCH && t.field == FIELD_NONE)
            d.any = true;
        else if (t.by != FILTER_BY_SEARCH)
            d.fields.has[t.field] = true;
    }
    return d;
}

static bool depends_touched(const struct depends *d, const struct field_set *changed)
{
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (changed->has[f] && (d->any || d->fields.has[f]))
            return true;
    }
    return false;
}

/* ---- news ---- */

void view_mark(struct view *v, row_id row, enum dirty_flag flag, struct rows *list)
{
    if (row >= v->flag_room) {
        size_t room = row + row / 2u + 64;
        v->flags = mem_realloc(v->flags, room, sizeof *v->flags);
        memset(v->flags + v->flag_room, 0, (room - v->flag_room) * sizeof *v->flags);
        v->flag_room = room;
    }
    if (v->flags[row] & flag)
        return;
    v->flags[row] |= (uint8_t)flag;
    rows_add(list, row);
}

static void on_cleared(struct view *v)
{
    job_drop(v);
    v->all.count = v->shown.count = v->dirty.count = v->job.dirty.count = 0;
    if (v->flag_room)
        memset(v->flags, 0, v->flag_room * sizeof *v->flags);
    if (v->job.stage != JOB_NONE)
        job_begin(v);
}

static void on_changed(struct view *v, const struct fleet_event *event)
{
    struct job *j = &v->job;
    bool changed = event->type == FLEET_EV_CHANGED;
    if (!changed || depends_touched(&v->order_on, event->fields) ||
        depends_touched(&v->filter_on, event->fields)) {
        view_mark(v, event->row, DIRTY_VIEW, &v->dirty);
        v->misplaced = v->misplaced || event->type != FLEET_EV_ADDED;
    }
    if (j->stage == JOB_NONE)
        return;
    /* What the job has read of it may be old now, whatever it was. */
    view_mark(v, event->row, DIRTY_JOB, &j->dirty);
    if (changed && depends_touched(&j->order_on, event->fields))
        j->mixed = true;
}

static void on_fleet(void *ctx, const struct fleet_event *event)
{
    struct view *v = ctx;
    if (event->type == FLEET_EV_STATE)
        return; /* a mark or a lock moves nothing */
    if (event->type == FLEET_EV_CLEARED)
        on_cleared(v);
    else
        on_changed(v, event);
    /* What is only added is not seen before it is settled. */
    if (event->type != FLEET_EV_ADDED || !v->sliced)
        v->version++;
}

/* ---- life ---- */

struct view *view_create(struct fleet *fleet, const struct column_set *columns)
{
    struct view *v = mem_calloc(1, sizeof *v);
    v->fleet = fleet;
    v->columns = columns;
    v->sort = sort_default(columns);
    v->order_on = depends_on_sort(&v->sort);
    fleet_listen(fleet, on_fleet, v);
    view_set_sort(v, &v->sort);
    return v;
}

void view_destroy(struct view *view)
{
    if (!view)
        return;
    fleet_unlisten(view->fleet, on_fleet, view);
    job_drop(view);
    filter_destroy(view->job.filter);
    filter_destroy(view->filter);
    rows_finish(&view->job.dirty);
    rows_finish(&view->all);
    rows_finish(&view->shown);
    rows_finish(&view->dirty);
    mem_free(view->scores);
    mem_free(view->flags);
    mem_free(view);
}

/* ---- the order ---- */

void view_set_score(struct view *v, row_id row, int32_t score)
{
    if (row >= v->score_room) {
        size_t room = row + row / 2u + 64;
        v->scores = mem_realloc(v->scores, room, sizeof *v->scores);
        memset(v->scores + v->score_room, 0, (room - v->score_room) * sizeof *v->scores);
        v->score_room = room;
    }
    v->scores[row] = score;
}

static int32_t score_of(const struct view *v, row_id row)
{
    return row < v->score_room ? v->scores[row] : 0;
}

int view_compare(const struct view *v, bool ranked, row_id a, row_id b)
{
    if (ranked && score_of(v, a) != score_of(v, b))
        return score_of(v, a) > score_of(v, b) ? -1 : 1;
    struct row_source x = fleet_row_source(v->fleet, a), y = fleet_row_source(v->fleet, b);
    return sort_compare(&v->sort, v->columns, &x, &y);
}

static int compare_ranked(const void *a, const void *b, void *ctx)
{
    return view_compare(ctx, true, *(const row_id *)a, *(const row_id *)b);
}

/* The first of rows [0, count) that does not stand before `row`. */
static size_t place_of(const struct view *v, const struct rows *rows, size_t count, bool ranked,
                       row_id row)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (view_compare(v, ranked, rows->at[middle], row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- settling ---- */

static void take_out_dirty(const struct view *v, struct rows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (!view_flag(v, rows->at[i], DIRTY_VIEW))
            rows->at[kept++] = rows->at[i];
    }
    rows->count = kept;
}

/* Puts sorted rows in their places, from the back, moving what lies between two of them at once. */
static void put_in(const struct view *v, struct rows *rows, const struct rows *fresh, bool ranked)
{
    size_t end = rows->count, to = rows->count + fresh->count;
    while (rows->room < to)
        rows->at = vec_grow(rows->at, &rows->room, sizeof *rows->at);
    rows->count = to;
    for (size_t i = fresh->count; i-- > 0;) {
        size_t at = place_of(v, rows, end, ranked, fresh->at[i]);
        to -= end - at;
        memmove(rows->at + to, rows->at + at, (end - at) * sizeof *rows->at);
        rows->at[--to] = fresh->at[i];
        end = at;
    }
}

/* From the dirty row `from` on; all of them when some are misplaced. */
static void settle_from(struct view *v, size_t from)
{
    struct rows alive = {NULL, 0, 0}, match = {NULL, 0, 0};
    for (size_t i = from; i < v->dirty.count; i++) {
        if (fleet_alive(v->fleet, v->dirty.at[i]))
            rows_add(&alive, v->dirty.at[i]);
    }
    order_rows(v->fleet, v->columns, &v->sort, alive.at, alive.count);
    if (v->misplaced)
        take_out_dirty(v, &v->all);
    put_in(v, &v->all, &alive, false);
    for (size_t i = 0; v->filter && i < alive.count; i++) {
        if (!match_row(v->fleet, v->filter, alive.at[i]))
            continue;
        rows_add(&match, alive.at[i]);
        if (v->ranked)
            view_set_score(v, alive.at[i], match_score(v->fleet, v->filter, alive.at[i]));
    }
    if (v->ranked && match.count)
        qsort_r(match.at, match.count, sizeof *match.at, compare_ranked, v);
    if (v->filter) {
        if (v->misplaced)
            take_out_dirty(v, &v->shown);
        put_in(v, &v->shown, &match, v->ranked);
    }
    rows_finish(&alive);
    rows_finish(&match);
    for (size_t i = from; i < v->dirty.count; i++)
        v->flags[v->dirty.at[i]] &= (uint8_t)~DIRTY_VIEW;
    v->dirty.count = from;
    v->misplaced = false;
    v->version++;
}

static void settle_dirty(struct view *v)
{
    settle_from(v, 0);
}

/* For a slice; true when some are left. Whoever waits for a job wants all of them first. */
static bool settle_some(struct view *v, size_t units)
{
    size_t count = v->dirty.count, some = count / SETTLE_PART;
    some = some < SETTLE_ROWS ? SETTLE_ROWS : some;
    some = some < units ? some : units;
    if (v->misplaced || !v->sliced || v->job.stage != JOB_NONE || some > count)
        some = count;
    if (count)
        settle_from(v, count - some);
    return v->dirty.count != 0;
}

/* For a question: what is only added may wait for view_work where there is one, but for the first
 * rows of all. */
static const struct rows *settle(const struct view *view)
{
    /* Settling is not seen from outside: the questions stay const. */
    struct view *v = (struct view *)(uintptr_t)view;
    if (!v->sliced)
        job_work(v, SIZE_MAX);
    if (v->dirty.count && (v->misplaced || !v->sliced || !v->all.count))
        settle_dirty(v);
    return v->filter ? &v->shown : &v->all;
}

/* ---- what is asked for ---- */

void view_set_filter(struct view *view, struct filter *filter)
{
    struct job *j = &view->job;
    job_drop(view);
    filter_destroy(j->filter);
    j->filter = filter;
    j->new_filter = true;
    job_begin(view);
}

void view_set_now(struct view *view, int64_t now_wall_ms)
{
    int64_t moved = now_wall_ms - view->now_wall_ms;
    struct job *j = &view->job;
    struct filter *filter = j->new_filter ? j->filter : view->filter;
    bool filter_moves = filter && filter_ages(filter);
    if ((!filter_moves && !view->order_on.ages) || (moved >= 0 && moved < NOW_STEP_MS))
        return;
    if (filter_moves)
        filter_set_now(filter, now_wall_ms);
    if (view->order_on.ages && !j->new_sort) {
        j->sort = view->sort;
        j->new_sort = true;
    }
    view->now_wall_ms = now_wall_ms;
    job_begin(view);
}

void view_set_sort(struct view *view, const struct sort *sort)
{
    view->job.sort = *sort;
    view->job.new_sort = true;
    job_begin(view);
}

const struct sort *view_sort(const struct view *view)
{
    return view->job.new_sort ? &view->job.sort : &view->sort;
}

void view_set_sliced(struct view *view, bool sliced)
{
    view->sliced = sliced;
}

void view_settle(struct view *view)
{
    settle(view);
    if (view->dirty.count)
        settle_dirty(view);
}

bool view_work(struct view *view, size_t units)
{
    if (settle_some(view, units))
        return true;
    if (view->job.stage != JOB_NONE)
        return !job_work(view, units) || view->expects;
    if (view->expects) {
        uint32_t some = units < UINT32_MAX ? (uint32_t)units : UINT32_MAX;
        view->expects = !cells_search_some(fleet_cells(view->fleet), fleet_rows(view->fleet), some);
    }
    return view->expects;
}

enum view_busy view_busy(const struct view *view, int *percent)
{
    int done = job_percent(view);
    if (percent)
        *percent = done < 99 ? done : 99;
    if (view->job.stage == JOB_NONE)
        return VIEW_READY;
    return view->job.new_sort ? VIEW_SORTING : VIEW_FILTERING;
}

void view_expect_filter(struct view *view)
{
    view->expects = true;
}

/* ---- questions ---- */

uint32_t view_count(const struct view *view)
{
    return (uint32_t)settle(view)->count;
}

row_id view_at(const struct view *view, uint32_t index)
{
    const struct rows *rows = settle(view);
    return index < rows->count ? rows->at[index] : ROW_NONE;
}

uint32_t view_find(const struct view *view, row_id row)
{
    const struct rows *rows = settle(view);
    if (!fleet_alive(view->fleet, row))
        return (uint32_t)rows->count;
    size_t at = place_of(view, rows, rows->count, view->filter && view->ranked, row);
    if (at < rows->count && rows->at[at] == row)
        return (uint32_t)at;
    /* What time has changed stands where it stood until the next sorting. */
    for (at = 0; view->order_on.ages && at < rows->count; at++) {
        if (rows->at[at] == row)
            return (uint32_t)at;
    }
    return (uint32_t)rows->count;
}

uint32_t view_nearest(const struct view *view, row_id row, uint32_t last_index)
{
    uint32_t at = view_find(view, row), count = view_count(view);
    if (at < count || count == 0)
        return count ? at : 0;
    if (fleet_alive(view->fleet, row)) {
        if (view->filter && view->ranked)
            return 0;
        at = (uint32_t)place_of(view, settle(view), count, false, row);
    } else {
        at = last_index;
    }
    return at < count ? at : count - 1;
}

uint64_t view_version(const struct view *view)
{
    return view->version;
}
