/* match.h: a filter tried on many rows of the fleet, in slices.
 *
 * Rows share texts, so what a term says of a text is kept: a region is looked at once, not a
 * hundred thousand times. Where most rows are to be tried, a plain word is looked up first in all
 * searched texts at once (fleet/search). What is kept holds as long as the rows that are tried are
 * as they were when the matcher was made; a row that changed meanwhile is tried without it. */
#ifndef FLEET_MATCH_H
#define FLEET_MATCH_H

#include "fleet/fleet.h"
#include "model/filter.h"

struct matcher;
/* fleet and filter are (borrowed). rows: how many will be tried. */
struct matcher *matcher_create(struct fleet *fleet, const struct filter *filter, size_t rows);
void matcher_destroy(struct matcher *m); /* NULL allowed */
/* Does some of what is to be done before rows can be tried; about `units` rows' worth. True when
 * there is nothing left to do. */
bool matcher_prepare(struct matcher *m, size_t units);
/* Whether a row that has not changed since matches; the row is alive. */
bool matcher_row(struct matcher *m, row_id row);
/* Whether a fuzzy term ranks; then how well the row, which matches, fits: higher is better. */
bool matcher_ranks(const struct matcher *m);
int matcher_score(struct matcher *m, row_id row);

/* The same of any row, at once and without keeping anything. */
bool match_row(const struct fleet *fleet, const struct filter *filter, row_id row);
bool match_ranks(const struct filter *filter);
int match_score(const struct fleet *fleet, const struct filter *filter, row_id row);

#endif
