/* history_list.c: see history_list.h. */
#include "tui/screens/history_list.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

#define SLICE_MS      4  /* a quarter of a frame */
#define LOOK_AT_CLOCK 32 /* rows between two looks at it */

/* ---- rows --------------------------------------------------------------------------------- */

bool history_list_current(const struct history_list *l, size_t *row)
{
    size_t at;
    if (!table_cursor(&l->table, &at) || at >= l->shown_count)
        return false;
    *row = l->shown[at];
    return true;
}

static void remember_cursor(struct history_list *l)
{
    size_t row;
    if (history_list_current(l, &row))
        l->cursor = l->kind->number(l->tab, row);
}

static void show_found(struct history_list *l)
{
    size_t cursor = 0, *shown = l->shown, room = l->shown_room;
    l->shown = l->found;
    l->shown_room = l->found_room;
    l->shown_count = l->found_count;
    l->found = shown;
    l->found_room = room;
    l->trying = false;
    for (size_t i = 0; l->cursor && i < l->shown_count && !cursor; i++)
        cursor = l->kind->number(l->tab, l->shown[i]) == l->cursor ? i : 0;
    table_set_rows(&l->table, l->shown_count, cursor);
    remember_cursor(l);
    app_dirty(l->app);
}

static void try_some(void *ctx)
{
    struct history_list *l = ctx;
    const struct clock *clock = loop_clock(app_loop(l->app));
    int64_t end = clock_mono(clock) + SLICE_MS;
    l->timer = 0;
    for (; l->tried < l->count; l->tried++) {
        if (l->tried % LOOK_AT_CLOCK == 0 && clock_mono(clock) >= end) {
            l->timer = loop_timer_start(app_loop(l->app), 0, try_some, l);
            return;
        }
        if (l->filter && !l->kind->matches(l->tab, l->tried, l->filter))
            continue;
        VEC_ROOM(l->found, l->found_count, l->found_room);
        l->found[l->found_count++] = l->tried;
    }
    show_found(l);
}

/* The first slice at once: what is little is in the key's own frame. */
static void try_now(struct history_list *l)
{
    loop_timer_stop(app_loop(l->app), l->timer);
    l->trying = true;
    try_some(l);
}

static void try_anew(struct history_list *l)
{
    l->tried = l->found_count = 0;
    try_now(l);
}

void history_list_set(struct history_list *l, size_t count, size_t front)
{
    size_t kept = 0;
    l->count = count;
    for (; kept < l->shown_count && l->shown[kept] + front < count; kept++)
        l->shown[kept] += front;
    l->shown_count = kept;
    if (l->table.count > kept)
        table_set_rows(&l->table, kept, 0);
    try_anew(l);
}

void history_list_grown(struct history_list *l, size_t count)
{
    size_t before = l->count;
    l->count = count;
    if (!l->trying) {
        l->found_count = 0;
        for (size_t i = 0; i < l->shown_count; i++) {
            VEC_ROOM(l->found, l->found_count, l->found_room);
            l->found[l->found_count++] = l->shown[i];
        }
        l->tried = before;
    }
    try_now(l);
}

static void cell(void *ctx, size_t at, size_t column, struct table_cell *out)
{
    struct history_list *l = ctx;
    if (at < l->shown_count)
        l->kind->cell(l->tab, l->shown[at], l->kind->columns[column].id, out);
}

/* ---- the filter ---------------------------------------------------------------------------- */

/* What cannot be read leaves the last good result on the screen. */
static void filter_try(struct history_list *l, struct span text)
{
    struct filter *filter = NULL;
    error_clear(&l->filter_err);
    if (text.len && filter_parse(l->columns, text, l->kind->now_wall_ms(l->app), &filter,
                                 &l->filter_err_at, &l->filter_err))
        return;
    filter_destroy(l->filter);
    l->filter = filter;
    try_anew(l);
}

static unsigned do_filter(void *self, enum action_id action)
{
    struct history_list *l = self;
    (void)action;
    l->typing = true;
    return EFFECT_REDRAW;
}

static unsigned do_back(void *self, enum action_id action)
{
    struct history_list *l = self;
    (void)action;
    if (!l->typing && !l->filter)
        return EFFECT_NONE;
    l->typing = false;
    line_editor_start(&l->editor, span_of(""));
    filter_try(l, span_of(""));
    return EFFECT_REDRAW;
}

unsigned history_list_key(struct history_list *l, const struct key *key)
{
    if (!l->typing)
        return EFFECT_NONE;
    if (key_is(key, KEYSYM_ENTER)) {
        l->typing = false;
        if (l->filter_err.status)
            app_error(l->app, &l->filter_err);
        error_clear(&l->filter_err);
        return EFFECT_REDRAW;
    }
    enum line_result result = line_editor_key(&l->editor, key);
    if (result == LINE_CHANGED)
        filter_try(l, line_editor_text(&l->editor));
    return result == LINE_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
}

static const struct screen_handler handlers[] = {
    {ACTION_FILTER, do_filter}, {ACTION_BACK, do_back}, {ACTION_NONE, NULL}};

unsigned history_list_action(struct history_list *l, enum action_id action)
{
    enum move move;
    unsigned effect = screen_dispatch(handlers, l, action);
    if (effect == EFFECT_NONE && keymap_move(action, &move)) {
        table_move(&l->table, move);
        remember_cursor(l);
        return EFFECT_REDRAW;
    }
    return effect;
}

/* ---- the part ----------------------------------------------------------------------------- */

void history_list_init(struct history_list *l, struct app *app, const struct history_kind *kind,
                       void *tab, struct column_set *columns)
{
    const struct table_source source = {cell, NULL, NULL, l};
    *l = (struct history_list){.app = app, .kind = kind, .tab = tab, .columns = columns};
    line_editor_init(&l->editor);
    line_editor_start(&l->editor, span_of(""));
    table_init(&l->table, &source);
    table_set_columns(&l->table, kind->columns, kind->column_count);
}

void history_list_finish(struct history_list *l)
{
    loop_timer_stop(app_loop(l->app), l->timer);
    filter_destroy(l->filter);
    column_set_destroy(l->columns);
    line_editor_finish(&l->editor);
    table_finish(&l->table);
    mem_free(l->shown);
    mem_free(l->found);
}

const char *history_list_context(const struct history_list *l)
{
    return l->typing ? "line" : "history";
}

void history_list_draw(struct history_list *l, const struct canvas *c, const struct error *err,
                       bool done)
{
    bool filtered = l->typing || l->filter;
    const char *busy = l->trying && l->filter ? "filtering ..." : "";
    int cells = c->cols - 4 - (int)strlen(busy);
    draw_own(c, 0, 1, filtered ? ROLE_BAR_KEY : ROLE_DIM, "/", 2, TEXT_LEFT);
    if (l->typing)
        line_editor_draw(&l->editor, c, 0, 3, cells, true, l->kind->example);
    else if (l->filter)
        draw_text(c, 0, 3, ROLE_MATCH, line_editor_text(&l->editor), cells, TEXT_LEFT);
    else
        draw_own(c, 0, 3, ROLE_DIM, "filter", cells, TEXT_LEFT);
    draw_own(c, 0, cells + 3, ROLE_DIM, busy, c->cols - cells - 3, TEXT_LEFT);
    int top = 1;
    if (l->filter_err.status)
        top += line_editor_draw_error(&l->editor, c, top, 3, l->filter_err_at, &l->filter_err);
    else if (err->status)
        draw_text(c, top++, 3, ROLE_ERROR, span_of(err->what), c->cols - 4, TEXT_LEFT);
    struct canvas body = canvas_part(c, top, 0, c->rows - top, c->cols);
    table_draw(&l->table, &body, !l->typing,
               !done       ? l->kind->reading
               : l->filter ? l->kind->no_match
                           : l->kind->nothing);
}
