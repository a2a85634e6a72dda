/* account_list.c: see account_list.h. A column is one row of a table here; the cursor is an
 * account, and its row is looked up after each change of the view. */
#include "tui/screens/account_list.h"

#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "monitor/monitor.h"
#include "tui/status.h"
#include "tui/who.h"
#include "tui/widgets/gauge.h"

#include <string.h>

struct cell_ctx {
    struct account_list *list;
    row_id row;
    const struct column *column;
    struct table_cell *cell;
};

static struct fleet *fleet_of(const struct account_list *l)
{
    return app_session(l->app)->fleet;
}

static void cell_field(const struct cell_ctx *x, enum field field)
{
    struct value v;
    fleet_get(fleet_of(x->list), x->row, field, &v);
    value_show(field, &v, SHOW_CELL, x->cell->text);
    if (v.presence == PRESENCE_BAD)
        x->cell->role = ROLE_ERROR;
    else if (v.presence != PRESENCE_VALUE)
        x->cell->role = ROLE_DIM;
}

static void cell_name(const struct cell_ctx *x, enum field field)
{
    struct value v;
    fleet_get(fleet_of(x->list), x->row, field, &v);
    if (value_known(&v) && v.text.len) {
        who_cell(fleet_of(x->list), x->row, x->cell->width, app_draw(x->list->app)->ascii,
                 x->cell->text);
        return;
    }
    cell_field(x, FIELD_ID);
    x->cell->role = fleet_bad(fleet_of(x->list), x->row)[0] ? ROLE_ERROR : ROLE_DIM;
}

static void cell_status(const struct cell_ctx *x, enum field field)
{
    (void)field;
    int cells = x->cell->width > 2 ? x->cell->width - 2 : 1; /* beside the glyph */
    struct status_look look = status_show(app_config(x->list->app), fleet_of(x->list), x->row,
                                          app_now_server(x->list->app), cells,
                                          app_draw(x->list->app)->ascii, x->cell->text);
    x->cell->glyph = look.glyph;
    x->cell->role = look.role;
}

/* The used part of a quota as a bar and percent; "none" is no limit, and a limit of zero has words
 * of its own: an empty bar would look harmless. */
static void cell_gauge(const struct cell_ctx *x, enum field limit_field)
{
    enum field used_field =
        limit_field == FIELD_QUOTA_TOKENS ? FIELD_USED_TOKENS : FIELD_USED_REQUESTS;
    struct value limit, used;
    fleet_get(fleet_of(x->list), x->row, limit_field, &limit);
    fleet_get(fleet_of(x->list), x->row, used_field, &used);
    if (!value_known(&limit) || !value_known(&used)) {
        value_show(limit_field, &limit, SHOW_CELL, x->cell->text);
        x->cell->role = ROLE_DIM;
        return;
    }
    if (limit.i == 0) {
        str_add(x->cell->text, "quota 0");
        x->cell->glyph = GLYPH_WARN;
        x->cell->role = ROLE_GAUGE_FULL;
        return;
    }
    struct gauge g = {.ratio = gauge_ratio(used.i, limit.i)};
    char percent[8];
    gauge_percent(&g, percent);
    str_add(x->cell->text, percent);
    x->cell->role = gauge_role(&g);
    x->cell->gauge = g.ratio;
}

/* What is worked out, as of the monitor's last outcome; false, and "-" in the cell, where it cannot
 * be told. */
static bool worked_out(const struct cell_ctx *x, struct value *v)
{
    struct row_source row = fleet_row_source(fleet_of(x->list), x->row);
    column_get(x->column, &row, v);
    if (value_known(v))
        return true;
    x->cell->role = ROLE_DIM;
    str_add(x->cell->text, "-");
    return false;
}

/* Percent of the quota at the period's end. */
static void cell_eom(const struct cell_ctx *x, enum field field)
{
    struct value v;
    (void)field;
    if (!worked_out(x, &v))
        return;
    const struct gauge g = {.ratio = (double)v.i / 100, .warn_from = 0.9};
    str_printf(x->cell->text, "%lld%%", (long long)v.i);
    x->cell->role = gauge_role(&g);
}

/* Time until the first quota is used up. */
static void cell_left(const struct cell_ctx *x, enum field field)
{
    struct value v;
    (void)field;
    if (!worked_out(x, &v))
        return;
    if (v.i <= 0) {
        x->cell->role = ROLE_GAUGE_FULL;
        str_add(x->cell->text, MONITOR_OVER);
    } else {
        when_age(x->cell->text, v.i * 1000);
    }
}

static void cell_age(const struct cell_ctx *x, enum field field)
{
    struct value v;
    fleet_get(fleet_of(x->list), x->row, field, &v);
    if (value_known(&v) && v.i != WHEN_NONE)
        when_age(x->cell->text, app_now_server(x->list->app) - v.i);
    else
        cell_field(x, field);
}

static void cell_secret(const struct cell_ctx *x, enum field field)
{
    struct value v;
    fleet_get(fleet_of(x->list), x->row, field, &v);
    if (value_known(&v) && v.text.len)
        str_add(x->cell->text, "********");
    else
        cell_field(x, field);
    x->cell->role = ROLE_DIM;
}

static void cell_computed(const struct cell_ctx *x)
{
    struct row_source source = fleet_row_source(fleet_of(x->list), x->row);
    struct value v;
    column_get(x->column, &source, &v);
    column_show(x->column, &v, SHOW_CELL, x->cell->text);
    if (v.presence != PRESENCE_VALUE)
        x->cell->role = ROLE_DIM;
    else if (x->column->unit)
        str_add(x->cell->text, x->column->unit);
}

/* Columns that are shown in a way of their own; the others by what they are. */
static const struct cell_row {
    const char *column;
    enum field field;
    void (*cell)(const struct cell_ctx *x, enum field field);
} cells[] = {
    {"name", FIELD_NAME, cell_name},
    {"status", FIELD_STATUS, cell_status},
    {"tokens.pct", FIELD_QUOTA_TOKENS, cell_gauge},
    {"requests.pct", FIELD_QUOTA_REQUESTS, cell_gauge},
    {"eom", FIELD_QUOTA_TOKENS, cell_eom},
    {"left", FIELD_QUOTA_TOKENS, cell_left},
};

static struct shown_column show_column(const struct column *column)
{
    struct shown_column c = {.column = column, .look = column_look(column)};
    c.field = column->field;
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        if (strcmp(cells[i].column, column->name) == 0) {
            c.field = cells[i].field;
            c.cell = cells[i].cell;
        }
    }
    if (!c.cell && column->field != FIELD_NONE) {
        const struct field_info *info = field_info(column->field);
        c.cell = info->flags & FF_SECRET ? cell_secret
                 : info->type == FT_TIME ? cell_age
                                         : cell_field;
    }
    return c;
}

static row_id row_at(const struct account_list *l, size_t row)
{
    return view_at(app_session(l->app)->view, (uint32_t)row);
}

static bool is_fresh(const struct account_list *l, row_id row)
{
    const struct flash *f = &app_session(l->app)->flash;
    return f->room &&
           flash_shows(f, row, app_now_mono(l->app)); /* mostly none: no clock is asked */
}

static void cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    struct account_list *l = ctx;
    const struct shown_column *c = &l->columns[column];
    const struct cell_ctx x = {l, row_at(l, row), c->column, out};
    if (x.row == ROW_NONE)
        return;
    if (c->cell)
        c->cell(&x, c->field);
    else
        cell_computed(&x);
    if (out->role == ROLE_TEXT && is_fresh(l, x.row))
        out->role = ROLE_FLASH;
}

/* The rows of a screen lie anywhere in memory: all of them are asked for before the first is drawn.
 */
static void expect_rows(struct account_list *l)
{
    static const enum field others[] = {FIELD_USED_TOKENS,
                                        FIELD_USED_REQUESTS,
                                        FIELD_QUOTA_TOKENS,
                                        FIELD_QUOTA_REQUESTS,
                                        FIELD_ENABLED,
                                        FIELD_LAST_CHECK,
                                        FIELD_ID};
    enum field fields[LIST_COLUMNS_MAX + ARRAY_LEN(others)];
    row_id rows[LIST_DRAWN_MAX];
    size_t first, end, n = 0, count = 0;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        fields[count++] = others[i];
    for (size_t i = 0; i < l->column_count; i++) {
        if (l->columns[i].field != FIELD_NONE)
            fields[count++] = l->columns[i].field;
    }
    table_visible(&l->table, &first, &end);
    for (size_t i = first; i < end && n < LIST_DRAWN_MAX; i++)
        rows[n++] = row_at(l, i);
    fleet_expect(fleet_of(l), rows, n, fields, count);
}

static bool marked(void *ctx, size_t row)
{
    struct account_list *l = ctx;
    return fleet_marked(fleet_of(l), row_at(l, row));
}

static bool is_drafted(struct account_list *l, row_id row)
{
    const struct draft_marks *m = &app_session(l->app)->draft_marks;
    struct value id;
    if (!m->count)
        return false;
    fleet_get(fleet_of(l), row, FIELD_ID, &id);
    return value_known(&id) && draft_marks_has(m, id.text);
}

static enum glyph flag(void *ctx, size_t row)
{
    struct account_list *l = ctx;
    row_id at = row_at(l, row);
    return fleet_locked(fleet_of(l), at) ? GLYPH_LOCK
           : is_fresh(l, at)             ? GLYPH_CHANGED
           : is_drafted(l, at)           ? GLYPH_DRAFT
                                         : GLYPH_NONE;
}

static void show_sort(struct account_list *l)
{
    const struct sort *sort = view_sort(app_session(l->app)->view);
    int at = -1;
    for (size_t i = 0; i < l->column_count && sort->count; i++) {
        if (l->columns[i].column == sort->keys[0].column)
            at = (int)i;
    }
    table_set_sort(&l->table, at, at >= 0 && sort->keys[0].descending);
}

void account_list_init(struct account_list *l, struct app *app)
{
    *l = (struct account_list){.app = app, .cursor = ROW_NONE};
    const struct table_source source = {cell, marked, flag, l};
    const struct column *name = column_find(app_session(app)->columns, span_of("name"));
    table_init(&l->table, &source);
    account_list_set_columns(l, &name, 1);
    account_list_update(l);
}

static void set_columns(struct account_list *l, const struct column *const *columns, size_t count)
{
    struct table_column shown[LIST_COLUMNS_MAX];
    l->column_count = 0;
    for (size_t i = 0; i < count && i < LIST_COLUMNS_MAX; i++) {
        struct shown_column *c = &l->columns[l->column_count++];
        *c = show_column(columns[i]);
        /* The name is what is never left out: of a view that has none it is the first column. */
        shown[i] = (struct table_column){.title = c->look.title,
                                         .width = c->look.width + (columns[i] == l->key),
                                         .width_max = c->look.width_max,
                                         .drop = i && columns[i] != l->key ? c->look.drop : 0,
                                         .align = c->look.right ? TEXT_RIGHT : TEXT_LEFT,
                                         .id = (int)i};
    }
    table_set_columns(&l->table, shown, l->column_count);
    show_sort(l);
}

void account_list_set_columns(struct account_list *l, const struct column *const *columns,
                              size_t count)
{
    l->key = NULL; /* they are all chosen, that one too if it is among them */
    set_columns(l, columns, count);
}

void account_list_finish(struct account_list *l)
{
    table_finish(&l->table);
}

void account_list_update(struct account_list *l)
{
    struct view *view = app_session(l->app)->view;
    size_t last = l->table.scroll.cursor;
    uint32_t at = view_nearest(view, l->cursor, (uint32_t)last);
    /* Before anything was chosen the cursor stays at the top while pages come in. */
    if (l->cursor == ROW_NONE)
        at = 0;
    table_set_rows(&l->table, view_count(view), at);
    l->version = view_version(view);
}

void account_list_move(struct account_list *l, enum move move)
{
    /* From where the account under the cursor is now. */
    if (l->version != view_version(app_session(l->app)->view))
        account_list_update(l);
    table_move(&l->table, move);
    l->cursor = account_list_cursor(l);
}

row_id account_list_cursor(const struct account_list *l)
{
    size_t row;
    return table_cursor(&l->table, &row) ? row_at(l, row) : ROW_NONE;
}

/* That there are no accounts is said only when the server has said so. */
void account_list_empty(struct app *app, struct str *out)
{
    const struct session *s = app_session(app);
    const struct sync_state *st = sync_state(s->sync);
    const struct error *err = s->token_error.status ? &s->token_error : &st->error;
    if (fleet_count(s->fleet))
        str_add(out, "no account matches the filter; Esc clears it");
    else if (s->env.offline && keep_state(s->keep)->complete_wall_ms == WHEN_NONE)
        str_add(out, "offline, and nothing was kept of this server yet");
    else if (err->status && session_blank(s)) {
        str_printf(out, "nothing was loaded: %s%s", err->what, err->next[0] ? "; " : "");
        app_hint(app, err->next, out);
        str_add(out, ". r tries now, P takes another profile.");
    } else if (st->proof == SYNC_NONE)
        str_add(out, st->phase == SYNC_IDLE ? "no account came so far; r asks the server"
                                            : "asking the server ...");
    else
        str_add(out, "no accounts");
}

/* ---- what stands on the screen ---- */

static void remember_rows(struct account_list *l)
{
    size_t first, end;
    table_visible(&l->table, &first, &end);
    l->drawn_count = 0;
    for (size_t i = first; i < end && l->drawn_count < LIST_DRAWN_MAX; i++)
        l->drawn[l->drawn_count++] = row_at(l, i);
}

static bool same_rows(const struct account_list *l)
{
    size_t first, end;
    table_visible(&l->table, &first, &end);
    if (end - first != l->drawn_count)
        return false;
    for (size_t i = 0; i < l->drawn_count; i++) {
        if (l->drawn[i] != row_at(l, first + i))
            return false;
    }
    return true;
}

void account_list_draw(struct account_list *l, const struct canvas *c, bool focus)
{
    struct session *s = app_session(l->app);
    if (l->version != view_version(s->view))
        account_list_update(l);
    struct str empty = STR_INIT;
    if (!view_count(s->view))
        account_list_empty(l->app, &empty);
    expect_rows(l);
    table_draw(&l->table, c, focus, str_text(&empty));
    str_finish(&empty);
    remember_rows(l);
}

bool account_list_redraw(struct account_list *l, const struct canvas *c, bool focus)
{
    if (l->version != view_version(app_session(l->app)->view))
        account_list_update(l);
    if (!l->table.count)
        return false;
    bool same = same_rows(l);
    if (!same)
        expect_rows(l);
    table_renumbered(&l->table, same);
    table_update(&l->table, c, focus);
    remember_rows(l);
    return true;
}

void account_list_set_sort(struct account_list *l, const struct sort *sort)
{
    view_set_sort(app_session(l->app)->view, sort);
    show_sort(l);
    account_list_update(l);
}

bool account_list_sorted_by(const struct account_list *l, const struct column *column, bool *down)
{
    const struct sort *sort = view_sort(app_session(l->app)->view);
    bool first = sort->count && sort->keys[0].column == column;
    if (down)
        *down = first && sort->keys[0].descending;
    return first;
}

static bool is_shown(const struct account_list *l, const struct column *column)
{
    for (size_t i = 0; i < l->column_count; i++) {
        if (l->columns[i].column == column)
            return true;
    }
    return false;
}

/* The columns as they were chosen, and what sorts among them. */
static void show_key(struct account_list *l, const struct column *key)
{
    const struct column *columns[LIST_COLUMNS_MAX];
    bool there = false;
    size_t n = 0;
    if (is_shown(l, key) && (!l->key || l->key == key))
        return;
    for (size_t i = 0; i < l->column_count; i++) {
        const struct column *column = l->columns[i].column;
        there = there || (column == key && column != l->key);
        if (column != l->key)
            columns[n++] = column;
    }
    l->key = there ? NULL : key;
    if (!there) { /* beside the first */
        n = n < LIST_COLUMNS_MAX ? n : LIST_COLUMNS_MAX - 1;
        memmove(columns + 2, columns + 1, (n - 1) * sizeof columns[0]);
        columns[1] = key;
        n++;
    }
    set_columns(l, columns, n);
}

void account_list_order(struct account_list *l, const struct column *column, bool down)
{
    struct sort sort = {.count = 1};
    sort.keys[0].column = column;
    sort.keys[0].descending = down;
    show_key(l, column);
    account_list_set_sort(l, &sort);
}

void account_list_sort(struct account_list *l, const struct column *column)
{
    bool down;
    account_list_order(l, column, account_list_sorted_by(l, column, &down) && !down);
}
