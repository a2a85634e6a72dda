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

/* "az-gpt-eu, or its id pa_1"; not made safe. */
static void add_words(const struct confirm *c, struct str *out)
{
    str_add(out, c->words[0]);
    if (c->words[1])
        str_printf(out, ", or its id %s", c->words[1]);
}

static void add_question(const struct confirm *c, struct str *out)
{
    str_add(out, "Type ");
    add_words(c, out);
    str_printf(out, "%s %s", c->words[1] ? "," : "", c->todo);
}

int confirm_rows(const struct confirm *c, const struct draw *draw, int cells)
{
    struct str text = STR_INIT, safe = STR_INIT;
    add_question(c, &text);
    text_safe(&safe, text.data, text.len, draw->ascii ? TEXT_ASCII : 0);
    int rows = draw_wrap(span_from(&safe), cells, NULL, NULL) + 2;
    str_finish(&text);
    str_finish(&safe);
    return rows;
}

static void draw_problem(const struct confirm *c, const struct canvas *canvas, int y)
{
    struct str text = STR_INIT;
    if (c->said == CONFIRM_PASTED) {
        str_add(&text, "A paste does not confirm: type it.");
    } else if (c->said == CONFIRM_WRONG) {
        str_add(&text, line_editor_text(&c->editor).len ? "That is not it" : "Nothing is typed");
        str_add(&text, ": type ");
        add_words(c, &text);
        str_add(&text, "; nothing was done");
    }
    draw_text(canvas, y, 0, ROLE_ERROR, span_from(&text), canvas->cols, TEXT_LEFT);
    str_finish(&text);
}

void confirm_draw(struct confirm *c, const struct canvas *canvas, bool focus)
{
    struct str text = STR_INIT;
    add_question(c, &text);
    int y = draw_paragraph(canvas, 0, 0, ROLE_WARNING, span_from(&text), canvas->cols);
    draw_own(canvas, y, 0, ROLE_BORDER, "[", 1, TEXT_LEFT);
    line_editor_draw(&c->editor, canvas, y, 1, canvas->cols - 2, focus, NULL);
    draw_own(canvas, y, canvas->cols - 1, ROLE_BORDER, "]", 1, TEXT_LEFT);
    draw_problem(c, canvas, y + 1);
    str_finish(&text);
}
