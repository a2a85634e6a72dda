/* palette.c: see palette.h. */
#include "tui/app_after.h"
#include "tui/app_global.h"
#include "tui/session_plan.h"
#include "tui/screens/palette.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/screens/ask.h"
#include "tui/screens/pick.h"

#include <stdio.h>
#include <string.h>

/* ---- commands ---- */

/* What kind of write an action leads to, for those that the server may forbid. */
static bool kind_of(enum action_id action, enum journal_kind *kind)
{
    static const struct {
        enum action_id action;
        enum journal_kind kind;
    } rows[] = {{ACTION_EDIT, JOURNAL_UPDATE},   {ACTION_EDITOR, JOURNAL_UPDATE},
                {ACTION_TOGGLE, JOURNAL_UPDATE}, {ACTION_BULK, JOURNAL_UPDATE},
                {ACTION_ADD, JOURNAL_CREATE},    {ACTION_CLONE, JOURNAL_CREATE},
                {ACTION_DELETE, JOURNAL_DELETE}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        *kind = rows[i].kind;
        if (rows[i].action == action)
            return true;
    }
    return false;
}

/* F06: forbidden by the server is said where the action is chosen; it can be tried all the same,
 * since a permission may have come since. */
static void add_forbidden(const struct session *s, enum action_id action, struct str *out)
{
    enum journal_kind kind;
    if (!kind_of(action, &kind) || !s->forbidden[kind])
        return;
    str_add(out, "FORBIDDEN");
    if (s->forbidden[kind][0])
        str_printf(out, ", needs %s", s->forbidden[kind]);
    str_add(out, ": ");
}

/* Where actions work that no key of the screen may stand for: by the screens' names. */
static const struct {
    enum action_id action;
    const char *screens[5], *why;
} places[] = {
    {ACTION_RELEASE, {"review", "plan", "entry"}, "open an unknown write in 3 History"},
    {ACTION_SEND_AGAIN, {"review", "plan", "entry"}, "open an unknown write in 3 History"},
    {ACTION_ADOPT, {"review", "plan", "entry"}, "open an unknown create in 3 History"},
    {ACTION_REASON, {"review", "plan"}, "a review or a plan asks for it"},
    {ACTION_REVEAL, {"accounts", "form", "review", "entry", "changed"}, "in 1 Accounts"},
};

/* Why the action can do nothing now; NULL: it can. bound: a key of this screen stands for it. */
static const char *idle_words(struct app *app, const struct screen_ops *ops, bool bound,
                              enum action_id action)
{
    const struct session *s = app_session(app);
    if (action == ACTION_DEMO && !s->profile.demo)
        return "only a demo can be broken: paddock --demo";
    if (action == ACTION_TOUR && !s->profile.demo)
        return "only a demo has one: paddock --demo";
    if (app_global_has(action))
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (places[i].action != action)
            continue;
        for (size_t n = 0; n < ARRAY_LEN(places[i].screens) && places[i].screens[n]; n++) {
            if (strcmp(places[i].screens[n], ops->name) == 0)
                return NULL;
        }
        return places[i].why;
    }
    if (strcmp(ops->name, "accounts") == 0)
        return fleet_count(s->fleet) || !(action_info(action)->flags & (AF_ROW | AF_MARKS))
                   ? NULL
                   : "there is no account";
    return bound ? NULL : "not on this screen";
}

static void command_fill(void *ctx, struct menu *menu)
{
    struct app *app = ctx;
    struct keymap *map = app_keymap(app);
    const struct screen_ops *ops;
    void *self;
    app_current(app, &ops, &self);
    int context = keymap_context(map, ops->context(self));
    menu->by_name = true;
    for (int a = 0; a < ACTION_COUNT; a++) {
        const struct action_info *i = action_info((enum action_id)a);
        struct str keys = STR_INIT, help = STR_INIT;
        if (!(i->flags & AF_PALETTE) || !(i->flags & AF_CONSOLE) || !app_offers(app, i->id))
            continue;
        keymap_keys(map, context, (enum action_id)a, 2, " ", &keys);
        const char *why = idle_words(app, ops, keys.len, (enum action_id)a);
        add_forbidden(app_session(app), (enum action_id)a, &help);
        if (why)
            str_printf(&help, "not now: %s", why);
        else
            str_add(&help, i->help);
        struct menu_item *item = menu_add(menu, i->name, str_text(&help), str_text(&keys), a);
        item->danger = i->flags & AF_DANGEROUS;
        item->disabled = why != NULL;
        str_finish(&keys);
        str_finish(&help);
    }
}

/* The word goes to what the command opened: a menu takes it as its choice, a line as its text. */
static void give_word(struct app *app, const struct action_info *info, struct span word)
{
    const struct key keys[] = {{.sym = KEYSYM_END},
                               {.sym = KEYSYM_TEXT, .mods = KEYMOD_CTRL, .text = "U"},
                               {.sym = KEYSYM_PASTE, .paste = word},
                               {.sym = KEYSYM_ENTER}};
    const void *self;
    const struct screen_ops *top = app_top(app, &self);
    if (top == &pick_screen)
        pick_word(app, (void *)self, info->name, word);
    else if (top->typing && top->typing(self))
        for (size_t i = 0; i < ARRAY_LEN(keys); i++)
            app_press(app, &keys[i]);
}

/* The palette is gone by then, so that what is on top is what the command opened. */
static void run_with(struct app *app, const struct action_info *info, struct span typed)
{
    struct str word = STR_INIT; /* typed goes with the palette */
    const void *palette;
    str_add_span(&word, typed);
    app_top(app, &palette);
    app_close_screen(app, palette);
    if (app_run(app, info->id) == EFFECT_NONE)
        app_message(app, MESSAGE_NOTE, "%s does nothing on this screen", info->name);
    else
        give_word(app, info, span_from(&word));
    str_finish(&word);
}

static void command_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    const struct action_info *info = action_info((enum action_id)item->value);
    struct span word = menu_argument(menu, item);
    if (info->flags & AF_ARG && word.len) {
        run_with(ctx, info, word);
        return;
    }
    if (app_run(ctx, (enum action_id)item->value) == EFFECT_NONE)
        app_message(ctx, MESSAGE_NOTE, "%s does nothing on this screen", item->text);
}

void palette_open(struct app *app)
{
    const struct pick_arg arg = {.title = "Command",
                                 .filter = true,
                                 .start = -1,
                                 .fill = command_fill,
                                 .chosen = command_chosen,
                                 .ctx = app};
    app_push(app, &pick_screen, &arg);
}

/* ---- profiles: the profiles of the config first, then this one's other organisations ---- */

#define THIS_ONE (-1) /* the connection that is open, when no profile of the config is it */

static void add_this_one(struct app *app, struct menu *menu)
{
    const struct session *s = app_session(app);
    struct str where = STR_INIT;
    str_printf(&where, "%s on %s%s", api_org(s->api), api_host(s->api),
               s->profile.demo ? ", nothing here is real" : ", from the command line");
    menu_add(menu, session_name(s), str_text(&where), s->profile.label, THIS_ONE)->checked = true;
    str_finish(&where);
}

/* Whether it is the organisation that is open, as another than the profile's own. */
static bool is_other_org(struct app *app, const char *org)
{
    return strcmp(org, api_org(app_session(app)->api)) == 0;
}

static void profile_fill(void *ctx, struct menu *menu)
{
    struct app *app = ctx;
    const struct config *config = app_config(app);
    const struct profile *now = &app_session(app)->profile;
    size_t n = config_profile_count(config);
    bool listed = false, other = false;
    for (size_t i = 0; now->orgs && now->orgs[i]; i++)
        other |= is_other_org(app, now->orgs[i]);
    for (size_t i = 0; i < n && !now->demo; i++) {
        const char *name = config_profile_name(config, i);
        const char *label = config_profile_option(config, i, OPTION_LABEL)->text;
        struct menu_item *item =
            menu_add(menu, name, config_profile_option(config, i, OPTION_URL)->text, label, (int)i);
        bool same = strcmp(name, now->name) == 0;
        item->checked = same && !other;
        listed |= same;
    }
    if (!listed)
        add_this_one(app, menu);
    for (size_t i = 0; now->orgs && now->orgs[i]; i++)
        menu_add(menu, now->orgs[i], "another organisation of this server", NULL, (int)(n + i))
            ->checked = is_other_org(app, now->orgs[i]);
}

static void switch_to(struct app *app, const struct profile *next)
{
    struct error err;
    if (app_switch(app, next, &err))
        app_error(app, &err);
}

struct switching {
    struct app *app;
    struct profile next;
};

static void switching_fill(void *ctx, struct dialog *d)
{
    struct switching *x = ctx;
    const struct session *s = app_session(x->app);
    size_t open = writes_open(s->writes);
    dialog_safe_button(d, "Stay");
    if (session_applying(s)) {
        dialog_line(d, ROLE_WARNING, "%s", session_applying_words(s));
        dialog_line(d, ROLE_TEXT,
                    "It stops after those in flight; what is left is kept, and asked about when %s "
                    "is opened next.",
                    api_org(s->api));
        app_warn_unapplied(s, d);
        dialog_button(d, "Stop it, then switch");
        return;
    }
    if (open) {
        dialog_line(d, ROLE_WARNING, "%zu %s not settled yet.", open,
                    open == 1 ? "write is" : "writes are");
        dialog_line(d, ROLE_TEXT,
                    "It is in the journal, and is looked at again when %s is opened next.",
                    api_org(s->api));
    }
    app_warn_unapplied(s, d);
    dialog_button(d, "Leave it");
}

static void switching_answer(void *ctx, int button)
{
    struct switching *x = ctx;
    if (button == 1)
        app_after_plan(x->app, &x->next);
}

static void switching_close(void *ctx)
{
    struct switching *x = ctx;
    profile_finish(&x->next);
    mem_free(x);
}

/* A write that has left is not lost by going elsewhere, but nobody here would hear of its end. */
static void ask_or_switch(struct app *app, const struct profile *next)
{
    const struct session *s = app_session(app);
    if (!writes_open(s->writes) && !session_applying(s) && !session_plans_unapplied(s, NULL)) {
        switch_to(app, next);
        return;
    }
    struct switching *x = mem_calloc(1, sizeof *x);
    x->app = app;
    profile_copy(&x->next, next);
    const struct ask_arg arg = {.title = "Switch the profile?",
                                .fill = switching_fill,
                                .answer = switching_answer,
                                .close = switching_close,
                                .ctx = x};
    app_push(app, &ask_screen, &arg);
}

static void profile_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct app *app = ctx;
    const struct config *config = app_config(app);
    const struct cli_console *console = app_console(app);
    struct profile next;
    struct error err;
    enum status st = ST_OK;
    (void)menu;
    if (item->value == THIS_ONE) {
        app_message(app, MESSAGE_NOTE,
                    "this is the only one; paddock config init writes a file for your own");
        return;
    }
    size_t n = config_profile_count(config), at = (size_t)item->value;
    if (at < n) {
        struct profile_choice choice = {.profile = config_profile_name(config, at),
                                        .readonly = console->options.choice.readonly};
        st = profile_resolve(config, &console->env, &choice, &next, &err);
    } else {
        profile_copy(&next, &app_session(app)->profile);
        profile_set_org(&next, next.orgs[at - n]);
    }
    if (st)
        app_error(app, &err);
    else
        ask_or_switch(app, &next);
    profile_finish(&next);
}

void palette_profiles(struct app *app)
{
    const struct pick_arg arg = {.title = "Profile",
                                 .filter = true,
                                 .start = 0,
                                 .fill = profile_fill,
                                 .chosen = profile_chosen,
                                 .ctx = app};
    app_push(app, &pick_screen, &arg);
}

/* ---- themes ---- */

struct theme_menu {
    struct app *app;
    struct theme_name *names; /* owned */
    char before[64];
};

static void theme_fill(void *ctx, struct menu *menu)
{
    struct theme_menu *m = ctx;
    size_t n = theme_list(app_theme(m->app), &m->names);
    for (size_t i = 0; i < n; i++)
        menu_add(menu, m->names[i].name, m->names[i].help, NULL, (int)i)->checked =
            strcmp(m->names[i].name, m->before) == 0;
}

static void use_theme(struct theme_menu *m, const char *name)
{
    struct error err;
    if (theme_set(app_theme(m->app), name, &err))
        app_error(m->app, &err);
    app_dirty(m->app);
}

static void theme_moved(void *ctx, const struct menu_item *item)
{
    struct theme_menu *m = ctx;
    use_theme(m, m->names[item->value].name);
}

static void theme_chosen(void *ctx, struct menu *menu, const struct menu_item *item)
{
    struct theme_menu *m = ctx;
    (void)menu;
    theme_moved(ctx, item);
    app_message(m->app, MESSAGE_NOTE, "theme = \"%s\" in the group ui of paddock.cfg keeps it",
                m->names[item->value].name);
}

static void theme_cancelled(void *ctx)
{
    struct theme_menu *m = ctx;
    use_theme(m, m->before);
}

static void theme_close(void *ctx)
{
    struct theme_menu *m = ctx;
    mem_free(m->names);
    mem_free(m);
}

void palette_themes(struct app *app)
{
    struct theme_menu *m = mem_calloc(1, sizeof *m);
    m->app = app;
    snprintf(m->before, sizeof m->before, "%s", app_theme(app)->name);
    const struct pick_arg arg = {.title = "Theme",
                                 .start = 0,
                                 .fill = theme_fill,
                                 .chosen = theme_chosen,
                                 .moved = theme_moved,
                                 .cancelled = theme_cancelled,
                                 .close = theme_close,
                                 .ctx = m};
    app_push(app, &pick_screen, &arg);
}
