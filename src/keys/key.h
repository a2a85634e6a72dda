/* key.h: a key, and its name in keys.cfg. How its bytes look is the terminal's matter (tui/input).
 */
#ifndef KEYS_KEY_H
#define KEYS_KEY_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum key_sym {
    KEYSYM_TEXT, /* a character: key.text */
#define KEYSYM(id, name, cap) KEYSYM_##id,
#include "keys/keysyms.def"
#undef KEYSYM
    KEYSYM_PASTE, /* a paste: key.paste */
    KEYSYM_COUNT
};

enum key_mods {
    KEYMOD_SHIFT = 1, /* only with a named key: a shifted character is another character */
    KEYMOD_ALT = 2,
    KEYMOD_CTRL = 4, /* with TEXT: text is the upper-case letter or one of @ [ \ ] ^ _ */
};

struct key {
    enum key_sym sym;
    unsigned mods;     /* enum key_mods */
    char text[8];      /* one UTF-8 character and NUL, for TEXT (and " " for Space) */
    struct span paste; /* (borrowed) for the call, raw: for PASTE */
};

/* A plain character without modifiers but text (what a line editor inserts); Space is one. */
bool key_is_text(const struct key *key);
bool key_is(const struct key *key, enum key_sym sym); /* that key without modifiers */
bool key_is_ctrl(const struct key *key, char upper);  /* ^U: 'U' */
bool key_same(const struct key *a, const struct key *b);

/* A key with a name, with modifiers. */
struct key key_named(enum key_sym sym, unsigned mods);
/* A character with modifiers; controls become their named key or ^X. False for a character that is
 * no key (U+0080 to U+009F, surrogates). */
bool key_of_code(uint32_t code, unsigned mods, struct key *key);

/* Appends the name as in keys.cfg (key_name is taken by curses): "j", "^D", "F2", "S-Tab",
 * "C-Left", "M-x", "Space". */
void key_show(struct str *out, const struct key *key);
/* Reads such a name; false when it is none. */
bool key_parse(struct span name, struct key *key);
/* The likeliest name for one that is none, modifiers included: "PgeDown" gives "PageDown". Appends
 * it to out; false when none is near. */
bool key_nearest(struct span name, struct str *out);
/* Terminfo's name of what the key sends, or NULL. */
const char *key_capability(enum key_sym sym);

#endif
