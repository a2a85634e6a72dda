/* key.c: see key.h. */
#include "keys/key.h"

#include "base/near.h"
#include "base/text.h"
#include "base/vec.h"

#include <string.h>

static const struct {
    const char *name, *cap;
} syms[KEYSYM_COUNT] = {
#define KEYSYM(id, name, cap) [KEYSYM_##id] = {name, cap},
#include "keys/keysyms.def"
#undef KEYSYM
};

/* Other names that people write. */
static const struct {
    const char *name;
    enum key_sym sym;
} aliases[] = {{"Return", KEYSYM_ENTER},   {"Escape", KEYSYM_ESC}, {"PgUp", KEYSYM_PAGE_UP},
               {"PgDn", KEYSYM_PAGE_DOWN}, {"Del", KEYSYM_DELETE}, {"Ins", KEYSYM_INSERT},
               {" ", KEYSYM_SPACE}};

const char *key_capability(enum key_sym sym)
{
    return syms[sym].cap;
}

struct key key_named(enum key_sym sym, unsigned mods)
{
    struct key key = {.sym = sym, .mods = mods};
    if (sym == KEYSYM_SPACE)
        key.text[0] = ' ';
    return key;
}

/* A control character by its number, as the key of its letter. */
static struct key control_key(uint32_t code, unsigned mods)
{
    struct key key = {.sym = KEYSYM_TEXT};
    key.mods = (mods | KEYMOD_CTRL) & ~(unsigned)KEYMOD_SHIFT;
    key.text[0] = (char)(code + 0x40);
    return key;
}

static bool is_character(uint32_t code)
{
    return (code < 0x80 || code >= 0xa0) && (code < 0xd800 || code >= 0xe000) && code <= 0x10ffff;
}

/* Control with a character that sends no control character is that character. */
static uint32_t with_control(uint32_t code, unsigned *mods)
{
    if (code >= 'a' && code <= 'z')
        code -= 'a' - 'A';
    if (code < '@' || code > '_')
        *mods &= ~(unsigned)KEYMOD_CTRL;
    return code;
}

static bool named_control(uint32_t code, unsigned mods, struct key *key)
{
    static const struct {
        uint32_t code;
        enum key_sym sym;
    } controls[] = {{'\t', KEYSYM_TAB},       {'\r', KEYSYM_ENTER},     {'\033', KEYSYM_ESC},
                    {'\b', KEYSYM_BACKSPACE}, {0x7f, KEYSYM_BACKSPACE}, {' ', KEYSYM_SPACE}};
    for (size_t i = 0; i < ARRAY_LEN(controls); i++)
        if (controls[i].code == code && !(code == ' ' && mods & KEYMOD_CTRL))
            return *key = key_named(controls[i].sym, mods), true;
    return false;
}

bool key_of_code(uint32_t code, unsigned mods, struct key *key)
{
    if (named_control(code, mods, key))
        return true;
    if (code == ' ') /* Control with Space sends NUL, and is one key however it comes */
        code = 0;
    if (code < 0x20)
        return *key = control_key(code, mods), true;
    if (!is_character(code))
        return false;
    if (mods & KEYMOD_CTRL)
        code = with_control(code, &mods);
    if (mods & KEYMOD_CTRL && strchr("HIM[", (int)code))
        return key_of_code(code - '@', mods & ~(unsigned)KEYMOD_CTRL, key);
    /* A shifted character says so itself. */
    *key = (struct key){.sym = KEYSYM_TEXT, .mods = mods & ~(unsigned)KEYMOD_SHIFT};
    struct str text = STR_INIT;
    text_encode(&text, code);
    memcpy(key->text, str_text(&text), text.len < sizeof key->text ? text.len : 0);
    str_finish(&text);
    return true;
}

/* ---- names -------------------------------------------------------------------------------- */

bool key_is_text(const struct key *key)
{
    return (key->sym == KEYSYM_TEXT || key->sym == KEYSYM_SPACE) && !key->mods;
}

bool key_is(const struct key *key, enum key_sym sym)
{
    return key->sym == sym && !key->mods;
}

bool key_is_ctrl(const struct key *key, char upper)
{
    return key->sym == KEYSYM_TEXT && key->mods == KEYMOD_CTRL && key->text[0] == upper &&
           !key->text[1];
}

bool key_same(const struct key *a, const struct key *b)
{
    return a->sym == b->sym && a->mods == b->mods &&
           (a->sym != KEYSYM_TEXT || strcmp(a->text, b->text) == 0);
}

void key_show(struct str *out, const struct key *key)
{
    if (key->sym == KEYSYM_PASTE) {
        str_add(out, "paste");
        return;
    }
    if (key->mods & KEYMOD_ALT)
        str_add(out, "M-");
    if (key->sym == KEYSYM_TEXT) {
        bool space = key->mods & KEYMOD_CTRL && key->text[0] == '@';
        str_add(out, key->mods & KEYMOD_CTRL ? "^" : "");
        str_add(out, space ? "Space" : key->text);
        return;
    }
    str_add(out, key->mods & KEYMOD_CTRL ? "C-" : "");
    str_add(out, key->mods & KEYMOD_SHIFT ? "S-" : "");
    str_add(out, syms[key->sym].name);
}

static bool parse_named(struct span name, unsigned mods, struct key *key)
{
    for (int i = 0; i < KEYSYM_COUNT; i++)
        if (syms[i].name && span_is(name, syms[i].name))
            return mods & KEYMOD_CTRL && i == KEYSYM_SPACE
                       ? key_of_code(0, mods, key)
                       : (*key = key_named((enum key_sym)i, mods), true);
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        if (span_is(name, aliases[i].name))
            return *key = key_named(aliases[i].sym, mods), true;
    return false;
}

/* Takes the modifiers from the front of a name. */
static unsigned take_mods(struct span *name)
{
    unsigned mods = 0;
    while (name->len > 2 && name->p[1] == '-' && strchr("MCS", name->p[0])) {
        mods |= name->p[0] == 'M' ? KEYMOD_ALT : name->p[0] == 'C' ? KEYMOD_CTRL : KEYMOD_SHIFT;
        *name = (struct span){name->p + 2, name->len - 2};
    }
    if (name->len > 1 && name->p[0] == '^') {
        mods |= KEYMOD_CTRL;
        *name = (struct span){name->p + 1, name->len - 1};
    }
    return mods;
}

bool key_parse(struct span name, struct key *key)
{
    unsigned mods = take_mods(&name);
    if (parse_named(name, mods, key))
        return true;
    uint32_t code;
    if (!name.len || text_decode(name.p, name.len, &code) != name.len || code < 0x21)
        return false;
    if (mods & KEYMOD_SHIFT)
        return false; /* write the character that it gives */
    unsigned wanted = mods & KEYMOD_CTRL;
    if (!key_of_code(code, mods, key))
        return false;
    return key->sym != KEYSYM_TEXT || (key->mods & KEYMOD_CTRL) == wanted;
}

bool key_nearest(struct span name, struct str *out)
{
    struct span rest = name;
    take_mods(&rest);
    struct near near = {rest, NULL, 0};
    for (int i = 0; i < KEYSYM_COUNT; i++)
        if (syms[i].name)
            near_offer(&near, syms[i].name);
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        near_offer(&near, aliases[i].name);
    if (!near.best || rest.len < 2) /* one character is near to all of two */
        return false;
    str_append(out, name.p, name.len - rest.len);
    str_add(out, near.best);
    return true;
}
