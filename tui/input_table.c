/* input_table.c: see input_table.h. The numbers are xterm's ("PC-style function keys" in its
 * control-sequence document), rxvt's and the Linux console's. */
#include "tui/input_table.h"

#include "base/text.h"
#include "base/vec.h"

#include <string.h>

static const struct {
    const char *name, *cap;
} syms[KEYSYM_COUNT] = {
#define KEYSYM(id, name, cap) [KEYSYM_##id] = {name, cap},
#include "tui/keysyms.def"
#undef KEYSYM
};

/* Other names that people write. */
static const struct {
    const char *name;
    enum key_sym sym;
} aliases[] = {{"Return", KEYSYM_ENTER},   {"Escape", KEYSYM_ESC}, {"PgUp", KEYSYM_PAGE_UP},
               {"PgDn", KEYSYM_PAGE_DOWN}, {"Del", KEYSYM_DELETE}, {"Ins", KEYSYM_INSERT},
               {" ", KEYSYM_SPACE}};

/* ESC [ number ~ */
static const struct {
    int number;
    enum key_sym sym;
} numbered[] = {{1, KEYSYM_HOME},    {2, KEYSYM_INSERT},    {3, KEYSYM_DELETE}, {4, KEYSYM_END},
                {5, KEYSYM_PAGE_UP}, {6, KEYSYM_PAGE_DOWN}, {7, KEYSYM_HOME},   {8, KEYSYM_END},
                {11, KEYSYM_F1},     {12, KEYSYM_F2},       {13, KEYSYM_F3},    {14, KEYSYM_F4},
                {15, KEYSYM_F5},     {17, KEYSYM_F6},       {18, KEYSYM_F7},    {19, KEYSYM_F8},
                {20, KEYSYM_F9},     {21, KEYSYM_F10},      {23, KEYSYM_F11},   {24, KEYSYM_F12}};

/* ESC [ letter and ESC O letter */
static const struct {
    char letter;
    enum key_sym sym;
    unsigned mods;     /* in ESC [ letter: rxvt's small letters are shifted */
    unsigned ss3_mods; /* in ESC O letter: with Control */
} lettered[] = {{'A', KEYSYM_UP, 0, 0},
                {'B', KEYSYM_DOWN, 0, 0},
                {'C', KEYSYM_RIGHT, 0, 0},
                {'D', KEYSYM_LEFT, 0, 0},
                {'H', KEYSYM_HOME, 0, 0},
                {'F', KEYSYM_END, 0, 0},
                {'P', KEYSYM_F1, 0, 0},
                {'Q', KEYSYM_F2, 0, 0},
                {'R', KEYSYM_F3, 0, 0},
                {'S', KEYSYM_F4, 0, 0},
                {'Z', KEYSYM_TAB, KEYMOD_SHIFT, KEYMOD_SHIFT},
                {'a', KEYSYM_UP, KEYMOD_SHIFT, KEYMOD_CTRL},
                {'b', KEYSYM_DOWN, KEYMOD_SHIFT, KEYMOD_CTRL},
                {'c', KEYSYM_RIGHT, KEYMOD_SHIFT, KEYMOD_CTRL},
                {'d', KEYSYM_LEFT, KEYMOD_SHIFT, KEYMOD_CTRL}};

const char *input_sym_capability(enum key_sym sym)
{
    return syms[sym].cap;
}

unsigned input_mods(int number)
{
    unsigned bits = number > 1 && number <= 16 ? (unsigned)(number - 1) : 0, mods = 0;
    mods |= bits & 1 ? KEYMOD_SHIFT : 0;
    mods |= bits & (2 | 8) ? KEYMOD_ALT : 0;
    mods |= bits & 4 ? KEYMOD_CTRL : 0;
    return mods;
}

void input_sequence_add(struct input_sequence *seq, char c)
{
    if (!seq->count)
        seq->count = 1;
    int *value = seq->count <= 4 ? &seq->values[seq->count - 1] : NULL;
    if (c == ';')
        seq->count++;
    else if (c >= '0' && c <= '9' && value && *value < 0x110000)
        *value = *value * 10 + (c - '0');
}

enum key_sym input_linux_key(char c)
{
    return c >= 'A' && c <= 'E' ? (enum key_sym)(KEYSYM_F1 + (c - 'A')) : KEYSYM_TEXT;
}

static bool set_named(struct key *key, enum key_sym sym, unsigned mods)
{
    *key = (struct key){.sym = sym, .mods = mods};
    if (sym == KEYSYM_SPACE)
        key->text[0] = ' ';
    return true;
}

bool input_key_of_code(uint32_t code, unsigned mods, struct key *key)
{
    static const struct {
        uint32_t code;
        enum key_sym sym;
    } controls[] = {{'\t', KEYSYM_TAB},       {'\r', KEYSYM_ENTER},     {'\033', KEYSYM_ESC},
                    {'\b', KEYSYM_BACKSPACE}, {0x7f, KEYSYM_BACKSPACE}, {' ', KEYSYM_SPACE}};
    for (size_t i = 0; i < ARRAY_LEN(controls); i++)
        if (controls[i].code == code && !(code == ' ' && mods & KEYMOD_CTRL))
            return set_named(key, controls[i].sym, mods);
    *key = (struct key){.sym = KEYSYM_TEXT, .mods = mods};
    if (code == ' ') /* Control with Space sends NUL, and is one key however it comes */
        code = 0;
    if (code < 0x20) {
        key->mods = (key->mods | KEYMOD_CTRL) & ~(unsigned)KEYMOD_SHIFT;
        key->text[0] = (char)(code + 0x40);
        return true;
    }
    if ((code >= 0x80 && code < 0xa0) || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
        return false;
    if (mods & KEYMOD_CTRL) {
        if (code >= 'a' && code <= 'z')
            code -= 'a' - 'A';
        if (code < '@' || code > '_')
            key->mods &= ~(unsigned)KEYMOD_CTRL; /* no such control character */
        else if (strchr("HIM[", (int)code))
            return input_key_of_code(code - '@', mods & ~(unsigned)KEYMOD_CTRL, key);
    }
    key->mods &= ~(unsigned)KEYMOD_SHIFT; /* the character says it */
    struct str text = STR_INIT;
    text_encode(&text, code);
    memcpy(key->text, str_text(&text), text.len < sizeof key->text ? text.len : 0);
    str_finish(&text);
    return true;
}

static bool key_of_number(const struct input_sequence *seq, unsigned mods, struct key *key)
{
    if (seq->values[0] == 27 && seq->count == 3) /* xterm's modifyOtherKeys */
        return input_key_of_code((uint32_t)seq->values[2], mods, key);
    for (size_t i = 0; i < ARRAY_LEN(numbered); i++)
        if (numbered[i].number == seq->values[0])
            return set_named(key, numbered[i].sym, mods);
    return false;
}

bool input_key_of_sequence(const struct input_sequence *seq, struct key *key)
{
    if (seq->private_mark)
        return false;
    unsigned mods = seq->count > 1 ? input_mods(seq->values[1]) : 0;
    switch (seq->final) {
    case '~':
        return key_of_number(seq, mods, key);
    case '$': /* rxvt: Shift, Control, both */
        return key_of_number(seq, KEYMOD_SHIFT, key);
    case '^':
        return key_of_number(seq, KEYMOD_CTRL, key);
    case '@':
        return key_of_number(seq, KEYMOD_CTRL | KEYMOD_SHIFT, key);
    case 'u': /* a character as its number, with modifiers */
        return seq->count && input_key_of_code((uint32_t)seq->values[0], mods, key);
    }
    if (seq->count && seq->values[0] > 1) /* a report, such as the cursor's place */
        return false;
    for (size_t i = 0; i < ARRAY_LEN(lettered); i++)
        if (lettered[i].letter == seq->final)
            return set_named(key, lettered[i].sym, mods | lettered[i].mods);
    return false;
}

bool input_key_of_ss3(char c, unsigned mods, struct key *key)
{
    static const char keypad[] = "j*k+l,m-n.o/X=p0q1r2s3t4u5v6w7x8y9";
    if (c == 'M')
        return set_named(key, KEYSYM_ENTER, mods);
    if (c == 'I')
        return set_named(key, KEYSYM_TAB, mods);
    for (size_t i = 0; i < sizeof keypad - 1; i += 2)
        if (keypad[i] == c)
            return input_key_of_code((unsigned char)keypad[i + 1], mods, key);
    for (size_t i = 0; i < ARRAY_LEN(lettered); i++)
        if (lettered[i].letter == c)
            return set_named(key, lettered[i].sym, mods | lettered[i].ss3_mods);
    return false;
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
            return mods & KEYMOD_CTRL && i == KEYSYM_SPACE ? input_key_of_code(0, mods, key)
                                                           : set_named(key, (enum key_sym)i, mods);
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        if (span_is(name, aliases[i].name))
            return set_named(key, aliases[i].sym, mods);
    return false;
}

bool key_parse(struct span name, struct key *key)
{
    unsigned mods = 0;
    while (name.len > 2 && name.p[1] == '-' && strchr("MCS", name.p[0])) {
        mods |= name.p[0] == 'M' ? KEYMOD_ALT : name.p[0] == 'C' ? KEYMOD_CTRL : KEYMOD_SHIFT;
        name.p += 2;
        name.len -= 2;
    }
    if (name.len > 1 && name.p[0] == '^') {
        mods |= KEYMOD_CTRL;
        name.p++;
        name.len--;
    }
    if (parse_named(name, mods, key))
        return true;
    uint32_t code;
    if (!name.len || text_decode(name.p, name.len, &code) != name.len || code < 0x21)
        return false;
    if (mods & KEYMOD_SHIFT)
        return false; /* write the character that it gives */
    unsigned wanted = mods & KEYMOD_CTRL;
    if (!input_key_of_code(code, mods, key))
        return false;
    return key->sym != KEYSYM_TEXT || (key->mods & KEYMOD_CTRL) == wanted;
}
