/* elsewhere.c: writes that other paddocks of this machine have not settled. They are in the
 * journal, so nothing is sent over them anyway (journal_intent); here their accounts carry a word,
 * so that nobody begins what cannot be done. The journal tells by a number whether anything was
 * added, so a look costs next to nothing; while there is something to see the owners are looked at,
 * too, for one that dies leaves its writes to whoever lives. */
#include "write/machine.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <stdio.h>

struct seen {
    struct write_other *items; /* owned */
    size_t count, room;
};

static void collect(void *ctx, const struct journal_entry *entry)
{
    struct seen *s = ctx;
    if (!entry->account_id[0])
        return;
    VEC_ROOM(s->items, s->count, s->room);
    struct write_other *o = &s->items[s->count++];
    o->op = entry->op;
    o->since_wall_ms = entry->intent_wall_ms;
    snprintf(o->id, sizeof o->id, "%s", entry->account_id);
    snprintf(o->by, sizeof o->by, "%s", entry->operator_name);
}

/* Whether a write of ours has the row's word. */
static bool is_ours(const struct writes *all, const char *id)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i]->locked && write_concerns(all->items[i], span_of(id), span_of("")))
            return true;
    return false;
}

static void set_word(struct writes *all, const struct write_other *o, bool there)
{
    row_id row = fleet_find(all->env.fleet, span_of(o->id));
    struct str text = STR_INIT;
    if (row == ROW_NONE || is_ours(all, o->id))
        return;
    if (there) {
        str_printf(&text, "write %lld by %s is not settled since ", (long long)o->op, o->by);
        when_clock(&text, o->since_wall_ms, writes_wall(all));
        str_add(&text, "; another paddock looks after it");
    }
    fleet_lock(all->env.fleet, row, there ? str_text(&text) : NULL);
    str_finish(&text);
}

static bool has(const struct write_other *items, size_t count, int64_t op)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].op == op)
            return true;
    return false;
}

void writes_look_elsewhere(struct writes *w)
{
    struct error err;
    struct seen now = {NULL, 0, 0};
    int64_t version = w->env.journal ? journal_stamp(w->env.journal) : 0;
    if (!w->env.journal || (!w->other_count && version == w->others_version))
        return;
    writes_resume(w); /* of those that were seen, and of who came and died since the last look */
    if (journal_list(w->env.journal, w->env.origin, api_org(w->env.api), JOURNAL_THERE, SIZE_MAX,
                     collect, &now, &err)) {
        mem_free(now.items);
        return; /* in use: the next look */
    }
    w->others_version = version;
    for (size_t i = 0; i < w->other_count; i++)
        if (!has(now.items, now.count, w->others[i].op))
            set_word(w, &w->others[i], false);
    for (size_t i = 0; i < now.count; i++)
        if (!has(w->others, w->other_count, now.items[i].op))
            set_word(w, &now.items[i], true);
    mem_free(w->others);
    w->others = now.items;
    w->other_count = now.count;
}

void others_word(struct writes *all, row_id row, int64_t but)
{
    for (size_t i = 0; i < all->other_count; i++)
        if (all->others[i].op != but &&
            fleet_find(all->env.fleet, span_of(all->others[i].id)) == row)
            set_word(all, &all->others[i], true);
}
