/* arith.h: exact arithmetic on limits: no doubles, no silent wrap. */
#ifndef PLAN_ARITH_H
#define PLAN_ARITH_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Reads a decimal number >= 0 ("1.2", "110", "0.05") as num / den, den a power of ten up to 10^9.
 * False for anything else: signs, exponents, more than nine decimals, more than int64. */
bool ratio_parse(struct span text, int64_t *num, int64_t *den);

/* *out = n * num / den (den >= 1), rounded to the nearest whole number, halves away from zero.
 * False when the result is beyond int64; *out is then unchanged. */
bool arith_scale(int64_t n, int64_t num, int64_t den, int64_t *out);

/* *out = a + b; false when it is beyond int64. */
bool arith_add(int64_t a, int64_t b, int64_t *out);

/* The i-th of `parts` shares (i from 0) of `amount` >= 0: they differ by at most one, the first
 * ones being the larger, and their sum is the amount exactly. */
int64_t arith_share(int64_t amount, uint32_t parts, uint32_t i);

#endif
