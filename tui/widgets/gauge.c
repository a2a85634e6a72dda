/* gauge.c: see gauge.h. */
#include "tui/widgets/gauge.h"

#include <math.h>
#include <stdio.h>

#define WARN_FROM 0.8

double gauge_ratio(int64_t used, int64_t limit)
{
    if (limit <= 0)
        return 1.0;
    return used > 0 ? (double)used / (double)limit : 0.0;
}

enum role gauge_role(const struct gauge *g)
{
    double warn = g->warn_from > 0 ? g->warn_from : WARN_FROM;
    if (isnan(g->ratio))
        return ROLE_STALE;
    return g->ratio >= 1.0 ? ROLE_GAUGE_FULL : g->ratio >= warn ? ROLE_GAUGE_WARN : ROLE_GAUGE_OK;
}

void gauge_percent(const struct gauge *g, char out[8])
{
    if (isnan(g->ratio)) {
        snprintf(out, 8, "  ?%%");
        return;
    }
    /* Rounded down: 100% is said only of what is full. */
    double percent = g->ratio * 100.0 + 1e-9;
    if (percent >= 1000)
        snprintf(out, 8, "999+");
    else
        snprintf(out, 8, "%3d%%", (int)percent);
}

void gauge_draw_bar(const struct gauge *g, const struct canvas *c, int y, int x, int cells)
{
    int full = 0;
    if (!isnan(g->ratio) && g->ratio > 0) {
        full = g->ratio >= 1.0 ? cells : (int)(g->ratio * cells + 0.5);
        if (full < 1)
            full = 1;
        if (g->ratio < 1.0 && full == cells)
            full = cells - 1;
    }
    draw_glyphs(c, y, x, gauge_role(g), GLYPH_GAUGE_FULL, full);
    draw_glyphs(c, y, x + full, ROLE_GAUGE_EMPTY, GLYPH_GAUGE_EMPTY, cells - full);
}
