/* intern.c: see intern.h. */
#include "fleet/intern.h"

#include "base/mem.h"
#include "base/vec.h"

void intern_init(struct intern *in)
{
    *in = (struct intern){0};
    map_init(&in->ids);
    VEC_ROOM(in->slots, in->count, in->room);
    in->slots[in->count++] = (struct intern_text){0};
}

void intern_finish(struct intern *in)
{
    for (size_t i = 1; i < in->count; i++)
        mem_free(in->slots[i].bytes);
    mem_free(in->slots);
    map_finish(&in->ids);
    *in = (struct intern){0};
}

uint32_t intern_take(struct intern *in, struct span text)
{
    uint32_t id;
    if (map_get(&in->ids, text, &id)) {
        in->slots[id].users++;
        return id;
    }
    if (in->free_slot) {
        id = in->free_slot;
        in->free_slot = in->slots[id].users;
    } else {
        VEC_ROOM(in->slots, in->count, in->room);
        id = (uint32_t)in->count++;
    }
    struct intern_text *slot = &in->slots[id];
    *slot = (struct intern_text){mem_strndup(text.p, text.len), (uint32_t)text.len, 1};
    map_set(&in->ids, (struct span){slot->bytes, slot->len}, id);
    in->bytes += text.len + 1;
    return id;
}

void intern_drop(struct intern *in, uint32_t id)
{
    if (!id)
        return;
    struct intern_text *slot = &in->slots[id];
    if (--slot->users)
        return;
    map_remove(&in->ids, (struct span){slot->bytes, slot->len});
    in->bytes -= slot->len + 1u;
    mem_free(slot->bytes);
    *slot = (struct intern_text){NULL, 0, in->free_slot};
    in->free_slot = id;
}

struct span intern_span(const struct intern *in, uint32_t id)
{
    if (!id)
        return (struct span){"", 0};
    return (struct span){in->slots[id].bytes, in->slots[id].len};
}
