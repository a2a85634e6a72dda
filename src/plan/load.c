/* load.c: see load.h. First the head, then the items, then what the journal says of them: the
 * states beside the items are for lists, the journal is the truth of what was sent. */
#include "plan/load.h"

#include "base/mem.h"
#include "plan/file_line.h"
#include "plan/stored.h"

#include <stdio.h>
#include <string.h>

struct plan_load {
    struct plans *plans;     /* (borrowed) */
    struct journal *journal; /* (borrowed); may be NULL */
    struct plan *plan;       /* owned; NULL once taken */
    uint32_t total;
    int64_t op; /* the last entry of the journal that is in; -1: the items are not all in */
    uint32_t entries;
    bool settled;      /* all entries are in */
    uint32_t looked;   /* items of which it is known whether they stand */
    int64_t undone_op; /* the newest entry that was taken back */
    struct error error;
};

/* ---- head and items ------------------------------------------------------------------------- */

static void load_head(void *ctx, const struct plans_head *h)
{
    struct plan_load *load = ctx;
    struct plan_head head = {.made_wall_ms = h->made_wall_ms, .linked = h->linked};
#define FILL(member) snprintf(head.member, sizeof head.member, "%s", h->member)
    FILL(id);
    FILL(origin);
    FILL(org);
    FILL(profile);
    FILL(label);
    FILL(how);
    FILL(by);
    FILL(of);
    FILL(reason);
    FILL(title);
#undef FILL
    load->plan = plan_create(&head);
    load->total = h->items;
}

static void load_item(void *ctx, const struct plans_item *row)
{
    struct plan_load *load = ctx;
    struct arena mem;
    struct plan_warning *warnings = NULL;
    if (load->error.status != ST_OK)
        return;
    arena_init(&mem);
    struct plan_item item = {.id = span_of(row->account_id),
                             .name = span_of(row->account_name),
                             .before = span_of(row->before),
                             .target = span_of(row->target),
                             .note = span_of(row->note),
                             .op = row->op,
                             .undoes = row->undoes,
                             .needs_name = row->needs_name};
    item.warning_count = plan_warnings_read(span_of(row->warnings), &mem, &warnings);
    item.warnings = warnings;
    if (row->n != load->plan->count || !plan_kind_find(span_of(row->kind), &item.kind) ||
        !plan_state_find(span_of(row->state), &item.state))
        error_set(&load->error, ST_IO, "item %u of the plan cannot be read", (unsigned)row->n);
    else
        plan_add_kept(load->plan, &item, &load->error);
    arena_finish(&mem);
}

/* ---- what the journal says ------------------------------------------------------------------ */

static const enum plan_item_state state_of[] = {
    [JOURNAL_OPEN] = PLAN_UNKNOWN,        [JOURNAL_APPLIED] = PLAN_APPLIED,
    [JOURNAL_DIFFERENT] = PLAN_DIFFERENT, [JOURNAL_NOT_APPLIED] = PLAN_FAILED,
    [JOURNAL_UNKNOWN] = PLAN_UNKNOWN,     [JOURNAL_NOT_SEEN] = PLAN_UNKNOWN,
    [JOURNAL_CONFLICT] = PLAN_UNKNOWN,    [JOURNAL_RELEASED] = PLAN_RELEASED,
};

/* STALE and ALREADY never reach the journal: there the refusal before them is the last word. */
static bool is_newer(const struct plan_item *item, const struct journal_entry *e)
{
    return (item->state == PLAN_STALE || item->state == PLAN_ALREADY) && e->op <= item->op &&
           e->outcome == JOURNAL_NOT_APPLIED;
}

static void settle(struct plan *plan, const struct journal_entry *e)
{
    if (e->item < 0 || e->item >= plan->count)
        return;
    uint32_t i = (uint32_t)e->item;
    if (plan->items[i].state < PLAN_WAITING || is_newer(&plan->items[i], e))
        return;
    plan_mark(plan, i, state_of[e->outcome], e->op, e->note);
    if (e->kind == JOURNAL_CREATE && e->account_id[0])
        plan_item_created(plan, i, e->account_id);
}

static void load_entry(void *ctx, const struct journal_entry *e)
{
    struct plan_load *load = ctx;
    settle(load->plan, e);
    load->op = e->op;
    load->entries++;
}

/* What was on its way and has no entry was never sent: the entry comes before the sending. */
static void unsend(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->items[i].state == PLAN_RUNNING ||
            (plan->items[i].state == PLAN_UNKNOWN && plan->items[i].op == 0))
            plan_mark(plan, i, PLAN_WAITING, 0, NULL);
}

static void settle_entry(void *ctx, const struct journal_entry *e)
{
    settle(ctx, e);
}

enum status plan_settle(struct plan *plan, struct journal *journal, struct error *err)
{
    unsend(plan);
    return journal ? journal_of_plan(journal, plan->head.id, 0, SIZE_MAX, settle_entry, plan, err)
                   : ST_OK;
}

/* ---- in slices ------------------------------------------------------------------------------ */

enum status plan_load_begin(struct plan_load **out, struct plans *plans, struct journal *journal,
                            const char *id, struct error *err)
{
    struct str full = STR_INIT;
    struct plan_load *load = mem_calloc(1, sizeof *load);
    *load = (struct plan_load){.plans = plans, .journal = journal, .op = -1};
    enum status st = plans_find(plans, id, &full, err);
    if (st == ST_OK)
        st = plans_get(plans, str_text(&full), load_head, load, err);
    str_finish(&full);
    if (st != ST_OK) {
        plan_load_destroy(load);
        load = NULL;
    }
    *out = load;
    return st;
}

static enum status items_step(struct plan_load *load, uint32_t budget, struct error *err)
{
    uint32_t before = load->plan->count;
    enum status st =
        plans_items(load->plans, load->plan->head.id, before, budget, load_item, load, err);
    if (st == ST_OK && load->error.status != ST_OK) {
        *err = load->error;
        st = err->status;
    }
    if (st == ST_OK && load->plan->count == before && before < load->total)
        st = error_set(err, ST_IO, "item %u of the plan is missing", (unsigned)before);
    if (st == ST_OK && load->plan->count >= load->total) {
        unsend(load->plan);
        load->op = 0;
    }
    return st;
}

static enum status entries_step(struct plan_load *load, uint32_t budget, struct error *err)
{
    uint32_t before = load->entries;
    enum status st = journal_of_plan(load->journal, load->plan->head.id, load->op, budget,
                                     load_entry, load, err);
    load->settled = st == ST_OK && load->entries - before < budget;
    return st;
}

/* What was applied, and whether it was taken back since. */
static enum status stands_step(struct plan_load *load, uint32_t budget, struct error *err)
{
    struct plan *plan = load->plan;
    enum status st = ST_OK;
    for (; load->looked < plan->count && budget > 0 && st == ST_OK; load->looked++, budget--) {
        const struct plan_item *item = &plan->items[load->looked];
        char by[PLAN_ID_ROOM];
        bool stands = true;
        if (item->state == PLAN_APPLIED || item->state == PLAN_DIFFERENT)
            st = journal_stands(load->journal, item->op, &stands, by, err);
        if (st != ST_OK || stands)
            continue;
        plan->undone++;
        if (item->op > load->undone_op)
            memcpy(plan->undone_by, by, sizeof by);
        load->undone_op = item->op > load->undone_op ? item->op : load->undone_op;
    }
    return st;
}

enum status plan_load_step(struct plan_load *load, uint32_t budget, bool *more, struct error *err)
{
    enum status st = ST_OK;
    if (load->op < 0)
        st = items_step(load, budget, err);
    else if (load->journal && !load->settled)
        st = entries_step(load, budget, err);
    else if (load->journal)
        st = stands_step(load, budget, err);
    else
        load->looked = load->plan->count;
    *more = st == ST_OK && load->looked < load->plan->count;
    return st;
}

void plan_load_progress(const struct plan_load *load, uint32_t *done, uint32_t *total)
{
    *done = load->plan ? load->plan->count : 0;
    *total = load->total;
}

struct plan *plan_load_take(struct plan_load *load)
{
    struct plan *plan = load->plan;
    load->plan = NULL;
    plan->stored = true;
    return plan;
}

void plan_load_destroy(struct plan_load *load)
{
    if (!load)
        return;
    plan_destroy(load->plan);
    mem_free(load);
}

enum status plan_load(struct plans *plans, struct journal *journal, const char *id,
                      struct plan **out, struct error *err)
{
    struct plan_load *load;
    bool more = true;
    *out = NULL;
    enum status st = plan_load_begin(&load, plans, journal, id, err);
    while (st == ST_OK && more)
        st = plan_load_step(load, UINT32_MAX, &more, err);
    if (st == ST_OK)
        *out = plan_load_take(load);
    plan_load_destroy(load);
    return st;
}
