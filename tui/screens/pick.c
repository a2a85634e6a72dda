/* pick.c: see pick.h. */
#include "tui/screens/pick.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/app.h"

struct pick {
    struct app *app;
    struct pick_arg arg;
    struct menu menu;
};

/* The one that is in use has the cursor first. */
static int start_of(const struct pick *p)
{
    for (size_t i = 0; i < p->menu.count && !p->arg.multi; i++) {
        if (p->menu.items[i].checked)
            return p->menu.items[i].value;
    }
    return p->arg.start;
}

static void *pick_open(struct app *app, const void *arg)
{
    struct pick *p = mem_calloc(1, sizeof *p);
    p->app = app;
    p->arg = *(const struct pick_arg *)arg;
    menu_init(&p->menu, p->arg.title, p->arg.filter);
    p->menu.multi = p->arg.multi;
    p->arg.fill(p->arg.ctx, &p->menu);
    menu_ready(&p->menu, start_of(p));
    return p;
}

static void pick_close(void *self)
{
    struct pick *p = self;
    if (p->arg.close)
        p->arg.close(p->arg.ctx);
    menu_finish(&p->menu);
    mem_free(p);
}

static void pick_draw(void *self, const struct canvas *c)
{
    menu_draw(&((struct pick *)self)->menu, c);
}

static const char *pick_context(const void *self)
{
    const struct pick *p = self;
    return p->arg.context ? p->arg.context : p->arg.filter ? "palette" : "menu";
}

static bool pick_typing(const void *self)
{
    return ((const struct pick *)self)->arg.filter;
}

static void tell_moved(const struct pick *p)
{
    const struct menu_item *item = menu_current(&p->menu);
    if (p->arg.moved && item)
        p->arg.moved(p->arg.ctx, item);
}

static unsigned pick_action(void *self, enum action_id action)
{
    struct pick *p = self;
    if (action == ACTION_NEXT_TAB || action == ACTION_PREVIOUS_TAB) {
        if (menu_section(&p->menu, action == ACTION_NEXT_TAB) == MENU_MOVED)
            tell_moved(p);
        return EFFECT_REDRAW;
    }
    if (action != ACTION_BACK && action != ACTION_CLOSE)
        return EFFECT_NONE;
    if (p->arg.cancelled)
        p->arg.cancelled(p->arg.ctx);
    return EFFECT_CLOSE;
}

static unsigned pick_key(void *self, const struct key *key)
{
    struct pick *p = self;
    if (p->arg.key && p->arg.key(p->arg.ctx, &p->menu, key))
        return EFFECT_REDRAW;
    const struct menu_item *item;
    switch (menu_key(&p->menu, key)) {
    case MENU_IGNORED:
        return EFFECT_NONE;
    case MENU_CANCELLED:
        return pick_action(self, ACTION_BACK);
    case MENU_MOVED:
        tell_moved(p);
        return EFFECT_REDRAW;
    case MENU_CHOSEN:
        item = menu_current(&p->menu);
        if (!item)
            return EFFECT_REDRAW;
        p->arg.chosen(p->arg.ctx, &p->menu, item);
        return EFFECT_CLOSE;
    case MENU_REFUSED:
        app_message(p->app, MESSAGE_NOTE, "%s", menu_refusal(&p->menu));
        break;
    case MENU_OPEN:
    case MENU_TOGGLED:
        break;
    }
    return EFFECT_REDRAW;
}

void pick_word(struct app *app, void *self, const char *what, struct span word)
{
    struct pick *p = self;
    const struct key enter = {.sym = KEYSYM_ENTER};
    if (menu_choose(&p->menu, word))
        app_press(app, &enter);
    else
        app_message(app, MESSAGE_NOTE, "%s has no %.*s; choose one of these, or Esc", what,
                    (int)word.len, word.p);
}

static unsigned pick_news(void *self, enum news news)
{
    (void)self;
    (void)news;
    return EFFECT_NONE;
}

static const int *pick_bar(const void *self, size_t *count)
{
    static const int one[] = {ACTION_ACCEPT, ACTION_BACK};
    static const int several[] = {ACTION_CHOOSE, ACTION_NEXT_TAB, ACTION_ACCEPT, ACTION_BACK};
    const struct pick *p = self;
    *count = p->arg.multi ? ARRAY_LEN(several) : ARRAY_LEN(one);
    return p->arg.multi ? several : one;
}

/* Space takes several, so it is no choice yet; Tab goes through the groups under headings. */
static const char *pick_label(const void *self, enum action_id action)
{
    (void)self;
    return action == ACTION_CHOOSE ? "mark" : action == ACTION_NEXT_TAB ? "next field" : NULL;
}

const struct screen_ops pick_screen = {
    .name = "menu",
    .overlay = true,
    .open = pick_open,
    .close = pick_close,
    .draw = pick_draw,
    .context = pick_context,
    .action = pick_action,
    .key = pick_key,
    .typing = pick_typing,
    .news = pick_news,
    .bar = pick_bar,
    .label = pick_label,
};
