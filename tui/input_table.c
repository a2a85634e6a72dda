/* input_table.c: see input_table.h. The numbers are xterm's ("PC-style function keys" in its
 * control-sequence document), rxvt's and the Linux console's. */
#include "tui/input_table.h"

#include "base/vec.h"

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
    *key = key_named(sym, mods);
    return true;
}

static bool key_of_number(const struct input_sequence *seq, unsigned mods, struct key *key)
{
    if (seq->values[0] == 27 && seq->count == 3) /* xterm's modifyOtherKeys */
        return key_of_code((uint32_t)seq->values[2], mods, key);
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
        return seq->count && key_of_code((uint32_t)seq->values[0], mods, key);
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
            return key_of_code((unsigned char)keypad[i + 1], mods, key);
    for (size_t i = 0; i < ARRAY_LEN(lettered); i++)
        if (lettered[i].letter == c)
            return set_named(key, lettered[i].sym, mods | lettered[i].ss3_mods);
    return false;
}
