/* account_menus.c: see account_menus.h. */
#include "tui/screens/account_menus.h"

#include "write/preview.h"
#include "cli/cli.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "fleet/fleet.h"
#include "model/column_look.h"
#include "model/json.h"
#include "tui/mask.h"
#include "tui/screens/copied.h"
#include "tui/screens/pick.h"

#include <stdio.h>

/* ---- sort ---- */

/* Those that are shown, in their order, then all others; a number is a place in the set of columns.
 */
static void add_sort(struct account_list *list, struct menu *menu, const struct column *column)
{
    const struct column_set *set = app_session(list->app)->columns;
    int number = 0;
    while (column_at(set, (size_t)number) != column)
        number++;
    bool current = account_list_sorted_by(list, column, NULL);
    struct str help = STR_INIT;
    str_printf(&help, "%s: %s", column->name,
               current ? "again turns it the other way round" : column->help);
    struct menu_item *item =
        menu_add(menu, column_look(column).title, str_text(&help), NULL, number);
    str_finish(&help);
    item->checked = current;
}

static void sort_fill(void *ctx, struct menu *menu)
{
    struct account_list *list = ctx;
    const struct column_set *set = app_session(list->app)->columns;
    for (size_t i = 0; i < list->column_count; i++)
        add_sort(list, menu, list->columns[i].column);
    menu_add(menu, "Not shown", NULL, NULL, -1)->heading = true;
    for (size_t i = 0; i < column_count(set); i++) {
        const struct column *column = column_at(set, i);
        enum field_type type = field_info(column->like)->type;
        bool listed = type == FT_GROUP || type == FT_MAP ||
                      (column->field != FIELD_NONE && field_info(column->field)->flags & FF_SECRET);
        for (size_t k = 0; !listed && k < list->column_count; k++)
            listed = list->columns[k].column == column;
        if (!listed)
            add_sort(list, menu, column);
    }
}

static void sort_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct account_list *list = ctx;
    (void)menu;
    if (item->value >= 0)
        account_list_sort(list, column_at(app_session(list->app)->columns, (size_t)item->value));
}

void menu_sort(struct app *app, struct account_list *list)
{
    const struct sort *sort = view_sort(app_session(app)->view);
    const struct column_set *set = app_session(app)->columns;
    int start = 0;
    for (size_t i = 0; i < column_count(set) && sort->count; i++) {
        if (column_at(set, i) == sort->keys[0].column)
            start = (int)i;
    }
    const struct pick_arg arg = {.title = "Sort by",
                                 .filter = true,
                                 .start = start,
                                 .fill = sort_fill,
                                 .chosen = sort_chosen,
                                 .ctx = list};
    app_push(app, &pick_screen, &arg);
}

/* ---- yank ---- */

struct yank_menu {
    struct app *app;
    row_id row;
    bool reveal;
};

static void yank_field(struct yank_menu *m, enum field field, struct str *out)
{
    struct value v;
    fleet_get(app_session(m->app)->fleet, m->row, field, &v);
    if (value_known(&v))
        str_add_span(out, v.text);
}

static void yank_id(struct yank_menu *m, struct str *out)
{
    yank_field(m, FIELD_ID, out);
}

static void yank_name(struct yank_menu *m, struct str *out)
{
    yank_field(m, FIELD_NAME, out);
}

static void yank_json(struct yank_menu *m, struct str *out)
{
    struct str masked = STR_INIT, safe = STR_INIT;
    mask_json(&masked, fleet_raw(app_session(m->app)->fleet, m->row), m->reveal);
    json_safe(&safe, span_from(&masked));
    json_pretty(out, span_from(&safe));
    str_finish(&masked);
    str_finish(&safe);
}

static void yank_curl(struct yank_menu *m, struct str *out)
{
    struct str id = STR_INIT;
    yank_id(m, &id);
    api_curl_command(app_session(m->app)->api, ENDPOINT_READ, span_from(&id), span_of(""), out);
    str_finish(&id);
}

static void yank_command(struct yank_menu *m, struct str *out)
{
    const struct profile *profile = &app_session(m->app)->profile;
    struct str flags = STR_INIT, id = STR_INIT;
    cli_same_flags(app_console(m->app), profile, &flags);
    yank_id(m, &id);
    shell_paddock(out, profile->name, str_text(&flags), "get", span_from(&id));
    str_finish(&flags);
    str_finish(&id);
}

static void yank_markdown(struct yank_menu *m, struct str *out)
{
    static const enum field fields[] = {
        FIELD_STATUS,         FIELD_PROVIDER_TYPE, FIELD_REGION,
        FIELD_USED_TOKENS,    FIELD_QUOTA_TOKENS,  FIELD_USED_REQUESTS,
        FIELD_QUOTA_REQUESTS, FIELD_RPS,           FIELD_RPM};
    str_add(out, "**");
    yank_name(m, out);
    str_add(out, "** (`");
    yank_id(m, out);
    str_add(out, "`)\n\n| field | value |\n|---|---|\n");
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        struct value v;
        fleet_get(app_session(m->app)->fleet, m->row, fields[i], &v);
        str_printf(out, "| %s | ", field_info(fields[i])->label);
        value_show(fields[i], &v, SHOW_FULL, out);
        str_add(out, " |\n");
    }
}

static const struct {
    const char *what;
    void (*make)(struct yank_menu *m, struct str *out);
} yanks[] = {
    {"id", yank_id},
    {"name", yank_name},
    {"JSON", yank_json},
    {"curl command", yank_curl},
    {"paddock command", yank_command},
    {"Markdown", yank_markdown},
};

static void yank_fill(void *ctx, struct menu *menu)
{
    (void)ctx;
    for (size_t i = 0; i < ARRAY_LEN(yanks); i++)
        menu_add(menu, yanks[i].what, NULL, NULL, (int)i);
}

static void yank_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct yank_menu *m = ctx;
    struct str text = STR_INIT;
    (void)menu;
    if (!fleet_alive(app_session(m->app)->fleet, m->row)) {
        app_message(m->app, MESSAGE_WARNING, "nothing was copied: the account is gone");
        return;
    }
    yanks[item->value].make(m, &text);
    const struct copied_arg arg = {yanks[item->value].what, span_from(&text)};
    if (!app_yank(m->app, arg.what, arg.text))
        app_push(m->app, &copied_screen, &arg);
    str_finish(&text);
}

void menu_yank(struct app *app, row_id row, bool reveal)
{
    struct yank_menu *m = mem_calloc(1, sizeof *m);
    m->app = app;
    m->row = row;
    m->reveal = reveal;
    const struct pick_arg arg = {
        .title = "Copy", .fill = yank_fill, .chosen = yank_chosen, .close = mem_free, .ctx = m};
    app_push(app, &pick_screen, &arg);
}
