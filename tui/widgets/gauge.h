/* gauge.h: how much of something is used: a bar with a word, never a bar alone. */
#ifndef TUI_WIDGETS_GAUGE_H
#define TUI_WIDGETS_GAUGE_H

#include "tui/draw.h"

#include <stdint.h>

struct gauge {
    double ratio;     /* used of the limit: 0.82; >= 0; NAN: not known (an empty bar, "?") */
    double warn_from; /* e.g. 0.8; <= 0: 0.8 */
};

/* used of limit as a ratio: a limit of zero is 1, used or not: nothing is left of it. */
double gauge_ratio(int64_t used, int64_t limit);
/* The role of the filled part and of the percent. */
enum role gauge_role(const struct gauge *g);
/* " 82%", right-aligned in 4 cells ("145%", "999+" beyond, "  ?%" when not known). */
void gauge_percent(const struct gauge *g, char out[8]);
/* The bar alone: `cells` cells, at least one filled cell when anything is used and not all filled
 * below 100%. */
void gauge_draw_bar(const struct gauge *g, const struct canvas *c, int y, int x, int cells);

#endif
