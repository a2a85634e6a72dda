/* plan_rename.c: another name for an account that a plan creates again: the one that it gave by
 * itself where the old one is taken is a proposal. */
#include "tui/screens/plan_private.h"

#include "tui/screens/prompt.h"

static bool can_rename(const struct plan_item *item)
{
    return item && item->kind == JOURNAL_CREATE && item->state == PLAN_WAITING;
}

bool plan_view_creates(const struct plan_view *v)
{
    return v->plan && v->plan->kinds[JOURNAL_CREATE] > 0;
}

/* Whether another account has it, or gets it by this plan. */
static bool is_taken(const struct plan_view *v, struct span name, struct error *err)
{
    row_id row;
    for (uint32_t i = 0; i < v->plan->count; i++)
        if (i != v->renamed && v->plan->items[i].kind == JOURNAL_CREATE &&
            span_eq(v->plan->items[i].name, name)) {
            error_set(err, ST_CONFLICT, "another account of the plan gets that name");
            return true;
        }
    if (fleet_find_name(app_session(v->app)->fleet, name, &row, 1) == 0)
        return false;
    error_set(err, ST_CONFLICT, "there is an account of that name");
    return true;
}

static bool take_name(void *ctx, struct span text, struct error *err)
{
    struct plan_view *v = ctx;
    if (!v->plan || is_taken(v, text, err) ||
        plan_item_rename(v->plan, v->renamed, text, err) != ST_OK)
        return false;
    plan_draw_columns(v);
    plan_view_update(v);
    return true;
}

unsigned plan_rename_begin(struct plan_view *v)
{
    size_t row;
    const struct plan_item *item = NULL;
    if (v->plan && table_cursor(&v->table, &row))
        item = plan_view_item(v, row, &v->renamed);
    if (!can_rename(item)) {
        app_message(v->app, MESSAGE_NOTE, "%s",
                    v->live ? "it was agreed to as it is; r plans what was left out again"
                            : "nothing of this one can be chosen anew");
        return EFFECT_REDRAW;
    }
    const struct prompt_arg arg = {.title = "Create it under the name",
                                   .hint = "one that no other account has",
                                   .text = item->name,
                                   .accept = take_name,
                                   .ctx = v};
    app_push(v->app, &prompt_screen, &arg);
    return EFFECT_REDRAW;
}
