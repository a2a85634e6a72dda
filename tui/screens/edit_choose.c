/* edit_choose.c: see edit_choose.h. The set is open: what is not in the list is typed in the field,
 * so the list takes nothing that is not in it. */
#include "tui/screens/edit_choose.h"

#include "base/mem.h"
#include "tui/screens/pick.h"

struct choose {
    struct form_row *row;
    void (*chosen)(void *ctx);
    void *ctx;
};

bool edit_choose_asked(const struct form_row *row, const struct key *key)
{
    return row && row->kind == FORM_OPEN && row->choices && row->choices[0] &&
           key_is(key, KEYSYM_SPACE);
}

static void fill(void *ctx, struct menu *menu)
{
    const struct choose *c = ctx;
    for (int i = 0; c->row->choices[i]; i++)
        menu_add(menu, c->row->choices[i], "", "", i)->checked =
            span_is(form_value(c->row), c->row->choices[i]);
}

static void take(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct choose *c = ctx;
    struct span value = span_of(c->row->choices[item->value]);
    (void)menu;
    if (span_eq(form_value(c->row), value))
        return;
    form_set_value(c->row, value);
    c->row->chosen = true;
    c->chosen(c->ctx);
}

static void drop(void *ctx)
{
    mem_free(ctx);
}

void edit_choose(struct app *app, struct form_row *row, void (*chosen)(void *ctx), void *ctx)
{
    struct choose *c = mem_calloc(1, sizeof *c);
    *c = (struct choose){row, chosen, ctx};
    const struct pick_arg arg = {
        .title = row->label, .filter = true, .fill = fill, .chosen = take, .close = drop, .ctx = c};
    app_push(app, &pick_screen, &arg);
}
