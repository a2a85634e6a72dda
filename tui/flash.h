/* flash.h: which accounts changed a moment ago, so that the list can show it for FLASH_SHOWN_MS.
 * Counters and health checks, which move at every refresh, do not count. */
#ifndef TUI_FLASH_H
#define TUI_FLASH_H

#include "fleet/fleet.h"

#define FLASH_SHOWN_MS 3000

struct flash {
    int64_t *until; /* owned; by row: monotonic ms */
    size_t room;
};

void flash_finish(struct flash *f);
void flash_event(struct flash *f, const struct fleet_event *event, int64_t now_mono_ms);
bool flash_shows(const struct flash *f, row_id row, int64_t now_mono_ms);

#endif
