/* kinds.c: see kinds.h. */
#include "sync/kinds.h"

#include "base/mem.h"

#define LEARN_ROWS 4096

void kinds_init(struct kinds *k, enum field field)
{
    *k = (struct kinds){.field = field};
    map_init(&k->index);
}

void kinds_finish(struct kinds *k)
{
    for (size_t i = 0; i < k->count; i++)
        mem_free(k->items[i].value);
    map_finish(&k->index);
}

void kinds_turn(struct kinds *k)
{
    if (!k->now)
        return;
    for (size_t i = 0; i < k->count; i++) {
        k->items[i].before = k->items[i].now;
        k->items[i].now = 0;
    }
    k->before = k->now;
    k->now = 0;
}

static size_t add(struct kinds *k, struct span value)
{
    if (k->count == KINDS_MAX || !value.len)
        return KINDS_MAX;
    struct kind *kind = &k->items[k->count];
    *kind = (struct kind){.value = span_dup(value), .len = value.len};
    map_set(&k->index, (struct span){kind->value, kind->len}, (uint32_t)k->count);
    return k->count++;
}

void kinds_add(struct kinds *k, const char *value)
{
    if (!map_get(&k->index, span_of(value), NULL))
        add(k, span_of(value));
}

static size_t find(const struct kinds *k, struct span value)
{
    const struct kind *last = &k->items[k->last];
    uint32_t at;
    if (k->last < k->count && span_eq(value, (struct span){last->value, last->len}))
        return k->last;
    return map_get(&k->index, value, &at) ? at : KINDS_MAX;
}

size_t kinds_see(struct kinds *k, const struct fleet *fleet, row_id row, bool *fresh)
{
    struct value v;
    fleet_get(fleet, row, k->field, &v);
    k->now++;
    if (fresh)
        *fresh = false;
    if (!value_known(&v))
        return KINDS_MAX;
    size_t at = find(k, v.text);
    if (at == KINDS_MAX) {
        at = add(k, v.text);
        if (fresh)
            *fresh = at < KINDS_MAX;
    }
    if (at == KINDS_MAX)
        return at;
    k->items[at].now++;
    k->last = at;
    return at;
}

void kinds_learn(struct kinds *k, const struct fleet *fleet)
{
    row_id step = fleet_rows(fleet) / LEARN_ROWS + 1;
    for (row_id row = 0; row < fleet_rows(fleet); row += step) {
        if (fleet_alive(fleet, row))
            kinds_see(k, fleet, row, NULL);
    }
    kinds_turn(k);
}

int64_t kinds_guess(const struct kinds *k, size_t at, int64_t total)
{
    const struct kind *kind = &k->items[at];
    double now = k->now ? (double)kind->now / k->now : 0;
    double before = k->before ? (double)kind->before / k->before : 0;
    return (int64_t)((now > before ? now : before) * (double)total);
}
