/* text.c: see text.h. */
#include "plan/text.h"

#include "base/quantity.h"
#include "base/text.h"

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
            str_add(out, " > ");
        }
        add_safe(out, span_of(fields[k].now), o);
        str_add_char(out, '\n');
    }
    arena_finish(&mem);
}

void plan_text_items(const struct plan *plan, const struct plan_text_options *options,
                     struct str *out)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        if (options->quiet && item->state == PLAN_SAME)
            continue;
        add_line(item, options, out);
        if (item->state >= PLAN_WAITING && item->kind != JOURNAL_DELETE)
            add_fields(plan, i, options, out);
        for (uint32_t k = 0; k < item->warning_count; k++) {
            str_add(out, "    ! ");
            if (item->warnings[k].field != FIELD_NONE)
                str_printf(out, "%s: ", field_info(item->warnings[k].field)->key);
            add_safe(out, span_of(item->warnings[k].text), options);
            str_add_char(out, '\n');
        }
    }
}

static void add_sum(struct str *out, int64_t n)
{
    if (n == INT64_MAX)
        str_add(out, "beyond counting");
    else
        quantity_short(out, n);
}

static void add_total(const struct plan_total *t, enum field f, struct str *out)
{
    str_printf(out, "%s  ", field_info(f)->unit);
    add_sum(out, t->before);
    str_add(out, " > ");
    add_sum(out, t->after);
    if (t->before != INT64_MAX && t->after != INT64_MAX && t->before != t->after) {
        bool less = t->after < t->before;
        str_add(out, less ? " (-" : " (+");
        quantity_short(out, less ? t->before - t->after : t->after - t->before);
        str_add_char(out, ')');
    }
    if (t->uncounted)
        str_printf(out, "; %s without a limit, not counted", QUANTITY(t->uncounted));
    str_add_char(out, '\n');
}

void plan_text_totals(const struct plan *plan, const struct plan_text_options *options,
                      struct str *out)
{
    (void)options;
    uint32_t changes = 0;
    for (uint32_t i = 0; i < plan->count; i++)
        changes += plan->items[i].state >= PLAN_WAITING && plan->items[i].kind == JOURNAL_UPDATE;
    str_printf(out, "%s change%s, %s unchanged, %s skipped, %s created, %s deleted",
               QUANTITY(changes), PLURAL(changes), QUANTITY(plan->states[PLAN_SAME]),
               QUANTITY(plan->states[PLAN_SKIPPED]), QUANTITY(plan->kinds[JOURNAL_CREATE]),
               QUANTITY(plan->kinds[JOURNAL_DELETE]));
    if (plan->warned)
        str_printf(out, ", %s with a warning", QUANTITY(plan->warned));
    str_add_char(out, '\n');
    for (int f = 0; f < FIELD_COUNT; f++)
        if (plan->totals[f].changed)
            add_total(&plan->totals[f], (enum field)f, out);
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
