/* action.c: the action table as an array, and finding a row by its name. */
#include "action/action.h"

#include "base/near.h"

static const struct action_info actions[ACTION_COUNT] = {
#define ACTION(id, name, label, help, flags) {ACTION_##id, name, label, help, flags},
#include "action/actions.def"
#undef ACTION
};

const struct action_info *action_info(enum action_id id)
{
    return &actions[id];
}

enum action_id action_find(struct span name)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (span_is(name, actions[i].name))
            return (enum action_id)i;
    return ACTION_NONE;
}

enum action_id action_nearest(struct span name, unsigned flags)
{
    struct near near = {name, NULL, 0};
    for (int i = 0; i < ACTION_COUNT; i++)
        if ((actions[i].flags & flags) == flags)
            near_offer(&near, actions[i].name);
    return near.best ? action_find(span_of(near.best)) : ACTION_NONE;
}
