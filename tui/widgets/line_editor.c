/* line_editor.c: see line_editor.h. */
#include "tui/widgets/line_editor.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

#define HISTORY_MAX 100

void line_editor_init(struct line_editor *ed)
{
    *ed = (struct line_editor){0};
}

void line_editor_finish(struct line_editor *ed)
{
    for (size_t i = 0; i < ed->history_count; i++)
        mem_free(ed->history[i]);
    mem_free(ed->history);
    str_finish(&ed->text);
    str_finish(&ed->kept);
    *ed = (struct line_editor){0};
}

static void set_text(struct line_editor *ed, struct span text)
{
    size_t len = text.len;
    char *copy = span_dup(text); /* it may be our own text, or a line of the history */
    str_clear(&ed->text);
    str_append(&ed->text, copy, len);
    mem_free(copy);
    ed->at = ed->text.len;
    ed->scroll = 0;
}

void line_editor_start(struct line_editor *ed, struct span text)
{
    set_text(ed, text);
    ed->history_at = ed->history_count;
    str_clear(&ed->kept);
}

struct span line_editor_text(const struct line_editor *ed)
{
    return (struct span){str_text(&ed->text), ed->text.len};
}

/* ---- editing ------------------------------------------------------------------------------ */

static void line_editor_insert(struct line_editor *ed, struct span text)
{
    size_t max = ed->max ? ed->max : LINE_EDITOR_MAX;
    size_t room = ed->text.len < max ? max - ed->text.len : 0;
    if (text.len > room) { /* whole characters of it */
        text.len = room;
        while (text.len && ((unsigned char)text.p[text.len] & 0xc0) == 0x80)
            text.len--;
    }
    str_splice(&ed->text, ed->at, 0, text.p, text.len);
    ed->at += text.len;
}

/* A paste as one line: ends of lines and other controls become spaces, the newline that ends most
 * copied lines goes; what is not UTF-8 becomes '?', so that the text stays text. */
static bool insert_paste(struct line_editor *ed, struct span paste)
{
    while (paste.len && strchr("\r\n", paste.p[paste.len - 1]))
        paste.len--;
    struct str out = STR_INIT;
    for (size_t at = 0; at < paste.len;) {
        uint32_t code;
        size_t took = text_decode(paste.p + at, paste.len - at, &code);
        if (!took)
            str_add_char(&out, '?');
        else if (code == '\r' && at + 1 < paste.len && paste.p[at + 1] == '\n')
            ; /* one space for both */
        else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            str_add_char(&out, ' ');
        else
            str_append(&out, paste.p + at, took);
        at += took ? took : 1;
    }
    line_editor_insert(ed, span_from(&out));
    bool any = out.len > 0;
    str_finish(&out);
    return any;
}

static bool erase(struct line_editor *ed, size_t from, size_t to)
{
    if (from >= to)
        return false;
    str_splice(&ed->text, from, to - from, NULL, 0);
    ed->at = from;
    return true;
}

static size_t word_left(const struct line_editor *ed)
{
    size_t at = ed->at;
    while (at && ed->text.data[at - 1] == ' ')
        at--;
    while (at && ed->text.data[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_right(const struct line_editor *ed)
{
    size_t at = ed->at;
    while (at < ed->text.len && ed->text.data[at] == ' ')
        at++;
    while (at < ed->text.len && ed->text.data[at] != ' ')
        at++;
    return at;
}

/* ---- history ------------------------------------------------------------------------------ */

void line_editor_remember(struct line_editor *ed, struct span text)
{
    if (!text.len)
        return;
    if (ed->history_count && span_is(text, ed->history[ed->history_count - 1])) {
        ed->history_at = ed->history_count;
        return;
    }
    if (ed->history_count == HISTORY_MAX) {
        mem_free(ed->history[0]);
        memmove(ed->history, ed->history + 1, (HISTORY_MAX - 1) * sizeof *ed->history);
        ed->history_count--;
    }
    VEC_ROOM(ed->history, ed->history_count, ed->history_room);
    ed->history[ed->history_count++] = span_dup(text);
    ed->history_at = ed->history_count;
}

static enum line_result walk_history(struct line_editor *ed, bool back)
{
    if (!ed->history_count)
        return LINE_IGNORED;
    if (back ? ed->history_at == 0 : ed->history_at >= ed->history_count)
        return LINE_MOVED;
    if (ed->history_at == ed->history_count) {
        str_clear(&ed->kept);
        str_add_span(&ed->kept, line_editor_text(ed));
    }
    ed->history_at = back ? ed->history_at - 1 : ed->history_at + 1;
    set_text(ed, ed->history_at == ed->history_count ? span_from(&ed->kept)
                                                     : span_of(ed->history[ed->history_at]));
    return LINE_CHANGED;
}

/* ---- keys --------------------------------------------------------------------------------- */

static enum line_result go(struct line_editor *ed, size_t at)
{
    ed->at = at;
    return LINE_MOVED;
}

static enum line_result changed(bool yes)
{
    return yes ? LINE_CHANGED : LINE_MOVED;
}

static enum line_result plain_key(struct line_editor *ed, enum key_sym sym)
{
    const char *text = str_text(&ed->text);
    size_t len = ed->text.len;
    switch (sym) {
    case KEYSYM_LEFT:
        return go(ed, text_prev(text, len, ed->at));
    case KEYSYM_RIGHT:
        return go(ed, text_next(text, len, ed->at));
    case KEYSYM_HOME:
        return go(ed, 0);
    case KEYSYM_END:
        return go(ed, len);
    case KEYSYM_BACKSPACE:
        return changed(erase(ed, text_prev(text, len, ed->at), ed->at));
    case KEYSYM_DELETE:
        return changed(erase(ed, ed->at, text_next(text, len, ed->at)));
    case KEYSYM_UP:
    case KEYSYM_DOWN:
        return walk_history(ed, sym == KEYSYM_UP);
    default:
        return LINE_IGNORED;
    }
}

enum line_result line_editor_key(struct line_editor *ed, const struct key *key)
{
    if (key->sym == KEYSYM_PASTE)
        return changed(insert_paste(ed, key->paste));
    if (key_is_text(key)) {
        size_t before = ed->text.len;
        line_editor_insert(ed, span_of(key->text));
        return changed(ed->text.len != before);
    }
    if (key_is_ctrl(key, 'U'))
        return changed(erase(ed, 0, ed->at));
    if (key_is_ctrl(key, 'W'))
        return changed(erase(ed, word_left(ed), ed->at));
    if (key->mods == KEYMOD_CTRL && key->sym == KEYSYM_LEFT)
        return go(ed, word_left(ed));
    if (key->mods == KEYMOD_CTRL && key->sym == KEYSYM_RIGHT)
        return go(ed, word_right(ed));
    return key->mods ? LINE_IGNORED : plain_key(ed, key->sym);
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* Keeps the caret in sight, and no room unused behind the text: its last cell is the caret's. */
static void scroll_to(struct line_editor *ed, int caret, int width, int cells)
{
    int most = width + 1 > cells ? width + 1 - cells : 0;
    if (caret - ed->scroll >= cells)
        ed->scroll = caret - cells + 1;
    if (ed->scroll > most)
        ed->scroll = most; /* it fits again: the field was narrower, or text went */
    if (caret < ed->scroll)
        ed->scroll = caret;
}

void line_editor_draw(struct line_editor *ed, const struct canvas *c, int y, int x, int cells,
                      bool focus, const char *hint)
{
    struct canvas field = canvas_part(c, y, x, 1, cells);
    if (!field.cols)
        return;
    enum role role = focus ? ROLE_INPUT_FOCUS : ROLE_INPUT;
    draw_fill(&field, 0, 0, 1, field.cols, role);
    /* What is typed may hold anything: it is measured and drawn as it is made safe. */
    struct str safe = STR_INIT;
    unsigned flags = c->draw->ascii ? TEXT_ASCII : 0;
    text_safe(&safe, str_text(&ed->text), ed->at, flags);
    int caret = text_width(str_text(&safe), safe.len);
    str_clear(&safe);
    text_safe(&safe, str_text(&ed->text), ed->text.len, flags);
    int width = text_width(str_text(&safe), safe.len);
    str_finish(&safe);
    scroll_to(ed, caret, width, field.cols);
    int scroll = focus ? ed->scroll : 0; /* what is not being edited is read from its start */
    if (!ed->text.len && hint)
        draw_own(&field, 0, 0, ROLE_DIM, hint, -1, TEXT_LEFT);
    draw_text(&field, 0, -scroll, role, line_editor_text(ed), -1, TEXT_LEFT);
    if (scroll > 0 && field.cols > 2 && caret > scroll)
        draw_glyph(&field, 0, 0, ROLE_DIM, GLYPH_MORE_LEFT);
    if (!focus && width > field.cols)
        draw_glyph(&field, 0, field.cols - 1, ROLE_DIM, GLYPH_ELLIPSIS);
    if (focus)
        draw_caret(&field, 0, caret - scroll);
}

int line_editor_draw_error(const struct line_editor *ed, const struct canvas *c, int y, int x,
                           size_t at, const struct error *err)
{
    struct str words = STR_INIT, safe = STR_INIT;
    unsigned flags = c->draw->ascii ? TEXT_ASCII : 0;
    text_safe(&safe, str_text(&ed->text), at < ed->text.len ? at : ed->text.len, flags);
    int place = x + text_width(str_text(&safe), safe.len) - ed->scroll;
    place = place < x ? x : place > c->cols - 1 ? c->cols - 1 : place;
    str_clear(&safe);
    str_printf(&words, "%s%s%s", err->what, err->next[0] ? "; " : "", err->next);
    text_safe(&safe, words.data, words.len, flags);
    bool beside = place + 2 + text_width(safe.data, safe.len) <= c->cols;
    draw_own(c, y, place, ROLE_ERROR, "^", 1, TEXT_LEFT);
    int lines =
        beside ? draw_paragraph(c, y, place + 2, ROLE_ERROR, span_from(&words), c->cols - place - 2)
               : 1 + draw_paragraph(c, y + 1, x, ROLE_ERROR, span_from(&words), c->cols - x);
    str_finish(&words);
    str_finish(&safe);
    return lines;
}
