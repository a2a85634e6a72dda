/* order.h: rows put in order, in slices.
 *
 * What the first column of the order says of a row is read once, into a number that compares as the
 * values do; only where two numbers are the same the values themselves are compared. A merge sort,
 * which can stop after every step. */
#ifndef FLEET_ORDER_H
#define FLEET_ORDER_H

#include "fleet/fleet.h"
#include "model/sort.h"

struct order;
/* rows[count] is copied. fleet and columns are (borrowed). scores (may be NULL, copied) goes before
 * the order: one for each row, the higher first. */
struct order *order_create(const struct fleet *fleet, const struct column_set *columns,
                           const struct sort *sort, const row_id *rows, size_t count,
                           const int32_t *scores);
void order_destroy(struct order *o); /* NULL allowed */
/* Goes on for about `units` rows' worth; true when the rows are in order. The rows must be as they
 * were when it was begun; one that changed meanwhile stands anywhere. */
bool order_step(struct order *o, size_t units);
/* 0 to 100. */
int order_percent(const struct order *o);
size_t order_count(const struct order *o);
/* The i-th row, once order_step was true. */
row_id order_at(const struct order *o, size_t i);

/* At once, in place. */
void order_rows(const struct fleet *fleet, const struct column_set *columns,
                const struct sort *sort, row_id *rows, size_t count);

#endif
