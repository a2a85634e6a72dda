/* view.h: a sorted, filtered window on the fleet: an array of rows, kept up as accounts change.
 *
 * The view listens to the fleet; what changed is settled at the next question, and costs what
 * changed, not what there is. Only a new filter or a new order looks at all rows. For a console
 * that is cut in slices (view_set_sliced, view_work): the last result stays, kept up as ever, until
 * the new one is there, so that a key never waits for it; and accounts that are new to the fleet
 * come into the view by view_work alone, so that a key does not wait for a page that came before
 * it. A filter that can only narrow the last one looks at what that had left. While a fuzzy term is
 * in the filter the best fits come first. */
#ifndef FLEET_VIEW_H
#define FLEET_VIEW_H

#include "fleet/fleet.h"
#include "model/filter.h"
#include "model/sort.h"

struct view;
/* fleet and columns are (borrowed) and outlive the view. Begins unfiltered, sorted by name, id. */
struct view *view_create(struct fleet *fleet, const struct column_set *columns);
void view_destroy(struct view *view); /* NULL allowed */

/* Takes the filter over; NULL: none. */
void view_set_filter(struct view *view, struct filter *filter);
/* Moves the clock that a filter by age (checked>10m) looks at; nothing else is touched by it. To be
 * called now and then: every 10 s of it costs a walk over all rows. */
void view_set_now(struct view *view, int64_t now_wall_ms);
void view_set_sort(struct view *view, const struct sort *sort);
/* The one that was set last. */
const struct sort *view_sort(const struct view *view);

/* Sliced: a new filter or order is worked out by view_work; until then questions are answered by
 * the last one. Not sliced (as a view begins): by the first question. */
void view_set_sliced(struct view *view, bool sliced);
/* Takes in now the accounts that are new to the fleet: for one that was just saved. */
void view_settle(struct view *view);
/* The same, and works for about `units` rows' worth (a few thousand take a millisecond); true when
 * there is more to do. */
bool view_work(struct view *view, size_t units);
enum view_busy { VIEW_READY, VIEW_FILTERING, VIEW_SORTING };
/* What is being worked out, and (may be NULL) how far it is, 0 to 99. */
enum view_busy view_busy(const struct view *view, int *percent);
/* Somebody is about to type a filter: gets ready for it, by view_work. */
void view_expect_filter(struct view *view);

/* How many rows it shows. */
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
