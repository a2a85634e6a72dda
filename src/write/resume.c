/* resume.c: writes that a killed or closed paddock left open in the journal (F29).
 *
 * What was asked is laid over what was there: base and the request's body, both as they stood in
 * the entry, make the target again. */
#include "write/machine.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <string.h>

struct ops {
    int64_t *items;
    size_t count, room;
};

static void collect(void *ctx, const struct journal_entry *entry)
{
    struct ops *ops = ctx;
    VEC_ROOM(ops->items, ops->count, ops->room);
    ops->items[ops->count++] = entry->op;
}

/* One that was refused (F09) is ours until the journal has that, too. */
static bool is_ours(const struct writes *all, int64_t op)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct write *w = all->items[i];
        if (w->op == op || w->op_before == op || (w->record.outcome && w->record.op == op))
            return true;
    }
    return false;
}

/* Target and fields from the body that was to be sent. */
static enum status lay_body(struct write *w, const char *body, struct error *err)
{
    struct value v[FIELD_COUNT];
    struct arena mem;
    arena_init(&mem);
    enum status st = scan_record(span_of(body), v, &mem, NULL, NULL, err);
    account_copy(&w->target, &w->server);
    for (int i = 0; st == ST_OK && i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        if (!field_settable(f) || v[f].presence == PRESENCE_ABSENT)
            continue;
        account_set(&w->target, f, &v[f]);
        w->fields.has[f] = w->kind == JOURNAL_CREATE || !value_eq(f, &v[f], &w->server.v[f]);
    }
    arena_finish(&mem);
    account_copy(&w->mine, &w->target);
    str_add(&w->body, body);
    return st;
}

static enum status rebuild(struct write *w, const struct journal_entry *e, struct error *err)
{
    str_add(&w->id, e->account_id);
    str_add(&w->name, e->account_name);
    str_add(&w->reason, e->reason);
    w->undoes = e->undoes;
    str_add(&w->plan, e->plan);
    w->item = e->item;
    if (e->base && e->base[0]) {
        enum status st = account_decode(&w->server, span_of(e->base), err);
        if (st != ST_OK)
            return st;
        account_copy(&w->base, &w->server);
        w->has_server = true;
    }
    if (w->kind != JOURNAL_CREATE && (!w->has_server || w->id.len == 0))
        return error_set(err, ST_PARSE, "the entry does not say what was there before");
    if (w->kind == JOURNAL_DELETE)
        return ST_OK;
    return e->body ? lay_body(w, e->body, err)
                   : error_set(err, ST_PARSE, "the entry does not say what was to be sent");
}

static bool resume(struct writes *all, const struct journal_entry *e)
{
    struct error err;
    struct write *w = writes_add(all, e->kind);
    w->closed = true; /* nobody holds it yet: write_listen */
    w->op = e->op;
    w->state = WRITE_SENT;
    w->sent_wall_ms = e->intent_wall_ms;
    /* What is known of one whose paddock was killed is when it was sent. */
    w->unknown_wall_ms = e->outcome == JOURNAL_OPEN || e->outcome_wall_ms == WHEN_NONE
                             ? e->intent_wall_ms
                             : e->outcome_wall_ms;
    if (rebuild(w, e, &err)) {
        /* Kept in the journal as it is; nothing can be looked for. */
        struct error why = err;
        error_prefix(&why, "cannot be looked at");
        write_finish(w, WRITE_RELEASED, JOURNAL_RELEASED, &why);
        return false;
    }
    error_set(&err, ST_UNKNOWN, "an earlier paddock ended before it was settled");
    unknown_begin(w, &err);
    return true;
}

size_t writes_resume(struct writes *w)
{
    struct ops ops = {NULL, 0, 0};
    struct error err;
    size_t n = 0;
    if (!w->env.journal)
        return 0;
    journal_list(w->env.journal, w->env.origin, api_org(w->env.api), JOURNAL_HERE, SIZE_MAX,
                 collect, &ops, &err);
    for (size_t i = ops.count; i-- > 0;) { /* the oldest first */
        struct journal_entry e;
        if (is_ours(w, ops.items[i]) || journal_take(w->env.journal, ops.items[i], &err))
            continue;
        if (journal_get(w->env.journal, ops.items[i], &e, &err) == ST_OK)
            n += resume(w, &e);
        journal_entry_finish(&e);
    }
    mem_free(ops.items);
    return n;
}

int64_t writes_elsewhere(const struct writes *w, struct span id, struct span name)
{
    struct error err;
    int64_t op = 0;
    if (w->env.journal)
        journal_elsewhere(w->env.journal, w->env.origin, api_org(w->env.api), id, name, &op, &err);
    return op;
}
