/* plan.c: see plan.h. */
#include "plan/plan.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "model/scan.h"
#include "model/warn.h"
#include "plan/settable.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define WARNINGS_MAX 16

static const struct {
    const char *name, *word;
} states[PLAN_STATE_COUNT] = {
    [PLAN_SAME] = {"same", "unchanged"},
    [PLAN_SKIPPED] = {"skipped", "skipped"},
    [PLAN_WAITING] = {"waiting", "not sent"},
    [PLAN_RUNNING] = {"running", "in flight"},
    [PLAN_APPLIED] = {"applied", "applied"},
    [PLAN_DIFFERENT] = {"different", "applied differently"},
    [PLAN_ALREADY] = {"already", "already so"},
    [PLAN_STALE] = {"stale", "stale"},
    [PLAN_FAILED] = {"failed", "failed"},
    [PLAN_UNKNOWN] = {"unknown", "unknown"},
    [PLAN_BLOCKED] = {"blocked", "behind an open write"},
    [PLAN_RELEASED] = {"released", "released"},
};

const char *plan_state_name(enum plan_item_state state)
{
    return states[state].name;
}

const char *plan_state_word(enum plan_item_state state)
{
    return states[state].word;
}

/* Begins with a letter, so that it is never taken for the number of a write. */
static void new_id(char id[PLAN_ID_ROOM])
{
    uint32_t number = 0;
    while (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        continue;
    snprintf(id, PLAN_ID_ROOM, "%c%07X", 'A' + (char)(number >> 28) % 6, number & 0xfffffff);
}

struct plan *plan_create(const struct plan_head *head)
{
    struct plan *plan = mem_calloc(1, sizeof *plan);
    plan->head = *head;
    if (!plan->head.id[0])
        new_id(plan->head.id);
    arena_init(&plan->mem);
    return plan;
}

void plan_destroy(struct plan *plan)
{
    if (!plan)
        return;
    mem_free(plan->items);
    arena_finish(&plan->mem);
    mem_free(plan);
}

/* ---- counting ------------------------------------------------------------------------------ */

static void add_saturated(int64_t *sum, int64_t n)
{
    if (__builtin_add_overflow(*sum, n, sum) || *sum == INT64_MAX)
        *sum = INT64_MAX;
}

static bool limit(const struct account *a, enum field f, int64_t *n)
{
    if (!value_known(&a->v[f]) || a->v[f].inexact)
        return false;
    *n = a->v[f].i;
    return true;
}

/* A number that is not readable is a limit, too. */
static bool is_none(const struct account *a, enum field f)
{
    return a->v[f].presence == PRESENCE_NULL || a->v[f].presence == PRESENCE_ABSENT;
}

/* before NULL: a create. */
static void count_totals(struct plan *plan, const struct account *before,
                         const struct account *after, const struct field_set *diff)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        struct plan_total *t = &plan->totals[f];
        int64_t was = 0, is = 0;
        plan->changed[f] += before && diff->has[f];
        if (field_info(f)->type != FT_INT || !field_settable(f) || t->before == INT64_MAX)
            continue;
        bool both = (!before || limit(before, f, &was)) && limit(after, f, &is);
        bool lost = before && !is_none(before, f) && is_none(after, f);
        bool gained = before && is_none(before, f) && !is_none(after, f);
        t->changed += diff->has[f];
        t->counted += both;
        t->lost += lost;
        t->gained += gained;
        t->uncounted += !both && !lost && !gained;
        if (both) {
            add_saturated(&t->before, was);
            add_saturated(&t->after, is);
        }
    }
}

static struct plan_item *add_item(struct plan *plan, enum journal_kind kind,
                                  enum plan_item_state state)
{
    VEC_ROOM(plan->items, plan->count, plan->room);
    struct plan_item *item = &plan->items[plan->count++];
    *item = (struct plan_item){.kind = kind, .state = state};
    item->id = item->name = item->before = item->target = item->note = span_of("");
    plan->states[state]++;
    plan->deletes[state] += kind == JOURNAL_DELETE;
    if (state >= PLAN_WAITING)
        plan->kinds[kind]++;
    return item;
}

static struct span keep(struct plan *plan, struct span s)
{
    return s.len ? arena_dup(&plan->mem, s) : span_of("");
}

static struct span keep_text(struct plan *plan, struct str *text)
{
    struct span kept = keep(plan, span_from(text));
    str_finish(text);
    return kept;
}

/* After those that it has. */
static void keep_warnings(struct plan *plan, struct plan_item *item,
                          const struct plan_warning *warnings, uint32_t count)
{
    uint32_t had = item->warning_count;
    if (count == 0)
        return;
    struct plan_warning *kept = arena_alloc(&plan->mem, (had + count) * sizeof *kept);
    if (had)
        memcpy(kept, item->warnings, had * sizeof *kept);
    for (uint32_t i = 0; i < count; i++)
        kept[had + i] = (struct plan_warning){warnings[i].field,
                                              arena_dup(&plan->mem, span_of(warnings[i].text)).p};
    item->warnings = kept;
    item->warning_count = had + count;
    plan->warned += had == 0;
}

static void warn(struct plan *plan, struct plan_item *item, const struct account *before,
                 const struct account *after, const struct field_set *diff)
{
    struct warning found[WARNINGS_MAX], standing[WARNINGS_MAX];
    struct plan_warning kept[WARNINGS_MAX];
    size_t n = warn_account(before, after, found, WARNINGS_MAX), count = 0;
    size_t old = before ? warn_account(NULL, before, standing, WARNINGS_MAX) : 0;
    for (size_t i = 0; i < n; i++) {
        if (!diff->has[found[i].field] && warn_stood(&found[i], standing, old))
            continue;
        if (found[i].needs_name) /* a plan asks for its own word */
            found[i].text[strlen(found[i].text) - strlen(WARN_ASKS)] = '\0';
        kept[count++] = (struct plan_warning){found[i].field, found[i].text};
        item->needs_name |= found[i].needs_name;
    }
    keep_warnings(plan, item, kept, (uint32_t)count);
    plan->tenfold[item->state] += item->needs_name;
}

/* Of the kept texts: they are written by settable_json alone, and a quote within a text has a
 * backslash before it. */
int plan_item_turns(const struct plan_item *item)
{
    static const char on[] = "\"enabled\":true", off[] = "\"enabled\":false";
    if (item->kind == JOURNAL_CREATE)
        return 0;
    bool was = strstr(item->before.p, on) != NULL;
    if (was)
        return item->kind == JOURNAL_DELETE || strstr(item->target.p, off) ? -1 : 0;
    return item->kind == JOURNAL_UPDATE && strstr(item->target.p, on) ? 1 : 0;
}

/* ---- adding -------------------------------------------------------------------------------- */

/* What it changes, summed up and judged: of an update what differs, of a create all that it has. */
static void look_at(struct plan *plan, struct plan_item *item, const struct account *before,
                    const struct account *after, struct field_set *diff)
{
    for (int f = 0; f < FIELD_COUNT && !before; f++)
        diff->has[f] = value_known(&after->v[f]);
    count_totals(plan, before, after, diff);
    if (item->state == PLAN_WAITING)
        warn(plan, item, before, after, diff);
}

uint32_t plan_add(struct plan *plan, const struct account *before, const struct account *after,
                  const char *note)
{
    struct str frozen = STR_INIT, target = STR_INIT;
    struct field_set diff = {{false}};
    const struct account *of = before ? before : after;
    bool left_out = note && *note;
    enum journal_kind kind = !before ? JOURNAL_CREATE : !after ? JOURNAL_DELETE : JOURNAL_UPDATE;
    size_t changes = 1;
    if (kind == JOURNAL_UPDATE)
        changes = settable_diff(before, after, &diff);
    enum plan_item_state state = changes ? PLAN_WAITING : left_out ? PLAN_SKIPPED : PLAN_SAME;
    struct plan_item *item = add_item(plan, kind, state);
    if (before)
        settable_json(before, NULL, false, &frozen);
    if (kind == JOURNAL_CREATE)
        settable_json(after, NULL, false, &target);
    else if (kind == JOURNAL_UPDATE && changes)
        settable_json(after, &diff, false, &target);
    item->id = before ? keep(plan, account_id(before)) : span_of("");
    item->name = keep(plan, account_name(of));
    item->before = keep_text(plan, &frozen);
    item->target = keep_text(plan, &target);
    item->note = keep(plan, span_of(note));
    plan->offs[state] += plan_item_turns(item) < 0;
    if (after)
        look_at(plan, item, before, after, &diff);
    return plan->count - 1;
}

uint32_t plan_skip(struct plan *plan, struct span id, struct span name, const char *why)
{
    struct plan_item *item = add_item(plan, JOURNAL_UPDATE, PLAN_SKIPPED);
    item->id = keep(plan, id);
    item->name = keep(plan, name);
    item->note = keep(plan, span_of(why));
    return plan->count - 1;
}

void plan_warn(struct plan *plan, uint32_t i, enum field field, const char *text)
{
    struct plan_item *item = &plan->items[i];
    const struct plan_warning *had = item->warnings;
    uint32_t count = item->warning_count;
    const struct plan_warning warning = {field, text};
    item->warning_count = 0;
    plan->warned -= count > 0;
    keep_warnings(plan, item, &warning, 1);
    keep_warnings(plan, item, had, count);
}

enum status plan_item_rename(struct plan *plan, uint32_t i, struct span name, struct error *err)
{
    struct plan_item *item = &plan->items[i];
    struct account after;
    struct value v = value_text(name);
    if (item->kind != JOURNAL_CREATE || item->state != PLAN_WAITING)
        return error_set(err, ST_USAGE, "only an account that is still to be created is renamed");
    if (!name.len)
        return error_set(err, ST_USAGE, "an account needs a name");
    if (value_check(FIELD_NAME, &v, err) != ST_OK)
        return err->status;
    account_init(&after);
    enum status st = plan_item_after(plan, i, &after, err);
    if (st == ST_OK) {
        struct str target = STR_INIT;
        account_set(&after, FIELD_NAME, &v);
        settable_json(&after, NULL, false, &target);
        item->name = keep(plan, name);
        item->target = keep_text(plan, &target);
    }
    account_finish(&after);
    return st;
}

/* An item's own account is decoded once more, for the sums. */
static enum status count_kept(struct plan *plan, uint32_t i, struct error *err)
{
    struct account before, after;
    struct field_set diff = {{false}};
    const struct plan_item *item = &plan->items[i];
    enum status st = ST_OK;
    account_init(&before);
    account_init(&after);
    if (item->kind != JOURNAL_CREATE && item->before.len)
        st = plan_item_before(plan, i, &before, err);
    if (st == ST_OK && item->kind != JOURNAL_DELETE && (item->before.len || item->target.len)) {
        st = plan_item_after(plan, i, &after, err);
        for (int f = 0; f < FIELD_COUNT && item->kind == JOURNAL_CREATE; f++)
            diff.has[f] = value_known(&after.v[f]);
        if (st == ST_OK && item->kind == JOURNAL_UPDATE)
            settable_diff(&before, &after, &diff);
        if (st == ST_OK)
            count_totals(plan, item->kind == JOURNAL_CREATE ? NULL : &before, &after, &diff);
    }
    account_finish(&before);
    account_finish(&after);
    return st;
}

enum status plan_add_kept(struct plan *plan, const struct plan_item *item, struct error *err)
{
    bool sends = item->state >= PLAN_WAITING;
    bool wants_before = sends && item->kind != JOURNAL_CREATE;
    bool wants_target = sends && item->kind != JOURNAL_DELETE;
    if ((wants_before && (!item->before.len || !item->id.len)) ||
        (wants_target && !item->target.len))
        return error_set(err, ST_PARSE, "an item without what it is about");
    struct plan_item *kept = add_item(plan, item->kind, item->state);
    kept->id = keep(plan, item->id);
    kept->name = keep(plan, item->name);
    kept->before = keep(plan, item->before);
    kept->target = keep(plan, item->target);
    kept->note = keep(plan, item->note);
    kept->op = item->op;
    kept->undoes = item->undoes;
    kept->needs_name = item->needs_name;
    plan->tenfold[kept->state] += item->needs_name;
    plan->offs[kept->state] += plan_item_turns(kept) < 0;
    keep_warnings(plan, kept, item->warnings, item->warning_count);
    return count_kept(plan, plan->count - 1, err);
}

/* ---- states -------------------------------------------------------------------------------- */

void plan_mark(struct plan *plan, uint32_t i, enum plan_item_state state, int64_t op,
               const char *note)
{
    struct plan_item *item = &plan->items[i];
    plan->states[item->state]--;
    plan->states[state]++;
    if (item->kind == JOURNAL_DELETE) {
        plan->deletes[item->state]--;
        plan->deletes[state]++;
    }
    if (item->needs_name) {
        plan->tenfold[item->state]--;
        plan->tenfold[state]++;
    }
    if (plan_item_turns(item) < 0) {
        plan->offs[item->state]--;
        plan->offs[state]++;
    }
    item->state = state;
    if (op)
        item->op = op;
    if (note && !span_is(item->note, note))
        item->note = keep(plan, span_of(note));
}

void plan_item_created(struct plan *plan, uint32_t i, const char *id)
{
    if (!span_is(plan->items[i].id, id))
        plan->items[i].id = keep(plan, span_of(id));
}

uint32_t plan_changes(const struct plan *plan)
{
    return plan->count - plan->states[PLAN_SAME] - plan->states[PLAN_SKIPPED];
}

bool plan_deletes(const struct plan *plan)
{
    return plan->kinds[JOURNAL_DELETE] > 0;
}

/* ---- looking at an item -------------------------------------------------------------------- */

static void set_id(struct account *a, struct span id)
{
    struct value v = value_text(id);
    if (id.len)
        account_set(a, FIELD_ID, &v);
}

enum status plan_item_before(const struct plan *plan, uint32_t i, struct account *out,
                             struct error *err)
{
    const struct plan_item *item = &plan->items[i];
    account_finish(out);
    if (item->kind == JOURNAL_CREATE || !item->before.len)
        return error_set(err, ST_USAGE, "there was no account before");
    enum status st = settable_lay(out, item->before, err);
    set_id(out, item->id);
    return st;
}

enum status plan_item_after(const struct plan *plan, uint32_t i, struct account *out,
                            struct error *err)
{
    const struct plan_item *item = &plan->items[i];
    enum status st = ST_OK;
    account_finish(out);
    if (item->kind == JOURNAL_DELETE)
        return error_set(err, ST_USAGE, "the account is to go");
    if (item->before.len)
        st = settable_lay(out, item->before, err);
    if (st == ST_OK && item->target.len)
        st = settable_lay(out, item->target, err);
    set_id(out, item->id);
    return st;
}

/* Of a count by state: what would be sent. */
static unsigned to_send(const uint32_t counts[PLAN_STATE_COUNT], bool again)
{
    return plan_count_left(counts) + (again ? counts[PLAN_UNKNOWN] : 0);
}

/* Of a list that has no provider nor anything else, its last one is one, too. */
static uint32_t last_of(const struct plan *plan)
{
    return plan->blast.count ? plan->blast.count : plan->blast.nobody;
}

uint32_t plan_last_left(const struct plan *plan)
{
    return plan_count_left(plan->offs) ? last_of(plan) : 0;
}

void plan_confirm_word(const struct plan *plan, const char *label, bool again, struct str *out)
{
    unsigned deletes = to_send(plan->deletes, again), tenfold = to_send(plan->tenfold, again);
    unsigned last = to_send(plan->offs, again) ? last_of(plan) : 0;
    bool labelled = label && *label;
    if (deletes)
        str_printf(out, "delete %u", deletes);
    if (tenfold)
        str_printf(out, "%s10x %u", deletes ? " " : "", tenfold);
    if (last)
        str_printf(out, "%slast %u", deletes || tenfold ? " " : "", last);
    if (labelled)
        str_printf(out, "%s%s", deletes || tenfold || last ? " " : "", label);
    else if (!deletes && !tenfold && !last)
        str_printf(out, "%u", to_send(plan->states, again));
}

void plan_task_words(const struct plan *plan, struct str *out)
{
    uint32_t deletes = plan_deletes_left(plan), others = plan_left(plan) - deletes;
    if (deletes)
        str_printf(out, "delete %s account%s", QUANTITY(deletes), PLURAL(deletes));
    if (deletes && others)
        str_add(out, " and ");
    if (others || !deletes)
        str_printf(out, "apply %s change%s", QUANTITY(others), PLURAL(others));
}
