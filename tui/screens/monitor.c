/* monitor.c: see monitor.h. The fleet above, groups below it, and beneath them what runs out beside
 * what changed or looks wrong: two panes from 100 columns on, else the one that has the focus.
 * Everything shown is one outcome of the monitor; figures that differ from the one before are
 * marked for two seconds. */
#include "tui/screens/monitor.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/screens/account_chart.h"
#include "tui/screens/account_list.h"
#include "tui/screens/account_writes.h"
#include "tui/screens/accounts.h"
#include "tui/screens/monitor_counts.h"
#include "tui/screens/monitor_groups.h"
#include "tui/screens/monitor_lists.h"
#include "tui/screens/monitor_numbers.h"
#include "tui/widgets/gauge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDE_COLS      100
#define BESIDE_COLS    120 /* two lists beside each other, with room for whole names */
#define FLASH_MS       2000
#define TOP_ROWS       4  /* fleet, tokens, requests, near */
#define GROUPS_PART    45 /* percent of the rest that groups may take */
#define GROUPS_MIN     3
#define LOWER_MIN      3 /* heading, a row, what Tab comes to */
#define ONE_MIN        4 /* the same of a pane alone, below the top */
#define LABEL_CELLS    10
#define NOTE_MIN       8 /* cells below which a note beside them says nothing */
#define CLOCK_APART_MS 60000

struct monitor_screen {
    struct app *app;
    struct monitor_lists lists;
    enum monitor_list focus, right; /* right: which of changes and findings is shown when wide */
    struct monitor_sum last;        /* figures of the outcome before, for what changed */
    struct monitor_sum shown;
    int64_t flash_until_mono_ms;
};

static struct monitor *monitor_of(const struct monitor_screen *s)
{
    return app_session(s->app)->watching.monitor;
}

/* ---- to the list --------------------------------------------------------------------------- */

void monitor_to_list(struct app *app, struct span filter)
{
    const struct screen_ops *ops;
    void *self;
    app_close_above(app);
    app_current(app, &ops, &self);
    if (ops == &accounts_screen)
        accounts_filter(self, filter);
}

/* The accounts of a group, those that run out first on top: which of them that is, is what a group
 * is opened for. */
static void to_first(struct app *app, struct span filter)
{
    const struct screen_ops *ops;
    void *self;
    monitor_to_list(app, filter);
    app_current(app, &ops, &self);
    if (ops == &accounts_screen && accounts_order(self, "left"))
        app_message(app, MESSAGE_NOTE,
                    "LEFT: what runs out first is on top; \"-\" lasts, or cannot be told");
}

/* A value as the filter reads it back: in quotes, with what would end them escaped. */
static void add_exact(struct str *out, const char *field, struct span value)
{
    str_printf(out, "%s=\"", field);
    for (size_t i = 0; i < value.len; i++) {
        if (value.p[i] == '"' || value.p[i] == '\\')
            str_add_char(out, '\\');
        str_add_char(out, value.p[i]);
    }
    str_add_char(out, '"');
}

void monitor_to_account(struct app *app, row_id row)
{
    struct value id;
    struct str filter = STR_INIT;
    if (row == ROW_NONE || !fleet_alive(app_session(app)->fleet, row))
        return;
    fleet_get(app_session(app)->fleet, row, FIELD_ID, &id);
    add_exact(&filter, "id", id.text);
    monitor_to_list(app, span_from(&filter));
    str_finish(&filter);
}

static void group_filter(const struct monitor_screen *s, struct str *out)
{
    const struct monitor_sum *g = monitor_lists_group(&s->lists);
    const char *by = monitor_grouped_by(monitor_of(s));
    bool tag = strncmp(by, "tag:", 4) == 0;
    if (!g)
        return;
    if (!*g->name)
        str_printf(out, tag ? "!%s" : "%s:none", by);
    else
        add_exact(out, by, span_of(g->name));
}

/* ---- what is done -------------------------------------------------------------------------- */

static unsigned to_list(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    struct app *app = s->app; /* the screen is closed on the way */
    struct str filter = STR_INIT;
    if (s->focus == LIST_GROUPS)
        group_filter(s, &filter);
    if (filter.len && action == ACTION_OPEN)
        to_first(app, span_from(&filter));
    else if (filter.len)
        monitor_to_list(app, span_from(&filter));
    else if (s->focus != LIST_GROUPS)
        monitor_to_account(app, monitor_lists_row(&s->lists, s->focus));
    str_finish(&filter);
    return EFFECT_HANDLED;
}

static unsigned open_it(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    if (s->focus == LIST_GROUPS)
        return to_list(self, action);
    const struct account_chart_arg arg = {monitor_lists_row(&s->lists, s->focus),
                                          monitor_lists_counter(&s->lists, s->focus)};
    if (arg.row != ROW_NONE && fleet_alive(app_session(s->app)->fleet, arg.row))
        app_push(s->app, &account_chart_screen, &arg);
    return EFFECT_REDRAW;
}

static unsigned next_pane(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    int step = action == ACTION_NEXT_PANE ? 1 : LIST_COUNT - 1;
    s->focus = (enum monitor_list)(((int)s->focus + step) % LIST_COUNT);
    if (s->focus == LIST_CHANGES || s->focus == LIST_FINDINGS)
        s->right = s->focus;
    return EFFECT_REDRAW;
}

static unsigned group_by(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    if (action == ACTION_GROUP_CHOOSE)
        monitor_groups_choose(s->app);
    else
        monitor_groups_next(s->app);
    return EFFECT_REDRAW;
}

static unsigned numbers(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    (void)action;
    if (monitor_lists_ready(&s->lists))
        monitor_numbers_choose(s->app);
    return EFFECT_REDRAW;
}

static unsigned sort(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    (void)action;
    s->lists.sort = (enum group_sort)(((int)s->lists.sort + 1) % SORT_COUNT);
    monitor_lists_update(&s->lists);
    app_message(s->app, MESSAGE_NOTE, "groups are sorted by %s", group_sort_name(s->lists.sort));
    return EFFECT_REDRAW;
}

static unsigned act_on_account(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    return account_act(s->app, monitor_lists_row(&s->lists, s->focus), action);
}

static const struct screen_handler handlers[] = {
    {ACTION_OPEN, open_it},
    {ACTION_TO_LIST, to_list},
    {ACTION_NEXT_PANE, next_pane},
    {ACTION_PREVIOUS_PANE, next_pane},
    {ACTION_GROUP_BY, group_by},
    {ACTION_GROUP_CHOOSE, group_by},
    {ACTION_SORT, sort},
    {ACTION_NUMBERS, numbers},
    {ACTION_EDIT, act_on_account},
    {ACTION_EDITOR, act_on_account},
    {ACTION_TOGGLE, act_on_account},
    {ACTION_DELETE, act_on_account},
    {ACTION_YANK, act_on_account},
    {ACTION_NONE, NULL},
};

static unsigned monitor_action(void *self, enum action_id action)
{
    struct monitor_screen *s = self;
    enum move move;
    unsigned effect = screen_dispatch(handlers, self, action);
    if (effect)
        return effect;
    if (!keymap_move(action, &move))
        return EFFECT_NONE;
    monitor_lists_move(&s->lists, s->focus, move);
    return EFFECT_REDRAW;
}

/* ---- the fleet ----------------------------------------------------------------------------- */

static bool flashing(const struct monitor_screen *s)
{
    return app_now_mono(s->app) < s->flash_until_mono_ms;
}

static void draw_fleet(const struct monitor_screen *s, const struct canvas *c)
{
    draw_own(c, 0, 1, ROLE_TITLE, "FLEET", LABEL_CELLS, TEXT_LEFT);
    struct canvas line = canvas_part(c, 0, 1 + LABEL_CELLS, 1, c->cols - 1 - LABEL_CELLS);
    monitor_counts_draw(&line, &s->shown, flashing(s) ? &s->last : &s->shown);
}

/* How much is said of what is used; what has no room is left out as a whole. */
enum use_say { USE_ALL, USE_SHORT, USE_NO_RANGE, USE_LEAST };

/* "61%  5.52G of 9.05G  EOM 108% (101-114)", and what is not in it. */
static void use_words(const struct monitor_use *use, enum use_say say, struct str *out)
{
    str_clear(out);
    str_add(out, "  ");
    quantity_short(out, use->used);
    str_add(out, " of ");
    quantity_short(out, use->limit);
    if (use->counted > use->no_forecast && say <= USE_NO_RANGE)
        str_printf(out, "  EOM %lld%%", (long long)forecast_percent(use->end, use->limit));
    if (use->counted > use->no_forecast && say <= USE_SHORT)
        str_printf(out, " (%lld-%lld)", (long long)forecast_percent(use->low, use->limit),
                   (long long)forecast_percent(use->high, use->limit));
    if (say <= USE_SHORT && use->lent && use->lent == use->counted - use->no_forecast)
        str_add(out, " by Prometheus");
    else if (say <= USE_SHORT && use->lent)
        str_printf(out, ", %s by Prometheus", QUANTITY(use->lent));
    if (say == USE_ALL && use->no_quota)
        str_printf(out, "  %s without a quota, not counted", QUANTITY(use->no_quota));
    if (say == USE_ALL && use->no_forecast)
        str_printf(out, "  %s without a forecast", QUANTITY(use->no_forecast));
}

static void draw_use(const struct monitor_screen *s, const struct canvas *c, int y,
                     const char *label, enum series_counter counter)
{
    const struct monitor_use *use = &s->shown.use[counter], *was = &s->last.use[counter];
    struct gauge g = {use->counted ? gauge_ratio(use->used, use->limit) : NAN, 0.9};
    struct str words = STR_INIT;
    char percent[8];
    draw_own(c, y, 1, ROLE_TITLE, label, LABEL_CELLS, TEXT_LEFT);
    if (!use->counted) {
        draw_own(c, y, 1 + LABEL_CELLS, ROLE_DIM, "no account has a quota and a counter", -1,
                 TEXT_LEFT);
        return;
    }
    int say = c->cols >= WIDE_COLS ? USE_ALL : USE_SHORT, room = c->cols - LABEL_CELLS - 6;
    do
        use_words(use, (enum use_say)say, &words);
    while ((int)words.len > room && ++say <= USE_LEAST);
    int bar = c->cols - LABEL_CELLS - 8 - (int)words.len;
    bar = bar > 40 ? 40 : bar;
    int x = 1 + LABEL_CELLS;
    if (bar >= 4) {
        gauge_draw_bar(&g, c, y, x, bar);
        x += bar;
    }
    gauge_percent(&g, percent);
    bool changed = use->used != was->used && flashing(s);
    x += draw_own(c, y, x + 1, gauge_role(&g), percent, 4, TEXT_RIGHT) + 1;
    draw_own(c, y, x, changed ? ROLE_CHANGED : ROLE_TEXT, str_text(&words), c->cols - x - 1,
             TEXT_LEFT);
    str_finish(&words);
}

/* From the threshold of that number on. */
static void near_words(const struct monitor_screen *s, int from, struct str *out)
{
    const struct monitor_settings *settings = &app_session(s->app)->watching.settings;
    str_clear(out);
    for (int i = from; i < MONITOR_NEAR; i++) {
        bool last = i + 1 == MONITOR_NEAR;
        str_printf(out, "%s%s at %d%%%s", i > from ? ", " : "", QUANTITY(s->shown.near[i]),
                   settings->near[i], last ? "+" : "");
    }
    if (s->shown.zero)
        str_printf(out, ", %s zero", QUANTITY(s->shown.zero));
}

/* Whose days the sparklines and the forecasts rest on. True: they should have come from elsewhere.
 */
static bool past_words(const struct monitor_screen *s, struct str *out)
{
    const struct lend *lend = app_session(s->app)->watching.lend;
    bool astray = group_past_words(s->lists.past, monitor_grouped_by(monitor_of(s)), out);
    if (astray || !lend || lend_error(lend)->status == ST_OK)
        return astray;
    str_printf(out, "; forecasts: this machine's; %s", lend_error(lend)->what);
    return true;
}

static void draw_near(const struct monitor_screen *s, const struct canvas *c, int y)
{
    struct str words = STR_INIT;
    const uint32_t *near = s->shown.near;
    int room = c->cols - LABEL_CELLS - 2, from = 0;
    do
        near_words(s, from, &words);
    while ((int)words.len > room && ++from < MONITOR_NEAR);
    draw_own(c, y, 1, ROLE_TITLE, "QUOTAS", LABEL_CELLS, TEXT_LEFT);
    draw_own(c, y, 1 + LABEL_CELLS, near[MONITOR_NEAR - 1] ? ROLE_WARNING : ROLE_TEXT,
             str_text(&words), room, TEXT_LEFT);
    int x = 1 + LABEL_CELLS + (int)words.len + 3;
    const struct error *err = monitor_error(monitor_of(s));
    struct str past = STR_INIT, note = STR_INIT;
    bool astray = past_words(s, &past);
    if (err->status != ST_OK)
        str_printf(&note, "no history is kept: %s", err->what);
    else if (monitor_only_reads(monitor_of(s)))
        str_add(&note, "another paddock keeps the history");
    else
        str_add_span(&note, span_from(&past));
    if (c->cols - x - 1 > NOTE_MIN)
        draw_text(c, y, x, astray || err->status ? ROLE_WARNING : ROLE_DIM, span_from(&note),
                  c->cols - x - 1, TEXT_LEFT);
    str_finish(&note);
    str_finish(&past);
    str_finish(&words);
}

/* ---- drawing ------------------------------------------------------------------------------- */

static void draw_pane(struct monitor_screen *s, enum monitor_list which, const struct canvas *c)
{
    monitor_lists_draw(&s->lists, which, c, s->focus == which);
}

/* One pane, and under it how the others are come to. */
static void draw_one(struct monitor_screen *s, enum monitor_list which, enum monitor_list first,
                     const struct canvas *c)
{
    struct str others = STR_INIT;
    for (int w = (int)first; w < LIST_COUNT; w++) {
        if (w != (int)which)
            str_printf(&others, "%s%s", others.len ? "   " : "Tab: ", s->lists.titles[w]);
    }
    struct canvas body = canvas_part(c, 0, 0, c->rows - 1, c->cols);
    draw_pane(s, which, &body);
    draw_own(c, c->rows - 1, 1, ROLE_DIM, str_text(&others), c->cols - 2, TEXT_LEFT);
    str_finish(&others);
}

static void draw_lower(struct monitor_screen *s, const struct canvas *c)
{
    if (c->cols < BESIDE_COLS) {
        draw_one(s, s->focus == LIST_GROUPS ? LIST_RUNOUTS : s->focus, LIST_RUNOUTS, c);
        return;
    }
    int left = c->cols * 45 / 100;
    struct canvas a = canvas_part(c, 0, 0, c->rows, left);
    struct canvas b = canvas_part(c, 0, left + 1, c->rows, c->cols - left - 1);
    draw_pane(s, LIST_RUNOUTS, &a);
    draw_vline(c, 0, left, c->rows, ROLE_BORDER);
    draw_pane(s, s->right, &b);
}

/* Until there is something to show: what the list says, too. */
static void draw_wait(const struct monitor_screen *s, const struct canvas *c)
{
    const struct session *session = app_session(s->app);
    struct str words = STR_INIT;
    if (fleet_count(session->fleet))
        str_add(&words, "reading ...");
    else
        account_list_empty(s->app, &words);
    draw_paragraph(c, 0, 1, session_blank(session) ? ROLE_WARNING : ROLE_BUSY, span_from(&words),
                   c->cols - 2);
    str_finish(&words);
}

static void draw_top(struct monitor_screen *s, const struct canvas *c)
{
    if (!monitor_lists_ready(&s->lists)) {
        draw_wait(s, c);
        return;
    }
    draw_fleet(s, c);
    if (c->rows < TOP_ROWS)
        return;
    draw_use(s, c, 1, "TOKENS", SERIES_TOKENS);
    draw_use(s, c, 2, "REQUESTS", SERIES_REQUESTS);
    draw_near(s, c, 3);
}

/* Where there is no room for groups and another list, the one with the focus is drawn: what is not
 * seen must not be acted on. */
static void monitor_draw(void *self, const struct canvas *c)
{
    struct monitor_screen *s = self;
    int top_rows = c->rows < TOP_ROWS + 2 + ONE_MIN ? 1 : TOP_ROWS;
    int rest = c->rows - 1 - top_rows, rows = rest * GROUPS_PART / 100;
    int want = (int)monitor_lists_rows(&s->lists, LIST_GROUPS) + 1;
    rows = want < rows ? want : rows;
    rows = rows < GROUPS_MIN ? GROUPS_MIN : rows;
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas top = canvas_part(c, 1, 0, top_rows, c->cols);
    draw_top(s, &top);
    draw_hline(c, 1 + top_rows, 0, c->cols, ROLE_BORDER);
    int y = 2 + top_rows;
    if (rest - rows - 2 < LOWER_MIN) {
        struct canvas one = canvas_part(c, y, 0, c->rows - y, c->cols);
        draw_one(s, s->focus, LIST_GROUPS, &one);
        return;
    }
    struct canvas groups = canvas_part(c, y, 0, rows, c->cols);
    draw_pane(s, LIST_GROUPS, &groups);
    y += rows;
    draw_hline(c, y, 0, c->cols, ROLE_BORDER);
    struct canvas lower = canvas_part(c, y + 1, 0, c->rows - y - 1, c->cols);
    draw_lower(s, &lower);
}

/* ---- the screen ---------------------------------------------------------------------------- */

static void take_outcome(struct monitor_screen *s)
{
    const struct monitor_sum *all = monitor_all(monitor_of(s));
    if (memcmp(all, &s->shown, sizeof *all) != 0) {
        s->last = s->shown;
        s->flash_until_mono_ms = s->shown.accounts ? app_now_mono(s->app) + FLASH_MS : 0;
        s->shown = *all;
    }
    monitor_lists_update(&s->lists);
}

static void *monitor_open(struct app *app, const void *arg)
{
    struct monitor_screen *s = mem_calloc(1, sizeof *s);
    (void)arg;
    s->app = app;
    s->right = LIST_CHANGES;
    monitor_lists_init(&s->lists, app);
    take_outcome(s);
    return s;
}

static void monitor_close(void *self)
{
    struct monitor_screen *s = self;
    monitor_lists_finish(&s->lists);
    mem_free(s);
}

static const char *monitor_context(const void *self)
{
    (void)self;
    return "monitor";
}

static unsigned monitor_news(void *self, enum news news)
{
    struct monitor_screen *s = self;
    if (news == NEWS_MONITOR || news == NEWS_FLEET)
        take_outcome(s);
    return EFFECT_REDRAW;
}

/* How old what is shown is, and when the next comes. */
static void monitor_heading(const void *self, struct str *out)
{
    const struct monitor_screen *s = self;
    const struct session *session = app_session(s->app);
    const struct sync_state *st = sync_state(session->sync);
    uint32_t n = fleet_count(session->fleet);
    str_printf(out, "%s account%s", QUANTITY(n), PLURAL(n));
    if (session_partial(session)) {
        str_add(out, ", partial");
    } else if (session->env.offline) {
        str_add(out, " as of ");
        when_clock(out, keep_state(session->keep)->complete_wall_ms, app_now_wall(s->app));
    }
    if (st->stale_since_wall_ms != WHEN_NONE) {
        str_add(out, ", STALE ");
        when_age(out, app_now_wall(s->app) - st->stale_since_wall_ms);
    }
    if (st->paused)
        str_add(out, ", paused");
    else if (st->phase == SYNC_LOADING)
        str_add(out, ", asking");
    else if (st->next_try_mono_ms >= 0) {
        str_add(out, ", next ");
        when_age(out, st->next_try_mono_ms - app_now_mono(s->app) + 999);
    }
}

/* Times here are the server's; said where that makes a difference to somebody. */
static void monitor_note(const void *self, struct str *out)
{
    const struct monitor_screen *s = self;
    int64_t ahead = api_clock_ahead(app_session(s->app)->api);
    if (ahead < CLOCK_APART_MS && ahead > -CLOCK_APART_MS)
        return;
    str_add(out, "the server's clock: ");
    when_clock(out, app_now_server(s->app), app_now_wall(s->app));
}

static const int *monitor_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_OPEN,    ACTION_TO_LIST,  ACTION_NEXT_PANE,
                              ACTION_NUMBERS, ACTION_GROUP_BY, ACTION_GROUP_CHOOSE,
                              ACTION_SORT,    ACTION_PAUSE,    ACTION_SLOWER,
                              ACTION_FASTER,  ACTION_PALETTE,  ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

static const char *monitor_label(const void *self, enum action_id action)
{
    const struct monitor_screen *s = self;
    return action == ACTION_OPEN && s->focus == LIST_GROUPS ? "first to run out" : NULL;
}

const struct screen_ops monitor_screen = {
    .name = "monitor",
    .tab = "Monitor",
    .open = monitor_open,
    .close = monitor_close,
    .draw = monitor_draw,
    .context = monitor_context,
    .action = monitor_action,
    .news = monitor_news,
    .heading = monitor_heading,
    .bar = monitor_bar,
    .label = monitor_label,
    .note = monitor_note,
};
