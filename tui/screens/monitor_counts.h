/* monitor_counts.h: how many accounts are in which state, on one line. */
#ifndef TUI_SCREENS_MONITOR_COUNTS_H
#define TUI_SCREENS_MONITOR_COUNTS_H

#include "monitor/monitor.h"
#include "tui/draw.h"

/* Draws the counts of `now` on the first line of the canvas; those that differ from `was` are
 * marked. */
void monitor_counts_draw(const struct canvas *c, const struct monitor_sum *now,
                         const struct monitor_sum *was);

#endif
