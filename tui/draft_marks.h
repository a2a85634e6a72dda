/* draft_marks.h: the accounts that have a draft, for the list to show. Drafts are few and on disk:
 * they are read once, after the first picture, and followed from then on, so that a row asks a
 * small sorted array and never the disk. A draft that another process makes is seen at the next
 * start. */
#ifndef TUI_DRAFT_MARKS_H
#define TUI_DRAFT_MARKS_H

#include "store/drafts.h"

#include <stdbool.h>
#include <stddef.h>

struct draft_marks {
    char **ids; /* owned, sorted by their bytes */
    size_t count, room;
    const char *origin, *org; /* (borrowed) */
    void (*changed)(void *ctx);
    void *ctx; /* (borrowed) */
};

/* Reads which drafts of this origin and org there are (reads the disk), and follows them until the
 * drafts are closed; `changed` hears of each that comes or goes. origin, org: (borrowed) until
 * draft_marks_finish. */
void draft_marks_open(struct draft_marks *m, struct drafts *drafts, const char *origin,
                      const char *org, void (*changed)(void *ctx), void *ctx);
void draft_marks_finish(struct draft_marks *m); /* zeroed allowed */
bool draft_marks_has(const struct draft_marks *m, struct span id);

#endif
