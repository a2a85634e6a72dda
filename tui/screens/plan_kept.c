/* plan_kept.c: taking up a plan of this session again: one that was left before it was applied, or
 * the last one that was. Of several it is asked which. */
#include "tui/screens/plan.h"

#include "base/quantity.h"
#include "tui/screens/bulk.h"
#include "tui/screens/pick.h"
#include "tui/session_plan.h"

enum { LAST = -2 }; /* the one that was applied, or is */

static void open_kept(struct app *app, size_t i)
{
    void *bulk = NULL;
    struct plan *plan = session_plan_take_up(app_session(app), i, &bulk);
    const struct plan_arg arg = {.plan = plan, .bulk = bulk};
    app_push(app, &plan_screen, &arg);
    bulk_unref(bulk);
}

/* How far it is goes before what it does, which is longer. */
static void add_item(struct menu *menu, const struct plan *plan, const char *state, int value)
{
    struct str text = STR_INIT;
    str_printf(&text, "%s  %s", plan->head.id, state);
    menu_add(menu, str_text(&text), plan->head.title, NULL, value);
    str_finish(&text);
}

static void which_fill(void *ctx, struct menu *menu)
{
    const struct session *s = app_session(ctx);
    const struct plan *last = session_plan(s);
    struct str words = STR_INIT;
    for (size_t i = 0; i < session_plans_kept(s); i++) {
        str_clear(&words);
        str_add(&words, "not applied: ");
        plan_task_words(session_plan_kept(s, i), &words);
        add_item(menu, session_plan_kept(s, i), str_text(&words), (int)i);
    }
    str_clear(&words);
    if (last) {
        plan_states_words(last, &words);
        add_item(menu, last, str_text(&words), LAST);
    }
    str_finish(&words);
}

static void which_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    (void)menu;
    if (item->value == LAST)
        plan_show(ctx);
    else
        open_kept(ctx, (size_t)item->value);
}

bool plan_take_up(struct app *app)
{
    const struct session *s = app_session(app);
    size_t kept = session_plans_kept(s);
    if (!kept || session_applying(s) || app_is_open(app, &plan_screen))
        return plan_show(app);
    if (kept == 1 && !session_plan(s)) {
        open_kept(app, 0);
        return true;
    }
    const struct pick_arg arg = {.title = "Which plan?",
                                 .start = -1,
                                 .fill = which_fill,
                                 .chosen = which_chosen,
                                 .ctx = app};
    app_push(app, &pick_screen, &arg);
    return true;
}
