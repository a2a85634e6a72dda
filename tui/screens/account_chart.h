/* account_chart.h: what one account uses over its period: the counter, its quota and its forecast.
 */
#ifndef TUI_SCREENS_ACCOUNT_CHART_H
#define TUI_SCREENS_ACCOUNT_CHART_H

#include "tui/app.h"

struct account_chart_arg {
    row_id row;
    enum series_counter counter; /* that is shown first */
};
/* arg: const struct account_chart_arg *. */
extern const struct screen_ops account_chart_screen;

#endif
