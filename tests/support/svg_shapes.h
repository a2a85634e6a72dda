/* svg_shapes.h: characters that must join their neighbours, as shapes. */
#ifndef SUPPORT_SVG_SHAPES_H
#define SUPPORT_SVG_SHAPES_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define SVG_CELL_W 9
#define SVG_CELL_H 18

/* Whether c is drawn as a shape at all. */
bool svg_shape_is(uint32_t c);
/* Whether a run of c may be drawn at once, `cells` wide. */
bool svg_shape_joins(uint32_t c);
/* Appends the shapes of c with its cell's upper left corner at x, y; cells > 1 for a run that
 * joins. fill: "#rrggbb". */
void svg_shape_draw(struct str *out, uint32_t c, double x, double y, int cells, const char *fill);

#endif
