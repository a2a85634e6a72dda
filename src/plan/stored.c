/* stored.c: see stored.h. */
#include "plan/stored.h"

#include "base/mem.h"
#include "base/vec.h"
#include "plan/file_line.h"
#include "plan/settable.h"
#include "write/inverse.h"

#include <stdio.h>
#include <string.h>

#define UNDO "-undo"

/* ---- saving -------------------------------------------------------------------------------- */

struct plan_save {
    const struct plan *plan; /* (borrowed) */
    struct plans *plans;     /* (borrowed) */
    uint32_t done;
    bool whole;
};

static struct plans_head head_of(const struct plan *plan)
{
    const struct plan_head *h = &plan->head;
    return (struct plans_head){.id = h->id,
                               .origin = h->origin,
                               .org = h->org,
                               .profile = h->profile,
                               .label = h->label,
                               .by = h->by,
                               .reason = h->reason,
                               .title = h->title,
                               .of = h->of,
                               .made_wall_ms = h->made_wall_ms,
                               .items = plan->count,
                               .linked = h->linked};
}

enum status plan_save_begin(struct plan_save **out, const struct plan *plan, struct plans *plans,
                            struct error *err)
{
    const struct plans_head head = head_of(plan);
    struct plan_save *s = mem_calloc(1, sizeof *s);
    s->plan = plan;
    s->plans = plans;
    enum status st = plans_put_head(plans, &head, &s->whole, err);
    if (st != ST_OK) {
        mem_free(s);
        s = NULL;
    }
    *out = s;
    return st;
}

enum status plan_save_step(struct plan_save *save, uint32_t budget, bool *more, struct error *err)
{
    const struct plan *plan = save->plan;
    uint32_t left = plan->count - save->done, n = left < budget ? left : budget;
    enum status st = ST_OK;
    *more = false;
    if (save->whole)
        return ST_OK;
    struct plans_item *items = mem_calloc(n + 1u, sizeof *items);
    struct str *warnings = mem_calloc(n + 1u, sizeof *warnings);
    for (uint32_t i = 0; i < n; i++) {
        const struct plan_item *item = &plan->items[save->done + i];
        if (item->warning_count)
            plan_warnings_json(item, &warnings[i]);
        items[i] = (struct plans_item){.n = save->done + i,
                                       .kind = journal_kind_name(item->kind),
                                       .state = plan_state_name(item->state),
                                       .account_id = item->id.p,
                                       .account_name = item->name.p,
                                       .before = item->before.p,
                                       .target = item->target.p,
                                       .note = item->note.p,
                                       .warnings = str_text(&warnings[i]),
                                       .needs_name = item->needs_name,
                                       .op = item->op,
                                       .undoes = item->undoes};
    }
    if (n)
        st = plans_put_items(save->plans, plan->head.id, items, n, err);
    if (st == ST_OK)
        save->done += n;
    *more = save->done < plan->count;
    if (st == ST_OK && !*more)
        st = plans_seal(save->plans, plan->head.id, err);
    for (uint32_t i = 0; i < n; i++)
        str_finish(&warnings[i]);
    mem_free(warnings);
    mem_free(items);
    return st;
}

void plan_save_destroy(struct plan_save *save)
{
    mem_free(save);
}

bool plan_save_was_there(const struct plan_save *save)
{
    return save->whole;
}

/* ---- loading ------------------------------------------------------------------------------- */

struct load {
    struct plan *plan;
    struct error error;
};

static void load_head(void *ctx, const struct plans_head *h)
{
    struct load *load = ctx;
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
}

static void load_item(void *ctx, const struct plans_item *row)
{
    struct load *load = ctx;
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

static enum status load_whole(struct plans *plans, const char *id, struct plan **out,
                              struct error *err)
{
    struct load load = {NULL, {0}};
    enum status st = plans_get(plans, id, load_head, load_item, &load, err);
    if (st == ST_OK && load.error.status != ST_OK) {
        *err = load.error;
        st = err->status;
    }
    if (st != ST_OK) {
        plan_destroy(load.plan);
        load.plan = NULL;
    }
    *out = load.plan;
    return st;
}

enum status plan_load(struct plans *plans, struct journal *journal, const char *id,
                      struct plan **out, struct error *err)
{
    struct str full = STR_INIT;
    *out = NULL;
    enum status st = plans_find(plans, id, &full, err);
    if (st == ST_OK)
        st = load_whole(plans, str_text(&full), out, err);
    if (st == ST_OK)
        st = plan_settle(*out, journal, err);
    if (st != ST_OK) {
        plan_destroy(*out);
        *out = NULL;
    }
    str_finish(&full);
    return st;
}

/* ---- what the journal says ----------------------------------------------------------------- */

static const enum plan_item_state state_of[] = {
    [JOURNAL_OPEN] = PLAN_UNKNOWN,        [JOURNAL_APPLIED] = PLAN_APPLIED,
    [JOURNAL_DIFFERENT] = PLAN_DIFFERENT, [JOURNAL_NOT_APPLIED] = PLAN_FAILED,
    [JOURNAL_UNKNOWN] = PLAN_UNKNOWN,     [JOURNAL_NOT_SEEN] = PLAN_UNKNOWN,
    [JOURNAL_CONFLICT] = PLAN_UNKNOWN,    [JOURNAL_RELEASED] = PLAN_UNKNOWN,
};

static void settle(void *ctx, const struct journal_entry *e)
{
    struct plan *plan = ctx;
    if (e->item < 0 || e->item >= plan->count)
        return;
    uint32_t i = (uint32_t)e->item;
    if (plan->items[i].state < PLAN_WAITING)
        return;
    plan_mark(plan, i, state_of[e->outcome], e->op, e->note);
    if (e->kind == JOURNAL_CREATE && e->account_id[0])
        plan_item_created(plan, i, e->account_id);
}

enum status plan_settle(struct plan *plan, struct journal *journal, struct error *err)
{
    /* What was on its way and has no entry was never sent: the entry comes before the sending. */
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->items[i].state == PLAN_RUNNING ||
            (plan->items[i].state == PLAN_UNKNOWN && plan->items[i].op == 0))
            plan_mark(plan, i, PLAN_WAITING, 0, NULL);
    return journal ? journal_of_plan(journal, plan->head.id, settle, plan, err) : ST_OK;
}

/* ---- turning it round ---------------------------------------------------------------------- */

static bool is_undo(const struct plan *plan)
{
    return plan->head.of[0] != '\0';
}

void plan_undo_id(const struct plan *plan, struct str *out)
{
    str_printf(out, "%.*s" UNDO, (int)(PLAN_ID_ROOM - sizeof UNDO - 4), plan->head.id);
}

/* Of an undo the inverse is a plan like any other, with an id of its own. */
static struct plan *inverse_head(const struct plan *plan)
{
    struct plan_head head = plan->head;
    struct str id = STR_INIT;
    if (is_undo(plan)) {
        head.id[0] = '\0';
        head.of[0] = '\0';
        snprintf(head.title, sizeof head.title, "again: what %.80s took back", plan->head.id);
    } else {
        plan_undo_id(plan, &id);
        snprintf(head.id, sizeof head.id, "%s", id.data);
        snprintf(head.of, sizeof head.of, "%s", plan->head.id);
        snprintf(head.title, sizeof head.title, "undo of %.80s", plan->head.id);
    }
    str_finish(&id);
    return plan_create(&head);
}

/* What cannot be asked for (absent, where null is not allowed) stays as it became. */
static void lay_back(struct account *mine, const struct account *was)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        struct value v = was->v[f];
        if (!field_settable(f) || value_eq(f, &was->v[f], &mine->v[f]))
            continue;
        if (v.presence == PRESENCE_ABSENT)
            v = field_info(f)->type == FT_MAP ? value_text(span_of("")) : value_null();
        if (v.presence == PRESENCE_VALUE ||
            (v.presence == PRESENCE_NULL && (field_info(f)->flags & FF_NULLABLE)))
            account_set(mine, f, &v);
    }
}

static void invert(struct plan *out, const struct plan *plan, uint32_t i)
{
    struct account was, now;
    struct error err;
    const struct plan_item *item = &plan->items[i];
    account_init(&was);
    account_init(&now);
    if (item->kind == JOURNAL_CREATE) {
        plan_skip(out, item->id, item->name, "the new account is deleted once its id is known");
    } else if (plan_item_before(plan, i, &was, &err) == ST_OK) {
        struct value none = value_absent();
        if (item->kind == JOURNAL_DELETE) {
            account_set(&was, FIELD_ID, &none);
            plan_add(out, NULL, &was, "created again, under a new id");
        } else if (plan_item_after(plan, i, &now, &err) == ST_OK) {
            struct account back;
            account_init(&back);
            account_copy(&back, &now);
            lay_back(&back, &was);
            plan_add(out, &now, &back, NULL);
            account_finish(&back);
        }
    }
    account_finish(&was);
    account_finish(&now);
}

struct plan *plan_inverse_begin(const struct plan *plan)
{
    return inverse_head(plan);
}

bool plan_inverse_step(struct plan *inverse, const struct plan *plan, uint32_t *done,
                       uint32_t budget)
{
    for (; *done < plan->count && budget-- > 0; ++*done) {
        uint32_t i = plan->count - 1 - *done;
        if (plan->items[i].state >= PLAN_WAITING)
            invert(inverse, plan, i);
    }
    return *done < plan->count;
}

/* From the journal's entry: what was really there before, and what it left. */
static enum status undo_item(struct plan *out, struct journal *journal, int64_t op,
                             struct error *err)
{
    struct journal_entry e;
    struct inverse inverse;
    enum status st = journal_get(journal, op, &e, err);
    if (st != ST_OK)
        return st;
    inverse_init(&inverse);
    if (inverse_make(&inverse, &e, err) == ST_OK) {
        uint32_t n = plan_add(out, inverse.kind == JOURNAL_CREATE ? NULL : &inverse.base,
                              inverse.kind == JOURNAL_DELETE ? NULL : &inverse.mine, inverse.note);
        out->items[n].undoes = op;
    } else {
        plan_skip(out, span_of(e.account_id), span_of(e.account_name), err->what);
    }
    inverse_finish(&inverse);
    journal_entry_finish(&e);
    return ST_OK;
}

static void count_entry(void *ctx, const struct journal_entry *entry)
{
    (void)entry;
    ++*(size_t *)ctx;
}

/* Undos of one plan: X-undo, and when more of X was applied after it, X-undo2 and so on. */
struct undoing {
    struct plans *plans;
    struct journal *journal;
    const struct plan *plan;
    struct plan *undo; /* the one that is to be applied */
    int64_t *taken;    /* owned: entries that an earlier undo took back */
    size_t count, room;
};

static bool begun(const struct undoing *u, const char *id)
{
    size_t n = 0;
    struct error err;
    return journal_of_plan(u->journal, id, count_entry, &n, &err) == ST_OK && n > 0;
}

static bool is_taken(const struct undoing *u, int64_t op)
{
    for (size_t i = 0; i < u->count; i++)
        if (u->taken[i] == op)
            return true;
    return false;
}

/* One that was begun goes on as it is; of one that is over it is noted what it took back. */
static enum status look_at_begun(struct undoing *u, const char *id, struct error *err)
{
    struct plan *known;
    enum status st = plan_load(u->plans, u->journal, id, &known, err);
    if (st != ST_OK)
        return st;
    if (plan_left(known) || known->states[PLAN_UNKNOWN]) {
        plan_destroy(u->undo);
        u->undo = known;
        return ST_OK;
    }
    for (uint32_t i = 0; i < known->count; i++) {
        enum plan_item_state s = known->items[i].state;
        if (s != PLAN_APPLIED && s != PLAN_DIFFERENT && s != PLAN_ALREADY)
            continue;
        VEC_ROOM(u->taken, u->count, u->room);
        u->taken[u->count++] = known->items[i].undoes;
    }
    plan_destroy(known);
    return ST_OK;
}

/* The first undo that goes on, else a new one without what was taken back before. *fresh: new. */
static enum status choose_undo(struct undoing *u, bool *fresh, struct error *err)
{
    enum status st = ST_OK;
    u->undo = inverse_head(u->plan);
    *fresh = true;
    if (!u->undo->head.of[0])
        return ST_OK;
    for (int n = 2; st == ST_OK && begun(u, u->undo->head.id); n++) {
        const struct plan *before = u->undo;
        st = look_at_begun(u, u->undo->head.id, err);
        *fresh = u->undo == before;
        if (st != ST_OK || !*fresh)
            return st;
        struct str id = STR_INIT;
        plan_undo_id(u->plan, &id);
        str_printf(&id, "%d", n);
        snprintf(u->undo->head.id, PLAN_ID_ROOM, "%s", str_text(&id));
        str_finish(&id);
    }
    return st;
}

static enum status fill_undo(struct undoing *u, struct error *err)
{
    enum status st = ST_OK;
    for (uint32_t i = u->plan->count; i-- > 0 && st == ST_OK;) {
        const struct plan_item *item = &u->plan->items[i];
        if ((item->state == PLAN_APPLIED || item->state == PLAN_DIFFERENT) &&
            !is_taken(u, item->op))
            st = undo_item(u->undo, u->journal, item->op, err);
    }
    if (st == ST_OK && plan_changes(u->undo) == 0)
        st = error_set(err, ST_NOT_FOUND, "nothing of plan %s %s: nothing to take back",
                       u->plan->head.id, u->count ? "is left applied" : "was applied");
    if (st == ST_OK) /* what was saved before anything was sent */
        st = plans_remove(u->plans, u->undo->head.id, err);
    return st;
}

enum status plan_undo(struct plans *plans, struct journal *journal, const char *id,
                      struct plan **out, struct error *err)
{
    struct undoing u = {.plans = plans, .journal = journal};
    struct plan *plan;
    bool fresh;
    *out = NULL;
    enum status st = plan_load(plans, journal, id, &plan, err);
    if (st != ST_OK)
        return st;
    u.plan = plan;
    st = choose_undo(&u, &fresh, err);
    if (st == ST_OK && fresh)
        st = fill_undo(&u, err);
    if (st != ST_OK) {
        plan_destroy(u.undo);
        u.undo = NULL;
    }
    mem_free(u.taken);
    plan_destroy(plan);
    *out = u.undo;
    return st;
}
