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
    size_t read;   /* entries of the journal */
    int64_t below; /* the oldest of them; 0: none was read */
};

/* Forgets what was read: own_writes_some begins with the newest again. */
void own_writes_begin(struct own_writes *own);
/* Reads some more writes of this origin and org from the journal (NULL: none), the newest first, a
 * millisecond's worth; false when all that is looked at has been read. */
bool own_writes_some(struct own_writes *own, struct journal *journal, const char *origin,
                     const char *org);
void own_writes_finish(struct own_writes *own);
/* The number of the write that left what the change shows, in the time between the two syncs; 0:
 * none. *by, which is (borrowed) until the next reading, gets who wrote it. */
int64_t own_writes_find(const struct own_writes *own, const struct change *change, const char **by);

#endif
