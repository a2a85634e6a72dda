/* plan_open.c: what opens from a row of a plan: everything about one account, or, while a write on
 * it is not settled, that write: looked at again, sent again, given up. */
#include "tui/screens/plan_private.h"

#include "tui/screens/plan_item.h"
#include "tui/screens/review.h"

static const struct plan_item *current(const struct plan_view *v, uint32_t *index)
{
    size_t row;
    return table_cursor(&v->table, &row) ? plan_view_item(v, row, index) : NULL;
}

static bool is_unsettled(const struct plan_item *item)
{
    return item->state == PLAN_UNKNOWN || item->state == PLAN_BLOCKED;
}

/* Of an unknown item its own write, else the one that is in its way. */
static void look_after(struct plan_view *v, const struct plan_item *item, enum action_id then)
{
    const struct fleet *fleet = app_session(v->app)->fleet;
    row_id row = item->id.len ? fleet_find(fleet, item->id) : ROW_NONE;
    if (item->state == PLAN_UNKNOWN)
        review_open_op(v->app, item->op, then);
    else if (row != ROW_NONE)
        review_open_row(v->app, row, then);
    else
        app_message(v->app, MESSAGE_NOTE, "3 History shows the write that is in its way");
}

bool plan_at_unsettled(const struct plan_view *v)
{
    uint32_t index;
    const struct plan_item *item = current(v, &index);
    return item && is_unsettled(item);
}

/* Enter: it never applies anything. */
unsigned plan_do_open(void *self, enum action_id action)
{
    struct plan_view *v = self;
    uint32_t index;
    const struct plan_item *item = current(v, &index);
    (void)action;
    if (item && item->state == PLAN_UNKNOWN && review_is_open(v->app, item->op)) {
        look_after(v, item, ACTION_NONE);
    } else if (item) {
        const struct plan_item_arg arg = {plan_view_plan(v), index};
        app_push(v->app, &plan_item_screen, &arg);
    }
    return EFFECT_REDRAW;
}

unsigned plan_do_look_after(void *self, enum action_id action)
{
    struct plan_view *v = self;
    uint32_t index;
    const struct plan_item *item = current(v, &index);
    if (item && is_unsettled(item))
        look_after(v, item, action);
    else
        app_message(v->app, MESSAGE_NOTE,
                    "this is for an account with a write whose outcome is not known");
    return EFFECT_REDRAW;
}
