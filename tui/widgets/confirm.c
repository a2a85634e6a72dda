/* confirm.c: see confirm.h. */
#include "tui/widgets/confirm.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

void confirm_init(struct confirm *c)
{
    *c = (struct confirm){.words = {NULL, NULL}};
    line_editor_init(&c->editor);
}

static void forget(struct confirm *c)
{
    for (size_t i = 0; i < ARRAY_LEN(c->words); i++) {
        mem_free(c->words[i]);
        c->words[i] = NULL;
    }
}

void confirm_finish(struct confirm *c)
{
    forget(c);
    line_editor_finish(&c->editor);
}

void confirm_ask(struct confirm *c, struct span word, struct span other, const char *todo)
{
    forget(c);
    c->words[0] = span_dup(word);
    c->words[1] = other.len && !span_eq(word, other) ? span_dup(other) : NULL;
    c->todo = todo;
    c->said = CONFIRM_QUIET;
    line_editor_start(&c->editor, span_of(""));
}

bool confirm_asks(const struct confirm *c)
{
    return c->words[0] != NULL;
}

bool confirm_typed(const struct confirm *c)
{
    struct span typed = line_editor_text(&c->editor);
    for (size_t i = 0; i < ARRAY_LEN(c->words); i++)
        if (c->words[i] && typed.len && span_is(typed, c->words[i]))
            return true;
    return false;
}

enum confirm_result confirm_key(struct confirm *c, const struct key *key)
{
    c->said = CONFIRM_QUIET;
    if (key->sym == KEYSYM_PASTE) {
        c->said = CONFIRM_PASTED;
        return CONFIRM_OPEN;
    }
    if (key_is(key, KEYSYM_ENTER)) {
        if (confirm_typed(c))
            return CONFIRM_YES;
        c->said = CONFIRM_WRONG;
        return CONFIRM_OPEN;
    }
    return line_editor_key(&c->editor, key) == LINE_IGNORED ? CONFIRM_IGNORED : CONFIRM_OPEN;
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* "az-gpt-eu, or its id pa_1"; made safe. */
static void add_words(const struct confirm *c, unsigned flags, struct str *out)
{
    text_safe_z(out, c->words[0], flags);
    if (!c->words[1])
        return;
    str_add(out, ", or its id ");
    text_safe_z(out, c->words[1], flags);
}

static void add_question(const struct confirm *c, unsigned flags, struct str *out)
{
    str_add(out, "Type ");
    add_words(c, flags, out);
    str_printf(out, "%s %s", c->words[1] ? "," : "", c->todo);
}

int confirm_rows(const struct confirm *c, int cells)
{
    struct str text = STR_INIT;
    add_question(c, 0, &text);
    int rows = draw_wrap(span_from(&text), cells, NULL, NULL) + 2;
    str_finish(&text);
    return rows;
}

struct lines {
    const struct canvas *c;
    int y;
};

static void draw_line(void *ctx, struct span line)
{
    struct lines *l = ctx;
    draw_own_span(l->c, l->y++, 0, ROLE_WARNING, line, -1, TEXT_LEFT);
}

static void draw_problem(const struct confirm *c, const struct canvas *canvas, int y)
{
    struct str text = STR_INIT;
    if (c->said == CONFIRM_PASTED) {
        str_add(&text, "A paste does not confirm: type it.");
    } else if (c->said == CONFIRM_WRONG) {
        str_add(&text, line_editor_text(&c->editor).len ? "That is not it" : "Nothing is typed");
        str_add(&text, ": type ");
        add_words(c, canvas->draw->ascii ? TEXT_ASCII : 0, &text);
        str_add(&text, "; nothing was done");
    }
    draw_own_span(canvas, y, 0, ROLE_ERROR, span_from(&text), canvas->cols, TEXT_LEFT);
    str_finish(&text);
}

void confirm_draw(struct confirm *c, const struct canvas *canvas, bool focus)
{
    struct str text = STR_INIT;
    struct lines l = {canvas, 0};
    add_question(c, canvas->draw->ascii ? TEXT_ASCII : 0, &text);
    draw_wrap(span_from(&text), canvas->cols, draw_line, &l);
    draw_own(canvas, l.y, 0, ROLE_BORDER, "[", 1, TEXT_LEFT);
    line_editor_draw(&c->editor, canvas, l.y, 1, canvas->cols - 2, focus, NULL);
    draw_own(canvas, l.y, canvas->cols - 1, ROLE_BORDER, "]", 1, TEXT_LEFT);
    draw_problem(c, canvas, l.y + 1);
    str_finish(&text);
}
