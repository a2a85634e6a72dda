/* screen.c: see screen.h. */
#include "tui/screen.h"

unsigned screen_dispatch(const struct screen_handler *handlers, void *self, enum action_id action)
{
    for (; handlers->fn; handlers++) {
        if (handlers->action == action)
            return handlers->fn(self, action);
    }
    return EFFECT_NONE;
}
