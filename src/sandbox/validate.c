/* validate.c: see validate.h. One checker a kind of field. */
#include "sandbox/validate.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct judge {
    struct problems *problems;
    struct change *out;
    bool create, null_ignored;
    unsigned flag; /* FIELD_CREATE or FIELD_UPDATE */
};

static void problem(struct judge *j, enum problem_kind kind, struct loc loc, const struct json *v,
                    int64_t number)
{
    problem_add(j->problems, kind, loc, v->raw, number, NULL);
}

/* ---- conversions that bodies and queries share ---- */

/* A whole number within int64, or a problem that says why not. */
static int int_from_digits(const char *text, int64_t *out)
{
    errno = 0;
    long long n = strtoll(text, NULL, 10);
    if (errno == ERANGE)
        return *text == '-' ? PROBLEM_GE : PROBLEM_LE;
    *out = n;
    return -1;
}

static int int_from_float(const char *text, int64_t *out)
{
    double d = strtod(text, NULL);
    if (!isfinite(d))
        return PROBLEM_FINITE;
    if (d != floor(d))
        return PROBLEM_INT_FLOAT;
    if (d >= 0x1p63 || d < -0x1p63)
        return d < 0 ? PROBLEM_GE : PROBLEM_LE;
    *out = (int64_t)d;
    return -1;
}

#define NUMBER_TEXT_MAX 64 /* characters; more are no number */

/* Without white space around it and a ".0" at its end. */
static struct span number_of(struct span s)
{
    while (s.len && isspace((unsigned char)*s.p))
        s.p++, s.len--;
    while (s.len && isspace((unsigned char)s.p[s.len - 1]))
        s.len--;
    if (s.len >= 2 && memcmp(s.p + s.len - 2, ".0", 2) == 0)
        s.len -= 2;
    return s;
}

/* Whether the underscore at i stands between digits. */
static bool joins(struct span s, size_t i)
{
    return i && i + 1 < s.len && isdigit((unsigned char)s.p[i - 1]) &&
           isdigit((unsigned char)s.p[i + 1]);
}

/* Text as Pydantic reads a number from it: white space around, a sign, single underscores between
 * digits, and ".0". */
static int int_from_text(struct span text, int64_t *out)
{
    struct span s = number_of(text);
    struct str digits = STR_INIT;
    size_t sign = s.len && strchr("+-", *s.p) ? 1 : 0;
    bool good = s.len > sign && isdigit((unsigned char)s.p[sign]);
    str_append(&digits, s.p, sign);
    for (size_t i = sign; i < s.len && good; i++) {
        bool digit = isdigit((unsigned char)s.p[i]);
        if (digit)
            str_add_char(&digits, s.p[i]);
        good = digit || (s.p[i] == '_' && joins(s, i));
    }
    int why = PROBLEM_INT_PARSING;
    if (good && digits.len < NUMBER_TEXT_MAX)
        why = int_from_digits(str_text(&digits), out);
    str_finish(&digits);
    return why;
}

/* 1, 0, or -1 when the text is no boolean. */
static int bool_from_text(struct span text)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"0", 0}, {"off", 0}, {"f", 0}, {"false", 0}, {"n", 0}, {"no", 0},
                 {"1", 1}, {"on", 1},  {"t", 1}, {"true", 1},  {"y", 1}, {"yes", 1}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text.len == strlen(words[i].word) && strncasecmp(text.p, words[i].word, text.len) == 0)
            return words[i].value;
    return -1;
}

static bool word_known(const char *const *words, struct span s)
{
    for (; *words; words++)
        if (span_is(s, *words))
            return true;
    return false;
}

/* Appends 'a', 'b' or 'c'. */
static void add_expected(struct str *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        if (i)
            str_add(out, words[i + 1] ? ", " : " or ");
        str_printf(out, "'%s'", words[i]);
    }
}

static void word_problem(struct problems *p, enum problem_kind kind, struct loc loc,
                         struct span input, const char *const *words)
{
    struct str expected = STR_INIT;
    add_expected(&expected, words);
    problem_add(p, kind, loc, input, 0, str_text(&expected));
    str_finish(&expected);
}

/* ---- checkers ---- */

static int64_t characters(struct span s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* Half a surrogate pair is not given back as it came: many a reader would refuse the whole answer.
 */
static void unicode_problem(struct judge *j, struct loc loc, const struct json *v)
{
    struct str input = STR_INIT;
    json_add_string(&input, span_from(&v->text));
    problem_add(j->problems, PROBLEM_STRING_UNICODE, loc, span_from(&input), 0, NULL);
    str_finish(&input);
}

/* Judges a string's type and length; true when it is good. */
static bool string_good(struct judge *j, const struct json *v, struct loc loc, int64_t low,
                        int64_t high)
{
    int64_t n = characters(span_from(&v->text));
    if (v->type != JSON_STRING)
        problem(j, PROBLEM_STRING_TYPE, loc, v, 0);
    else if (v->lone)
        unicode_problem(j, loc, v);
    else if (n < low)
        problem(j, PROBLEM_TOO_SHORT, loc, v, low);
    else if (n > high)
        problem(j, PROBLEM_TOO_LONG, loc, v, high);
    else
        return true;
    return false;
}

static bool check_string(struct judge *j, int id, const struct json *v, struct loc loc)
{
    const struct field *f = &box_fields[id];
    if (!string_good(j, v, loc, f->low, f->high))
        return false;
    j->out->cells[id] = cell_text(span_from(&v->text));
    return true;
}

static bool check_word(struct judge *j, int id, const struct json *v, struct loc loc)
{
    const struct field *f = &box_fields[id];
    if (v->type == JSON_STRING && word_known(f->words, span_from(&v->text))) {
        j->out->cells[id] = cell_text(span_from(&v->text));
        return true;
    }
    word_problem(j->problems, f->kind == KIND_ENUM ? PROBLEM_ENUM : PROBLEM_LITERAL, loc, v->raw,
                 f->words);
    return false;
}

static int int_from_json(const struct json *v, int64_t *out)
{
    char *text;
    int why;
    switch (v->type) {
    case JSON_TRUE:
    case JSON_FALSE:
        *out = v->type == JSON_TRUE;
        return -1;
    case JSON_STRING:
        return int_from_text(span_from(&v->text), out);
    case JSON_NUMBER:
        text = span_dup(v->raw);
        why = strpbrk(text, ".eE") ? int_from_float(text, out) : int_from_digits(text, out);
        mem_free(text);
        return why;
    default:
        return PROBLEM_INT_TYPE;
    }
}

static bool check_int(struct judge *j, int id, const struct json *v, struct loc loc)
{
    const struct field *f = &box_fields[id];
    int64_t n = 0;
    int why = int_from_json(v, &n);
    if (why < 0 && n < f->low)
        why = PROBLEM_GE;
    else if (why < 0 && n > f->high)
        why = PROBLEM_LE;
    if (why >= 0) {
        problem(j, (enum problem_kind)why, loc, v, why == PROBLEM_GE ? f->low : f->high);
        return false;
    }
    j->out->cells[id] = cell_int(n);
    return true;
}

static bool check_bool(struct judge *j, int id, const struct json *v, struct loc loc)
{
    int64_t n = -1;
    bool text = v->type == JSON_STRING;
    /* A number with a fraction is not of the type; a whole one is, and may have no meaning. */
    bool typed = text || int_from_json(v, &n) < 0;
    if (text)
        n = bool_from_text(span_from(&v->text));
    if (typed && (n == 0 || n == 1)) {
        j->out->cells[id] = cell_int(n);
        return true;
    }
    problem(j, typed ? PROBLEM_BOOL_PARSING : PROBLEM_BOOL_TYPE, loc, v, 0);
    return false;
}

static bool check_tags(struct judge *j, int id, const struct json *v, struct loc loc)
{
    struct str *out = &j->out->tags;
    unsigned before = j->problems->count;
    int64_t count = 0;
    if (v->type != JSON_OBJECT) {
        problem(j, PROBLEM_DICT_TYPE, loc, v, 0);
        return false;
    }
    str_add_char(out, '{');
    for (const struct json *m = v->child; m; m = m->next, count++) {
        struct loc at = loc_with(loc, span_from(&m->key));
        int64_t n = characters(span_from(&m->key));
        struct str raw = STR_INIT;
        json_add_string(&raw, span_from(&m->key));
        struct loc key_at = loc_with(at, span_of("[key]"));
        if (n < 1)
            problem_add(j->problems, PROBLEM_TOO_SHORT, key_at, span_from(&raw), 1, NULL);
        else if (n > TAG_KEY_MAX)
            problem_add(j->problems, PROBLEM_TOO_LONG, key_at, span_from(&raw), TAG_KEY_MAX, NULL);
        if (string_good(j, m, at, 0, TAG_VALUE_MAX)) {
            if (count)
                str_add_char(out, ',');
            str_add_span(out, span_from(&raw));
            str_add_char(out, ':');
            json_add_string(out, span_from(&m->text));
        }
        str_finish(&raw);
    }
    str_add_char(out, '}');
    if (count > TAGS_MAX)
        problem(j, PROBLEM_DICT_LONG, loc, v, count);
    j->out->cells[id] = cell_text(span_from(out));
    return j->problems->count == before;
}

static void judge_members(struct judge *j, const struct json *object, int group, struct loc loc);

static bool check_group(struct judge *j, int id, const struct json *v, struct loc loc)
{
    if (v->type != JSON_OBJECT) {
        problem(j, PROBLEM_OBJECT, loc, v, 0);
        return false;
    }
    judge_members(j, v, id, loc);
    j->out->cells[id] = cell_int(1);
    return true;
}

static bool (*const checkers[KIND_COUNT])(struct judge *j, int id, const struct json *v,
                                          struct loc loc) = {
    [KIND_STRING] = check_string, [KIND_ENUM] = check_word, [KIND_LITERAL] = check_word,
    [KIND_INT] = check_int,       [KIND_BOOL] = check_bool, [KIND_TAGS] = check_tags,
    [KIND_GROUP] = check_group,
};

/* ---- objects ---- */

static bool allowed(const struct judge *j, int id, int group)
{
    return box_fields[id].group == group && (box_fields[id].flags & j->flag);
}

static void judge_field(struct judge *j, const struct json *object, int id, struct loc loc)
{
    const struct field *f = &box_fields[id];
    const struct json *v = json_member(object, f->name);
    struct loc at = loc_with(loc, span_of(f->name));
    if (v && v->type == JSON_NULL && j->null_ignored)
        v = NULL;
    if (!v) {
        if (j->create && (f->flags & FIELD_REQUIRED))
            problem(j, PROBLEM_MISSING, at, object, 0);
        return;
    }
    if (v->type == JSON_NULL && (f->flags & FIELD_NULL)) {
        j->out->set[id] = true;
        j->out->cells[id] = f->kind == KIND_GROUP ? cell_int(0) : cell_null();
        return;
    }
    j->out->set[id] = checkers[f->kind](j, id, v, at);
}

static void judge_members(struct judge *j, const struct json *object, int group, struct loc loc)
{
    for (int id = 0; id < BOX_COUNT; id++)
        if (allowed(j, id, group))
            judge_field(j, object, id, loc);
    for (const struct json *m = object->child; m; m = m->next) {
        bool known = false;
        for (int id = 0; id < BOX_COUNT && !known; id++)
            known = allowed(j, id, group) && span_is(span_from(&m->key), box_fields[id].name);
        if (!known)
            problem(j, PROBLEM_EXTRA, loc_with(loc, span_from(&m->key)), m, 0);
    }
}

void change_init(struct change *c)
{
    memset(c, 0, sizeof *c);
}

void change_finish(struct change *c)
{
    str_finish(&c->tags);
}

void validate_body(const struct json *body, bool create, bool null_ignored, struct change *out,
                   struct problems *problems)
{
    struct judge j = {problems, out, create, null_ignored, create ? FIELD_CREATE : FIELD_UPDATE};
    struct loc loc = loc_of("body", NULL, NULL);
    if (body->type != JSON_OBJECT)
        problem(&j, PROBLEM_OBJECT, loc, body, 0);
    else
        judge_members(&j, body, -1, loc);
}

/* ---- the list's parameters ---- */

const char *const query_names[QUERY_COUNT] = {
    [QUERY_PROVIDER] = "provider_type", [QUERY_STATUS] = "status",
    [QUERY_ENABLED] = "enabled_only",   [QUERY_LIMIT] = "limit",
    [QUERY_CURSOR] = "cursor",
};

#define LIMIT_DEFAULT 50
#define LIMIT_LOW     1
#define LIMIT_HIGH    100

static void query_problem(struct problems *p, enum problem_kind kind, enum query_id id,
                          const char *value, int64_t number)
{
    struct str input = STR_INIT;
    json_add_string(&input, span_of(value));
    problem_add(p, kind, loc_of("query", query_names[id], NULL), span_from(&input), number, NULL);
    str_finish(&input);
}

static void judge_limit(const char *value, int64_t *out, struct problems *p)
{
    int64_t n = 0;
    int why = int_from_text(span_of(value), &n);
    if (why < 0 && n < LIMIT_LOW)
        why = PROBLEM_GE;
    else if (why < 0 && n > LIMIT_HIGH)
        why = PROBLEM_LE;
    if (why >= 0)
        query_problem(p, (enum problem_kind)why, QUERY_LIMIT, value,
                      why == PROBLEM_GE ? LIMIT_LOW : LIMIT_HIGH);
    else
        *out = n;
}

void validate_query(const char *const values[QUERY_COUNT], struct list_query *out,
                    struct problems *problems)
{
    const char *provider = values[QUERY_PROVIDER], *enabled = values[QUERY_ENABLED];
    *out = (struct list_query){provider, values[QUERY_STATUS], false, LIMIT_DEFAULT,
                               values[QUERY_CURSOR]};
    if (provider && !word_known(box_providers, span_of(provider))) {
        struct str input = STR_INIT;
        json_add_string(&input, span_of(provider));
        word_problem(problems, PROBLEM_ENUM, loc_of("query", query_names[QUERY_PROVIDER], NULL),
                     span_from(&input), box_providers);
        str_finish(&input);
    }
    if (enabled) {
        int n = bool_from_text(span_of(enabled));
        if (n < 0)
            query_problem(problems, PROBLEM_BOOL_PARSING, QUERY_ENABLED, enabled, 0);
        out->enabled_only = n > 0;
    }
    if (values[QUERY_LIMIT])
        judge_limit(values[QUERY_LIMIT], &out->limit, problems);
}
