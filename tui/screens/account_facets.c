/* account_facets.c: the menu of `f`: the values of some fields with their counts. Those that the
 * filter asks for are marked at first; Space marks and unmarks, and Enter puts what is marked into
 * the filter, one term a field. Without a change of marks Enter takes the one under the cursor, in
 * the place of its field's others: one value is picked by one key. Behind each value stands how
 * many of those shown have it, and of all accounts where that is another number. */
#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "fleet/fleet.h"
#include "tui/screens/account_menus.h"
#include "tui/screens/accounts.h"
#include "tui/screens/filter_words.h"
#include "tui/screens/pick.h"

#include <string.h>

struct facet_item {
    struct filter_about about;
    struct span value; /* in the arena, as `about.tag` */
    bool none;         /* accounts without one */
    bool was;          /* in the filter when the menu was opened */
};

struct facet_menu {
    struct app *app;
    void *accounts; /* (borrowed) the screen that gets the filter */
    struct arena mem;
    struct facet_item *items; /* owned; by the number of the menu's item */
    size_t count, room;
};

/* What an item of the menu stands for; NULL for a heading. */
static struct facet_item *facet_of(const struct facet_menu *m, const struct menu_item *item)
{
    return item->value < 0 ? NULL : &m->items[item->value];
}

/* ---- what is offered ---- */

static struct facet_item item_of(enum field field, struct span text)
{
    struct facet_item item = {.about = {.field = field}, .value = text};
    const char *eq = field == FIELD_TAGS ? memchr(text.p, '=', text.len) : NULL;
    item.none = span_is(text, "-") || span_is(text, "none");
    if (eq) {
        item.about.tag = (struct span){text.p, (size_t)(eq - text.p)};
        item.value = (struct span){eq + 1, text.len - item.about.tag.len - 1};
    }
    return item;
}

static void add_values(struct facet_menu *m, struct menu *menu, enum field field, const bool *shown)
{
    struct facet *facets;
    size_t n = fleet_facets(app_session(m->app)->fleet, field, shown, &m->mem, &facets);
    struct menu_item *heading = menu_add(menu, field_info(field)->label, NULL, NULL, -1);
    heading->heading = true;
    for (size_t i = 0; i < n; i++) {
        char *text = span_dup(facets[i].text);
        VEC_ROOM(m->items, m->count, m->room);
        m->items[m->count] = item_of(field, facets[i].text);
        struct str count = STR_INIT;
        quantity_full(&count, facets[i].shown);
        if (shown)
            str_printf(&count, " of %s", QUANTITY(facets[i].count));
        menu_add(menu, text, NULL, str_text(&count), (int)m->count++);
        str_finish(&count);
        mem_free(text);
    }
}

struct marking {
    struct facet_menu *m;
    struct menu *menu;
};

static void mark_value(void *ctx, struct filter_about about, struct span value)
{
    struct marking *x = ctx;
    for (size_t i = 0; i < x->menu->count; i++) {
        struct menu_item *item = &x->menu->items[i];
        struct facet_item *f = facet_of(x->m, item);
        if (!f || !filter_about_same(f->about, about) ||
            !(f->none ? span_is(value, "none") : span_eq(f->value, value)))
            continue;
        f->was = item->checked = true;
    }
}

/* Of each row whether it is shown; NULL when all are. The caller's to free. */
static bool *shown_rows(const struct session *s)
{
    uint32_t count = view_count(s->view);
    if (count == fleet_count(s->fleet))
        return NULL;
    bool *shown = mem_calloc(fleet_rows(s->fleet) + 1, sizeof *shown);
    for (uint32_t i = 0; i < count; i++)
        shown[view_at(s->view, i)] = true;
    return shown;
}

static void facet_fill(void *ctx, struct menu *menu)
{
    struct facet_menu *m = ctx;
    bool *shown = shown_rows(app_session(m->app));
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (field_info((enum field)f)->flags & FF_FACET)
            add_values(m, menu, (enum field)f, shown);
    }
    mem_free(shown);
    struct marking marking = {m, menu};
    filter_words_each(app_session(m->app)->columns, accounts_filter_text(m->accounts), mark_value,
                      &marking);
}

/* ---- what is written ---- */

/* The filter with the checked values of one field, or of one key of the tags, in the place of what
 * it says of that. */
static void write_term(struct facet_menu *m, const struct menu *menu, struct filter_about about,
                       struct str *filter)
{
    struct str rest = STR_INIT;
    struct span *values = mem_calloc(m->count + 1, sizeof *values);
    size_t count = 0;
    bool none = false;
    for (size_t i = 0; i < menu->count; i++) {
        const struct menu_item *item = &menu->items[i];
        const struct facet_item *f = facet_of(m, item);
        if (!f || !item->checked || !filter_about_same(f->about, about))
            continue;
        none = none || f->none;
        if (!f->none)
            values[count++] = f->value;
    }
    filter_words_without(app_session(m->app)->columns, span_from(filter), about, &rest);
    if (count || none)
        filter_words_add(&rest, about, values, count, none);
    str_clear(filter);
    str_add_span(filter, span_from(&rest));
    mem_free(values);
    str_finish(&rest);
}

static bool marks_changed(const struct facet_menu *m, const struct menu *menu)
{
    for (size_t i = 0; i < menu->count; i++) {
        const struct facet_item *f = facet_of(m, &menu->items[i]);
        if (f && menu->items[i].checked != f->was)
            return true;
    }
    return false;
}

/* Nothing was marked: the one under the cursor alone, of what it is about. */
static void mark_alone(const struct facet_menu *m, struct menu *menu, int value)
{
    for (size_t i = 0; i < menu->count; i++) {
        struct menu_item *item = &menu->items[i];
        const struct facet_item *f = facet_of(m, item);
        if (f && filter_about_same(f->about, m->items[value].about))
            item->checked = item->value == value;
    }
}

/* The term of one's field has been written, and the others of the field from it on with it. */
static void are_written(struct facet_menu *m, const struct menu *menu, size_t from)
{
    const struct facet_item *one = facet_of(m, &menu->items[from]);
    for (size_t i = from; i < menu->count; i++) {
        struct facet_item *f = facet_of(m, &menu->items[i]);
        if (f && filter_about_same(f->about, one->about))
            f->was = menu->items[i].checked;
    }
}

static void facet_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct facet_menu *m = ctx;
    struct str filter = STR_INIT;
    if (item->value < 0)
        return;
    if (!marks_changed(m, menu))
        mark_alone(m, menu, item->value);
    str_add_span(&filter, accounts_filter_text(m->accounts));
    for (size_t i = 0; i < menu->count; i++) {
        const struct facet_item *f = facet_of(m, &menu->items[i]);
        if (f && menu->items[i].checked != f->was) {
            write_term(m, menu, f->about, &filter);
            are_written(m, menu, i);
        }
    }
    accounts_filter(m->accounts, span_from(&filter));
    str_finish(&filter);
}

static void facet_close(void *ctx)
{
    struct facet_menu *m = ctx;
    arena_finish(&m->mem);
    mem_free(m->items);
    mem_free(m);
}

void menu_facet(struct app *app, void *accounts)
{
    struct facet_menu *m = mem_calloc(1, sizeof *m);
    m->app = app;
    m->accounts = accounts;
    arena_init(&m->mem);
    const struct session *s = app_session(app);
    bool narrowed = view_count(s->view) != fleet_count(s->fleet);
    const struct pick_arg arg = {.title =
                                     narrowed ? "Narrow to (those shown, of all)" : "Narrow to",
                                 .context = "facet",
                                 .filter = true,
                                 .multi = true,
                                 .start = 0,
                                 .fill = facet_fill,
                                 .chosen = facet_chosen,
                                 .close = facet_close,
                                 .ctx = m};
    app_push(app, &pick_screen, &arg);
}
