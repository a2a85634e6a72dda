/* bars.c: see bars.h. */
#include "tui/widgets/bars.h"

#include "action/action.h"
#include "base/mem.h"

#include <string.h>

/* A piece made safe and measured. */
struct laid {
    struct str text;
    int cells; /* with its gap; 0: dropped */
};

static int total(const struct laid *laid, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += laid[i].cells;
    return sum;
}

static void drop_until_fits(const struct bar_piece *pieces, struct laid *laid, size_t count,
                            int cells)
{
    while (total(laid, count) > cells) {
        size_t out = count;
        for (size_t i = 0; i < count; i++)
            if (laid[i].cells && pieces[i].drop &&
                (out == count || pieces[i].drop >= pieces[out].drop))
                out = i;
        if (out == count)
            return;
        laid[out].cells = 0;
    }
}

void bar_line(const struct canvas *c, int y, enum role ground, const struct bar_piece *pieces,
              size_t count)
{
    struct laid *laid = mem_calloc(count, sizeof *laid);
    for (size_t i = 0; i < count; i++) {
        text_safe(&laid[i].text, pieces[i].text.p, pieces[i].text.len,
                  c->draw->ascii ? TEXT_ASCII : 0);
        int width = text_width(str_text(&laid[i].text), laid[i].text.len);
        laid[i].cells = width ? width + pieces[i].gap : 0;
    }
    drop_until_fits(pieces, laid, count, c->cols);
    int right = 0;
    for (size_t i = 0; i < count; i++)
        right += pieces[i].right ? laid[i].cells : 0;
    draw_fill(c, y, 0, 1, c->cols, ground);
    int left_x = 0, right_x = c->cols - right;
    for (int side = 0; side < 2; side++) {
        int *x = side ? &right_x : &left_x;
        int edge = side ? c->cols : c->cols - right;
        for (size_t i = 0; i < count; i++) {
            if (pieces[i].right != (side == 1) || !laid[i].cells)
                continue;
            int at = *x + pieces[i].gap, width = laid[i].cells - pieces[i].gap;
            int room = edge - at;
            if (room > 0)
                draw_own_span(c, y, at, pieces[i].role, span_from(&laid[i].text),
                              width < room ? width : room, TEXT_LEFT);
            *x += laid[i].cells;
        }
    }
    for (size_t i = 0; i < count; i++)
        str_finish(&laid[i].text);
    mem_free(laid);
}

int bar_tabs(const struct canvas *c, int y, int x, const struct bar_tab *tabs, size_t count,
             size_t active)
{
    int at = x;
    for (size_t i = 0; i < count; i++) {
        enum role role = i == active ? ROLE_TAB_ACTIVE : ROLE_TAB;
        at += i ? 3 : 0;
        if (tabs[i].key)
            at += draw_own(c, y, at, ROLE_BAR_KEY, tabs[i].key, -1, TEXT_LEFT) + 1;
        at += draw_own(c, y, at, role, tabs[i].name, -1, TEXT_LEFT);
    }
    return at - x;
}

static const char *label_of(const struct bar_words *words, enum action_id action)
{
    const char *now = words->label ? words->label(words->ctx, action) : NULL;
    return now ? now : action_info(action)->label;
}

void bar_keys(const struct canvas *c, int y, const struct keymap *map, int context, bool typing,
              const int *actions, size_t count, const struct bar_words *words)
{
    struct str key = STR_INIT;
    draw_fill(c, y, 0, 1, c->cols, ROLE_BAR_TEXT);
    int x = 1;
    if (words->lead && *words->lead)
        x += draw_text(c, y, x, ROLE_MARK, span_of(words->lead), -1, TEXT_LEFT) + 2;
    for (size_t i = 0; i < count; i++) {
        str_clear(&key);
        enum action_id action = (enum action_id)actions[i];
        if (!keymap_first(map, context, action, typing, &key))
            continue;
        const char *label = label_of(words, action);
        int need = text_width(str_text(&key), key.len) + 1 + text_width(label, strlen(label));
        if (x + need > c->cols)
            continue; /* a shorter one may fit still */
        x += draw_own_span(c, y, x, ROLE_BAR_KEY, span_from(&key), -1, TEXT_LEFT) + 1;
        x += draw_own(c, y, x, ROLE_BAR_TEXT, label, -1, TEXT_LEFT) + 2;
    }
    str_finish(&key);
}

void bar_message(const struct canvas *c, int y, enum role role, struct span text, const char *hint)
{
    struct bar_piece pieces[] = {
        {.role = role, .text = text, .gap = 1},
        {.role = ROLE_DIM, .text = span_of(hint), .gap = 2, .right = true, .drop = 1},
    };
    bar_line(c, y, ROLE_TEXT, pieces, hint ? 2 : 1);
}
