/* names.c: see names.h. A map from the name to how many have it and the first two rows that do: of
 * two, one is another than the one that is asked about. */
#include "plan/names.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

struct holders {
    uint32_t count;
    row_id rows[2];
};

struct plan_names {
    struct map map; /* name > index of holders */
    struct holders *holders;
    size_t count, room;
    row_id next; /* the first row that is not in */
    struct arena mem;
};

struct plan_names *plan_names_create(void)
{
    struct plan_names *names = mem_calloc(1, sizeof *names);
    map_init(&names->map);
    arena_init(&names->mem);
    return names;
}

void plan_names_destroy(struct plan_names *names)
{
    if (!names)
        return;
    map_finish(&names->map);
    arena_finish(&names->mem);
    mem_free(names->holders);
    mem_free(names);
}

static struct holders *find(const struct plan_names *names, struct span name)
{
    uint32_t at;
    return map_get(&names->map, name, &at) ? &names->holders[at] : NULL;
}

static void add(struct plan_names *names, struct span name, row_id row)
{
    struct holders *h;
    if (!name.len)
        return;
    h = find(names, name);
    if (!h) {
        map_set(&names->map, arena_dup(&names->mem, name), (uint32_t)names->count);
        VEC_ROOM(names->holders, names->count, names->room);
        h = &names->holders[names->count++];
        *h = (struct holders){0, {ROW_NONE, ROW_NONE}};
    }
    if (h->count < ARRAY_LEN(h->rows))
        h->rows[h->count] = row;
    h->count++;
}

bool plan_names_read(struct plan_names *names, const struct fleet *fleet, uint32_t budget)
{
    for (; budget > 0 && names->next < fleet_rows(fleet); names->next++, budget--) {
        struct value v;
        if (!fleet_alive(fleet, names->next))
            continue;
        fleet_get(fleet, names->next, FIELD_NAME, &v);
        if (value_known(&v))
            add(names, v.text, names->next);
    }
    return names->next < fleet_rows(fleet);
}

void plan_names_add(struct plan_names *names, struct span name)
{
    add(names, name, ROW_NONE);
}

uint32_t plan_names_count(const struct plan_names *names, struct span name)
{
    const struct holders *h = find(names, name);
    return h ? h->count : 0;
}

row_id plan_names_row(const struct plan_names *names, struct span name, row_id but)
{
    const struct holders *h = find(names, name);
    if (!h)
        return ROW_NONE;
    return h->rows[0] != but ? h->rows[0] : h->rows[1];
}

void plan_names_free(const struct plan_names *names, struct span name, struct str *out)
{
    size_t at = out->len;
    for (unsigned n = 2;; n++) {
        str_add_span(out, name);
        str_printf(out, "-%u", n);
        if (!find(names, (struct span){out->data + at, out->len - at}))
            return;
        str_truncate(out, at);
    }
}

/* ---- names for what is created again --------------------------------------------------------- */

static bool creates_again(const struct plan_item *item)
{
    return item->kind == JOURNAL_CREATE && item->state == PLAN_WAITING && item->undoes;
}

/* What is begun is as it was agreed to, here and in the state directory. */
bool plan_names_wanted(const struct plan *plan)
{
    if (plan->stored || plan_changes(plan) != plan->states[PLAN_WAITING])
        return false;
    for (uint32_t i = 0; i < plan->count; i++)
        if (creates_again(&plan->items[i]))
            return true;
    return false;
}

static void give(struct plan *plan, uint32_t i, const struct plan_names *names,
                 const struct fleet *fleet)
{
    struct str free_name = STR_INIT, why = STR_INIT;
    struct span name = plan->items[i].name;
    struct value id = value_absent();
    row_id row = plan_names_row(names, name, ROW_NONE);
    struct error err;
    plan_names_free(names, name, &free_name);
    if (row != ROW_NONE && fleet_alive(fleet, row))
        fleet_get(fleet, row, FIELD_ID, &id);
    str_printf(&why, "%.*s is taken", (int)text_cut(name.p, name.len, 80), name.p);
    if (value_known(&id))
        str_printf(&why, " by %.*s", (int)text_cut(id.text.p, id.text.len, 80), id.text.p);
    str_add(&why, ": created as this");
    if (plan_item_rename(plan, i, span_from(&free_name), &err) == ST_OK)
        plan_warn(plan, i, FIELD_NAME, str_text(&why));
    str_finish(&free_name);
    str_finish(&why);
}

void plan_names_give(struct plan *plan, struct plan_names *names, const struct fleet *fleet)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        if (!creates_again(&plan->items[i]))
            continue;
        if (plan_names_count(names, plan->items[i].name))
            give(plan, i, names, fleet);
        plan_names_add(names, plan->items[i].name);
    }
}

void plan_names_settle(struct plan *plan, const struct fleet *fleet)
{
    if (!plan_names_wanted(plan))
        return;
    struct plan_names *names = plan_names_create();
    plan_names_read(names, fleet, UINT32_MAX);
    plan_names_give(plan, names, fleet);
    plan_names_destroy(names);
}
