/* key_moves.h: the keymap for widgets, which know keys and ways to move, but no actions. */
#ifndef TUI_KEY_MOVES_H
#define TUI_KEY_MOVES_H

#include "keys/keymap.h"
#include "tui/widgets/move.h"

/* The plain key that stands for what `key` is bound
 * to in `context`: next-row is Down, accept is Enter, text-left is Left, and so on. False, and *out
 * is the key as it came, when it is bound to nothing of that kind. (Bound to "<disabled>": true,
 * and *out is a key that no widget knows.) typing: as keymap_lookup_typing. */
bool keymap_translate(const struct keymap *map, int context, bool typing, const struct key *key,
                      struct key *out);
/* next-row, page-down, left and so on as a move; false for any other action. */
bool keymap_move(enum action_id action, enum move *move);

#endif
