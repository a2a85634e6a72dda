/* blast.c: see blast.h. First the items say which rows they switch, then one walk over the rows
 * counts who is enabled before and after: each row is looked at once, so that a list that moves
 * meanwhile counts nobody twice. */
#include "plan/blast.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "write/siblings.h"

#define EVERYBODY '*' /* the kind of the group that all are in */

struct group {
    char kind;         /* index of sibling_kinds, or EVERYBODY */
    struct span value; /* (borrowed) from mem */
    uint32_t before, after;
};

struct plan_blast_count {
    struct plan *plan;
    const struct fleet *fleet;
    int8_t *turns; /* owned; by row: plan_item_turns of its item */
    row_id rows, row;
    uint32_t item;
    struct map map; /* kind and value > index of groups */
    struct group *groups;
    size_t count, room;
    struct str key;
    struct arena mem;
};

struct plan_blast_count *plan_blast_create(struct plan *plan, const struct fleet *fleet)
{
    struct plan_blast_count *c = mem_calloc(1, sizeof *c);
    c->plan = plan;
    c->fleet = fleet;
    c->rows = fleet_rows(fleet);
    c->turns = mem_calloc(c->rows + 1u, sizeof *c->turns);
    map_init(&c->map);
    arena_init(&c->mem);
    return c;
}

void plan_blast_destroy(struct plan_blast_count *count)
{
    if (!count)
        return;
    map_finish(&count->map);
    arena_finish(&count->mem);
    str_finish(&count->key);
    mem_free(count->groups);
    mem_free(count->turns);
    mem_free(count);
}

static void count_in(struct plan_blast_count *c, char kind, struct span value, bool before,
                     bool after)
{
    uint32_t at;
    str_clear(&c->key);
    str_add_char(&c->key, kind);
    str_add_span(&c->key, value);
    if (!map_get(&c->map, span_from(&c->key), &at)) {
        struct span key = arena_dup(&c->mem, span_from(&c->key));
        at = (uint32_t)c->count;
        map_set(&c->map, key, at);
        VEC_ROOM(c->groups, c->count, c->room);
        c->groups[c->count++] = (struct group){.kind = kind, .value = {key.p + 1, key.len - 1}};
    }
    c->groups[at].before += before;
    c->groups[at].after += after;
}

/* One of two fields is a part of a group that is counted anyway. */
static bool is_counted(size_t kind)
{
    return sibling_kinds[kind].b == FIELD_NONE;
}

static void take_row(struct plan_blast_count *c, row_id row)
{
    int turns = row < c->rows ? c->turns[row] : 0;
    bool before = fleet_alive(c->fleet, row) && sibling_enabled(c->fleet, row);
    bool after = turns ? turns > 0 : before;
    if (!fleet_alive(c->fleet, row) || (!before && !after))
        return;
    count_in(c, EVERYBODY, span_of(""), before, after);
    for (size_t k = 0; k < SIBLINGS_GROUPS_MAX; k++) {
        struct span value = sibling_text(c->fleet, row, sibling_kinds[k].a);
        if (is_counted(k) && value.len)
            count_in(c, (char)k, value, before, after);
    }
}

/* An account that comes enabled is somebody who is left. */
static void take_create(struct plan_blast_count *c, uint32_t i)
{
    struct account a;
    struct error err;
    account_init(&a);
    if (plan_item_after(c->plan, i, &a, &err) == ST_OK && value_known(&a.v[FIELD_ENABLED]) &&
        a.v[FIELD_ENABLED].i) {
        count_in(c, EVERYBODY, span_of(""), false, true);
        for (size_t k = 0; k < SIBLINGS_GROUPS_MAX; k++) {
            const struct value *v = &a.v[sibling_kinds[k].a];
            if (is_counted(k) && value_known(v) && v->text.len)
                count_in(c, (char)k, v->text, false, true);
        }
    }
    account_finish(&a);
}

static void take_item(struct plan_blast_count *c, uint32_t i)
{
    const struct plan_item *item = &c->plan->items[i];
    if (!plan_state_left(item->state))
        return;
    if (item->kind == JOURNAL_CREATE) {
        take_create(c, i);
        return;
    }
    row_id row = fleet_find(c->fleet, item->id);
    if (row < c->rows) /* ROW_NONE is beyond all */
        c->turns[row] = (int8_t)plan_item_turns(item);
}

static void end(struct plan_blast_count *c)
{
    struct plan_blast *blast = &c->plan->blast;
    *blast = (struct plan_blast){.known = PLAN_BLAST_COUNTED};
    for (size_t k = 0; k < SIBLINGS_GROUPS_MAX; k++)
        for (size_t i = 0; i < c->count; i++) {
            const struct group *g = &c->groups[i];
            if (g->kind != (char)k || !g->before || g->after)
                continue;
            if (blast->count < PLAN_BLAST_NAMES) {
                blast->words[blast->count] = sibling_kinds[k].words;
                blast->values[blast->count] = arena_dup(&c->plan->mem, g->value);
            }
            blast->count++;
        }
    for (size_t i = 0; i < c->count; i++)
        if (c->groups[i].kind == EVERYBODY)
            blast->nobody = c->groups[i].before && !c->groups[i].after;
}

bool plan_blast_step(struct plan_blast_count *count, uint32_t budget)
{
    for (; budget > 0 && count->item < count->plan->count; budget--)
        take_item(count, count->item++);
    for (; budget > 0 && count->row < fleet_rows(count->fleet); budget--)
        take_row(count, count->row++);
    if (count->item < count->plan->count || count->row < fleet_rows(count->fleet))
        return true;
    end(count);
    return false;
}

void plan_blast_all(struct plan *plan, const struct fleet *fleet, bool whole)
{
    if (!plan_count_left(plan->offs))
        return;
    if (!whole) {
        plan->blast.known = PLAN_BLAST_PARTIAL;
        return;
    }
    struct plan_blast_count *count = plan_blast_create(plan, fleet);
    while (plan_blast_step(count, UINT32_MAX))
        continue;
    plan_blast_destroy(count);
}
