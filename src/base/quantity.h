/* quantity.h: counts and durations as people type and read them.
 *
 * Counts: 400M, 6_000, 6,000, 900k, 1.2G; k M G T are powers of 1000. Durations: 20, 20s, 2m, 1h.
 * A count that would not be a whole number, or is beyond int64, is refused. Nothing here follows
 * the locale; what uses strtod or %f elsewhere relies on LC_NUMERIC being "C", so a program sets
 * LC_CTYPE alone, never LC_ALL. */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

/* Reads a whole count (>= 0) from text (surrounding white space allowed): digits, with _ between
 * any two or , before every group of three; a fraction when the unit makes it whole (1.5k); units
 * in either case. Errors: ST_USAGE with a text that says what would be accepted ("not a number: try
 * 400M, 6_000 or none"); *out is then unchanged. A sign, also +, is left to the caller. */
enum status quantity_parse_count(const char *text, size_t len, int64_t *out, struct error *err);
/* Reads whole seconds (>= 0) under the same rules: a plain number is seconds; s, m, h, d suffixes.
 */
enum status quantity_parse_seconds(const char *text, size_t len, int64_t *out, struct error *err);

/* Appends the count with thousands separated, all digits: "6,000". */
void quantity_full(struct str *out, int64_t n);
/* The same as an argument of printf, valid in the block where it stands. */
#define QUANTITY(n)   quantity_text((char[QUANTITY_ROOM]){0}, (int64_t)(n))
#define QUANTITY_ROOM 32
/* What makes the word after it one or many: "%s account%s", QUANTITY(n), PLURAL(n). */
#define PLURAL(n) ((n) == 1 ? "" : "s")
const char *quantity_text(char text[QUANTITY_ROOM], int64_t n);
/* Appends at most 5 cells, three significant digits, rounded: "412M", "1.28k", "5.52G", "999".
 * Zeros at the end are left out only when it is exact: 4M is 4,000,000, 4.00M is near it. Callers
 * show quantity_full where digits matter. Beyond T it uses P and E. */
void quantity_short(struct str *out, int64_t n);
/* Appends a short form that reads back to exactly n (>= 0): "400M", "12.5k", "6,000", "1,234,567".
 * The largest unit from 10,000 on, when two decimals do; else all digits. For form fields. */
void quantity_exact(struct str *out, int64_t n);
/* Appends seconds as "20s", "2m", "90s", "1h", "1d": the largest unit that stays exact. */
void quantity_seconds(struct str *out, int64_t seconds);

#endif
