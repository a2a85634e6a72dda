/* plan_item.c: see plan_item.h. */
#include "tui/screens/plan_item.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/screens/reader.h"
#include "write/preview.h"

#include <inttypes.h>

struct item_view {
    struct app *app;
    struct reader reader;
};

static void add_fields(struct item_view *v, const struct plan_item_arg *a)
{
    struct plan_field fields[FIELD_COUNT];
    struct arena mem;
    arena_init(&mem);
    size_t n = plan_item_fields(a->plan, a->index, SHOW_FULL, false, &mem, fields, FIELD_COUNT);
    for (size_t i = 0; i < n && i < FIELD_COUNT; i++) {
        struct textview *t = &v->reader.view;
        textview_printf(t, ROLE_FORM_LABEL, "   %-22s ", field_info(fields[i].field)->label);
        if (a->plan->items[a->index].kind != JOURNAL_CREATE) {
            textview_printf(t, ROLE_DIFF_OLD, "%s", fields[i].old);
            textview_printf(t, ROLE_DIM, " %s ", draw_glyph_text(app_draw(v->app), GLYPH_ARROW));
        }
        textview_printf(t, ROLE_DIFF_NEW, "%s\n", fields[i].now);
    }
    arena_finish(&mem);
}

static void make_text(struct item_view *v, const struct plan_item_arg *a)
{
    const struct plan_item *item = &a->plan->items[a->index];
    struct textview *t = &v->reader.view;
    textview_printf(t, ROLE_TITLE, " %s  ", write_verb(item->kind));
    textview_add(t, ROLE_STRONG, item->name);
    if (item->id.len) {
        textview_printf(t, ROLE_DIM, "  (");
        textview_add(t, ROLE_DIM, item->id);
        textview_printf(t, ROLE_DIM, ")");
    }
    textview_printf(t, ROLE_TEXT, "\n   %s", plan_state_word(item->state));
    if (item->op)
        textview_printf(t, ROLE_DIM, ", write %" PRId64 " of the history", item->op);
    textview_printf(t, ROLE_TEXT, "\n");
    if (item->note.len) {
        textview_printf(t, ROLE_NOTE, "   ");
        textview_add(t, ROLE_NOTE, item->note);
        textview_printf(t, ROLE_NOTE, "\n");
    }
    textview_printf(t, ROLE_TEXT, "\n");
    if (item->state != PLAN_SKIPPED)
        add_fields(v, a);
    for (uint32_t i = 0; i < item->warning_count; i++) {
        enum field f = item->warnings[i].field;
        textview_printf(t, ROLE_WARNING, "   ! %s%s%s\n",
                        f == FIELD_NONE ? "" : field_info(f)->label, f == FIELD_NONE ? "" : ": ",
                        item->warnings[i].text);
    }
}

static void *item_open(struct app *app, const void *arg)
{
    struct item_view *v = mem_calloc(1, sizeof *v);
    v->app = app;
    reader_init(&v->reader, app, true);
    make_text(v, arg);
    return v;
}

static void item_close(void *self)
{
    struct item_view *v = self;
    reader_finish(&v->reader);
    mem_free(v);
}

static void item_draw(void *self, const struct canvas *c)
{
    reader_draw(&((struct item_view *)self)->reader, c);
}

static const char *item_context(const void *self)
{
    return ((const struct item_view *)self)->reader.searching ? "line" : "text";
}

static bool item_typing(const void *self)
{
    return ((const struct item_view *)self)->reader.searching;
}

static unsigned item_action(void *self, enum action_id action)
{
    return reader_action(&((struct item_view *)self)->reader, action);
}

static unsigned item_key(void *self, const struct key *key)
{
    return reader_key(&((struct item_view *)self)->reader, key);
}

static void item_heading(const void *self, struct str *out)
{
    (void)self;
    str_add(out, "An account of the plan");
}

static const int *item_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_SEARCH, ACTION_BACK, ACTION_HELP};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops plan_item_screen = {
    .name = "plan item",
    .tab = "Accounts",
    .open = item_open,
    .close = item_close,
    .draw = item_draw,
    .context = item_context,
    .action = item_action,
    .key = item_key,
    .typing = item_typing,
    .heading = item_heading,
    .bar = item_bar,
};
