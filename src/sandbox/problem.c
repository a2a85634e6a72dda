/* problem.c: see problem.h. */
#include "sandbox/problem.h"

#include "sandbox/fields.h"
#include "sandbox/json.h"
#include "sandbox/stamp.h"

/* Texts and contexts as pydantic-core 2 prints them. %N is the number, %S an "s" when it is not 1,
 * %W the words. */
static const struct {
    const char *type, *msg, *ctx;
} table[PROBLEM_KINDS] = {
    [PROBLEM_MISSING] = {"missing", "Field required", NULL},
    [PROBLEM_STRING_TYPE] = {"string_type", "Input should be a valid string", NULL},
    [PROBLEM_STRING_UNICODE] = {"string_unicode",
                                "Input should be a valid string, unable to parse raw data as a "
                                "unicode string",
                                NULL},
    [PROBLEM_TOO_SHORT] = {"string_too_short", "String should have at least %N character%S",
                           "{\"min_length\":%N}"},
    [PROBLEM_TOO_LONG] = {"string_too_long", "String should have at most %N character%S",
                          "{\"max_length\":%N}"},
    [PROBLEM_INT_TYPE] = {"int_type", "Input should be a valid integer", NULL},
    [PROBLEM_INT_PARSING] = {"int_parsing",
                             "Input should be a valid integer, unable to parse string as an "
                             "integer",
                             NULL},
    [PROBLEM_INT_FLOAT] = {"int_from_float",
                           "Input should be a valid integer, got a number with a fractional part",
                           NULL},
    [PROBLEM_FINITE] = {"finite_number", "Input should be a finite number", NULL},
    [PROBLEM_GE] = {"greater_than_equal", "Input should be greater than or equal to %N",
                    "{\"ge\":%N}"},
    [PROBLEM_LE] = {"less_than_equal", "Input should be less than or equal to %N", "{\"le\":%N}"},
    [PROBLEM_ENUM] = {"enum", "Input should be %W", "{\"expected\":\"%W\"}"},
    [PROBLEM_LITERAL] = {"literal_error", "Input should be %W", "{\"expected\":\"%W\"}"},
    [PROBLEM_BOOL_TYPE] = {"bool_type", "Input should be a valid boolean", NULL},
    [PROBLEM_BOOL_PARSING] = {"bool_parsing",
                              "Input should be a valid boolean, unable to interpret input", NULL},
    [PROBLEM_EXTRA] = {"extra_forbidden", "Extra inputs are not permitted", NULL},
    [PROBLEM_DICT_TYPE] = {"dict_type", "Input should be a valid dictionary", NULL},
    [PROBLEM_DICT_LONG] =
        {"too_long", "Dictionary should have at most 50 items after validation, not %N",
         "{\"field_type\":\"Dictionary\",\"max_length\":50,\"actual_length\":%N}"},
    [PROBLEM_OBJECT] = {"model_attributes_type",
                        "Input should be a valid dictionary or object to extract fields from",
                        NULL},
    [PROBLEM_JSON] = {"json_invalid", "JSON decode error", "{\"error\":\"%W\"}"},
    [PROBLEM_VALUE] = {"value_error", "Value error, %W", "{\"error\":{}}"},
};
_Static_assert(TAGS_MAX == 50, "the text above names it");

struct loc loc_of(const char *a, const char *b, const char *c)
{
    struct loc l = {.count = 0};
    const char *parts[] = {a, b, c};
    for (size_t i = 0; i < 3 && parts[i]; i++)
        l.part[l.count++] = span_of(parts[i]);
    return l;
}

struct loc loc_with(struct loc l, struct span part)
{
    if (l.count < LOC_MAX)
        l.part[l.count++] = part;
    return l;
}

void problems_init(struct problems *p)
{
    str_init(&p->json);
    p->count = 0;
}

void problems_finish(struct problems *p)
{
    str_finish(&p->json);
}

static void fill(struct str *out, const char *form, int64_t number, const char *words)
{
    for (; *form; form++) {
        if (*form != '%') {
            str_add_char(out, *form);
            continue;
        }
        form++;
        if (*form == 'N')
            json_add_int(out, number);
        else if (*form == 'S')
            str_add(out, number == 1 ? "" : "s");
        else
            str_add(out, words);
    }
}

static void add_filled_string(struct str *out, const char *form, int64_t number, const char *words)
{
    struct str text = STR_INIT;
    fill(&text, form, number, words);
    json_add_string(out, span_from(&text));
    str_finish(&text);
}

void problem_add(struct problems *p, enum problem_kind kind, struct loc loc, struct span input,
                 int64_t number, const char *words)
{
    struct str *out = &p->json;
    str_add(out, p->count++ ? ",{\"loc\":[" : "{\"loc\":[");
    for (size_t i = 0; i < loc.count; i++) {
        if (i)
            str_add_char(out, ',');
        json_add_string(out, loc.part[i]);
    }
    if (loc.has_at)
        str_printf(out, ",%lld", (long long)loc.at);
    str_add(out, "],\"msg\":");
    add_filled_string(out, table[kind].msg, number, words);
    str_printf(out, ",\"type\":\"%s\",\"input\":", table[kind].type);
    str_add_span(out, input);
    if (table[kind].ctx) {
        str_add(out, ",\"ctx\":");
        /* The words of a context are our own and need no escape but the reader's backslash. */
        struct str escaped = STR_INIT;
        for (const char *w = words ? words : ""; *w; w++) {
            if (*w == '\\')
                str_add_char(&escaped, '\\');
            str_add_char(&escaped, *w);
        }
        fill(out, table[kind].ctx, number, str_text(&escaped));
        str_finish(&escaped);
    }
    str_add_char(out, '}');
}

void problems_render(struct str *out, const struct problems *p)
{
    str_add(out, "{\"detail\":[");
    str_add_span(out, span_from(&p->json));
    str_add(out, "]}");
}

unsigned refusal_render(struct str *out, enum refusal what, const char *message,
                        const char *details, int64_t now_ms)
{
    static const struct {
        const char *name;
        unsigned code;
    } names[] = {
        [REFUSE_AUTH] = {"AUTHENTICATION_FAILED", 401},
        [REFUSE_FORBIDDEN] = {"FORBIDDEN", 403},
        [REFUSE_NOT_FOUND] = {"RESOURCE_NOT_FOUND", 404},
        [REFUSE_CONFLICT] = {"CONFLICT", 409},
        [REFUSE_RATE] = {"RATE_LIMIT_EXCEEDED", 429},
        [REFUSE_BROKEN] = {"INTERNAL_SERVER_ERROR", 500},
    };
    str_printf(out, "{\"error\":\"%s\",\"message\":", names[what].name);
    json_add_string(out, span_of(message));
    str_printf(out, ",\"details\":%s,\"timestamp\":\"", details);
    stamp_add(out, now_ms);
    str_printf(out, "\",\"status_code\":%u}", names[what].code);
    return names[what].code;
}
