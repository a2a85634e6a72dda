/* lint.c: see lint.h. */
#include "monitor/lint.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/account.h"
#include "model/key_shape.h"
#include "model/warn.h"

#include <string.h>

#define MINUTES_OF_MONTH (31 * 24 * 60) /* of the longest */

/* What the form warns of, made when the first rule asks for it. */
struct warnings {
    bool made;
    size_t count;
    struct warning list[16];
};

struct look {
    const struct lint *lint;
    row_id row;
    int64_t now_ms;
    const char *id;
    struct str *text; /* never NULL */
    struct warnings *warnings;
};

/* ---- what an account says ------------------------------------------------------------------ */

static struct value get(const struct look *l, enum field field)
{
    struct value v;
    fleet_get(l->lint->fleet, l->row, field, &v);
    return v;
}

static bool number(const struct look *l, enum field field, int64_t *n)
{
    struct value v = get(l, field);
    *n = v.i;
    return value_known(&v) && !v.inexact;
}

/* Not known counts as enabled: nothing is made light of. */
static bool enabled(const struct fleet *fleet, row_id row)
{
    struct value v;
    fleet_get(fleet, row, FIELD_ENABLED, &v);
    return !value_known(&v) || v.i;
}

/* ---- the rules ----------------------------------------------------------------------------- */

/* Only what the form's rules that are taken from there look at: the others find nothing, and cost
 * nothing, at each of a hundred thousand accounts. */
static void make_warnings(const struct look *l)
{
    static const enum field fields[] = {FIELD_RPS, FIELD_RPM, FIELD_BURST};
    struct warnings *w = l->warnings;
    struct account a;
    account_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        a.v[fields[i]] = get(l, fields[i]);
    w->count = warn_account(NULL, &a, w->list, ARRAY_LEN(w->list));
    w->made = true;
    account_finish(&a);
}

/* Those of the form, asked of an account that nobody edits. */
static bool by_warning(const struct look *l)
{
    const struct warnings *w = l->warnings;
    bool found = false;
    if (!w->made)
        make_warnings(l);
    for (size_t i = 0; i < w->count; i++) {
        if (strcmp(w->list[i].id, l->id) != 0)
            continue;
        str_printf(l->text, "%s%s: %s", found ? "; " : "", field_info(w->list[i].field)->label,
                   w->list[i].text);
        found = true;
    }
    return found;
}

/* The form warns from a day on, where somebody is at it; in a list of all accounts a limit per
 * minute far above the month's average is what is usual, so what is found here is configured. */
static bool tokens_in_hours(const struct look *l)
{
    static const enum field rates[] = {FIELD_INPUT_TPM, FIELD_OUTPUT_TPM};
    int64_t quota, rate, most = 0;
    enum field field = rates[0];
    if (!number(l, FIELD_QUOTA_TOKENS, &quota) || quota <= 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
        if (number(l, rates[i], &rate) && rate > most) {
            most = rate;
            field = rates[i];
        }
    }
    if (most == 0)
        return false;
    double minutes = (double)quota / (double)most;
    if (minutes * 60000.0 >= (double)l->lint->settings->tokens_last_ms)
        return false;
    str_printf(l->text, "%s ", field_info(field)->label);
    quantity_short(l->text, most);
    str_printf(l->text, ": at this rate the month's tokens last %.*f %s", minutes < 10 ? 1 : 0,
               minutes < 120 ? minutes : minutes / 60, minutes < 120 ? "minutes" : "hours");
    return true;
}

static bool quota_out_of_reach(const struct look *l)
{
    int64_t quota, in, out, most;
    if (!number(l, FIELD_QUOTA_TOKENS, &quota) || !number(l, FIELD_INPUT_TPM, &in) ||
        !number(l, FIELD_OUTPUT_TPM, &out) || quota <= 0)
        return false;
    if (__builtin_add_overflow(in, out, &most) ||
        __builtin_mul_overflow(most, (int64_t)MINUTES_OF_MONTH, &most) || most >= quota)
        return false;
    str_add(l->text, "at full rate a month takes ");
    quantity_short(l->text, most);
    str_add(l->text, " of the ");
    quantity_short(l->text, quota);
    str_add(l->text, " tokens");
    return true;
}

static bool queue_outlasts_client(const struct look *l)
{
    int64_t wait = l->lint->settings->client_wait_s, queue;
    if (wait <= 0 || !number(l, FIELD_QUEUE_TIMEOUT, &queue) || queue <= wait)
        return false;
    str_add(l->text, "waits up to ");
    quantity_seconds(l->text, queue);
    str_add(l->text, " in the queue, clients give up after ");
    quantity_seconds(l->text, wait);
    return true;
}

/* name or "name*". */
static bool region_fits(struct span pattern, struct span region)
{
    if (pattern.len && pattern.p[pattern.len - 1] == '*') {
        pattern.len--;
        if (region.len > pattern.len)
            region.len = pattern.len;
    }
    return span_eq(pattern, region);
}

static bool in_list(struct span list, struct span region)
{
    while (list.len) {
        const char *comma = memchr(list.p, ',', list.len);
        size_t len = comma ? (size_t)(comma - list.p) : list.len;
        if (region_fits((struct span){list.p, len}, region))
            return true;
        len += comma != NULL;
        list.p += len;
        list.len -= len;
    }
    return false;
}

static bool region_outside(const struct look *l)
{
    struct value residency = get(l, FIELD_DATA_RESIDENCY), region = get(l, FIELD_REGION);
    const char *const *row = l->lint->settings->residency;
    bool configured = false;
    if (!row || !value_known(&residency) || !value_known(&region))
        return false;
    for (; *row; row++) {
        const char *is = strchr(*row, '=');
        if (!is || !span_eq((struct span){*row, (size_t)(is - *row)}, residency.text))
            continue;
        configured = true;
        if (in_list(span_of(is + 1), region.text))
            return false;
    }
    if (!configured)
        return false;
    str_printf(l->text, "region %.*s is not one of %.*s", (int)region.text.len, region.text.p,
               (int)residency.text.len, residency.text.p);
    return true;
}

static struct span place_key(struct str *out, const char *what, struct span value)
{
    str_clear(out);
    str_add(out, what);
    str_add_char(out, '\0');
    str_add_span(out, value);
    return span_from(out);
}

static bool last_of(const struct look *l, enum field field, const char *what)
{
    struct value v = get(l, field);
    struct str key = STR_INIT;
    uint32_t n = 0;
    if (!value_known(&v) || !v.text.len || !enabled(l->lint->fleet, l->row))
        return false;
    map_get(&l->lint->enabled, place_key(&key, what, v.text), &n);
    str_finish(&key);
    if (n != 1)
        return false;
    str_printf(l->text, "the last enabled account of %s %.*s", what, (int)v.text.len, v.text.p);
    return true;
}

static bool last_of_residency(const struct look *l)
{
    return last_of(l, FIELD_DATA_RESIDENCY, "residency");
}

static bool last_of_bridge(const struct look *l)
{
    return last_of(l, FIELD_BRIDGE_ID, "bridge");
}

static bool no_check(const struct look *l)
{
    struct value v = get(l, FIELD_LAST_CHECK);
    int64_t most = l->lint->settings->check_age_ms;
    if (most <= 0 || !enabled(l->lint->fleet, l->row))
        return false;
    if (v.presence == PRESENCE_NULL || v.presence == PRESENCE_ABSENT) {
        str_add(l->text, "no health check is known");
        return true;
    }
    if (!value_known(&v) || v.i == WHEN_NONE || l->now_ms - v.i <= most)
        return false;
    str_add(l->text, "the last health check is ");
    when_age(l->text, l->now_ms - v.i);
    str_add(l->text, " old");
    return true;
}

/* The value itself is not told. */
static bool key_in_ref(const struct look *l)
{
    struct value v = get(l, FIELD_CREDENTIALS_REF);
    if (!value_known(&v) || !key_shaped(v.text))
        return false;
    str_add(l->text, "it looks like a key, not like a reference to one");
    return true;
}

/* ---- the table ----------------------------------------------------------------------------- */

static const struct {
    const char *id;
    bool (*fn)(const struct look *l);
    const char *help;
} rules[] = {
#define LINT(id, name, fn, help) [LINT_##id] = {name, fn, help},
#include "monitor/lint.def"
#undef LINT
};

const char *lint_id(enum lint_rule rule)
{
    return rules[rule].id;
}

const char *lint_help(enum lint_rule rule)
{
    return rules[rule].help;
}

void lint_init(struct lint *lint, const struct lint_settings *settings, const struct fleet *fleet)
{
    *lint = (struct lint){.settings = settings, .fleet = fleet};
    map_init(&lint->enabled);
    arena_init(&lint->mem);
}

void lint_finish(struct lint *lint)
{
    map_finish(&lint->enabled);
    arena_finish(&lint->mem);
}

void lint_begin(struct lint *lint)
{
    const struct lint_settings *settings = lint->settings;
    const struct fleet *fleet = lint->fleet;
    lint_finish(lint);
    lint_init(lint, settings, fleet);
}

static void count(struct lint *lint, row_id row, enum field field, const char *what)
{
    struct value v;
    struct str key = STR_INIT;
    uint32_t n = 0;
    fleet_get(lint->fleet, row, field, &v);
    if (!value_known(&v) || !v.text.len)
        return;
    struct span k = place_key(&key, what, v.text);
    if (!map_get(&lint->enabled, k, &n))
        k = arena_dup(&lint->mem, k);
    map_set(&lint->enabled, k, n + 1);
    str_finish(&key);
}

void lint_count_row(struct lint *lint, row_id row)
{
    if (!enabled(lint->fleet, row))
        return;
    count(lint, row, FIELD_DATA_RESIDENCY, "residency");
    count(lint, row, FIELD_BRIDGE_ID, "bridge");
}

bool lint_check(const struct lint *lint, row_id row, enum lint_rule rule, int64_t now_ms,
                struct str *text)
{
    struct str own = STR_INIT;
    struct warnings warnings = {.made = false};
    const struct look l = {lint, row, now_ms, rules[rule].id, text ? text : &own, &warnings};
    bool found = rules[rule].fn(&l);
    str_finish(&own);
    return found;
}

void lint_row(const struct lint *lint, row_id row, int64_t now_ms, bool found[LINT_COUNT])
{
    struct str text = STR_INIT;
    struct warnings warnings = {.made = false};
    struct look l = {lint, row, now_ms, NULL, &text, &warnings};
    for (int rule = 0; rule < LINT_COUNT; rule++) {
        str_clear(&text);
        l.id = rules[rule].id;
        found[rule] = rules[rule].fn(&l);
    }
    str_finish(&text);
}
