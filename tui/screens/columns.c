/* columns.c: the chooser of columns: what is shown, checked and in its order, then what is not.
 * Space shows or hides, < and > move, Enter takes it over. */
#include "base/mem.h"
#include "base/vec.h"
#include "tui/screens/account_views.h"
#include "tui/screens/pick.h"

struct chooser {
    struct app *app;
    struct account_list *list;     /* (borrowed) */
    const struct column **columns; /* owned; in the order of the menu */
    bool *shown;                   /* owned */
    size_t count;
};

static void chooser_fill(void *ctx, struct menu *menu)
{
    struct chooser *c = ctx;
    for (size_t i = 0; i < c->count; i++) {
        struct column_look look = column_look(c->columns[i]);
        struct menu_item *item =
            menu_add(menu, look.title, c->columns[i]->help, c->columns[i]->name, (int)i);
        item->checked = c->shown[i];
    }
}

static void note_checks(struct chooser *c, const struct menu *menu)
{
    for (size_t i = 0; i < menu->count; i++)
        c->shown[menu->items[i].value] = menu->items[i].checked;
}

static bool chooser_key(void *ctx, struct menu *menu, const struct key *key)
{
    struct chooser *c = ctx;
    const struct menu_item *item = menu_current(menu);
    bool left = key_is_text(key) && key->text[0] == '<';
    bool right = key_is_text(key) && key->text[0] == '>';
    if (!item || (!left && !right))
        return false;
    size_t at = (size_t)item->value, to = left ? at - 1 : at + 1;
    if (to >= c->count) /* 0 - 1 is one of them */
        return true;
    note_checks(c, menu);
    const struct column *column = c->columns[at];
    bool shown = c->shown[at];
    c->columns[at] = c->columns[to];
    c->shown[at] = c->shown[to];
    c->columns[to] = column;
    c->shown[to] = shown;
    menu_clear(menu);
    chooser_fill(c, menu);
    menu_ready(menu, (int)to);
    return true;
}

static void chooser_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct chooser *c = ctx;
    const struct column *columns[LIST_COLUMNS_MAX];
    size_t n = 0;
    (void)item;
    note_checks(c, menu);
    for (size_t i = 0; i < c->count && n < LIST_COLUMNS_MAX; i++) {
        if (c->shown[i])
            columns[n++] = c->columns[i];
    }
    if (n)
        account_list_set_columns(c->list, columns, n);
    else
        app_message(c->app, MESSAGE_NOTE, "one column at least is shown; nothing was changed");
}

static void chooser_close(void *ctx)
{
    struct chooser *c = ctx;
    mem_free(c->columns);
    mem_free(c->shown);
    mem_free(c);
}

void columns_choose(struct app *app, struct account_list *list)
{
    const struct column_set *set = app_session(app)->columns;
    struct chooser *c = mem_calloc(1, sizeof *c);
    *c = (struct chooser){.app = app, .list = list};
    c->columns = mem_calloc(column_count(set) + list->column_count, sizeof *c->columns);
    c->shown = mem_calloc(column_count(set) + list->column_count, sizeof *c->shown);
    for (size_t i = 0; i < list->column_count; i++) {
        c->shown[c->count] = true;
        c->columns[c->count++] = list->columns[i].column;
    }
    for (size_t i = 0; i < column_count(set); i++) {
        const struct column *column = column_at(set, i);
        bool listed = column->field != FIELD_NONE && field_info(column->field)->type == FT_GROUP;
        for (size_t k = 0; !listed && k < list->column_count; k++)
            listed = list->columns[k].column == column;
        if (!listed)
            c->columns[c->count++] = column;
    }
    const struct pick_arg arg = {.title = "Columns: Space shows, < > move, Enter takes over",
                                 .multi = true,
                                 .fill = chooser_fill,
                                 .chosen = chooser_chosen,
                                 .key = chooser_key,
                                 .close = chooser_close,
                                 .ctx = c};
    app_push(app, &pick_screen, &arg);
}
