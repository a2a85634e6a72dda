/* frame_scroll.c: see frame_scroll.h. Every distance is tried; rows that differ mostly do so within
 * a few cells, so that this is quick. */
#include "tui/frame_scroll.h"

#include <string.h>

#define ROWS_MIN 4 /* moved ones that did not stand there already */

struct rows {
    const char *was, *now;
    int count;
    size_t size;
};

static bool stood(const struct rows *r, int y, int at)
{
    return memcmp(r->now + (size_t)y * r->size, r->was + (size_t)at * r->size, r->size) == 0;
}

/* The run that is worth most at this distance: rows that scrolling spares. */
static int best_run(const struct rows *r, int by, struct frame_scroll *out)
{
    int best = 0, from = by > 0 ? 0 : -by, end = by > 0 ? r->count - by : r->count;
    for (int y = from, first = from, worth = 0; y < end; y++) {
        if (!stood(r, y, y + by)) {
            first = y + 1;
            worth = 0;
            continue;
        }
        worth += !stood(r, y, y);
        if (worth > best) {
            best = worth;
            *out = (struct frame_scroll){by > 0 ? first : first + by, by > 0 ? y + by : y, by};
        }
    }
    return best;
}

bool frame_scroll_find(const void *was, const void *now, int rows, size_t size,
                       struct frame_scroll *out)
{
    const struct rows r = {was, now, rows, size};
    int best = ROWS_MIN - 1;
    for (int by = 1; by <= rows / 2; by++) {
        struct frame_scroll up, down;
        int worth_up = best_run(&r, by, &up), worth_down = best_run(&r, -by, &down);
        if (worth_up > best)
            *out = up;
        best = worth_up > best ? worth_up : best;
        if (worth_down > best)
            *out = down;
        best = worth_down > best ? worth_down : best;
    }
    return best >= ROWS_MIN;
}
