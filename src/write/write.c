/* write.c: see write.h. The moves, the life of a write, and what the steps share. */
#include "write/machine.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define BIT(state) (1u << (state))

/* From each state, where a write may go. CHECK follows PREVIEW when the first one is old, and SENT
 * when the server answered that somebody was faster. */
static const unsigned moves[] = {
    [WRITE_CHECK] = BIT(WRITE_CONFLICT) | BIT(WRITE_PREVIEW) | BIT(WRITE_INTENT) | BIT(WRITE_DONE),
    [WRITE_CONFLICT] = BIT(WRITE_PREVIEW) | BIT(WRITE_DONE),
    [WRITE_PREVIEW] = BIT(WRITE_CHECK) | BIT(WRITE_INTENT) | BIT(WRITE_DONE),
    [WRITE_INTENT] = BIT(WRITE_SENT) | BIT(WRITE_UNKNOWN) | BIT(WRITE_DONE),
    [WRITE_SENT] = BIT(WRITE_READBACK) | BIT(WRITE_UNKNOWN) | BIT(WRITE_CHECK) | BIT(WRITE_DONE),
    [WRITE_READBACK] = BIT(WRITE_UNKNOWN) | BIT(WRITE_DONE),
    [WRITE_UNKNOWN] = BIT(WRITE_INTENT) | BIT(WRITE_DONE),
    [WRITE_DONE] = 0,
};

/* ---- moving ------------------------------------------------------------------------------- */

static bool write_is_open(const struct write *w)
{
    return w->state >= WRITE_INTENT && w->state < WRITE_DONE;
}

static void on_wake(void *ctx)
{
    ((struct writes *)ctx)->wake = 0;
}

/* Moves happen in the hook before the sleep, too, where other hooks may have run already (the
 * repaint): one more turn, so that nobody sleeps over news. */
static void writes_wake(struct writes *all)
{
    if (!all->wake)
        all->wake = loop_timer_start(all->env.loop, 0, on_wake, all);
}

void write_news(struct write *w)
{
    struct writes *all = w->all;
    /* The holder comes last: it may let go of the write, and who listens to all tells by that
     * whether somebody else speaks of it. */
    if (all->listener)
        all->listener(all->listener_ctx, w);
    if (w->changed)
        w->changed(w->ctx, w);
    if (w->watch)
        w->watch(w->watch_ctx, w);
    writes_wake(all);
}

void write_move(struct write *w, enum write_state state)
{
    assert(moves[w->state] & BIT(state));
    w->state = state;
    w->same_news = false;
    write_news(w);
}

void write_finish(struct write *w, enum write_outcome outcome, enum journal_outcome as,
                  const struct error *err)
{
    loop_timer_stop(w->all->env.loop, w->timer);
    w->timer = 0;
    w->outcome = outcome;
    if (err && err != &w->error)
        w->error = *err;
    else if (!err)
        error_clear(&w->error);
    write_unlock(w);
    if (w->op)
        record_outcome(w, as, w->error.what, w->has_after);
    write_move(w, WRITE_DONE);
}

void write_after_ms(struct write *w, int64_t delay_ms, loop_fn *fn)
{
    loop_timer_stop(w->all->env.loop, w->timer);
    w->timer_mono_ms = writes_mono(w->all) + delay_ms;
    w->timer = loop_timer_start(w->all->env.loop, delay_ms, fn, w);
}

void write_details_clear(struct write *w)
{
    arena_finish(&w->details_mem);
    arena_init(&w->details_mem);
    w->details = NULL;
    w->detail_count = 0;
}

/* ---- what the steps share ----------------------------------------------------------------- */

int64_t writes_mono(const struct writes *all)
{
    return clock_mono(loop_clock(all->env.loop));
}

int64_t writes_wall(const struct writes *all)
{
    return clock_wall(loop_clock(all->env.loop));
}

row_id write_row(const struct write *w)
{
    return w->id.len ? fleet_find(w->all->env.fleet, span_from(&w->id)) : ROW_NONE;
}

void write_lock(struct write *w, const char *words, int64_t since_wall_ms)
{
    w->locked = true;
    row_id row = write_row(w);
    if (row == ROW_NONE)
        return;
    struct str text = STR_INIT;
    str_printf(&text, "%s since ", words);
    when_clock(&text, since_wall_ms, writes_wall(w->all));
    fleet_lock(w->all->env.fleet, row, text.data);
    str_finish(&text);
}

void write_unlock(struct write *w)
{
    row_id row = write_row(w);
    bool had = w->locked;
    w->locked = false;
    if (!had || row == ROW_NONE)
        return;
    fleet_lock(w->all->env.fleet, row, NULL);
    others_word(w->all, row, w->op);
}

void writes_note_date(struct writes *all, const struct api_result *r)
{
    if (r->date_ms == WHEN_NONE)
        return;
    all->skew_known = true;
    all->skew_ms = r->date_ms - writes_wall(all);
}

bool write_decode(struct write *w, struct account *a, struct span raw, struct error *err)
{
    account_finish(a);
    account_init(a);
    enum status st =
        w->id.len ? account_decode_of(a, raw, span_from(&w->id), err) : account_decode(a, raw, err);
    return st == ST_OK;
}

void write_put(struct write *w, struct span raw, int64_t as_of)
{
    fleet_put(w->all->env.fleet, raw, as_of, NULL);
}

void write_drop(struct write *w, int64_t as_of)
{
    row_id row = write_row(w);
    if (row == ROW_NONE)
        return;
    if (w->locked)
        fleet_lock(w->all->env.fleet, row, NULL);
    fleet_remove(w->all->env.fleet, row, as_of);
}

/* ---- writes ------------------------------------------------------------------------------- */

static char *dup_text(const char *text)
{
    return mem_strdup(text ? text : "");
}

/* A row that comes into the fleet after its write began (a first sync after a restart) gets the
 * word, too; news of a row whose write is unknown make it be looked at now. */
static void on_fleet(void *ctx, const struct fleet_event *event)
{
    struct writes *all = ctx;
    if (event->type != FLEET_EV_ADDED && event->type != FLEET_EV_CHANGED)
        return;
    if (event->type == FLEET_EV_ADDED)
        others_word(all, event->row, 0);
    for (size_t i = 0; i < all->count; i++) {
        struct write *w = all->items[i];
        if (w->state != WRITE_UNKNOWN || write_row(w) != event->row)
            continue;
        if (event->type == FLEET_EV_ADDED)
            write_lock(w, "outcome unknown", w->unknown_wall_ms);
        else if (!w->call && w->looks)
            write_after_ms(w, 0, unknown_look);
    }
}

static void before_sleep(void *ctx);

static const char *why_no_journal(const char *words)
{
    return dup_text(words && words[0] ? words : "there is no journal");
}

struct writes *writes_create(const struct writes_env *env)
{
    struct writes *all = mem_calloc(1, sizeof *all);
    all->env = *env;
    all->env.profile = dup_text(env->profile);
    all->env.operator_name = dup_text(env->operator_name);
    all->env.origin = dup_text(env->origin ? env->origin : api_host(env->api));
    all->env.no_journal = why_no_journal(env->no_journal);
    fleet_listen(env->fleet, on_fleet, all);
    loop_before_sleep(env->loop, before_sleep, all);
    return all;
}

void writes_set_journal(struct writes *w, struct journal *journal, const char *no_journal)
{
    mem_free((void *)(uintptr_t)w->env.no_journal);
    w->env.no_journal = why_no_journal(no_journal);
    w->env.journal = journal;
}

static void write_free(struct write *w)
{
    api_cancel(w->call);
    search_end(w);
    candidates_clear(w);
    loop_timer_stop(w->all->env.loop, w->timer);
    account_finish(&w->base);
    account_finish(&w->mine);
    account_finish(&w->server);
    account_finish(&w->target);
    account_finish(&w->after);
    str_finish(&w->id);
    str_finish(&w->name);
    str_finish(&w->reason);
    str_finish(&w->permission);
    str_finish(&w->plan);
    str_finish(&w->body);
    arena_finish(&w->details_mem);
    mem_free(w);
}

static void free_finished(struct writes *all)
{
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        struct write *w = all->items[i];
        if (w->closed && !w->watch && w->state == WRITE_DONE && !w->record.outcome)
            write_free(w);
        else
            all->items[kept++] = w;
    }
    all->count = kept;
}

static void before_sleep(void *ctx)
{
    record_all(ctx);
    free_finished(ctx);
}

void writes_destroy(struct writes *w)
{
    if (!w)
        return;
    record_last(w);
    fleet_unlisten(w->env.fleet, on_fleet, w);
    loop_before_sleep_remove(w->env.loop, before_sleep, w);
    loop_timer_stop(w->env.loop, w->retry);
    loop_timer_stop(w->env.loop, w->idle);
    loop_timer_stop(w->env.loop, w->wake);
    for (size_t i = 0; i < w->count; i++) {
        write_unlock(w->items[i]);
        write_free(w->items[i]);
    }
    mem_free(w->items);
    mem_free(w->others);
    mem_free((void *)(uintptr_t)w->env.profile);
    mem_free((void *)(uintptr_t)w->env.operator_name);
    mem_free((void *)(uintptr_t)w->env.origin);
    mem_free((void *)(uintptr_t)w->env.no_journal);
    mem_free(w);
}

size_t writes_open(const struct writes *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->count; i++)
        n += write_is_open(w->items[i]);
    return n;
}

struct write *writes_open_next(const struct writes *w, size_t *at)
{
    while (*at < w->count) {
        struct write *next = w->items[(*at)++];
        if (write_is_open(next))
            return next;
    }
    return NULL;
}

void writes_listen(struct writes *w, write_fn *fn, void *ctx)
{
    w->listener = fn;
    w->listener_ctx = ctx;
}

const struct error *writes_journal_error(const struct writes *w)
{
    return &w->journal_error;
}

enum status writes_ready(const struct writes *w, struct error *err)
{
    if (api_readonly(w->env.api)) {
        error_set(err, ST_FORBIDDEN, "not sent: this profile is read-only");
        error_next(err, "unlock it, or use a profile with access = write");
        return ST_FORBIDDEN;
    }
    if (!w->env.journal) {
        error_set(err, ST_IO, "not sent: no write without a journal (%s)", w->env.no_journal);
        error_next(err, "reading goes on; free the journal's file and start again");
        return ST_IO;
    }
    return ST_OK;
}

struct write *writes_add(struct writes *all, enum journal_kind kind)
{
    struct write *w = mem_calloc(1, sizeof *w);
    w->all = all;
    w->kind = kind;
    w->sent_wall_ms = WHEN_NONE;
    w->unknown_wall_ms = WHEN_NONE;
    account_init(&w->base);
    account_init(&w->mine);
    account_init(&w->server);
    account_init(&w->target);
    account_init(&w->after);
    arena_init(&w->details_mem);
    VEC_ROOM(all->items, all->count, all->room);
    all->items[all->count++] = w;
    return w;
}

/* ---- the operator ------------------------------------------------------------------------- */

static void on_start(void *ctx)
{
    struct write *w = ctx;
    w->timer = 0;
    check_begin(w);
}

struct write *write_start(struct writes *all, const struct write_spec *spec, write_fn *changed,
                          void *ctx)
{
    struct write *w = writes_add(all, spec->kind);
    w->changed = changed;
    w->ctx = ctx;
    w->same_name = spec->same_name;
    w->undoes = spec->undoes;
    str_add(&w->reason, spec->reason ? spec->reason : "");
    str_add(&w->plan, spec->plan ? spec->plan : "");
    w->item = spec->item;
    if (spec->refused)
        w->refused = *spec->refused;
    if (spec->base)
        account_copy(&w->base, spec->base);
    if (spec->mine)
        account_copy(&w->mine, spec->mine);
    const struct account *of = spec->kind == JOURNAL_CREATE ? &w->mine : &w->base;
    if (spec->kind != JOURNAL_CREATE)
        str_add_span(&w->id, account_id(of));
    str_add_span(&w->name, account_name(of));
    write_after_ms(w, 0, on_start);
    return w;
}

void write_set_reason(struct write *write, struct span reason)
{
    if (write->state > WRITE_PREVIEW)
        return;
    str_clear(&write->reason);
    str_add_span(&write->reason, reason);
}

const struct write *write_in_way(const struct write *w)
{
    for (size_t i = 0; i < w->all->count; i++) {
        const struct write *o = w->all->items[i];
        if (o != w && write_is_open(o) &&
            write_concerns(o, span_from(&w->id), span_of(write_account_name(w))))
            return o;
    }
    return NULL;
}

void write_in_way_words(int64_t op, bool ours, struct error *err)
{
    if (op)
        error_set(err, ST_UNKNOWN, "not sent: write %lld on this account is not settled%s",
                  (long long)op, ours ? "" : "; another paddock looks after it");
    else
        error_set(err, ST_UNKNOWN, "not sent: another write on this account is on its way");
    error_next(err, ours ? "wait until it is settled, or release it"
                         : "wait until it is settled there, or release it there");
}

void write_confirm(struct write *write)
{
    if (write->state != WRITE_PREVIEW)
        return;
    struct error err;
    enum status st = writes_ready(write->all, &err);
    const struct write *other = write_in_way(write);
    if (st == ST_OK && other) {
        write->held_back = true;
        write_in_way_words(other->op, true, &err);
        st = err.status;
    }
    if (st != ST_OK) {
        write_finish(write, WRITE_NOT_APPLIED, JOURNAL_NOT_APPLIED, &err);
        return;
    }
    error_clear(&write->error);
    bool fresh = writes_mono(write->all) - write->checked_mono_ms <= CHECK_FRESH_MS;
    if (fresh && write->kind != JOURNAL_CREATE) {
        record_intent(write);
        return;
    }
    write->confirmed = true;
    write_after_ms(write, 0, on_start);
    write_move(write, WRITE_CHECK);
}

void write_hold(struct write *write)
{
    write->confirmed = false;
}

void write_resolve(struct write *write, const struct account *mine)
{
    if (write->state != WRITE_CONFLICT)
        return;
    if (write->kind == JOURNAL_DELETE) {
        account_copy(&write->base, &write->server);
    } else if (mine) {
        const struct merge merge = write->merge;
        account_copy(&write->mine, mine);
        /* What only others changed was not chosen, and stays theirs: the preview says so. */
        for (int f = 0; f < FIELD_COUNT; f++)
            if (merge.state[f] == MERGE_THEIRS &&
                value_eq((enum field)f, &mine->v[f], &write->server.v[f]))
                account_set(&write->mine, (enum field)f, &write->base.v[f]);
        check_plan(write);
        if (write->body.len == 0) {
            write_finish(write, WRITE_NO_CHANGE, JOURNAL_NOT_APPLIED, NULL);
            return;
        }
    }
    write_move(write, WRITE_PREVIEW);
}

void write_look(struct write *write)
{
    if (write->state == WRITE_UNKNOWN && !write->call)
        write_after_ms(write, 0, unknown_look);
}

void write_release(struct write *write)
{
    if (write->state != WRITE_UNKNOWN)
        return;
    api_cancel(write->call);
    write->call = NULL;
    search_end(write);
    struct error err;
    error_set(&err, ST_UNKNOWN, "released by the operator: whether it was applied is not known");
    write_finish(write, WRITE_RELEASED, JOURNAL_RELEASED, &err);
}

enum status write_send_again(struct write *write, struct error *err)
{
    if (write->kind == JOURNAL_CREATE)
        return error_set(err, ST_USAGE, "a create is never sent again: it could make two accounts");
    if (write->state != WRITE_UNKNOWN || write->outcome != WRITE_NOT_SEEN ||
        write->unseen < WRITE_LOOKS_AGAIN)
        return error_set(err, ST_USAGE,
                         "not before three looks in a row have seen the account as it was");
    enum status st = writes_ready(write->all, err);
    if (st != ST_OK)
        return st;
    api_cancel(write->call);
    write->call = NULL;
    loop_timer_stop(write->all->env.loop, write->timer);
    write->timer = 0;
    error_clear(&write->error);
    record_outcome(write, JOURNAL_RELEASED, "sent again by the operator", false);
    write->op_before = write->op;
    write->op = 0;
    record_intent(write);
    return ST_OK;
}

size_t write_candidates(const struct write *write, const char **ids, size_t room)
{
    for (size_t i = 0; i < write->candidate_count && i < room; i++)
        ids[i] = str_text(&write->candidates[i].id);
    return write->candidate_count;
}

enum status write_adopt(struct write *write, const char *id, struct error *err)
{
    for (size_t i = 0; write->state == WRITE_UNKNOWN && i < write->candidate_count; i++) {
        if (strcmp(str_text(&write->candidates[i].id), id) != 0)
            continue;
        api_cancel(write->call);
        write->call = NULL;
        search_end(write);
        search_adopt(write, i);
        return ST_OK;
    }
    return error_set(err, ST_NOT_FOUND, "%s is not one of the accounts in question", id);
}

void write_listen(struct write *write, write_fn *changed, void *ctx)
{
    write->changed = changed;
    write->ctx = ctx;
    write->closed = false;
}

bool write_watch(struct write *write, write_fn *fn, void *ctx)
{
    if (fn && write->watch)
        return false;
    write->watch = fn;
    write->watch_ctx = fn ? ctx : NULL;
    return true;
}

void write_close(struct write *write)
{
    write->changed = NULL;
    write->ctx = NULL;
    write->closed = true;
    bool waits = write->record.intent && !write->op_before;
    if (write->state == WRITE_DONE || (write_is_open(write) && !waits))
        return;
    /* Nothing has left: the intent of this turn, if there is one, is not in the journal yet. */
    write->record.intent = false;
    api_cancel(write->call);
    write->call = NULL;
    write->op = 0;
    write_finish(write, WRITE_CANCELLED, JOURNAL_NOT_APPLIED, NULL);
}
