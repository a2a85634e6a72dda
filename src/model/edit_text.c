/* edit_text.c: see edit_text.h. The text is scanned twice: once for where each key stands, and for
 * what is wrong with keys, once by scan_record for the values. */
#include "model/edit_text.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/json.h"
#include "model/json_scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_MARK "// ERROR"

/* ---- lines -------------------------------------------------------------------------------- */

/* The next line without its end; false after the last. */
static bool next_line(struct span *rest, struct span *line)
{
    if (rest->len == 0)
        return false;
    const char *nl = memchr(rest->p, '\n', rest->len);
    size_t len = nl ? (size_t)(nl - rest->p) : rest->len, step = len + (nl ? 1 : 0);
    *line = (struct span){rest->p, len};
    rest->p += step;
    rest->len -= step;
    return true;
}

static struct span trimmed(struct span line)
{
    while (line.len && strchr(" \t\r", line.p[line.len - 1]))
        line.len--;
    while (line.len && (*line.p == ' ' || *line.p == '\t')) {
        line.p++;
        line.len--;
    }
    return line;
}

static bool begins(struct span text, const char *with)
{
    size_t n = strlen(with);
    return text.len >= n && memcmp(text.p, with, n) == 0;
}

static bool is_comment(struct span line)
{
    struct span t = trimmed(line);
    return begins(t, "//") || begins(t, "#");
}

/* The text with comments blanked, so that every byte and line stays where it was. */
static void blank_comments(struct span text, struct str *out)
{
    struct span rest = text, line;
    while (next_line(&rest, &line)) {
        if (is_comment(line))
            str_fill(out, ' ', line.len);
        else
            str_add_span(out, line);
        if (out->len < text.len)
            str_add_char(out, '\n');
    }
}

static size_t line_of(struct span text, size_t at)
{
    size_t n = 1;
    for (size_t i = 0; i < at && i < text.len; i++)
        n += text.p[i] == '\n';
    return n;
}

void edit_problem_add(struct edit_problems *problems, size_t line, const char *fmt, ...)
{
    va_list ap;
    if (problems->count == EDIT_PROBLEMS_MAX)
        return;
    size_t at = problems->count++;
    for (; at > 0 && problems->items[at - 1].line > line; at--)
        problems->items[at] = problems->items[at - 1];
    problems->items[at].line = line;
    va_start(ap, fmt);
    vsnprintf(problems->items[at].text, sizeof problems->items[at].text, fmt, ap);
    va_end(ap);
}

/* ---- writing ------------------------------------------------------------------------------ */

static bool in_text(const struct account *a, enum field f, unsigned flag)
{
    enum presence p = a->v[f].presence;
    return field_settable(f) && (field_info(f)->flags & flag) &&
           (p == PRESENCE_VALUE || p == PRESENCE_NULL);
}

static void add_member(struct str *json, enum field f, const struct value *v, bool *first)
{
    str_printf(json, "%s\"%s\":", *first ? "" : ",", field_info(f)->leaf);
    value_json(f, v, json);
    *first = false;
}

static void add_group(struct str *json, const struct account *a, enum field group, unsigned flag,
                      bool *first)
{
    bool none = true;
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        if (field_info(f)->parent != group || !in_text(a, f, flag))
            continue;
        if (none)
            str_printf(json, "%s\"%s\":{", *first ? "" : ",", field_info(group)->leaf);
        *first = false;
        add_member(json, f, &a->v[f], &none);
    }
    if (!none)
        str_add_char(json, '}');
}

void edit_text_write(const struct account *a, unsigned flag, const char *title, struct str *out)
{
    struct str json = STR_INIT, safe = STR_INIT;
    bool first = true;
    str_add(out, "// ");
    text_safe_z(out, title, 0);
    str_add(out, "\n// Lines that begin with // or # are left out. A key that is taken out stays as"
                 " the\n// server has it; null is none. Save and leave the editor to see the "
                 "change; an\n// unchanged file changes nothing.\n");
    str_add_char(&json, '{');
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        if (field_info(f)->type == FT_GROUP)
            add_group(&json, a, f, flag, &first);
        else if (field_info(f)->parent == FIELD_NONE && in_text(a, f, flag))
            add_member(&json, f, &a->v[f], &first);
    }
    str_add_char(&json, '}');
    json_safe(&safe, span_from(&json));
    json_pretty(out, span_from(&safe));
    str_add_char(out, '\n');
    str_finish(&json);
    str_finish(&safe);
}

/* ---- where keys stand --------------------------------------------------------------------- */

struct place {
    enum field field;
    size_t at; /* byte of the key */
};

struct places {
    struct place items[FIELD_COUNT];
    size_t count;
    unsigned flag;
    struct span text;
    struct edit_problems *problems; /* NULL: not asked */
};

static void wrong_key(struct places *p, struct span key, size_t at, const char *words)
{
    if (p->problems)
        edit_problem_add(p->problems, line_of(p->text, at), "\"%.*s\": %s",
                         (int)(key.len < 80 ? key.len : 80), key.p, words);
}

static void take_key(struct places *p, enum field parent, struct span key, size_t at,
                     enum field *field)
{
    enum field f = field_find_member(parent, key);
    *field = f;
    if (f == FIELD_NONE) {
        wrong_key(p, key, at, "there is no such field");
        return;
    }
    bool settable = field_info(f)->type == FT_GROUP || field_settable(f);
    if (!settable || !(field_info(f)->flags & p->flag)) {
        wrong_key(p, key, at, "the server's own: it cannot be changed");
        return;
    }
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].field == f)
            wrong_key(p, key, at, "it stands here twice");
    if (p->count < FIELD_COUNT)
        p->items[p->count++] = (struct place){f, at};
}

/* The keys of tags: any, but each once. */
static bool walk_map(struct places *p, struct json_scan *s)
{
    struct span seen[256], key;
    size_t count = 0;
    bool escaped;
    s->at++;
    json_space(s);
    if (json_take(s, '}'))
        return true;
    for (int more = 1; more == 1;) {
        json_space(s);
        size_t at = (size_t)(s->at - p->text.p);
        if (!json_key(s, &key, &escaped))
            return false;
        for (size_t i = 0; i < count; i++)
            if (span_eq(seen[i], key))
                wrong_key(p, key, at, "it stands here twice");
        if (count < ARRAY_LEN(seen))
            seen[count++] = key;
        if (!json_skip(s, SCAN_DEPTH_MAX))
            return false;
        more = json_next(s, '}');
        if (more < 0)
            return false;
    }
    return true;
}

static bool walk_object(struct places *p, struct json_scan *s, enum field parent)
{
    struct span key;
    bool escaped;
    s->at++;
    json_space(s);
    if (json_take(s, '}'))
        return true;
    for (int more = 1; more == 1;) {
        enum field f;
        json_space(s);
        size_t at = (size_t)(s->at - p->text.p);
        if (!json_key(s, &key, &escaped))
            return false;
        take_key(p, parent, key, at, &f);
        bool object = s->at < s->end && *s->at == '{';
        enum field_type type = f == FIELD_NONE ? FT_TEXT : field_info(f)->type;
        bool good = object && type == FT_GROUP ? walk_object(p, s, f)
                    : object && type == FT_MAP ? walk_map(p, s)
                                               : json_skip(s, SCAN_DEPTH_MAX);
        if (!good)
            return false;
        more = json_next(s, '}');
        if (more < 0)
            return false;
    }
    return true;
}

static bool walk(struct places *p)
{
    struct json_scan s = json_begin(p->text);
    json_space(&s);
    bool good = s.at < s.end && *s.at == '{' ? walk_object(p, &s, FIELD_NONE)
                                             : json_fail(&s, "it has to be an object, {...}");
    if (good) {
        json_space(&s);
        good = s.at == s.end || json_fail(&s, "there is something after its end");
    }
    if (!good && p->problems)
        edit_problem_add(p->problems, line_of(p->text, (size_t)(s.at - p->text.p)), "not JSON: %s",
                         s.wrong);
    return good;
}

size_t edit_text_line(struct span text, enum field field)
{
    struct str blanked = STR_INIT;
    size_t line = 1;
    blank_comments(text, &blanked);
    struct places *p = mem_calloc(1, sizeof *p);
    p->text = span_from(&blanked);
    p->flag = FF_SETTABLE;
    walk(p);
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].field == field)
            line = line_of(p->text, p->items[i].at);
    mem_free(p);
    str_finish(&blanked);
    return line;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* False with words when the value cannot be what the field is to have. */
static bool value_good(enum field f, const struct value *v, bool ranges_warn, struct error *err)
{
    const struct field_info *i = field_info(f);
    bool number = i->type == FT_INT || i->type == FT_SECONDS;
    if (v->presence == PRESENCE_BAD || (number && value_known(v) && v->inexact)) {
        error_set(err, ST_USAGE, "%s%s", value_wanted(f),
                  i->flags & FF_NULLABLE ? ", or null" : "");
        return false;
    }
    if (number && value_known(v) && ranges_warn)
        return true;
    return value_check(f, v, err) == ST_OK;
}

static void take_values(const struct places *p, const struct value *v, bool ranges_warn,
                        struct account *mine)
{
    for (size_t i = 0; i < p->count; i++) {
        enum field f = p->items[i].field;
        struct error err;
        size_t line = line_of(p->text, p->items[i].at);
        if (field_info(f)->type == FT_GROUP) {
            if (v[f].presence != PRESENCE_VALUE)
                edit_problem_add(p->problems, line, "%s: %s; its limits are cleared one by one",
                                 field_info(f)->leaf, value_wanted(f));
            continue;
        }
        /* As it was: what the server sent is not judged. */
        if (value_eq(f, &v[f], &mine->v[f]))
            continue;
        if (value_good(f, &v[f], ranges_warn, &err))
            account_set(mine, f, &v[f]);
        else
            edit_problem_add(p->problems, line, "%s: %s", field_info(f)->leaf, err.what);
    }
}

bool edit_text_read(struct span text, const struct account *base, unsigned flag, bool ranges_warn,
                    struct account *mine, struct edit_problems *problems)
{
    struct str blanked = STR_INIT;
    struct value v[FIELD_COUNT];
    struct arena mem;
    struct error err;
    problems->count = 0;
    account_copy(mine, base);
    blank_comments(text, &blanked);
    struct places *p = mem_calloc(1, sizeof *p);
    p->text = span_from(&blanked);
    p->flag = flag;
    p->problems = problems;
    arena_init(&mem);
    if (walk(p)) {
        if (scan_record(p->text, v, &mem, NULL, NULL, &err) == ST_OK)
            take_values(p, v, ranges_warn, mine);
        else
            edit_problem_add(problems, 1, "%s", err.what);
    }
    arena_finish(&mem);
    mem_free(p);
    str_finish(&blanked);
    return problems->count == 0;
}

/* ---- comments ----------------------------------------------------------------------------- */

static void add_error(struct str *out, const char *text)
{
    str_add(out, ERROR_MARK ": ");
    text_safe_z(out, text, 0);
    str_add_char(out, '\n');
}

void edit_text_annotate(struct span text, const struct edit_problems *problems, struct str *out)
{
    struct span rest = text, line;
    size_t n = 0, at = 0;
    str_printf(out, ERROR_MARK "S: %zu. Correct them, or leave the file as it is to give up.\n",
               problems->count);
    while (next_line(&rest, &line)) {
        for (n++; at < problems->count && problems->items[at].line <= n; at++)
            add_error(out, problems->items[at].text);
        if (begins(line, ERROR_MARK))
            continue;
        str_add_span(out, line);
        str_add_char(out, '\n');
    }
    for (; at < problems->count; at++)
        add_error(out, problems->items[at].text);
}

/* The next line that says something; false at the end. */
static bool next_word(struct span *rest, struct span *line)
{
    while (next_line(rest, line)) {
        if (is_comment(*line))
            continue;
        *line = trimmed(*line);
        if (line->len)
            return true;
    }
    return false;
}

bool edit_text_same(struct span a, struct span b)
{
    struct span x, y;
    for (;;) {
        bool more_a = next_word(&a, &x), more_b = next_word(&b, &y);
        if (!more_a || !more_b)
            return more_a == more_b;
        if (!span_eq(x, y))
            return false;
    }
}
