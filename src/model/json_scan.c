/* json_scan.c: see json_scan.h. Strings, most of the bytes, are looked at eight or sixteen at
 * a time. */
#include "model/json_scan.h"

#include "base/text.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

bool json_fail(struct json_scan *s, const char *why)
{
    s->wrong = why;
    return false;
}

/* ---- strings ---- */

/* Not 0 when one of eight bytes ends a plain run: a control, a quote, a backslash, or not ASCII.
 * The lowest bit set is exact (a borrow can only spoil bytes above a true one). */
static uint64_t run_stops(uint64_t v)
{
    uint64_t quote = v ^ (ONES * '"'), slash = v ^ (ONES * '\\');
    uint64_t low = ((v - ONES * 0x20) | (quote - ONES) | (slash - ONES)) & ~v;
    return (low | v) & HIGHS;
}

static void skip_plain(struct json_scan *s)
{
#ifdef __SSE2__
    /* The same for sixteen, which is most strings: as a signed byte, what is not ASCII is below a
       blank, too. */
    while (s->end - s->at >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s->at);
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
        ends = _mm_or_si128(ends, _mm_cmplt_epi8(v, _mm_set1_epi8(' ')));
        int stops = _mm_movemask_epi8(ends);
        if (stops) {
            s->at += __builtin_ctz((unsigned)stops);
            return;
        }
        s->at += 16;
    }
#endif
    while (s->end - s->at >= 8) {
        uint64_t v;
        memcpy(&v, s->at, 8);
        uint64_t stops = run_stops(v);
        if (stops) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            s->at += __builtin_ctzll(stops) / 8;
#endif
            return;
        }
        s->at += 8;
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool skip_escape(struct json_scan *s)
{
    s->at++;
    if (s->at >= s->end)
        return json_fail(s, "a string is not closed");
    char c = *s->at;
    if (c == '\0' || !strchr("\"\\/bfnrtu", c))
        return json_fail(s, "an unknown escape");
    s->at++;
    for (int i = 0; c == 'u' && i < 4; i++, s->at++) {
        if (s->at >= s->end || !is_hex(*s->at))
            return json_fail(s, "\\u without four hex digits");
    }
    return true;
}

/* One character beyond ASCII (RFC 3629). */
static bool skip_utf8(struct json_scan *s)
{
    const unsigned char *p = (const unsigned char *)s->at;
    size_t left = (size_t)(s->end - s->at);
    size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    unsigned char min = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char max = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    bool good = p[0] >= 0xC2 && p[0] <= 0xF4;
    for (size_t i = 1; good && i < need && i < left; i++) {
        good = p[i] >= min && p[i] <= max;
        min = 0x80;
        max = 0xBF;
    }
    if (good && left >= need) {
        s->at += need;
        return true;
    }
    if (good) /* what there is could become one */
        s->at = s->end;
    return json_fail(s, "a string is not UTF-8");
}

bool json_string(struct json_scan *s, struct span *raw, bool *escaped)
{
    const char *start = ++s->at;
    *escaped = false;
    for (;;) {
        skip_plain(s);
        if (s->at >= s->end)
            return json_fail(s, "a string is not closed");
        unsigned char c = (unsigned char)*s->at;
        if (c == '"')
            break;
        if (c < 0x20)
            return json_fail(s, "a control character in a string");
        if (c == '\\') {
            *escaped = true;
            if (!skip_escape(s))
                return false;
        } else if (c >= 0x80) {
            if (!skip_utf8(s))
                return false;
        } else {
            s->at++;
        }
    }
    *raw = (struct span){start, (size_t)(s->at - start)};
    s->at++;
    return true;
}

/* ---- numbers and words ---- */

static bool digits(struct json_scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > from;
}

static bool skip_number(struct json_scan *s)
{
    json_take(s, '-');
    if (!json_take(s, '0') && !digits(s))
        return json_fail(s, "not a value");
    if (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        return json_fail(s, "a number with a leading zero");
    if (json_take(s, '.') && !digits(s))
        return json_fail(s, "a number without digits after the point");
    if (json_take(s, 'e') || json_take(s, 'E')) {
        if (!json_take(s, '+'))
            json_take(s, '-');
        if (!digits(s))
            return json_fail(s, "a number without digits in its exponent");
    }
    return true;
}

static bool skip_word(struct json_scan *s, const char *word)
{
    for (; *word; word++, s->at++) {
        if (s->at >= s->end || *s->at != *word)
            return json_fail(s, "not a value");
    }
    return true;
}

/* ---- objects and lists ---- */

bool json_key(struct json_scan *s, struct span *raw, bool *escaped)
{
    json_space(s);
    if (s->at >= s->end || *s->at != '"')
        return json_fail(s, "a key is missing");
    if (!json_string(s, raw, escaped))
        return false;
    json_space(s);
    if (!json_take(s, ':'))
        return json_fail(s, "a colon is missing");
    json_space(s);
    return true;
}

int json_next(struct json_scan *s, char close)
{
    json_space(s);
    if (json_take(s, ','))
        return 1;
    if (json_take(s, close))
        return 0;
    json_fail(s, "a comma is missing");
    return -1;
}

static bool skip_members(struct json_scan *s, int depth, char close)
{
    struct span key;
    bool escaped;
    int more;
    s->at++;
    json_space(s);
    if (json_take(s, close))
        return true;
    do {
        if (close == '}' && !json_key(s, &key, &escaped))
            return false;
        if (!json_skip(s, depth))
            return false;
        more = json_next(s, close);
    } while (more > 0);
    return more == 0;
}

bool json_skip(struct json_scan *s, int depth)
{
    struct span raw;
    bool escaped;
    json_space(s);
    if (s->at >= s->end)
        return json_fail(s, "it ends too early");
    switch (*s->at) {
    case '{':
    case '[':
        if (depth <= 0)
            return json_fail(s, "it is nested too deep");
        return skip_members(s, depth - 1, *s->at == '{' ? '}' : ']');
    case '"':
        return json_string(s, &raw, &escaped);
    case 't':
        return skip_word(s, "true");
    case 'f':
        return skip_word(s, "false");
    case 'n':
        return skip_word(s, "null");
    default:
        return skip_number(s);
    }
}

/* ---- what a string and a number mean ---- */

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

/* The code point of \uXXXX at p, with its second half; 0 when it is none that may stand alone. */
static uint32_t unicode_escape(const char *p, const char *end, size_t *used)
{
    uint32_t c = hex4(p + 2);
    *used = 6;
    if (c >= 0xD800 && c <= 0xDBFF && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        uint32_t low = hex4(p + 8);
        if (low < 0xDC00 || low > 0xDFFF)
            return 0;
        *used = 12;
        return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    return c >= 0xD800 && c <= 0xDFFF ? 0 : c;
}

bool json_unescape(struct span raw, struct arena *mem, struct span *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    struct str s = STR_INIT;
    const char *p = raw.p, *end = raw.p + raw.len;
    bool good = true;
    str_reserve(&s, raw.len);
    while (good && p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        str_append(&s, p, (size_t)((slash ? slash : end) - p));
        if (!slash)
            break;
        p = slash;
        if (p[1] != 'u') {
            str_add_char(&s, to[strchr(from, p[1]) - from]);
            p += 2;
            continue;
        }
        size_t used;
        uint32_t code = unicode_escape(p, end, &used);
        good = code != 0;
        if (good)
            text_encode(&s, code);
        p += used;
    }
    if (good)
        *out = arena_dup(mem, span_from(&s));
    str_finish(&s);
    return good;
}

/* A number as its significant digits and a power of ten, without a double: 1.50e3 is 15 and 2. */
struct decimal {
    char digits[20]; /* the first 20; what is beyond only matters to say that it is beyond */
    int64_t count;   /* significant digits in all, without zeros at both ends */
    int64_t power;
    bool negative;
};

#define PLAIN_DIGITS 18 /* so many are below INT64_MAX whatever they are */

static int64_t read_exponent(const char *p, const char *end)
{
    bool negative = p < end && *p == '-';
    int64_t n = 0;
    p += p < end && (*p == '-' || *p == '+');
    for (; p < end; p++)
        n = n > 1000000000 ? n : n * 10 + (*p - '0');
    return negative ? -n : n;
}

static struct decimal read_decimal(struct span number)
{
    struct decimal d = {.negative = number.p[0] == '-'};
    const char *p = number.p + d.negative, *end = number.p + number.len;
    bool fraction = false;
    int64_t zeros = 0; /* seen since the last digit that counts */
    for (; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        d.power -= fraction;
        if (*p == '0') {
            zeros += d.count > 0;
            continue;
        }
        for (; zeros; zeros--) {
            if (d.count < (int64_t)sizeof d.digits)
                d.digits[d.count] = '0';
            d.count++;
        }
        if (d.count < (int64_t)sizeof d.digits)
            d.digits[d.count] = *p;
        d.count++;
    }
    d.power += zeros;
    if (p < end)
        d.power += read_exponent(p + 1, end);
    return d;
}

/* Nearly all numbers are a few digits and nothing else. */
static bool plain_whole(struct span number, int64_t *out)
{
    int64_t n = 0;
    if (!number.len || number.len > PLAIN_DIGITS)
        return false;
    for (size_t i = 0; i < number.len; i++) {
        unsigned digit = (unsigned)(unsigned char)number.p[i] - '0';
        if (digit > 9)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return true;
}

bool json_whole(struct span number, int64_t *out)
{
    if (plain_whole(number, out))
        return true;
    *out = 0;
    if (!number.len || !strchr("-0123456789", number.p[0]) || !number.p[0])
        return false;
    struct decimal d = read_decimal(number);
    uint64_t limit = d.negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, n = 0;
    int64_t whole_digits = d.count + d.power;
    bool exact = d.power >= 0;
    if (d.count == 0)
        return true;
    for (int64_t i = 0; i < whole_digits; i++) {
        unsigned digit = i < d.count ? (unsigned)(d.digits[i] - '0') : 0;
        if (n > (limit - digit) / 10) { /* at the 20th digit for sure */
            *out = d.negative ? INT64_MIN : INT64_MAX;
            return false;
        }
        n = n * 10 + digit;
    }
    if (!exact && whole_digits >= 0 && d.digits[whole_digits] >= '5' && n < limit)
        n++;
    *out = d.negative ? (int64_t)(0 - n) : (int64_t)n;
    return exact;
}
