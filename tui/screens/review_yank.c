/* review_yank.c: the change of a review for a shell, copied whole. On the screen a long command is
 * broken into lines, and what is marked there with the mouse would be another command. */
#include "base/vec.h"
#include "tui/screens/copied.h"
#include "tui/screens/pick.h"
#include "tui/screens/review_private.h"

enum { YANK_COMMAND, YANK_CURL };

static const char *const what[] = {
    [YANK_COMMAND] = "paddock command", [YANK_CURL] = "curl command"};

static void fill(void *ctx, struct menu *menu)
{
    (void)ctx;
    for (size_t i = 0; i < ARRAY_LEN(what); i++)
        menu_add(menu, what[i], NULL, NULL, (int)i);
}

static void chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct review *r = ctx;
    struct preview p;
    (void)menu;
    if (write_state(r->write) != WRITE_PREVIEW) {
        app_message(r->app, MESSAGE_NOTE, "nothing was copied: it is being sent");
        return;
    }
    preview_init(&p);
    review_preview(r->app, r->write, r->reveal, &p);
    const struct copied_arg arg = {what[item->value],
                                   span_from(item->value == YANK_CURL ? &p.curl : &p.command)};
    if (!app_yank(r->app, arg.what, arg.text))
        app_push(r->app, &copied_screen, &arg);
    preview_finish(&p);
}

unsigned review_yank(void *self, enum action_id action)
{
    struct review *r = self;
    (void)action;
    if (write_state(r->write) != WRITE_PREVIEW) {
        app_message(r->app, MESSAGE_NOTE, "a change is copied before it is sent");
        return EFFECT_REDRAW;
    }
    const struct pick_arg arg = {.title = "Copy", .fill = fill, .chosen = chosen, .ctx = r};
    app_push(r->app, &pick_screen, &arg);
    return EFFECT_REDRAW;
}
