/* spark.h: numbers over time as a line of blocks, and as a chart of columns. ASCII twins of the
 * glyphs stand where blocks cannot. */
#ifndef TUI_WIDGETS_SPARK_H
#define TUI_WIDGETS_SPARK_H

#include "tui/draw.h"

#include <stddef.h>

/* Appends one cell a value, the largest highest; a blank for NAN. Nothing when all are 0. */
void spark_text(const struct draw *draw, const double *values, size_t count, struct str *out);

struct chart {
    const double *values;              /* one a column, from the left; NAN: nothing known */
    const double *low, *high, *likely; /* the same columns ahead of now; NAN: none; NULL: none */
    size_t count;                      /* columns */
    double limit;                      /* a line across; NAN: none */
    double warn_from;                  /* part of the limit from which columns warn; <= 0: 0.8 */
};
/* The largest value that has to be on it, limit included. */
double chart_top(const struct chart *chart);
/* Fills the canvas: its columns are the chart's, its rows the scale from 0 to chart_top. */
void chart_draw(const struct chart *chart, const struct canvas *c);

#endif
