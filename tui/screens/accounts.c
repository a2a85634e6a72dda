/* accounts.c: see accounts.h. Two panes and a line above; what is in them is account_list, detail
 * and account_line. Beside each other from 90 columns on, one above the other when there is height,
 * else the detail opens alone. */
#include "tui/screens/accounts.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/screens/account_choice.h"
#include "tui/screens/account_find.h"
#include "tui/screens/account_line.h"
#include "tui/screens/account_list.h"
#include "tui/screens/account_menus.h"
#include "tui/screens/account_views.h"
#include "tui/screens/account_writes.h"
#include "tui/screens/changed.h"
#include "tui/screens/detail.h"
#include "tui/who.h"

#define SIDE_BY_SIDE_COLS 90
#define STACKED_ROWS      32
#define SPLIT_DEFAULT     60 /* percent of the width that the list takes */
#define STACKED_LESS      10 /* of the height it takes less */

enum focus { FOCUS_LIST, FOCUS_DETAIL };

struct accounts {
    struct app *app;
    struct account_list list;
    struct detail detail;
    enum focus focus;
    struct account_line line;
    struct account_views views;
    struct account_choice choice;
    bool preview, alone; /* alone: the detail fills the screen */
    bool room;           /* for the detail beside or below the list, as it was drawn last */
    int split;
};

/* ---- the filter ---- */

void accounts_filter(void *self, struct span text)
{
    struct accounts *a = self;
    if (!account_line_set(&a->line, text))
        app_error(a->app, &a->line.err);
    app_dirty(a->app);
}

bool accounts_order(void *self, const char *column)
{
    struct accounts *a = self;
    const struct column *by = column_find(app_session(a->app)->columns, span_of(column));
    if (!by)
        return false;
    account_list_order(&a->list, by, false);
    a->list.cursor = ROW_NONE; /* the first, also when the order is worked out later */
    account_list_update(&a->list);
    detail_stale(&a->detail);
    app_dirty(a->app);
    return true;
}

void accounts_go(void *self, row_id row)
{
    struct accounts *a = self;
    a->list.cursor = row;
    account_list_update(&a->list);
    detail_stale(&a->detail);
    app_dirty(a->app);
}

struct span accounts_filter_text(const void *self)
{
    return span_from(&((const struct accounts *)self)->line.filter);
}

/* The account under the cursor, or ROW_NONE. */
static row_id accounts_cursor(const void *self)
{
    return account_list_cursor(&((const struct accounts *)self)->list);
}

static unsigned do_typing(void *self, enum action_id action)
{
    struct accounts *a = self;
    account_line_begin(&a->line, action == ACTION_FILTER   ? TYPING_FILTER
                                 : action == ACTION_SEARCH ? TYPING_SEARCH
                                                           : TYPING_MARK);
    return EFFECT_REDRAW;
}

static unsigned do_siblings(void *self, enum action_id action)
{
    struct accounts *a = self;
    struct str text = STR_INIT;
    row_id row = accounts_cursor(a);
    (void)action;
    if (row == ROW_NONE)
        return EFFECT_HANDLED;
    if (!find_siblings(app_session(a->app), row, accounts_filter_text(a), &text))
        app_message(a->app, MESSAGE_NOTE,
                    "neither region nor residency is known: every account of its provider");
    accounts_filter(a, span_from(&text));
    str_finish(&text);
    return EFFECT_REDRAW;
}

static unsigned do_problems(void *self, enum action_id action)
{
    (void)action;
    accounts_filter(self, span_of(find_problems));
    return EFFECT_REDRAW;
}

static unsigned accounts_key(void *self, const struct key *key)
{
    struct accounts *a = self;
    if (a->line.typing == TYPING_SEARCH) /* the list may have gone on under what is typed */
        detail_whole(&a->detail, accounts_cursor(a));
    return account_line_key(&a->line, key);
}

/* ---- moving, panes ---- */

/* What has the keys is on the screen: without room beside the list the detail has all of it. */
static bool is_alone(const struct accounts *a)
{
    return a->alone || (a->focus == FOCUS_DETAIL && !a->room);
}

static unsigned do_back(void *self, enum action_id action)
{
    struct accounts *a = self;
    (void)action;
    if (a->line.typing) {
        account_line_end(&a->line, false);
    } else if (account_choice_forget(&a->choice)) {
        /* the marks stay, only the range is gone */
    } else if (a->focus == FOCUS_DETAIL) {
        a->alone = false;
        a->focus = FOCUS_LIST;
    } else if (a->line.filter.len) {
        account_line_set(&a->line, span_of(""));
    } else {
        return EFFECT_HANDLED;
    }
    return EFFECT_REDRAW;
}

static unsigned do_close(void *self, enum action_id action)
{
    struct accounts *a = self;
    if (a->focus == FOCUS_DETAIL)
        return do_back(self, action);
    app_quit(a->app, true);
    return EFFECT_HANDLED;
}

static unsigned do_pane(void *self, enum action_id action)
{
    struct accounts *a = self;
    (void)action;
    a->focus = a->alone || a->focus == FOCUS_DETAIL ? FOCUS_LIST : FOCUS_DETAIL;
    a->alone = false;
    return EFFECT_REDRAW;
}

static unsigned do_open(void *self, enum action_id action)
{
    struct accounts *a = self;
    (void)action;
    row_id row = accounts_cursor(a);
    if (row == ROW_NONE)
        return EFFECT_HANDLED;
    struct value id;
    fleet_get(app_session(a->app)->fleet, row, FIELD_ID, &id);
    if (value_known(&id) && !app_session(a->app)->env.offline)
        sync_read(app_session(a->app)->sync, id.text);
    a->focus = FOCUS_DETAIL;
    a->alone = true;
    return EFFECT_REDRAW;
}

/* Why there are no two panes on the screen. */
static unsigned tell_no_room(const struct accounts *a)
{
    app_message(a->app, MESSAGE_NOTE,
                a->preview ? "there is no room for the detail beside the list; Tab shows it alone"
                           : "the detail is hidden; p shows it beside the list");
    return EFFECT_REDRAW;
}

static unsigned do_preview(void *self, enum action_id action)
{
    struct accounts *a = self;
    if (a->preview && !a->room)
        return is_alone(a) ? do_back(a, action) : tell_no_room(a);
    a->preview = !a->preview;
    if (!a->preview && !a->alone)
        a->focus = FOCUS_LIST;
    return EFFECT_REDRAW;
}

/* The tabs of a detail that is not there. */
static unsigned do_tab(void *self, enum action_id action)
{
    struct accounts *a = self;
    bool shown = is_alone(a) || (a->preview && a->room);
    if (shown)
        return detail_action(&a->detail, accounts_cursor(a), action);
    if (a->preview)
        return tell_no_room(a);
    app_message(a->app, MESSAGE_NOTE, "the detail is hidden; p shows it");
    return EFFECT_REDRAW;
}

static unsigned do_zoom(void *self, enum action_id action)
{
    struct accounts *a = self;
    int step = (action == ACTION_ZOOM_IN) == (a->focus == FOCUS_LIST) ? 5 : -5;
    if (!a->room)
        return is_alone(a) ? EFFECT_HANDLED : tell_no_room(a);
    a->split += step;
    if (a->split < 30)
        a->split = 30;
    if (a->split > 80)
        a->split = 80;
    return EFFECT_REDRAW;
}

/* ---- writes and menus ---- */

static unsigned do_write(void *self, enum action_id action)
{
    struct accounts *a = self;
    if (action_info(action)->flags & AF_MARKS)
        account_choice_end(&a->choice); /* what is chosen on the screen is what is acted on */
    return account_write(a->app, accounts_cursor(a), action);
}

static unsigned do_menu(void *self, enum action_id action)
{
    struct accounts *a = self;
    if (action == ACTION_SORT)
        menu_sort(a->app, &a->list);
    else if (action == ACTION_FACET)
        menu_facet(a->app, a);
    else if (accounts_cursor(a) != ROW_NONE)
        menu_yank(a->app, accounts_cursor(a), a->detail.reveal);
    return EFFECT_REDRAW;
}

static unsigned do_changes(void *self, enum action_id action)
{
    struct accounts *a = self;
    row_id row = accounts_cursor(a);
    struct value id, name;
    (void)action;
    if (row == ROW_NONE)
        return EFFECT_HANDLED;
    fleet_get(app_session(a->app)->fleet, row, FIELD_ID, &id);
    fleet_get(app_session(a->app)->fleet, row, FIELD_NAME, &name);
    struct str title = STR_INIT;
    who_title(app_session(a->app)->fleet, id.text, name.text, &title);
    const struct changed_arg arg = {id.text, span_from(&title)};
    if (value_known(&id))
        app_push(a->app, &changed_screen, &arg);
    str_finish(&title);
    return EFFECT_REDRAW;
}

static const struct screen_handler handlers[] = {
    {ACTION_FILTER, do_typing},
    {ACTION_SEARCH, do_typing},
    {ACTION_BACK, do_back},
    {ACTION_CLOSE, do_close},
    {ACTION_NEXT_PANE, do_pane},
    {ACTION_PREVIOUS_PANE, do_pane},
    {ACTION_OPEN, do_open},
    {ACTION_PREVIEW, do_preview},
    {ACTION_NEXT_TAB, do_tab},
    {ACTION_PREVIOUS_TAB, do_tab},
    {ACTION_ZOOM_IN, do_zoom},
    {ACTION_ZOOM_OUT, do_zoom},
    {ACTION_MARK_FILTER, do_typing},
    {ACTION_SIBLINGS, do_siblings},
    {ACTION_PROBLEMS, do_problems},
    {ACTION_EDIT, do_write},
    {ACTION_EDITOR, do_write},
    {ACTION_ADD, do_write},
    {ACTION_CLONE, do_write},
    {ACTION_TOGGLE, do_write},
    {ACTION_DELETE, do_write},
    {ACTION_BULK, do_write},
    {ACTION_SORT, do_menu},
    {ACTION_FACET, do_menu},
    {ACTION_YANK, do_menu},
    {ACTION_CHANGES, do_changes},
    {ACTION_NONE, NULL},
};

static unsigned accounts_action(void *self, enum action_id action)
{
    struct accounts *a = self;
    enum move move;
    if (!keymap_move(action, &move))
        account_mark_end(&a->line.mark); /* what acts on marks acts on all of them */
    unsigned effect = screen_dispatch(handlers, self, action);
    if (!effect)
        effect = account_choice_action(&a->choice, action);
    if (effect)
        return effect;
    if (a->focus == FOCUS_LIST && keymap_move(action, &move)) {
        account_list_move(&a->list, move);
        return is_alone(a) ? EFFECT_REDRAW : EFFECT_TOUCHED;
    }
    effect = account_views_action(&a->views, action);
    return effect ? effect : detail_action(&a->detail, accounts_cursor(a), action);
}

/* ---- drawing ---- */

static void draw_list(struct accounts *a, const struct canvas *c, bool focus)
{
    int lines = account_line_draw(&a->line, c);
    struct canvas body = canvas_part(c, lines, 0, c->rows - lines, c->cols);
    account_list_draw(&a->list, &body, focus && !a->line.typing);
}

/* Which accounts a refresh reads first: told now and then, not at every key. */
static void tell_visible(struct accounts *a)
{
    struct session *s = app_session(a->app);
    size_t first, end;
    row_id rows[200];
    table_visible(&a->list.table, &first, &end);
    size_t n = 0;
    for (size_t i = first; i < end && n < ARRAY_LEN(rows); i++)
        rows[n++] = view_at(s->view, (uint32_t)i);
    sync_visible(s->sync, rows, n);
}

/* Where the panes stand in a canvas of this size. */
struct panes {
    bool beside, below; /* the detail, or neither */
    struct canvas list, detail;
    int edge; /* the column or row between them */
};

static struct panes lay_panes(const struct accounts *a, const struct canvas *body, int rows)
{
    struct panes p = {.list = *body};
    p.beside = a->preview && body->cols >= SIDE_BY_SIDE_COLS;
    p.below = a->preview && !p.beside && rows >= STACKED_ROWS;
    if (p.beside) {
        p.edge = body->cols * a->split / 100;
        p.list = canvas_part(body, 0, 0, body->rows, p.edge);
        p.detail = canvas_part(body, 0, p.edge + 1, body->rows, body->cols - p.edge - 1);
    } else if (p.below) {
        p.edge = body->rows * (a->split - STACKED_LESS) / 100;
        p.list = canvas_part(body, 0, 0, p.edge, body->cols);
        p.detail = canvas_part(body, p.edge + 1, 0, body->rows - p.edge - 1, body->cols);
    }
    return p;
}

static void accounts_draw(void *self, const struct canvas *c)
{
    struct accounts *a = self;
    bool in_list = a->focus == FOCUS_LIST;
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    struct panes p = lay_panes(a, &body, c->rows);
    a->room = p.beside || p.below;
    if (is_alone(a)) {
        detail_draw(&a->detail, c, accounts_cursor(a), true);
        return;
    }
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    draw_list(a, &p.list, in_list);
    if (p.beside) {
        draw_vline(&body, 0, p.edge, body.rows, ROLE_BORDER);
        draw_glyph(c, 0, p.edge, ROLE_BORDER, GLYPH_TEE_DOWN);
    } else if (p.below) {
        draw_hline(&body, p.edge, 0, c->cols, ROLE_BORDER);
    }
    if (p.beside || p.below)
        detail_draw(&a->detail, &p.detail, accounts_cursor(a), !in_list);
}

/* After a move in the list: its rows that look different, and the detail. */
static void accounts_update(void *self, const struct canvas *c)
{
    struct accounts *a = self;
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    struct panes p = lay_panes(a, &body, c->rows);
    struct canvas rows = canvas_part(&p.list, 1, 0, p.list.rows - 1, p.list.cols);
    if (is_alone(a) || a->line.typing || !account_list_redraw(&a->list, &rows, true)) {
        draw_fill(c, 0, 0, c->rows, c->cols, ROLE_TEXT);
        accounts_draw(self, c);
        return;
    }
    account_line_update(&a->line, &p.list);
    if (p.beside || p.below)
        detail_draw(&a->detail, &p.detail, accounts_cursor(a), false);
}

/* ---- the screen ---- */

static void *accounts_open(struct app *app, const void *arg)
{
    struct accounts *a = mem_calloc(1, sizeof *a);
    a->app = app;
    a->preview = true;
    a->split = SPLIT_DEFAULT;
    account_list_init(&a->list, app);
    account_choice_init(&a->choice, app, &a->list);
    detail_init(&a->detail, app);
    account_line_init(&a->line, app, &a->list, &a->detail.view);
    const struct accounts_arg *first = arg;
    account_views_init(&a->views, app, &a->list, &a->line, first ? first->view : NULL,
                       first ? first->filter : NULL);
    return a;
}

static void accounts_close(void *self)
{
    struct accounts *a = self;
    account_views_finish(&a->views);
    account_list_finish(&a->list);
    detail_finish(&a->detail);
    account_line_finish(&a->line);
    account_choice_finish(&a->choice);
    mem_free(a);
}

static const char *accounts_context(const void *self)
{
    const struct accounts *a = self;
    if (a->line.typing)
        return "line";
    return a->focus == FOCUS_DETAIL ? "detail" : "list";
}

static bool accounts_typing(const void *self)
{
    return ((const struct accounts *)self)->line.typing != TYPING_NONE;
}

static unsigned accounts_news(void *self, enum news news)
{
    struct accounts *a = self;
    if (news == NEWS_TICK || news == NEWS_SYNC)
        tell_visible(a);
    account_choice_news(&a->choice, news);
    if (news == NEWS_FLEET || news == NEWS_WRITE) {
        account_list_update(&a->list);
        detail_stale(&a->detail);
    }
    if (news == NEWS_MONITOR)
        detail_stale(&a->detail);
    return EFFECT_REDRAW;
}

static const int *accounts_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_MARK,  ACTION_OPEN,   ACTION_EDIT,    ACTION_BULK,
                              ACTION_ADD,   ACTION_TOGGLE, ACTION_YANK,    ACTION_FILTER,
                              ACTION_FACET, ACTION_SORT,   ACTION_PALETTE, ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

static void accounts_lead(const void *self, struct str *out)
{
    account_choice_lead(&((const struct accounts *)self)->choice, out);
}

static void accounts_note(const void *self, struct str *out)
{
    const struct accounts *a = self;
    /* The more important of the two, where there is room for one. */
    if (a->detail.reveal)
        str_add(out, "revealed");
    else
        account_views_note(&a->views, out);
}

const struct screen_ops accounts_screen = {
    .name = "accounts",
    .tab = "Accounts",
    .open = accounts_open,
    .close = accounts_close,
    .draw = accounts_draw,
    .update = accounts_update,
    .context = accounts_context,
    .action = accounts_action,
    .key = accounts_key,
    .typing = accounts_typing,
    .news = accounts_news,
    .bar = accounts_bar,
    .lead = accounts_lead,
    .note = accounts_note,
};
