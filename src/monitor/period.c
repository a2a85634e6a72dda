/* period.c: see period.h. */
#include "monitor/period.h"

#include "base/vec.h"
#include "base/when.h"

#include <ctype.h>
#include <string.h>

static bool digits(struct span s, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        if (i >= s.len || !isdigit((unsigned char)s.p[i]))
            return false;
    }
    return true;
}

static int number(struct span s, size_t from, size_t count)
{
    int n = 0;
    for (size_t i = from; i < from + count; i++)
        n = n * 10 + (s.p[i] - '0');
    return n;
}

static bool is_date(struct span s)
{
    return s.len == 10 && digits(s, 0, 4) && s.p[4] == '-' && digits(s, 5, 2) && s.p[7] == '-' &&
           digits(s, 8, 2);
}

/* A date stands for its midnight. */
static int64_t moment(struct span s)
{
    struct str text = STR_INIT;
    str_add_span(&text, s);
    if (is_date(s))
        str_add(&text, "T00:00:00Z");
    int64_t ms = when_parse_rfc3339(str_text(&text), text.len);
    str_finish(&text);
    return ms;
}

static bool parse_month(struct span s, struct period *out)
{
    if (s.len != 7 || !digits(s, 0, 4) || s.p[4] != '-' || !digits(s, 5, 2))
        return false;
    int year = number(s, 0, 4), month = number(s, 5, 2);
    if (month < 1 || month > 12 || year < 1970 || year > 9998)
        return false;
    out->start_ms = when_date(year, month, 1);
    out->end_ms = month == 12 ? when_date(year + 1, 1, 1) : when_date(year, month + 1, 1);
    return true;
}

static struct span trim(struct span s)
{
    while (s.len && *s.p == ' ')
        s.p++, s.len--;
    while (s.len && s.p[s.len - 1] == ' ')
        s.len--;
    return s;
}

static bool parse_range(struct span s, struct period *out)
{
    static const char *const marks[] = {"/", "..", " to ", " - "};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        size_t len = strlen(marks[i]);
        const char *at = memmem(s.p, s.len, marks[i], len);
        if (!at)
            continue;
        struct span a = trim((struct span){s.p, (size_t)(at - s.p)});
        struct span b = trim((struct span){at + len, (size_t)(s.p + s.len - at) - len});
        out->start_ms = moment(a);
        out->end_ms = moment(b);
        if (out->start_ms == WHEN_NONE || out->end_ms == WHEN_NONE)
            return false;
        if (is_date(b) && !(is_date(a) && memcmp(a.p + 8, b.p + 8, 2) == 0 && !span_eq(a, b)))
            out->end_ms += DAY_MS;
        return out->end_ms > out->start_ms;
    }
    return false;
}

bool period_parse(struct span text, struct period *out)
{
    struct period p = {.kind = PERIOD_NAMED};
    struct span s = trim(text);
    if (!parse_month(s, &p) && !parse_range(s, &p))
        return false;
    *out = p;
    return true;
}

struct period period_of(struct span text, int64_t created_ms, int64_t seen_ms, int64_t now_ms)
{
    struct period p;
    struct str name = STR_INIT;
    if (period_parse(text, &p))
        return p;
    when_rfc3339(&name, now_ms);
    p = (struct period){PERIOD_MONTH, period_day(now_ms), period_day(now_ms) + DAY_MS};
    if (name.len > 7)
        parse_month((struct span){name.data, 7}, &p);
    str_finish(&name);
    if (created_ms != WHEN_NONE && created_ms > p.start_ms && created_ms <= now_ms) {
        p.kind = PERIOD_CREATED;
        p.start_ms = created_ms;
    } else if (seen_ms != WHEN_NONE && seen_ms > p.start_ms && seen_ms <= now_ms) {
        p.kind = PERIOD_SEEN;
        p.start_ms = seen_ms;
    }
    return p;
}

static void add_date(struct str *out, int64_t ms, size_t len)
{
    struct str text = STR_INIT;
    when_rfc3339(&text, ms);
    str_append(out, str_text(&text), text.len < len ? text.len : len);
    str_finish(&text);
}

void period_words(const struct period *p, struct str *out)
{
    struct str month = STR_INIT;
    struct period same;
    add_date(&month, p->start_ms, 7);
    bool whole = parse_month(span_from(&month), &same) && same.start_ms == p->start_ms &&
                 same.end_ms == p->end_ms;
    if (p->kind != PERIOD_NAMED) {
        str_add(out, "the period is not named; month assumed");
        if (p->kind != PERIOD_MONTH) {
            str_add(out, p->kind == PERIOD_CREATED ? ", since created " : ", since first seen ");
            add_date(out, p->start_ms, 10);
        }
    } else if (whole) {
        str_add_span(out, span_from(&month));
    } else {
        add_date(out, p->start_ms, 10);
        str_add(out, " to ");
        add_date(out, p->end_ms - 1, 10);
    }
    str_finish(&month);
}

int64_t period_day(int64_t ms)
{
    int64_t into = ms % DAY_MS;
    return ms - (into < 0 ? into + DAY_MS : into);
}
