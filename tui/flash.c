/* flash.c: see flash.h. */
#include "tui/flash.h"

#include "base/mem.h"

#include <string.h>

void flash_finish(struct flash *f)
{
    mem_free(f->until);
    *f = (struct flash){0};
}

static bool is_news(const struct field_set *fields)
{
    for (int i = 0; fields && i < FIELD_COUNT; i++)
        if (fields->has[i] && !(field_info((enum field)i)->flags & FF_MOVES))
            return true;
    return false;
}

void flash_event(struct flash *f, const struct fleet_event *event, int64_t now_mono_ms)
{
    if (event->type == FLEET_EV_CLEARED)
        flash_finish(f);
    if (event->type != FLEET_EV_CHANGED || !is_news(event->fields))
        return;
    if (event->row >= f->room) {
        size_t room = event->row + event->row / 8u + 64;
        f->until = mem_realloc(f->until, room, sizeof *f->until);
        memset(f->until + f->room, 0, (room - f->room) * sizeof *f->until);
        f->room = room;
    }
    f->until[event->row] = now_mono_ms + FLASH_SHOWN_MS;
}

bool flash_shows(const struct flash *f, row_id row, int64_t now_mono_ms)
{
    return row < f->room && f->until[row] > now_mono_ms;
}
