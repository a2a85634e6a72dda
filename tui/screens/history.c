/* history.c: see history.h. Everything but the line of tabs is the shown tab's. */
#include "tui/screens/history.h"

#include "base/mem.h"
#include "base/vec.h"

/* The tabs, in their order. `name` of the part is what the line of tabs says. */
static const struct screen_ops *const tabs[] = {
    &history_mine,
    &history_observed,
};

struct history {
    struct app *app;
    void *parts[ARRAY_LEN(tabs)]; /* owned; made when first shown */
    size_t at;
};

static void *part(const struct history *h)
{
    return h->parts[h->at];
}

static void show(struct history *h, size_t at)
{
    h->at = at;
    if (!h->parts[at])
        h->parts[at] = tabs[at]->open(h->app, NULL);
}

static void *history_open(struct app *app, const void *arg)
{
    struct history *h = mem_calloc(1, sizeof *h);
    (void)arg;
    h->app = app;
    show(h, 0);
    return h;
}

static void history_close(void *self)
{
    struct history *h = self;
    for (size_t i = 0; i < ARRAY_LEN(tabs); i++)
        if (h->parts[i])
            tabs[i]->close(h->parts[i]);
    mem_free(h);
}

static void history_draw(void *self, const struct canvas *c)
{
    struct history *h = self;
    draw_hline(c, 0, 0, c->cols, ROLE_BORDER);
    int x = 2;
    for (size_t i = 0; i < ARRAY_LEN(tabs); i++) {
        enum role role = i == h->at ? ROLE_TAB_ACTIVE : ROLE_TAB;
        x += draw_printf(c, 0, x, role, " %s ", tabs[i]->name) + 1;
    }
    struct canvas body = canvas_part(c, 1, 0, c->rows - 1, c->cols);
    tabs[h->at]->draw(part(h), &body);
}

static const char *history_context(const void *self)
{
    const struct history *h = self;
    return tabs[h->at]->context(part(h));
}

static bool history_typing(const void *self)
{
    const struct history *h = self;
    return tabs[h->at]->typing && tabs[h->at]->typing(part(h));
}

static unsigned history_action(void *self, enum action_id action)
{
    struct history *h = self;
    unsigned effect = tabs[h->at]->action(part(h), action);
    if (effect != EFFECT_NONE)
        return effect;
    if (action != ACTION_NEXT_TAB && action != ACTION_PREVIOUS_TAB)
        return EFFECT_NONE;
    size_t step = action == ACTION_NEXT_TAB ? 1 : ARRAY_LEN(tabs) - 1;
    show(h, (h->at + step) % ARRAY_LEN(tabs));
    return EFFECT_REDRAW;
}

static unsigned history_key(void *self, const struct key *key)
{
    struct history *h = self;
    return tabs[h->at]->key ? tabs[h->at]->key(part(h), key) : EFFECT_NONE;
}

static unsigned history_news(void *self, enum news news)
{
    struct history *h = self;
    unsigned effect = EFFECT_NONE;
    for (size_t i = 0; i < ARRAY_LEN(tabs); i++)
        if (h->parts[i] && tabs[i]->news)
            effect |= tabs[i]->news(h->parts[i], news);
    return effect;
}

static void history_heading(const void *self, struct str *out)
{
    const struct history *h = self;
    if (tabs[h->at]->heading)
        tabs[h->at]->heading(part(h), out);
}

static const int *history_bar(const void *self, size_t *count)
{
    const struct history *h = self;
    return tabs[h->at]->bar(part(h), count);
}

const struct screen_ops history_screen = {
    .name = "history",
    .tab = "History",
    .open = history_open,
    .close = history_close,
    .draw = history_draw,
    .context = history_context,
    .action = history_action,
    .key = history_key,
    .typing = history_typing,
    .news = history_news,
    .heading = history_heading,
    .bar = history_bar,
};
