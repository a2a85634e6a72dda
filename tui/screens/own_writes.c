/* own_writes.c: see own_writes.h. A write is cut into what a sync could see of it: the account came
 * or went, or a field has that value now. A change is one of them when all of that and the time are
 * the same; a value that somebody else set to the same in the same time cannot be told apart. */
#include "tui/screens/own_writes.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "model/account.h"

#include <string.h>

#define ENTRIES_MAX  400
#define ENTRIES_SOME 16   /* two accounts to be decoded each */
#define SLACK_MS     5000 /* between the server's clock and ours */

struct own_fact {
    int64_t op, wall_ms;
    enum change_kind kind;
    enum field field;
    char *account, *after, *by; /* owned; after: JSON */
};

void own_writes_begin(struct own_writes *own)
{
    for (size_t i = 0; i < own->count; i++) {
        mem_free(own->facts[i].account);
        mem_free(own->facts[i].after);
        mem_free(own->facts[i].by);
    }
    own->count = own->read = 0;
    own->below = 0;
}

void own_writes_finish(struct own_writes *own)
{
    own_writes_begin(own);
    mem_free(own->facts);
    *own = (struct own_writes){0};
}

static void add_fact(struct own_writes *own, const struct journal_entry *e, enum change_kind kind,
                     enum field field, const char *after)
{
    VEC_ROOM(own->facts, own->count, own->room);
    own->facts[own->count++] = (struct own_fact){.op = e->op,
                                                 .wall_ms = e->intent_wall_ms,
                                                 .kind = kind,
                                                 .field = field,
                                                 .account = mem_strdup(e->account_id),
                                                 .after = mem_strdup(after),
                                                 .by = mem_strdup(e->operator_name)};
}

static void add_fields(struct own_writes *own, const struct journal_entry *e)
{
    struct account before, after;
    const char *then = e->after && e->after[0] ? e->after : e->target;
    account_init(&before);
    account_init(&after);
    bool two = e->base && then && account_decode(&before, span_of(e->base), NULL) == ST_OK &&
               account_decode(&after, span_of(then), NULL) == ST_OK;
    for (int f = 0; two && f < FIELD_COUNT; f++) {
        struct str json = STR_INIT;
        if (!field_settable((enum field)f) || value_eq((enum field)f, &before.v[f], &after.v[f]))
            continue;
        value_json((enum field)f, &after.v[f], &json);
        add_fact(own, e, CHANGE_FIELD, (enum field)f, str_text(&json));
        str_finish(&json);
    }
    account_finish(&before);
    account_finish(&after);
}

static void on_entry(void *ctx, const struct journal_entry *e)
{
    struct own_writes *own = ctx;
    own->read++;
    own->below = e->op;
    if (e->outcome != JOURNAL_APPLIED && e->outcome != JOURNAL_DIFFERENT)
        return;
    if (e->kind == JOURNAL_UPDATE)
        add_fields(own, e);
    else
        add_fact(own, e, e->kind == JOURNAL_CREATE ? CHANGE_NEW : CHANGE_GONE, FIELD_NONE, "");
}

bool own_writes_some(struct own_writes *own, struct journal *journal, const char *origin,
                     const char *org)
{
    size_t before = own->read;
    if (!journal ||
        journal_page(journal, origin, org, own->below, ENTRIES_SOME, on_entry, own, NULL) != ST_OK)
        return false;
    return own->read - before == ENTRIES_SOME && own->read < ENTRIES_MAX;
}

int64_t own_writes_find(const struct own_writes *own, const struct change *change, const char **by)
{
    for (size_t i = 0; i < own->count; i++) {
        const struct own_fact *f = &own->facts[i];
        bool then =
            f->wall_ms <= change->seen_wall_ms + SLACK_MS &&
            (change->since_wall_ms == WHEN_NONE || f->wall_ms >= change->since_wall_ms - SLACK_MS);
        if (!then || f->kind != change->kind || !span_is(change->account, f->account))
            continue;
        if (f->kind == CHANGE_FIELD &&
            (f->field != change->field || !span_is(change->after, f->after)))
            continue;
        *by = f->by;
        return f->op;
    }
    return 0;
}
