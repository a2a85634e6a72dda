/* text.c: see text.h.
 *
 * A code point is shown as it is only when three things agree: Unicode calls it something one can
 * see, the width tables of the terminals and of the C library agree on its cells, and, when it has
 * no cell of its own, there is something before it that it stands on. Whatever else arrives becomes
 * plain ASCII (^[, \u{202e}, \x{ff}), and as nothing may stand on such a replacement, a second pass
 * finds nothing to do.
 *
 * A grapheme has exactly one code point that takes cells. That is narrower than UAX 29 for flags,
 * emoji with a skin tone and Indic vowels written beside their letter, where terminals disagree
 * whether they join; but it is what a curses cell can hold, and what wcwidth() terminals draw. */
#include "base/text.h"

#include "base/vec.h"

#include <limits.h>
#include <string.h>
#include <utf8proc.h>

enum { MARKS_MAX = 4, TAB_STOP = 8, FOLD_MAX = 32 };
enum { DRAWN_FIRST = 0x2500, DRAWN_LAST = 0x259f }; /* box drawing, block elements */

/* ---- code points ---- */

size_t text_decode(const char *in, size_t len, uint32_t *code)
{
    if (len == 0)
        return 0;
    utf8proc_int32_t c;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)in, len > 4 ? 4 : (utf8proc_ssize_t)len, &c);
    if (n <= 0)
        return 0;
    *code = (uint32_t)c;
    return (size_t)n;
}

void text_encode(struct str *out, uint32_t code)
{
    utf8proc_uint8_t bytes[4];
    if (code >= DRAWN_FIRST && code <= DRAWN_LAST) { /* many, as in code_cells() */
        const char drawn[3] = {(char)0xE2, (char)(0x80 | (code >> 6 & 0x3F)),
                               (char)(0x80 | (code & 0x3F))};
        str_append(out, drawn, 3);
        return;
    }
    if (!utf8proc_codepoint_valid((utf8proc_int32_t)code))
        return; /* utf8proc would encode a surrogate */
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)code, bytes);
    str_append(out, (const char *)bytes, (size_t)n);
}

bool text_is_utf8(const char *in, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t code;
        size_t n = (unsigned char)in[at] < 0x80 ? 1 : text_decode(in + at, len - at, &code);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

static bool is_mark(const utf8proc_property_t *p)
{
    return p->category == UTF8PROC_CATEGORY_MN || p->category == UTF8PROC_CATEGORY_MC ||
           p->category == UTF8PROC_CATEGORY_ME;
}

/* Cells as wcwidth() terminals count them: utf8proc differs for marks that stand beside their
 * letter (one cell) and for Hangul vowels and finals that join the syllable before them (none). */
static int code_cells(uint32_t code)
{
    if (code >= DRAWN_FIRST && code <= DRAWN_LAST)
        return 1; /* lines and bars: many, beside each other */
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)code);
    if (p->category == UTF8PROC_CATEGORY_MC)
        return 1;
    if (p->boundclass == UTF8PROC_BOUNDCLASS_V || p->boundclass == UTF8PROC_BOUNDCLASS_T)
        return 0;
    return utf8proc_charwidth((utf8proc_int32_t)code);
}

/* Classes of code points that never reach a sink. Unassigned ones include the noncharacters, format
 * ones include the bidirectional controls, the zero-width ones and the tags. */
static const bool hidden_category[32] = {
    [UTF8PROC_CATEGORY_CN] = true, [UTF8PROC_CATEGORY_CC] = true, [UTF8PROC_CATEGORY_CF] = true,
    [UTF8PROC_CATEGORY_CS] = true, [UTF8PROC_CATEGORY_CO] = true, [UTF8PROC_CATEGORY_ZL] = true,
    [UTF8PROC_CATEGORY_ZP] = true,
};

/* Visible, but one cell for some width tables and two for others: a row with one would come apart.
 */
static const struct {
    uint32_t first, last;
} disputed[] = {{0x3248, 0x324F}, {0x4DC0, 0x4DFF}};

static bool is_hidden(uint32_t code, const utf8proc_property_t *p)
{
    /* "Ignorable" are the fillers and variation selectors: letters and marks that show nothing. */
    if (hidden_category[p->category & 31] || p->ignorable)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(disputed); i++)
        if (code >= disputed[i].first && code <= disputed[i].last)
            return true;
    return false;
}

/* Of the encoding of U+2500 to U+259F, three bytes, the first two. */
static bool begins_drawn(const char *in)
{
    return (unsigned char)in[0] == 0xE2 && (unsigned char)in[1] >= 0x94 &&
           (unsigned char)in[1] <= 0x96;
}

static bool is_drawn(const char *in, size_t len)
{
    return len >= 3 && begins_drawn(in) &&
           ((unsigned char)in[1] < 0x96
                ? ((unsigned char)in[2] & 0xC0) == 0x80
                : (unsigned char)in[2] >= 0x80 && (unsigned char)in[2] <= 0x9F);
}

/* What most of a screen is: printable ASCII, lines and bars. The bytes of as many graphemes as
 * begin here, each of one cell and one code point, and their number, at most `most`. Where the next
 * bytes may combine with the last one it is left out. */
static size_t plain_run(const char *in, size_t len, int most, int *cells)
{
    size_t at = 0, last = 0;
    int n = 0;
    while (n < most && at < len) {
        size_t took = in[at] >= 0x20 && in[at] < 0x7F ? 1 : is_drawn(in + at, len - at) ? 3 : 0;
        if (!took)
            break;
        last = at;
        at += took;
        n++;
    }
    if (n && at < len && (unsigned char)in[at] >= 0x80 && !is_drawn(in + at, len - at)) {
        at = last;
        n--;
    }
    *cells = n;
    return at;
}

/* ---- making safe ---- */

/* What stands before the next code point of the output. */
struct pen {
    utf8proc_int32_t before; /* 0: nothing that a mark could stand on */
    utf8proc_int32_t breaks; /* utf8proc's state between two calls */
    int marks;               /* on the present grapheme */
    size_t column;           /* cells since the last line end */
};

static void pen_replace(struct pen *pen, struct str *out, const char *fmt, unsigned value)
{
    size_t start = out->len;
    str_printf(out, fmt, value);
    pen->column += out->len - start;
    pen->before = 0;
}

static void safe_control(struct pen *pen, struct str *out, unsigned char c, unsigned flags)
{
    if (flags & TEXT_LINES && c == '\n') {
        str_add_char(out, '\n');
        *pen = (struct pen){0};
    } else if (flags & TEXT_LINES && c == '\t') {
        size_t fill = TAB_STOP - pen->column % TAB_STOP;
        str_fill(out, ' ', fill);
        pen->column += fill;
        pen->before = 0;
    } else {
        pen_replace(pen, out, "^%c", c == 0x7F ? '?' : c + '@');
    }
}

/* Whether a mark, or another code point without a cell of its own, may be shown where the pen is.
 */
static bool mark_stands(struct pen *pen, utf8proc_int32_t code)
{
    return pen->before && pen->marks < MARKS_MAX &&
           !utf8proc_grapheme_break_stateful(pen->before, code, &pen->breaks);
}

/* One code point beyond ASCII, of n bytes. */
static void safe_code(struct pen *pen, struct str *out, const char *in, size_t n, uint32_t code,
                      unsigned flags)
{
    const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)code);
    bool clings = is_mark(p) || code_cells(code) == 0;
    if (flags & TEXT_ASCII && n == sizeof TEXT_ARROW - 1 && memcmp(in, TEXT_ARROW, n) == 0) {
        pen_replace(pen, out, "%c", (unsigned char)TEXT_ARROW_TWIN[0]);
        return;
    }
    if (flags & TEXT_ASCII || is_hidden(code, p) ||
        (clings && !mark_stands(pen, (utf8proc_int32_t)code))) {
        pen_replace(pen, out, "\\u{%x}", code);
        return;
    }
    pen->marks = clings ? pen->marks + 1 : 0;
    if (!clings)
        pen->breaks = 0;
    pen->before = (utf8proc_int32_t)code;
    pen->column += (size_t)code_cells(code);
    str_append(out, in, n);
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7F;
}

void text_safe(struct str *out, const char *in, size_t len, unsigned flags)
{
    struct pen pen = {0};
    size_t at = 0;
    while (at < len) {
        size_t end = at;
        while (end < len && is_plain(in[end]))
            end++;
        if (end > at) {
            str_append(out, in + at, end - at);
            pen = (struct pen){.before = in[end - 1], .column = pen.column + end - at};
            at = end;
            continue;
        }
        for (; !(flags & TEXT_ASCII) && is_drawn(in + end, len - end); end += 3)
            continue;
        if (end > at) { /* a bar; its last one as any other, for what may stand on it */
            str_append(out, in + at, end - 3 - at);
            pen.column += (end - 3 - at) / 3;
            at = end - 3;
        }
        uint32_t code = 0;
        size_t n = text_decode(in + at, len - at, &code);
        if (n == 0) {
            pen_replace(&pen, out, "\\x{%02x}", (unsigned char)in[at]);
            n = 1;
        } else if (code < 0x80) {
            safe_control(&pen, out, (unsigned char)code, flags);
        } else {
            safe_code(&pen, out, in + at, n, code, flags);
        }
        at += n;
    }
}

void text_safe_z(struct str *out, const char *in, unsigned flags)
{
    text_safe(out, in, strlen(in), flags);
}

/* ---- measuring ---- */

size_t text_grapheme(const char *in, size_t len, int *cells)
{
    if (len == 0) {
        *cells = 0;
        return 0;
    }
    if (is_plain(in[0]) && (len == 1 || (unsigned char)in[1] < 0x80)) {
        *cells = 1;
        return 1;
    }
    uint32_t code, next;
    size_t at = text_decode(in, len, &code), n;
    if (at == 0) {
        *cells = 1;
        return 1;
    }
    *cells = code_cells(code);
    utf8proc_int32_t state = 0;
    while (
        (n = text_decode(in + at, len - at, &next)) > 0 && code_cells(next) == 0 &&
        !utf8proc_grapheme_break_stateful((utf8proc_int32_t)code, (utf8proc_int32_t)next, &state)) {
        code = next;
        at += n;
    }
    return at;
}

int text_width(const char *in, size_t len)
{
    int sum = 0, cells;
    for (size_t at = 0; at < len;) {
        at += plain_run(in + at, len - at, INT_MAX, &cells);
        sum += cells;
        if (at == len)
            break;
        at += text_grapheme(in + at, len - at, &cells);
        sum += cells;
    }
    return sum;
}

size_t text_prefix(const char *in, size_t len, int cells, int *used)
{
    size_t at = 0;
    int sum = 0, w;
    while (at < len) {
        at += plain_run(in + at, len - at, cells - sum, &w);
        sum += w;
        if (at == len)
            break;
        size_t n = text_grapheme(in + at, len - at, &w);
        if (sum + w > cells)
            break;
        at += n;
        sum += w;
    }
    if (used)
        *used = sum;
    return at;
}

void text_fit(struct str *out, const char *in, size_t len, int cells, enum text_align align,
              const char *mark)
{
    if (cells <= 0)
        return;
    int used;
    size_t keep = text_prefix(in, len, cells, &used);
    bool cut = keep < len;
    if (cut) {
        keep = text_prefix(in, len, cells - 1, &used);
        used++;
    }
    size_t pad = (size_t)(cells - used);
    if (align == TEXT_RIGHT)
        str_fill(out, ' ', pad);
    str_append(out, in, keep);
    if (cut)
        str_add(out, mark);
    if (align == TEXT_LEFT)
        str_fill(out, ' ', pad);
}

size_t text_prev(const char *in, size_t len, size_t at)
{
    size_t before = 0, here = 0;
    int cells;
    /* Between two printable ASCII characters one always ends: no walk from the start. */
    if (at >= 2 && at <= len && is_plain(in[at - 1]) && is_plain(in[at - 2]))
        return at - 1;
    while (here < at && here < len) {
        before = here;
        here += text_grapheme(in + here, len - here, &cells);
    }
    return before;
}

size_t text_next(const char *in, size_t len, size_t at)
{
    size_t here = 0;
    int cells;
    while (here <= at && here < len)
        here += text_grapheme(in + here, len - here, &cells);
    return here;
}

/* ---- folding ---- */

/* Marks are what ordering and composing are about, and they are stripped: so each code point can be
 * folded alone, without a copy of the whole text. */
void text_fold(struct str *out, const char *in, size_t len)
{
    const utf8proc_option_t how =
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK;
    for (size_t at = 0; at < len;) {
        char c = in[at];
        if ((unsigned char)c < 0x80) {
            str_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
            at++;
            continue;
        }
        uint32_t code;
        size_t n = text_decode(in + at, len - at, &code);
        if (n == 0) {
            str_add_char(out, c);
            at++;
            continue;
        }
        utf8proc_int32_t folded[FOLD_MAX];
        int state = 0;
        utf8proc_ssize_t count =
            utf8proc_decompose_char((utf8proc_int32_t)code, folded, FOLD_MAX, how, &state);
        if (count < 0 || count > FOLD_MAX) /* what cannot be folded stands for itself */
            str_append(out, in + at, n);
        for (utf8proc_ssize_t i = 0; i < count && count <= FOLD_MAX; i++)
            text_encode(out, (uint32_t)folded[i]);
        at += n;
    }
}

size_t text_cut(const char *in, size_t len, size_t most)
{
    size_t n = len < most ? len : most;
    for (int back = 0; n < len && back < 3 && n > 0 && ((unsigned char)in[n] & 0xc0) == 0x80;
         back++)
        n--;
    return n;
}

void text_copy(char *out, size_t room, const char *in)
{
    size_t n = text_cut(in, strlen(in), room - 1);
    memcpy(out, in, n);
    out[n] = '\0';
}
