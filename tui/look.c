/* look.c: see look.h. */
#include "tui/look.h"

#include "base/vec.h"
#include "tui/terminfo.h"
#include "tui/theme.h"

#include <stdio.h>
#include <string.h>

/* Ways back to plain text also leave the line drawing set, in which nothing of ours is drawn. */
static const char *const charsets[] = {"\033(B", "\017"};

/* What draw.c uses, the capability that turns it on, and its bit in "ncv". */
static const struct {
    unsigned attr; /* enum theme_attr */
    const char *capability, *instead;
    unsigned with_colours;
} attributes[LOOK_ATTRS] = {[LOOK_BOLD] = {THEME_BOLD, "bold", NULL, 32},
                            [LOOK_DIM] = {THEME_DIM, "dim", NULL, 16},
                            [LOOK_ITALIC] = {THEME_ITALIC, "sitm", NULL, 32768},
                            [LOOK_UNDERLINE] = {THEME_UNDERLINE, "smul", NULL, 2},
                            [LOOK_REVERSE] = {THEME_REVERSE, "rev", "smso", 4}};

/* The bytes of a capability with its parameter; "" when there are none or too many. */
static void bytes_of(char out[LOOK_BYTES], const char *string, int parameter)
{
    struct str bytes = STR_INIT;
    terminfo_fill(string, parameter, 0, &bytes);
    snprintf(out, LOOK_BYTES, "%s", bytes.len < LOOK_BYTES ? str_text(&bytes) : "");
    str_finish(&bytes);
}

/* A colour as 0xRRGGBB: the descriptions write it as ITU T.416 has it, 38:2::R:G:B, of which some
 * terminals take the empty place for a red of 0 (libvterm) and others nothing at all (mosh,
 * screen). 38;2;R;G;B is what all that have such colours know. */
static void colour_of(char out[LOOK_BYTES], const char *capability, int colour)
{
    static const char *const ground[] = {"\033[38:2:", "\033[48:2:"};
    out[0] = 0;
    if (colour < 0)
        return;
    bytes_of(out, terminfo_string(capability), colour);
    for (size_t i = 0; i < ARRAY_LEN(ground); i++) {
        if (strncmp(out, ground[i], strlen(ground[i])) == 0)
            snprintf(out, LOOK_BYTES, "\033[%d;2;%d;%d;%dm", i ? 48 : 38, colour >> 16 & 255,
                     colour >> 8 & 255, colour & 255);
    }
}

static void cut_out(char *text, const char *what)
{
    char *at = strstr(text, what);
    if (at)
        memmove(at, at + strlen(what), strlen(at + strlen(what)) + 1);
}

/* The way back to plain. A terminal whose words for it are those of ECMA-48 has its own colours
 * then; others are told. */
static void make_reset(struct looks *l)
{
    char colours[LOOK_BYTES];
    bytes_of(l->reset, terminfo_string("sgr0"), 0);
    bytes_of(colours, terminfo_string("op"), 0);
    for (size_t i = 0; i < ARRAY_LEN(charsets); i++)
        cut_out(l->reset, charsets[i]);
    if (strcmp(l->reset, "\033[0m") == 0)
        cut_out(l->reset, "0");
    if (strcmp(l->reset, "\033[m") != 0 && strlen(l->reset) + strlen(colours) < LOOK_BYTES)
        strcat(l->reset, colours);
}

void looks_init(struct looks *l)
{
    *l = (struct looks){.count = 0};
    int cookies = terminfo_number("xmc"), ncv = terminfo_number("ncv");
    make_reset(l);
    for (size_t i = 0; i < LOOK_ATTRS; i++) {
        const char *on = terminfo_string(attributes[i].capability);
        if (!on && attributes[i].instead)
            on = terminfo_string(attributes[i].instead);
        bytes_of(l->on[i], on, 0);
        /* Where there is no way back, or an attribute takes a cell, nothing is turned on. */
        if (!l->on[i][0] || !l->reset[0] || cookies > 0)
            l->never |= attributes[i].attr;
        if (ncv > 0 && (unsigned)ncv & attributes[i].with_colours)
            l->unsafe |= attributes[i].attr;
    }
    looks_find(l, 0, -1, -1);
}

void looks_finish(struct looks *l)
{
    mem_free(l->list);
    mem_free(l->blanks);
    l->list = NULL;
    l->blanks = NULL;
}

/* The first look whose blanks cannot be told from this one's. */
static uint16_t same_blank(const struct looks *l, const struct look *look)
{
    const unsigned seen = THEME_REVERSE | THEME_UNDERLINE;
    size_t i = 0;
    while (i < l->count && (((l->list[i].shown | look->shown) & seen) ||
                            strcmp(l->list[i].bg_on, look->bg_on) != 0))
        i++;
    return (uint16_t)i;
}

int looks_find(struct looks *l, unsigned attrs, int fg, int bg)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i].attrs == attrs && l->list[i].fg == fg && l->list[i].bg == bg)
            return (int)i;
    if (l->count == LOOKS_MAX)
        return LOOK_PLAIN;
    VEC_ROOM(l->list, l->count, l->room);
    VEC_ROOM(l->blanks, l->count, l->blank_room);
    struct look *look = &l->list[l->count];
    *look = (struct look){.attrs = attrs, .fg = fg, .bg = bg};
    colour_of(look->fg_on, "setaf", fg);
    colour_of(look->bg_on, "setab", bg);
    look->shown = attrs & ~l->never & ~(look->fg_on[0] || look->bg_on[0] ? l->unsafe : 0);
    l->blanks[l->count] = same_blank(l, look);
    return (int)l->count++;
}

/* ---- bytes -------------------------------------------------------------------------------- */

static bool is_sgr(const char *bytes, size_t len)
{
    if (len < 3 || bytes[0] != '\033' || bytes[1] != '[' || bytes[len - 1] != 'm')
        return false;
    return strspn(bytes + 2, "0123456789;:") == len - 3;
}

/* Appends a piece to the sequence that begins at `from`, as more of the same where both are SGR. */
static void join(struct str *out, size_t from, const char *piece)
{
    size_t len = strlen(piece);
    if (out->len == from || !is_sgr(piece, len) || !is_sgr(out->data + from, out->len - from)) {
        str_append(out, piece, len);
        return;
    }
    bool bare = out->len - from == 3; /* ESC [ m: the reset, whose 0 must be said now */
    str_truncate(out, out->len - 1);
    str_add(out, bare ? "0;" : ";");
    str_append(out, piece + 2, len - 2);
}

/* Whether what `from` has turned on is on in `to` as well. */
static bool adds_only(const struct look *from, const struct look *to)
{
    return !(from->shown & ~to->shown) && (!from->fg_on[0] || to->fg_on[0]) &&
           (!from->bg_on[0] || to->bg_on[0]);
}

void looks_switch(const struct looks *l, int from, int to, struct str *out)
{
    const struct look *was = &l->list[from], *now = &l->list[to];
    size_t begin = out->len;
    if (from == to)
        return;
    if (!adds_only(was, now)) {
        str_add(out, l->reset);
        was = &l->list[LOOK_PLAIN];
    }
    for (size_t i = 0; i < LOOK_ATTRS; i++)
        if (now->shown & ~was->shown & attributes[i].attr)
            join(out, begin, l->on[i]);
    if (strcmp(was->fg_on, now->fg_on) != 0)
        join(out, begin, now->fg_on);
    if (strcmp(was->bg_on, now->bg_on) != 0)
        join(out, begin, now->bg_on);
}
