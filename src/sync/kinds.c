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

/* False when it is known already, or one too many. */
static bool add(struct kinds *k, struct span value, size_t *at)
{
    if (k->count == KINDS_MAX || !value.len)
        return false;
    *at = k->count++;
    k->items[*at] = (struct kind){.value = span_dup(value)};
    map_set(&k->index, span_of(k->items[*at].value), (uint32_t)*at);
    return true;
}

void kinds_add(struct kinds *k, const char *value)
{
    size_t at;
    if (!map_get(&k->index, span_of(value), NULL))
        add(k, span_of(value), &at);
}

bool kinds_see(struct kinds *k, const struct fleet *fleet, row_id row, size_t *at)
{
    struct value v;
    uint32_t known;
    size_t fresh;
    fleet_get(fleet, row, k->field, &v);
    k->now++;
    if (!value_known(&v))
        return false;
    if (map_get(&k->index, v.text, &known)) {
        k->items[known].now++;
        return false;
    }
    if (!add(k, v.text, &fresh))
        return false;
    k->items[fresh].now = 1;
    if (at)
        *at = fresh;
    return true;
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
