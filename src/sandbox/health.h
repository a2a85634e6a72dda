/* health.h: accounts that fall ill and get well again while the sandbox runs.
 *
 * Nothing runs in the background: whoever looks into the store first calls health_catch_up(), which
 * plays what is due since the last time. A long idle time is not played in full. */
#ifndef SANDBOX_HEALTH_H
#define SANDBOX_HEALTH_H

#include "sandbox/drift.h"

#include <sqlite3.h>

struct health {
    sqlite3_stmt *recover, *fall;
    int64_t looked;     /* wall ms of the last catching up */
    int64_t next_event; /* drift ms */
    uint64_t events;
};

#define STATUS_ACTIVE   "active"
#define STATUS_DISABLED "disabled"
#define STATUS_UNKNOWN  "unknown"

int health_init(struct health *h, sqlite3 *db, const struct drift *d); /* an SQLite result code */
void health_finish(struct health *h);
/* Plays what is due; newest is the highest seq. True when an account changed. The caller holds the
 * store's lock. */
bool health_catch_up(struct health *h, sqlite3 *db, const struct drift *d, int64_t newest);

#endif
