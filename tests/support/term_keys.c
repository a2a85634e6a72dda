/* term_keys.c: one table of named keys in the three shapes xterm has for them, and the rules of
 * the modifiers. */
#include "term_keys.h"

#include <stdio.h>
#include <string.h>

enum shape {
    PLAIN,  /* the byte itself */
    CURSOR, /* CSI c, SS3 c in application mode, CSI 1 ; m c with a modifier */
    SS3,    /* SS3 c, CSI 1 ; m c with a modifier */
    TILDE,  /* CSI n ~, CSI n ; m ~ with a modifier */
};

static const struct key {
    const char *name;
    enum shape shape;
    int code;
} keys[] = {
    {"Enter", PLAIN, '\r'}, {"Tab", PLAIN, '\t'},       {"Esc", PLAIN, 0x1b},
    {"Space", PLAIN, ' '},  {"Backspace", PLAIN, 0x7f}, {"Up", CURSOR, 'A'},
    {"Down", CURSOR, 'B'},  {"Right", CURSOR, 'C'},     {"Left", CURSOR, 'D'},
    {"Home", CURSOR, 'H'},  {"End", CURSOR, 'F'},       {"Insert", TILDE, 2},
    {"Delete", TILDE, 3},   {"PageUp", TILDE, 5},       {"PageDown", TILDE, 6},
    {"PgUp", TILDE, 5},     {"PgDn", TILDE, 6},         {"F1", SS3, 'P'},
    {"F2", SS3, 'Q'},       {"F3", SS3, 'R'},           {"F4", SS3, 'S'},
    {"F5", TILDE, 15},      {"F6", TILDE, 17},          {"F7", TILDE, 18},
    {"F8", TILDE, 19},      {"F9", TILDE, 20},          {"F10", TILDE, 21},
    {"F11", TILDE, 23},     {"F12", TILDE, 24},
};

enum { SHIFT = 1, META = 2, CONTROL = 4 };

static const char *modifiers_take(const char *name, int *mods)
{
    *mods = 0;
    while (name[0] && name[1] == '-' && name[2]) {
        if (name[0] == 'S')
            *mods |= SHIFT;
        else if (name[0] == 'M')
            *mods |= META;
        else if (name[0] == 'C')
            *mods |= CONTROL;
        else
            break;
        name += 2;
    }
    return name;
}

static size_t named_encode(const struct key *k, int mods, bool app_cursor, char *out)
{
    int n = 0;
    if (k->shape == PLAIN) {
        if (k->code == '\t' && (mods & SHIFT))
            n = snprintf(out, TERM_KEY_BYTES, "%s\033[Z", mods & META ? "\033" : "");
        else if (k->code == ' ' && (mods & CONTROL))
            out[n++] = 0;
        else
            n = snprintf(out, TERM_KEY_BYTES, "%s%c", mods & META ? "\033" : "", k->code);
    } else if (k->shape == TILDE) {
        n = mods ? snprintf(out, TERM_KEY_BYTES, "\033[%d;%d~", k->code, mods + 1)
                 : snprintf(out, TERM_KEY_BYTES, "\033[%d~", k->code);
    } else if (mods) {
        n = snprintf(out, TERM_KEY_BYTES, "\033[1;%d%c", mods + 1, k->code);
    } else {
        bool ss3 = k->shape == SS3 || app_cursor;
        n = snprintf(out, TERM_KEY_BYTES, "\033%c%c", ss3 ? 'O' : '[', k->code);
    }
    return (size_t)n;
}

/* One UTF-8 character, or 0. */
static size_t character_len(const char *s)
{
    unsigned char u = (unsigned char)s[0];
    size_t len = u < 0x80 ? 1 : u < 0xe0 ? 2 : u < 0xf0 ? 3 : 4;
    return u && strlen(s) == len ? len : 0;
}

static size_t character_encode(const char *name, int mods, char *out)
{
    size_t len = character_len(name), n = 0;
    if (!len)
        return 0;
    if (mods & META)
        out[n++] = 0x1b;
    if (!(mods & CONTROL)) {
        memcpy(out + n, name, len);
        return n + len;
    }
    char c = name[0];
    if (c == '?')
        out[n++] = 0x7f;
    else if ((c >= '@' && c <= '_') || (c >= 'a' && c <= 'z'))
        out[n++] = (char)(c & 0x1f);
    else
        return 0;
    return n;
}

size_t term_key_encode(const char *name, bool app_cursor, char out[TERM_KEY_BYTES])
{
    int mods;
    const char *base = modifiers_take(name, &mods);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].name, base) == 0)
            return named_encode(&keys[i], mods, app_cursor, out);
    return character_encode(base, mods, out);
}
