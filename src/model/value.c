/* value.c: what can be done with a value, by its type: one row of functions a type.
 *
 * The rows are all that knows a type; fields never appear here but as the row of the field table
 * that is handed in. */
#include "model/value.h"

#include "base/quantity.h"
#include "base/text.h"
#include "base/when.h"
#include "model/json.h"
#include "model/json_scan.h"
#include "model/key_shape.h"
#include "model/value_map.h"
#include "model/value_quote.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

struct type_ops {
    /* Content of two values that are both PRESENCE_VALUE. */
    bool (*eq)(const struct value *a, const struct value *b);
    int (*cmp)(const struct value *a, const struct value *b);
    void (*show)(const struct field_info *f, const struct value *v, enum show how, struct str *out);
    void (*edit)(const struct value *v, struct str *out);
    enum status (*parse)(const struct field_info *f, struct span typed, struct arena *mem,
                         struct value *out, struct error *err);
    void (*json)(const struct value *v, struct str *out);
};

/* ---- text and open sets ---- */

static bool text_eq(const struct value *a, const struct value *b)
{
    return span_eq(a->text, b->text);
}

static bool is_ascii(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    }
    return true;
}

/* Folding allocates, so plain ASCII, which most texts are, is compared without it. */
static int text_cmp(const struct value *a, const struct value *b)
{
    int c;
    if (is_ascii(a->text) && is_ascii(b->text)) {
        size_t n = a->text.len < b->text.len ? a->text.len : b->text.len;
        c = strncasecmp(a->text.p, b->text.p, n);
        if (!c)
            c = a->text.len < b->text.len ? -1 : a->text.len > b->text.len;
    } else {
        struct str x = STR_INIT, y = STR_INIT;
        text_fold(&x, a->text.p, a->text.len);
        text_fold(&y, b->text.p, b->text.len);
        c = span_cmp(span_from(&x), span_from(&y));
        str_finish(&x);
        str_finish(&y);
    }
    return c ? c : span_cmp(a->text, b->text);
}

static void text_show(const struct field_info *f, const struct value *v, enum show how,
                      struct str *out)
{
    (void)f;
    (void)how;
    str_add_span(out, v->text);
}

static void text_edit(const struct value *v, struct str *out)
{
    if (value_needs_quotes(v->text))
        value_add_quoted(out, v->text);
    else
        str_add_span(out, v->text);
}

static enum status quoted_parse(struct span typed, struct arena *mem, struct value *out,
                                struct error *err)
{
    struct json_scan s = json_begin(typed);
    struct span text;
    bool escaped;
    if (!json_string(&s, &text, &escaped) || s.at < s.end)
        return error_set(
            err, ST_USAGE,
            "a text that begins with a quote ends with one, with \\\" for each inside");
    struct span plain = text;
    if (escaped && !json_unescape(text, mem, &plain))
        return error_set(err, ST_USAGE, "not a text: it has a character that no text may have");
    *out = value_text(arena_dup(mem, plain));
    return ST_OK;
}

static enum status text_parse(const struct field_info *f, struct span typed, struct arena *mem,
                              struct value *out, struct error *err)
{
    (void)f;
    if (!text_is_utf8(typed.p, typed.len) || memchr(typed.p, '\0', typed.len))
        return error_set(err, ST_USAGE, "not a text: it is not UTF-8");
    if (typed.p[0] == '"')
        return quoted_parse(typed, mem, out, err);
    *out = value_text(arena_dup(mem, typed));
    return ST_OK;
}

static void text_json(const struct value *v, struct str *out)
{
    json_quote(out, v->text);
}

/* ---- numbers and seconds ---- */

static bool int_eq(const struct value *a, const struct value *b)
{
    if (a->inexact || b->inexact)
        return a->inexact == b->inexact && span_eq(a->text, b->text);
    return a->i == b->i;
}

static int int_cmp(const struct value *a, const struct value *b)
{
    return a->i < b->i ? -1 : a->i > b->i;
}

/* "requests/s"; of one, its first word is a singular: "request/s". */
static void unit_add(const char *unit, int64_t i, struct str *out)
{
    size_t word = strcspn(unit, " /");
    bool one = i == 1 && word && unit[word - 1] == 's';
    str_add_span(out, (struct span){unit, one ? word - 1 : word});
    str_add(out, unit + word);
}

static void int_show(const struct field_info *f, const struct value *v, enum show how,
                     struct str *out)
{
    if (v->inexact) {
        str_add(out, "\u2248");
        if (how == SHOW_FULL) {
            str_add_span(out, v->text);
            return;
        }
    }
    if (how == SHOW_CELL) {
        quantity_short(out, v->i);
        return;
    }
    quantity_full(out, v->i);
    if (!f->unit[0])
        return;
    str_add_char(out, ' ');
    unit_add(f->unit, v->i, out);
}

static void int_edit(const struct value *v, struct str *out)
{
    if (v->inexact)
        str_add_span(out, v->text);
    else
        quantity_exact(out, v->i);
}

static enum status range_check(const struct field_info *f, int64_t i, struct error *err)
{
    const char *none = f->flags & FF_NULLABLE ? ", or none for no limit" : "";
    if ((!f->min && !f->max) || (i >= f->min && i <= f->max))
        return ST_OK;
    struct str range = STR_INIT;
    field_range(f, &range);
    error_set(err, ST_USAGE, "out of range: %s%s", str_text(&range), none);
    str_finish(&range);
    return ST_USAGE;
}

static enum status int_parse(const struct field_info *f, struct span typed, struct arena *mem,
                             struct value *out, struct error *err)
{
    int64_t i;
    (void)mem;
    if (quantity_parse_count(typed.p, typed.len, &i, err) || range_check(f, i, err))
        return ST_USAGE;
    *out = value_int(i);
    return ST_OK;
}

static void int_json(const struct value *v, struct str *out)
{
    if (v->inexact)
        str_add_span(out, v->text);
    else
        str_printf(out, "%" PRId64, v->i);
}

static void seconds_show(const struct field_info *f, const struct value *v, enum show how,
                         struct str *out)
{
    if (v->inexact)
        int_show(f, v, how, out);
    else
        quantity_seconds(out, v->i);
}

static void seconds_edit(const struct value *v, struct str *out)
{
    if (v->inexact)
        str_add_span(out, v->text);
    else
        quantity_seconds(out, v->i);
}

static enum status seconds_parse(const struct field_info *f, struct span typed, struct arena *mem,
                                 struct value *out, struct error *err)
{
    int64_t i;
    (void)mem;
    if (quantity_parse_seconds(typed.p, typed.len, &i, err) || range_check(f, i, err))
        return ST_USAGE;
    *out = value_int(i);
    return ST_OK;
}

/* ---- yes and no ---- */

static bool plain_eq(const struct value *a, const struct value *b)
{
    return a->i == b->i;
}

static void bool_show(const struct field_info *f, const struct value *v, enum show how,
                      struct str *out)
{
    (void)f;
    (void)how;
    str_add(out, v->i ? "yes" : "no");
}

static void bool_edit(const struct value *v, struct str *out)
{
    str_add(out, v->i ? "yes" : "no");
}

static enum status bool_parse(const struct field_info *f, struct span typed, struct arena *mem,
                              struct value *out, struct error *err)
{
    static const struct {
        const char *word;
        int64_t i;
    } words[] = {{"yes", 1}, {"true", 1}, {"on", 1}, {"no", 0}, {"false", 0}, {"off", 0}};
    (void)f;
    (void)mem;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == typed.len &&
            strncasecmp(words[i].word, typed.p, typed.len) == 0) {
            *out = value_int(words[i].i);
            return ST_OK;
        }
    }
    return error_set(err, ST_USAGE, "neither yes nor no");
}

static void bool_json(const struct value *v, struct str *out)
{
    str_add(out, v->i ? "true" : "false");
}

/* ---- times: the server's alone, so they are never parsed from a form ---- */

static bool is_plain_time(const struct value *v)
{
    return v->text.len == 0 && v->i != WHEN_NONE;
}

struct span value_time_text(const struct value *v, struct str *scratch)
{
    if (!is_plain_time(v))
        return v->text;
    when_rfc3339(scratch, v->i);
    return span_from(scratch);
}

static bool time_eq(const struct value *a, const struct value *b)
{
    bool x = is_plain_time(a), y = is_plain_time(b);
    if (x == y)
        return x ? a->i == b->i : span_eq(a->text, b->text);
    const struct span *text = x ? &b->text : &a->text;
    return a->i == b->i && when_is_rfc3339(text->p, text->len, a->i);
}

static int time_cmp(const struct value *a, const struct value *b)
{
    struct str x = STR_INIT, y = STR_INIT;
    int c = int_cmp(a, b);
    if (!c && !(is_plain_time(a) && is_plain_time(b)))
        c = span_cmp(value_time_text(a, &x), value_time_text(b, &y));
    str_finish(&x);
    str_finish(&y);
    return c;
}

static void time_show(const struct field_info *f, const struct value *v, enum show how,
                      struct str *out)
{
    (void)f;
    (void)how;
    if (is_plain_time(v))
        when_rfc3339(out, v->i);
    else
        str_add_span(out, v->text);
}

static void time_edit(const struct value *v, struct str *out)
{
    struct str scratch = STR_INIT;
    struct value text = value_text(value_time_text(v, &scratch));
    text_edit(&text, out);
    str_finish(&scratch);
}

static void time_json(const struct value *v, struct str *out)
{
    struct str scratch = STR_INIT;
    json_quote(out, value_time_text(v, &scratch));
    str_finish(&scratch);
}

static enum status never_parse(const struct field_info *f, struct span typed, struct arena *mem,
                               struct value *out, struct error *err)
{
    (void)typed;
    (void)mem;
    (void)out;
    return error_set(err, ST_USAGE, "%s is set by the server", f->path);
}

/* ---- groups have no content of their own ---- */

static bool always_eq(const struct value *a, const struct value *b)
{
    (void)a;
    (void)b;
    return true;
}

static int never_cmp(const struct value *a, const struct value *b)
{
    (void)a;
    (void)b;
    return 0;
}

static void group_show(const struct field_info *f, const struct value *v, enum show how,
                       struct str *out)
{
    (void)f;
    (void)v;
    (void)how;
    str_add(out, "set");
}

static void group_edit(const struct value *v, struct str *out)
{
    (void)v;
    (void)out;
}

static void group_json(const struct value *v, struct str *out)
{
    (void)v;
    str_add(out, "{}");
}

static const struct type_ops types[FT_COUNT] = {
    [FT_TEXT] = {text_eq, text_cmp, text_show, text_edit, text_parse, text_json},
    [FT_OPEN] = {text_eq, text_cmp, text_show, text_edit, text_parse, text_json},
    [FT_INT] = {int_eq, int_cmp, int_show, int_edit, int_parse, int_json},
    [FT_SECONDS] = {int_eq, int_cmp, seconds_show, seconds_edit, seconds_parse, int_json},
    [FT_BOOL] = {plain_eq, int_cmp, bool_show, bool_edit, bool_parse, bool_json},
    [FT_TIME] = {time_eq, time_cmp, time_show, time_edit, never_parse, time_json},
    [FT_MAP] = {text_eq, text_cmp, value_map_show, value_map_edit, value_map_parse, value_map_json},
    [FT_GROUP] = {always_eq, never_cmp, group_show, group_edit, never_parse, group_json},
};

static const struct type_ops *ops_of(enum field field)
{
    return &types[field_info(field)->type];
}

/* ---- what holds for every type: presence, null, none ---- */

bool value_eq(enum field field, const struct value *a, const struct value *b)
{
    if (a->presence != b->presence)
        return false;
    if (a->presence == PRESENCE_VALUE)
        return ops_of(field)->eq(a, b);
    return a->presence != PRESENCE_BAD || span_eq(a->text, b->text);
}

int value_cmp(enum field field, const struct value *a, const struct value *b)
{
    static const int rank[] = {
        [PRESENCE_VALUE] = 0, [PRESENCE_NULL] = 1, [PRESENCE_ABSENT] = 2, [PRESENCE_BAD] = 3};
    if (a->presence != b->presence)
        return rank[a->presence] - rank[b->presence];
    if (a->presence == PRESENCE_VALUE)
        return ops_of(field)->cmp(a, b);
    return a->presence == PRESENCE_BAD ? span_cmp(a->text, b->text) : 0;
}

struct value value_copy(const struct value *v, struct arena *mem)
{
    struct value copy = *v;
    copy.text = v->text.len ? arena_dup(mem, v->text) : (struct span){"", 0};
    return copy;
}

void value_show(enum field field, const struct value *v, enum show how, struct str *out)
{
    switch (v->presence) {
    case PRESENCE_ABSENT:
        str_add_char(out, '-');
        break;
    case PRESENCE_NULL:
        str_add(out, "none");
        break;
    case PRESENCE_BAD:
        str_add_char(out, '?');
        str_add_span(out, v->text);
        break;
    case PRESENCE_VALUE:
        ops_of(field)->show(field_info(field), v, how, out);
        break;
    }
}

void value_words(enum field field, const struct value *v, struct str *out)
{
    size_t start = out->len;
    value_show(field, v, SHOW_FULL, out);
    if (out->len == start)
        str_add(out, "(empty)");
}

static bool is_number(enum field_type type)
{
    return type == FT_INT || type == FT_SECONDS;
}

static bool is_text(enum field_type type)
{
    return type == FT_TEXT || type == FT_OPEN || type == FT_TIME;
}

void value_edit(enum field field, const struct value *v, struct str *out)
{
    if (v->presence == PRESENCE_VALUE)
        ops_of(field)->edit(v, out);
    else if (v->presence == PRESENCE_NULL && !is_text(field_info(field)->type))
        str_add(out, "none");
}

static struct span trim(struct span s)
{
    while (s.len && (*s.p == ' ' || *s.p == '\t')) {
        s.p++;
        s.len--;
    }
    while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* What an empty text says. */
static enum status parse_empty(const struct field_info *f, struct arena *mem, struct value *out,
                               struct error *err)
{
    *out = value_absent();
    if (is_number(f->type))
        return ST_OK;
    if (f->type == FT_MAP)
        return value_map_parse(f, span_of(""), mem, out, err);
    if (!(f->flags & FF_NULLABLE))
        return error_set(err, ST_USAGE, "needed: it cannot be empty");
    *out = value_null();
    return ST_OK;
}

enum status value_parse(enum field field, struct span typed, struct arena *mem, struct value *out,
                        struct error *err)
{
    const struct field_info *f = field_info(field);
    struct span word = trim(typed);
    if (word.len == 0)
        return parse_empty(f, mem, out, err);
    if (memchr(word.p, '\0', word.len))
        return error_set(err, ST_USAGE, "not a text: it holds a NUL");
    if (value_is_none(word) && f->flags & FF_NULLABLE) {
        *out = value_null();
        return ST_OK;
    }
    if (value_is_none(word) && (is_number(f->type) || f->type == FT_BOOL))
        return error_set(err, ST_USAGE, "cannot be none: %s", f->help);
    /* Whoever types it means null, and an account would be called none. */
    if (value_is_none(word) && f->flags & FF_REQUIRED)
        return error_set(err, ST_USAGE, "cannot be none; in quotes it is the text: \"%.*s\"",
                         (int)word.len, word.p);
    /* Copied from a screen that masks: it would take the place of the true one. */
    if (f->flags & FF_SECRET && mask_shaped(word))
        return error_set(err, ST_USAGE, "masked: leave it out, or give the reference");
    return ops_of(field)->parse(f, word, mem, out, err);
}

const char *value_wanted(enum field field)
{
    static const char *const wanted[FT_COUNT] = {
        [FT_TEXT] = "a text in quotes",
        [FT_OPEN] = "a text in quotes",
        [FT_INT] = "a whole number",
        [FT_SECONDS] = "a whole number of seconds",
        [FT_BOOL] = "true or false",
        [FT_TIME] = "a time",
        [FT_MAP] = "an object of texts, {\"key\": \"value\"}",
        [FT_GROUP] = "an object, {...}",
    };
    return wanted[field_info(field)->type];
}

enum status value_bad(enum field field, const struct value *v, struct error *err)
{
    int len = (int)(v->text.len < 80 ? v->text.len : 80);
    return error_set(err, ST_USAGE, "not %s%s: %.*s", value_wanted(field),
                     is_number(field_info(field)->type) ? ", such as 60" : "", len, v->text.p);
}

enum status value_check(enum field field, const struct value *v, struct error *err)
{
    const struct field_info *f = field_info(field);
    struct error why;
    if (v->presence == PRESENCE_BAD) {
        value_bad(field, v, &why);
        return error_set(err, ST_USAGE, "%s: %s", f->path, why.what);
    }
    if (v->presence == PRESENCE_NULL && !(f->flags & FF_NULLABLE))
        return error_set(err, ST_USAGE, "%s: cannot be null", f->path);
    if (v->presence != PRESENCE_VALUE || !is_number(f->type))
        return ST_OK;
    if (v->inexact)
        return error_set(err, ST_USAGE, "%s: not a whole number", f->path);
    return range_check(f, v->i, err);
}

void value_json(enum field field, const struct value *v, struct str *out)
{
    if (v->presence == PRESENCE_VALUE)
        ops_of(field)->json(v, out);
    else
        str_add(out, "null");
}
