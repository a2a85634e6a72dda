/* account_mark.c: see account_mark.h. The rows are those that were shown when it began; each is
 * looked at as it is when its turn comes. */
#include "tui/screens/account_mark.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "fleet/match.h"

#define SLICE_MS      4  /* a quarter of a frame */
#define LOOK_AT_CLOCK 64 /* rows between two looks at it */

void account_mark_init(struct account_mark *m, struct app *app)
{
    *m = (struct account_mark){.app = app};
}

static void clear(struct account_mark *m)
{
    loop_timer_stop(app_loop(m->app), m->timer);
    filter_destroy(m->filter);
    mem_free(m->rows);
    account_mark_init(m, m->app);
}

void account_mark_finish(struct account_mark *m)
{
    clear(m);
}

/* What it marked, beside what was marked before. */
static void tell(struct account_mark *m)
{
    uint32_t n = m->marked, all = fleet_marked_count(app_session(m->app)->fleet);
    if (n == 0 && all == 0)
        app_message(m->app, MESSAGE_NOTE, "none of those shown matches");
    else if (n == 0)
        app_message(m->app, MESSAGE_NOTE, "no more of those shown match; %s marked before",
                    QUANTITY(all));
    else if (n == all)
        app_message(m->app, MESSAGE_NOTE, "%s of those shown %s marked", QUANTITY(n),
                    n == 1 ? "is" : "are");
    else
        app_message(m->app, MESSAGE_NOTE, "%s more of those shown %s marked, %s in all",
                    QUANTITY(n), n == 1 ? "is" : "are", QUANTITY(all));
}

/* Until the time on the monotonic clock; false when rows are left. */
static bool mark_until(struct account_mark *m, int64_t end)
{
    const struct clock *clock = loop_clock(app_loop(m->app));
    struct fleet *fleet = app_session(m->app)->fleet;
    row_id found[LOOK_AT_CLOCK];
    size_t n = 0;
    while (m->at < m->count) {
        row_id row = m->rows[m->at++];
        if (fleet_alive(fleet, row) && !fleet_marked(fleet, row) &&
            match_row(fleet, m->filter, row))
            found[n++] = row;
        if (m->at % LOOK_AT_CLOCK && m->at < m->count)
            continue;
        fleet_mark_many(fleet, found, n, true);
        m->marked += (uint32_t)n;
        n = 0;
        if (m->at < m->count && clock_mono(clock) >= end)
            return false;
    }
    return true;
}

static void on_turn(void *ctx)
{
    struct account_mark *m = ctx;
    m->timer = 0;
    app_dirty(m->app);
    if (mark_until(m, clock_mono(loop_clock(app_loop(m->app))) + SLICE_MS)) {
        tell(m);
        clear(m);
    } else {
        m->timer = loop_timer_start(app_loop(m->app), 0, on_turn, m);
    }
}

void account_mark_begin(struct account_mark *m, struct filter *filter)
{
    const struct view *view = app_session(m->app)->view;
    clear(m);
    m->filter = filter;
    m->count = view_count(view);
    m->rows = mem_calloc(m->count + 1u, sizeof *m->rows);
    for (uint32_t i = 0; i < m->count; i++)
        m->rows[i] = view_at(view, i);
    on_turn(m);
}

bool account_mark_busy(const struct account_mark *m, int *percent)
{
    *percent = m->count ? (int)((uint64_t)m->at * 99 / m->count) : 0;
    return m->filter != NULL;
}

void account_mark_end(struct account_mark *m)
{
    if (!m->filter)
        return;
    mark_until(m, INT64_MAX);
    tell(m);
    clear(m);
}
