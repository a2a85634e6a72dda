/* monitor_groups.c: see monitor_groups.h. The tags are looked for in all accounts when the menu is
 * asked for, as the values of `f` are. */
#include "tui/screens/monitor_groups.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "model/column_look.h"
#include "tui/screens/pick.h"

#include <stdio.h>
#include <string.h>

struct choice {
    struct app *app;
    struct arena mem;
    const char **names; /* of each item: a column's name, or tag:KEY; the array is owned */
    size_t count, room;
};

static void group_by(struct app *app, const char *name)
{
    struct error err;
    if (monitor_group_by(app_session(app)->watching.monitor, span_of(name), &err))
        app_error(app, &err);
}

void monitor_groups_next(struct app *app)
{
    static const char *const usual[] = {"provider", "region", "residency",
                                        "bridge",   "status", "enabled"};
    const char *now = monitor_group_asked(app_session(app)->watching.monitor);
    size_t next = 0;
    for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
        if (strcmp(usual[i], now) == 0)
            next = (i + 1) % ARRAY_LEN(usual);
    }
    group_by(app, usual[next]);
}

static void add(struct choice *c, struct menu *menu, const char *title, const char *help,
                const char *right, struct span name)
{
    const char *now = monitor_group_asked(app_session(c->app)->watching.monitor);
    VEC_ROOM(c->names, c->count, c->room);
    c->names[c->count] = arena_dup(&c->mem, name).p;
    struct menu_item *item = menu_add(menu, title, help, right, (int)c->count);
    item->checked = strcmp(c->names[c->count], now) == 0;
    c->count++;
}

/* Pairs come with the most frequent first; a key is listed once, with how many values it has. */
static void add_tags(struct choice *c, struct menu *menu)
{
    struct facet *pairs;
    size_t n = fleet_facets(app_session(c->app)->fleet, FIELD_TAGS, NULL, &c->mem, &pairs);
    struct map seen;
    map_init(&seen);
    uint32_t *values = mem_calloc(n + 1, sizeof *values);
    struct span *keys = mem_calloc(n + 1, sizeof *keys);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const char *eq = memchr(pairs[i].text.p, '=', pairs[i].text.len);
        struct span key = {pairs[i].text.p, eq ? (size_t)(eq - pairs[i].text.p) : 0};
        uint32_t at;
        if (!eq)
            continue;
        if (!map_get(&seen, key, &at)) {
            at = (uint32_t)count++;
            keys[at] = key;
            map_set(&seen, key, at);
        }
        values[at]++;
    }
    for (size_t i = 0; i < count; i++) {
        struct str name = STR_INIT;
        char right[QUANTITY_ROOM + 8];
        snprintf(right, sizeof right, "%s value%s", QUANTITY(values[i]), PLURAL(values[i]));
        str_add(&name, "tag:");
        str_add_span(&name, keys[i]);
        add(c, menu, str_text(&name), NULL, right, span_from(&name));
        str_finish(&name);
    }
    mem_free(values);
    mem_free(keys);
    map_finish(&seen);
}

static void fill(void *ctx, struct menu *menu)
{
    struct choice *c = ctx;
    const struct column_set *set = app_session(c->app)->columns;
    for (size_t i = 0; i < column_count(set); i++) {
        const struct column *column = column_at(set, i);
        bool secret = field_info(column->like)->flags & FF_SECRET;
        if (!secret && column->like != FIELD_TAGS)
            add(c, menu, column_look(column).title, column->help, column->name,
                span_of(column->name));
    }
    add_tags(c, menu);
}

static void chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct choice *c = ctx;
    (void)menu;
    if ((size_t)item->value < c->count)
        group_by(c->app, c->names[item->value]);
}

static void closed(void *ctx)
{
    struct choice *c = ctx;
    arena_finish(&c->mem);
    mem_free(c->names);
    mem_free(c);
}

void monitor_groups_choose(struct app *app)
{
    struct choice *c = mem_calloc(1, sizeof *c);
    c->app = app;
    arena_init(&c->mem);
    const struct pick_arg arg = {.title = "Sum up by",
                                 .filter = true,
                                 .fill = fill,
                                 .chosen = chosen,
                                 .close = closed,
                                 .ctx = c};
    app_push(app, &pick_screen, &arg);
}
