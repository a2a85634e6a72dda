/* move.c: see move.h. */
#include "tui/widgets/move.h"

#include "base/vec.h"

bool move_of_key(const struct key *key, enum move *move)
{
    static const struct {
        enum key_sym sym;
        enum move move;
    } keys[] = {{KEYSYM_UP, MOVE_UP},           {KEYSYM_DOWN, MOVE_DOWN},
                {KEYSYM_PAGE_UP, MOVE_PAGE_UP}, {KEYSYM_PAGE_DOWN, MOVE_PAGE_DOWN},
                {KEYSYM_HOME, MOVE_TOP},        {KEYSYM_END, MOVE_BOTTOM},
                {KEYSYM_LEFT, MOVE_LEFT},       {KEYSYM_RIGHT, MOVE_RIGHT}};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (key_is(key, keys[i].sym)) {
            *move = keys[i].move;
            return true;
        }
    return false;
}

void scroll_fix(struct scroll *s, size_t count, size_t page)
{
    page = page ? page : 1;
    if (s->cursor >= count)
        s->cursor = count ? count - 1 : 0;
    if (s->top + page > count)
        s->top = count > page ? count - page : 0;
    if (s->cursor < s->top)
        s->top = s->cursor;
    if (s->cursor >= s->top + page)
        s->top = s->cursor - page + 1;
}

static void step(struct scroll *s, bool down, size_t by, bool window, size_t count)
{
    size_t left = down ? count - 1 - s->cursor : s->cursor;
    by = by < left ? by : left;
    s->cursor = down ? s->cursor + by : s->cursor - by;
    if (window) /* the cursor stays on its line of the screen while the text moves under it */
        s->top = down ? s->top + by : s->top - (by < s->top ? by : s->top);
}

void scroll_move(struct scroll *s, enum move move, size_t count, size_t page)
{
    page = page ? page : 1;
    scroll_fix(s, count, page);
    if (!count)
        return;
    size_t half = page > 1 ? page / 2 : 1;
    switch (move) {
    case MOVE_UP:
    case MOVE_DOWN:
        step(s, move == MOVE_DOWN, 1, false, count);
        break;
    case MOVE_PAGE_UP:
    case MOVE_PAGE_DOWN:
        step(s, move == MOVE_PAGE_DOWN, page, true, count);
        break;
    case MOVE_HALF_UP:
    case MOVE_HALF_DOWN:
        step(s, move == MOVE_HALF_DOWN, half, true, count);
        break;
    case MOVE_TOP:
    case MOVE_BOTTOM:
        step(s, move == MOVE_BOTTOM, count, false, count);
        break;
    case MOVE_LEFT:
    case MOVE_RIGHT:
        return;
    }
    scroll_fix(s, count, page);
}
