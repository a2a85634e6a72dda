/* bench.h: what is measured, and against what.
 *
 * `make bench` builds one program of this folder (optimised, no sanitizers) and prints every figure
 * of figures.def: name, what is to be reached, what was measured, whether it is. Nothing of it is
 * an assertion of `make test`: a machine under load says nothing about the program. To add one: a
 * row FIGURE in figures.def and, if it needs a new run, a row BENCH and a file with its function.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum figure {
#define BENCH(id, words)
#define FIGURE(id, bench, bound, reach, unit, words) FIGURE_##id,
#include "figures.def"
#undef BENCH
#undef FIGURE
    FIGURE_COUNT
};

struct bench; /* opaque */

#define BENCH(id, words) void bench_##id(struct bench *b);
#define FIGURE(id, bench, bound, reach, unit, words)
#include "figures.def"
#undef BENCH
#undef FIGURE

/* Tells a figure. The note (printf, may be NULL) says what it was made of: "3.10 s against 2.55 s".
 * Told twice: the last counts. */
void bench_set(struct bench *b, enum figure figure, double measured, const char *note, ...)
    __attribute__((format(printf, 4, 5)));
/* It could not be measured here, and why. */
void bench_skip(struct bench *b, enum figure figure, const char *why);
/* Whether somebody wants it (ONLY=...): a bench may leave out what nobody asked for. */
bool bench_wants(const struct bench *b, enum figure figure);

int64_t bench_ns(void); /* monotonic */
/* The middle one of `count` numbers, which it sorts; 0 for none. */
double bench_median(double *numbers, size_t count);

#endif
