/* json.c: see json.h. Recursive descent; depth is capped because the stack of a connection's thread
 * is. */
#include "sandbox/json.h"

#include "base/mem.h"

#include <string.h>

struct reader {
    const char *p, *at, *end;
    struct json_fault *fault;
    const char *fault_at;
    int depth;
};

static bool fail(struct reader *r, const char *at, const char *words)
{
    r->fault_at = at;
    r->fault->words = words;
    return false;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static struct json *node_create(void)
{
    return mem_calloc(1, sizeof(struct json));
}

void json_destroy(struct json *j)
{
    while (j) {
        struct json *next = j->next;
        json_destroy(j->child);
        str_finish(&j->text);
        str_finish(&j->key);
        mem_free(j);
        j = next;
    }
}

/* ---- strings ---- */

/* The length of the UTF-8 sequence at p, or 0 when it is not one. The second byte's bounds rule out
 * overlong forms, surrogates and what lies beyond U+10FFFF. */
static size_t utf8_len(const unsigned char *p, size_t len)
{
    static const struct {
        unsigned char first, last, low, high;
        size_t len;
    } table[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = table[i].len;
        if (p[0] < table[i].first || p[0] > table[i].last)
            continue;
        if (n > len || (n > 1 && (p[1] < table[i].low || p[1] > table[i].high)))
            return 0;
        for (size_t k = 2; k < n; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return n;
    }
    return 0;
}

bool json_is_utf8(struct span s)
{
    for (size_t i = 0, n; i < s.len; i += n) {
        n = utf8_len((const unsigned char *)s.p + i, s.len - i);
        if (n == 0)
            return false;
    }
    return true;
}

static void add_code(struct str *out, unsigned c)
{
    char b[4];
    if (c < 0x80) {
        str_add_char(out, (char)c);
    } else if (c < 0x800) {
        b[0] = (char)(0xc0 | c >> 6);
        b[1] = (char)(0x80 | (c & 0x3f));
        str_append(out, b, 2);
    } else if (c < 0x10000) {
        b[0] = (char)(0xe0 | c >> 12);
        b[1] = (char)(0x80 | (c >> 6 & 0x3f));
        b[2] = (char)(0x80 | (c & 0x3f));
        str_append(out, b, 3);
    } else {
        b[0] = (char)(0xf0 | c >> 18);
        b[1] = (char)(0x80 | (c >> 12 & 0x3f));
        b[2] = (char)(0x80 | (c >> 6 & 0x3f));
        b[3] = (char)(0x80 | (c & 0x3f));
        str_append(out, b, 4);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits at p, or -1. */
static int hex4(const char *p, const char *end)
{
    int n = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0)
            return -1;
        n = n * 16 + d;
    }
    return n;
}

/* After "\u": joins a surrogate pair; half of one is noted in *lone and written as U+FFFD. */
static bool read_unicode(struct reader *r, struct str *out, bool *lone)
{
    int c = hex4(r->at, r->end);
    if (c < 0)
        return fail(r, r->at - 1, "Invalid \\uXXXX escape");
    r->at += 4;
    if (c >= 0xd800 && c < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
        int low = hex4(r->at + 2, r->end);
        if (low >= 0xdc00 && low < 0xe000) {
            r->at += 6;
            add_code(out, 0x10000u + ((unsigned)(c - 0xd800) << 10) + (unsigned)(low - 0xdc00));
            return true;
        }
    }
    if (c >= 0xd800 && c < 0xe000) {
        *lone = true;
        c = 0xfffd;
    }
    add_code(out, (unsigned)c);
    return true;
}

static bool read_escape(struct reader *r, struct str *out, bool *lone)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = *r->at++;
    if (c == 'u')
        return read_unicode(r, out, lone);
    const char *hit = c ? strchr(from, c) : NULL;
    if (!hit)
        return fail(r, r->at - 2, "Invalid \\escape");
    str_add_char(out, to[hit - from]);
    return true;
}

/* At the opening quote. */
static bool read_string(struct reader *r, struct str *out, bool *lone)
{
    const char *start = r->at++;
    str_reserve(out, 0);
    while (r->at < r->end) {
        const char *run = r->at;
        while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 0x20)
            r->at++;
        str_append(out, run, (size_t)(r->at - run));
        if (r->at == r->end)
            break;
        if (*r->at == '"') {
            r->at++;
            return true;
        }
        if (*r->at != '\\')
            return fail(r, r->at, "Invalid control character at");
        if (++r->at == r->end)
            break;
        if (!read_escape(r, out, lone))
            return false;
    }
    return fail(r, start, "Unterminated string starting at");
}

/* ---- values ---- */

static bool read_value(struct reader *r, struct json *j);

static bool digits(struct reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > start;
}

/* RFC 8259, 6. As in Python, a fraction or exponent without digits ends the number before it. */
static bool read_number(struct reader *r)
{
    const char *start = r->at;
    if (*r->at == '-')
        r->at++;
    if (r->at < r->end && *r->at == '0')
        r->at++;
    else if (!digits(r))
        return fail(r, start, "Expecting value");
    const char *good = r->at;
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!digits(r)) {
            r->at = good;
            return true;
        }
        good = r->at;
    }
    if (r->at < r->end && (*r->at | 0x20) == 'e') {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        if (!digits(r))
            r->at = good;
    }
    return true;
}

static bool read_array(struct reader *r, struct json *j)
{
    struct json **tail = &j->child;
    r->at++;
    skip_space(r);
    if (r->at < r->end && *r->at == ']') {
        r->at++;
        return true;
    }
    for (;;) {
        *tail = node_create();
        if (!read_value(r, *tail))
            return false;
        tail = &(*tail)->next;
        skip_space(r);
        if (r->at < r->end && *r->at == ']') {
            r->at++;
            return true;
        }
        if (r->at == r->end || *r->at != ',')
            return fail(r, r->at, "Expecting ',' delimiter");
        r->at++;
    }
}

/* Puts a member into the object; an earlier one of that name gives up its value. */
static void member_add(struct json *object, struct json ***tail, struct json *member)
{
    for (struct json **at = &object->child; *at; at = &(*at)->next) {
        if (!span_eq(span_from(&(*at)->key), span_from(&member->key)))
            continue;
        struct json *old = *at;
        member->next = old->next;
        *at = member;
        if (*tail == &old->next)
            *tail = &member->next;
        old->next = NULL;
        json_destroy(old);
        return;
    }
    **tail = member;
    *tail = &member->next;
}

static bool read_member(struct reader *r, struct json *m)
{
    skip_space(r);
    if (r->at == r->end || *r->at != '"')
        return fail(r, r->at, "Expecting property name enclosed in double quotes");
    if (!read_string(r, &m->key, &m->lone))
        return false;
    m->lone = false;
    skip_space(r);
    if (r->at == r->end || *r->at != ':')
        return fail(r, r->at, "Expecting ':' delimiter");
    r->at++;
    return read_value(r, m);
}

static bool read_object(struct reader *r, struct json *j)
{
    struct json **tail = &j->child;
    r->at++;
    skip_space(r);
    if (r->at < r->end && *r->at == '}') {
        r->at++;
        return true;
    }
    for (int members = 0;; members++) {
        if (members == JSON_MEMBERS_MAX)
            return fail(r, r->at, "Too many members");
        struct json *m = node_create();
        if (!read_member(r, m)) {
            json_destroy(m);
            return false;
        }
        member_add(j, &tail, m);
        skip_space(r);
        if (r->at < r->end && *r->at == '}') {
            r->at++;
            return true;
        }
        if (r->at == r->end || *r->at != ',')
            return fail(r, r->at, "Expecting ',' delimiter");
        r->at++;
    }
}

static bool read_word(struct reader *r, struct json *j)
{
    static const struct {
        const char *word;
        enum json_type type;
    } words[] = {{"null", JSON_NULL}, {"false", JSON_FALSE}, {"true", JSON_TRUE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word);
        if ((size_t)(r->end - r->at) >= n && memcmp(r->at, words[i].word, n) == 0) {
            j->type = words[i].type;
            r->at += n;
            return true;
        }
    }
    return fail(r, r->at, "Expecting value");
}

static bool read_nested(struct reader *r, struct json *j, char c)
{
    if (++r->depth > JSON_DEPTH_MAX)
        return fail(r, r->at, "Too many levels");
    j->type = c == '[' ? JSON_ARRAY : JSON_OBJECT;
    bool ok = c == '[' ? read_array(r, j) : read_object(r, j);
    r->depth--;
    return ok;
}

static bool read_value(struct reader *r, struct json *j)
{
    skip_space(r);
    const char *start = r->at;
    bool ok;
    char c = '\0';
    if (r->at < r->end)
        c = *r->at;
    if (c == '{' || c == '[') {
        ok = read_nested(r, j, c);
    } else if (c == '"') {
        j->type = JSON_STRING;
        ok = read_string(r, &j->text, &j->lone);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        j->type = JSON_NUMBER;
        ok = read_number(r);
    } else {
        ok = read_word(r, j);
    }
    j->raw.p = start;
    j->raw.len = (size_t)(r->at - start);
    return ok;
}

struct json *json_read(struct span in, struct json_fault *fault)
{
    struct reader r = {in.p, in.p, in.p + in.len, fault, in.p, 0};
    struct json *j = node_create();
    bool ok = read_value(&r, j);
    if (ok) {
        skip_space(&r);
        if (r.at < r.end)
            ok = fail(&r, r.at, "Extra data");
    }
    if (ok)
        return j;
    json_destroy(j);
    fault->at = 0;
    for (const char *p = r.p; p < r.fault_at; p++)
        fault->at += ((unsigned char)*p & 0xc0) != 0x80;
    return NULL;
}

const struct json *json_member_named(const struct json *object, struct span name)
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json *m = object->child; m; m = m->next)
        if (span_eq(span_from(&m->key), name))
            return m;
    return NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
    return json_member_named(object, span_of(name));
}

/* ---- writing ---- */

static void add_escaped(struct str *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *hit = c ? strchr(from, c) : NULL;
    if (hit) {
        str_add_char(out, '\\');
        str_add_char(out, to[hit - from]);
    } else {
        str_printf(out, "\\u%04x", c);
    }
}

void json_add_string(struct str *out, struct span s)
{
    str_reserve(out, s.len + 2);
    str_add_char(out, '"');
    for (size_t i = 0; i < s.len;) {
        size_t run = i;
        while (run < s.len && (unsigned char)s.p[run] >= 0x20 && (unsigned char)s.p[run] < 0x80 &&
               s.p[run] != '"' && s.p[run] != '\\')
            run++;
        str_append(out, s.p + i, run - i);
        i = run;
        if (i == s.len)
            break;
        size_t n = utf8_len((const unsigned char *)s.p + i, s.len - i);
        if (n == 1)
            add_escaped(out, (unsigned char)s.p[i]);
        else if (n == 0)
            str_add(out, "\xef\xbf\xbd");
        else
            str_append(out, s.p + i, n);
        i += n ? n : 1;
    }
    str_add_char(out, '"');
}

void json_add_int(struct str *out, int64_t n)
{
    char b[24], *p = b + sizeof b;
    uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0)
        *--p = '-';
    str_append(out, p, (size_t)(b + sizeof b - p));
}
