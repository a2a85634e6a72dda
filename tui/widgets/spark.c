/* spark.c: see spark.h. */
#include "tui/widgets/spark.h"

#include "tui/widgets/gauge.h"

#include <math.h>

#define STEPS 8

static enum glyph step_glyph(int step)
{
    return (enum glyph)(GLYPH_SPARK_1 + (step < 1 ? 1 : step > STEPS ? STEPS : step) - 1);
}

void spark_text(const struct draw *draw, const double *values, size_t count, struct str *out)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    for (size_t i = 0; i < count && most > 0; i++) {
        if (isnan(values[i]))
            str_add_char(out, ' ');
        else
            str_add(out, draw_glyph_text(draw, step_glyph((int)ceil(values[i] / most * STEPS))));
    }
}

static double larger(double a, double b)
{
    return isnan(b) || b < a ? a : b;
}

double chart_top(const struct chart *chart)
{
    double top = larger(0, chart->limit);
    for (size_t i = 0; i < chart->count; i++) {
        top = larger(top, chart->values[i]);
        if (chart->high)
            top = larger(top, chart->high[i]);
    }
    return top > 0 ? top : 1;
}

/* The row that a value stands in, from the top. */
static int row_of(double value, double top, int rows)
{
    int row = rows - 1 - (int)(value / top * rows);
    return row < 0 ? 0 : row >= rows ? rows - 1 : row;
}

static void draw_column(const struct canvas *c, int x, double value, double top, enum role role)
{
    int eighths = (int)(value / top * c->rows * STEPS + 0.5);
    if (eighths < 1 && value > 0)
        eighths = 1;
    for (int row = c->rows - 1; row >= 0 && eighths > 0; row--, eighths -= STEPS)
        draw_glyph(c, row, x, role, eighths >= STEPS ? GLYPH_GAUGE_FULL : step_glyph(eighths));
}

static void draw_ahead(const struct chart *chart, const struct canvas *c, int x, double top)
{
    double low = chart->low[x], high = chart->high[x], likely = chart->likely[x];
    if (isnan(low) || isnan(high) || isnan(likely))
        return;
    for (int row = row_of(high, top, c->rows); row <= row_of(low, top, c->rows); row++)
        draw_glyph(c, row, x, ROLE_DIM, GLYPH_GAUGE_EMPTY);
    draw_own(c, row_of(likely, top, c->rows), x, ROLE_STRONG, "o", 1, TEXT_LEFT);
}

void chart_draw(const struct chart *chart, const struct canvas *c)
{
    double top = chart_top(chart);
    if (!isnan(chart->limit))
        draw_hline(c, row_of(chart->limit, top, c->rows), 0, c->cols, ROLE_GAUGE_FULL);
    for (int x = 0; x < c->cols && (size_t)x < chart->count; x++) {
        double value = chart->values[x];
        const struct gauge g = {isnan(chart->limit) ? 0
                                : chart->limit > 0  ? value / chart->limit
                                                    : 1,
                                chart->warn_from};
        if (!isnan(value))
            draw_column(c, x, value, top, gauge_role(&g));
        else if (chart->low && chart->high && chart->likely)
            draw_ahead(chart, c, x, top);
    }
}
