/* demo_menu.c: see demo_menu.h. */
#include "tui/screens/demo_menu.h"

#include "cli/demo.h"
#include "tui/screens/pick.h"

static void on_fault(void *ctx, const struct demo_fault_row *row, const struct error *err)
{
    struct app *app = ctx;
    if (err->status)
        app_error(app, err);
    else
        app_message(app, MESSAGE_NOTE, "demo %s: %s", row->name, row->help);
}

static void fill(void *ctx, struct menu *menu)
{
    (void)ctx;
    for (int i = 0; i < DEMO_FAULTS; i++)
        menu_add(menu, demo_faults[i].name, demo_faults[i].help, NULL, i);
}

static void chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct app *app = ctx;
    struct session *s = app_session(app);
    struct error err;
    (void)menu;
    demo_fault_destroy(s->demo_fault); /* one at a time: the newer one is meant */
    s->demo_fault =
        demo_fault_start(app_loop(app), s->profile.url, demo_token(app_console(app)->demo),
                         &demo_faults[item->value], on_fault, app, &err);
    if (!s->demo_fault)
        app_error(app, &err);
}

void demo_menu_open(struct app *app)
{
    if (!app_session(app)->profile.demo || !app_console(app)->demo) {
        app_message(app, MESSAGE_NOTE, "only a demo can be broken: paddock --demo");
        return;
    }
    const struct pick_arg arg = {.title = "Break the demo",
                                 .filter = true,
                                 .start = 0,
                                 .fill = fill,
                                 .chosen = chosen,
                                 .ctx = app};
    app_push(app, &pick_screen, &arg);
}
