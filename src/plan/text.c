/* text.c: see text.h. */
#include "plan/text.h"

#include "base/quantity.h"
#include "base/text.h"
#include "base/vec.h"
#include "model/key_shape.h"
#include "model/warn.h"

#include <string.h>

static const char *const marks[PLAN_STATE_COUNT] = {
    [PLAN_SAME] = "=",     [PLAN_SKIPPED] = "x",   [PLAN_WAITING] = "~", [PLAN_RUNNING] = ">",
    [PLAN_APPLIED] = "ok", [PLAN_DIFFERENT] = "!", [PLAN_ALREADY] = "=", [PLAN_STALE] = "x",
    [PLAN_FAILED] = "!",   [PLAN_UNKNOWN] = "?",   [PLAN_BLOCKED] = "?", [PLAN_RELEASED] = "?",
};

static const char *mark_of(const struct plan_item *item)
{
    if (item->state != PLAN_WAITING)
        return marks[item->state];
    return item->kind == JOURNAL_CREATE ? "+" : item->kind == JOURNAL_DELETE ? "-" : "~";
}

static void add_safe(struct str *out, struct span s, const struct plan_text_options *o)
{
    text_safe(out, s.p, s.len, o->safe);
}

static void add_line(const struct plan_item *item, const struct plan_text_options *o,
                     struct str *out)
{
    str_printf(out, "%s ", mark_of(item));
    if (item->name.len)
        add_safe(out, item->name, o);
    if (item->id.len) {
        str_add(out, item->name.len ? " (" : "");
        add_safe(out, item->id, o);
        str_add(out, item->name.len ? ")" : "");
    }
    if (item->state != PLAN_WAITING)
        str_printf(out, "  %s", plan_state_word(item->state));
    else if (item->kind == JOURNAL_DELETE)
        str_add(out, "  delete");
    if (item->note.len) {
        str_add(out, item->state == PLAN_WAITING && item->kind == JOURNAL_UPDATE ? "  left out: "
                                                                                 : ": ");
        add_safe(out, item->note, o);
    }
    str_add_char(out, '\n');
}

static void add_fields(const struct plan *plan, uint32_t i, const struct plan_text_options *o,
                       struct str *out)
{
    struct plan_field fields[FIELD_COUNT];
    struct arena mem;
    arena_init(&mem);
    size_t n = plan_item_fields(plan, i, SHOW_FULL, o->reveal, &mem, fields, FIELD_COUNT);
    for (size_t k = 0; k < n; k++) {
        str_printf(out, "    %-38s  ", field_info(fields[k].field)->path);
        if (plan->items[i].kind != JOURNAL_CREATE) {
            add_safe(out, span_of(fields[k].old), o);
            add_safe(out, span_of(" " TEXT_ARROW " "), o);
        }
        add_safe(out, span_of(fields[k].now), o);
        str_add_char(out, '\n');
    }
    arena_finish(&mem);
}

static void add_warnings(const struct plan_item *item, const struct plan_text_options *options,
                         struct str *out)
{
    for (uint32_t k = 0; k < item->warning_count; k++) {
        str_add(out, "    ! ");
        if (item->warnings[k].field != FIELD_NONE)
            str_printf(out, "%s: ", field_info(item->warnings[k].field)->key);
        add_safe(out, span_of(item->warnings[k].text), options);
        str_add_char(out, '\n');
    }
}

static void add_item(const struct plan *plan, uint32_t i, const struct plan_text_options *options,
                     struct str *out)
{
    const struct plan_item *item = &plan->items[i];
    add_line(item, options, out);
    if (item->state >= PLAN_WAITING && item->kind != JOURNAL_DELETE)
        add_fields(plan, i, options, out);
    add_warnings(item, options, out);
}

void plan_text_warnings(const struct plan *plan, uint32_t most,
                        const struct plan_text_options *options, struct str *out)
{
    uint32_t all = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        if (!item->warning_count || !plan_state_left(item->state) || all++ >= most)
            continue;
        add_line(item, options, out);
        add_warnings(item, options, out);
    }
    if (all > most)
        str_printf(out, "and %s more with a warning\n", QUANTITY(all - most));
}

void plan_text_items(const struct plan *plan, const struct plan_text_options *options,
                     struct str *out)
{
    for (int skipped = 0; skipped < 2; skipped++)
        for (uint32_t i = 0; i < plan->count; i++) {
            enum plan_item_state state = plan->items[i].state;
            if ((state == PLAN_SKIPPED) == (skipped == 1) &&
                !(options->quiet && state == PLAN_SAME))
                add_item(plan, i, options, out);
        }
}

/* ---- totals --------------------------------------------------------------------------------- */

#define SHORT_CELLS 8 /* of an exact form that is read at a glance */

/* How a sum is written: every digit where the short forms would not show what is added. */
enum digits { SHORT, EXACT, ALL };

static bool has_exact(int64_t n)
{
    struct str text = STR_INIT;
    quantity_exact(&text, n);
    bool fits = n != INT64_MAX && text.len <= SHORT_CELLS;
    str_finish(&text);
    return fits;
}

static void add_sum(struct str *out, int64_t n, enum digits digits)
{
    if (n == INT64_MAX)
        str_add(out, "beyond counting");
    else if (digits == SHORT)
        quantity_short(out, n);
    else if (digits == EXACT)
        quantity_exact(out, n);
    else
        quantity_full(out, n);
}

/* "100M → 100.5M (+500k)" */
static void add_sums(const struct plan_total *t, const struct plan_text_options *o, struct str *out)
{
    bool known = t->before != INT64_MAX && t->after != INT64_MAX, less = t->after < t->before;
    int64_t by = known ? (less ? t->before - t->after : t->after - t->before) : 0;
    enum digits digits = has_exact(t->before) && has_exact(t->after) ? EXACT
                         : by && by < t->before / 100                ? ALL
                                                                     : SHORT;
    add_sum(out, t->before, digits);
    add_safe(out, span_of(" " TEXT_ARROW " "), o);
    add_sum(out, t->after, digits);
    if (!by)
        return;
    str_add(out, less ? " (-" : " (+");
    add_sum(out, by, has_exact(by) && digits != SHORT ? EXACT : SHORT);
    str_add_char(out, ')');
}

/* A limit that goes is said before everything else: then nothing stops the account. */
static void add_total(const struct plan_total *t, enum field f, const struct plan_text_options *o,
                      struct str *out)
{
    const char *sep = "  ";
    str_add(out, field_info(f)->unit);
    if (t->lost) {
        str_printf(out, "%s%s LOSE%s the limit: unlimited", sep, QUANTITY(t->lost),
                   t->lost == 1 ? "S" : "");
        sep = "; ";
    }
    if (t->counted) {
        str_add(out, sep);
        add_sums(t, o, out);
        sep = "; ";
    }
    if (t->gained) {
        str_printf(out, "%s%s get%s a limit", sep, QUANTITY(t->gained), t->gained == 1 ? "s" : "");
        sep = "; ";
    }
    if (t->uncounted)
        str_printf(out, "%s%s without a limit, not counted", sep, QUANTITY(t->uncounted));
    str_add_char(out, '\n');
}

static void add_part(struct str *out, uint32_t n, const char *word)
{
    if (n)
        str_printf(out, "%s %s%s, ", QUANTITY(n), word, PLURAL(n));
}

void plan_text_totals(const struct plan *plan, const struct plan_text_options *options,
                      struct str *out)
{
    const uint32_t *kinds = plan->kinds;
    add_part(out, kinds[JOURNAL_DELETE], "deletion");
    add_part(out, kinds[JOURNAL_CREATE], "creation");
    if (kinds[JOURNAL_UPDATE] || !plan_changes(plan))
        str_printf(out, "%s change%s, ", QUANTITY(kinds[JOURNAL_UPDATE]),
                   PLURAL(kinds[JOURNAL_UPDATE]));
    str_printf(out, "%s unchanged, %s skipped", QUANTITY(plan->states[PLAN_SAME]),
               QUANTITY(plan->states[PLAN_SKIPPED]));
    if (plan->warned)
        str_printf(out, ", %s with a warning", QUANTITY(plan->warned));
    str_add_char(out, '\n');
    for (int pass = 0; pass < 2; pass++) /* those that lose a limit first */
        for (int f = 0; f < FIELD_COUNT; f++)
            if (plan->totals[f].changed && (plan->totals[f].lost == 0) == (pass == 1))
                add_total(&plan->totals[f], (enum field)f, options, out);
}

/* ---- what is dangerous ---------------------------------------------------------------------- */

/* The first limit that asks for the word. */
static enum field great_field(const struct plan *plan, uint32_t i)
{
    struct account before, after;
    struct error err = {0};
    enum field of = FIELD_NONE;
    account_init(&before);
    account_init(&after);
    if (plan_item_before(plan, i, &before, &err) == ST_OK &&
        plan_item_after(plan, i, &after, &err) == ST_OK)
        for (int f = 0; f < FIELD_COUNT && of == FIELD_NONE; f++)
            if (warn_limit((enum field)f, &before.v[f], &after.v[f]) != LIMIT_SMALL)
                of = (enum field)f;
    account_finish(&before);
    account_finish(&after);
    return of;
}

/* "100M → 1.2G" of the first field that it is about. */
static void add_tenfold(const struct plan *plan, uint32_t i, struct str *out)
{
    const struct plan_item *item = &plan->items[i];
    struct plan_field fields[FIELD_COUNT];
    struct arena mem;
    enum field of = great_field(plan, i);
    str_add_span(out, item->name.len ? item->name : item->id);
    arena_init(&mem);
    size_t n = plan_item_fields(plan, i, SHOW_CELL, false, &mem, fields, FIELD_COUNT);
    for (size_t k = 0; k < n; k++)
        if (fields[k].field == of)
            str_printf(out, " %s " TEXT_ARROW " %s", fields[k].old, fields[k].now);
    arena_finish(&mem);
}

void plan_text_tenfold(const struct plan *plan, uint32_t most, struct str *out)
{
    uint32_t all = plan_tenfold_left(plan), shown = 0;
    if (!all)
        return;
    str_printf(out, "%s account%s a limit 10 times or more, or lose%s one: ", QUANTITY(all),
               all == 1 ? " changes" : "s change", all == 1 ? "s" : "");
    for (uint32_t i = 0; i < plan->count && shown < all && shown < most; i++) {
        if (!plan->items[i].needs_name || !plan_state_left(plan->items[i].state))
            continue;
        str_add(out, shown++ ? ", " : "");
        add_tenfold(plan, i, out);
    }
    if (shown < all)
        str_printf(out, " and %s more", QUANTITY(all - shown));
}

void plan_text_lost(const struct plan *plan, struct str *out)
{
    size_t at = out->len;
    for (int f = 0; f < FIELD_COUNT; f++) {
        uint32_t n = plan->totals[f].lost;
        if (n)
            str_printf(out, "%s%s lose%s %s", out->len > at ? ", " : "", QUANTITY(n),
                       n == 1 ? "s" : "", field_info((enum field)f)->key);
    }
    if (out->len > at)
        str_add(out, ": unlimited from then on");
}

static bool has_key(const struct plan_item *item)
{
    for (uint32_t k = 0; k < item->warning_count; k++)
        if (strcmp(item->warnings[k].text, KEY_SHAPED_WORDS) == 0)
            return plan_state_left(item->state);
    return false;
}

void plan_text_keys(const struct plan *plan, uint32_t most, struct str *out)
{
    uint32_t all = 0, shown = 0;
    for (uint32_t i = 0; i < plan->count; i++)
        all += has_key(&plan->items[i]);
    if (!all)
        return;
    str_printf(out, "of %s account%s %s " KEY_SHAPED_WORDS ": ", QUANTITY(all), PLURAL(all),
               field_info(FIELD_CREDENTIALS_REF)->leaf);
    for (uint32_t i = 0; i < plan->count && shown < all && shown < most; i++) {
        const struct plan_item *item = &plan->items[i];
        if (!has_key(item))
            continue;
        str_add(out, shown++ ? ", " : "");
        str_add_span(out, item->name.len ? item->name : item->id);
    }
    if (shown < all)
        str_printf(out, " and %s more", QUANTITY(all - shown));
}

void plan_text_undone(const struct plan *plan, struct str *out)
{
    if (!plan_is_undone(plan))
        return;
    str_add(out, "what was applied of it was taken back since");
    if (plan->undone_by[0])
        str_printf(out, " by plan %s", plan->undone_by);
    if (plan_left(plan))
        str_add(out, ", and this is the rest");
}

static void add_deleted(const struct plan *plan, struct str *out)
{
    uint32_t n = plan_deletes_left(plan);
    if (n)
        str_printf(out, "%s account%s deleted", QUANTITY(n), n == 1 ? " is" : "s are");
}

void plan_text_blast(const struct plan *plan, const struct plan_text_options *options,
                     struct str *out)
{
    static const char *const unknown[] = {[PLAN_BLAST_UNCOUNTED] =
                                              "it was not counted for this plan",
                                          [PLAN_BLAST_PARTIAL] = "the list is partial"};
    const struct plan_blast *b = &plan->blast;
    if (!plan_count_left(plan->offs))
        return;
    if (b->known != PLAN_BLAST_COUNTED) {
        str_printf(out, "! who is left enabled is not known: %s\n", unknown[b->known]);
        return;
    }
    if (b->nobody)
        str_add(out, "! no enabled account is left at all\n");
    for (uint32_t i = 0; i < b->count && i < PLAN_BLAST_NAMES; i++) {
        str_printf(out, "! no enabled account of %s ", b->words[i]);
        add_safe(out, b->values[i], options);
        str_add(out, " is left\n");
    }
    if (b->count > PLAN_BLAST_NAMES)
        str_printf(out, "and %s more\n", QUANTITY(b->count - PLAN_BLAST_NAMES));
}

void plan_text_last(const struct plan *plan, struct str *out)
{
    const struct plan_blast *b = &plan->blast;
    if (!plan_last_left(plan))
        return;
    str_add(out, "no enabled account is left");
    if (b->nobody) {
        str_add(out, " at all");
        return;
    }
    for (uint32_t i = 0; i < b->count && i < PLAN_BLAST_NAMES; i++) {
        str_printf(out, "%s of %s ", i ? "," : "", b->words[i]);
        str_add_span(out, b->values[i]);
    }
    if (b->count > PLAN_BLAST_NAMES)
        str_printf(out, " and %s more", QUANTITY(b->count - PLAN_BLAST_NAMES));
}

static void add_three_tenfold(const struct plan *plan, struct str *out)
{
    plan_text_tenfold(plan, 3, out);
}

void plan_text_danger(const struct plan *plan, struct str *out)
{
    static void (*const parts[])(const struct plan *, struct str *) = {
        plan_text_undone, add_deleted, plan_text_last, add_three_tenfold, plan_text_lost};
    struct str part = STR_INIT;
    size_t at = out->len;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        str_clear(&part);
        parts[i](plan, &part);
        if (part.len)
            str_printf(out, "%s%s", out->len > at ? "; " : "", part.data);
    }
    str_finish(&part);
}

void plan_text_left(const struct plan *plan, const struct plan_text_options *options,
                    struct str *out)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        enum plan_item_state s = plan->items[i].state;
        if (s == PLAN_DIFFERENT || s == PLAN_STALE || s == PLAN_FAILED || s == PLAN_UNKNOWN ||
            s == PLAN_BLOCKED || s == PLAN_RELEASED)
            add_line(&plan->items[i], options, out);
    }
}
