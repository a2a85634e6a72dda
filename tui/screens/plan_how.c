/* plan_how.c: see plan_how.h. */
#include "tui/screens/plan_how.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/widgets/form.h"

#define WIDTH 76

struct how_view {
    struct plan_how_arg arg;
    struct form form;
};

static void *how_open(struct app *app, const void *arg)
{
    struct how_view *v = mem_calloc(1, sizeof *v);
    struct str value = STR_INIT;
    (void)app;
    v->arg = *(const struct plan_how_arg *)arg;
    form_init(&v->form);
    for (int i = 0; i < PLAN_OPT_COUNT; i++) {
        const struct plan_option_info *row = plan_option_info((enum plan_option)i);
        str_clear(&value);
        plan_option_show(v->arg.now, row->id, &value);
        form_add(&v->form, FORM_TEXT, i, row->label, row->help, NULL, span_from(&value));
    }
    str_finish(&value);
    return v;
}

static void how_close(void *self)
{
    struct how_view *v = self;
    form_finish(&v->form);
    mem_free(v);
}

static void how_draw(void *self, const struct canvas *c)
{
    struct how_view *v = self;
    /* The rows, one line of error, the help, the keys, and the box. */
    int rows = PLAN_OPT_COUNT + 6, cols = c->cols < WIDTH ? c->cols : WIDTH;
    rows = rows < c->rows ? rows : c->rows;
    struct canvas box = canvas_part(c, (c->rows - rows) / 3, (c->cols - cols) / 2, rows, cols);
    draw_fill(&box, 0, 0, box.rows, box.cols, ROLE_DIALOG);
    struct canvas inside = draw_box(&box, ROLE_BORDER, "How the plan is applied");
    struct canvas form = canvas_part(&inside, 0, 0, inside.rows - 1, inside.cols);
    form_draw(&v->form, &form, true);
    draw_own(&inside, inside.rows - 1, 1, ROLE_DIM,
             "Enter takes it   Tab next   Esc leaves it as it was", inside.cols - 2, TEXT_LEFT);
}

static const char *how_context(const void *self)
{
    (void)self;
    return "line";
}

static bool how_typing(const void *self)
{
    (void)self;
    return true;
}

static unsigned how_action(void *self, enum action_id action)
{
    (void)self;
    return action == ACTION_BACK ? EFFECT_CLOSE : EFFECT_NONE;
}

/* True: every row is good, and they fit together. */
static bool read_rows(struct how_view *v, struct plan_options *how)
{
    struct error err;
    int wrong = -1;
    plan_options_init(how);
    for (int i = 0; i < PLAN_OPT_COUNT; i++) {
        struct form_row *row = form_row(&v->form, i);
        bool good = plan_option_read(how, (enum plan_option)i, form_value(row), &err) == ST_OK;
        form_set_error(row, good ? NULL : err.what);
        if (!good && wrong < 0)
            wrong = i;
    }
    if (wrong < 0 && plan_options_check(how, &err) != ST_OK) {
        wrong = PLAN_OPT_FIRST;
        form_set_error(form_row(&v->form, wrong), err.what);
    }
    if (wrong >= 0)
        form_focus(&v->form, wrong);
    return wrong < 0;
}

static unsigned how_key(void *self, const struct key *key)
{
    struct how_view *v = self;
    struct plan_options how;
    if (!key_is(key, KEYSYM_ENTER))
        return form_key(&v->form, key) == FORM_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
    if (!read_rows(v, &how))
        return EFFECT_REDRAW;
    v->arg.taken(v->arg.ctx, &how);
    return EFFECT_CLOSE;
}

static unsigned how_news(void *self, enum news news)
{
    (void)self;
    (void)news;
    return EFFECT_NONE;
}

static const int *how_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_ACCEPT, ACTION_NEXT_FIELD, ACTION_BACK};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops plan_how_screen = {
    .name = "plan settings",
    .overlay = true,
    .open = how_open,
    .close = how_close,
    .draw = how_draw,
    .context = how_context,
    .action = how_action,
    .key = how_key,
    .typing = how_typing,
    .news = how_news,
    .bar = how_bar,
};
