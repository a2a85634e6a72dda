/* key_moves.c: see key_moves.h. */
#include "tui/key_moves.h"

#include "base/vec.h"

#include <string.h>

/* Actions that widgets know, as the plain keys they know them by. */
static const struct {
    enum action_id action;
    enum key_sym sym;
    unsigned mods;
    const char *ctrl; /* ^U and ^W */
    int move;         /* enum move, or -1 */
} widget_keys[] = {
    {ACTION_NEXT_ROW, KEYSYM_DOWN, 0, NULL, MOVE_DOWN},
    {ACTION_PREVIOUS_ROW, KEYSYM_UP, 0, NULL, MOVE_UP},
    {ACTION_FIRST_ROW, KEYSYM_HOME, 0, NULL, MOVE_TOP},
    {ACTION_LAST_ROW, KEYSYM_END, 0, NULL, MOVE_BOTTOM},
    {ACTION_PAGE_DOWN, KEYSYM_PAGE_DOWN, 0, NULL, MOVE_PAGE_DOWN},
    {ACTION_PAGE_UP, KEYSYM_PAGE_UP, 0, NULL, MOVE_PAGE_UP},
    {ACTION_HALF_DOWN, KEYSYM_PAGE_DOWN, 0, NULL, MOVE_HALF_DOWN},
    {ACTION_HALF_UP, KEYSYM_PAGE_UP, 0, NULL, MOVE_HALF_UP},
    {ACTION_LEFT, KEYSYM_LEFT, 0, NULL, MOVE_LEFT},
    {ACTION_RIGHT, KEYSYM_RIGHT, 0, NULL, MOVE_RIGHT},
    {ACTION_NEXT_FIELD, KEYSYM_TAB, 0, NULL, -1},
    {ACTION_PREVIOUS_FIELD, KEYSYM_TAB, KEYMOD_SHIFT, NULL, -1},
    {ACTION_CHOOSE, KEYSYM_SPACE, 0, NULL, -1},
    {ACTION_ACCEPT, KEYSYM_ENTER, 0, NULL, -1},
    {ACTION_BACK, KEYSYM_ESC, 0, NULL, -1},
    {ACTION_TEXT_LEFT, KEYSYM_LEFT, 0, NULL, -1},
    {ACTION_TEXT_RIGHT, KEYSYM_RIGHT, 0, NULL, -1},
    {ACTION_TEXT_HOME, KEYSYM_HOME, 0, NULL, -1},
    {ACTION_TEXT_END, KEYSYM_END, 0, NULL, -1},
    {ACTION_TEXT_BACKSPACE, KEYSYM_BACKSPACE, 0, NULL, -1},
    {ACTION_TEXT_DELETE, KEYSYM_DELETE, 0, NULL, -1},
    {ACTION_TEXT_ERASE_WORD, KEYSYM_TEXT, KEYMOD_CTRL, "W", -1},
    {ACTION_TEXT_ERASE_LINE, KEYSYM_TEXT, KEYMOD_CTRL, "U", -1},
};

bool keymap_translate(const struct keymap *map, int context, bool typing, const struct key *key,
                      struct key *out)
{
    *out = *key;
    enum action_id action;
    bool typed = typing && key_is_text(key);
    if (typed || key->sym == KEYSYM_PASTE || !keymap_decides(map, context, key, &action))
        return false;
    if (action == ACTION_NONE) {
        *out = (struct key){.sym = KEYSYM_COUNT};
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(widget_keys); i++) {
        if (widget_keys[i].action != action)
            continue;
        *out = (struct key){.sym = widget_keys[i].sym, .mods = widget_keys[i].mods};
        if (widget_keys[i].ctrl)
            strcpy(out->text, widget_keys[i].ctrl);
        if (out->sym == KEYSYM_SPACE)
            strcpy(out->text, " ");
        return true;
    }
    return false;
}

bool keymap_move(enum action_id action, enum move *move)
{
    for (size_t i = 0; i < ARRAY_LEN(widget_keys); i++)
        if (widget_keys[i].action == action && widget_keys[i].move >= 0)
            return *move = (enum move)widget_keys[i].move, true;
    return false;
}
