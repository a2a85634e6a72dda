/* text_test.c: hostile text comes out visible and harmless, and cells are counted as drawn.
 *
 * Beside the cases by name, a fixed random walk makes some thousands of hostile strings and checks
 * what must hold for each: the bytes are harmless, a second pass changes nothing, and the input can
 * be read back from the output, so that nothing was dropped. */
#include "base/text.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STRINGS = 4000 };

static void expect_safe(const char *in, size_t len, unsigned flags, const char *want)
{
    struct str out = STR_INIT;
    text_safe(&out, in, len, flags);
    assert_string_equal(str_text(&out), want);
    assert_int_equal(out.len, strlen(want));
    str_finish(&out);
}

static void expect_safe_z(const char *in, const char *want)
{
    expect_safe(in, strlen(in), 0, want);
}

static void test_plain_text_stays(void **state)
{
    (void)state;
    expect_safe_z("", "");
    expect_safe_z("az-gpt-eu-prod-01 ~ [ok]", "az-gpt-eu-prod-01 ~ [ok]");
    expect_safe_z("Zürich · 東京 · ünï · 🚀", "Zürich · 東京 · ünï · 🚀");
    expect_safe_z("שלום مرحبا", "שלום مرحبا");
    expect_safe_z("literal \\u{202e} and ^[", "literal \\u{202e} and ^[");
}

static void test_controls(void **state)
{
    (void)state;
    expect_safe_z("\x1b[31mred\x1b]0;title\a", "^[[31mred^[]0;title^G");
    expect_safe("a\0b", 3, 0, "a^@b");
    expect_safe_z("a\tb\nc\rd", "a^Ib^Jc^Md");
    expect_safe_z("\x7f\x01\x1f", "^?^A^_");
    expect_safe_z("\xc2\x80\xc2\x9b\xc2\x9f", "\\u{80}\\u{9b}\\u{9f}");
}

static void test_lines(void **state)
{
    (void)state;
    expect_safe("a\tb\nc\rd", 7, TEXT_LINES, "a       b\nc^Md");
    expect_safe("\t1234567\t8", 10, TEXT_LINES, "        1234567 8");
    expect_safe("東\tx", 5, TEXT_LINES, "東      x"); /* two cells, so six to the stop */
    expect_safe("\x1b\tx", 3, TEXT_LINES, "^[      x");
    expect_safe("a\n\xcc\x81z", 5, TEXT_LINES, "a\n\\u{301}z");
    expect_safe("\t\xcc\x81z", 4, TEXT_LINES, "        \\u{301}z");
}

static void test_ascii(void **state)
{
    (void)state;
    expect_safe("Zürich 東", 11, TEXT_ASCII, "Z\\u{fc}rich \\u{6771}");
    expect_safe("1 " TEXT_ARROW " 2", 7, TEXT_ASCII, "1 > 2"); /* the one sign with a twin */
    expect_safe("1 " TEXT_ARROW " 2", 7, 0, "1 " TEXT_ARROW " 2");
    expect_safe("e\xcc\x81", 3, TEXT_ASCII, "e\\u{301}");
    expect_safe("a\nb", 3, TEXT_ASCII | TEXT_LINES, "a\nb");
}

/* Every range that is named as disallowed, each member. */
static void test_disallowed_ranges(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x80, 0x9F},       {0xAD, 0xAD},       {0x61C, 0x61C},     {0x200B, 0x200F},
        {0x2028, 0x202E},   {0x2060, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
        {0xE0000, 0xE007F}, {0xE000, 0xF8FF},   {0xF0000, 0xF00FF}, {0x10FF00, 0x10FFFF},
        {0xFDD0, 0xFDEF},   {0xFFFE, 0xFFFF},   {0x1FFFE, 0x1FFFF}, {0x378, 0x379},
        {0xFE00, 0xFE0F},   {0xE0100, 0xE01EF}, {0x3164, 0x3164},   {0x115F, 0x1160},
        {0x180B, 0x180F},   {0x34F, 0x34F},     {0x4DC0, 0x4DFF},   {0x3248, 0x324F},
    };
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        for (uint32_t c = ranges[i].first; c <= ranges[i].last; c++) {
            struct str in = STR_INIT, out = STR_INIT;
            char want[32];
            str_add_char(&in, 'a');
            text_encode(&in, c);
            text_safe(&out, in.data, in.len, 0);
            snprintf(want, sizeof want, "a\\u{%x}", c);
            assert_string_equal(str_text(&out), want);
            str_finish(&in);
            str_finish(&out);
        }
}

static void test_broken_utf8(void **state)
{
    (void)state;
    expect_safe_z("a\x80z", "a\\x{80}z");
    expect_safe_z("\xff\xfe", "\\x{ff}\\x{fe}");
    expect_safe_z("\xc0\x80", "\\x{c0}\\x{80}");            /* overlong NUL */
    expect_safe_z("\xe0\x80\xaf", "\\x{e0}\\x{80}\\x{af}"); /* overlong slash */
    expect_safe_z("\xed\xa0\x80", "\\x{ed}\\x{a0}\\x{80}"); /* surrogate */
    expect_safe_z("\xf4\x90\x80\x80", "\\x{f4}\\x{90}\\x{80}\\x{80}");
    expect_safe("\xe2\x82\xac", 2, 0, "\\x{e2}\\x{82}"); /* cut by the length */
    expect_safe_z("\xe2\x82z", "\\x{e2}\\x{82}z");       /* cut by another character */
    expect_safe_z("\xf0\x9f\x98", "\\x{f0}\\x{9f}\\x{98}");
}

static void test_combining_marks(void **state)
{
    (void)state;
    expect_safe_z("e\xcc\x81", "e\xcc\x81");
    expect_safe_z("\xcc\x81x", "\\u{301}x");
    expect_safe_z("\x1b\xcc\x81", "^[\\u{301}");
    expect_safe_z("\xff\xcc\x81", "\\x{ff}\\u{301}");
    expect_safe_z("a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86z",
                  "a\xcc\x81\xcc\x82\xcc\x83\xcc\x84\\u{305}\\u{306}z");
    expect_safe_z("a\xcc\x81\xcc\x82\xcc\x83\xcc\x84"
                  "b\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85",
                  "a\xcc\x81\xcc\x82\xcc\x83\xcc\x84"
                  "b\xcc\x81\xcc\x82\xcc\x83\xcc\x84\\u{305}");
    expect_safe_z("東\xcc\x81", "東\xcc\x81");
    expect_safe_z("\xe0\xa4\x95\xe0\xa4\xbe", "\xe0\xa4\x95\xe0\xa4\xbe"); /* Indic vowel beside */
    expect_safe_z("\xe0\xa4\xbe", "\\u{93e}");
    expect_safe_z("\xe1\x84\x80\xe1\x85\xa1", "\xe1\x84\x80\xe1\x85\xa1"); /* Hangul, in pieces */
    expect_safe_z("a\xe1\x85\xa1", "a\\u{1161}"); /* a vowel that joins no syllable */
}

static void test_emoji(void **state)
{
    (void)state;
    /* A family is joined by an invisible character; who hides one may hide more. */
    expect_safe_z("👩\xe2\x80\x8d👧", "👩\\u{200d}👧");
    expect_safe_z("👍🏽", "👍🏽");
    expect_safe_z("🇨🇭", "🇨🇭");
    expect_safe_z("❤\xef\xb8\x8f", "❤\\u{fe0f}");
}

/* ---- the random walk ---- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Pieces that have done harm somewhere. None holds '^' or a backslash, for the way back. */
static const char *const pieces[] = {
    "\x1b[2J",
    "\x1b]52;c;AAAA\a",
    "\x1bP",
    "\x1b[6n",
    "\xc2\x9b",
    "31m",
    "\r",
    "\n",
    "\t",
    "\x7f",
    "\xe2\x80\xae",
    "\xe2\x80\x8b",
    "\xe2\x81\xa6",
    "\xef\xbb\xbf",
    "\xf3\xa0\x81\x81",
    "\xee\x80\x80",
    "\xcc\x81",
    "\xcc\x88",
    "\xe2\x83\x9d",
    "\xe0\xa4\xbe",
    "\xe1\x85\xa1",
    "\xe1\x84\x80",
    "\xe1\x86\xa8",
    "a",
    "Z",
    " ",
    "0",
    "é",
    "東",
    "🚀",
    "👍",
    "🏽",
    "🇨",
    "\xe2\x80\x8d",
    "\xef\xb8\x8f",
    "ﬁ",
    "\xc3",
    "\xe2\x82",
    "\xf0\x9f",
    "\x80",
    "\xff",
    "\xed\xa0\x80",
    "\xc0\xaf",
    "\xef\xbf\xbe",
    "\xef\xbf\xbd",
    "{",
    "}",
    "\xe0\xb8\xb3",
    "\xd8\x9c",
    "ش",
    "\xe0\xb5\x8e",
};

static void hostile(struct str *out, uint32_t *seed)
{
    str_clear(out);
    uint32_t n = next_random(seed) % 24;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t kind = next_random(seed) % 8;
        if (kind == 0) {
            char c = (char)(next_random(seed) & 0xFF);
            str_add_char(out, c == '^' || c == '\\' ? '_' : c);
        } else if (kind == 1) {
            text_encode(out, 0x80 + next_random(seed) % 0x30000);
        } else {
            str_add(out, pieces[next_random(seed) % ARRAY_LEN(pieces)]);
        }
    }
}

/* Reads text_safe's replacements back into the bytes they stand for. */
static void unsafe(struct str *out, const struct str *in)
{
    for (size_t at = 0; at < in->len;) {
        const char *p = in->data + at;
        if (p[0] == '^') {
            str_add_char(out, p[1] == '?' ? 0x7F : (char)(p[1] - '@'));
            at += 2;
        } else if (p[0] == '\\') {
            char *end;
            unsigned long v = strtoul(p + 3, &end, 16);
            assert_int_equal(p[2], '{');
            assert_int_equal(*end, '}');
            if (p[1] == 'x')
                str_add_char(out, (char)v);
            else
                text_encode(out, (uint32_t)v);
            at += (size_t)(end + 1 - p);
        } else {
            str_add_char(out, p[0]);
            at++;
        }
    }
}

static bool harmless(uint32_t c, bool lines)
{
    static const struct {
        uint32_t first, last;
    } bad[] = {
        {0, 0x1F},        {0x7F, 0x9F},     {0x61C, 0x61C},     {0x200B, 0x200F},
        {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
        {0xE000, 0xF8FF}, {0xFDD0, 0xFDEF}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
    };
    if (lines && c == '\n')
        return true;
    if ((c & 0xFFFE) == 0xFFFE)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (c >= bad[i].first && c <= bad[i].last)
            return false;
    return true;
}

static void check_harmless(const struct str *safe, unsigned flags)
{
    assert_true(text_is_utf8(str_text(safe), safe->len));
    for (size_t at = 0; at < safe->len;) {
        uint32_t c = 0;
        at += text_decode(safe->data + at, safe->len - at, &c);
        assert_true(harmless(c, flags & TEXT_LINES));
        assert_true(c < 0x80 || !(flags & TEXT_ASCII));
    }
    /* Every grapheme has a cell to stand in, and no more marks than a curses cell holds. */
    for (size_t at = 0, n; at < safe->len; at += n) {
        int cells;
        n = text_grapheme(safe->data + at, safe->len - at, &cells);
        assert_true(n > 0);
        assert_true(safe->data[at] == '\n' ? cells == 0 : cells == 1 || cells == 2);
        size_t codes = 0;
        uint32_t c;
        for (size_t k = 0; k < n; codes++)
            k += text_decode(safe->data + at + k, n - k, &c);
        assert_true(codes <= 5);
    }
}

static void test_hostile_strings(void **state)
{
    (void)state;
    static const unsigned flags[] = {0, TEXT_LINES, TEXT_ASCII, TEXT_LINES | TEXT_ASCII};
    struct str in = STR_INIT, safe = STR_INIT, twice = STR_INIT, back = STR_INIT;
    uint32_t seed = 2026;
    for (int i = 0; i < STRINGS; i++) {
        hostile(&in, &seed);
        unsigned f = flags[i % 4];
        str_clear(&safe);
        str_clear(&twice);
        str_clear(&back);
        text_safe(&safe, str_text(&in), in.len, f);
        check_harmless(&safe, f);
        text_safe(&twice, str_text(&safe), safe.len, f);
        assert_int_equal(twice.len, safe.len);
        assert_memory_equal(str_text(&twice), str_text(&safe), safe.len);
        if (f & TEXT_LINES)
            continue; /* a tab cannot be told from spaces */
        unsafe(&back, &safe);
        assert_int_equal(back.len, in.len);
        assert_memory_equal(str_text(&back), str_text(&in), in.len);
    }
    str_finish(&in);
    str_finish(&safe);
    str_finish(&twice);
    str_finish(&back);
}

/* Every single code point, alone and after a letter. */
static void test_every_code_point(void **state)
{
    (void)state;
    struct str in = STR_INIT, safe = STR_INIT, twice = STR_INIT;
    for (uint32_t c = 0; c < 0x110000; c++) {
        str_clear(&in);
        str_clear(&safe);
        text_encode(&in, c);
        if (c >= 0xD800 && c < 0xE000)
            continue;
        str_add_char(&in, 'a');
        text_encode(&in, c);
        text_safe(&safe, in.data, in.len, 0);
        check_harmless(&safe, 0);
        if (c % 16 == 0) {
            str_clear(&twice);
            text_safe(&twice, safe.data, safe.len, 0);
            assert_string_equal(twice.data, safe.data);
        }
    }
    str_finish(&in);
    str_finish(&safe);
    str_finish(&twice);
}

/* ---- UTF-8 ---- */

static void test_decode_and_encode(void **state)
{
    (void)state;
    static const uint32_t codes[] = {0,      0x7F,   0x80,   0x7FF,   0x800,
                                     0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        struct str s = STR_INIT;
        uint32_t back = 1;
        text_encode(&s, codes[i]);
        assert_int_equal(text_decode(s.data, s.len, &back), s.len);
        assert_int_equal(back, codes[i]);
        assert_int_equal(text_decode(s.data, s.len - 1, &back), 0);
        assert_true(text_is_utf8(s.data, s.len));
        str_finish(&s);
    }
    struct str s = STR_INIT;
    text_encode(&s, 0x110000);
    text_encode(&s, 0xD800);
    text_encode(&s, 0xDFFF);
    assert_int_equal(s.len, 0);
    str_finish(&s);
    static const char *const bad[] = {
        "\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf8", "a\xc3"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0é", 4));
}

/* ---- cells ---- */

static void test_widths(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int cells;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"é", 1},
        {"e\xcc\x81", 1},
        {"東京", 4},
        {"ｱ", 1},
        {"Ａ", 2},
        {"한", 2},
        {"\xe1\x84\x80\xe1\x85\xa1", 2},
        {"🚀", 2},
        {"👍🏽", 4},
        {"🇨🇭", 2},
        {"█·…│×°§±", 8}, /* ambiguous: one cell each */
        {"\xe0\xa4\x95\xe0\xa4\xbe", 2},
        {"α→Ω", 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(text_width(cases[i].text, strlen(cases[i].text)), cases[i].cells);
}

static void test_graphemes(void **state)
{
    (void)state;
    int cells = 7;
    assert_int_equal(text_grapheme("", 0, &cells), 0);
    assert_int_equal(cells, 0);
    assert_int_equal(text_grapheme("ab", 2, &cells), 1);
    assert_int_equal(cells, 1);
    assert_int_equal(text_grapheme("e\xcc\x81\xcc\x82x", 6, &cells), 5);
    assert_int_equal(cells, 1);
    assert_int_equal(text_grapheme("東x", 4, &cells), 3);
    assert_int_equal(cells, 2);
    assert_int_equal(text_grapheme("\xff\xfe", 2, &cells), 1); /* not safe text: no hang */
    assert_int_equal(cells, 1);
    assert_int_equal(text_grapheme("\n\xcc\x81", 3, &cells), 1);
    assert_int_equal(cells, 0);
}

static void test_prefix(void **state)
{
    (void)state;
    int used;
    assert_int_equal(text_prefix("abc", 3, 2, &used), 2);
    assert_int_equal(used, 2);
    assert_int_equal(text_prefix("東京", 6, 3, &used), 3);
    assert_int_equal(used, 2);
    assert_int_equal(text_prefix("e\xcc\x81x", 4, 1, NULL), 3);
    assert_int_equal(text_prefix("abc", 3, 0, &used), 0);
    assert_int_equal(text_prefix("abc", 3, 99, &used), 3);
    assert_int_equal(used, 3);
}

/* Bars, lines and ASCII are taken by the run: whatever stands between and on them, that is what one
 * grapheme after the other comes to. */
static void test_runs(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "a",        " ",        "plain text",   "█",    "██████", "─│",
        "▟",        "■", /* the last of them, and one more */
        "\xcc\x81", "é",        "東",           "\x01", "\n",     "\t",
        "\xe2\x96", "\xe2\x94", "\xe2\x97\x80", "\xff", "\x7f"};
    struct str in = STR_INIT, safe = STR_INIT, again = STR_INIT;
    uint32_t seed = 7;
    for (int i = 0; i < STRINGS; i++) {
        str_clear(&in);
        for (int n = 0; n < 12; n++) {
            seed = seed * 1664525u + 1013904223u;
            str_add(&in, parts[(seed >> 8) % ARRAY_LEN(parts)]);
        }
        int sum = 0, cells, used = 0, most = (int)(seed >> 24 & 31), naive = 0;
        size_t prefix = SIZE_MAX;
        for (size_t at = 0; at < in.len;) {
            size_t n = text_grapheme(in.data + at, in.len - at, &cells);
            if (sum + cells > most && prefix == SIZE_MAX) {
                prefix = at;
                naive = sum;
            }
            sum += cells;
            at += n;
        }
        if (prefix == SIZE_MAX) {
            prefix = in.len;
            naive = sum;
        }
        assert_int_equal(text_width(in.data, in.len), sum);
        assert_int_equal(text_prefix(in.data, in.len, most, &used), prefix);
        assert_int_equal(used, naive);
        str_clear(&safe);
        str_clear(&again);
        text_safe(&safe, in.data, in.len, 0);
        text_safe(&again, str_text(&safe), safe.len, 0);
        assert_string_equal(str_text(&again), str_text(&safe));
        check_harmless(&safe, 0);
    }
    str_finish(&in);
    str_finish(&safe);
    str_finish(&again);
    expect_safe_z("██\xcc\x81x", "██\xcc\x81x"); /* a mark stands on the last of a bar */
    expect_safe("██\tx", 8, TEXT_LINES, "██      x");
    expect_safe("██", 6, TEXT_ASCII, "\\u{2588}\\u{2588}");
}

static void expect_fit(const char *in, int cells, enum text_align align, const char *want)
{
    struct str out = STR_INIT;
    text_fit(&out, in, strlen(in), cells, align, "…");
    assert_string_equal(str_text(&out), want);
    str_finish(&out);
}

static void test_fit(void **state)
{
    (void)state;
    expect_fit("abc", 5, TEXT_LEFT, "abc  ");
    expect_fit("abc", 5, TEXT_RIGHT, "  abc");
    expect_fit("abc", 3, TEXT_LEFT, "abc");
    expect_fit("abcd", 3, TEXT_LEFT, "ab…");
    expect_fit("abcd", 1, TEXT_LEFT, "…");
    expect_fit("abcd", 0, TEXT_LEFT, "");
    expect_fit("abcd", -3, TEXT_RIGHT, "");
    expect_fit("東京都", 6, TEXT_LEFT, "東京都");
    expect_fit("東京都", 4, TEXT_LEFT, "東… ");
    expect_fit("東京都", 4, TEXT_RIGHT, " 東…");
    expect_fit("", 2, TEXT_LEFT, "  ");
}

static void test_fit_fills_exactly(void **state)
{
    (void)state;
    struct str in = STR_INIT, safe = STR_INIT, out = STR_INIT;
    uint32_t seed = 7;
    for (int i = 0; i < STRINGS; i++) {
        hostile(&in, &seed);
        str_clear(&safe);
        str_clear(&out);
        text_safe(&safe, str_text(&in), in.len, 0);
        int cells = (int)(next_random(&seed) % 40);
        bool ascii = i % 3 == 0;
        text_fit(&out, str_text(&safe), safe.len, cells, i % 2 ? TEXT_LEFT : TEXT_RIGHT,
                 ascii ? "~" : "…");
        assert_int_equal(text_width(str_text(&out), out.len), cells);
        /* Cut between graphemes, so that what is left is still safe. */
        str_clear(&in);
        text_safe(&in, str_text(&out), out.len, 0);
        assert_string_equal(str_text(&in), str_text(&out));
    }
    str_finish(&in);
    str_finish(&safe);
    str_finish(&out);
}

static void test_prev_and_next(void **state)
{
    (void)state;
    const char *s = "ae\xcc\x81東z";
    size_t len = strlen(s);
    static const size_t stops[] = {0, 1, 4, 7, 8};
    assert_int_equal(len, 8);
    for (size_t i = 1; i < ARRAY_LEN(stops); i++) {
        assert_int_equal(text_prev(s, len, stops[i]), stops[i - 1]);
        assert_int_equal(text_next(s, len, stops[i - 1]), stops[i]);
    }
    assert_int_equal(text_prev(s, len, 0), 0);
    assert_int_equal(text_next(s, len, len), len);
    assert_int_equal(text_next(s, len, 2), 4); /* from inside a grapheme to its end or its start */
    assert_int_equal(text_prev(s, len, 2), 1);
    assert_int_equal(text_next("", 0, 0), 0);
    assert_int_equal(text_prev("", 0, 0), 0);
}

/* text_prev has a way that is short for ASCII: of any bytes, it says what a walk from the start
 * says. */
static void test_prev_is_a_walk(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "a",   "Z9",   " ",        "~",        "\x7F",         "\r\n", "\xCC\x81",
        "\t",  "\xE2", "\xE2\x80", "\xC3\xA9", "\xE2\x80\x8D", "\xFF", "\xF0\x9F\x91\xA9",
        "\x80"};
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct str s = STR_INIT;
        for (int i = 0; i < 6; i++) {
            seed = seed * 1664525u + 1013904223u;
            str_add(&s, parts[(seed >> 16) % ARRAY_LEN(parts)]);
        }
        for (size_t at = 0; at <= s.len + 1; at++) {
            size_t before = 0, here = 0;
            int cells;
            while (here < at && here < s.len) {
                before = here;
                here += text_grapheme(s.data + here, s.len - here, &cells);
            }
            assert_int_equal(text_prev(s.data, s.len, at), before);
        }
        str_finish(&s);
    }
}

/* ---- folding ---- */

static void test_fold(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"", ""},
        {"AZ az_09", "az az_09"},
        {"Zürich", "zurich"},
        {"ZU\xcc\x88RICH", "zurich"},
        {"STRASSE", "strasse"},
        {"Straße", "strasse"},
        {"ﬁle", "file"},
        {"Ａ１", "a1"},
        {"ΣΊΣΥΦΟΣ", "σισυφοσ"},
        {"σίσυφος", "σισυφοσ"},
        {"İ", "i"},
        {"Ё", "е"},
        {"東京", "東京"},
        {"a\xff\xc3z", "a\xff\xc3z"},
        {"Å", "a"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT;
        text_fold(&out, cases[i].in, strlen(cases[i].in));
        assert_string_equal(str_text(&out), cases[i].want);
        str_finish(&out);
    }
    struct str a = STR_INIT, b = STR_INIT;
    text_fold(&a, "\xea\xb0\x80", 3); /* a syllable and its pieces are the same */
    text_fold(&b, "\xe1\x84\x80\xe1\x85\xa1", 6);
    assert_string_equal(str_text(&a), str_text(&b));
    str_finish(&a);
    str_finish(&b);
}

/* The longest expansion is 18 code points (U+FDFA): nothing falls out of the buffer. */
static void test_fold_every_code_point(void **state)
{
    (void)state;
    struct str in = STR_INIT, out = STR_INIT;
    for (uint32_t c = 0; c < 0x110000; c++) {
        str_clear(&in);
        str_clear(&out);
        text_encode(&in, c);
        text_fold(&out, str_text(&in), in.len);
        assert_true(text_is_utf8(str_text(&out), out.len));
        assert_true(out.len <= 18 * 4);
    }
    str_clear(&out);
    text_fold(&out, "\xef\xb7\xba", 3);
    assert_int_equal(out.data[0], '\xd8');
    assert_true(out.len > 30);
    str_finish(&in);
    str_finish(&out);
}

static void test_copy(void **state)
{
    static const struct {
        const char *in, *out;
    } known[] = {
        {"", ""},
        {"abcdefg", "abcdefg"},
        {"abcdefgh", "abcdefg"},
        {"abcde\xc3\xa9", "abcde\xc3\xa9"},
        {"abcdef\xc3\xa9", "abcdef"},
        {"abcde\xe2\x82\xac", "abcde"},
        {"abcd\xf0\x9f\x98\x80", "abcd"},
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80", "\x80\x80\x80\x80"}, /* not UTF-8: any cut does */
    };
    char out[8];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        text_copy(out, sizeof out, known[i].in);
        assert_string_equal(out, known[i].out);
    }
}

static void test_cut(void **state)
{
    static const char in[] = "a\xc3\xa4\xe2\x82\xac"; /* 1, 2 and 3 bytes */
    static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6};
    (void)state;
    for (size_t most = 0; most < sizeof want / sizeof *want; most++)
        assert_int_equal(text_cut(in, sizeof in - 1, most), want[most]);
    assert_int_equal(text_cut("\x80\x80\x80\x80\x80\x80", 6, 5), 2); /* no UTF-8: some of it */
    assert_int_equal(text_cut("", 0, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_stays),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_disallowed_ranges),
        cmocka_unit_test(test_broken_utf8),
        cmocka_unit_test(test_combining_marks),
        cmocka_unit_test(test_emoji),
        cmocka_unit_test(test_hostile_strings),
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_decode_and_encode),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_graphemes),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_fit_fills_exactly),
        cmocka_unit_test(test_prev_and_next),
        cmocka_unit_test(test_prev_is_a_walk),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_fold_every_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
