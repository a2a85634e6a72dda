/* theirs.c: see theirs.h. It knows one field by name: a number becomes a smaller one, a text says
 * whose it is, an object is gone into. What the API would not take changes nothing. */
#include "sandbox/theirs.h"

#include "base/mem.h"

#include <stdlib.h>

#define THEIRS_OF_NULL 1000 /* in the place of no limit */

static bool is_number(const struct json *j, int64_t *n)
{
    if (!j || j->type != JSON_NUMBER || j->raw.len > 18)
        return false;
    char *text = span_dup(j->raw), *end;
    *n = strtoll(text, &end, 10);
    bool whole = *end == '\0';
    mem_free(text);
    return whole;
}

/* Three quarters of mine, or half where that is what stands there; at least 1. */
static bool add_number(struct str *out, const struct json *mine, const struct json *now)
{
    int64_t n, old = -1, small;
    if (!is_number(mine, &n))
        return false;
    is_number(now, &old);
    small = n >= 4 ? n - n / 4 : n + 1;
    if (small == old)
        small = n >= 4 ? n - n / 2 : n + 2;
    json_add_int(out, small);
    return true;
}

static bool add_text(struct str *out, const struct json *mine)
{
    struct str text = STR_INIT;
    str_add_span(&text, span_from(&mine->text));
    str_add(&text, " (theirs)");
    json_add_string(out, span_from(&text));
    str_finish(&text);
    return true;
}

/* How a request waits is one of a few words, which nobody could make up. */
static bool is_word(const struct json *mine)
{
    return span_is(span_from(&mine->key), "queue_policy");
}

static bool add_null(struct str *out, bool deep)
{
    if (deep)
        json_add_int(out, THEIRS_OF_NULL);
    return deep;
}

static bool add_members(struct str *out, const struct json *mine, const struct json *now,
                        bool deep);

/* deep: of a policy or of the tags. */
static bool add_value(struct str *out, const struct json *mine, const struct json *now, bool deep)
{
    switch (mine->type) {
    case JSON_OBJECT:
        return !deep && add_members(out, mine, now, true);
    case JSON_STRING:
        return !is_word(mine) && add_text(out, mine);
    case JSON_NULL:
        return add_null(out, deep);
    default:
        return add_number(out, mine, now);
    }
}

/* Whether something was appended beside the braces. */
static bool add_members(struct str *out, const struct json *mine, const struct json *now, bool deep)
{
    bool any = false, open = now && now->type == JSON_OBJECT;
    str_add_char(out, '{');
    for (const struct json *m = mine->child; m; m = m->next) {
        size_t before = out->len;
        const struct json *is = open ? json_member_named(now, span_from(&m->key)) : NULL;
        str_add(out, any ? "," : "");
        json_add_string(out, span_from(&m->key));
        str_add_char(out, ':');
        bool put = add_value(out, m, is, deep);
        if (!put)
            str_truncate(out, before);
        any = any || put;
    }
    str_add_char(out, '}');
    return any;
}

void theirs_body(struct str *out, const struct json *mine, const struct json *now)
{
    if (mine->type == JSON_OBJECT)
        add_members(out, mine, now, false);
    else
        str_add(out, "{}");
}
