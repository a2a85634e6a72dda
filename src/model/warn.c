/* warn.c: see warn.h. One row a rule. */
#include "model/warn.h"

#include "base/near.h"
#include "base/quantity.h"
#include "base/str.h"
#include "base/vec.h"
#include "model/account.h"
#include "model/key_shape.h"

#include <stdio.h>
#include <string.h>

#define HOURS_THAT_ALARM 24 /* a month's tokens should not go in less */

struct look {
    const struct account *before, *now; /* before may be NULL */
    struct warning *out;
};

static bool num(const struct account *a, enum field f, int64_t *n)
{
    if (!a || a->v[f].presence != PRESENCE_VALUE || a->v[f].inexact)
        return false;
    *n = a->v[f].i;
    return true;
}

static const char *full(struct str *s, int64_t n)
{
    str_clear(s);
    quantity_full(s, n);
    return str_text(s);
}

static bool changed(const struct look *l, enum field f)
{
    return !l->before || !value_eq(f, &l->before->v[f], &l->now->v[f]);
}

static bool rps_above_rpm(const struct look *l, enum field f)
{
    int64_t rps, rpm, minute;
    struct str a = STR_INIT, b = STR_INIT;
    (void)f;
    if (!num(l->now, FIELD_RPS, &rps) || !num(l->now, FIELD_RPM, &rpm))
        return false;
    if (__builtin_mul_overflow(rps, 60, &minute))
        minute = INT64_MAX;
    if (minute <= rpm)
        return false;
    snprintf(l->out->text, sizeof l->out->text,
             "requests/s x 60 = %s, above requests/min %s: the minute limit will win",
             full(&a, minute), full(&b, rpm));
    str_finish(&a);
    str_finish(&b);
    return true;
}

static bool burst_below_rps(const struct look *l, enum field f)
{
    int64_t rps, burst;
    (void)f;
    if (!num(l->now, FIELD_RPS, &rps) || !num(l->now, FIELD_BURST, &burst) || burst >= rps)
        return false;
    snprintf(l->out->text, sizeof l->out->text, "burst %lld is below one second's %lld requests",
             (long long)burst, (long long)rps);
    return true;
}

static bool below_used(const struct look *l, enum field f)
{
    int64_t limit, used;
    enum field used_field = f == FIELD_QUOTA_TOKENS ? FIELD_USED_TOKENS : FIELD_USED_REQUESTS;
    struct str a = STR_INIT;
    if (!num(l->now, f, &limit) || !num(l->now, used_field, &used) || limit >= used || limit == 0)
        return false;
    if (l->before && !changed(l, f))
        return false;
    snprintf(l->out->text, sizeof l->out->text, "below the %s already used: may block at once",
             full(&a, used));
    str_finish(&a);
    return true;
}

/* Nothing more is known of it than that it is a limit: the server may block. */
static bool zero_quota(const struct look *l, enum field f)
{
    int64_t limit;
    if (!num(l->now, f, &limit) || limit != 0 || (l->before && !changed(l, f)))
        return false;
    snprintf(l->out->text, sizeof l->out->text,
             "0 is a limit of zero, not none: may block everything");
    return true;
}

static bool empties_month(const struct look *l, enum field f)
{
    int64_t quota, rate;
    if (!num(l->now, f, &rate) || !num(l->now, FIELD_QUOTA_TOKENS, &quota) || rate <= 0 || !quota)
        return false;
    double minutes = (double)quota / (double)rate;
    if (minutes >= HOURS_THAT_ALARM * 60)
        return false;
    if (minutes < 1)
        snprintf(l->out->text, sizeof l->out->text,
                 "at this rate the month's tokens last less than a minute");
    else if (minutes < 90)
        snprintf(l->out->text, sizeof l->out->text,
                 "at this rate the month's tokens last %.0f minute%s", minutes,
                 minutes < 1.5 ? "" : "s");
    else
        snprintf(l->out->text, sizeof l->out->text,
                 "at this rate the month's tokens last %.1f hours", minutes / 60);
    return true;
}

/* Between two limits; 0 is infinitely far from any other. */
static bool is_tenfold(int64_t was, int64_t is)
{
    int64_t small = was < is ? was : is, large = was < is ? is : was;
    return small != large && (small <= 0 || large / 10 >= small);
}

enum limit_change warn_limit(enum field field, const struct value *was, const struct value *is)
{
    bool had = was->presence == PRESENCE_VALUE, has = is->presence == PRESENCE_VALUE;
    if (!(field_info(field)->flags & FF_LIMIT))
        return LIMIT_SMALL;
    if (had && is->presence == PRESENCE_NULL)
        return LIMIT_LOST;
    if (!has || is->inexact)
        return LIMIT_SMALL;
    if (!had)
        return is->i == 0 ? LIMIT_CLOSED : LIMIT_SMALL;
    if (was->inexact || !is_tenfold(was->i, is->i))
        return LIMIT_SMALL;
    return is->i > was->i ? LIMIT_MORE : LIMIT_LESS;
}

/* What a digit too many does, and a limit that goes. */
static bool great_change(const struct look *l, enum field f)
{
    static const char *const words[] = {
        [LIMIT_MORE] = "10 times more",
        [LIMIT_LESS] = "a tenth or less",
        [LIMIT_LOST] = "no limit any more",
        [LIMIT_CLOSED] = "none becomes 0",
    };
    if (!l->before)
        return false;
    enum limit_change change = warn_limit(f, &l->before->v[f], &l->now->v[f]);
    if (change == LIMIT_SMALL)
        return false;
    l->out->needs_name = true;
    snprintf(l->out->text, sizeof l->out->text, "%s" WARN_ASKS, words[change]);
    return true;
}

static bool key_itself(const struct look *l, enum field f)
{
    const struct value *v = &l->now->v[f];
    if (!value_known(v) || !changed(l, f) || !key_shaped(v->text))
        return false;
    snprintf(l->out->text, sizeof l->out->text, KEY_SHAPED_WORDS);
    return true;
}

static const struct {
    const char *id;
    enum field field;
    bool (*fn)(const struct look *l, enum field field);
} rules[] = {
    {"rps-above-rpm", FIELD_RPS, rps_above_rpm},
    {"burst-below-rps", FIELD_BURST, burst_below_rps},
    {"quota-below-used", FIELD_QUOTA_TOKENS, below_used},
    {"quota-below-used", FIELD_QUOTA_REQUESTS, below_used},
    {"quota-zero", FIELD_QUOTA_TOKENS, zero_quota},
    {"quota-zero", FIELD_QUOTA_REQUESTS, zero_quota},
    {"tokens-in-hours", FIELD_INPUT_TPM, empties_month},
    {"tokens-in-hours", FIELD_OUTPUT_TPM, empties_month},
    {"key-in-reference", FIELD_CREDENTIALS_REF, key_itself},
};

size_t warn_account(const struct account *before, const struct account *now, struct warning *out,
                    size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(rules) && n < room; i++) {
        out[n] = (struct warning){.id = rules[i].id, .field = rules[i].field};
        const struct look look = {before, now, &out[n]};
        n += rules[i].fn(&look, rules[i].field);
    }
    for (int f = 0; f < FIELD_COUNT && n < room; f++) {
        out[n] = (struct warning){.id = "tenfold", .field = (enum field)f};
        const struct look look = {before, now, &out[n]};
        n += great_change(&look, (enum field)f);
    }
    return n;
}

bool warn_stood(const struct warning *warning, const struct warning *before, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (before[i].field == warning->field && strcmp(before[i].id, warning->id) == 0 &&
            strcmp(before[i].text, warning->text) == 0)
            return true;
    return false;
}

/* ---- values of open sets --------------------------------------------------------------------- */

static void say_unknown(enum field f, struct span value, struct warning *out)
{
    struct near near = {value, NULL, 0};
    struct str all = STR_INIT;
    const char *const *known = field_known_values(f);
    for (size_t i = 0; known[i]; i++) {
        near_offer(&near, known[i]);
        str_printf(&all, "%s%s", i ? ", " : "", known[i]);
    }
    if (near.best)
        snprintf(out->text, sizeof out->text,
                 "not a known value: did you mean %s? It is sent as typed; the server decides",
                 near.best);
    else
        snprintf(out->text, sizeof out->text, "not a known value (%s): the server decides",
                 str_text(&all));
    str_finish(&all);
}

static bool is_known(enum field f, struct span value)
{
    const char *const *known = field_known_values(f);
    for (size_t i = 0; known[i]; i++)
        if (span_is(value, known[i]))
            return true;
    return false;
}

size_t warn_words(const struct account *before, const struct account *now, warn_seen_fn *seen,
                  void *ctx, struct warning *out, size_t room)
{
    size_t n = 0;
    for (int i = 0; i < FIELD_COUNT && n < room; i++) {
        enum field f = (enum field)i;
        const struct value *v = &now->v[f];
        if (field_info(f)->type != FT_OPEN || !field_settable(f) || !value_known(v) ||
            (before && value_eq(f, &before->v[f], v)) || is_known(f, v->text) ||
            (seen && seen(ctx, f, v->text)))
            continue;
        out[n] = (struct warning){.id = "unknown-word", .field = f};
        say_unknown(f, v->text, &out[n++]);
    }
    return n;
}
