/* value_map.c: the MAP type: tags, packed as key NUL value NUL, sorted by key.
 *
 * Packed text keeps a value one borrowed span like every other type, and sorted pairs make equality
 * a comparison of bytes. What an operator reads and types is key=value, separated by commas; a part
 * that holds what separates parts is quoted as JSON does, so that reading gives it back. */
#include "model/value_map.h"

#include "base/text.h"
#include "model/json.h"
#include "model/value_quote.h"

#include <stdlib.h>
#include <string.h>

struct pair_writer {
    struct str *out;
    const char *between, *is;
    bool quote, any;
};

/* A part that holds what separates parts is quoted, so that reading gives it back. */
static void add_part(struct str *out, struct span part)
{
    bool plain = !value_needs_quotes(part) || value_is_none(part);
    for (size_t i = 0; plain && i < part.len; i++)
        plain = !strchr(",=\"\\", part.p[i]);
    if (plain)
        str_add_span(out, part);
    else
        value_add_quoted(out, part);
}

static void write_pair(void *ctx, struct span key, struct span val)
{
    struct pair_writer *w = ctx;
    if (w->any)
        str_add(w->out, w->between);
    w->any = true;
    if (w->quote)
        json_quote(w->out, key);
    else
        add_part(w->out, key);
    str_add(w->out, w->is);
    if (w->quote)
        json_quote(w->out, val);
    else
        add_part(w->out, val);
}

void value_map_edit(const struct value *v, struct str *out)
{
    struct pair_writer w = {out, ", ", "=", false, false};
    value_pairs(v, write_pair, &w);
}

void value_map_show(const struct field_info *f, const struct value *v, enum show how,
                    struct str *out)
{
    (void)f;
    (void)how;
    value_map_edit(v, out);
}

void value_map_json(const struct value *v, struct str *out)
{
    struct pair_writer w = {out, ",", ":", true, false};
    str_add_char(out, '{');
    value_pairs(v, write_pair, &w);
    str_add_char(out, '}');
}

struct pair {
    struct span key, val;
};

static int pair_cmp(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return span_cmp(x->key, y->key);
}

static void skip_space(struct span *s)
{
    while (s->len && (*s->p == ' ' || *s->p == '\t')) {
        s->p++;
        s->len--;
    }
}

/* Takes a key or a value from the front of `rest`: a JSON string, or up to `stop` or a comma. */
static enum status take_part(struct span *rest, char stop, struct arena *mem, struct span *out,
                             struct error *err)
{
    skip_space(rest);
    if (rest->len && *rest->p == '"') {
        size_t n = 1;
        while (n < rest->len && rest->p[n] != '"')
            n += rest->p[n] == '\\' ? 2 : 1;
        cJSON *json;
        if (n >= rest->len || json_parse((struct span){rest->p, n + 1}, &json, NULL))
            return error_set(err, ST_USAGE, "a quote is not closed");
        *out = arena_dup(mem, span_of(json->valuestring));
        cJSON_Delete(json);
        rest->p += n + 1;
        rest->len -= n + 1;
        skip_space(rest);
        return ST_OK;
    }
    size_t n = 0;
    while (n < rest->len && rest->p[n] != ',' && rest->p[n] != stop)
        n++;
    size_t end = n;
    while (end && rest->p[end - 1] == ' ')
        end--;
    *out = arena_dup(mem, (struct span){rest->p, end});
    rest->p += n;
    rest->len -= n;
    return ST_OK;
}

static enum status take_pair(struct span *rest, struct arena *mem, struct pair *out,
                             struct error *err)
{
    if (take_part(rest, '=', mem, &out->key, err))
        return ST_USAGE;
    if (!rest->len || *rest->p != '=' || !out->key.len)
        return error_set(err, ST_USAGE, "not key=value: try team=search, env=prod");
    rest->p++;
    rest->len--;
    if (take_part(rest, ',', mem, &out->val, err))
        return ST_USAGE;
    if (rest->len && *rest->p != ',')
        return error_set(err, ST_USAGE, "a comma is missing between two tags");
    if (rest->len) {
        rest->p++;
        rest->len--;
        skip_space(rest);
    }
    return ST_OK;
}

#define PAIRS_MAX 256

enum status value_map_parse(const struct field_info *f, struct span typed, struct arena *mem,
                            struct value *out, struct error *err)
{
    struct pair pairs[PAIRS_MAX];
    size_t count = 0;
    (void)f;
    skip_space(&typed);
    if (!text_is_utf8(typed.p, typed.len))
        return error_set(err, ST_USAGE, "not a text: it is not UTF-8");
    while (typed.len) {
        if (count == PAIRS_MAX)
            return error_set(err, ST_USAGE, "more than %d tags", PAIRS_MAX);
        if (take_pair(&typed, mem, &pairs[count++], err))
            return ST_USAGE;
    }
    qsort(pairs, count, sizeof *pairs, pair_cmp);
    struct str packed = STR_INIT;
    for (size_t i = 0; i < count; i++) {
        if (i && span_eq(pairs[i].key, pairs[i - 1].key)) {
            str_finish(&packed);
            return error_set(err, ST_USAGE, "the tag %.*s stands twice", (int)pairs[i].key.len,
                             pairs[i].key.p);
        }
        str_append(&packed, pairs[i].key.p, pairs[i].key.len + 1);
        str_append(&packed, pairs[i].val.p, pairs[i].val.len + 1);
    }
    *out = value_text(arena_dup(mem, span_from(&packed)));
    out->i = (int64_t)count;
    str_finish(&packed);
    return ST_OK;
}

void value_pairs(const struct value *map, value_pair_fn *fn, void *ctx)
{
    const char *p = map->text.p, *end = p + map->text.len;
    while (p < end) {
        struct span key = {p, strlen(p)};
        p += key.len + 1;
        struct span val = {p, strlen(p)};
        p += val.len + 1;
        fn(ctx, key, val);
    }
}

struct finder {
    struct span key, val;
    bool found;
};

static void find_pair(void *ctx, struct span key, struct span val)
{
    struct finder *f = ctx;
    if (!span_eq(key, f->key))
        return;
    f->val = val;
    f->found = true;
}

bool value_pair_get(const struct value *map, struct span key, struct span *val)
{
    struct finder f = {.key = key};
    value_pairs(map, find_pair, &f);
    if (f.found)
        *val = f.val;
    return f.found;
}
