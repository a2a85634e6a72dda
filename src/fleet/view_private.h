/* view_private.h: the view's own state, shared by view.c (the array, kept up) and view_job.c (a new
 * filter or order). Nobody else includes it. */
#ifndef FLEET_VIEW_PRIVATE_H
#define FLEET_VIEW_PRIVATE_H

#include "fleet/match.h"
#include "fleet/order.h"
#include "fleet/view.h"

struct rows {
    row_id *at; /* owned */
    size_t count, room;
};
void rows_add(struct rows *rows, row_id row);
void rows_finish(struct rows *rows);

/* On what fields something depends: then news of others are none. */
struct depends {
    struct field_set fields;
    bool any;  /* on what is not known */
    bool ages; /* time alone can change it */
};

enum job_stage { JOB_NONE, JOB_SORT, JOB_CHECK, JOB_PREPARE, JOB_MATCH, JOB_RANK };

/* A filter or an order that is worked out beside the ones that hold. */
struct job {
    enum job_stage stage;
    bool new_filter, new_sort;
    struct filter *filter; /* owned; new_filter: NULL is none */
    struct sort sort;      /* new_sort */
    struct depends order_on;
    struct order *order;
    struct matcher *matcher;
    struct rows all;   /* new_sort: every row */
    struct rows from;  /* rows to be tried, in order */
    struct rows out;   /* those that match */
    struct rows dirty; /* changed since it began: tried at the end */
    int32_t *scores;   /* owned; ranked: of out */
    size_t score_room, at;
    bool mixed; /* rows changed their place in the order while they were sorted */
};

enum dirty_flag { DIRTY_VIEW = 1, DIRTY_JOB = 2 };

struct view {
    struct fleet *fleet;              /* (borrowed) */
    const struct column_set *columns; /* (borrowed) */
    struct filter *filter;            /* owned; NULL: none */
    struct sort sort;
    struct rows all;   /* every account, sorted */
    struct rows shown; /* those that match, when there is a filter: sorted, or best first */
    bool ranked;
    int32_t *scores; /* owned; ranked: by row id */
    size_t score_room;
    struct rows dirty;
    uint8_t *flags; /* owned; enum dirty_flag by row id */
    size_t flag_room;
    struct depends order_on, filter_on;
    struct job job;
    int64_t now_wall_ms; /* that the filter was last told */
    uint64_t version;
    bool sliced, expects;
    bool misplaced; /* some of dirty stand in the arrays, where they may not belong any more */
};

static inline bool view_flag(const struct view *v, row_id row, enum dirty_flag flag)
{
    return row < v->flag_room && (v->flags[row] & flag);
}
void view_mark(struct view *v, row_id row, enum dirty_flag flag, struct rows *list);

struct depends depends_on_sort(const struct sort *sort);
struct depends depends_on_filter(const struct filter *filter);

/* Compares two rows by the view's order; ranked: the better fit first. */
int view_compare(const struct view *v, bool ranked, row_id a, row_id b);
void view_set_score(struct view *v, row_id row, int32_t score);

/* Begins, or begins again, with what is asked for in v->job (new_filter, new_sort). */
void job_begin(struct view *v);
/* Throws away what was worked out so far; what is asked for stays. */
void job_drop(struct view *v);
/* Works on; true when the result has been put in place, or there was nothing to do. */
bool job_work(struct view *v, size_t units);
int job_percent(const struct view *v);

#endif
