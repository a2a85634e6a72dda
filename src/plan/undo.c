/* undo.c: what takes a plan back as far as it was applied, in slices (load.h).
 *
 * Undos of one plan are X-undo, and when more of X was applied after it, X-undo2 and so on. The
 * first that was begun and is not over goes on as it is; otherwise a new one is made of what no
 * earlier one took back. Each part of that is a step of its own. */
#include "plan/load.h"

#include "base/mem.h"
#include "base/vec.h"
#include "plan/stored.h"
#include "write/inverse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan_undo {
    struct plans *plans;     /* (borrowed) */
    struct journal *journal; /* (borrowed) */
    struct plan_load *load;  /* owned; of the plan, then of an undo that was begun */
    struct plan *plan;       /* owned; that is taken back */
    struct plan *undo;       /* owned; that is to be applied */
    int number;              /* of the undo that is looked at: 1, 2, ... */
    int64_t *taken;          /* owned; entries that an earlier undo took back, sorted */
    size_t count, room;
    bool earlier;             /* something was taken back before */
    char again[PLAN_ID_ROOM]; /* ... and done again since, by this plan; "" */
    uint32_t left;            /* items of the plan that are not looked at yet */
    enum { LOADING, CHOOSING, LOADING_BEGUN, FILLING, REMOVING, OVER } at;
};

/* ---- which one ------------------------------------------------------------------------------ */

static void count_entry(void *ctx, const struct journal_entry *entry)
{
    (void)entry;
    ++*(size_t *)ctx;
}

static enum status look_begun(const struct plan_undo *u, const char *id, bool *begun,
                              struct error *err)
{
    size_t n = 0;
    enum status st = journal_of_plan(u->journal, id, 0, 1, count_entry, &n, err);
    *begun = n > 0;
    return st;
}

static int by_op(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_taken(const struct plan_undo *u, int64_t op)
{
    return u->count && bsearch(&op, u->taken, u->count, sizeof op, by_op);
}

/* One that was begun goes on as it is; of one that is over it is noted what it took back, and the
 * next number is looked at. */
static void look_at_begun(struct plan_undo *u, struct plan *known)
{
    if (plan_left(known) || known->states[PLAN_UNKNOWN]) {
        plan_destroy(u->undo);
        u->undo = known;
        u->at = OVER;
        return;
    }
    for (uint32_t i = 0; i < known->count; i++) {
        enum plan_item_state s = known->items[i].state;
        if (s != PLAN_APPLIED && s != PLAN_DIFFERENT && s != PLAN_ALREADY)
            continue;
        VEC_ROOM(u->taken, u->count, u->room);
        u->taken[u->count++] = known->items[i].undoes;
    }
    plan_destroy(known);
    if (u->count)
        qsort(u->taken, u->count, sizeof *u->taken, by_op);
    struct str id = STR_INIT;
    plan_undo_id(u->plan, &id);
    str_printf(&id, "%d", ++u->number);
    snprintf(u->undo->head.id, PLAN_ID_ROOM, "%s", str_text(&id));
    str_finish(&id);
    u->at = CHOOSING;
}

static enum status choose(struct plan_undo *u, struct error *err)
{
    bool begun = false;
    enum status st = ST_OK;
    if (u->undo->head.of[0])
        st = look_begun(u, u->undo->head.id, &begun, err);
    if (st != ST_OK)
        return st;
    u->at = begun ? LOADING_BEGUN : FILLING;
    if (!begun)
        return ST_OK;
    return plan_load_begin(&u->load, u->plans, u->journal, u->undo->head.id, err);
}

/* ---- what is taken back --------------------------------------------------------------------- */

/* By an earlier undo of this plan, or by what was planned again of one, in a plan of its own. */
static enum status is_taken_back(struct plan_undo *u, int64_t op, bool *taken, struct error *err)
{
    char by[PLAN_ID_ROOM];
    bool stands;
    enum status st = journal_stands(u->journal, op, &stands, by, err);
    *taken = st == ST_OK && (!stands || is_taken(u, op));
    if (*taken && stands && by[0])
        memcpy(u->again, by, sizeof by);
    return st;
}

/* From the journal's entry: what was really there before, and what it left. */
static enum status undo_item(struct plan_undo *u, int64_t op, struct error *err)
{
    struct journal_entry e;
    struct inverse inverse;
    enum status st = journal_get(u->journal, op, &e, err);
    if (st != ST_OK)
        return st;
    inverse_init(&inverse);
    if (inverse_make(&inverse, &e, err) == ST_OK) {
        uint32_t n = plan_add(u->undo, inverse.kind == JOURNAL_CREATE ? NULL : &inverse.base,
                              inverse.kind == JOURNAL_DELETE ? NULL : &inverse.mine, inverse.note);
        u->undo->items[n].undoes = op;
    } else {
        plan_skip(u->undo, span_of(e.account_id), span_of(e.account_name), err->what);
    }
    inverse_finish(&inverse);
    journal_entry_finish(&e);
    return ST_OK;
}

static enum status nothing(const struct plan_undo *u, struct error *err)
{
    const char *applied = u->earlier ? "is left applied" : "was applied";
    const struct plan_head *head = &u->plan->head;
    if (u->again[0]) {
        error_set(err, ST_NOT_FOUND, "plan %s was taken back, and done again as plan %s", head->id,
                  u->again);
        error_next(err, "paddock undo %s takes that back", u->again);
        return ST_NOT_FOUND;
    }
    if (!u->undo->left_out)
        return error_set(err, ST_NOT_FOUND, "nothing of plan %s %s: nothing to take back", head->id,
                         applied);
    error_set(err, ST_NOT_FOUND,
              "nothing of plan %s is known to be applied: %u of unknown outcome %s left out",
              head->id, (unsigned)u->undo->left_out, u->undo->left_out == 1 ? "is" : "are");
    error_next(err, "paddock log 'plan=%s' shows what became of it", head->id);
    return ST_NOT_FOUND;
}

/* In the title, which is shown wherever the plan is, before what a narrow screen cuts off. */
static void name_left_out(struct plan_undo *u)
{
    struct plan_head *head = &u->undo->head;
    if (!u->undo->left_out || !head->of[0])
        return;
    snprintf(head->title, sizeof head->title,
             "undo of %.40s, %u of unknown outcome %s left out: %.100s", head->of,
             (unsigned)u->undo->left_out, u->undo->left_out == 1 ? "is" : "are",
             u->plan->head.title);
}

static enum status fill(struct plan_undo *u, uint32_t budget, struct error *err)
{
    enum status st = ST_OK;
    for (; st == ST_OK && u->left > 0 && budget > 0; u->left--, budget--) {
        const struct plan_item *item = &u->plan->items[u->left - 1];
        bool taken = false;
        if (item->state == PLAN_UNKNOWN) {
            plan_skip(u->undo, item->id, item->name, "its outcome is unknown: left out");
            u->undo->left_out++;
        }
        if (item->state != PLAN_APPLIED && item->state != PLAN_DIFFERENT)
            continue;
        st = is_taken_back(u, item->op, &taken, err);
        u->earlier |= taken;
        if (st == ST_OK && !taken)
            st = undo_item(u, item->op, err);
    }
    if (st != ST_OK || u->left > 0)
        return st;
    u->at = REMOVING;
    if (plan_changes(u->undo) == 0)
        return nothing(u, err);
    name_left_out(u);
    return ST_OK;
}

/* ---- in slices ------------------------------------------------------------------------------ */

enum status plan_undo_begin(struct plan_undo **out, struct plans *plans, struct journal *journal,
                            const char *id, struct error *err)
{
    struct plan_undo *u = mem_calloc(1, sizeof *u);
    *u = (struct plan_undo){.plans = plans, .journal = journal, .number = 1};
    enum status st = plan_load_begin(&u->load, plans, journal, id, err);
    if (st != ST_OK) {
        plan_undo_destroy(u);
        u = NULL;
    }
    *out = u;
    return st;
}

static void loaded(struct plan_undo *u)
{
    struct plan *plan = plan_load_take(u->load);
    plan_load_destroy(u->load);
    u->load = NULL;
    if (u->at == LOADING_BEGUN) {
        look_at_begun(u, plan);
        return;
    }
    u->plan = plan;
    u->left = plan->count;
    u->undo = plan_inverse_begin(plan);
    u->at = CHOOSING;
}

enum status plan_undo_step(struct plan_undo *undo, uint32_t budget, bool *more, struct error *err)
{
    enum status st = ST_OK;
    bool part = false;
    if (undo->at == LOADING || undo->at == LOADING_BEGUN) {
        st = plan_load_step(undo->load, budget, &part, err);
        if (st == ST_OK && !part)
            loaded(undo);
    } else if (undo->at == CHOOSING) {
        st = choose(undo, err);
    } else if (undo->at == FILLING) {
        st = fill(undo, budget, err);
    } else if (undo->at == REMOVING) { /* what was saved before anything was sent */
        st = plans_remove_some(undo->plans, undo->undo->head.id, budget, &part, err);
        if (st == ST_OK && !part)
            undo->at = OVER;
    }
    *more = st == ST_OK && undo->at != OVER;
    return st;
}

void plan_undo_progress(const struct plan_undo *undo, uint32_t *done, uint32_t *total)
{
    if (undo->plan) {
        *total = undo->plan->count;
        *done = undo->plan->count - undo->left;
    } else {
        plan_load_progress(undo->load, done, total);
        *done = 0; /* of what it is about: the loading comes before */
    }
}

struct plan *plan_undo_take(struct plan_undo *undo)
{
    struct plan *plan = undo->undo;
    undo->undo = NULL;
    return plan;
}

void plan_undo_destroy(struct plan_undo *undo)
{
    if (!undo)
        return;
    plan_load_destroy(undo->load);
    plan_destroy(undo->plan);
    plan_destroy(undo->undo);
    mem_free(undo->taken);
    mem_free(undo);
}

enum status plan_undo(struct plans *plans, struct journal *journal, const char *id,
                      struct plan **out, struct error *err)
{
    struct plan_undo *undo;
    bool more = true;
    *out = NULL;
    enum status st = plan_undo_begin(&undo, plans, journal, id, err);
    while (st == ST_OK && more)
        st = plan_undo_step(undo, UINT32_MAX, &more, err);
    if (st == ST_OK)
        *out = plan_undo_take(undo);
    plan_undo_destroy(undo);
    return st;
}
