/* view.h: a sorted, filtered window on the fleet: an array of rows, kept up as accounts change.
 *
 * The view listens to the fleet. A new filter or sort walks all rows; everything else is
 * incremental. */
#ifndef FLEET_VIEW_H
#define FLEET_VIEW_H

#include "fleet/fleet.h"
#include "model/filter.h"
#include "model/sort.h"

struct view;
/* fleet and columns are (borrowed) and outlive the view. Begins unfiltered, sorted by name, id. */
struct view *view_create(struct fleet *fleet, const struct column_set *columns);
void view_destroy(struct view *view);

/* Takes the filter over; NULL: none. */
void view_set_filter(struct view *view, struct filter *filter);
/* Moves the clock that a filter by age (checked>10m) looks at; nothing else is touched by it. To be
 * called now and then: every 10 s of it costs a walk over all rows. */
void view_set_now(struct view *view, int64_t now_wall_ms);
void view_set_sort(struct view *view, const struct sort *sort);
const struct sort *view_sort(const struct view *view);

uint32_t view_count(const struct view *view);
row_id view_at(const struct view *view, uint32_t index); /* ROW_NONE beyond the end */
/* The index of a row, or view_count() when it is not in the view. */
uint32_t view_find(const struct view *view, row_id row);
/* Where a row that is filtered out or gone would stand, by its last known place: for a cursor that
 * has to go somewhere. */
uint32_t view_nearest(const struct view *view, row_id row, uint32_t last_index);
/* Grows with every change of the array: a cheap "has it changed". */
uint64_t view_version(const struct view *view);

#endif
