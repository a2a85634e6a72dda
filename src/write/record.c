/* record.c: the journal's part: what happened in a turn is added and committed once before the
 * loop sleeps, and only then is anything sent (F21). A locked journal is tried again by a timer
 * (F23); an outcome that cannot be written is kept and tried again: the entry is still open then,
 * and would be looked at after a restart. */
#include "write/machine.h"

#include "base/when.h"

#include <stdio.h>

#define BUSY_RETRY_MS    50
#define BUSY_TRIES_MAX   40
#define OUTCOME_RETRY_MS 1000
#define IDLE_MS          5000

void record_intent(struct write *w)
{
    w->record.intent = true;
    w->busy_tries = 0;
    write_lock(w, "being written", writes_wall(w->all));
    write_move(w, WRITE_INTENT);
}

void record_outcome(struct write *w, enum journal_outcome as, const char *note, bool with_after)
{
    w->record.outcome = true;
    w->record.op = w->op;
    w->record.as = as;
    w->record.with_after = with_after;
    snprintf(w->record.note, sizeof w->record.note, "%s", note ? note : "");
}

/* ---- the entry ---------------------------------------------------------------------------- */

/* The account as JSON: every field that has a value or is null, groups nested, tags whole. */
static void account_json(const struct account *a, struct str *out)
{
    enum field group = FIELD_NONE;
    char before = '{';
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        const struct field_info *info = field_info(f);
        const struct value *v = &a->v[f];
        if (info->parent == FIELD_NONE && group != FIELD_NONE) {
            str_add(out, before == '{' ? "{}" : "}");
            group = FIELD_NONE;
            before = ',';
        }
        if (v->presence != PRESENCE_VALUE && v->presence != PRESENCE_NULL)
            continue;
        str_add_char(out, before);
        str_printf(out, "\"%s\":", info->leaf);
        before = ',';
        if (info->type == FT_GROUP && value_known(v)) {
            group = f;
            before = '{';
        } else if (info->type == FT_GROUP) {
            str_add(out, "null");
        } else {
            value_json(f, v, out);
        }
    }
    if (group != FIELD_NONE)
        str_add(out, before == '{' ? "{}" : "}");
    str_add(out, before == '{' && group == FIELD_NONE ? "{}" : "}");
}

#define FILL(dst, text) snprintf((dst), sizeof(dst), "%s", (text))

static enum status add_intent(struct write *w, struct error *err)
{
    struct writes *all = w->all;
    struct journal_entry e = {.kind = w->kind, .intent_wall_ms = writes_wall(all)};
    FILL(e.origin, all->env.origin);
    FILL(e.org, api_org(all->env.api));
    FILL(e.profile, all->env.profile);
    FILL(e.account_id, str_text(&w->id));
    FILL(e.account_name, str_text(&w->name));
    FILL(e.operator_name, all->env.operator_name);
    FILL(e.reason, str_text(&w->reason));
    e.undoes = w->undoes;
    FILL(e.plan, str_text(&w->plan));
    e.item = w->item;
    struct str target = STR_INIT;
    if (w->kind != JOURNAL_DELETE)
        account_json(&w->target, &target);
    e.base = w->has_server ? str_text(&w->server.raw) : NULL;
    e.body = w->kind == JOURNAL_DELETE ? NULL : str_text(&w->body);
    e.target = target.len ? target.data : NULL;
    int64_t op = 0;
    enum status st = journal_intent(all->env.journal, &e, &op, err);
    str_finish(&target);
    if (st == ST_OK)
        w->op = op;
    if (st != ST_CONFLICT)
        return st;
    w->record.in_way = op;
    w->record.intent = false;
    return ST_OK;
}

static enum status add_outcome(struct write *w, struct error *err)
{
    const struct record *r = &w->record;
    const char *after = r->with_after ? str_text(&w->after.raw) : NULL;
    /* Of what is not settled the journal keeps since when, over looks and starts. */
    bool since = !journal_settled(r->as) && w->unknown_wall_ms != WHEN_NONE;
    return journal_outcome_at(w->all->env.journal, r->op, r->as,
                              since ? w->unknown_wall_ms : writes_wall(w->all),
                              w->id.len ? str_text(&w->id) : NULL, after, r->note, err);
}

/* ---- the hook ----------------------------------------------------------------------------- */

static bool anything(const struct writes *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i]->record.intent || all->items[i]->record.outcome)
            return true;
    return false;
}

bool writes_recorded(const struct writes *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i]->record.outcome)
            return false;
    return true;
}

/* Whether all there is are outcomes UNKNOWN: lost to a power cut, their entries are open still, and
 * mean the same. */
static bool is_soft(const struct writes *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct record *r = &all->items[i]->record;
        if (r->intent || (r->outcome && r->as != JOURNAL_UNKNOWN))
            return false;
    }
    return true;
}

static enum status commit(struct writes *all, struct error *err)
{
    enum status st = ST_OK;
    if (is_soft(all))
        journal_soft(all->env.journal);
    for (size_t i = 0; st == ST_OK && i < all->count; i++) {
        struct write *w = all->items[i];
        /* One that was sent before is given up only for a sending that is taken. */
        bool again = w->record.intent && w->op_before;
        if (w->record.intent)
            st = add_intent(w, err);
        if (st == ST_OK && w->record.outcome && !(again && w->record.in_way))
            st = add_outcome(w, err);
    }
    return st == ST_OK ? journal_flush(all->env.journal, err) : st;
}

static void on_retry(void *ctx)
{
    ((struct writes *)ctx)->retry = 0;
}

static void on_idle(void *ctx)
{
    struct writes *all = ctx;
    all->idle = 0;
    if (all->env.journal && !anything(all))
        journal_idle(all->env.journal);
}

/* It is not sent; one that was sent before is still not settled. */
static void refuse(struct write *w, const struct error *err)
{
    w->record.intent = false;
    if (w->op_before) {
        w->op = w->op_before;
        w->op_before = 0;
        w->record.outcome = false;
        w->error = *err;
        write_lock(w, "outcome unknown", w->unknown_wall_ms);
        write_after_ms(w, 0, unknown_look);
        write_move(w, WRITE_UNKNOWN);
        return;
    }
    w->op = 0;
    write_finish(w, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, err);
}

/* No durable intent, no send: said plainly, and what was typed is kept by the form. */
static void refuse_unwritten(struct write *w, const struct error *why)
{
    struct error err = *why;
    if (journal_is_busy(why)) {
        error_set(&err, ST_IO, "not sent: the journal is in use by another paddock");
        error_next(&err, "try again");
    } else {
        error_prefix(&err, "not sent: the journal cannot be written");
        error_next(&err, "no write without a journal; reading goes on");
    }
    refuse(w, &err);
}

static size_t held_back(const struct writes *all)
{
    size_t n = 0;
    for (size_t i = 0; i < all->count; i++)
        n += all->items[i]->record.in_way != 0;
    return n;
}

/* Whose it is by now, after those of processes that are gone were taken up. One that nothing could
 * be looked for of was released by that, and is nobody's. */
static void in_way_now(const struct write *w, struct error *err)
{
    const struct write *ours = write_in_way(w);
    int64_t op = w->record.in_way;
    if (ours || writes_elsewhere(w->all, span_from(&w->id), span_of(write_account_name(w)))) {
        write_in_way_words(ours ? ours->op : op, ours != NULL, err);
        return;
    }
    error_set(
        err, ST_UNKNOWN,
        "not sent: write %lld on this account was not settled; nobody looks after it any more",
        (long long)op);
    error_next(err, "see it in the history, then try again");
}

/* Those in whose way a write of another process is, or one of a process that is gone: that is taken
 * up, and looked at, and what is on the account's row is its word. */
static void refuse_held_back(struct writes *all)
{
    size_t count = all->count;
    if (!held_back(all))
        return;
    for (size_t i = 0; i < count; i++)
        if (all->items[i]->record.in_way && !all->items[i]->op_before)
            write_unlock(all->items[i]);
    writes_resume(all);
    for (size_t i = 0; i < count; i++) {
        struct write *w = all->items[i];
        struct error err;
        if (!w->record.in_way)
            continue;
        in_way_now(w, &err);
        w->record.in_way = 0;
        w->held_back = !w->op_before; /* one that was sent before is looked at as ever */
        refuse(w, &err);
    }
}

static void failed(struct writes *all, const struct error *err)
{
    bool busy = journal_is_busy(err);
    all->journal_error = *err;
    size_t count = all->count; /* what listeners start now comes in the next turn */
    bool waits = false;
    for (size_t i = 0; i < count; i++) {
        struct write *w = all->items[i];
        if (w->record.intent) {
            w->op = 0;
            if (busy && w->busy_tries++ < BUSY_TRIES_MAX)
                waits = true;
            else
                refuse_unwritten(w, err);
        }
    }
    if (!all->retry)
        all->retry = loop_timer_start(all->env.loop, waits ? BUSY_RETRY_MS : OUTCOME_RETRY_MS,
                                      on_retry, all);
}

static void committed(struct writes *all)
{
    size_t count = all->count;
    error_clear(&all->journal_error);
    for (size_t i = 0; i < count; i++)
        all->items[i]->record.outcome = false;
    for (size_t i = 0; i < count; i++) {
        struct write *w = all->items[i];
        if (!w->record.intent || !w->op) /* one that a listener agreed to just now: the next turn */
            continue;
        w->record.intent = false;
        w->op_before = 0;
        send_begin(w);
    }
    if (!all->idle)
        all->idle = loop_timer_start(all->env.loop, IDLE_MS, on_idle, all);
}

void record_all(struct writes *all)
{
    struct error err;
    if (all->retry || !all->env.journal || !anything(all))
        return;
    if (commit(all, &err))
        failed(all, &err);
    else
        committed(all);
    refuse_held_back(all);
}

/* An outcome that is not known now will be looked for at the next start. */
void record_last(struct writes *all)
{
    struct error err;
    if (!all->env.journal)
        return;
    for (size_t i = 0; i < all->count; i++) {
        struct write *w = all->items[i];
        if (w->record.intent) {
            w->record.intent = false;
            if (w->op_before) /* the older send stays what it was */
                w->record.outcome = false;
        }
        if (w->op && (w->state == WRITE_SENT || w->state == WRITE_READBACK))
            record_outcome(w, JOURNAL_UNKNOWN, "paddock ended before it was settled", false);
    }
    if (anything(all))
        commit(all, &err); /* fails: the entry stays open, which means the same */
}
