/* scan.c: an account object cut into values in one pass, driven by the field table: a type says how
 * its values are read, a GROUP that its members follow. */
#include "model/scan.h"

#include "base/vec.h"
#include "base/when.h"
#include "model/json_scan.h"

#include <stdlib.h>
#include <string.h>

static enum status not_json(const struct json_scan *s, struct span text, struct error *err)
{
    return error_set(err, ST_PARSE, "not JSON: %s, at byte %zu", s->wrong,
                     (size_t)(s->at - text.p));
}

static bool at_end(struct json_scan *s)
{
    json_space(s);
    return s->at == s->end || json_fail(s, "there is something after its end");
}

enum status scan_check(struct span json, size_t *at, struct error *err)
{
    struct json_scan s = json_begin(json);
    bool good = json_skip(&s, SCAN_DEPTH_MAX) && at_end(&s);
    if (at)
        *at = (size_t)(s.at - json.p);
    return good ? ST_OK : not_json(&s, json, err);
}

struct record {
    struct json_scan s;
    struct value *out;
    struct arena *mem;
    scan_unknown_fn *unknown; /* or NULL */
    void *ctx;
};

/* ---- values by type: each reads what stands at s.at; false only for what is not JSON ---- */

/* Levels that a value of the record may still open. */
static int depth_left(enum field parent)
{
    return SCAN_DEPTH_MAX - (parent == FIELD_NONE ? 1 : 2);
}

/* Null, or a value that the type does not allow. */
static bool scan_misfit(struct record *r, enum field field)
{
    const char *from = r->s.at;
    if (!json_skip(&r->s, depth_left(field_info(field)->parent)))
        return false;
    struct span raw = {from, (size_t)(r->s.at - from)};
    r->out[field] =
        *from == 'n' ? value_null() : (struct value){.presence = PRESENCE_BAD, .text = raw};
    return true;
}

static void set_bad(struct record *r, enum field field, const char *from)
{
    const struct span raw = {from, (size_t)(r->s.at - from)};
    r->out[field] = (struct value){.presence = PRESENCE_BAD, .text = raw};
}

static bool scan_text(struct record *r, enum field field)
{
    const char *from = r->s.at;
    struct span text;
    bool escaped;
    if (*from != '"')
        return scan_misfit(r, field);
    if (!json_string(&r->s, &text, &escaped))
        return false;
    if (escaped && !json_unescape(text, r->mem, &text))
        set_bad(r, field, from);
    else
        r->out[field] = value_text(text);
    return true;
}

static bool scan_time(struct record *r, enum field field)
{
    if (!scan_text(r, field))
        return false;
    struct value *v = &r->out[field];
    if (v->presence == PRESENCE_VALUE)
        v->i = when_parse_rfc3339(v->text.p, v->text.len);
    return true;
}

static bool scan_number(struct record *r, enum field field)
{
    const char *from = r->s.at;
    if (*from != '-' && (*from < '0' || *from > '9'))
        return scan_misfit(r, field);
    if (!json_skip(&r->s, 0))
        return false;
    struct span raw = {from, (size_t)(r->s.at - from)};
    struct value v = value_int(0);
    v.inexact = !json_whole(raw, &v.i);
    if (v.inexact)
        v.text = raw;
    r->out[field] = v;
    return true;
}

static bool scan_bool(struct record *r, enum field field)
{
    char first = *r->s.at;
    if (first != 't' && first != 'f')
        return scan_misfit(r, field);
    if (!json_skip(&r->s, 0))
        return false;
    r->out[field] = value_int(first == 't');
    return true;
}

/* ---- maps ---- */

struct pair {
    struct span key, val;
    size_t order;
};

static int pair_cmp(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int c = span_cmp(x->key, y->key);
    return c ? c : x->order < y->order ? -1 : x->order > y->order;
}

static char *put(char *to, struct span piece)
{
    memcpy(to, piece.p, piece.len);
    to[piece.len] = '\0';
    return to + piece.len + 1;
}

/* Packs the pairs, sorted; the last of equal keys wins. */
static struct value pack_pairs(struct pair *pairs, size_t count, struct arena *mem)
{
    size_t bytes = 0, kept = 0;
    if (count)
        qsort(pairs, count, sizeof *pairs, pair_cmp);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && span_eq(pairs[i].key, pairs[i + 1].key))
            continue;
        bytes += pairs[i].key.len + pairs[i].val.len + 2;
        pairs[kept++] = pairs[i];
    }
    if (kept == 0)
        return value_text(span_of(""));
    char *text = arena_alloc(mem, bytes), *to = text;
    for (size_t i = 0; i < kept; i++)
        to = put(put(to, pairs[i].key), pairs[i].val);
    struct value v = value_text((struct span){text, bytes});
    v.i = (int64_t)kept;
    return v;
}

/* A string in full; *fits becomes false when it is none, or one that cannot be kept. */
static bool scan_plain(struct record *r, int depth, struct span *out, bool *fits)
{
    bool escaped;
    *out = span_of("");
    if (r->s.at >= r->s.end || *r->s.at != '"') {
        *fits = false;
        return json_skip(&r->s, depth);
    }
    if (!json_string(&r->s, out, &escaped))
        return false;
    if (escaped && !json_unescape(*out, r->mem, out))
        *fits = false;
    return true;
}

static bool scan_pair(struct record *r, int depth, struct pair *p, bool *fits)
{
    bool escaped;
    if (!json_key(&r->s, &p->key, &escaped))
        return false;
    if (escaped && !json_unescape(p->key, r->mem, &p->key))
        *fits = false;
    return scan_plain(r, depth, &p->val, fits);
}

static bool scan_map(struct record *r, enum field field)
{
    const char *from = r->s.at;
    struct pair *pairs = NULL;
    size_t count = 0, room = 0;
    bool fits = true, good = true;
    if (*from != '{')
        return scan_misfit(r, field);
    r->s.at++;
    json_space(&r->s);
    int more = json_take(&r->s, '}') ? 0 : 1;
    while (good && more > 0) {
        VEC_ROOM(pairs, count, room);
        pairs[count].order = count;
        good = scan_pair(r, depth_left(field_info(field)->parent) - 1, &pairs[count], &fits);
        count++;
        if (good)
            more = json_next(&r->s, '}');
    }
    good = good && more == 0;
    if (good && fits)
        r->out[field] = pack_pairs(pairs, count, r->mem);
    else if (good)
        set_bad(r, field, from);
    mem_free(pairs);
    return good;
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

static bool scan_members(struct record *r, enum field parent);

static bool scan_group(struct record *r, enum field field)
{
    /* The last of two equal keys wins whole: nothing of the first may shine through. */
    for (int f = (int)field + 1; f < FIELD_COUNT && field_info((enum field)f)->parent == field; f++)
        r->out[f] = value_absent();
    if (*r->s.at != '{')
        return scan_misfit(r, field);
    r->out[field] = value_text(span_of(""));
    return scan_members(r, field);
}

static bool (*const scanners[FT_COUNT])(struct record *r, enum field field) = {
    [FT_TEXT] = scan_text,      [FT_OPEN] = scan_text,   [FT_INT] = scan_number,
    [FT_SECONDS] = scan_number, [FT_BOOL] = scan_bool,   [FT_TIME] = scan_time,
    [FT_MAP] = scan_map,        [FT_GROUP] = scan_group,
};

/* Servers send fields in the table's order: the field after the last one found is tried first. */
static enum field find_member(enum field parent, struct span key, enum field last)
{
    int next = last == FIELD_NONE ? (parent == FIELD_NONE ? 0 : (int)parent + 1) : (int)last + 1;
    while (next < FIELD_COUNT && field_info((enum field)next)->parent != parent)
        next++;
    if (next < FIELD_COUNT) {
        const struct field_info *i = field_info((enum field)next);
        if (i->leaf_len == key.len && memcmp(i->leaf, key.p, key.len) == 0)
            return i->id;
    }
    return field_find_member(parent, key);
}

static bool scan_member(struct record *r, enum field parent, enum field *last)
{
    struct span key, plain;
    bool escaped;
    if (!json_key(&r->s, &key, &escaped))
        return false;
    if (r->s.at >= r->s.end)
        return json_fail(&r->s, "it ends too early");
    if (escaped && json_unescape(key, r->mem, &plain))
        key = plain;
    enum field field = find_member(parent, key, *last);
    if (field != FIELD_NONE) {
        *last = field;
        return scanners[field_info(field)->type](r, field);
    }
    const char *from = r->s.at;
    if (!json_skip(&r->s, depth_left(parent)))
        return false;
    tell_unknown(r, parent, key, (struct span){from, (size_t)(r->s.at - from)});
    return true;
}

static bool scan_members(struct record *r, enum field parent)
{
    enum field last = FIELD_NONE;
    int more;
    r->s.at++;
    json_space(&r->s);
    if (json_take(&r->s, '}'))
        return true;
    do {
        if (!scan_member(r, parent, &last))
            return false;
        more = json_next(&r->s, '}');
    } while (more > 0);
    return more == 0;
}

enum status scan_record(struct span raw, struct value out[FIELD_COUNT], struct arena *mem,
                        scan_unknown_fn *unknown, void *ctx, struct error *err)
{
    struct record r = {json_begin(raw), out, mem, unknown, ctx};
    for (int f = 0; f < FIELD_COUNT; f++)
        out[f] = value_absent();
    json_space(&r.s);
    if (r.s.at >= r.s.end || *r.s.at != '{')
        return error_set(err, ST_PARSE, "not an account: it is no JSON object");
    if (scan_members(&r, FIELD_NONE) && at_end(&r.s))
        return ST_OK;
    return not_json(&r.s, raw, err);
}
