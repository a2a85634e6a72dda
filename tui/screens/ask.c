/* ask.c: see ask.h. */
#include "tui/screens/ask.h"

#include "base/mem.h"
#include "base/vec.h"

struct ask {
    struct ask_arg arg;
    struct dialog dialog;
};

static void *ask_open(struct app *app, const void *arg)
{
    (void)app;
    struct ask *a = mem_calloc(1, sizeof *a);
    a->arg = *(const struct ask_arg *)arg;
    dialog_init(&a->dialog, a->arg.title);
    a->arg.fill(a->arg.ctx, &a->dialog);
    return a;
}

static void ask_close(void *self)
{
    struct ask *a = self;
    if (a->arg.close)
        a->arg.close(a->arg.ctx);
    dialog_finish(&a->dialog);
    mem_free(a);
}

static void ask_draw(void *self, const struct canvas *c)
{
    dialog_draw(&((struct ask *)self)->dialog, c);
}

static const char *ask_context(const void *self)
{
    (void)self;
    return "dialog";
}

static bool ask_typing(const void *self)
{
    return confirm_asks(&((const struct ask *)self)->dialog.confirm);
}

static unsigned answer(struct ask *a, int button)
{
    if (button == DIALOG_NONE)
        return EFFECT_REDRAW;
    a->arg.answer(a->arg.ctx, button);
    return EFFECT_CLOSE;
}

static unsigned ask_action(void *self, enum action_id action)
{
    if (action == ACTION_BACK || action == ACTION_CLOSE)
        return answer(self, DIALOG_CANCEL);
    return EFFECT_NONE;
}

static unsigned ask_key(void *self, const struct key *key)
{
    struct ask *a = self;
    return answer(a, dialog_key(&a->dialog, key));
}

static unsigned ask_news(void *self, enum news news)
{
    struct ask *a = self;
    if (news == NEWS_TICK && a->arg.holds && !a->arg.holds(a->arg.ctx))
        return EFFECT_CLOSE;
    return EFFECT_NONE;
}

static const int *ask_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_ACCEPT, ACTION_NEXT_FIELD, ACTION_BACK};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops ask_screen = {
    .name = "question",
    .overlay = true,
    .open = ask_open,
    .close = ask_close,
    .draw = ask_draw,
    .context = ask_context,
    .action = ask_action,
    .key = ask_key,
    .typing = ask_typing,
    .news = ask_news,
    .bar = ask_bar,
};
