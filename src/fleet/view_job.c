/* view_job.c: a new filter or order, worked out in slices beside the ones that hold.
 *
 * Rows are tried in the order in which they will stand, so a filter needs no sorting. The job works
 * on a copy of the rows as they were when it began; what changes meanwhile is noted, left out, and
 * put in by the view's own way when the result takes its place. */
#include "fleet/view_private.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

static const struct filter *target(const struct view *v)
{
    return v->job.new_filter ? v->job.filter : v->filter;
}

void job_drop(struct view *v)
{
    struct job *j = &v->job;
    order_destroy(j->order);
    matcher_destroy(j->matcher);
    j->order = NULL;
    j->matcher = NULL;
    rows_finish(&j->all);
    rows_finish(&j->from);
    rows_finish(&j->out);
    mem_free(j->scores);
    j->scores = NULL;
    j->score_room = j->at = 0;
    j->mixed = false;
    for (size_t i = 0; i < j->dirty.count; i++)
        v->flags[j->dirty.at[i]] &= (uint8_t)~DIRTY_JOB;
    j->dirty.count = 0;
}

static void copy_rows(struct rows *to, const struct rows *from)
{
    to->at = mem_alloc((from->count + 1) * sizeof *to->at);
    if (from->count)
        memcpy(to->at, from->at, from->count * sizeof *to->at);
    to->count = from->count;
    to->room = from->count + 1;
}

static void list_alive(const struct view *v, struct rows *out)
{
    for (row_id row = 0; row < fleet_rows(v->fleet); row++) {
        if (fleet_alive(v->fleet, row))
            rows_add(out, row);
    }
}

/* The rows that have to be tried, when the order stays. */
static void begin_filter(struct view *v)
{
    struct job *j = &v->job;
    bool less = v->filter && !v->ranked && j->new_filter && j->filter &&
                filter_narrows(j->filter, v->filter);
    copy_rows(&j->from, less ? &v->shown : &v->all);
    j->stage = JOB_PREPARE;
}

void job_begin(struct view *v)
{
    struct job *j = &v->job;
    job_drop(v);
    v->version++;
    if (j->new_sort) {
        struct rows alive = {NULL, 0, 0};
        list_alive(v, &alive);
        j->order_on = depends_on_sort(&j->sort);
        j->order = order_create(v->fleet, v->columns, &j->sort, alive.at, alive.count, NULL);
        rows_finish(&alive);
        j->stage = JOB_SORT;
        return;
    }
    j->order_on = v->order_on;
    /* Rows that are dirty now are not in their places: they are looked at in the end. */
    for (size_t i = 0; i < v->dirty.count; i++)
        view_mark(v, v->dirty.at[i], DIRTY_JOB, &j->dirty);
    begin_filter(v);
}

/* ---- stages ---- */

static void sorted(struct view *v)
{
    struct job *j = &v->job;
    j->all.at = mem_alloc((order_count(j->order) + 1) * sizeof *j->all.at);
    j->all.room = order_count(j->order) + 1;
    j->all.count = order_count(j->order);
    for (size_t i = 0; i < j->all.count; i++)
        j->all.at[i] = order_at(j->order, i);
    order_destroy(j->order);
    j->order = NULL;
    j->at = 0;
    j->stage = j->mixed ? JOB_CHECK : JOB_PREPARE;
    j->mixed = false;
}

/* Rows that changed while they were sorted may have put others out of place: whoever does not stand
 * behind the one before it is taken out, to be put in again. */
static bool check_some(struct view *v, size_t units)
{
    struct job *j = &v->job;
    struct sort held = v->sort;
    v->sort = j->sort;
    for (; units && j->at < j->all.count; units--, j->at++) {
        row_id row = j->all.at[j->at];
        if (view_flag(v, row, DIRTY_JOB))
            continue;
        size_t kept = j->from.count;
        if (kept && view_compare(v, false, j->from.at[kept - 1], row) >= 0)
            view_mark(v, row, DIRTY_JOB, &j->dirty);
        else
            rows_add(&j->from, row);
    }
    v->sort = held;
    if (j->at < j->all.count)
        return false;
    struct rows all = j->all;
    j->all = j->from;
    j->from = (struct rows){NULL, 0, 0};
    rows_finish(&all);
    j->at = 0;
    j->stage = JOB_PREPARE;
    return true;
}

static void add_match(struct job *j, row_id row)
{
    if (matcher_ranks(j->matcher)) {
        if (j->out.count >= j->score_room)
            j->scores = vec_grow(j->scores, &j->score_room, sizeof *j->scores);
        j->scores[j->out.count] = matcher_score(j->matcher, row);
    }
    rows_add(&j->out, row);
}

static bool match_some(struct view *v, size_t units)
{
    struct job *j = &v->job;
    for (; units && j->at < j->from.count; units--, j->at++) {
        row_id row = j->from.at[j->at];
        if (!view_flag(v, row, DIRTY_JOB) && matcher_row(j->matcher, row))
            add_match(j, row);
    }
    return j->at == j->from.count;
}

/* Sorts those that match by how well they do. */
static void rank(struct view *v)
{
    struct job *j = &v->job;
    size_t kept = 0;
    for (size_t i = 0; i < j->out.count; i++) {
        if (view_flag(v, j->out.at[i], DIRTY_JOB))
            continue;
        j->scores[kept] = j->scores[i];
        j->out.at[kept++] = j->out.at[i];
    }
    j->out.count = kept;
    order_destroy(j->order);
    j->mixed = false;
    j->order = order_create(v->fleet, v->columns, j->new_sort ? &j->sort : &v->sort, j->out.at,
                            j->out.count, j->scores);
    j->stage = JOB_RANK;
}

static void ranked(struct view *v)
{
    struct job *j = &v->job;
    for (size_t i = 0; i < j->out.count; i++)
        view_set_score(v, j->out.at[i], j->scores[i]);
    for (size_t i = 0; i < j->out.count; i++)
        j->out.at[i] = order_at(j->order, i);
}

/* ---- the result takes its place ---- */

static void swap_rows(struct rows *a, struct rows *b)
{
    struct rows kept = *a;
    *a = *b;
    *b = kept;
}

static void finish(struct view *v)
{
    struct job *j = &v->job;
    const struct filter *filter = target(v);
    if (j->new_sort) {
        v->sort = j->sort;
        v->order_on = j->order_on;
        swap_rows(&v->all, &j->all);
    }
    v->ranked = filter && match_ranks(filter);
    swap_rows(&v->shown, &j->out);
    if (j->new_filter) {
        filter_destroy(v->filter);
        v->filter = j->filter;
        v->filter_on = depends_on_filter(v->filter);
    }
    j->filter = NULL;
    j->new_filter = j->new_sort = false;
    struct rows dirty = j->dirty;
    j->dirty = (struct rows){NULL, 0, 0};
    for (size_t i = 0; i < dirty.count; i++) {
        v->flags[dirty.at[i]] &= (uint8_t)~DIRTY_JOB;
        view_mark(v, dirty.at[i], DIRTY_VIEW, &v->dirty);
    }
    /* The new arrays were made of the fleet as it is: they hold what was new. */
    v->misplaced = v->misplaced || v->dirty.count;
    rows_finish(&dirty);
    job_drop(v);
    j->stage = JOB_NONE;
    v->version++;
}

/* One step of the stage; true when the job is over. */
static bool step(struct view *v, size_t units)
{
    struct job *j = &v->job;
    switch (j->stage) {
    case JOB_SORT:
        if (order_step(j->order, units))
            sorted(v);
        return false;
    case JOB_CHECK:
        check_some(v, units);
        return false;
    case JOB_PREPARE:
        if (!target(v))
            return true;
        if (j->new_sort && !j->from.count)
            copy_rows(&j->from, &j->all);
        if (!j->matcher)
            j->matcher = matcher_create(v->fleet, target(v), j->from.count);
        if (matcher_prepare(j->matcher, units))
            j->stage = JOB_MATCH;
        return false;
    case JOB_MATCH:
        if (!match_some(v, units))
            return false;
        if (!matcher_ranks(j->matcher))
            return true;
        rank(v);
        return false;
    case JOB_RANK:
        if (!order_step(j->order, units))
            return false;
        if (j->mixed) { /* one that changed its place may have put others out of theirs */
            rank(v);
            return false;
        }
        ranked(v);
        return true;
    default:
        return true;
    }
}

bool job_work(struct view *v, size_t units)
{
    if (v->job.stage == JOB_NONE)
        return true;
    /* Whoever has no limit wants the end of it, whatever the number of stages. */
    do {
        if (step(v, units)) {
            finish(v);
            return true;
        }
    } while (units == SIZE_MAX);
    return false;
}

int job_percent(const struct view *v)
{
    const struct job *j = &v->job;
    int tried = j->from.count ? (int)(j->at * 100 / j->from.count) : 100;
    switch (j->stage) {
    case JOB_SORT:
        return order_percent(j->order) * 9 / 10;
    case JOB_CHECK:
        return 90;
    case JOB_PREPARE:
        return j->new_sort ? 90 : 10;
    case JOB_MATCH:
        return j->new_sort ? 90 + tried / 10 : 40 + tried / 2;
    default:
        return 95;
    }
}
