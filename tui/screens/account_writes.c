/* account_writes.c: see account_writes.h. One row an action. */
#include "tui/screens/account_writes.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "tui/screens/account_menus.h"
#include "tui/screens/bulk.h"
#include "tui/screens/edit.h"
#include "tui/screens/plan.h"
#include "tui/screens/review.h"
#include "tui/session_plan.h"

/* The one account that a write acts on, when it can be; a locked one shows its open write. */
static row_id write_row(struct app *app, row_id row)
{
    struct fleet *fleet = app_session(app)->fleet;
    if (!app_may_write(app))
        return ROW_NONE;
    if (row == ROW_NONE)
        app_message(app, MESSAGE_NOTE, "there is no account under the cursor");
    else if (fleet_bad(fleet, row)[0])
        app_message(app, MESSAGE_ERROR, "this account could not be read, so it cannot be changed");
    else if (fleet_locked(fleet, row))
        review_open_row(app, row, ACTION_NONE);
    else
        return row;
    return ROW_NONE;
}

static unsigned do_edit(struct app *app, row_id cursor, enum action_id action)
{
    struct edit_arg arg = {.mode = EDIT_CHANGE, .row = ROW_NONE};
    if (action == ACTION_ADD) {
        arg.mode = EDIT_CREATE;
        if (!app_may_write(app))
            return EFFECT_REDRAW;
    } else {
        arg.mode = action == ACTION_CLONE ? EDIT_CLONE : EDIT_CHANGE;
        arg.editor = action == ACTION_EDITOR;
        arg.row = write_row(app, cursor);
        if (arg.row == ROW_NONE)
            return EFFECT_REDRAW;
    }
    app_push(app, &edit_screen, &arg);
    return EFFECT_REDRAW;
}

/* The marked accounts, the cursor's own first, then as they are shown, then those that the filter
 * hides; without marks the one under the cursor. */
struct chosen {
    row_id *rows; /* owned */
    uint32_t count, hidden;
};

static void choose_marked(struct app *app, row_id cursor, struct chosen *c)
{
    struct session *s = app_session(app);
    uint32_t marked = fleet_marked_count(s->fleet);
    for (uint32_t i = 0; i < view_count(s->view) && c->count < marked; i++) {
        row_id row = view_at(s->view, i);
        if (row != cursor && fleet_marked(s->fleet, row))
            c->rows[c->count++] = row;
    }
    uint32_t shown = c->count;
    for (row_id row = 0; row < fleet_rows(s->fleet) && c->count < marked; row++)
        if (fleet_alive(s->fleet, row) && fleet_marked(s->fleet, row) &&
            view_find(s->view, row) == view_count(s->view))
            c->rows[c->count++] = row;
    c->hidden = c->count - shown;
}

static bool choose(struct app *app, row_id cursor, struct chosen *chosen)
{
    struct fleet *fleet = app_session(app)->fleet;
    uint32_t marked = fleet_marked_count(fleet);
    *chosen = (struct chosen){NULL, 0, 0};
    if (!marked && cursor == ROW_NONE) {
        app_message(app, MESSAGE_NOTE, "there is no account under the cursor");
        return false;
    }
    chosen->rows = mem_calloc(marked + 1, sizeof *chosen->rows);
    if (!marked || (cursor != ROW_NONE && fleet_marked(fleet, cursor)))
        chosen->rows[chosen->count++] = cursor;
    if (marked)
        choose_marked(app, cursor, chosen);
    return true;
}

/* `b`; and while a plan is being applied, or has ended and nobody saw it, its screen. */
static unsigned do_bulk(struct app *app, row_id cursor, enum action_id action)
{
    struct chosen chosen;
    (void)action;
    bool ended = session_plan_unseen(app_session(app));
    if ((session_applying(app_session(app)) || ended) && plan_show(app)) {
        if (ended)
            app_message(app, MESSAGE_NOTE, "this plan has ended; Esc and b plan anew");
        return EFFECT_REDRAW;
    }
    if (app_may_write(app) && choose(app, cursor, &chosen)) {
        bulk_open(app, chosen.rows, chosen.count, chosen.hidden);
        mem_free(chosen.rows);
    }
    return EFFECT_REDRAW;
}

static void toggle_delete_many(struct app *app, const struct chosen *c, enum action_id action)
{
    if (action == ACTION_DELETE)
        bulk_do(app, c->rows, c->count, c->hidden, PLAN_OP_DELETE);
    else
        bulk_toggle(app, c->rows, c->count, c->hidden);
}

/* One account: the review of one write; several: a plan. */
static unsigned do_toggle_delete(struct app *app, row_id cursor, enum action_id action)
{
    struct chosen chosen;
    if (!app_may_write(app) || !choose(app, cursor, &chosen))
        return EFFECT_REDRAW;
    row_id row = chosen.count == 1 ? write_row(app, chosen.rows[0]) : ROW_NONE;
    if (chosen.count > 1)
        toggle_delete_many(app, &chosen, action);
    else if (row != ROW_NONE && action == ACTION_DELETE)
        review_delete(app, row);
    else if (row != ROW_NONE)
        review_toggle(app, row);
    mem_free(chosen.rows);
    return EFFECT_REDRAW;
}

unsigned account_write(struct app *app, row_id cursor, enum action_id action)
{
    static const struct {
        enum action_id action;
        unsigned (*fn)(struct app *app, row_id cursor, enum action_id action);
    } rows[] = {
        {ACTION_EDIT, do_edit},
        {ACTION_EDITOR, do_edit},
        {ACTION_ADD, do_edit},
        {ACTION_CLONE, do_edit},
        {ACTION_TOGGLE, do_toggle_delete},
        {ACTION_DELETE, do_toggle_delete},
        {ACTION_BULK, do_bulk},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].action == action)
            return rows[i].fn(app, cursor, action);
    return EFFECT_NONE;
}

unsigned account_act(struct app *app, row_id row, enum action_id action)
{
    uint32_t marks = fleet_marked_count(app_session(app)->fleet);
    bool many = action == ACTION_TOGGLE || action == ACTION_DELETE;
    if (action != ACTION_EDIT && action != ACTION_EDITOR && action != ACTION_YANK && !many)
        return EFFECT_NONE;
    if (row == ROW_NONE || !fleet_alive(app_session(app)->fleet, row))
        app_message(app, MESSAGE_NOTE, "%s: this line is no account", action_info(action)->name);
    else if (marks && action != ACTION_EDIT && action != ACTION_EDITOR)
        app_message(app, MESSAGE_WARNING,
                    "%s account%s marked; 1 shows the list, where %s acts on %s", QUANTITY(marks),
                    marks == 1 ? " is" : "s are", action_info(action)->name,
                    marks == 1 ? "it" : "them");
    else if (action == ACTION_YANK)
        menu_yank(app, row, false);
    else
        account_write(app, row, action);
    return EFFECT_REDRAW;
}
