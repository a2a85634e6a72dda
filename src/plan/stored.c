/* stored.c: see stored.h. */
#include "plan/stored.h"

#include "base/mem.h"
#include "base/text.h"
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

/* ---- turning it round ---------------------------------------------------------------------- */

static bool is_undo(const struct plan *plan)
{
    return plan->head.of[0] != '\0';
}

void plan_undo_id(const struct plan *plan, struct str *out)
{
    str_printf(out, "%.*s" UNDO, (int)(PLAN_ID_ROOM - sizeof UNDO - 4), plan->head.id);
}

/* So much of a title that another one has room for it. */
static int cut(const char *title)
{
    return (int)text_cut(title, strlen(title), 120);
}

/* Of an undo the inverse is a plan like any other, with an id of its own. */
static struct plan *inverse_head(const struct plan *plan)
{
    struct plan_head head = plan->head;
    struct str id = STR_INIT;
    head.how[0] = '\0'; /* it was of the other */
    if (is_undo(plan)) {
        head.id[0] = '\0';
        head.of[0] = '\0';
        /* "undo of 7F3A21C9: quota.tokens x1.2" took that back, which is what is done again. */
        const char *what = strstr(plan->head.title, ": ");
        what = what ? what + 2 : plan->head.title;
        snprintf(head.title, sizeof head.title, "again: %.*s (taken back by %.40s)", cut(what),
                 what, plan->head.id);
    } else {
        plan_undo_id(plan, &id);
        snprintf(head.id, sizeof head.id, "%s", id.data);
        snprintf(head.of, sizeof head.of, "%s", plan->head.id);
        snprintf(head.title, sizeof head.title, "undo of %.40s: %.*s", plan->head.id,
                 cut(plan->head.title), plan->head.title);
    }
    str_finish(&id);
    return plan_create(&head);
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
            put_back_all(&back, &was, FF_EDIT, NULL);
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
