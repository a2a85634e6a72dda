/* alert_keep.c: what is kept of alerts across starts, and shared with other processes that watch
 * the same accounts. The one that has the lock saves whole entries; the others only what somebody
 * decided in them (acknowledged, muted). Of two decisions the newest stands, in the file and in
 * memory: an entry is also saved for other reasons, with what was decided as it knew it. */
#include "monitor/alert_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/db.h"

#include <string.h>

/* ---- writing ------------------------------------------------------------------------------- */

static enum status save(struct alerts *a, const struct entry *e, struct error *err)
{
    const struct alert *alert = &e->alert;
    const struct alert_record r = {.rule = e->rule->spec.name,
                                   .account = alert->account,
                                   .since_ms = alert->since_ms,
                                   .told_ms = a->owner ? alert->told_ms : WHEN_NONE,
                                   .acknowledged = alert->acknowledged,
                                   .muted = alert->muted,
                                   .acknowledged_ms = e->acknowledged_ms,
                                   .muted_ms = e->muted_ms,
                                   .due = a->owner ? (int)e->due : 0};
    if (a->owner && !entry_wanted(e))
        return alerts_db_drop(a->db, r.rule, r.account, e->muted_ms, err);
    return a->owner ? alerts_db_save(a->db, &r, err) : alerts_db_decide(a->db, &r, err);
}

static void on_flush(void *ctx)
{
    struct alerts *a = ctx;
    struct error err = {0};
    a->flush = 0;
    enum status st = alerts_db_begin(a->db, &err);
    for (size_t i = 0; st == ST_OK && i < a->dropped_count; i++) {
        const char *key = a->dropped[i].key;
        st = alerts_db_drop(a->db, key, key + strlen(key) + 1, a->dropped[i].muted_ms, &err);
    }
    for (size_t i = 0; st == ST_OK && i < a->count; i++) {
        if (a->entries[i]->dirty)
            st = save(a, a->entries[i], &err);
    }
    if (alerts_db_end(a->db, st != ST_OK, &err) != ST_OK) {
        if (!db_is_busy(&err))
            a->error = err;
        a->flush = loop_timer_start(a->env.loop, RETRY_MS, on_flush, a);
        return;
    }
    error_clear(&a->error);
    for (size_t i = 0; i < a->count; i++)
        a->entries[i]->dirty = false;
    for (size_t i = 0; i < a->dropped_count; i++)
        mem_free(a->dropped[i].key);
    a->dropped_count = 0;
}

static void want_flush(struct alerts *a)
{
    if (a->db && !a->flush)
        a->flush = loop_timer_start(a->env.loop, 0, on_flush, a);
}

void alert_keep(struct alerts *a, struct entry *e)
{
    e->dirty = true;
    want_flush(a);
}

void alert_keep_forget(struct alerts *a, const struct entry *e)
{
    if (!a->db || !a->owner)
        return;
    VEC_ROOM(a->dropped, a->dropped_count, a->dropped_room);
    a->dropped[a->dropped_count++] = (struct dropped){mem_dup(e->key, e->key_len + 1), e->muted_ms};
    want_flush(a);
}

/* ---- reading ------------------------------------------------------------------------------- */

struct reading {
    struct alerts *alerts;
    const struct rule *only; /* NULL: all rules */
    bool fresh;              /* what was told is taken over, not only what was decided */
};

static struct rule *rule_named(struct alerts *a, const char *name)
{
    for (size_t i = 0; i < a->rule_count; i++) {
        if (strcmp(a->rules[i].spec.name, name) == 0)
            return &a->rules[i];
    }
    return NULL;
}

static enum alert_event event_from(int n)
{
    return n > ALERT_NOTHING && n <= ALERT_RESOLVED ? (enum alert_event)n : ALERT_NOTHING;
}

/* One that we do not know: it was told before the start, or by the process that is gone, and holds
 * until the first walk says otherwise. */
static void take_in(struct entry *e, const struct alert_record *r)
{
    e->alert.since_ms = r->since_ms;
    e->alert.told_ms = r->told_ms;
    e->due = event_from(r->due);
    e->alert.holds = r->told_ms != WHEN_NONE && e->due != ALERT_RESOLVED;
}

/* Entries of rules that are no longer configured stay in the file, and come back with them. */
static void on_record(void *ctx, const struct alert_record *r)
{
    const struct reading *reading = ctx;
    struct alerts *a = reading->alerts;
    struct rule *rule = rule_named(a, r->rule);
    if (!rule || (reading->only && rule != reading->only))
        return;
    struct entry *e = entry_find(a, rule, r->account);
    if (!e && !reading->fresh && !r->muted)
        return;
    if (!e) {
        e = entry_new(a, rule, r->account);
        take_in(e, r);
    } else if (reading->fresh && r->told_ms != WHEN_NONE && r->due == ALERT_NOTHING) {
        e->due = ALERT_NOTHING; /* the other's command was given it */
    }
    /* What was decided in the same millisecond here is saved over it. */
    if (r->acknowledged_ms > e->acknowledged_ms ||
        (r->acknowledged_ms == e->acknowledged_ms && !e->dirty)) {
        e->alert.acknowledged = r->acknowledged && e->alert.holds;
        e->acknowledged_ms = r->acknowledged_ms;
    }
    if (r->muted_ms > e->muted_ms || (r->muted_ms == e->muted_ms && !e->dirty)) {
        e->alert.muted = r->muted;
        e->muted_ms = r->muted_ms;
    }
    a->listed = false;
}

static void read_file(struct alerts *a, const struct rule *only, bool fresh)
{
    struct reading reading = {a, only, fresh};
    struct error ignored;
    (void)alerts_db_load(a->db, on_record, &reading, &ignored);
}

void alert_keep_look(struct alerts *a)
{
    if (!a->db)
        return;
    bool over = !a->owner && alerts_db_owns(a->db);
    if (alerts_db_changed(a->db) || over)
        read_file(a, NULL, over);
    if (!over)
        return;
    a->owner = true;
    for (size_t i = 0; i < a->count; i++)
        alert_keep(a, a->entries[i]);
}

void alert_keep_load(struct alerts *a, struct rule *rule)
{
    if (a->db)
        read_file(a, rule, true);
}

/* ---- life ---------------------------------------------------------------------------------- */

void alert_keep_open(struct alerts *a)
{
    const struct alerts_env *env = &a->env;
    if (!env->path)
        return;
    if (alerts_db_open(&a->db, env->path, env->origin, env->org, *loop_clock(env->loop),
                       &a->error) != ST_OK)
        a->db = NULL;
    else
        a->owner = alerts_db_owns(a->db);
}

void alert_keep_close(struct alerts *a)
{
    if (a->flush) {
        loop_timer_stop(a->env.loop, a->flush);
        on_flush(a);
        loop_timer_stop(a->env.loop, a->flush); /* it could not be written: given up */
    }
    for (size_t i = 0; i < a->dropped_count; i++)
        mem_free(a->dropped[i].key);
    mem_free(a->dropped);
    alerts_db_close(a->db);
    a->db = NULL;
}
