/* alert.c: see alert.h. What holds is found by the walk; what is told is decided once a second. An
 * entry is one rule and one account; those that the last walk did not find again have ended. */
#include "monitor/alert_private.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <stdlib.h>
#include <string.h>

static void make_key(struct str *out, const char *rule, const char *account)
{
    str_clear(out);
    str_add(out, rule);
    str_add_char(out, '\0');
    str_add(out, account);
}

/* ---- entries ------------------------------------------------------------------------------- */

struct entry *entry_new(struct alerts *a, struct rule *rule, const char *account)
{
    struct str key = STR_INIT;
    make_key(&key, rule->spec.name, account);
    VEC_ROOM(a->entries, a->count, a->room);
    struct entry *e = mem_calloc(1, sizeof *e);
    e->key_len = key.len;
    e->key = str_steal(&key);
    e->rule = rule;
    e->alert = (struct alert){.rule = &rule->spec,
                              .account = e->key + strlen(rule->spec.name) + 1,
                              .row = ROW_NONE,
                              .told_ms = WHEN_NONE,
                              .since_ms = WHEN_NONE,
                              .ended_ms = WHEN_NONE};
    e->away_ms = WHEN_NONE;
    map_set(&a->by_key, (struct span){e->key, e->key_len}, (uint32_t)a->count);
    a->entries[a->count++] = e;
    return e;
}

struct entry *entry_find(struct alerts *a, const struct rule *rule, const char *account)
{
    struct str key = STR_INIT;
    uint32_t at;
    make_key(&key, rule->spec.name, account);
    bool there = map_get(&a->by_key, span_from(&key), &at);
    str_finish(&key);
    return there ? a->entries[at] : NULL;
}

bool entry_wanted(const struct entry *e)
{
    return e->alert.holds || e->alert.muted || e->due != ALERT_NOTHING;
}

static void entry_free(struct entry *e)
{
    mem_free(e->key);
    mem_free(e);
}

static void entry_remove(struct alerts *a, size_t at)
{
    struct entry *e = a->entries[at], *last = a->entries[a->count - 1];
    map_remove(&a->by_key, (struct span){e->key, e->key_len});
    a->entries[at] = last;
    if (last != e)
        map_set(&a->by_key, (struct span){last->key, last->key_len}, (uint32_t)at);
    a->count--;
    entry_free(e);
}

/* ---- looking ------------------------------------------------------------------------------- */

static uint32_t status_hash(const struct alerts *a, row_id row)
{
    struct value v;
    fleet_get(a->env.fleet, row, FIELD_STATUS, &v);
    uint64_t h = value_known(&v) ? hash_bytes(v.text.p, v.text.len) : 1;
    return (uint32_t)(h ^ h >> 32) | 1u;
}

/* Whether the status is another than at the last look; never at the first. */
static bool status_changed(struct alerts *a, row_id row)
{
    if (row >= a->status_room) {
        size_t room = row + row / 2u + 256;
        a->status = mem_realloc(a->status, room, sizeof *a->status);
        memset(a->status + a->status_room, 0, (room - a->status_room) * sizeof *a->status);
        a->status_room = room;
    }
    uint32_t now = status_hash(a, row), before = a->status[row];
    a->status[row] = now;
    return before && before != now;
}

/* ---- flapping ------------------------------------------------------------------------------ */

/* One that comes and goes is told FLAPS times within the window. Then it stays until it has been
 * away for FLAP_QUIET_MS at a stretch: its ends and begins before that are no news. */
#define FLAPS          3
#define FLAP_WINDOW_MS (10 * 60 * INT64_C(1000))
#define FLAP_QUIET_MS  (5 * 60 * INT64_C(1000))

static void count_begin(struct entry *e, int64_t now)
{
    if (e->begins == 0 || now - e->window_ms > FLAP_WINDOW_MS || now < e->window_ms) {
        e->window_ms = now;
        e->begins = 0;
    }
    e->begins++;
}

static bool flaps(const struct entry *e)
{
    return e->begins >= FLAPS && e->alert.holds && e->alert.told_ms != WHEN_NONE;
}

/* Whether one that was not found this time stays all the same. */
static bool stays_away(struct alerts *a, struct entry *e)
{
    int64_t now = clock_wall(loop_clock(a->env.loop));
    if (!flaps(e) || fleet_find(a->env.fleet, span_of(e->alert.account)) == ROW_NONE)
        return false;
    if (e->away_ms == WHEN_NONE || e->away_ms > now)
        e->away_ms = now;
    return now - e->away_ms < FLAP_QUIET_MS;
}

/* How long it holds is told by the machine's clock, as alerts_tick() does: the walk's may be the
 * server's. */
static int64_t decided_now(const struct alerts *a, int64_t before)
{
    int64_t now = clock_wall(loop_clock(a->env.loop));
    return now > before ? now : before + 1; /* a clock that was set back decides all the same */
}

static void found(struct alerts *a, struct rule *rule, row_id row, const char *id, bool changed)
{
    struct entry *e = entry_find(a, rule, id);
    bool begins = rule->spec.changes ? changed : !e || !e->alert.holds;
    if (!e && !begins)
        return;
    if (!e)
        e = entry_new(a, rule, id);
    e->walk = a->walk;
    e->alert.row = row;
    e->away_ms = WHEN_NONE;
    if (!begins)
        return;
    int64_t now = clock_wall(loop_clock(a->env.loop));
    count_begin(e, now);
    if (e->begins > FLAPS && flaps(e)) /* a rule of changes: it holds, and was told of enough */
        return;
    e->alert.holds = true;
    e->alert.since_ms = now;
    e->alert.told_ms = e->alert.ended_ms = WHEN_NONE;
    /* What was dismissed was the one before: decided anew. */
    if (e->alert.acknowledged)
        e->acknowledged_ms = decided_now(a, e->acknowledged_ms);
    e->alert.acknowledged = false;
}

void alerts_look(struct alerts *a, row_id row, int64_t now_ms)
{
    struct row_source source = fleet_row_source(a->env.fleet, row);
    struct value id;
    if (!a->rule_count)
        return;
    if (a->now_ms != now_ms) {
        a->now_ms = now_ms;
        for (size_t i = 0; i < a->rule_count; i++)
            filter_set_now(a->rules[i].filter, now_ms);
    }
    bool changed = status_changed(a, row);
    fleet_get(a->env.fleet, row, FIELD_ID, &id);
    char *text = NULL;
    for (size_t i = 0; i < a->rule_count && value_known(&id); i++) {
        if (!filter_match(a->rules[i].filter, &source))
            continue;
        if (!text)
            text = span_dup(id.text);
        found(a, &a->rules[i], row, text, changed);
    }
    mem_free(text);
}

/* ---- telling ------------------------------------------------------------------------------- */

static void tell(struct alerts *a, struct entry *e, enum alert_event event)
{
    if (e->rule->spec.command && e->rule->spec.command[0]) {
        e->due = event;
        if (a->owner)
            alert_command(a, e);
    }
    alert_keep(a, e);
    if (a->env.told)
        a->env.told(a->env.ctx, &e->alert, event);
}

/* What was not told, or is not to be told, just ends. */
static void end(struct alerts *a, struct entry *e)
{
    struct alert *alert = &e->alert;
    bool told = alert->holds && alert->told_ms != WHEN_NONE && !alert->muted;
    alert->holds = false;
    alert->row = fleet_find(a->env.fleet, span_of(alert->account));
    alert->ended_ms = clock_wall(loop_clock(a->env.loop));
    if (told && e->rule->spec.resolved)
        tell(a, e, ALERT_RESOLVED);
    alert->row = ROW_NONE;
}

/* One of before the start: its command is given now what it was not done with then, unless that is
 * no longer so. */
static void catch_up(struct alerts *a, struct entry *e)
{
    struct alert *alert = &e->alert;
    if (e->due == ALERT_NOTHING || e->number || !a->owner)
        return;
    if (alert->muted || alert->holds == (e->due == ALERT_RESOLVED)) {
        e->due = ALERT_NOTHING;
        alert_keep(a, e);
        return;
    }
    if (!alert->holds) {
        alert->row = fleet_find(a->env.fleet, span_of(alert->account));
        alert->ended_ms = clock_wall(loop_clock(a->env.loop));
    }
    alert_command(a, e);
}

/* As it was found at the start: nobody is told of it, and of its end as of any other. */
static void take_as_told(struct alerts *a, int64_t now)
{
    for (size_t i = 0; i < a->count; i++) {
        struct entry *e = a->entries[i];
        if (!e->alert.holds || e->alert.told_ms != WHEN_NONE)
            continue;
        e->alert.told_ms = now;
        alert_keep(a, e);
    }
}

void alerts_looked(struct alerts *a, bool whole)
{
    int64_t now = clock_wall(loop_clock(a->env.loop));
    for (size_t i = whole ? a->count : 0; i-- > 0;) {
        struct entry *e = a->entries[i];
        if (e->walk != a->walk && e->alert.holds && !stays_away(a, e))
            end(a, e);
        if (e->walk != a->walk && !a->owner)
            e->due = ALERT_NOTHING; /* that is for the process that runs commands */
        catch_up(a, e);
        if (entry_wanted(e)) { /* a mute is a decision, not a state */
            e->forgotten = false;
            continue;
        }
        if (!e->forgotten)
            alert_keep_forget(a, e);
        e->forgotten = true;
        if (!e->begins || now - e->window_ms > FLAP_WINDOW_MS || now < e->window_ms)
            entry_remove(a, i);
    }
    if (whole && a->env.quiet_start && !a->started)
        take_as_told(a, now);
    a->started = a->started || whole;
    a->walk++;
    a->listed = false;
}

void alerts_tick(struct alerts *a)
{
    int64_t now = clock_wall(loop_clock(a->env.loop));
    alert_keep_look(a);
    for (size_t i = 0; i < a->count; i++) {
        struct entry *e = a->entries[i];
        struct alert *alert = &e->alert;
        /* A clock that was set back must not keep an alert back for good. */
        if (alert->since_ms > now)
            alert->since_ms = now;
        if (alert->told_ms != WHEN_NONE && alert->told_ms > now)
            alert->told_ms = now;
        if (!alert->holds || alert->row == ROW_NONE || alert->muted || alert->acknowledged)
            continue;
        bool again = alert->told_ms != WHEN_NONE;
        if (again ? e->rule->spec.repeat_ms > 0 && now - alert->told_ms >= e->rule->spec.repeat_ms
                  : now - alert->since_ms >= e->rule->spec.hold_ms) {
            alert->told_ms = now;
            tell(a, e, again ? ALERT_AGAIN : ALERT_FIRING);
        }
    }
    a->listed = false;
}

const char *alert_event_name(enum alert_event event)
{
    static const char *const names[] = {[ALERT_NOTHING] = "",
                                        [ALERT_FIRING] = "alert",
                                        [ALERT_AGAIN] = "again",
                                        [ALERT_RESOLVED] = "resolved"};
    return names[event];
}

/* ---- what is asked for --------------------------------------------------------------------- */

static bool shown(const struct alert *alert)
{
    return alert->muted || (alert->holds && alert->told_ms != WHEN_NONE);
}

static int rank(const struct alert *a)
{
    return a->muted ? 2 : a->acknowledged;
}

static int by_need(const void *x, const void *y)
{
    const struct alert *a = *(const struct alert *const *)x, *b = *(const struct alert *const *)y;
    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    if (a->since_ms != b->since_ms)
        return a->since_ms > b->since_ms ? -1 : 1;
    int c = strcmp(a->rule->name, b->rule->name);
    return c ? c : strcmp(a->account, b->account);
}

size_t alerts_list(struct alerts *a, const struct alert *const **out)
{
    if (!a->listed) {
        a->list_count = 0;
        for (size_t i = 0; i < a->count; i++) {
            if (!shown(&a->entries[i]->alert))
                continue;
            VEC_ROOM(a->list, a->list_count, a->list_room);
            a->list[a->list_count++] = &a->entries[i]->alert;
        }
        if (a->list_count)
            qsort(a->list, a->list_count, sizeof *a->list, by_need);
        a->listed = true;
    }
    *out = a->list;
    return a->list_count;
}

size_t alerts_waiting(const struct alerts *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++) {
        const struct alert *alert = &a->entries[i]->alert;
        n += shown(alert) && !alert->muted && !alert->acknowledged;
    }
    return n;
}

static struct entry *entry_of(struct alerts *a, const struct alert *alert)
{
    for (size_t i = 0; i < a->count; i++) {
        if (&a->entries[i]->alert == alert)
            return a->entries[i];
    }
    return NULL;
}

void alerts_acknowledge(struct alerts *a, const struct alert *alert)
{
    struct entry *e = entry_of(a, alert);
    if (!e)
        return;
    e->alert.acknowledged = true;
    e->acknowledged_ms = decided_now(a, e->acknowledged_ms);
    a->listed = false;
    alert_keep(a, e);
}

void alerts_mute(struct alerts *a, const struct alert *alert, bool muted)
{
    struct entry *e = entry_of(a, alert);
    if (!e)
        return;
    e->alert.muted = muted;
    e->muted_ms = decided_now(a, e->muted_ms);
    a->listed = false;
    alert_keep(a, e);
}

/* ---- life ---------------------------------------------------------------------------------- */

struct alerts *alerts_create(const struct alerts_env *env)
{
    struct alerts *a = mem_calloc(1, sizeof *a);
    a->env = *env;
    a->walk = 1;
    a->owner = true;
    map_init(&a->by_key);
    return a;
}

const struct error *alerts_error(const struct alerts *a)
{
    return &a->error;
}

const char *alerts_note(const struct alerts *a)
{
    return a->db ? alerts_db_note(a->db) : "";
}

bool alerts_only_shows(const struct alerts *a)
{
    for (size_t i = 0; i < a->rule_count; i++) {
        if (a->rules[i].spec.command && a->rules[i].spec.command[0])
            return !a->owner;
    }
    return false;
}

enum status alerts_add(struct alerts *a, const struct alert_rule *spec, struct error *err)
{
    if (a->rule_count == ALERTS_RULES_MAX)
        return error_set(err, ST_CONFIG, "alert %s: there are %d already", spec->name,
                         ALERTS_RULES_MAX);
    struct rule *rule = &a->rules[a->rule_count];
    *rule = (struct rule){.alerts = a, .spec = *spec};
    if (filter_parse(a->env.columns, span_of(spec->when), clock_wall(loop_clock(a->env.loop)),
                     &rule->filter, NULL, err) != ST_OK) {
        error_prefix(err, "alert %s", spec->name);
        err->status = ST_CONFIG;
        return ST_CONFIG;
    }
    /* Who has no rule has nothing to keep, and a start that is quicker for it. */
    if (a->rule_count++ == 0)
        alert_keep_open(a);
    alert_keep_load(a, rule);
    return ST_OK;
}

size_t alerts_rules(const struct alerts *a)
{
    return a->rule_count;
}

void alerts_destroy(struct alerts *a)
{
    if (!a)
        return;
    alert_keep_close(a);
    for (size_t i = 0; i < a->rule_count; i++) {
        alert_command_stop(&a->rules[i]);
        filter_destroy(a->rules[i].filter);
    }
    for (size_t i = 0; i < a->count; i++)
        entry_free(a->entries[i]);
    map_finish(&a->by_key);
    mem_free(a->entries);
    mem_free(a->status);
    mem_free(a->list);
    mem_free(a);
}
