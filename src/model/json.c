/* json.c: see json.h. */
#include "model/json.h"

#include "base/mem.h"
#include "base/text.h"
#include "model/scan.h"

#include <stdio.h>
#include <string.h>

void json_global_init(void)
{
    cJSON_Hooks hooks = {mem_alloc, mem_free};
    cJSON_InitHooks(&hooks);
}

/* \u0000 in a string would cut it short: cJSON hands out C strings. */
static bool has_nul_escape(struct span text)
{
    for (size_t i = 0; i + 5 < text.len; i++) {
        if (text.p[i] != '\\')
            continue;
        if (memcmp(text.p + i, "\\u0000", 6) == 0)
            return true;
        i++;
    }
    return false;
}

enum status json_parse(struct span text, cJSON **out, struct error *err)
{
    *out = NULL;
    enum status st = scan_check(text, NULL, err);
    if (st)
        return st;
    if (has_nul_escape(text))
        return error_set(err, ST_PARSE, "not usable: a text with U+0000");
    *out = cJSON_ParseWithLength(text.p, text.len);
    return *out ? ST_OK : error_set(err, ST_PARSE, "not JSON");
}

const cJSON *json_get(const cJSON *object, const char *key)
{
    const cJSON *found = NULL, *item;
    if (!cJSON_IsObject(object))
        return NULL;
    /* cJSON's own look-up gives the first of two equal keys, the record scanner the last. */
    cJSON_ArrayForEach(item, object)
    {
        if (strcmp(item->string, key) == 0)
            found = item;
    }
    return found;
}

const char *json_get_string(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(json_get(object, key));
}

static void add_escaped(struct str *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *p = c ? strchr(from, c) : NULL;
    if (p)
        str_printf(out, "\\%c", to[p - from]);
    else
        str_printf(out, "\\u%04x", c);
}

void json_quote(struct str *out, struct span text)
{
    str_add_char(out, '"');
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.p[i];
        uint32_t code;
        size_t n = c < 0x80 ? 1 : text_decode(text.p + i, text.len - i, &code);
        if (n == 0) {
            str_add(out, "\uFFFD");
            i++;
            continue;
        }
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
            add_escaped(out, c);
        else
            str_append(out, text.p + i, n);
        i += n;
    }
    str_add_char(out, '"');
}

static void add_code(struct str *out, uint32_t code)
{
    if (code < 0x10000) {
        str_printf(out, "\\u%04x", code);
        return;
    }
    code -= 0x10000;
    str_printf(out, "\\u%04x\\u%04x", 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF));
}

static bool is_safe(struct str *scratch, const char *p, size_t len)
{
    str_clear(scratch);
    text_safe(scratch, p, len, 0);
    return span_eq(span_from(scratch), (struct span){p, len});
}

/* Characters beyond ASCII: as they are when text_safe leaves the whole run alone, otherwise each by
 * itself, so that a mark that is one too many is escaped too. */
static void add_run(struct str *out, struct str *scratch, const char *p, size_t len)
{
    bool safe = is_safe(scratch, p, len);
    for (size_t i = 0, n; i < len && !safe; i += n) {
        uint32_t code;
        n = text_decode(p + i, len - i, &code);
        if (n == 0) {
            str_add(out, "\\ufffd");
            n = 1;
        } else if (is_safe(scratch, p + i, n)) {
            str_append(out, p + i, n);
        } else {
            add_code(out, code);
        }
    }
    if (safe)
        str_append(out, p, len);
}

void json_safe(struct str *out, struct span raw)
{
    struct str scratch = STR_INIT;
    for (size_t i = 0, n; i < raw.len; i += n) {
        unsigned char c = (unsigned char)raw.p[i];
        /* Together with the letter before it, which a combining mark stands on; a quote is none. */
        n = 1;
        while (c != '"' && i + n < raw.len && (unsigned char)raw.p[i + n] >= 0x80)
            n++;
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t')) {
            add_code(out, c);
            n = 1;
        } else if (n > 1 || c >= 0x80) {
            add_run(out, &scratch, raw.p + i, n);
        } else if (c >= 0x20) {
            str_add_char(out, (char)c); /* a line end or tab between tokens says nothing */
        }
    }
    str_finish(&scratch);
}

static void new_line(struct str *out, int depth)
{
    str_add_char(out, '\n');
    str_fill(out, ' ', (size_t)depth * 2);
}

static size_t string_len(const char *p, size_t len)
{
    size_t i = 1;
    while (i < len && p[i] != '"')
        i += p[i] == '\\' ? 2 : 1;
    return i + 1 < len ? i + 1 : len;
}

void json_pretty(struct str *out, struct span raw)
{
    int depth = 0;
    bool opened = false;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.p[i];
        if (strchr(" \n\r\t", c) && c)
            continue;
        bool closes = c == '}' || c == ']';
        if (closes)
            depth--;
        if (opened != closes && (opened || closes))
            new_line(out, depth);
        opened = c == '{' || c == '[';
        if (c == '"') {
            size_t n = string_len(raw.p + i, raw.len - i);
            str_append(out, raw.p + i, n);
            i += n - 1;
            continue;
        }
        str_add_char(out, c);
        depth += opened;
        if (c == ',')
            new_line(out, depth);
        else if (c == ':')
            str_add_char(out, ' ');
    }
}
