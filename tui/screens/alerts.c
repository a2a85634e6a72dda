/* alerts.c: see alerts.h. The cursor stays with its alert, wherever that is in the list. */
#include "tui/screens/alerts.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "tui/screens/account_chart.h"
#include "tui/screens/monitor.h"
#include "tui/who.h"
#include "tui/widgets/table.h"

struct alerts_list {
    struct app *app;
    struct table table;
    const struct alert *cursor; /* compared only: it may be gone */
};

enum { COL_STATE, COL_SINCE, COL_RULE, COL_ACCOUNT, COL_WHEN };

static const struct table_column columns[] = {
    {"STATE", 9, 0, 0, TEXT_LEFT, COL_STATE},      {"SINCE", 6, 0, 0, TEXT_RIGHT, COL_SINCE},
    {"ALERT", 10, 24, 0, TEXT_LEFT, COL_RULE},     {"ACCOUNT", 18, 40, 0, TEXT_LEFT, COL_ACCOUNT},
    {"CONDITION", 16, 50, 1, TEXT_LEFT, COL_WHEN},
};

static struct alerts *alerts_of(const struct alerts_list *l)
{
    return app_session(l->app)->watching.alerts;
}

static const struct alert *alert_at(const struct alerts_list *l, size_t row)
{
    const struct alert *const *list;
    return row < alerts_list(alerts_of(l), &list) ? list[row] : NULL;
}

static void add_account(const struct alerts_list *l, const struct alert *a, struct table_cell *out)
{
    const struct fleet *fleet = app_session(l->app)->fleet;
    if (a->row != ROW_NONE && fleet_alive(fleet, a->row))
        who_cell(fleet, a->row, out->width, app_draw(l->app)->ascii, out->text);
    if (!out->text->len)
        str_add(out->text, a->account);
}

static void cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    const struct alerts_list *l = ctx;
    const struct alert *a = alert_at(l, row);
    if (!a)
        return;
    bool quiet = a->muted || a->acknowledged;
    out->role = quiet ? ROLE_DIM : ROLE_TEXT;
    switch (columns[column].id) {
    case COL_STATE:
        out->glyph = quiet ? GLYPH_NONE : GLYPH_WARN;
        out->role = quiet ? ROLE_DIM : ROLE_WARNING;
        str_add(out->text, a->muted ? "muted" : a->acknowledged ? "dismissed" : "open");
        break;
    case COL_SINCE:
        if (a->holds)
            when_age(out->text, app_now_wall(l->app) - a->since_ms);
        break;
    case COL_RULE:
        str_add(out->text, a->rule->name);
        break;
    case COL_ACCOUNT:
        add_account(l, a, out);
        break;
    default:
        str_add(out->text, a->rule->when);
    }
}

/* The list may be another one each second; the cursor goes with its alert. */
static void update(struct alerts_list *l)
{
    const struct alert *const *list;
    size_t n = alerts_list(alerts_of(l), &list), at = 0;
    table_cursor(&l->table, &at);
    for (size_t i = 0; i < n; i++) {
        if (list[i] == l->cursor)
            at = i;
    }
    at = at < n ? at : n ? n - 1 : 0;
    table_set_rows(&l->table, n, at);
    l->cursor = n ? list[at] : NULL;
}

static const struct alert *current(struct alerts_list *l)
{
    size_t at;
    update(l);
    return table_cursor(&l->table, &at) ? alert_at(l, at) : NULL;
}

/* The next one comes under the cursor: the one that was dealt with moves away. */
static void step_on(struct alerts_list *l, const struct alert *done)
{
    size_t at;
    const struct alert *next = NULL;
    if (table_cursor(&l->table, &at))
        next = alert_at(l, at + 1);
    l->cursor = next ? next : done;
}

static unsigned alerts_screen_action(void *self, enum action_id action)
{
    struct alerts_list *l = self;
    struct app *app = l->app;
    enum move move;
    if (keymap_move(action, &move)) {
        size_t at;
        table_move(&l->table, move);
        l->cursor = table_cursor(&l->table, &at) ? alert_at(l, at) : NULL;
        return EFFECT_REDRAW;
    }
    bool mine = action == ACTION_ACKNOWLEDGE || action == ACTION_MUTE || action == ACTION_OPEN ||
                action == ACTION_TO_LIST;
    const struct alert *a = mine ? current(l) : NULL;
    if (!a)
        return mine ? EFFECT_HANDLED : EFFECT_NONE;
    row_id row = a->row;
    bool there = row != ROW_NONE && fleet_alive(app_session(app)->fleet, row);
    if (action == ACTION_ACKNOWLEDGE) {
        step_on(l, a);
        alerts_acknowledge(alerts_of(l), a);
    } else if (action == ACTION_MUTE) {
        alerts_mute(alerts_of(l), a, !a->muted);
        app_message(app, MESSAGE_NOTE, "%s is %s for this account", a->rule->name,
                    a->muted ? "muted" : "told again");
    } else if (there && action == ACTION_OPEN) {
        const struct account_chart_arg arg = {row, SERIES_TOKENS};
        app_push(app, &account_chart_screen, &arg);
    } else if (there) {
        monitor_to_account(app, row);
        return EFFECT_HANDLED;
    }
    return EFFECT_REDRAW;
}

static void alerts_screen_draw(void *self, const struct canvas *c)
{
    struct alerts_list *l = self;
    update(l);
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    table_draw(&l->table, &body, true,
               alerts_rules(alerts_of(l)) ? "no alert holds"
                                          : "no alerts are configured: the group alerts of "
                                            "paddock.cfg");
}

static void *alerts_screen_open(struct app *app, const void *arg)
{
    struct alerts_list *l = mem_calloc(1, sizeof *l);
    const struct table_source source = {cell, NULL, NULL, l};
    (void)arg;
    l->app = app;
    table_init(&l->table, &source);
    table_set_columns(&l->table, columns, ARRAY_LEN(columns));
    update(l);
    return l;
}

static void alerts_screen_close(void *self)
{
    struct alerts_list *l = self;
    table_finish(&l->table);
    mem_free(l);
}

static const char *alerts_screen_context(const void *self)
{
    (void)self;
    return "alerts";
}

static void alerts_screen_heading(const void *self, struct str *out)
{
    const struct alerts_list *l = self;
    str_printf(out, "%s open, %zu rules", QUANTITY(alerts_waiting(alerts_of(l))),
               alerts_rules(alerts_of(l)));
    if (alerts_error(alerts_of(l))->status != ST_OK)
        str_printf(out, "; not kept: %s", alerts_error(alerts_of(l))->what);
}

static void alerts_screen_note(const void *self, struct str *out)
{
    if (alerts_only_shows(alerts_of(self)))
        str_add(out, "another paddock runs their commands");
}

static const int *alerts_screen_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_OPEN, ACTION_TO_LIST, ACTION_ACKNOWLEDGE,
                              ACTION_MUTE, ACTION_PALETTE, ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops alerts_screen = {
    .name = "alerts",
    .tab = "Alerts",
    .open = alerts_screen_open,
    .close = alerts_screen_close,
    .draw = alerts_screen_draw,
    .context = alerts_screen_context,
    .action = alerts_screen_action,
    .heading = alerts_screen_heading,
    .bar = alerts_screen_bar,
    .note = alerts_screen_note,
};
