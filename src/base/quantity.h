/* quantity.h: counts and durations as people type and read them.
 *
 * Counts: 400M, 6_000, 6,000, 900k, 1.2G; k M G T are powers of 1000. Durations: 20, 20s, 2m, 1h.
 * A count that would not be a whole number, or is beyond int64, is refused. */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

/* Reads a whole count from text (surrounding white space allowed). Errors: ST_USAGE with a text
 * that says what would be accepted ("not a number: try 400M, 6_000 or none"). */
enum status quantity_parse_count(const char *text, size_t len, int64_t *out, struct error *err);
/* Reads whole seconds: a plain number is seconds; s, m, h, d suffixes. */
enum status quantity_parse_seconds(const char *text, size_t len, int64_t *out, struct error *err);

/* Appends the count with thousands separated, all digits: "6,000". */
void quantity_full(struct str *out, int64_t n);
/* Appends at most 5 cells, three significant digits: "412M", "1.28k", "5.52G", "999". Never shows a
 * rounded value as exact: callers show quantity_full where digits matter. */
void quantity_short(struct str *out, int64_t n);
/* Appends the shortest form that reads back to exactly n: "400M", "6,000", "1,234,567". For form
 * fields. */
void quantity_exact(struct str *out, int64_t n);
/* Appends seconds as "20s", "2m", "90s", "1h": the largest unit that stays exact. */
void quantity_seconds(struct str *out, int64_t seconds);

#endif
