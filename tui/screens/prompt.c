/* prompt.c: see prompt.h. */
#include "tui/screens/prompt.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/widgets/line_editor.h"

#include <stdint.h>

#define WIDTH 70

struct prompt {
    struct prompt_arg arg;
    struct line_editor editor;
    struct str offered; /* what Enter takes while nothing else was typed; empty: nothing is */
    struct error error; /* of the last Enter; ST_OK: none */
};

static void *prompt_open(struct app *app, const void *arg)
{
    struct prompt *p = mem_calloc(1, sizeof *p);
    (void)app;
    p->arg = *(const struct prompt_arg *)arg;
    p->arg.title = mem_strdup(p->arg.title);
    p->arg.hint = p->arg.hint ? mem_strdup(p->arg.hint) : NULL;
    line_editor_init(&p->editor);
    str_add_span(&p->offered, p->arg.text);
    return p;
}

static void prompt_close(void *self)
{
    struct prompt *p = self;
    if (p->arg.close)
        p->arg.close(p->arg.ctx);
    line_editor_finish(&p->editor);
    str_finish(&p->offered);
    mem_free((void *)(uintptr_t)p->arg.title);
    mem_free((void *)(uintptr_t)p->arg.hint);
    mem_free(p);
}

static void prompt_draw(void *self, const struct canvas *c)
{
    struct prompt *p = self;
    int cols = c->cols < WIDTH ? c->cols : WIDTH, rows = p->arg.hint ? 5 : 4;
    struct canvas box =
        canvas_part(c, c->rows > rows ? (c->rows - rows) / 3 : 0, (c->cols - cols) / 2, rows, cols);
    draw_fill(&box, 0, 0, box.rows, box.cols, ROLE_DIALOG);
    struct canvas inside = draw_box(&box, ROLE_BORDER, p->arg.title);
    if (p->error.status)
        draw_text(&inside, 1, 1, ROLE_ERROR, span_of(p->error.what), inside.cols - 2, TEXT_LEFT);
    if (p->arg.hint)
        draw_own(&inside, inside.rows - 1, 1, ROLE_DIM, p->arg.hint, inside.cols - 2, TEXT_LEFT);
    draw_own(&inside, 0, 1, ROLE_BAR_KEY, ">", 1, TEXT_LEFT);
    line_editor_draw(&p->editor, &inside, 0, 3, inside.cols - 4, true, NULL);
    if (p->offered.len) {
        struct canvas line = canvas_part(&inside, 0, 3, 1, inside.cols - 4);
        draw_text(&line, 0, 0, ROLE_DIM, span_from(&p->offered), line.cols, TEXT_LEFT);
    }
}

static const char *prompt_context(const void *self)
{
    (void)self;
    return "line";
}

static bool prompt_typing(const void *self)
{
    (void)self;
    return true;
}

static unsigned prompt_action(void *self, enum action_id action)
{
    (void)self;
    return action == ACTION_BACK ? EFFECT_CLOSE : EFFECT_NONE;
}

static bool is_text(const struct key *key)
{
    return key->sym == KEYSYM_PASTE || (key->sym == KEYSYM_TEXT && !key->mods);
}

/* The first key of the line: text takes the place of what is offered, what else a line knows is for
 * that text. */
static enum line_result edit(struct prompt *p, const struct key *key)
{
    struct line_editor *ed = &p->editor;
    bool first = p->offered.len > 0;
    if (first && !is_text(key))
        line_editor_start(ed, span_from(&p->offered));
    enum line_result result = line_editor_key(ed, key);
    if (first && result == LINE_IGNORED)
        line_editor_start(ed, span_of(""));
    else
        str_clear(&p->offered);
    return result;
}

static unsigned prompt_key(void *self, const struct key *key)
{
    struct prompt *p = self;
    if (key_is(key, KEYSYM_ENTER)) {
        struct span text = p->offered.len ? span_from(&p->offered) : line_editor_text(&p->editor);
        error_clear(&p->error);
        return p->arg.accept(p->arg.ctx, text, &p->error) ? EFFECT_CLOSE : EFFECT_REDRAW;
    }
    return edit(p, key) == LINE_IGNORED ? EFFECT_NONE : EFFECT_REDRAW;
}

static unsigned prompt_news(void *self, enum news news)
{
    (void)self;
    (void)news;
    return EFFECT_NONE;
}

static const int *prompt_bar(const void *self, size_t *count)
{
    static const int bar[] = {ACTION_ACCEPT, ACTION_BACK};
    (void)self;
    *count = ARRAY_LEN(bar);
    return bar;
}

const struct screen_ops prompt_screen = {
    .name = "prompt",
    .overlay = true,
    .open = prompt_open,
    .close = prompt_close,
    .draw = prompt_draw,
    .context = prompt_context,
    .action = prompt_action,
    .key = prompt_key,
    .typing = prompt_typing,
    .news = prompt_news,
    .bar = prompt_bar,
};
