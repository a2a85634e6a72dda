/* account_choice.c: see account_choice.h. How many marks the filter hides is counted when it is
 * asked for and something changed since, never at each key. */
#include "tui/screens/account_choice.h"

#include "base/mem.h"
#include "base/quantity.h"

void account_choice_init(struct account_choice *c, struct app *app, struct account_list *list)
{
    c->app = app;
    c->list = list;
    c->range_from = ROW_NONE;
    c->hidden = mem_calloc(1, sizeof *c->hidden);
}

void account_choice_finish(struct account_choice *c)
{
    mem_free(c->hidden);
}

static unsigned do_mark(void *self, enum action_id action)
{
    struct account_choice *c = self;
    struct session *s = app_session(c->app);
    row_id row = account_list_cursor(c->list);
    (void)action;
    find_mark_shown(c->hidden, s, row, !fleet_marked(s->fleet, row));
    account_list_move(c->list, MOVE_DOWN);
    return EFFECT_REDRAW;
}

/* What the marks come to; it takes the place of what was said on the way to them. */
static unsigned tell_marks(struct account_choice *c)
{
    uint32_t n = fleet_marked_count(app_session(c->app)->fleet);
    uint32_t hidden = find_hidden_marks(c->hidden, app_session(c->app));
    if (n && hidden)
        app_message(c->app, MESSAGE_NOTE, "%s accounts are marked, %s of them hidden by the filter",
                    QUANTITY(n), QUANTITY(hidden));
    else if (n)
        app_message(c->app, MESSAGE_NOTE, "%s account%s marked", QUANTITY(n),
                    n == 1 ? " is" : "s are");
    else
        app_message(c->app, MESSAGE_NOTE, "no marks are left");
    return EFFECT_REDRAW;
}

bool account_choice_end(struct account_choice *c)
{
    struct session *s = app_session(c->app);
    uint32_t to = view_find(s->view, account_list_cursor(c->list)),
             from = view_find(s->view, c->range_from);
    if (c->range_from == ROW_NONE || from == view_count(s->view) || to == view_count(s->view))
        return false;
    find_mark_range(c->hidden, s, from < to ? from : to, from < to ? to : from);
    c->range_from = ROW_NONE;
    return true;
}

static unsigned do_mark_range(void *self, enum action_id action)
{
    struct account_choice *c = self;
    (void)action;
    if (account_choice_end(c))
        return tell_marks(c);
    c->range_from = account_list_cursor(c->list);
    app_message(c->app, MESSAGE_NOTE,
                "range begun; v again marks up to the cursor, Esc forgets it");
    return EFFECT_REDRAW;
}

static unsigned do_mark_all(void *self, enum action_id action)
{
    struct account_choice *c = self;
    struct session *s = app_session(c->app);
    (void)action;
    view_settle(s->view); /* what the header counts already is shown, too */
    find_mark_range(c->hidden, s, 0, view_count(s->view));
    c->range_from = ROW_NONE;
    return tell_marks(c);
}

static unsigned do_unmark_all(void *self, enum action_id action)
{
    struct account_choice *c = self;
    (void)action;
    fleet_unmark_all(app_session(c->app)->fleet);
    c->range_from = ROW_NONE;
    return tell_marks(c);
}

bool account_choice_forget(struct account_choice *c)
{
    bool open = c->range_from != ROW_NONE;
    c->range_from = ROW_NONE;
    return open;
}

unsigned account_choice_action(struct account_choice *c, enum action_id action)
{
    static const struct screen_handler handlers[] = {
        {ACTION_MARK, do_mark},
        {ACTION_MARK_RANGE, do_mark_range},
        {ACTION_MARK_ALL, do_mark_all},
        {ACTION_UNMARK_ALL, do_unmark_all},
        {ACTION_NONE, NULL},
    };
    return screen_dispatch(handlers, c, action);
}

void account_choice_news(struct account_choice *c, enum news news)
{
    c->hidden->known = c->hidden->known && news != NEWS_WRITE && news != NEWS_PLAN;
}

void account_choice_lead(const struct account_choice *c, struct str *out)
{
    uint32_t n = fleet_marked_count(app_session(c->app)->fleet);
    uint32_t hidden = n ? find_hidden_marks(c->hidden, app_session(c->app)) : 0;
    if (n)
        str_printf(out, "%s marked", QUANTITY(n));
    if (hidden)
        str_printf(out, ", %s hidden", QUANTITY(hidden));
    if (c->range_from != ROW_NONE)
        str_add(out, n ? "  range" : "range");
}
