/* scan.c: an account object cut into values, driven by the field table. */
#include "model/scan.h"

#include "base/vec.h"
#include "base/when.h"
#include "model/json_scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum status scan_check(struct span json, size_t *at, struct error *err)
{
    struct json_scan s = {json.p, json.p + json.len, NULL};
    bool good = json_skip(&s, SCAN_DEPTH_MAX);
    if (good) {
        json_space(&s);
        if (s.at < s.end) {
            good = false;
            s.wrong = "there is something after its end";
        }
    }
    if (at)
        *at = (size_t)(s.at - json.p);
    if (!good)
        return error_set(err, ST_PARSE, "not JSON: %s, at byte %zu", s.wrong,
                         (size_t)(s.at - json.p));
    return ST_OK;
}

struct record {
    struct value *out;
    struct arena *mem;
    scan_unknown_fn *unknown;
    void *ctx;
};

/* ---- values by type ---- */

static struct value bad(struct span raw)
{
    return (struct value){.presence = PRESENCE_BAD, .text = raw};
}

static bool decode_string(struct span raw, struct arena *mem, struct span *out)
{
    struct json_scan s = {raw.p, raw.p + raw.len, NULL};
    bool escaped;
    if (raw.len < 2 || raw.p[0] != '"' || !json_string(&s, out, &escaped))
        return false;
    return !escaped || json_unescape(*out, mem, out);
}

static struct value text_value(struct span raw, struct arena *mem)
{
    struct span text;
    return decode_string(raw, mem, &text) ? value_text(text) : bad(raw);
}

static struct value time_value(struct span raw, struct arena *mem)
{
    struct value v = text_value(raw, mem);
    if (v.presence == PRESENCE_VALUE)
        v.i = when_parse_rfc3339(v.text.p, v.text.len);
    return v;
}

/* From its digits, never by way of a double, unless it is no whole number within int64. */
static struct value number_value(struct span raw)
{
    char digits[32];
    if (raw.len == 0 || (raw.p[0] != '-' && (raw.p[0] < '0' || raw.p[0] > '9')))
        return bad(raw);
    bool whole = true;
    for (size_t i = 0; i < raw.len; i++)
        whole = whole && raw.p[i] != '.' && raw.p[i] != 'e' && raw.p[i] != 'E';
    if (whole && raw.len < sizeof digits) {
        memcpy(digits, raw.p, raw.len);
        digits[raw.len] = '\0';
        errno = 0;
        long long i = strtoll(digits, NULL, 10);
        if (errno == 0)
            return value_int(i);
    }
    char *text = span_dup(raw);
    double d = strtod(text, NULL);
    mem_free(text);
    struct value v = value_text(raw);
    v.inexact = true;
    v.i = d >= 9.2e18 ? INT64_MAX : d <= -9.2e18 ? INT64_MIN : (int64_t)d;
    return v;
}

static struct value bool_value(struct span raw)
{
    if (span_is(raw, "true") || span_is(raw, "false"))
        return value_int(raw.len == 4);
    return bad(raw);
}

struct pair {
    struct span key, val;
};

static int pair_cmp(const void *a, const void *b)
{
    return span_cmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

/* Packs the pairs of an object of strings, sorted; the last of equal keys wins. */
static struct value pack_pairs(struct pair *pairs, size_t count, struct arena *mem)
{
    struct str packed = STR_INIT;
    struct value v = value_text(span_of(""));
    /* A stable order of equal keys is not promised by qsort, so duplicates go first. */
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (span_eq(pairs[i].key, pairs[j].key)) {
                pairs[i] = pairs[j];
                memmove(&pairs[j], &pairs[j + 1], (--count - j) * sizeof *pairs);
                j--;
            }
        }
    }
    if (count)
        qsort(pairs, count, sizeof *pairs, pair_cmp);
    for (size_t i = 0; i < count; i++) {
        str_add_span(&packed, pairs[i].key);
        str_add_char(&packed, '\0');
        str_add_span(&packed, pairs[i].val);
        str_add_char(&packed, '\0');
    }
    v.text = arena_dup(mem, span_from(&packed));
    v.i = (int64_t)count;
    str_finish(&packed);
    return v;
}

static struct value map_value(struct span raw, struct arena *mem)
{
    struct json_scan s = {raw.p + 1, raw.p + raw.len, NULL};
    struct pair *pairs = NULL;
    size_t count = 0, room = 0;
    bool good = raw.p[0] == '{';
    json_space(&s);
    while (good && !json_take(&s, '}')) {
        VEC_ROOM(pairs, count, room);
        struct pair *p = &pairs[count++];
        bool escaped;
        json_space(&s);
        json_string(&s, &p->key, &escaped); /* well-formed: the record was checked whole */
        if (escaped)
            good = json_unescape(p->key, mem, &p->key);
        json_space(&s);
        json_take(&s, ':');
        json_space(&s);
        const char *from = s.at;
        json_skip(&s, SCAN_DEPTH_MAX);
        good = good && decode_string((struct span){from, (size_t)(s.at - from)}, mem, &p->val);
        json_space(&s);
        if (json_take(&s, ','))
            json_space(&s);
    }
    struct value v = good ? pack_pairs(pairs, count, mem) : bad(raw);
    mem_free(pairs);
    return v;
}

static struct value value_from(enum field_type type, struct span raw, struct arena *mem)
{
    if (span_is(raw, "null"))
        return value_null();
    switch (type) {
    case FT_INT:
    case FT_SECONDS:
        return number_value(raw);
    case FT_BOOL:
        return bool_value(raw);
    case FT_TIME:
        return time_value(raw, mem);
    case FT_MAP:
        return map_value(raw, mem);
    case FT_TEXT:
    case FT_OPEN:
    case FT_GROUP:
    case FT_COUNT:
        break;
    }
    return text_value(raw, mem);
}

/* ---- objects ---- */

static void tell_unknown(struct record *r, enum field parent, struct span key, struct span raw)
{
    struct str path = STR_INIT;
    if (!r->unknown)
        return;
    if (parent != FIELD_NONE)
        str_printf(&path, "%s.", field_info(parent)->path);
    str_add_span(&path, key);
    r->unknown(r->ctx, span_from(&path), raw);
    str_finish(&path);
}

static bool scan_members(struct json_scan *s, struct record *r, enum field parent);

/* A value of a known field; a GROUP that is an object goes on with its members. */
static bool scan_field(struct json_scan *s, struct record *r, enum field field)
{
    const char *from = s->at;
    if (field_info(field)->type == FT_GROUP && s->at < s->end && *s->at == '{') {
        r->out[field] = value_text(span_of(""));
        return scan_members(s, r, field);
    }
    if (!json_skip(s, SCAN_DEPTH_MAX - 2))
        return false;
    struct span raw = {from, (size_t)(s->at - from)};
    if (field_info(field)->type == FT_GROUP)
        r->out[field] = span_is(raw, "null") ? value_null() : bad(raw);
    else
        r->out[field] = value_from(field_info(field)->type, raw, r->mem);
    return true;
}

static bool scan_member(struct json_scan *s, struct record *r, enum field parent)
{
    struct span key;
    bool escaped;
    json_space(s);
    if (s->at >= s->end || *s->at != '"') {
        s->wrong = "a key is missing";
        return false;
    }
    if (!json_string(s, &key, &escaped))
        return false;
    json_space(s);
    if (!json_take(s, ':')) {
        s->wrong = "a colon is missing";
        return false;
    }
    json_space(s);
    enum field field = field_find_member(parent, key);
    if (field != FIELD_NONE)
        return scan_field(s, r, field);
    const char *from = s->at;
    if (!json_skip(s, SCAN_DEPTH_MAX - 2))
        return false;
    tell_unknown(r, parent, key, (struct span){from, (size_t)(s->at - from)});
    return true;
}

static bool scan_members(struct json_scan *s, struct record *r, enum field parent)
{
    s->at++;
    json_space(s);
    if (json_take(s, '}'))
        return true;
    for (;;) {
        if (!scan_member(s, r, parent))
            return false;
        json_space(s);
        if (json_take(s, '}'))
            return true;
        if (!json_take(s, ',')) {
            s->wrong = "a comma is missing";
            return false;
        }
    }
}

enum status scan_record(struct span raw, struct value out[FIELD_COUNT], struct arena *mem,
                        scan_unknown_fn *unknown, void *ctx, struct error *err)
{
    struct json_scan s = {raw.p, raw.p + raw.len, NULL};
    struct record r = {out, mem, unknown, ctx};
    for (int f = 0; f < FIELD_COUNT; f++)
        out[f] = (struct value){.presence = PRESENCE_ABSENT, .text = {"", 0}};
    json_space(&s);
    if (s.at >= s.end || *s.at != '{')
        return error_set(err, ST_PARSE, "not an account: it is no JSON object");
    if (scan_members(&s, &r, FIELD_NONE)) {
        json_space(&s);
        if (s.at == s.end)
            return ST_OK;
        s.wrong = "there is something after its end";
    }
    return error_set(err, ST_PARSE, "not JSON: %s, at byte %zu", s.wrong, (size_t)(s.at - raw.p));
}
