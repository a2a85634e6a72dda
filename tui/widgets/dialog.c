/* dialog.c: see dialog.h. When a word is asked for, the focus begins in its field, which counts as
 * one more button after the last. */
#include "tui/widgets/dialog.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <ctype.h>
#include <string.h>

#define WIDTH_MAX 76
#define MARGIN    2

static char *safe_copy(const char *text)
{
    struct str safe = STR_INIT;
    text_safe_z(&safe, text ? text : "", 0);
    return str_steal(&safe);
}

void dialog_init(struct dialog *d, const char *title)
{
    *d = (struct dialog){.title = safe_copy(title)};
    confirm_init(&d->confirm);
    dialog_button(d, "Cancel");
}

void dialog_finish(struct dialog *d)
{
    for (size_t i = 0; i < d->line_count; i++)
        mem_free(d->lines[i].text);
    for (size_t i = 0; i < d->button_count; i++)
        mem_free(d->buttons[i]);
    mem_free(d->lines);
    mem_free(d->buttons);
    mem_free(d->title);
    confirm_finish(&d->confirm);
    *d = (struct dialog){0};
}

void dialog_line(struct dialog *d, enum role role, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    VEC_ROOM(d->lines, d->line_count, d->line_room);
    d->lines[d->line_count++] = (struct dialog_line){role, safe_copy(str_text(&text))};
    str_finish(&text);
}

int dialog_button(struct dialog *d, const char *text)
{
    VEC_ROOM(d->buttons, d->button_count, d->button_room);
    d->buttons[d->button_count] = safe_copy(text);
    d->button_count++;
    if (confirm_asks(&d->confirm))
        d->focus = d->button_count;
    return (int)d->button_count - 1;
}

int dialog_lossy_button(struct dialog *d, const char *text)
{
    int button = dialog_button(d, text);
    d->lossy = (size_t)button;
    return button;
}

void dialog_safe_button(struct dialog *d, const char *text)
{
    mem_free(d->buttons[0]);
    d->buttons[0] = safe_copy(text);
}

void dialog_ask_account(struct dialog *d, struct span name, struct span id)
{
    confirm_ask(&d->confirm, name, id, "to confirm");
    d->danger = true;
    d->focus = d->button_count;
}

void dialog_ask_word(struct dialog *d, const char *word)
{
    dialog_ask_account(d, span_of(word), span_of(""));
}

bool dialog_word_typed(const struct dialog *d)
{
    return !confirm_asks(&d->confirm) || confirm_typed(&d->confirm);
}

/* ---- keys --------------------------------------------------------------------------------- */

static bool in_field(const struct dialog *d)
{
    return confirm_asks(&d->confirm) && d->focus == d->button_count;
}

static void move_focus(struct dialog *d, bool forward)
{
    size_t stops = d->button_count + (confirm_asks(&d->confirm) ? 1 : 0);
    d->focus = forward ? (d->focus + 1) % stops : (d->focus + stops - 1) % stops;
}

/* A button that the word is missing for says so, as Enter in the field does. */
static int press(struct dialog *d, size_t button)
{
    if (!button || dialog_word_typed(d))
        return (int)button;
    d->confirm.said = CONFIRM_WRONG;
    return DIALOG_NONE;
}

static int enter(struct dialog *d)
{
    if (in_field(d) && d->button_count == 1)
        return DIALOG_NONE;
    return press(d, in_field(d) ? 1 : d->focus);
}

static int letter(struct dialog *d, char c)
{
    for (size_t i = 0; i < d->button_count && !d->danger; i++)
        if (tolower((unsigned char)d->buttons[i][0]) == tolower((unsigned char)c)) {
            if (!i || i != d->lossy)
                return press(d, i);
            d->focus = i;
            d->said = DIALOG_PRESSES;
            return DIALOG_NONE;
        }
    d->said = DIALOG_KEYS;
    return DIALOG_NONE;
}

/* Keys that go through the dialog; false for others. */
static bool moves(struct dialog *d, const struct key *key)
{
    if (key->sym == KEYSYM_TAB)
        move_focus(d, !(key->mods & KEYMOD_SHIFT));
    else if (key_is(key, KEYSYM_PAGE_DOWN)) /* the draw knows how far it goes */
        d->top += 5;
    else if (key_is(key, KEYSYM_PAGE_UP))
        d->top = d->top > 5 ? d->top - 5 : 0;
    else
        return false;
    return true;
}

int dialog_key(struct dialog *d, const struct key *key)
{
    if (key->sym == KEYSYM_PASTE) {
        confirm_key(&d->confirm, key);
        return DIALOG_NONE;
    }
    d->confirm.said = CONFIRM_QUIET;
    d->said = DIALOG_QUIET;
    if (key_is(key, KEYSYM_ESC))
        return DIALOG_CANCEL;
    if (key_is(key, KEYSYM_ENTER))
        return enter(d);
    if (moves(d, key))
        return DIALOG_NONE;
    if (in_field(d) && confirm_key(&d->confirm, key) != CONFIRM_IGNORED)
        return DIALOG_NONE;
    if (key_is(key, KEYSYM_LEFT) || key_is(key, KEYSYM_UP))
        move_focus(d, false);
    else if (key_is(key, KEYSYM_RIGHT) || key_is(key, KEYSYM_DOWN))
        move_focus(d, true);
    else if (key_is_text(key) && !in_field(d))
        return letter(d, key->text[0]);
    else if (!in_field(d))
        d->said = DIALOG_KEYS;
    return DIALOG_NONE;
}

/* ---- drawing ------------------------------------------------------------------------------ */

struct writer {
    const struct canvas *c;
    int y; /* of the next line, above the canvas while scrolled */
    enum role role;
};

static void write_line(void *ctx, struct span line)
{
    struct writer *w = ctx;
    draw_own_span(w->c, w->y++, 0, w->role, line, -1, TEXT_LEFT);
}

static int line_total(const struct dialog *d, int cells)
{
    int lines = 0;
    for (size_t i = 0; i < d->line_count; i++)
        lines += draw_wrap(span_of(d->lines[i].text), cells, NULL, NULL);
    return lines;
}

static int width_wanted(const struct dialog *d, int most)
{
    int width = text_width(d->title, strlen(d->title)) + 4, buttons = 0;
    for (size_t i = 0; i < d->line_count; i++) {
        int cells = text_width(d->lines[i].text, strlen(d->lines[i].text));
        width = cells > width ? cells : width;
    }
    for (size_t i = 0; i < d->button_count; i++)
        buttons += text_width(d->buttons[i], strlen(d->buttons[i])) + 6;
    width = buttons > width ? buttons : width;
    width = confirm_asks(&d->confirm) && width < 44 ? 44 : width;
    return width < most ? width : most;
}

static int button_cells(const struct dialog *d, size_t i)
{
    return text_width(d->buttons[i], strlen(d->buttons[i])) + 4;
}

/* Beside each other, or, where that is wider than the box, one below the other. */
static int button_rows(const struct dialog *d, int cells)
{
    int sum = -2;
    for (size_t i = 0; i < d->button_count; i++)
        sum += button_cells(d, i) + 2;
    return sum <= cells ? 1 : (int)d->button_count;
}

/* From the last row of the canvas upwards. */
static void draw_buttons(const struct dialog *d, const struct canvas *c)
{
    int x = c->cols, y = c->rows - 1;
    bool below = button_rows(d, c->cols) > 1;
    for (size_t i = d->button_count; i-- > 0;) {
        int cells = button_cells(d, i);
        bool ready = !i || dialog_word_typed(d);
        enum role role = i == d->focus                       ? ROLE_BUTTON_FOCUS
                         : !ready                            ? ROLE_DIM
                         : i && (d->danger || i == d->lossy) ? ROLE_DANGER
                                                             : ROLE_BUTTON;
        cells = cells < c->cols ? cells : c->cols;
        x -= cells;
        draw_own(c, y, x, role, "( ", 2, TEXT_LEFT);
        draw_text(c, y, x + 2, role, span_of(d->buttons[i]), cells - 4, TEXT_LEFT);
        draw_own(c, y, x + cells - 2, role, " )", 2, TEXT_LEFT);
        if (i == d->focus)
            draw_cursor(c, y, x + 2);
        x = below ? c->cols : x - 2;
        y -= below;
    }
}

/* In the empty line above the buttons: what the last key did not do. */
static void draw_said(const struct dialog *d, const struct canvas *c)
{
    struct str text = STR_INIT;
    if (d->said == DIALOG_PRESSES)
        str_printf(&text, "Enter presses %s", d->buttons[d->focus]);
    else if (d->danger)
        str_add(&text, "Tab or an arrow chooses, Enter presses");
    else
        for (size_t i = 0; i < d->button_count; i++)
            str_printf(&text, "%s%c %s", i ? ", " : "", tolower((unsigned char)d->buttons[i][0]),
                       d->buttons[i]);
    if (d->said != DIALOG_QUIET)
        draw_text(c, 0, 0, ROLE_WARNING, span_from(&text), c->cols, TEXT_LEFT);
    str_finish(&text);
}

void dialog_draw(struct dialog *d, const struct canvas *c)
{
    int most = c->cols - 2 - 2 * MARGIN;
    most = most > WIDTH_MAX ? WIDTH_MAX : most > 1 ? most : 1;
    int cells = width_wanted(d, most), lines = line_total(d, cells);
    bool asks = confirm_asks(&d->confirm);
    int word = asks ? confirm_rows(&d->confirm, c->draw, cells) : 0;
    int below = 1 + word + button_rows(d, cells); /* an empty line, the word, the buttons */
    int shown = lines + below + 2 < c->rows ? lines : c->rows - below - 2;
    shown = shown > 0 ? shown : 0;
    int rows = shown + below + 2, cols = cells + 2 + 2 * MARGIN;
    struct canvas box = canvas_part(c, (c->rows - rows) / 2, (c->cols - cols) / 2, rows, cols);
    draw_fill(&box, 0, 0, box.rows, box.cols, ROLE_DIALOG);
    struct canvas inside = draw_box(&box, ROLE_BORDER, d->title);
    struct canvas text = canvas_part(&inside, 0, MARGIN, shown, cells);
    if ((int)d->top > lines - shown)
        d->top = lines > shown ? (size_t)(lines - shown) : 0;
    struct writer w = {.c = &text, .y = -(int)d->top};
    for (size_t i = 0; i < d->line_count; i++) {
        w.role = d->lines[i].role;
        draw_wrap(span_of(d->lines[i].text), cells, write_line, &w);
    }
    if ((int)d->top + shown < lines)
        draw_glyph(&inside, shown - 1, inside.cols - 1, ROLE_DIM, GLYPH_MORE_DOWN);
    if (d->top)
        draw_glyph(&inside, 0, inside.cols - 1, ROLE_DIM, GLYPH_MORE_UP);
    struct canvas foot = canvas_part(&inside, shown, MARGIN, below, cells);
    struct canvas field = canvas_part(&foot, 1, 0, word, cells);
    if (asks)
        confirm_draw(&d->confirm, &field, in_field(d));
    draw_said(d, &foot);
    draw_buttons(d, &foot);
}
