/* reader.c: see reader.h. */
#include "tui/screens/reader.h"

void reader_init(struct reader *r, struct app *app, bool wrap)
{
    r->app = app;
    r->searching = false;
    textview_init(&r->view, wrap);
    line_editor_init(&r->editor);
}

void reader_finish(struct reader *r)
{
    textview_finish(&r->view);
    line_editor_finish(&r->editor);
}

void reader_draw(struct reader *r, const struct canvas *c)
{
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1 - r->searching, c->cols);
    textview_draw(&r->view, &body, !r->searching);
    if (!r->searching)
        return;
    draw_own(c, c->rows - 1, 1, ROLE_BAR_KEY, "/", 1, TEXT_LEFT);
    line_editor_draw(&r->editor, c, c->rows - 1, 3, c->cols - 4, true, NULL);
}

unsigned reader_action(struct reader *r, enum action_id action)
{
    enum move move;
    if (r->searching && action == ACTION_BACK) {
        r->searching = false;
        return EFFECT_REDRAW;
    }
    if (action == ACTION_SEARCH) {
        r->searching = true;
        line_editor_start(&r->editor, span_of(""));
        return EFFECT_REDRAW;
    }
    if (action == ACTION_NEXT_MATCH || action == ACTION_PREVIOUS_MATCH) {
        if (!textview_search_next(&r->view, action == ACTION_NEXT_MATCH))
            app_message(r->app, MESSAGE_NOTE, "not found");
        return EFFECT_REDRAW;
    }
    if (!keymap_move(action, &move))
        return EFFECT_NONE;
    textview_move(&r->view, move);
    return EFFECT_REDRAW;
}

unsigned reader_key(struct reader *r, const struct key *key)
{
    if (!r->searching)
        return EFFECT_NONE;
    if (key_is(key, KEYSYM_ENTER)) {
        r->searching = false;
        if (!textview_search(&r->view, line_editor_text(&r->editor)))
            app_message(r->app, MESSAGE_NOTE, "not found");
        return EFFECT_REDRAW;
    }
    return line_editor_key(&r->editor, key) == LINE_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
}
