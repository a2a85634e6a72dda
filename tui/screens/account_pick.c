/* account_pick.c: see account_pick.h.
 *
 * It has a view of its own on the fleet, which works in slices between keys as the list's does: a
 * key never waits for a hundred thousand accounts. */
#include "tui/screens/account_pick.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "model/filter.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/table.h"

#include <string.h>

#define SLICE_ROWS 8192 /* a turn: some 2 ms */
#define WIDTH      110
#define HEIGHT     22

struct account_pick {
    struct app *app;
    struct account_pick_arg arg;
    char *title;       /* owned */
    struct view *view; /* owned */
    struct table table;
    struct line_editor editor;
    struct error error;   /* of what is typed; the last good result stays */
    struct error refused; /* why the one chosen last does not do, up to the next key */
    row_id cursor;        /* the account; ROW_NONE: the first */
    loop_timer timer;     /* the view works in its turns */
    bool enter;           /* pressed, and waits for the view */
};

/* ---- rows ----------------------------------------------------------------------------------- */

static void update(struct account_pick *p)
{
    uint32_t count = view_count(p->view), at = 0;
    if (p->cursor != ROW_NONE && view_find(p->view, p->cursor) < count)
        at = view_find(p->view, p->cursor);
    table_set_rows(&p->table, count, at);
    app_dirty(p->app);
}

/* ---- choosing ------------------------------------------------------------------------------- */

/* Enter is about the rows of what is typed: where they are still looked for, it waits for them. */
static unsigned choose(struct account_pick *p)
{
    size_t row;
    p->enter = p->timer != 0;
    if (p->enter || p->error.status || !table_cursor(&p->table, &row))
        return EFFECT_REDRAW;
    row_id account = view_at(p->view, (uint32_t)row);
    if (account == ROW_NONE)
        return EFFECT_REDRAW;
    return p->arg.chosen(p->arg.ctx, account, &p->refused) ? EFFECT_CLOSE : EFFECT_REDRAW;
}

static void on_turn(void *ctx)
{
    struct account_pick *p = ctx;
    p->timer = 0;
    if (view_work(p->view, SLICE_ROWS)) {
        p->timer = loop_timer_start(app_loop(p->app), 0, on_turn, p);
        return;
    }
    update(p);
    if (p->enter && (choose(p) & EFFECT_CLOSE))
        app_close_screen(p->app, p);
}

static void work(struct account_pick *p)
{
    if (!p->timer)
        p->timer = loop_timer_start(app_loop(p->app), 0, on_turn, p);
}

static void filter(struct account_pick *p)
{
    struct filter *filter = NULL;
    struct span text = line_editor_text(&p->editor);
    error_clear(&p->error);
    if (text.len && filter_parse(app_session(p->app)->columns, text, app_now_server(p->app),
                                 &filter, NULL, &p->error))
        return;
    view_set_filter(p->view, filter);
    p->cursor = ROW_NONE;
    work(p);
}

static void cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    struct account_pick *p = ctx;
    struct fleet *fleet = app_session(p->app)->fleet;
    row_id account = view_at(p->view, (uint32_t)row);
    enum field f = (enum field)p->table.columns[column].id;
    struct value v;
    if (account == ROW_NONE)
        return;
    fleet_get(fleet, account, f, &v);
    if (f == FIELD_NAME && !(value_known(&v) && v.text.len))
        fleet_get(fleet, account, f = FIELD_ID, &v);
    value_show(f, &v, SHOW_CELL, out->text);
    out->role = v.presence == PRESENCE_VALUE ? ROLE_TEXT : ROLE_DIM;
}

/* ---- the screen ----------------------------------------------------------------------------- */

/* "rps" of rate.rps: eight of them have to have room. */
static const char *short_title(enum field f)
{
    const char *key = field_info(f)->key, *dot = strchr(key, '.');
    return dot ? dot + 1 : key;
}

static void set_columns(struct account_pick *p)
{
    struct table_column columns[ACCOUNT_PICK_FIELDS + 1];
    size_t n = 0;
    columns[n++] = (struct table_column){"NAME", 20, 40, 0, TEXT_LEFT, FIELD_NAME};
    for (size_t i = 0; i < p->arg.field_count; i++)
        columns[n++] = (struct table_column){
            short_title(p->arg.fields[i]), 8, 12, (int)i + 1, TEXT_RIGHT, (int)p->arg.fields[i]};
    table_set_columns(&p->table, columns, n);
}

static void *pick_open(struct app *app, const void *arg)
{
    struct account_pick *p = mem_calloc(1, sizeof *p);
    struct session *s = app_session(app);
    const struct table_source source = {cell, NULL, NULL, p};
    p->app = app;
    p->arg = *(const struct account_pick_arg *)arg;
    p->title = mem_strdup(p->arg.title);
    p->cursor = ROW_NONE;
    p->view = view_create(s->fleet, s->columns);
    view_set_sliced(p->view, true);
    view_set_now(p->view, app_now_server(app));
    line_editor_init(&p->editor);
    line_editor_start(&p->editor, span_of(""));
    table_init(&p->table, &source);
    set_columns(p);
    work(p);
    return p;
}

static void pick_close(void *self)
{
    struct account_pick *p = self;
    loop_timer_stop(app_loop(p->app), p->timer);
    if (p->arg.close)
        p->arg.close(p->arg.ctx);
    table_finish(&p->table);
    line_editor_finish(&p->editor);
    view_destroy(p->view);
    mem_free(p->title);
    mem_free(p);
}

static const char *empty_words(const struct account_pick *p)
{
    if (p->timer || view_busy(p->view, NULL) != VIEW_READY)
        return "looking ...";
    return line_editor_text(&p->editor).len ? "no account matches" : "there is no account";
}

static void pick_draw(void *self, const struct canvas *c)
{
    struct account_pick *p = self;
    struct str count = STR_INIT;
    int cols = c->cols - 4 < WIDTH ? c->cols - 4 : WIDTH;
    int rows = c->rows - 4 < HEIGHT ? c->rows - 4 : HEIGHT;
    struct canvas box = canvas_part(c, (c->rows - rows) / 3, (c->cols - cols) / 2, rows, cols);
    draw_fill(&box, 0, 0, box.rows, box.cols, ROLE_DIALOG);
    struct canvas inside = draw_box(&box, ROLE_BORDER, p->title);
    quantity_full(&count, view_count(p->view));
    str_add(&count, " of ");
    quantity_full(&count, fleet_count(app_session(p->app)->fleet));
    struct canvas table = canvas_part(&inside, 2, 0, inside.rows - 2, inside.cols);
    table_draw(&p->table, &table, true, empty_words(p)); /* the caret goes to the line after */
    int room = inside.cols - (int)count.len - 6;
    draw_own(&inside, 0, 1, ROLE_BAR_KEY, ">", 1, TEXT_LEFT);
    draw_own_span(&inside, 0, inside.cols - (int)count.len - 1, ROLE_DIM, span_from(&count), -1,
                  TEXT_LEFT);
    line_editor_draw(&p->editor, &inside, 0, 3, room, true, "a name, or a filter as of the list");
    const struct error *err = p->error.status ? &p->error : &p->refused;
    if (err->status)
        draw_text(&inside, 1, 1, ROLE_ERROR, span_of(err->what), inside.cols - 2, TEXT_LEFT);
    str_finish(&count);
}

static const char *pick_context(const void *self)
{
    (void)self;
    return "palette";
}

static bool pick_typing(const void *self)
{
    (void)self;
    return true;
}

static unsigned pick_action(void *self, enum action_id action)
{
    struct account_pick *p = self;
    enum move move;
    size_t row;
    if (action == ACTION_BACK)
        return EFFECT_CLOSE;
    error_clear(&p->refused);
    if (action == ACTION_ACCEPT)
        return choose(p);
    p->enter = false;
    if (!keymap_move(action, &move))
        return EFFECT_NONE;
    table_move(&p->table, move);
    if (table_cursor(&p->table, &row))
        p->cursor = view_at(p->view, (uint32_t)row);
    return EFFECT_REDRAW;
}

static unsigned pick_key(void *self, const struct key *key)
{
    struct account_pick *p = self;
    p->enter = false;
    error_clear(&p->refused);
    switch (line_editor_key(&p->editor, key)) {
    case LINE_IGNORED:
        return EFFECT_NONE;
    case LINE_CHANGED:
        filter(p);
        break;
    case LINE_MOVED:
        break;
    }
    return EFFECT_REDRAW;
}

static unsigned pick_news(void *self, enum news news)
{
    if (news == NEWS_FLEET)
        work(self);
    return EFFECT_NONE;
}

static const int *pick_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_ACCEPT, ACTION_NEXT_ROW, ACTION_BACK};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops account_pick_screen = {
    .name = "account menu",
    .overlay = true,
    .open = pick_open,
    .close = pick_close,
    .draw = pick_draw,
    .context = pick_context,
    .action = pick_action,
    .key = pick_key,
    .typing = pick_typing,
    .news = pick_news,
    .bar = pick_bar,
};
