/* own_writes.h: which of the changes that syncs saw were writes of this machine: known by its
 * journal, which says who wrote what and when. What it does not know is somebody else's, or
 * nobody's. */
#ifndef TUI_SCREENS_OWN_WRITES_H
#define TUI_SCREENS_OWN_WRITES_H

#include "store/changes.h"
#include "store/journal.h"

struct own_fact;
struct own_writes {
    struct own_fact *facts; /* owned; the newest write first */
    size_t count, room;
};

/* Reads the newest writes of the journal (NULL: none) again, of this origin and org. */
void own_writes_read(struct own_writes *own, struct journal *journal, const char *origin,
                     const char *org);
void own_writes_finish(struct own_writes *own);
/* The number of the write that left what the change shows, in the time between the two syncs; 0:
 * none. *by, which is (borrowed) until the next reading, gets who wrote it. */
int64_t own_writes_find(const struct own_writes *own, const struct change *change, const char **by);

#endif
