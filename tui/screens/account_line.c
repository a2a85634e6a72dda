/* account_line.c: see account_line.h. */
#include "tui/screens/account_line.h"

#include "base/quantity.h"
#include "model/filter.h"

#include <string.h>

/* Before anything is typed, and cut where there is no room: the grammar is in the help. */
#define EXAMPLES "a name, provider=openai, tokens>90%, tag:env=prod; F1 has more"

void account_line_init(struct account_line *l, struct app *app, struct account_list *list,
                       struct textview *text)
{
    *l = (struct account_line){.app = app, .list = list, .text = text};
    line_editor_init(&l->editor);
    account_mark_init(&l->mark, app);
}

void account_line_finish(struct account_line *l)
{
    account_mark_finish(&l->mark);
    line_editor_finish(&l->editor);
    str_finish(&l->filter);
    str_finish(&l->before);
    str_finish(&l->hint);
}

/* ---- the filter ---- */

static void narrow_sync(struct account_line *l, const struct filter *filter)
{
    struct filter_query q = {0};
    if (filter)
        filter_query_terms(filter, &q);
    sync_narrow(app_session(l->app)->sync, q.provider_type, q.status, q.enabled_only);
}

/* What the filter and the expression to mark by have in common: the text is read as it is typed,
 * and what is wrong with it, or what it may be taken for, is kept for the line below. False: it
 * cannot be read. *filter is the caller's to destroy; NULL for an empty text. */
static bool read_text(struct account_line *l, struct span text, struct filter **filter)
{
    struct session *s = app_session(l->app);
    *filter = NULL;
    error_clear(&l->err);
    if (text.len &&
        filter_parse(s->columns, text, app_now_server(l->app), filter, &l->err_at, &l->err))
        return false;
    str_clear(&l->hint);
    if (*filter)
        filter_hint(*filter, &l->hint);
    return true;
}

/* As read_text, where nothing follows from it yet. */
static void read_alone(struct account_line *l, struct span text)
{
    struct filter *filter;
    read_text(l, text, &filter);
    filter_destroy(filter);
}

bool account_line_set(struct account_line *l, struct span text)
{
    struct session *s = app_session(l->app);
    struct filter *filter;
    if (!read_text(l, text, &filter))
        return false;
    /* The account that stands under the cursor stays there when the filter goes. */
    if (!l->typing && account_list_cursor(l->list) != ROW_NONE)
        l->list->cursor = account_list_cursor(l->list);
    struct str kept = STR_INIT; /* text may be l->filter itself */
    str_add_span(&kept, text);
    str_finish(&l->filter);
    l->filter = kept;
    narrow_sync(l, filter);
    view_set_filter(s->view, filter);
    account_list_update(l->list);
    return true;
}

/* ---- typing ---- */

void account_line_begin(struct account_line *l, enum typing what)
{
    bool filter = what == TYPING_FILTER;
    if (filter) {
        str_clear(&l->before);
        str_add_span(&l->before, span_from(&l->filter));
        view_expect_filter(app_session(l->app)->view);
    }
    l->typing = what;
    line_editor_start(&l->editor, filter ? span_from(&l->filter) : span_of(""));
    read_alone(l, line_editor_text(&l->editor)); /* the hint was another text's */
}

/* False: it cannot be read, and stays as typed: what is shown is still the last that could. */
static bool end_filter(struct account_line *l, bool accept)
{
    if (!accept) {
        account_line_set(l, span_from(&l->before));
        return true;
    }
    if (l->err.status)
        return false;
    line_editor_remember(&l->editor, line_editor_text(&l->editor));
    return true;
}

/* False: it cannot be read. */
static bool mark(struct account_line *l)
{
    struct filter *filter;
    struct span text = line_editor_text(&l->editor);
    if (!read_text(l, text, &filter))
        return false;
    str_clear(&l->hint);
    line_editor_remember(&l->editor, text);
    if (filter)
        account_mark_begin(&l->mark, filter);
    return true;
}

void account_line_end(struct account_line *l, bool accept)
{
    if (l->typing == TYPING_FILTER && !end_filter(l, accept))
        return;
    if (l->typing == TYPING_MARK && accept && !mark(l))
        return;
    else if (l->typing == TYPING_SEARCH && accept &&
             !textview_search(l->text, line_editor_text(&l->editor)))
        app_message(l->app, MESSAGE_NOTE, "not found");
    error_clear(&l->err);
    l->typing = TYPING_NONE;
}

unsigned account_line_key(struct account_line *l, const struct key *key)
{
    if (l->typing == TYPING_NONE)
        return EFFECT_NONE;
    if (key_is(key, KEYSYM_ENTER)) {
        account_line_end(l, true);
        return EFFECT_REDRAW;
    }
    switch (line_editor_key(&l->editor, key)) {
    case LINE_IGNORED:
        return EFFECT_NONE;
    case LINE_CHANGED:
        error_clear(&l->err);
        if (l->typing == TYPING_FILTER)
            account_line_set(l, line_editor_text(&l->editor));
        else if (l->typing == TYPING_MARK)
            read_alone(l, line_editor_text(&l->editor));
        break;
    case LINE_MOVED:
        break;
    }
    return EFFECT_REDRAW;
}

/* ---- drawing ---- */

/* The number of the row under the cursor, as wide as the number of rows, so that nothing beside it
 * moves: "  7/37". */
static void add_place(struct account_line *l, struct str *out)
{
    char rows[QUANTITY_ROOM], at[QUANTITY_ROOM];
    size_t row, cells = strlen(quantity_text(rows, view_count(app_session(l->app)->view)));
    if (table_cursor(&l->list->table, &row)) {
        size_t len = strlen(quantity_text(at, (int64_t)row + 1));
        str_fill(out, ' ', len < cells ? cells - len : 0);
        str_append(out, at, len);
        str_add_char(out, '/');
    }
    str_append(out, rows, cells);
}

static void add_count(struct account_line *l, struct str *out)
{
    struct session *s = app_session(l->app);
    bool any = l->filter.len || l->typing == TYPING_FILTER;
    add_place(l, out);
    if (!any)
        return;
    str_add(out, " of ");
    quantity_full(out, fleet_count(s->fleet));
    if (session_partial(s))
        str_add(out, " (partial)");
}

/* The rows that are shown are still the last ones. */
static void add_busy(const struct account_line *l, struct str *out)
{
    static const char *const words[] = {[VIEW_FILTERING] = "filtering", [VIEW_SORTING] = "sorting"};
    int percent;
    enum view_busy busy = view_busy(app_session(l->app)->view, &percent);
    if (account_mark_busy(&l->mark, &percent))
        str_printf(out, "%smarking... %d%%", out->len ? "  " : "", percent);
    else if (busy != VIEW_READY)
        str_printf(out, "%s%s... %d%%", out->len ? "  " : "", words[busy], percent);
}

static void draw_filter(struct account_line *l, const struct canvas *c)
{
    struct str count = STR_INIT;
    bool any = l->filter.len || l->typing == TYPING_FILTER;
    add_count(l, &count);
    add_busy(l, &count);
    int right = (int)count.len;
    draw_own(c, 0, 1, any ? ROLE_BAR_KEY : ROLE_DIM, "/", 2, TEXT_LEFT);
    struct canvas line = canvas_part(c, 0, 3, 1, c->cols - right - 5);
    if (l->typing == TYPING_FILTER)
        line_editor_draw(&l->editor, &line, 0, 0, line.cols, true, EXAMPLES);
    else if (l->filter.len)
        draw_text(&line, 0, 0, ROLE_MATCH, span_from(&l->filter), line.cols, TEXT_LEFT);
    else
        draw_own(&line, 0, 0, ROLE_DIM, "filter", line.cols, TEXT_LEFT);
    draw_own(c, 0, c->cols - right - 1, ROLE_DIM, str_text(&count), right, TEXT_RIGHT);
    str_finish(&count);
}

void account_line_update(struct account_line *l, const struct canvas *c)
{
    draw_fill(c, 0, 0, 1, c->cols, ROLE_TEXT);
    draw_filter(l, c);
}

int account_line_draw(struct account_line *l, const struct canvas *c)
{
    static const struct {
        const char *sign, *hint;
    } others[] = {
        [TYPING_SEARCH] = {"/", "text to find in the detail"},
        [TYPING_MARK] = {"|", "a filter: those shown that it matches are marked"},
    };
    if (l->typing == TYPING_SEARCH || l->typing == TYPING_MARK) {
        draw_own(c, 0, 1, ROLE_BAR_KEY, others[l->typing].sign, 2, TEXT_LEFT);
        line_editor_draw(&l->editor, c, 0, 3, c->cols - 4, true, others[l->typing].hint);
    } else {
        draw_filter(l, c);
    }
    if (l->typing == TYPING_MARK && !line_editor_text(&l->editor).len && !l->err.status) {
        draw_own(c, 1, 3, ROLE_DIM, EXAMPLES, c->cols - 4, TEXT_LEFT);
        return 2;
    }
    bool reads = l->typing == TYPING_FILTER || l->typing == TYPING_MARK;
    if (reads && !l->err.status && l->hint.len) {
        draw_own(c, 1, 3, ROLE_NOTE, str_text(&l->hint), c->cols - 4, TEXT_LEFT);
        return 2;
    }
    if (!l->err.status || !l->typing)
        return 1;
    return 1 + line_editor_draw_error(&l->editor, c, 1, 3, l->err_at, &l->err);
}
