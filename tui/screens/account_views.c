/* account_views.c: see account_views.h. */
#include "tui/screens/account_views.h"

#include "base/mem.h"
#include "base/vec.h"
#include "cli/view_names.h"
#include "config/embedded.h"
#include "tui/screens/ask.h"
#include "tui/screens/pick.h"
#include "tui/screens/prompt.h"

#include <string.h>

#define FIRST_VIEW "All"
#define BUILT_IN   "config/views.cfg"

/* ---- the list as a view ---- */

struct state {
    struct view_def def;
    struct str sort[SORT_KEYS_MAX];
};

static void state_take(const struct account_views *v, struct state *s)
{
    const struct sort *sort = view_sort(app_session(v->app)->view);
    *s = (struct state){.def = {.name = str_text(&v->name), .key = ""}};
    s->def.filter = str_text(&v->line->filter);
    for (size_t i = 0; i < v->list->column_count; i++)
        s->def.columns[s->def.column_count++] = v->list->columns[i].column->name;
    for (size_t i = 0; i < sort->count; i++) {
        str_printf(&s->sort[i], "%s%s", sort->keys[i].descending ? "-" : "",
                   sort->keys[i].column->name);
        s->def.sort[s->def.sort_count++] = str_text(&s->sort[i]);
    }
}

static void state_finish(struct state *s)
{
    for (size_t i = 0; i < SORT_KEYS_MAX; i++)
        str_finish(&s->sort[i]);
}

static bool same_lists(const char *const *a, size_t n, const char *const *b, size_t m)
{
    bool same = n == m;
    for (size_t i = 0; same && i < n; i++)
        same = strcmp(a[i], b[i]) == 0;
    return same;
}

static bool is_as(const struct account_views *v, const struct view_def *def)
{
    struct state s;
    state_take(v, &s);
    bool same = strcmp(s.def.filter, def->filter) == 0 &&
                same_lists(s.def.columns, s.def.column_count, def->columns, def->column_count) &&
                same_lists(s.def.sort, s.def.sort_count, def->sort, def->sort_count);
    state_finish(&s);
    return same;
}

void account_views_note(const struct account_views *v, struct str *out)
{
    const struct view_def *def = view_defs_find(&v->named, str_text(&v->name));
    if (v->name.len)
        str_printf(out, "view: %s%s", str_text(&v->name), def && is_as(v, def) ? "" : ", changed");
}

/* Shows it as it says; false, with the reason, when it cannot be. */
static bool show(struct account_views *v, const struct view_def *def, const char *file,
                 struct error *err)
{
    const struct column *columns[VIEW_COLUMNS_MAX];
    const struct column_set *set = app_session(v->app)->columns;
    struct sort sort;
    if (view_def_resolve(def, file, set, columns, &sort, NULL, err))
        return false;
    account_list_set_columns(v->list, columns, def->column_count);
    if (sort.count == 0)
        sort = sort_default(set);
    account_list_set_sort(v->list, &sort);
    account_line_set(v->line, span_of(def->filter));
    str_clear(&v->name);
    str_add(&v->name, def->name);
    return true;
}

/* ---- files ---- */

static char *state_path(const struct account_views *v, const char *name)
{
    return paths_join(app_console(v->app)->paths.state_dir, name);
}

/* Whose state: a profile may have no name, so the server is a part of it. */
static void state_key(const struct account_views *v, struct str *out)
{
    const struct session *s = app_session(v->app);
    str_printf(out, "%s %s %s", s->profile.name, api_org(s->api), s->profile.origin);
}

static void read_built_in(struct account_views *v)
{
    struct error err;
    for (const struct embedded *e = embedded_files; e->path; e++) {
        if (strcmp(e->path, BUILT_IN) == 0 &&
            view_defs_parse(&v->named, BUILT_IN, e->text, e->len, NULL, &err))
            app_error(v->app, &err);
    }
}

/* A view of theirs that stands for nothing costs that view; a file that cannot be read costs all of
 * theirs, and is not written over. */
static void read_mine(struct account_views *v)
{
    struct error err;
    char *path = state_path(v, "views.cfg");
    v->broken = view_defs_read(&v->mine, path, NULL, &err) != ST_OK;
    if (v->broken)
        app_error(v->app, &err);
    for (size_t i = 0; i < v->mine.count; i++) {
        const struct column *columns[VIEW_COLUMNS_MAX];
        const struct view_def *def = &v->mine.items[i];
        struct sort sort;
        if (view_def_resolve(def, path, app_session(v->app)->columns, columns, &sort, NULL, &err))
            app_error(v->app, &err);
        else
            view_defs_put(&v->named, def);
    }
    mem_free(path);
}

static bool show_last(struct account_views *v)
{
    struct view_defs last;
    struct error err;
    struct str key = STR_INIT;
    char *path = state_path(v, "last.cfg");
    view_defs_init(&last);
    state_key(v, &key);
    /* A state that says nothing any more is no news: the first view is shown. */
    const struct view_def *def = NULL;
    if (view_defs_read(&last, path, NULL, &err) == ST_OK)
        def = view_defs_of(&last, str_text(&key));
    bool shown = def && show(v, def, path, &err);
    view_defs_finish(&last);
    str_finish(&key);
    mem_free(path);
    return shown;
}

/* At the end of a session, and never told: nothing is lost that could not be had again. */
static void save_last(struct account_views *v)
{
    struct view_defs last;
    struct error err;
    struct str key = STR_INIT;
    struct state s;
    char *path = state_path(v, "last.cfg");
    view_defs_init(&last);
    state_key(v, &key);
    if (view_defs_read(&last, path, NULL, &err))
        view_defs_finish(&last); /* spoilt: begun anew */
    state_take(v, &s);
    if (v->given.len && span_eq(span_from(&v->given), span_from(&v->line->filter)))
        s.def.filter = str_text(&v->instead);
    s.def.key = str_text(&key);
    view_defs_put(&last, &s.def);
    view_defs_save(&last, app_console(v->app)->paths.state_dir, path, &err);
    state_finish(&s);
    view_defs_finish(&last);
    str_finish(&key);
    mem_free(path);
}

/* ---- V ---- */

static void view_fill(void *ctx, struct menu *menu)
{
    struct account_views *v = ctx;
    for (size_t i = 0; i < v->named.count; i++) {
        const struct view_def *def = &v->named.items[i];
        bool mine = view_defs_find(&v->mine, def->name) != NULL;
        struct menu_item *item = menu_add(menu, def->name, def->filter[0] ? def->filter : NULL,
                                          mine ? "yours" : NULL, (int)i);
        item->checked = strcmp(def->name, str_text(&v->name)) == 0;
    }
}

static void view_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct account_views *v = ctx;
    struct error err;
    (void)menu;
    if (!show(v, &v->named.items[item->value], "views.cfg", &err))
        app_error(v->app, &err);
}

static void save_mine(struct account_views *v, const char *done, const char *name)
{
    struct error err;
    char *path = state_path(v, "views.cfg");
    if (view_defs_save(&v->mine, app_console(v->app)->paths.state_dir, path, &err))
        app_error(v->app, &err);
    else
        app_message(v->app, MESSAGE_GOOD, "view \"%s\" %s %s", name, done, path);
    mem_free(path);
}

/* Del takes one of theirs away; one of the same name that is compiled in comes back. */
static bool view_key(void *ctx, struct menu *menu, const struct key *key)
{
    struct account_views *v = ctx;
    const struct menu_item *item = menu_current(menu);
    if (!key_is(key, KEYSYM_DELETE) || !item || v->broken)
        return false;
    int at = item->value;
    char *name = mem_strdup(v->named.items[at].name);
    bool mine = view_defs_drop(&v->mine, name, "");
    if (mine) {
        save_mine(v, "is taken away from", name);
        view_defs_finish(&v->named);
        view_defs_init(&v->named);
        read_built_in(v);
        for (size_t i = 0; i < v->mine.count; i++)
            view_defs_put(&v->named, &v->mine.items[i]);
        menu_clear(menu);
        view_fill(v, menu);
        menu_ready(menu, at ? at - 1 : 0);
    } else {
        app_message(v->app, MESSAGE_NOTE, "\"%s\" is compiled in and cannot be taken away", name);
    }
    mem_free(name);
    return true;
}

static void choose(struct account_views *v)
{
    int start = 0;
    for (size_t i = 0; i < v->named.count; i++) {
        if (strcmp(v->named.items[i].name, str_text(&v->name)) == 0)
            start = (int)i;
    }
    const struct pick_arg arg = {.title = "View (Del takes one of yours away)",
                                 .filter = true,
                                 .start = start,
                                 .fill = view_fill,
                                 .chosen = view_chosen,
                                 .key = view_key,
                                 .ctx = v};
    app_push(v->app, &pick_screen, &arg);
}

/* ---- W ---- */

static void save_as(struct account_views *v, const char *name)
{
    struct state s;
    state_take(v, &s);
    s.def.name = name;
    view_defs_put(&v->mine, &s.def);
    view_defs_put(&v->named, &s.def);
    state_finish(&s);
    str_clear(&v->name);
    str_add(&v->name, name);
    save_mine(v, "is kept in", name);
}

struct replacing {
    struct account_views *views;
    char *name; /* owned */
};

static void replace_fill(void *ctx, struct dialog *d)
{
    struct replacing *r = ctx;
    if (view_defs_find(&r->views->mine, r->name))
        dialog_line(d, ROLE_TEXT, "\"%s\" is there: its columns, order and filter would be lost.",
                    r->name);
    else
        dialog_line(d, ROLE_TEXT,
                    "\"%s\" is compiled in: yours would stand in its place until Del in V takes it "
                    "away.",
                    r->name);
    dialog_button(d, "Replace");
}

static void replace_answer(void *ctx, int button)
{
    struct replacing *r = ctx;
    if (button == 1)
        save_as(r->views, r->name);
    else
        app_message(r->views->app, MESSAGE_NOTE, "nothing was kept; W asks for another name");
}

static void replace_close(void *ctx)
{
    struct replacing *r = ctx;
    mem_free(r->name);
    mem_free(r);
}

static void ask_replace(struct account_views *v, const char *name)
{
    struct replacing *r = mem_calloc(1, sizeof *r);
    *r = (struct replacing){v, mem_strdup(name)};
    const struct ask_arg arg = {.title = "Replace the view?",
                                .fill = replace_fill,
                                .answer = replace_answer,
                                .close = replace_close,
                                .ctx = r};
    app_push(v->app, &ask_screen, &arg);
}

static bool save_named(void *ctx, struct span text, struct error *err)
{
    struct account_views *v = ctx;
    while (text.len && *text.p == ' ')
        text = (struct span){text.p + 1, text.len - 1};
    while (text.len && text.p[text.len - 1] == ' ')
        text.len--;
    if (!text.len || text.len > VIEW_NAME_MAX) {
        error_set(err, ST_USAGE, text.len ? "a name has at most %d bytes" : "a name is missing",
                  VIEW_NAME_MAX);
        return false;
    }
    char *name = span_dup(text);
    if (view_defs_find(&v->named, name))
        ask_replace(v, name);
    else
        save_as(v, name);
    mem_free(name);
    return true;
}

static void save(struct account_views *v)
{
    if (v->broken) {
        app_message(v->app, MESSAGE_ERROR,
                    "nothing was kept: views.cfg in the state directory cannot be read");
        return;
    }
    /* One of theirs is mostly kept under its name; a new one gets a name of its own. */
    bool mine = view_defs_find(&v->mine, str_text(&v->name)) != NULL;
    const struct prompt_arg arg = {.title = "Keep columns, order and filter as a view",
                                   .hint = "V shows it again; --view begins with it",
                                   .text = mine ? span_from(&v->name) : span_of(""),
                                   .accept = save_named,
                                   .ctx = v};
    app_push(v->app, &prompt_screen, &arg);
}

/* ---- < > I ---- */

/* Among the columns that are on the screen. */
static void move_sort(struct account_views *v, int step)
{
    const struct table *t = &v->list->table;
    int at = t->sort_column, count = (int)v->list->column_count;
    struct sort sort = {.count = 1};
    at = at < 0 ? 0 : at + step;
    while (at >= 0 && at < count && t->drawn.valid && !t->drawn.widths[at])
        at += step;
    if (at < 0 || at >= count) {
        app_message(v->app, MESSAGE_NOTE, "no column further %s is shown; o sorts by any",
                    step < 0 ? "left" : "right");
        return;
    }
    sort.keys[0].column = v->list->columns[at].column;
    account_list_set_sort(v->list, &sort);
}

static void invert_sort(struct account_views *v)
{
    struct sort sort = *view_sort(app_session(v->app)->view);
    for (size_t i = 0; i < sort.count; i++)
        sort.keys[i].descending = !sort.keys[i].descending;
    account_list_set_sort(v->list, &sort);
}

unsigned account_views_action(struct account_views *v, enum action_id action)
{
    switch (action) {
    case ACTION_VIEW:
        choose(v);
        break;
    case ACTION_SAVE_VIEW:
        save(v);
        break;
    case ACTION_COLUMNS:
        columns_choose(v->app, v->list);
        break;
    case ACTION_SORT_LEFT:
    case ACTION_SORT_RIGHT:
        move_sort(v, action == ACTION_SORT_LEFT ? -1 : 1);
        break;
    case ACTION_SORT_INVERT:
        invert_sort(v);
        break;
    default:
        return EFFECT_NONE;
    }
    return EFFECT_REDRAW;
}

/* ---- begin and end ---- */

static bool show_wanted(struct account_views *v, const char *want)
{
    struct error err;
    const struct view_def *def = view_defs_find(&v->named, want);
    if (!def) {
        app_message(v->app, MESSAGE_ERROR, "there is no view \"%s\"; V shows those there are",
                    want);
        return false;
    }
    if (show(v, def, "views.cfg", &err))
        return true;
    app_error(v->app, &err);
    return false;
}

/* Nobody is to take what it leaves for all there is. */
static void tell_last_filter(const struct account_views *v)
{
    if (v->line->filter.len)
        app_message(v->app, MESSAGE_NOTE, "the filter of last time was set again; Esc clears it");
}

void account_views_init(struct account_views *v, struct app *app, struct account_list *list,
                        struct account_line *line, const char *want, const char *filter)
{
    *v = (struct account_views){.app = app, .list = list, .line = line};
    view_defs_init(&v->named);
    view_defs_init(&v->mine);
    read_built_in(v);
    read_mine(v);
    bool last = !want && show_last(v);
    if (!last && !(want && show_wanted(v, want)))
        show_wanted(v, FIRST_VIEW);
    if (!filter && last)
        tell_last_filter(v);
    if (!filter)
        return;
    str_add_span(&v->instead, span_from(&line->filter));
    str_add(&v->given, filter);
    if (!account_line_set(line, span_of(filter)))
        app_error(app, &line->err);
}

void account_views_finish(struct account_views *v)
{
    save_last(v);
    view_defs_finish(&v->named);
    view_defs_finish(&v->mine);
    str_finish(&v->name);
    str_finish(&v->given);
    str_finish(&v->instead);
}
