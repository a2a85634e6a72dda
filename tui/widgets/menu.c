/* menu.c: see menu.h. */
#include "tui/widgets/menu.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

#define WIDTH_MIN 40
#define HELP_MIN  20 /* cells of help beside a name that say something */
#define HELP_ROWS 2
#define WIDTH_MAX 84

static char *safe_copy(const char *text)
{
    if (!text)
        return NULL;
    struct str safe = STR_INIT;
    text_safe_z(&safe, text, 0);
    return str_steal(&safe);
}

void menu_init(struct menu *m, const char *title, bool filter)
{
    *m = (struct menu){.title = safe_copy(title ? title : ""), .filter = filter, .page = 1};
    line_editor_init(&m->editor);
}

void menu_clear(struct menu *m)
{
    for (size_t i = 0; i < m->count; i++) {
        mem_free(m->items[i].text);
        mem_free(m->items[i].detail);
        mem_free(m->items[i].right);
        mem_free(m->items[i].folded);
    }
    m->count = m->shown_count = 0;
}

void menu_finish(struct menu *m)
{
    menu_clear(m);
    mem_free(m->items);
    mem_free(m->shown);
    mem_free(m->title);
    line_editor_finish(&m->editor);
    *m = (struct menu){0};
}

struct menu_item *menu_add(struct menu *m, const char *text, const char *detail, const char *right,
                           int value)
{
    VEC_ROOM(m->items, m->count, m->room);
    struct menu_item *item = &m->items[m->count++];
    *item = (struct menu_item){.text = safe_copy(text ? text : ""),
                               .detail = safe_copy(detail),
                               .right = safe_copy(right),
                               .value = value};
    struct str folded = STR_INIT;
    text_fold(&folded, item->text, strlen(item->text));
    str_add_char(&folded, '\n'); /* between the name and the rest: no search goes across */
    if (item->detail)
        text_fold(&folded, item->detail, strlen(item->detail));
    item->folded = str_steal(&folded);
    return item;
}

/* ---- narrowing ---------------------------------------------------------------------------- */

enum fit { FIT_NO, FIT_SOMEWHERE, FIT_BEGINS };

/* Whether all typed words stand in the first `len` bytes of what the filter looks at; or the first
 * word is the item's whole name, and what follows are its arguments. */
static bool stand_in(const struct menu_item *item, size_t len, const char *typed)
{
    size_t first = strcspn(typed, " "), name = strcspn(item->folded, "\n");
    if (first == name && strncmp(typed, item->folded, name) == 0)
        return true;
    for (const char *p = typed + strspn(typed, " "); *p; p += strspn(p, " ")) {
        size_t word = strcspn(p, " ");
        if (!memmem(item->folded, len, p, word))
            return false;
        p += word;
    }
    return true;
}

static enum fit fits(const struct menu_item *item, const char *typed)
{
    size_t first = strcspn(typed, " "), name = strcspn(item->folded, "\n");
    if (!stand_in(item, strlen(item->folded), typed))
        return FIT_NO;
    if (first == name && strncmp(typed, item->folded, name) == 0)
        return FIT_BEGINS;
    return strncmp(item->folded, typed, strlen(typed)) == 0 ? FIT_BEGINS : FIT_SOMEWHERE;
}

static bool can_choose(const struct menu_item *item)
{
    return !item->heading && !item->disabled;
}

static const struct menu_item *shown_item(const struct menu *m, size_t i)
{
    return &m->items[m->shown[i]];
}

/* The items that fit: those whose name begins so first, the owner's order among them. */
static void narrow(struct menu *m)
{
    struct str typed = STR_INIT;
    struct span text = line_editor_text(&m->editor);
    text_fold(&typed, text.p, text.len);
    bool all = strspn(str_text(&typed), " ") == typed.len;
    m->shown = mem_realloc(m->shown, m->count ? m->count : 1, sizeof *m->shown);
    m->shown_count = 0;
    for (int pass = FIT_BEGINS; pass >= FIT_SOMEWHERE; pass--)
        for (size_t i = 0; i < m->count; i++) {
            bool in =
                all ? pass == FIT_BEGINS
                    : !m->items[i].heading && (int)fits(&m->items[i], str_text(&typed)) == pass;
            if (in)
                m->shown[m->shown_count++] = i;
        }
    str_finish(&typed);
}

/* The window around the cursor, with the heading above its first item where that fits. */
static void keep_in_sight(struct menu *m)
{
    scroll_fix(&m->scroll, m->shown_count, m->page);
    while (m->scroll.top && shown_item(m, m->scroll.top - 1)->heading &&
           m->scroll.cursor - m->scroll.top + 1 < m->page)
        m->scroll.top--;
}

/* Nobody means a command by a word of another one's help. */
static bool is_meant(const struct menu *m, const struct menu_item *item)
{
    struct str typed = STR_INIT;
    struct span text = line_editor_text(&m->editor);
    text_fold(&typed, text.p, text.len);
    bool meant = !m->by_name || stand_in(item, strcspn(item->folded, "\n"), str_text(&typed));
    str_finish(&typed);
    return meant;
}

static void preselect(struct menu *m)
{
    m->scroll = (struct scroll){0, 0};
    while (m->scroll.cursor < m->shown_count && !can_choose(shown_item(m, m->scroll.cursor)))
        m->scroll.cursor++;
    bool none = m->scroll.cursor >= m->shown_count;
    m->none_chosen = none || shown_item(m, m->scroll.cursor)->danger ||
                     !is_meant(m, shown_item(m, m->scroll.cursor));
    if (none)
        m->scroll.cursor = 0;
    keep_in_sight(m);
}

void menu_ready(struct menu *m, int value)
{
    narrow(m);
    preselect(m);
    for (size_t i = 0; i < m->shown_count; i++)
        if (shown_item(m, i)->value == value && can_choose(shown_item(m, i)) &&
            !shown_item(m, i)->danger) {
            m->scroll.cursor = i;
            m->none_chosen = false;
            break;
        }
    keep_in_sight(m);
}

const struct menu_item *menu_current(const struct menu *m)
{
    if (m->none_chosen || m->scroll.cursor >= m->shown_count)
        return NULL;
    const struct menu_item *item = shown_item(m, m->scroll.cursor);
    return can_choose(item) ? item : NULL;
}

/* Nobody types a whole name by a slip. */
static bool is_name(const struct menu_item *item, struct span text)
{
    struct str typed = STR_INIT;
    while (text.len && text.p[text.len - 1] == ' ')
        text.len--;
    text_fold(&typed, text.p, text.len);
    size_t len = (size_t)(strchr(item->folded, '\n') - item->folded);
    bool named = len && typed.len == len && memcmp(str_text(&typed), item->folded, len) == 0;
    str_finish(&typed);
    return named;
}

bool menu_choose(struct menu *m, struct span name)
{
    m->none_chosen = true;
    for (size_t i = 0; i < m->shown_count && m->none_chosen; i++) {
        if (!can_choose(shown_item(m, i)) || !is_name(shown_item(m, i), name))
            continue;
        m->scroll.cursor = i;
        m->none_chosen = false;
    }
    return !m->none_chosen;
}

/* Enter where nothing is preselected: the item whose whole name is typed. */
static enum menu_result choose_named(struct menu *m)
{
    return menu_choose(m, line_editor_text(&m->editor)) ? MENU_CHOSEN : MENU_REFUSED;
}

struct span menu_argument(const struct menu *m, const struct menu_item *item)
{
    struct span text = line_editor_text(&m->editor);
    size_t first = 0;
    while (first < text.len && text.p[first] != ' ')
        first++;
    size_t at = is_name(item, (struct span){text.p, first}) ? first : text.len;
    while (at < text.len && text.p[at] == ' ')
        at++;
    return (struct span){text.p + at, text.len - at};
}

const char *menu_refusal(const struct menu *m)
{
    if (!m->shown_count)
        return "nothing here has such a name";
    if (m->none_chosen && can_choose(shown_item(m, m->scroll.cursor)))
        return "not chosen by itself: go down onto it, or type its whole name";
    const struct menu_item *item = shown_item(m, m->scroll.cursor);
    return item->disabled && item->detail ? item->detail : "it cannot be chosen now";
}

/* ---- keys --------------------------------------------------------------------------------- */

static enum menu_result move_cursor(struct menu *m, enum move move)
{
    size_t before = m->scroll.cursor;
    bool was_none = m->none_chosen;
    if (was_none && (move == MOVE_UP || move == MOVE_DOWN))
        m->scroll.cursor = move == MOVE_DOWN || !m->shown_count ? 0 : m->shown_count - 1;
    else
        scroll_move(&m->scroll, move, m->shown_count, m->page);
    /* Over headings and what cannot be chosen, in the same direction, else back. */
    bool up = move == MOVE_UP || move == MOVE_PAGE_UP || move == MOVE_BOTTOM;
    size_t at = m->scroll.cursor;
    for (int turn = 0; turn < 2; turn++, up = !up) {
        for (at = m->scroll.cursor; at < m->shown_count && !can_choose(shown_item(m, at));)
            at = up ? at - 1 : at + 1; /* below zero it is beyond the count */
        if (at < m->shown_count)
            break;
    }
    if (at >= m->shown_count)
        return MENU_OPEN;
    m->scroll.cursor = at;
    m->none_chosen = false;
    keep_in_sight(m);
    return at != before || was_none ? MENU_MOVED : MENU_OPEN;
}

enum menu_result menu_section(struct menu *m, bool next)
{
    size_t n = m->shown_count, here = m->scroll.cursor;
    while (here < n && here > 0 && !shown_item(m, here)->heading)
        here--;
    for (size_t i = 1; i <= n; i++) {
        size_t at = (next ? here + i : here + n - i) % n;
        if (!shown_item(m, at)->heading || at + 1 >= n || !can_choose(shown_item(m, at + 1)))
            continue;
        bool moved = m->scroll.cursor != at + 1;
        m->scroll.cursor = at + 1;
        m->none_chosen = false;
        keep_in_sight(m);
        return moved ? MENU_MOVED : MENU_OPEN;
    }
    return MENU_OPEN;
}

static enum menu_result jump(struct menu *m, const char *letter)
{
    struct str folded = STR_INIT;
    text_fold(&folded, letter, strlen(letter));
    enum menu_result result = MENU_IGNORED;
    for (size_t i = 1; i <= m->shown_count && folded.len; i++) {
        size_t at = (m->scroll.cursor + i) % m->shown_count;
        const struct menu_item *item = shown_item(m, at);
        if (!can_choose(item) || strncmp(item->folded, str_text(&folded), folded.len) != 0)
            continue;
        result = at == m->scroll.cursor && !m->none_chosen ? MENU_OPEN : MENU_MOVED;
        m->scroll.cursor = at;
        m->none_chosen = false;
        keep_in_sight(m);
        break;
    }
    str_finish(&folded);
    return result;
}

static enum menu_result type(struct menu *m, const struct key *key)
{
    const struct menu_item *before = menu_current(m);
    switch (line_editor_key(&m->editor, key)) {
    case LINE_IGNORED:
        return MENU_IGNORED;
    case LINE_MOVED:
        return MENU_OPEN;
    case LINE_CHANGED:
        break;
    }
    narrow(m);
    preselect(m);
    return menu_current(m) != before ? MENU_MOVED : MENU_OPEN;
}

/* Space marks in a list of many, and chooses where nothing is typed. */
static enum menu_result space(struct menu *m)
{
    if (!menu_current(m))
        return MENU_OPEN;
    if (!m->multi)
        return MENU_CHOSEN;
    struct menu_item *item = &m->items[m->shown[m->scroll.cursor]];
    item->checked = !item->checked;
    return MENU_TOGGLED;
}

/* Up and down, but not Home and End where they are for the text that is typed. */
static bool moves_cursor(const struct menu *m, const struct key *key, enum move *move)
{
    if (!move_of_key(key, move) || *move == MOVE_LEFT || *move == MOVE_RIGHT)
        return false;
    return !m->filter || !m->editor.text.len || (*move != MOVE_TOP && *move != MOVE_BOTTOM);
}

enum menu_result menu_key(struct menu *m, const struct key *key)
{
    if (key_is(key, KEYSYM_ESC))
        return MENU_CANCELLED;
    if (key_is(key, KEYSYM_ENTER))
        return menu_current(m) ? MENU_CHOSEN : choose_named(m);
    if ((m->multi || !m->filter) && key_is(key, KEYSYM_SPACE))
        return space(m);
    enum move move;
    if (moves_cursor(m, key, &move))
        return move_cursor(m, move);
    if (m->filter)
        return type(m, key);
    return key_is_text(key) ? jump(m, key->text) : MENU_IGNORED;
}

/* ---- drawing ------------------------------------------------------------------------------ */

static int width_of(const char *text)
{
    return text ? text_width(text, strlen(text)) : 0;
}

struct menu_columns {
    int name, detail, right; /* cells; 0: no such column */
};

static struct menu_columns columns(const struct menu *m)
{
    struct menu_columns w = {0, 0, 0};
    for (size_t i = 0; i < m->count; i++) {
        const struct menu_item *item = &m->items[i];
        int n = width_of(item->text), d = width_of(item->detail), r = width_of(item->right);
        w.name = n > w.name && !item->heading ? n : w.name;
        w.detail = d > w.detail ? d : w.detail;
        w.right = r > w.right ? r : w.right;
    }
    return w;
}

/* Cells of a list with all of it. */
static int wanted(const struct menu_columns *w)
{
    return 4 + w->name + (w->detail ? w->detail + 2 : 0) + (w->right ? w->right + 2 : 0);
}

/* Cells that a row of so many has for the help. */
static int help_room(const struct menu_columns *w, int cols)
{
    return cols - 4 - w->name - 2 - (w->right ? w->right + 2 : 0);
}

static void draw_help(const struct menu *m, const struct canvas *inside)
{
    const struct menu_item *item = menu_current(m);
    struct canvas help = canvas_part(inside, inside->rows - HELP_ROWS, 0, HELP_ROWS, inside->cols);
    if (item && item->detail)
        draw_paragraph(&help, 0, 1, ROLE_DIM, span_of(item->detail), help.cols - 2);
}

static void draw_item(const struct menu *m, const struct canvas *c, int y, size_t i,
                      const struct menu_columns *w)
{
    const struct menu_item *item = shown_item(m, i);
    bool current = item == menu_current(m);
    struct canvas over = current ? canvas_over(c, ROLE_CURSOR) : *c;
    if (item->heading) {
        draw_text(c, y, 1, ROLE_TITLE, span_of(item->text), c->cols - 2, TEXT_LEFT);
        return;
    }
    if (current) {
        draw_fill(&over, y, 0, 1, over.cols, ROLE_DIALOG);
        draw_glyph(&over, y, 0, ROLE_DIALOG, GLYPH_CURSOR);
        draw_cursor(c, y, 0);
    }
    if (item->checked)
        draw_glyph(&over, y, 1, ROLE_MARK, GLYPH_MARK);
    enum role role = item->disabled ? ROLE_DISABLED : item->danger ? ROLE_DANGER : ROLE_DIALOG;
    int room = c->cols - 4 - (w->right ? w->right + 2 : 0);
    bool help = item->detail && w->detail;
    int cells = help && w->name < room ? w->name : room;
    draw_text(&over, y, 3, role, span_of(item->text), cells, TEXT_LEFT);
    if (help && room - cells > 4)
        draw_text(&over, y, 3 + cells + 2, ROLE_DIM, span_of(item->detail), room - cells - 2,
                  TEXT_LEFT);
    if (item->right)
        draw_text(&over, y, c->cols - w->right - 1, ROLE_BAR_KEY, span_of(item->right), w->right,
                  TEXT_RIGHT);
}

/* In the middle, as large as what is in it needs; cols: of the list itself. *below: the help of
 * some row is cut, and that of the current one stands below the list, whole. */
static struct canvas place(const struct menu *m, const struct canvas *c,
                           const struct menu_columns *w, int extra, bool *below)
{
    int title = width_of(m->title) + 8, cols = wanted(w);
    cols = cols > title ? cols : title;
    cols = cols < WIDTH_MIN ? WIDTH_MIN : cols > WIDTH_MAX ? WIDTH_MAX : cols;
    cols = cols + 2 < c->cols ? cols + 2 : c->cols;
    int top = c->rows > 12 ? 2 : 0, most = c->rows - 2 * top;
    *below = w->detail > help_room(w, cols - 2) && most >= extra + HELP_ROWS + 5;
    int rows = (int)(m->count ? m->count : 1) + extra + 2 + (*below ? HELP_ROWS : 0);
    rows = rows < most ? rows : most;
    return canvas_part(c, top, (c->cols - cols) / 2, rows, cols);
}

void menu_draw(struct menu *m, const struct canvas *c)
{
    int extra = m->filter ? 2 : 0;
    bool below;
    struct menu_columns w = columns(m);
    struct canvas box = place(m, c, &w, extra, &below);
    draw_fill(&box, 0, 0, box.rows, box.cols, ROLE_DIALOG);
    struct canvas inside = draw_box(&box, ROLE_BORDER, m->title);
    struct canvas list =
        canvas_part(&inside, extra, 0, inside.rows - extra - (below ? HELP_ROWS : 0), inside.cols);
    if (below && help_room(&w, inside.cols) < HELP_MIN) /* what would be left of it says nothing */
        w.detail = 0;
    m->page = list.rows > 1 ? (size_t)list.rows : 1;
    keep_in_sight(m);
    for (int y = 0; y < list.rows && m->scroll.top + (size_t)y < m->shown_count; y++)
        draw_item(m, &list, y, m->scroll.top + (size_t)y, &w);
    if (below)
        draw_help(m, &inside);
    if (!m->shown_count)
        draw_own(&list, 0, 3, ROLE_DIM, m->count ? "nothing fits what is typed" : "empty", -1,
                 TEXT_LEFT);
    if (m->scroll.top)
        draw_glyph(&box, 1 + extra, box.cols - 1, ROLE_DIM, GLYPH_MORE_UP);
    if (m->scroll.top + m->page < m->shown_count)
        draw_glyph(&box, extra + list.rows, box.cols - 1, ROLE_DIM, GLYPH_MORE_DOWN);
    if (m->filter) { /* drawn last: the caret is where one types */
        draw_own(&inside, 0, 1, ROLE_BAR_KEY, ":", 1, TEXT_LEFT);
        line_editor_draw(&m->editor, &inside, 0, 3, inside.cols - 4, true, "type to narrow");
        draw_hline(&inside, 1, 0, inside.cols, ROLE_BORDER);
    }
}
