/* json_scan.c: see json_scan.h. One pass, no tree; numbers stay the characters they are. */
#include "model/json_scan.h"

#include "base/text.h"
#include "model/scan.h"

#include <string.h>

void json_space(struct json_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

static bool fail(struct json_scan *s, const char *why)
{
    s->wrong = why;
    return false;
}

bool json_take(struct json_scan *s, char c)
{
    if (s->at >= s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool skip_escape(struct json_scan *s)
{
    s->at++;
    if (s->at >= s->end)
        return fail(s, "a string is not closed");
    char c = *s->at++;
    if (c != 'u')
        return strchr("\"\\/bfnrt", c) && c ? true : fail(s, "an unknown escape");
    for (int i = 0; i < 4; i++, s->at++) {
        if (s->at >= s->end || !is_hex(*s->at))
            return fail(s, "\\u without four hex digits");
    }
    return true;
}

bool json_string(struct json_scan *s, struct span *raw, bool *escaped)
{
    const char *start = ++s->at;
    bool high = false;
    *escaped = false;
    for (;;) {
        if (s->at >= s->end)
            return fail(s, "a string is not closed");
        unsigned char c = (unsigned char)*s->at;
        if (c == '"')
            break;
        if (c < 0x20)
            return fail(s, "a control character in a string");
        if (c == '\\') {
            *escaped = true;
            if (!skip_escape(s))
                return false;
            continue;
        }
        high |= c >= 0x80;
        s->at++;
    }
    *raw = (struct span){start, (size_t)(s->at - start)};
    if (high && !text_is_utf8(raw->p, raw->len))
        return fail(s, "a string is not UTF-8");
    s->at++;
    return true;
}

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
        return fail(s, "not a value");
    if (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        return fail(s, "a number with a leading zero");
    if (json_take(s, '.') && !digits(s))
        return fail(s, "a number without digits after the point");
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (!json_take(s, '+'))
            json_take(s, '-');
        if (!digits(s))
            return fail(s, "a number without an exponent");
    }
    return true;
}

static bool skip_word(struct json_scan *s, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return fail(s, "not a value");
    s->at += len;
    return true;
}

static bool skip_members(struct json_scan *s, int depth, char close)
{
    s->at++;
    json_space(s);
    if (json_take(s, close))
        return true;
    for (;;) {
        struct span key;
        bool escaped;
        json_space(s);
        if (close == '}') {
            if (s->at >= s->end || *s->at != '"')
                return fail(s, "a key is missing");
            if (!json_string(s, &key, &escaped))
                return false;
            json_space(s);
            if (!json_take(s, ':'))
                return fail(s, "a colon is missing");
        }
        if (!json_skip(s, depth))
            return false;
        json_space(s);
        if (json_take(s, close))
            return true;
        if (!json_take(s, ','))
            return fail(s, "a comma is missing");
    }
}

bool json_skip(struct json_scan *s, int depth)
{
    struct span raw;
    bool escaped;
    json_space(s);
    if (s->at >= s->end)
        return fail(s, "it ends too early");
    switch (*s->at) {
    case '{':
    case '[':
        if (depth <= 0)
            return fail(s, "it is nested too deep");
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
