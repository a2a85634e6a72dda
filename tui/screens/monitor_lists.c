/* monitor_lists.c: see monitor_lists.h. */
#include "tui/screens/monitor_lists.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/who.h"
#include "tui/widgets/gauge.h"
#include "tui/widgets/spark.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct monitor *monitor_of(const struct monitor_lists *l)
{
    return app_session(l->app)->watching.monitor;
}

/* more: what stands behind the name, in the same cell. */
static void add_name(const struct monitor_lists *l, row_id row, const char *more,
                     struct table_cell *cell)
{
    const struct fleet *fleet = app_session(l->app)->fleet;
    if (row == ROW_NONE || !fleet_alive(fleet, row)) {
        str_add(cell->text, "gone");
        cell->role = ROLE_DIM;
        return;
    }
    who_cell(fleet, row, cell->width - (int)strlen(more), app_draw(l->app)->ascii, cell->text);
    str_add(cell->text, more);
}

/* ---- groups -------------------------------------------------------------------------------- */

enum { G_NAME, G_ACCOUNTS, G_DOWN, G_TOKENS, G_DAYS, G_EOM, G_RANGE, G_SPARE };

static const struct table_column group_columns[] = {
    {"", 14, 28, 0, TEXT_LEFT, G_NAME},        {"ACCTS", 5, 6, 0, TEXT_RIGHT, G_ACCOUNTS},
    {"DOWN", 4, 5, 0, TEXT_RIGHT, G_DOWN},     {"TOKENS", 13, 26, 0, TEXT_LEFT, G_TOKENS},
    {"16 DAYS", 16, 16, 1, TEXT_LEFT, G_DAYS}, {"EOM", 5, 6, 0, TEXT_RIGHT, G_EOM},
    {"RANGE", 9, 10, 3, TEXT_RIGHT, G_RANGE},  {"SPARE RPM", 9, 0, 2, TEXT_RIGHT, G_SPARE},
};

static double used_ratio(const struct monitor_use *use)
{
    return use->counted ? gauge_ratio(use->used, use->limit) : NAN;
}

static int64_t end_percent(const struct monitor_use *use, double end)
{
    return use->counted ? forecast_percent(end, use->limit) : -1;
}

static const struct monitor_sum *group_at(const struct monitor_lists *l, size_t row)
{
    const struct monitor_sum *groups;
    size_t n = monitor_groups(monitor_of(l), &groups);
    return row < n && l->order[row] < n ? &groups[l->order[row]] : NULL;
}

static void cell_eom(const struct monitor_use *use, struct table_cell *cell)
{
    int64_t percent = end_percent(use, use->end);
    const struct gauge g = {(double)percent / 100, 0.9};
    if (percent < 0 || use->no_forecast == use->counted) {
        str_add(cell->text, "-");
        cell->role = ROLE_DIM;
        return;
    }
    str_printf(cell->text, "%lld%%", (long long)percent);
    cell->role = gauge_role(&g);
}

static void cell_days(const struct monitor_lists *l, const struct monitor_sum *g,
                      struct table_cell *cell)
{
    double past[MONITOR_SPARK];
    bool theirs = group_past_days(l->past, monitor_grouped_by(monitor_of(l)), g->name, past);
    spark_text(app_draw(l->app), theirs ? past : g->days, MONITOR_SPARK, cell->text);
}

static void cell_group(void *ctx, size_t row, size_t column, struct table_cell *cell)
{
    const struct monitor_lists *l = ctx;
    const struct monitor_sum *g = group_at(l, row);
    if (!g)
        return;
    const struct monitor_use *use = &g->use[SERIES_TOKENS];
    char percent[8];
    switch (group_columns[column].id) {
    case G_NAME:
        str_add(cell->text, *g->name ? g->name : "(none)");
        break;
    case G_ACCOUNTS:
        quantity_full(cell->text, g->accounts);
        break;
    case G_DOWN:
        quantity_full(cell->text, g->health[HEALTH_DOWN]);
        cell->role = g->health[HEALTH_DOWN] ? ROLE_DOWN : ROLE_DIM;
        break;
    case G_TOKENS: {
        const struct gauge gauge = {used_ratio(use), 0};
        gauge_percent(&gauge, percent);
        str_add(cell->text, percent);
        cell->role = gauge_role(&gauge);
        cell->gauge = isnan(gauge.ratio) ? 0 : gauge.ratio;
        break;
    }
    case G_DAYS:
        cell_days(l, g, cell);
        break;
    case G_EOM:
        cell_eom(use, cell);
        break;
    case G_RANGE:
        if (use->counted > use->no_forecast)
            str_printf(cell->text, "%lld-%lld", (long long)end_percent(use, use->low),
                       (long long)end_percent(use, use->high));
        break;
    default:
        if (g->rpm_counted && g->rpm_limit > 0)
            str_printf(cell->text, "%d%%", (int)fmax(0, floor(100 - 100 * g->rpm / g->rpm_limit)));
        else
            str_add(cell->text, "-");
    }
}

/* ---- what runs out ------------------------------------------------------------------------- */

enum { R_NAME, R_WHEN, R_LEFT };

static const struct table_column runout_columns[] = {
    {"", 24, 40, 0, TEXT_LEFT, R_NAME},
    {"WHEN", 16, 0, 1, TEXT_LEFT, R_WHEN},
    {"LEFT", 6, 0, 0, TEXT_RIGHT, R_LEFT},
};

static bool is_over(const struct monitor_lists *l, const struct monitor_runout *r)
{
    return r->when_ms <= monitor_as_of(monitor_of(l));
}

/* When it runs out, or why that is not foretold. */
static void runout_when(const struct monitor_runout *r, bool over, int64_t now, struct str *out)
{
    if (over)
        str_add(out, "quota is used up");
    else if (r->disabled)
        str_add(out, "disabled");
    else if (r->down && r->down_since_ms == WHEN_NONE)
        str_add(out, "down");
    else if (r->down) {
        str_add(out, "down for ");
        when_age(out, now - r->down_since_ms);
    } else
        when_clock(out, r->when_ms, now);
}

static void cell_runout(void *ctx, size_t row, size_t column, struct table_cell *cell)
{
    static const char *const counters[] = {"", " (requests)"};
    const struct monitor_lists *l = ctx;
    const struct monitor_runout *list;
    int64_t now = app_now_server(l->app);
    if (row >= monitor_runouts(monitor_of(l), &list))
        return;
    const struct monitor_runout *r = &list[row];
    bool over = is_over(l, r), paused = r->disabled || r->down;
    cell->role = over ? ROLE_GAUGE_FULL : paused ? ROLE_DIM : ROLE_TEXT;
    if (runout_columns[column].id == R_NAME) {
        add_name(l, r->row, counters[r->counter], cell);
    } else if (runout_columns[column].id == R_WHEN) {
        runout_when(r, over, now, cell->text);
    } else if (over || paused) {
        str_add(cell->text, over ? MONITOR_OVER : "paused");
    } else {
        when_age(cell->text, r->when_ms - now);
    }
}

/* They stand first. */
static size_t count_over(const struct monitor_lists *l)
{
    const struct monitor_runout *list;
    size_t n = monitor_runouts(monitor_of(l), &list), over = 0;
    while (over < n && is_over(l, &list[over]))
        over++;
    return over;
}

/* ---- changes of health --------------------------------------------------------------------- */

enum { C_AGE, C_NAME, C_TO, C_REASON };

static const struct table_column change_columns[] = {
    {"AGO", 5, 0, 0, TEXT_RIGHT, C_AGE},
    {"", 24, 34, 0, TEXT_LEFT, C_NAME},
    {"STATUS", 10, 22, 0, TEXT_LEFT, C_TO},
    {"REASON", 10, 60, 1, TEXT_LEFT, C_REASON},
};

static void cell_change(void *ctx, size_t row, size_t column, struct table_cell *cell)
{
    static const struct {
        enum glyph glyph;
        enum role role;
    } looks[HEALTH_COUNT] = {[HEALTH_OK] = {GLYPH_OK, ROLE_OK},
                             [HEALTH_DEGRADED] = {GLYPH_DEGRADED, ROLE_DEGRADED},
                             [HEALTH_DOWN] = {GLYPH_DOWN, ROLE_DOWN},
                             [HEALTH_OTHER] = {GLYPH_OTHER, ROLE_OTHER}};
    const struct monitor_lists *l = ctx;
    const struct monitor_change *c = monitor_change_at(monitor_of(l), row);
    if (!c)
        return;
    switch (change_columns[column].id) {
    case C_AGE:
        when_age(cell->text, app_now_server(l->app) - c->wall_ms);
        break;
    case C_NAME:
        str_add(cell->text, c->name);
        break;
    case C_TO:
        str_printf(cell->text, "%s, was %s", c->to, c->from);
        cell->glyph = looks[c->to_class].glyph;
        cell->role = looks[c->to_class].role;
        break;
    default:
        str_add(cell->text, c->reason);
        cell->role = ROLE_DIM;
    }
}

/* ---- findings ------------------------------------------------------------------------------ */

enum { F_NAME, F_TEXT };

static const struct table_column finding_columns[] = {
    {"", 24, 34, 0, TEXT_LEFT, F_NAME},
    {"FINDING", 20, 120, 0, TEXT_LEFT, F_TEXT},
};

static void cell_finding(void *ctx, size_t row, size_t column, struct table_cell *cell)
{
    const struct monitor_lists *l = ctx;
    const struct monitor_finding *list;
    if (row >= monitor_findings(monitor_of(l), &list))
        return;
    if (finding_columns[column].id == F_NAME)
        add_name(l, list[row].row, "", cell);
    else if (fleet_alive(app_session(l->app)->fleet, list[row].row))
        monitor_finding_text(monitor_of(l), &list[row], cell->text);
}

/* ---- all four ------------------------------------------------------------------------------ */

static const struct {
    const struct table_column *columns;
    size_t count, titled; /* the column whose title is made anew */
    void (*cell)(void *ctx, size_t row, size_t column, struct table_cell *cell);
    const char *empty;
} lists[LIST_COUNT] = {
    [LIST_GROUPS] = {group_columns, ARRAY_LEN(group_columns), 0, cell_group, "no accounts"},
    [LIST_RUNOUTS] = {runout_columns, ARRAY_LEN(runout_columns), 0, cell_runout,
                      "every quota lasts, as far as can be told"},
    [LIST_CHANGES] = {change_columns, ARRAY_LEN(change_columns), 1, cell_change,
                      "no change of status was seen"},
    [LIST_FINDINGS] = {finding_columns, ARRAY_LEN(finding_columns), 0, cell_finding,
                       "nothing looks wrong"},
};

bool monitor_lists_ready(const struct monitor_lists *l)
{
    const struct session *s = app_session(l->app);
    bool none = sync_state(s->sync)->proof != SYNC_NONE && fleet_count(s->fleet) == 0;
    return monitor_ready(monitor_of(l)) && (monitor_all(monitor_of(l))->accounts || none);
}

size_t monitor_lists_rows(const struct monitor_lists *l, enum monitor_list which)
{
    const struct monitor *m = monitor_of(l);
    const struct monitor_sum *groups;
    const struct monitor_runout *runs;
    const struct monitor_finding *found;
    switch (which) {
    case LIST_GROUPS:
        return monitor_groups(m, &groups);
    case LIST_RUNOUTS:
        return monitor_runouts(m, &runs);
    case LIST_CHANGES:
        return monitor_change_count(m);
    default:
        return monitor_findings(m, &found);
    }
}

static int compare_groups(const void *a, const void *b, void *ctx)
{
    const struct monitor_lists *l = ctx;
    const struct monitor_sum *groups;
    monitor_groups(monitor_of(l), &groups);
    const struct monitor_sum *x = &groups[*(const size_t *)a], *y = &groups[*(const size_t *)b];
    const struct monitor_use *ux = &x->use[SERIES_TOKENS], *uy = &y->use[SERIES_TOKENS];
    double dx = x->accounts, dy = y->accounts;
    if (l->sort == SORT_USED) {
        dx = ux->counted ? used_ratio(ux) : -1;
        dy = uy->counted ? used_ratio(uy) : -1;
    } else if (l->sort == SORT_EOM) {
        dx = (double)end_percent(ux, ux->end);
        dy = (double)end_percent(uy, uy->end);
    } else if (l->sort == SORT_NAME) {
        dx = dy = 0;
    }
    return dx > dy ? -1 : dx < dy ? 1 : strcmp(x->name, y->name);
}

const char *group_sort_name(enum group_sort sort)
{
    static const char *const names[] = {"number of accounts", "tokens used", "forecast", "name"};
    return names[sort];
}

static void order_groups(struct monitor_lists *l)
{
    size_t n = monitor_lists_rows(l, LIST_GROUPS);
    while (l->order_room < n)
        l->order = vec_grow(l->order, &l->order_room, sizeof *l->order);
    for (size_t i = 0; i < n; i++)
        l->order[i] = i;
    if (n)
        qsort_r(l->order, n, sizeof *l->order, compare_groups, l);
}

static void set_titles(struct monitor_lists *l)
{
    static const char *const words[] = {"", "RUNS OUT", "HEALTH CHANGES", "LINT"};
    const char *by = monitor_grouped_by(monitor_of(l));
    size_t i = 0;
    for (; by[i] && i + 1 < sizeof l->titles[0]; i++)
        l->titles[LIST_GROUPS][i] = (char)toupper((unsigned char)by[i]);
    l->titles[LIST_GROUPS][i] = '\0';
    for (int w = LIST_RUNOUTS; w < LIST_COUNT; w++)
        snprintf(l->titles[w], sizeof l->titles[w], "%s (%s)", words[w],
                 QUANTITY(monitor_lists_rows(l, (enum monitor_list)w)));
    size_t over = count_over(l), len = strlen(l->titles[LIST_RUNOUTS]);
    if (over)
        snprintf(l->titles[LIST_RUNOUTS] + len - 1, sizeof l->titles[0] - len + 1, ", %s %s)",
                 QUANTITY(over), MONITOR_OVER);
}

static void on_past(void *ctx)
{
    const struct monitor_lists *l = ctx;
    app_dirty(l->app);
}

/* ---- the cursor ---- */

/* What stands in a row. */
static struct monitor_held object_at(const struct monitor_lists *l, enum monitor_list which,
                                     size_t row, struct span *text)
{
    const struct monitor *m = monitor_of(l);
    const struct monitor_runout *runs;
    const struct monitor_finding *found;
    const struct monitor_change *change;
    const struct monitor_sum *group;
    struct monitor_held o = {.any = row < monitor_lists_rows(l, which)};
    *text = span_of("");
    if (!o.any)
        return o;
    switch (which) {
    case LIST_GROUPS:
        group = group_at(l, row);
        *text = span_of(group ? group->name : "");
        break;
    case LIST_RUNOUTS:
        monitor_runouts(m, &runs);
        o.number = runs[row].row;
        o.kind = (int)runs[row].counter;
        break;
    case LIST_CHANGES:
        change = monitor_change_at(m, row);
        *text = span_of(change->id);
        o.number = change->wall_ms;
        break;
    default:
        monitor_findings(m, &found);
        o.number = found[row].row;
        o.kind = (int)found[row].rule;
    }
    return o;
}

static void hold(struct monitor_lists *l, enum monitor_list which)
{
    struct monitor_held *held = &l->held[which];
    size_t at;
    struct span text = {0};
    struct monitor_held now = {0};
    if (table_cursor(&l->tables[which], &at))
        now = object_at(l, which, at, &text);
    now.text = held->text;
    str_clear(&now.text);
    str_add_span(&now.text, text);
    *held = now;
}

/* Where what the cursor was put onto is now; where it was last when it is gone, and the first row
 * when nothing was chosen. */
static size_t find_held(const struct monitor_lists *l, enum monitor_list which, size_t n)
{
    const struct monitor_held *held = &l->held[which];
    size_t at = 0;
    for (size_t i = 0; i < n && held->any; i++) {
        struct span text;
        struct monitor_held o = object_at(l, which, i, &text);
        if (o.number == held->number && o.kind == held->kind &&
            span_eq(text, span_from(&held->text)))
            return i;
    }
    if (held->any)
        table_cursor(&l->tables[which], &at);
    return at < n ? at : n ? n - 1 : 0;
}

void monitor_lists_move(struct monitor_lists *l, enum monitor_list which, enum move move)
{
    table_move(&l->tables[which], move);
    hold(l, which);
}

/* Other groups than before: none of them was chosen. */
static void forget_groups(struct monitor_lists *l)
{
    const char *by = monitor_grouped_by(monitor_of(l));
    if (span_eq(span_of(by), span_from(&l->by)))
        return;
    str_clear(&l->by);
    str_add(&l->by, by);
    l->held[LIST_GROUPS].any = false;
}

void monitor_lists_update(struct monitor_lists *l)
{
    if (monitor_lists_ready(l))
        group_past_want(l->past, monitor_grouped_by(monitor_of(l)));
    order_groups(l);
    set_titles(l);
    forget_groups(l);
    for (int w = 0; w < LIST_COUNT; w++) {
        size_t n = monitor_lists_rows(l, (enum monitor_list)w);
        table_set_rows(&l->tables[w], n, find_held(l, (enum monitor_list)w, n));
    }
}

void monitor_lists_init(struct monitor_lists *l, struct app *app)
{
    const struct session *s = app_session(app);
    const struct past_env env = session_past_env(s);
    *l = (struct monitor_lists){.app = app};
    l->past = group_past_create(&env, s->columns, on_past, l);
    for (int w = 0; w < LIST_COUNT; w++) {
        const struct table_source source = {lists[w].cell, NULL, NULL, l};
        struct table_column columns[8];
        memcpy(columns, lists[w].columns, lists[w].count * sizeof *columns);
        columns[lists[w].titled].title = l->titles[w];
        table_init(&l->tables[w], &source);
        table_set_columns(&l->tables[w], columns, lists[w].count);
    }
    monitor_lists_update(l);
}

void monitor_lists_finish(struct monitor_lists *l)
{
    for (int w = 0; w < LIST_COUNT; w++) {
        table_finish(&l->tables[w]);
        str_finish(&l->held[w].text);
    }
    str_finish(&l->by);
    group_past_destroy(l->past);
    mem_free(l->order);
}

void monitor_lists_draw(struct monitor_lists *l, enum monitor_list which, const struct canvas *c,
                        bool focus)
{
    const struct session *s = app_session(l->app);
    const char *wait = session_blank(s) && sync_state(s->sync)->error.status ? "nothing was loaded"
                                                                             : "reading ...";
    table_draw(&l->tables[which], c, focus, monitor_lists_ready(l) ? lists[which].empty : wait);
}

row_id monitor_lists_row(const struct monitor_lists *l, enum monitor_list which)
{
    const struct monitor *m = monitor_of(l);
    const struct monitor_runout *runs;
    const struct monitor_finding *found;
    size_t at;
    if (!table_cursor(&l->tables[which], &at) || at >= monitor_lists_rows(l, which))
        return ROW_NONE;
    if (which == LIST_RUNOUTS && monitor_runouts(m, &runs))
        return runs[at].row;
    if (which == LIST_FINDINGS && monitor_findings(m, &found))
        return found[at].row;
    if (which != LIST_CHANGES)
        return ROW_NONE;
    return fleet_find(app_session(l->app)->fleet, span_of(monitor_change_at(m, at)->id));
}

enum series_counter monitor_lists_counter(const struct monitor_lists *l, enum monitor_list which)
{
    const struct monitor_runout *runs;
    size_t at;
    if (which != LIST_RUNOUTS || !table_cursor(&l->tables[which], &at) ||
        at >= monitor_runouts(monitor_of(l), &runs))
        return SERIES_TOKENS;
    return runs[at].counter;
}

const struct monitor_sum *monitor_lists_group(const struct monitor_lists *l)
{
    size_t at;
    return table_cursor(&l->tables[LIST_GROUPS], &at) ? group_at(l, at) : NULL;
}
